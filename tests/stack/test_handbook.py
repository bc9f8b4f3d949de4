"""The engineer's handbook: its commands one after the other, in real containers, with data that has to last."""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handbook import Block, handbook
from old_tool import OldTool
from small_world import small_world, write_world
from stack.engine import Engine
from stack.laboratory import Laboratory, Member, first_member, make_account

_LOG = logging.getLogger(__name__)
BLOCKS = [block for block in handbook() if block.is_run]
#: Longest time that one block may take [s].
_LONG = 500.0
#: Name of the image that an update without a version goes to.
_NEWEST = "handbook-newest"
_SOME_RUN = "hZ5zTTw4kO6yQd8yCqzO3A"


class Engineer:
    """
    Somebody who works through the handbook, and the laboratory before and after it.

    Parameters
    ----------
    engine : Engine
    image : str
    folder : Path
        What is ``/srv``, ``/mnt`` and ``/root`` for the commands is in it.
    """

    def __init__(self, engine: Engine, image: str, folder: Path) -> None:
        self.engine, self.image, self.folder = engine, image, folder
        self.laboratory = Laboratory(engine, folder / "srv" / "paleobc", image)
        self.laboratories = [self.laboratory]
        self.ada: Member | None = None
        self.broken = ""
        self.given: dict[str, str] = {}

    def unpack(self) -> None:
        """What is there before the first command: the folder, and a certificate."""
        place = self.laboratory.folder
        self.laboratory.unpack()
        (self.folder / "root").mkdir()
        (place / "certificates").rename(self.folder / "root" / "new")

    def type(self, block: Block) -> str:
        """Run the commands of a block as they stand, with names and folders of the tests; returns what they say."""
        for phrase, prepare in _BEFORE.items():
            if phrase in block.text:
                prepare(self)
        if block.mark.endswith("the new host"):
            self.move()
        volumes = {found: found.volumes() for found in self.laboratories}
        words = ["bash", "-euo", "pipefail", "-c", self.of_the_tests(block.text)]
        environment = self.engine.environment | self.laboratory.project
        environment |= {"CURL_CA_BUNDLE": str(self.folder / "root" / "new" / "server.crt")}
        environment |= self.chosen() if "./init" in block.text else {}
        done = subprocess.run(
            words,
            cwd=self.laboratory.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_LONG,
            check=False,
        )
        said = f"{done.stdout}\n{done.stderr}"
        assert done.returncode == 0, f"{words[-1]}\n{said}"
        for found, before in volumes.items():
            assert found.volumes() >= before, "a volume is gone"
        return said

    def chosen(self) -> dict[str, str]:
        """What a host says to `init`: its image, and ports that are free."""
        name, _, version = self.image.rpartition(":")
        ports = {"PALEOBC_HTTP": self.laboratory.http, "PALEOBC_HTTPS": self.laboratory.https}
        addresses = {variable: f"127.0.0.1:{port}" for variable, port in ports.items()}
        return {"PALEOBC_IMAGE": name, "PALEOBC_VERSION": version, **addresses}

    def of_the_tests(self, text: str) -> str:
        """Commands with the names and folders of the tests in place of the examples."""
        place = str(self.laboratory.folder)
        examples = {
            "https://paleobc.example.org": self.laboratory.address,
            _SOME_RUN: self.newest_run() if _SOME_RUN in text else "",
            "/srv/paleobc/deploy": place,
            **{f"/{name}/": f"{self.folder}/{name}/" for name in ("srv", "mnt", "root")},
        }
        return re.sub("|".join(map(re.escape, examples)), lambda found: examples[found[0]], text)

    def newest_run(self) -> str:
        """The run that failed, once nothing is running any more."""
        assert self.ada is not None
        self.wait()
        runs = self.ada.ask("GET", f"/experiments/{self.broken}/runs")
        return str(max(runs, key=lambda run: run["number"])["id"])

    def wait(self) -> None:
        """Until nothing waits or runs."""
        assert self.ada is not None
        for experiment in (*self.given, self.broken):
            self.ada.experiment = experiment
            self.ada.wait()

    def people_come(self) -> None:
        """Two people, an experiment with its results, and one whose file cannot be read; and the first backup."""
        if self.ada is not None:
            return
        self.ada = first_member(self.laboratory)
        world = write_world(self.folder / "world.nc", small_world()).read_bytes()
        self.ada.begin("a small world", world)
        self.given[self.ada.experiment] = hashlib.sha256(world).hexdigest()
        self.broken = self.ada.ask("POST", "/experiments", json={"name": "a harmed file"})["id"]
        place = f"/experiments/{self.broken}/assets/relief"
        self.ada.ask("PUT", place, params={"file_name": "harmed.nc"}, content=b"no map at all")
        said = self.laboratory.compose("exec", "-T", "web", "paleobc", "admin", "users", "invite")
        link = re.search(r"/register\?invitation=[\w-]+", said)
        assert link, said
        make_account(self.laboratory, link[0], "grace")
        self.wait()
        self.a_backup_is_made()

    def a_backup_is_made(self) -> None:
        """Everything up to now is in a backup; the service may be making one at this moment."""
        until = time.monotonic() + 60
        while True:
            try:
                self.laboratory.compose("exec", "-T", "backup", "paleobc", "admin", "backup")
            except AssertionError:
                if time.monotonic() > until:
                    raise
                time.sleep(2)
            else:
                return

    def a_version_comes(self) -> None:
        """A later release, and a name for the newest that is here."""
        name, newest = self.name("1.5.0"), self.name(_NEWEST)
        self.engine.docker("tag", self.image, newest)
        choices = self.laboratory.folder / ".env"
        if _NEWEST not in choices.read_text(encoding="utf-8"):
            with choices.open("a", encoding="utf-8") as file:
                file.write(f"PALEOBC_FOLLOW={_NEWEST}\n")
        recipe = f'FROM {self.image}\nLABEL org.opencontainers.image.revision="{"15":0<40}"\n'
        place = self.folder / "later"
        place.mkdir(exist_ok=True)
        (place / "Dockerfile").write_text(recipe, encoding="utf-8")
        self.engine.docker("build", "--tag", name, place, timeout=120)

    def the_old_tool_was_here(self) -> None:
        """An instance folder of the existing tool, with somebody's experiment."""
        place = self.folder / "srv" / "editor" / "instance"
        if place.exists():
            return
        place.parent.mkdir()
        old = OldTool(place)
        experiment = old.experiment(old.user("hopper"))
        old.revision(experiment, "raw", self.folder / "world.nc")

    def move(self) -> None:
        """Carry the folder to another machine, which has none of the volumes."""
        there = Laboratory(self.engine, self.folder / "elsewhere", self.image)
        there.http, there.https, there.address = self.laboratory.http, self.laboratory.https, self.laboratory.address
        shutil.copytree(self.laboratory.folder, there.folder, symlinks=True)
        for path in (there.folder / "certificates", *(there.folder / "certificates").iterdir()):
            shutil.chown(path, 101)
        self.laboratory = there
        self.laboratories.append(there)

    def look(self) -> None:
        """All that was given is there and whole."""
        assert self.ada is not None
        self.wait()
        for experiment, sha256 in self.given.items():
            answer = self.ada.client.get(f"/api/v1/experiments/{experiment}/assets/relief/upload")
            assert answer.status_code == 200, answer.text[:500]
            assert hashlib.sha256(answer.content).hexdigest() == sha256

    def leave(self) -> None:
        """Remove everything: it is the test's."""
        for found in self.laboratories:
            found.remove()
        for tag in (_NEWEST, "1.5.0"):
            self.engine.docker("image", "rm", "--force", "--no-prune", self.name(tag))

    def name(self, tag: str) -> str:
        """Name of another version of the image."""
        return f"{self.image.partition(':')[0]}:{tag}"


#: What has to be there before a block that holds these words.
_BEFORE: dict[str, Callable[[Engineer], None]] = {
    "./status": Engineer.people_come,
    "./update": Engineer.a_version_comes,
    "/srv/editor/instance": Engineer.the_old_tool_was_here,
    "/srv/volumes/database": Engineer.a_backup_is_made,
}


@pytest.fixture(scope="module")
def engineer(containers: Engine, image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engineer]:
    """Somebody with the handbook and a host on which there is nothing."""
    found = Engineer(containers, image, tmp_path_factory.mktemp("handbook"))
    try:
        found.unpack()
        yield found
    finally:
        found.leave()


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.page}: {block.section}")
def test_the_commands_do_what_the_handbook_says(engineer: Engineer, block: Block) -> None:
    began = time.monotonic()
    said = engineer.type(block)
    _LOG.info("%s: %s, %.1f s\n%s\n%s", block.page, block.section, time.monotonic() - began, block.text, said)


def test_at_the_end_everything_is_there(engineer: Engineer) -> None:
    engineer.look()
    said = engineer.laboratory.compose("exec", "-T", "web", "paleobc", "admin", "users", "--json")
    assert all(f'"{name}"' in said for name in ("ada", "grace", "hopper"))
