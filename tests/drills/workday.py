"""People who work with a served installation, each on an experiment of their own."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx

from application import Application
from drills.ledger import Ledger
from drills.served import Person, Served
from paleobc.store.tables import Run
from paleobc.store.users import add_token
from small_world import small_world, write_world


class Workday:
    """
    A served installation whose people change things; what it acknowledges is noted.

    Parameters
    ----------
    folder : Path
        Of its data.
    log : Path
        Of its server.
    seed : int
    people : int
    """

    def __init__(self, folder: Path, log: Path, *, seed: int, people: int = 4) -> None:
        self.app, self.log = Application(folder), log
        self.random = random.Random(seed)  # noqa: S311  (repeatable, and no secret)
        self.ledger, self.counts = Ledger(self.app), Counter[str]()
        self.people = [self._person(f"user {number}") for number in range(people)]
        self.starts: list[float] = []
        self.server: Served | None = None

    def _person(self, name: str) -> Person:
        user = self.app.user(name)
        with self.app.database.writing() as session:
            token, _ = add_token(session, user.id, "a script")
        return Person(self.app.experiment(user), token)

    def start(self) -> None:
        """Start a server, unless one lives."""
        if self.server is None or not self.server.lives:
            self.server = Served(self.app.folder, self.log)
            self.starts.append(self.server.seconds)
            for person in self.people:
                person.meet(self.server.address)

    def change(self, expected: tuple[int, ...] = (200, 202)) -> None:
        """Somebody changes something."""
        person, chance = self.random.choice(self.people), self.random.random()
        if chance < 0.15:
            self.give_relief(person, expected=expected)
        elif chance < 0.25:
            answer = person.post("/bundle", {})
            assert answer.status_code in (*expected, 409), answer.text  # not all is current, perhaps
            self.counts["bundles asked for"] += answer.status_code == 202
        else:
            step, options = self.random.choice(
                [
                    ("soils", {"colour": self.random.randint(1, 9)}),
                    ("interpolate_depth", {"minimum_depth": float(self.random.randint(10, 60))}),
                    ("lateral_viscosity", {"north": float(self.random.randint(5, 25))}),
                    ("mosaix_weights", {"search_radius": float(self.random.randint(300, 900))}),
                ]
            )
            self.choose(person, step, options, expected)

    def choose(self, person: Person, step: str, options: dict[str, object], expected: tuple[int, ...]) -> None:
        """Somebody chooses options."""
        try:
            answer = person.choose(step, options)
        except httpx.HTTPError:
            assert self.server is not None
            assert self.server.is_killed
            self.ledger.note_options(person.experiment, step, options, is_sure=False)
            return
        assert answer.status_code in expected, answer.text
        if answer.status_code == 200:
            self.ledger.note_options(person.experiment, step, options, is_sure=True)
        self.counts["acknowledged" if answer.status_code == 200 else "refused"] += 1

    def give_relief(self, person: Person, *, pause: float = 0.0, expected: tuple[int, ...] = (202,)) -> None:
        """Somebody gives a relief."""
        height = float(self.random.randint(0, 10**6)) / 1000.0
        content = write_world(self.log.parent / "world.nc", small_world() + height).read_bytes()
        try:
            answer = person.upload(content, f"world {height}.nc", pause=pause)
        except httpx.HTTPError:
            assert self.server is not None
            assert self.server.is_killed
            self.counts["uploads cut off"] += 1
            return
        assert answer.status_code in expected, answer.text
        if answer.status_code == 202:
            with self.app.database.reading() as session:
                self.ledger.uploads[answer.json()["id"]] = session.get_one(Run, answer.json()["id"]).options["sha256"]
        self.counts["acknowledged" if answer.status_code == 202 else "refused"] += 1

    def meanwhile(self, *deeds: Callable[[], None]) -> list[Deed]:
        """Begin deeds at the same time; who does not wait for them looks for their faults with `join`."""
        begun = [Deed(deed) for deed in deeds]
        for deed in begun:
            deed.start()
        return begun


class Deed(threading.Thread):
    """Something done meanwhile, whose fault is not lost."""

    def __init__(self, deed: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._deed = deed
        self.fault: BaseException | None = None

    def run(self) -> None:
        """Do it."""
        try:
            self._deed()
        except BaseException as fault:
            self.fault = fault


def join(deeds: list[Deed]) -> None:
    """Wait for deeds; raises the fault of the first that had one."""
    for deed in deeds:
        deed.join(60)
        assert not deed.is_alive()
        if deed.fault is not None:
            raise deed.fault
