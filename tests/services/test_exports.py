"""What is downloaded: the same files, bit for bit, that a build of the exported recipe makes."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from application import Application
from paleobc.errors import ConflictError, InputError, NotFoundError
from paleobc.formats.netcdf import read_netcdf
from paleobc.services.builds import build
from paleobc.services.bundling import ask_for_bundle
from paleobc.services.experiments import change_experiment, set_options
from paleobc.services.exports import (
    file_of_bundle,
    file_of_revision,
    file_of_upload,
    recipe_text,
    tar_of_files,
)
from paleobc.services.overview import experiment_data
from paleobc.services.uploaded_files import upload_name
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH
from paleobc.store.contents import content_name
from small_world import small_world, write_world


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return Application(tmp_path_factory.mktemp("installation"))


@pytest.fixture(scope="module")
def ada(app):
    return app.user("ada")


@pytest.fixture(scope="module")
def world(app, ada):
    """Id of an experiment with everything current, some options, and gateways."""
    experiment = app.experiment(ada, 'a "small" world: 1/2', age=55.5, author="A. Author 2020", reference="Two\nlines")
    app.give_world(ada, experiment)
    with app.database.writing() as session:
        set_options(session, ada, experiment, "soils", {"colour": 5})
        gateway = {"name": "West", "state": "open", "from": [-100, 0], "to": [-80, 0]}
        change_experiment(session, ada, experiment, gateways=[gateway])
    app.work()
    return experiment


@pytest.fixture(scope="module")
def built(app, ada, world, tmp_path_factory):
    """Folder of a build of the exported recipe with the exported inputs."""
    folder = tmp_path_factory.mktemp("exported")
    with app.database.reading() as session:
        (folder / "recipe.yaml").write_text(recipe_text(session, ada, world), encoding="utf-8")
    (folder / "inputs").mkdir()
    path, name = file_of_upload(app.database, app.files, ada, world, "relief")
    (folder / "inputs" / name).write_bytes(path.read_bytes())
    build(folder / "recipe.yaml", folder / "out")
    return folder / "out"


def sums(folder: Path) -> dict[str, str]:
    """Checksum of every file of a build."""
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return {name: entry["sha256"] for name, entry in report["files"].items()}


def sha256(content: bytes) -> str:
    """Checksum of bytes."""
    return hashlib.sha256(content).hexdigest()


def test_every_file_is_the_one_of_a_build_of_the_exported_recipe(app, ada, world, built):
    found = {}
    for asset in GRAPH.assets:
        if not ASSETS[asset].file_name:
            continue
        path, name, media_type = file_of_revision(app.database, app.files, ada, world, asset)
        if media_type == "application/x-netcdf":
            found[name] = sha256(path.read_bytes())
        else:
            with tarfile.open(path) as packed:
                found |= {member.name: sha256(packed.extractfile(member).read()) for member in packed}
    assert found == sums(built)


def test_all_files_come_as_one_tar_that_is_always_the_same(app, ada, world, built):
    name, pieces = tar_of_files(app.database, app.files, ada, world)
    content = b"".join(pieces)
    assert content == b"".join(tar_of_files(app.database, app.files, ada, world)[1])
    assert name == "a _small_ world_ 1_2.tar"
    with tarfile.open(fileobj=io.BytesIO(content)) as packed:
        found = {m.name.partition("/")[2]: sha256(packed.extractfile(m).read()) for m in packed}
    assert found == sums(built)


def test_a_bundle_has_the_files_of_the_build_and_computes_nothing_anew(app, ada, world, built):
    with pytest.raises(NotFoundError):
        file_of_bundle(app.database, app.files, ada, world)
    with app.database.writing() as session:
        run = ask_for_bundle(session, ada, world)
        assert ask_for_bundle(session, ada, world).id == run.id
        with pytest.raises(InputError, match="no engine"):
            ask_for_bundle(session, ada, world, engine="other")
    assert app.work() == {"bundle": 1}
    done = app.run(run.id)
    assert (done.state, done.progress) == ("done", 1.0)
    assert done.log.count("up to date") == len(GRAPH.steps)
    path, name = file_of_bundle(app.database, app.files, ada, world)
    assert name == "a _small_ world_ 1_2.tar.gz"
    with tarfile.open(path) as packed:
        prefix = "a _small_ world_ 1_2/files/"
        found = {
            member.name.removeprefix(prefix): sha256(packed.extractfile(member).read())
            for member in packed
            if member.isfile() and member.name.startswith(prefix)
        }
    assert {name: found[name] for name in sums(built)} == sums(built)
    with app.database.reading() as session:
        assert experiment_data(session, ada, world)["bundle"]["state"] == "current"
    with app.database.writing() as session:
        change_experiment(session, ada, world, hypothesis="another")
    with app.database.reading() as session:
        assert experiment_data(session, ada, world)["bundle"]["state"] == "stale"
    with app.database.writing() as session:
        change_experiment(session, ada, world, hypothesis="")


def test_an_earlier_revision_says_what_it_was_made_of(app, ada):
    experiment = app.experiment(ada, "twice")
    app.give_world(ada, experiment)
    app.work()
    first = file_of_revision(app.database, app.files, ada, experiment, "soils")[0].read_bytes()
    with app.database.writing() as session:
        set_options(session, ada, experiment, "soils", {"colour": 7})
    app.work()
    path = file_of_revision(app.database, app.files, ada, experiment, "soils", 1)[0]
    earlier, later = (
        read_netcdf(path),
        read_netcdf(file_of_revision(app.database, app.files, ada, experiment, "soils")[0]),
    )
    options = [json.loads(d.attrs["paleobc_recipe"])["steps"]["soils"]["colour"] for d in (earlier, later)]
    assert options == [4, 7]
    assert path.read_bytes() == first


def test_a_content_that_is_lost_is_made_again_and_said_so(app, ada):
    experiment = app.experiment(ada, "lost")
    app.give_world(ada, experiment, higher=5.0, name="lost.nc")
    app.work()
    content = app.states(experiment)["routing"].usable
    app.files.remove(content_name(content))
    with pytest.raises(ConflictError, match="was lost"):
        file_of_revision(app.database, app.files, ada, experiment, "routing")
    assert app.work() == {"routing": 1}
    assert app.states(experiment)["routing"].revision.number == 1
    file_of_revision(app.database, app.files, ada, experiment, "routing")


def test_two_files_of_one_name_lie_in_folders_of_their_own(app, ada, tmp_path):
    experiment = app.experiment(ada, "same names")
    app.give_world(ada, experiment, name="same.nc")
    app.give(ada, experiment, "biome_map", write_world(tmp_path / "same.nc", abs(small_world()) // 1000))
    app.work()
    with app.database.reading() as session:
        text = recipe_text(session, ada, experiment)
    assert "inputs/relief/same.nc" in text


def test_what_is_not_there_cannot_be_downloaded(app, ada):
    experiment = app.experiment(ada, "empty")
    for call in (file_of_revision, file_of_upload):
        with pytest.raises(NotFoundError):
            call(app.database, app.files, ada, experiment, "relief")
    with pytest.raises(ConflictError, match="no file yet"):
        tar_of_files(app.database, app.files, ada, experiment)
    with app.database.writing() as session, pytest.raises(ConflictError, match="holds everything"):
        ask_for_bundle(session, ada, experiment)
    run = app.give_world(ada, experiment)
    app.work(1)
    app.files.remove(upload_name(run.options["sha256"]))
    with pytest.raises(InputError, match="upload the file again"):
        file_of_upload(app.database, app.files, ada, experiment, "relief")
