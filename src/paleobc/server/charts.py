"""The histogram of a variable as the rectangles of a small picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from paleobc.server.rendering import number

WIDTH: Final = 320.0
#: Room of the bars and the lowest bar that is still seen [pixels].
_TALLEST: Final = 120.0
_LEAST: Final = 1.0
_BASE: Final = 126.0
_MOST_NAMES: Final = 16


def histogram_bars(histogram: Mapping[str, Any]) -> dict[str, Any]:
    """
    Rectangles and labels of a histogram, 320 wide and 150 high.

    Parameters
    ----------
    histogram : mapping
        As `paleobc.services.views.histogram` gives it: of classes where there are some, else of bins.
    """
    classes = histogram["classes"]
    if classes:
        words = [f"{one['words']}: {one['count']:,}" for one in classes]
        counts = [one["count"] for one in classes]
        ends = _names([one["value"] for one in classes])
    else:
        edges, counts = histogram["edges"], histogram["counts"]
        words = [
            f"{number(low)} to {number(high)}: {count:,}"
            for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
        ]
        ends = _ends(edges)
    return {"rectangles": _rectangles(counts, words), "ticks": ends}


def _rectangles(counts: Sequence[int], words: Sequence[str]) -> list[dict[str, Any]]:
    """One rectangle for each count that is not zero."""
    if not counts:
        return []
    tallest = max(counts) or 1
    width = WIDTH / len(counts)
    gap = min(2.0, width / 5)
    heights = [max(_LEAST, _TALLEST * count / tallest) for count in counts]
    return [
        {
            "x": round(place * width + gap / 2, 2),
            "y": round(_BASE - height, 2),
            "width": round(width - gap, 2),
            "height": round(height, 2),
            "words": said,
        }
        for place, (count, height, said) in enumerate(zip(counts, heights, words, strict=True))
        if count
    ]


def _names(values: Sequence[float]) -> list[dict[str, Any]]:
    """Labels below classes, where there is room for them."""
    if len(values) > _MOST_NAMES:
        return []
    width = WIDTH / len(values)
    return [
        {"x": round((place + 0.5) * width, 1), "anchor": "middle", "words": number(value)}
        for place, value in enumerate(values)
    ]


def _ends(edges: Sequence[float]) -> list[dict[str, Any]]:
    """Labels at both ends, and at zero where there is room."""
    if len(edges) < 2:
        return []
    low, high = edges[0], edges[-1]
    ticks = [
        {"x": 0.0, "anchor": "start", "words": number(low)},
        {"x": WIDTH, "anchor": "end", "words": number(high)},
    ]
    zero = WIDTH * -low / (high - low) if high > low else 0.0
    if 0.25 * WIDTH < zero < 0.75 * WIDTH:
        ticks.append({"x": round(zero, 1), "anchor": "middle", "words": "0"})
    return ticks
