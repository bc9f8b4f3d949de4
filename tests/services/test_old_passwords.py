"""Passwords of the existing tool sign in once with their old checksums, and no such checksum stalls anybody."""

from __future__ import annotations

import time

import pytest
from pwdlib import PasswordHash

from application import Application
from paleobc.errors import ForbiddenError
from paleobc.services import accounts
from paleobc.services.accounts import authenticate, change_password, hash_password
from paleobc.services.old_passwords import an_old_checksum, fits_old_checksum, is_old_checksum
from paleobc.services.speakers import user_of_password
from paleobc.store.tables import User
from paleobc.store.users import add_user
from werkzeug_checksums import HMAC, PASSWORD, PBKDF2, PBKDF2_SHA1, SCRYPT

ALL = {"scrypt": SCRYPT, "pbkdf2": PBKDF2, "pbkdf2 with sha1": PBKDF2_SHA1, "hmac": HMAC}
NEW = "four words that rhyme not"


@pytest.fixture
def app(tmp_path):
    return Application(tmp_path)


def account(app, name, checksum):
    with app.database.writing() as session:
        return add_user(session, name, password_hash=checksum)


def kept(app, user):
    with app.database.reading() as session:
        return session.get_one(User, user.id).password_hash


@pytest.mark.parametrize("checksum", ALL.values(), ids=ALL)
def test_a_password_fits_its_checksum_and_no_other(checksum):
    assert is_old_checksum(checksum)
    assert fits_old_checksum(PASSWORD, checksum)
    for wrong in (PASSWORD + " ", "", PASSWORD.upper()):
        assert not fits_old_checksum(wrong, checksum)


@pytest.mark.parametrize("checksum", ALL.values(), ids=ALL)
def test_who_signs_in_with_an_old_checksum_has_a_new_one_afterwards(app, checksum):
    user = account(app, "anna", checksum)
    with pytest.raises(ForbiddenError):
        user_of_password(app.database, "anna", "wrong")
    assert kept(app, user) == checksum
    assert user_of_password(app.database, "anna", PASSWORD).id == user.id
    assert kept(app, user).startswith("$argon2id$")
    assert user_of_password(app.database, "anna", PASSWORD).id == user.id
    with app.database.reading() as session:
        assert an_old_checksum(session) is None


def test_an_old_password_can_be_changed(app):
    user = account(app, "anna", PBKDF2)
    with app.database.writing() as session:
        with pytest.raises(ForbiddenError):
            change_password(session, user, "wrong", NEW)
        change_password(session, user, PASSWORD, NEW)
    with app.database.reading() as session:
        assert authenticate(session, "anna", NEW) is not None


@pytest.mark.parametrize(
    "checksum",
    [
        "pbkdf2:sha256:99999999999$salt$" + "0" * 64,
        "pbkdf2:sha256:2000001$salt$" + "0" * 64,
        "pbkdf2:sha256:0$salt$" + "0" * 64,
        "pbkdf2:sha256:-1$salt$" + "0" * 64,
        "pbkdf2:sha256:\u0661$salt$" + "0" * 64,
        "pbkdf2:md4:1000$salt$" + "0" * 32,
        "scrypt:1048576:1024:1$salt$" + "0" * 128,
        "scrypt:32768:8:1000$salt$" + "0" * 128,
        "scrypt:32767:8:1$salt$" + "0" * 128,
        "scrypt:1:8:1$salt$" + "0" * 128,
        "scrypt$salt$" + "0" * 128,
        "sha256$salt$" + "0" * 63,
        "sha256$$" + "0" * 64,
        "plain$$secret",
        "sha256$salt$" + "0" * 1000,
        "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA",
        "",
    ],
)
def test_a_checksum_that_is_none_or_takes_too_much_is_not_compared_with(checksum):
    started = time.perf_counter()
    assert not is_old_checksum(checksum)
    assert not fits_old_checksum("anything", checksum)
    assert time.perf_counter() - started < 0.1


def test_the_dearest_checksum_that_is_compared_with_is_bearable():
    started = time.perf_counter()
    assert not fits_old_checksum("anything", "scrypt:65536:16:4$salt$" + "0" * 128)
    assert not fits_old_checksum("anything", "pbkdf2:sha512:2000000$salt$" + "0" * 128)
    assert time.perf_counter() - started < 20.0


def test_a_name_that_does_not_exist_takes_as_long_as_one_that_does(app, monkeypatch):
    account(app, "anna", SCRYPT)
    account(app, "bob", hash_password(NEW))
    account(app, "by single sign-on", None)
    compared: list[str] = []

    def noting(kind, compare):
        return lambda *arguments: compared.append(kind) or compare(*arguments)

    monkeypatch.setattr(accounts, "fits_old_checksum", noting("old", accounts.fits_old_checksum))
    monkeypatch.setattr(PasswordHash, "verify", noting("new", PasswordHash.verify))
    for name in ("anna", "bob", "by single sign-on", "nobody"):
        compared.clear()
        with app.database.reading() as session:
            assert authenticate(session, name, "a wrong password") is None
        assert sorted(compared) == ["new", "old"], name
