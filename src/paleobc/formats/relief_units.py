"""From stored numbers to heights in metres, positive up; nothing is turned without evidence."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from netCDF4 import Variable

from paleobc.conventions import FloatArray
from paleobc.errors import InputError
from paleobc.formats.attributes import text, words
from paleobc.formats.wording import counted, quoted, rounded

#: Metres in each unit of length; the international foot and the fathom of six feet.
METRES: Final = {
    **dict.fromkeys(["m", "meter", "meters", "metre", "metres", "masl", "m asl", "m a s l", "mts", "mtrs"], 1.0),
    **dict.fromkeys(["meters above sea level", "metres above sea level", "m above sea level"], 1.0),
    **dict.fromkeys(["km", "kilometer", "kilometers", "kilometre", "kilometres", "kms"], 1000.0),
    **dict.fromkeys(["dm", "decimeter", "decimeters", "decimetre", "decimetres"], 0.1),
    **dict.fromkeys(["cm", "centimeter", "centimeters", "centimetre", "centimetres"], 0.01),
    **dict.fromkeys(["mm", "millimeter", "millimeters", "millimetre", "millimetres"], 0.001),
    **dict.fromkeys(["ft", "foot", "feet", "international foot", "international feet"], 0.3048),
    **dict.fromkeys(["fathom", "fathoms", "fm"], 1.8288),
}
#: Units that are certainly none of length: products, quotients, powers, and other quantities by their own.
OTHER_UNITS: Final = re.compile(
    r".*[/^*%].*|.*\d.+|.*[a-z]-?[2-9].*|.*-\d.*|k|kelvin|deg.*|celsius|h?pa|pascals?|m?bars?|k?g|days?|years?|yrs?|k?m[ay]|s|seconds?"
    r"|hours?|radians?|mgals?|watts?|w|j|n|hz|psu|fraction|percent|seconds? since.*|days since.*"
)
HIGHEST: Final = 20_000.0
#: A relief of the Earth in kilometres reaches between these values, up or down.
KILOMETRES: Final = (2.0, 12.0)
#: On the mean over its area an ocean is deeper than this, and land lower [m].
OCEAN_OR_LAND: Final = 1500.0

UP, DOWN = "up", "down"
HOW_TO_STATE: Final = 'say which, for example "ncatted -a positive,{name},c,c,down in.nc" (or up)'


def is_length(units: str) -> bool:
    """
    Tell whether units are those of a length, or not known to be of something else.

    Examples
    --------
    >>> [is_length(units) for units in ("METERS", "", "user_z_unit", "K", "m2 s-2")]
    [True, True, True, False, False]
    """
    spelt = _spelt(units)
    return spelt in METRES or not OTHER_UNITS.fullmatch(spelt)


def to_metres(values: FloatArray, units: str, file: str, name: str) -> tuple[FloatArray, tuple[str, ...]]:
    """
    Heights in metres, and what was assumed about their units.

    Parameters
    ----------
    values : ndarray of float, shape (rows, columns)
        Finite values in the units of the file; changed in place.
    units : str
        Units the file gives, if any.
    file, name : str
        Names of the file and of the variable, for the sentences.

    Raises
    ------
    InputError
        Where the units are not those of a length.
    """
    if not is_length(units):
        raise InputError(
            f"{file}: the variable {quoted(name)} is in {quoted(units)}, which is no length; name the "
            "variable that holds heights in metres."
        )
    factor, note = _factor(values, units, quoted(name))
    if factor != 1.0:
        values *= factor
    return values, (note,) if note else ()


def factor_to_metres(values: FloatArray, units: str) -> float:
    """
    Metres in one unit of heights, as it is stated or assumed.

    Examples
    --------
    >>> factor_to_metres(np.array([-4000.0, 500.0]), ""), factor_to_metres(np.array([-4.5, 0.5]), "")
    (1.0, 1000.0)
    """
    return _factor(values, units, "")[0]


def refuse_absurd(heights: FloatArray, units: str, place: Callable[[int], str], file: str, name: str) -> None:
    """Refuse heights that no planet of this size has; ``place`` says where a flat index lies."""
    worst = int(np.argmax(np.abs(heights)))
    height = float(heights.flat[worst])
    if not abs(height) <= HIGHEST:  # so that it holds for NaN, which a false scale_factor makes
        raise InputError(
            f"{file}: the variable {quoted(name)} reaches {rounded(height)} m at {place(worst)}, and no "
            f"relief exceeds {counted(int(HIGHEST))} m; correct the value, its fill value or the units "
            f"({quoted(units) if units else 'none given'})."
        )


def to_positive_up(
    values: FloatArray, weights: FloatArray, variable: Variable[Any], file: str
) -> tuple[FloatArray, tuple[str, ...]]:
    """
    Heights positive up, and what was assumed about their sign.

    Parameters
    ----------
    values : ndarray of float, shape (rows, columns)
        Heights or depths [m]; changed in place.
    weights : ndarray of float, shape (rows,)
        Relative area of a cell of each row.
    variable : netCDF4.Variable
        The variable, whose attributes are the evidence.
    file : str
        Name of the file, for the sentences.

    Raises
    ------
    InputError
        Where the sign cannot be told, or only the depth of the ocean is given.
    """
    stated, described = stated_sign(variable), describes_depth(variable)
    seen = sign_of_ocean(values, weights)
    name = quoted(variable.name)
    if stated == DOWN or (described and stated is None):
        _refuse_ocean_only(values, name, file, stated == DOWN)
    if stated == DOWN or (described and stated is None and (seen == DOWN or values.min() > 0.0)):
        by = "says so" if stated == DOWN else "is called a depth and its deep side is positive"
        np.subtract(0.0, values, out=values)  # and not -values, which would make -0.0 of 0
        return values, (f"Depths positive down were turned into heights, because the variable {name} {by}.",)
    if described and stated is None and seen is None and values.max() > 0.0:
        raise InputError(
            f"{file}: it cannot be told whether the depths of the variable {name} are positive up or down; "
            f"{HOW_TO_STATE.format(name=variable.name)}."
        )
    if described and stated is None:
        return values, (f"The variable {name} is called a depth, but its deep side is negative: it is positive up.",)
    return values, _doubts(values, seen, name)


def stated_sign(variable: Variable[Any]) -> str | None:
    """Sign that the attributes state: up, down, or nothing."""
    positive = text(variable, "positive").lower()
    if positive in (UP, DOWN):
        return positive
    standard = text(variable, "standard_name").lower()
    if standard == "depth" or standard.startswith("sea_floor_depth"):
        return DOWN
    description = text(variable, "long_name").lower()
    if "positive down" in description:
        return DOWN
    return UP if "positive up" in description else None


def describes_depth(variable: Variable[Any]) -> bool:
    """Tell whether a variable is called a depth, and not also a height."""
    said = words(variable.name, text(variable, "long_name"), text(variable, "standard_name"))
    height = {"topography", "topo", "relief", "elevation", "height", "altitude", "topobathy", "orography"}
    return bool(said & {"depth", "depths", "bathymetry", "bathy", "bathymetric"}) and not said & height


def sign_of_ocean(values: FloatArray, weights: FloatArray) -> str | None:
    """
    Sign of the side that is clearly the ocean: the deep one, where the other is clearly land.

    Parameters
    ----------
    values : ndarray of float, shape (rows, columns)
        Heights or depths [m].
    weights : ndarray of float, shape (rows,)
        Relative area of a cell of each row.

    Examples
    --------
    >>> sign_of_ocean(np.array([[-4000.0, 500.0], [-3000.0, -10.0]]), np.ones(2))
    'up'
    """
    means = []
    for side in (values > 0.0, values < 0.0):
        area = weights @ side.sum(axis=1)
        means.append(weights @ np.abs(values.sum(axis=1, where=side)) / area if area > 0.0 else 0.0)
    above, below = means
    if not above or not below:
        return None
    if below > OCEAN_OR_LAND > above:
        return UP
    return DOWN if above > OCEAN_OR_LAND > below else None


def _refuse_ocean_only(values: FloatArray, name: str, file: str, stated_down: bool) -> None:
    """Refuse depths without heights of land, and depths that are nowhere down."""
    lowest, highest = values.min(), values.max()
    if stated_down and highest <= 0.0:
        raise InputError(
            f"{file}: the variable {name} is stated to be positive down, but none of its values is "
            f"positive; {HOW_TO_STATE.format(name=name.strip(chr(39)))}."
        )
    below = values[values < 0.0]
    filled = below.size > 1 and highest > 0.0 and below.min() == below.max()
    if lowest == 0.0 or highest == 0.0 or filled:
        land = rounded(below[0]) if filled else "0"
        raise InputError(
            f"{file}: the variable {name} holds only the depth of the ocean (land is {land}), and the "
            "heights of land are needed too; give a relief of land and ocean."
        )


def _doubts(values: FloatArray, seen: str | None, name: str) -> tuple[str, ...]:
    """Say what is strange about heights that are taken as they are."""
    if seen == DOWN:
        return (f"The variable {name} was taken as positive up, but its positive side is like an ocean.",)
    level = int((values == 0.0).sum())
    if level and values.min() == 0.0 and values.max() > 0.0:
        return (f"No height is below sea level: {counted(level)} cells of 0 m are ocean without depth.",)
    return ()


def _may_be_kilometres(values: FloatArray) -> bool:
    """Tell whether values are clearly those of a relief in kilometres: small, of both signs, not whole."""
    lowest, highest = float(values.min()), float(values.max())
    if not lowest < 0.0 < highest or not KILOMETRES[0] <= max(-lowest, highest) <= KILOMETRES[1]:
        return False
    return bool((values != np.rint(values)).any())


def _factor(values: FloatArray, units: str, name: str) -> tuple[float, str]:
    """Metres in one unit of the values, and what was assumed to know it."""
    factor = METRES.get(_spelt(units))
    small = _may_be_kilometres(values)
    limits = f"from {rounded(values.min())} to {rounded(values.max())}"
    given = f"The variable {name} has {f'the unknown units {quoted(units)}' if units else 'no units'}"
    if factor is None and small:
        return 1000.0, f"{given} and runs {limits}: kilometres were assumed and converted to metres."
    if factor is None:
        return 1.0, f"{given}; metres were assumed."
    if factor != 1.0:
        return factor, f"Values were converted from {quoted(units)} to metres."
    return (
        1.0,
        f"The variable {name} was taken in metres as it says, although it only runs {limits}." if small else "",
    )


def _spelt(units: str) -> str:
    """Units in small letters, without brackets, dots and lines."""
    return " ".join(re.sub(r"[()\[\]._]", " ", units.lower()).split())
