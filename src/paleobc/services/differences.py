"""In what the values of two revisions differ: numbers, and a map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from paleobc.conventions import BoolArray, FloatArray
from paleobc.pictures.bare_maps import NAMES, key_data, png_of
from paleobc.pictures.difference_maps import Differs, paint_difference
from paleobc.pictures.fields import Field
from paleobc.pictures.sampling import nearest_cells, on_map
from paleobc.services.revision_files import AssetPlace
from paleobc.services.views import checked_width, field_in, floats
from paleobc.vegetation.pft import PFT_NAMES

#: Pixels across on which two fields of different grids are compared.
_COMMON_WIDTH: Final = 1440
#: The colours of a difference end where so many of the changed cells are within [%].
_WITHIN: Final = 99.5
#: Fractions of plant functional types that differ by less differ by rounding: files hold seven digits.
_ROUNDING: Final = 1e-6


def difference(place: AssetPlace, first: int, second: int, variable: str | None = None) -> dict[str, Any]:
    """
    In how many cells a variable of two revisions differs, and by how much: the second less the first.

    Of plant functional types all fractions are compared, in percent; ``types`` says what each changed.
    """
    change = _change(place, (first, second), variable)
    painting = paint_difference(change.values, change.limit, change.differs)
    return {
        "variable": change.second.name,
        "title": change.title,
        "unit": change.unit,
        "differs": change.differs,
        "rows": change.is_other.shape[0],
        "columns": change.is_other.shape[1],
        "cells": int(change.is_other.size),
        "changed": int(change.is_other.sum()),
        **change.figures,
        "types": change.types,
        "limit": change.limit,
        "sampled": change.sampled,
        **key_data(painting.key),
    }


def difference_image(
    place: AssetPlace, first: int, second: int, variable: str | None = None, *, width: int = 720
) -> bytes:
    """PNG of the difference of two revisions, the colours alone, as ``bar`` or ``swatches`` of `difference` say."""
    change = _change(place, (first, second), variable)
    return png_of(paint_difference(change.on_map(checked_width(width)), change.limit, change.differs).pixels)


def difference_values(
    place: AssetPlace, first: int, second: int, variable: str | None = None, *, width: int = 720
) -> bytes:
    """Values on the pixels of `difference_image`, as `map_values` gives them."""
    return floats(_change(place, (first, second), variable).on_map(checked_width(width)))


def _change(place: AssetPlace, numbers: tuple[int, int], variable: str | None) -> _Change:
    """Compare a variable of two revisions."""
    revisions = [place.revision(number) for number in numbers]
    second = field_in(place.dataset(revisions[1]), variable)
    return _Change(field_in(place.dataset(revisions[0]), variable or second.name), second)


@dataclass(frozen=True)
class _Change:
    """
    What a variable is in one revision and in another.

    Parameters
    ----------
    first, second : Field
    """

    first: Field
    second: Field

    @cached_property
    def sampled(self) -> bool:
        """Whether the cells of the two lie elsewhere, so that pixels of a map are compared."""
        one, two = self.first, self.second
        if one.values.shape != two.values.shape or one.positions.regular != two.positions.regular:
            return True
        pairs = zip(one.positions.centres(), two.positions.centres(), strict=True)
        return not all(np.array_equal(left, right, equal_nan=True) for left, right in pairs)

    @property
    def has_fractions(self) -> bool:
        """Whether both are plant functional types, and the same ones."""
        one, two = self.first.fractions, self.second.fractions
        return one is not None and two is not None and len(one) == len(two)

    @property
    def differs(self) -> Differs:
        """What a difference is."""
        if self.has_fractions:
            return "sizes"
        return "names" if self.second.kind.look in NAMES else "amounts"

    @property
    def title(self) -> str:
        """What is compared."""
        return "Largest change of a plant functional type" if self.has_fractions else self.second.kind.name

    @property
    def unit(self) -> str:
        """Unit of the difference."""
        return "%" if self.has_fractions else self.second.kind.unit

    @cached_property
    def layers(self) -> tuple[FloatArray, FloatArray]:
        """Both on the same cells, shape (layers, rows, columns): the fraction of each type [%], or the values."""
        one, two = (self._layers(field) for field in (self.first, self.second))
        if self.sampled:
            return _on_map(self.first, one, _COMMON_WIDTH), _on_map(self.second, two, _COMMON_WIDTH)
        return one, two

    def _layers(self, field: Field) -> FloatArray:
        if self.has_fractions and field.fractions is not None:
            return 100.0 * field.fractions
        return field.values[None]

    @cached_property
    def is_other(self) -> BoolArray:
        """Cells in which something differs beyond rounding, or that only one of the two has."""
        one, two = self.layers
        rounding = 100.0 * _ROUNDING if self.has_fractions else 0.0
        other: BoolArray = ~(np.abs(two - one) <= rounding) & ~(np.isnan(one) & np.isnan(two)) & (one != two)
        return np.asarray(other.any(axis=0))

    @cached_property
    def values(self) -> FloatArray:
        """
        The second less the first, NaN where one of them has none.

        Of fractions it is the largest change, whichever type it is of; of names 1 where they differ and 0 elsewhere.
        """
        return self._values(*self.layers)

    def _values(self, one: FloatArray, two: FloatArray) -> FloatArray:
        if not self.has_fractions:
            less = two[0] - one[0]
            return np.where(np.isnan(less), np.nan, less != 0) if self.differs == "names" else less
        largest = np.abs(two - one).max(axis=0)
        return np.where(largest <= 100.0 * _ROUNDING, 0.0, largest)

    @property
    def figures(self) -> dict[str, float | None]:
        """Smallest, largest, mean and root mean square; None where the values are names, or there are none."""
        known = self.values[np.isfinite(self.values)]
        if not known.size or self.differs == "names":
            return dict.fromkeys(("smallest", "largest", "mean", "rms"))
        rms = np.sqrt(np.mean(known**2))
        return {
            "smallest": float(known.min()),
            "largest": float(known.max()),
            "mean": float(known.mean()),
            "rms": float(rms),
        }

    @property
    def types(self) -> list[dict[str, Any]]:
        """What each plant functional type changed, the largest change first; of those that did."""
        if not self.has_fractions:
            return []
        found = []
        for number, (one, two) in enumerate(zip(*self.layers, strict=True), start=1):
            change = (two - one)[np.abs(two - one) > 100.0 * _ROUNDING]
            if change.size:
                name = PFT_NAMES[number - 1] if number <= len(PFT_NAMES) else ""
                largest = float(change[np.argmax(np.abs(change))])
                found.append({"number": number, "name": name, "changed": int(change.size), "largest": largest})
        return sorted(found, key=lambda one: -abs(float(str(one["largest"]))))

    @cached_property
    def limit(self) -> float:
        """Where the colours of the difference end; 0 where nothing differs."""
        sizes = np.abs(self.values[np.isfinite(self.values) & (self.values != 0)])
        return float(np.percentile(sizes, _WITHIN)) if sizes.size else 0.0

    def on_map(self, width: int) -> FloatArray:
        """The difference on the pixels of a map, row 0 in the north."""
        one, two = (_on_map(field, self._layers(field), width) for field in (self.first, self.second))
        return self._values(one, two)


def _on_map(field: Field, layers: FloatArray, width: int) -> FloatArray:
    """Layers of a field on the pixels of a map, row 0 in the north."""
    cells = nearest_cells(field.positions, width)
    return np.stack([on_map(layer, cells, np.nan)[::-1] for layer in layers])
