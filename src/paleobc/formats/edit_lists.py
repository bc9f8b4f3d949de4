"""Lists of edits in every form in which people keep them: read by what they hold, written as asked for."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Literal

from paleobc.errors import InputError
from paleobc.formats.edit_list_data import KEY
from paleobc.formats.edit_list_depths import CellDepths, depths_of_edits, edits_of_depths
from paleobc.formats.edit_list_json import LARGEST_FILE, json_lines, read_json_lines
from paleobc.formats.edit_list_netcdf import mom6_file, read_mom6
from paleobc.formats.edit_list_text import (
    COSIMA_BEGINNING,
    cosima_lines,
    is_jmmp,
    jmmp_lines,
    read_cosima,
    read_jmmp,
)
from paleobc.formats.edit_list_yaml import read_yaml_list, yaml_text
from paleobc.formats.edit_script import BEGINNING as SCRIPT_BEGINNING
from paleobc.formats.edit_script import edit_script
from paleobc.formats.netcdf import write_netcdf
from paleobc.formats.opening import CLASSIC_SIGNATURES, HDF5_SIGNATURE, beginning_of
from paleobc.formats.whole_files import write_whole
from paleobc.formats.wording import counted, sized
from paleobc.grids.mesh import Mesh, regular_mesh
from paleobc.grids.regular import RegularGrid
from paleobc.topography.edits.edit import Edit
from paleobc.topography.edits.log import EditLog, grid_description
from paleobc.topography.surface import Quantity

#: "yaml" and "json" (JSON lines) hold the log itself; "mom6", "cosima" and "jmmp" are lists of depths for the tools of
#: these groups; "python" is a script that carries the edits out, and is never read.
ListKind = Literal["yaml", "json", "mom6", "cosima", "jmmp", "python"]

#: Longest list of depths as text [bytes].
_LARGEST_TEXT_LIST: Final = 100_000_000
#: More rows or columns than any map has.
_LARGEST_SIDE: Final = 1_000_000


def read_edits(path: Path, *, mesh: Mesh | None = None, quantity: Quantity | None = None) -> EditLog:
    """
    Log of a list of edits; what the list is, is seen from what it holds and not from its name.

    Parameters
    ----------
    path : Path
        YAML, JSON lines, NetCDF for MOM6, text for COSIMA's ``editTopo.py`` or JMMP's ``edit_field.py``.
    mesh : Mesh, optional
        Grid of the field; needed for lists of depths and those that do not state their own.
    quantity : {"height", "depth", "value", "basin"}, optional
        What the field holds; needed likewise. A list that states another is refused.

    Raises
    ------
    InputError
        Where the list cannot be used; names the file, and the line or the number of the edit.
    """
    first = _beginning(path)
    if first[:4] in CLASSIC_SIGNATURES or first.startswith(HDF5_SIGNATURE):
        mesh, quantity = _known(path, mesh, quantity)
        return _log_of(edits_of_depths([read_mom6(path, mesh.shape)], mesh, quantity), mesh, quantity)
    if _begins_json_lines(first):
        _refuse_large(path, LARGEST_FILE)
        with path.open("rb") as stream:
            return read_json_lines(stream, path.name, mesh=mesh, quantity=quantity)
    text = _text(path)
    if (read := _depth_reader(text)) is not None:
        mesh, quantity = _known(path, mesh, quantity)
        return _log_of(edits_of_depths(read(_lines(text), path.name, mesh.shape), mesh, quantity), mesh, quantity)
    if text.startswith(SCRIPT_BEGINNING):
        raise InputError(f"{path.name} is a script that carries edits out; run it, or give the list it was made of.")
    return read_yaml_list(text, path.name, mesh=mesh, quantity=quantity)


def check_edits(path: Path, quantity: Quantity) -> None:
    """
    Refuse a list of edits that could be used on no map: it is read as far as that goes without its own.

    Parameters
    ----------
    path : Path
    quantity : {"height", "depth"}
        What it is to edit.

    Raises
    ------
    InputError
        As `read_edits`; whether the cells of a list of depths are on the map is not known yet.
    """
    first = _beginning(path)
    if first[:4] in CLASSIC_SIGNATURES or first.startswith(HDF5_SIGNATURE):
        read_mom6(path, None)
    elif not _begins_json_lines(first) and (read := _depth_reader(text := _text(path))) is not None:
        read(_lines(text), path.name, (_LARGEST_SIDE, _LARGEST_SIDE))
    else:  # of a list that does not state its grid, nothing that is looked at depends on it
        read_edits(path, mesh=regular_mesh(RegularGrid(2, 4)), quantity=quantity)


def write_edits(log: EditLog, path: Path, kind: ListKind, *, mesh: Mesh | None = None) -> None:
    """
    Write a log as a list of edits, whole or not at all.

    Parameters
    ----------
    log : EditLog
    path : Path
    kind : {"yaml", "json", "mom6", "cosima", "jmmp", "python"}
        "mom6", "cosima" and "jmmp" hold the depth of each cell and, as text, the reasons; land is depth 0, copies of
        cells are listed like cells. MOM6 makes land only where its ALLOW_LANDMASK_CHANGES is true.
    mesh : Mesh, optional
        Grid of the log; needed for lists of depths.

    Raises
    ------
    InputError
        Where this kind of list cannot hold the log, or the file cannot be written.
    """
    try:
        match kind:
            case "yaml":
                write_whole(path, [yaml_text(log).encode()])
            case "json":
                write_whole(path, json_lines(log))
            case "python":
                write_whole(path, [edit_script(log).encode()])
            case _:
                _write_depths(log, path, kind, _own_mesh(log, mesh))
    except OSError as failure:
        raise InputError(f"{path} cannot be written: {failure.strerror}.") from failure


def bytes_of_list(path: Path) -> bytes:
    """
    All bytes of a list of any form, which may be none: it is not read here.

    Raises
    ------
    InputError
        Where it is no file, empty, or too large.
    """
    _beginning(path)
    _refuse_large(path, LARGEST_FILE)
    return path.read_bytes()


def _write_depths(log: EditLog, path: Path, kind: Literal["mom6", "cosima", "jmmp"], mesh: Mesh) -> None:
    """Write the depths that the edits leave."""
    _refuse_values(log.quantity)
    blocks = depths_of_edits(log.edits, mesh, log.quantity)
    if kind == "mom6":
        write_netcdf(mom6_file(blocks, mesh.shape), path, file_format="NETCDF3_64BIT")
    else:
        lines = cosima_lines(blocks) if kind == "cosima" else jmmp_lines(blocks)
        write_whole(path, (f"{line}\n".encode() for line in lines))


def _lines(text: str) -> list[str]:
    """Lines of a list of depths; other ends of lines are none for the tools that read them."""
    return io.StringIO(text, newline=None).read().split("\n")


def _depth_reader(text: str) -> Callable[[Sequence[str], str, tuple[int, int]], list[CellDepths]] | None:
    """What reads a list of depths as text; None where it is none."""
    if text.startswith(COSIMA_BEGINNING):
        return read_cosima
    return read_jmmp if is_jmmp(_lines(text)) else None


def _own_mesh(log: EditLog, mesh: Mesh | None) -> Mesh:
    """Grid of a log, once it is known to be its own."""
    if mesh is None:
        raise InputError("A list of depths needs the grid of the edits; give their relief or their ocean grid, too.")
    if grid_description(mesh) != log.grid:
        raise InputError(
            f"The edits were made on a {log.grid.kind} grid of {sized((log.grid.rows, log.grid.columns))} cells, and "
            f"the grid given is another one ({mesh.kind}, {sized(mesh.shape)}); give their own."
        )
    return mesh


def _known(path: Path, mesh: Mesh | None, quantity: Quantity | None) -> tuple[Mesh, Quantity]:
    """What a list of depths does not say itself."""
    if mesh is None or quantity is None:
        raise InputError(
            f"{path.name} is a list of cells and depths, which does not say for what map; give its relief or its ocean "
            "grid, too."
        )
    _refuse_values(quantity)
    return mesh, quantity


def _refuse_values(quantity: Quantity) -> None:
    """Refuse lists of depths for what is no height and no depth."""
    if quantity not in ("height", "depth"):
        raise InputError(f"Lists of depths change heights or depths, and no {quantity}s; take YAML or JSON lines.")


def _log_of(edits: tuple[Edit, ...], mesh: Mesh, quantity: Quantity) -> EditLog:
    """Log of edits made on whatever values this grid had."""
    return EditLog(quantity, grid_description(mesh), "", edits)


def _beginning(path: Path) -> bytes:
    """First bytes of a list, once it is known to be a file."""
    first = beginning_of(path, "list of edits", 10_000)
    if not first:
        raise InputError(f"{path.name} is empty (0 bytes); a list of edits holds at least its header.")
    return first


def _begins_json_lines(first: bytes) -> bool:
    """Whether the first line is the header of JSON lines, or would be if it were whole."""
    line, end, _ = first.partition(b"\n")
    try:
        header = json.loads(line)
    except (ValueError, RecursionError):
        return not end and line.startswith(b'{"' + KEY.encode() + b'"') and b'"edits"' not in line
    return isinstance(header, dict) and KEY in header and "edits" not in header


def _refuse_large(path: Path, limit: int) -> None:
    """Refuse a file too large to be read."""
    if path.stat().st_size > limit:
        raise InputError(f"{path.name} is larger than {counted(limit)} bytes, the limit of a list of edits.")


def _text(path: Path) -> str:
    """All of a text file."""
    _refuse_large(path, _LARGEST_TEXT_LIST)
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path.name} is no list of edits: it is neither text in UTF-8 nor a NetCDF file.") from None
