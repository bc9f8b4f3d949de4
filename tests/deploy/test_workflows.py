"""The workflows of GitHub: without known faults, careful with secrets and with what others write."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
GITHUB = REPOSITORY / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
TAGS = GITHUB / "scripts" / "image-tags"
_PLACES = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
_LINES = (
    "{extends: default, rules: {line-length: {max: 140}, document-start: disable, braces: {max-spaces-inside: 1}, "
    "comments: {min-spaces-from-content: 1}, truthy: {check-keys: false}}}"
)


def said(tool: str, *words: object) -> str:
    """What a tool says; a fault is shown."""
    program = shutil.which(tool, path=_PLACES)
    assert program, f"{tool} is missing: `make install` brings it."
    command = [program, *map(str, words)]
    environment = os.environ | {"PATH": _PLACES}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def workflow(name: str) -> dict[Any, Any]:
    # "on" is a truth value of YAML 1.1.
    return dict(yaml.safe_load((GITHUB / "workflows" / name).read_text(encoding="utf-8")))


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in WORKFLOWS:
        for name, job in workflow(path.name)["jobs"].items():
            for number, step in enumerate(job.get("steps", [])):
                yield f"{path.name}/{name}/{number}", step


def test_workflows_hold_no_known_fault() -> None:
    assert {path.name for path in WORKFLOWS} == {"ci.yml", "images.yml"}
    said("actionlint", "-no-color", *WORKFLOWS)
    said("shellcheck", TAGS)


def test_workflows_are_written_as_their_schema_says() -> None:
    said("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS)
    said("check-jsonschema", "--builtin-schema", "vendor.dependabot", GITHUB / "dependabot.yml")
    said("yamllint", "--strict", "--config-data", _LINES, GITHUB)


def test_every_action_is_pinned_by_its_commit_and_tells_its_version() -> None:
    used = [
        line.split("uses:", 1)[1].strip()
        for path in WORKFLOWS
        for line in path.read_text("utf-8").splitlines()
        if re.match(r" *(- )?uses:", line)
    ]
    assert len(used) > 10
    remote = [name for name in used if not name.startswith("./")]
    assert [name for name in remote if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", name)] == []
    versions = {
        name.split("@")[0]: {other for other in remote if other.startswith(name.split("@")[0] + "@")} for name in remote
    }
    assert [name for name, found in versions.items() if len(found) > 1] == []


def test_nothing_that_somebody_may_choose_is_written_into_a_command() -> None:
    assert [name for name, step in steps() if "${{" in step.get("run", "")] == []


def test_every_job_has_its_time_and_only_the_rights_it_needs() -> None:
    for path in WORKFLOWS:
        found = workflow(path.name)
        assert found["permissions"] == {"contents": "read"}, path.name
        assert "concurrency" in found, path.name
        for name, job in found["jobs"].items():
            assert "uses" in job or 0 < job["timeout-minutes"] <= 90, name
    writing = {name: job["permissions"] for name, job in workflow("images.yml")["jobs"].items() if "permissions" in job}
    assert writing == {"image": {"contents": "read", "id-token": "write", "attestations": "write", "packages": "write"}}


def test_no_secret_is_near_what_others_propose() -> None:
    events = {path.name: workflow(path.name)[True] for path in WORKFLOWS}
    assert [name for name, found in events.items() if "pull_request_target" in found or "workflow_run" in found] == []
    assert "pull_request" not in events["images.yml"]
    assert "secrets" not in (GITHUB / "workflows" / "ci.yml").read_text("utf-8")
    assert all(
        step["with"]["persist-credentials"] is False for _, step in steps() if "checkout@" in step.get("uses", "")
    )


def test_an_image_is_checked_before_anybody_can_get_it_and_signed_before_anybody_follows_it() -> None:
    job = workflow("images.yml")["jobs"]["image"]
    assert job["needs"] == "tests"
    order = [step.get("uses", "").split("@")[0] or step.get("name", "") for step in job["steps"]]
    pushes = [number for number, step in enumerate(job["steps"]) if step.get("with", {}).get("push") is True]
    assert len(pushes) == 1
    for check in ("aquasecurity/trivy-action", "Start the whole stack with it"):
        assert order.index(check) < order.index("docker/login-action") < pushes[0]
    assert pushes[0] < order.index("Sign") < order.index("actions/attest-build-provenance")
    assert order.index("actions/attest-build-provenance") < order.index("Move the tags of the release")
    scan = job["steps"][order.index("aquasecurity/trivy-action")]["with"]
    assert (scan["exit-code"], scan["severity"], scan["ignore-unfixed"]) == ("1", "CRITICAL", True)


def test_what_is_published_is_built_from_what_was_checked() -> None:
    job = workflow("images.yml")["jobs"]["image"]
    checked, published = (step["with"] for step in job["steps"] if "build-push-action@" in step.get("uses", ""))
    assert [checked[key] for key in ("context", "file", "build-args")] == [
        published[key] for key in ("context", "file", "build-args")
    ]
    arguments = re.findall(r"^ARG (\w+)=", (REPOSITORY / "deploy" / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert {line.split("=")[0] for line in published["build-args"].splitlines()} <= set(arguments)
    assert {"provenance", "sbom"} <= set(published)


def test_variables_and_secrets_are_all_documented() -> None:
    text = "".join(path.read_text("utf-8") for path in WORKFLOWS)
    page = (REPOSITORY / "docs" / "images-and-registries.md").read_text("utf-8")
    names = set(re.findall(r"\b(?:vars|secrets)\.(\w+)", text))
    assert len(names) == 7
    assert [name for name in names if f"`{name}`" not in page] == []


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with the version 1.4.0, and a main branch that its origin knows."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    commit(tmp_path, "1.4.0")
    git(tmp_path, "update-ref", "refs/remotes/origin/main", "main")
    return tmp_path


def git(folder: Path, *words: str) -> str:
    names = {f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **names}
    done = subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True, env=environment)
    return done.stdout.strip()


def commit(folder: Path, version: str) -> None:
    (folder / "pyproject.toml").write_text(f'[project]\nname = "x"\nversion = "{version}"\n', encoding="utf-8")
    git(folder, "add", "pyproject.toml")
    git(folder, "commit", "--quiet", "--message", version)


def tagged(folder: Path, ref: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "DEFAULT_BRANCH": "main"}
    environment |= {"GITHUB_REF": ref, "GITHUB_SHA": git(folder, "rev-parse", "HEAD")}
    return subprocess.run([TAGS], cwd=folder, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize(
    ("version", "others", "follow"),
    [
        ("1.4.0", ["v1.3.9"], "v1.4.0 latest"),
        ("1.4.0", ["v1.10.0"], "v1.4.0"),
        ("1.4.0", ["v1.5.0-rc.1", "vulture", "v2"], "v1.4.0 latest"),
        ("2.0.0-rc.1", ["v1.3.9"], "v2.0.0-rc.1"),
        ("2.0.0-rc.1", [], "v2.0.0-rc.1"),
    ],
)
def test_a_release_is_followed_under_its_number_and_as_the_latest_where_it_is(
    repository: Path, version: str, others: list[str], follow: str
) -> None:
    if version != "1.4.0":
        commit(repository, version)
    git(repository, "update-ref", "refs/remotes/origin/main", "main")
    for name in [*others, f"v{version}"]:
        git(repository, "tag", name)
    done = tagged(repository, f"refs/tags/v{version}")
    assert done.stderr == ""
    assert done.stdout == f"version={version}\nfollow={follow}\n"


def test_a_commit_of_the_main_branch_is_followed_by_nobody(repository: Path) -> None:
    assert tagged(repository, "refs/heads/main").stdout == "version=1.4.0\nfollow=\n"


@pytest.mark.parametrize("ref", ["refs/heads/mine", "refs/tags/v1.4", "refs/tags/v1.4.0;ls", "refs/tags/v1.5.0"])
def test_what_is_no_release_is_refused(repository: Path, ref: str) -> None:
    git(repository, "tag", "v1.4.0")
    done = tagged(repository, ref)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("image-tags: ")


def test_a_release_that_is_not_of_the_main_branch_is_refused(repository: Path) -> None:
    commit(repository, "1.4.1")
    git(repository, "tag", "v1.4.1")
    assert "is not in main" in tagged(repository, "refs/tags/v1.4.1").stderr
