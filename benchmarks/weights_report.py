"""What was measured of the coupling weights, as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from statistics import median
from typing import Any, Final

from warm_sets import PARTS

Found = dict[str, Any]

KERNEL_AIM, COMMAND_AIM, WARM_AIM, OVERLAP_AIM, REMAP_AIM = 0.25, 1.0, 3.0, 1e-14, 1e-12

#: CDO's calls that make what each engine makes; nothing of CDO makes runoff or calving, which are ours to carry alone.
_EQUAL: Final = {
    "mosaic_weights": ("cdo gencon T > LMDZ", "cdo gencon LMDZ > T"),
    "mosaix_weights": (
        "cdo gencon T > LMDZ",
        "cdo gencon LMDZ > T",
        "cdo gencon2 LMDZ > U",
        "cdo gencon2 LMDZ > V",
    ),
}
_ONE: Final = "cdo gencon T > LMDZ"
_NOTES: Final = """\
Processor seconds of all threads, least and median of rounds in which all take turns; the first round does not count.
Ratios are of least times, and of medians in brackets; below 1 ours is faster.
Overlaps: ours in a warm process, both directions at once, all cells of PALEORCA2 once, land included.
cdo gencon: a whole process on one thread, one direction; "cdo copy" is its start-up, reading and writing alone.
yac: compute_weights, one direction, in a warm process, without building its grids.
Whole commands: the present Earth on PALEORCA2 (182 x 149) and on its like at 0.5 degrees (722 x 599), with LMD 96x95;
Python's start-up, reading, checks, certificates and all files. CDO gets the cells of the sea only. mosaix: gencon both
ways, gencon2 for the wind stress on U and on V; mosaic: gencon both ways. Runoff, calving, grids, masks, areas, ocean
fraction and diagnostics have no counterpart in CDO and count for us alone. gencon for U and V is shown beside gencon2.
Warm: reading to the last file, and every file of weights described, as in a build; parts exclude each other."""


def _least(found: Found, name: str, part: str = "whole") -> float:
    return float(min(found["seconds"][name][part]))


def _median(found: Found, name: str, part: str = "whole") -> float:
    return float(median(found["seconds"][name][part]))


def _row(
    found: Found, name: str, label: str, peers: Iterable[tuple[str, tuple[str, ...]]] = (), part: str = "whole"
) -> str:
    """One line: least and median, and the ratios to sums of others that were measured."""
    text = f"  {label:<31}{_least(found, name, part):>9.4f}{_median(found, name, part):>9.4f}"
    for word, others in peers:
        if all(other in found["seconds"] for other in others):
            parts = ["weights" if other.endswith(": yac") else "whole" for other in others]
            least, middle = (
                of(found, name, part) / sum(of(found, *pair) for pair in zip(others, parts, strict=True))
                for of in (_least, _median)
            )
            text += f"  {least:.3f} ({middle:.3f}) x {word}"
    return text


def _verdict(met: bool, text: str) -> str:
    return f"{'aim met:   ' if met else 'aim missed:'} {text}"


def _kernels(found: Found) -> Iterator[str]:
    """Lines about overlaps and weights."""
    yield f"{'Overlaps with LMD 96x95, CPU s':<33}{'least':>9}{'median':>9}"
    for mesh in found["meshes"]:
        yield f"{mesh}:"
        gencon, yac = f"{mesh}: cdo gencon", f"{mesh}: yac"
        peers = [("cdo gencon", (gencon,)), ("yac", (yac,))]
        for part in ("overlaps", "overlaps, moments", "all weights"):
            yield _row(found, f"{mesh}: {part}", f"ours: {part}", peers)
        if gencon in found["seconds"]:
            yield _row(found, gencon, "cdo gencon")
            yield _row(found, f"{mesh}: cdo copy", "cdo copy")
        if yac in found["seconds"]:
            yield _row(found, yac, "yac compute_weights", part="weights")
            yield _row(found, yac, "yac building grids", part="grids")


def _commands(found: Found) -> Iterator[str]:
    """Lines about whole commands."""
    yield f"{'Whole commands, CPU s':<33}{'least':>9}{'median':>9}"
    yield _row(found, "paleobc --version", "paleobc --version (start-up)")
    for size in found["sizes"]:
        yield f"{size}:"
        for engine in _EQUAL:
            calls = _calls(size, engine)
            peers = [(f"its {len(calls)} cdo calls", calls), ("one cdo gencon", (f"{size}: {_ONE}",))]
            yield _row(found, f"{size}: paleobc run {engine}", f"paleobc run {engine}", peers)
        for name in found["seconds"]:
            if name.startswith(f"{size}: cdo ") and name.endswith(("LMDZ", "> T", "> U", "> V")):
                yield _row(found, name, name.removeprefix(f"{size}: "))


def _calls(size: str, engine: str) -> tuple[str, ...]:
    """CDO's calls, as they are named in what was measured, that make on a grid what an engine makes."""
    return tuple(f"{size}: {call}" for call in _EQUAL[engine])


