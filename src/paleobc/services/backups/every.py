"""A backup again and again, as a service that runs for ever."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta
from typing import Final

from paleobc.conventions import counted
from paleobc.errors import PaleobcError
from paleobc.services.backups.making import Made
from paleobc.services.backups.snapshot import make_backup
from paleobc.settings import Settings
from paleobc.store.backups import last_good_backup
from paleobc.store.database import Database
from paleobc.store.faults import DATABASE_FAULTS
from paleobc.store.files import FileStore
from paleobc.store.tables import utc_now

#: After one that failed the next one is tried so soon [s], or after the usual time where that is shorter.
_AGAIN: Final = 900.0
#: It is looked at least so often whether one is due [s]: somebody may have made one, and clocks are set.
_LOOK: Final = 600.0
_log = logging.getLogger(__name__)


def back_up_for_ever(
    database: Database, files: FileStore, settings: Settings, stop: threading.Event, *, reads_all: bool = False
) -> None:
    """
    Make a backup whenever the last good one is old enough, until it is to stop; a fault is told, and tried again.

    Parameters
    ----------
    database : Database
    files : FileStore
    settings : Settings
    stop : threading.Event
        Also breaks off the backup that is under way.
    reads_all : bool
        Whether all files of earlier backups are read again each time.
    """
    while not stop.is_set():
        wait = min(_AGAIN, 3600.0 * settings.backup_hours)
        try:
            with database.reading() as session:
                last = last_good_backup(session, settings.backup_url)
            left = seconds_left(last, settings.backup_hours, utc_now())
            if left <= 0:
                _tell(make_backup(database, files, settings, reads_all=reads_all, is_stopped=stop.is_set))
            wait = min(_LOOK, left) if left > 0 else 0.0
        except (PaleobcError, *DATABASE_FAULTS) as error:
            if not stop.is_set():
                _log.error("No backup was made: %s", error if isinstance(error, PaleobcError) else "no database.")
        except Exception:  # it has to go on, whatever comes
            _log.exception("No backup was made.")
        stop.wait(wait)


def seconds_left(last: datetime | None, hours: int, now: datetime) -> float:
    """
    Time until the next backup is due [s].

    Examples
    --------
    >>> seconds_left(datetime(2026, 3, 1, 9), 24, datetime(2026, 3, 2, 8))
    3600.0
    >>> seconds_left(None, 24, datetime(2026, 3, 2, 8))
    0.0
    """
    if last is None:
        return 0.0
    return max(0.0, (min(last, now) + timedelta(hours=hours) - now).total_seconds())


def _tell(made: Made) -> None:
    """Tell of a backup in the log."""
    _log.info("Backup %s: %s, %d of them new.", made.id, counted(made.files, "file"), made.new_files)
    for warning in made.warnings:
        _log.warning("Backup %s: %s", made.id, warning)
