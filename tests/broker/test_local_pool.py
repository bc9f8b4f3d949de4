"""The pool of this machine: limits that kill, faults that stay alone, and servers that go away."""

from __future__ import annotations

import os
import time

import psutil
import pytest

from drilled import Drill
from paleobc.broker.process import is_gone, process_name
from paleobc.services.planning import end_early
from paleobc.store.runs import MOST_FAULTS
from paleobc.store.tables import Run
from pooled import Pooled
from servers.column import locked_database


@pytest.fixture
def app(tmp_path):
    return Pooled(tmp_path)


def test_a_loop_in_native_code_is_killed_at_its_limit_while_others_go_on(app):
    hung = app.ask("hang")
    with app.working(seconds=2.0) as pool:
        app.until(app.begun)
        others = [app.ask("wait", seconds=0.05) for _ in range(5)]
        pool.wake()
        app.until(lambda: app.ended(hung, *others))
    run = app.run(hung)
    assert (run.state, run.attempts) == ("failed", 1)
    assert run.sentence == "This took longer than 2 seconds, the most a step may take."
    assert {app.run(other).state for other in others} == {"done"}
    assert not psutil.pid_exists(app.begun()[0])


def test_who_has_all_workers_with_what_hangs_or_takes_all_memory_keeps_ten_others_not_waiting(app):
    others = [app.user(f"user {number}") for number in range(10)]
    poison = [app.ask("hang"), app.ask("hang"), app.ask("allocate", at_once_mb=20, pause=0.05)]
    with app.working(seconds=6.0, memory_mb=600) as pool:
        app.until(lambda: len(app.begun()) == 2)
        of_others = [app.ask("wait", user=user, seconds=0.05) for user in others]
        pool.wake()
        app.until(lambda: app.ended(*of_others))
        assert [app.run(run).state for run in poison] == ["running", "running", "waiting"]
        app.until(lambda: app.ended(*poison))
    assert {app.run(run).state for run in of_others} == {"done"}
    assert {app.run(run).state for run in poison} == {"failed"}
    assert max(app.run(run).ended for run in of_others) < min(app.run(run).ended for run in poison)


def test_one_worker_alone_has_a_reserve_too(app):
    hung = app.ask("hang")
    with app.working(workers=1) as pool:
        app.until(app.begun)
        own, of_bob = app.ask("wait", seconds=0.0), app.ask("wait", user=app.user("bob"), seconds=0.0)
        pool.wake()
        app.until(lambda: app.ended(of_bob))
        assert (app.run(hung).state, app.run(own).state) == ("running", "waiting")


def test_a_cancelled_run_is_stopped_and_its_place_is_free_at_once(app):
    hung = app.ask("hang")
    with app.working(workers=1) as pool:
        app.until(app.begun)
        next_one = app.ask("wait", seconds=0.0)
        with app.database.writing() as session:
            end_early(session, session.get_one(Run, hung), "cancelled", "Cancelled by ada.")
        pool.wake()
        app.until(lambda: app.ended(next_one), 10.0)
    assert app.run(hung).sentence == "Cancelled by ada."


def test_a_run_that_takes_too_much_memory_fails_alone_at_once(app):
    slowly = app.ask("allocate", at_once_mb=20, pause=0.05)
    with app.working(memory_mb=600):
        app.until(lambda: app.ended(slowly))
    run = app.run(slowly)
    assert (run.state, run.attempts) == ("failed", 1)
    assert "more than 600 MB" in run.sentence


def test_memory_that_is_asked_for_at_once_is_refused(tmp_path):
    app = Pooled(tmp_path, step_memory_mb=600)
    at_once = app.ask("allocate", at_once_mb=8000)
    with app.working():
        app.until(lambda: app.ended(at_once))
    assert app.run(at_once).sentence == "no memory"


def test_a_run_that_kills_its_process_is_given_up_and_others_go_on(app):
    crashing = app.ask("crash")
    others = [app.ask("wait", seconds=0.05) for _ in range(5)]
    with app.working():
        app.until(lambda: app.ended(crashing, *others))
    run = app.run(crashing)
    assert (run.state, run.attempts) == ("failed", MOST_FAULTS)
    assert len(app.begun()) - len(others) == MOST_FAULTS
    assert {app.run(other).state for other in others} == {"done"}


def test_workers_that_are_killed_busy_or_idle_are_replaced(app):
    with app.working() as pool:
        first = app.ask("wait", seconds=60)
        pool.wake()
        app.until(app.begun)
        app.ask("wait", seconds=0.0)
        for process in psutil.Process().children(recursive=True):
            if "forkserver" in " ".join(process.cmdline()) and process.pid in app.begun():
                process.kill()
        app.until(lambda: app.run(first).attempts == 2)
        with app.database.writing() as session:
            end_early(session, session.get_one(Run, first), "cancelled", "Cancelled.")
        pool.wake()
        time.sleep(1.5)
        for process in psutil.Process().children(recursive=True):  # all idle now
            if process.ppid() != os.getpid():
                process.kill()
        time.sleep(0.5)
        after = [app.ask("wait", seconds=0.0) for _ in range(4)]
        pool.wake()
        app.until(lambda: app.ended(*after))
        assert {app.run(run).state for run in after} == {"done"}
        assert pool.is_alive


def test_a_stop_gives_back_what_was_being_performed_and_costs_it_no_try(app):
    waiting = app.ask("wait", seconds=60)
    with app.working():
        app.until(app.begun)
    run = app.run(waiting)
    assert (run.state, run.faults, run.claim) == ("waiting", 0, None)
    assert not any(psutil.pid_exists(pid) for pid in app.begun())


def test_a_database_that_is_locked_for_ten_seconds_delays_and_loses_nothing(app):
    with app.working() as pool:
        running = app.ask("wait", seconds=1.0)
        pool.wake()
        app.until(app.begun)
        with locked_database(app.folder):
            time.sleep(10.0)
        later = app.ask("wait", seconds=0.0)
        pool.wake()
        app.until(lambda: app.ended(running, later))
    assert [(run.state, run.attempts) for run in app.runs()] == [("done", 1), ("done", 1)]


def test_two_pools_share_the_work_and_do_nothing_twice(app):
    asked = [app.ask("wait", seconds=0.02) for _ in range(20)]
    with app.working(), app.working():
        app.until(lambda: app.ended(*asked))
    assert {(run.state, run.attempts) for run in app.runs()} == {("done", 1)}
    assert len(app.begun()) == len(asked)


def test_a_process_is_known_by_its_name_until_and_after_its_end():
    assert not is_gone(process_name())
    assert is_gone(" ".join([*process_name().split(" ")[:2], "1.00"]))
    assert not is_gone("elsewhere/1 17 1.00")
    assert not is_gone("nonsense")


def test_after_servers_were_killed_everything_is_done_and_nothing_is_half_written(tmp_path):
    Drill(tmp_path, experiments=2, seed=1).rounds(3)  # `make drills` has a hundred


def test_nothing_of_a_killed_server_stays_behind(tmp_path):
    drill = Drill(tmp_path, experiments=1, seed=2)
    server = drill.start()
    drill.until_busy()
    family = psutil.Process(server.pid).children(recursive=True)
    drill.kill(server)
    gone, left = psutil.wait_procs(family, timeout=10)
    assert gone
    assert [process.cmdline() for process in left] == []
