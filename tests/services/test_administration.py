"""Administrators transfer experiments and announce; whatever they do leaves a trace, and nobody else can."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from application import Application
from paleobc.errors import ConflictError, InputError, NotFoundError
from paleobc.services.admin_database import ask_in_sql, database_data, dump_for
from paleobc.services.admin_logs import lines_data
from paleobc.services.administration import (
    invite_user,
    set_user_quota,
    set_user_role,
    set_user_state,
    transfer_all,
    transfer_experiment,
    user_of_name,
)
from paleobc.services.administrators import Shell, actions_data, shell
from paleobc.services.announcements import announce, announced, announced_if_known, announcements_data, end_early
from paleobc.services.experiments import delete_experiment
from paleobc.services.sharing import share_experiment
from paleobc.store.database import Database
from paleobc.store.experiments import own_experiment
from paleobc.store.log_lines import add_log_lines
from paleobc.store.tables import utc_now

SHELL = Shell("the engineer")


@pytest.fixture
def app(tmp_path: Path) -> Application:
    found = Application(tmp_path)
    found.user("root", role="admin")
    found.user("ada")
    found.user("bob")
    return found


def test_an_experiment_is_given_to_somebody_else_with_its_history(app):
    ada, bob = app.named("ada"), app.named("bob")
    experiment = app.experiment(ada)
    with app.database.writing() as session:
        share_experiment(session, ada, experiment, "bob", may_change=False)
    with app.database.writing() as session:
        assert transfer_experiment(session, SHELL, experiment, "BOB").id == bob.id
    with app.database.reading() as session:
        assert own_experiment(session, bob.id, experiment).owner_id == bob.id
        with pytest.raises(NotFoundError):
            own_experiment(session, ada.id, experiment)
        (trace,) = actions_data(session, SHELL)
    assert (trace["account"], trace["to"], trace["by"]) == ("ada", "bob", "the engineer")


def test_all_experiments_are_given_those_in_the_bin_too(app):
    ada, bob = app.named("ada"), app.named("bob")
    first, second = app.experiment(ada), app.experiment(ada)
    with app.database.writing() as session:
        delete_experiment(session, ada, second)
    with app.database.writing() as session:
        assert transfer_all(session, SHELL, ada.id, "bob") == 2
    with app.database.reading() as session:
        own_experiment(session, bob.id, first)
        own_experiment(session, bob.id, second, deleted=True)


def test_experiments_are_given_only_where_it_makes_sense(app):
    ada, bob = app.named("ada"), app.named("bob")
    experiment = app.experiment(ada)
    with app.database.writing() as session:
        for give, error in (
            (lambda: transfer_experiment(session, SHELL, experiment, "nobody"), NotFoundError),
            (lambda: transfer_experiment(session, SHELL, "nothing", "bob"), NotFoundError),
            (lambda: transfer_experiment(session, SHELL, experiment, "bob", from_id=bob.id), NotFoundError),
            (lambda: transfer_all(session, SHELL, ada.id, "ada"), InputError),
            (lambda: user_of_name(session, SHELL, "nobody"), NotFoundError),
        ):
            with pytest.raises(error):
                give()
        set_user_state(session, SHELL, bob.id, active=False)
        with pytest.raises(ConflictError, match="disabled"):
            transfer_all(session, SHELL, ada.id, "bob")


def test_every_action_leaves_a_trace_with_who_did_it(app):
    root, ada = app.named("root"), app.named("ada")
    with app.database.writing() as session:
        invite_user(session, root)
        set_user_state(session, root, ada.id, active=False)
        set_user_state(session, root, ada.id, active=True)
        set_user_role(session, root, ada.id, "admin")
        set_user_quota(session, root, ada.id, 5)
        end_early(session, root, announce(session, root, "Hello.")["id"])
    with app.database.reading() as session:
        found = [(one["action"], one["by"]) for one in actions_data(session, root)]
    actions = ["announcement_ended", "announced", "quota", "role", "enabled", "disabled", "invited"]
    assert found == [(action, "root") for action in actions]


def test_in_the_shell_the_one_who_runs_the_program_is_named(monkeypatch):
    assert shell().name.endswith(" on the server")

    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 10001")

    monkeypatch.setattr("getpass.getuser", nameless)
    assert shell().name.startswith("user ")


def test_an_announcement_stands_until_it_ends(app):
    with app.database.writing() as session:
        made = announce(session, SHELL, " Down on Friday.\nSorry. ", level="warning")
        announce(session, SHELL, "Soon over.", expires=utc_now() + timedelta(hours=1))
    with app.database.writing() as session:
        assert [one["text"] for one in announced(session)] == ["Soon over.", "Down on Friday.\nSorry."]
        end_early(session, SHELL, made["id"])
        assert [one["text"] for one in announced(session)] == ["Soon over."]
        found = announcements_data(session, SHELL)
        assert [one["text"] for one in found["past"]] == ["Down on Friday.\nSorry."]
        with pytest.raises(NotFoundError):
            end_early(session, SHELL, "nothing")


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("", {}),
        ("x" * 1001, {}),
        ("bell \a", {}),
        ("fine", {"level": "panic"}),
        ("fine", {"expires": utc_now() - timedelta(days=1)}),
    ],
)
def test_an_announcement_that_cannot_stand_is_refused(app, text, how):
    with app.database.writing() as session:
        with pytest.raises(InputError):
            announce(session, SHELL, text, **how)
        assert announced(session) == []


def test_pages_are_shown_without_announcements_where_the_database_has_none(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    assert announced_if_known(database) == []
    database.close()


def test_a_question_in_sql_is_noted_whether_it_is_answered_or_not(app):
    url, root = app.installation.settings.database, app.named("root")
    assert ask_in_sql(app.database, url, root, "SELECT name FROM users ORDER BY name")["rows"][0] == ["ada"]
    with pytest.raises(InputError):
        ask_in_sql(app.database, url, root, "DELETE FROM users")
    with app.database.reading() as session:
        refused, answered = actions_data(session, root)
    assert (answered["sql"], answered["rows"]) == ("SELECT name FROM users ORDER BY name", 3)
    assert refused["error"]
    assert refused["by"] == "root"


def test_the_database_is_told_with_its_tables(app):
    found = database_data(app.database, SHELL)
    assert found["schema"] == app.database.schema
    assert found["fault"] == ""
    assert found["bytes"] > 10_000
    users = next(one for one in found["tables"] if one["table"] == "users")
    assert users["rows"] == 3
    assert users["words"].startswith("A person")


def test_lines_of_the_logs_are_found_by_run_request_level_and_service(app):
    line = {"at": utc_now(), "logger": "paleobc", "process": "p", "message": "m", "service": "web", "level": "INFO"}
    lines = [
        {**line, "run": "r1", "service": "worker"},
        {**line, "request": "q1", "level": "ERROR"},
        {**line, "level": "WARNING"},
    ]
    with app.database.writing() as session:
        add_log_lines(session, lines)
        found = lambda **how: len(lines_data(session, SHELL, **how))  # noqa: E731
        assert found() == 3
        assert (found(run="r1"), found(request="q1"), found(service="web")) == (1, 1, 2)
        assert (found(level="WARNING"), found(most=1), found(since=utc_now() + timedelta(hours=1))) == (2, 1, 0)
        for wrong in ({"level": "LOUD"}, {"most": 0}, {"most": 10**6}):
            with pytest.raises(InputError):
                found(**wrong)


def test_others_find_nothing(app, tmp_path):
    ada, bob = app.named("ada"), app.named("bob")
    experiment, url = app.experiment(ada), app.installation.settings.database
    with app.database.writing() as session:
        made = announce(session, SHELL, "Hello.")
    for ask in (
        lambda session: transfer_experiment(session, ada, experiment, "bob"),
        lambda session: transfer_all(session, ada, bob.id, "ada"),
        lambda session: set_user_quota(session, ada, ada.id, 0),
        lambda session: set_user_role(session, ada, ada.id, "admin"),
        lambda session: invite_user(session, ada, role="admin"),
        lambda session: announce(session, ada, "Hello."),
        lambda session: announcements_data(session, ada),
        lambda session: end_early(session, ada, made["id"]),
        lambda session: lines_data(session, ada),
        lambda _: ask_in_sql(app.database, url, ada, "SELECT 1"),
        lambda _: database_data(app.database, ada),
    ):
        with app.database.reading() as session, pytest.raises(NotFoundError):
            ask(session)
    with pytest.raises(NotFoundError):
        dump_for(app.database, url, ada, tmp_path / "dump")
    assert not (tmp_path / "dump").exists()
