"""Waking the workers: it delays nobody, fails for nobody, and a broker that is down is no reason to stop."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import closing, contextmanager

import pytest

from paleobc.broker.process import process_name
from paleobc.broker.rabbitmq import TicketConsumer
from paleobc.broker.tickets import TICKET, Tickets, is_ticket
from paleobc.broker.waking import Waker
from paleobc.server.app import rest_of
from paleobc.services.run_ends import recover
from paleobc.store.processes import tell
from paleobc.store.runs import begin, claim_next
from paleobc.store.tables import Run
from pooled import Pooled
from servers.rabbitmq import free_port
from sites import Site


@contextmanager
def a_broker_that_says_nothing():
    """Address at which connections are taken, and nothing is ever answered."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield f"amqp://127.0.0.1:{listener.getsockname()[1]}//"


def until(condition):
    """Wait until something holds."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_broker_that_is_not_there_is_told_at_once_and_let_alone_for_a_while():
    tickets = Tickets(f"amqp://127.0.0.1:{free_port()}//", 5)
    with pytest.raises(OSError, match="refused"):
        tickets.publish_missing({"science": 1})
    assert not tickets.is_up
    began = time.monotonic()
    assert tickets.publish_missing({"science": 1}) == 0
    assert time.monotonic() - began < 0.01


def test_a_broker_that_says_nothing_holds_up_nobody_for_long():
    with a_broker_that_says_nothing() as url:
        tickets = Tickets(url, 5)
        began = time.monotonic()
        with pytest.raises(OSError, match="timed out"):
            tickets.publish_missing({"science": 1})
        assert time.monotonic() - began < 6.0


def test_who_waits_for_a_broker_stops_at_once():
    consumer = TicketConsumer(f"amqp://127.0.0.1:{free_port()}//", 5, ["science"], 1, lambda: None)
    consumer.start()
    time.sleep(0.7)
    began = time.monotonic()
    consumer.stop()
    assert time.monotonic() - began < 4.0
    assert not any(thread.name == "tickets" for thread in threading.enumerate())


def test_pages_are_ready_without_broker_and_workers_and_say_so(tmp_path):
    url = f"amqp://127.0.0.1:{free_port()}//"
    here = Site(tmp_path, lambda: rest_of(here.installation, waker), broker_url=url)
    waker = Waker(here.installation.database, Tickets(url, 5))
    here.start()
    client = here.stranger()
    until(lambda: not waker.is_broker_up and client.get("/health/ready").is_success)
    checks = client.get("/health/ready").json()["checks"]
    assert (checks["broker"], checks["workers"]) == ("down", "none")
    with here.installation.database.writing() as session:
        tell(session, "a worker", kind="worker", host="here", version="1", schema="1")
    assert client.get("/health/ready").json()["checks"]["workers"] is True
    here.stop()
    assert not waker.is_alive


def test_what_was_lost_is_given_back_by_whoever_wakes(tmp_path):
    app = Pooled(tmp_path)
    run = app.ask("wait", seconds=0.0)
    with app.database.writing() as session:
        claim_next(session, "elsewhere/1 1 1.0")
    with app.database.writing() as session:
        session.get_one(Run, run).lease_until = None
    waker = Waker(app.database, Tickets(f"amqp://127.0.0.1:{free_port()}//", 5), lambda own: recover(app.database, own))
    waker.start()
    until(lambda: app.run(run).state == "waiting")
    waker.stop()
    assert not any(thread.name == "waker" for thread in threading.enumerate())


def test_a_run_whose_process_ended_is_left_to_its_worker_as_long_as_that_lives(tmp_path):
    app = Pooled(tmp_path)
    run_id = app.ask("wait", seconds=0.0)
    ended = " ".join([*process_name().split(" ")[:2], "1.00"])
    with app.database.writing() as session:
        run = claim_next(session, process_name())
        begin(session, run.id, run.claim, ended)
    assert recover(app.database, [], is_alone=False) == 0
    assert recover(app.database, []) == 1
    assert app.run(run_id).state == "waiting"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (None, b'[[], {"queue": "science"}, {}]'),
        ({"task": TICKET}, b'[[], {"queue": "science"}, {}]'),
        ({"task": TICKET, "id": 1}, b'[[], {"queue": "science"}, {}]'),
        ({"task": TICKET, "id": "1", "expires": "2000-01-01"}, b'[[], {"queue": "science"}, {}]'),
        ({"task": TICKET, "id": "1"}, b"[" * 3000),
        ({"task": TICKET, "id": "1"}, b" " * 5000 + b'[[], {"queue": "science"}, {}]'),
        ({"task": TICKET, "id": "1"}, b"\xff\xfe"),
        ({"task": TICKET, "id": "1"}, b"[[], {}]"),
        ({"task": TICKET, "id": "1"}, b'[[], {"queue": "science", "more": 1}, {}]'),
        ({"task": TICKET, "id": "1"}, b'[[], {"queue": "science"}, {"callbacks": ["x"]}]'),
        ({"task": TICKET, "id": "1"}, b'[[], {"queue": "science"}, []]'),
    ],
)
def test_what_only_looks_like_a_ticket_is_none(headers, body):
    assert not is_ticket(headers, "application/json", body)
