"""`paleobc remote` before a site: signing in with a token, and the bundle."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from application import Application
from paleobc.cli.remote import app
from paleobc.cli.remote_client import account_file
from paleobc.errors import InputError, PaleobcError
from sites import PASSWORD, Site, site


@pytest.fixture
def here(tmp_path, monkeypatch) -> Iterator[Site]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with site(tmp_path / "data") as found:
        yield found


def remote(*words: str, **more: Any) -> Result:
    """Call the command."""
    answer = CliRunner().invoke(app, list(words), **more)
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return answer


def token_of(here: Site, name: str) -> str:
    """A token of somebody."""
    return here.program(here.user(name)).headers["Authorization"].removeprefix("Bearer ")


def test_a_token_signs_in_as_well_as_a_password(here):
    secret = token_of(here, "ada")
    answer = remote("login", here.address, "--token", input=f" {secret} \n")
    assert f"You are ada at {here.address}" in answer.stdout
    assert secret not in answer.stdout
    assert json.loads(account_file().read_text()) == {"address": here.address, "token": secret}
    assert remote("list").exit_code == 0


@pytest.mark.parametrize("secret", ["paleobc_never_made", "x", "é"])
def test_a_wrong_token_is_not_kept(here, secret):
    with pytest.raises(PaleobcError, match=r"(?s)token.*page of your account"):
        remote("login", here.address, "--token", input=f"{secret}\n")
    assert not account_file().exists()


def test_a_wrong_password_is_not_kept_either(here):
    here.user("ada")
    with pytest.raises(PaleobcError, match="do not go together"):
        remote("login", here.address, "--name", "ada", input="wrong\n")
    assert not account_file().exists()
    remote("login", here.address, "--name", "ada", input=f"{PASSWORD}\n")
    assert account_file().exists()


def test_the_bundle_is_asked_for_and_taken_home(here, tmp_path):
    ada = here.user("ada")
    remote("login", here.address, "--token", input=f"{token_of(here, 'ada')}\n")
    application = Application(tmp_path / "data")
    application.give_world(ada, application.experiment(ada, "Eocene"))
    with pytest.raises(PaleobcError):
        remote("run", "Eocene", "bundle", "-o", "engine=another")
    with pytest.raises(PaleobcError, match="bundle"):
        remote("download", "Eocene", "bundle", "-o", str(tmp_path))
    application.work()
    assert "paleobc remote wait Eocene" in remote("run", "Eocene", "bundle", "-o", "engine=mosaic").stdout
    assert application.work() == {"bundle": 1}
    states = json.loads(remote("wait", "Eocene", "--json").stdout)
    assert {one["state"] for one in states if one["asset"] == "mosaic_weights"} == {"current"}
    path = remote("download", "Eocene", "bundle", "-o", str(tmp_path / "home")).stdout.split()[0]
    with tarfile.open(path) as archive:
        names = archive.getnames()
    assert any(name.endswith("files/routing.nc") for name in names), names
    assert [one.name for one in (tmp_path / "home").iterdir()] == [path.rpartition("/")[2]]


#: What each command loads that only the extra brings.
BEYOND = [
    ("remote list", "httpx"),
    ("accounts reset ada", "pydantic_settings"),
    ("accounts reset ada", "sqlalchemy"),
    ("serve --port 0", "pydantic_settings"),
    ("serve --port 0", "sqlalchemy"),
    ("serve --port 0", "fastapi"),
    ("serve --port 0", "uvicorn"),
    ("serve --port 0", "pwdlib"),
]


@pytest.mark.parametrize(("command", "package"), BEYOND)
def test_without_the_extra_one_is_told_what_to_install(command, package, tmp_path):
    program = f"""import sys
sys.modules[{package!r}] = None  # as where it is not installed
sys.argv = ["paleobc", *{command.split()!r}]
from paleobc.cli.main import main; main()"""
    environment = {"PALEOBC_DATA_FOLDER": str(tmp_path), "COLUMNS": "300", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert done.stderr == f"Error: This command needs {package}: pip install 'paleobc[server]'.\n"


def test_the_help_of_all_commands_needs_no_extra():
    program = "import sys; sys.modules['httpx'] = None; sys.argv = ['paleobc', '--help']\n"
    program += "from paleobc.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0
    assert "remote" in done.stdout


def test_who_has_not_signed_in_is_told_so_before_anything_is_sent(here):
    with pytest.raises(InputError, match="paleobc remote login"):
        remote("run", "Eocene", "bundle")
