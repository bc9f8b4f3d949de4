"""The pages with which a forgotten password is replaced."""

from __future__ import annotations

import re

from page_reader import read_page
from paleobc.server.visitors import COOKIE
from sites import PASSWORD, site

OTHER = "seven brass kettles on a ferry"


def link_in(text: str) -> str:
    """The link that a page shows."""
    return re.search(r"http://[^<\s]+/password\?link=([\w-]+)", text).group(1)


def test_who_forgot_a_password_gets_in_again_and_sees_who_helped(shared):
    root, ada = shared.browser(shared.user("root", "admin")), shared.user("ada")
    elsewhere = shared.browser(ada)
    text = root.send_form(f"/users/{ada.id}/password").text
    assert "Send this link to ada" in text
    assert "2 days" in text
    secret = link_in(text)
    assert secret not in root.get("/users").text  # shown once
    hers = shared.stranger()
    assert "ada" in hers.get("/password", params={"link": secret}).text
    answer = hers.post("/password", data={"link": secret, "new": OTHER, "again": OTHER})
    assert answer.headers["location"] == "/account?said=replaced", answer.text
    page = hers.get(answer.headers["location"]).text
    assert "root made a link" in page
    assert "was replaced with such a link" in page
    assert elsewhere.get("/account").status_code == 303
    assert shared.stranger().post("/sign-in", data={"name": "ada", "password": OTHER}).status_code == 303
    again = shared.stranger().get("/password", params={"link": secret})
    assert again.status_code == 403
    assert "used already" in again.text


def test_two_that_differ_and_weak_ones_are_refused_with_the_form_still_there(shared):
    root, bob = shared.browser(shared.user("root", "admin")), shared.user("bob")
    secret = link_in(root.send_form(f"/users/{bob.id}/password").text)
    for new, again, status in ((OTHER, PASSWORD, 403), ("short", "short", 422)):
        client = shared.stranger()
        answer = client.post("/password", data={"link": secret, "new": new, "again": again})
        assert answer.status_code == status
        assert read_page(answer.text).one("input", name="link").attributes["value"] == secret
        assert COOKIE not in answer.cookies
    assert shared.stranger().get("/password", params={"link": secret}).status_code == 200


def test_nobody_but_an_administrator_is_shown_a_link(shared):
    ada, carol = shared.user("ada"), shared.user("carol")
    browser, program = shared.browser(carol), shared.program(carol)
    assert browser.send_form(f"/users/{ada.id}/password").status_code in (403, 404)
    assert program.post(f"/users/{ada.id}/password-link").status_code in (403, 404)
    boss = shared.program(shared.user("root", "admin"))
    secret = boss.post(f"/users/{ada.id}/password-link").json()["link"]
    assert shared.stranger().get("/password", params={"link": secret}).status_code == 200


def test_a_link_goes_to_the_public_address(tmp_path):
    with site(tmp_path, public_url="https://paleobc.example.org/") as here:
        root, ada = here.browser(here.user("root", "admin")), here.user("ada")
        text = root.send_form(f"/users/{ada.id}/password").text
        assert "https://paleobc.example.org/password?link=" in text
