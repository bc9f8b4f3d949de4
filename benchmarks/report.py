"""What was measured, as lines of text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from math import log
from typing import Any, Final

Found = dict[str, Any]
Cell = Callable[[Found], str]

#: CPU seconds of the existing tool, whole chain, as published in the project's notes: another machine.
EXISTING: Final = {1.0: 4.2, 0.5: 40.0, 0.25: 348.0}
AIM_SPEED_UP, AIM_SECONDS, AIM_MEGABYTES = 100.0, 2.0, 500.0

_OUR_PARTS: Final = {
    "condition": ("seas", "fill", "flats", "pits", "rest of condition"),
    "network": ("directions", "order", "basins", "lengths", "retention", "codes", "rest of network"),
}
_PEER_PARTS: Final = ("fill + d8", "graph", "basins", "lengths")

#: Our steps, and those of pyflwdir that do the same work.
_PAIRS: Final = (
    ("condition, directions / fill + d8", ("condition", "directions"), ("fill + d8",)),
    ("order / graph", ("order",), ("graph",)),
    ("basins and their areas / basins", ("basins",), ("basins",)),
    ("lengths / lengths", ("lengths",), ("lengths",)),
    ("whole / pyflwdir total", ("total",), ("total",)),
)
_NOTES: Final = """\
World: the relief that ships, linear between its cells, with seeded noise on land; 1 degree is as shipped.
CPU seconds of one thread, least of several rounds in which ours and pyflwdir take turns; compiling excluded.
Ours: condition() and river_network() as they are, east-west wrap, all eight outputs; "rest" is checks and rounding.
pyflwdir: does NOT wrap east-west (a river ends at 180 degrees), every sea is an outlet, basins without areas.
scikit-image: fill only, reconstruction on the map laid three times side by side, tiling included.
Memory: peak resident memory of a fresh process less what was in use before the run (modules, warm loops, input);
results are counted."""


def _row(label: str, found: Iterable[Found], cell: Cell) -> str:
    """One line of the table."""
    return f"{label:<36}" + "".join(f"{cell(one):>13}" for one in found)


def _grouped(number: float) -> str:
    """A count with a blank between thousands."""
    return f"{number:,.0f}".replace(",", " ")


def _sum(one: Found, tool: str, steps: Iterable[str]) -> float:
    """CPU seconds of some steps of a tool."""
    return float(sum(one["seconds"][tool][step] for step in steps))


def _seconds(tool: str, step: str) -> Cell:
    """CPU seconds of a step."""
    return lambda one: f"{one['seconds'][tool][step]:.4f}"


def _tiled(cell: Cell) -> Cell:
    """Something about scikit-image, or a word where it was left out."""
    return lambda one: cell(one) if one["scikit-image"] else "left out"


def _sizes(found: list[Found]) -> list[str]:
    """Lines about the worlds."""
    return [
        _row("resolution", found, lambda one: f"{one['step']:g} degree"),
        _row("cells", found, lambda one: _grouped(one["cells"])),
        _row("land cells", found, lambda one: _grouped(one["land cells"])),
        _row("land in depressions", found, lambda one: f"{one['in depressions']:.1%}"),
        _row("rounds", found, lambda one: str(one["rounds"])),
    ]


def _times(found: list[Found]) -> list[str]:
    """Lines of CPU seconds."""
    rows = ["CPU s"]
    for whole, parts in _OUR_PARTS.items():
        rows.append(_row(f"ours: {whole}", found, _seconds("ours", whole)))
        rows += [_row(f"        {part.split(' of ')[0]}", found, _seconds("ours", part)) for part in parts]
    rows.append(_row("ours: whole", found, _seconds("ours", "total")))
    rows += [_row(f"pyflwdir: {part}", found, _seconds("pyflwdir", part)) for part in (*_PEER_PARTS, "total")]
    rows.append(_row("scikit-image: fill", found, _tiled(lambda one: f"{one['scikit-image']['seconds']['fill']:.4f}")))
    return rows


def _ratio(mine: Iterable[str], theirs: Iterable[str]) -> Cell:
    """CPU time of some steps of ours over some of pyflwdir's."""
    return lambda one: f"{_sum(one, 'ours', mine) / _sum(one, 'pyflwdir', theirs):.3f}"


