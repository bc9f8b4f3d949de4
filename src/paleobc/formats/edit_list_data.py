"""A log of edits as plain data, which YAML and JSON lines spell, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, cast, get_args

from paleobc.errors import InputError
from paleobc.formats.wording import listed, quoted
from paleobc.grids.mesh import Mesh
from paleobc.topography.edits.edit import Edit
from paleobc.topography.edits.limits import LONGEST_TEXT
from paleobc.topography.edits.log import EditLog, GridDescription, GridKind, grid_description
from paleobc.topography.edits.plain import edits_of_data
from paleobc.topography.surface import Quantity

#: Key by which a list is known, and the version of what it holds.
KEY: Final = "paleobc_edits"
VERSION: Final = 1

#: Keys of a list, and those that only a list of values has besides.
_HEADER: Final = (KEY, "quantity", "grid", "base")
_OF_VALUES: Final = ("variable", "index")
_BY_PLACES: Final = ("kind", "rows", "columns", "sha256")
_GRIDS: Final[dict[GridKind, tuple[str, ...]]] = {
    "regular": ("kind", "rows", "columns", "west"),
    "tripolar": _BY_PLACES,
    "rectilinear": _BY_PLACES,
    "curvilinear": _BY_PLACES,
}
_MOST_DIMENSIONS: Final = 100
_MOST_POSITIONS: Final = 2**31
_MOST_CELLS_ON_A_SIDE: Final = 1_000_000
_CHECKSUM: Final = re.compile(r"[0-9a-f]{64}")

#: Says where the value of a key stands, for the errors.
Where = Callable[[Any], str]


def header_data(log: EditLog) -> dict[str, Any]:
    """All of a log but its edits, as plain data."""
    grid = {name: getattr(log.grid, name) for name in _GRIDS[log.grid.kind]}
    of_values = {"variable": log.variable, "index": dict(log.index)} if log.quantity == "value" else {}
    return {KEY: VERSION, "quantity": log.quantity, **of_values, "grid": grid, "base": log.base}


def log_of_data(
    header: object, edits: Iterable[tuple[str, object]], where: Where, mesh: Mesh | None, quantity: Quantity | None
) -> EditLog:
    """
    Log of plain data.

    Parameters
    ----------
    header : object
        Mapping with the version and, unless the caller knows them, the quantity and the grid.
    edits : iterable of (str, object)
        Plain data of each edit, and where it stands.
    where : callable
        Says where a key of the header stands; the empty text is the header itself.
    mesh : Mesh, optional
        Grid of a list that does not state its own.
    quantity : {"height", "depth", "value", "basin"}, optional
        What is edited; a list for another is refused.

    Raises
    ------
    InputError
        Where something is missing, unknown or of a wrong kind; says where.
    """
    if not isinstance(header, Mapping) or KEY not in header:
        raise InputError(f"{where('')}: this is no list of edits; it should begin with the key {KEY}.")
    if header[KEY] is True or header[KEY] != VERSION:
        raise InputError(
            f"{where(KEY)}: the version of this list of edits is {quoted(header[KEY])}; known is {VERSION}."
        )
    edited = _quantity(header.get("quantity"), where, quantity)
    known = _HEADER + (_OF_VALUES if edited == "value" else ())
    if unknown := [key for key in header if key not in known]:
        raise InputError(f"{where(unknown[0])}: a list of edits has no {listed(unknown)}.")
    variable, index = _variable(header, where) if edited == "value" else ("", ())
    return EditLog(
        quantity=edited,
        grid=_grid(header.get("grid"), where, mesh),
        base=_base(header.get("base"), where),
        edits=_edits(edits, edited),
        variable=variable,
        index=index,
    )


class _Placed:
    """Edits one after the other, with where the last of them stands; nowhere while the next is fetched."""

    def __init__(self, edits: Iterable[tuple[str, object]]) -> None:
        self._edits, self.where = iter(edits), ""

    def __iter__(self) -> Iterator[object]:
        return self

    def __next__(self) -> object:
        self.where = ""
        self.where, data = next(self._edits)
        return data


def _edits(edits: Iterable[tuple[str, object]], quantity: Quantity) -> tuple[Edit, ...]:
    """Edits of plain data, refused with their place."""
    placed = _Placed(edits)
    try:
        return edits_of_data(placed, quantity=quantity)
    except InputError as refusal:
        if not placed.where:
            raise
        said = str(refusal)
        raise InputError(f"{placed.where}{', ' if said.startswith('edit ') else ': '}{said}") from None


def _quantity(stated: object, where: Where, wanted: Quantity | None) -> Quantity:
    """What a list edits."""
    if stated is None:
        if wanted is None:
            raise InputError(f"{where('')}: the list does not say what it edits; add `quantity: height` or depth.")
        return wanted
    found = next((each for each in get_args(Quantity) if each == stated), None)
    if found is None:
        raise InputError(
            f"{where('quantity')}: quantity is {quoted(stated)}; it should be height or depth, value or basin."
        )
    if wanted is not None and found != wanted:
        raise InputError(f"{where('quantity')}: this list edits a {stated} and the field holds a {wanted}.")
    return cast("Quantity", found)


def _variable(header: Mapping[Any, Any], where: Where) -> tuple[str, tuple[tuple[str, int], ...]]:
    """Variable that a list of values is about, and the position along its other dimensions."""
    variable, index = header.get("variable"), header.get("index", {})
    if not isinstance(variable, str) or not 1 <= len(variable) <= LONGEST_TEXT or not variable.isprintable():
        raise InputError(f"{where('variable')}: variable should be the name of the variable whose values are edited.")
    names = list(index) if isinstance(index, Mapping) and len(index) <= _MOST_DIMENSIONS else [None]
    for name in names:
        position = index[name] if isinstance(name, str) and name.isprintable() else None
        if isinstance(position, bool) or not isinstance(position, int) or not 0 <= position < _MOST_POSITIONS:
            raise InputError(
                f"{where('index')}: index should give the position along each other dimension, from 0, for example "
                "{time: 0}."
            )
    return variable, tuple((str(name), int(index[name])) for name in names)


def _grid(stated: object, where: Where, mesh: Mesh | None) -> GridDescription:
    """Grid on which a list was made."""
    if stated is None:
        if mesh is None:
            raise InputError(f"{where('')}: the list does not say on which grid it was made; give its map, too.")
        return grid_description(mesh)
    kind = stated.get("kind") if isinstance(stated, Mapping) else None
    known = next((each for each in _GRIDS if each == kind), None)
    if not isinstance(stated, Mapping) or known is None:
        raise InputError(f"{where('grid')}: grid should have a kind, regular or tripolar, rectilinear or curvilinear.")
    if set(stated) != set(_GRIDS[known]):
        raise InputError(f"{where('grid')}: a {kind} grid has {listed(_GRIDS[known])}, and nothing else.")
    rows, columns = (_side(stated[name], name, where) for name in ("rows", "columns"))
    if known != "regular":
        return GridDescription(known, rows, columns, sha256=_checksum(stated["sha256"], "grid", where))
    west = stated["west"]
    if isinstance(west, bool) or not isinstance(west, int | float) or not -180.0 <= west < 180.0:
        raise InputError(f"{where('grid')}: west is {quoted(west)}; it should be degrees from -180 to below 180.")
    return GridDescription("regular", rows, columns, west=float(west))


def _side(stated: object, name: str, where: Where) -> int:
    """Number of rows or columns."""
    if isinstance(stated, bool) or not isinstance(stated, int) or not 1 <= stated <= _MOST_CELLS_ON_A_SIDE:
        raise InputError(f"{where('grid')}: {name} is {quoted(stated)}; it should be a whole number above 0.")
    return stated


def _base(stated: object, where: Where) -> str:
    """Checksum of the values before the first edit; empty where it is not stated."""
    return "" if stated is None or stated == "" else _checksum(stated, "base", where)


def _checksum(stated: object, key: str, where: Where) -> str:
    if not isinstance(stated, str) or not _CHECKSUM.fullmatch(stated):
        raise InputError(f"{where(key)}: {quoted(stated)} is no SHA-256, which has 64 digits 0-9 and a-f.")
    return stated
