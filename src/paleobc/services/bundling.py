"""The bundle of an experiment: asked for once everything is current, made as a run, kept as one file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import xarray as xr
from sqlalchemy.orm import Session

from paleobc.errors import ConflictError, InputError
from paleobc.formats.opening import file_sha256
from paleobc.services.bundles import make_bundle
from paleobc.services.experiment_recipes import ExperimentRecipe, recipe_of
from paleobc.services.planning import AssetState, states_of
from paleobc.services.provenance import VERSION
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH
from paleobc.store.contents import Contents
from paleobc.store.database import Database
from paleobc.store.events import add_event
from paleobc.store.experiments import experiment_for
from paleobc.store.files import FileStore
from paleobc.store.revisions import BUNDLE, revisions_made_of
from paleobc.store.runs import OPEN, add_run, newest_runs
from paleobc.store.tables import Experiment, Run, User
from paleobc.workflow.revision import Record
from paleobc.workflow.run import Outcome
from paleobc.workflow.step import Step

ENGINES: Final = ("mosaix", "mosaic")
_UNSAFE: Final = str.maketrans(dict.fromkeys('/\\:*?"<>|', "_"))


def bundle_name(content: str) -> str:
    """Name under which a bundle is kept."""
    return f"bundles/{content[:2]}/{content}.tar.gz"


def file_title(name: str) -> str:
    """
    Name of an experiment as that of a file.

    Examples
    --------
    >>> file_title("Rupelian: 30 Ma / high CO2")
    'Rupelian_ 30 Ma _ high CO2'
    """
    plain = "".join(letter for letter in name.translate(_UNSAFE) if letter.isprintable())
    return plain.strip(" .")[:80] or "experiment"


def ask_for_bundle(
    session: Session, user: User, experiment_id: str, *, engine: str = "mosaix", old_names: bool = False
) -> Run:
    """
    Ask for the bundle of an experiment as it is now.

    Raises
    ------
    ConflictError
        Where not everything is current yet.
    InputError
        Where there is no such engine.
    """
    experiment = experiment_for(session, user.id, experiment_id, to_change=True)
    if engine not in ENGINES:
        raise InputError(f"There is no engine {engine!r}; the engines are {' and '.join(ENGINES)}.")
    states = states_of(session, experiment)
    late = [ASSETS[asset].title for asset in GRAPH.assets if states[asset].state != "current"]
    if late:
        raise ConflictError(f"A bundle holds everything, and this is not up to date: {', '.join(late)}.")
    options = {"engine": engine, "old_names": old_names}
    key = bundle_fingerprint(recipe_of(session, experiment, states), options, states)
    present = newest_runs(session, [experiment_id])[experiment_id].get(BUNDLE)
    if present is not None and present.fingerprint == key and present.state in OPEN:
        return present
    run = add_run(
        session,
        experiment_id,
        step=BUNDLE,
        asset=BUNDLE,
        fingerprint=key,
        options=options,
        inputs={asset: state.usable for asset, state in states.items() if state.usable},
        reason="asked for",
        priority=1,
        asked_by=user.id,
    )
    add_event(
        session,
        "run_waiting",
        experiment_id=experiment_id,
        user_id=user.id,
        run=run.id,
        asset=BUNDLE,
        why=run.reason,
    )
    return run


def bundle_fingerprint(found: ExperimentRecipe, options: dict[str, Any], states: dict[str, AssetState]) -> str:
    """Checksum of all that a bundle depends on [hex SHA-256]."""
    made_of = {
        "version": VERSION,
        "recipe": found.text(),
        "sources": {asset: source.sha256 for asset, source in sorted(found.sources.items())},
        "results": {asset: state.usable for asset, state in sorted(states.items())},
        "options": options,
    }
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


def make_experiment_bundle(
    database: Database, files: FileStore, contents: Contents, run: Run, say: Callable[[str, float], None]
) -> tuple[str, int]:
    """
    Make a bundle and keep it.

    Parameters
    ----------
    database : Database
    files : FileStore
    contents : Contents
    run : Run
    say : callable
        Hears of every step, and how far it is, from 0 to 1.

    Returns
    -------
    content : str
        Checksum of its bytes [hex SHA-256].
    size : int
        [bytes].

    Raises
    ------
    PaleobcError
    """
    with database.reading() as session:
        experiment = session.get_one(Experiment, run.experiment_id)
        states = states_of(session, experiment)
        found = recipe_of(session, experiment, states)
        if bundle_fingerprint(found, run.options, states) != run.fingerprint:
            raise ConflictError("The experiment changed since the bundle was asked for; ask for it again.")
    done = 0

    def listen(step: Step, outcome: Outcome | None) -> None:
        nonlocal done
        if outcome is not None:
            done += 1
            say(f"{step.name}: {outcome.reason}", 0.9 * done / len(GRAPH.steps))

    with files.temporary_folder() as folder:
        (folder / "recipe.yaml").write_text(found.text(), encoding="utf-8")
        found.write_inputs(folder, files, contents)
        packed = make_bundle(
            folder / "recipe.yaml",
            folder / file_title(experiment.name),
            listener=listen,
            store=_Kept(database, contents),
            **run.options,
        ).archive
        return _keep(files, packed)


def _keep(files: FileStore, packed: Path | None) -> tuple[str, int]:
    """Keep the file of a bundle; returns its checksum and size."""
    if packed is None:
        raise InputError("The bundle was made without its file; ask for it again.")
    content, size = file_sha256(packed), packed.stat().st_size
    files.put(bundle_name(content), packed, again=True)
    return content, size


class _Kept:
    """Results of all experiments, as `paleobc.workflow.revision.RevisionStore`; new ones last as long as this."""

    def __init__(self, database: Database, contents: Contents) -> None:
        self._database, self._contents = database, contents
        self._records: dict[str, Record] = {}

    def find(self, fingerprint: str) -> Record | None:
        """Record of this fingerprint whose content is there."""
        if fingerprint in self._records:
            return self._records[fingerprint]
        with self._database.reading() as session:
            for r in revisions_made_of(session, fingerprint):
                if self._contents.has(r.content):
                    return Record(fingerprint, r.content, r.step, r.step_version, r.options, r.inputs)
        return None

    def latest(self, step: str) -> Record | None:  # noqa: ARG002 - part of the protocol
        """No record: it would only say in other words why a step runs."""
        return None

    def load(self, content: str) -> xr.Dataset:
        """Dataset of a content; raises LostContentError where it is gone or harmed."""
        return self._contents.load(content)

    def save(self, record: Record, dataset: xr.Dataset) -> None:
        """Keep a record and its content."""
        self._contents.save(dataset)
        self._records[record.fingerprint] = record
