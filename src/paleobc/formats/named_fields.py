"""Fields of a file by their names, as numbers, the way a model reads them: as they are stored."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from paleobc.conventions import FloatArray
from paleobc.errors import InputError
from paleobc.formats.opening import open_netcdf
from paleobc.formats.wording import quoted

#: Values at or beyond it are none: NEMO writes 1e20 where it has no value, Ferret -1e34, the library 1e37.
NO_VALUE: Final = 1e15

#: Most values a variable of a boundary file may declare; those in use have at most 4 millions.
FIELD_LIMIT: Final = 20_000_000


def read_fields(path: Path, names: Iterable[str]) -> dict[str, FloatArray]:
    """
    Those of the named variables that a file has, without their dimensions of length 1.

    Models read the numbers as they are stored: attributes that pack them or mark missing values are not obeyed.

    Parameters
    ----------
    path : Path
    names : iterable of str

    Returns
    -------
    dict of str to ndarray of float
        NaN where a value is none.

    Raises
    ------
    InputError
        Where the file cannot be read, is too large, or a variable holds no numbers.
    """
    with open_netcdf(path, FIELD_LIMIT) as file:
        found = {}
        for name in names:
            if name in file.variables:
                stored = np.asarray(file[name][...])
                if stored.dtype.kind not in "iuf":
                    raise InputError(f"{path.name}: {quoted(name)} holds no numbers; make the file anew.")
                found[name] = _numbers(stored)
        return found


def _numbers(stored: npt.NDArray[Any]) -> FloatArray:
    """Values without dimensions of length 1, NaN where they are none."""
    values = np.array(stored, dtype=np.float64).squeeze()
    if values.size and not max(-values.min(), values.max()) < NO_VALUE:  # NaN is not below either
        values[~(np.abs(values) < NO_VALUE)] = np.nan
    return values
