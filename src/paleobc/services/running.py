"""One run performed: what it reads is loaded, its step called, its result kept, and what follows is planned."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paleobc.broker.process import forget_peak, peak_mb, process_name
from paleobc.errors import AmbiguousVariableError, ConflictError, NoRoomError, PaleobcError
from paleobc.services.bundling import bundle_name, make_experiment_bundle
from paleobc.services.external_steps import options_of_run
from paleobc.services.planning import READ, plan
from paleobc.services.quotas import QuotaError, Room, lacks_room
from paleobc.services.run_ends import fail_run, note_lost
from paleobc.services.run_lines import note_begin, note_fault, told_in_log
from paleobc.services.run_progress import RunProgress
from paleobc.services.unedited import KeptUnedited
from paleobc.services.uploaded_files import read_upload
from paleobc.services.verification import assets_to_verify, verify
from paleobc.steps.catalogue import GRAPH
from paleobc.store.contents import Contents, content_name
from paleobc.store.database import Database
from paleobc.store.events import add_event
from paleobc.store.faults import DATABASE_FAULTS
from paleobc.store.files import FileStore, no_room
from paleobc.store.revisions import (
    BUNDLE,
    add_revision,
    newest_revisions,
    note_found,
    remove_earlier_bundles,
    revisions_made_of,
)
from paleobc.store.runs import begin, end, say
from paleobc.store.tables import Experiment, Revision, Run, Upload, utc_now
from paleobc.workflow.graph import Graph
from paleobc.workflow.hand_edits import hand_edits_of
from paleobc.workflow.revision import LostContentError
from paleobc.workflow.run import unedited
from paleobc.workflow.telling import heard_by

#: What a run reads is made again so often; if it is lost each time, the disk is broken.
_MOST_LOSSES: Final = 5
_LOST: Final = "Something that it reads was lost and is made again first."


@dataclass(frozen=True)
class _Made:
    """What a run made."""

    content: str
    bytes: int
    source: dict[str, Any] | None = None
    said: tuple[str, ...] = ()


class _Performer:
    """One run, and all that is needed to perform it."""

    def __init__(self, database: Database, files: FileStore, run: Run, claim: str, graph: Graph) -> None:
        self.database, self.files, self.run, self.claim, self.graph = database, files, run, claim, graph
        self.contents = Contents(files)
        self.progress = RunProgress(database, run, self.say)
        self.started = time.perf_counter()

    def make(self) -> _Made:
        """Do what the run is for."""
        if self.run.step.startswith(READ):
            return self._read()
        if self.run.step == BUNDLE:
            return _Made(*make_experiment_bundle(self.database, self.files, self.contents, self.run, self.say))
        with self.database.reading() as session:
            for earlier in revisions_made_of(session, self.run.fingerprint):
                if self.contents.has(earlier.content):
                    self.files.touch(content_name(earlier.content))
                    words = "The same was made before, and taken from there."
                    return _Made(earlier.content, earlier.bytes, None, (words,))
        return self._compute()

    def _read(self) -> _Made:
        """Read an uploaded file."""
        self.progress.enter("Reads the file.")
        with self.database.reading() as session:
            upload = session.get_one(Upload, self.run.options["upload"])
        dataset, source = read_upload(self.files, upload, self.run.options["variable"])
        content, size = self.contents.save(dataset)
        return _Made(content, size, source, tuple(source["assumptions"]))

    def _compute(self) -> _Made:
        """Call the step, and look whether its result obeys the laws."""
        run, step = self.run, self.graph.step(self.run.step)
        self.progress.enter("Reads what it needs.")
        datasets = {asset: self.contents.load(content) for asset, content in run.inputs.items()}
        options = options_of_run(step, run.options, run.inputs, run.fingerprint)
        self.progress.enter("Computes.")
        if hand_edits_of(step.writes) in run.inputs:
            store = KeptUnedited(self.database, self.contents, run)
            before = unedited(step, options, run.inputs, datasets.__getitem__, store)
            result = self.graph.changed_by_hand(step.writes, before, datasets[hand_edits_of(step.writes)])
        else:
            result = step.made_of(datasets, options)
        datasets[step.writes] = result
        self.progress.enter("Looks whether the result obeys the laws.")
        laws = verify([step.writes] if assets_to_verify([step.writes]) <= datasets.keys() else [], datasets)
        self.progress.enter("Writes the result.")
        content, size = self.contents.save(result)
        return _Made(content, size, None, tuple(f"{law.name}: holds ({law.detail})" for law in laws))

    def say(self, line: str, progress: float | None = None) -> None:
        """Tell what it does, in a line that may be empty, and how far it is, where that is known."""
        with self.database.writing() as session:
            run = say(session, self.claim, line, progress)
            if run is not None:
                add_event(
                    session,
                    "run_progress",
                    experiment_id=self.run.experiment_id,
                    run=self.run.id,
                    asset=self.run.asset,
                    progress=run.progress,
                    line=line,
                )

    def keep(self, made: _Made) -> str:
        """Keep a result: revision, end of the run and what follows, all or nothing."""
        seconds = time.perf_counter() - self.started
        with self.database.writing() as session:
            for line in (*made.said, f"Done in {seconds:.1f} s."):
                say(session, self.claim, line)
            run = end(session, self.claim, "done", peak_mb=peak_mb())
            if run is None:
                return "lost"
            self._refuse_what_was_removed(made)
            experiment = session.get_one(Experiment, run.experiment_id)
            experiment.changed = utc_now()
            note_found(session, made.content)
            revision = _new_revision(session, run, made, seconds, self.graph)
            add_event(
                session,
                "revision",
                experiment_id=run.experiment_id,
                user_id=run.asked_by,
                run=run.id,
                asset=run.asset,
                number=revision.number,
                reason=run.reason,
                content=made.content,
            )
            plan(session, experiment, self.graph, asked_by=run.asked_by)
        return "done"

    def _refuse_what_was_removed(self, made: _Made) -> None:
        """
        Refuse a result whose file was removed as one that nobody needs, before this transaction.

        From here on it is needed, and removing waits for the transaction: the two cannot cross.
        """
        name = bundle_name(made.content) if self.run.step == BUNDLE else content_name(made.content)
        if not self.files.has(name):
            raise FileNotFoundError(name)

    def fail(self, sentence: str, *, is_input_fault: bool = True, error: PaleobcError | None = None) -> str:
        """End a run that cannot be done."""
        candidates = error.candidates if isinstance(error, AmbiguousVariableError) else ()
        with self.database.writing() as session:
            failed = fail_run(
                session,
                self.claim,
                sentence,
                self.graph,
                is_input_fault=is_input_fault,
                candidates=candidates,
                peak_mb=peak_mb(),
            )
        return "failed" if failed else "lost"

    def make_again(self, content: str) -> str:
        """Have made again what this run reads and what is gone or harmed; the run is planned again after it."""
        with self.database.writing() as session:
            same = select(func.count()).where(
                Run.experiment_id == self.run.experiment_id,
                Run.step == self.run.step,
                Run.fingerprint == self.run.fingerprint,
                Run.sentence == _LOST,
            )
            if (session.scalar(same) or 0) >= _MOST_LOSSES:
                words = "What this reads keeps getting lost on the disk of the server; tell its administrator."
                fail_run(session, self.claim, words, self.graph, is_input_fault=False)
                return "failed"
            if end(session, self.claim, "withdrawn", sentence=_LOST) is None:
                return "lost"
            note_lost(session, content, self.graph)
            plan(session, session.get_one(Experiment, self.run.experiment_id), self.graph, asked_by=self.run.asked_by)
        return "withdrawn"

    def note_own_fault(self) -> str:
        """End a run at which the program itself failed, with what it was doing in the log."""
        note_fault(self.run)
        with self.database.writing() as session:
            say(session, self.claim, traceback.format_exc(limit=-8))
        return self.fail("The program failed here, which is a fault of its own; its log tells where.")


@told_in_log
def perform(
    database: Database, files: FileStore, run_id: str, claim: str, graph: Graph = GRAPH, *, quota_mb: int = 0
) -> str:
    """
    Perform a claimed run, and keep its result together with its end.

    Parameters
    ----------
    database : Database
    files : FileStore
    run_id : str
    claim : str
        Proof that the run is ours; where it no longer is, nothing is kept.
    graph : Graph
    quota_mb : int
        As of `paleobc.services.uploads.take_upload`: where no room is left, nothing is begun.

    Returns
    -------
    str
        State of the run afterwards; "lost" where it was no longer ours.

    Raises
    ------
    OSError, sqlalchemy.exc.OperationalError
        Where the machine is at fault: it may go better another time.
    """
    forget_peak()
    with database.writing() as session:
        run = begin(session, run_id, claim, process_name())
        if run is None:
            return "lost"
        add_event(session, "run_started", experiment_id=run.experiment_id, run=run.id, asset=run.asset)
        room = Room(session, session.get_one(Experiment, run.experiment_id), quota_mb)
        session.flush()
        session.expunge(run)
    note_begin(run)
    performer = _Performer(database, files, run, claim, graph)
    try:
        room.check()
        with performer.progress, heard_by(performer.say):
            made = performer.make()
        return performer.keep(made)
    except LostContentError as lost:
        return performer.make_again(str(lost))
    except PaleobcError as error:
        is_input_fault = isinstance(error, QuotaError) or not isinstance(error, ConflictError | NoRoomError)
        return performer.fail(str(error), is_input_fault=is_input_fault, error=error)
    except MemoryError:
        return performer.fail("This needs more memory than a step may take; take a coarser resolution.")
    except DATABASE_FAULTS:
        raise
    except Exception as error:  # nothing may stop those who wait behind it
        if lacks_room(files, error):
            return performer.fail(str(no_room()), is_input_fault=False)
        if isinstance(error, OSError):
            raise
        return performer.note_own_fault()


def _new_revision(session: Session, run: Run, made: _Made, seconds: float, graph: Graph) -> Revision:
    """Add the revision that a run made; where the newest one says that very thing, it was lost and is back."""
    newest = newest_revisions(session, [run.experiment_id])[run.experiment_id].get(run.asset)
    own = run.step.startswith(READ) or run.step == BUNDLE
    same = newest is not None and (newest.content, newest.fingerprint) == (made.content, run.fingerprint)
    if newest is not None and same and (not own or newest.options == run.options):
        return newest
    revision = add_revision(
        session,
        run.experiment_id,
        run.asset,
        content=made.content,
        bytes=made.bytes,
        fingerprint=run.fingerprint,
        run_number=run.number,
        step=run.step,
        step_version=0 if own else graph.step(run.step).version,
        options=run.options,
        inputs=run.inputs,
        source=made.source,
        made_by=run.asked_by,
        reason=run.reason,
        seconds=seconds,
    )
    if run.step == BUNDLE:
        remove_earlier_bundles(session, revision)
    return revision
