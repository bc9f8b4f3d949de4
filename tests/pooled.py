"""An application whose runs are the jobs of the tests, and what is done with them."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path

import pool_jobs as jobs
from application import Application
from paleobc.bootstrap import Installation
from paleobc.broker.handlers import Handlers, Limits
from paleobc.broker.local import LocalPool
from paleobc.services.run_ends import note_limit, note_machine_fault, recover
from paleobc.steps.catalogue import GRAPH
from paleobc.store.runs import OPEN, add_run
from paleobc.store.tables import Run, User


def handlers_of(installation: Installation) -> Handlers:
    """What is done with jobs: as the application does with steps."""
    database, is_alone = installation.database, not installation.settings.broker_url
    return Handlers(
        perform=jobs.perform,
        over_limit=lambda claim, sentence: note_limit(database, claim, sentence, GRAPH),
        machine_fault=lambda claim, sentence: note_machine_fault(database, claim, sentence),
        stopped=lambda claim, sentence: note_machine_fault(database, claim, sentence, own_fault=False),
        recover=lambda claims: recover(database, claims, is_alone=is_alone),
        prepare=jobs.prepare,
        prepare_arguments=(installation.settings,),
    )


class Pooled(Application):
    """An application whose runs are jobs, performed by a pool."""

    def __init__(self, folder: Path, **settings: object) -> None:
        super().__init__(folder, **settings)
        self.ada = self.user("ada")
        self.id = self.experiment(self.ada)
        self.marks = folder / "marks"

    def ask(self, job: str, *, user: User | None = None, **options: object) -> str:
        """Ask for a job, for ada or another user; returns the id of its run."""
        with self.database.writing() as session:
            options = {"job": job, "marks": str(self.marks), **options}
            name = f"{job}_{time.monotonic_ns()}"
            run = add_run(
                session,
                self.id,
                step=name,
                asset="a",
                fingerprint=name,
                options=options,
                asked_by=(user or self.ada).id,
            )
            return run.id

    def pool(self, *, workers: int = 2, seconds: float = 60.0, memory_mb: int = 4000) -> LocalPool:
        """Pool of this application."""
        return LocalPool(self.database, workers, Limits(seconds, memory_mb), handlers_of(self.installation))

    @contextmanager
    def working(self, **limits):
        """Pool that works."""
        pool = self.pool(**limits)
        pool.start()
        try:
            yield pool
        finally:
            pool.stop()

    def until(self, condition, seconds: float = 120.0):
        """Wait until something holds."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, [(r.step, r.state, r.sentence) for r in self.runs()]
            time.sleep(0.02)

    def runs(self) -> list[Run]:
        """All runs."""
        with self.database.reading() as session:
            return session.query(Run).order_by(Run.number).all()

    def ended(self, *run_ids: str) -> bool:
        """Whether these runs have ended."""
        return all(self.run(run_id).state not in OPEN for run_id in run_ids)

    def begun(self) -> list[int]:
        """Processes that began a job."""
        return [int(line) for line in self.marks.read_text().split()] if self.marks.exists() else []