def _ratios(found: list[Found]) -> list[str]:
    """Lines of ratios of CPU time."""
    against_tiled = _tiled(lambda one: f"{_sum(one, 'ours', ['fill']) / one['scikit-image']['seconds']['fill']:.4f}")
    return [
        "Ratio of CPU times, ours / peer: below 1 ours is faster",
        *(_row(label, found, _ratio(mine, theirs)) for label, mine, theirs in _PAIRS),
        _row("fill / scikit-image fill", found, against_tiled),
    ]


def _megabytes(tool: str, what: str) -> Cell:
    """Memory of a tool [MB]."""
    return lambda one: f"{one['memory'][tool][what] / 1e6:.1f}"


def _memory(found: list[Found]) -> list[str]:
    """Lines of memory."""
    return [
        "Peak memory above the input, MB",
        _row("ours", found, _megabytes("ours", "peak")),
        _row("ours: of it results", found, _megabytes("ours", "held")),
        _row("pyflwdir", found, _megabytes("pyflwdir", "peak")),
        _row("scikit-image: fill", found, _tiled(lambda one: f"{one['scikit-image']['peak'] / 1e6:.1f}")),
        _row("ours, bytes a cell", found, lambda one: f"{one['memory']['ours']['peak'] / one['cells']:.0f}"),
    ]


def _growth(found: list[Found], label: str, amount: Callable[[Found], float]) -> str:
    """How an amount grows from each resolution to the next, and the power of the number of cells that is."""
    text = f"{label:<36}{'':>13}"
    for coarse, fine in pairwise(found):
        times = amount(fine) / amount(coarse)
        power = log(times) / log(fine["cells"] / coarse["cells"])
        text += f"x {times:.1f} ^{power:.2f}".rjust(13)
    return text


def _growths(found: list[Found]) -> list[str]:
    """Lines of growth."""
    return [
        "Growth from the resolution before, and as a power of the number of cells: ^1 is linear",
        _growth(found, "cells", lambda one: one["cells"]),
        _growth(found, "ours: condition", lambda one: _sum(one, "ours", ["condition"])),
        _growth(found, "ours: network", lambda one: _sum(one, "ours", ["network"])),
        _growth(found, "ours: whole", lambda one: _sum(one, "ours", ["total"])),
        _growth(found, "ours: peak memory", lambda one: one["memory"]["ours"]["peak"]),
        _growth(found, "pyflwdir: whole", lambda one: _sum(one, "pyflwdir", ["total"])),
        _growth(
            [one for one in found if one["step"] in EXISTING],
            "the existing tool (published)",
            lambda one: EXISTING[one["step"]],
        ),
    ]


def _fills(found: list[Found]) -> list[str]:
    """Lines that compare our fill with that of scikit-image."""
    return [
        "Cells whose filled height differs from scikit-image's to the bit",
        _row("", found, _tiled(lambda one: _grouped(one["scikit-image"]["differing"]))),
    ]


def _verdict(met: bool) -> str:
    """Whether an aim is met."""
    return "aim met:   " if met else "aim missed:"


def _aims(found: list[Found]) -> list[str]:
    """Lines of the aims and how far they are met."""
    rows = ["Aims"]
    for one in found:
        seconds = _sum(one, "ours", ["total"])
        if one["step"] == 1.0:
            times = EXISTING[1.0] / seconds
            rows.append(
                f"{_verdict(times >= AIM_SPEED_UP)} 1 degree: {times:.0f} x faster than the existing tool's published"
                f" {EXISTING[1.0]} s (another machine); wanted {AIM_SPEED_UP:.0f} x"
            )
        if one["step"] == 0.1:
            megabytes = one["memory"]["ours"]["peak"] / 1e6
            taken = f"{megabytes:.0f} MB above the input; wanted {AIM_MEGABYTES:g} MB"
            rows.append(f"{_verdict(seconds <= AIM_SECONDS)} 0.1 degree: {seconds:.2f} s CPU; wanted {AIM_SECONDS:g} s")
            rows.append(f"{_verdict(megabytes <= AIM_MEGABYTES)} 0.1 degree: {taken}")
    return rows


def lines(found: list[Found]) -> list[str]:
    """Return the table, the aims and what was counted."""
    blocks = [_sizes, _times, _ratios, _memory, _growths, _fills, _aims]
    return [line for block in blocks for line in (*block(found), "")] + _NOTES.splitlines()
