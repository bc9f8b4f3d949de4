"""Who makes the administrator's account may find the example there, and nobody else does."""

from __future__ import annotations

import time

from sqlalchemy import select

from paleobc.services.accounts import first_administrator_link
from paleobc.services.overview import experiment_data
from paleobc.store.tables import Experiment, Run, User
from sites import PASSWORD, Site, site


def _join(here: Site, name: str, invitation: str = "") -> None:
    form = {"name": name, "password": PASSWORD, "again": PASSWORD, "invitation": invitation}
    assert here.stranger().post("/register", data=form).status_code == 303


def _experiments(here: Site) -> list[Experiment]:
    with here.installation.database.reading() as session:
        return list(session.scalars(select(Experiment)))


def _runs(here: Site) -> list[Run]:
    with here.installation.database.reading() as session:
        return list(session.scalars(select(Run)))


def test_the_first_administrator_finds_the_example_being_built_and_others_do_not(tmp_path):
    with site(tmp_path, example=True, registration="open") as here:
        database = here.installation.database
        _join(here, "Grace")
        with database.writing() as session:
            secret = first_administrator_link(session)
        assert secret is not None
        _join(here, "Ada", secret)
        until = time.monotonic() + 30
        while not _runs(here) and time.monotonic() < until:  # the experiment is made before its relief is given
            time.sleep(0.05)
        (experiment,) = _experiments(here)
        with database.reading() as session:
            owner = session.get_one(User, experiment.owner_id)
            data = experiment_data(session, owner, experiment.id)
        (waits,) = _runs(here)
        assert (owner.name, data["name"], data["age"]) == ("Ada", "present-day Earth", 0.0)
        assert experiment.options["ocean_grid"]["poles"] == "auto"
        assert (waits.step, waits.state) == ("read_relief", "waiting")


def test_without_the_setting_the_administrator_begins_with_nothing(tmp_path):
    with site(tmp_path) as here:
        with here.installation.database.writing() as session:
            secret = first_administrator_link(session)
        assert secret is not None
        _join(here, "Ada", secret)
        time.sleep(1.0)
        assert _experiments(here) == []
