"""The grid files of NEMO: read in all their forms, and coordinates.nc as NEMO reads it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import xarray as xr
from netCDF4 import Dataset, Variable

from paleobc.conventions import FloatArray
from paleobc.errors import InputError
from paleobc.formats.attributes import numbers, text
from paleobc.formats.opening import open_netcdf
from paleobc.formats.wording import quoted, sized
from paleobc.grids.curvilinear import CurvilinearGrid, GridPoints, describe_grid

#: Names of the coordinates of T points, besides glamt and gphit; the first is read.
LONGITUDE_NAMES: Final = ("nav_lon", "nav_lon_grid_t", "lon", "longitude", "nav_lon_t", "tlon", "tlong")
LATITUDE_NAMES: Final = ("nav_lat", "nav_lat_grid_t", "lat", "latitude", "nav_lat_t", "tlat", "tlat")

#: Beyond it a value is a missing one, whether the file says so or not (Ferret: -1e34, NetCDF: 1e37).
LARGEST: Final = 1e30

LONG_NAMES: Final = {
    "glam": "longitude of {} points",
    "gphi": "latitude of {} points",
    "e1": "scale factor along the rows at {} points",
    "e2": "scale factor along the columns at {} points",
}
#: Corners of all cells in a grid file of ours: F points lack those of the first row.
CORNERS: Final = ("corner_longitude", "corner_latitude")

UNITS: Final = {"glam": "degrees_east", "gphi": "degrees_north", "e1": "m", "e2": "m"}


def read_ocean_grid(path: Path) -> CurvilinearGrid:
    """
    Ocean grid of a file: coordinates.nc, domain_cfg.nc, mesh_mask.nc, or CF with 2-D coordinates.

    Raises
    ------
    InputError
        Where the file cannot be read, holds no curvilinear coordinates, or they fit no ORCA-like grid.
    """
    with open_netcdf(path) as dataset:
        names = {name.lower(): name for name in dataset.variables}
        if "glamt" in names and "gphit" in names:
            found = {point: _points(dataset, names, point, path.name) for point in "tuvf"}
            points = {point: there for point, there in found.items() if there is not None}
            bounds = None
        else:
            longitude = _coordinate(dataset, names, LONGITUDE_NAMES, "longitude", path.name)
            latitude = _coordinate(dataset, names, LATITUDE_NAMES, "latitude", path.name)
            points = {"t": GridPoints(field_values(longitude), field_values(latitude))}
            bounds = cell_bounds(dataset, longitude, latitude)
        corners = [field_values(dataset[name]) for name in CORNERS if name in dataset.variables]
    try:
        grid = describe_grid(points["t"], u=points.get("u"), v=points.get("v"), f=points.get("f"), bounds=bounds)
    except InputError as refusal:
        raise InputError(f"{path.name}: {refusal}") from None
    shape = grid.layout.rows + 1, grid.layout.columns + 1
    if len(corners) == 2 and all(part.shape == shape and np.isfinite(part).all() for part in corners):
        return replace(grid, corner_longitude=corners[0], corner_latitude=corners[1])
    return grid


def coordinates_file(grid: CurvilinearGrid) -> xr.Dataset:
    """
    Content of ``coordinates.nc``: 16 fields on (time, z, y, x) and the axes that NEMO's reader looks for.

    Raises
    ------
    InputError
        Where the grid lacks the U, V or F points, or scale factors.

    References
    ----------
    NEMO reference manual, chapter on space domain, doi:10.5281/zenodo.1464816.
    """
    place = {"longitude": "degrees_east", "latitude": "degrees_north"}
    variables = {
        f"nav_{name[:3]}": xr.Variable(("y", "x"), getattr(grid.t, name), {"units": units, "long_name": name})
        for name, units in place.items()
    }
    variables["nav_lev"] = xr.Variable("z", np.zeros(1), {"units": "model_levels", "long_name": "Model levels"})
    since = {"units": "seconds since 0001-01-01 00:00:00"}
    variables["time"] = xr.Variable("time", np.zeros(1), {**since, "long_name": "Time axis"})
    variables["time_steps"] = xr.Variable("time", np.zeros(1, np.int32), {"units": "1", "long_name": "Time step axis"})
    for point in "tuvf":
        for kind, values in zip(LONG_NAMES, _complete(grid, point), strict=True):
            attributes = {"units": UNITS[kind], "long_name": LONG_NAMES[kind].format(point.upper())}
            variables[kind + point] = xr.Variable(("time", "z", "y", "x"), values[None, None], attributes)
    return xr.Dataset(variables)


def _complete(grid: CurvilinearGrid, point: str) -> tuple[FloatArray, ...]:
    """Places and scale factors of one set of points, all of which NEMO needs."""
    points: GridPoints | None = getattr(grid, point)
    if points is None or points.e1 is None or points.e2 is None:
        raise InputError(
            f"The ocean grid has no {point.upper()} points with scale factors, so coordinates.nc cannot be "
            "written from it; take NEMO's own coordinates.nc, or let the grid be made."
        )
    return points.longitude, points.latitude, points.e1, points.e2


def _points(dataset: Dataset, names: dict[str, str], point: str, file: str) -> GridPoints | None:
    """Points of NEMO's C grid; None where the file has no coordinates for them."""
    fields = [_flat(dataset[names[kind + point]], file) if kind + point in names else None for kind in LONG_NAMES]
    longitude, latitude, e1, e2 = fields
    if longitude is None or latitude is None:
        return None
    scaled = e1 is not None and e2 is not None
    return GridPoints(longitude, latitude, e1 if scaled else None, e2 if scaled else None)


