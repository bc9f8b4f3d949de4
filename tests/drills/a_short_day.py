"""The commands of a laboratory as they are started there: pages by several, runs by several, and faults around them."""

from __future__ import annotations

import contextlib
import time

import pytest

from drills.laboratory import Laboratory
from drills.laboratory_drill import LaboratoryDrill

#: `a_laboratory.py` has more of them, and other kinds.
FAULTS = [
    "a worker killed",
    "the broker killed and started",
    "the database restarted (immediate)",
    "a replica killed and started",
]


@pytest.fixture(scope="module")
def drill(tmp_path_factory):
    with (
        contextlib.closing(Laboratory(tmp_path_factory.mktemp("laboratory"), replicas=2, workers=2)) as laboratory,
        contextlib.closing(LaboratoryDrill(laboratory, seed=1, people=2)) as drill,
    ):
        yield drill


def test_what_is_asked_while_the_broker_is_down_is_shown_to_wait_and_begins_when_it_is_back(drill):
    drill.start()
    person = drill.people[0]
    with drill.laboratory.without("broker"):
        drill.laboratory.rabbitmq.stop()
        drill.give_relief(person)
        assert "waiting for a worker" in drill.page_of(person)
        assert drill.is_busy()
        drill.laboratory.rabbitmq.start()
    end = time.monotonic() + 60
    while "relief" not in [asset["asset"] for asset in person.look()["assets"] if asset["state"] == "current"]:
        assert time.monotonic() < end
        time.sleep(0.2)


def test_after_a_day_of_faults_nothing_is_lost_or_done_twice_and_all_is_current(drill):
    drill.workday(FAULTS, runs=20)
    assert {state for state in drill.counts if state.startswith("runs failed")} == set()
