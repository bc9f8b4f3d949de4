"""Signing in and out, making accounts, passwords, tokens and administrators."""

from __future__ import annotations

import re

import pytest

from paleobc.server.visitors import COOKIE
from paleobc.services.accounts import first_administrator_link
from paleobc.store.tables import SignIn, Token
from paleobc.store.users import hash_of
from servers.column import kept_bytes
from sites import PASSWORD, site

OTHER = "seven brass kettles on a ferry"


def test_signing_in_gives_a_session_and_signing_out_ends_it(shared):
    shared.user("ada")
    client = shared.stranger()
    assert client.get("/experiments").status_code == 303
    assert client.post("/sign-in", data={"name": " ADA ", "password": PASSWORD}).status_code == 303
    page = client.get("/account")
    assert page.status_code == 200
    secret = client.cookies[COOKIE]
    csrf = re.search(r'name="csrf" content="([^"]+)"', page.text).group(1)
    assert client.post("/sign-out", data={"csrf": csrf}).headers["location"] == "/sign-in"
    client.cookies.set(COOKIE, secret)  # a copy of the cookie is worthless too
    assert client.get("/account").status_code == 303


@pytest.mark.parametrize(
    ("name", "password"), [("ada", "wrong password here"), ("nobody", PASSWORD), ("", ""), ("ada", "")]
)
def test_a_wrong_name_and_a_wrong_password_are_not_told_apart(shared, name, password):
    shared.user("ada")
    answer = shared.stranger().post("/sign-in", data={"name": name, "password": password})
    assert answer.status_code == 403
    assert "The name and the password do not go together." in answer.text
    assert COOKIE not in answer.cookies


def test_a_session_that_was_foisted_on_a_browser_is_not_taken_over(shared):
    ada, mallory = shared.user("ada"), shared.user("mallory")
    foisted = shared.browser(mallory)
    secret = foisted.cookies[COOKIE]
    answer = foisted.send_form("/sign-in", name="ada", password=PASSWORD)
    new = answer.cookies[COOKIE]
    assert new != secret
    with shared.installation.database.reading() as session:
        assert session.get(SignIn, hash_of(secret)) is None
        assert session.get(SignIn, hash_of(new)).user_id == ada.id


def test_secrets_are_kept_as_checksums_only(shared):
    ada = shared.user("ada")
    browser = shared.browser(ada)
    text = browser.send_form("/account/tokens", name="laptop").text
    secret = re.search(r"paleobc_[\w-]{40,}", text).group(0)
    assert secret not in browser.get("/account").text  # shown once
    raw = kept_bytes(shared.installation.settings.data_folder)
    assert secret.encode() not in raw
    assert browser.cookies[COOKIE].encode() not in raw
    assert hash_of(secret).encode() in raw


def test_a_token_speaks_for_its_user_in_the_interface_of_programs_alone(shared):
    program = shared.program(shared.user("ada"))
    assert program.get("/me").json()["name"] == "ada"
    assert program.get(f"{shared.address}/account", headers={"Accept": "text/html"}).status_code == 303
    with shared.installation.database.writing() as session:
        session.query(Token).filter_by(hash=hash_of(program.headers["Authorization"][7:])).delete()
    answer = program.get("/me")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Basic YTpi", "paleobc_x", "Bearer é", ""])
def test_a_wrong_token_is_refused_even_beside_a_good_cookie(shared, header):
    browser = shared.browser(shared.user("ada"))
    answer = browser.get("/api/v1/me", headers={b"Authorization": header.encode()})
    assert answer.status_code == 401


def test_a_removed_token_is_worthless(shared):
    ada = shared.user("ada")
    browser, program = shared.browser(ada), shared.program(ada)
    with shared.installation.database.reading() as session:
        token = session.query(Token).filter_by(hash=hash_of(program.headers["Authorization"][7:])).one()
    assert browser.send_form(f"/account/tokens/{token.id}/remove").status_code == 303
    assert program.get("/me").status_code == 401


def test_a_changed_password_signs_out_everywhere_else(shared):
    eve = shared.user("eve")
    here, elsewhere = shared.browser(eve), shared.browser(eve)
    before = here.cookies[COOKIE]
    answer = here.send_form("/account/password", old=PASSWORD, new=OTHER, again=OTHER)
    assert answer.status_code == 303, answer.text
    assert here.get("/account").status_code == 200
    assert here.cookies[COOKIE] != before
    assert elsewhere.get("/account").status_code == 303
    assert shared.stranger().post("/sign-in", data={"name": "eve", "password": PASSWORD}).status_code == 403
    assert shared.stranger().post("/sign-in", data={"name": "eve", "password": OTHER}).status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("wrong", OTHER, OTHER),
        (PASSWORD, OTHER, "another"),
        (PASSWORD, "short", "short"),
        (PASSWORD, "password123", "password123"),
    ],
)
def test_a_password_is_changed_only_to_a_good_one_by_who_knows_it(shared, old, new, again):
    finn = shared.user("finn")
    browser, elsewhere = shared.browser(finn), shared.browser(finn)
    answer = browser.send_form("/account/password", old=old, new=new, again=again)
    assert answer.status_code in (403, 422)
    assert elsewhere.get("/account").status_code == 200


