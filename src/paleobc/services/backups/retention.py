"""Which backups stay, and which files nothing needs any more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from paleobc.errors import InputError
from paleobc.services.backups.manifest import all_snapshots, files_of, made_at
from paleobc.services.backups.place import FILES, kept_name, refuse_if, remove_snapshot
from paleobc.store.files import FileStore
from paleobc.store.tables import utc_now

#: What belongs to no backup stays for so long [s]: a backup of another installation may be on its way to name it.
LEFT_ALONE: Final = 86_400.0


def outdated(snapshots: Sequence[str], keep: int) -> list[str]:
    """
    Those of these snapshots that are not among so many of the newest, oldest first.

    Examples
    --------
    >>> outdated(["20260301T000000000-000", "20260303T000000000-000", "20260302T000000000-000"], 2)
    ['20260301T000000000-000']
    """
    return sorted(snapshots)[: max(0, len(snapshots) - keep)]


def clear_unfinished(
    place: FileStore, unfinished: Collection[str], own: Collection[str], *, was_interrupted: bool
) -> None:
    """Remove what is left of backups that were interrupted: our own now, those of others when they are old."""
    now = utc_now()
    for snapshot in unfinished:
        if snapshot in own or (now - made_at(snapshot)).total_seconds() > LEFT_ALONE:
            remove_snapshot(place, snapshot)
    place.clear_incoming(now.timestamp() if was_interrupted else now.timestamp() - LEFT_ALONE)


def thin_out(
    place: FileStore, keep: int, *, left_alone: float = LEFT_ALONE, is_stopped: Callable[[], bool] = lambda: False
) -> tuple[int, list[str]]:
    """
    Remove all backups but the newest, and then the files that none of the rest needs.

    Parameters
    ----------
    place : FileStore
    keep : int
        So many stay.
    left_alone : float
        Files that are not so old stay [s].
    is_stopped : callable
        Whether it is to stop.

    Returns
    -------
    tuple of int and list of str
        How many files were removed, and what could not be done.
    """
    found = all_snapshots(place)
    if not found.whole:
        return 0, []
    gone = outdated([snapshot.id for snapshot in found.whole], keep)
    for snapshot in gone:
        refuse_if(is_stopped)
        remove_snapshot(place, snapshot)
    try:
        needed = {copy.sha256 for each in found.whole if each.id not in gone for copy in files_of(place, each)}
    except InputError as error:
        return 0, [f"Files that no backup needs were left: {error}"]
    if found.harmed:  # what they need is not known
        return 0, [f"The manifest of {each} is harmed; remove its folder." for each in found.harmed]
    names = {kept_name(sha256) for sha256 in needed}
    unneeded = [kept.name for kept in place.listing(FILES) if kept.age > left_alone and kept.name not in names]
    refuse_if(is_stopped)
    place.remove_all(unneeded)
    return len(unneeded), []
