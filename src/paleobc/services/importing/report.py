"""What was brought over from the existing tool, and what was not, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


def shown(text: object, most: int = 2_000) -> str:
    r"""
    Text of a stranger without what could harm a terminal or a database.

    Examples
    --------
    >>> shown("a\x1b[2Jb\x00")
    'a[2Jb'
    """
    return "".join(letter for letter in str(text)[:most] if letter.isprintable())


@dataclass(frozen=True)
class Left:
    """
    Something that was not brought over, or not as it was.

    Parameters
    ----------
    experiment : str
        Name of its experiment; empty for a user.
    what : str
        The thing itself: a file with its type and revision, a list of edits.
    why : str
    """

    experiment: str
    what: str
    why: str


@dataclass
class Brought:
    """
    What was brought over so far.

    Parameters
    ----------
    is_rehearsal : bool
        Nothing was written.
    said : list of str
        What is to be known of accounts and experiments, in sentences.
    """

    is_rehearsal: bool
    users: int = 0
    experiments: int = 0
    changed_experiments: int = 0
    revisions: int = 0
    bytes: int = 0
    said: list[str] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    def leave(self, experiment: str, what: str, why: str) -> None:
        """Note that something was not brought over."""
        self.left.append(Left(shown(experiment), shown(what), shown(why)))

    def as_data(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "dry_run": self.is_rehearsal,
            "users": self.users,
            "experiments": self.experiments,
            "changed_experiments": self.changed_experiments,
            "revisions": self.revisions,
            "bytes": self.bytes,
            "said": self.said,
            "left": [vars(one) for one in self.left],
        }
