"""Lists of edits as files: told in words, converted into other forms, merged, put one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

from paleobc.conventions import FloatArray, counted
from paleobc.errors import InputError
from paleobc.formats.edit_lists import ListKind, read_edits, write_edits
from paleobc.formats.nemo_fields import depth_of, ocean_grid_of
from paleobc.grids.mesh import Mesh, ocean_mesh, regular_mesh
from paleobc.services.sources import read_source
from paleobc.steps.edits import BASE
from paleobc.steps.relief import grid_of, height_of
from paleobc.topography.edits.append import append
from paleobc.topography.edits.edit import Edit
from paleobc.topography.edits.log import EditLog, base_checksum, grid_description
from paleobc.topography.edits.merge import MergeConflict, MergeError, merge
from paleobc.topography.edits.operations import place_of
from paleobc.topography.edits.plain import edit_as_data
from paleobc.topography.edits.replay import replay, replay_log
from paleobc.topography.surface import Quantity, Surface

#: Lists of the depths that edits leave, which need to know what the edits did.
DEPTH_LISTS: Final = ("mom6", "cosima", "jmmp")


@dataclass(frozen=True, eq=False)
class EditedMap:
    """
    What is known of the map that edits are about.

    Parameters
    ----------
    mesh : Mesh, optional
    quantity : {"height", "depth"}, optional
    field : ndarray, shape (rows, columns), optional
        Its values before the edits [m].
    """

    mesh: Mesh | None = None
    quantity: Quantity | None = None
    field: FloatArray | None = None

    def surface(self) -> Surface | None:
        """The map as a surface of its own, where its values are known."""
        if self.mesh is None or self.quantity is None or self.field is None:
            return None
        return Surface.of(self.field, self.mesh, self.quantity)


#: Nothing is known but what a list says itself.
UNKNOWN: Final = EditedMap()


def map_of(relief: Path | None, ocean_grid: Path | None, bathymetry: Path | None = None) -> EditedMap:
    """
    Map that edits are about.

    Parameters
    ----------
    relief : Path, optional
    ocean_grid : Path, optional
        Grid of a bathymetry; not with a relief.
    bathymetry : Path, optional
        Depths on that grid before the edits.

    Raises
    ------
    InputError
        Where a file cannot be used, or the files are not of one map.
    """
    if relief is not None and (ocean_grid is not None or bathymetry is not None):
        raise InputError("Give the relief that the edits are about, or the ocean grid, and not both.")
    if bathymetry is not None and ocean_grid is None:
        raise InputError(f"{bathymetry} needs its ocean grid; give it with --ocean-grid.")
    if relief is not None:
        dataset = read_source("relief", relief)[0]
        return EditedMap(regular_mesh(grid_of(dataset)), "height", height_of(dataset))
    if ocean_grid is None:
        return UNKNOWN
    mesh = ocean_mesh(ocean_grid_of(read_source("given_ocean_grid", ocean_grid)[0]))
    field = None if bathymetry is None else depth_of(read_source("bathymetry", bathymetry)[0])
    if field is not None and field.shape != mesh.shape:
        raise InputError(
            f"{bathymetry} and {ocean_grid} have cells of different numbers; give the grid of these depths."
        )
    return EditedMap(mesh, "depth", field)


def read_list(path: Path, about: EditedMap = UNKNOWN) -> EditLog:
    """
    Read a list of edits; where the map's values are known, edits that were never carried out are carried out on it.

    Parameters
    ----------
    path : Path
    about : EditedMap

    Raises
    ------
    InputError
        Names the file and what is wrong with it.
    """
    log = read_edits(path, mesh=about.mesh, quantity=about.quantity)
    surface = about.surface()
    if surface is None or _is_carried_out(log) or log.grid != grid_description(surface.mesh):
        return log
    base, revisions = base_checksum(surface.values), {BASE: surface.field.copy()}
    try:
        went = replay_log(log, surface, revisions=revisions)
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from None
    return EditLog(log.quantity, log.grid, base, went.edits)


def _is_carried_out(log: EditLog) -> bool:
    """Whether it is known of every edit what it did."""
    return all(edit.result is not None for edit in log.edits)


def _refuse_unknown_results(log: EditLog, path: Path) -> None:
    """Refuse a list of which it is not known what its edits did."""
    if not _is_carried_out(log):
        raise InputError(
            f"{path.name} holds edits that were never carried out, so that it is not known what they change; give "
            "their map: --relief, or --ocean-grid and --bathymetry."
        )


def _refuse_other_grid(log: EditLog, mesh: Mesh, path: Path) -> None:
    """Refuse a list that was made on another grid than that of the map."""
    if log.grid != grid_description(mesh):
        raise InputError(
            f"{path.name} was made on another grid than that of the map; replay it there first, with "
            "`paleobc run edit_relief` or `edit_depth`."
        )


def list_edits(path: Path, about: EditedMap = UNKNOWN) -> dict[str, Any]:
    """What a list of edits says, as plain data, one entry for each edit."""
    log = read_list(path, about)
    edits = [_entry(number, edit) for number, edit in enumerate(log.edits, 1)]
    said: dict[str, Any] = {"file": path.name, "quantity": log.quantity}
    if log.quantity == "value":
        said |= {"variable": log.variable, "index": dict(log.index)}
    return {**said, "grid": vars(log.grid), "base": log.base, "edits": edits}


def _entry(number: int, edit: Edit) -> dict[str, Any]:
    """One edit, with the number of its cells instead of the cells themselves."""
    data = edit_as_data(edit)
    shape, operation = data["shape"], data["operation"]
    kind = next(iter(shape))
    listed = len(shape["cells"]) if kind == "cells" else None
    return {
        "edit": number,
        "shape": kind,
        "operation": next(iter(operation)),
        "value": None if listed and isinstance(operation.get("set"), list) else next(iter(operation.values())),
        "first_at": _first_place(shape),
        "where": edit.where,
        "cells_chosen": listed,
        "cells_changed": int(edit.result.cells.size) if edit.result is not None else None,
        "reason": edit.reason,
        "who": edit.who,
        "when": edit.when,
    }


def _first_place(shape: Mapping[str, Any]) -> list[float] | None:
    """First longitude and latitude that a shape names, where it names one."""
    if "cells" in shape:
        return next(iter(shape.get("places", ())), None)
    kind, value = next(iter(shape.items()))
    match kind:
        case "polygon" | "line" | "brush":
            return list(value[0])
        case "box" | "region":
            return list(value[:2])
        case "values":
            return None
        case _:
            return _first_place(value[0])


def convert_edits(path: Path, out: Path, kind: ListKind, about: EditedMap = UNKNOWN) -> EditLog:
    """
    Write a list of edits in another form.

    Raises
    ------
    InputError
        Where the list cannot be used, or its form cannot hold these edits.
    """
    log = read_list(path, about)
    if about.mesh is not None:
        _refuse_other_grid(log, about.mesh, path)
    if kind in DEPTH_LISTS:
        _refuse_unknown_results(log, path)
    write_edits(log, out, kind, mesh=about.mesh)
    return log


def merge_edits(
    one: Path,
    other: Path,
    out: Path,
    kind: ListKind,
    resolve: Literal["one", "other"] | None,
    about: EditedMap = UNKNOWN,
) -> EditLog:
    """
    Write the edits of two lists of one map as one list.

    Raises
    ------
    InputError
        Where they are about different maps, or both change a cell to different values and nobody said which to take.
    """
    logs = [read_list(path, about) for path in (one, other)]
    for log, path in zip(logs, (one, other), strict=True):
        _refuse_unknown_results(log, path)
    try:
        merged = merge(*logs, resolve=resolve)
    except MergeError as error:
        raise InputError(_differ(one, other, error.conflict, about.mesh)) from None
    write_edits(merged, out, kind, mesh=about.mesh)
    return merged


def _differ(one: Path, other: Path, conflict: MergeConflict, mesh: Mesh | None) -> str:
    """Sentence for two lists that change cells to different values."""
    first = "one" if mesh is None else f"that at {place_of(conflict.cells[0], mesh)}"
    return (
        f"{one.name} and {other.name} change {counted(conflict.cells.size, 'cell')} to different values, {first} to "
        f"{conflict.one[0]:g} m and to {conflict.other[0]:g} m; take those of one list with --resolve one or other."
    )


def append_edits(paths: Sequence[Path], out: Path, kind: ListKind, about: EditedMap = UNKNOWN) -> EditLog:
    """
    Write the edits of lists one after the other, each made on the map that those before it leave, as one list.

    Parameters
    ----------
    paths : sequence of Path
        One list at least.
    out : Path
    kind : str
    about : EditedMap
        The map before all of them. Where its values are known, each list is carried out after the other and has to
        find what it found when it was made; else the lists are held against each other.

    Raises
    ------
    InputError
        Where a list does not follow from those before it.
    """
    surface = about.surface()
    logs = [read_edits(path, mesh=about.mesh, quantity=about.quantity) for path in paths]
    for number, path in enumerate(paths):
        if surface is None:
            _refuse_unknown_results(logs[number], path)
        else:
            before = f"that {paths[number - 1].name} leaves" if number else "the one given"
            logs[number] = _carried_out_on(logs[number], surface, path, before)
    appended = logs[0]
    for number, log in enumerate(logs[1:], 1):
        try:
            appended = append(appended, log, mesh=about.mesh)
        except InputError as error:
            before = ", ".join(path.name for path in paths[:number])
            raise InputError(f"{paths[number].name} after {before}: {error}") from None
    write_edits(appended, out, kind, mesh=about.mesh)
    return appended


def _carried_out_on(log: EditLog, surface: Surface, path: Path, which: str) -> EditLog:
    """List with what it does on a surface, which is changed in place; refused where it was made on another map."""
    _refuse_other_grid(log, surface.mesh, path)
    base, revisions = base_checksum(surface.values), {BASE: surface.field.copy()}
    try:
        went = replay(log.edits, surface, same_base=False, on_conflict="result", revisions=revisions)
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from None
    for conflict in went.conflicts[:1]:
        at = place_of(conflict.cells[0], surface.mesh)
        raise InputError(
            f"{path.name} was made on another map than {which}: edit {conflict.edit} found "
            f"{float(conflict.old[0])!r} m at {at} when it was made, and {float(conflict.found[0])!r} m is there."
        )
    if log.base not in ("", base):
        raise InputError(
            f"{path.name} was made on another map than {which}, which differs from it where none of its edits lies."
        )
    return replace(log, base=base, edits=went.edits)
