"""The files for Kubernetes: what a cluster would take, and what every pod of them keeps to."""

from __future__ import annotations

import base64
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

from paleobc.settings import Settings

Thing = dict[str, Any]

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
OVERLAYS = ["single", "laboratory", "external-services"]
OLDEST, NEWEST = "1.29", "1.37"
STORES = {"database", "broker"}
_PLACES = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
_LINES = (
    "{extends: default, rules: {line-length: {max: 130}, document-start: disable, braces: {max-spaces-inside: 1}, "
    "comments: {min-spaces-from-content: 1}}}"
)


def said(tool: str, *words: object) -> str:
    """What a tool says; a fault is shown."""
    program = shutil.which(tool, path=_PLACES)
    assert program, f"{tool} is missing: `make install` brings it."
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files as somebody has them who made the secrets."""
    copied = tmp_path_factory.mktemp("cluster") / "deploy"
    hidden = shutil.ignore_patterns("*.env", "certificates")
    shutil.copytree(DEPLOY, copied, ignore=hidden)
    subprocess.run([copied / "kubernetes" / "init"], check=True, capture_output=True, timeout=10)
    return copied / "kubernetes"


@pytest.fixture(scope="module")
def texts(folder: Path) -> dict[str, str]:
    """What each overlay becomes."""
    return {name: said("kubectl", "kustomize", folder / "overlays" / name) for name in OVERLAYS}


@pytest.fixture(scope="module")
def clusters(texts: dict[str, str]) -> dict[str, list[Thing]]:
    return {name: list(yaml.safe_load_all(text)) for name, text in texts.items()}


@pytest.fixture(params=OVERLAYS)
def things(request: pytest.FixtureRequest, clusters: dict[str, list[Thing]]) -> list[Thing]:
    return clusters[request.param]


def of_kind(things: list[Thing], *kinds: str) -> dict[str, Thing]:
    return {thing["metadata"]["name"]: thing for thing in things if thing["kind"] in kinds}


def pods(things: list[Thing]) -> dict[str, Thing]:
    """Each pod that is asked for, by who asks."""
    found = of_kind(things, "Deployment", "StatefulSet")
    templates = {name: thing["spec"]["template"] for name, thing in found.items()}
    jobs = of_kind(things, "CronJob", "Job")
    return templates | {name: thing["spec"]["jobTemplate"]["spec"]["template"] for name, thing in jobs.items()}


def containers(things: list[Thing]) -> Iterator[tuple[str, Thing]]:
    for name, pod in pods(things).items():
        for container in [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]:
            yield f"{name}/{container['name']}", container


def ours(things: list[Thing]) -> dict[str, Thing]:
    """Containers of paleobc."""
    return {name: container for name, container in containers(things) if container["image"].startswith("paleobc:")}


def given(things: list[Thing]) -> dict[str, str]:
    """The variables that the containers of paleobc are given."""
    found: dict[str, str] = {}
    for thing in things:
        if thing["kind"] == "ConfigMap" and thing["metadata"]["name"].startswith("paleobc-"):
            found |= thing["data"]
        if thing["kind"] == "Secret" and thing["metadata"]["name"].startswith("paleobc-"):
            found |= {name: _decoded(value) for name, value in thing["data"].items()}
    return found


def _decoded(value: str) -> str:
    return base64.b64decode(value).decode()


def follows(pod: Thing, policy: Thing) -> bool:
    """Whether a policy is about a pod."""
    labels = pod["metadata"]["labels"]
    selector = policy["spec"]["podSelector"]
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items()) and all(
        labels.get(one["key"]) in one["values"] for one in selector.get("matchExpressions", [])
    )


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_a_cluster_takes_every_word_of_the_files(texts: dict[str, str], version: str, tmp_path: Path) -> None:
    for name, text in texts.items():
        path = tmp_path / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        assert said("kubernetes-validate", "--strict", "-k", version, path).count("passed") == text.count("\nkind:")


def test_the_files_are_written_as_all_others() -> None:
    said("yamllint", "--strict", "--config-data", _LINES, DEPLOY / "kubernetes", DEPLOY / "broker")
    said("shellcheck", DEPLOY / "kubernetes" / "init")


def test_no_pod_has_rights_that_it_does_not_need(things: list[Thing]) -> None:
    for name, pod in pods(things).items():
        spec = pod["spec"]
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["securityContext"]["runAsNonRoot"], name
        assert spec["securityContext"]["runAsUser"] >= 100, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec), name
        assert not [volume for volume in spec["volumes"] if "hostPath" in volume], name
    for name, container in containers(things):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
    (namespace,) = of_kind(things, "Namespace").values()
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_no_variable_of_a_cluster_is_taken_for_a_setting(things: list[Thing]) -> None:
    assert [name for name, pod in pods(things).items() if pod["spec"]["enableServiceLinks"]] == []


def test_every_container_is_bounded(things: list[Thing]) -> None:
    for name, container in containers(things):
        assert set(container["resources"]["limits"]) == {"cpu", "memory"}, name
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}, name
    for name, pod in pods(things).items():
        memories = [volume["emptyDir"] for volume in pod["spec"]["volumes"] if "emptyDir" in volume]
        assert all("sizeLimit" in memory for memory in memories), name


def test_whatever_stays_up_is_probed(things: list[Thing]) -> None:
    for thing in of_kind(things, "Deployment", "StatefulSet").values():
        container = thing["spec"]["template"]["spec"]["containers"][0]
        assert {"startupProbe", "readinessProbe", "livenessProbe"} <= set(container), thing["metadata"]["name"]


def test_pages_are_asked_what_the_application_answers(things: list[Thing]) -> None:
    (web,) = [container for container in ours(things).values() if container["args"] == ["serve"]]
    assert web["readinessProbe"]["httpGet"] == {"path": "/health/ready", "port": "http"}
    assert web["livenessProbe"]["httpGet"] == {"path": "/health/live", "port": "http"}
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert f"EXPOSE {web['ports'][0]['containerPort']}\n" in dockerfile


def test_every_image_is_named_in_one_place_and_is_that_of_the_stack(things: list[Thing]) -> None:
    chosen = yaml.safe_load((DEPLOY / "kubernetes" / "images" / "kustomization.yaml").read_text(encoding="utf-8"))
    names = {f"{one.get('newName', one['name'])}:{one['newTag']}" for one in chosen["images"]}
    assert {container["image"] for _, container in containers(things)} <= names
    stack = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert [name for name in names - {"paleobc:latest"} if f":-{name}}}" not in stack] == []
    others = [path for path in (DEPLOY / "kubernetes").rglob("*.yaml") if path.parent.name != "images"]
    named = {name for path in others for name in re.findall(r"^ *image: (.*)$", path.read_text("utf-8"), re.MULTILINE)}
    assert named == {"paleobc", "postgres", "rabbitmq"}


def test_every_variable_is_a_setting_with_a_value_that_is_allowed(
    things: list[Thing], monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = given(things)
    settings = {f"PALEOBC_{name.upper()}" for name in Settings.model_fields}
    assert [name for name in variables if name not in settings and not name.startswith("AWS_")] == []
    for name in settings:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert Settings().public_url == "https://paleobc.example.org"
    assert [name for name, container in ours(things).items() if "env" in container] == []


def test_a_stop_leaves_more_time_than_runs_are_given(things: list[Thing]) -> None:
    seconds = int(given(things)["PALEOBC_STOP_SECONDS"])
    for name, pod in pods(things).items():
        arguments = pod["spec"]["containers"][0].get("args", [])
        if "work" in arguments or name == "paleobc":
            assert pod["spec"]["terminationGracePeriodSeconds"] >= seconds + 20, name


@pytest.mark.parametrize("name", ["laboratory", "external-services"])
def test_the_services_are_those_of_the_stack(clusters: dict[str, list[Thing]], name: str) -> None:
    stack = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    here = set(pods(clusters[name]))
    assert here == set(stack) - {"proxy", "migrate"} - (STORES if name == "external-services" else set())
    commands = {container["args"][0] for container in ours(clusters[name]).values()}
    assert commands == {"serve", "work", "admin"}
    for pod in ("web", "worker", "weights"):
        assert ours(clusters[name])[f"{pod}/migrate"]["args"] == stack["migrate"]["command"]
    assert ours(clusters[name])["weights/paleobc"]["args"] == stack["weights"]["command"]


def test_pages_are_there_twice_and_any_of_them_answers(clusters: dict[str, list[Thing]]) -> None:
    things = clusters["laboratory"]
    assert of_kind(things, "Deployment")["web"]["spec"]["replicas"] >= 2
    assert of_kind(things, "PodDisruptionBudget")["web"]["spec"]["minAvailable"] == 1
    assert "sessionAffinity" not in of_kind(things, "Service")["web"]["spec"]


def test_one_pod_owns_its_database(clusters: dict[str, list[Thing]]) -> None:
    (deployment,) = of_kind(clusters["single"], "Deployment").values()
    assert deployment["spec"]["replicas"] == 1
    assert deployment["spec"]["strategy"] == {"type": "Recreate"}


def test_what_is_named_is_there(things: list[Thing]) -> None:
    kinds = {"configMap": "ConfigMap", "persistentVolumeClaim": "PersistentVolumeClaim"}
    for name, pod in pods(things).items():
        there = [volume["name"] for volume in pod["spec"]["volumes"]]
        for thing in of_kind(things, "StatefulSet").values():
            there += [claim["metadata"]["name"] for claim in thing["spec"]["volumeClaimTemplates"]]
        for volume in pod["spec"]["volumes"]:
            for key, kind in kinds.items():
                if key in volume:
                    assert (volume[key].get("name") or volume[key]["claimName"]) in of_kind(things, kind), name
        for container in [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]:
            assert {mount["name"] for mount in container["volumeMounts"]} <= set(there), name
    for service in of_kind(things, "Service").values():
        selected = service["spec"]["selector"].items()
        assert [1 for pod in pods(things).values() if selected <= pod["metadata"]["labels"].items()] == [1]


def test_the_ingress_takes_files_of_two_gigabytes_by_tls(things: list[Thing]) -> None:
    (ingress,) = of_kind(things, "Ingress").values()
    assert ingress["metadata"]["annotations"]["nginx.ingress.kubernetes.io/proxy-body-size"] == "2g"
    assert int(given(things)["PALEOBC_UPLOAD_MB"]) * 10**6 < 2 * 2**30
    assert ingress["spec"]["tls"][0]["hosts"] == [ingress["spec"]["rules"][0]["host"]]


def test_the_ingress_answers_at_the_host_of_the_address(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder.parent, tmp_path / "deploy")
    path = tmp_path / "deploy/kubernetes/overlays/laboratory/kustomization.yaml"
    path.write_text(path.read_text("utf-8").replace("//paleobc.example.org", "//earth.example.net"), encoding="utf-8")
    things = list(yaml.safe_load_all(said("kubectl", "kustomize", path.parent)))
    (ingress,) = of_kind(things, "Ingress").values()
    assert ingress["spec"]["rules"][0]["host"] == "earth.example.net"
    assert ingress["spec"]["tls"][0]["hosts"] == ["earth.example.net"]


def test_nothing_is_reached_that_no_policy_names(things: list[Thing]) -> None:
    policies = of_kind(things, "NetworkPolicy")
    assert policies["nothing"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name, pod in pods(things).items():
        entered = [rule for one in policies.values() if follows(pod, one) for rule in one["spec"].get("ingress", [])]
        assert bool(entered) == (name in {"web", "paleobc", *STORES}), name
        assert all(rule["from"] and rule["ports"] for rule in entered), name


def test_secrets_are_made_and_none_is_in_the_repository(folder: Path, clusters: dict[str, list[Thing]]) -> None:
    first, second = (folder / "overlays/laboratory" / name for name in ("paleobc.env", "stores.env"))
    made = re.findall(r"^\w+_PASSWORD=([0-9a-f]{48})$", second.read_text("utf-8"), re.MULTILINE)
    assert len(set(made)) == 2
    assert all(secret in first.read_text("utf-8") for secret in made)
    assert {path.stat().st_mode & 0o777 for path in (first, second)} == {0o600}
    again = subprocess.run([folder / "init"], check=True, capture_output=True, text=True, timeout=10).stdout
    assert "nothing was changed" in again
    assert second.read_text("utf-8").count(made[0]) == 1
    assert "*.env" in (DEPLOY / "kubernetes" / ".gitignore").read_text("utf-8").splitlines()
    plain = [value for thing in clusters["laboratory"] if thing["kind"] != "Secret" for value in [str(thing)]]
    assert not [secret for secret in made if any(secret in value for value in plain)]
