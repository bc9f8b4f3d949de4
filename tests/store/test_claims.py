"""Runs are claimed once, in a fair order, and end with their claim alone."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest

from application import Application
from paleobc.store.runs import (
    LEASE,
    MOST_ATTEMPTS,
    MOST_FAULTS,
    add_run,
    beat,
    begin,
    cancel,
    claim_next,
    end,
    give_back,
    runs_of_others,
    taken_away,
)
from paleobc.store.tables import Run, utc_now
from paleobc.store.waiting import waiting_by_queue


@pytest.fixture
def app(tmp_path):
    return Application(tmp_path)


def ask(app, user, count, *, step="step", experiment=None, **values):
    """Ask for runs of steps of different names; returns their ids."""
    experiment = experiment or app.experiment(user)
    with app.database.writing() as session:
        made = [
            add_run(
                session,
                experiment,
                step=f"{step}_{number}" if count > 1 else step,
                asset="asset",
                fingerprint=str(number),
                asked_by=user.id,
                **values,
            )
            for number in range(count)
        ]
        return [run.id for run in made]


def claim(app):
    """Claim the next run."""
    with app.database.writing() as session:
        return claim_next(session, "a worker")


def begun(session):
    """Claim and begin the next run; returns its claim."""
    run = claim_next(session, "a pool")
    assert begin(session, run.id, run.claim, "a worker") is run
    assert begin(session, run.id, "another claim", "a worker") is None
    return run.claim


def test_each_run_is_claimed_once_by_several_who_ask_at_the_same_time(app):
    asked = ask(app, app.user("ada"), 40)
    claimed = []

    def work() -> None:
        while (run := claim(app)) is not None:
            claimed.append(run.id)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(claimed) == Counter(asked)


def test_a_step_is_performed_by_one_run_at_a_time_in_the_order_asked_for(app):
    ada = app.user("ada")
    experiment = app.experiment(ada)
    first, second = (ask(app, ada, 1, experiment=experiment)[0] for _ in range(2))
    running = claim(app)
    assert running.id == first
    assert claim(app) is None
    with app.database.writing() as session:  # even where the first waits again
        give_back(session, running.claim, "It died.")
    assert claim(app).id == first
    with app.database.writing() as session:
        end(session, app.run(first).claim, "done")
    assert claim(app).id == second


def test_who_asked_for_many_runs_does_not_keep_others_waiting(app):
    ada, bob = app.user("ada"), app.user("bob")
    ask(app, ada, 10)
    of_bob = ask(app, bob, 1)
    claimed = [claim(app).id for _ in range(2)]
    assert of_bob[0] in claimed


def test_the_reserve_is_for_users_of_whom_nothing_is_running(app):
    ada, bob = app.user("ada"), app.user("bob")
    ask(app, ada, 5)
    claim(app)
    with app.database.writing() as session:
        assert claim_next(session, "a worker", of_idle_users=True) is None
    (of_bob,) = ask(app, bob, 1)
    with app.database.writing() as session:
        assert claim_next(session, "a worker", of_idle_users=True).id == of_bob
        assert claim_next(session, "a worker", of_idle_users=True) is None
        assert claim_next(session, "a worker") is not None


def test_runs_of_nobody_share_as_those_of_one_user(app):
    ada = app.user("ada")
    ask(app, ada, 1)
    ask(app, ada, 3, step="lost")
    with app.database.writing() as session:
        session.query(Run).where(Run.step.startswith("lost")).update({"asked_by": None})
    assert {claim(app).asked_by for _ in range(2)} == {ada.id, None}
    with app.database.writing() as session:
        assert claim_next(session, "a worker", of_idle_users=True) is None


def test_a_higher_priority_and_then_the_older_comes_first(app):
    ada = app.user("ada")
    low, high = ask(app, ada, 1, step="low")[0], ask(app, ada, 1, step="high", priority=2)[0]
    later = ask(app, ada, 1, step="later")[0]
    assert [claim(app).id for _ in range(3)] == [high, low, later]


def test_who_does_some_kinds_of_work_claims_no_others(app):
    ada = app.user("ada")
    science, weights = ask(app, ada, 1)[0], ask(app, ada, 1, queue="weights", priority=9)[0]
    with app.database.writing() as session:
        assert claim_next(session, "w", queues=["other"]) is None
        assert claim_next(session, "w", queues=["science", "other"]).id == science
        assert claim_next(session, "w", queues=["science"]) is None
        assert claim_next(session, "w").id == weights


def test_only_what_may_begin_counts_as_waiting(app):
    ada = app.user("ada")
    experiment = app.experiment(ada)
    for _ in range(3):
        ask(app, ada, 1, experiment=experiment)
    ask(app, ada, 2, step="other", queue="weights")
    with app.database.reading() as session:
        assert waiting_by_queue(session) == {"science": 1, "weights": 2}
    while claim(app) is not None:
        pass
    with app.database.reading() as session:
        assert waiting_by_queue(session) == {}


def test_a_lost_claim_can_neither_end_nor_give_back_its_run(app):
    (run_id,) = ask(app, app.user("ada"), 1)
    lost = claim(app).claim
    with app.database.writing() as session:
        give_back(session, lost, "The worker went away.", own_fault=False)
    held = claim(app).claim
    with app.database.writing() as session:
        assert end(session, lost, "done") is None
        assert give_back(session, lost, "again") is None
        assert beat(session, [lost, held]) == {held}
        assert taken_away(session, [lost, held]) == {lost}
    assert app.run(run_id).state == "running"


def test_a_cancelled_run_is_taken_away_and_one_that_ended_is_not(app):
    ada = app.user("ada")
    ask(app, ada, 3)
    runs = [claim(app) for _ in range(3)]
    with app.database.writing() as session:
        assert cancel(session, session.get_one(Run, runs[0].id), "cancelled", "Cancelled by ada.")
        assert end(session, runs[1].claim, "done") is not None
        assert not cancel(session, session.get_one(Run, runs[1].id), "cancelled", "too late")
        assert taken_away(session, [run.claim for run in runs]) == {runs[0].claim}


def test_a_run_whose_process_dies_is_tried_a_bounded_number_of_times(app):
    (run_id,) = ask(app, app.user("ada"), 1)
    for _ in range(MOST_FAULTS):
        with app.database.writing() as session:
            give_back(session, begun(session), "The process died.")
    run = app.run(run_id)
    assert (run.state, run.attempts) == ("failed", MOST_FAULTS)
    assert run.sentence == f"The process died. It was tried {MOST_FAULTS} times."


def test_a_server_that_goes_away_costs_a_run_none_of_its_tries_but_not_for_ever(app):
    (run_id,) = ask(app, app.user("ada"), 1)
    for number in range(MOST_ATTEMPTS):
        assert app.run(run_id).state == "waiting", number
        with app.database.writing() as session:
            give_back(session, begun(session), "The server went away.", own_fault=False)
    assert app.run(run_id).state == "failed"


def test_a_server_that_goes_away_before_a_run_was_begun_costs_nothing(app):
    (run_id,) = ask(app, app.user("ada"), 1)
    for _ in range(2 * MOST_ATTEMPTS):
        with app.database.writing() as session:
            give_back(session, claim_next(session, "w").claim, "The server went away.", own_fault=False)
    assert (app.run(run_id).state, app.run(run_id).attempts) == ("waiting", 0)


def test_a_lease_ends_unless_it_is_prolonged(app):
    ask(app, app.user("ada"), 2)
    now = utc_now()
    with app.database.writing() as session:
        first, second = (claim_next(session, "w", now=now) for _ in range(2))
    with app.database.writing() as session:
        beat(session, [first.claim], now=now + timedelta(seconds=20))
        late = {run.id for run in runs_of_others(session, []) if run.lease_until < now + LEASE + timedelta(seconds=1)}
        assert late == {second.id}
        assert [run.id for run in runs_of_others(session, [first.claim])] == [second.id]
