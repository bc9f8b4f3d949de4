"""What has to be run is computed from revisions alone, whatever people do and in whatever order runs end."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from paleobc.services.planning import end_early
from paleobc.services.running import perform
from paleobc.store.contents import content_name
from paleobc.store.revisions import newest_revisions
from paleobc.store.runs import OPEN, claim_next, give_back, open_runs
from paleobc.store.tables import Experiment, Revision
from planned_world import World


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


class Actions(RuleBasedStateMachine):
    """People give, take away, choose, cancel; runs end in any order, die, or lose what they read."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.world = World(self.folder)
        self.held: list[tuple[str, str]] = []
        self.computed: Counter[str] = Counter()
        self.losses = 0

    def teardown(self) -> None:
        self.world.app.database.close()
        shutil.rmtree(self.folder)

    @rule(value=st.sampled_from([1.0, 1.2, 1.4, 2.0]))
    def give_source(self, value):
        self.world.give("source", value)

    @rule(value=st.sampled_from([None, 0.0, 5.0]))
    def give_extra(self, value):
        self.world.give("extra", value)

    @rule(decimals=st.integers(0, 1))
    def choose_rounding(self, decimals):
        self.world.choose("rounding", decimals=decimals)

    @rule(times=st.sampled_from([1.0, 2.0, 3.0]))
    def choose_doubling(self, times):
        self.world.choose("doubling", times=times)

    @rule(label=st.sampled_from(["", "a"]))
    def choose_telling(self, label):
        self.world.choose("telling", label=label)

    @rule()
    def begin_a_run(self):
        with self.world.app.database.writing() as session:
            run = claim_next(session, "a worker")
            if run is not None:
                self.held.append((run.id, run.claim))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def finish_a_run(self, data):
        self.finish(self.held.pop(data.draw(st.integers(0, len(self.held) - 1))))

    @precondition(lambda self: self.held)
    @rule()
    def lose_a_worker(self):
        _, claim = self.held.pop()
        with self.world.app.database.writing() as session:
            give_back(session, claim, "The server went away.", own_fault=False)

    @rule(data=st.data())
    def cancel_a_run(self, data):
        with self.world.app.database.writing() as session:
            runs = open_runs(session, self.world.id)
            if runs:
                end_early(session, data.draw(st.sampled_from(runs)), "cancelled", "Cancelled by ada.")
                self.world.plan(session)

    @rule(data=st.data())
    def lose_a_result(self, data):
        with self.world.app.database.reading() as session:
            given = select(Revision.content).where(Revision.step.like("read_%"))  # may equal a result
            query = select(Revision.content).where(Revision.content.not_in(given)).order_by(Revision.number)
            contents = list(session.scalars(query))
        if contents:
            self.losses += 1
            self.world.app.files.remove(content_name(data.draw(st.sampled_from(contents))))

    def finish(self, run):
        app, shop = self.world.app, self.world.shop
        before = sum(shop.ran.values())
        ended = perform(app.database, app.files, *run, shop.graph)
        if ended == "done" and sum(shop.ran.values()) > before:
            self.computed[app.run(run[0]).fingerprint] += 1

    @rule()
    def work_until_nothing_waits(self):
        app = self.world.app
        with app.database.writing() as session:
            self.world.plan(session, again=True)
        while True:
            while self.held:
                self.finish(self.held.pop(0))
            with app.database.writing() as session:
                run = claim_next(session, "a worker")
                if run is None:
                    break
                self.held.append((run.id, run.claim))
        with app.database.writing() as session:
            assert self.world.plan(session) == []
        assert self.world.found() == self.world.expected()

    @invariant()
    def one_open_run_of_each_step_is_wanted(self):
        wanted = {state.fingerprint for state in self.world.app.states(self.world.id).values()}
        open_ = [run for run in self.world.runs() if run.state == "waiting"]
        assert all(run.fingerprint in wanted for run in open_)
        assert len({run.step for run in open_}) == len(open_)

    @invariant()
    def nothing_that_is_there_is_computed_twice(self):
        assert sum(self.computed.values()) - len(self.computed) <= 4 * self.losses

    @invariant()
    def every_run_that_ended_says_how(self):
        for run in self.world.runs():
            assert (run.ended is None) == (run.state in OPEN)
            assert run.sentence or run.state in ("waiting", "running", "done")


