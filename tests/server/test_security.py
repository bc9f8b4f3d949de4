"""What a browser is told, and what other sites cannot do."""

from __future__ import annotations

import httpx
import pytest

from paleobc.server.security import local_path
from sites import PASSWORD, routes_of, site


def test_every_answer_bears_the_headers_that_keep_browsers_safe(shared):
    browser = shared.browser(shared.user("ada"))
    for path in ("/sign-in", "/experiments", "/nowhere", "/static/nothing.css", "/api/v1/me", "/health/live"):
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy, path
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-frame-options"] == "DENY"
        assert "server" not in headers


def test_no_page_of_accounts_has_a_script_or_style_of_its_own(shared):
    browser = shared.browser(shared.user("root", "admin"))
    pages = [browser.get(path).text for path in ("/account", "/users", "/api/v1/docs")]
    pages += [shared.stranger().get(path).text for path in ("/sign-in", "/register")]
    for text in pages:
        assert "style=" not in text
        assert "<style" not in text
        assert "onclick" not in text
        assert all("src=" in part.partition(">")[0] for part in text.split("<script")[1:])
        assert "http://" not in text.replace(shared.address, "").replace("http://www.w3.org", "")


def test_the_cookie_is_for_this_site_alone_and_no_script(shared):
    shared.user("ada")
    answer = shared.stranger().post("/sign-in", data={"name": "ada", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert answer.status_code == 303
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie  # not over TLS here


@pytest.mark.parametrize(
    ("settings", "header", "is_secure"),
    [
        ({"secure_cookies": "always"}, {}, True),
        ({"public_url": "https://paleobc.example.org"}, {}, True),
        ({"trusted_proxies": "127.0.0.1"}, {"X-Forwarded-Proto": "https"}, True),
        ({"trusted_proxies": "192.0.2.0/24"}, {"X-Forwarded-Proto": "https"}, False),
        ({}, {"X-Forwarded-Proto": "https"}, False),
        ({"secure_cookies": "never", "public_url": "https://paleobc.example.org"}, {}, False),
    ],
)
def test_cookies_travel_over_tls_only_where_pages_do(tmp_path, settings, header, is_secure):
    with site(tmp_path, **settings) as here:
        here.user("ada")
        answer = here.stranger().post("/sign-in", data={"name": "ada", "password": PASSWORD}, headers=header)
        assert ("secure" in answer.headers["set-cookie"].lower()) is is_secure
        assert ("strict-transport-security" in answer.headers) is (header != {} and is_secure)


@pytest.mark.parametrize("token", [None, "", "wrong", "é"])
def test_a_form_without_its_token_changes_nothing(shared, token):
    ada = shared.user("ada")
    browser = shared.browser(ada)
    fields = {"name": "Pliocene"} | ({} if token is None else {"csrf": token})
    for path in ("/experiments", "/account/tokens", "/sign-out", "/sign-in", "/register"):
        assert browser.post(path, data=fields).status_code == 403, path
    assert browser.post("/api/v1/experiments", json={"name": "Pliocene"}).status_code == 403
    assert browser.put("/api/v1/experiments/x/assets/relief", content=b"CDF").status_code == 403
    assert "Pliocene" not in browser.get("/account").text
    assert browser.get("/account").status_code == 200  # still signed in


def test_every_route_that_changes_something_asks_for_the_token(shared):
    browser = shared.browser(shared.user("ada"))
    changing = [(method, path) for method, path in routes_of(shared.app) if method != "GET"]
    assert len(changing) > 40
    for method, path in changing:
        answer = browser.request(method, path.replace("{", "").replace("}", ""))
        assert answer.status_code in (403, 422), (method, path, answer.status_code)
        if answer.status_code == 422:  # a part of the address was not understood, before anything was done
            assert "number" in path or "first" in path


def test_the_token_of_the_page_lets_its_requests_through(shared):
    browser = shared.browser(shared.user("ada"))
    answer = browser.post("/api/v1/experiments", json={"name": "Miocene"}, headers={"X-CSRF-Token": browser.csrf})
    assert answer.status_code == 201
    assert browser.send_form("/account/tokens", name="laptop").status_code == 200


@pytest.mark.parametrize(
    "header", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_another_site_cannot_sign_somebody_in(shared, header):
    answer = shared.stranger().post("/sign-in", data={"name": "ada", "password": PASSWORD}, headers=header)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "evil",
        "///evil.example",
        "/\r\nSet-Cookie: a=b",
        "",
    ],
)
def test_nobody_is_sent_to_another_site(shared, place):
    assert local_path(place) == "/"
    shared.user("ada")
    answer = shared.stranger().post("/sign-in", data={"name": "ada", "password": PASSWORD, "next": place})
    assert answer.headers["location"] == "/"
    again = shared.browser(shared.user("ada")).get("/sign-in", params={"next": place})
    assert again.headers["location"] == "/"


def test_who_was_on_the_way_somewhere_gets_there(shared):
    shared.user("ada")
    answer = shared.stranger().get("/experiments?sort=age&descending=true")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/experiments%3Fsort%3Dage%26descending%3Dtrue"
    form = {"name": "ada", "password": PASSWORD, "next": "/experiments?sort=age"}
    assert shared.stranger().post("/sign-in", data=form).headers["location"] == "/experiments?sort=age"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "a b", "[", "localhost@evil.example", ""])
def test_requests_for_another_name_are_refused(shared, host):
    answer = shared.stranger().get("/sign-in", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil.example" not in answer.text


def test_a_public_name_is_known(tmp_path):
    with site(tmp_path, public_url="https://paleobc.example.org") as here:
        assert here.stranger().get("/sign-in", headers={"Host": "paleobc.example.org"}).status_code == 200
        assert here.stranger().get("/sign-in", headers={"Host": "evil.example"}).status_code == 400


def test_bodies_have_a_largest_size(shared):
    browser = shared.browser(shared.user("ada"))
    headers = {"X-CSRF-Token": browser.csrf, "Content-Type": "application/json"}

    def endless():
        for _ in range(40):
            yield b" " * 100_000

    for body in (b" " * 1_100_000, endless()):
        try:
            answer = browser.post("/api/v1/experiments", content=body, headers=headers)
        except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
            continue  # the line was cut while we sent
        assert answer.status_code == 413
    assert browser.post("/sign-in", data={"name": "x" * 1_100_000, "csrf": browser.csrf}).status_code == 413
