"""What is edited: a field before all edits, its grid, and what is looked for in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np

from paleobc.conventions import FloatArray
from paleobc.errors import NotFoundError
from paleobc.formats.any_field import FieldVariable
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.field_grid import FieldGrid
from paleobc.services.editing.checks import Checker, checker_of
from paleobc.services.editing.journal import Header
from paleobc.topography.edits.apply import same_bits
from paleobc.topography.edits.edit import Edit
from paleobc.topography.edits.log import EditLog, base_checksum, grid_description
from paleobc.topography.repair_world import Rules, ocean_rules, relief_rules
from paleobc.topography.surface import UNITS, Surface

Checks = Literal["relief", "ocean", "basins", "none"]

#: Name of the field before all edits among those from which values can be copied.
BASE: Final = "base"


@dataclass(frozen=True, eq=False)
class Copy:
    """
    Another field of the same grid, to be looked at and copied from.

    Parameters
    ----------
    title : str
    load : callable
        Gives its values, shape (rows, columns).
    """

    title: str
    load: Callable[[], FloatArray]


@dataclass(eq=False)
class EditedField:
    """
    A field that is edited. Made once for each content: what takes long to find out is kept.

    Parameters
    ----------
    title, subtitle : str
        What is edited, and of what.
    words, unit : str
        What its values are, for people; heights and depths are in metres where no unit is said.
    surface : Surface
        Its values before all edits; never changed.
    grid : FieldGrid
    checks : {"relief", "ocean", "basins", "none"}
        What is looked for.
    ocean_grid : CurvilinearGrid, optional
        Grid of a bathymetry; needed for the checks of the ocean.
    minimum_depth : float
        Least depth of the sea that is no problem [m].
    classes : tuple of str, optional
        Words for 0, 1, 2 ... where the values are classes.
    variable : str
        Name of the variable in its file.
    index : tuple of (str, int)
        Position on each of its other dimensions.
    variables : tuple of FieldVariable
        All variables that could be edited instead.
    copies : mapping of str to Copy
        Other revisions, by name.
    file_name : str
        Name for what is exported, without an ending.
    """

    title: str
    subtitle: str
    words: str
    unit: str
    surface: Surface
    grid: FieldGrid
    checks: Checks = "none"
    ocean_grid: CurvilinearGrid | None = None
    minimum_depth: float = 10.0
    classes: tuple[str, ...] | None = None
    variable: str = ""
    index: tuple[tuple[str, int], ...] = ()
    variables: tuple[FieldVariable, ...] = ()
    copies: Mapping[str, Copy] = field(default_factory=lambda: MappingProxyType({}))
    file_name: str = "edited"

    def __post_init__(self) -> None:
        self.unit = self.unit or UNITS[self.surface.quantity].strip()

    @cached_property
    def header(self) -> Header:
        """What a journal of its edits is about."""
        grid = asdict(self.log().grid)
        words = " ".join(f"{name}={value}" for name, value in grid.items())
        return Header(self.log().base, words, self.surface.quantity)

    @cached_property
    def checker(self) -> Checker:
        """Who looks for problems, with all that depends on the grid alone."""
        return checker_of(self.checks, self.surface, self.ocean_grid, self.minimum_depth)

    @cached_property
    def rules(self) -> Rules | None:
        """What repairs go by; None where nothing is repaired."""
        if self.checks == "relief":
            return relief_rules(self.surface.mesh)
        if self.checks == "ocean" and self.ocean_grid is not None:
            return ocean_rules(self.ocean_grid, self.minimum_depth)
        return None

    @cached_property
    def value_type(self) -> str:
        """Type in which values travel: four bytes where every value before the edits is the same in them."""
        with np.errstate(over="ignore", invalid="ignore"):
            short = self.surface.values.astype(np.float32).astype(np.float64)
        same = same_bits(short, self.surface.values) | (np.isnan(short) & np.isnan(self.surface.values))
        return "f4" if same.all() else "f8"

    def travelling(self, values: FloatArray) -> np.ndarray[Any, Any]:
        """Values as they travel."""
        with np.errstate(over="ignore"):
            return values.astype(np.dtype(self.value_type))

    @cached_property
    def _description(self) -> EditLog:
        surface = self.surface
        stated = (self.variable, self.index) if surface.quantity == "value" else ("", ())
        return EditLog(surface.quantity, grid_description(surface.mesh), base_checksum(surface.values), (), *stated)

    def log(self, edits: tuple[Edit, ...] = ()) -> EditLog:
        """Log of edits of this field."""
        known = self._description
        return EditLog(known.quantity, known.grid, known.base, edits, known.variable, known.index)

    def new_surface(self) -> Surface:
        """The field before all edits, to be changed."""
        surface = self.surface
        return Surface(surface.values.copy(), surface.mesh, surface.quantity, surface.value_type)

    @cached_property
    def revisions(self) -> Revisions:
        """Fields to copy from; each is read when it is asked for."""
        return Revisions(self)


class Revisions(Mapping[str, FloatArray]):
    """
    The fields of the same grid from which values can be copied, the base among them.

    Parameters
    ----------
    edited : EditedField
    """

    def __init__(self, edited: EditedField) -> None:
        self._edited = edited
        self._loaded: dict[str, FloatArray] = {}

    def __iter__(self) -> Iterator[str]:
        yield BASE
        yield from self._edited.copies

    def __len__(self) -> int:
        return 1 + len(self._edited.copies)

    def __contains__(self, name: object) -> bool:
        return name == BASE or name in self._edited.copies

    def __getitem__(self, name: str) -> FloatArray:
        if name == BASE:
            return self._edited.surface.field
        if name not in self._loaded:
            self._loaded = {name: self._edited.copies[name].load()}  # one at a time: they are large
        return self._loaded[name]

    def title(self, name: str) -> str:
        """
        Name of one of them for people.

        Raises
        ------
        NotFoundError
        """
        if name == BASE:
            return "Before all edits"
        if name not in self._edited.copies:
            raise NotFoundError(f"There is no revision '{name[:60]}' of this map.")
        return self._edited.copies[name].title
