"""What the modeller should look at after a build."""

from __future__ import annotations

from typing import Any, Final

from paleobc.cli.console import err
from paleobc.conventions import counted
from paleobc.services.files import REPORT
from paleobc.steps.assets import ASSETS

#: A warning names so many edits; the report names all.
_MOST_EDITS: Final = 10


def warn_of(report: dict[str, Any]) -> None:
    """What the modeller should look at."""
    advice = report["regrid"]["advice"]
    if advice:
        err.print(f"Note: {advice}", style="yellow", markup=False)
    on_relief, on_ocean = _found(report["checks"]), _found(report.get("ocean_checks", {}))
    if on_relief:
        err.print(f"On the relief: {on_relief}.", style="yellow", markup=False)
    if on_ocean:
        err.print(f"On the ocean grid: {on_ocean}.", style="yellow", markup=False)
    lost = _certified(report.get("weights", {}))
    if lost:
        err.print(
            f"Weights: {lost}. Weights of engine mosaix, and of mosaic with faithful: false, lose none.",
            style="yellow",
            markup=False,
        )
    if on_relief or on_ocean:
        err.print(
            f"Each is a place to look at, see problems in {REPORT}; `paleobc check RELIEF --map problems.png` draws "
            "those of the relief.",
            style="yellow",
            markup=False,
        )
    _warn_of_gateways(report["gateways"])
    _warn_of_edits(report["edits"])
    _warn_of_hand_edits(report["hand_edits"])


def _warn_of_gateways(gateways: dict[str, list[dict[str, Any]]]) -> None:
    """Gateways that do not hold: on the relief after its edits, and on the ocean grid."""
    failed = [
        f"Gateway fails {where}: {gateway['said']}"
        for asset, where in (("edited_relief", "on the relief"), ("bathymetry", "on the ocean grid"))
        for gateway in gateways.get(asset, [])
        if not gateway["holds"]
    ]
    for sentence in failed:
        err.print(sentence, style="yellow", markup=False)
    if failed:
        err.print("`paleobc repair MAP --gateways RECIPE -o EDITS` proposes edits.", style="yellow", markup=False)


def _warn_of_edits(edits: dict[str, dict[str, Any]]) -> None:
    """Edits that did not find what they had found when they were made, and those that changed nothing."""
    for name, went in edits.items():
        title = ASSETS[name].title
        conflicts = went["conflicts"]
        if conflicts:
            cells = counted(sum(conflict["count"] for conflict in conflicts), "cell")
            numbers = _numbers([conflict["edit"] for conflict in conflicts])
            err.print(
                f"{title}: {cells} not as {numbers} had found them; see edits in {REPORT}.",
                style="yellow",
                markup=False,
            )
        if went["without_effect"]:
            numbers = _numbers(went["without_effect"])
            err.print(f"{title}: no cell is changed by {numbers}.", style="yellow", markup=False)


def _warn_of_hand_edits(changed: dict[str, list[dict[str, Any]]]) -> None:
    """What was changed by hand, and edits that did not find what they had found when they were made."""
    for asset, lists in changed.items():
        edits, cells = (sum(each[key] for each in lists) for key in ("edits", "cells_changed"))
        other = sum(conflict["count"] for each in lists for conflict in each["conflicts"])
        found = f"; {counted(other, 'cell')} not as the edits had found them" if other else ""
        err.print(
            f"{ASSETS[asset].title} was changed by hand: {counted(edits, 'edit')}, {counted(cells, 'cell')}{found}; "
            f"see hand_edits in {REPORT}.",
            style="yellow",
            markup=False,
        )


def _numbers(edits: list[int]) -> str:
    """
    Numbers of edits as words, the first few.

    Examples
    --------
    >>> _numbers([4]), _numbers([4, 7])
    ('edit 4', 'edits 4, 7')
    """
    more = f" and {len(edits) - _MOST_EDITS} more" if len(edits) > _MOST_EDITS else ""
    return f"edit{'s' if len(edits) > 1 else ''} {', '.join(map(str, edits[:_MOST_EDITS]))}{more}"


def _certified(weights: dict[str, Any]) -> str:
    """What the certificates of runoff weights say of the water of rivers."""
    said = []
    for name, entry in weights.items():
        rivers = entry.get("rivers")
        if rivers and rivers["outlets_unserved"]:
            lost = rivers["discharge_area_unserved_m2"] / rivers["discharge_area_m2"]
            said.append(f"{name} loses the water of {rivers['outlets_unserved']} river outlets, {lost:.1%} of the land")
    return "; ".join(said)


def _found(checks: dict[str, Any]) -> str:
    """How many problems there are of each kind, as a sentence."""
    return "; ".join(
        f"{entry['title'].lower()}: {entry['places']}"
        if name == "closed_sea"
        else f"{entry['title'].lower()}: {entry['cells']} cells"
        for name, entry in checks.items()
        if entry["places"]
    )
