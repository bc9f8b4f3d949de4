"""The cap of a tripolar grid: rows are ellipses about the north pole, columns cross them at right angles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy
from numpy.polynomial import chebyshev

from paleobc.conventions import FloatArray

#: Semi-axes of the rows of PALEORCA2 as Chebyshev polynomials, fitted to 20 m to the F rows of the grid of
#: Sepulchre et al. (2020), doi:10.5194/gmd-13-3011-2020. With u from 0 at the join to 1 at the fold and v the
#: semi-axis across over its value at the join, v = (1 - u)(1 + u P(2u - 1)), and the semi-axis along the fold
#: is v + (1 - v)^2 Q(2v - 1).
PALEORCA2_ACROSS: Final = (-0.5397955, 0.2181405, -0.0650339, -0.0083625, 0.0000322, 0.0009042, 0.0003452,
    0.0000308, -0.0000166, -0.0000109)  # fmt: skip
PALEORCA2_ALONG: Final = (0.2402143, -0.1844154, -0.0314012, 0.0086895, 0.0024724, 0.0005997, 0.0001881,
    0.0000493, 0.0000466, 0.0000269)  # fmt: skip
PALEORCA2_HALF_STEPS: Final = 104
PALEORCA2_POLE_LATITUDE: Final = 60.0
PALEORCA2_JOIN_RADIUS: Final = 0.69314335  # 20.545 N

#: Growth of the semi-axis along the fold with the one across, at the fold (1 at the join): as in PALEORCA2.
GROWTH_AT_FOLD: Final = 0.22

#: Columns are followed to this share of the join's radius; the last bit, below a kilometre, is straight.
NEAREST_TO_FOLD: Final = 1e-4

NODES: Final = 2001


@dataclass(frozen=True)
class Cap:
    """
    A family of nested ellipses in the polar stereographic plane, from a circle to the line between the poles.

    Parameters
    ----------
    radius : float
        Radius of the circle where the cap joins the rows of constant latitude; the equator has radius 1.
    half_steps : int
        Number of half rows from the join to the fold.
    across : CubicSpline
        Semi-axis across the fold as a function of the half rows from the join.
    along, centre : CubicSpline
        Semi-axis along the fold, and place of the centre on it, as functions of the semi-axis across.
    """

    radius: float
    half_steps: int
    across: scipy.interpolate.CubicSpline
    along: scipy.interpolate.CubicSpline
    centre: scipy.interpolate.CubicSpline

    def normal(self, across: FloatArray, angle: FloatArray) -> FloatArray:
        """Distance between ellipses per change of the semi-axis across, at this angle on the ellipse."""
        along, sine, cosine = self.along(across), np.sin(angle), np.cos(angle)
        shift = self.centre(across, 1) + self.along(across, 1) * cosine
        tangent = np.maximum(np.hypot(along * sine, across * cosine), np.finfo(float).tiny)
        return np.asarray((shift * across * cosine + along * sine**2) / tangent)

    def tangent(self, across: FloatArray, angle: FloatArray) -> FloatArray:
        """Length along the ellipse per change of the angle."""
        return np.asarray(np.hypot(self.along(across) * np.sin(angle), across * np.cos(angle)))

    def magnification(self, across: FloatArray, angle: FloatArray) -> FloatArray:
        """Distance on the unit sphere per distance in the stereographic plane."""
        x = self.centre(across) + self.along(across) * np.cos(angle)
        return np.asarray(2.0 / (1.0 + x**2 + (across * np.sin(angle)) ** 2))


def stereographic_radius(latitude: float) -> float:
    """Distance from the north pole in the stereographic plane in which the equator has radius 1."""
    return float(np.tan(np.radians(90.0 - latitude) / 2.0))


def is_paleorca2(radius: float, pole_latitudes: tuple[float, float], columns: int, fold_is_odd: bool) -> bool:
    """Tell whether a cap has the poles, the join, the resolution and the pivot of PALEORCA2's."""
    same_join = abs(radius - PALEORCA2_JOIN_RADIUS) < 1e-5  # to 120 m
    return same_join and pole_latitudes == (PALEORCA2_POLE_LATITUDE,) * 2 and columns == 180 and fold_is_odd


def paleorca2_cap(radius: float) -> Cap:
    """Cap of PALEORCA2 on a circle of this radius."""
    u = np.linspace(0.0, 1.0, NODES)
    v = np.linspace(0.0, 1.0, NODES)
    across = radius * (1.0 - u) * (1.0 + u * chebyshev.chebval(2.0 * u - 1.0, PALEORCA2_ACROSS))
    along = radius * (v + (1.0 - v) ** 2 * chebyshev.chebval(2.0 * v - 1.0, PALEORCA2_ALONG))
    # The polynomials are rounded: the fold has to end on the poles exactly.
    along += (stereographic_radius(PALEORCA2_POLE_LATITUDE) - along[0]) * (1.0 - v) ** 2
    steps = PALEORCA2_HALF_STEPS
    straight = scipy.interpolate.CubicSpline(radius * v, np.zeros_like(v))
    return Cap(
        radius,
        steps,
        scipy.interpolate.CubicSpline(u * steps, across),
        scipy.interpolate.CubicSpline(radius * v, along),
        straight,
    )


