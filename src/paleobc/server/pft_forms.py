"""The table of plant functional types as a form: rows of text to bands, and bands to rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.datastructures import FormData

from paleobc.errors import InputError
from paleobc.server.forms import typed_list
from paleobc.vegetation.pft import PFT_NAMES, check_bands

KEYS: Final = tuple(f"pft{number}" for number in range(1, len(PFT_NAMES) + 1))
_MOST_BANDS: Final = 200

#: A row of the form as typed: ``up_to`` and ``pft1`` to ``pft13``.
Row = dict[str, str]


def rows_of(bands: Sequence[Mapping[str, float]]) -> list[Row]:
    """Rows of bands; a type that does not grow is left empty."""
    return [
        {key: f"{band[key]:g}" if band.get(key) not in (None, 0) else "" for key in ("up_to", *KEYS)} for band in bands
    ]


def typed_rows(form: FormData) -> list[Row]:
    """
    Rows as typed.

    Raises
    ------
    InputError
        Where the columns are not of one length, which no page of ours sends.
    """
    columns = {key: typed_list(form, key)[: _MOST_BANDS + 1] for key in ("up_to", *KEYS)}
    count = len(columns["up_to"])
    if any(len(column) != count for column in columns.values()) or count > _MOST_BANDS:
        raise InputError("The table cannot be read; reload the page and try again.")
    return [{key: columns[key][place] for key in columns} for place in range(count)]


def bands_of(rows: Sequence[Row]) -> list[dict[str, float]]:
    """
    Bands of rows.

    Raises
    ------
    InputError
        Where a cell is not a number, a sum not 100, or a bound out of order.
    """
    bands = []
    for place, row in enumerate(rows, start=1):
        band: dict[str, float] = {}
        for key, text in row.items():
            value = _value(text)
            if value is None:
                raise InputError(f"PFT band {place}, {key}: {text[:20]!r} is not a number.")
            if key == "up_to" or value:
                band[key] = value
        bands.append(band)
    check_bands(bands)
    return bands


def shown_rows(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows as the page shows them: with the lower bound and the total of each."""
    shown, low = [], "0"
    for row in rows:
        values = [_value(row[key]) for key in KEYS]
        total = None if None in values else sum(value or 0.0 for value in values)
        shown.append(
            {
                "low": low,
                "up_to": row["up_to"],
                "cells": [row[key] for key in KEYS],
                "total": "?" if total is None else f"{total:g}",
                "good": total is not None and abs(total - 100.0) < 1e-6,
            }
        )
        low = row["up_to"] or "?"
    return shown


def with_new_row(rows: Sequence[Row]) -> list[Row]:
    """Rows with one more: it halves the widest band, and grows the same."""
    bounds = [_value(row["up_to"]) or 0.0 for row in rows]
    if not rows:
        return [{"up_to": "90", **dict.fromkeys(KEYS, "")}]
    lows = [0.0, *bounds[:-1]]
    widest = max(range(len(rows)), key=lambda place: bounds[place] - lows[place])
    middle = (lows[widest] + bounds[widest]) / 2
    return [*rows[:widest], rows[widest] | {"up_to": f"{middle:g}"}, *rows[widest:]]


def sorted_rows(rows: Sequence[Row]) -> list[Row]:
    """Rows from the equator polewards; those without a bound come last."""

    def key(row: Row) -> float:
        bound = _value(row["up_to"])
        return 1e9 if bound is None or row["up_to"] == "" else bound

    return sorted(rows, key=key)


def _value(text: str) -> float | None:
    """
    Number of a cell; None where it is none, 0 where it is empty.

    Examples
    --------
    >>> _value("12,5"), _value(""), _value("many")
    (12.5, 0.0, None)
    """
    if not text:
        return 0.0
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) < 1e6 else None
