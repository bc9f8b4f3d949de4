"""What happens is told at once, to those who may know, and nothing is missed."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections import deque
from collections.abc import Iterator

import httpx
import pytest

from paleobc.server import events as server_events
from paleobc.services.sharing import share_experiment, unshare
from paleobc.store.events import add_event, newest_event
from paleobc.store.tables import SignIn, Token
from sites import Site, site


class Listener:
    """A page that listens: a thread that keeps what it is told."""

    def __init__(self, client: httpx.Client, path: str, **headers: str) -> None:
        self.found: list[tuple[int, dict, float]] = []
        self.status = 0
        self.open, self.ended = threading.Event(), threading.Event()
        self._client, self._path, self._headers = client, path, headers
        threading.Thread(target=self._listen, daemon=True).start()
        assert self.open.wait(10)

    def _listen(self) -> None:
        with contextlib.suppress(httpx.HTTPError):
            headers = {"Accept": "text/event-stream", **self._headers}
            with self._client.stream("GET", self._path, headers=headers) as answer:
                self.status = answer.status_code
                number = 0
                for line in answer.iter_lines():
                    self.open.set()
                    if line.startswith("id:"):
                        number = int(line[3:])
                    elif line.startswith("data:"):
                        self.found.append((number, json.loads(line[5:]), time.time()))
        self.open.set()
        self.ended.set()

    def wait_for(self, count: int, seconds: float = 5.0) -> list[tuple[int, dict, float]]:
        until = time.monotonic() + seconds
        while len(self.found) < count and time.monotonic() < until:
            time.sleep(0.01)
        return self.found


def happen(here: Site, experiment: str, kind: str = "run_started", count: int = 1) -> float:
    with here.installation.database.writing() as session:
        for number in range(count):
            add_event(session, kind, experiment_id=experiment, asset="relief", run=f"r{number}")
    return time.time()


@pytest.fixture
def here(tmp_path) -> Iterator[Site]:
    with site(tmp_path) as found:
        yield found


def test_an_event_reaches_every_open_page_within_a_second(here):
    ada = here.user("ada")
    experiment = here.experiment(ada)
    listeners = [Listener(here.browser(ada), "/events") for _ in range(5)]
    listeners += [Listener(here.browser(ada), f"/experiments/{experiment.id}/events") for _ in range(5)]
    listeners += [Listener(here.program(ada), f"/experiments/{experiment.id}/events")]
    time.sleep(0.5)
    for _ in range(3):
        at = happen(here, experiment.id)
        time.sleep(0.7)
        for listener in listeners:
            number, data, told = listener.found[-1]
            assert told - at < 1.0
            assert data["experiment"] == experiment.id
            assert data["kind"] == "run_started"
            assert data["asset"] == "relief"
            assert number > 0
    assert all(len(listener.found) == 3 for listener in listeners)


def test_another_process_that_writes_is_heard(here, tmp_path):
    ada = here.user("ada")
    experiment = here.experiment(ada)
    with site(tmp_path) as second:  # two processes on one database
        listener = Listener(second.browser(ada), "/events")
        happen(here, experiment.id)
        assert len(listener.wait_for(1)) == 1


def test_nothing_is_missed_after_a_reconnection(here, monkeypatch):
    here.app.state.watch._kept = deque(maxlen=10)
    monkeypatch.setattr(server_events, "_MOST_AT_ONCE", 7)
    ada = here.user("ada")
    experiment = here.experiment(ada)
    with here.installation.database.reading() as session:
        before = newest_event(session)
    told: list[int] = []
    stop = threading.Event()

    def write() -> None:
        for _ in range(60):
            happen(here, experiment.id)
            time.sleep(0.01)
        stop.set()

    thread = threading.Thread(target=write)
    thread.start()
    last = before
    while not stop.is_set() or last < before + 60:
        listener = Listener(here.browser(ada), "/events", **{"Last-Event-ID": str(last)})
        found = listener.wait_for(5, 1.0)
        listener._client.close()
        numbers = [number for number, _, _ in list(found)]
        told += numbers
        last = max(numbers, default=last)
    thread.join()
    assert told == list(range(before + 1, before + 61))


def test_who_asks_with_a_number_gets_what_came_after_it(here):
    ada = here.user("ada")
    experiment = here.experiment(ada)
    happen(here, experiment.id, count=3)
    with here.installation.database.reading() as session:
        newest = newest_event(session)
    listener = Listener(here.browser(ada), f"/events?after={newest - 2}")
    assert [number for number, _, _ in listener.wait_for(2)] == [newest - 1, newest]
    later = Listener(here.browser(ada), "/events?after=99999999")  # of another database: nothing of old, all of new
    happen(here, experiment.id)
    assert [number for number, _, _ in later.wait_for(1)] == [newest + 1]


def test_only_those_who_may_see_an_experiment_hear_of_it(here):
    ada, bob = here.user("ada"), here.user("bob")
    secret, common = here.experiment(ada, "secret"), here.experiment(ada, "common")
    with here.installation.database.writing() as session:
        share_experiment(session, ada, common.id, "bob", may_change=False)
    listener = Listener(here.browser(bob), "/events")
    live = Listener(here.browser(bob), "/events?after=0")
    time.sleep(0.5)
    happen(here, secret.id)
    happen(here, common.id, "revision")
    assert [data["experiment"] for _, data, _ in listener.wait_for(1)] == [common.id]
    assert {data["experiment"] for _, data, _ in live.wait_for(1)} == {common.id}
    assert here.browser(bob).get(f"/experiments/{secret.id}/events").status_code == 404
    assert here.program(bob).get(f"/experiments/{secret.id}/events").status_code == 404
    with here.installation.database.writing() as session:
        unshare(session, ada, common.id, "bob")
    time.sleep(0.5)
    heard = len(listener.found)
    happen(here, common.id)
    time.sleep(0.7)
    assert len(listener.found) == heard


def test_streams_need_somebody_who_has_signed_in(here):
    for path in ("/events", "/api/v1/events", "/experiments/x/events"):
        assert here.stranger().get(path, headers={"Accept": "text/event-stream"}).status_code == 401


@pytest.mark.parametrize("how", ["disabled", "signed out", "token removed"])
def test_a_stream_ends_with_the_right_to_it(here, how):
    ada = here.user("ada")
    client = here.program(ada) if how == "token removed" else here.browser(ada)
    listener = Listener(client, "/events")
    assert listener.status == 200
    with here.installation.database.writing() as session:
        if how == "disabled":
            session.merge(ada).state = "disabled"
        elif how == "signed out":
            session.query(SignIn).delete()
        else:
            session.query(Token).delete()
    assert listener.ended.wait(3)


def test_a_client_that_does_not_read_costs_no_memory(here):
    here.app.state.watch._kept = deque(maxlen=50)
    ada = here.user("ada")
    experiment = here.experiment(ada)
    browser = here.browser(ada)
    request = browser.build_request("GET", "/events", headers={"Accept": "text/event-stream"})
    answer = browser.send(request, stream=True)  # opened, and never read
    time.sleep(0.4)
    listener = Listener(here.browser(ada), "/events")
    happen(here, experiment.id, count=3000)
    assert len(listener.wait_for(3000, 15)) == 3000
    assert len(here.app.state.watch._kept) <= 50
    answer.close()


def test_streams_of_one_user_are_bounded(here, monkeypatch):
    monkeypatch.setattr(server_events, "_MOST_STREAMS", 3)
    ada = here.user("ada")
    listeners = [Listener(here.browser(ada), "/events") for _ in range(4)]
    assert sorted(listener.status for listener in listeners) == [200, 200, 200, 429]
    for listener in listeners:
        listener._client.close()
    until = time.monotonic() + 5
    while here.app.state.watch._streams and time.monotonic() < until:
        happen(here, here.experiment(ada).id)  # a line that is gone is noticed when something is said
        time.sleep(0.2)
    assert not here.app.state.watch._streams
