"""Workers that a real broker wakes: what they share, survive and give back."""

from __future__ import annotations

import signal
import time

import psutil
import pytest
from sqlalchemy import text

from paleobc.broker.depths import depths_at
from paleobc.broker.tickets import MOST_TICKETS, TICKET, Tickets
from paleobc.services.run_ends import recover
from paleobc.store.runs import MOST_ATTEMPTS
from paleobc.store.tables import Run
from ticketed import Ticketed

SCIENCE, DEAD = "paleobc.science", "paleobc.dead"


def test_the_command_performs_runs_tells_of_itself_and_stops_in_order(app):
    worker = app.worker("work", "--concurrency", "1")
    app.give_world(app.ada, app.id)
    app.until_living(1)
    (told,) = app.living()
    assert (told.kind, told.queues, told.concurrency) == ("worker", ["science", "weights"], 1)
    assert told.schema == app.database.schema
    assert told.memory_mb > 10
    app.until(lambda: app.said(app.id).get("relief") == "current", 60.0)
    assert app.end(worker) == 0
    assert app.living() == []
    assert "Traceback" not in app.log.read_text()


def test_a_web_server_with_a_broker_performs_nothing_and_wakes_those_who_do(app):
    server = app.worker("serve", port=0)
    app.until(lambda: app.living("web"), 60.0)
    assert (app.living("web")[0].concurrency, app.living("web")[0].queues) == (0, [])
    run = app.ask("wait", seconds=0.0)
    app.until(lambda: app.rabbitmq.depth(SCIENCE) == 1, 60.0)
    assert app.run(run).state == "waiting"
    app.worker(workers=1)
    app.until(lambda: app.ended(run), 60.0)
    app.end(server)
    assert app.living("web") == []


def test_two_workers_share_the_work_and_do_nothing_twice(app):
    for _ in range(2):
        app.worker(workers=1)
    app.until_living(2)
    with app.waking() as waker:
        asked = [app.ask("wait", user=app.user(f"user {number}"), seconds=0.3) for number in range(12)]
        waker.wake()
        app.until(lambda: app.ended(*asked), 60.0)
    assert {(run.state, run.attempts) for run in app.runs()} == {("done", 1)}
    assert len(app.begun()) == len(asked)
    assert len(set(app.begun())) > 2  # of both: one has two processes


def test_a_loop_in_native_code_is_killed_at_its_limit_and_its_worker_lives(app):
    worker = app.worker(step_seconds=2)
    hung = app.ask("hang")
    with app.waking():
        app.until(app.begun, 60.0)
        other = app.ask("wait", seconds=0.05)
        app.until(lambda: app.ended(hung, other))
    assert (app.run(hung).state, app.run(hung).attempts) == ("failed", 1)
    assert "longer than 2 seconds" in app.run(hung).sentence
    assert app.run(other).state == "done"
    assert worker.poll() is None


def test_the_run_of_a_worker_that_is_killed_is_done_once_by_another(app):
    first = app.worker(workers=1)
    app.until_living(1)
    run = app.ask("wait", seconds=1.0)
    app.until(lambda: len(app.begun()) == 1)
    app.end(first, signal.SIGKILL)
    app.worker(workers=1)
    app.until(lambda: app.ended(run), 60.0)
    assert (app.run(run).state, app.run(run).attempts, app.run(run).faults) == ("done", 2, 0)
    assert len(app.begun()) == 2


def test_what_was_purged_or_taken_away_with_its_queue_is_published_again(app):
    with app.waking():
        asked = [app.ask("wait", seconds=0.2) for _ in range(6)]
        app.until(lambda: app.rabbitmq.depth(SCIENCE) == 6)
        assert app.rabbitmq.purge(SCIENCE) == 6
        app.until(lambda: app.rabbitmq.depth(SCIENCE) == 6)
        app.worker(workers=1)
        app.until(app.begun, 60.0)
        app.rabbitmq.delete(SCIENCE)
        app.until(lambda: app.ended(*asked), 60.0)
    assert {(run.state, run.attempts) for run in app.runs()} == {("done", 1)}


def test_what_is_asked_while_the_broker_is_down_is_kept_and_performed_when_it_is_back(app):
    worker = app.worker(workers=1)
    with app.waking() as waker:
        before = app.ask("wait", seconds=4.0)
        waker.wake()
        app.until(app.begun, 60.0)
        app.rabbitmq.stop()
        try:
            asked = app.ask("wait", seconds=0.0)
            began = time.monotonic()
            waker.wake()
            assert time.monotonic() - began < 0.01
            app.until(lambda: not waker.is_broker_up)
            app.until(lambda: app.ended(before))
            time.sleep(1.5)
            assert waker.is_alive
        finally:
            app.rabbitmq.start()
        app.until(lambda: app.ended(asked))
        app.until(lambda: waker.is_broker_up)
    assert {(run.state, run.attempts) for run in app.runs()} == {("done", 1)}
    assert worker.poll() is None


