"""What drills of a laboratory share: commands of `deploy/`, a look at what runs, and somebody who asks all the time."""

from __future__ import annotations

import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from stack.laboratory import Laboratory, Member

#: Services that are replaced together.
OURS = ("web", "worker", "weights", "backup")
#: Somebody asks for a page so often [s].
_EVERY = 0.1


class Watch:
    """
    Somebody who asks for a page all the time, and notes how long there was none.

    Parameters
    ----------
    laboratory : Laboratory
    trust : ssl.SSLContext, optional
        Which certificates are trusted; the laboratory's if not given.
    """

    def __init__(self, laboratory: Laboratory, trust: ssl.SSLContext | None = None) -> None:
        self._client = laboratory.client() if trust is None else httpx.Client(base_url=laboratory.address, verify=trust)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.longest = 0.0
        self.asked = self.refused = 0

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        self._client.close()

    def _look(self) -> None:
        good = time.monotonic()
        while not self._end.wait(_EVERY):
            self.asked += 1
            try:
                is_good = self._client.get("/sign-in", timeout=5).status_code == 200
            except httpx.HTTPError:
                is_good = False
            self.refused += not is_good
            self.longest = max(self.longest, time.monotonic() - good)
            good = time.monotonic() if is_good else good


def begin(laboratory: Laboratory, *words: str) -> subprocess.Popen[str]:
    """Begin one of the commands beside compose.yaml."""
    environment = laboratory.engine.environment | laboratory.project
    line = [str(laboratory.folder / words[0]), *words[1:]]
    pipe = subprocess.PIPE
    return subprocess.Popen(line, stdout=pipe, stderr=pipe, text=True, env=environment, start_new_session=True)


def command(laboratory: Laboratory, *words: str, code: int = 0) -> str:
    """Run one of the commands beside compose.yaml; returns what it said."""
    done = begin(laboratory, *words)
    said = "\n".join(done.communicate(timeout=400))
    assert done.returncode == code, f"{' '.join(words)}: {done.returncode}\n{said}"
    return said


def choose(laboratory: Laboratory, name: str, value: str) -> None:
    """Write a line of .env."""
    path = laboratory.folder / ".env"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(f"{name}=")]
    path.write_text("\n".join([*kept, f"{name}={value}", ""]), encoding="utf-8")


def chosen(laboratory: Laboratory, name: str) -> str:
    """What .env says."""
    lines = (laboratory.folder / ".env").read_text(encoding="utf-8").splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(f"{name}=")][-1]


def ask_database(laboratory: Laboratory, question: str, database: str = "paleobc") -> str:
    """Ask the server of the database."""
    words = ("exec", "-T", "database", "psql", "-U", "paleobc", "-d", database, "-Atc", question)
    return laboratory.compose(*words).strip()


def schema(laboratory: Laboratory) -> str:
    """Schema of the database."""
    return ask_database(laboratory, "SELECT version_num FROM alembic_version")


def version(laboratory: Laboratory) -> str:
    """The version of which every container is, with nothing under way."""
    named = chosen(laboratory, "PALEOBC_VERSION")
    image = f"{chosen(laboratory, 'PALEOBC_IMAGE')}:{named}"
    wanted = laboratory.engine.docker("image", "inspect", "--format", "{{.Id}}", image).strip()
    assert {laboratory.inspect(name, "{{.Image}}") for name in OURS} == {wanted}
    assert not (laboratory.folder / "state" / "change").exists()
    return named


@contextmanager
def nothing_lost(laboratory: Laboratory, member: Member, given: bytes = b"") -> Iterator[None]:
    """Volumes, runs and files, or the file that was given just before, are there afterwards, and what waits is done."""
    volumes, runs = laboratory.volumes(), {run["id"] for run in member.runs()}
    place = f"/api/v1/experiments/{member.experiment}/assets/relief/upload"
    given = given or member.client.get(place).content
    yield
    assert laboratory.volumes() == volumes
    assert {run["id"] for run in member.runs()} >= runs
    member.wait()
    assert member.client.get(place).content == given
    assert "failed" not in {run["state"] for run in member.runs()}, member.runs()
