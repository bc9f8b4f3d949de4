"""Every variable of the environment that the files of `deploy/` set is one that somebody reads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from paleobc.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[2]
DEPLOY = REPOSITORY / "deploy"
STACKS = sorted(DEPLOY.glob("compose*.yaml"))
SETTINGS = {f"PALEOBC_{name.upper()}" for name in Settings.model_fields}
#: Told by the image itself: the commit it was made from.
OF_THE_IMAGE = {"PALEOBC_COMMIT"}
#: What the library of object stores reads.
OF_THE_STORE = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"}


def services(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8"))["services"])


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
def test_what_a_stack_gives_to_paleobc_is_a_setting(path: Path) -> None:
    for name, service in services(path).items():
        if "PALEOBC_IMAGE" in service.get("image", ""):
            given = set(service.get("environment", {}))
            assert given <= SETTINGS | OF_THE_STORE, name


def test_what_the_image_sets_is_a_setting_or_its_own() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    named = set(re.findall(r"\b(PALEOBC_[A-Z_]+)=", text))
    assert "PALEOBC_DATA_FOLDER" in named
    assert named <= SETTINGS | OF_THE_IMAGE


def test_what_a_workflow_chooses_of_the_stack_is_chosen_there() -> None:
    chosen = set(re.findall(r"\$\{(\w+)[:}]", "".join(path.read_text(encoding="utf-8") for path in STACKS)))
    for path in (REPOSITORY / ".github" / "workflows").glob("*.yml"):
        assert set(re.findall(r"\bPALEOBC_[A-Z_]+\b", path.read_text(encoding="utf-8"))) <= chosen, path.name


def test_the_cluster_gives_no_setting_that_the_stack_does_not_know() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (DEPLOY / "kubernetes").rglob("kustomization.yaml"))
    given = set(re.findall(r"^ *- ([A-Z_]+)=", text, re.MULTILINE))
    assert "PALEOBC_PUBLIC_URL" in given
    assert given <= SETTINGS | OF_THE_STORE
