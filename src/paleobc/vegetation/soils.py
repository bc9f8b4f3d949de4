"""One soil for all land: colour and texture."""

from __future__ import annotations

import numpy as np

from paleobc.conventions import BoolArray, FloatArray
from paleobc.errors import InputError


def uniform_soil(land: BoolArray, soil_class: int, largest: int, name: str) -> FloatArray:
    """
    Soil class on land, 0 in the sea.

    Parameters
    ----------
    land : ndarray of bool, shape (rows, columns)
    soil_class : int
        Class of all land, 1 to ``largest``.
    largest : int
        Number of classes there are.
    name : str
        What the class describes, for the error.

    Returns
    -------
    ndarray, shape (rows, columns)

    Raises
    ------
    InputError
        Where there is no such class.

    Examples
    --------
    >>> uniform_soil(np.array([[True, False]]), 4, 9, "soil colour")
    array([[4., 0.]])
    """
    if not 1 <= soil_class <= largest:
        raise InputError(f"The {name} is {soil_class}; take a class from 1 to {largest}.")
    return np.where(land, float(soil_class), 0.0)
