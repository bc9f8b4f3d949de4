"""The four files of weights of MOSAIC, in the layout that SCRIP and OASIS3-MCT share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from paleobc.conventions import BoolArray, FloatArray
from paleobc.formats.oasis_mosaic_notes import notes_on
from paleobc.remapping.mosaic_cells import atmosphere_corners, ocean_outlines
from paleobc.remapping.mosaic_weights import MosaicSet
from paleobc.remapping.weights import Weights

#: Vertices of an outline in the order of the old program, whose fourth is the middle of the western side, and all four.
_OLD_CORNERS: Final = (0, 2, 4, 7)
_CORNERS: Final = (0, 2, 4, 6)

_NO_UNIT: Final = {"units": "unitless"}
_SEA: Final = {**_NO_UNIT, "land_value": np.int32(0), "sea_value": np.int32(1)}


@dataclass(frozen=True)
class _Grid:
    """One of the grids as a file of weights shows it; all flat but the corners, shape (n, 4)."""

    shape: tuple[int, int]
    longitude: FloatArray
    latitude: FloatArray
    corner_longitude: FloatArray
    corner_latitude: FloatArray
    area: FloatArray


def weight_files(mosaic: MosaicSet) -> dict[str, xr.Dataset]:
    """
    Content of the four files of weights, by name without the end.

    Parameters
    ----------
    mosaic : MosaicSet
    """
    grids = {"torc": _ocean_grid(mosaic), "tlmd": _atmosphere_grid(mosaic)}
    uniform = grids | {"tlmd": _atmosphere_grid(mosaic, one_pole=mosaic.faithful)}
    ocean = mosaic.ocean
    sea, open_cells, copies = mosaic.fraction > 0.0, ocean.open.ravel(), ocean.open_with_copies.ravel()
    runoff, calving, faithful = _never_empty(mosaic), mosaic.calving.weights, mosaic.faithful
    ones = np.ones(sea.size), np.ones(copies.size)
    to_atmosphere = sea | ~np.resize(ocean.unique, sea.size) if faithful else sea
    sends_water = np.zeros_like(sea) if faithful else runoff.linked_sources()
    sends_ice = sea if faithful else calving.linked_sources()
    integral = {"c_amsk": "int", "c_omsk": "perio"}
    whole = {"c_amsk": "full", "c_omsk": "noperio"}
    to_ocean = "tlmd_to_torc_MOSAIC"
    fractions = mosaic.coupled_fraction.ravel(), copies
    return {
        f"rmp_{name}": _file(mosaic, name, shown, weights, masks, parts, own)
        for name, shown, weights, masks, parts, own in (
            ("torc_to_tlmd_MOSAIC", grids, mosaic.to_atmosphere, (open_cells, to_atmosphere), ones[::-1], {}),
            (to_ocean, grids, mosaic.to_ocean, (sea, copies), ones, integral),
            (f"{to_ocean}_rivflu", uniform, runoff, (sends_water, open_cells), ones, whole),
            (f"{to_ocean}_calvin", uniform, calving, (sends_ice, copies), fractions, integral),
        )
    }


def _never_empty(mosaic: MosaicSet) -> Weights:
    """Weights of the runoff; where no cell has land a link that carries nothing, as OASIS reads no file without."""
    weights = mosaic.runoff.weights
    if weights.weight.size:
        return weights
    first = np.flatnonzero(mosaic.ocean.open)[:1].astype(np.int32)
    return Weights(np.zeros(1, np.int32), first, np.zeros(1), weights.source_size, weights.destination_size)


def _ocean_grid(mosaic: MosaicSet) -> _Grid:
    ocean = mosaic.ocean
    longitude, latitude = ocean_outlines(ocean)
    if mosaic.faithful and ocean.layout.overlap:  # the first column has no western neighbour there
        for outline in (longitude, latitude):
            outline[[0, 7], :, 0] = outline[[2, 3], :, 0]
            outline[4, 0, 0] = outline[2, 0, 0]
    if not mosaic.faithful:  # nor has the first row a southern one: as in grids.nc, its cells reach to the pole
        longitude[[4, 6], 0], latitude[[4, 6], 0] = longitude[[2, 0], 0], -90.0
    return _grid(ocean.layout.shape, longitude, latitude, mosaic.ocean_area, faithful=mosaic.faithful)


def _atmosphere_grid(mosaic: MosaicSet, *, one_pole: bool = False) -> _Grid:
    """The grid of LMDZ; where asked for all points on a pole have the longitude of the first."""
    longitude, latitude = atmosphere_corners(mosaic.atmosphere)
    if one_pole:
        longitude[8, [0, -1]] = longitude[8, 0, 0]
    latitude[8, [0, -1]] = mosaic.atmosphere.latitudes[[0, -1], None]  # the points stand on the poles
    return _grid(mosaic.atmosphere.shape, longitude, latitude, mosaic.collapsed_area, faithful=mosaic.faithful)


def _grid(
    shape: tuple[int, int], longitude: FloatArray, latitude: FloatArray, area: FloatArray, *, faithful: bool
) -> _Grid:
    """A grid from its outlines, shape (9, rows, columns), longitudes from 0 to 360."""
    corners = list(_OLD_CORNERS if faithful else _CORNERS)
    north, east = (part.reshape(9, -1)[[*corners, 8]] for part in (latitude, longitude))
    east %= 360.0
    return _Grid(shape, east[4], north[4], east[:4].T, north[:4].T, area.ravel())


def _file(
    mosaic: MosaicSet,
    name: str,
    grids: Mapping[str, _Grid],
    weights: Weights,
    masks: tuple[BoolArray, BoolArray],
    fractions: tuple[npt.NDArray[Any], npt.NDArray[Any]],
    own: Mapping[str, str],
) -> xr.Dataset:
    """Content of one file."""
    source, destination = (grids[prefix] for prefix in name.split("_")[0:3:2])
    variables = {
        **_both(source, destination),
        "src_grid_imask": _cells("src", masks[0].astype(np.int32), _SEA),
        "dst_grid_imask": _cells("dst", masks[1].astype(np.int32), _SEA),
        "src_grid_area": _cells("src", source.area, {"units": "m^2"}),
        "dst_grid_area": _cells("dst", destination.area, {"units": "m^2"}),
        "src_grid_frac": _cells("src", fractions[0].astype(np.float64), _NO_UNIT),
        "dst_grid_frac": _cells("dst", fractions[1].astype(np.float64), _NO_UNIT),
        "dst_address": xr.Variable("num_links", weights.destination + np.int32(1)),
        "src_address": xr.Variable("num_links", weights.source + np.int32(1)),
        "remap_matrix": xr.Variable(("num_links", "num_wgts"), weights.weight[:, None]),
    }
    most = np.int32(weights.links_of_destinations().max())
    general = {
        "Conventions": "CF-1.1",
        "title": f"rmp_{name}",
        "normalization": "none",
        "map_method": "Conservative Remapping",
        "conventions": "SCRIP",
        "method": "MOSAIC",
        "source_grid": "curvilinear",
        "dest_grid": "curvilinear",
        "Institution": "IPSL",
        "Model": "IPSL CM6",
    }
    return xr.Dataset(variables, attrs={**general, "Max_nei_num": most, **own, **notes_on(mosaic, name)})


def _cells(side: str, values: npt.NDArray[Any], attributes: Mapping[str, Any]) -> xr.Variable:
    return xr.Variable(f"{side}_grid_size", values, dict(attributes))


def _both(source: _Grid, destination: _Grid) -> dict[str, xr.Variable]:
    """Sizes, centres and corners of both grids."""
    sides = {"src": source, "dst": destination}
    north, east = {"units": "degrees_north"}, {"units": "degrees_east"}
    variables = {
        f"{side}_grid_dims": xr.Variable(f"{side}_grid_rank", np.array(grid.shape[::-1], np.int32))
        for side, grid in sides.items()
    }
    for side, grid in sides.items():
        variables[f"{side}_grid_center_lat"] = _cells(side, grid.latitude, north)
        variables[f"{side}_grid_center_lon"] = _cells(side, grid.longitude, east)
    for side, grid in sides.items():
        dimensions = (f"{side}_grid_size", f"{side}_grid_corners")
        variables[f"{side}_grid_corner_lat"] = xr.Variable(dimensions, grid.corner_latitude, north)
        variables[f"{side}_grid_corner_lon"] = xr.Variable(dimensions, grid.corner_longitude, east)
    return variables
