"""The files that the MOSAIC chain ships: ocean fraction, grids, areas, masks and four files of weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from paleobc.conventions import FloatArray
from paleobc.formats.oasis import certificate_attributes
from paleobc.formats.oasis_mosaic_fraction import fraction_file
from paleobc.formats.oasis_mosaic_notes import names_of, notes_on, run_def
from paleobc.formats.oasis_mosaic_weights import weight_files
from paleobc.grids.fold import Point
from paleobc.remapping.mosaic_cells import atmosphere_corners
from paleobc.remapping.mosaic_certificates import mosaic_certificates
from paleobc.remapping.mosaic_weights import MosaicSet

#: Prefixes of the ocean's grids in OASIS, their point, and what they are called.
_OCEANS: Final[dict[str, tuple[Point, str]]] = {
    "torc": ("T", "orca-t"),
    "oint": ("T", "orca-t"),
    "uorc": ("U", "orca-u"),
    "vorc": ("V", "orca-v"),
    "forc": ("F", "orca-f"),
}
_ATMOSPHERES: Final = ("tlmd", "aone", "afra")

_DEGREES: Final = {"lat": "degrees_north", "lon": "degrees_east"}
_LAND: Final = {"land_value": np.int32(1), "sea_value": np.int32(0)}


def mosaic_files(mosaic: MosaicSet, simulation: str) -> dict[str, xr.Dataset | str]:
    """
    All files of the set, by their path in the folder structure of the IPSL models.

    All are meant for NetCDF-3 with 64-bit offsets, which OASIS3-MCT, LMDZ and NEMO read with any library; the old
    program wrote NetCDF-4.

    Parameters
    ----------
    mosaic : MosaicSet
    simulation : str
        Name of the simulation in the names of the folders.
    """
    ocean, atmosphere = names_of(mosaic)
    both = f"{ocean}.{simulation}x{atmosphere}"
    coupler = f"IGCM/CPL/IPSLCM5A2/{both}"
    proofs = mosaic_certificates(mosaic)
    return {
        f"IGCM/ATM/START/{both}/o2a.nc": fraction_file(mosaic),
        f"{coupler}/grids.nc": grids_file(mosaic),
        f"{coupler}/areas.nc": areas_file(mosaic),
        f"{coupler}/masks.nc": masks_file(mosaic),
        **{
            f"{coupler}/{name}.nc": content.assign_attrs(certificate_attributes(proofs[name.removeprefix("rmp_")]))
            for name, content in weight_files(mosaic).items()
        },
        f"{coupler}/run.def": run_def(mosaic, simulation),
    }


def _attributes(mosaic: MosaicSet, file: str) -> dict[str, Any]:
    """Global attributes of one of the files on both grids."""
    rows, columns = mosaic.atmosphere.shape
    return {
        "Conventions": "CF-1.1",
        "source": "OPA Global Ocean Model",
        "group": names_of(mosaic)[0],
        "production": "NEMO",
        "grid": "curvilinear",
        "Institution": "IPSL",
        "Model": f"LMDZ {columns:03d}x{rows:03d}",
        **notes_on(mosaic, file),
    }


def _on_ocean(values: npt.NDArray[Any], attributes: Mapping[str, Any]) -> xr.Variable:
    return xr.Variable(("corners", "jpjo", "jpio")[-values.ndim :], values, dict(attributes))


def _on_atmosphere(values: npt.NDArray[Any], attributes: Mapping[str, Any]) -> xr.Variable:
    return xr.Variable(("corners", "jpja", "jpia")[-values.ndim :], values, dict(attributes))


def grids_file(mosaic: MosaicSet) -> xr.Dataset:
    """Content of ``grids.nc``: points of all grids, corners where cells are exchanged [degrees]."""
    ocean = mosaic.ocean
    variables: dict[str, xr.Variable] = {}
    for prefix, (point, title) in _OCEANS.items():
        for short, points, corners in (
            ("lat", ocean.latitude, ocean.corner_latitude),
            ("lon", ocean.longitude, ocean.corner_longitude),
        ):
            own = {"units": _DEGREES[short], "title": f"{title} {_long(short)}", "grid_type": "P"}
            variables[f"{prefix}.{short}"] = _on_ocean(points[point], {**own, "overlap": np.int32(2)})
            if prefix in ("torc", "oint"):
                own["title"] = f"corners of {own['title']}"
                variables[f"{prefix}.cl{short[1]}"] = _on_ocean(corners, {**own, "overlap": np.int32(2)})
    for prefix in _ATMOSPHERES:
        for short, centres, edges in _atmosphere_places(mosaic):
            own = {"units": _DEGREES[short], "title": f"lmdz-t {_long(short)}", "grid_type": "P"}
            variables[f"{prefix}.{short}"] = _on_atmosphere(centres, {**own, "overlap": np.int32(0)})
            own["title"] = f"{_long(short).capitalize()} for t-cell corner"
            variables[f"{prefix}.cl{short[1]}"] = _on_atmosphere(edges, {**own, "overlap": np.int32(0)})
    return xr.Dataset(variables, attrs=_attributes(mosaic, "grids"))


def _long(short: str) -> str:
    return {"lat": "latitudes", "lon": "longitudes"}[short]


def _atmosphere_places(mosaic: MosaicSet) -> list[tuple[str, FloatArray, FloatArray]]:
    """Centres of LMDZ's cells and their corners: south-east, south-west, north-west, north-east."""
    longitude, latitude = mosaic.atmosphere.centres()
    edges = (corners[[4, 6, 0, 2]] for corners in atmosphere_corners(mosaic.atmosphere))
    shape = mosaic.atmosphere.shape
    centres = longitude.reshape(shape), latitude.reshape(shape)
    return list(zip(("lon", "lat"), centres, edges, strict=True))


