"""The stack of a laboratory in real containers: from nothing to a bundle, through faults, and down again."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
import threading
import time
from pathlib import Path

import httpx
import pytest

from external_worlds import write_declaration
from small_world import small_world, write_world
from stack.engine import Engine
from stack.laboratory import Laboratory, Member, first_member

SERVICES = ("proxy", "web", "worker", "weights", "backup", "database", "broker")


def relief(folder: Path, higher: float = 0.0) -> bytes:
    """A small world, all of it higher by so much [m]."""
    return write_world(folder / "world.nc", small_world() + higher).read_bytes()


@pytest.fixture(scope="module")
def ada(laboratory: Laboratory) -> Member:
    """The administrator."""
    return first_member(laboratory)


def test_from_nothing_to_a_finished_bundle_through_the_proxy(ada: Member, tmp_path: Path) -> None:
    ada.begin("a small world", relief(tmp_path))
    ada.wait()
    content = ada.bundle()
    assert len(content) > 100_000
    assert "failed" not in {run["state"] for run in ada.runs()}, ada.runs()
    with tarfile.open(fileobj=io.BytesIO(content)) as bundle:
        assert any(name.endswith("routing.nc") for name in bundle.getnames())


def test_secrets_are_never_overwritten(laboratory: Laboratory) -> None:
    before = (laboratory.folder / ".env").read_bytes()
    assert "nothing was changed" in laboratory.init("tls")
    assert (laboratory.folder / ".env").read_bytes() == before
    assert (laboratory.folder / ".env").stat().st_mode & 0o077 == 0


def test_answers_come_by_tls_with_what_keeps_browsers_safe(laboratory: Laboratory) -> None:
    answer = laboratory.client().get("/sign-in")
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "/" not in answer.headers["server"]  # no version
    plain = httpx.get(f"http://localhost:{laboratory.http}/sign-in")
    assert (plain.status_code, plain.headers["location"]) == (308, "https://localhost/sign-in")


def test_numbers_of_the_service_are_not_for_outside(laboratory: Laboratory) -> None:
    client = laboratory.client()
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics/", follow_redirects=True).status_code == 404
    assert client.get(f"{laboratory.address}//metrics").status_code == 404
    assert client.get("/%6detrics").status_code == 404


def test_what_a_browser_claims_of_its_address_is_replaced(laboratory: Laboratory) -> None:
    laboratory.client().get("/sign-in?mark", headers={"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "ftp"})
    assert "198.51.100.7" not in laboratory.compose("logs", "web", "proxy")


def test_nobody_outside_reaches_the_database_and_the_proxy_neither(laboratory: Laboratory) -> None:
    ports = {service: laboratory.inspect(service, "{{json .NetworkSettings.Ports}}") for service in SERVICES[1:]}
    assert not [service for service, said in ports.items() if "HostPort" in said]
    networks = {
        service: laboratory.inspect(service, "{{range $k, $v := .NetworkSettings.Networks}}{{$k}} {{end}}")
        for service in SERVICES
    }
    assert laboratory.network("back") not in networks["proxy"].split()
    assert all(
        networks[service].split() == [laboratory.network("back")] for service in ("worker", "database", "broker")
    )
    with pytest.raises(AssertionError):  # its name is not known there, and its network is another one
        laboratory.compose("exec", "-T", "proxy", "bash", "-c", "exec 3<>/dev/tcp/database/5432")
    outside = "timeout 3 bash -c 'exec 3<>/dev/tcp/192.0.2.1/80'; test $? != 0"
    laboratory.compose("exec", "-T", "worker", "bash", "-c", outside)


def test_no_service_can_write_into_itself_or_gain_rights(laboratory: Laboratory) -> None:
    for service in SERVICES:
        form = "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.Config.User}}"
        read_only, dropped, options, user = laboratory.inspect(service, form).split()
        assert (read_only, dropped, options) == ("true", "[ALL]", "[no-new-privileges:true]"), service
        assert user.partition(":")[0] not in ("", "0", "root"), service
        assert int(laboratory.inspect(service, "{{.HostConfig.Memory}}")) > 0, service


def test_the_image_says_what_it_is(laboratory: Laboratory) -> None:
    labels = json.loads(laboratory.inspect("web", "{{json .Config.Labels}}"))
    assert labels["org.opencontainers.image.version"] == laboratory.client().get("/health/live").json()["version"]
    assert re.fullmatch("[0-9a-f]{40}|unknown", labels["org.opencontainers.image.revision"])


def test_streams_of_events_come_at_once_and_large_bodies_are_refused_where_no_file_is(
    laboratory: Laboratory, ada: Member
) -> None:
    with ada.client.stream("GET", "/api/v1/events") as answer:
        began = time.monotonic()
        assert next(answer.iter_lines()).startswith("retry")
        assert time.monotonic() - began < 5
    refused = ada.client.post("/api/v1/experiments", content=b" " * 41_000_000)
    assert refused.status_code == 413


@pytest.mark.parametrize("service", ["web", "worker", "weights"])
def test_all_loops_were_compiled_with_the_image(laboratory: Laboratory, service: str) -> None:
    look = "find /tmp/warm/kernels/ -type f -name '*.nbc'; find -L /tmp/warm/kernels -name '*.nbc' | wc -l"
    said = laboratory.compose("exec", "-T", service, "sh", "-c", look).split()
    assert len(said) == 1, said  # those of the image are linked there; one that was made here would be a file
    assert int(said[0]) > 100


def test_a_step_of_the_laboratory_is_performed_in_its_containers(
    laboratory: Laboratory, ada: Member, tmp_path: Path
) -> None:
    write_declaration(laboratory.folder / "steps")
    laboratory.compose("restart", "web", "worker", "weights")
    laboratory.start()
    others = ada.experiment
    try:
        ada.begin("a world with a twin", relief(tmp_path, higher=1.0))
        ada.wait()
        (run,) = [run for run in ada.runs() if run["step"] == "twin"]
        assert (run["state"], run["sentence"]) == ("done", "")
    finally:
        ada.experiment = others


def test_the_proxy_follows_pages_that_have_a_new_address(
    laboratory: Laboratory, containers: Engine, ada: Member
) -> None:
    form = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}"
    old = set(laboratory.inspect("web", form).split())
    laboratory.compose("rm", "--stop", "--force", "web")
    down = laboratory.client().get("/sign-in", headers={"Accept": "text/html"})
    assert (down.status_code, down.headers["retry-after"]) == (503, "5")
    assert "is being started" in down.text
    image = laboratory.inspect("worker", "{{.Config.Image}}")
    others = [
        containers.docker(
            "run", "--detach", "--rm", "--network", laboratory.network(name), "--entrypoint", "sleep", image, 300
        ).split()[0]
        for name in ("front", "back")
    ]
    try:
        laboratory.start()
        assert not old & set(laboratory.inspect("web", form).split())
        began = time.monotonic()
        while laboratory.client().get("/sign-in").status_code != 200:
            assert time.monotonic() - began < 5
        assert ada.runs()
    finally:
        containers.docker("kill", *others)


def test_a_power_cut_in_the_middle_of_a_run_loses_nothing(
    laboratory: Laboratory, containers: Engine, ada: Member, tmp_path: Path
) -> None:
    if not containers.is_own:
        pytest.skip("the power of an engine of others is not cut")
    before = {run["id"] for run in ada.runs()}
    content = relief(tmp_path, higher=3.0)
    ada.ask("PUT", f"/experiments/{ada.experiment}/assets/relief", params={"file_name": "higher.nc"}, content=content)
    until = time.monotonic() + 60
    while not any(run["state"] == "running" and run["id"] not in before for run in ada.runs()):
        assert time.monotonic() < until
    acknowledged = {run["id"] for run in ada.runs()}
    containers.lose_power()
    containers.start()  # as the machine does when it has power again: nobody gives a command
    until = time.monotonic() + 180
    while not _answers(laboratory):
        assert time.monotonic() < until, laboratory.compose("ps", "--all")
        time.sleep(0.5)
    assert acknowledged <= {run["id"] for run in ada.runs()}
    ada.wait()
    assert "failed" not in {run["state"] for run in ada.runs()}
    given = ada.client.get(f"/api/v1/experiments/{ada.experiment}/assets/relief/upload").content
    assert hashlib.sha256(given).digest() == hashlib.sha256(content).digest()
    assert ada.bundle()


def _answers(laboratory: Laboratory) -> bool:
    """Whether the pages can do their work."""
    try:
        return laboratory.client().get("/health/ready").status_code == 200
    except httpx.HTTPError:
        return False


def test_more_workers_and_pages_are_one_option(laboratory: Laboratory, ada: Member) -> None:
    laboratory.compose("up", "--detach", "--wait", "--scale", "web=2", "--scale", "worker=2", timeout=240)
    answers: list[int] = []
    asking = [
        threading.Thread(target=lambda: answers.append(ada.client.get("/api/v1/me").status_code)) for _ in range(20)
    ]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert answers == [200] * 20
    seen = laboratory.compose("logs", "--no-log-prefix", "proxy")
    assert len(set(re.findall(r"(\d+\.\d+\.\d+\.\d+):8400", seen))) >= 2


def test_all_goes_down_and_comes_again_with_its_data(laboratory: Laboratory, ada: Member) -> None:
    volumes = laboratory.volumes()
    runs = ada.runs()
    laboratory.compose("down", timeout=240)
    assert laboratory.volumes() == volumes
    laboratory.start()
    assert ada.runs() == runs
