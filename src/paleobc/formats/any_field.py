"""Any variable of any NetCDF file as a field that can be edited: found, read, and written back with all beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from netCDF4 import Dataset, Variable

from paleobc.conventions import FloatArray
from paleobc.errors import InputError
from paleobc.formats.attributes import text
from paleobc.formats.dimension_labels import FieldDimension, labelled
from paleobc.formats.edited_file import Index, Slab, read_slab, write_edited_copy
from paleobc.formats.field_coordinates import Coordinates
from paleobc.formats.field_places import Layout, grid_of_places, layout_as_it_stands
from paleobc.formats.field_quantity import DEPTH, quantity_of
from paleobc.formats.field_type import meant, stored_values, value_type_of
from paleobc.formats.nemo import read_ocean_grid
from paleobc.formats.opening import open_netcdf
from paleobc.formats.relief_variable import long_dimensions, looks_like_relief
from paleobc.formats.wording import listed, quoted, sized
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.field_grid import FieldGrid, ocean_field_grid
from paleobc.topography.edits.apply import same_bits
from paleobc.topography.surface import Quantity, Surface
from paleobc.topography.value_type import ValueType

NO_INDEX: Final[Mapping[str, int]] = MappingProxyType({})


@dataclass(frozen=True)
class FieldVariable:
    """
    A variable that can be edited.

    Parameters
    ----------
    name, title, unit : str
        The title is the name where the file states none; the unit is empty then.
    dimensions : tuple of FieldDimension
        Those beside the rows and columns that are longer than one.
    """

    name: str
    title: str
    unit: str
    dimensions: tuple[FieldDimension, ...]


@dataclass(frozen=True, eq=False)
class Field:
    """
    Rows and columns of a variable, as they are edited.

    Parameters
    ----------
    variable : FieldVariable
    index : tuple of (str, int)
        Position along each of the variable's other dimensions that are longer than one.
    quantity : {"height", "depth", "value"}
        "height" where these are heights in metres, positive up, on a regular grid of the whole globe without gaps;
        "depth" where these are the depths of NEMO; else "value".
    values : ndarray, shape (rows, columns)
        South to north and west to east, unpacked; NaN where there is no value, on depths 0.
    grid : FieldGrid
    value_type : ValueType
    """

    variable: FieldVariable
    index: Index
    quantity: Quantity
    values: FloatArray
    grid: FieldGrid
    value_type: ValueType
    _layout: Layout = field(repr=False)

    def surface(self) -> Surface:
        """The field as a surface of its own, which edits change."""
        return Surface.of(self.values, self.grid.mesh, self.quantity, self.value_type)


def list_variables(path: Path, *, grid_file: Path | None = None) -> tuple[FieldVariable, ...]:
    """
    Variables of a file that can be edited: numbers on rows and columns whose places are known.

    Parameters
    ----------
    path : Path
        NetCDF file, classic or HDF5.
    grid_file : Path, optional
        NEMO's grid, for variables that have its rows and columns, whatever the places in the file.

    Raises
    ------
    InputError
        Where the file cannot be read, or has no such variable.
    """
    ocean = None if grid_file is None else read_ocean_grid(grid_file)
    with open_netcdf(path) as dataset:
        return tuple(
            _described(dataset, dataset.variables[name], own) for name, own in _editable(dataset, path, ocean).items()
        )


def read_field(
    path: Path,
    variable: str = "",
    index: Mapping[str, int] = NO_INDEX,
    *,
    grid_file: Path | None = None,
    like: Field | None = None,
) -> Field:
    """
    Read rows and columns of a variable.

    Parameters
    ----------
    path : Path
        NetCDF file, classic or HDF5.
    variable : str
        Its name; left empty, NEMO's depths or a relief where there are some, else the first that can be edited.
    index : mapping of str to int
        Position along each of its other dimensions; 0 where not given.
    grid_file : Path, optional
        NEMO's grid, for a variable that has its rows and columns, whatever the places in the file.
    like : Field, optional
        A field of the same file and variable: its grid is taken, and not made again.

    Raises
    ------
    InputError
        Where the file cannot be read, or has no such variable or position.
    """
    ocean = None if grid_file is None else read_ocean_grid(grid_file)
    with open_netcdf(path) as dataset:
        editable = _editable(dataset, path, ocean)
        name = variable or _first_choice(dataset, editable)
        if name not in editable:
            raise InputError(f"{path.name} has no variable {quoted(name)} to be edited; it has {listed(editable)}.")
        stored = dataset.variables[name]
        described = _described(dataset, stored, editable[name])
        position = _position(described, index, path.name)
        grid, layout = (like.grid, like._layout) if like is not None else _grid(dataset, stored, path, ocean)
        value_type = value_type_of(stored, path.name)
        values = layout.to_grid(meant(stored, read_slab(stored, position, layout.dimensions), value_type))
        quantity = quantity_of(stored, values, grid)
    if quantity == "depth":
        values = np.where(np.isnan(values), 0.0, values)
    return Field(described, position, quantity, values, grid, value_type, layout)


def write_edited(
    path_in: Path,
    path_out: Path,
    changes: Mapping[tuple[str, Index], FloatArray],
    *,
    grid_file: Path | None = None,
    over_input: bool = False,
) -> None:
    """
    Write a copy of a file in which fields have other values; all that was not changed is the same to the bit.

    Only cells whose value differs from that in the file are written, with their copies and repeated columns; the
    names of the variables are added to the file's history.

    Parameters
    ----------
    path_in : Path
        The file as it was read.
    path_out : Path
        The new file, written whole or not at all.
    changes : mapping of (variable, index) to ndarray, shape (rows, columns)
        Values as `read_field` gives them, by the name of the variable and the index of the `Field`.
    grid_file : Path, optional
        As for `read_field`.
    over_input : bool
        Whether the file that was read may be replaced.

    Raises
    ------
    InputError
        Where a variable cannot hold a value, or the new file would be the old one.
    """
    if not over_input and path_out.exists() and path_out.samefile(path_in):
        raise InputError(f"{path_out.name} is the file that was read; give the edited file another name.")
    slabs, known = [], dict[str, Field]()
    for (name, index), values in changes.items():
        own = read_field(path_in, name, dict(index), grid_file=grid_file, like=known.get(name))
        known[name] = own
        slabs.append(_edited_slab(path_in, own, values))
    write_edited_copy(path_in, path_out, [slab for slab in slabs if slab is not None])


def _edited_slab(path: Path, own: Field, values: FloatArray) -> Slab | None:
    """Stored numbers of a field with its changed cells in them; None where no cell has changed."""
    mesh = own.grid.mesh
    if values.shape != mesh.shape:
        raise InputError(
            f"The edited values of {quoted(own.variable.name)} have {sized(values.shape)} cells and {path.name} "
            f"{sized(mesh.shape)}; give them on the same grid."
        )
    before, after = mesh.spread(own.values), mesh.spread(np.asarray(values, dtype=np.float64))
    after[np.isnan(after)] = np.nan
    changed = own._layout.to_file(~same_bits(before, after))
    if not changed.any():
        return None
    with open_netcdf(path) as dataset:
        variable = dataset.variables[own.variable.name]
        stored = read_slab(variable, own.index, own._layout.dimensions)
        stored[changed] = stored_values(variable, own._layout.to_file(after)[changed], own.value_type, path.name)
    return Slab(own.variable.name, own.index, own._layout.dimensions, stored)


def _editable(dataset: Dataset, path: Path, ocean: CurvilinearGrid | None) -> dict[str, tuple[str, str]]:
    """Names of the variables that can be edited, with the dimensions of their rows and columns."""
    coordinates = Coordinates(dataset)
    found: dict[str, tuple[str, str]] = {}
    for name, variable in dataset.variables.items():
        if _is_on(ocean, variable) and coordinates.is_field(variable):
            found[name] = variable.dimensions[-2], variable.dimensions[-1]
        elif (places := coordinates.places_of(variable)) is not None:
            found[name] = places.dimensions
    if not found:
        held = listed(dataset.variables) or "none"
        raise InputError(
            f"{path.name} has no variable of numbers on rows and columns of known places (its variables: {held}); "
            "give a file with latitudes and longitudes, or the grid as well where they are variables of NEMO."
        )
    return found


def _described(dataset: Dataset, variable: Variable[Any], own: tuple[str, str]) -> FieldVariable:
    """What is said of a variable."""
    lengths = zip(variable.dimensions, variable.shape, strict=True)
    others = tuple(labelled(dataset, name) for name, length in lengths if name not in own and length > 1)
    title = text(variable, "long_name") or text(variable, "title") or text(variable, "standard_name")
    return FieldVariable(variable.name, title or variable.name, text(variable, "units"), others)


def _first_choice(dataset: Dataset, editable: Mapping[str, tuple[str, str]]) -> str:
    """Variable that is shown where none was asked for."""
    flat = [name for name in editable if len(long_dimensions(dataset.variables[name])) == 2]
    reliefs = [name for name in flat if looks_like_relief(dataset.variables[name])]
    return next(iter([name for name in flat if name == DEPTH] + reliefs + list(editable)))


def _position(described: FieldVariable, index: Mapping[str, int], file: str) -> Index:
    """Position along each dimension of a variable beside its rows and columns."""
    sizes = {each.name: each.size for each in described.dimensions}
    for name, position in index.items():
        if name not in sizes:
            known = listed(sizes) if sizes else "none beside its rows and columns"
            raise InputError(f"{file}: {quoted(described.name)} has no dimension {quoted(name)}; it has {known}.")
        if isinstance(position, bool) or not 0 <= position < sizes[name]:
            raise InputError(
                f"{file}: {quoted(name)} has {sizes[name]} positions, counted from 0, and {position} is none of them."
            )
    return tuple((name, int(index.get(name, 0))) for name in sizes)


def _grid(
    dataset: Dataset, variable: Variable[Any], path: Path, ocean: CurvilinearGrid | None
) -> tuple[FieldGrid, Layout]:
    """Grid of a variable, and how it stands in the file."""
    if ocean is not None and _is_on(ocean, variable):
        return ocean_field_grid(ocean), layout_as_it_stands(variable)
    places = Coordinates(dataset).places_of(variable)
    if places is None:
        raise InputError(f"{path.name}: nothing says where the cells of {quoted(variable.name)} lie.")
    return grid_of_places(dataset, path, places)


def _is_on(ocean: CurvilinearGrid | None, variable: Variable[Any]) -> bool:
    """Whether a variable has the rows and columns of a grid that was given."""
    return ocean is not None and variable.shape[-2:] == ocean.layout.shape
