"""A real RabbitMQ of the tests: its own node, ports and folder, started and stopped by them alone."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from amqp.exceptions import NotFound
from kombu import Connection

_BINARIES = Path("/usr/lib/rabbitmq/bin")


def free_port() -> int:
    """Port of this machine that nobody uses."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _listens(port: int) -> bool:
    """Whether somebody listens at a port of this machine."""
    with closing(socket.socket()) as asker:
        return asker.connect_ex(("127.0.0.1", port)) == 0


class RabbitMQ:
    """
    A broker in a folder.

    Parameters
    ----------
    folder : Path
        Its data, logs and settings.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.port, self.epmd_port = free_port(), free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        (folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\ndisk_free_limit.absolute = 50MB\nlog.file.level = warning\n"
        )
        (folder / "enabled_plugins").write_text("[].")
        self._server: subprocess.Popen[bytes] | None = None
        self._epmd: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float = 60.0) -> None:
        """Start it, and wait until it answers."""
        assert self._server is None
        environment = os.environ | {
            "HOME": str(self.folder),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self.epmd_port),
            "RABBITMQ_NODENAME": f"paleobc{self.port}@localhost",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none",
        }
        if self._epmd is None:
            epmd = shutil.which("epmd") or "epmd"
            self._epmd = subprocess.Popen(
                [epmd, "-port", str(self.epmd_port), "-address", "127.0.0.1"], env=environment
            )
            while not _listens(self.epmd_port):  # or the server starts one of its own, which nobody ends
                time.sleep(0.01)
        with (self.folder / "output").open("ab") as log:
            self._server = subprocess.Popen(
                [_BINARIES / "rabbitmq-server"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
            )
        self._wait(time.monotonic() + seconds)

    def _wait(self, end: float) -> None:
        """Wait until it answers."""
        while True:
            assert self._server is not None
            assert self._server.poll() is None, (self.folder / "output").read_text()[-2000:]
            try:
                with self.connection() as connection:
                    connection.connect()
                    return
            except Exception:
                assert time.monotonic() < end, (self.folder / "output").read_text()[-2000:]
                time.sleep(0.1)

    def stop(self) -> None:
        """Stop it in order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it."""
        self._end(signal.SIGKILL)

    def _end(self, how: int) -> None:
        server, self._server = self._server, None
        if server is not None:
            os.killpg(server.pid, how)
            server.wait(timeout=60)

    def close(self) -> None:
        """End all of it."""
        self.kill()
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd.wait()
            self._epmd = None

    def forget(self) -> None:
        """Lose all that it kept, while it is stopped."""
        assert self._server is None
        shutil.rmtree(self.folder / "mnesia")

    def connection(self) -> Connection:
        """Connection to it, not yet made."""
        return Connection(self.url, connect_timeout=2, transport_options={"confirm_publish": True})

    @contextmanager
    def channel(self) -> Any:
        """Channel of a connection of its own."""
        with self.connection() as connection, connection.channel() as channel:
            yield channel

    def depth(self, queue: str) -> int:
        """Messages that lie ready in a queue; none where there is no queue."""
        try:
            with self.channel() as channel:
                return int(channel.queue_declare(queue, passive=True).message_count)
        except NotFound:
            return 0

    def purge(self, queue: str) -> int:
        """Throw away what lies in a queue."""
        with self.channel() as channel:
            return int(channel.queue_purge(queue))

    def delete(self, *queues: str) -> None:
        """Take queues away, with what lies in them."""
        with self.channel() as channel:
            for queue in queues:
                channel.queue_delete(queue)
