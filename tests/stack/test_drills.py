"""Drills in real containers: updates that go wrong, a power cut, a full disk, new secrets, a broker that lost all."""

from __future__ import annotations

import logging
import os
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from small_world import small_world, write_world
from stack.drilling import (
    Watch,
    ask_database,
    begin,
    choose,
    chosen,
    command,
    nothing_lost,
    schema,
    version,
)
from stack.engine import Engine
from stack.laboratory import Laboratory, Member, first_member
from stack.later_versions import later_version

_LOG = logging.getLogger(__name__)
#: Room for files of this laboratory: more than the application keeps free, and little.
_ROOM_MB = 1200


@pytest.fixture(scope="module")
def laboratory(containers: Engine, image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    """The whole stack, whose files have little room."""
    if not containers.is_own or os.geteuid() != 0:
        pytest.skip("drills cut the power of their engine, and mount a small disk")
    folder = tmp_path_factory.mktemp("drills")
    disk = folder / "disk"
    disk.mkdir()
    options = f"size={_ROOM_MB}m,uid=10001,gid=10001,mode=0700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)], check=True)
    found = Laboratory(containers, folder, image)
    found.project["PALEOBC_DATA"] = str(disk)
    try:
        found.set_up()
        yield found
    finally:
        found.remove()
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.fixture(scope="module")
def ada(laboratory: Laboratory, tmp_path_factory: pytest.TempPathFactory) -> Member:
    """The administrator, with an experiment."""
    member = first_member(laboratory)
    member.begin("a small world", relief(tmp_path_factory.mktemp("world")))
    member.wait()
    return member


def relief(folder: Path, higher: float = 0.0) -> bytes:
    """A small world, all of it higher by so much [m]."""
    return write_world(folder / "world.nc", small_world() + higher).read_bytes()


def give(member: Member, content: bytes) -> httpx.Response:
    """Give another relief, for which everything is computed anew."""
    place = f"/api/v1/experiments/{member.experiment}/assets/relief"
    return member.client.put(place, params={"file_name": "world.nc"}, content=content)


@pytest.fixture(scope="module")
def moods(containers: Engine, image: str) -> str:
    """A later version, with a schema of its own."""
    return later_version(containers, image, "moods", migrates=True)


def test_an_update_across_a_schema_keeps_everything_and_so_does_the_way_back(
    laboratory: Laboratory, containers: Engine, ada: Member, moods: str, tmp_path: Path
) -> None:
    first = schema(laboratory)
    higher = relief(tmp_path, higher=1.0)
    assert give(ada, higher).is_success  # what runs now ends, or begins again
    with nothing_lost(laboratory, ada, higher), Watch(laboratory) as watch:
        command(laboratory, "update", "moods")
        assert (version(laboratory), schema(laboratory)) == ("moods", "9999")
    _LOG.info("Update across a schema: no page for %.1f s.", watch.longest)
    assert watch.longest < 60
    an_older_worker_takes_nothing(laboratory, containers, ada, tmp_path)
    with nothing_lost(laboratory, ada), Watch(laboratory) as watch:
        command(laboratory, "rollback")
        assert (version(laboratory), schema(laboratory)) == ("test", first)
    _LOG.info("Rollback across a schema: no page for %.1f s.", watch.longest)
    assert command(laboratory, "versions").count("moods") == 2  # it ran, and its image is here


def an_older_worker_takes_nothing(laboratory: Laboratory, containers: Engine, ada: Member, tmp_path: Path) -> None:
    """A worker of the version before is shown with what is wrong with it, and others do the work."""
    name = f"{laboratory.project['COMPOSE_PROJECT_NAME']}-old"
    own = laboratory.project | {"PALEOBC_VERSION": "test"}
    words = (
        "docker",
        "compose",
        "run",
        "--detach",
        "--no-deps",
        "--name",
        name,
        "worker",
        "work",
        "--queues",
        "science",
    )
    containers.run(*words, cwd=laboratory.folder, environment=own)
    try:
        host = containers.docker("inspect", "--format", "{{.Config.Hostname}}", name).strip()
        until = time.monotonic() + 60
        while f"{host}|refused" not in (said := ask_database(laboratory, "SELECT host, state, said FROM processes")):
            assert time.monotonic() < until, said
            time.sleep(1)
        assert give(ada, relief(tmp_path, higher=2.0)).is_success
        ada.wait()
        assert "failed" not in {run["state"] for run in ada.runs()}
        assert host not in ask_database(laboratory, "SELECT worker FROM runs")
        shown = laboratory.compose("exec", "-T", "web", "paleobc", "admin", "processes", "--json")
        assert '"refused"' in shown
    finally:
        containers.docker("rm", "--force", name)


def test_an_update_to_what_is_ill_goes_back_by_itself_though_its_schema_cannot(
    laboratory: Laboratory, containers: Engine, ada: Member, image: str
) -> None:
    first = schema(laboratory)
    later_version(containers, image, "ill", migrates=True, is_ill=True, goes_back=False)
    choose(laboratory, "PALEOBC_HEALTH_SECONDS", "25")
    try:
        with nothing_lost(laboratory, ada):
            assert "test runs again" in command(laboratory, "update", "ill", code=3)
            assert (version(laboratory), schema(laboratory)) == ("test", first)
    finally:
        choose(laboratory, "PALEOBC_HEALTH_SECONDS", "300")


def test_a_power_cut_in_the_middle_of_an_update_is_mended_by_one_command(
    laboratory: Laboratory, containers: Engine, ada: Member, moods: str
) -> None:
    first = schema(laboratory)
    with nothing_lost(laboratory, ada):
        update = begin(laboratory, "update", "moods")
        note = laboratory.folder / "state" / "change"
        until = time.monotonic() + 120
        while not (note.exists() and schema(laboratory) == "9999"):
            assert update.poll() is None, update.communicate()
            assert time.monotonic() < until
        os.killpg(update.pid, 9)
        containers.lose_power()
        update.communicate()
        containers.start()
        command(laboratory, "update", "--finish")
        assert (version(laboratory), schema(laboratory)) == ("test", first)


@pytest.mark.parametrize("what", ["database", "broker"])
def test_a_secret_is_rotated_and_the_old_one_opens_nothing(
    laboratory: Laboratory, ada: Member, what: str, tmp_path: Path
) -> None:
    name = f"{what.upper()}_PASSWORD"
    old = chosen(laboratory, name)
    with nothing_lost(laboratory, ada), Watch(laboratory) as watch:
        command(laboratory, "rotate", what)
    _LOG.info("New password of the %s: no page for %.1f s.", what, watch.longest)
    assert chosen(laboratory, name) != old
    enters = {
        "database": "import psycopg; psycopg.connect('postgresql://paleobc:%s@database/paleobc')",
        "broker": "import kombu; kombu.Connection('amqp://paleobc:%s@broker/paleobc').connect()",
    }[what]
    laboratory.compose("exec", "-T", "worker", "python", "-c", enters % chosen(laboratory, name))
    with pytest.raises(AssertionError, match=r"(?i)password|access_refused|authentication"):
        laboratory.compose("exec", "-T", "worker", "python", "-c", enters % old)
    assert give(ada, relief(tmp_path, higher=3.0 + len(what))).is_success
    ada.wait()
    assert "failed" not in {run["state"] for run in ada.runs()}


def test_a_broker_that_lost_all_it_had_loses_no_run(
    laboratory: Laboratory, containers: Engine, ada: Member, tmp_path: Path
) -> None:
    laboratory.compose("stop", "worker", "weights")
    assert give(ada, relief(tmp_path, higher=20.0)).is_success
    waiting = {run["id"] for run in ada.runs() if run["state"] == "waiting"}
    assert waiting
    laboratory.compose("rm", "--stop", "--force", "broker")
    containers.docker("volume", "rm", laboratory.network("broker"))
    assert ada.client.get("/api/v1/me").status_code == 200  # the pages go on without it
    laboratory.start()
    ada.wait()
    assert {run["state"] for run in ada.runs() if run["id"] in waiting} <= {"done", "superseded"}


def test_a_full_disk_refuses_what_is_new_and_harms_nothing(laboratory: Laboratory, ada: Member, tmp_path: Path) -> None:
    disk = Path(laboratory.project["PALEOBC_DATA"])
    with nothing_lost(laboratory, ada):
        filler = disk / "filler"
        with filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free - 5_000_000)
        try:
            refused = give(ada, relief(tmp_path, higher=30.0))
            assert refused.status_code == 507, refused.text
            assert "room" in refused.text
            assert laboratory.client().get("/sign-in").status_code == 200
            assert laboratory.client().get("/health/ready").status_code == 503
            assert command(laboratory, "status", code=1)
            choose(laboratory, "PALEOBC_FOLLOW", "moods")
            assert "not well already" in command(laboratory, "update", "--unattended", code=1)
        finally:
            filler.unlink()
    until = time.monotonic() + 60
    while laboratory.client().get("/health/ready").status_code != 200:
        assert time.monotonic() < until
    assert give(ada, relief(tmp_path, higher=40.0)).is_success
    ada.wait()
    assert "failed" not in {run["state"] for run in ada.runs()}
    assert version(laboratory) == "test"


def test_a_certificate_is_replaced_and_nobody_notices(laboratory: Laboratory) -> None:
    certificate = laboratory.folder / "certificates" / "server.crt"
    old = certificate.read_text(encoding="ascii")
    trust = ssl.create_default_context(cafile=str(certificate))
    with Watch(laboratory, trust) as watch:
        laboratory.new_certificate()
        trust.load_verify_locations(str(certificate))
        command(laboratory, "rotate", "certificate")
        until = time.monotonic() + 20
        while ssl.get_server_certificate(("localhost", laboratory.https)).split() == old.split():
            assert time.monotonic() < until
        after = watch.asked
        while watch.asked < after + 5:
            assert time.monotonic() < until
            time.sleep(0.05)
    assert watch.refused == 0
    key = laboratory.folder / "certificates" / "server.key"
    good = key.read_bytes()
    key.write_bytes(b"no key")
    assert "goes on with what it has" in command(laboratory, "rotate", "certificate", code=1)
    assert laboratory.client().get("/sign-in").status_code == 200
    key.write_bytes(good)
