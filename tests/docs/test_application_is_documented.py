"""The documentation names every setting with its default, and every state that the application shows."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import get_args

import pytest

from documentation import PAGES, ROOT, rows, section
from paleobc.server.states import STATES, word_of
from paleobc.services.accounts import INVITATION_LASTS
from paleobc.services.forgotten_passwords import PASSWORD_LINK_LASTS
from paleobc.services.planning import State
from paleobc.settings import Settings
from paleobc.store.files import KEPT_FREE
from paleobc.store.runs import LEASE, MOST_FAULTS

DESCRIBED = rows(section("settings", "All settings"))
#: Settings whose default depends on where one is, with the words for it.
COMPUTED = {"data_folder": "`~/.local/share/paleobc`", "workers": "number of processors"}


def cells(name: str) -> list[str]:
    """Cells of the row of a setting."""
    return [cell.strip() for cell in DESCRIBED[f"PALEOBC_{name.upper()}"].strip("|").split("|")]


def test_every_setting_is_described_and_no_other():
    assert {f"PALEOBC_{name.upper()}" for name in Settings.model_fields} == DESCRIBED.keys()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_described_with_its_default_and_what_it_may_be(name):
    _, default, meaning = cells(name)
    field = Settings.model_fields[name]
    if field.default_factory is not None:
        assert default == COMPUTED[name]
    else:
        assert default == (f"`{field.default}`" if field.default != "" else "empty")
    assert meaning
    for choice in get_args(field.annotation):
        assert f"`{choice}`" in meaning


def test_the_defaults_that_depend_on_the_place_are_as_described(monkeypatch):
    monkeypatch.delenv("PALEOBC_DATA_FOLDER", raising=False)
    monkeypatch.delenv("PALEOBC_WORKERS", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    found = Settings()
    assert str(found.data_folder).replace(str(Path.home()), "~") in COMPUTED["data_folder"]
    assert found.workers == os.cpu_count()
    assert found.database.endswith("/paleobc/paleobc.sqlite")
    assert found.files.endswith("/paleobc/files")


def test_defaults_that_are_told_elsewhere_are_those_of_the_settings():
    settings = Settings()
    assert f"http://{settings.host}:{settings.port}" in PAGES["application"]
    assert f"[{settings.bin_days} days](settings.md#all-settings)" in section("application", "The bin")
    served = rows(section("commands", "paleobc serve"))
    assert settings.host in served["--host"]
    assert str(settings.port) in served["--port"]


def test_every_state_is_described():
    described = rows(section("application", "States"))
    assert described.keys() == set(get_args(State)) == set(STATES)
    for is_given in (True, False):
        assert f"*{word_of('missing', is_given=is_given)}*" in described["missing"]


def test_numbers_that_the_application_keeps_to_are_those_of_the_documentation():
    faults = section("application", "What happens at a fault")
    assert f"below {KEPT_FREE // 1_000_000} MB free" in faults
    assert MOST_FAULTS == 3
    assert "three times in all" in faults
    assert f"within {INVITATION_LASTS.days} days" in section("application", "Accounts")
    assert f"within {PASSWORD_LINK_LASTS.days} days" in section("application", "Accounts")
    assert f"lease of {LEASE.seconds} s" in (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_the_layers_of_the_drawing_are_those_that_the_linter_holds():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    held = re.search(r"^layers = \[\n(.*?)^\]", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M | re.S)
    drawn = [re.split(r" {2,}", line.strip())[0] for line in text.splitlines() if line.startswith("    ")]
    assert [line for line in drawn if " -> " not in line and not line.startswith("file in")] == re.findall(
        r'"([^"]+)"', held[1]
    )
