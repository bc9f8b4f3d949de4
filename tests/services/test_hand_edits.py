"""Changes by hand in an experiment: saved, followed, taken away, restored, copied, handed over, and never lost."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from hand_worlds import log_on
from paleobc.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from paleobc.formats.netcdf import read_netcdf
from paleobc.services.builds import build
from paleobc.services.experiment_recipes import recipe_of
from paleobc.services.experiments import delete_experiment, remove_for_good, set_options
from paleobc.services.exports import file_of_revision, recipe_text
from paleobc.services.hand_edits import (
    edits_by_hand,
    hand_edits_data,
    restore_hand_edits,
    save_hand_edits,
    take_away_hand_edits,
)
from paleobc.services.history import restore_revision, revisions_data
from paleobc.services.maintenance import tidy
from paleobc.services.overview import experiment_data
from paleobc.services.sharing import duplicate, send_copy, share_experiment
from paleobc.services.unedited import unedited_file
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH
from paleobc.store.contents import content_name
from paleobc.store.tables import Experiment
from paleobc.topography.edits.edit import Add, Set
from paleobc.topography.edits.log import EditLog
from paleobc.topography.edits.shapes import Box, Combined, ValueRange

SOIL = ValueRange(1.0, 12.0)  # on the sea soils are 0
SOME = Combined("intersection", Box(20.0, -10.0, 45.0, 10.0), SOIL)
OTHER = Combined("intersection", Box(60.0, -10.0, 75.0, 10.0), SOIL)


def soils_log(app, user, world, *edits, variable="soilcolor") -> EditLog:
    """Log of edits of the soils, made on what their step made."""
    return log_on(unedited_file(app.database, app.files, user, world, "soils")[1], variable, *edits)


def save(app, user, world, *edits, variable="soilcolor", **how) -> None:
    log = soils_log(app, user, world, *edits, variable=variable)
    save_hand_edits(app.database, app.files, user, world, "soils", log, **how)


def asset_of(app, user, world, asset="soils"):
    with app.database.reading() as session:
        return next(a for a in experiment_data(session, user, world)["assets"] if a["asset"] == asset)


def history_of(app, user, world, asset="soils"):
    with app.database.reading() as session:
        return revisions_data(session, user, world, asset)


def changes_of(app, user, world):
    with app.database.reading() as session:
        return hand_edits_data(session, user, world, "soils")


def values_of(app, world, variable="soilcolor"):
    return app.contents.load(app.states(world)["soils"].usable)[variable].values


def test_changes_make_a_new_revision_and_nothing_that_does_not_depend_on_it(app, ada, world):
    first = app.states(world)["soils"].usable
    save(app, ada, world, (SOME, Set(7.0)), reason="red earth")
    assert app.said(world)["soils"] == "waiting"
    assert app.work() == {"soils": 1}
    state = app.states(world)["soils"]
    assert (state.state, state.revision.number) == ("current", 2)
    assert (values_of(app, world) == 7.0).any()
    assert app.contents.load(state.usable).attrs["changed_by_hand"].endswith("cells of soilcolor")
    assert unedited_file(app.database, app.files, ada, world, "soils")[0] == first
    told = asset_of(app, ada, world)["changed_by_hand"]
    assert (told["revision"], told["edits"], told["made_by"], told["reason"]) == (1, 1, "ada", "red earth")
    assert told["lists"] == [
        {"variable": "soilcolor", "index": {}, "edits": 1, "reasons": ["as the map of 2020 has it"]}
    ]
    assert asset_of(app, ada, world, "pft")["changed_by_hand"] is None
    later, earlier = history_of(app, ada, world)
    assert later["changed_by_hand"] == {"revision": 1, "edits": 1}
    assert later["inputs"]["hand_edits_soils"] == 1
    assert earlier["changed_by_hand"] is None


def test_nothing_else_of_the_experiment_shows_the_changes_as_an_asset(app, ada, world):
    with app.database.reading() as session:
        before = experiment_data(session, ada, world)
    save(app, ada, world, (SOME, Set(7.0)))
    app.work()
    with app.database.reading() as session:
        after = experiment_data(session, ada, world)
    assert (
        [a["asset"] for a in before["assets"]]
        == [a["asset"] for a in after["assets"]]
        == [*GRAPH.sources, *GRAPH.assets]
    )
    for asset in ("hand_edits_soils", "unedited_soils"):
        with app.database.reading() as session, pytest.raises(NotFoundError):
            revisions_data(session, ada, world, asset)


def test_fields_of_one_file_are_changed_one_by_one(app, ada, world):
    save(app, ada, world, (SOME, Set(7.0)))
    save(app, ada, world, (SOME, Set(9.0)), variable="soiltext")
    save(app, ada, world, (OTHER, Set(8.0)))
    app.work()
    changes = edits_by_hand(app.database, app.files, ada, world, "soils")
    assert (changes.number, [log.variable for log in changes.logs]) == (3, ["soilcolor", "soiltext"])
    assert changes.log_for("soilcolor", ()).edits[0].operation == Set(8.0)
    assert changes.log_for("trip", ()) is None
    assert 7.0 not in values_of(app, world)
    assert 8.0 in values_of(app, world)
    assert 9.0 in values_of(app, world, "soiltext")
    nothing = EditLog(*(getattr(changes.logs[0], key) for key in ("quantity", "grid", "base")), (), "soilcolor", ())
    save_hand_edits(app.database, app.files, ada, world, "soils", nothing)
    assert [log.variable for log in edits_by_hand(app.database, app.files, ada, world, "soils").logs] == ["soiltext"]


def test_taken_away_changes_leave_the_same_content_as_before(app, ada, world):
    before = {asset: state.usable for asset, state in app.states(world).items()}
    save(app, ada, world, (SOME, Set(7.0)))
    app.work()
    take_away_hand_edits(app.database, app.files, ada, world, "soils", reason="no")
    app.work()
    assert {asset: state.usable for asset, state in app.states(world).items()} == before
    assert asset_of(app, ada, world)["changed_by_hand"] is None
    assert edits_by_hand(app.database, app.files, ada, world, "soils").logs == ()
    newest, first = changes_of(app, ada, world)
    assert (newest["taken_away"], newest["reason"], newest["edits"]) == (True, "no", 0)
    assert (first["taken_away"], first["edits"], first["newest"]) == (False, 1, False)
    with pytest.raises(ConflictError, match="not changed by hand"):
        take_away_hand_edits(app.database, app.files, ada, world, "soils")


def test_a_changed_base_is_followed_and_the_base_of_the_next_edits_is_kept(app, ada, world):
    save(app, ada, world, (SOME, Add(1.0)))
    app.work()
    with app.database.writing() as session:
        set_options(session, ada, world, "soils", {"colour": 6})
    assert app.work() == {"soils": 1}
    assert {6.0, 7.0} <= set(values_of(app, world).ravel())
    content, path = unedited_file(app.database, app.files, ada, world, "soils")
    base = read_netcdf(path)["soilcolor"].values
    assert 6.0 in base
    assert 7.0 not in base
    assert content == path.stem
    tidy(app.database, app.files, bin_days=1, left_alone=-1.0)
    assert unedited_file(app.database, app.files, ada, world, "soils") == (content, path)
    assert edits_by_hand(app.database, app.files, ada, world, "soils").logs


def test_earlier_changes_can_be_restored(app, ada, world):
    save(app, ada, world, (SOME, Set(7.0)))
    app.work()
    with_seven = app.states(world)["soils"].usable
    save(app, ada, world, (SOME, Set(8.0)))
    app.work()
    with app.database.writing() as session:
        restore_hand_edits(session, ada, world, "soils", 1)
    app.work()
    assert app.states(world)["soils"].usable == with_seven
    assert changes_of(app, ada, world)[0]["reason"] == "revision 1 restored"


def test_a_revision_is_restored_together_with_its_changes_or_with_none(app, ada, world):
    first = app.states(world)["soils"].usable
    save(app, ada, world, (SOME, Set(7.0)))
    app.work()
    changed = app.states(world)["soils"].usable
    for number, content in ((1, first), (2, changed), (1, first)):
        with app.database.writing() as session, pytest.raises(ConflictError, match="Changes by hand of Soils"):
            restore_revision(session, ada, world, "soils", number)
        with app.database.writing() as session:
            restore_revision(session, ada, world, "soils", number, with_inputs=True)
        app.work()
        assert app.states(world)["soils"].usable == content


def test_two_people_do_not_overwrite_each_other_unseen(app, ada, world):
    ben, eve = app.user("ben"), app.user("eve")
    with app.database.writing() as session:
        share_experiment(session, ada, world, "ben", may_change=True)
        share_experiment(session, ada, world, "eve", may_change=False)
    mine = soils_log(app, ada, world, (SOME, Set(7.0)))
    save(app, ben, world, (SOME, Set(8.0)), seen=0)
    with pytest.raises(ConflictError, match="Somebody else changed Soils by hand"):
        save_hand_edits(app.database, app.files, ada, world, "soils", mine, seen=0)
    save_hand_edits(app.database, app.files, ada, world, "soils", mine, seen=1)
    assert [change["made_by"] for change in changes_of(app, ada, world)] == ["ada", "ben"]
    assert edits_by_hand(app.database, app.files, eve, world, "soils").number == 2
    with pytest.raises(ForbiddenError):
        save_hand_edits(app.database, app.files, eve, world, "soils", mine)
    stranger = app.user("stranger")
    for refused in (edits_by_hand, unedited_file, take_away_hand_edits):
        with pytest.raises(NotFoundError):
            refused(app.database, app.files, stranger, world, "soils")
    with pytest.raises(NotFoundError):
        save_hand_edits(app.database, app.files, stranger, world, "soils", mine)


def test_what_cannot_be_carried_out_is_refused_and_changes_nothing(app, ada, world):
    log = soils_log(app, ada, world, (SOME, Set(7.0)))
    other = EditLog("value", log.grid, log.base, log.edits, "nav_lat", ())
    with pytest.raises(InputError, match="where the cells lie"):
        save_hand_edits(app.database, app.files, ada, world, "soils", other)
    with pytest.raises(InputError, match="names none"):
        save_hand_edits(app.database, app.files, ada, world, "soils", EditLog("height", log.grid, "", ()))
    for asset, said in (
        ("edited_relief", "relief_edits"),
        ("bathymetry", "depth_edits"),
        ("ocean_grid", "grid"),
        ("x", "cannot be"),
    ):
        with pytest.raises(InputError, match=said):
            save_hand_edits(app.database, app.files, ada, world, asset, log)
    assert changes_of(app, ada, world) == []
    assert app.work() == {}


def test_a_copy_has_the_changes_and_computes_nothing(app, ada, world):
    save(app, ada, world, (SOME, Set(7.0)))
    app.work()
    ben = app.user("ben")
    with app.database.writing() as session:
        copies = [(ada, duplicate(session, ada, world, "mine").id), (ben, send_copy(session, ada, world, "ben").id)]
    assert app.work() == {}
    for user, copy in copies:
        assert app.states(copy)["soils"].usable == app.states(world)["soils"].usable
        assert asset_of(app, user, copy)["changed_by_hand"]["edits"] == 1
        assert unedited_file(app.database, app.files, user, copy, "soils")[0]
    with app.database.writing() as session:
        delete_experiment(session, ada, world)
    with app.database.writing() as session:
        remove_for_good(session, ada, world)
    tidy(app.database, app.files, bin_days=1, left_alone=-1.0)
    for user, copy in copies:
        assert edits_by_hand(app.database, app.files, user, copy, "soils").logs
        assert unedited_file(app.database, app.files, user, copy, "soils")[1].is_file()


def test_removed_for_good_nothing_of_the_changes_stays(app, ada, world):
    save(app, ada, world, (SOME, Set(7.0)))
    app.work()
    with app.database.reading() as session:
        kept = recipe_of(session, session.get_one(Experiment, world)).given["hand_edits_soils"].content
    assert app.contents.has(kept)
    with app.database.writing() as session:
        delete_experiment(session, ada, world)
    with app.database.writing() as session:
        remove_for_good(session, ada, world)
    tidy(app.database, app.files, bin_days=1, left_alone=-1.0)
    assert not app.contents.has(kept)
    assert list(app.files.names("contents")) == []


def test_lost_changes_are_told_and_never_passed_over(app, ada, world):
    save(app, ada, world, (SOME, Set(7.0)))
    app.work()
    content = app.states(world)["hand_edits_soils"].usable
    app.files.remove(content_name(content))
    with pytest.raises(ConflictError, match="gone from the store"):
        edits_by_hand(app.database, app.files, ada, world, "soils")
    state = app.states(world)["soils"]
    assert (state.state, state.why) == ("stale", "waits for hand_edits_soils, which failed")
    assert app.work() == {}
    take_away_hand_edits(app.database, app.files, ada, world, "soils")
    app.work()
    assert app.said(world)["soils"] == "current"


def test_a_lost_base_is_made_again(app, ada, world):
    save(app, ada, world, (SOME, Set(7.0)))
    app.work()
    content = unedited_file(app.database, app.files, ada, world, "soils")[0]
    app.files.remove(content_name(content))
    with pytest.raises(ConflictError, match="look again in a moment"):
        unedited_file(app.database, app.files, ada, world, "soils")
    assert app.work() == {"soils": 1}
    assert unedited_file(app.database, app.files, ada, world, "soils")[0] == content


def test_a_recipe_that_is_handed_over_makes_the_same_files_to_the_bit(app, ada, world, tmp_path):
    save(app, ada, world, (SOME, Set(7.0)))
    save(app, ada, world, (OTHER, Add(1.0)), variable="soiltext")
    path = unedited_file(app.database, app.files, ada, world, "lateral_viscosity")[1]
    log = log_on(path, "icof", (Box(-30.0, -20.0, 0.0, 20.0), Set(50.0)))
    save_hand_edits(app.database, app.files, ada, world, "lateral_viscosity", log)
    app.work()
    with app.database.reading() as session:
        (tmp_path / "recipe.yaml").write_text(recipe_text(session, ada, world), encoding="utf-8")
        recipe_of(session, session.get_one(Experiment, world)).write_inputs(tmp_path, app.files, app.contents)
    assert (tmp_path / "inputs" / "hand_edits_soils_2.json").is_file()
    assets = [asset for asset in GRAPH.assets if ASSETS[asset].file_name and not ASSETS[asset].is_set]
    built = build(tmp_path / "recipe.yaml", tmp_path / "out", only=assets)
    found = {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path, name, _ in (file_of_revision(app.database, app.files, ada, world, asset) for asset in assets)
    }
    assert found == {file.name: file.sha256 for file in built.files}
    assert built.recipe.path_of("hand_edits_soils_1").name == "hand_edits_soils_1.json"
    soils = read_netcdf(Path(tmp_path / "out" / "soils_param.nc"))
    assert json.loads(soils.attrs["paleobc_recipe"])["sources"]["hand_edits_soils_1"]["variable"] == "soilcolor"
    earlier = file_of_revision(app.database, app.files, ada, world, "soils", 1)[0]
    assert "paleobc_changed_by_hand" not in read_netcdf(earlier).attrs
