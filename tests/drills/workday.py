"""People who work with a served installation, each on an experiment of their own."""

from __future__ import annotations

import hashlib
import random
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx

from application import Application
from drills.ledger import Ledger
from drills.served import Person, Served
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
    **settings
        Of the installation, but for those that follow from its folder.
    """

    def __init__(self, folder: Path, log: Path, *, seed: int, people: int = 4, **settings: object) -> None:
        self.app, self.log = Application(folder, **settings), log
        self.random = random.Random(seed)  # noqa: S311  (repeatable, and no secret)
        self.ledger, self.counts = Ledger(self.app), Counter[str]()
        self.people = [self._person(f"user {number}") for number in range(people)]
        self.starts: list[float] = []
        self.server: Served | None = None
        self._counting, self._writing = threading.Lock(), threading.Lock()  # files of NetCDF: one thread at a time

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

    def stop(self) -> None:
        """Let all servers end in order."""
        assert self.server is not None
        self.server.stop()

    def close(self) -> None:
        """Let all go home."""
        for person in self.people:
            person.close()
        self.app.database.close()

    def count(self, what: str) -> None:
        """Count one more of something; several people may at the same time."""
        with self._counting:
            self.counts[what] += 1

    def change(self, expected: tuple[int, ...] = (200, 202)) -> None:
        """Somebody changes something."""
        self.change_of(self.random.choice(self.people), expected)

    def change_of(self, person: Person, expected: tuple[int, ...] = (200, 202)) -> None:
        """This person changes something."""
        chance = self.random.random()
        if chance < 0.15:
            self.give_relief(person, expected=expected)
        elif chance < 0.25:
            answer = self.answer(lambda: person.post("/bundle", {}), (*expected, 409))  # not all is current, perhaps
            if answer is not None and answer.status_code == 202:
                self.count("bundles asked for")
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
        answer = self.answer(lambda: person.choose(step, options), expected)
        if answer is None or answer.status_code == 200:
            self.ledger.note_options(person.experiment, step, options, is_sure=answer is not None)
        if answer is not None:
            self.count("acknowledged" if answer.status_code == 200 else "refused")

    def give_relief(self, person: Person, *, pause: float = 0.0, expected: tuple[int, ...] = (202,)) -> None:
        """Somebody gives a relief."""
        height = float(self.random.randint(0, 10**6)) / 1000.0
        with self._writing:
            content = write_world(self.log.parent / "world.nc", small_world() + height).read_bytes()
        answer = self.answer(lambda: person.upload(content, f"world {height}.nc", pause=pause), expected)
        if answer is None:
            self.count("uploads cut off")
            return
        if answer.status_code == 202:
            self.ledger.uploads[answer.json()["id"]] = hashlib.sha256(content).hexdigest()
        self.count("acknowledged" if answer.status_code == 202 else "refused")

    def answer(self, ask: Callable[[], httpx.Response], expected: tuple[int, ...]) -> httpx.Response | None:
        """Answer to what somebody asks; None where nobody told what became of it, as who was asked was killed."""
        try:
            answer = ask()
        except httpx.HTTPError:
            assert self.server is not None
            assert self.server.is_killed
            return None
        assert answer.status_code in expected, answer.text
        return answer

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


def join(deeds: list[Deed], seconds: float = 60.0) -> None:
    """Wait so long for each of these deeds; raises the fault of the first that had one."""
    for deed in deeds:
        deed.join(seconds)
        assert not deed.is_alive()
        if deed.fault is not None:
            raise deed.fault
