"""The files that NEMO reads besides its grid, and the asset that holds the grid itself."""

from __future__ import annotations

from typing import Final

import numpy as np
import xarray as xr

from paleobc.conventions import BoolArray, FloatArray
from paleobc.errors import InputError
from paleobc.formats.nemo import coordinates_file
from paleobc.grids.curvilinear import CurvilinearGrid, GridPoints
from paleobc.grids.fold import OrcaLayout, Point, owner_table, unique_cells
from paleobc.grids.fold_detection import detect_layout
from paleobc.grids.sphere import longitude_latitude
from paleobc.ocean.c_grid import completed
from paleobc.remapping.cells import cell_corners

#: Mask of each sub-basin, in the order of their numbers.
BASIN_MASKS: Final = {"atlmsk": "atlantic", "pacmsk": "pacific", "indmsk": "indian"}

#: Rows and columns of T cells that touch each kind of points.
_MASKED_BY: Final[dict[Point, tuple[int, int]]] = {"T": (1, 1), "U": (1, 2), "V": (2, 1), "F": (2, 2)}


def ocean_grid_file(grid: CurvilinearGrid) -> xr.Dataset:
    """
    Grid of the ocean as an asset: all of ``coordinates.nc``, and the corners of the cells, in double precision.

    Points and scale factors that the grid lacks are made from those it has.

    Parameters
    ----------
    grid : CurvilinearGrid
    """
    dimensions = ("y_corner", "x_corner")
    names = {"longitude": "degrees_east", "latitude": "degrees_north"}
    corners = {
        f"corner_{name}": xr.Variable(
            dimensions, getattr(grid, f"corner_{name}"), {"units": units, "long_name": f"{name} of the corners"}
        )
        for name, units in names.items()
    }
    attributes = {"title": "Grid of the ocean for NEMO", "pivot": grid.layout.pivot}
    return coordinates_file(completed(grid)).assign(corners).assign_attrs(attributes)


def ocean_grid_of(dataset: xr.Dataset) -> CurvilinearGrid:
    """
    Grid of the ocean that `ocean_grid_file` holds, to the bit.

    Raises
    ------
    InputError
        Where the dataset holds no such grid.
    """
    missing = [f"{kind}{point}" for point in "tuvf" for kind in ("glam", "gphi", "e1", "e2")]
    missing = [name for name in [*missing, "corner_longitude", "corner_latitude"] if name not in dataset]
    if missing:
        raise InputError(f"This is no grid of the ocean: it has no variable {missing[0]!r}.")
    t, u, v, f = (
        GridPoints(*(_doubles(dataset[kind + point])[0, 0] for kind in ("glam", "gphi", "e1", "e2")))
        for point in "tuvf"
    )
    corners = _doubles(dataset["corner_longitude"]), _doubles(dataset["corner_latitude"])
    return CurvilinearGrid(detect_layout(t.longitude, t.latitude), t, *corners, u=u, v=v, f=f)


def bathymetry_file(depth: FloatArray, grid: CurvilinearGrid) -> xr.Dataset:
    """
    Content of ``bathy_meter.nc``.

    Parameters
    ----------
    depth : ndarray, shape (rows, columns)
        Depth of the sea [m], 0 on land.
    grid : CurvilinearGrid
    """
    attributes = {"units": "m", "long_name": "Depth of the sea, 0 on land", "positive": "down"}
    return xr.Dataset(
        {"Bathymetry": xr.Variable(("y", "x"), depth, attributes)},
        coords=_positions(grid.t.longitude, grid.t.latitude),
        attrs={"title": "Bathymetry for NEMO"},
    )


def depth_of(bathymetry: xr.Dataset) -> FloatArray:
    """Depth of the sea [m] in a bathymetry of ours, shape (rows, columns)."""
    return _doubles(bathymetry["Bathymetry"])


def layout_of(bathymetry: xr.Dataset) -> OrcaLayout:
    """
    Layout of the grid on which a bathymetry stands.

    Raises
    ------
    InputError
        Where its positions are those of no ORCA-like grid.
    """
    return detect_layout(_doubles(bathymetry["nav_lon"]), _doubles(bathymetry["nav_lat"]))


def geothermal_file(heat: FloatArray, longitude: FloatArray, latitude: FloatArray) -> xr.Dataset:
    """
    Content of ``geothermal_heating.nc``.

    Parameters
    ----------
    heat : ndarray, shape (rows, columns)
        Heat flow through the sea floor [mW m-2], 0 on land.
    longitude, latitude : ndarray, shape (rows, columns)
        Places of the T points [degrees].
    """
    origin = "0000-DEC-15 00:00:00"
    field = {"units": "mW/m2", "title": "heatflow", "long_name": "heatflow", "Minvalue=": 0.0, "Maxvalue=": 400.0}
    steps = {"units": "timesteps since 0000-12-15 00:00:00", "title": "Time steps", "tstep_sec": np.float32(0.0)}
    time = {"units": "seconds since 0000-12-15 00:00:00", "calendar": "noleap", "title": "Time"}
    named = {"long_name": "Time step axis", "time_origin": origin}
    return xr.Dataset(
        {
            "heatflow": xr.Variable(("time_counter", "y", "x"), heat[None], field),
            "time_steps": xr.Variable("time_counter", np.zeros(1, np.int32), {**steps, **named}),
        },
        coords={
            **_positions(longitude, latitude),
            "time_counter": xr.Variable(
                "time_counter", np.ones(1, np.float32), {**time, "long_name": "Time axis", "time_origin": origin}
            ),
        },
        attrs={"title": "Geothermal heating for NEMO"},
    )


