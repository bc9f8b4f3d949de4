"""The river step as each tool does it, measured step by step."""

from __future__ import annotations

from contextlib import ExitStack
from types import ModuleType
from typing import Final
from unittest.mock import patch

import numpy as np
import pyflwdir
from affine import Affine
from skimage.morphology import reconstruction

from measure import Meter
from paleobc.constants import HEIGHT_DECIMALS
from paleobc.conventions import BoolArray, FloatArray
from paleobc.grids.cells import spherical_areas
from paleobc.grids.periodicity import regular_owners
from paleobc.grids.regular import RegularGrid
from paleobc.rivers import network
from paleobc.topography import conditioning
from paleobc.topography.closed_seas import label_seas
from paleobc.topography.masks import is_land

#: Step of ours, the module that calls it, its name there.
_OUR_STEPS: Final[tuple[tuple[str, ModuleType, str], ...]] = (
    ("seas", conditioning, "label_seas"),
    ("fill", conditioning, "fill_depressions"),
    ("flats", conditioning, "slope_flats"),
    ("pits", conditioning, "raise_pits"),
    ("directions", network, "flow_directions"),
    ("order", network, "downstream_first"),
    ("basins", network, "river_basins"),
    ("lengths", network, "distance_to_sea"),
    ("lengths", network, "length_to_next_cell"),
    ("retention", network, "drop_to_next_cell"),
    ("retention", network, "topographic_index"),
    ("codes", network, "outlet_codes"),
)
_NO_HEIGHT = -9999.0


def ours(height: FloatArray, meter: Meter) -> tuple[conditioning.Conditioned, network.RiverNetwork]:
    """Run `condition` and `river_network` as they are; the functions they call are measured on the way."""
    grid = RegularGrid(*height.shape)
    with ExitStack() as stack:
        for step, module, name in _OUR_STEPS:
            stack.enter_context(patch.object(module, name, meter.metered(step, getattr(module, name))))
        with meter.step("total"):
            with meter.step("condition"):
                conditioned = conditioning.condition(height, grid)
            with meter.step("network"):
                rivers = network.river_network(conditioned.height, conditioned.filled, grid)
    return conditioned, rivers


def with_pyflwdir(height: FloatArray, meter: Meter) -> tuple[object, ...]:
    """
    Fill and D8, graph and order, basins, distance to the outlet in metres.

    The map ends at 180 degrees: pyflwdir does not wrap. Every sea takes water. Basins come without areas.
    """
    step = 180.0 / height.shape[0]
    transform = Affine(step, 0.0, -180.0, 0.0, -step, 90.0)
    with meter.step("total"):
        with meter.step("fill + d8"):
            land = np.where(is_land(height), height, _NO_HEIGHT)[::-1]
            filled, d8 = pyflwdir.dem.fill_depressions(np.ascontiguousarray(land), nodata=_NO_HEIGHT)
            del land
        with meter.step("graph"):
            rivers = pyflwdir.from_array(d8, ftype="d8", check_ftype=False, transform=transform, latlon=True)
            rivers.order_cells(method="walk")
        with meter.step("basins"):
            basins = rivers.basins()
        with meter.step("lengths"):
            rivers.transform = tuple(transform)  # its compiled loops know the Affine of affine 2, not of affine 3
            distance = rivers.stream_distance(unit="m")
    return filled, d8, rivers, basins, distance


def rounded_with_outlets(height: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Height as it goes into the flood, and the world ocean."""
    grid = RegularGrid(*height.shape)
    rounded = conditioning.raise_polar_rows(np.round(height, HEIGHT_DECIMALS))
    seas = label_seas(~is_land(rounded), regular_owners(*grid.shape), spherical_areas(grid)[:, None])
    return rounded, seas == 1


def with_scikit_image(height: FloatArray, outlet: BoolArray, meter: Meter) -> FloatArray:
    """Fill by reconstruction by erosion on the map laid three times side by side: wraps by tiling."""
    columns = height.shape[1]
    with meter.step("fill"):
        tiled = np.tile(height, 3)
        seed = np.where(np.tile(outlet, 3), tiled, tiled.max())
        filled = reconstruction(seed, tiled, method="erosion", footprint=np.ones((3, 3)))
        filled = filled[:, columns : 2 * columns].copy()
        np.copyto(filled, height, where=~is_land(height))
    return np.asarray(filled)
