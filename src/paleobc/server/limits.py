"""How often somebody may guess a password or make an account; kept in this process."""

from __future__ import annotations

from typing import Final

from paleobc.services.accounts import RateLimit
from paleobc.store.users import name_key

_MINUTES: Final = 60.0


class TryLimits:
    """Limits on tries, by name and by address: many behind one address still get in, one name is not guessed."""

    def __init__(self) -> None:
        self._names = RateLimit(10, 5 * _MINUTES)
        self._addresses = RateLimit(60, 5 * _MINUTES)

    def check(self, name: str, address: str) -> None:
        """
        Count a try.

        Raises
        ------
        TooManyTriesError
        """
        self._addresses.check(address)
        self._names.check(name_key(name)[:200])

    def forget(self, name: str) -> None:
        """Forget the tries for a name: it was the right person."""
        self._names.forget(name_key(name)[:200])
