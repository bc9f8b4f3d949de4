"""Names, signs and orders that every part agrees on."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.signedinteger]
BoolArray = npt.NDArray[np.bool_]

#: Height above sea level, positive up [m]; land is > 0, ocean is <= 0.
HEIGHT: Final = "height"
LATITUDE: Final = "lat"
LONGITUDE: Final = "lon"

#: Inside the product every regular field is (lat, lon), south to north, west to east from -180 degrees.
REGULAR_DIMENSIONS: Final = (LATITUDE, LONGITUDE)

#: The eight flow directions, 1 to 8 in ORCHIDEE's routing file, as steps (rows north, columns east):
#: N, NE, E, SE, S, SW, W, NW.
DIRECTION_ROWS: Final = (1, 1, 0, -1, -1, -1, 0, 1)
DIRECTION_COLUMNS: Final = (0, 1, 1, 1, 0, -1, -1, -1)

#: Codes of ORCHIDEE's routing file for the cells where a river leaves the land.
RETURN_FLOW: Final = 97
COASTAL_FLOW: Final = 98
RIVER_FLOW: Final = 99


def place(latitude: float, longitude: float) -> str:
    """
    A place as people write it, from degrees north and degrees east.

    Examples
    --------
    >>> place(-12.5, 180.0)
    '12.5S 180E'
    """
    north_south = "S" if latitude < 0 else "N"
    east_west = "W" if longitude < 0 else "E"
    return f"{abs(latitude):g}{north_south} {abs(longitude):g}{east_west}"


def counted(number: int, noun: str) -> str:
    """
    A number of things.

    Examples
    --------
    >>> counted(1, "cell"), counted(3, "cell")
    ('1 cell', '3 cells')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