def test_a_worker_waits_for_a_broker_that_is_not_there_yet_and_says_so(app):
    app.rabbitmq.stop()
    try:
        app.worker(workers=1)
        app.until(lambda: "cannot be reached; it is waited for" in app.log.read_text(), 60.0)
    finally:
        app.rabbitmq.start()
    run = app.ask("wait", seconds=0.0)
    app.until(lambda: app.ended(run))
    assert "guest:guest" not in app.log.read_text()


HOSTILE = [
    (b"not JSON", "application/json", {"task": TICKET, "id": "1"}),
    (b"5", "application/json", {"task": TICKET, "id": "1"}),
    (b'[[], {"queue": "science"}, {}]', "application/x-python-serialize", {"task": TICKET, "id": "1"}),
    (b"\x80\x04.", "application/x-python-serialize", {}),
    (b'[[], {"queue": "science"}, {}]', "application/json", {"task": "os.system", "id": "1"}),
    (b'[[], {"queue": "science"}, {}]', "application/json", {"task": TICKET, "id": "1", "eta": "2999-01-01T00:00:00"}),
    (b'[[], {"queue": "science"}, {}]', "application/json", {"task": TICKET, "id": "1", "compression": "gzip"}),
    (b'[["x"], {}, {"callbacks": [{"task": "x"}]}]', "application/json", {"task": TICKET, "id": "1"}),
    (b'{"task": "paleobc.ticket", "id": "1", "args": [], "kwargs": {}}', "application/json", {}),
]


def test_what_is_no_ticket_is_put_aside_at_once_and_others_go_on(app):
    worker = app.worker(workers=1)
    app.until(lambda: "Tickets are taken" in app.log.read_text(), 60.0)
    with app.waking():
        with app.rabbitmq.connection() as connection, connection.Producer(auto_declare=False) as producer:
            for body, kind, headers in HOSTILE:
                producer.publish(
                    body, routing_key=SCIENCE, content_type=kind, content_encoding="utf-8", headers=headers
                )
        run = app.ask("wait", seconds=0.0)
        app.until(lambda: app.ended(run))
        app.until(lambda: app.rabbitmq.depth(DEAD) == len(HOSTILE))
    assert worker.poll() is None


def test_a_ticket_that_kills_its_workers_is_put_aside_and_its_run_ends_at_last(app):
    poison, others = app.ask("kill_server"), []
    with app.waking(deliveries=2):
        while not app.ended(poison):
            worker = app.worker(workers=1, delivery_limit=2)
            assert worker.wait(timeout=60) == -signal.SIGKILL
            others.append(app.ask("wait", user=app.user(f"user {len(others)}"), seconds=0.0))
            with app.database.writing() as session:  # time passes, and many more die of it
                session.execute(text("update runs set lease_until = started where state = 'running'"))
                session.query(Run).where(Run.attempts == 2).update({"attempts": MOST_ATTEMPTS})
            recover(app.database, [])
        app.until(lambda: app.rabbitmq.depth(DEAD) >= 1)
        app.worker(workers=1, delivery_limit=2)
        app.until(lambda: app.ended(*others), 60.0)
    assert app.run(poison).state == "failed"
    assert {app.run(other).state for other in others} == {"done"}


def test_a_worker_that_is_told_to_stop_gives_back_what_it_cannot_end_in_time(app):
    worker = app.worker(workers=2, stop_seconds=3)
    app.until_living(1)
    long, short = app.ask("wait", seconds=60), app.ask("wait", seconds=1.5)
    app.until(lambda: len(app.begun()) == 2)
    worker.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    later = app.ask("wait", seconds=0.0)
    assert worker.wait(timeout=30) == 0
    assert [app.run(run).state for run in (long, short, later)] == ["waiting", "done", "waiting"]
    assert (app.run(long).faults, app.run(long).claim) == (0, None)


def test_a_second_signal_ends_a_worker_at_once_and_its_processes_with_it(app):
    worker = app.worker(stop_seconds=60)
    app.until_living(1)
    app.ask("hang")
    app.until(app.begun)
    worker.send_signal(signal.SIGINT)
    time.sleep(0.5)
    worker.send_signal(signal.SIGINT)
    assert worker.wait(timeout=5) == 1
    app.until(lambda: not _is_running(app.begun()[0]), 5.0)


