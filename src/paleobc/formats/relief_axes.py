"""Where a file says its rows and columns lie: finding latitude and longitude under any name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from netCDF4 import Dataset, Variable

from paleobc.conventions import FloatArray
from paleobc.errors import InputError
from paleobc.formats.attributes import numbers, text, words
from paleobc.formats.wording import listed, quoted, rounded

LATITUDE, LONGITUDE = "latitude", "longitude"
UNITS: Final = (
    (LATITUDE, re.compile(r"degrees?_?\s?n(orth)?")),
    (LONGITUDE, re.compile(r"degrees?_?\s?e(ast)?")),
)
NAMES: Final = (
    (LATITUDE, re.compile(r".*(^|_)lat.*|.*lat\d*|rlat.*|.*latitude.*|([a-z]+\d+_?|n|grid_?)?y\d*(_\d+)?")),
    (LONGITUDE, re.compile(r".*(^|_)lon.*|.*lon\d*|rlon.*|.*longitude.*|([a-z]+\d+_?|n|grid_?)?x\d*(_\d+)?")),
)
#: Names that leave nothing to assume.
CLEAR_NAMES: Final = ({"lat", "lon"}, {LATITUDE, LONGITUDE})
ROTATED: Final = frozenset({"grid_latitude", "grid_longitude", "projection_x_coordinate", "projection_y_coordinate"})
#: A two-dimensional coordinate is that of a regular grid where it varies along one dimension only [degrees].
SEPARABLE: Final = 1e-3


@dataclass(frozen=True)
class Axes:
    """
    Latitudes of the rows and longitudes of the columns, as the file gives them.

    Parameters
    ----------
    latitude_dimension, longitude_dimension : str
        Names of the dimensions in the file.
    latitudes, longitudes : ndarray of float, shape (rows,) and (columns,)
        In the order of the file [degrees].
    assumptions : tuple of str
        What had to be assumed to find them.
    """

    latitude_dimension: str
    longitude_dimension: str
    latitudes: FloatArray
    longitudes: FloatArray
    assumptions: tuple[str, ...]


def stated_role(variable: Variable[Any]) -> str | None:
    """Tell what units, standard_name or axis state a variable to be: latitude, longitude, or nothing."""
    name = text(variable, "standard_name").lower()
    if name in (LATITUDE, LONGITUDE):
        return name
    units = text(variable, "units").lower()
    for role, pattern in UNITS:
        if pattern.fullmatch(units):
            return role
    return {"Y": LATITUDE, "X": LONGITUDE}.get(text(variable, "axis").upper())


def suggested_role(name: str) -> str | None:
    """
    Tell what the name of a variable or dimension suggests: latitude, longitude, or nothing.

    Examples
    --------
    >>> [suggested_role(name) for name in ("nav_lat", "ETOPO20X1_1081", "y", "rlon", "topo")]
    ['latitude', 'longitude', 'latitude', 'longitude', None]
    """
    roles = [role for role, pattern in NAMES if pattern.fullmatch(name.lower())]
    return roles[0] if len(roles) == 1 else None


def is_coordinate(variable: Variable[Any]) -> bool:
    """Tell whether a variable is a latitude or a longitude, or bounds of one."""
    if stated_role(variable) is not None:
        return True
    if text(variable, "long_name").lower().startswith((LATITUDE, LONGITUDE)):
        return True
    return bool(words(variable.name) & {"lat", "lon", "lats", "lons", LATITUDE, LONGITUDE})


def has_regular_axes(dataset: Dataset) -> bool:
    """Tell whether a file holds a latitude and a longitude of one dimension each."""
    along = [each for each in dataset.variables.values() if each.ndim == 1]
    return {LATITUDE, LONGITUDE} <= {stated_role(each) or suggested_role(each.name) for each in along}


def find_axes(dataset: Dataset, file: str, name: str, dimensions: tuple[str, str]) -> Axes:
    """
    Find the latitudes and longitudes of a field.

    Parameters
    ----------
    dataset : netCDF4.Dataset
        The open file.
    file : str
        Name of the file, for the sentences.
    name : str
        Name of the field.
    dimensions : pair of str
        Its two dimensions longer than one.

    Raises
    ------
    InputError
        Where the file gives none, or those of a grid that is not regular.
    """
    refuse_curvilinear(dataset, file, dimensions)
    along = [coordinate_along(dataset, dimension) for dimension in dimensions]
    pair = _flat_pair(dataset, dimensions)
    if pair is not None and not all(each and stated_role(each) for each in along):
        return pair
    missing = [each for each, found in zip(dimensions, along, strict=True) if found is None]
    if missing:
        raise InputError(
            f"{file} gives no coordinates along {listed(missing)} of the variable {quoted(name)}; "
            'add latitudes and longitudes, for example "cdo setgrid,grid.txt in.nc out.nc".'
        )
    known = [each for each in along if each is not None]
    values = [degrees_of(each, file) for each in known]
    roles, assumptions = _roles(known, values, dimensions, file)
    row = roles.index(LATITUDE)
    _refuse_exchanged(values[row], values[1 - row], file)
    return Axes(dimensions[row], dimensions[1 - row], values[row], values[1 - row], assumptions)


def refuse_curvilinear(dataset: Dataset, file: str, dimensions: tuple[str, ...] = ()) -> None:
    """Refuse an ocean grid, whose rows are no parallels; ``dimensions``, if any, are those of the field."""
    for variable in _flat_coordinates(dataset, dimensions):
        values = degrees_of(variable, file)
        if profile_along(values, 0) is None and profile_along(values, 1) is None:
            raise InputError(
                f"{file} is on a curvilinear ocean grid ({quoted(variable.name)} varies along both "
                "dimensions), not a regular relief; give the relief it was made from, on latitudes and "
                "longitudes, or, to check or repair a bathymetry, its ocean grid as well (--ocean-grid)."
            )


def _flat_coordinates(dataset: Dataset, dimensions: tuple[str, ...]) -> list[Variable[Any]]:
    """Latitudes and longitudes of two dimensions."""
    return [
        each
        for each in dataset.variables.values()
        if each.ndim == 2
        and min(each.shape) > 1
        and getattr(each.dtype, "kind", "") in "iuf"
        and (stated_role(each) or suggested_role(each.name))
        and is_coordinate(each)
        and "bound" not in each.name.lower()
        and "bnds" not in each.name.lower()
        and (not dimensions or set(each.dimensions) == set(dimensions))
    ]


def profile_along(values: FloatArray, along: int) -> FloatArray | None:
    """Values along one dimension of a field that does not vary along the other, or None."""
    first = values[:, :1] if along == 0 else values[:1, :]
    same = np.abs(values - first).max() <= SEPARABLE
    return first.ravel() if same else None


def _flat_pair(dataset: Dataset, dimensions: tuple[str, str]) -> Axes | None:
    """Axes of a regular grid whose coordinates are written out for every cell, as IPSL's models do."""
    found: dict[str, tuple[str, FloatArray]] = {}
    for variable in _flat_coordinates(dataset, dimensions):
        role = stated_role(variable) or suggested_role(variable.name)
        values = degrees_of(variable, "")
        for along in (0, 1):
            profile = profile_along(values, along)
            if profile is not None and role is not None:
                found.setdefault(role, (variable.dimensions[along], profile))
    if len(found) < 2 or found[LATITUDE][0] == found[LONGITUDE][0]:
        return None
    sentence = "The latitudes and longitudes, written for every cell, were found to be those of a regular grid."
    return Axes(found[LATITUDE][0], found[LONGITUDE][0], found[LATITUDE][1], found[LONGITUDE][1], (sentence,))


