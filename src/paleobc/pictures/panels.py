"""One map on a sheet: pixels, coast, graticule, marks and the key below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.path import Path

from paleobc.conventions import FloatArray
from paleobc.pictures import colours
from paleobc.pictures.bars import draw_bar
from paleobc.pictures.keys import ColourBar, Marks, Painting, Swatch
from paleobc.pictures.legends import draw_legend, legend_height
from paleobc.pictures.sheets import Box, Sheet

#: Lines of the graticule [degrees].
GRATICULE_STEP: Final = 30

#: Pieces of the coast in one path.
COAST_PIECES: Final = 4000


@dataclass(frozen=True)
class Panel:
    """
    What one map shows.

    Parameters
    ----------
    title, subtitle : str
        The two lines above the map.
    bar_label : str
        Words at the colour bar.
    painting : Painting
        Colours and key.
    coast : ndarray of float, shape (n, 2, 2)
        Pieces of the coast as (longitude, latitude) [degrees].
    marks : tuple of Marks
        Single places over the map; they join the legend.
    legend : tuple of Swatch
        Further entries of the legend, for what is drawn over the panel.
    """

    title: str
    subtitle: str
    bar_label: str
    painting: Painting
    coast: FloatArray
    marks: tuple[Marks, ...] = ()
    legend: tuple[Swatch, ...] = ()

    @property
    def swatches(self) -> tuple[Swatch, ...]:
        """Entries of the legend."""
        own = () if isinstance(self.painting.key, ColourBar) else self.painting.key
        return (*own, *(marks.swatch for marks in self.marks), *self.legend)


@dataclass(frozen=True)
class Scale:
    """
    Sizes of a panel.

    Parameters
    ----------
    map_width : int
        Width of the map [pixels]; it is half as high.
    letters : float
        Size of the small letters [points]; all other sizes follow.
    label_step : int
        Longitudes between two labels [degrees].
    """

    map_width: int
    letters: float
    label_step: int

    @property
    def line(self) -> float:
        """Height of a line of small letters [pixels]."""
        return self.letters * 3.5

    @property
    def left(self) -> float:
        """Room left of the map for the latitudes [pixels]."""
        return self.letters * 9.0

    @property
    def width(self) -> float:
        """Width of the whole panel [pixels]."""
        return self.left + self.map_width + self.letters * 5.0

    @property
    def head(self) -> float:
        """Room above the map for title and subtitle [pixels]."""
        return self.line * 2.75

    def height(self, panel: Panel) -> float:
        """Height of the whole panel with its key [pixels]."""
        legend = legend_height(panel.swatches, self.map_width, self.letters)
        bar = 3.2 if isinstance(panel.painting.key, ColourBar) else 0.0
        return self.head + self.map_width / 2 + self.line * (2.3 + bar) + legend


def draw_panel(sheet: Sheet, panel: Panel, scale: Scale, left: float, top: float) -> Axes:
    """Draw a panel whose upper left corner is at a place of the sheet [pixels]; its axes are in degrees."""
    line = scale.line
    frame = Box(round(left + scale.left), round(top + scale.head), scale.map_width, scale.map_width / 2)
    sheet.words(frame.left, top + 0.35 * line, panel.title, 1.35 * scale.letters, bold=True)
    sheet.words(frame.left, top + 1.65 * line, panel.subtitle, scale.letters, colour=colours.FAINT_INK)
    axes = _map(sheet, panel, scale, frame)
    below = frame.top + frame.height + 1.7 * line
    if isinstance(panel.painting.key, ColourBar):
        bar = Box(frame.left + 0.15 * frame.width, below + 0.25 * line, 0.7 * frame.width, 0.55 * line)
        draw_bar(sheet, panel.painting.key, panel.bar_label, bar, scale.letters)
        below += 3.2 * line
    draw_legend(sheet, panel.swatches, Box(frame.left, below, frame.width, 0.0), scale.letters)
    return axes


def _map(sheet: Sheet, panel: Panel, scale: Scale, frame: Box) -> Axes:
    """Draw the map itself, one pixel of the painting on one pixel of the sheet."""
    axes = sheet.axes(frame)
    axes.imshow(
        panel.painting.pixels,
        extent=(-180.0, 180.0, -90.0, 90.0),
        origin="lower",
        interpolation="nearest",
        aspect="auto",
    )
    _graticule(axes, scale)
    _coast(axes, panel.coast)
    for marks in panel.marks:
        _scatter(axes, marks, scale.letters)
    axes.set_xlim(-180.0, 180.0)
    axes.set_ylim(-90.0, 90.0)
    return axes


def _coast(axes: Axes, segments: FloatArray) -> None:
    """Draw the coast in paths of many pieces: one each is slow, one for all is too long to render."""
    paths = []
    for start in range(0, len(segments), COAST_PIECES):
        corners = segments[start : start + COAST_PIECES].reshape(-1, 2)
        paths.append(Path(corners, np.tile((Path.MOVETO, Path.LINETO), len(corners) // 2)))
    axes.add_collection(
        PathCollection(
            paths,
            facecolors="none",
            edgecolors=colours.COAST,
            linewidths=0.4,
            capstyle="projecting",
            snap=True,
            zorder=3,
        )
    )


def _graticule(axes: Axes, scale: Scale) -> None:
    """Meridians and parallels under the coast, with labels outside the map."""
    for longitude in range(-150, 180, GRATICULE_STEP):
        axes.axvline(longitude, color=colours.GRATICULE, linewidth=0.35, alpha=0.55, zorder=2)
    for latitude in range(-60, 90, GRATICULE_STEP):
        axes.axhline(latitude, color=colours.GRATICULE, linewidth=0.35, alpha=0.55, zorder=2)
    longitudes = range(-180, 181, scale.label_step)
    latitudes = range(-90, 91, GRATICULE_STEP)
    axes.set_xticks(longitudes, [degrees_label(value, "E", "W") for value in longitudes])
    axes.set_yticks(latitudes, [degrees_label(value, "N", "S") for value in latitudes])
    axes.tick_params(labelsize=scale.letters, length=3, width=0.6, color=colours.INK, labelcolor=colours.INK)
    for spine in axes.spines.values():
        spine.set(linewidth=0.6, color=colours.INK)


def degrees_label(degrees: int, positive: str, negative: str) -> str:
    """
    Label of a meridian or parallel.

    Examples
    --------
    >>> degrees_label(-60, "E", "W"), degrees_label(0, "N", "S"), degrees_label(180, "E", "W")
    ('60°W', '0°', '180°')
    """
    letter = "" if degrees in {0, 180, -180} else positive if degrees > 0 else negative
    return f"{abs(degrees)}°{letter}"


def _scatter(axes: Axes, marks: Marks, letters: float) -> None:
    """Single places, small enough to leave their surroundings visible."""
    longitudes = (np.asarray(marks.longitudes) + 180.0) % 360.0 - 180.0
    axes.scatter(
        longitudes,
        marks.latitudes,
        s=(0.45 * letters) ** 2,
        marker=marks.swatch.marker,
        color=marks.swatch.colours[0],
        edgecolors="white",
        linewidths=0.5,
        zorder=4,
    )


def draw_sheet(panels: Sequence[Panel], scale: Scale, columns: int, title: str = "") -> tuple[Sheet, list[Axes]]:
    """Sheet with panels from left to right and downwards, each row as high as its highest panel."""
    rows = [panels[start : start + columns] for start in range(0, len(panels), columns)]
    heights = [max(scale.height(panel) for panel in row) for row in rows]
    head = 2.6 * scale.line if title else 0.0
    sheet = Sheet(round(scale.width * min(columns, len(panels))), round(head + sum(heights)))
    if title:
        sheet.words(scale.left, 0.8 * scale.line, title, 1.8 * scale.letters, bold=True)
    axes = []
    top = head
    for row, height in zip(rows, heights, strict=True):
        axes += [draw_panel(sheet, panel, scale, place * scale.width, top) for place, panel in enumerate(row)]
        top += height
    return sheet, axes
