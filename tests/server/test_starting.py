"""The first page is there before the science is loaded, and what needs it waits."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from paleobc.server.app import rest_of
from paleobc.server.frame import Rest
from sites import Site, site


class SlowLoad:
    """A load that takes as long as it is told to."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.site: Site | None = None
        self.pool: Pool | None = None

    def __call__(self) -> Rest:
        assert self.go_on.wait(20)
        assert self.site is not None
        return rest_of(self.site.installation, self.pool)


class Pool:
    """A pool that counts."""

    def __init__(self) -> None:
        self.started = self.stopped = self.woken = 0
        self.is_alive = True

    def start(self) -> None:
        self.started += 1

    def stop(self) -> None:
        self.stopped += 1

    def wake(self) -> None:
        self.woken += 1


def test_one_signs_in_while_the_rest_is_loaded_and_the_rest_waits(tmp_path):
    load = SlowLoad()
    with site(tmp_path, load) as here, ThreadPoolExecutor(2) as others:
        load.site = here
        browser = here.browser(here.user("ada"))
        assert here.stranger().get("/sign-in").status_code == 200
        assert browser.get("/account").status_code == 200
        ready = here.stranger().get("/health/ready")
        assert (ready.status_code, ready.json()["checks"]["program"]) == (503, False)
        pages = [others.submit(browser.get, path) for path in ("/experiments", "/api/v1/me")]
        time.sleep(0.3)
        assert not any(page.done() for page in pages)
        load.go_on.set()
        assert [page.result().status_code for page in pages] == [200, 200]
        assert here.stranger().get("/health/ready").status_code == 200


def test_a_load_that_fails_is_told(tmp_path):
    def fails() -> Rest:
        raise ImportError("a library is not there")

    with site(tmp_path, fails) as here:
        browser = here.browser(here.user("ada"))
        time.sleep(0.2)
        answer = browser.get("/experiments")
        assert answer.status_code == 500
        assert "library" not in answer.text
        assert here.stranger().get("/health/ready").status_code == 503


def test_the_pool_begins_and_ends_with_the_application_and_is_woken_by_what_asks_for_runs(tmp_path):
    load, pool = SlowLoad(), Pool()
    load.pool = pool
    with site(tmp_path, load) as here:
        load.site = here
        load.go_on.set()
        program = here.program(here.user("ada"))
        assert program.get("/me").status_code == 200
        assert (pool.started, pool.woken) == (1, 0)
        assert program.post("/experiments", json={"name": "x"}).status_code == 201
        assert pool.woken == 1
    assert pool.stopped == 1
