"""What belongs to somebody else is not there: every route of the application is tried."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from sites import Site, routes_of

#: Bodies with which each kind of request would be understood, if it were one's own thing.
_BODIES: dict[str, Any] = {
    "NewExperiment": {"name": "x"},
    "ChangedExperiment": {"name": "x"},
    "Options": {"options": {}},
    "Name": {"name": "bob"},
    "ShareWith": {"may_change": True},
    "ChosenVariable": {"variable": "z"},
    "Bundle": {},
    "PftTemplate": {"bands": []},
    "ChangedUser": {"active": False},
}
_FORM = {
    "name": "bob",
    "with": "bob",
    "to": "bob",
    "person": "bob",
    "may_change": "",
    "variable": "z",
    "state": "disabled",
    "role": "admin",
    "number": "1",
    "confirm": "yes",
    "bands": "[]",
    "age": "",
}
_QUERY = {"first": "1", "second": "2"}


def routes_with_ids(app) -> list[tuple[str, str]]:
    """Methods and addresses of all routes that name something."""
    return [(method, path) for method, path in routes_of(app) if re.search(r"\{\w*id\}", path)]


@pytest.fixture(scope="module")
def ours(shared: Site) -> dict[str, str]:
    """Something of everything of Ada's."""
    return shared.full_experiment(shared.user("ada"))


def ask(shared: Site, client: httpx.Client, method: str, path: str, ids: dict[str, str], csrf: str) -> httpx.Response:
    """Ask for what a route gives, in the way that it wants to be asked."""
    address = re.sub(r"\{(\w+)(?::\w+)?\}", lambda match: ids.get(match.group(1), "1"), path)
    more: dict[str, Any] = {"params": _QUERY, "headers": {"Accept": "text/html"}}
    if method != "GET":
        more["headers"] |= {"X-CSRF-Token": csrf}
        operation = shared.app.openapi()["paths"].get(path, {}).get(method.lower())
        if operation is None:
            more["data"] = _FORM
            more["files"] = {"file": ("a.nc", b"CDF\x01")} if path.endswith("/upload") else None
        elif "application/octet-stream" in (content := operation.get("requestBody", {}).get("content", {})):
            more["content"] = b"CDF\x01"
        elif content:
            reference = content["application/json"]["schema"].get("$ref")
            more["json"] = {} if reference is None else _BODIES[reference.rpartition("/")[2]]
    return client.request(method, shared.address + address, **more)


def test_all_routes_are_tried(shared):
    found = routes_with_ids(shared.app)
    assert len(found) > 60
    assert {"/experiments/{experiment_id}", "/api/v1/experiments/{experiment_id}"} <= {path for _, path in found}


def test_another_users_things_are_not_there(shared, ours):
    bob = shared.user("bob")
    browser, program = shared.browser(bob), shared.program(bob)
    nothing = {name: "A" * 22 if name.endswith("_id") else value for name, value in ours.items()}
    wrong = []
    for method, path in routes_with_ids(shared.app):
        clients: list[tuple[httpx.Client, str]] = [(browser, browser.csrf)]
        if path.startswith("/api/"):
            clients.append((program, ""))
        for client, csrf in clients:
            answer = ask(shared, client, method, path, ours, csrf)
            same = ask(shared, client, method, path, nothing, csrf)
            users = "/users/" in path  # for administrators, who see all of them
            expected = {403, 404} if users else {404}
            texts = [one.text.replace(ids["experiment_id"], "") for one, ids in ((answer, ours), (same, nothing))]
            if answer.status_code not in expected or texts[0] != texts[1]:
                wrong.append((method, path, answer.status_code, same.status_code, answer.text[:300]))
    assert not wrong, "\n".join(map(str, wrong))


def test_nor_are_they_for_those_who_have_not_signed_in(shared, ours):
    stranger = shared.stranger()
    for method, path in routes_with_ids(shared.app):
        answer = ask(shared, stranger, method, path, ours, "")
        assert answer.status_code in (303, 401), (method, path, answer.status_code)
        if answer.status_code == 303:
            assert answer.headers["location"].startswith("/sign-in?next=")


def test_ada_herself_finds_them(shared, ours):
    browser, program = shared.browser(shared.user("ada")), shared.program(shared.user("ada"))
    missing = []
    for method, path in routes_with_ids(shared.app):
        if method == "GET" and not path.endswith("/events"):
            client = program if path.startswith("/api/") else browser
            answer = ask(shared, client, method, path, ours, "")
            if answer.status_code != 200:
                missing.append((path, answer.status_code, answer.text[:300]))
    # What was never made, and the file of an upload that was never sent, are all that she does not find.
    assert {path.rpartition("/")[2] for path, *_ in missing} <= {"bundle", "upload", "files", "files.tar", "recipe"}, (
        missing
    )


def test_what_is_shared_to_read_is_not_changed(shared):
    ada = shared.user("ada")
    ids = shared.full_experiment(ada)
    shared.user("carol")
    owner = shared.program(ada)
    place = f"/experiments/{ids['experiment_id']}"
    assert owner.put(f"{place}/shares/carol", json={"may_change": False}).status_code == 200
    carol = shared.program(shared.user("carol"))
    assert carol.get(place).json()["may_change"] is False
    for method, path, body in (
        ("PATCH", place, {"name": "hers"}),
        ("PUT", f"{place}/steps/routing", {"options": {}}),
        ("POST", f"{place}/again", None),
        ("DELETE", place, None),
        ("PUT", f"{place}/shares/bob", {"may_change": True}),
        ("DELETE", f"{place}/assets/relief", None),
    ):
        assert carol.request(method, path, json=body).status_code == 403, (method, path)
    assert carol.put(f"{place}/assets/relief", content=b"CDF\x01").status_code == 403
    assert owner.delete(f"{place}/shares/carol").status_code == 204
    assert carol.get(place).status_code == 404
