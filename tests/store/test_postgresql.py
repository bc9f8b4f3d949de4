"""PostgreSQL as the database: one writer at a time, claims, the order of events, and a server that goes away."""

from __future__ import annotations

import secrets
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from psycopg import sql
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from paleobc.errors import InputError
from paleobc.store.database import Database
from paleobc.store.events import add_event, newest_event
from paleobc.store.faults import DATABASE_FAULTS, says_disk_is_full
from paleobc.store.runs import add_run, claim_next, end
from paleobc.store.tables import Event, Experiment, Run, User
from paleobc.store.users import add_user
from servers.column import NO_ROOM
from servers.postgresql import PostgreSQL, migrated, new_server, postgresql, remove

#: Another process that asks for runs, one in each transaction.
ASKS = """
import sys
from paleobc.store.database import Database
from paleobc.store.runs import add_run
database = Database(sys.argv[1])
for number in range(int(sys.argv[3])):
    with database.writing() as session:
        add_run(session, sys.argv[2], step=f"{sys.argv[4]}_{number}", asset="a", fingerprint="f")
database.close()
"""


@pytest.fixture
def name() -> Iterator[str]:
    """Name of a database that is removed at the end."""
    found = f"law{secrets.token_hex(8)}"
    yield found
    postgresql().drop(found)


@pytest.fixture
def database(name) -> Iterator[Database]:
    found = Database(migrated(name))
    yield found
    found.close()


@pytest.fixture
def own_server() -> Iterator[PostgreSQL]:
    """A server that may be harmed, and that forgets nothing it has acknowledged."""
    found = new_server(options="")
    yield found
    remove(found)


def experiment_in(database: Database) -> str:
    """An experiment of somebody."""
    with database.writing() as session:
        ada = add_user(session, "ada", password_hash=None)
        session.add(Experiment(id="e", owner_id=ada.id, name="Eocene"))
    return "e"


def together(count: int, deed: Callable[[int], None]) -> None:
    """Do something in several threads, with their number each; what one of them raises is raised."""
    faults: list[BaseException] = []

    def attempt(number: int) -> None:
        try:
            deed(number)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def test_processes_that_write_at_once_write_one_after_the_other(name, database):
    experiment = experiment_in(database)
    command = [sys.executable, "-c", ASKS, migrated(name), experiment, "40"]
    others = [subprocess.Popen([*command, str(number)]) for number in range(2)]
    assert [other.wait(60) for other in others] == [0, 0]
    with database.reading() as session:
        asked = session.execute(select(Run.number, Run.step).order_by(Run.number)).all()
    assert [number for number, _ in asked] == list(range(1, 81))
    for other in "01":
        steps = [step for _, step in asked if step.startswith(other)]
        assert steps == [f"{other}_{number}" for number in range(40)]


def test_events_are_numbered_in_the_order_in_which_they_can_be_seen(database):
    seen: list[int] = []
    goes_on = True

    def look() -> None:
        after = 0
        while goes_on or len(seen) < 120:
            with database.reading() as session:
                found = session.scalars(select(Event.id).where(Event.id > after).order_by(Event.id)).all()
            seen.extend(found)
            after = max([after, *found])

    def write(number: int) -> None:
        for turn in range(20):
            with database.writing() as session:
                add_event(session, "first")
                session.flush()
                if (number + turn) % 3 == 0:
                    time.sleep(0.002)

    reader = threading.Thread(target=look)
    reader.start()
    together(6, write)
    goes_on = False
    reader.join(20)
    assert not reader.is_alive()
    with database.reading() as session:
        assert seen == session.scalars(select(Event.id).order_by(Event.id)).all()
    assert len(seen) == 120


