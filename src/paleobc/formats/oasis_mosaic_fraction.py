"""The file of MOSAIC with the ocean fraction that LMDZ reads, ``o2a.nc``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from paleobc.conventions import FloatArray
from paleobc.formats.oasis_mosaic_notes import notes_on
from paleobc.remapping.mosaic_cells import atmosphere_corners
from paleobc.remapping.mosaic_weights import LEAST_WEIGHT, MosaicSet

#: What the library fills in where the old program wrote nothing.
_UNWRITTEN: Final = np.int32(-2147483647)

_MISSING: Final = {"missing_value": 0.0}


def fraction_file(mosaic: MosaicSet) -> xr.Dataset:
    """Content of ``o2a.nc``: rows from south to north; LMDZ reads ``OceMask``."""
    shape = mosaic.atmosphere.shape
    longitude, latitude = (part.reshape(shape) for part in mosaic.atmosphere.centres())
    variables = {
        "nav_lon": _field(longitude, np.float32, _axis("X", "longitude", "degrees_east", longitude)),
        "nav_lat": _field(latitude, np.float32, _axis("Y", "latitude", "degrees_north", latitude)),
        **_links(mosaic),
        **_masks(mosaic),
    }
    for name, edges in zip(("LonEdge", "LatEdge"), atmosphere_corners(mosaic.atmosphere), strict=True):
        variables[name] = _field(edges, np.float32, _MISSING)
    copies = np.zeros(shape, dtype=np.int32)
    copies[[0, -1], 1:] = 1
    copies[:] = _UNWRITTEN if mosaic.faithful else copies
    whole = np.zeros(shape) if mosaic.faithful else mosaic.atmosphere_area
    variables["MaskPer"] = _field(copies, np.int32, _MISSING)
    variables["Surface"] = _field(mosaic.collapsed_area, np.float64, _MISSING)
    variables["SurfacePol"] = _field(whole, np.float64, _MISSING)
    return xr.Dataset(variables, attrs={"Conventions": "CF-1.1", **notes_on(mosaic, "o2a")})


def _links(mosaic: MosaicSet) -> dict[str, xr.Variable]:
    """What is known about the links that end in each cell."""
    links, air = mosaic.to_atmosphere, mosaic.atmosphere
    largest = np.zeros(air.size)
    np.maximum.at(largest, links.destination, links.weight)
    count = links.links_of_destinations()
    return {
        name: _field(values.reshape(air.shape), kind, {"standard_name": f"Oce -> Atm {title}", **_MISSING})
        for name, values, kind, title in (
            ("Weights_Max1", largest, np.float32, "max weights"),
            ("Neighbors1", count, np.int32, "Neighbors"),
            ("Weights_Sum1", links.row_sums(), np.float32, "sum weights"),
            ("Mask", np.ones(air.size), np.int32, "mask"),
        )
    }


def _masks(mosaic: MosaicSet) -> dict[str, xr.Variable]:
    """Ocean fraction, and where it is none or not the whole."""
    named = {"standard_name": "Oce ->Atm OceMask"}
    fraction = mosaic.fraction.reshape(mosaic.atmosphere.shape)
    return {
        "OceMask": _field(fraction, np.float32, {**named, **_MISSING}),
        "OceMask_int": _field(fraction == 0.0, np.int32, named),
        "OceMask_ext": _field(fraction <= 1.0 - LEAST_WEIGHT, np.int32, named),
    }


def _axis(axis: str, name: str, units: str, values: FloatArray) -> dict[str, Any]:
    limits = {"valid_min": np.float32(values.min()), "valid_max": np.float32(values.max())}
    return {"axis": axis, "standard_name": name, "units": units, **limits}


def _field(values: npt.NDArray[Any], kind: type[Any], attributes: Mapping[str, Any]) -> xr.Variable:
    """A field of LMDZ, its rows turned so that the southern one comes first."""
    return xr.Variable(("edge", "y", "x")[-values.ndim :], values[..., ::-1, :].astype(kind), dict(attributes))
