"""The numbers of the site: who may read them, what they count, and the ids of requests."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from paleobc.server.request_metrics import route_of
from servers.column import locked_database, lose_database
from sites import Site, routes_of, site

TOKEN = "a token of the numbers"  # noqa: S105
#: Numbers are those of the process, in which other tests may have had a site with a single sign-on.
OF_OTHER_SITES = {"/sign-in/single", "/sign-in/single/back"}


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose numbers are read with a token."""
    with site(tmp_path_factory.mktemp("site"), metrics_token=TOKEN) as found:
        yield found


def read(here: Site, **headers: str) -> httpx.Response:
    """Ask for the numbers as Prometheus does."""
    return here.stranger().get("/metrics", headers={"Accept": "text/plain"} | headers)


def numbers(here: Site) -> dict[tuple[str, ...], float]:
    """All numbers by name and values of the labels."""
    answer = read(here, Authorization=f"Bearer {TOKEN}")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_who_has_the_token_reads_and_who_has_another_one_does_not(watched):
    answer = read(watched, Authorization=f"Bearer {TOKEN}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    for wrong in ("x", "a token", TOKEN + "x", "é"):
        refused = read(watched, Authorization=f"Bearer {wrong}".encode("latin-1"))
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        assert "paleobc_" not in refused.text


def test_administrators_read_in_their_browser_and_others_find_nothing(watched):
    assert watched.browser(watched.user("root", "admin")).get("/metrics").status_code == 200
    assert watched.browser(watched.user("ada")).get("/metrics").status_code == 404
    assert read(watched).status_code == 401
    assert watched.stranger().get("/metrics").headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("given", ["Bearer", "bearer x"])
def test_without_a_token_in_the_settings_no_token_is_right(shared, given):
    assert read(shared, Authorization=given).status_code == 401


def test_requests_are_counted_by_route_and_not_by_address(watched):
    key = ("paleobc_http_requests_total", "GET", "/api/v1/experiments/{experiment_id}", "404")
    before = numbers(watched).get(key, 0)
    program = watched.program(watched.user("ada"))
    for name in ("a", "b", "c"):
        program.get(f"/experiments/{name}")
        watched.stranger().get(f"/nowhere/{name}")
        watched.stranger().request("BREW", "/health")
    after = numbers(watched)
    assert after[key] == before + 3
    assert after["paleobc_http_request_duration_seconds_count", "GET", "/api/v1/experiments/{experiment_id}"] >= 3
    assert after["paleobc_http_requests_total", "GET", "none", "404"] >= 3
    assert after["paleobc_http_requests_total", "other", "/health", "405"] >= 3
    assert not any("nowhere" in part or part == "BREW" for labels in after for part in labels)


def test_all_routes_that_are_told_are_routes_of_the_application(watched):
    paths = {path for _, path in routes_of(watched.app)} | {"/static", "/static/editor", "none"} | OF_OTHER_SITES
    for path in ("/static/js/live.js", "/sign-in", "/health/live"):
        watched.stranger().get(path)
    watched.program(watched.user("ada")).get("/me")
    told = {labels[2] for labels in numbers(watched) if labels[0] == "paleobc_http_requests_total"}
    assert {"/static", "/sign-in", "/health/live", "/api/v1/me"} <= told <= paths


def test_a_route_is_told_even_where_the_request_never_came_so_far():
    assert route_of({"path": "/x", "type": "http"}) == "none"


def test_streams_that_are_open_are_counted(watched):
    browser = watched.browser(watched.user("ada"))
    before = numbers(watched)["paleobc_event_streams",]
    with browser.stream("GET", "/events") as stream:
        told = stream.iter_text()
        next(told)
        assert numbers(watched)["paleobc_event_streams",] == before + 1


def test_a_pool_that_knows_the_broker_tells_of_its_queues(watched, monkeypatch):
    class Pool:
        is_alive = True

        def depths(self) -> dict[str, tuple[int, int]]:
            return {"science": (3, 1)}

        def wake(self) -> None:
            """Nothing to do."""

    assert ("paleobc_broker_up",) not in numbers(watched)
    monkeypatch.setattr(watched.app.state, "pool", Pool())
    found = numbers(watched)
    assert found["paleobc_broker_up",] == 1
    assert found["paleobc_broker_messages", "science", "ready"] == 3
    assert found["paleobc_broker_messages", "science", "dead"] == 1

    def fails(_self: Pool) -> None:
        raise ConnectionError

    monkeypatch.setattr(Pool, "depths", fails)
    assert numbers(watched)["paleobc_broker_up",] == 0


def test_without_the_database_the_numbers_of_the_process_are_told(tmp_path):
    with site(tmp_path, metrics_token=TOKEN) as here:
        assert numbers(here)["paleobc_database_up",] == 1
    with site(tmp_path, metrics_token=TOKEN) as here:
        here.installation.database.close()
        lose_database(tmp_path)
        found = numbers(here)
        assert found["paleobc_database_up",] == 0
        assert any(labels[0] == "paleobc_http_requests_total" for labels in found)
        assert not any(labels[0] == "paleobc_runs" for labels in found)


def test_every_answer_bears_the_id_of_its_request(watched):
    given = watched.stranger().get("/health/live", headers={"X-Request-ID": "8f3a-22"})
    assert given.headers["x-request-id"] == "8f3a-22"
    first, second = (watched.stranger().get("/nowhere").headers["x-request-id"] for _ in range(2))
    assert first != second
    bad = watched.stranger().get("/sign-in", headers={"X-Request-ID": "<script>"})
    assert re.fullmatch("[0-9a-f]{16}", bad.headers["x-request-id"])


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_fault_shows_the_id_under_which_its_lines_are_found(watched, monkeypatch, caplog, accept):
    def fails(*_args, **_more):
        raise ZeroDivisionError

    monkeypatch.setattr("paleobc.server.api.accounts.users_data", fails)
    monkeypatch.setattr("paleobc.server.pages.people.users_data", fails)
    path = "/users" if accept == "text/html" else "/api/v1/users"
    with caplog.at_level(logging.INFO, logger="paleobc"):
        browser = watched.browser(watched.user("root", "admin"))
        answer = browser.get(path, headers={"Accept": accept, "X-Request-ID": "seen-by-the-proxy"})
    assert answer.status_code == 500
    assert "seen-by-the-proxy" in answer.text
    until = time.monotonic() + 10
    while len(caplog.records) < 2 and time.monotonic() < until:  # the line of a request follows its answer
        time.sleep(0.01)
    levels = {record.name: record.levelname for record in caplog.records}
    assert levels == {"paleobc.server.failures": "ERROR", "paleobc.server.access_log": "WARNING"}


def test_a_database_that_is_busy_shows_the_id_too(tmp_path, monkeypatch):
    monkeypatch.setattr("paleobc.store.database.BUSY_SECONDS", 0.2)
    with site(tmp_path) as here:
        program = here.program(here.user("ada"))
        program.get("/me")
        with locked_database(tmp_path):
            answer = program.post("/experiments", json={"name": "x"})
        assert (answer.status_code, answer.json()["number"]) == (503, answer.headers["x-request-id"])
