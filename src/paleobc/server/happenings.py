"""What happened in an experiment, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from paleobc.conventions import counted
from paleobc.server.rendering import size
from paleobc.server.states import NEVER_MADE, sentence
from paleobc.steps.assets import ASSETS, title_of
from paleobc.steps.catalogue import GRAPH
from paleobc.store.revisions import BUNDLE

#: Events of each run on its way, of which a list of what people want to know is full.
ON_THE_WAY: Final = frozenset({"run_waiting", "run_started", "run_progress", "draft"})

_STATES: Final = {
    "revision": "current",
    "run_started": "running",
    "run_waiting": "waiting",
    "run_failed": "failed",
    "content_lost": "failed",
}


def happening(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event of `paleobc.services.overview.activity_data` as the page shows it."""
    asset = str(event.get("asset", ""))
    known = asset in ASSETS
    return {
        "asset": asset if known else None,
        "title": title_of(asset) if known or asset in GRAPH.hand_edits else "Bundle" if asset == BUNDLE else "",
        "words": words_of(event),
        "state": _STATES.get(event["kind"], ""),
        "user": event["user"],
        "created": event["created"],
    }


def words_of(event: Mapping[str, Any]) -> str:
    """
    What happened, as a sentence.

    Examples
    --------
    >>> words_of({"kind": "revision", "number": 3, "reason": "options changed"})
    'Revision 3 made: options changed.'
    """
    kind = event["kind"]
    plain = _PLAIN.get(kind)
    if plain is not None:
        return plain
    if kind in _TOLD:
        return _TOLD[kind](event)
    return sentence(str(kind).replace("_", " "))


def _changed_by_hand(edits: int) -> str:
    """What somebody did by hand."""
    return f"Changed by hand, {counted(edits, 'edit')}" if edits else "No longer changed by hand"


def _title_of(step: Any) -> str:
    """Title of what a step makes."""
    return next((ASSETS[one.writes].title for one in GRAPH.steps if one.name == step), str(step))


def _why(event: Mapping[str, Any], words: str) -> str:
    """Words with the reason behind them."""
    why = str(event.get("why") or event.get("reason") or "")
    return sentence(f"{words}: {why}" if why and why != NEVER_MADE else words)


_PLAIN: Final = {
    "created": "The experiment was made.",
    "deleted": "Put into the bin.",
    "brought_back": "Brought back from the bin.",
    "taken_away": "Taken away; what was made of it follows.",
    "run_started": "Began to compute.",
    "draft": "Edited on the map; not saved yet.",
}
_TOLD: Final = {
    "revision": lambda event: _why(event, f"Revision {event.get('number')} made"),
    "run_waiting": lambda event: _why(event, "Waits to be computed"),
    "run_failed": lambda event: _why(event, "Failed"),
    "run_cancelled": lambda event: _why(event, "Cancelled"),
    "run_progress": lambda event: sentence(str(event.get("line") or "goes on")),
    "upload": lambda event: f"{event.get('file')} was uploaded, {size(event.get('bytes'))}.",
    "hand_edits": lambda event: _why(event, _changed_by_hand(int(event.get("edits") or 0))),
    "restored": lambda event: f"Revision {event.get('number')} was restored.",
    "options": lambda event: f"The options of {_title_of(event.get('step'))} were changed.",
    "changed": lambda event: f"Changed: {', '.join(map(str, event.get('fields') or ['details']))}.",
    "shared": lambda event: (
        f"Shared with {event.get('name')}, who may {'change it' if event.get('may_change') else 'look'}."
    ),
    "unshared": lambda event: f"No longer shared with {event.get('name')}.",
    "copied": lambda event: sentence(f"Copied to {event['to']}" if event.get("to") else "Copied"),
    "copy_of": lambda event: sentence(
        f"Made as a copy of {event.get('name')}" + (f", sent by {event['from']}" if event.get("from") else "")
    ),
    "admin_run": lambda event: (
        f"{event.get('by')}, who administers: {event.get('what')} {_title_of(event.get('step'))}."
    ),
    "admin_transferred": lambda event: (
        f"{event.get('by')}, who administers, gave it from {event.get('account')} to {event.get('to')}."
    ),
    "content_lost": lambda event: f"The file of revision {event.get('number')} was lost.",
}
