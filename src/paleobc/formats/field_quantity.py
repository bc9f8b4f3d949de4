"""What the numbers of a variable are: heights, depths of NEMO, or values of any kind."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from netCDF4 import Variable

from paleobc.conventions import FloatArray
from paleobc.formats.attributes import text
from paleobc.formats.relief_units import DOWN, describes_depth, factor_to_metres, sign_of_ocean, stated_sign
from paleobc.formats.relief_variable import long_dimensions, looks_like_relief
from paleobc.grids.field_grid import FieldGrid
from paleobc.topography.edits.limits import HIGHEST
from paleobc.topography.surface import Quantity

#: NEMO's variable of depths.
DEPTH: Final = "Bathymetry"


def quantity_of(variable: Variable[Any], values: FloatArray, grid: FieldGrid) -> Quantity:
    """
    Quantity of a field.

    What is taken for heights needs no conversion: edits of them are written as they are. Other reliefs are values.

    Parameters
    ----------
    variable : netCDF4.Variable
    values : ndarray, shape (rows, columns)
        Unpacked, south to north; NaN where there is no value.
    grid : FieldGrid
    """
    if len(long_dimensions(variable)) != 2:
        return "value"
    present = values[~np.isnan(values)]
    if variable.name == DEPTH and grid.mesh.kind == "tripolar":
        return "depth" if ((present >= 0.0) & (present <= HIGHEST)).all() else "value"
    if grid.kind != "regular" or present.size < values.size or not looks_like_relief(variable):
        return "value"
    called_depth = describes_depth(variable) or stated_sign(variable) == DOWN
    weights = np.cos(np.radians(grid.mesh.latitudes[:, 0]))
    is_height = (
        not called_depth
        and (np.abs(values) <= HIGHEST).all()
        and values.min() <= 0.0 < values.max()
        and sign_of_ocean(values, weights) != DOWN
        and factor_to_metres(values, text(variable, "units")) == 1.0
    )
    return "height" if is_height else "value"
