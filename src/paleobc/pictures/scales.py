"""Maps of amounts: relief, depth, lengths."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import Colormap, LogNorm, Normalize

from paleobc.conventions import BoolArray, FloatArray
from paleobc.pictures import colours
from paleobc.pictures.keys import ColourBar, Extend, Painting, rgba

#: A scale is logarithmic where its bulk, without a twentieth at each end, spans this factor.
DECADES = 20.0

#: The scale leaves out this much of the values at each end: one odd cell must not take all colours [%].
TAIL = 0.5


def paint_relief(values: FloatArray) -> Painting:
    """
    Sea below and land above the break of the colours at 0 m.

    Parameters
    ----------
    values : ndarray of float, shape (rows, columns)
        Height, positive up [m]; NaN where there is none.
    """
    finite = values[np.isfinite(values)]
    depth, height = _nice_end(-finite[finite < 0]), _nice_end(finite[finite > 0])
    norm = colours.ShoreNorm(-depth, height)
    return _paint(values, np.isfinite(values), colours.RELIEF, norm, colours.VOID)


def paint_land_relief(values: FloatArray) -> Painting:
    """Paint the land part of a relief; what is not above 0 is sea."""
    land = values > 0
    norm = Normalize(0.0, _nice_end(values[land]))
    return _paint(values, land, colours.LAND_RELIEF, norm, colours.SEA)


def paint_depth(values: FloatArray) -> Painting:
    """Depth of the ocean, positive down; what is not below 0 is land."""
    ocean = values > 0
    norm = Normalize(0.0, _nice_end(values[ocean]))
    return _paint(values, ocean, colours.DEPTH, norm, colours.LAND)


def paint_amount(values: FloatArray, shown: BoolArray, ground: str) -> Painting:
    """
    Any amount, on a logarithmic scale where it is positive and spans decades.

    Parameters
    ----------
    values : ndarray of float, shape (rows, columns)
        Amounts.
    shown : ndarray of bool, shape (rows, columns)
        Where they mean something.
    ground : str
        Colour of the rest.
    """
    return _paint(values, shown, colours.SEQUENTIAL, _norm(values[shown]), ground)


def _paint(values: FloatArray, shown: BoolArray, table: Colormap, norm: Normalize, ground: str) -> Painting:
    """Colours by table and norm where the values are shown, else the ground."""
    pixels = np.empty((*values.shape, 4), dtype=np.uint8)
    pixels[:] = rgba(ground)
    pixels[shown] = table(norm(values[shown]), bytes=True)
    return Painting(pixels, ColourBar(table, norm, _extend(values[shown], norm)))


def _norm(values: FloatArray) -> Normalize:
    """Scale between the percentiles of the values."""
    if values.size == 0:
        return Normalize(0.0, 1.0)
    low, high = (float(end) for end in np.percentile(values, (TAIL, 100.0 - TAIL)))
    few, many = np.percentile(values, (5.0, 95.0))
    if low > 0 and many > DECADES * few:
        return LogNorm(low, high)
    if values.min() >= 0 and low < 0.25 * high:
        # Near enough to 0 to start there: the reader sees amounts, not differences.
        low = 0.0
    if not high > low:
        # One value only: any scale around it will do.
        return Normalize(low - 0.5, low + 0.5)
    return Normalize(low, high)


def _nice_end(values: FloatArray) -> float:
    """Round number near the largest values: whole thousands, or one leading digit below a thousand."""
    if values.size == 0:
        return 1000.0
    end = float(np.percentile(values, 100.0 - TAIL))
    step = 1000.0 if end > 1000.0 else 10.0 ** np.floor(np.log10(end))
    return float(np.ceil(end / step) * step)


def _extend(values: FloatArray, norm: Normalize) -> Extend:
    """Find the ends of the scale that values go beyond."""
    if values.size == 0 or norm.vmin is None or norm.vmax is None:
        return "neither"
    # Noise of rounding is not beyond.
    slack = 1e-9 * (norm.vmax - norm.vmin)
    below, above = bool(values.min() < norm.vmin - slack), bool(values.max() > norm.vmax + slack)
    if below:
        return "both" if above else "min"
    return "max" if above else "neither"
