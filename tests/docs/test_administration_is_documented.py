"""The documentation names every page of the administration, every action, and the numbers that it keeps to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import paleobc.services.admin_status
from documentation import PAGES, rows, section
from paleobc.cli.admin import app
from paleobc.server.administering import TABS
from paleobc.server.api.admin import Action
from paleobc.services.admin_status import _LONG
from paleobc.services.administration import ROLES
from paleobc.services.announcements import LEVELS
from paleobc.store.processes import LIVING
from paleobc.store.sql_limits import MOST_ROWS, MOST_SECONDS


def test_every_page_is_named_with_commands_that_there_are():
    listed = rows(PAGES["administration"].partition("## ")[0])
    assert {address for address, _ in TABS} == listed.keys()
    commands = set(app.info.cls.late)  # type: ignore[union-attr]
    for row in listed.values():
        assert set(re.findall(r"`([a-z]+)`", row.split("|")[2])) <= commands


def test_everything_that_the_status_looks_at_is_explained():
    text = Path(paleobc.services.admin_status.__file__).read_text(encoding="utf-8")
    assert set(re.findall(r'Check\(\s*"([a-z ]+)"', text)) == rows(section("administration", "Overview")).keys()


def test_every_action_on_a_run_is_explained():
    actions = get_args(get_args(Action)[0])
    for action in actions:
        assert f"| *{action.capitalize()}* |" in section("administration", "Queues")
        assert action in section("commands", "paleobc admin")


def test_numbers_and_words_are_those_that_the_program_keeps_to():
    assert f"at most {MOST_ROWS} rows and {MOST_SECONDS:g} seconds" in section("administration", "Database")
    assert f"for {LIVING.seconds} seconds" in section("administration", "Services")
    assert f"more than {_LONG / 60:.0f} minutes" in section("administration", "Overview")
    options = rows(section("commands", "paleobc admin"))
    assert all(f"`{role}`" in options["--role"] for role in ROLES)
    assert all(f"`{level}`" in options["--level"] for level in LEVELS)
