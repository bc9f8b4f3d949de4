"""Room for files: that a user's experiments may take, and that the disk has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy.orm import Session

from paleobc.errors import ConflictError, NoRoomError
from paleobc.store.files import FileStore, is_full
from paleobc.store.storage import bytes_of_user
from paleobc.store.tables import Experiment, User

_MEGABYTE = 1_000_000


class QuotaError(ConflictError):
    """What was asked for does not fit into what its owner may take; removing something helps."""


def quota_of(user: User, default_mb: int) -> int | None:
    """
    Most that the files of a user's experiments may take [bytes]; None: no limit.

    Examples
    --------
    >>> quota_of(User(quota_mb=None), 100), quota_of(User(quota_mb=2), 100), quota_of(User(quota_mb=0), 100)
    (100000000, 2000000, None)
    """
    quota_mb = default_mb if user.quota_mb is None else user.quota_mb
    return quota_mb * _MEGABYTE if quota_mb else None


class Room:
    """
    Room that the owner of an experiment has left for its files.

    Parameters
    ----------
    session : Session
    experiment : Experiment
    default_mb : int
        Quota of whom administrators said nothing of [MB]; 0: no limit.
    """

    def __init__(self, session: Session, experiment: Experiment, default_mb: int) -> None:
        owner = session.get_one(User, experiment.owner_id)
        self._owner, self._quota = owner.name, quota_of(owner, default_mb)
        self._used = 0 if self._quota is None else bytes_of_user(session, owner.id)

    def check(self, more: int = 1) -> None:
        """
        Refuse so many bytes more that do not fit.

        Raises
        ------
        QuotaError
        """
        if self._quota is not None and self._used + more > self._quota:
            raise QuotaError(
                f"The files of the experiments of {self._owner} take {self._used / _MEGABYTE:.0f} MB of the "
                f"{self._quota / _MEGABYTE:.0f} MB that they may take, and this does not fit. Remove experiments for "
                "good in the bin, or ask an administrator for more."
            )

    def counted(self, stream: Iterable[bytes]) -> Iterator[bytes]:
        """
        Pass a stream on as long as it fits.

        Raises
        ------
        QuotaError
            Before the first byte, where there is no room at all.
        """
        self.check()
        size = 0
        for piece in stream:
            size += len(piece)
            self.check(size)
            yield piece


def lacks_room(files: FileStore, error: Exception) -> bool:
    """Whether an error comes of a full disk: the library of NetCDF does not say so, and calls it by other names."""
    if is_full(error):
        return True
    try:
        files.refuse_without_room()
    except NoRoomError:
        return isinstance(error, OSError | RuntimeError)
    return False
