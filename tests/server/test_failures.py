"""What is answered when something goes wrong."""

from __future__ import annotations

import logging

import pytest

from paleobc.errors import (
    ConflictError,
    ForbiddenError,
    InputError,
    NoRoomError,
    NotFoundError,
    PaleobcError,
    RecipeError,
    StepError,
    TooManyTriesError,
)
from paleobc.server.failures import status_of
from servers.column import full_database, locked_database
from sites import Site, site


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFoundError("x"), 404),
        (ForbiddenError("x"), 403),
        (TooManyTriesError("x", 3), 429),
        (ConflictError("x"), 409),
        (InputError("x"), 422),
        (RecipeError("x"), 422),
        (StepError("x"), 422),
        (NoRoomError("x"), 507),
        (PaleobcError("x"), 400),
    ],
)
def test_each_error_of_ours_has_its_status(error, status):
    assert status_of(error) == status


def test_people_get_a_page_and_programs_get_problem_json(shared):
    ada = shared.user("ada")
    page = shared.browser(ada).get("/experiments/nothing")
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    answer = shared.program(ada).get("/experiments/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such experiment.",
    }


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("PUT", "/health", 405)])
def test_unknown_addresses_and_methods_are_told_in_both_ways(shared, method, path, status):
    page = shared.stranger().request(method, path)
    assert (page.status_code, page.headers["content-type"][:9]) == (status, "text/html")
    answer = shared.stranger().request(method, path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["status"]) == (status, status)


def test_what_cannot_be_understood_is_named_and_not_repeated(shared):
    program = shared.program(shared.user("ada"))
    answer = program.post("/experiments", json={"name": "x", "age": "s3cret", "more": 1})
    assert answer.status_code == 422
    assert {part["place"] for part in answer.json()["errors"]} == {"age", "more"}
    assert "s3cret" not in answer.text
    assert program.post("/experiments", content=b"{", headers={"Content-Type": "application/json"}).status_code == 422


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_fault_of_ours_shows_a_number_and_no_trace(shared, monkeypatch, caplog, accept):
    def fails(*_args, **_more):
        raise ZeroDivisionError("a secret of ours")

    monkeypatch.setattr("paleobc.server.api.accounts.users_data", fails)
    monkeypatch.setattr("paleobc.server.pages.people.users_data", fails)
    browser = shared.browser(shared.user("root", "admin"))
    path = "/users" if accept == "text/html" else "/api/v1/users"
    with caplog.at_level(logging.ERROR, logger="paleobc"):
        answer = browser.get(path, headers={"Accept": accept})
    assert answer.status_code == 500
    assert "ZeroDivision" not in answer.text
    assert "a secret of ours" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    number = next(record.args[0] for record in caplog.records if "Fault" in record.message)
    assert number in answer.text
    assert "ZeroDivisionError" in caplog.text


def test_a_locked_database_is_told_as_busy_and_readers_go_on(tmp_path, monkeypatch):
    monkeypatch.setattr("paleobc.store.database.BUSY_SECONDS", 0.2)
    with site(tmp_path) as here:
        program = here.program(here.user("ada"))
        assert program.get("/me").status_code == 200  # its use is noted: from now on reading is enough
        with locked_database(tmp_path):
            answer = program.post("/experiments", json={"name": "x"})
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "3"
            assert "busy" in answer.json()["detail"]
            assert program.get("/experiments").status_code == 200
        assert program.post("/experiments", json={"name": "x"}).status_code == 201


def test_a_full_disk_is_told_as_such_and_nothing_is_changed(tmp_path):
    with site(tmp_path) as here:
        program = here.program(here.user("ada"))
        assert program.get("/me").status_code == 200
        statuses = []
        with full_database(here.installation.database, tmp_path):
            for _ in range(200):  # until the pages that are there are full
                answer = program.post("/experiments", json={"name": "x" * 200, "hypothesis": "y" * 2000})
                statuses.append(answer.status_code)
                if answer.status_code != 201:
                    break
            assert statuses[-1] == 507
            assert "full" in answer.json()["detail"]
            assert program.get("/experiments?size=1").status_code == 200


def test_the_log_holds_no_secrets(shared: Site, caplog):
    ada = shared.user("ada")
    browser = shared.browser(ada)
    with caplog.at_level(logging.INFO):
        browser.get("/register", params={"invitation": "an-invitation"})
        browser.send_form("/sign-in", name="ada", password="a wrong password")  # noqa: S106
        program = shared.program(ada)
        program.get("/me")
        browser.get("/a%0Ab")
    lines = [record.getMessage() for record in caplog.records if record.name == "paleobc.server.access_log"]
    text = "\n".join(lines)
    assert any("GET '/register' 403" in line for line in lines)
    assert "an-invitation" not in text
    assert "a wrong password" not in text
    assert browser.cookies["paleobc_session"] not in text
    assert program.headers["Authorization"][7:] not in text
    assert not any("\n" in line for line in lines)
