"""The journal of a field in a file beside it: JSON lines that only ever grow, written by any number of processes."""

from __future__ import annotations

import base64
import binascii
import fcntl
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, Final

from paleobc.errors import InputError
from paleobc.services.editing.entries import Entry, packed_edit, unpacked_edit
from paleobc.services.editing.journal import BEHIND, Beginning, BehindError, Gateways, Header, placed

#: Version of the form of the file, which stands in the line with which each journal in it begins.
VERSION: Final = 1

#: A file is read up to this size [bytes].
LARGEST_FILE: Final = 4_000_000_000


class FileJournal:
    """
    Journal in a file; see `paleobc.services.editing.journal.Journal`. Made by `open`.

    Each line is one thing that was done, whole or not at all: ``begin``, a journal that takes the place of the one
    above it; ``entries``, made together; ``gateways`` or a ``note``. A line is flushed to the disk before anybody is
    told that it is there. What a broken-off writing leaves, a last line without its end, is no line; it goes away when
    the next one is written. A lock on the file lets one process write at a time.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path, self._descriptor = path, descriptor
        self._lock = threading.RLock()
        self._read_to = 0
        self._begun = False
        self._identity, self._start = "", 0
        self._header = Header("", "", "value")
        self._note: Mapping[str, Any] = {}
        self._gateways: Gateways | None = None
        self._entries: list[Entry] = []

    @classmethod
    def open(cls, path: Path, begin: Callable[[], Beginning]) -> FileJournal:
        """
        Journal of a file, begun where there is none.

        Parameters
        ----------
        path : Path
        begin : callable
            Called where the file is not there, or holds nothing.

        Raises
        ------
        InputError
            Where the file cannot be opened, or is no journal.
        """
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise InputError(f"The edits cannot be kept in {path}: {error.strerror}.") from None
        journal = cls(path, descriptor)
        try:
            with journal._held():
                if not journal._begun:
                    journal._write(_beginning_line(begin(), 0))
        except BaseException:
            journal.close()
            raise
        return journal

    def close(self) -> None:
        """Give back the file."""
        with self._lock:
            if self._descriptor >= 0:
                os.close(self._descriptor)
            self._descriptor = -1

    @property
    def identity(self) -> str:
        """Text that no other journal has, nor this one before it was renewed."""
        return self._fresh()._identity

    @property
    def header(self) -> Header:
        """What it is about."""
        return self._fresh()._header

    @property
    def start(self) -> int:
        """Position before its first entry."""
        return self._fresh()._start

    @property
    def note(self) -> Mapping[str, Any]:
        """What those who open it are told."""
        return self._fresh()._note

    @property
    def gateways(self) -> Gateways | None:
        """Gateways that are kept with it."""
        return self._fresh()._gateways

    def read(self, after: int) -> list[Entry]:
        """All entries after a position, in their order."""
        with self._lock:
            self._fresh()
            return self._entries[max(after - self._start, 0) :]

    def append(self, position: int, entries: Sequence[Entry]) -> list[Entry]:
        """Add entries behind a position, all of them or none; see `Journal`."""
        keys = {entry.key for entry in entries}
        line = _line({"entries": [_entry_data(entry) for entry in entries]})  # before others have to wait
        with self._held():
            if known := [entry for entry in self._entries if entry.key in keys]:
                return known
            if position != self._start + len(self._entries):
                raise BehindError(BEHIND)
            self._write(line, entries)
        return []

    def keep_gateways(self, gateways: Gateways) -> None:
        """Keep gateways with it."""
        with self._held():
            self._write(_line({"gateways": gateways}))

    def keep_note(self, note: Mapping[str, Any]) -> None:
        """Keep another note."""
        with self._held():
            self._write(_line({"note": dict(note)}))

    def renew(self, beginning: Beginning, identity: str) -> None:
        """Begin a new journal in the place of this one; see `Journal`."""
        with self._held():
            if identity == self._identity:
                self._write(_beginning_line(beginning, self._start + len(self._entries) + 1))

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Hold the file against all others who write, with all read that they wrote."""
        with self._lock:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            try:
                self._fresh()
                yield
            except OSError as error:
                raise InputError(f"The edits cannot be written to {self._path}: {error.strerror}.") from None
            finally:
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def _fresh(self) -> FileJournal:
        """Read all whole lines that others have written meanwhile; returns this journal."""
        with self._lock:
            size = os.fstat(self._descriptor).st_size
            if size > LARGEST_FILE:
                raise InputError(f"{self._path.name} is too large for a journal of edits; move it away.")
            if size > self._read_to:
                for line in self._bytes(self._read_to, size).splitlines(keepends=True):
                    if not line.endswith(b"\n"):  # not written to its end, or never will be
                        break
                    self._follow(line)
                    self._read_to += len(line)
            return self

    def _bytes(self, first: int, last: int) -> bytes:
        """Bytes of the file between two places, or to its end."""
        parts = []
        while first < last and (part := os.pread(self._descriptor, last - first, first)):
            parts.append(part)
            first += len(part)
        return b"".join(parts)

    def _follow(self, line: bytes) -> None:
        """Take up what a line says."""
        try:
            data = json.loads(line)
            ((kind, said),) = data.items()
            self._take(kind, said)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, binascii.Error):
            raise InputError(
                f"{self._path.name} is no journal of edits, or was altered; move it away to begin a new one."
            ) from None

    def _take(self, kind: str, said: Any) -> None:
        """Take up one thing that was done."""
        if kind == "begin":
            if said["version"] != VERSION:
                raise InputError(
                    f"{self._path.name} was written by another version of paleobc; move it away to begin a new one."
                )
            self._header = Header(said["base"], said["grid"], said["quantity"])
            self._identity, self._start, self._note = said["identity"], said["start"], said["note"]
            self._begun = True
            self._entries = [_entry_of(one, self._header) for one in said["entries"]]
        elif kind == "entries" and self._begun:
            self._entries += [_entry_of(one, self._header) for one in said]
        elif kind == "gateways" and self._begun:
            self._gateways = said
        elif kind == "note" and self._begun:
            self._note = said
        else:
            raise ValueError(kind)

    def _write(self, line: bytes, entries: Sequence[Entry] | None = None) -> None:
        """Write a line to the disk behind the last whole one, and take it up; the entries are those it says."""
        os.ftruncate(self._descriptor, self._read_to)
        written = 0
        while written < len(line):
            written += os.pwrite(self._descriptor, memoryview(line)[written:], self._read_to + written)
        os.fsync(self._descriptor)
        self._read_to += len(line)
        if entries is None:
            self._follow(line)
        else:
            self._entries += entries


def _line(data: Mapping[str, Any]) -> bytes:
    """One line of plain data, in ASCII."""
    return json.dumps(data, allow_nan=False, separators=(",", ":")).encode("ascii") + b"\n"


def _beginning_line(beginning: Beginning, start: int) -> bytes:
    """Line with which a journal begins."""
    entries = [_entry_data(entry) for entry in placed(beginning.entries, start)]
    said = {"version": VERSION, "identity": token_urlsafe(16), "start": start, **vars(beginning.header)}
    return _line({"begin": said | {"note": dict(beginning.note), "entries": entries}})


def _entry_data(entry: Entry) -> dict[str, Any]:
    """Entry as plain data, its edit packed."""
    data = {name: getattr(entry, name) for name in ("position", "key", "kind", "number", "who", "when")}
    return data | {"edit": base64.b64encode(packed_edit(entry.edit)).decode("ascii")}


def _entry_of(data: Mapping[str, Any], header: Header) -> Entry:
    """Entry of plain data."""
    edit = unpacked_edit(base64.b64decode(data["edit"], validate=True), header.quantity)
    kind, position, number = data["kind"], data["position"], data["number"]
    return Entry(position, data["key"], kind, number, data["who"], data["when"], edit)