def coordinate_along(dataset: Dataset, dimension: str) -> Variable[Any] | None:
    """Find the coordinate along a dimension: one that states its role, suggests it, or bears its name."""
    along = [
        each
        for each in dataset.variables.values()
        if each.dimensions == (dimension,) and getattr(each.dtype, "kind", "") in "iuf"
    ]
    along.sort(key=lambda each: each.name != dimension)
    stated = [each for each in along if stated_role(each)]
    suggested = [each for each in along if suggested_role(each.name)]
    own = [each for each in along if each.name == dimension]
    return next(iter(stated + suggested + own), None)


def degrees_of(variable: Variable[Any], file: str) -> FloatArray:
    """Values of a coordinate [degrees], once its units allow it."""
    units = text(variable, "units").lower()
    if text(variable, "standard_name") in ROTATED or units in {
        "m",
        "km",
        "metre",
        "meter",
        "metres",
        "meters",
    }:
        raise InputError(
            f"{file} is on a rotated or projected grid ({quoted(variable.name)}), not on latitudes and "
            "longitudes; "
            'regrid it, for example "cdo remapbil,r360x180 in.nc out.nc".'
        )
    if units.startswith("rad"):
        raise InputError(f"{file}: {quoted(variable.name)} is in radians; write it in degrees.")
    factor, offset = numbers(variable, "scale_factor"), numbers(variable, "add_offset")
    with np.errstate(all="ignore"):
        values = np.asarray(variable[...]).astype(np.float64)
        values = values * (factor[0] if factor.size else 1.0) + (offset[0] if offset.size else 0.0)
    if not np.isfinite(values).all() or np.abs(values).max(initial=0.0) > 1e4:
        raise InputError(
            f"{file}: the coordinate {quoted(variable.name)} has values that are no angles; repair it, "
            'for example "cdo setgrid,grid.txt in.nc out.nc".'
        )
    return np.asarray(values, dtype=np.float64)