def test_every_run_is_claimed_and_ended_exactly_once_by_many(database):
    experiment = experiment_in(database)
    with database.writing() as session:
        for number in range(60):
            add_run(session, experiment, step=f"s{number}", asset="a", fingerprint="f")
    claimed: Counter[str] = Counter()

    def work(number: int) -> None:
        while True:
            with database.writing() as session:
                run = claim_next(session, f"worker {number}")
            if run is None:
                return
            claimed[run.id] += 1
            with database.writing() as session:
                assert end(session, str(run.claim), "done") is not None

    together(8, work)
    assert len(claimed) == 60
    assert set(claimed.values()) == {1}


def test_a_reader_cannot_change_anything(database):
    experiment_in(database)
    with database.reading() as session, pytest.raises(DATABASE_FAULTS, match="read-only"):
        session.execute(text("UPDATE users SET role = 'admin'"))


def end_connections(database: Database) -> None:
    """The server ends all other connections to a database, as it does when it is stopped."""
    with database._engines.reading.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid != pg_backend_pid()"
            )
        )


@pytest.mark.parametrize("moment", ["at a question", "at the end", "used on afterwards", "in a reader"])
def test_a_server_that_goes_away_in_the_middle_is_a_fault_that_passes(name, database, moment):
    other = Database(migrated(name))

    def write() -> None:
        with database.writing() as session:
            add_user(session, "ada", password_hash=None)
            end_connections(other)
            if moment == "at a question":
                session.scalars(select(User)).all()
            if moment == "used on afterwards":
                with pytest.raises(DATABASE_FAULTS):
                    session.scalars(select(User)).all()
                session.scalars(select(User)).all()

    def read() -> None:
        with database.reading() as session:
            session.scalars(select(User)).all()
            end_connections(other)
            session.scalars(select(User)).all()

    with pytest.raises(DATABASE_FAULTS):
        read() if moment == "in a reader" else write()
    with database.writing() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 0
        add_user(session, "ada", password_hash=None)


def test_a_server_that_is_restarted_in_mid_work_loses_nothing_and_all_goes_on(own_server):
    database = Database(own_server.create("work"))
    database.migrate()
    kept: set[str] = set()
    doubtful: set[str] = set()
    faults: Counter[str] = Counter()
    goes_on = True

    def work(number: int) -> None:
        turn = 0
        while goes_on:
            turn += 1
            kind = f"{number}.{turn}"
            try:
                with database.reading() as session:
                    newest_event(session)
                with database.writing() as session:
                    add_event(session, kind)
                kept.add(kind)
            except DATABASE_FAULTS as fault:
                doubtful.add(kind)
                faults[type(fault).__name__] += 1
                time.sleep(0.01)

    def restart(_: int) -> None:
        nonlocal goes_on
        try:
            for how in ("immediate", "fast", "immediate"):
                before = len(kept)
                while len(kept) < before + 20:
                    time.sleep(0.01)
                own_server.stop(how)
                own_server.start()
            before = len(kept)
            while len(kept) < before + 20:
                time.sleep(0.01)
        finally:
            goes_on = False

    together(5, lambda number: work(number) if number else restart(number))
    with database.reading() as session:
        found = session.scalars(select(Event.kind).order_by(Event.id)).all()
    assert len(set(found)) == len(found)
    assert kept <= set(found) <= kept | doubtful
    assert faults
    database.close()


def test_a_server_whose_disk_is_full_says_so(name, database):
    postgresql().command(NO_ROOM, name)
    with pytest.raises(OperationalError) as told:
        experiment_in(database)
    assert says_disk_is_full(told.value)


def test_a_program_that_dies_while_it_writes_keeps_nobody_waiting(name, database):
    dies = "import sys, os, signal\nfrom paleobc.store.database import Database\n"
    dies += "with Database(sys.argv[1]).writing():\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    assert subprocess.run([sys.executable, "-c", dies, migrated(name)], check=False).returncode == -9
    began = time.monotonic()
    experiment_in(database)
    assert time.monotonic() - began < 5.0


def test_a_database_in_another_encoding_is_refused(name):
    query = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"
    postgresql().command(sql.SQL(query).format(sql.Identifier(name)))
    with pytest.raises(InputError, match="UTF8"):
        Database(postgresql().address(name)).migrate()
