"""What a database raises that cannot be used just now."""

from __future__ import annotations

from typing import Final

from sqlalchemy import exc

#: Locked for longer than a writer waits, gone for a while, or all connections in use: it is worth trying again.
DATABASE_FAULTS: Final = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
#: Beginnings of PostgreSQL's numbers of errors that pass: connection, idle for too long, only read from just now,
#: transactions that met, no room or memory, in use, told to stop, machine, own fault.
_PASSING: Final = ("08", "25006", "25P03", "40", "53", "55", "57", "58", "XX")


def says_disk_is_full(fault: BaseException) -> bool:
    """
    Whether a database cannot be used because it finds no room to write.

    Examples
    --------
    >>> says_disk_is_full(Exception("(sqlite3.OperationalError) database or disk is full"))
    True
    """
    if getattr(getattr(fault, "orig", None), "sqlstate", None) == "53100":  # whatever language the server speaks
        return True
    return any(words in str(fault) for words in ("disk is full", "No space left on device"))


def says_it_passes(fault: BaseException) -> bool:
    """
    Whether an error of PostgreSQL's driver is the server's or the machine's, and no fault of what was asked.

    Examples
    --------
    >>> says_it_passes(ValueError())
    False
    """
    return str(getattr(fault, "sqlstate", None) or "").startswith(_PASSING)
