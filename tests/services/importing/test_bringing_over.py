"""What the existing tool kept is here afterwards: once, whole, and no more than that."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from datetime import UTC, datetime

import numpy as np
import pytest
from netCDF4 import Dataset
from sqlalchemy import func, select

from old_tool import action, box, write_file
from paleobc.errors import ConflictError
from paleobc.services.exports import file_of_revision
from paleobc.services.history import restore_revision, revisions_data
from paleobc.services.overview import activity_data
from paleobc.services.uploads import take_away
from paleobc.store.tables import Experiment, Revision, User
from small_world import small_world, write_world


def history(app, asset, experiment=None):
    """Revisions of an asset of the only experiment, oldest first."""
    with app.database.reading() as session:
        found = experiment or app.only_experiment()
        owner = session.get_one(User, session.get_one(Experiment, found).owner_id)
        return revisions_data(session, owner, found, asset)[::-1]


def count(app, table):
    with app.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def routing_of(path):
    field = np.ones((36, 72))
    return write_file(path, ("y", "x"), trip=field, basins=field, topoind=field)


def checksums(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.fixture
def anna(old):
    return old.user("anna")


def test_an_experiment_comes_with_its_words_files_times_and_reasons(app, old, bring, anna, world, tmp_path):
    words = {"auth-ref": "A. Author 2019", "age": "60", "hypothesis": "the strait was open"}
    experiment = old.experiment(anna, "topo 60Ma.nc", **words)
    old.revision(experiment, "raw", world, created="2021-05-06 07:08:09")
    old.revision(experiment, "routing", routing_of(tmp_path / "routing.nc"), created="2021-05-07 00:00:00")
    brought = bring()
    assert (brought.users, brought.experiments, brought.revisions, brought.left) == (1, 1, 2, [])
    with app.database.reading() as session:
        found = session.scalars(select(Experiment)).one()
    assert (found.name, found.author, found.age) == ("topo 60Ma", "A. Author 2019", 60.0)
    assert found.hypothesis == "the strait was open"
    assert found.created == datetime(2021, 5, 6, 7, 8, 9, tzinfo=UTC)
    (relief,), (routing,) = history(app, "relief"), history(app, "routing")
    assert (relief["step"], relief["source"]["file"], relief["made_by"]) == ("read_relief", "topo 60Ma.nc", "anna")
    assert relief["created"].startswith("2021-05-06T07:08:09")
    assert (routing["step"], routing["reason"]) == ("imported", "revision 1 of the existing tool")
    with app.database.reading() as session:
        happened = activity_data(session, app.named("anna"), found.id)
    assert "imported" in [event["kind"] for event in happened]


def test_what_it_made_is_computed_anew_and_stays_in_the_history(app, old, bring, anna, world, tmp_path):
    experiment = old.experiment(anna)
    old.revision(experiment, "raw", world)
    old.revision(experiment, "routing", routing_of(tmp_path / "routing.nc"))
    bring()
    found = app.only_experiment()
    assert app.states(found)["regridded_relief"].state == "waiting"
    app.work()
    made = history(app, "routing")
    assert [one["step"] for one in made] == ["imported", "routing"]
    assert app.states(found)["routing"].state == "current"
    with app.database.reading() as session:
        runs = [event for event in activity_data(session, app.named("anna"), found) if event.get("asset") == "routing"]
    assert "not made yet" in [event.get("why") for event in runs]


def test_a_file_of_it_can_be_downloaded_as_it_was_and_not_be_made_again(app, old, bring, anna, world, tmp_path):
    experiment = old.experiment(anna)
    old.revision(experiment, "raw", world)
    old.revision(experiment, "routing", routing_of(tmp_path / "routing.nc"))
    bring()
    user, found = app.named("anna"), app.only_experiment()
    path, name, _ = file_of_revision(app.database, app.files, user, found, "routing", 1)
    assert name == "routing.nc"
    with Dataset(path) as file:
        assert (file["trip"][...] == 1.0).all()
        assert "brought over" in file.history
        assert "paleobc_recipe" not in file.ncattrs()
    with app.database.writing() as session, pytest.raises(ConflictError, match="download it"):
        restore_revision(session, user, found, "routing", 1)


def test_weights_come_as_a_set_of_files(app, old, bring, anna, world, tmp_path):
    experiment = old.experiment(anna)
    old.revision(experiment, "raw", world)
    with tarfile.open(tmp_path / "weights.tar.gz", "w:gz") as tar:
        tar.add(routing_of(tmp_path / "areas.nc"), "IGCM/areas.nc")
        text = tarfile.TarInfo("IGCM/run.def")
        text.size = 5
        tar.addfile(text, io.BytesIO(b"a = 1"))
    old.revision(experiment, "weights", tmp_path / "weights.tar.gz")
    assert bring().left == []
    path, name, _ = file_of_revision(
        app.database, app.files, app.named("anna"), app.only_experiment(), "mosaic_weights"
    )
    assert name == "IGCM.tar"
    with tarfile.open(path) as tar:
        assert sorted(tar.getnames()) == ["IGCM/areas.nc", "IGCM/run.def"]


def test_the_folder_of_the_existing_tool_stays_as_it_is(old, bring, anna, world):
    old.revision(old.experiment(anna), "raw", world)
    before = checksums(old.folder)
    for path in old.folder.iterdir():
        path.chmod(0o400)
    old.folder.chmod(0o500)
    bring(is_rehearsal=True)
    bring()
    old.folder.chmod(0o700)
    assert checksums(old.folder) == before


def test_a_rehearsal_tells_the_same_and_writes_nothing(app, old, bring, anna, world):
    experiment = old.experiment(anna)
    old.revision(experiment, "raw", world)
    old.revision(experiment, "soils", "missing.nc")
    rehearsed = bring(is_rehearsal=True).as_data()
    assert [count(app, table) for table in (User, Experiment, Revision)] == [0, 0, 0]
    assert app.files.names("contents") == app.files.names("uploads") == []
    assert {**bring().as_data(), "dry_run": True} == rehearsed


def test_a_second_time_adds_only_what_is_new(app, old, bring, anna, world):
    experiment = old.experiment(anna)
    old.revision(experiment, "raw", world)
    bring()
    again = bring()
    assert (again.users, again.experiments, again.revisions) == (0, 0, 0)
    old.revision(experiment, "raw", world, changes="saved again")
    old.revision(old.experiment(anna, "other.nc"), "raw", world)
    more = bring()
    assert (more.users, more.experiments, more.changed_experiments, more.revisions) == (0, 1, 1, 2)
    assert count(app, Experiment) == 2


def test_what_was_given_here_since_stays_the_newest(app, old, bring, anna, world, tmp_path):
    experiment = old.experiment(anna)
    old.revision(experiment, "raw", world)
    bring()
    user, found = app.named("anna"), app.only_experiment()
    app.give_world(user, found, higher=70.0, name="mine.nc")
    app.work()
    mine = app.states(found)["relief"].usable
    old.revision(experiment, "raw", write_world(tmp_path / "newer.nc", small_world() + 9.0))
    assert bring().revisions == 1
    assert app.states(found)["relief"].usable == mine
    assert [one["source"]["file"] for one in history(app, "relief")] == [
        "topo_30Ma.nc",
        "mine.nc",
        "topo_30Ma_raw_1.nc",
        "mine.nc",
    ]


def test_what_was_taken_away_here_since_stays_away(app, old, bring, anna, world, tmp_path):
    experiment = old.experiment(anna)
    old.revision(experiment, "raw", world)
    bring()
    found = app.only_experiment()
    with app.database.writing() as session:
        take_away(session, app.named("anna"), found, "relief")
    old.revision(experiment, "raw", write_world(tmp_path / "newer.nc", small_world() + 9.0))
    bring()
    assert app.said(found)["relief"] == "missing"


def test_an_experiment_that_was_thrown_away_here_does_not_come_back(app, old, bring, anna, world):
    experiment = old.experiment(anna)
    old.revision(experiment, "raw", world)
    bring()
    with app.database.writing() as session:
        session.delete(session.scalars(select(Experiment)).one())
    old.revision(experiment, "raw", world)
    (left,) = bring().left
    assert "thrown away" in left.why
    assert count(app, Experiment) == 0


def test_whoever_interrupts_it_finds_whole_experiments(app, old, bring, anna, world):
    for name in ("one.nc", "two.nc"):
        experiment = old.experiment(anna, name)
        old.revision(experiment, "raw", world)
        old.revision(experiment, "raw", world)

    def stop(words):
        if words == "two: raw, revision 3":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(tell=stop)
    assert (count(app, Experiment), count(app, Revision)) == (1, 2)
    rest = bring()
    assert (rest.experiments, rest.revisions) == (1, 2)
    assert app.files.names("incoming") == []


def test_a_damaged_file_is_left_out_and_tried_again_the_next_time(app, old, bring, anna, world):
    experiment = old.experiment(anna)
    old.revision(experiment, "raw", world)
    path = old.revision(experiment, "routing", "later.nc")
    path.write_bytes(b"CDF\x01" + bytes(100))
    (left,) = bring().left
    assert left.what == "routing, revision 1"
    routing_of(path)
    again = bring()
    assert (again.left, again.revisions) == ([], 1)


def test_drawn_edits_are_a_list_and_the_relief_is_the_one_below_them(app, old, bring, anna, world, tmp_path):
    experiment = old.experiment(anna)
    old.revision(experiment, "raw", world)
    edited = small_world()
    edited[10:14, 30:40] = -50.0
    old.revision(experiment, "raw", write_world(tmp_path / "edited.nc", edited, north_up=True), changes="a strait")
    latitudes, longitudes = np.arange(-87.5, 90, 5), np.arange(-177.5, 180, 5)
    chosen = box(longitudes[30] - 1, latitudes[10] - 1, longitudes[39] + 1, latitudes[13] + 1)
    old.drawn(experiment, "internal_oceans", action(chosen, -50))
    assert bring().left == []
    app.work()
    found = app.only_experiment()
    states = app.states(found)
    assert [one["source"]["file"] for one in history(app, "relief")][-1] == "topo_30Ma.nc"
    assert (app.contents.load(states["edited_relief"].usable)["height"].values == edited).all()
    (edits,) = history(app, "relief_edits")
    assert edits["reason"] == "drawn in the existing tool"
    with app.files.path(f"uploads/{edits['source']['sha256'][:2]}/{edits['source']['sha256']}").open() as lines:
        edit = json.loads(lines.readlines()[1])
    assert (edit["operation"], edit["reason"], edit["who"]) == ({"set": -50.0}, "a strait", "anna")


def test_depths_that_were_edited_keep_their_edits_on_the_new_depth(app, old, bring, anna, world, sea, write_sea):
    experiment = old.experiment(anna)
    old.revision(experiment, "raw", world)
    depth = sea[0].copy()
    old.revision(experiment, "bathy", write_sea(depth))
    depth[8:10, 20:25] = 1234.0
    old.revision(experiment, "bathy", write_sea(depth), changes="deeper")
    assert [one.why for one in bring().left] == ["no actions were kept; the cells that differ are one edit instead"]
    app.work()
    states = app.states(app.only_experiment())
    made = app.contents.load(states["bathymetry"].usable)["Bathymetry"].values
    assert made.shape == depth.shape
    assert (made[8:10, 20:25] == 1234.0).all()
    (grid,) = history(app, "given_ocean_grid")
    assert grid["reason"] == "the ocean grid of the depth"


def test_sub_basins_are_given_where_the_ocean_grid_is_theirs(app, old, bring, anna, world, sea, write_sea, tmp_path):
    masks = dict.fromkeys(("atlmsk", "pacmsk", "indmsk"), (sea[0] > 0).astype("i4"))
    with_grid, without = (old.experiment(anna, name) for name in ("with.nc", "without.nc"))
    for experiment in (with_grid, without):
        old.revision(experiment, "raw", world)
        old.revision(experiment, "sub_basins", write_file(tmp_path / "basins.nc", ("y", "x"), **masks))
    old.revision(with_grid, "bathy", write_sea(sea[0]))
    (left,) = bring().left
    assert left.experiment == "without"
    with app.database.reading() as session:
        ids = {one.name: one.id for one in session.scalars(select(Experiment))}
    assert len(history(app, "drawn_subbasins", ids["with"])) == 1
    assert len(history(app, "subbasins", ids["without"])) == 1
