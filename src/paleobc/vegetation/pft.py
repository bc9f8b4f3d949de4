"""Plant functional types: what grows where, from bands of latitude or from a map of biomes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.errors import InputError

#: Names of the plant functional types of ORCHIDEE, 1 to 13.
PFT_NAMES: Final = (
    "bare ground",
    "tropical broad-leaved evergreen",
    "tropical broad-leaved raingreen",
    "temperate needleleaf evergreen",
    "temperate broad-leaved evergreen",
    "temperate broad-leaved summergreen",
    "boreal needleleaf evergreen",
    "boreal broad-leaved summergreen",
    "boreal needleleaf summergreen",
    "natural C3 grass",
    "natural C4 grass",
    "C3 agriculture",
    "C4 agriculture",
)

_KEYS = tuple(f"pft{number}" for number in range(1, len(PFT_NAMES) + 1))

#: Upper bound of |latitude| [degrees] and the percentages of each band: the default of the IPSL tool.
DEFAULT_BANDS: Final[tuple[Mapping[str, float], ...]] = (
    {"up_to": 15, "pft2": 75, "pft3": 25},
    {"up_to": 35, "pft2": 15, "pft3": 55, "pft10": 30},
    {"up_to": 50, "pft5": 70, "pft6": 30},
    {"up_to": 80, "pft5": 40, "pft6": 30, "pft8": 30},
    {"up_to": 90, "pft6": 30, "pft9": 40, "pft10": 30},
)


def fractions(percentages: Mapping[str, float], where: str) -> FloatArray:
    """
    Fraction of each of the 13 plant functional types, shape (13,), from percentages by name.

    Parameters
    ----------
    percentages : mapping of str to float
        ``pft1`` to ``pft13``; those not named are 0.
    where : str
        What the percentages describe, for the error.

    Raises
    ------
    InputError
        Where a name is unknown, a percentage negative, or the sum is not 100.

    Examples
    --------
    >>> fractions({"pft2": 75, "pft3": 25}, "band")[:4]
    array([0. , 0.75, 0.25, 0. ])
    """
    for key, value in percentages.items():
        if key not in _KEYS:
            raise InputError(f"{where}: there is no {key!r}; the types are pft1 to pft{len(_KEYS)}.")
        if not 0 <= value <= 100:
            raise InputError(f"{where}: {key} is {value:g} %; a percentage lies between 0 and 100.")
    total = sum(percentages.values())
    if abs(total - 100.0) > 1e-6:
        raise InputError(f"{where}: the percentages add up to {total:g}, not to 100.")
    return np.array([percentages.get(key, 0.0) for key in _KEYS]) / 100.0


def check_bands(bands: Sequence[Mapping[str, float]]) -> tuple[list[float], FloatArray]:
    """
    Upper bounds and fractions of bands of latitude.

    Parameters
    ----------
    bands : sequence of mapping
        From the equator polewards: ``up_to``, the upper bound of |latitude| [degrees], and percentages
        ``pft1`` to ``pft13``.

    Returns
    -------
    bounds : list of float
        [degrees], rising, the last one 90.
    table : ndarray, shape (number of bands, 13)
        Fractions, each line of sum 1.

    Raises
    ------
    InputError
        Where the bands do not cover the hemisphere or a sum is not 100.
    """
    for number, band in enumerate(bands, start=1):
        if "up_to" not in band:
            raise InputError(f"PFT band {number} has no upper bound; give up_to, degrees of latitude.")
    bounds = [float(band["up_to"]) for band in bands]
    if not bounds or bounds[-1] != 90.0:
        raise InputError("The last PFT band must reach the pole: up_to: 90.")
    if not (bounds[0] > 0.0 and all(low < high for low, high in pairwise(bounds))):  # nan is neither
        listed = ", ".join(f"{bound:g}" for bound in bounds)
        raise InputError(f"The upper bounds of the PFT bands must rise from the equator to 90; they are {listed}.")
    table = [
        fractions({k: v for k, v in band.items() if k != "up_to"}, f"PFT band {number} (up to {bound:g} degrees)")
        for number, (band, bound) in enumerate(zip(bands, bounds, strict=True), start=1)
    ]
    return bounds, np.stack(table)


def pft_of_bands(bands: Sequence[Mapping[str, float]], latitudes: FloatArray, land: BoolArray) -> FloatArray:
    """
    Fraction of each plant functional type where the latitude alone decides, both hemispheres alike.

    Parameters
    ----------
    bands : sequence of mapping
        From the equator polewards: ``up_to``, the upper bound of |latitude| [degrees], and percentages
        ``pft1`` to ``pft13``.
    latitudes : ndarray, shape (rows,)
        [degrees north].
    land : ndarray of bool, shape (rows, columns)

    Returns
    -------
    ndarray, shape (13, rows, columns)
        0 to 1, sum 1 on land; NaN in the sea.

    Raises
    ------
    InputError
        Where the bands do not cover the hemisphere or a sum is not 100.
    """
    bounds, table = check_bands(bands)
    of_row = table[np.searchsorted(bounds, np.abs(latitudes))]
    return np.where(land, of_row.T[:, :, None], np.nan)


def pft_of_biomes(biomes: IntArray, table: Mapping[int, Mapping[str, float]], land: BoolArray) -> FloatArray:
    """
    Fraction of each plant functional type from a map of biomes.

    Parameters
    ----------
    biomes : ndarray of int, shape (rows, columns)
        Number of the biome of each cell; looked at on land only.
    table : mapping of int to mapping
        Percentages ``pft1`` to ``pft13`` of each biome.
    land : ndarray of bool, shape (rows, columns)

    Returns
    -------
    ndarray, shape (13, rows, columns)
        0 to 1, sum 1 on land; NaN in the sea.

    Raises
    ------
    InputError
        Where a biome on land is not in the table.

    Examples
    --------
    >>> land = np.array([[True, False]])
    >>> pft_of_biomes(np.array([[7, 0]]), {7: {"pft1": 40, "pft10": 60}}, land)[[0, 9], 0]
    array([[0.4, nan],
           [0.6, nan]])
    """
    present = np.unique(biomes[land])
    missing = sorted(set(present.tolist()) - set(table))
    if missing:
        row, column = np.argwhere(land & (biomes == missing[0]))[0]
        raise InputError(
            f"Biome {_listed(missing)} on land (first at row {row}, column {column}) has no line in the biome table; "
            "add its percentages."
        )
    result = np.full((len(PFT_NAMES), *land.shape), np.nan)
    for biome in present.tolist():
        result[:, land & (biomes == biome)] = fractions(table[biome], f"Biome {biome}")[:, None]
    return result


def _listed(numbers: Iterable[int]) -> str:
    """Numbers for a sentence."""
    return ", ".join(str(number) for number in numbers)