def _warm(found: Found) -> Iterator[str]:
    """Lines about whole sets in a warm process."""
    yield f"{'Whole sets in a warm process, CPU s':<33}{'least':>7}{'median':>9}"
    for engine in _EQUAL:
        yield _row(found, f"warm {engine}", engine)
        yield from (_row(found, f"warm {engine}", f"    {part}", part=part) for part in PARTS)


def _agreement(found: Found) -> Iterator[str]:
    """Lines about how ours agrees with others."""
    yield "Agreement"
    for mesh, one in found["agreement"]["yac"].items():
        yield (
            f"  {mesh}: {one['links']} overlaps, {one['links of YAC']} of YAC; largest difference "
            f"{one['largest difference']:.1e} sr; {one['links in one only']} in one only, at most "
            f"{one['largest of these']:.1e} sr"
        )
    engine = ""
    for name, one in found["agreement"]["cdo"].items():
        if not name.startswith(f"{engine}: ") or not engine:
            engine = name.rsplit(": ", 1)[0]
            yield f"  cdo remap with the files of {engine}: largest relative difference; cells with a value in one only"
        opened = one["cells opened"]
        note = f"  (its own mask closes {opened} cells that send, as the old one: opened in a copy)" if opened else ""
        file = name.removeprefix(f"{engine}: ")
        yield f"    {file:<62}{one['largest difference']:>8.1e}{one['cells in one only']:>4}{note}"


def _aims(found: Found) -> Iterator[str]:
    """Lines of the aims and whether they are met."""
    yield "Aims"
    seconds = found["seconds"]
    for mesh in found["meshes"]:
        if f"{mesh}: cdo gencon" in seconds:
            ratio = _least(found, f"{mesh}: overlaps") / _least(found, f"{mesh}: cdo gencon")
            yield _verdict(ratio <= KERNEL_AIM, f"{mesh}: overlaps {ratio:.3f} x cdo gencon; wanted {KERNEL_AIM:g}")
    for size, engine in product(found["sizes"], _EQUAL):
        calls = _calls(size, engine)
        if all(call in seconds for call in calls):
            ratio = _least(found, f"{size}: paleobc run {engine}") / sum(_least(found, call) for call in calls)
            words = f"{size}: paleobc run {engine} {ratio:.2f} x its {len(calls)} cdo calls; wanted {COMMAND_AIM:g}"
            yield _verdict(ratio <= COMMAND_AIM, words)
    for engine in _EQUAL:
        warm = _least(found, f"warm {engine}")
        yield _verdict(warm <= WARM_AIM, f"warm {engine} {warm:.2f} s; wanted {WARM_AIM:g} s")
    for mesh, one in found["agreement"]["yac"].items():
        worst = one["largest difference"]
        yield _verdict(worst <= OVERLAP_AIM, f"{mesh}: {worst:.1e} sr from YAC; wanted {OVERLAP_AIM:g}")
    files = found["agreement"]["cdo"].values()
    if files:
        worst, cells = max(one["largest difference"] for one in files), sum(one["cells in one only"] for one in files)
        met = worst <= REMAP_AIM and cells == 0
        words = (
            f"cdo remaps with {len(files)} files: {worst:.1e}, {cells} cells in one only; wanted {REMAP_AIM:g} and 0"
        )
        yield _verdict(met, words)


def lines(found: Found) -> list[str]:
    """Return the tables, the aims and what was counted."""
    head = [*found["absent"], f"Beside paleobc: {', '.join(found['peers']) or 'none'}"]
    blocks = (_kernels, _commands, _warm, _agreement, _aims)
    return [*head, "", *(line for block in blocks for line in (*block(found), "")), *_NOTES.splitlines()]