def test_a_worker_of_another_schema_takes_nothing_until_they_agree(app):
    good = app.database.schema
    _set_schema(app, "9999")
    app.worker()
    app.until_living(1, "refused")
    assert "9999" in app.living()[0].said
    run = app.ask("wait", seconds=0.0)
    time.sleep(1.5)
    assert app.run(run).state == "waiting"
    _set_schema(app, good)
    app.until(lambda: app.ended(run))
    _set_schema(app, "9999")
    app.until_living(1, "refused")
    run = app.ask("wait", seconds=0.0)
    time.sleep(1.5)
    assert app.run(run).state == "waiting"
    _set_schema(app, good)
    app.until(lambda: app.ended(run))


def test_a_worker_lives_where_there_is_no_register(app):
    with app.database.writing() as session:
        session.execute(text("drop table processes"))
    _set_schema(app, "0001")
    worker = app.worker()
    app.until(lambda: "has the schema 0001" in app.log.read_text(), 60.0)
    time.sleep(1.0)
    assert worker.poll() is None
    assert "Traceback" not in app.log.read_text()


def test_twenty_long_runs_of_one_user_do_not_hold_up_those_of_another(app):
    app.worker(workers=2)
    long = [app.ask("wait", seconds=60) for _ in range(20)]
    with app.waking():
        app.until(lambda: len(app.begun()) == 2, 60.0)
        bob = app.user("bob")
        for _ in range(3):
            began = time.monotonic()
            of_bob = app.ask("wait", user=bob, seconds=0.0)
            app.until(lambda run=of_bob: app.ended(run), 15.0)
            assert time.monotonic() - began < 10.0
    assert [app.run(run).state for run in long].count("running") == 2


def test_who_does_one_kind_of_work_leaves_others_alone(app):
    app.worker("work", "--queues", "weights", "--concurrency", "1")
    app.until_living(1)
    run = app.ask("wait", seconds=0.0)
    with app.waking():
        time.sleep(2.0)
    assert app.run(run).state == "waiting"
    assert app.living()[0].queues == ["weights"]


def test_a_thousand_waiting_runs_make_a_bounded_number_of_tickets(app):
    tickets = Tickets(app.rabbitmq.url, 5)
    assert tickets.publish_missing({"science": 1000}) == MOST_TICKETS
    assert tickets.publish_missing({"science": 1000}) == 0
    assert depths_at(app.rabbitmq.url, ["science", "never_used"]) == {
        "science": (MOST_TICKETS, 0),
        "never_used": (0, 0),
        "dead": (0, 0),
    }
    tickets.close()


def test_a_queue_that_takes_nothing_for_long_is_made_anew(app, monkeypatch, caplog):
    def hang(*_: object) -> None:
        raise TimeoutError

    tickets = Tickets(app.rabbitmq.url, 5)
    assert tickets.publish_missing({"science": 3}) == 3
    monkeypatch.setattr("paleobc.broker.tickets._REST", 0.0)
    with monkeypatch.context() as patched:
        patched.setattr("paleobc.broker.tickets._publish", hang)
        with pytest.raises(TimeoutError):
            tickets.publish_missing({"science": 4})
        assert app.rabbitmq.depth(SCIENCE) == 3
        patched.setattr("paleobc.broker.tickets._LONGEST_SILENCE", 0.0)
        with pytest.raises(TimeoutError):
            tickets.publish_missing({"science": 4})
    assert "took nothing for long and is made anew" in caplog.text
    assert tickets.publish_missing({"science": 4}) == 4
    tickets.close()


def test_queues_that_were_made_with_another_limit_are_used_as_they_are(app, caplog):
    for deliveries in (5, 7):
        tickets = Tickets(app.rabbitmq.url, deliveries)
        assert tickets.publish_missing({"science": 1}) == (deliveries == 5)
        tickets.close()
    assert "was made with other settings" in caplog.text


@pytest.mark.parametrize("arguments", [["--queues", "Science"], ["--queues", ""]])
def test_queues_that_cannot_be_are_refused(app, arguments):
    assert app.worker("work", *arguments).wait(timeout=60) == 1
    assert "is no queue" in app.log.read_text()


def test_the_command_says_what_it_needs_where_there_is_no_broker(app):
    assert app.worker("work", "--concurrency", "1", broker_url="").wait(timeout=60) == 1
    assert "PALEOBC_BROKER_URL" in app.log.read_text()


def _is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _set_schema(app: Ticketed, name: str) -> None:
    with app.database.writing() as session:
        session.execute(text("update alembic_version set version_num = :name"), {"name": name})
