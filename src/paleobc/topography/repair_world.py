"""A map under repair: its seas as the models see them, where sea may and must not be, and proposals for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np

from paleobc.conventions import BoolArray, FloatArray, IntArray, counted, place
from paleobc.errors import InputError
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.mesh import Mesh
from paleobc.topography.checks import POLAR_RULE, CheckKind
from paleobc.topography.closed_seas import label_seas
from paleobc.topography.edits.cell_list import listed
from paleobc.topography.edits.edit import Edit, Operation
from paleobc.topography.ocean_checks import WET_GRID_POLE, cells_at_grid_poles
from paleobc.topography.poles import NORTHERN_LIMIT, SOUTHERN_LIMIT
from paleobc.topography.repair_blocks import Blocks, blocks_of
from paleobc.topography.surface import Surface

#: Seas smaller than this are filled, larger ones opened [km2]: between the Black Sea (436 000 km2), which coarse
#: ocean models leave out, and the Paratethys or the Arctic of the Eocene, whose loss would change the climate.
OPENED_FROM: Final = 500_000.0

#: Depth of a strait that is dug where nothing else says how deep [m]: as deep as the Bosporus or the Danish straits
#: or somewhat deeper, five levels of 10 m, so that water can flow out above and in below.
SILL: Final = 50.0

#: Ways to repair each kind of problem; the first is what is taken where size and place do not decide.
WAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "polar_rule": ("level",),
    "wet_grid_pole": ("fill",),
    "closed_sea": ("fill", "open"),
    "diffusive_strait": ("fill", "widen"),
    "staircase_channel": ("fill", "widen"),
    "shallow_sea": ("deepen", "fill"),
}


@dataclass(frozen=True, eq=False)
class Rules:
    """
    What is asked of a map beside sound seas; all fields have shape (rows, columns).

    Parameters
    ----------
    dry : ndarray of bool
        Cells that must be land.
    dry_check : CheckKind
        What sea there is called.
    alike : ndarray of bool
        Cells that must be all land or all sea.
    unseen : ndarray of bool
        Cells that the model takes for land whatever they are.
    minimum_depth : float
        Least depth of sea [m]; 0 where any will do.
    """

    dry: BoolArray
    dry_check: CheckKind
    alike: BoolArray
    unseen: BoolArray
    minimum_depth: float = 0.0


def relief_rules(mesh: Mesh) -> Rules:
    """Rules of a relief: no sea south of 78S, land or sea alone north of 86N."""
    none = np.zeros(mesh.shape, dtype=bool)
    return Rules(mesh.latitudes < SOUTHERN_LIMIT, POLAR_RULE, mesh.latitudes > NORTHERN_LIMIT, none)


def ocean_rules(grid: CurvilinearGrid, minimum_depth: float = 10.0) -> Rules:
    """Rules of a bathymetry: no sea at the poles of its grid, a least depth [m]; the model closes the first row."""
    none = np.zeros(grid.layout.shape, dtype=bool)
    unseen = none.copy()
    unseen[0] = True
    return Rules(cells_at_grid_poles(grid), WET_GRID_POLE, none, unseen, minimum_depth)


@dataclass(frozen=True, eq=False)
class Proposal:
    """
    One way to repair one problem.

    Parameters
    ----------
    problem : str
        Name of the kind of problem, as in the checks; "gateway" for a gateway.
    way : str
        What is done: "fill", "open", "widen", "close", "deepen" or "level".
    title : str
        What is done where, for people.
    edits : tuple of Edit
        To be applied in this order.
    cells : ndarray of int, shape (changed,)
        Flat indices of the cells that change, ascending.
    concerned : ndarray of int, shape (cells,)
        Flat indices of the cells of the problem.
    note : str
        What other problem it makes; empty where it makes none or was not tried.
    """

    problem: str
    way: str
    title: str
    edits: tuple[Edit, ...]
    cells: IntArray
    concerned: IntArray
    note: str = ""


@dataclass(eq=False)
class World:
    """
    A surface under repair, with its rules and what is wanted of repairs.

    Parameters
    ----------
    surface : Surface
        Changed in place by those who apply edits to it.
    rules : Rules
    opened_from : float
        Closed seas so large are opened [km2], smaller ones filled.
    sill : float
        Depth of straits that are dug [m].
    prefer : mapping of str to str
        Way to be taken for a kind of problem, see `WAYS`, whatever the size.
    guarded, corridors : ndarray of bool, shape (rows * columns,)
        Cells that should stay land for closed gateways, and sea for open ones; none at first.
    """

    surface: Surface
    rules: Rules
    opened_from: float = OPENED_FROM
    sill: float = SILL
    prefer: Mapping[str, str] = field(default_factory=dict)
    guarded: BoolArray = field(init=False)
    corridors: BoolArray = field(init=False)

    def __post_init__(self) -> None:
        self.guarded = np.zeros(self.surface.values.size, dtype=bool)
        self.corridors = self.guarded.copy()
        for kind, way in self.prefer.items():
            if kind not in WAYS:
                raise InputError(
                    f"There is no kind of problem '{kind}' to prefer a repair of; there are {_list(WAYS)}."
                )
            if way not in WAYS[kind]:
                raise InputError(f"A {kind.replace('_', ' ')} cannot be repaired by '{way}'; take {_list(WAYS[kind])}.")

    @property
    def owners(self) -> IntArray:
        """The grid's topology."""
        return self.surface.mesh.owners

    @cached_property
    def blocks(self) -> Blocks:
        """The blocks of 2 x 2 cells of the grid."""
        return blocks_of(self.owners)

    def copy(self, *, spare: bool = True) -> World:
        """A world to try repairs on; without ``spare`` the land that is guarded may be dug."""
        other = copy(self)  # with the blocks, where they are known
        other.surface = Surface(self.surface.values.copy(), self.surface.mesh, self.surface.quantity)
        other.guarded, other.corridors = self.guarded & spare, self.corridors.copy()
        return other

    def sea(self) -> BoolArray:
        """What the models see as sea, shape (rows, columns)."""
        return (self.surface.is_sea().reshape(self.surface.mesh.shape)) & ~self.rules.unseen

    def seas(self, sea: BoolArray) -> IntArray:
        """Number of the sea of each cell, 1 the largest, 0 on land, shape (rows, columns)."""
        return label_seas(sea, self.owners, self.surface.mesh.cell_area)

    def may_be_sea(self) -> BoolArray:
        """Cells that could be dug, shape (rows * columns,)."""
        alike = self.rules.alike & ~self.sea()
        return ~(self.rules.dry | self.rules.unseen | alike).ravel() & ~self.guarded

    def digging_cost(self, depth: float) -> FloatArray:
        """Earth to be moved to make each cell so deep [m], and 1 m more; infinite where no sea may be."""
        work = np.maximum(depth - self.surface.depths().ravel(), 0.0)
        return np.where(self.may_be_sea(), work + 1.0, np.inf)

    def area_km2(self, cells: IntArray) -> float:
        """Area of cells [km2]."""
        return float(self.surface.mesh.cell_area.ravel()[cells].sum()) / 1e6

    def edit(self, cells: IntArray, operation: Operation, reason: str) -> Edit:
        """An edit of these cells."""
        return Edit(listed(cells, self.surface.mesh), operation, reason=reason)

    def where(self, cells: IntArray) -> str:
        """How many cells, and where the first of them is."""
        row, column = divmod(int(cells[0]), self.surface.mesh.shape[1])
        mesh = self.surface.mesh
        at = place(round(float(mesh.latitudes[row, column]), 2), round(float(mesh.longitudes[row, column]), 2))
        return f"{counted(cells.size, 'cell')} at {at}"


def _list(words: Iterable[str]) -> str:
    """Words in quotes, joined."""
    return ", ".join(f"'{word}'" for word in words)
