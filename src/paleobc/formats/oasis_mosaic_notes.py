"""What the files of MOSAIC say about themselves: names, errors of the old program, what is worth knowing."""

from __future__ import annotations

from typing import Any, Final

from paleobc.remapping.mosaic_calving import BAND_LIMITS
from paleobc.remapping.mosaic_runoff import LARGEST_DISTANCE
from paleobc.remapping.mosaic_weights import MosaicSet

_CORNER: Final = "the fourth corner of a cell is the middle of its western side"
_SUMS: Final = "single precision in the sums of the fluxes from each atmospheric cell"
_CAP: Final = "the cell at the south pole has 97/96 of the area of its cap"
_AREA: Final = "atmospheric areas are width times height with a rounded degree, 5e-5 more than the sphere"
_SINGLE: Final = "the ocean fraction is in single precision"
_POLE: Final = "all points on a pole have the longitude of the first"

#: Errors of the old program that reach each file.
_ERRORS: Final[dict[str, tuple[str, ...]]] = {
    "grids": (),
    "masks": (_SINGLE, "cells of the ocean shallower than 1 m are land"),
    "areas": (_AREA, "the area of an F cell that touches land is 0", _SINGLE),
    "o2a": (_CAP, _AREA, "MaskPer and SurfacePol are not written"),
    "torc_to_tlmd_MOSAIC": (_CORNER, _CAP, _AREA, "dst_grid_imask looks for copies among the cells of the ocean"),
    "tlmd_to_torc_MOSAIC": (_CORNER, _CAP, _AREA, _SUMS),
    "tlmd_to_torc_MOSAIC_rivflu": (
        _CORNER,
        _CAP,
        _AREA,
        _SINGLE,
        _POLE,
        "src_grid_imask is 0 everywhere",
        f"land farther than {LARGEST_DISTANCE / 1000.0:g} km from a coast has no link, its water is lost",
    ),
    "tlmd_to_torc_MOSAIC_calvin": (
        _CORNER,
        _CAP,
        _AREA,
        _SINGLE,
        _POLE,
        "the row at the south pole has no link",
        "src_grid_imask is 0 in cells that send",
    ),
}


def names_of(mosaic: MosaicSet) -> tuple[str, str]:
    """
    Names of both grids in the names of folders, for example PALEORCA2 and LMD9695.

    Parameters
    ----------
    mosaic : MosaicSet
    """
    layout, air = mosaic.ocean.layout, mosaic.atmosphere
    family = "PALEORCA" if layout.pivot == "F" else "ORCA"
    return f"{family}{360.0 / layout.period:.3g}", f"LMD{air.columns}{air.rows - 1}"


def notes_on(mosaic: MosaicSet, file: str) -> dict[str, Any]:
    """
    Global attributes that say how faithful a file is to the old program, and what its user should know.

    Parameters
    ----------
    mosaic : MosaicSet
    file : str
        Name without its beginning ``rmp_`` and its end.
    """
    errors = "; ".join(_ERRORS[file]) or "none"
    notes = {
        "paleobc_engine": "mosaic",
        "paleobc_faithful": str(mosaic.faithful).lower(),
        f"paleobc_errors_{'repeated' if mosaic.faithful else 'mended'}": errors,
    }
    if warnings := warnings_of(mosaic, file):
        notes["paleobc_warnings"] = " ".join(warnings)
    return notes


def warnings_of(mosaic: MosaicSet, file: str) -> tuple[str, ...]:
    """
    What the user of a file should know, as sentences.

    Parameters
    ----------
    mosaic : MosaicSet
    file : str
        Name without its beginning ``rmp_`` and its end.
    """
    if file.endswith("_calvin"):
        return mosaic.calving.warnings
    if not file.endswith("_rivflu"):
        return ()
    senders, lost = int(mosaic.runoff.senders.sum()), mosaic.runoff.unrouted.size
    if not senders:
        return ("No atmospheric cell has land: the only link carries nothing.",)
    return (f"{lost} of {senders} atmospheric cells with land have no link: their water is lost.",) if lost else ()


def run_def(mosaic: MosaicSet, simulation: str) -> str:
    """
    Text of ``run.def``: the parameters of the old program that led to these files.

    Parameters
    ----------
    mosaic : MosaicSet
    simulation : str
        Name of the simulation.
    """
    layout, air = mosaic.ocean.layout, mosaic.atmosphere
    name = f"{names_of(mosaic)[0]}.{simulation}"
    values = {
        "clcoo": "coordinates.nc",
        "cl_met": "bathy_meter.nc",
        "cname": name,
        "jpi": layout.columns,
        "jpj": layout.rows,
        "nperio": "none" if layout.nperio is None else f"{layout.nperio:g}",
        "jpai": air.columns,
        "jpaj": air.rows - 1,
        "normo2a": 1,
        "norma2o": 2,
        "lriv": "n",
        "lcoast": "y",
        "lint_atm": "y",
        "lint_oce": "n",
        "ltotal": "n" if mosaic.faithful else "y",
        "ltotal_dist": "y",
        "dist_max": LARGEST_DISTANCE,
        "cotes_omsk": "noperio",
        "cotes_amsk": "full",
        "c_basins": f"{name}.nc",
        "ylimits": ", ".join(str(limit) for limit in BAND_LIMITS),
        "l_calving_nopac": "n",
        "l_calving_noatl": "n",
        "l_calving_nomed": "y",
    }
    return "".join(f"{key} = {value}\n" for key, value in values.items())
