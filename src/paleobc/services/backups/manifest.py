"""What a snapshot says of itself: its tables, its files, and checksums of all of them."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from paleobc.errors import InputError
from paleobc.services.backups.place import SNAPSHOTS, list_name, manifest_name
from paleobc.store.database_copy import TableCopy
from paleobc.store.files import FileStore
from paleobc.store.tables import utc_now

_FORMAT: Final = 1
_ID: Final = re.compile(r"\d{8}T\d{9}-[0-9a-f]{3}")
#: A manifest is some kilobytes; more is no manifest [bytes].
_LARGEST: Final = 10_000_000


@dataclass(frozen=True)
class FileCopy:
    """
    A file of an installation in a backup.

    Parameters
    ----------
    name : str
        In the installation.
    sha256 : str
        Checksum of its bytes [hex], under which they are kept.
    bytes : int
        Its size [bytes].
    """

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Snapshot:
    """
    An installation at one moment.

    Parameters
    ----------
    id : str
    made : datetime
        The moment.
    version : str
        Of paleobc.
    schema : str
        Of the database.
    tables : tuple of TableCopy
    files, bytes : int
        How many files it has, and how large they and the tables are [bytes].
    list_sha256 : str
        Checksum of the list of the files [hex].
    missing : tuple of str
        Files that the database names and that were gone or harmed.
    """

    id: str
    made: datetime
    version: str
    schema: str
    tables: tuple[TableCopy, ...]
    files: int
    bytes: int
    list_sha256: str
    missing: tuple[str, ...]


def new_snapshot_id() -> str:
    """Name for a snapshot that is made now, by which they are in their order."""
    now = utc_now()
    return f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03}-{secrets.token_hex(2)[:3]}"


def made_at(snapshot: str) -> datetime:
    """
    When a snapshot was begun, as its name says.

    Examples
    --------
    >>> made_at("20260301T090533120-0a1").isoformat()
    '2026-03-01T09:05:33+00:00'
    """
    return datetime.strptime(snapshot[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)


def manifest_bytes(snapshot: Snapshot) -> bytes:
    """A manifest as it is kept, with a checksum of itself."""
    said = {"paleobc_backup": _FORMAT, **asdict(snapshot), "made": snapshot.made.isoformat()}
    return json.dumps({**said, "sha256": _checksum(said)}, indent=1).encode()


def snapshot_of(kept: bytes) -> Snapshot:
    """
    What a manifest says.

    Raises
    ------
    InputError
        Where it is harmed, or of a later version.
    """
    try:
        said = json.loads(kept)
        sha256, form = said.pop("sha256"), said.pop("paleobc_backup")
        if _checksum({"paleobc_backup": form, **said}) != sha256:
            raise InputError("its manifest is harmed")
        if form != _FORMAT:
            raise InputError("it was made by a later version of paleobc")
        tables = tuple(TableCopy(**each) for each in said.pop("tables"))
        made, missing = datetime.fromisoformat(said.pop("made")), tuple(said.pop("missing"))
        return Snapshot(**said, made=made, tables=tables, missing=missing)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError("its manifest is harmed") from None


def _checksum(said: dict[str, Any]) -> str:
    """Checksum of what a manifest says [hex SHA-256]."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def read_snapshot(place: FileStore, snapshot: str) -> Snapshot:
    """
    Snapshot of this name.

    Raises
    ------
    InputError
        Where there is none, or it is harmed.
    """
    if _ID.fullmatch(snapshot) is None:
        raise InputError(f"There is no backup {snapshot!r}; `paleobc admin backups` lists those that there are.")
    try:
        with place.fresh(manifest_name(snapshot)) as path:
            if path.stat().st_size > _LARGEST:
                raise InputError("its manifest is harmed")
            found = snapshot_of(path.read_bytes())
    except FileNotFoundError:
        raise InputError(
            f"There is no backup {snapshot!r}; `paleobc admin backups` lists those that there are."
        ) from None
    except InputError as error:
        raise InputError(f"The backup {snapshot} cannot be used: {error}. Take another one.") from None
    if found.id != snapshot:
        raise InputError(f"The backup {snapshot} cannot be used: it is another one's manifest. Take another one.")
    return found


@dataclass(frozen=True)
class Snapshots:
    """
    What lies where backups are kept.

    Parameters
    ----------
    whole : list of Snapshot
        Newest first.
    harmed : list of str
        Names of those whose manifests cannot be read.
    unfinished : list of str
        Names of those that have none: they do not count.
    """

    whole: list[Snapshot]
    harmed: list[str]
    unfinished: list[str]


def all_snapshots(place: FileStore) -> Snapshots:
    """All that lies in a place of backups."""
    found: dict[str, bool] = {}
    for name in place.names(SNAPSHOTS):
        _, snapshot, *_ = name.split("/")
        if _ID.fullmatch(snapshot) is not None:
            found[snapshot] = found.get(snapshot, False) or name == manifest_name(snapshot)
    whole, harmed = [], []
    for snapshot in sorted((each for each, has_manifest in found.items() if has_manifest), reverse=True):
        try:
            whole.append(read_snapshot(place, snapshot))
        except InputError:
            harmed.append(snapshot)
    return Snapshots(whole, harmed, [each for each, has_manifest in found.items() if not has_manifest])


def write_list(path: Path, copies: Iterable[FileCopy]) -> None:
    """Write a list of files, one in a line."""
    with path.open("wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packed:
        for copy in copies:
            packed.write(json.dumps([copy.name, copy.sha256, copy.bytes]).encode() + b"\n")


def files_of(place: FileStore, snapshot: Snapshot) -> list[FileCopy]:
    """
    The files of a snapshot.

    Raises
    ------
    InputError
        Where their list is gone or harmed.
    """
    words = f"The list of the files of the backup {snapshot.id} is gone or harmed; take another one."
    name = list_name(snapshot.id)
    try:
        with place.fresh(name) as path:
            kept = path.read_bytes()
    except FileNotFoundError:
        raise InputError(words) from None
    if hashlib.sha256(kept).hexdigest() != snapshot.list_sha256:
        raise InputError(words)
    return [FileCopy(*json.loads(line)) for line in gzip.decompress(kept).splitlines()]
