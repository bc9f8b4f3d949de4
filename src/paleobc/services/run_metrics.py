"""Numbers of runs for those who watch over an installation: what waits and for how long, what ended lately and how."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from prometheus_client.core import GaugeHistogramMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paleobc.store.runs import OPEN
from paleobc.store.tables import Run
from paleobc.workflow.step import SCIENCE

#: States in which a run can be.
STATES: Final = (*OPEN, "done", "failed", "cancelled", "withdrawn")
#: Runs that ended count for so long: with removed experiments their runs go, so that a number of all that ever ended
#: could fall, and would be taken for a restart.
LATELY: Final = timedelta(hours=1)
#: Upper ends of the classes of durations [s].
BUCKETS: Final = (0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)


def run_metrics(session: Session, now: datetime) -> Iterator[Metric]:
    """Numbers of runs that wait, are performed, or ended lately: few rows, which indices lead to."""
    yield from _open(session, now)
    yield from _ended_lately(session, now)


def kept_run_metrics(session: Session) -> Iterator[Metric]:
    """Numbers of all runs that are kept: an index holds what is needed, and all of it is read."""
    found = dict.fromkeys(STATES, 0) | dict(session.execute(select(Run.state, func.count()).group_by(Run.state)).all())
    family = GaugeMetricFamily("paleobc_runs", "Runs that are kept, by state.", labels=("state",))
    for state, count in found.items():
        family.add_metric((state,), count)
    yield family


def _open(session: Session, now: datetime) -> Iterator[Metric]:
    """Runs that have not ended, by step, by queue, and how long the oldest of each queue has waited."""
    query = (
        select(Run.state, Run.step, Run.queue, func.count(), func.min(Run.created))
        .where(Run.state.in_(OPEN))
        .group_by(Run.state, Run.step, Run.queue)
    )
    by_step: Counter[tuple[str, str]] = Counter()
    by_queue = {state: Counter({SCIENCE: 0}) for state in OPEN}
    oldest: dict[str, datetime] = {SCIENCE: now}
    for state, step, queue, count, created in session.execute(query):
        by_step[state, step] += count
        by_queue[state][queue] += count
        if state == "waiting":
            oldest[queue] = min(created, oldest.get(queue, created))
    yield _family("paleobc_runs_open", "Runs that have not ended, by state and step.", ("state", "step"), by_step)
    for state in OPEN:
        yield _family(f"paleobc_runs_{state}", f"Runs that are {state}, by queue.", ("queue",), by_queue[state])
    ages = {queue: max((now - created).total_seconds(), 0.0) for queue, created in oldest.items()}
    words = "Time for which the oldest run of a queue waits [s]."
    yield _family("paleobc_runs_waiting_oldest_seconds", words, ("queue",), ages)


def _ended_lately(session: Session, now: datetime) -> Iterator[Metric]:
    """Runs that ended in the last hour: by step and state, failures by kind, durations of those that were done."""
    query = select(Run.step, Run.state, Run.is_input_fault, Run.started, Run.ended).where(Run.ended > now - LATELY)
    ended: Counter[tuple[str, str]] = Counter()
    failed = Counter({"input": 0, "machine": 0})
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    for step, state, is_input_fault, began, end in session.execute(query):
        ended[step, state] += 1
        if state == "failed":
            failed["input" if is_input_fault else "machine"] += 1
        if state == "done" and began is not None and end is not None:
            seconds[step].append(max((end - began).total_seconds(), 0.0))
    words = "Runs that ended in the last hour, by step and state."
    yield _family("paleobc_runs_ended_last_hour", words, ("step", "state"), ended)
    words = "Runs that failed in the last hour, by what was at fault."
    yield _family("paleobc_runs_failed_last_hour", words, ("kind",), failed)
    durations = GaugeHistogramMetricFamily(
        "paleobc_run_duration_last_hour_seconds",
        "Time that runs took which were done in the last hour, by step [s].",
        labels=("step",),
    )
    for step, found in sorted(seconds.items()):
        durations.add_metric((step,), _classes(found), sum(found))
    yield durations


def _family(name: str, words: str, labels: tuple[str, ...], found: Mapping[Any, float]) -> Metric:
    """Numbers by the values of their labels."""
    family = GaugeMetricFamily(name, words, labels=labels)
    for key, count in sorted(found.items()):
        family.add_metric((key,) if isinstance(key, str) else key, count)
    return family


def _classes(seconds: list[float]) -> list[tuple[str, float]]:
    """
    How many durations are at most as long as the upper end of each class.

    Examples
    --------
    >>> dict(_classes([0.5, 1.0, 5000.0]))["1"], dict(_classes([0.5, 1.0, 5000.0]))["+Inf"]
    (2, 3)
    """
    within = Counter(bisect_left(BUCKETS, one) for one in seconds)
    found: list[tuple[str, float]] = []
    total = 0
    for number, end in enumerate((*BUCKETS, float("inf"))):
        total += within[number]
        found.append(("+Inf" if end == float("inf") else f"{end:g}", total))
    return found
