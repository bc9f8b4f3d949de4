"""Servers that are killed at any moment, and what has to hold afterwards."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import select

from application import Application
from paleobc.services.experiments import set_options
from paleobc.services.planning import plan
from paleobc.steps.catalogue import GRAPH
from paleobc.store.contents import content_name
from paleobc.store.runs import OPEN
from paleobc.store.tables import Event, Experiment, Revision, Run
from servers.column import column_environment

#: What a server does here: it performs runs until it is killed.
SERVER = """
from paleobc.lifetime import load_quickly
load_quickly()
import sys, time
from pathlib import Path
from paleobc.bootstrap import Installation
from paleobc.settings import Settings
from paleobc.worker import local_pool

if __name__ == "__main__":
    pool = local_pool(Installation(Settings(data_folder=Path(sys.argv[1]), workers=2)))
    pool.start()
    print("ready", flush=True)
    while True:
        time.sleep(60)
"""


class Drill:
    """Experiments that are changed all the time while their servers are killed."""

    def __init__(self, folder: Path, *, experiments: int, seed: int) -> None:
        self.app = Application(folder)
        self.random = random.Random(seed)  # noqa: S311  (repeatable, and no secret)
        self.script = folder / "server.py"
        self.script.write_text(SERVER, encoding="utf-8")
        self.users = [self.app.user(f"user {number}") for number in range(experiments)]
        self.ids = [self.app.experiment(user) for user in self.users]
        for number, (user, experiment) in enumerate(zip(self.users, self.ids, strict=True)):
            self.app.give_world(user, experiment, higher=float(number), name=f"world{number}.nc")

    def start(self) -> subprocess.Popen[bytes]:
        """Start a server."""
        environment = os.environ | column_environment(self.app.folder)
        with (self.app.folder / "server.log").open("ab") as log:
            command = [sys.executable, str(self.script), str(self.app.folder)]
            server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, cwd=self.app.folder, env=environment)
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        return server

    def until_busy(self) -> None:
        """Wait until runs are being performed, or nothing is left to do."""
        begun, end = self.begun(), time.monotonic() + 60
        while self.begun() == begun and any(run.state in OPEN for run in self.runs()):
            assert time.monotonic() < end
            time.sleep(0.05)

    def begun(self) -> int:
        """How often any run was begun."""
        return sum(run.attempts for run in self.runs())

    def runs(self) -> list[Run]:
        """All runs."""
        with self.app.database.reading() as session:
            return list(session.scalars(select(Run).order_by(Run.created)))

    def change(self) -> None:
        """Change something in some experiment."""
        number = self.random.randrange(len(self.ids))
        step, options = self.random.choice(
            [
                ("soils", {"colour": self.random.randint(1, 9)}),
                ("condition", {}),
                ("interpolate_depth", {"minimum_depth": self.random.choice([10.0, 20.0, 30.0])}),
            ]
        )
        with self.app.database.writing() as session:
            set_options(session, self.users[number], self.ids[number], step, options)

    def rounds(self, count: int) -> None:
        """Kill a server in each round, or a worker; then let one finish, and look at everything."""
        for _ in range(count):
            server = self.start()
            self.change()
            if self.random.random() < 0.8:
                self.until_busy()
            time.sleep(self.random.uniform(0.0, 1.5))
            if self.random.random() < 0.3:
                self.kill_a_worker()
                time.sleep(0.3)
            self.kill(server)
            self.look()
        server = self.start()
        try:
            self.finish()
        finally:
            self.kill(server)
        self.look()
        self.look_at_the_end()

    def kill(self, server: subprocess.Popen[bytes]) -> None:
        """Kill a server, without any chance to put things in order."""
        os.kill(server.pid, signal.SIGKILL)
        server.communicate()

    def kill_a_worker(self) -> None:
        """Kill a process that performs a run."""
        pids = [int(str(run.worker).split()[1]) for run in self.runs() if run.state == "running" and run.worker]
        if pids:
            os.kill(self.random.choice(pids), signal.SIGKILL)

    def finish(self) -> None:
        """Wait until nothing is left to do."""
        end = time.monotonic() + 120
        while any(run.state in OPEN for run in self.runs()):
            assert time.monotonic() < end, [(run.step, run.state, run.worker) for run in self.runs()]
            time.sleep(0.2)

    def look(self) -> None:
        """Whatever a revision names is there whole; every run is in a state that is shown."""
        with self.app.database.reading() as session:
            contents = set(session.scalars(select(Revision.content)))
        for content in contents:
            assert self.app.files.has(content_name(content)), content
        for run in self.runs():
            assert run.state in ("waiting", "running", "done", "failed", "cancelled", "withdrawn")
            assert (run.ended is None) == (run.state in OPEN)

    def look_at_the_end(self) -> None:
        """Everything is current, each result was kept once, and every content is what its name says."""
        for experiment in self.ids:
            states = self.app.states(experiment)
            wrong = {a: (s.state, s.why) for a, s in states.items() if s.state not in ("current", "missing")}
            assert wrong == {}, wrong
            assert all(states[asset].state == "current" for asset in GRAPH.assets)
            with self.app.database.writing() as session:
                assert plan(session, session.get_one(Experiment, experiment)) == []
        with self.app.database.reading() as session:
            revisions = session.scalars(select(Revision)).all()
            kept = session.scalars(select(Event).where(Event.kind == "revision")).all()
        for content in {revision.content for revision in revisions}:
            self.app.contents.load(content)
        runs = [event.data["run"] for event in kept]
        assert len(runs) == len(set(runs))
        assert sorted(runs) == sorted(run.id for run in self.runs() if run.state == "done")
