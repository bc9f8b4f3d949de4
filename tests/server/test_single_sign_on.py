"""Signing in with the account of a laboratory."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import RSAKey

from sites import PASSWORD, Site, site

KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)


class Laboratory:
    """An issuer that vouches for whoever comes, as it is told."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.key, self.algorithm = KEY, "RS256"
        self.challenge, self.asked = "", {}
        lab = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.endswith("openid-configuration"):
                    self.say(
                        {
                            "issuer": lab.address,
                            "authorization_endpoint": f"{lab.address}/authorize",
                            "token_endpoint": f"{lab.address}/token",
                            "jwks_uri": f"{lab.address}/keys",
                        }
                    )
                else:
                    self.say({"keys": [KEY.as_dict(private=False)]})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                lab.asked = {name: values[0] for name, values in parse_qs(body).items()}
                good = create_s256_code_challenge(lab.asked["code_verifier"]) == lab.challenge
                if not good or lab.asked["code"] != "good" or "Authorization" not in self.headers:
                    self.say({"error": "invalid_grant"}, 400)
                    return
                token = jwt.encode({"alg": lab.algorithm, "kid": "one"}, lab.claims, lab.key)
                self.say({"access_token": "a", "token_type": "Bearer", "id_token": token})

            def say(self, data: dict[str, Any], status: int = 200) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(data).encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def vouch(self, place: str, **claims: Any) -> dict[str, str]:
        """Let somebody in whom we sent there; returns what the browser brings back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(place).query).items()}
        assert asked["code_challenge_method"] == "S256"
        self.challenge, now = asked["code_challenge"], int(time.time())
        self.claims = {
            "iss": self.address,
            "aud": asked["client_id"],
            "sub": "42",
            "exp": now + 60,
            "iat": now,
            "nonce": asked["nonce"],
            "preferred_username": "ada",
        } | claims
        return {"code": "good", "state": asked["state"]}


@pytest.fixture
def laboratory() -> Iterator[Laboratory]:
    found = Laboratory()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def here(laboratory, tmp_path) -> Iterator[Site]:
    client = {"oidc_client_id": "paleobc", "oidc_client_secret": "s"}
    with site(tmp_path, registration="open", oidc_issuer=laboratory.address, **client) as found:
        yield found


def test_who_is_vouched_for_gets_in_and_is_the_same_the_next_time(here, laboratory):
    assert "/sign-in/single" in here.stranger().get("/sign-in").text
    for _ in range(2):
        client = here.stranger()
        left = client.get("/sign-in/single", params={"next": "/experiments?sort=age"})
        back = laboratory.vouch(left.headers["location"])
        answer = client.get("/sign-in/single/back", params=back)
        assert answer.status_code == 303, answer.text
        assert answer.headers["location"] == "/experiments?sort=age"
        assert "ada" in client.get("/account").text
    root = here.browser(here.user("root", "admin"))
    assert root.get("/users").text.count('<th scope="row"') == 2


def test_an_account_with_a_password_is_not_taken_over(here, laboratory):
    ada = here.user("ada")
    client = here.stranger()
    back = laboratory.vouch(client.get("/sign-in/single").headers["location"])
    assert client.get("/sign-in/single/back", params=back).status_code == 303
    experiment = here.experiment(ada)
    assert client.get(f"/experiments/{experiment.id}").status_code == 404
    assert here.stranger().post("/sign-in", data={"name": "ada", "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize(
    "claims",
    [{"nonce": "another"}, {"aud": "another"}, {"iss": "https://evil.example"}, {"exp": 1}, {"azp": "another"}],
)
def test_an_identity_for_something_else_is_refused(here, laboratory, claims):
    client = here.stranger()
    back = laboratory.vouch(client.get("/sign-in/single").headers["location"], **claims)
    answer = client.get("/sign-in/single/back", params=back)
    assert answer.status_code == 403
    assert client.get("/account").status_code == 303


def test_an_identity_with_another_signature_is_refused(here, laboratory):
    laboratory.key = OTHER_KEY
    client = here.stranger()
    back = laboratory.vouch(client.get("/sign-in/single").headers["location"])
    assert client.get("/sign-in/single/back", params=back).status_code == 403


@pytest.mark.parametrize("change", [{"state": "another"}, {"state": ""}, {"code": "bad"}, {"code": ""}])
def test_an_answer_that_was_not_asked_for_is_refused(here, laboratory, change):
    client = here.stranger()
    back = laboratory.vouch(client.get("/sign-in/single").headers["location"])
    assert client.get("/sign-in/single/back", params=back | change).status_code == 403
    assert here.stranger().get("/sign-in/single/back", params=back).status_code == 403


def test_nobody_is_sent_elsewhere_behind_it(here, laboratory):
    client = here.stranger()
    left = client.get("/sign-in/single", params={"next": "https://evil.example"})
    answer = client.get("/sign-in/single/back", params=laboratory.vouch(left.headers["location"]))
    assert answer.headers["location"] == "/"


def test_who_is_vouched_for_still_needs_to_be_let_in_where_registration_is_not_open(laboratory, tmp_path):
    with site(tmp_path, oidc_issuer=laboratory.address, oidc_client_id="paleobc") as here:
        client = here.stranger()
        back = laboratory.vouch(client.get("/sign-in/single").headers["location"])
        answer = client.get("/sign-in/single/back", params=back)
        assert answer.status_code == 403
        assert "invitation" in answer.text


def test_a_laboratory_can_trust_its_sign_on_where_others_need_an_invitation(laboratory, tmp_path):
    trusted = {"oidc_issuer": laboratory.address, "oidc_client_id": "paleobc", "oidc_client_secret": "s"}
    with site(tmp_path, oidc_registration="open", **trusted) as here:
        client = here.stranger()
        back = laboratory.vouch(client.get("/sign-in/single").headers["location"])
        assert client.get("/sign-in/single/back", params=back).status_code == 303
        assert "ada" in client.get("/account").text
        assert client.get("/users").status_code == 403  # a user, whoever comes first
        form = {"name": "eve", "password": PASSWORD, "again": PASSWORD}
        assert here.stranger().post("/register", data=form).status_code == 403
        assert here.stranger().get("/register").status_code == 403


def test_without_an_issuer_there_is_none(shared):
    assert shared.stranger().get("/sign-in/single").status_code == 404


def test_an_issuer_that_does_not_answer_is_told(tmp_path):
    with site(tmp_path, oidc_issuer="http://127.0.0.1:9", oidc_client_id="paleobc") as here:
        answer = here.stranger().get("/sign-in/single")
        assert answer.status_code == 403
        assert "does not answer" in answer.text