def viscosity_file(coefficient: FloatArray, grid: CurvilinearGrid) -> xr.Dataset:
    """
    Content of ``ahmcoef.nc``.

    Parameters
    ----------
    coefficient : ndarray, shape (rows, columns)
        Coefficient of lateral viscosity [%].
    grid : CurvilinearGrid
    """
    attributes = {
        "units": "%",
        "long_name": "Coefficient of lateral viscosity",
        "valid_min": 0.0,
        "valid_max": 100.0,
    }
    return xr.Dataset(
        {"icof": xr.Variable(("y", "x"), coefficient, attributes)},
        coords=_positions(grid.t.longitude, grid.t.latitude),
        attrs={"title": "Lateral viscosity for NEMO"},
    )


def subbasins_file(masks: BoolArray, grid: CurvilinearGrid) -> xr.Dataset:
    """
    Content of ``subbasins.nc``.

    Parameters
    ----------
    masks : ndarray of bool, shape (3, rows, columns)
        Masks of the Atlantic, the Pacific and the Indian Ocean.
    grid : CurvilinearGrid
    """
    variables = {
        name: xr.Variable(
            ("y", "x"), mask.astype(np.float64), {"units": "1", "long_name": f"mask of the {basin} basin"}
        )
        for (name, basin), mask in zip(BASIN_MASKS.items(), masks, strict=True)
    }
    places = _positions(grid.t.longitude, grid.t.latitude)
    coordinates = {"navlat": places["nav_lat"], "navlon": places["nav_lon"]}
    return xr.Dataset(variables, coords=coordinates, attrs={"title": "Sub-basins of the ocean for NEMO"})


def basin_masks_of(subbasins: xr.Dataset) -> FloatArray:
    """Masks of the Atlantic, the Pacific and the Indian Ocean in sub-basins of ours, shape (3, rows, columns)."""
    return np.stack([_doubles(subbasins[name]) for name in BASIN_MASKS])


def coordinates_mask_file(wet: BoolArray, grid: CurvilinearGrid) -> xr.Dataset:
    """
    Content of ``coordinates_mask.nc``: places, vertices, areas and masks of the T, U, V and F cells.

    Parameters
    ----------
    wet : ndarray of bool, shape (rows, columns)
        T cells of the sea, copies included.
    grid : CurvilinearGrid
        With all points and scale factors.
    """
    variables: dict[str, xr.Variable] = {}
    for point in _MASKED_BY:
        variables |= _coordinates_and_masks(wet, grid, point)
    return xr.Dataset(variables, attrs={"title": "Coordinates and masks of the ocean grid"})


def _coordinates_and_masks(wet: BoolArray, grid: CurvilinearGrid, point: Point) -> dict[str, xr.Variable]:
    """Variables of one kind of points."""
    points: GridPoints | None = getattr(grid, point.lower())
    if points is None or points.e1 is None or points.e2 is None:
        raise InputError(f"The ocean grid has no {point} points with scale factors; complete it first.")
    dimensions = (f"y_grid_{point}", f"x_grid_{point}")
    made: dict[str, xr.Variable] = {}
    bounds = longitude_latitude(cell_corners(grid, point).reshape(*grid.layout.shape, 4, 3))
    for short, places, vertices in zip(("lon", "lat"), (points.longitude, points.latitude), bounds, strict=True):
        units = "degrees_east" if short == "lon" else "degrees_north"
        edges = f"bounds_{short}_grid_{point}"
        attributes = {"units": units, "standard_name": {"lon": "longitude", "lat": "latitude"}[short], "bounds": edges}
        made[f"nav_{short}_grid_{point}"] = xr.Variable(dimensions, places, attributes)
        made[edges] = xr.Variable((*dimensions, "nvertex"), vertices, {"units": units})
    beside = f"nav_lat_grid_{point} nav_lon_grid_{point}"
    masks = {"mask": _mask(wet, grid.layout, point)}
    masks["maskutil"] = masks["mask"] & unique_cells(grid.layout, point)
    area = {"units": "m2", "long_name": f"area of the {point} cells", "associate": beside}
    made[f"area_grid_{point}"] = xr.Variable(dimensions, points.e1 * points.e2, area)
    for name, mask in masks.items():
        meaning = "1 sea, 0 land" + (" and copies of other cells" if name == "maskutil" else "")
        attributes = {"units": "1", "long_name": f"mask of the {point} cells: {meaning}", "associate": beside}
        made[f"{name}_{point}"] = xr.Variable(dimensions, mask.astype(np.int8), attributes)
    return made


def _mask(wet: BoolArray, layout: OrcaLayout, point: Point) -> BoolArray:
    """Sea at one kind of points: where all T cells that touch it are sea."""
    around = wet.ravel()[owner_table(layout)]  # no cell south of the first row is asked for
    rows, columns = _MASKED_BY[point]
    windows = [
        around[1 + j : 1 + j + layout.rows, 1 + i : 1 + i + layout.columns] for j in range(rows) for i in range(columns)
    ]
    return np.asarray(np.logical_and.reduce(windows))


def _positions(longitude: FloatArray, latitude: FloatArray) -> dict[str, xr.Variable]:
    """Longitude and latitude of each cell."""
    east = {"standard_name": "longitude", "long_name": "longitude", "units": "degrees_east"}
    north = {"standard_name": "latitude", "long_name": "latitude", "units": "degrees_north"}
    axes = {"_CoordinateAxisType": "Lon"}, {"_CoordinateAxisType": "Lat"}
    return {
        "nav_lon": xr.Variable(("y", "x"), longitude, {**east, **axes[0]}),
        "nav_lat": xr.Variable(("y", "x"), latitude, {**north, **axes[1]}),
    }


def _doubles(variable: xr.DataArray) -> FloatArray:
    return np.asarray(variable.values, dtype=np.float64)