def _roles(
    known: list[Variable[Any]], values: list[FloatArray], dimensions: tuple[str, str], file: str
) -> tuple[list[str], tuple[str, ...]]:
    """Decide which of two coordinates is the latitude, and say what it was decided by."""
    both = {LATITUDE, LONGITUDE}
    stated = [stated_role(each) for each in known]
    if set(stated) == both:
        return [str(each) for each in stated], ()
    suggested = [
        said or suggested_role(each.name) or suggested_role(dimension)
        for said, each, dimension in zip(stated, known, dimensions, strict=True)
    ]
    names = listed(each.name for each in known)
    if set(suggested) == both:
        roles = [str(each) for each in suggested]
        if {each.name.lower() for each in known} in CLEAR_NAMES:
            return roles, ()
        return roles, (f"{names} were taken as {roles[0]} and {roles[1]} by their names.",)
    spans = [float(np.ptp(each)) for each in values]
    within = [float(np.abs(each).max()) <= 90.0 + 1e-3 for each in values]
    for row in (0, 1):
        if within[row] and spans[1 - row] > 180.5 and suggested[row] != LONGITUDE:
            roles = [LATITUDE, LONGITUDE] if row == 0 else [LONGITUDE, LATITUDE]
            return roles, (f"{names} were taken as {roles[0]} and {roles[1]} by their values.",)
    raise InputError(
        f"{file}: it cannot be told which of {names} is the latitude; give them the units degrees_north and "
        f'degrees_east, for example "ncatted -a units,NAME,c,c,degrees_north in.nc".'
    )


def _refuse_exchanged(latitudes: FloatArray, longitudes: FloatArray, file: str) -> None:
    """Refuse latitudes beyond the poles."""
    if np.abs(latitudes).max() > 91.0:
        hint = "; latitude and longitude seem to be exchanged" if np.abs(longitudes).max() <= 90.1 else ""
        raise InputError(
            f"{file}: its latitudes run from {rounded(latitudes.min())} to {rounded(latitudes.max())}, "
            f"beyond the poles{hint}; correct the coordinates."
        )
