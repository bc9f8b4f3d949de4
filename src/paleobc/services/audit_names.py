"""The names that a run expects: of its files, and of the variables in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from paleobc.services.files import file_name

Engine = Literal["mosaic", "mosaix"]
ENGINES: Final[tuple[Engine, ...]] = ("mosaix", "mosaic")

#: Folder in which a build puts the weights of each engine.
FOLDERS: Final[dict[Engine, str]] = {"mosaic": file_name("mosaic_weights"), "mosaix": file_name("mosaix_weights")}


@dataclass(frozen=True)
class Expected:
    """
    A file that a run reads.

    Parameters
    ----------
    role : str
        The asset, or the part that it plays in a set of weights.
    name : str
        Its name; in a set of weights a pattern that the whole name matches.
    variables : tuple of str
        Those that the model reads.
    whole : bool
        Whether each of them must be a number everywhere; otherwise the sea may be left out.
    beside : tuple of str
        Read where they are there.
    content : {"fields", "grid", "weights"}
        What the file is opened as.
    spoken : str
        Name in sentences where ``name`` is a pattern.
    """

    role: str
    name: str
    variables: tuple[str, ...]
    whole: bool = True
    beside: tuple[str, ...] = ()
    content: Literal["fields", "grid", "weights"] = "fields"
    spoken: str = ""

    @property
    def title(self) -> str:
        """Name in sentences."""
        return self.spoken or self.name


_PLACES: Final = ("nav_lon", "nav_lat")
_GRID: Final = tuple(f"{kind}{point}" for point in "tuvf" for kind in ("glam", "gphi", "e1", "e2"))


def _asset(role: str, *variables: str, **how: object) -> Expected:
    return Expected(role, file_name(role), variables, **how)  # type: ignore[arg-type]


#: The files of the components, in the order in which they are looked at.
FILES: Final = (
    _asset("ocean_grid", *_GRID, beside=_PLACES, content="grid"),
    _asset("bathymetry", "Bathymetry", beside=_PLACES),
    _asset("geothermal_heating", "heatflow", beside=_PLACES),
    _asset("lateral_viscosity", "icof", beside=_PLACES),
    _asset("subbasins", "atlmsk", "pacmsk", "indmsk", beside=("navlon", "navlat", *_PLACES)),
    _asset("routing", "trip", "basins", "topoind", *_PLACES, whole=False),
    _asset("soils", "soilcolor", "soiltext", *_PLACES, whole=False),
    _asset("pft", "maxvegetfrac", "lat", "lon", whole=False),
    _asset("high_resolution_relief", "RELIEF", "latitude", "longitude"),
)

_LINKS: Final = ("src_address", "dst_address", "remap_matrix")
_OCEAN_PLACES: Final = ("torc.lon", "torc.lat", "tlmd.lon", "tlmd.lat")


def _weights(role: str, pattern: str, spoken: str) -> Expected:
    return Expected(role, pattern, _LINKS, content="weights", spoken=spoken)


def _about_grids(own: str, fraction: str) -> tuple[Expected, ...]:
    """The files of a set that hold no links; those of a bundle have the short names of the run."""
    return (
        Expected("grids", rf"grids{own}\.nc", _OCEAN_PLACES, spoken="grids.nc"),
        Expected("masks", rf"masks{own}\.nc", ("torc.msk", "tlmd.msk", "aone.msk"), beside=("uorc.msk", "vorc.msk"),
                 spoken="masks.nc"),
        Expected("areas", rf"areas{own}\.nc", ("torc.srf", "tlmd.srf"), spoken="areas.nc"),
        Expected("fraction", rf"o2a\.nc{fraction}", ("OceMask",), beside=("lat", "nav_lat"), spoken="o2a.nc"),
    )  # fmt: skip


#: The files of a set of weights of each engine.
SETS: Final[dict[Engine, tuple[Expected, ...]]] = {
    "mosaic": (
        *_about_grids("", ""),
        _weights("to_atmosphere", r"rmp_torc_to_tlmd_MOSAIC\.nc", "rmp_torc_to_tlmd_MOSAIC.nc"),
        _weights("to_ocean", r"rmp_tlmd_to_torc_MOSAIC\.nc", "rmp_tlmd_to_torc_MOSAIC.nc"),
        _weights("runoff", r"rmp_tlmd_to_torc_MOSAIC_rivflu\.nc", "rmp_tlmd_to_torc_MOSAIC_rivflu.nc"),
        _weights("calving", r"rmp_tlmd_to_torc_MOSAIC_calvin\.nc", "rmp_tlmd_to_torc_MOSAIC_calvin.nc"),
    ),
    "mosaix": (
        *_about_grids("(_.+x.+)?", r"|LMD\d+_grid_maskFrom_.+\.nc"),
        _weights("to_atmosphere", r"rmp_t.+_to_t.+_OceTemp_.+\.nc", "rmp_t..._to_t..._OceTemp_1stOrder.nc"),
        _weights("to_ocean", r"rmp_t.+_to_t.+_HeatWaterFluxes_.+\.nc", "rmp_t..._to_t..._HeatWaterFluxes_1stOrder.nc"),
        _weights("wind_u", r"rmp_t.+_to_u.+_WindStress_.+\.nc", "rmp_t..._to_u..._WindStress_2ndOrder.nc"),
        _weights("wind_v", r"rmp_t.+_to_v.+_WindStress_.+\.nc", "rmp_t..._to_v..._WindStress_2ndOrder.nc"),
        _weights("runoff", r"rmp_t.+_to_t.+_runoff_.+\.nc", "rmp_t..._to_t..._runoff_Quantity_to_Surfacic.nc"),
        _weights("calving", r"rmp_t.+_to_t.+_calving_.+\.nc", "rmp_t..._to_t..._calving_full.nc"),
    ),
}


def matches(expected: Expected, name: str) -> bool:
    """Tell whether a name is that of a file of a set."""
    return re.fullmatch(expected.name, name) is not None
