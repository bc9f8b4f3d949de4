"""Twenty people at work in a laboratory while workers, broker, database and servers of pages break around them."""

from __future__ import annotations

import logging
import os
import signal
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx
from sqlalchemy import func, select

from drills.laboratory import Laboratory
from drills.ledger import ObjectLedger
from drills.recovery import Recovery
from drills.served import Person
from drills.workday import Deed, join
from paleobc.server.visitors import COOKIE
from paleobc.store.tables import Experiment, Run, User
from paleobc.store.users import sign_in

_LOG = logging.getLogger("drill")

#: Time between two faults, and between two looks of a person at what it asked for [s].
_BETWEEN_FAULTS = (0.5, 4.0)
_BETWEEN_LOOKS = (1.0, 3.0)
#: A broker that starts, or an answer, is waited for so long [s].
_PATIENCE = 120.0
#: People begin their work within so long, times their number [s].
_ARRIVE_EACH = 2.0
#: The broker stays away for so long at most, while other things break [s].
_BROKER_AWAY = 10.0


class LaboratoryDrill(Recovery):
    """
    A workday of many people, with faults.

    Parameters
    ----------
    laboratory : Laboratory
        Its servers live; processes are started.
    seed, people : int
    """

    patience, look_every = 600.0, 0.5

    def __init__(self, laboratory: Laboratory, *, seed: int, people: int) -> None:
        for talkative in ("httpx", "alembic"):
            logging.getLogger(talkative).setLevel(logging.WARNING)
        here: Path = laboratory.folder / "here"
        super().__init__(here, laboratory.log, seed=seed, people=people, **laboratory.settings)
        self.laboratory, self.ledger = laboratory, ObjectLedger(self.app)
        self._over = threading.Event()
        self._broker: list[Deed] = []

    def start(self) -> None:
        """Start what was killed, and let all know where the pages are."""
        self.starts += self.laboratory.start()
        for person in self.people:
            person.meet(*self.laboratory.addresses)

    def stop(self) -> None:
        """Let all processes end in order."""
        join(self._broker, _PATIENCE)
        self.laboratory.stop()

    def workday(self, faults: Sequence[str], runs: int) -> None:
        """Let people work until these faults have happened and so many runs were asked for; then look at all."""
        self.start()
        began = time.monotonic()
        deeds = self.meanwhile(*(partial(self._work, person) for person in self.people))
        try:
            for number, kind in enumerate(faults, 1):
                self._over.wait(self.random.uniform(*_BETWEEN_FAULTS))
                self.faults[kind]()
                self.start()
                self.counts[f"faults: {kind}"] += 1
                _LOG.info("fault %d after %.0f s: %s", number, time.monotonic() - began, kind)
                raise_first(deeds)
            while self._asked() < runs:
                raise_first(deeds)
                time.sleep(0.5)
        finally:
            self._over.set()
        self.start()
        join([*deeds, *self._broker], _PATIENCE)
        self.counts["seconds of work with faults"] = round(time.monotonic() - began)
        self.poison_ends_aside()
        self.end()
        for line in self.measured():
            _LOG.info(line)

    def _work(self, person: Person) -> None:
        """Give a relief; then change something and wait until it is done, or do not wait, again and again."""
        self._over.wait(self.random.uniform(0.0, _ARRIVE_EACH * len(self.people)))
        self.give_relief(person)
        while not self._over.is_set():
            self._over.wait(self.random.uniform(*_BETWEEN_LOOKS))
            answer = self.answer(lambda: person.get(""), (200,))
            is_busy = answer is not None and any(
                one["state"] in ("waiting", "running") for one in answer.json()["assets"]
            )
            if not is_busy or self.random.random() < 0.05:
                self.change_of(person)

    def answer(self, ask: Callable[[], httpx.Response], expected: tuple[int, ...]) -> httpx.Response | None:
        """Answer to what somebody asks; None where it was cut off, or refused as the database was away just then."""
        began = time.monotonic()
        try:
            answer = ask()
        except httpx.HTTPError:
            if not self.laboratory.was_away("replica", began):
                raise
            self.count("answers cut off as a replica was killed")
            return None
        if answer.status_code == 503:
            assert self.laboratory.was_away("database", began), answer.text
            self.count("answers 'try again in a few seconds' as the database was away")
            return None
        assert answer.status_code in expected, answer.text
        return answer

    def schedule(self, count: int) -> list[str]:
        """Faults in their order: each kind as often as the others."""
        found: list[str] = []
        while len(found) < count:
            found += self.random.sample(list(self.faults), len(self.faults))
        return found[:count]

    @property
    def faults(self) -> dict[str, Callable[[], None]]:
        """What can happen."""
        return {
            "a worker killed": self.kill_worker,
            "a process of a run killed": self.kill_process,
            "the broker stopped and started": partial(self.restart_broker, "stopped"),
            "the broker killed and started": partial(self.restart_broker, "killed"),
            "the broker started without all it had": partial(self.restart_broker, "forgot"),
            "queues purged": self.purge,
            "messages that are no tickets": self.poison,
            "the database restarted (fast)": partial(self.laboratory.restart_database, "fast"),
            "the database restarted (immediate)": partial(self.laboratory.restart_database, "immediate"),
            "a replica killed and started": self.kill_replica,
        }

    def kill_worker(self) -> None:
        """A worker is killed, in the middle of a run if any performs one."""
        busy = self._busy_process()
        number = None if busy is None else self.laboratory.worker_of(busy)
        if number is not None:
            self.counts["workers killed in mid-run"] += 1
        self.laboratory.kill_worker(self.random.randrange(len(self.laboratory.workers)) if number is None else number)

    def kill_process(self) -> None:
        """The process of a run is killed, and its worker lives."""
        pid = self._busy_process()
        try:
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
                self.counts["processes killed in mid-run"] += 1
        except ProcessLookupError:  # it has just ended
            pass

    def _busy_process(self) -> int | None:
        """Process that performs a run now, if one does within seconds."""
        for _ in range(100):
            with self.app.database.reading() as session:
                names = session.scalars(select(Run.worker).where(Run.state == "running", Run.attempts > 0)).all()
            pids = [int(str(name).split(" ")[1]) for name in names]
            found = sorted(pid for pid in pids if self.laboratory.worker_of(pid) is not None)
            if found:
                return self.random.choice(found)
            time.sleep(0.05)
        return None

    def restart_broker(self, how: str) -> None:
        """The broker is away for a while, in which other things break too."""
        join(self._broker, _PATIENCE)
        seconds = self.random.uniform(0.0, _BROKER_AWAY)
        self._broker = self.meanwhile(lambda: self.laboratory.restart_broker(how, seconds))

    def purge(self) -> None:
        """All tickets are thrown away."""
        join(self._broker, _PATIENCE)
        self.counts["tickets thrown away"] += self.laboratory.purge()

    def poison(self) -> None:
        """Messages come that are no tickets."""
        join(self._broker, _PATIENCE)
        self.laboratory.poison()

    def kill_replica(self) -> None:
        """A process that serves pages is killed."""
        self.laboratory.kill_replica(self.random.randrange(len(self.laboratory.replicas)))

    def poison_ends_aside(self) -> None:
        """What is no ticket is put aside, and nobody waits for it."""
        awaited = self.laboratory.put_aside() + self.laboratory.poison()
        end = time.monotonic() + self.patience
        while self.laboratory.put_aside() < awaited:
            assert time.monotonic() < end
            time.sleep(0.5)
        self.counts["messages put aside since the broker lost all it had"] = self.laboratory.put_aside()

    def page_of(self, person: Person) -> str:
        """The page of somebody's experiment, as a browser is given it."""
        with self.app.database.writing() as session:
            owner = session.get_one(User, session.get_one(Experiment, person.experiment).owner_id)
            secret, _ = sign_in(session, owner, timedelta(days=1))
        address = f"{self.laboratory.addresses[0]}/experiments/{person.experiment}"
        answer = httpx.get(address, cookies={COOKIE: secret}, headers={"Accept": "text/html"}, timeout=90)
        assert answer.status_code == 200, answer.text
        return answer.text

    def look_at_the_database(self) -> None:
        """Nothing is left to plan, and no worker took a database that was away for one that does not fit."""
        assert "Refused: " not in self.log.read_text(encoding="utf-8", errors="replace")
        self.nothing_is_left_to_plan()

    def _asked(self) -> int:
        """How many runs were asked for."""
        with self.app.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Run)) or 0

    def measured(self) -> list[str]:
        """What was counted and timed, a line each."""
        with self.app.database.reading() as session:
            runs = session.scalars(select(Run).where(Run.started.is_not(None))).all()
        delays = sorted(
            (run.started - run.created).total_seconds() for run in runs if run.started and run.attempts == 1
        )
        self.counts["runs begun"] = len(runs)
        self.counts["runs begun more than once"] = sum(run.attempts > 1 for run in runs)
        return [*super().measured(), told_delays(delays)]


def told_delays(delays: list[float]) -> str:
    """Delays [s] in a line."""
    parts = statistics.quantiles(delays, n=100)
    return (
        f"from asking to begin, of the {len(delays)} runs that were not hit themselves: median {parts[49]:.1f} s, "
        f"p95 {parts[94]:.1f} s, at most {max(delays):.1f} s"
    )


def raise_first(deeds: list[Deed]) -> None:
    """Raise the fault of the first deed that had one by now."""
    for deed in deeds:
        if deed.fault is not None:
            raise deed.fault
