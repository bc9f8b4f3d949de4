"""An installation for the commands of `deploy/`, whose engine is pretended, with power cuts at any call."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
#: What changes a version or a secret, and tells of it.
COMMANDS = ("update", "rollback", "smoke", "status", "versions", "rotate")
#: Services that are replaced together.
OURS = ("web", "worker", "weights", "backup")
#: Images by version.
IDS = {name: f"sha256:{name * 64}" for name in "abcd"}
_PRETENDED = Path(__file__).resolve().parent / "deploy" / "pretended_docker"


class PretendedInstallation:
    """An installation of version a, with the versions b and d of a later schema, and c of the same one."""

    def __init__(self, folder: Path, image: str = "paleobc") -> None:
        self.image, self.folder, self.engine = image, folder / "deploy", folder / "engine"
        self.folder.mkdir()
        for name in COMMANDS:
            shutil.copy2(DEPLOY / name, self.folder / name)
        shutil.copytree(DEPLOY / "lib", self.folder / "lib")
        for name in ("images", "known", "runs", "ill", "stuck", "rude", "commits", "digests", "registry"):
            (self.engine / name).mkdir(parents=True)
        (folder / "bin").mkdir()
        (folder / "bin" / "docker").symlink_to(_PRETENDED)
        self.environment = {
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
            "PRETENDED": str(self.engine),
            "DEPLOY": str(self.folder),
            "PALEOBC_VERSION": "what a shell says does not count",
        }
        lines = (f"PALEOBC_IMAGE={image}", "PALEOBC_VERSION=a", "DATABASE_PASSWORD=old", "BROKER_PASSWORD=old")
        self.choose(*lines)
        for name, schemas in {"a": "0003 0004", "b": "0003 0004 0005", "c": "0003 0004", "d": "0004 0005"}.items():
            self.make(name, schemas)
        self.write("schema", "0004")
        self.write("calls", "0")
        for service in OURS:
            self.write(f"runs/{service}", IDS["a"])

    def make(self, name: str, schemas: str, *, named: str = "") -> None:
        """Make an image; one of a registry has to be pulled."""
        where = "registry" if "/" in self.image else "images"
        self.write(f"{where}/{self.image.replace('/', '_')}:{named or name}", IDS[name])
        self.write(f"known/{IDS[name]}", schemas)
        if "/" in self.image:
            self.write(f"digests/{IDS[name]}", f"{self.image}@{IDS[name]}")
            self.write(f"images/{self.image.replace('/', '_')}@{IDS[name]}", IDS[name])

    def write(self, name: str, text: str) -> None:
        """Let the engine know something."""
        (self.engine / name).write_text(f"{text}\n", encoding="utf-8")

    def read(self, name: str) -> str:
        """What the engine knows."""
        return (self.engine / name).read_text(encoding="utf-8").strip()

    def choose(self, *lines: str) -> None:
        """Add to .env."""
        with (self.folder / ".env").open("a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))

    def chosen(self, name: str) -> str:
        """What .env says."""
        return re.findall(rf"^{name}=(.*)$", (self.folder / ".env").read_text(encoding="utf-8"), re.MULTILINE)[-1]

    def run(self, *words: str, cut: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a command, with the power going off at a call of the engine."""
        self.write("calls", "0")
        self.write("cut", str(cut))
        line = [str(self.folder / words[0]), *words[1:]]
        done = subprocess.run(
            line, env=self.environment, capture_output=True, text=True, timeout=60, check=False, start_new_session=True
        )
        self.write("cut", "0")
        return done

    def state(self) -> dict[Path, bytes]:
        """All files of the installation and of the engine."""
        found = [path for top in (self.folder, self.engine) for path in top.rglob("*") if path.is_file()]
        return {path: path.read_bytes() for path in found}

    def restore(self, state: dict[Path, bytes]) -> None:
        """Let all files be what they were."""
        for path in set(self.state()) - set(state):
            path.unlink()
        for path, content in state.items():
            path.write_bytes(content)

    def version(self) -> str:
        """The version that is there, all of it, with nothing under way."""
        named = self.chosen("PALEOBC_VERSION")
        wanted = self.read(f"images/{self.image.replace('/', '_')}:{named}")
        assert {self.read(f"runs/{service}") for service in OURS} == {wanted}
        assert self.read("schema") == self.read(f"known/{wanted}").split()[-1]
        assert not [name for name in ("change", "backup-stopped") if (self.folder / "state" / name).exists()]
        return named
