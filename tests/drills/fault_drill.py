"""A served installation that goes on while everything breaks around it."""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from sqlalchemy import select

from drills.recovery import Recovery
from drills.small_disk import SmallDisk, harm
from drills.workday import Deed, join
from paleobc.services.uploaded_files import upload_name
from paleobc.store.contents import content_name
from paleobc.store.tables import Run

_LOG = logging.getLogger("drill")

#: How long the database is locked [s].
LOCKED = 10.0
#: Answers to those who change something while there is no room: done, the database cannot, no room.
_WITHOUT_ROOM = (200, 202, 503, 507)


class FaultDrill(Recovery):
    """
    A workday in rounds of faults.

    Parameters
    ----------
    folder : Path
        Of its data.
    log : Path
        Of its server.
    disk : SmallDisk or None
        The disk on which that folder is; None: it cannot be filled.
    seed : int
    """

    def __init__(self, folder: Path, log: Path, disk: SmallDisk | None, *, seed: int) -> None:
        super().__init__(folder, log, seed=seed)
        self.disk = disk

    def rounds(self, count: int) -> None:
        """Go through so many rounds, and look at everything at the end."""
        for person in self.people:
            self.start()
            self.give_relief(person)
        for number, kinds in enumerate(self.schedule(count)):
            began = time.monotonic()
            self.start()
            for _ in range(self.random.randint(1, 3)):
                self.change()
            for kind in kinds:
                time.sleep(self.random.choice([0.0, 0.1, self.random.uniform(0.1, 1.0)]))
                self.start()
                self.faults[kind]()
                self.counts[kind] += 1
            self.rest()
            self.ledger.look()
            _LOG.info("round %d: %s, %.1f s", number + 1, " and ".join(kinds), time.monotonic() - began)
        self.end()
        for line in self.measured():
            _LOG.info(line)

    def schedule(self, count: int) -> list[list[str]]:
        """Faults of each round; a database is locked in each twentieth, and in a quarter two things happen."""
        others = [kind for kind in self.faults if kind != "locked" and (kind != "disk" or self.disk is not None)]
        choose = lambda: self.random.choice(others)  # noqa: E731
        found = [["locked" if number % 20 == 7 else choose()] for number in range(count)]
        self.random.shuffle(found)
        for kinds in found:
            if self.random.random() < 0.25:
                kinds.append(choose())
        return found

    @property
    def faults(self) -> dict[str, Callable[[], None]]:
        """What can happen."""
        return {
            "server": self.kill_server,
            "worker": self.kill_worker,
            "disk": self.fill_disk,
            "locked": self.lock_database,
            "file": self.harm_file,
        }

    def kill_server(self) -> None:
        """The server is killed, half the time while a file comes in and options are chosen."""
        assert self.server is not None
        deeds: list[Deed] = []
        if self.random.random() < 0.5:
            first, second = self.random.sample(self.people, 2)
            options = {"colour": self.random.randint(1, 9)}
            deeds = self.meanwhile(
                lambda: self.give_relief(first, pause=0.3),
                lambda: self.choose(second, "soils", options, (200,)),
            )
            time.sleep(self.random.uniform(0.0, 0.4))
        self.server.kill()
        join(deeds)
        self.start()

    def kill_worker(self) -> None:
        """A process is killed in the middle of a run."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            worker = self._busy_worker()
            if worker is not None:
                os.kill(worker, signal.SIGKILL)
                self.counts["workers killed in mid-run"] += 1
                return
            if not self.is_busy():
                self.change()
            time.sleep(0.005)

    def _busy_worker(self) -> int | None:
        """Process that performs a run now."""
        with self.app.database.reading() as session:
            workers = session.scalars(select(Run.worker).where(Run.state == "running", Run.attempts > 0)).all()
        assert self.server is not None
        family = {process.pid for process in psutil.Process(self.server.process.pid).children(recursive=True)}
        found = sorted({int(str(worker).split(" ")[1]) for worker in workers} & family)
        return self.random.choice(found) if found else None

    def fill_disk(self) -> None:
        """The disk is full for some seconds, while people work on; now and then the server is killed meanwhile."""
        assert self.disk is not None
        self.give_relief(self.random.choice(self.people))
        time.sleep(self.random.uniform(0.0, 0.8))
        self.disk.fill(self.random.choice([0, 4096, 40_000, 400_000, 4_000_000]))
        try:
            for _ in range(3):
                self.change(_WITHOUT_ROOM)
                assert self.people[0].get("").status_code == 200  # one can look
                time.sleep(self.random.uniform(0.2, 0.8))
            if self.random.random() < 0.25:
                assert self.server is not None
                self.server.kill()
                self.counts["servers killed on a full disk"] += 1
        finally:
            self.disk.empty()

    def lock_database(self) -> None:
        """Another program locks the database for ten seconds: one may look, and what is changed waits."""
        self.give_relief(self.random.choice(self.people))
        other = sqlite3.connect(self.app.folder / "paleobc.sqlite", isolation_level=None, timeout=30)
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        first, second = self.random.sample(self.people, 2)
        options = {"colour": self.random.randint(1, 9)}
        deeds = self.meanwhile(lambda: self.choose(first, "soils", options, (200,)), lambda: self.give_relief(second))
        while time.monotonic() - began < LOCKED:
            looked = time.monotonic()
            third = next(one for one in self.people if one not in (first, second))
            assert third.get("").status_code == 200
            self.counts["slowest look while locked [ms]"] = max(
                self.counts["slowest look while locked [ms]"], round(1000 * (time.monotonic() - looked))
            )
            time.sleep(0.5)
        other.execute("ROLLBACK")
        other.close()
        join(deeds)

    def harm_file(self) -> None:
        """A kept file is removed, cut or changed; who reads it is told, and what is the newest is made again."""
        self.rest()
        person = self.random.choice(self.people)
        key = self.random.choice([key for key in self.ledger.revisions if key[0] == person.experiment])
        content = self.ledger.revisions[key]
        if self.random.random() < 0.7:  # the newest, which others read
            shown = [one for one in person.look()["assets"] if one["revision"]]
            reliefs = [one for one in shown if one["asset"] == "relief"]
            asset = self.random.choice(reliefs if self.random.random() < 0.3 else shown)
            key = (person.experiment, asset["asset"], asset["revision"])
            content = self.ledger.revisions[key]
        path = self.app.folder / "files" / content_name(content)
        if not path.exists():  # an old one that was harmed before
            return
        how = self.random.choice(["removed", "cut", "changed"])
        if key[1] == "relief" and self.random.random() < 0.5:
            self._remove_upload(key)
        harm(path, how)
        self.counts[f"files {how}"] += 1
        if self.random.random() < 0.3:
            self.change()
        answer = person.get(f"/assets/{key[1]}/revisions/{key[2]}/variables")
        assert answer.status_code in (200, 409), answer.text
        self.counts["harms told"] += answer.status_code == 409

    def _remove_upload(self, key: tuple[str, str, int]) -> None:
        """Remove the bytes of which a relief was read, too."""
        with self.app.database.reading() as session:
            found = session.scalars(select(Run).where(Run.experiment_id == key[0], Run.asset == "relief")).all()
        for sha256 in {run.options["sha256"] for run in found}:
            (self.app.folder / "files" / upload_name(sha256)).unlink(missing_ok=True)
            self.ledger.harmed_uploads.add(sha256)
        self.counts["uploads removed"] += 1
