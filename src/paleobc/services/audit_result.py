"""What an audit finds: faults and warnings with their cells, checks that hold, checks that could not be made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from paleobc.conventions import BoolArray, FloatArray, counted
from paleobc.topography.checks import CheckKind

#: fault: a run with these files fails, or loses water or heat, or gives wrong numbers; warning: worth a look.
Severity = Literal["fault", "warning"]

#: So many cells of a finding are named; their number is always whole.
MOST_CELLS: Final = 20


@dataclass(frozen=True)
class Places:
    """Latitude and longitude of the cells of a field [degrees], each broadcastable to its rows and columns."""

    latitude: FloatArray
    longitude: FloatArray


@dataclass(frozen=True)
class Cell:
    """
    A cell in which something is wrong.

    Parameters
    ----------
    row, column : int
        Counted from 0 in the order of the file.
    latitude, longitude : float
        [degrees], longitude from -180 to 180.
    value : float or None
        What stands there; None where it is no number.
    """

    row: int
    column: int
    latitude: float
    longitude: float
    value: float | None


@dataclass(frozen=True)
class Finding:
    """
    One thing that is wrong.

    Parameters
    ----------
    check : CheckKind
    files : tuple of str
        Files concerned, with their folders.
    severity : {"fault", "warning"}
    said : str
        Sentence that says what is wrong.
    count : int
        Number of cells or links concerned; 0 where it is about a file as a whole.
    cells : tuple of Cell
        The first of them.
    """

    check: CheckKind
    files: tuple[str, ...]
    severity: Severity
    said: str
    count: int = 0
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class Held:
    """A check that holds for these files, with the figures that show it."""

    check: CheckKind
    files: tuple[str, ...]
    figures: str


@dataclass(frozen=True)
class NotLookedAt:
    """A check that could not be made, and why."""

    check: CheckKind
    files: tuple[str, ...]
    reason: str


#: Outcome of a check: what is wrong and figures, or why it could not be made.
Outcome = tuple[list[Finding], str] | str


@dataclass(frozen=True)
class Check:
    """
    A check, and the files that it needs.

    Parameters
    ----------
    kind : CheckKind
    needs : tuple of str
        Roles of the files, whose contents are given to ``look`` in this order.
    look : callable
        Gives an outcome.
    about : int
        So many of the files, the first ones, are those that the check is about.
    more : tuple of CheckKind
        Further kinds of findings that the same look gives.
    """

    kind: CheckKind
    needs: tuple[str, ...]
    look: Callable[..., Outcome]
    about: int = 1
    more: tuple[CheckKind, ...] = ()


@dataclass(frozen=True)
class Audit:
    """
    All that an audit found in a folder.

    Parameters
    ----------
    folder : Path
    files : dict of str to str
        Files that were looked at, by role; those of a set of weights as ``engine:role``.
    findings : tuple of Finding
        Faults first.
    held : tuple of Held
    not_looked_at : tuple of NotLookedAt
    seconds : float
    changed_by_hand : dict of str to str
        What each file says of it that was changed by hand.
    """

    folder: Path
    files: dict[str, str]
    findings: tuple[Finding, ...]
    held: tuple[Held, ...]
    not_looked_at: tuple[NotLookedAt, ...]
    seconds: float
    changed_by_hand: Mapping[str, str] = field(default_factory=dict)

    @property
    def faults(self) -> tuple[Finding, ...]:
        """Findings with which a run must not start."""
        return tuple(finding for finding in self.findings if finding.severity == "fault")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that are worth a look."""
        return tuple(finding for finding in self.findings if finding.severity == "warning")

    def as_data(self) -> dict[str, Any]:
        """All of it as plain data, for a page or for JSON."""
        number = Counter(finding.severity for finding in self.findings)
        return {
            "folder": self.folder.name,
            "files": dict(self.files),
            "faults": number["fault"],
            "warnings": number["warning"],
            "checks_held": len(self.held),
            "changed_by_hand": dict(self.changed_by_hand),
            "findings": [_finding_data(finding) for finding in self.findings],
            "held": [{**_named(each.check, each.files), "figures": each.figures} for each in self.held],
            "not_looked_at": [{**_named(each.check, each.files), "reason": each.reason} for each in self.not_looked_at],
            "seconds": round(self.seconds, 3),
        }


def _named(check: CheckKind, files: tuple[str, ...]) -> dict[str, Any]:
    return {"check": check.name, "title": check.title, "files": list(files)}


def _finding_data(finding: Finding) -> dict[str, Any]:
    """A finding as plain data."""
    return {
        **_named(finding.check, finding.files),
        "severity": finding.severity,
        "count": finding.count,
        "said": finding.said,
        "meaning": finding.check.meaning,
        "remedy": finding.check.remedy,
        "cells": [vars(cell) for cell in finding.cells],
    }


def wrong_cells(
    check: CheckKind,
    files: tuple[str, ...],
    severity: Severity,
    said: str,
    cells: BoolArray,
    places: Places,
    values: FloatArray,
) -> list[Finding]:
    """
    A finding about these cells; none where there are none.

    Parameters
    ----------
    check : CheckKind
    files : tuple of str
    severity : {"fault", "warning"}
    said : str
        Sentence about them, in which the first ``{}`` stands for their number with its noun.
    cells : ndarray of bool, shape (rows, columns)
    places : Places
    values : ndarray, shape (rows, columns)

    Examples
    --------
    >>> kind = CheckKind("dry", "Dry", "No water.", "Add some.")
    >>> where = Places(np.zeros((1, 2)), np.array([[0.0, 359.0]]))
    >>> found = wrong_cells(kind, ("a.nc",), "fault", "{} of sea without water.", np.array([[False, True]]), where,
    ...     np.array([[1.0, np.nan]]))
    >>> found[0].said, found[0].cells
    ('1 cell of sea without water.', (Cell(row=0, column=1, latitude=0.0, longitude=-1.0, value=None),))
    """
    count = int(np.count_nonzero(cells))
    if not count:
        return []
    rows, columns = (index[:MOST_CELLS] for index in np.nonzero(cells))
    latitude, longitude = (
        np.broadcast_to(part, cells.shape)[rows, columns] for part in (places.latitude, places.longitude)
    )
    named = tuple(
        Cell(int(j), int(i), round(float(north), 4), round((float(east) + 180.0) % 360.0 - 180.0, 4), number_or_none(v))
        for j, i, north, east, v in zip(rows, columns, latitude, longitude, values[rows, columns], strict=True)
    )
    return [Finding(check, files, severity, said.replace("{}", counted(count, "cell"), 1), count, named)]


def number_or_none(value: float) -> float | None:
    """Value; None where it is no number, which JSON cannot hold."""
    return float(value) if np.isfinite(value) else None
