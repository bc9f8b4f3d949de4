"""All that the routing file holds, from a conditioned relief."""

from __future__ import annotations

from dataclasses import dataclass

from paleobc.constants import RIVER_EARTH_RADIUS
from paleobc.conventions import FloatArray, IntArray
from paleobc.grids.cells import cell_areas, cell_height, cell_widths
from paleobc.grids.regular import RegularGrid
from paleobc.rivers.basins import river_basins
from paleobc.rivers.flow_direction import downstream_first, flow_directions
from paleobc.rivers.lengths import distance_to_sea, length_to_next_cell
from paleobc.rivers.outlets import outlet_codes
from paleobc.rivers.retention import drop_to_next_cell, topographic_index
from paleobc.topography.masks import is_land


@dataclass(frozen=True)
class RiverNetwork:
    """
    The rivers of a world, on its grid; arrays have shape (rows, columns), south to north.

    Parameters
    ----------
    directions : ndarray of uint8
        1 to 8 on land, 0 in the sea.
    codes : ndarray of uint8
        Directions with 97, 98, 99 at the mouths.
    basins : ndarray of int32
        1 is the largest basin; 0 in the sea.
    basin_areas : ndarray, shape (number of basins,)
        [m2].
    distance : ndarray
        Way to the sea [km]; NaN in the sea.
    length : ndarray
        Way to the next cell [m]; NaN in the sea.
    drop : ndarray
        Fall to the next cell [m]; 0 in the sea.
    topographic_index : ndarray
        [km]; NaN in the sea.
    """

    directions: IntArray
    codes: IntArray
    basins: IntArray
    basin_areas: FloatArray
    distance: FloatArray
    length: FloatArray
    drop: FloatArray
    topographic_index: FloatArray


def river_network(height: FloatArray, filled: FloatArray, grid: RegularGrid) -> RiverNetwork:
    """
    Rivers of a conditioned relief.

    The cost grows in proportion to the number of cells.

    Parameters
    ----------
    height : ndarray, shape (rows, columns)
        Conditioned height [m].
    filled : ndarray, shape (rows, columns)
        Height without depressions [m].
    grid : RegularGrid
    """
    directions = flow_directions(height, filled)
    order = downstream_first(directions)
    basins, areas = river_basins(directions, order, cell_areas(grid, RIVER_EARTH_RADIUS))
    kilometre = 1000.0
    distance = distance_to_sea(
        directions,
        order,
        cell_widths(grid, RIVER_EARTH_RADIUS / kilometre),
        cell_height(grid, RIVER_EARTH_RADIUS / kilometre),
    )
    del order
    length = length_to_next_cell(directions, distance)
    length *= kilometre
    drop = drop_to_next_cell(height, directions)
    return RiverNetwork(
        directions,
        outlet_codes(directions, basins, ~is_land(height), grid.latitudes),
        basins,
        areas,
        distance,
        length,
        drop,
        topographic_index(length, drop),
    )
