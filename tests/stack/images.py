"""The images of the stack: this checkout's, and stand-ins under public names where there is no registry."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from stack.engine import CannotRunError, Engine, cache_folder

REPOSITORY = Path(__file__).resolve().parents[2]
STAND_INS = Path(__file__).resolve().parent / "stand_ins"
#: Under which the stack asks for them.
NAMES = {
    "python": "python:3.11-slim-bookworm",
    "postgres": "postgres:15-bookworm",
    "rabbitmq": "rabbitmq:3.13-management",
    "nginx": "nginx:1.28-bookworm",
}
IMAGE = "paleobc:test"
_BASE = "debian:bookworm-slim"
_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
_SOURCES = Path("/etc/apt/sources.list.d/debian.sources")


def build_image(engine: Engine, name: str = IMAGE) -> str:
    """Build the image of this checkout, and what it needs; returns its name."""
    if engine.is_own:
        engine.docker("image", "prune", "--force", "--filter", "until=72h")  # the rest is what makes a build quick
        with ThreadPoolExecutor() as others:  # they wait for the network, this one computes
            _base(engine)
            _stand_in(engine, "python")
            rest = [others.submit(_stand_in, engine, kind) for kind in NAMES if kind != "python"]
            engine.run(REPOSITORY / "deploy" / "build", name, timeout=1200)
            for one in rest:
                one.result()
    else:
        engine.run(REPOSITORY / "deploy" / "build", name, timeout=1200)
    return name


def run_one(engine: Engine) -> None:
    """Run the smallest container there is; CannotRunError where that fails, as where this is a container itself."""
    if engine.is_own:
        _base(engine)
        try:
            engine.docker("run", "--rm", _BASE, "true")
        except AssertionError as error:
            raise CannotRunError(str(error)) from None


def _base(engine: Engine) -> None:
    """Debian as a base, from the packages that this machine itself installs."""
    if _is_there(engine, _BASE):
        return
    made = cache_folder() / "base.tar"
    sources = [str(_SOURCES)] if _SOURCES.exists() else []
    command = ["mmdebstrap", "--variant=minbase", "bookworm", str(made), *sources]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    engine.docker("import", made, _BASE, timeout=120)
    made.unlink()


def _stand_in(engine: Engine, kind: str) -> None:
    """Build a stand-in, unless this one is there."""
    with tempfile.TemporaryDirectory() as name:
        context = Path(name) / kind
        shutil.copytree(STAND_INS / kind, context)
        # Whom this machine trusts, and where it takes packages from, hold in its containers too.
        authorities = _AUTHORITIES.read_bytes() if _AUTHORITIES.exists() else b""
        (context / "authorities.crt").write_bytes(authorities)
        index = f"index-url = {os.environ['PIP_INDEX_URL']}\n" if "PIP_INDEX_URL" in os.environ else ""
        (context / "pip.conf").write_text(f"[global]\ncert = {_AUTHORITIES}\n{index}", encoding="utf-8")
        state = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(context.iterdir()))).hexdigest()
        if not _is_there(engine, NAMES[kind], state):
            engine.docker("build", "--label", f"stand-in={state}", "--tag", NAMES[kind], context, timeout=600)


def _is_there(engine: Engine, name: str, state: str = "") -> bool:
    """Whether an image is there, as it was described."""
    filters = ["--filter", f"label=stand-in={state}"] if state else []
    return bool(engine.docker("image", "ls", "--quiet", *filters, name).strip())
