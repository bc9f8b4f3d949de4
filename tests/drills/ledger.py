"""What a server has acknowledged, compared with what is there afterwards."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import select

from application import Application
from drills.served import Person
from paleobc.formats.netcdf import read_netcdf
from paleobc.services.uploaded_files import upload_name
from paleobc.steps.catalogue import GRAPH
from paleobc.store.contents import content_name
from paleobc.store.runs import OPEN
from paleobc.store.tables import Event, Experiment, Revision, Run, Upload
from paleobc.workflow.revision import content_of

#: States of a run that pages show, and those that are an end.
FINAL = ("done", "failed", "cancelled", "withdrawn")
Options = dict[str, Any]


class Ledger:
    """
    All that was acknowledged.

    Parameters
    ----------
    app : Application
        The installation, to look into its database and files.
    """

    def __init__(self, app: Application) -> None:
        self.app = app
        self.revisions: dict[tuple[str, str, int], str] = {}
        self.options: dict[tuple[str, str], list[Options]] = {}
        self.uploads: dict[str, str] = {}
        self.harmed_uploads: set[str] = set()
        self._seen: dict[Path, int] = {}

    def note_options(self, experiment: str, step: str, options: Options, *, is_sure: bool) -> None:
        """Note options that were acknowledged, or of which nobody heard what became."""
        key = (experiment, step)
        self.options[key] = [options] if is_sure else [*self.options.get(key, [{}]), options]

    def note_shown(self, person: Person) -> None:
        """Note all revisions that pages show of an experiment."""
        for asset in person.look()["assets"]:
            name, newest = asset["asset"], asset["revision"]
            if newest is None or (person.experiment, name, newest) in self.revisions:
                continue
            for revision in person.get(f"/assets/{name}/revisions").json():
                key = (person.experiment, name, revision["number"])
                assert self.revisions.setdefault(key, revision["content"]) == revision["content"]

    def look(self) -> None:
        """Nothing acknowledged is lost, nothing is half-written, and every run is in a state that is shown."""
        with self.app.database.reading() as session:
            revisions = session.scalars(select(Revision).where(Revision.asset != "bundle")).all()
            experiments = {one.id: one for one in session.scalars(select(Experiment))}
            uploads = {one.id: one.sha256 for one in session.scalars(select(Upload))}
            runs = {run.id: run for run in session.scalars(select(Run))}
        present = {(one.experiment_id, one.asset, one.number): one.content for one in revisions}
        assert {key: present.get(key) for key in self.revisions} == self.revisions
        for one in revisions:
            assert one.is_lost or self.app.files.has(content_name(one.content)), (one.asset, one.number)
        for (experiment, step), possible in self.options.items():
            all_of = GRAPH.step(step).options
            chosen = experiments[experiment].options.get(step, {})
            assert all_of(chosen) in [all_of(one) for one in possible], (step, chosen, possible)
        for run_id, sha256 in self.uploads.items():
            assert uploads[runs[run_id].options["upload"]] == sha256
            assert sha256 in self.harmed_uploads or self.app.files.has(upload_name(sha256))
        for run in runs.values():
            assert run.state in (*OPEN, *FINAL)
            assert (run.ended is None) == (run.state in OPEN)
            assert run.state != "failed" or run.sentence.endswith((".", "?")), run.sentence
        self.scan()

    def scan(self, *, again: bool = False) -> int:
        """Every kept file is what its name says; those that are as they were are looked at again only if asked."""
        self._seen = {} if again else self._seen
        root = self.app.folder / "files"
        for path in root.rglob("*"):
            if path.is_dir() or path.is_relative_to(root / "incoming"):
                continue
            assert ".part" not in path.name, path
            changed = path.stat().st_mtime_ns
            if self._seen.get(path) != changed and path.parent.parent.name in ("contents", "uploads", "bundles"):
                assert _checksum(path, path.name) == path.name.split(".")[0], path
                self._seen[path] = changed
        return len(self._seen)

    def begun_files(self) -> list[str]:
        """Names of files that somebody began and has not finished."""
        return [path.name for path in (self.app.folder / "files" / "incoming").iterdir()]

    def look_at_ends(self) -> Counter[str]:
        """Every run has ended, each result was kept once; how many runs are in each state."""
        with self.app.database.reading() as session:
            runs = session.scalars(select(Run)).all()
            kept = [event.data["run"] for event in session.scalars(select(Event).where(Event.kind == "revision"))]
        assert {run.state for run in runs} <= set(FINAL)
        assert len(kept) == len(set(kept))
        assert sorted(kept) == sorted(run.id for run in runs if run.state == "done")
        return Counter(run.state for run in runs)


class ObjectLedger(Ledger):
    """All that was acknowledged, where files are kept in an object store: they are asked for as any machine does."""

    def __init__(self, app: Application) -> None:
        super().__init__(app)
        self._whole: set[str] = set()

    def scan(self, *, again: bool = False) -> int:
        """Every kept file is what its name says; those that were looked at are looked at again only if asked."""
        self._whole = set() if again else self._whole
        for name in [kept.name for kept in self.app.files.listing() if kept.name not in self._whole]:
            folder, _, last = name.split("/")
            assert folder in ("contents", "uploads", "bundles"), name
            with self.app.files.fresh(name) as path:
                assert _checksum(path, last) == last.split(".")[0], name
            self._whole.add(name)
        return len(self._whole)

    def begun_files(self) -> list[str]:
        """Names of files on this machine that somebody began and has not finished: none reaches the store."""
        return [path.name for path in self.app.folder.rglob("incoming/*")]


def _checksum(path: Path, name: str) -> str:
    """What the name of a kept file has to be."""
    if name.endswith(".nc"):
        return content_of(read_netcdf(path))
    return hashlib.sha256(path.read_bytes()).hexdigest()
