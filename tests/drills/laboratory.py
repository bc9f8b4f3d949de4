"""A laboratory of its own: real RabbitMQ, PostgreSQL and S3, and the processes of the application on them."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from drills.served import PROGRAM, Served, kill_with_family
from paleobc.broker.queues import BROKER_FAULTS, DEAD, queue_name
from servers.postgresql import new_server, remove
from servers.rabbitmq import RabbitMQ
from servers.s3 import s3_settings

#: What was committed outlives the server, as it has to, though not the machine.
_KEEPS_WHAT_IS_COMMITTED = "-c fsync=off"
#: Kinds of work whose queues a laboratory has.
KINDS = ("science", "weights")
_NO_TICKETS = [(b"\x80\x04.", "application/x-python-serialize"), (b"[]", "application/json"), (b"", "text/plain")]


class Laboratory:
    """
    Servers and processes, each process with a folder of its own as on a machine of its own.

    Parameters
    ----------
    folder : Path
    replicas, workers : int
        How many processes serve pages, and how many perform runs, one at a time each.
    **settings
        Of the application, besides.
    """

    def __init__(self, folder: Path, *, replicas: int = 2, workers: int = 4, **settings: object) -> None:
        self.folder = folder
        self.log = folder / "laboratory.log"
        self.rabbitmq = RabbitMQ(folder / "rabbitmq")
        self.rabbitmq.start()
        self.postgresql = new_server(_KEEPS_WHAT_IS_COMMITTED)
        self.settings: dict[str, Any] = {
            "database_url": self.postgresql.create("laboratory"),
            "files_url": s3_settings(f"laboratory-{os.getpid()}-{folder.name}")["files_url"],
            "broker_url": self.rabbitmq.url,
            "stop_seconds": 5,
            **settings,
        }
        self.replicas: list[Served | None] = [None] * replicas
        self.workers: list[subprocess.Popen[bytes] | None] = [None] * workers
        self._away: dict[str, list[tuple[float, float]]] = defaultdict(list)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Addresses of the pages."""
        return tuple(replica.address for replica in self.replicas if replica is not None)

    def start(self) -> list[float]:
        """Start what was killed; returns how long each replica took until it was ready [s]. Nothing ended by itself."""
        for number, worker in enumerate(self.workers):
            assert worker is None or worker.poll() is None, (worker.poll(), self.said())
            self.workers[number] = worker or self._new_worker(number)
        assert all(replica is None or replica.lives for replica in self.replicas), self.said()
        missing = [number for number, replica in enumerate(self.replicas) if replica is None]
        with ThreadPoolExecutor(len(self.replicas)) as threads:
            started = list(threads.map(self._new_replica, missing))
        for number, replica in zip(missing, started, strict=True):
            self.replicas[number] = replica
        return [replica.seconds for replica in started]

    def _new_replica(self, number: int) -> Served:
        return Served(self.folder / f"replica{number}", self.log, **self.settings)

    def _new_worker(self, number: int) -> subprocess.Popen[bytes]:
        chosen = {"data_folder": self.folder / f"worker{number}", **self.settings}
        environment = os.environ | {f"PALEOBC_{name.upper()}": str(value) for name, value in chosen.items()}
        command = [*PROGRAM, "work", "--concurrency", "1"]
        with self.log.open("ab") as log:
            return subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def said(self) -> str:
        """The last that the processes said."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:]

    @contextmanager
    def without(self, what: str) -> Iterator[None]:
        """While a server or process is away."""
        began = time.monotonic()
        self._away[what].append((began, math.inf))
        yield
        self._away[what].remove((began, math.inf))
        self._away[what].append((began, time.monotonic()))

    def was_away(self, what: str, since: float) -> bool:
        """Whether something was away at any time since then, by the monotonic clock [s]."""
        return any(until >= since for _, until in list(self._away[what]))

    def kill_replica(self, number: int) -> None:
        """Kill a process that serves pages, and start it again."""
        replica = self.replicas[number]
        assert replica is not None
        with self.without("replica"):
            replica.kill()
            self.replicas[number] = None

    def kill_worker(self, number: int) -> None:
        """Kill a worker, with all that it has; it is away until `start`."""
        worker, self.workers[number] = self.workers[number], None
        assert worker is not None
        kill_with_family(worker)

    def worker_of(self, pid: int) -> int | None:
        """Number of the worker that has this process, which is not the worker itself."""
        for number, worker in enumerate(self.workers):
            with suppress(psutil.NoSuchProcess):
                if worker is not None and pid in _children(worker.pid):
                    return number
        return None

    def restart_database(self, how: str) -> None:
        """Stop the database in one way or another, and start it again."""
        with self.without("database"):
            self.postgresql.stop(how)
            self.postgresql.start()

    def restart_broker(self, how: str, seconds: float) -> None:
        """Let the broker be away for so long: "stopped" in order, "killed", or with the loss of all it "forgot"."""
        with self.without("broker"):
            self.rabbitmq.stop() if how == "stopped" else self.rabbitmq.kill()
            if how == "forgot":
                self.rabbitmq.forget()
            time.sleep(seconds)
            self.rabbitmq.start()

    def purge(self) -> int:
        """Throw away all tickets; returns how many there were."""
        return sum(_once_it_can(partial(self.rabbitmq.purge, queue_name(kind))) for kind in KINDS)

    def put_aside(self) -> int:
        """How many messages nobody could use."""
        return _once_it_can(partial(self.rabbitmq.depth, DEAD))

    def poison(self) -> int:
        """Put messages among the tickets that are none; returns how many at least."""
        return _once_it_can(self._poison)

    def _poison(self) -> int:
        with self.rabbitmq.connection() as connection, connection.Producer(auto_declare=False) as producer:
            producer.channel.queue_declare(queue_name(KINDS[0]), passive=True)  # where it is not there yet all is lost
            for body, kind in _NO_TICKETS:
                producer.publish(body, routing_key=queue_name(KINDS[0]), content_type=kind, content_encoding="binary")
        return len(_NO_TICKETS)

    def stop(self) -> None:
        """Let all processes end in order."""
        for worker in filter(None, self.workers):
            worker.send_signal(signal.SIGTERM)
        for worker in filter(None, self.workers):
            assert worker.wait(timeout=60) == 0, self.said()
        for replica in filter(None, self.replicas):
            replica.stop()
        self.workers, self.replicas = [None] * len(self.workers), [None] * len(self.replicas)

    def close(self) -> None:
        """End all of it, in whatever state it is."""
        for process in (*self.workers, *(replica and replica.process for replica in self.replicas)):
            if process is not None and process.poll() is None:
                kill_with_family(process)
        self.rabbitmq.close()
        remove(self.postgresql)


def _once_it_can(ask: Callable[[], int]) -> int:
    """What a broker answers once its queues have found themselves again, for which it needs a while at its start."""
    end = time.monotonic() + 120
    while True:
        try:
            return ask()
        except BROKER_FAULTS:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


def _children(pid: int) -> set[int]:
    """Processes that a process has."""
    return {child.pid for child in psutil.Process(pid).children(recursive=True)}
