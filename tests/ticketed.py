"""An application whose workers are processes of their own, woken by a real broker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from paleobc.broker.tickets import Tickets
from paleobc.broker.waking import Waker
from paleobc.store.operation_tables import Process
from paleobc.store.processes import living_processes
from pooled import Pooled
from servers.column import column_settings
from servers.rabbitmq import RabbitMQ

_TESTS = Path(__file__).parent
_QUICKLY = "from paleobc.lifetime import load_quickly; load_quickly()"
_JOBS = ["-c", f"{_QUICKLY}; from job_worker import main; main()", "science,weights"]
_COMMAND = ["-c", "from paleobc.cli.main import main; main()"]


class Ticketed(Pooled):
    """
    An application with a broker and any number of workers.

    Parameters
    ----------
    folder : Path
    rabbitmq : RabbitMQ
    **settings
        Of the application, and of its workers.
    """

    def __init__(self, folder: Path, rabbitmq: RabbitMQ, **settings: Any) -> None:
        super().__init__(folder, broker_url=rabbitmq.url, **settings)
        self.rabbitmq = rabbitmq
        self.workers: list[subprocess.Popen[bytes]] = []
        self.log = folder / "workers.log"

    def worker(self, *command: str, **settings: Any) -> subprocess.Popen[bytes]:
        """Start a worker of jobs, or the command of these words."""
        wanted = column_settings(self.folder) | {
            "data_folder": self.folder,
            "broker_url": self.rabbitmq.url,
            "workers": 2,
            "stop_seconds": 1,
        }
        environment = {f"PALEOBC_{name.upper()}": str(value) for name, value in (wanted | settings).items()}
        with self.log.open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, *([*_COMMAND, *command] if command else _JOBS)],
                env=os.environ | environment | {"PYTHONPATH": str(_TESTS)},
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        self.workers.append(worker)
        return worker

    def end(self, worker: subprocess.Popen[bytes], how: int = signal.SIGTERM) -> int:
        """End a worker; returns its exit code."""
        if worker.poll() is None:
            worker.send_signal(how)
        return worker.wait(timeout=60)

    @contextmanager
    def waking(self, deliveries: int = 5) -> Any:
        """Who wakes the workers, as the web server does."""
        waker = Waker(self.database, Tickets(self.rabbitmq.url, deliveries))
        waker.start()
        try:
            yield waker
        finally:
            waker.stop()

    def living(self, kind: str = "worker") -> list[Process]:
        """Processes that told of themselves."""
        with self.database.reading() as session:
            return list(living_processes(session, kind))

    def until_living(self, count: int, state: str = "working") -> None:
        """Wait until so many workers are in a state."""
        self.until(lambda: [worker.state for worker in self.living()].count(state) == count, 60.0)

    def close(self) -> None:
        """End all workers."""
        for worker in self.workers:
            with suppress(ProcessLookupError):
                worker.kill()
            worker.wait()
        end = time.monotonic() + 10
        while self.begun() and any(_is_there(pid) for pid in self.begun()) and time.monotonic() < end:
            time.sleep(0.05)
        self.database.close()


def _is_there(pid: int) -> bool:
    """Whether a process is there."""
    return Path(f"/proc/{pid}").exists()
