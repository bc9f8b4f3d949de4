"""Which variable of a file is the relief; in doubt, the user is asked."""

from __future__ import annotations

from typing import Any, Final

from netCDF4 import Dataset, Variable

from paleobc.errors import AmbiguousVariableError, InputError
from paleobc.formats.attributes import text, words
from paleobc.formats.relief_axes import is_coordinate
from paleobc.formats.relief_units import is_length
from paleobc.formats.wording import listed, quoted, sized

#: Words in the name, long_name or standard_name of a relief.
RELIEF_WORDS: Final = words(
    "topo topography topographic relief rose elevation elev height hgt altitude orog orography dem z band",
    "bedrock bathymetry bathy bathymetric depth topobathy hypsometry etopo gebco paleotopo paleorelief",
    "paleotopography palaeotopography paleobathymetry palaeobathymetry paleoelevation",
)
#: Of these, the names that say too little to outweigh a description.
WEAK_NAMES: Final = words("z band height depth")
#: Words in the description of a field about a relief, or of another quantity.
OTHER_WORDS: Final = words(
    "mask error uncertainty std stddev deviation variance slope gradient roughness difference anomaly",
    "fraction percent temperature precipitation thickness density flux velocity vegetation runoff",
    "direction flag moho soil snow sediment",
)
#: Words that only in a name speak of something else.
OTHER_NAMES: Final = OTHER_WORDS | words(
    "err sd var slp count number num source id tid index diff age area frac temp precip speed lsm landmask",
    "quality weight weights bounds bnds region province resolution distance gravity ice",
)
#: Names by which users know the two ways of saying which variable is meant.
HOW_TO_NAME: Final = 'name it with "variable: NAME" in the recipe or "--variable NAME" on the command line'


def long_dimensions(variable: Variable[Any]) -> tuple[str, ...]:
    """Dimensions of a variable that are not of length one."""
    return tuple(name for name, length in zip(variable.dimensions, variable.shape, strict=True) if length != 1)


def is_number(variable: Variable[Any]) -> bool:
    """Tell whether a variable holds plain numbers."""
    return getattr(variable.dtype, "kind", "") in "iuf"


def find_variable(dataset: Dataset, file: str, name: str | None) -> tuple[str, tuple[str, ...]]:
    """
    Name of the variable that holds the relief, and what was assumed in choosing it.

    Parameters
    ----------
    dataset : netCDF4.Dataset
        The open file.
    file : str
        Name of the file, for the sentences.
    name : str, optional
        Name the user gave; nothing is assumed then.

    Raises
    ------
    AmbiguousVariableError
        Where several variables could be meant, or the only one does not look like a relief.
    InputError
        Where there is none.
    """
    if name is not None:
        return named_field(dataset, file, name), ()
    candidates = fields_of(dataset)
    if not candidates:
        raise InputError(_nothing_found(dataset, file))
    usual = [each for each in candidates if looks_like_relief(dataset.variables[each])]
    other = [each for each in candidates if looks_like_something_else(dataset.variables[each])]
    if len(candidates) == 1 and not other:
        taken = candidates[0]
        why = "" if usual else " because it is the only field of two dimensions"
        return taken, (f"The variable {quoted(taken)} was taken as the relief{why}.",)
    if len(usual) == 1:
        rest = listed(each for each in candidates if each != usual[0])
        return usual[0], (f"The variable {quoted(usual[0])} was taken as the relief, and not {rest}.",)
    if len(candidates) == 1:
        message = f"The only field of {file}, {quoted(candidates[0])}, does not look like a relief; if it is, "
    else:
        message = f"{file} holds several fields that could be the relief: {listed(usual or candidates)}; "
    raise AmbiguousVariableError(f"{message}{HOW_TO_NAME}.", tuple(usual or candidates))


def looks_like_relief(variable: Variable[Any]) -> bool:
    """Tell whether name, description and units are those of a relief."""
    return bool(_words(variable) & RELIEF_WORDS) and not looks_like_something_else(variable)


def looks_like_something_else(variable: Variable[Any]) -> bool:
    """Tell whether the name, the description or the units are those of another quantity."""
    name = words(variable.name)
    if name & OTHER_NAMES or not is_length(text(variable, "units")):
        return True
    return bool(_words(variable) & OTHER_WORDS) and not name & (RELIEF_WORDS - WEAK_NAMES)


def _words(variable: Variable[Any]) -> frozenset[str]:
    return words(variable.name, text(variable, "standard_name"), text(variable, "long_name"))


def fields_of(dataset: Dataset) -> list[str]:
    """Names of the numeric variables of two dimensions that are no coordinates."""
    bounds = {text(each, "bounds") for each in dataset.variables.values()}
    return [
        name
        for name, variable in dataset.variables.items()
        if is_number(variable)
        and len(long_dimensions(variable)) == 2
        and variable.size > 0
        and name not in bounds
        and not is_coordinate(variable)
    ]


def named_field(dataset: Dataset, file: str, name: str) -> str:
    """Name of a field the user named, once it is one of two dimensions."""
    variable = dataset.variables.get(name)
    if variable is None:
        held = listed(dataset.variables) or "none"
        raise InputError(f"{file} has no variable {quoted(name)}; it has {held}.")
    if not is_number(variable):
        raise InputError(f"{file}: the variable {quoted(name)} holds no plain numbers; name another.")
    if len(long_dimensions(variable)) != 2 or variable.size == 0:
        raise InputError(f"{file}: {_wrong_shape(variable)}.")
    return name


def _wrong_shape(variable: Variable[Any]) -> str:
    """Say what is wrong with the dimensions of a variable."""
    names = long_dimensions(variable)
    shape = f"{sized(variable.shape) or '1'} ({listed(variable.dimensions)})"
    what = f"the variable {quoted(variable.name)} has the shape {shape}"
    if len(names) > 2:
        advice = 'keep one level of the others, for example "cdo seltimestep,1 in.nc out.nc"'
        return f"{what} and a relief has only latitude and longitude; {advice}"
    return f"{what} and a relief has latitude and longitude; give it on a grid of both"


def _nothing_found(dataset: Dataset, file: str) -> str:
    """Say why there is nothing to choose from."""
    fields = [each for each in dataset.variables.values() if is_number(each) and not is_coordinate(each)]
    large = max(fields, key=lambda each: len(long_dimensions(each)), default=None)
    if {"x_range", "y_range", "dimension", "z"} <= set(dataset.variables):
        return f'{file} is an old GMT grid; convert it, for example "gmt grdconvert old.grd new.nc".'
    if large is not None and len(long_dimensions(large)) > 2:
        return f"{file}: {_wrong_shape(large)}."
    if dataset.groups:
        group = next(iter(dataset.groups))
        advice = f'take one out, for example "ncks -G : -g {group} in.nc out.nc"'
        return f"{file} keeps its fields in groups ({listed(dataset.groups)}), which are not read; {advice}."
    held = listed(dataset.variables) or "none"
    return f"{file} holds no field of latitude and longitude (its variables: {held}); give a relief."
