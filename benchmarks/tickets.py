"""
What the broker costs: runs of one server without and with it, and of one and of two workers.

Runs that do nothing show the cost of the queue: one after the other, the delay of each; many at once, the time for
each. Runs that compute show what another worker brings. All on this machine, with a real RabbitMQ; from the checkout:
``PYTHONPATH=tests python -P benchmarks/tickets.py``.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from paleobc.store.runs import OPEN
from paleobc.store.tables import Run, User
from pooled import Pooled
from servers.rabbitmq import RabbitMQ
from ticketed import Ticketed

#: Most that the queue may cost each run [s].
AIM: Final = 0.020
_USERS: Final = 10
_SECONDS: Final = 0.2  # [s] of a processor, of a run that computes


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100, help="runs of each measurement")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        rabbitmq = RabbitMQ(Path(folder) / "rabbitmq")
        try:
            rabbitmq.start()
            _report(Path(folder), rabbitmq, runs)
        finally:
            rabbitmq.close()


def _report(folder: Path, rabbitmq: RabbitMQ, runs: int) -> None:
    """Measure without and with the broker, in turns."""
    with _embedded(folder / "embedded") as (app, wake):
        embedded = _delay(app, wake, runs), _at_once(app, wake, runs, "wait", 0.0)
    with _with_broker(folder / "broker", rabbitmq, workers=1, at_once=2) as (app, wake):
        broker = _delay(app, wake, runs), _at_once(app, wake, runs, "wait", 0.0)
    for what, without, with_broker in zip(("one after the other", "many at once"), embedded, broker, strict=True):
        cost = with_broker - without
        print(
            f"{what:20} without broker {without * 1e3:6.1f} ms a run, with it {with_broker * 1e3:6.1f} ms "
            f"({with_broker / without:.2f} times): the queue costs {cost * 1e3:5.1f} ms"
        )
    rates = []
    for workers in (1, 2):
        with _with_broker(folder / f"{workers} workers", rabbitmq, workers=workers, at_once=1) as (app, wake):
            rates.append(1.0 / _at_once(app, wake, runs, "compute", _SECONDS))
        print(f"{workers} workers of one run each: {rates[-1]:.2f} runs of {_SECONDS} s a second")
    print(f"Two workers do {rates[1] / rates[0]:.2f} times as much as one.")
    worst = max(with_broker - without for without, with_broker in zip(embedded, broker, strict=True))
    print(f"The queue costs at most {worst * 1e3:.1f} ms a run; {AIM * 1e3:.0f} ms are wanted.")
    raise SystemExit(worst > AIM)


@contextmanager
def _embedded(folder: Path) -> Iterator[tuple[Pooled, Callable[[], None]]]:
    """An installation whose server performs the runs, two at the same time."""
    app = Pooled(folder)
    with app.working(workers=2) as pool:
        yield app, pool.wake


@contextmanager
def _with_broker(
    folder: Path, rabbitmq: RabbitMQ, *, workers: int, at_once: int
) -> Iterator[tuple[Pooled, Callable[[], None]]]:
    """An installation with a broker and workers of their own."""
    rabbitmq.delete("paleobc.science", "paleobc.weights")
    app = Ticketed(folder, rabbitmq)
    try:
        for _ in range(workers):
            app.worker(workers=at_once)
        app.until_living(workers)
        with app.waking() as waker:
            yield app, waker.wake
    finally:
        for worker in app.workers:
            app.end(worker)
        app.close()


def _delay(app: Pooled, wake: Callable[[], None], runs: int) -> float:
    """Time from asking for a run that does nothing to its end, one after the other: the median [s]."""
    _at_once(app, wake, 4 * _USERS, "wait", 0.0)  # all processes are there
    delays = []
    for _ in range(runs):
        run = app.ask("wait", seconds=0.0)
        began = time.perf_counter()
        wake()
        while not app.ended(run):
            time.sleep(0.001)
        delays.append(time.perf_counter() - began)
        time.sleep(0.02)  # everything is at rest again
    return statistics.median(delays)


def _at_once(app: Pooled, wake: Callable[[], None], runs: int, job: str, seconds: float) -> float:
    """Time for each of many runs that are asked for at once [s]."""
    users = _users(app)
    asked = [app.ask(job, user=users[number % len(users)], seconds=seconds) for number in range(runs)]
    wake()
    while _unended(app):
        time.sleep(0.05)
    with app.database.reading() as session:
        found = session.query(Run).where(Run.id.in_(asked)).all()
    if {(run.state, run.attempts) for run in found} != {("done", 1)}:
        raise SystemExit("A run was lost, or done twice.")
    ended = sorted(run.ended.timestamp() for run in found if run.ended is not None)
    first = runs // 4  # the first ones are performed while others are asked for
    return (ended[-1] - ended[first]) / (runs - 1 - first)


def _unended(app: Pooled) -> int:
    """Number of runs that have not ended."""
    with app.database.reading() as session:
        return session.query(Run).where(Run.state.in_(OPEN)).count()


def _users(app: Pooled) -> list[User]:
    """People who ask for runs."""
    with app.database.reading() as session:
        found = list(session.query(User).where(User.name.startswith("person")))
    return found or [app.user(f"person {number}") for number in range(_USERS)]


if __name__ == "__main__":
    main()
