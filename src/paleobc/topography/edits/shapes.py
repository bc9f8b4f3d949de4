"""Where an edit acts: shapes that a person draws, in longitude and latitude."""

from __future__ import annotations

from dataclasses import dataclass

#: Longitude and latitude of a place [degrees].
Place = tuple[float, float]


@dataclass(frozen=True)
class CellList:
    """
    Cells of the grid on which they were chosen.

    Parameters
    ----------
    cells : tuple of (row, column)
        Rows from south to north.
    places : tuple of Place, optional
        Their centres, by which they are found on another grid; one for each cell, or none.
    sizes_km : tuple of float, optional
        Sides of squares of their areas [km]; with the places, tells how far a cell reaches.
    """

    cells: tuple[tuple[int, int], ...]
    places: tuple[Place, ...] = ()
    sizes_km: tuple[float, ...] = ()


@dataclass(frozen=True)
class Box:
    """
    Cells whose centres lie between meridians, going east from ``west``, and between parallels [degrees].

    The western and southern edges belong to the box, the others do not, but for the north pole. Where west and
    east are the same meridian it goes all around the globe.
    """

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class Polygon:
    """
    Cells whose centres lie in a polygon.

    Sides are straight in longitude and latitude and go the short way around the globe; they may touch but not
    cross. A ring that goes once around the globe encloses the pole that is on the side of its mean latitude, the
    mean over its longitudes; a ring on the equator that in the north. A centre on a side belongs to the polygon
    north of it, on a side along a meridian to that east of it: polygons that share a side share out the cells.
    """

    points: tuple[Place, ...]


@dataclass(frozen=True)
class Line:
    """
    Cells along a line of great-circle parts.

    Parameters
    ----------
    points : tuple of Place
    width_km : float
        Cells whose centres are within half of it [km] belong to the line; cells that the line itself crosses
        always do, and so many more that one can walk along it over the sides of cells.
    """

    points: tuple[Place, ...]
    width_km: float = 0.0


@dataclass(frozen=True)
class Brush:
    """Cells whose centres lie within ``radius_km`` of a stroke; the cells under the stroke itself always do."""

    points: tuple[Place, ...]
    radius_km: float


@dataclass(frozen=True)
class Region:
    """
    The connected land or sea, whichever it is, that holds a place; cells join over their four sides.

    On fields of values and basins, the connected cells of the same value, or all without one.
    """

    place: Place


@dataclass(frozen=True)
class ValueRange:
    """Cells whose value lies between two values, both included [unit of the field]."""

    lowest: float
    highest: float


@dataclass(frozen=True)
class Combined:
    """Cells of two shapes together: in either, in both, or in the first and not in the second."""

    how: str  # "union", "intersection" or "difference"
    first: Shape
    second: Shape


Shape = CellList | Box | Polygon | Line | Brush | Region | ValueRange | Combined