def areas_file(mosaic: MosaicSet) -> xr.Dataset:
    """Content of ``areas.nc`` [m2]."""
    variables: dict[str, xr.Variable] = {}
    for prefix, (point, title) in _OCEANS.items():
        area = mosaic.ocean.areas[point]
        if point == "F" and mosaic.faithful:
            area = area * mosaic.ocean.seas["F"]
        variables[f"{prefix}.srf"] = _on_ocean(area, {"units": "m^2", "title": f"{title} mesh surface"})
    area = mosaic.atmosphere_area
    for prefix, values, title in (
        ("tlmd", area, ""),
        ("aone", np.ones_like(area), ", set to 1"),
        ("afra", area * mosaic.coupled_fraction, ", set to 1" if mosaic.faithful else ", times ocean fraction"),
    ):
        variables[f"{prefix}.srf"] = _on_atmosphere(values, {"units": "m^2", "title": f"lmdz-t mesh surface{title}"})
    return xr.Dataset(variables, attrs=_attributes(mosaic, "areas"))


def masks_file(mosaic: MosaicSet) -> xr.Dataset:
    """Content of ``masks.nc``: 0 for sea, 1 for land, the southern row and copies of cells."""
    ocean = mosaic.ocean
    closed = ~ocean.unique
    closed[0] = True
    variables: dict[str, xr.Variable] = {}
    for prefix, (point, name) in _OCEANS.items():
        title = f"{name} land-sea mask" + (", duplicates removed" if prefix == "oint" else "")
        mask = (closed | ~ocean.seas[point]).astype(np.int32)
        variables[f"{prefix}.msk"] = _on_ocean(mask, {**_LAND, "title": title, "units": "n"})
    land = (mosaic.coupled_fraction == 0.0).astype(np.int32)
    for prefix in _ATMOSPHERES:
        title = "lmdz-t land-sea mask" + (", forced to not masked" if prefix == "aone" else "")
        mask = np.zeros_like(land) if prefix == "aone" else land
        variables[f"{prefix}.msk"] = _on_atmosphere(mask, {"units": "n", **_LAND, "title": title})
    return xr.Dataset(variables, attrs=_attributes(mosaic, "masks"))
