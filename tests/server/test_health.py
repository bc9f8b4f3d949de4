"""Those who watch over the site learn how it is."""

from __future__ import annotations

import pytest

from servers.column import lose_database
from sites import site


@pytest.mark.parametrize("path", ["/health", "/health/ready", "/health/live"])
def test_a_site_that_works_says_so_to_everybody(shared, path):
    answer = shared.stranger().get(path)
    assert answer.status_code == 200
    assert answer.json()["state"] in ("ready", "live")


def test_a_site_without_its_database_is_not_ready_and_lives(tmp_path):
    with site(tmp_path) as here:
        here.installation.database.close()
        lose_database(tmp_path)
        answer = here.stranger().get("/health/ready")
        assert answer.status_code == 503
        assert answer.json()["checks"]["database"] is False
        assert here.stranger().get("/health/live").status_code == 200


def test_a_site_whose_workers_are_gone_is_not_ready(shared, monkeypatch):
    class Gone:
        is_alive = False

    monkeypatch.setattr(shared.app.state, "pool", Gone(), raising=False)
    answer = shared.stranger().get("/health")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": True, "files": True, "program": True, "workers": False}