def general_cap(radius: float, pole_radii: tuple[float, float], columns: int, fold_parity: int) -> Cap:
    """
    Cap with poles at any two distances on one great circle, its rows as high as they are wide in the mean.

    Parameters
    ----------
    radius : float
        Radius of the join in the stereographic plane.
    pole_radii : tuple of float
        Distances of the poles from the north pole in that plane.
    columns : int
        Number of columns around the globe.
    fold_parity : int
        Whether the number of half rows has to be even (0) or odd (1).

    References
    ----------
    Madec and Imbard (1996), doi:10.1007/BF00211684; Murray (1996), doi:10.1006/jcph.1996.0136.
    """
    half_focus = (pole_radii[0] + pole_radii[1]) / 2.0
    v = np.linspace(0.0, 1.0, NODES)
    along = scipy.interpolate.CubicSpline(radius * v, radius * _semi_axis_along(v, half_focus / radius))
    offset = (pole_radii[0] - pole_radii[1]) / 2.0
    centre = scipy.interpolate.CubicSpline(radius * v, offset * (1.0 - _smooth_step(v)))
    unordered = Cap(radius, 0, along, along, centre)
    across = radius * v[::-1]
    angle = np.asarray((np.arange(180) + 0.5) * (np.pi / 90.0), dtype=np.float64)
    magnified = unordered.magnification(across[:, None], angle)
    width = (magnified * unordered.tangent(across[:, None], angle)).mean(axis=1) * 2.0 * np.pi / columns
    height = magnified * unordered.normal(across[:, None], angle)
    # Rows are widest midway between the poles; their height there counts as much as the mean.
    per_half_row = (height.mean(axis=1) + height[:, angle.size // 4]) / width
    half_rows = scipy.integrate.cumulative_simpson(per_half_row, x=-across, initial=0.0)
    steps = 2 * round((half_rows[-1] - fold_parity) / 2.0) + fold_parity
    half_rows += (steps - half_rows[-1]) * _smooth_step(half_rows / half_rows[-1])
    return Cap(radius, steps, scipy.interpolate.CubicSpline(half_rows, across), along, centre)


def _smooth_step(share: FloatArray) -> FloatArray:
    return np.asarray(share**2 * (3.0 - 2.0 * share))


def _semi_axis_along(v: FloatArray, half_focus: float) -> FloatArray:
    """
    Semi-axis along the fold, in radii of the join, where the one across is v.

    Its growth is s + (1 - s) W with W = 1 - (1 - v)^q (1 + q v), whose mean is q / (q + 2): 1 at the
    join, so that rows leave the circles smoothly, and s at the fold.
    """
    mean_growth = 1.0 - half_focus
    mean_shape = (mean_growth - GROWTH_AT_FOLD) / (1.0 - GROWTH_AT_FOLD)
    q = float(np.clip(2.0 * mean_shape / (1.0 - mean_shape), 1.0, 60.0))
    at_fold = (mean_growth - q / (q + 2.0)) * (q + 2.0) / 2.0
    rest = 1.0 - v
    shape = v - 2.0 / (q + 2.0) + rest ** (q + 1.0) - q / (q + 2.0) * rest ** (q + 2.0)
    return np.asarray(half_focus + at_fold * v + (1.0 - at_fold) * shape)


def columns_across(cap: Cap, start: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """
    Follow columns from the join to the fold at right angles to the ellipses.

    Parameters
    ----------
    cap : Cap
        The ellipses.
    start : ndarray, shape (n,)
        Angles from the fold's axis at which the columns leave the join, from 0 to pi [rad].

    Returns
    -------
    across, angle, spread : ndarray, shapes (half_steps + 1, 1) and twice (half_steps + 1, n)
        Semi-axis across of each half row, angle on the ellipse where each column crosses it [rad], and
        logarithm of the change of the angle with the angle at the join.
    """
    across = np.asarray(cap.across(np.arange(cap.half_steps + 1)))
    across[0], across[-1] = cap.radius, 0.0
    nearest = NEAREST_TO_FOLD * cap.radius
    heights = np.maximum(across, nearest)
    state = np.concatenate([start, np.zeros_like(start)])
    solution = scipy.integrate.solve_ivp(
        lambda b, y: _turning(cap, b, y),
        (cap.radius, nearest),
        state,
        method="DOP853",
        t_eval=heights,
        rtol=1e-9,
        atol=1e-12,
    )
    path = solution.y.T.copy()
    last = path[-1] - nearest * _turning(cap, nearest, path[-1])
    angle, spread = path[:, : start.size], path[:, start.size :]
    angle[-1] = np.clip(last[: start.size], 0.0, np.pi)
    spread[-1] = np.minimum(spread[-1], last[start.size :])
    return across[:, None], angle, spread


def _turning(cap: Cap, across: float, state: FloatArray) -> FloatArray:
    """Change of the angle on the ellipse, and of its spread, with the semi-axis across."""
    angle = state[: state.size // 2]
    along, growth, drift = cap.along(across), cap.along(across, 1), cap.centre(across, 1)
    sine, cosine = np.sin(angle), np.cos(angle)
    above = (drift + growth * cosine) * along * sine - across * sine * cosine
    below = (along * sine) ** 2 + (across * cosine) ** 2
    above_slope = (drift + growth * cosine) * along * cosine - growth * along * sine**2
    above_slope -= across * (cosine**2 - sine**2)
    below_slope = 2.0 * (along**2 - across**2) * sine * cosine
    return np.concatenate([above / below, (above_slope * below - above * below_slope) / below**2])
