"""People keep their names and passwords, steps their parameters, as far as they can be used."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from paleobc.services.accounts import authenticate
from paleobc.services.importing.old_database import OldStep
from paleobc.services.importing.parameters import options_of_steps, relief_variable
from paleobc.store.tables import Experiment, User
from paleobc.vegetation.pft import DEFAULT_BANDS
from werkzeug_checksums import PASSWORD, SCRYPT


def names(app):
    with app.database.reading() as session:
        return set(session.scalars(select(User.name)))


def test_who_had_an_account_signs_in_with_the_old_password(app, old, bring):
    old.user("anna", SCRYPT)
    bring()
    with app.database.reading() as session:
        found = authenticate(session, "Anna", PASSWORD)
    assert (found.name, found.role, found.state) == ("anna", "user", "active")


def test_who_has_an_account_here_keeps_its_password_and_gets_the_experiments(app, old, bring, world):
    here = app.user("Anna", role="admin")
    old.revision(old.experiment(old.user("anna", SCRYPT)), "raw", world)
    (said,) = bring().said
    assert "'Anna' has an account here already" in said
    with app.database.reading() as session:
        assert session.get_one(User, here.id).password_hash is None
        assert session.scalars(select(Experiment.owner_id)).one() == here.id
    assert bring().said == []


def test_two_people_whose_names_are_one_here_stay_two(app, old, bring, world):
    for name in ("Ada", "ada", "ADA "):
        old.revision(old.experiment(old.user(name)), "raw", world)
    for _ in range(2):
        bring()
        assert names(app) == {"Ada", "ada 2", "ADA 3"}
    with app.database.reading() as session:
        assert len(set(session.scalars(select(Experiment.owner_id)))) == 3


@pytest.mark.parametrize("checksum", ["plain$$secret", "", "pbkdf2:sha256:99999999999$a$" + "0" * 64, "x" * 5000])
def test_an_account_with_another_checksum_waits_for_a_new_password(app, old, bring, checksum):
    old.user("anna", checksum)
    (said,) = bring().said
    assert "'anna' needs a new password" in said
    with app.database.reading() as session:
        assert authenticate(session, "anna", "secret") is None
        assert authenticate(session, "anna", "") is None


@pytest.mark.parametrize(
    ("name", "becomes"), [("x", "user 1 x"), ("", "user 1"), ("a" * 200, "a" * 54), (" b c ", "b c")]
)
def test_names_that_cannot_be_used_are_changed(app, old, bring, name, becomes):
    old.user(name)
    assert any(repr(becomes) in said for said in bring().said)
    assert names(app) == {becomes}


def test_the_table_of_plants_and_the_resolution_become_options():
    rows = [[30, 0, 29, 71, *[0] * 10], [90, 100, *[0] * 12]]
    steps = (
        OldStep("pft", json.dumps({"id": 1, "data": json.dumps({"dataArray": rows})})),
        OldStep("regrid", json.dumps({"Longitude Step": "2", "Latitude Step": "2.0", "interpolator": "nearest"})),
        OldStep("heatflow", json.dumps({"id": 1})),
    )
    options, left = options_of_steps(steps, is_regridded=False)
    assert left == []
    bands = [{"up_to": 30.0, "pft2": 29.0, "pft3": 71.0}, {"up_to": 90.0, "pft1": 100.0}]
    assert options == {"pft": {"bands": bands}, "regrid": {"resolution": 2.0, "method": "nearest"}}
    assert "regrid" not in options_of_steps(steps, is_regridded=True)[0]


def test_the_table_that_the_tool_began_with_is_our_default():
    rows = [[band["up_to"], *(band.get(f"pft{number}", 0) for number in range(1, 14))] for band in DEFAULT_BANDS]
    step = OldStep("pft", json.dumps({"data": json.dumps({"dataArray": rows})}))
    assert options_of_steps((step,), is_regridded=False) == ({}, [])


@pytest.mark.parametrize(
    ("step", "parameters"),
    [
        ("pft", {"data": json.dumps({"dataArray": [[90, 50, *[0] * 12]]})}),
        ("pft", {"data": json.dumps({"dataArray": [[90, 100]]})}),
        ("pft", {"data": "x"}),
        ("pft", {}),
        ("pft", [1]),
        ("regrid", {"Longitude Step": "1", "Latitude Step": "2"}),
        ("regrid", {"Longitude Step": "one", "Latitude Step": "1"}),
        ("regrid", {"Longitude Step": "1", "Latitude Step": "1", "interpolator": "cubic"}),
        ("regrid", {"Longitude Step": "nan", "Latitude Step": "nan"}),
    ],
)
def test_parameters_that_cannot_be_used_are_told(step, parameters):
    options, left = options_of_steps((OldStep(step, json.dumps(parameters)),), is_regridded=False)
    assert options == {}
    assert [what for what, _ in left] == [f"parameters of {step}"]


def test_the_variable_of_the_relief_is_the_one_chosen_for_the_rivers(app, old, bring, tmp_path):
    assert relief_variable((OldStep("routing", '{"topo_var": "Z"}'),)) == "Z"
    assert relief_variable((OldStep("routing", '{"topo_var": 3}'),)) is None
    assert relief_variable(()) is None
