"""`paleobc admin`: what administrators do on the pages, in the shell of the server."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from application import Application
from paleobc.services.administrators import actions_data, shell
from paleobc.store.log_lines import add_log_lines
from paleobc.store.runs import claim_next
from paleobc.store.tables import Run, utc_now
from said import misused, refused
from servers.column import column_environment

LISTS = ("status", "processes", "queues", "runs", "users", "storage", "announce", "logs")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Application:
    folder = tmp_path / "data"
    for name, value in (column_environment(folder) | {"PALEOBC_DATA_FOLDER": str(folder)}).items():
        monkeypatch.setenv(name, value)
    found = Application(folder)
    found.user("root", role="admin")
    found.user("ada")
    return found


@pytest.fixture
def run(app: Application) -> Run:
    """A run that could not read what was given."""
    ada = app.named("ada")
    path = app.folder / "broken.nc"
    path.write_bytes(b"no relief")
    asked = app.give(ada, app.experiment(ada, "Eocene"), "relief", path)
    app.work()
    return app.run(asked.id)


def done(app: Application) -> list[str]:
    with app.database.reading() as session:
        assert {one["by"] for one in actions_data(session, shell())} <= {shell().name}
        return [one["action"] for one in actions_data(session, shell())]


@pytest.mark.parametrize("command", LISTS)
def test_everything_is_listed_for_people_and_for_programs(paleobc, app, run, command):
    said = paleobc("admin", command)
    assert said.code == 0, said.all
    assert said.out.strip()
    assert isinstance(paleobc("admin", command, "--json").json, list | dict)


def test_the_exit_code_of_the_status_says_whether_something_is_wrong(paleobc, app, run):
    assert paleobc("admin", "status").code == 0
    with app.database.writing() as session:
        session.get_one(Run, run.id).is_input_fault = False
    said = paleobc("admin", "status")
    assert said.code == 1
    assert "WRONG" in said.out
    assert "failed through no fault of the input" in said.out
    assert paleobc("admin", "status", "--json").json["state"] == "bad"


def test_a_run_is_listed_looked_at_tried_again_and_put_aside(paleobc, app, run):
    listed = paleobc("admin", "runs", "--state", "failed").out
    assert run.id in listed
    assert "Eocene" in listed
    assert "retry, discard" in paleobc("admin", "runs", "look", run.id).out
    assert "is waiting" in paleobc("admin", "runs", "retry", run.id).out
    app.work()
    (again,) = paleobc("admin", "runs", "--json").json
    assert "put aside" in paleobc("admin", "runs", "discard", again["id"], "--yes").out
    assert paleobc("admin", "runs", "--json").json == []
    assert done(app) == ["run", "run"]
    refused(paleobc("admin", "runs", "cancel", run.id, "--yes"), 1, "failed by now")
    refused(paleobc("admin", "runs", "retry", "nothing"), 1, "no such run")


def test_a_running_one_is_given_back_and_ended(paleobc, app):
    app.give_world(app.named("ada"), app.experiment(app.named("ada")))
    with app.database.writing() as session:
        run = claim_next(session, "a worker far away")
    assert "a worker far away" in paleobc("admin", "runs", "--state", "running").out
    assert "is waiting" in paleobc("admin", "runs", "requeue", run.id, "--yes").out
    assert "is cancelled" in paleobc("admin", "runs", "cancel", run.id, "--yes").out


def test_what_harms_is_not_done_unless_somebody_says_yes(paleobc, app, run, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    for words in (("runs", "discard", run.id), ("users", "disable", "ada"), ("users", "transfer", "ada", "root")):
        assert paleobc("admin", *words).code == 1  # nobody is there to answer
    assert done(app) == []


def test_accounts_are_changed(paleobc, app):
    experiment = app.experiment(app.named("ada"))
    assert "/register?invitation=" in paleobc("admin", "users", "invite", "--role", "admin").out
    assert paleobc("admin", "users", "quota", "ada", "5000").code == 0
    assert paleobc("admin", "users", "role", "ada", "admin").code == 0
    assert paleobc("admin", "users", "disable", "root", "--yes").code == 0
    found = {one["name"]: one for one in paleobc("admin", "users", "--json").json}
    assert (found["ada"]["quota_mb"], found["ada"]["role"], found["root"]["state"]) == (5000, "admin", "disabled")
    refused(paleobc("admin", "users", "disable", "ada", "--yes"), 1, "Somebody has to administer")
    assert paleobc("admin", "users", "enable", "root").code == 0
    assert paleobc("admin", "users", "quota", "ada", "default").code == 0
    misused(paleobc("admin", "users", "quota", "ada", "much"), "MB")
    given = ("admin", "users", "transfer", "ada", "root", "--yes")
    assert "1 experiment of ada given to root" in paleobc(*given, "--experiment", experiment).out
    assert "0 experiments" in paleobc(*given).out
    refused(paleobc("admin", "users", "enable", "nobody"), 1, "There are: ada, root.")


def test_a_password_is_reset_by_a_link(paleobc, app):
    refused(paleobc("admin", "users", "reset", "nobody"), 1, "Administrators are: root.")
    refused(paleobc("admin", "users", "reset", "ada"), 1, "laboratory's account")  # nobody has a password here


def test_files_are_verified_and_made_again(paleobc, app):
    ada = app.named("ada")
    experiment = app.experiment(ada)
    app.give_world(ada, experiment)
    app.work()
    assert "All are as they should be" in paleobc("admin", "verify").out
    name = f"contents/{app.states(experiment)['routing'].usable[:2]}"
    (harmed,) = [one for one in app.files.names("contents") if one.startswith(name)]
    app.files.path(harmed).write_bytes(b"harmed")
    said = paleobc("admin", "verify")
    assert said.code == 3
    assert harmed in said.out
    assert paleobc("admin", "verify", "--json", "--mend").code == 0
    assert app.work()["routing"] == 1
    assert paleobc("admin", "verify").code == 0
    assert paleobc("admin", "storage", "--files", "--json").json["files"]["missing"] == []
    assert "Named by nothing: 0 files" in paleobc("admin", "storage", "--files").out


def test_something_is_announced_and_ended(paleobc, app):
    said = paleobc("admin", "announce", "say", "Runs [b]wait[/b].", "--until", "2100-03-01 12:00", "--level", "warning")
    assert said.code == 0, said.all
    (one,) = paleobc("admin", "announce", "--json").json
    assert (one["text"], one["expires"][:16]) == ("Runs [b]wait[/b].", "2100-03-01T12:00")
    assert "[b]wait[/b]" in paleobc("admin", "announce").out
    assert paleobc("admin", "announce", "end", one["id"]).code == 0
    assert "Nothing is announced" in paleobc("admin", "announce").out
    refused(paleobc("admin", "announce", "say", "x", "--until", "tomorrow"), 1, "2030-03-01 09:05")


def test_a_question_in_sql_is_answered_and_nothing_is_changed(paleobc, app):
    question = "SELECT name, role FROM users ORDER BY name"
    assert paleobc("admin", "sql", question, "--json").json["rows"] == [["ada", "user"], ["root", "admin"]]
    assert "ada" in paleobc("admin", "sql", question).out
    assert paleobc("admin", "sql", "SELECT 1, 1").code == 0  # two columns of one name
    refused(paleobc("admin", "sql", "DELETE FROM users"), 1)
    assert done(app) == ["sql"] * 4


def test_a_dump_is_written_once_and_whole(paleobc, app, tmp_path):
    dump = tmp_path / "dump"
    assert paleobc("admin", "dump", dump).code == 0
    assert dump.stat().st_size > 10_000
    assert dump.stat().st_mode & 0o777 == 0o600
    refused(paleobc("admin", "dump", dump), 1, "there already")
    refused(paleobc("admin", "dump", tmp_path / "nowhere" / "dump"), 1, "no folder")
    assert {path.name for path in tmp_path.iterdir()} == {"dump", "data"}


def test_lines_of_the_logs_are_shown_oldest_first(paleobc, app):
    line = {"at": utc_now(), "logger": "x", "service": "worker", "process": "p"}
    with app.database.writing() as session:
        lines = [
            {**line, "level": "INFO", "message": "first", "run": "r1"},
            {**line, "level": "ERROR", "message": "[i]second", "request": "q1"},
        ]
        add_log_lines(session, lines)
    said = paleobc("admin", "logs").out
    assert said.index("first") < said.index("[i]second")
    assert "run=r1" in said
    for choice, text in ((("--run", "r1"), "first"), (("--level", "error"), "second"), (("--request", "q1"), "second")):
        (found,) = paleobc("admin", "logs", *choice, "--json", "--since", "2h").json
        assert text in found["message"]
    refused(paleobc("admin", "logs", "--since", "yesterday"), 1, "90s")
    refused(paleobc("admin", "logs", "--level", "loud"), 1, "DEBUG")


def test_the_schema_is_brought_up_and_a_second_time_nothing_is_done(paleobc, app):
    app.database.migrate_to("0003")
    refused(paleobc("admin", "users"), 1, "0003")
    assert paleobc("admin", "status").code == 1
    assert "0003 to" in paleobc("admin", "migrate").out
    assert "already" in paleobc("admin", "migrate").out


def test_where_there_is_no_installation_nothing_is_made_but_by_migrate(paleobc, tmp_path, monkeypatch):
    folder = tmp_path / "none"
    monkeypatch.setenv("PALEOBC_DATA_FOLDER", str(folder))
    monkeypatch.delenv("PALEOBC_DATABASE_URL", raising=False)
    for command in LISTS:
        refused(paleobc("admin", command), 1, "PALEOBC_DATA_FOLDER")
    assert not folder.exists()
    assert paleobc("admin", "migrate").code == 0
    assert (folder / "paleobc.sqlite").exists()
