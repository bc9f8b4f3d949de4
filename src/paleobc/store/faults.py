"""What a database raises that cannot be used just now."""

from __future__ import annotations

from typing import Final

from sqlalchemy import exc

#: Locked for longer than a writer waits, gone for a while, or all connections in use: it is worth trying again.
DATABASE_FAULTS: Final = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)


def says_disk_is_full(fault: BaseException) -> bool:
    """
    Whether a database cannot be used because it finds no room to write.

    Examples
    --------
    >>> says_disk_is_full(Exception("(sqlite3.OperationalError) database or disk is full"))
    True
    """
    return any(words in str(fault) for words in ("disk is full", "No space left on device"))