@pytest.mark.parametrize("password", ["short", "1234567890", "passwordpassword", "x" * 300])
def test_an_account_needs_a_password_that_is_not_guessed(shared, password):
    form = {"name": "grace", "password": password, "again": password}
    answer = shared.stranger().post("/register", data=form)
    assert answer.status_code == 422
    assert "password" in answer.text
    assert password not in answer.text.replace('type="password"', "") or len(password) < 9


def test_an_account_is_made_and_signed_in(shared):
    client = shared.stranger()
    answer = client.post("/register", data={"name": "Hedy", "password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 303, answer.text
    assert "Hedy" in client.get("/account").text
    again = shared.stranger().post("/register", data={"name": "hedy", "password": PASSWORD, "again": PASSWORD})
    assert again.status_code == 409


def test_the_first_administrator_comes_by_a_link_that_works_once(tmp_path):
    with site(tmp_path) as here:
        with here.installation.database.writing() as session:
            secret = first_administrator_link(session)
        form = {"name": "root", "password": PASSWORD, "again": PASSWORD}
        assert here.stranger().post("/register", data=form).status_code == 403
        page = here.stranger().get("/register", params={"invitation": secret})
        assert "administrator" in page.text
        first = here.stranger()
        assert first.post("/register", data=form | {"invitation": secret}).status_code == 303
        assert first.get("/users").status_code == 200
        second = form | {"name": "other", "invitation": secret}
        assert here.stranger().post("/register", data=second).status_code == 403
        assert here.stranger().get("/register", params={"invitation": secret}).status_code == 403
        with here.installation.database.writing() as session:
            assert first_administrator_link(session) is None


def test_nobody_joins_a_closed_site_without_an_invitation(tmp_path):
    with site(tmp_path, registration="closed") as here:
        form = {"name": "ivan", "password": PASSWORD, "again": PASSWORD}
        assert here.stranger().post("/register", data=form).status_code == 403
        root = here.browser(here.user("root", "admin"))
        text = root.send_form("/users/invitations", role="user").text
        link = re.search(r"http://[^<\s]+/register\?invitation=([\w-]+)", text)
        assert here.stranger().post("/register", data=form | {"invitation": link.group(1)}).status_code == 303


def test_a_disabled_user_is_out_at_once(shared):
    root, judy = shared.browser(shared.user("root", "admin")), shared.user("judy")
    browser, program = shared.browser(judy), shared.program(judy)
    assert browser.get("/account").status_code == 200
    assert root.send_form(f"/users/{judy.id}/state", state="disabled").status_code == 303
    assert browser.get("/account").status_code == 303
    assert program.get("/me").status_code == 401
    assert shared.stranger().post("/sign-in", data={"name": "judy", "password": PASSWORD}).status_code == 403
    assert root.send_form(f"/users/{judy.id}/state", state="active").status_code == 303
    assert program.get("/me").status_code == 200


def test_only_administrators_see_and_change_accounts(shared):
    ada = shared.user("ada")
    browser, program = shared.browser(ada), shared.program(ada)
    assert browser.get("/users").status_code in (403, 404)
    assert browser.send_form("/users/invitations", role="admin").status_code in (403, 404)
    assert browser.send_form(f"/users/{ada.id}/role", role="admin").status_code in (403, 404)
    assert program.get("/users").status_code in (403, 404)
    assert program.post("/invitations", json={"role": "admin"}).status_code in (403, 404)
    assert program.patch(f"/users/{ada.id}", json={"role": "admin"}).status_code in (403, 404)
    assert program.get("/me").json()["role"] == "user"


def test_passwords_are_not_guessed_by_name(tmp_path):
    with site(tmp_path) as here:
        here.user("ada")
        for _ in range(10):
            answer = here.stranger().post("/sign-in", data={"name": "ada", "password": ""})
            assert answer.status_code == 403
        answer = here.stranger().post("/sign-in", data={"name": "Ada", "password": PASSWORD})
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
        body = {"name": "ada", "password": PASSWORD, "label": "x"}
        assert here.stranger().post("/api/v1/tokens", json=body).status_code == 429


def test_nor_by_address(tmp_path, monkeypatch):
    monkeypatch.setattr("paleobc.services.speakers.authenticate", lambda *_: None)  # it takes a quarter of a second
    with site(tmp_path, registration="open") as here:
        client = here.stranger()
        for number in range(60):
            answer = client.post("/sign-in", data={"name": f"user {number}", "password": "x"})
            assert answer.status_code == 403
        assert client.post("/sign-in", data={"name": "user", "password": "x"}).status_code == 429
        form = {"name": "ada", "password": PASSWORD, "again": PASSWORD}
        assert client.post("/register", data=form).status_code == 429
