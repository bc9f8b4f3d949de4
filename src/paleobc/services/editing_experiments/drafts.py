"""Drafts of an experiment: begun with the list in use, kept in step with it and with the map below, and saved."""

from __future__ import annotations

from typing import Any, Final

from paleobc.errors import ConflictError
from paleobc.services.editing.beginnings import beginning_of, renewed
from paleobc.services.editing.cache import Cache
from paleobc.services.editing.draft_journal import DraftJournal
from paleobc.services.editing.field import EditedField
from paleobc.services.editing.host import Saved, Saving
from paleobc.services.editing.journal import Beginning, Journal, MemoryJournal
from paleobc.services.editing_experiments.place import ListInUse, Subject

_MOST_JOURNALS: Final = 20

#: Journals of those who only look, where nobody has begun a draft.
_LOOKED_AT: Final = Cache[MemoryJournal](_MOST_JOURNALS)


class DraftHost:
    """What the desk needs to know of an experiment, and where it saves."""

    def __init__(
        self,
        subject: Subject,
        journal: Journal,
        gateways: list[dict[str, Any]],
        *,
        may_change: bool,
    ) -> None:
        self._subject, self._journal = subject, journal
        self.may_change = self.can_save = may_change
        self.gateways = gateways

    def save(self, saving: Saving) -> Saved:
        """Put the edits into use, unless somebody has given another list meanwhile."""
        in_use = self._subject.list_in_use()
        if not _is_known(in_use, self._journal):
            raise ConflictError(
                f"Somebody has given another list meanwhile ({in_use.words}); load this page again, then save."
            )
        saved, note = self._subject.save(saving)
        self._journal.keep_note({**self._journal.note, "list": in_use.name, "saved": saving.position, **note})
        return saved

    def told(self, position: int) -> None:
        """Nothing more is to be told: the journal tells of what is added to it."""


def journal_of(subject: Subject, field: EditedField, kind: str, *, may_change: bool) -> tuple[Journal, tuple[str, ...]]:
    """Journal of the draft, begun where there is none, and what is to be told of it."""
    place = subject.place
    where: dict[str, Any] = {
        "experiment_id": place.experiment.id,
        "asset": subject.asset,
        "variable": subject.variable,
        "index": subject.index,
    }
    if not may_change:
        draft = DraftJournal.find(place.database, **where)
        if draft is not None and draft.header == field.header:
            return draft, ()
        in_use = subject.list_in_use()
        key = (*where.values(), field.header, in_use.name)
        return _LOOKED_AT.get(key, lambda: MemoryJournal(_beginning(field, in_use))), ()
    journal = DraftJournal.open(
        place.database, lambda: _beginning(field, subject.list_in_use()), **where, user_id=place.user.id
    )
    if kind == "open" or journal.header != field.header:
        return _followed(subject, field, journal)
    return journal, ()


def _beginning(field: EditedField, in_use: ListInUse) -> Beginning:
    """Beginning of a draft: with the edits that are in use."""
    begun = beginning_of(field, in_use.log())
    return Beginning(begun.header, begun.entries, {**begun.note, "list": in_use.name, "begun": len(begun.entries)})


def _followed(subject: Subject, field: EditedField, journal: Journal) -> tuple[Journal, tuple[str, ...]]:
    """
    Draft that somebody opens, after a look at what may have changed since: the list in use, and the map below.

    Where all of the draft is in a list, the draft begins anew with the list in use. Where it is not, its edits are
    carried out again on a changed map, and one is told of another list.
    """
    in_use, note = subject.list_in_use(), journal.note
    if "list" not in note:  # begun anew, without any edit
        note = {**note, "list": in_use.name}
        journal.keep_note(note)
    is_other = not _is_known(in_use, journal)
    told: tuple[str, ...] = ()
    if (is_other or (journal.header != field.header and _has_arrived(in_use, journal))) and _is_saved(journal):
        journal.renew(_beginning(field, in_use), journal.identity)
        return journal, ()
    if is_other:
        words = (
            f"Another list was given meanwhile ({in_use.words}). This draft does not have its edits; saving puts the "
            "draft in its place. To have both, download that list and import it here."
        )
        told = (words,)
        note = {**note, "list": in_use.name}
        journal.keep_note(note)
    if journal.header != field.header:
        begun = renewed(journal, field)
        kept = {name: note[name] for name in ("list", "upload") if name in note}
        journal.renew(Beginning(begun.header, begun.entries, {**begun.note, **kept}), journal.identity)
    return journal, told


def _is_known(in_use: ListInUse, journal: Journal) -> bool:
    """Whether the list in use is the one that a draft began with, or one that was saved from it."""
    return in_use.name == journal.note.get("list") or _has_arrived(in_use, journal)


def _has_arrived(in_use: ListInUse, journal: Journal) -> bool:
    """Whether the list in use is the last one that was saved from a draft; or that it began with, where none was."""
    upload = journal.note.get("upload")
    return in_use.name == journal.note.get("list") if upload is None else in_use.upload == upload


def _is_saved(journal: Journal) -> bool:
    """Whether nothing was done in a draft since it was begun or saved."""
    return not journal.read(journal.note.get("saved", journal.start + journal.note.get("begun", 0)))
