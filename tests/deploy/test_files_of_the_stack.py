"""The files of `deploy/` are what their tools take them for: image, stacks, scripts, locks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
DEPLOY = REPOSITORY / "deploy"
TOOLS = Path(sys.executable).parent
STACKS = sorted(DEPLOY.glob("compose*.yaml"))
CHOSEN = {
    "DATABASE_PASSWORD": "one",
    "BROKER_PASSWORD": "two",
    "PALEOBC_PUBLIC_URL": "https://paleobc.example.org",
    "PALEOBC_FILE": "bathy_meter.nc",
    "PALEOBC_FOLDER": "/srv/files",
}
_LINES = "{extends: default, rules: {line-length: {max: 140}, document-start: disable, braces: {max-spaces-inside: 1}}}"


def said(*words: object, **chosen: str) -> str:
    """What a tool says; a fault is shown."""
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **chosen}
    command = [str(word) for word in words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def composed(*files: Path, **chosen: str) -> dict[str, Any]:
    """A stack as Compose understands it."""
    named = [word for file in files for word in ("--file", file)]
    return dict(yaml.safe_load(said(TOOLS / "docker-compose", *named, "config", **CHOSEN, **chosen)))


def scripts() -> list[Path]:
    """All scripts of the shell, here and of the stand-ins."""
    files = [*DEPLOY.rglob("*"), *(REPOSITORY / "tests" / "stack").rglob("*")]
    return [path for path in files if path.is_file() and re.match(rb"#!\S*/(env )?(ba)?sh\b", path.read_bytes()[:40])]


def test_the_recipe_of_the_image_is_good() -> None:
    said(TOOLS / "hadolint", DEPLOY / "Dockerfile")


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
def test_a_stack_is_written_as_its_schema_says(path: Path) -> None:
    said(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", path)
    said(TOOLS / "yamllint", "--strict", "--config-data", _LINES, path)


def test_scripts_hold_no_known_fault() -> None:
    assert len(scripts()) >= 6
    said(TOOLS / "shellcheck", *scripts())


def test_scripts_can_be_started() -> None:
    assert [path for path in scripts() if not os.access(path, os.X_OK)] == []


@pytest.mark.parametrize("more", [[], ["compose.tls.yaml"], ["compose.stores.yaml"]], ids=str)
def test_every_service_is_bounded_and_has_no_rights(more: list[str]) -> None:
    stack = composed(DEPLOY / "compose.yaml", *(DEPLOY / name for name in more))
    assert set(stack["services"]) >= {"proxy", "web", "worker", "weights", "database", "broker", "migrate", "backup"}
    for name, service in stack["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert int(service["mem_limit"]) > 0, name
        assert int(service["pids_limit"]) > 0, name
        assert service["logging"]["options"]["max-size"], name
        assert service["restart"] == ("no" if name == "migrate" else "unless-stopped"), name
        assert "privileged" not in service, name


def test_only_the_proxy_is_reached_from_outside_and_it_reaches_the_pages_alone() -> None:
    services = composed(DEPLOY / "compose.yaml")["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert sorted(services["proxy"]["networks"]) == ["front"]
    assert [name for name, service in services.items() if "front" in service["networks"]] == ["proxy", "web"]
    assert composed(DEPLOY / "compose.yaml")["networks"]["back"]["internal"]


def test_name_and_version_of_the_image_come_from_outside() -> None:
    services = composed(DEPLOY / "compose.yaml", PALEOBC_IMAGE="registry.example.org/p", PALEOBC_VERSION="v9")[
        "services"
    ]
    ours = {name for name, service in services.items() if service["image"] == "registry.example.org/p:v9"}
    assert ours == {"web", "worker", "weights", "migrate", "backup"}


def test_every_variable_of_the_stack_is_a_setting_of_the_application_or_of_the_stack() -> None:
    settings = (REPOSITORY / "docs" / "settings.md").read_text(encoding="utf-8")
    given = composed(DEPLOY / "compose.yaml")["services"]["web"]["environment"]
    unknown = [name for name in given if name.startswith("PALEOBC_") and f"`{name}`" not in settings]
    assert unknown == []


@pytest.mark.parametrize("name", ["compose.single.yaml", "compose.editor.yaml"])
def test_one_container_alone_is_bounded_too(name: str) -> None:
    (service,) = composed(DEPLOY / name)["services"].values()
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert all(port["host_ip"] == "127.0.0.1" for port in service.get("ports", []))


def test_what_the_image_installs_is_locked_as_everything_else() -> None:
    lock = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8").splitlines()
    here = (DEPLOY / "runtime.lock").read_text(encoding="utf-8").splitlines()
    assert {line for line in here if "==" in line} <= {line for line in lock if "==" in line}
    assert sum("==" in line for line in here) > 50


def test_what_was_chosen_is_written_once_and_stays(tmp_path: Path) -> None:
    folder = tmp_path / "deploy"
    folder.mkdir()
    (folder / "init").write_bytes((DEPLOY / "init").read_bytes())
    (folder / "init").chmod(0o755)
    first = said(folder / "init", "https://paleobc.example.org", "behind")
    made = (folder / ".env").read_text(encoding="utf-8")
    again = said(folder / "init", "http://other.example.org")
    assert (folder / ".env").read_text(encoding="utf-8") == made
    assert (folder / ".env").stat().st_mode & 0o777 == 0o600
    secrets = re.findall(r"(?:PASSWORD|TOKEN)=([0-9a-f]{48})$", made, re.MULTILINE)
    assert len(set(secrets)) == 3
    assert not [secret for secret in secrets if secret in first + again]
    assert "PALEOBC_HTTP=127.0.0.1:8080" in made
    assert "stays so" in again


@pytest.mark.parametrize(
    "words",
    [["ftp://x.org"], ["https://x.org"], ["http://x.org", "tls"], ["http://x.org", "never"], ["http://x.org/$HOME"]],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_refused_and_nothing_written(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "init").write_bytes((DEPLOY / "init").read_bytes())
    done = subprocess.run(["sh", tmp_path / "init", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("init: ")
    assert not (tmp_path / ".env").exists()