def _flat(variable: Variable[Any], file: str) -> FloatArray:
    """Field on (y, x) of a variable that may have a time and a level besides."""
    values = field_values(variable)
    if values.ndim != 2:
        raise InputError(
            f"{file}: {quoted(variable.name)} has {sized(variable.shape)} values; it needs rows and columns, "
            "and only one time and one level besides."
        )
    return values


def field_values(variable: Variable[Any]) -> FloatArray:
    """Numbers of a variable without its dimensions of length 1, not a number where it has none."""
    lengths = [length for length in variable.shape if length != 1]
    stored = np.asarray(variable[...])
    if stored.dtype.kind not in "fiu":
        raise InputError(f"{quoted(variable.name)} holds no numbers; give a file with the places of the grid.")
    values = stored.reshape(lengths).astype(np.float64)
    missing = np.concatenate([numbers(variable, "_FillValue"), numbers(variable, "missing_value")])
    values[np.isin(values, missing) | (np.abs(values) > LARGEST)] = np.nan
    factor, offset = numbers(variable, "scale_factor"), numbers(variable, "add_offset")
    return values * (factor[0] if factor.size else 1.0) + (offset[0] if offset.size else 0.0)


def _coordinate(dataset: Dataset, names: dict[str, str], known: tuple[str, ...], role: str, file: str) -> Variable[Any]:
    """Variable with the longitudes or latitudes of the T points."""
    for name in known:
        if name in names:
            return dataset.variables[names[name]]
    for variable in dataset.variables.values():
        if text(variable, "standard_name") == role and variable.ndim >= 2:
            return variable
    raise InputError(
        f"{file} holds no {role}s of an ocean grid; give NEMO's coordinates.nc (glamt, gphit), "
        "domain_cfg.nc, mesh_mask.nc, or a file with nav_lon and nav_lat."
    )


def cell_bounds(
    dataset: Dataset, longitude: Variable[Any], latitude: Variable[Any]
) -> tuple[FloatArray, FloatArray] | None:
    """Vertices of the cells, shape (rows, columns, 4) each; None where the file has none."""
    found = []
    for variable in (longitude, latitude):
        name = text(variable, "bounds")
        vertices = dataset.variables.get(name)
        if vertices is None:
            return None
        own = [vertices.dimensions.index(axis) for axis in variable.dimensions if axis in vertices.dimensions]
        values = np.moveaxis(np.asarray(_unsqueezed(vertices)), own, range(len(own)))
        if values.size != 4 * int(np.prod(variable.shape)) or len(own) != variable.ndim:
            return None
        found.append(values.reshape(*[n for n in variable.shape if n != 1], 4))
    return found[0], found[1]


def _unsqueezed(variable: Variable[Any]) -> FloatArray:
    return field_values(variable).reshape(variable.shape)
