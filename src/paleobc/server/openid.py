"""The single sign-on of a laboratory: OpenID Connect with code, proof key (PKCE) and nonce."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from paleobc.errors import ForbiddenError
from paleobc.settings import Settings

_PATIENCE: Final = 10.0
#: Signatures whose key is not a secret that both sides know: none can be made with what is public.
_ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
_CLOCKS_DIFFER: Final = 120
_UNREACHABLE: Final = "The single sign-on does not answer as it should; try again, or tell the administrator."


@dataclass(frozen=True)
class Attempt:
    """
    Someone on the way to the issuer and back: what only their browser knows.

    Parameters
    ----------
    state, nonce, verifier : str
        Random; they come back, in the answer, in the identity, and never.
    """

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Attempt:
        """A new one."""
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))


@dataclass(frozen=True)
class Identity:
    """
    Whom the issuer vouches for.

    Parameters
    ----------
    subject : str
        Issuer and subject: who it is, for ever.
    name : str
        What they are called.
    """

    subject: str
    name: str


class Issuer:
    """
    An issuer, as its own description has it.

    Parameters
    ----------
    settings : Settings
    """

    def __init__(self, settings: Settings) -> None:
        self._issuer = settings.oidc_issuer.rstrip("/")
        self._id, self._secret = settings.oidc_client_id, settings.oidc_client_secret
        self._described: dict[str, Any] = {}

    def address(self, attempt: Attempt, back: str) -> str:
        """Where to send the browser, which comes back to an address of ours."""
        query = {
            "response_type": "code",
            "client_id": self._id,
            "redirect_uri": back,
            "scope": "openid profile email",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": create_s256_code_challenge(attempt.verifier),
            "code_challenge_method": "S256",
        }
        return f"{self._description()['authorization_endpoint']}?{urlencode(query)}"

    def identity(self, attempt: Attempt, code: str, back: str) -> Identity:
        """
        Whom a code stands for.

        Raises
        ------
        ForbiddenError
            Where the issuer does not vouch for anybody with it.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": attempt.verifier,
        }
        endpoint = str(self._description()["token_endpoint"])
        answer = _json(lambda: httpx.post(endpoint, data=form, auth=(self._id, self._secret), timeout=_PATIENCE))
        claims = self._claims(str(answer.get("id_token", "")), str(answer.get("access_token", "")), attempt.nonce)
        name = claims.get("preferred_username") or claims.get("name") or claims.get("email") or claims["sub"]
        return Identity(f"{self._issuer} {claims['sub']}"[:300], str(name))

    def _claims(self, token: str, access_token: str, nonce: str) -> CodeIDToken:
        """What an identity says, once it is proved that the issuer made it, for us, now."""
        description = self._description()
        keys = KeySet.import_key_set(_get(str(description["jwks_uri"])))
        try:
            found = jwt.decode(token, keys, algorithms=_ALGORITHMS)
            claims = CodeIDToken(
                found.claims,
                found.header,
                {
                    "iss": {"essential": True, "values": [description["issuer"]]},
                    "aud": {"essential": True, "values": [self._id]},
                },
                {"nonce": nonce, "client_id": self._id, "access_token": access_token},
            )
            claims.validate(leeway=_CLOCKS_DIFFER)
        except (JoseError, ValueError) as error:
            raise ForbiddenError("The single sign-on's answer is not valid; sign in again.") from error
        return claims

    def _description(self) -> dict[str, Any]:
        """Description of the issuer, asked for once."""
        if not self._described:
            found = _get(f"{self._issuer}/.well-known/openid-configuration")
            needed = {"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"}
            if not needed <= found.keys() or str(found["issuer"]).rstrip("/") != self._issuer:
                raise ForbiddenError(_UNREACHABLE)
            self._described = found
        return self._described


def _get(address: str) -> Any:
    """JSON at an address of the issuer."""
    return _json(lambda: httpx.get(address, timeout=_PATIENCE))


def _json(ask: Any) -> Any:
    """JSON that the issuer answers."""
    try:
        answer = ask()
        answer.raise_for_status()
        found = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise ForbiddenError(_UNREACHABLE) from error
    if not isinstance(found, dict):
        raise ForbiddenError(_UNREACHABLE)
    return found
