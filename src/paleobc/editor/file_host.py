"""One file before the map editor: its fields, the journals of their edits beside it, and the file that is saved."""

from __future__ import annotations

import getpass
import os
import threading
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from paleobc.conventions import counted
from paleobc.editor.file_names import Key, field_of_name, journal_name, safe_name
from paleobc.errors import ConflictError, InputError
from paleobc.formats.any_field import Field, list_variables, read_field, write_edited
from paleobc.formats.nemo import read_ocean_grid
from paleobc.services.editing.beginnings import beginning_of, renewed
from paleobc.services.editing.cache import Cache
from paleobc.services.editing.desk import STATES, Desk
from paleobc.services.editing.field import Checks, EditedField
from paleobc.services.editing.host import Saved, Saving
from paleobc.services.editing.journal_file import FileJournal
from paleobc.services.editing.states import State
from paleobc.services.which_field import field_asked_for
from paleobc.topography.edits.log import EditLog

#: Cells of the fields that are kept ready.
_KEPT_CELLS: Final = 30_000_000
_CHECKS: Final[Mapping[str, Checks]] = MappingProxyType({"height": "relief", "depth": "ocean"})


class FileHost:
    """
    A file that is edited on this machine.

    Parameters
    ----------
    file : Path
        Any NetCDF file of fields on a map; it is never changed.
    variable : str
        Variable to begin with; empty: the most telling one.
    output : Path, optional
        File to save to; by default one beside it that is not there yet.
    ocean_grid : Path, optional
        Grid of a file that does not say where its cells lie.
    can_save : bool
        Whether the editor offers to save.

    Raises
    ------
    InputError
        Where the file holds nothing that can be edited, or would be overwritten.
    """

    def __init__(
        self,
        file: Path,
        *,
        variable: str = "",
        output: Path | None = None,
        ocean_grid: Path | None = None,
        can_save: bool = True,
    ) -> None:
        self.file, self.can_save, self._ocean_grid = file, can_save, ocean_grid
        self._variables = list_variables(file, grid_file=ocean_grid)
        self.output = _free_name(file) if output is None else output
        self._written = {self.output}
        self._check_output(self.output)
        self._fields = Cache[EditedField](_KEPT_CELLS, lambda field: field.surface.values.size)
        self._journals: dict[Key, FileJournal] = {}
        self._saved: dict[Key, str] = {}
        self._lock = threading.Lock()
        self._variable = variable
        self._variable = self._field(variable, {}).variable
        self.folder = file.parent if os.access(file.parent, os.W_OK) else self.output.parent

    def answer(self, kind: str, body: bytes | Mapping[str, Any]) -> bytes:
        """
        Answer a question of the component.

        Raises
        ------
        InputError, ConflictError, NotFoundError
        """
        variable, index = field_asked_for(body)
        field = self._field(variable or self._variable, index)
        key = (field.variable, field.index)
        return Desk(field, self._journal(key, field), getpass.getuser(), _FieldHost(self)).answer(kind, body)

    def position(self) -> object:
        """Something that is another one as soon as anybody has edited, in this process or another one."""
        with self._lock:
            keys = list(self._journals)
        return tuple(_signature(self._path(key)) for key in keys)

    @property
    def journals(self) -> str:
        """Where edits are kept: those of the variable to begin with; those of others likewise."""
        return str(self.folder / journal_name(self.file.name, (self._variable, ())))

    def where_the_edits_are(self) -> str:
        """What is to be said at the end."""
        paths, edits, unsaved = [], 0, 0
        for key, state in self._states():
            paths.append(str(self._path(key)))
            edits += len(state.done)
            unsaved += 0 if self._saved.get(key) == _mark(self._journals[key], state) else len(state.done)
        if not edits:
            return "Stopped. No edit is in force."
        kept = f"Stopped. {counted(edits, 'edit')} kept in {' and '.join(paths)}"
        rest = f"{unsaved} of them not saved to a file yet" if unsaved else f"saved to {self.output}"
        return f"{kept}; {rest}. `paleobc edit {self.file}` goes on from there."

    def logs(self) -> tuple[EditLog, ...]:
        """Edits in force, of each field that has any."""
        return tuple(state.field.log(state.edits_in_force()) for _, state in self._states())

    def write(self, path: Path) -> None:
        """
        Write the file with all edits that are in force.

        Raises
        ------
        InputError
            Where it cannot be written.
        """
        changes = {key: state.surface.field.copy() for key, state in self._states()}
        write_edited(self.file, path, changes, grid_file=self._ocean_grid)

    def close(self) -> None:
        """Give back what is held open."""
        for journal in self._journals.values():
            journal.close()

    def save(self, file_name: str | None) -> Saved:
        """
        Write a new file with the edits of all fields.

        Raises
        ------
        InputError, ConflictError
            Where there is nothing to save, or another file would be overwritten.
        """
        output = self._target(file_name)
        changes = {}
        for key, state in self._states():
            changes[key] = state.surface.field.copy()
            self._saved[key] = _mark(self._journals[key], state)
        if not changes:
            raise InputError("There is nothing to save: no edit is in force.")
        write_edited(self.file, output, changes, grid_file=self._ocean_grid)
        self._written.add(output)
        self.output = output
        return Saved(f"Saved to {output}.")

    def _states(self) -> Iterator[tuple[Key, State]]:
        """Fields with edits in force, also those that were edited another day; each is held while it is looked at."""
        names = sorted(path.name for path in self.folder.iterdir())
        for key in [key for name in names if (key := field_of_name(self.file.name, name)) is not None]:
            field = self._field(key[0], dict(key[1]))
            journal = self._journal(key, field)
            if journal.header != field.header:  # the file was changed since
                journal.renew(renewed(journal, field), journal.identity)
            with STATES.newest(journal, field, None) as state:
                if state.done:
                    yield key, state

    def _field(self, variable: str, index: Mapping[str, int]) -> EditedField:
        """A field of the file as it is now."""
        key = (variable, tuple(sorted(index.items())), _signature(self.file))
        return self._fields.get(key, lambda: self._read(variable, index))

    def _read(self, variable: str, index: Mapping[str, int]) -> EditedField:
        """Read a field."""
        field: Field = read_field(self.file, variable, index, grid_file=self._ocean_grid)
        is_ocean = field.quantity == "depth"
        return EditedField(
            self.file.name,
            str(self.file.absolute().parent),
            field.variable.title,
            field.variable.unit,
            field.surface(),
            field.grid,
            _CHECKS.get(field.quantity, "none"),
            ocean_grid=read_ocean_grid(self._ocean_grid or self.file) if is_ocean else None,
            variable=field.variable.name,
            index=field.index,
            variables=self._variables,
            file_name=self.output.stem,
        )

    def _journal(self, key: Key, field: EditedField) -> FileJournal:
        """Journal of a field, begun where there is none."""
        with self._lock:
            if key not in self._journals:
                self._journals[key] = FileJournal.open(self._path(key), lambda: beginning_of(field, None))
            return self._journals[key]

    def _path(self, key: Key) -> Path:
        return self.folder / journal_name(self.file.name, key)

    def _target(self, name: str | None) -> Path:
        """File to save to."""
        if not name:
            return self.output
        output = self.output.with_name(safe_name(name, self.file.suffix or ".nc"))
        self._check_output(output)
        if output not in self._written and output.exists():
            raise ConflictError(f"{output} is there already; give another name.")
        return output

    def _check_output(self, output: Path) -> None:
        """Refuse to write over the file itself, or where nothing can be written."""
        if output.exists() and (output.is_dir() or output.samefile(self.file)):
            what = "a folder" if output.is_dir() else "the file that is edited, which stays as it is"
            raise InputError(f"{output} is {what}; give another name for what is saved.")
        if not output.parent.is_dir():
            raise InputError(f"There is no folder {output.parent}; make it, or save elsewhere.")


class _FieldHost:
    """What the desk needs to know about one field of the file."""

    may_change = True

    def __init__(self, host: FileHost) -> None:
        self._host, self.can_save = host, host.can_save
        self.gateways: list[dict[str, Any]] = []

    def save(self, saving: Saving) -> Saved:
        """Write a new file."""
        return self._host.save(saving.file_name)

    def told(self, position: int) -> None:
        """Nothing more is to be told: open pages look at the journal."""


def _mark(journal: FileJournal, state: State) -> str:
    """What tells a state of a journal from all others."""
    return f"{journal.identity} {state.position}"


def _free_name(file: Path) -> Path:
    """Name beside a file that no file has."""
    for number in count(1):
        ending = "_edited" if number == 1 else f"_edited_{number}"
        path = file.with_name(f"{file.stem}{ending}{file.suffix or '.nc'}")
        if not path.exists():
            return path
    raise AssertionError  # numbers do not end


def _signature(path: Path) -> tuple[int, int, int]:
    """What changes when a file does."""
    try:
        status = path.stat()
    except OSError:
        return (0, 0, 0)
    return status.st_ino, status.st_size, status.st_mtime_ns
