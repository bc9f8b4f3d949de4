"""Passages of the sea that have to be open or closed: what a gateway is, and how a list of them is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from paleobc.errors import InputError

#: Longitude and latitude [degrees].
Place = tuple[float, float]
State = Literal["open", "closed"]

#: A list holds at most so many gateways, and a line so many places.
MOST_GATEWAYS: Final = 500
MOST_PLACES: Final = 100

#: Least margin of the default box around two places [degrees].
LEAST_MARGIN: Final = 5.0

_KEYS: Final = (
    "name",
    "state",
    "from",
    "to",
    "within",
    "line",
    "least_width_cells",
    "least_width_km",
    "sill",
    "source",
)


@dataclass(frozen=True)
class Box:
    """
    Part of the globe between two meridians and two parallels; it runs east from the western one.

    Parameters
    ----------
    west, east : float
        Longitudes [degrees]; a box from 170 to -160 lies over the date line.
    south, north : float
        Latitudes [degrees].

    Examples
    --------
    >>> box = Box(170.0, 60.0, -160.0, 70.0)
    >>> box.holds((180.0, 65.0)), box.holds((0.0, 65.0))
    (True, False)
    """

    west: float
    south: float
    east: float
    north: float

    @property
    def width(self) -> float:
        """Degrees of longitude from the western to the eastern side; 360 where it goes around."""
        return 360.0 if abs(self.east - self.west) >= 360.0 else (self.east - self.west) % 360.0

    def holds(self, place: Place) -> bool:
        """Tell whether a place is inside."""
        return (place[0] - self.west) % 360.0 <= self.width and self.south <= place[1] <= self.north


def box_around(first: Place, second: Place) -> Box:
    """
    Bounding box of two places, the short way around, widened on all sides by half of its larger extent.

    Examples
    --------
    >>> box_around((175.0, 60.0), (-175.0, 72.0))
    Box(west=169.0, south=54.0, east=191.0, north=78.0)
    """
    east = (second[0] - first[0] + 180.0) % 360.0 - 180.0
    south, north = sorted((first[1], second[1]))
    margin = max(LEAST_MARGIN, abs(east) / 2.0, (north - south) / 2.0)
    west = first[0] + min(east, 0.0) - margin
    south, north = max(south - margin, -90.0), min(north + margin, 90.0)
    return Box(west, south, west + min(abs(east) + 2.0 * margin, 360.0), north)


@dataclass(frozen=True)
class Gateway:
    """
    A passage that has to be open or closed.

    It is given either by two places, one in each of the seas that it joins, or by a line drawn across it from
    land to land. Two seas are often joined by another way around a continent as well; only ways inside a box
    count for two places, and only ways across the line for a line.

    Parameters
    ----------
    name : str
    state : {"open", "closed"}
        What it has to be.
    between : pair of places, optional
        A place on either side, longitude and latitude [degrees]. They stand well when they are farther apart
        than the passage is wide, and the passage lies in the middle half of the way.
    line : tuple of places, optional
        A line of two places or more across the passage, instead of ``between``.
    within : Box, optional
        Where a way between the two places is looked for; the sides of the box are walls, so lay them over land.
        By default the box around the places that `box_around` gives.
    least_width_cells : int
        Fewest cells an open gateway may be wide where it is narrowest: two for a current to flow in NEMO.
    least_width_km : float
        Least width of an open gateway [km].
    sill : pair of float, optional
        Least and largest depth of the sill of an open gateway [m].
    source : str
        Who says so.
    """

    name: str
    state: State
    between: tuple[Place, Place] | None = None
    line: tuple[Place, ...] = ()
    within: Box | None = None
    least_width_cells: int = 0
    least_width_km: float = 0.0
    sill: tuple[float, float] | None = None
    source: str = ""

    def __post_init__(self) -> None:
        for fault in self._faults():
            raise InputError(f'The gateway "{self.name}" {fault}')

    def _faults(self) -> list[str]:
        """What is wrong with it, each as the rest of a sentence."""
        faults = []
        if (self.between is None) == (not self.line):
            faults.append('needs either two places, "from" and "to", or a "line" across it.')
        elif self.line and (len(self.line) < 2 or len(set(self.line)) < len(self.line)):
            faults.append("is a line of fewer than two different places; draw it from land to land.")
        elif self.line and self.within is not None:
            faults.append('is a line and has a box "within"; only two places need one.')
        elif self.between is not None and self.between[0] == self.between[1]:
            faults.append("has one place on both of its sides; put one into each of the two seas.")
        elif self.between is not None and not all(self.box.holds(place) for place in self.between):
            faults.append('has a place outside of its box "within"; widen the box, [west, south, east, north].')
        if self.state == "closed" and (self.least_width_cells or self.least_width_km or self.sill):
            faults.append("has to be closed: it can have no width and no sill.")
        return faults

    @property
    def box(self) -> Box:
        """Where a way between the two places is looked for."""
        if self.within is not None:
            return self.within
        return box_around(*(self.between or (self.line[0], self.line[-1])))


def parse_gateways(entries: Any) -> tuple[Gateway, ...]:
    """
    Gateways of a list as it stands in a file: plain lists, mappings, texts and numbers.

    Parameters
    ----------
    entries : list of mapping
        Each with ``name``, ``state``, and either ``from`` and ``to`` ([longitude, latitude]), with or without
        ``within`` ([west, south, east, north]), or ``line`` (a list of places). An open one may have
        ``least_width_cells``, ``least_width_km`` and ``sill`` ([least, largest] depth in metres). ``source``
        says where the demand comes from.

    Raises
    ------
    InputError
        Names the gateway, what is wrong with it, and what to write instead.

    Examples
    --------
    >>> (strait,) = parse_gateways([{"name": "Bering Strait", "state": "closed", "from": [-171, 62], "to": [-169, 69]}])
    >>> strait.between
    ((-171.0, 62.0), (-169.0, 69.0))
    """
    if not isinstance(entries, list):
        raise InputError('Gateways are a list, each with a name, a state, and "from" and "to" or a "line".')
    if len(entries) > MOST_GATEWAYS:
        raise InputError(f"There are {len(entries)} gateways; a list holds at most {MOST_GATEWAYS}.")
    gateways = tuple(_parsed(entry, number) for number, entry in enumerate(entries, start=1))
    names = [gateway.name for gateway in gateways]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f'The gateway "{name}" is there {names.count(name)} times; give each its own name.')
    return gateways


def _parsed(entry: Any, number: int) -> Gateway:
    """One gateway."""
    name = entry.get("name") if isinstance(entry, Mapping) else None
    if not isinstance(name, str) or not 0 < len(name.strip()) <= 200:
        raise InputError(f"Gateway {number} of the list has no name; write for example name: Bering Strait.")
    for key in entry:
        if key not in _KEYS:
            raise InputError(f'The gateway "{name}" has "{key}", which is not known; known are {", ".join(_KEYS)}.')
    if entry.get("state") not in ("open", "closed"):
        raise InputError(f'The gateway "{name}" needs a state, open or closed.')
    ends = [key for key in ("from", "to") if key in entry]
    if len(ends) == 1:
        raise InputError(f'The gateway "{name}" has "{ends[0]}" only; a pair needs both "from" and "to".')
    source = entry.get("source", "")
    if not isinstance(source, str):
        raise InputError(f'The source of the gateway "{name}" is not a text.')
    width = _number(entry.get("least_width_cells", 0), name, "least_width_cells", 0.0, 1e5)
    if not width.is_integer():
        raise InputError(f'The least_width_cells of the gateway "{name}" is {width}; it has to be a whole number.')
    return Gateway(
        name=name.strip(),
        state=entry["state"],
        between=(_place(entry["from"], name, "from"), _place(entry["to"], name, "to")) if ends else None,
        line=_line(entry["line"], name) if "line" in entry else (),
        within=_box(entry["within"], name) if "within" in entry else None,
        least_width_cells=int(width),
        least_width_km=_number(entry.get("least_width_km", 0.0), name, "least_width_km", 0.0, 1e5),
        sill=_sill(entry["sill"], name) if "sill" in entry else None,
        source=source,
    )


def _number(value: Any, name: str, what: str, least: float, largest: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= largest:
        raise InputError(f'The {what} of the gateway "{name}" has to be a number from {least:g} to {largest:g}.')
    return float(value)


def _numbers(value: Any, count: int, name: str, what: str, form: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple) or len(value) != count:
        raise InputError(f'The {what} of the gateway "{name}" has to be written {form}.')
    return value


def _place(value: Any, name: str, what: str) -> Place:
    longitude, latitude = _numbers(value, 2, name, what, "[longitude, latitude] in degrees")
    return (
        _number(longitude, name, f'longitude of "{what}"', -360.0, 360.0),
        _number(latitude, name, f'latitude of "{what}"', -90.0, 90.0),
    )


def _line(value: Any, name: str) -> tuple[Place, ...]:
    if not isinstance(value, list) or not 2 <= len(value) <= MOST_PLACES:
        raise InputError(
            f'The line of the gateway "{name}" has to be a list of 2 to {MOST_PLACES} places, [longitude, latitude].'
        )
    return tuple(_place(place, name, "line") for place in value)


def _box(value: Any, name: str) -> Box:
    west, south, east, north = _numbers(value, 4, name, "within", "[west, south, east, north] in degrees")
    box = Box(
        _number(west, name, 'west of "within"', -360.0, 360.0),
        _number(south, name, 'south of "within"', -90.0, 90.0),
        _number(east, name, 'east of "within"', -360.0, 360.0),
        _number(north, name, 'north of "within"', -90.0, 90.0),
    )
    if box.south >= box.north or box.width == 0.0:
        raise InputError(f'The box "within" of the gateway "{name}" is empty; write [west, south, east, north].')
    return box


def _sill(value: Any, name: str) -> tuple[float, float]:
    least, largest = _numbers(value, 2, name, "sill", "[least, largest] depth in metres")
    sill = _number(least, name, "least sill", 0.0, 12000.0), _number(largest, name, "largest sill", 0.0, 12000.0)
    if sill[0] > sill[1]:
        raise InputError(f'The sill of the gateway "{name}" has its least depth after its largest.')
    return sill
