"""Which coordinates of a file tell where the cells of a variable lie."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from netCDF4 import Dataset, Variable

from paleobc.formats.attributes import text
from paleobc.formats.relief_axes import (
    LATITUDE,
    LONGITUDE,
    coordinate_along,
    is_coordinate,
    stated_role,
    suggested_role,
)
from paleobc.formats.relief_variable import is_number, long_dimensions

#: Names of NEMO's coordinates, without those that units and names tell: places of T points come first.
NEMO_NAMES: Final = {LATITUDE: "gphi", LONGITUDE: "glam"}
FIRST_NAMES: Final = ("nav_lat", "nav_lon", "gphit", "glamt", "nav_lat_grid_t", "nav_lon_grid_t", "lat", "lon")

#: Names of coordinates that are written for every cell, where no units say so: "nav_lat", "TLONG", "lon_rho".
_FLAT_NAMES: Final = re.compile(r"[a-z]*[._]?(lat|lon)g?(itude)?s?([._][a-z0-9]+)?")


@dataclass(frozen=True)
class Places:
    """
    Coordinates of a variable, and the dimensions along which they lie.

    Parameters
    ----------
    latitude, longitude : str
        Names of the variables that hold them.
    dimensions : pair of str
        The two dimensions of the grid, in the order of the variable.
    """

    latitude: str
    longitude: str
    dimensions: tuple[str, str]


class Coordinates:
    """Latitudes and longitudes of an open file, each looked at once."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._bounds = {text(each, "bounds") for each in dataset.variables.values()}
        self._along: dict[str, Variable[Any] | None] = {}
        numeric = [each for each in dataset.variables.values() if is_number(each)]
        self._flat = [each for each in numeric if _is_flat_coordinate(each) and not self._is_bounds(each)]
        self._roles = {each.name: _role(each) for each in self._flat}

    def is_field(self, variable: Variable[Any]) -> bool:
        """Whether a variable holds numbers on two dimensions or more, and is no coordinate."""
        if not is_number(variable) or variable.ndim < 2 or variable.size == 0:
            return False
        return not (self._is_bounds(variable) or is_coordinate(variable) or _is_flat_coordinate(variable))

    def places_of(self, variable: Variable[Any]) -> Places | None:
        """
        Coordinates of a variable; None where it is no field, or the file gives none.

        Latitudes and longitudes of one dimension that say what they are come first, then those of two dimensions, then
        those of one that are told by their names.
        """
        if not self.is_field(variable):
            return None
        return (
            self._of_axes(variable, _states_role)
            or self._of_flat(variable)
            or self._of_axes(variable, lambda each: stated_role(each) or suggested_role(each.name))
        )

    def _is_bounds(self, variable: Variable[Any]) -> bool:
        """Whether a variable holds corners or edges of cells."""
        lower = variable.name.lower()
        return variable.name in self._bounds or "bound" in lower or "bnds" in lower

    def _of_axes(self, variable: Variable[Any], role_of: Callable[[Variable[Any]], str | None]) -> Places | None:
        """Coordinates along two dimensions of a variable, the last that have any."""
        found: dict[str, tuple[str, str]] = {}
        for dimension in variable.dimensions:
            if dimension not in self._along:
                self._along[dimension] = coordinate_along(self._dataset, dimension)
            along = self._along[dimension]
            role = None if along is None else role_of(along)
            if along is not None and role is not None:
                found[role] = (along.name, dimension)
        if len(found) < 2 or found[LATITUDE][1] == found[LONGITUDE][1]:
            return None
        return _placed(variable, found[LATITUDE][0], found[LONGITUDE][0], {along for _, along in found.values()})

    def _of_flat(self, variable: Variable[Any]) -> Places | None:
        """Coordinates of two dimensions for every cell: those that the variable names, else those of its own set."""
        named = text(variable, "coordinates").split()

        def rank(each: Variable[Any]) -> tuple[bool, bool, int]:
            lower = each.name.lower()
            first = FIRST_NAMES.index(lower) if lower in FIRST_NAMES else len(FIRST_NAMES)
            other_set = each.name.partition(".")[0] != variable.name.partition(".")[0]  # OASIS: "torc.lat", "torc.msk"
            return each.name not in named, other_set, first

        near = [each for each in self._flat if set(long_dimensions(each)) <= set(variable.dimensions)]
        ranked = sorted((each for each in near if each is not variable), key=rank)
        for latitude in ranked:
            for longitude in ranked:
                same = long_dimensions(latitude) == long_dimensions(longitude)
                if same and (self._roles[latitude.name], self._roles[longitude.name]) == (LATITUDE, LONGITUDE):
                    return _placed(variable, latitude.name, longitude.name, set(long_dimensions(latitude)))
        return None


def _states_role(variable: Variable[Any]) -> str | None:
    """Role of a variable whose units or standard name are those of a latitude or a longitude."""
    stated = text(variable, "standard_name").lower() in (LATITUDE, LONGITUDE)
    return stated_role(variable) if stated or text(variable, "units").lower().startswith("deg") else None


def _is_flat_coordinate(variable: Variable[Any]) -> bool:
    """Whether a variable gives the latitude or the longitude of every cell."""
    lower = variable.name.lower()
    by_name = lower.startswith(tuple(NEMO_NAMES.values())) or _FLAT_NAMES.fullmatch(lower) is not None
    return len(long_dimensions(variable)) == 2 and (by_name or is_coordinate(variable))


def _role(variable: Variable[Any]) -> str | None:
    """Role that units, names or NEMO's names give a variable."""
    for role, beginning in NEMO_NAMES.items():
        if variable.name.lower().startswith(beginning):
            return role
    return _states_role(variable) or suggested_role(variable.name)


def _placed(variable: Variable[Any], latitude: str, longitude: str, dimensions: set[str]) -> Places:
    """Coordinates with their dimensions in the order of the variable."""
    first, second = (each for each in variable.dimensions if each in dimensions)
    return Places(latitude, longitude, (first, second))
