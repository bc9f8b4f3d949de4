"""Edits of ocean depths as text: lists of editTopo.py (COSIMA) and of edit_field.py (JMMP)."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

import numpy as np

from paleobc.conventions import FloatArray
from paleobc.errors import InputError
from paleobc.formats.edit_list_depths import CellDepths, refuse_many
from paleobc.formats.wording import quoted, sized
from paleobc.topography.edits.limits import HIGHEST, LONGEST_TEXT, MOST_EDITS

COSIMA_BEGINNING: Final = "editTopo.py"
_COSIMA_HEADER: Final = ("editTopo.py edits file version 1", "#", "# for editTopo.py --apply", "#", "#  i  j  old  new")
_JMMP_HEADER: Final = "#### ii, jj, new depth (m) #####"

#: Comments that say nothing of the edits below them.
_SAYS_NOTHING: Final = re.compile(
    r"(i+\W+j+\W.*|for editTopo\.py --apply|This file can be used as an argument.*|(created|by|via): .*)?",
    re.IGNORECASE,
)
_INDEX: Final = re.compile(r"[0-9]{1,9}")
_RANGE: Final = re.compile(r"([0-9]{1,9})\s*-\s*([0-9]{1,9})")
_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]{1,300}\.?[0-9]{0,300}|\.[0-9]{1,300})(?:[eE][-+]?[0-9]{1,4})?")


@dataclass(frozen=True)
class _Line:
    """One line of a list and where it stands, for its errors."""

    name: str
    number: int
    shape: tuple[int, int]

    def refuse(self, what: str) -> NoReturn:
        raise InputError(f"{self.name} line {self.number}: {what}")

    def indices(self, text: str, letter: str) -> range:
        """Indices that a column states: one, or a range with its end."""
        size = self.shape[0 if letter == "j" else 1]
        found = _RANGE.fullmatch(text)
        if not found and not _INDEX.fullmatch(text):
            self.refuse(f"{letter} is {quoted(text)}; it should be a whole number from 0 to {size - 1}.")
        first, last = (int(found[1]), int(found[2])) if found else (int(text), int(text))
        if first > last:
            self.refuse(f"the range {quoted(text)} of {letter} ends before it begins.")
        if last >= size:
            self.refuse(
                f"{letter} is {last} and the grid has {sized(self.shape)} cells, counted from 0; was the list made for "
                "another grid, or counted from 1?"
            )
        return range(first, last + 1)

    def depth(self, text: str) -> float:
        """Depth that a column states."""
        if not _NUMBER.fullmatch(text) or not abs(value := float(text)) <= HIGHEST:
            self.refuse(f"the new depth is {quoted(text)}; it should be at most {HIGHEST:.0f} m, and 0 for land.")
        return value


class _Blocks:
    """Collects depths into blocks of one reason each."""

    def __init__(self, name: str) -> None:
        self.name, self.count = name, 0
        self.done: list[CellDepths] = []
        self.reason, self.said = "", [""]
        self._begin()

    def _begin(self) -> None:
        """Begin a block; arrays, as a list of depths may have millions of lines."""
        self.rows, self.columns, self.depths = array("q"), array("q"), array("d")

    def say(self, comment: str) -> None:
        """Take a comment: it is the reason of the lines that follow."""
        if self.rows:
            self.finish()
            self.said = []
        if not _SAYS_NOTHING.fullmatch(comment):
            self.said.append(comment)

    def add(self, rows: range, columns: range, depth: float, note: str = "") -> None:
        """Take a line of the list."""
        self.count += len(rows) * len(columns)
        refuse_many(self.count, self.name)
        reason = " ".join(part for part in (*self.said, note) if part)
        if reason != self.reason:
            self.finish()
            self.reason = reason
        for column in columns:
            self.rows.extend(rows)
            self.columns.extend([column] * len(rows))
            self.depths.extend([depth] * len(rows))

    def finish(self) -> list[CellDepths]:
        """End a block; all of them."""
        if self.rows:
            if len(self.done) == MOST_EDITS:
                raise InputError(f"{self.name} has more than {MOST_EDITS} comments between its lines; leave some out.")
            rows, columns = np.array(self.rows, dtype=np.int64), np.array(self.columns, dtype=np.int64)
            self.done.append(CellDepths(rows, columns, np.array(self.depths), reason=self.reason[:LONGEST_TEXT]))
            self._begin()
        return self.done


def read_cosima(lines: Sequence[str], name: str, shape: tuple[int, int]) -> list[CellDepths]:
    """
    Depths of a list of COSIMA's ``editTopo.py``.

    The first line begins with ``editTopo.py`` and ends with the version, 1; each other line is
    ``i j old new``, indices counted from 0 from the west and south, and what follows # is a comment. ``old`` is not
    looked at, as by the tool itself.

    Parameters
    ----------
    lines : sequence of str
    name : str
        What the list is called, for the errors.
    shape : tuple of int
        Rows and columns of the grid.

    Raises
    ------
    InputError
        Where a line cannot be read or states a cell that the grid has not; names the line.

    References
    ----------
    https://github.com/COSIMA/domain-tools, ``editTopo.py`` (--apply).

    Examples
    --------
    >>> read = read_cosima(["editTopo.py edits file version 1", "# Gibraltar", "2 1 0.0 280.0"], "list", (4, 8))
    >>> [(block.rows, block.columns, block.depths, block.reason) for block in read]
    [(array([1]), array([2]), array([280.]), 'Gibraltar')]
    """
    version = lines[0].split()[-1]
    if version != "1":
        raise InputError(f"{name} line 1: this list of editTopo.py has the version {quoted(version)}; known is 1.")
    blocks = _Blocks(name)
    for number, text in enumerate(lines[1:], 2):
        line = _Line(name, number, shape)
        data, sign, comment = (part.strip() for part in text.partition("#"))
        if not data:
            if sign:
                blocks.say(comment.strip("# "))
            continue
        parts = data.split()
        if len(parts) != 4:
            line.refuse(f"this has {len(parts)} columns; it should have four: i j old new.")
        if any(not _INDEX.fullmatch(part) for part in parts[:2]):
            line.refuse(f"i and j are {quoted(' '.join(parts[:2]))}; they should be whole numbers from 0.")
        blocks.add(line.indices(parts[1], "j"), line.indices(parts[0], "i"), line.depth(parts[3]), comment)
    return blocks.finish()


def is_jmmp(lines: Iterable[str]) -> bool:
    """Whether lines look like a list of edit_field.py: numbers with commas, or at least its heading."""
    data = next((line for line in lines if line.strip() and line[0] not in "#!"), None)
    if data is None:
        return any(line.rstrip() == _JMMP_HEADER for line in lines)
    return re.match(r"\s*-?[0-9]+\s*([-:]\s*[0-9]+\s*)?,", data) is not None


def read_jmmp(lines: Sequence[str], name: str, shape: tuple[int, int]) -> list[CellDepths]:
    """
    Depths of a list of JMMP's ``edit_field.py``.

    Each line is ``i, j, depth``; i and j count the columns and rows of the file's arrays **from 0**, halo included
    (the tool uses them as indices of Python), and either may be a range ``first-last`` with its end. Lines that
    begin with # or ! are comments. The reason of an edit is the comment above it.

    Parameters
    ----------
    lines : sequence of str
    name : str
        What the list is called, for the errors.
    shape : tuple of int
        Rows and columns of the grid.

    Raises
    ------
    InputError
        Where a line cannot be read or states a cell that the grid has not; names the line.

    References
    ----------
    https://github.com/JMMP-Group/GLOBAL_BATHYMETRY, ``src/edit_field.py`` and ``etc/eORCA1_bathy_edits.dat``.

    Examples
    --------
    >>> read = read_jmmp(["## Gibraltar", " 2-3, 1, 280.0"], "list", (4, 8))
    >>> [(block.rows, block.columns, block.depths, block.reason) for block in read]
    [(array([1, 1]), array([2, 3]), array([280., 280.]), 'Gibraltar')]
    """
    blocks = _Blocks(name)
    for number, text in enumerate(lines, 1):
        line = _Line(name, number, shape)
        if text.startswith(("#", "!")):
            blocks.say(text.strip("#! \t\r"))
        elif text.strip():
            parts = [part.strip() for part in text.split(",")]
            if any(":" in part for part in parts[:2]) or "#" in text:
                line.refuse(
                    "this is the old form of editTopo.py, which counts from 1; apply it once with editTopo.py and give "
                    "the list that it writes (version 1)."
                )
            if len(parts) != 3:
                line.refuse(f"this has {len(parts)} columns; it should have three: i, j, depth.")
            blocks.add(line.indices(parts[1], "j"), line.indices(parts[0], "i"), line.depth(parts[2]))
    return blocks.finish()


def cosima_lines(blocks: Iterable[CellDepths]) -> Iterator[str]:
    """Lines of a list for ``editTopo.py --apply``, see `read_cosima`; ``nan`` where the old depth is not known."""
    yield from _COSIMA_HEADER
    for block in blocks:
        yield from _comments(block.reason)
        old: FloatArray = np.full(block.depths.shape, np.nan) if block.old is None else block.old
        for row, column, before, depth in zip(
            block.rows.tolist(), block.columns.tolist(), old.tolist(), block.depths.tolist(), strict=True
        ):
            yield f"{column:4d} {row:4d}  {before!r}  {depth!r}"


def jmmp_lines(blocks: Iterable[CellDepths]) -> Iterator[str]:
    """Lines of a list for ``edit_field.py``, see `read_jmmp`."""
    yield _JMMP_HEADER
    for block in blocks:
        yield from _comments(block.reason)
        for row, column, depth in zip(block.rows.tolist(), block.columns.tolist(), block.depths.tolist(), strict=True):
            yield f"{column:4d}, {row:4d}, {depth!r}"


def _comments(reason: str) -> Iterator[str]:
    """Reason as lines that both tools skip; an empty one parts the edit from the one before."""
    for line in reason.splitlines() or [""]:
        yield f"## {line.strip()}".rstrip()
