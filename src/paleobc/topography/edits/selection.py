"""Which cells a shape holds: the one place that knows all kinds of shapes."""

from __future__ import annotations

from typing import Final, assert_never

import numpy as np

from paleobc.conventions import IntArray
from paleobc.errors import InputError
from paleobc.topography.edits.box_cells import box_cells
from paleobc.topography.edits.cell_list import cell_list_cells
from paleobc.topography.edits.edit import Filter
from paleobc.topography.edits.limits import FILTERS
from paleobc.topography.edits.line_cells import brush_cells, line_cells
from paleobc.topography.edits.polygon_cells import polygon_cells
from paleobc.topography.edits.region_cells import region_cells
from paleobc.topography.edits.shapes import (
    Box,
    Brush,
    CellList,
    Combined,
    Line,
    Polygon,
    Region,
    Shape,
    ValueRange,
)
from paleobc.topography.surface import UNITS, Surface

#: Shapes may be combined of combined ones so many levels deep.
DEEPEST: Final = 200


def selected_cells(shape: Shape, surface: Surface) -> IntArray:
    """
    Flat indices of the cells in a shape, ascending, no copies among them; none where it holds no centre.

    What each kind of shape holds is told in `paleobc.topography.edits.shapes`, what it costs where it is found.

    Parameters
    ----------
    shape : Shape
    surface : Surface
        Its grid, and the values that regions and ranges of values are told by.

    Returns
    -------
    ndarray of int32, shape (cells,)

    Raises
    ------
    InputError
        Where the shape is none; nothing is changed in any case.

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> surface = Surface.of(np.arange(8.0).reshape(2, 4) - 4.0, regular_mesh(RegularGrid(2, 4)), "height")
    >>> selected_cells(ValueRange(-1.0, 2.0), surface)
    array([3, 4, 5, 6], dtype=int32)
    >>> selected_cells(Combined("difference", ValueRange(-1.0, 2.0), Region((0.0, 10.0))), surface)
    array([3, 4], dtype=int32)
    """
    return _selected(shape, surface, 0)


def filtered(cells: IntArray, surface: Surface, where: Filter) -> IntArray:
    """
    Those of some cells that are land, sea, present or missing, or all of them; of basins only those that are present.

    Raises
    ------
    InputError
        Where the quantity of the surface knows no such cells.

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> surface = Surface.of(np.arange(8.0).reshape(2, 4) - 4.0, regular_mesh(RegularGrid(2, 4)), "height")
    >>> filtered(np.array([1, 4, 5, 6]), surface, "land")
    array([5, 6])
    """
    known = FILTERS[surface.quantity]
    if where not in known:
        choices = f"{', '.join(known[:-1])} or {known[-1]}"
        raise InputError(f'Cells cannot be filtered by "{where}"; choose {choices}.')
    if where == "present" or surface.quantity == "basin":
        return cells[surface.is_present(cells)]
    if where == "missing":
        return cells[~surface.is_present(cells)]
    if where == "all":
        return cells
    sea = surface.is_sea(cells)
    return cells[sea if where == "sea" else ~sea]


def _selected(shape: Shape, surface: Surface, level: int) -> IntArray:
    match shape:
        case CellList():
            return cell_list_cells(shape, surface.mesh)
        case Box():
            return box_cells(shape, surface.mesh)
        case Polygon():
            return polygon_cells(shape, surface.mesh)
        case Line():
            return line_cells(shape, surface.mesh)
        case Brush():
            return brush_cells(shape, surface.mesh)
        case Region():
            return region_cells(shape, surface)
        case ValueRange():
            return _value_range_cells(shape, surface)
        case Combined():
            return _combined_cells(shape, surface, level + 1)
        case _:
            assert_never(shape)


def _value_range_cells(shape: ValueRange, surface: Surface) -> IntArray:
    """Cells between two values; one pass over the values."""
    if not -np.inf < shape.lowest <= shape.highest < np.inf:
        raise InputError(
            f"No value lies between {shape.lowest:g} and {shape.highest:g}{UNITS[surface.quantity]}; give two finite "
            "numbers, the lower first."
        )
    inside = (surface.values >= shape.lowest) & (surface.values <= shape.highest)
    if not surface.mesh.is_separable:
        inside &= surface.mesh.unique.ravel()
    return np.flatnonzero(inside).astype(np.int32)


def _combined_cells(shape: Combined, surface: Surface, level: int) -> IntArray:
    if level > DEEPEST:
        raise InputError(f"Shapes are combined in more than {DEEPEST} levels; list the cells instead.")
    first, second = _selected(shape.first, surface, level), _selected(shape.second, surface, level)
    if shape.how == "union":
        return np.union1d(first, second).astype(np.int32)
    in_second = np.zeros(surface.values.size, dtype=np.bool_)
    in_second[second] = True
    if shape.how == "intersection":
        return first[in_second[first]]
    if shape.how == "difference":
        return first[~in_second[first]]
    raise InputError(f'Shapes cannot be combined by "{shape.how}"; choose union, intersection or difference.')
