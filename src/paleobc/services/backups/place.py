"""Where backups are kept, under which names, and what goes wrong there in words."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from paleobc.errors import InputError, NoRoomError, PaleobcError
from paleobc.settings import Settings
from paleobc.store.faults import DATABASE_FAULTS, says_disk_is_full
from paleobc.store.file_folder import FileFolder
from paleobc.store.file_places import file_store
from paleobc.store.files import FileStore, is_full, pieces_of

SNAPSHOTS: Final = "snapshots"
FILES: Final = "files"
_MANIFEST: Final = "manifest.json"
#: So many files are on their way at a time: an object store takes its time for each.
_AT_ONCE: Final = 4
_NO_ROOM: Final = (
    "There is no room left for the backup: make room where backups are kept, or keep fewer of them with "
    "PALEOBC_BACKUP_KEEP. Earlier backups are as they were."
)
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def backup_place(settings: Settings) -> FileStore:
    """
    Where the backups of an installation are kept.

    Raises
    ------
    InputError
        Where none is set, or it cannot be used.
    """
    url = settings.backup_url
    if not url:
        raise InputError(
            "There is no place for backups: set PALEOBC_BACKUP_URL to a folder on another disk, or to s3://BUCKET/FOLDER."
        )
    if url.rstrip("/") == settings.files.rstrip("/"):
        raise InputError("PALEOBC_BACKUP_URL is where the files themselves are; give it a place of its own.")
    with told():
        place = file_store(url, settings.data_folder / "backup_cache")
        if isinstance(place, FileFolder):  # checksums of passwords are in it
            (Path(place.incoming).parent / SNAPSHOTS).mkdir(mode=0o700, exist_ok=True)
    return place


def manifest_name(snapshot: str) -> str:
    """Name of what makes a snapshot count."""
    return f"{SNAPSHOTS}/{snapshot}/{_MANIFEST}"


def list_name(snapshot: str) -> str:
    """Name of the list of the files of a snapshot."""
    return f"{SNAPSHOTS}/{snapshot}/files.jsonl.gz"


def table_name(snapshot: str, file: str) -> str:
    """Name of the rows of a table in a snapshot."""
    return f"{SNAPSHOTS}/{snapshot}/tables/{file}"


def kept_name(sha256: str) -> str:
    """Name under which bytes are kept for all snapshots."""
    return f"{FILES}/{sha256[:2]}/{sha256}"


def keep(place: FileStore, name: str, source: Path, sha256: str, is_stopped: Callable[[], bool]) -> None:
    """
    Copy a file into the place of backups, whether or not something is there under the name.

    Raises
    ------
    InputError
        Where it is read otherwise than its checksum says, or the backup is to stop.
    NoRoomError
    OSError
    """

    def pieces() -> Iterator[bytes]:
        with source.open("rb") as file:
            for piece in pieces_of(file):
                refuse_if(is_stopped)
                yield piece

    prepared, found, _ = place.receive(pieces(), source.stat().st_size)
    try:
        if found != sha256:
            raise InputError(f"{source.name} reads differently from one time to the next; look at the disk.")
        place.put(name, prepared, again=True)
        place.forget(name)  # what is kept elsewhere need not be on this machine too
    finally:
        prepared.unlink(missing_ok=True)


def refuse_if(is_stopped: Callable[[], bool]) -> None:
    """Break a backup off that is to stop."""
    if is_stopped():
        raise InputError("It was told to stop.")


def remove_snapshot(place: FileStore, snapshot: str) -> None:
    """Remove a snapshot; from the first moment on it does not count any more."""
    place.remove(manifest_name(snapshot))
    place.remove_all(place.names(f"{SNAPSHOTS}/{snapshot}"))
    if isinstance(place, FileFolder):
        shutil.rmtree(place.incoming.parent / SNAPSHOTS / snapshot, ignore_errors=True)


def with_each(work: Callable[[_Item], _Result], items: Iterable[_Item]) -> list[_Result]:
    """Do the same with each, a few at a time; the first fault ends it."""
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return list(threads.map(work, items))


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Tell what goes wrong with a backup as errors that say what to do."""
    try:
        yield
    except NoRoomError:
        raise NoRoomError(_NO_ROOM) from None
    except InputError as error:
        raise InputError(_in_our_words(str(error))) from None
    except DATABASE_FAULTS as fault:
        why = "its disk is full" if says_disk_is_full(fault) else "look whether its server runs"
        raise PaleobcError(f"The database cannot be used just now: {why}.") from fault
    except OSError as fault:
        if is_full(fault):
            raise NoRoomError(_NO_ROOM) from None
        why = _in_our_words(fault.strerror or type(fault).__name__)
        where = f" ({fault.filename})" if fault.filename else ""
        raise PaleobcError(f"Files cannot be read or written just now: {why}{where}.") from fault


def _in_our_words(sentence: str) -> str:
    """What is said of a place of files, said of that of backups."""
    return sentence.replace("PALEOBC_FILES_URL", "PALEOBC_BACKUP_URL")
