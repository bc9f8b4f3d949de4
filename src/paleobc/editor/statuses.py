"""With which status of HTTP an error is told to the component, over a line or without one."""

from __future__ import annotations

from typing import Final

from paleobc.errors import ConflictError, ForbiddenError, NoRoomError, NotFoundError, PaleobcError

_STATUS: Final[tuple[tuple[type[PaleobcError], int], ...]] = (
    (NotFoundError, 404),
    (ForbiddenError, 403),
    (ConflictError, 409),
    (NoRoomError, 507),
)


def status_of(error: PaleobcError) -> int:
    """
    Status with which an error is answered: 422 where nothing else is said.

    Examples
    --------
    >>> status_of(ConflictError("Somebody else was first.")), status_of(PaleobcError("No."))
    (409, 422)
    """
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 422)
