"""Attributes of variables in a NetCDF file, of whatever type they were written."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from netCDF4 import Variable

from paleobc.conventions import FloatArray

LONGEST_TEXT = 500


def text(variable: Variable[Any], name: str) -> str:
    """Attribute as text without blanks around it; empty where it is absent or no text."""
    value = variable.getncattr(name) if name in variable.ncattrs() else ""
    return value[:LONGEST_TEXT].strip() if isinstance(value, str) else ""


def numbers(variable: Variable[Any], name: str) -> FloatArray:
    """
    Attribute as numbers, shape (n,); empty where it is absent or no number.

    A number written as text ("-9999") counts.
    """
    value = variable.getncattr(name) if name in variable.ncattrs() else []
    try:
        return np.atleast_1d(np.asarray(value)).astype(np.float64).ravel()
    except (TypeError, ValueError):
        return np.empty(0)


def words(*texts: str) -> frozenset[str]:
    """
    Words of some texts in small letters, without digits and signs.

    Examples
    --------
    >>> sorted(words("RELIEF of_the", "surfaceHeight2"))
    ['height', 'of', 'relief', 'surface', 'the']
    """
    parted = (re.sub(r"([a-z])([A-Z])", r"\1 \2", each) for each in texts)
    return frozenset(word for each in parted for word in re.findall(r"[a-z]+", each.lower()))
