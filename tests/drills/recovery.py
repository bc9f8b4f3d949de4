"""What has to hold after a fault, and how people get there with what the pages offer."""

from __future__ import annotations

import sqlite3
import statistics
import time
from pathlib import Path
from typing import Any

from sqlalchemy import select

from drills.served import Person
from drills.workday import Workday
from paleobc.services.maintenance import tidy
from paleobc.services.planning import plan
from paleobc.steps.catalogue import GRAPH
from paleobc.store.runs import OPEN
from paleobc.store.tables import Experiment, Run


class Recovery(Workday):
    """
    A workday with which one can see that everything becomes current again.

    Parameters
    ----------
    folder, log, **more
        As of `Workday`.
    """

    #: Longest time until nothing is left to do [s].
    patience = 120.0
    #: How often it is looked whether anything is left to do [s].
    look_every = 0.05

    def __init__(self, folder: Path, log: Path, **more: Any) -> None:
        super().__init__(folder, log, **more)
        self.rests: list[float] = []

    def is_busy(self) -> bool:
        """Whether runs are left to do."""
        with self.app.database.reading() as session:
            return session.scalar(select(Run.id).where(Run.state.in_(OPEN)).limit(1)) is not None

    def until_done(self) -> None:
        """Wait until no run is left to do."""
        end = time.monotonic() + self.patience
        while self.is_busy():
            with self.app.database.reading() as session:
                runs = session.scalars(select(Run).where(Run.state.in_(OPEN))).all()
            assert time.monotonic() < end, [(r.step, r.state, r.worker, r.attempts, r.log) for r in runs]
            time.sleep(self.look_every)

    def rest(self) -> None:
        """Let everything become current, by what the pages offer: try again, or upload again."""
        began = time.monotonic()
        self.start()
        for _ in range(8):
            self.until_done()
            late = [person for person in self.people if not self._is_current(person)]
            if not late:
                break
            for person in late:
                self._mend(person)
        else:
            raise AssertionError([self._late(person) for person in self.people])
        for person in self.people:
            self.ledger.note_shown(person)
        self.rests.append(time.monotonic() - began)

    def _late(self, person: Person) -> list[tuple[str, str, str]]:
        """What is not current of an experiment, and why."""
        given = {asset for asset in GRAPH.sources if asset != "relief"}
        return [
            (one["asset"], one["state"], one["why"])
            for one in person.look()["assets"]
            if one["state"] != "current" and one["asset"] not in given
        ]

    def _is_current(self, person: Person) -> bool:
        return not self._late(person)

    def _mend(self, person: Person) -> None:
        """Do what the page says."""
        for asset, state, why in self._late(person):
            if state == "failed":
                self.counts[f"told: {why}"] += 1
            if asset == "relief" and state == "failed":
                self.give_relief(person)
                return
        assert person.post("/again").status_code == 202
        self.counts["tried again"] += 1

    def end(self) -> None:
        """Everything is current, every content is read, a bundle is made, and nothing half-written stays."""
        self.rest()
        self._read_all((200, 409))  # who finds a harm is told, and it is mended
        self.rest()
        self._read_all((200,))
        assert self.people[0].post("/bundle", {}).status_code == 202
        self.until_done()
        assert self.people[0].look()["bundle"]["state"] == "current"
        self.stop()
        self.ledger.look()
        self.counts["kept files, each as its name says"] = self.ledger.scan(again=True)
        self.counts["begun files left by those who were killed"] = len(self.ledger.begun_files())
        self.look_at_the_database()
        tidy(self.app.database, self.app.files, bin_days=30, left_alone=0.0)
        assert self.ledger.begun_files() == []
        self.ledger.look()
        self.counts.update({f"runs {state}": count for state, count in self.ledger.look_at_ends().items()})
        self.counts["revisions acknowledged, all there"] = len(self.ledger.revisions)

    def _read_all(self, expected: tuple[int, ...]) -> None:
        """Look at the newest revision of every asset that is shown."""
        for person in self.people:
            for asset in person.look()["assets"]:
                if asset["revision"] is not None:
                    answer = person.get(f"/assets/{asset['asset']}/revisions/{asset['revision']}/variables")
                    assert answer.status_code in expected, answer.text

    def look_at_the_database(self) -> None:
        """It is whole, and nothing is left to plan."""
        self.nothing_is_left_to_plan()
        with sqlite3.connect(self.app.folder / "paleobc.sqlite") as other:
            assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert other.execute("PRAGMA foreign_key_check").fetchall() == []
        other.close()

    def nothing_is_left_to_plan(self) -> None:
        """What is planned was performed."""
        for person in self.people:
            with self.app.database.writing() as session:
                assert plan(session, session.get_one(Experiment, person.experiment)) == []

    def measured(self) -> list[str]:
        """What was counted and timed, a line each."""
        self.counts["servers started"] = len(self.starts)
        times = {"start of a server to ready": self.starts, "from the last fault of a round to all current": self.rests}
        return [f"{count:6d} {name}" for name, count in sorted(self.counts.items())] + [
            f"{name}: median {statistics.median(found):.1f} s, at most {max(found):.1f} s"
            for name, found in times.items()
        ]
