"""The lines of the log: who writes them, what is kept of them, and what is never written."""

from __future__ import annotations

import json
import logging
import multiprocessing
import re
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from application import Application
from paleobc.services import log_keeper
from paleobc.services.log_context import of_request, of_run, request_id, run_id
from paleobc.services.log_text import LineText, one_line
from paleobc.services.logs import Logs, remove_old_lines, set_up_logs
from paleobc.settings import Settings
from paleobc.store.database import Database
from paleobc.store.log_lines import add_log_lines, log_lines
from paleobc.store.operation_tables import LogLine
from paleobc.store.tables import utc_now

LOG = logging.getLogger("paleobc.tried")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which nothing is."""
    settings = Settings(data_folder=tmp_path_factory.mktemp("empty"))
    database = Database(settings.database)
    database.migrate()
    database.close()
    return settings.data_folder / "paleobc.sqlite"


@pytest.fixture
def settings(tmp_path: Path, empty: Path) -> Settings:
    """Of an installation whose database is there."""
    shutil.copy(empty, tmp_path)
    return Settings(data_folder=tmp_path)


@contextmanager
def logs(settings: Settings, **changes: Any) -> Iterator[Logs]:
    """The log of this process while it is needed."""
    found = set_up_logs(settings.model_copy(update=changes), "web")
    try:
        yield found
    finally:
        found.stop()


def kept(settings: Settings, **which: Any) -> Sequence[LogLine]:
    """Lines in the database, oldest first."""
    database = Database(settings.database)
    with database.reading() as session:
        found = log_lines(session, **which)
    database.close()
    return found[::-1]


def said(settings: Settings, **which: Any) -> list[str]:
    return [line.message for line in kept(settings, **which)]


def until(is_so: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.02)
    return is_so()


def test_each_line_bears_service_process_request_and_run(settings, capsys):
    with logs(settings, log_format="json"), of_request("r-1"), of_run("a run"):
        LOG.info("It rains in %s", "Paris")
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert {key: line[key] for key in ("level", "logger", "service", "request", "run", "message")} == {
        "level": "INFO",
        "logger": "paleobc.tried",
        "service": "web",
        "request": "r-1",
        "run": "a run",
        "message": "It rains in Paris",
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["at"])
    (row,) = kept(settings)
    assert (row.service, row.request, row.run, row.process) == ("web", "r-1", "a run", line["process"])


def test_a_line_of_text_says_what_it_belongs_to(settings, capsys):
    with logs(settings), of_request("r-1"):
        LOG.info("It rains")
    assert re.fullmatch(r"[-0-9]{10}T[:.0-9]{12}Z INFO \[web, request r-1\] It rains\n", capsys.readouterr().err)


def test_lines_below_the_level_are_not_written_and_libraries_are_silent_below_warnings(settings, capsys):
    with logs(settings, log_level="WARNING"):
        LOG.info("too little")
        logging.getLogger("httpx").info("HTTP Request: GET https://issuer.example/?code=secret")
        logging.getLogger("httpx").warning("slow")
    assert [line.split("] ")[1] for line in capsys.readouterr().err.splitlines()] == ["slow"]


def test_warnings_and_lines_of_runs_are_kept_and_others_are_not(settings):
    with logs(settings):
        LOG.info("nothing of note")
        LOG.warning("it leaks")
        with of_run("one"):
            LOG.info("begins")
        LOG.info("was asked for", extra={"run": "two"})
    assert [(line.message, line.run) for line in kept(settings)] == [
        ("it leaks", None),
        ("begins", "one"),
        ("was asked for", "two"),
    ]


def test_all_lines_of_a_request_are_kept_where_something_goes_wrong_with_it(settings):
    with logs(settings):
        with of_request("good"):
            LOG.info("hums")
        with of_request("bad"):
            LOG.info("looks")
            LOG.error("breaks")
            LOG.info("tidies")
    assert said(settings, request="bad") == ["looks", "breaks", "tidies"]
    assert said(settings, request="good") == []


def test_the_context_goes_with_its_end():
    with of_request("r"), of_run("x"):
        assert (request_id(), run_id.get()) == ("r", "x")
    assert (request_id(), run_id.get()) == ("", "")


@pytest.mark.parametrize("bad", ["", "two words", "a\nb", "é", "x" * 41, "<b>", "a/b", "'"])
def test_an_id_that_could_be_taken_for_something_else_is_replaced(bad):
    with of_request(bad) as given_id:
        assert re.fullmatch("[0-9a-f]{16}", given_id)


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_no_message_can_fake_a_line_or_steer_a_screen(settings, capsys, log_format):
    with logs(settings, log_format=log_format):
        LOG.warning("a%sb", "\n2026-01-01 ERROR \x1b[2J\u202e\u2028\x00\ud800")
        try:
            raise ValueError("first\n2026-01-01 ERROR faked\r\x1b[2J")
        except ValueError:
            LOG.exception("fails")
    lines = capsys.readouterr().err.splitlines()
    assert not any(line.startswith("2026-01-01 ERROR") for line in lines)
    assert all(line.isprintable() for line in lines)
    assert len(kept(settings)) == 2
    assert "\x00" not in "".join(said(settings))


@given(st.text())
def test_a_line_is_one_line_of_printable_signs(anything):
    assert one_line(anything).isprintable()


SECRETS = [
    ("metrics_token", "the-token-of-metrics"),
    ("oidc_client_secret", "the-secret-of-oidc"),
    ("broker_url", "amqp://paleobc:pass-of-broker@host/paleobc"),
    ("database_url", "postgresql+psycopg://paleobc:pass%2Fof%2Fdatabase@host/paleobc"),
]


@pytest.mark.parametrize(("name", "value"), SECRETS)
def test_secrets_of_the_settings_are_never_written(tmp_path, name, value):
    writes = LineText(Settings(data_folder=tmp_path, **{name: value}), "web", "p")
    bare = value if "://" not in value else value.split(":")[2].split("@")[0]
    for secret in {bare, bare.replace("%2F", "/")}:
        assert secret not in str(writes.fields(record(f"cannot use {secret}, alas")))
    assert bare not in str(writes.fields(record(f"cannot reach {value}")))


@pytest.mark.parametrize(
    "line",
    [
        "GET https://issuer.example/token?code=SECRET&state=SECRET failed",
        "Authorization: Bearer SECRET",
        "{'password': 'SECRET otters SECRET', 'name': 'ada'}",
        'body {"token": "SECRET"}',
        "password=SECRET&next=/",
        "Cookie: paleobc_session=SECRET; other=SECRET",
        "s3://key:SECRET@host/bucket is away",
        "[SQL: INSERT INTO users VALUES (?)]\n[parameters: ('ada', 'SECRET')]",
        "null value\nDETAIL:  Failing row contains (ada, SECRET).",
    ],
)
def test_what_looks_like_a_secret_is_not_written_in_messages_nor_in_traces(settings, line):
    writes = LineText(settings, "web", "p")
    assert "SECRET" not in str(writes.fields(record(line)))
    try:
        raise RuntimeError(line)
    except RuntimeError:
        parts = writes.fields(record("fails", sys.exc_info()))
    assert "RuntimeError" in parts["trace"]
    assert "SECRET" not in parts["trace"]


def record(message: str, error: Any = None) -> logging.LogRecord:
    return logging.LogRecord("paleobc.tried", logging.ERROR, __file__, 1, message, None, error)


@pytest.mark.parametrize("part", ["a", "a://", "token", "\n", " ", "cookie ", "a://a:a", "[parameters: "])
def test_long_messages_are_cut_quickly(settings, part):
    writes, began = LineText(settings, "web", "p"), time.perf_counter()
    parts = writes.fields(record(part * 1_000_000))
    assert len(parts["message"]) <= 4000
    assert time.perf_counter() - began < 1.0


def test_a_log_whose_database_is_away_never_waits_and_goes_on_when_it_is_back(settings, monkeypatch):
    monkeypatch.setattr(log_keeper, "MOST_WAITING", 50)
    monkeypatch.setattr(log_keeper, "_FIRST_PAUSE", 0.05)
    file = Path(settings.database.removeprefix("sqlite:///"))
    file.rename(file.with_suffix(".away"))
    file.mkdir()  # it cannot be opened
    with logs(settings) as found:
        began = time.perf_counter()
        for number in range(80):
            LOG.warning("line %d", number)
        assert time.perf_counter() - began < 1.0
        assert found.dropped == 30
        time.sleep(0.3)
        file.rmdir()
        file.with_suffix(".away").rename(file)
        assert until(lambda: len(said(settings)) > 50)
        assert found.dropped == 0
    lines = said(settings)
    assert lines[:50] == [f"line {number}" for number in range(50)]
    assert lines[50].startswith("30 lines before this one could not be kept")


def test_a_log_ends_quickly_though_the_database_is_away(tmp_path):
    (tmp_path / "paleobc.sqlite").mkdir()
    began = time.perf_counter()
    with logs(Settings(data_folder=tmp_path)):
        LOG.warning("nobody keeps this")
    assert time.perf_counter() - began < 3.0


def test_a_log_that_ended_leaves_everything_as_it_was(settings):
    before = (list(logging.getLogger().handlers), logging.getLogger().level, threading.active_count())
    with logs(settings) as found:
        LOG.warning("x")
    found.stop()
    assert (list(logging.getLogger().handlers), logging.getLogger().level, threading.active_count()) == before


def test_many_threads_lose_no_line(settings):
    def talk() -> None:
        with of_run("r"):
            for _ in range(50):
                LOG.info("x")

    with logs(settings):
        threads = [threading.Thread(target=talk) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(said(settings, run="r", most=1000)) == 400


def speak_in_a_process(settings: Settings) -> None:
    """What a process of a pool does; it has no time to say goodbye."""
    set_up_logs(settings, "worker")
    with of_run("of a process"):
        LOG.info("begins")
        LOG.info("ends")


def test_the_last_lines_of_a_process_of_a_pool_are_kept(settings):
    process = multiprocessing.get_context("forkserver").Process(target=speak_in_a_process, args=(settings,))
    process.start()
    process.join(60)
    assert process.exitcode == 0
    process.close()
    lines = kept(settings, run="of a process")
    assert [line.message for line in lines] == ["begins", "ends"]
    assert {line.service for line in lines} == {"worker"}


def test_what_is_done_with_a_run_is_found_by_its_id(tmp_path):
    app = Application(tmp_path)
    ada = app.user("ada")
    experiment = app.experiment(ada)
    run = app.give_world(ada, experiment)
    with logs(app.installation.settings):
        app.work(1)
    lines = said(app.installation.settings, run=run.id)
    assert lines[0] == f"Step read_relief of experiment {experiment} begins, try 1"
    assert re.fullmatch(r"The run is done after \d+\.\d s", lines[-1])
    app.database.close()


def test_a_run_that_fails_through_a_fault_of_ours_is_in_the_log_with_its_trace(tmp_path, monkeypatch):
    app = Application(tmp_path)
    ada = app.user("ada")
    run = app.give_world(ada, app.experiment(ada))

    def fails(*_args, **_more):
        raise ZeroDivisionError("nought")

    monkeypatch.setattr("paleobc.services.running.read_upload", fails)
    with logs(app.installation.settings):
        app.work(1)
    _, trouble, end = kept(app.installation.settings, run=run.id)
    assert trouble.level == "ERROR"
    assert "ZeroDivisionError: nought" in trouble.message
    assert end.message.startswith("The run is failed")
    app.database.close()


def test_old_lines_are_removed_and_others_stay(settings):
    database = Database(settings.database)
    line = {"level": "INFO", "logger": "x", "service": "web", "process": "p"}
    ages = [0, 13, 15, 100]
    with database.writing() as session:
        add_log_lines(session, [line | {"message": f"{age}", "at": utc_now() - timedelta(days=age)} for age in ages])
    assert remove_old_lines(database, 14) == 2
    assert said(settings) == ["0", "13"]
    assert remove_old_lines(database, 14) == 0
    database.close()


def test_lines_are_found_by_level_service_time_and_page_by_page(settings):
    database = Database(settings.database)
    line = {"logger": "x", "process": "p", "at": utc_now()}
    rows = [
        line | {"level": "INFO", "service": "web", "message": "a"},
        line | {"level": "WARNING", "service": "worker", "message": "b"},
        line | {"level": "ERROR", "service": "web", "message": "c", "at": utc_now() - timedelta(days=1)},
    ]
    with database.writing() as session:
        add_log_lines(session, rows)
        add_log_lines(session, [])
    assert said(settings, level="WARNING") == ["b", "c"]
    assert said(settings, service="web") == ["a", "c"]
    assert said(settings, since=utc_now() - timedelta(hours=1)) == ["a", "b"]
    (newest,) = kept(settings, most=1)
    assert said(settings, before=newest.id) == ["a", "b"]
    with database.reading() as session:
        plan = session.execute(text("EXPLAIN QUERY PLAN SELECT * FROM log_lines WHERE run = 'x'")).all()
    assert "ix_log_lines_run" in str(plan)
    database.close()
