"""The colour bar below a map."""

from __future__ import annotations

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.colors import LogNorm
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from paleobc.pictures.colours import INK, ShoreNorm
from paleobc.pictures.keys import ColourBar
from paleobc.pictures.sheets import Box, Sheet

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def draw_bar(sheet: Sheet, key: ColourBar, label: str, box: Box, letters: float) -> None:
    """Draw a horizontal colour bar in a box, its label below in letters of a size [points]."""
    axes = sheet.axes(box)
    bar = Colorbar(
        axes,
        ScalarMappable(key.norm, key.colormap),
        orientation="horizontal",
        extend=key.extend,
        extendfrac=0.025,
        ticks=FixedLocator(bar_ticks(key)),
        format=FuncFormatter(lambda value, _: number_label(value)),
    )
    bar.ax.xaxis.set_minor_locator(NullLocator())
    bar.ax.tick_params(labelsize=letters, length=3, width=0.6, color=INK, labelcolor=INK)
    bar.set_label(label, fontsize=letters, color=INK, labelpad=0.25 * letters)
    bar.outline.set_linewidth(0.6)


def bar_ticks(key: ColourBar) -> list[float]:
    """
    Round numbers along a scale.

    Examples
    --------
    >>> from paleobc.pictures.colours import RELIEF
    >>> bar_ticks(ColourBar(RELIEF, LogNorm(3.0, 400.0)))
    [5.0, 10.0, 20.0, 50.0, 100.0, 200.0]
    """
    low, high = float(key.norm.vmin or 0.0), float(key.norm.vmax or 1.0)
    if isinstance(key.norm, LogNorm):
        powers = np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
        ticks = np.outer(10.0**powers, (1.0, 2.0, 5.0)).ravel()
    elif isinstance(key.norm, ShoreNorm):
        # Both halves have their own metres for each colour, so each gets its own ticks.
        ticks = np.concatenate((_even(low, 0.0), _even(0.0, high)[1:]))
    else:
        ticks = np.array(MaxNLocator(9, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high))
    slack = 1e-9 * (high - low)
    return [float(tick) for tick in ticks if low - slack <= tick <= high + slack]


def _even(low: float, high: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array(MaxNLocator(3, steps=[1, 2, 5, 10]).tick_values(low, high))


def number_label(value: float) -> str:
    """
    Write a number as people do.

    Examples
    --------
    >>> number_label(-6000.0), number_label(0.25), number_label(2.5e10)
    ('−6000', '0.25', '2.5×10¹⁰')
    """
    if abs(value) >= 1e6:
        mantissa, power = f"{value:e}".split("e")
        text = f"{float(mantissa):g}×10{str(int(power)).translate(_RAISED)}"
    elif abs(value) >= 10_000:
        text = f"{value:,.0f}".replace(",", "\u2009")
    else:
        text = f"{value:g}"
    return text.replace("-", "−")
