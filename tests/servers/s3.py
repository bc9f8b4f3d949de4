"""A real S3 server: one for all tests of a process, a folder in its bucket for each need."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any, Final

from paleobc.store.files import FileStore
from paleobc.store.object_store import ObjectStore

#: Through it the processes that a test starts find the server of that test: its port.
_VARIABLE: Final = "PALEOBC_TEST_S3"
BUCKET: Final = "paleobc"
KEY, SECRET = "KEYKEYKEYKEY", "SECRETSECRETSECRET"


class S3Server:
    """
    A server of S3 that refuses wrong keys, with a folder of its own; not yet started.

    Parameters
    ----------
    folder : Path
        Each folder in it is a bucket.
    port : int, optional
        A free one where none is given.
    """

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder, self.port = folder, port or _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Variables with which programs for S3 find it."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def start(self) -> None:
        """Start, and wait until it answers."""
        (self.folder / BUCKET).mkdir(parents=True, exist_ok=True)
        program = Path(sys.executable).parent / "rclone"
        command = [str(program), "serve", "s3", "--config=", f"--addr=127.0.0.1:{self.port}"]
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, f"--auth-key={KEY},{SECRET}", "--vfs-cache-mode=off", str(self.folder)],
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + 30
        while time.monotonic() < until and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise AssertionError("the S3 server does not start")

    def stop(self) -> None:
        """Stop at once, as a machine does that loses its power."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def new_server(folder: Path) -> S3Server:
    """A server with its data in a folder, started; whoever asks for it stops it."""
    server = S3Server(folder)
    server.start()
    return server


@cache
def s3_server() -> S3Server:
    """The server of all tests, started when it is first needed; also for the processes that a test starts."""
    if known := os.environ.get(_VARIABLE):
        folder, port = known.rsplit(":", 1)
        return S3Server(Path(folder), int(port))
    parent, owner = Path(tempfile.mkdtemp(prefix="paleobc-s3-")), os.getpid()
    server = new_server(parent / "data")

    def end() -> None:
        if os.getpid() == owner:
            server.stop()
            shutil.rmtree(parent, ignore_errors=True)

    atexit.register(end)
    os.environ[_VARIABLE] = f"{server.folder}:{server.port}"
    os.environ.update(server.environment)
    return server


def s3_settings(name: str) -> dict[str, Any]:
    """
    Where files are kept in a folder of the bucket of all tests, the same for the same name.

    Returns
    -------
    dict
        ``files_url``, a setting, and ``environment``, variables that this process has by now as well.
    """
    server = s3_server()
    return {"files_url": f"s3://{BUCKET}/{name}", "environment": server.environment}


def copy_files(source: str, target: str) -> None:
    """Copy all files of one folder of the bucket of all tests into another one."""
    system = _store(source)._system
    for kept in _store(source).listing():
        system.cp_file(f"{BUCKET}/{source}/{kept.name}", f"{BUCKET}/{target}/{kept.name}")


def _store(name: str) -> ObjectStore:
    """Files of a folder of the bucket of all tests."""
    return ObjectStore(s3_settings(name)["files_url"], s3_server().folder.parent / "copies")


def harm(files: FileStore, name: str, content: bytes | None) -> None:
    """Let other bytes than those that were put lie where a file lies, or none, and no copy be left."""
    files.forget(name)
    if not isinstance(files, ObjectStore):
        path = files.path(name)
        path.unlink() if content is None else path.write_bytes(content)
    elif content is None:
        files._call("delete_object", Key=files._key(name))
    else:
        beside = files._head(name)["Metadata"]
        files._call("put_object", Key=files._key(name), Body=content, Metadata=beside)


def _free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
