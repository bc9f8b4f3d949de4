"""The states of assets in the words of a page, for its template and for the module that keeps it up to date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from paleobc.steps.assets import ASSETS, title_of
from paleobc.steps.catalogue import GRAPH

#: Names of assets that are no words of their own, to be shown as titles.
_NAMES: Final = re.compile(r"\b(" + "|".join(name for name in (*ASSETS, *GRAPH.hand_edits) if "_" in name) + r")\b")

#: What planning says of an asset without a revision.
NEVER_MADE: Final = "not made yet"

#: States in the order in which a summary names them.
STATES: Final = ("running", "waiting", "stale", "failed", "missing", "current")


def word_of(state: str, *, is_given: bool, progress: float = 0.0) -> str:
    """
    A state in a word or two.

    Parameters
    ----------
    state : str
        One of `STATES`.
    is_given : bool
        Whether a user gives the asset, and no step makes it.
    progress : float
        How far its run is, 0 to 1; 0 where that is not known.

    Examples
    --------
    >>> word_of("running", is_given=False, progress=0.4), word_of("missing", is_given=True)
    ('running 40 %', 'not given')
    """
    if state == "running" and progress > 0:
        return f"running {100 * progress:.0f} %"
    if state == "running" and is_given:
        return "being read"
    if state == "waiting":
        return "waiting for a worker"
    if state == "missing":
        return "not given" if is_given else "not yet"
    return state


def shown(asset: Mapping[str, Any]) -> dict[str, Any]:
    """An asset with what pages show of its state: ``word``, ``progress``, ``started``, ``label``."""
    run = asset["run"] if asset["state"] in ("waiting", "running", "failed") else None
    running = run is not None and asset["state"] == "running"
    progress = float(run["progress"] or 0.0) if run is not None and running else 0.0
    word = word_of(asset["state"], is_given=asset["kind"] == "given", progress=progress)
    why = sentence(asset["why"] or "") if asset["state"] != "current" else ""
    return {
        **asset,
        "word": word,
        "why": why,
        "progress": round(progress, 3),
        "started": run["started"] if run is not None and running else None,
        "label": f"{asset['title']}: {word}. {why}".strip(),
    }


def sentence(words: str) -> str:
    """
    Words as a sentence, with assets as users call them.

    Examples
    --------
    >>> sentence("waits for interpolated_depth")
    'Waits for Interpolated depth.'
    """
    if not words:
        return ""
    words = _NAMES.sub(lambda found: title_of(found[0]), words)
    first = words.partition(" ")[0].rstrip(":,;.")
    begun = words[0].upper() + words[1:] if first.isalpha() else words  # a file keeps its name
    return begun + ("" if words.endswith((".", "!", "?")) else ".")


def reason(words: str) -> str:
    """
    Why a run was asked for, as a sentence.

    Examples
    --------
    >>> reason("not made yet")
    'For the first time.'
    """
    return "For the first time." if words == NEVER_MADE else sentence(words)


def shown_bundle(bundle: Mapping[str, Any]) -> dict[str, Any]:
    """The bundle with what pages show of its state: ``word``, ``progress``, ``why``."""
    run = bundle["run"]
    progress = float(run["progress"] or 0.0) if run is not None and bundle["state"] == "running" else 0.0
    word = word_of(bundle["state"], is_given=False, progress=progress)
    why = sentence(bundle["why"] or "") if bundle["state"] in ("waiting", "failed") else ""
    waits = [ASSETS[asset].title for asset in bundle["waits_for"]]
    return {**bundle, "word": word, "progress": progress, "why": why, "waits_for": waits}


def leading(states: Mapping[str, int]) -> str:
    """
    The state that a list shows for a whole experiment.

    Examples
    --------
    >>> leading({"current": 12, "failed": 1}), leading({})
    ('failed', 'missing')
    """
    order = ("failed", "running", "waiting", "stale", "current", "missing")
    return next((state for state in order if states.get(state)), "missing")


def summary(states: Mapping[str, int], *, brief: bool = False) -> str:
    """
    How many assets are in each state, as a sentence; brief: as words, without those not yet there.

    Examples
    --------
    >>> summary({"current": 14, "running": 1, "missing": 0})
    '1 running, 14 current.'
    """
    words = {"missing": "not yet"}
    parts = [
        f"{states[state]} {words.get(state, state)}"
        for state in STATES
        if states.get(state) and not (brief and state == "missing")
    ]
    if brief:
        return ", ".join(parts) or "nothing yet"
    return ", ".join(parts) + "." if parts else "Nothing yet."


def counted(assets: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many assets are in each state; those that a user may give and did not are left out."""
    counts: dict[str, int] = {}
    for asset in assets:
        if asset["state"] != "missing" or asset["kind"] != "given":
            counts[asset["state"]] = counts.get(asset["state"], 0) + 1
    return counts
