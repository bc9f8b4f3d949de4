"""The legend of classes below a map, written line by line like words."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import TextPath

from paleobc.pictures.colours import INK
from paleobc.pictures.keys import Swatch
from paleobc.pictures.sheets import RESOLUTION, Box, Sheet

#: Height of a line, room between entries, and room from signs to words, in heights of the letters.
LINE, GAP, INDENT = 1.75, 1.6, 0.55


def legend_height(swatches: Sequence[Swatch], width: float, letters: float) -> float:
    """Height of a legend below a map of a width, all [pixels], in letters of a size [points]."""
    return len(_lines(swatches, width, letters)) * LINE * _pixels(letters)


def draw_legend(sheet: Sheet, swatches: Sequence[Swatch], box: Box, letters: float) -> None:
    """Write the legend from the upper left corner of a box, as wide as the box."""
    em = _pixels(letters)
    for row, line in enumerate(_lines(swatches, box.width, letters)):
        middle = box.top + (row + 0.5) * LINE * em
        for left, swatch in line:
            for place, colour in enumerate(swatch.colours):
                _sign(sheet, swatch.marker, colour, box.left + left + (place + 0.5) * em, middle, letters)
            start = box.left + left + (len(swatch.colours) + INDENT) * em
            sheet.words(start, middle, swatch.words, letters, vertical="center_baseline")


def _lines(swatches: Sequence[Swatch], width: float, letters: float) -> list[list[tuple[float, Swatch]]]:
    """Entries of each line with their left edge [pixels]; a new line where the next one does not fit."""
    lines: list[list[tuple[float, Swatch]]] = []
    left = 0.0
    for swatch in swatches:
        wide = _width(swatch, letters)
        if not lines or left + wide > width:
            lines.append([])
            left = 0.0
        lines[-1].append((left, swatch))
        left += wide + GAP * _pixels(letters)
    return lines


def _width(swatch: Swatch, letters: float) -> float:
    """Width of one entry [pixels]."""
    # Measured, not guessed from the number of letters: words must never run over the next sign.
    words = TextPath((0.0, 0.0), swatch.words, size=letters, prop=FontProperties()).get_extents().width
    return _pixels(float(words)) + (len(swatch.colours) + INDENT) * _pixels(letters)


def _sign(sheet: Sheet, marker: str, colour: str, left: float, top: float, letters: float) -> None:
    """One sign of the legend around a place of the sheet [pixels]; a "ring" is an open circle."""
    ring = marker == "ring"
    size = letters * (0.95 if marker in {"s", "ring"} else 0.7)
    sign = Line2D(
        [left / sheet.width],
        [1.0 - top / sheet.height],
        linestyle="none",
        marker="o" if ring else marker,
        markersize=size,
        markerfacecolor="none" if ring else colour,
        markeredgecolor=colour if ring else INK,
        markeredgewidth=1.7 if ring else 0.4,
        transform=sheet.figure.transFigure,
        figure=sheet.figure,
    )
    sheet.figure.add_artist(sign)


def _pixels(points: float) -> float:
    return points * RESOLUTION / 72.0
