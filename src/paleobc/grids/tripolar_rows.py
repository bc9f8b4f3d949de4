"""Latitudes of the rows of a tripolar grid south of its cap: Mercator, refined towards the equator."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import scipy

from paleobc.conventions import FloatArray

#: Latitudes of the T rows 1 to 20 north of the equator of ORCA2 and PALEORCA2 [degrees], where rows are
#: closer than Mercator's; from the IPSL-CM5A2 grid of Sepulchre et al. (2020), doi:10.5194/gmd-13-3011-2020.
ORCA2_LATITUDES: Final = (
    0.4999777, 0.9998946, 1.5000558, 2.0014999, 2.5063791, 3.0183873, 3.5432990,
    4.0897360, 4.6703420, 5.3036160, 6.0166116, 6.8480191, 7.8480554, 9.0645504,
    10.5094013, 12.1480837, 13.9340229, 15.8097200, 17.7124424, 19.6057930,
)  # fmt: skip
ORCA2_STEP: Final = 2.0  # [degrees]
ORCA2_EQUATORIAL_RATIO: Final = 0.25

#: Nodes between the equator and the end of the refinement when rows are counted.
NODES: Final = 4001


@cache
def _orca2_rows() -> scipy.interpolate.CubicSpline:
    """Latitude [rad] of ORCA2 as a function of the row counted from the equator, 0 to 20."""
    latitude = np.radians([0.0, *ORCA2_LATITUDES])
    mercator_step = np.radians(ORCA2_STEP) * np.cos(latitude[-1])
    return scipy.interpolate.CubicSpline(np.arange(latitude.size), latitude, bc_type=((2, 0.0), (1, mercator_step)))


class RowLatitudes:
    """
    Latitude of any row, counted from the equator, of a grid that is Mercator outside of the tropics.

    The ratio of row height to Mercator's has the shape of ORCA2 in latitude, with another depth: it falls
    from 1 at 19.6 degrees to ``equatorial_ratio``; half of the fall lies near 9 degrees.

    Parameters
    ----------
    step : float
        Width of a cell in longitude [degrees].
    equatorial_ratio : float
        Height over width of the cells at the equator; 1 for rows that are Mercator's everywhere.

    References
    ----------
    Madec and Imbard (1996), doi:10.1007/BF00211684.

    Examples
    --------
    >>> RowLatitudes(2.0, 1.0).latitude(np.array([0.0, 10.0, -10.0])).round(3)
    array([  0.   ,  19.606, -19.606])
    """

    def __init__(self, step: float, equatorial_ratio: float = ORCA2_EQUATORIAL_RATIO) -> None:
        row = np.linspace(0.0, len(ORCA2_LATITUDES), NODES)
        latitude, spacing = _orca2_rows()(row), _orca2_rows()(row, 1)
        ratio = spacing / (np.radians(ORCA2_STEP) * np.cos(latitude))
        fall = np.clip((1.0 - ratio) / (1.0 - ORCA2_EQUATORIAL_RATIO), 0.0, 1.0)
        height = np.radians(step) * np.cos(latitude) * (1.0 - (1.0 - equatorial_ratio) * fall)
        counted = scipy.integrate.cumulative_simpson(spacing / height, x=row, initial=0.0)
        self.step = step
        self.end_of_refinement = float(counted[-1])
        self._tropical_latitude = scipy.interpolate.CubicSpline(counted, latitude)
        self._tropical_height = scipy.interpolate.CubicSpline(counted, height)

    def latitude(self, row: FloatArray) -> FloatArray:
        """Latitude of these rows [degrees north]; the equator is row 0, T rows are whole numbers."""
        distance = np.abs(row)
        inside = self._tropical_latitude(np.minimum(distance, self.end_of_refinement))
        beyond = np.maximum(distance - self.end_of_refinement, 0.0) * np.radians(self.step)
        mercator = np.arctan(np.sinh(np.arcsinh(np.tan(inside)) + beyond))
        return np.asarray(np.copysign(np.degrees(mercator), row))

    def height(self, row: FloatArray) -> FloatArray:
        """Distance from one row to the next at these rows [rad]."""
        distance = np.abs(row)
        mercator = np.radians(self.step) * np.cos(np.radians(self.latitude(row)))
        refined = self._tropical_height(np.minimum(distance, self.end_of_refinement))
        return np.asarray(np.where(distance < self.end_of_refinement, refined, mercator))

    def nearest_row(self, latitude: float, odd: bool | None = None) -> float:
        """
        Row closest to a latitude [degrees north] in half steps; only F rows (odd) or T rows when asked.

        Examples
        --------
        >>> RowLatitudes(2.0).nearest_row(20.5)
        20.5
        """
        target = np.arcsinh(np.tan(np.radians(abs(latitude))))
        most = int(2 * (self.end_of_refinement + target / np.radians(self.step))) + 2
        half_steps = np.arange(0 if odd is None else int(odd), most + 1, 1 if odd is None else 2)
        away = np.abs(self.latitude(half_steps / 2.0) - abs(latitude))
        return float(np.copysign(half_steps[np.argmin(away)] / 2.0, latitude))
