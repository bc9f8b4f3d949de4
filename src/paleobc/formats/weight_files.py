"""Weight files of SCRIP, OASIS, CDO, ESMF and XIOS, whoever made them, as weights with their grids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from netCDF4 import Dataset, Variable

from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.formats.attributes import text
from paleobc.formats.opening import open_netcdf
from paleobc.formats.wording import quoted
from paleobc.remapping.weights import Weights

#: Largest grid that a weight file may speak of [cells].
_MOST_CELLS: Final = 100_000_000


@dataclass(frozen=True)
class FileGrid:
    """
    What a weight file says about one of its grids; None where it says nothing.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns; one row where the file tells no more than the size.
    longitude, latitude : ndarray, shape (n,), or None
        Points [degrees].
    open : ndarray of bool, shape (n,), or None
        Cells that take part.
    area, fraction : ndarray, shape (n,), or None
        Area in the unit of the file, and fraction that takes part.
    """

    shape: tuple[int, int]
    longitude: FloatArray | None = None
    latitude: FloatArray | None = None
    open: BoolArray | None = None
    area: FloatArray | None = None
    fraction: FloatArray | None = None


@dataclass(frozen=True)
class WeightFile:
    """
    Content of a weight file.

    Parameters
    ----------
    convention : str
        Whose names it uses: SCRIP, ESMF or XIOS.
    counted_from : int
        Number of the first cell.
    columns : int
        Weights per link; only the first is read.
    weights : Weights
        Links in the order of the file; their cells may lie outside the grids.
    source, destination : FileGrid
    attributes : dict
        Global attributes.
    """

    convention: str
    counted_from: int
    columns: int
    weights: Weights
    source: FileGrid
    destination: FileGrid
    attributes: dict[str, Any]


@dataclass(frozen=True)
class _Names:
    """Names of a convention; of the grids' variables, those of the source and of the destination."""

    links: tuple[str, str, str]
    sizes: tuple[str, str]
    dimensions: tuple[str, str] = ("", "")
    longitude: tuple[str, str] = ("", "")
    latitude: tuple[str, str] = ("", "")
    mask: tuple[str, str] = ("", "")
    area: tuple[str, str] = ("", "")
    fraction: tuple[str, str] = ("", "")


def _both(name: str) -> tuple[str, str]:
    return f"src_grid_{name}", f"dst_grid_{name}"


_CONVENTIONS: Final = {
    "SCRIP": _Names(
        ("src_address", "dst_address", "remap_matrix"), _both("size"), _both("dims"), _both("center_lon"),
        _both("center_lat"), _both("imask"), _both("area"), _both("frac"),
    ),
    "ESMF": _Names(
        ("col", "row", "S"), ("n_a", "n_b"), _both("dims"), ("xc_a", "xc_b"), ("yc_a", "yc_b"),
        ("mask_a", "mask_b"), ("area_a", "area_b"), ("frac_a", "frac_b"),
    ),
    "XIOS": _Names(("src_idx", "dst_idx", "weight"), ("n_src", "n_dst")),
}  # fmt: skip


def read_weights(path: Path) -> WeightFile:
    """
    Weights of a file in the layout of SCRIP, OASIS3-MCT, CDO, ESMF or XIOS.

    Raises
    ------
    InputError
        Where the file cannot be read or holds no weights.
    """
    with open_netcdf(path) as file:
        for convention, names in _CONVENTIONS.items():
            if all(name in file.variables for name in names.links):
                return _read(file, convention, names, path.name)
    raise InputError(
        f"{path.name} holds no weights: it has neither src_address, dst_address and remap_matrix (SCRIP, OASIS, CDO), "
        "nor row, col and S (ESMF), nor src_idx, dst_idx and weight (XIOS)."
    )


def _read(file: Dataset, convention: str, names: _Names, name: str) -> WeightFile:
    """Content of an open file."""
    source, destination = (_addresses(file[each], name) for each in names.links[:2])
    matrix = np.asarray(file[names.links[2]][...], dtype=np.float64)
    weight = matrix.reshape(matrix.shape[0], -1)[:, 0] if matrix.size else np.empty(0)
    if not source.size == destination.size == weight.size:
        raise InputError(
            f"{name} has {source.size} source cells, {destination.size} destination cells and {weight.size} weights; "
            "each link needs one of each, so the file is damaged."
        )
    first = 0 if min(source.min(initial=1), destination.min(initial=1)) == 0 else 1
    ends = _size(file, names, 0, source, first), _size(file, names, 1, destination, first)
    grids = [_grid(file, names, side, ends[side]) for side in (0, 1)]
    links = (source - first).astype(np.int32), (destination - first).astype(np.int32), np.ascontiguousarray(weight)
    attributes = {key: file.getncattr(key) for key in file.ncattrs()}
    columns = matrix.size // max(matrix.shape[0], 1) if matrix.ndim > 1 else 1
    return WeightFile(convention, first, columns, Weights(*links, *ends), grids[0], grids[1], attributes)


def _addresses(variable: Variable[Any], name: str) -> IntArray:
    """Numbers of cells, as they stand in the file."""
    values = np.asarray(variable[...]).ravel()
    if values.dtype.kind not in "iu" or (values.size and np.abs(values.astype(np.int64)).max() > _MOST_CELLS):
        raise InputError(f"{name}: {quoted(variable.name)} holds no numbers of cells, so the file is damaged.")
    return values.astype(np.int64)


def _size(file: Dataset, names: _Names, side: int, cells: IntArray, first: int) -> int:
    """Number of cells of a grid: as the file says, or up to the last that is linked."""
    if names.sizes[side] in file.dimensions:
        return len(file.dimensions[names.sizes[side]])
    lengths = _dims(file, names, side)
    return int(np.prod(lengths)) if lengths else int(cells.max(initial=first - 1)) + 1 - first


def _dims(file: Dataset, names: _Names, side: int) -> list[int]:
    """Lengths of a grid's sides, the columns first; none where the file does not say."""
    name = names.dimensions[side]
    if name not in file.variables:
        return []
    lengths = [int(length) for length in np.asarray(file[name][...]).ravel()]
    return lengths if all(0 < length <= _MOST_CELLS for length in lengths) else []


def _grid(file: Dataset, names: _Names, side: int, size: int) -> FileGrid:
    """All that the file says about a grid."""
    lengths = _dims(file, names, side)
    shape = (lengths[1], lengths[0]) if len(lengths) == 2 and lengths[0] * lengths[1] == size else (1, size)
    mask = _field(file, names.mask[side], size)
    return FileGrid(
        shape,
        _degrees(file, names.longitude[side], size),
        _degrees(file, names.latitude[side], size),
        None if mask is None else mask != 0,
        _field(file, names.area[side], size),
        _field(file, names.fraction[side], size),
    )


def _field(file: Dataset, name: str, size: int) -> FloatArray | None:
    """A field of a grid; None where the file has none of its size."""
    if not name or name not in file.variables or file[name].size != size or file[name].dtype.kind not in "iuf":
        return None
    return np.asarray(file[name][...], dtype=np.float64).ravel()


def _degrees(file: Dataset, name: str, size: int) -> FloatArray | None:
    """Angles in degrees, whether the file has them in degrees or in radians."""
    values = _field(file, name, size)
    if values is not None and text(file[name], "units").lower().startswith("rad"):
        return np.degrees(values)
    return values


def stated(attributes: Mapping[str, Any], name: str) -> str:
    """Attribute as text, whatever the case of its name; empty where there is none."""
    found = {str(key).lower(): value for key, value in attributes.items()}
    return str(found.get(name.lower(), ""))
