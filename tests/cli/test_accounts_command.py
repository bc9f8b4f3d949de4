"""`paleobc accounts`: somebody is let in again from the shell."""

from __future__ import annotations

import re

import pytest

from application import Application
from paleobc.services.accounts import authenticate, hash_password
from paleobc.services.forgotten_passwords import replace_password
from paleobc.store.users import add_user
from said import refused
from servers.column import column_environment

OLD, NEW = "four words that rhyme not", "five other words that go"


@pytest.fixture
def application(tmp_path, monkeypatch) -> Application:
    found = Application(tmp_path)
    with found.database.writing() as session:
        add_user(session, "root", password_hash=hash_password(OLD), role="admin")
    for name, value in ({"PALEOBC_DATA_FOLDER": str(tmp_path)} | column_environment(tmp_path)).items():
        monkeypatch.setenv(name, value)
    return found


def test_the_only_administrator_gets_in_again(paleobc, application):
    said = paleobc("accounts", "reset", "Root")
    assert said.code == 0, said.all
    link = re.search(r"^http://127\.0\.0\.1:8400/password\?link=([\w-]+)$", said.out, re.MULTILINE)
    assert "2 days" in said.out
    with application.database.writing() as session:
        assert replace_password(session, link[1], NEW).name == "root"
    with application.database.reading() as session:
        assert authenticate(session, "root", NEW).role == "admin"


def test_the_link_goes_where_the_pages_are(paleobc, application, monkeypatch):
    assert "http://lab:80/password?link=" in paleobc("accounts", "reset", "root", "--address", "http://lab:80/").out
    monkeypatch.setenv("PALEOBC_PUBLIC_URL", "https://paleobc.example.org")
    assert "https://paleobc.example.org/password?link=" in paleobc("accounts", "reset", "root").out


def test_an_unknown_name_is_answered_with_who_administers(paleobc, application):
    refused(paleobc("accounts", "reset", "rot"), 1, "'rot'", "Administrators are: root.")


def test_where_there_are_no_accounts_nothing_is_made(paleobc, tmp_path, monkeypatch):
    monkeypatch.setenv("PALEOBC_DATA_FOLDER", str(tmp_path / "none"))
    refused(paleobc("accounts", "reset", "root"), 1, "PALEOBC_DATA_FOLDER")
    assert not (tmp_path / "none").exists()