TestActions = Actions.TestCase
TestActions.settings = settings(max_examples=15, stateful_step_count=25)


def test_equal_content_stops_the_wave(world):
    world.give("source", 1.2)
    world.app.work()
    world.give("source", 1.4)  # rounds to the same
    assert world.app.work() == {"rounding": 1}
    assert world.found() == world.expected()


def test_a_change_forth_and_back_computes_nothing_anew(world):
    world.give("source", 1.0)
    world.app.work()
    before = world.shop.ran.copy()
    world.choose("doubling", times=5.0)
    world.choose("doubling", times=2.0)
    assert world.app.work() == {}
    world.choose("doubling", times=5.0)
    world.app.work()
    world.choose("doubling", times=2.0)
    world.app.work()
    assert world.shop.ran - before == {"doubling": 1, "telling": 1}
    assert world.found() == world.expected()


def test_a_run_of_which_nobody_wants_the_result_is_withdrawn_also_while_it_runs(world):
    world.give("source", 1.0)
    world.app.work(1)
    with world.app.database.writing() as session:
        running = claim_next(session, "a worker")
    world.choose(running.step, **({"times": 7.0} if running.step == "doubling" else {}))
    if running.step == "doubling":
        assert world.app.run(running.id).state == "withdrawn"
        ended = perform(world.app.database, world.app.files, running.id, running.claim, world.shop.graph)
        assert ended == "lost"
    world.app.work()


def test_a_run_goes_on_while_it_is_not_known_whether_its_result_is_wanted(world):
    world.give("source", 1.2)
    world.app.work(1)
    with world.app.database.writing() as session:
        running = claim_next(session, "a worker")
    world.give("source", 1.4)
    assert world.app.run(running.id).state == "running"
    assert perform(world.app.database, world.app.files, running.id, running.claim, world.shop.graph) == "done"
    world.app.work()
    assert world.shop.ran[running.step] == 1  # as the same came out of what is before it
    assert world.found() == world.expected()


def test_what_is_cancelled_stays_so_until_it_is_asked_for_again(world):
    world.give("source", 1.0)
    with world.app.database.writing() as session:
        (run,) = open_runs(session, world.id)
        end_early(session, run, "cancelled", "Cancelled by ada.")
        assert world.plan(session) == []
    assert world.app.states(world.id)["rounded"].why == "Cancelled by ada."
    assert world.app.said(world.id)["doubled"] == "stale"
    with world.app.database.writing() as session:
        assert len(world.plan(session, again=True)) == 1
    world.app.work()
    assert world.found() == world.expected()


def test_options_that_a_later_version_refuses_are_shown_as_a_failure(world):
    world.give("source", 1.0)
    world.app.work()
    with world.app.database.writing() as session:
        session.get_one(Experiment, world.id).options = {"doubling": {"gone": 1}}
    state = world.app.states(world.id)["doubled"]
    assert (state.state, state.why) == ("failed", "Step doubling: gone: there is no such key.")


def test_every_state_says_why(world):
    assert world.app.states(world.id)["rounded"].why == "needs source"
    world.give("source", 1.0)
    states = world.app.states(world.id)
    assert (states["rounded"].state, states["rounded"].why) == ("waiting", "not made yet")
    assert states["doubled"].why == "waits for rounded"
    world.app.work()
    world.choose("doubling", times=3.0)
    assert world.app.states(world.id)["doubled"].why == "option times changed"


def test_a_result_that_is_lost_again_and_again_is_given_up(world, monkeypatch):
    world.give("source", 1.2)
    world.app.work()
    world.choose("doubling", times=4.0)
    has = world.app.contents.__class__.load

    def losing(contents, content):
        with world.app.database.reading() as session:
            if content == newest_revisions(session, [world.id])[world.id]["rounded"].content:
                contents.files.remove(content_name(content))
        return has(contents, content)

    monkeypatch.setattr(world.app.contents.__class__, "load", losing)
    assert sum(world.app.work(100).values()) < 50
    state = world.app.states(world.id)["doubled"]
    assert state.state == "failed"
    assert "keeps getting lost" in state.why
