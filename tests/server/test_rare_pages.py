"""Pages that come up when something is in doubt: which variable is meant, what a restored file was made of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from netCDF4 import Dataset

from application import Application
from page_reader import Element, read_page, submitted
from paleobc.store.tables import Experiment, User
from sites import Browser, Site, site
from small_world import small_world, write_world


def write_two_reliefs(path: Path) -> Path:
    """A file with two fields of which each could be the relief."""
    write_world(path, small_world())
    with Dataset(path, "a") as file:
        file.renameVariable("topo", "relief_40Ma")
        second = file.createVariable("relief_34Ma", "f8", ("lat", "lon"))
        second.units = "m"
        second[:] = np.asarray(file.variables["relief_40Ma"][:]) + 100.0
    return path


@pytest.fixture
def here(tmp_path) -> Iterator[Site]:
    with site(tmp_path / "data") as found:
        yield found


@pytest.fixture
def application(here, tmp_path) -> Application:
    """What computes for the site."""
    return Application(tmp_path / "data")


@pytest.fixture
def ada(here) -> User:
    return here.user("ada")


@pytest.fixture
def browser(here, ada) -> Browser:
    return here.browser(ada)


def shown(browser: Browser, path: str) -> Element:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return read_page(answer.text)


def test_where_two_variables_could_be_meant_one_chooses_and_it_is_read(application, ada, browser, tmp_path):
    experiment = application.experiment(ada)
    run = application.give(ada, experiment, "relief", write_two_reliefs(tmp_path / "two.nc"))
    application.work()
    for path in (f"/experiments/{experiment}", f"/experiments/{experiment}/runs/{run.id}"):
        page = shown(browser, path)
        form = page.one("form", action=f"/experiments/{experiment}/runs/{run.id}/variable")
        assert {option.text for option in form.all("option")} == {"relief_40Ma", "relief_34Ma"}
        words = page.text
        assert "choose the one to be read" in words
        assert "command line" not in words  # this is a page
    answer = browser.send_form(form.attributes["action"], **submitted(form) | {"variable": "relief_34Ma"})
    assert answer.status_code == 303
    application.work()
    relief = application.contents.load(application.states(experiment)["relief"].usable)
    assert np.array_equal(np.sort(relief["height"].values, axis=None), np.sort(small_world() + 100.0, axis=None))
    assert not shown(browser, f"/experiments/{experiment}/runs/{run.id}").all("select")


def test_who_may_only_look_is_not_asked(here, application, ada, browser, tmp_path):
    experiment = application.experiment(ada)
    run = application.give(ada, experiment, "relief", write_two_reliefs(tmp_path / "two.nc"))
    application.work()
    here.user("bob")
    assert browser.send_form(f"/experiments/{experiment}/share", colleague="bob").status_code == 303
    bob = here.browser(here.user("bob"))
    for path in (f"/experiments/{experiment}", f"/experiments/{experiment}/runs/{run.id}"):
        assert not shown(bob, path).all("select")


def test_before_more_is_restored_than_was_asked_for_one_is_asked(application, ada, browser):
    experiment = application.experiment(ada)
    application.give_world(ada, experiment)
    application.work()
    first = application.states(experiment)["routing"].usable
    application.give_world(ada, experiment, higher=500.0)
    application.work()
    place = f"/experiments/{experiment}/assets/routing"
    answer = browser.send_form(f"{place}/1/restore")
    assert answer.status_code == 409
    page = read_page(answer.text)
    assert "Restore revision 1 of Routing?" in page.text
    assert "no revision is lost" in page.text
    assert page.one("main").all("a", href=place)
    assert application.work() == {}  # nothing was done yet
    form = page.one("form", action=f"{place}/1/restore")
    answer = browser.send_form(form.attributes["action"], **submitted(form))
    assert answer.headers["location"] == f"{place}?said=restored"
    application.work()
    assert application.states(experiment)["routing"].usable == first
    assert set(application.said(experiment).values()) <= {"current", "missing"}


def test_a_file_is_given_without_script(here, application, ada, browser, tmp_path):
    experiment = application.experiment(ada)
    world = write_world(tmp_path / "world.nc", small_world())
    page = shown(browser, f"/experiments/{experiment}")
    form = next(form for form in page.all("form") if form.attributes.get("enctype") == "multipart/form-data")
    place, _, token = form.attributes["action"].partition("?csrf=")
    assert token == browser.csrf
    for wrong in ("", "?csrf=", "?csrf=wrong"):  # in the address, as the body is not read before
        answer = browser.post(place + wrong, data={"csrf": browser.csrf}, files={"file": ("world.nc", b"CDF")})
        assert answer.status_code == 403, wrong
    assert application.work() == {}
    answer = browser.post(form.attributes["action"], files={"file": ("world.nc", world.read_bytes())})
    assert answer.headers["location"] == f"/experiments/{experiment}?said=given"
    assert application.work()["read_relief"] == 1


def test_an_experiment_is_made_without_script(here, browser):
    page = shown(browser, "/experiments/new")
    form = page.one("form", action="/experiments")
    assert "enctype" not in form.attributes  # the token in its body is read
    answer = browser.post("/experiments", data=submitted(form) | {"name": "Eocene", "age": "40"})
    assert answer.status_code == 303, answer.text
    with here.installation.database.reading() as session:
        assert session.query(Experiment).one().age == 40.0


def test_two_revisions_of_plants_are_compared_with_their_types_named(application, ada, browser):
    experiment = application.experiment(ada)
    application.give_world(ada, experiment)
    application.work()
    forest = {"options": {"bands": [{"up_to": 90.0, "pft2": 90.0, "pft3": 10.0}]}}
    place = f"/api/v1/experiments/{experiment}"
    answer = browser.put(f"{place}/steps/pft", json=forest, headers={"X-CSRF-Token": browser.csrf})
    assert answer.status_code == 200, answer.text
    application.work()
    page = shown(browser, f"/experiments/{experiment}/assets/pft/compare?first=1&second=2")
    assert "tropical broad-leaved evergreen" in page.text
    assert "Largest change" in page.text
    assert page.all("linearGradient") or page.all("lineargradient")  # the scale of the map
    found = browser.get(f"{place}/assets/pft/difference", params={"first": 1, "second": 2}).json()
    assert found["differs"] == "sizes"
    assert found["types"][0]["largest"] == pytest.approx(max((one["largest"] for one in found["types"]), key=abs))
