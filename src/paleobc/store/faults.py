"""What a database raises that cannot be used just now."""

from __future__ import annotations

from typing import Final

from sqlalchemy import exc

#: Locked for longer than a writer waits, gone for a while, or all connections in use: it is worth trying again.
DATABASE_FAULTS: Final = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
