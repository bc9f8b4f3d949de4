"""In what the values of two revisions differ: numbers, and a map."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from paleobc.conventions import FloatArray
from paleobc.pictures.bare_maps import NAMES, difference_pixels, png_of
from paleobc.pictures.fields import Field
from paleobc.pictures.sampling import nearest_cells, on_map
from paleobc.services.revision_files import dataset_of, revision_for
from paleobc.services.views import checked_width, field_in, floats
from paleobc.store.contents import Contents
from paleobc.store.database import Database
from paleobc.store.tables import User

#: Pixels across on which two fields of different grids are compared.
_COMMON_WIDTH: Final = 1440
#: The colours of a difference end where so many of the changed cells are within [%].
_WITHIN: Final = 99.5


def difference(
    database: Database,
    contents: Contents,
    user: User,
    experiment_id: str,
    asset: str,
    first: int,
    second: int,
    variable: str | None = None,
) -> dict[str, Any]:
    """In how many cells a variable of two revisions differs, and by how much: the second less the first."""
    one, two = _both(database, contents, user, experiment_id, asset, (first, second), variable)
    sampled = not _is_same_grid(one, two)
    left, right = (_on_map(field, _COMMON_WIDTH) if sampled else field.values for field in (one, two))
    change = right - left
    changed = (left != right) & ~(np.isnan(left) & np.isnan(right))
    are_names = two.kind.look in NAMES
    known = change[np.isfinite(change)]
    has_numbers = known.size > 0 and not are_names
    return {
        "variable": two.name,
        "title": two.kind.name,
        "unit": two.kind.unit,
        "are_names": are_names,
        "cells": int(changed.size),
        "changed": int(changed.sum()),
        "smallest": float(known.min()) if has_numbers else None,
        "largest": float(known.max()) if has_numbers else None,
        "mean": float(known.mean()) if has_numbers else None,
        "rms": float(np.sqrt(np.mean(known**2))) if has_numbers else None,
        "limit": _limit(change),
        "sampled": sampled,
    }


def difference_image(
    database: Database,
    contents: Contents,
    user: User,
    experiment_id: str,
    asset: str,
    first: int,
    second: int,
    variable: str | None = None,
    *,
    width: int = 720,
) -> bytes:
    """PNG of the difference of two revisions, the colours alone: blue less, red more than the first."""
    change, are_names = _change_on_map(database, contents, user, experiment_id, asset, (first, second), variable, width)
    return png_of(difference_pixels(change, _limit(change), are_names=are_names))


def difference_values(
    database: Database,
    contents: Contents,
    user: User,
    experiment_id: str,
    asset: str,
    first: int,
    second: int,
    variable: str | None = None,
    *,
    width: int = 720,
) -> bytes:
    """Values on the pixels of `difference_image`, as `map_values` gives them."""
    return floats(_change_on_map(database, contents, user, experiment_id, asset, (first, second), variable, width)[0])


def _both(
    database: Database,
    contents: Contents,
    user: User,
    experiment_id: str,
    asset: str,
    numbers: tuple[int, int],
    variable: str | None,
) -> tuple[Field, Field]:
    """Give a variable of two revisions."""
    revisions = [revision_for(database, user, experiment_id, asset, number) for number in numbers]
    second = field_in(dataset_of(database, contents, revisions[1]), variable)
    name = variable or second.name
    return field_in(dataset_of(database, contents, revisions[0]), name), second


def _is_same_grid(one: Field, two: Field) -> bool:
    """Whether two fields have the same cells at the same places."""
    if one.values.shape != two.values.shape or one.positions.regular != two.positions.regular:
        return False
    pairs = zip(one.positions.centres(), two.positions.centres(), strict=True)
    return all(np.array_equal(left, right, equal_nan=True) for left, right in pairs)


def _on_map(field: Field, width: int) -> FloatArray:
    """Values of a field on the pixels of a map, row 0 in the north."""
    values: FloatArray = on_map(field.values, nearest_cells(field.positions, width), np.nan)[::-1]
    return values


def _change_on_map(
    database: Database,
    contents: Contents,
    user: User,
    experiment_id: str,
    asset: str,
    numbers: tuple[int, int],
    variable: str | None,
    width: int,
) -> tuple[FloatArray, bool]:
    """What the second revision has more than the first on the pixels of a map, and whether its values are names."""
    checked_width(width)
    one, two = _both(database, contents, user, experiment_id, asset, numbers, variable)
    return _on_map(two, width) - _on_map(one, width), two.kind.look in NAMES


def _limit(change: FloatArray) -> float:
    """Where the colours of a difference end on both sides; 0 where nothing differs."""
    sizes = np.abs(change[np.isfinite(change) & (change != 0)])
    return float(np.percentile(sizes, _WITHIN)) if sizes.size else 0.0
