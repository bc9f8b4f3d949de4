"""What a revision looks like: its variables, maps, values and histograms."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import xarray as xr

from paleobc.conventions import FloatArray
from paleobc.errors import InputError
from paleobc.formats.file_sets import files_of, is_file_set
from paleobc.pictures.bare_maps import (
    NAMES,
    BareMap,
    bare_map,
    field_to_draw,
    key_data,
    png_of,
)
from paleobc.pictures.fields import Field
from paleobc.pictures.kinds import KNOWN, SUBBASINS, choose_variable, join_subbasins
from paleobc.pictures.maps import draw_variable
from paleobc.pictures.positions import find_positions, is_coordinate
from paleobc.services.provenance import VERSION
from paleobc.services.revision_files import AssetPlace, part_of
from paleobc.steps.assets import ASSETS
from paleobc.store.files import FileStore
from paleobc.store.tables import Revision

_NARROWEST: Final = 120
_WIDEST: Final = 1440
_MOST_CLASSES: Final = 300


def variables_data(place: AssetPlace, number: int) -> dict[str, Any]:
    """Variables of a revision, those of a set of files as FILE:NAME."""
    dataset = place.dataset(place.revision(number))
    parts = files_of(dataset) if is_file_set(dataset) else {"": dataset}
    variables = [
        _variable_data(part, str(name), f"{path}:{name}" if path else str(name))
        for path, whole in parts.items()
        if not isinstance(whole, str)
        for part in (join_subbasins(whole),)
        for name in part.variables
    ]
    try:
        best = None if is_file_set(dataset) else choose_variable(join_subbasins(dataset), None)
    except InputError:
        best = None
    return {"title": ASSETS[place.asset].title, "variables": variables, "best": best}


def _variable_data(dataset: xr.Dataset, name: str, full_name: str) -> dict[str, Any]:
    """One variable as plain data."""
    array, known = dataset[name], KNOWN.get(name)
    attributes = array.attrs
    words = attributes.get("long_name") or attributes.get("standard_name") or name
    drawable = (
        array.ndim >= 2
        and array.dtype.kind in "biuf"
        and not is_coordinate(dataset, name)
        and find_positions(dataset, name) is not None
    )
    return {
        "name": full_name,
        "title": known.name if known else str(words),
        "unit": known.unit if known else str(attributes.get("units", "")),
        "dimensions": [str(dimension) for dimension in array.dims],
        "shape": list(array.shape),
        "type": str(array.dtype),
        "drawable": bool(drawable),
        "joined": name == SUBBASINS,
    }


def map_image(place: AssetPlace, number: int, variable: str | None = None, *, width: int = 720) -> bytes:
    """PNG of the colours of a variable alone: north up, from 180 degrees west, twice as wide as high."""
    revision = place.revision(number)

    def draw() -> bytes:
        return png_of(_bare(place, revision, variable, width).painting.pixels)

    return kept_picture(place.contents.files, draw, "image", revision.content, variable, checked_width(width))


def map_values(place: AssetPlace, number: int, variable: str | None = None, *, width: int = 720) -> bytes:
    """Values on the pixels of `map_image`: float32, lowest byte first, row by row from the north; NaN for none."""
    revision = place.revision(number)

    def sample() -> bytes:
        return floats(_bare(place, revision, variable, width).values)

    return kept_picture(place.contents.files, sample, "values", revision.content, variable, checked_width(width))


def map_legend(place: AssetPlace, number: int, variable: str | None = None, *, width: int = 720) -> dict[str, Any]:
    """What the colours of `map_image` mean, and what is drawn."""
    revision = place.revision(number)
    drawn = _bare(place, revision, variable, checked_width(width))
    rows, columns = drawn.field.positions.shape
    return {
        "variable": drawn.field.name,
        "title": drawn.field.kind.name,
        "unit": drawn.field.kind.unit,
        "look": drawn.field.kind.look,
        "classes": list(drawn.field.kind.classes),
        "rows": rows,
        "columns": columns,
        **key_data(drawn.painting.key),
    }


def map_picture(place: AssetPlace, number: int, variable: str | None = None) -> bytes:
    """Give the whole picture of a variable with scale and words, as PNG."""
    revision = place.revision(number)

    def draw() -> bytes:
        dataset, name = part_of(place.dataset(revision), variable)
        with place.contents.files.temporary_folder() as folder:
            draw_variable(dataset, name, folder / "map.png")
            return (folder / "map.png").read_bytes()

    return kept_picture(place.contents.files, draw, "picture", revision.content, variable)


def histogram(place: AssetPlace, number: int, variable: str | None = None, *, bins: int = 60) -> dict[str, Any]:
    """How often a variable has which values; each cell counts once, whatever its size."""
    if not 1 <= bins <= 1000:
        raise InputError("A histogram has 1 to 1000 bars.")
    revision = place.revision(number)
    field = field_in(place.dataset(revision), variable)
    finite = field.values[np.isfinite(field.values)]
    found: dict[str, Any] = {
        "variable": field.name,
        "title": field.kind.name,
        "unit": field.kind.unit,
        "count": int(finite.size),
        "missing": int(field.values.size - finite.size),
    }
    if not finite.size:
        return {**found, "edges": [], "counts": [], "classes": None} | dict.fromkeys(_STATISTICS)
    counts, edges = np.histogram(finite, bins=bins)
    figures = (finite.min(), finite.max(), finite.mean(), np.median(finite))
    statistics = {name: float(figure) for name, figure in zip(_STATISTICS, figures, strict=True)}
    return {
        **found,
        **statistics,
        "edges": edges.tolist(),
        "counts": counts.tolist(),
        "classes": _classes(field, finite),
    }


_STATISTICS: Final = ("minimum", "maximum", "mean", "median")


def _classes(field: Field, finite: FloatArray) -> list[dict[str, Any]] | None:
    """How many cells are in each class, where the values are classes."""
    if field.kind.look not in NAMES:
        return None
    values, counts = np.unique(finite, return_counts=True)
    if values.size > _MOST_CLASSES:
        return None
    words = dict(enumerate(field.kind.classes))
    return [
        {"value": float(value), "words": words.get(int(value), f"{value:g}"), "count": int(count)}
        for value, count in zip(values, counts, strict=True)
    ]


def field_in(dataset: xr.Dataset, variable: str | None) -> Field:
    """Give a variable on its own cells; variables of a set of files are called FILE:NAME."""
    part, name = part_of(dataset, variable)
    return field_to_draw(part, name)


def _bare(place: AssetPlace, revision: Revision, variable: str | None, width: int) -> BareMap:
    """A variable of a revision on the pixels of a map."""
    dataset, name = part_of(place.dataset(revision), variable)
    return bare_map(dataset, name, width)


def checked_width(width: int) -> int:
    """Width of a map [pixels], if one can be drawn so wide."""
    if not _NARROWEST <= width <= _WIDEST or width % 2:
        raise InputError(f"A map is {_NARROWEST} to {_WIDEST} pixels wide, an even number.")
    return width


def floats(values: FloatArray) -> bytes:
    """Values as float32, lowest byte first."""
    return values.astype("<f4").tobytes()


def kept_picture(files: FileStore, make: Callable[[], bytes], *what: object) -> bytes:
    """Bytes that are made once of a content, and kept for those who look at the same again."""
    key = hashlib.sha256(repr((VERSION, *what)).encode()).hexdigest()
    name = f"pictures/{key[:2]}/{key}"
    try:
        found = files.path(name).read_bytes()
        files.touch(name)
    except FileNotFoundError:
        found = make()
        prepared = files.temporary()
        try:
            prepared.write_bytes(found)
            files.put(name, prepared)
        finally:
            prepared.unlink(missing_ok=True)
    return found
