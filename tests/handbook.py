"""The engineer's handbook, taken apart for the tests that run its commands and for those that hold its words."""

from __future__ import annotations

import re
import shlex
import textwrap
from dataclasses import dataclass

from documentation import DOCS

#: In the order in which somebody works through it, and in which its commands are run.
HANDBOOK = tuple(
    DOCS / name
    for name in (
        "maintenance.md",
        "maintenance/versions.md",
        "maintenance/data.md",
        "maintenance/access.md",
        "maintenance/watching.md",
        "maintenance/symptoms.md",
    )
)
TEXT = {path.stem: path.read_text(encoding="utf-8") for path in HANDBOOK}
_BLOCK = re.compile(r"^(?P<indent> *)```sh(?P<mark>[^\n]*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """
    Commands of the handbook that stand together.

    Parameters
    ----------
    page, section : str
    mark : str
        What stands behind ``sh``: ``runs``, ``runs on the new host``, or ``proved: WHY``.
    text : str
    """

    page: str
    section: str
    mark: str
    text: str

    @property
    def is_run(self) -> bool:
        """Whether the tests in containers run it."""
        return self.mark.startswith("runs")

    @property
    def lines(self) -> list[str]:
        """One command each, without line breaks in it."""
        return self.text.replace("\\\n", " ").splitlines()


def handbook() -> list[Block]:
    """All blocks of commands in their order."""
    found = []
    for page, text in TEXT.items():
        for match in _BLOCK.finditer(text):
            headings = re.findall(r"^#+ (.*)$", text[: match.start()], re.MULTILINE)
            found.append(Block(page, headings[-1], match["mark"].strip(), textwrap.dedent(match["text"])))
    return found


def commands_in(line: str) -> list[list[str]]:
    """
    Words of the commands of a line, each by itself and without where its output goes.

    Examples
    --------
    >>> commands_in('make "a b" | tee -a log > /dev/null && echo done')
    [['make', 'a b'], ['tee', '-a', 'log'], ['echo', 'done']]
    """
    reader = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    reader.whitespace_split = True
    found: list[list[str]] = [[]]
    words = iter(reader)
    for word in words:
        if set(word) <= set("|&;"):
            found.append([])
        elif set(word) <= set("<>"):
            next(words)
        else:
            found[-1].append(word)
    return found
