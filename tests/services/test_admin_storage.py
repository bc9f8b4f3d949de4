"""Files and database are compared, and all checksums looked at, beside whatever goes on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from application import Application
from paleobc.errors import ConflictError, InputError, NotFoundError
from paleobc.services import admin_integrity
from paleobc.services.admin_integrity import begin_check, check_data, go_on_checking, mend
from paleobc.services.admin_storage import files_data, room_data, storage_data
from paleobc.services.administrators import Shell
from paleobc.store.contents import content_name
from paleobc.store.files import KEPT_FREE
from paleobc.store.tables import Event, utc_now
from servers.s3 import harm

SHELL = Shell("the engineer")


@pytest.fixture
def app(tmp_path: Path) -> Application:
    return Application(tmp_path / "data")


@pytest.fixture
def experiment(app: Application) -> str:
    """An experiment whose relief was read."""
    experiment = app.experiment(app.user("ada"))
    app.give_world(app.named("ada"), experiment)
    app.work()
    return experiment


def routing(app: Application, experiment: str) -> str:
    return content_name(app.states(experiment)["routing"].usable)


def check(app: Application) -> dict:
    return go_on_checking(app.database, app.files, begin_check(app.database, SHELL))


def test_what_is_named_and_what_is_there_are_told_by_user_experiment_and_folder(app, experiment):
    with app.database.reading() as session:
        found = storage_data(session, SHELL, app.installation.settings)
    folders = {one["folder"]: one for one in found["folders"]}
    real = files_data(app.database, app.files, SHELL)
    assert {one["folder"]: (one["files"], one["bytes"]) for one in real["folders"]} == {
        name: (one["files"], one["bytes"]) for name, one in folders.items() if one["files"]
    }
    assert found["users"][0]["bytes"] == sum(one["bytes"] for one in folders.values())
    assert found["experiments"][0]["owner"] == "ada"
    assert (real["orphans_count"], real["missing_count"]) == (0, 0)
    assert 0 < found["room"]["free"] <= found["room"]["total"]
    assert room_data(app.installation.settings)["least"] == KEPT_FREE


def test_files_that_nothing_names_and_named_ones_that_are_missing_are_found(app, experiment):
    prepared = app.files.temporary()
    prepared.write_bytes(b"12345")
    app.files.put(content_name("f" * 64), prepared)
    app.files.remove(routing(app, experiment))
    found = files_data(app.database, app.files, SHELL)
    assert [(one["name"], one["bytes"], one["is_tidied"]) for one in found["orphans"]] == [
        (content_name("f" * 64), 5, False)
    ]
    assert found["orphans_bytes"] == 5
    (missing,) = found["missing"]
    assert missing["name"] == routing(app, experiment)
    assert missing["of"] == ["a small world of ada"]


def test_a_check_finds_what_is_harmed_and_what_is_gone_and_nothing_else(app, experiment):
    good = check(app)
    assert (good["bad_count"], good["checked"]) == (0, good["total"])
    harmed = routing(app, experiment)
    harm(app.files, harmed, app.files.path(harmed).read_bytes()[:-100])
    (upload,) = app.files.names("uploads")
    harm(app.files, upload, b"another relief")
    gone = content_name(app.states(experiment)["pft"].usable)
    app.files.remove(gone)
    found = check(app)
    assert {one["name"]: one["fault"] for one in found["bad"]} == {
        routing(app, experiment): "harmed",
        upload: "harmed",
        gone: "gone",
    }
    assert all(one["of"] == ["a small world of ada"] for one in found["bad"])


def test_what_is_harmed_is_made_again_and_is_as_it_was(app, experiment):
    name = routing(app, experiment)
    harm(app.files, name, b"not this")
    check(app)
    mend(app.database, app.files, SHELL, name)
    assert app.work()["routing"] == 1
    assert routing(app, experiment) == name
    with app.database.reading() as session:
        assert check_data(session, SHELL)["bad"][0]["mended"]
    assert check(app)["bad_count"] == 0


def test_what_is_as_it_should_be_or_cannot_be_made_again_is_not_touched(app, experiment):
    with pytest.raises(ConflictError, match="as it should be"):
        mend(app.database, app.files, SHELL, routing(app, experiment))
    (upload,) = app.files.names("uploads")
    for name in (upload, "../paleobc.sqlite", "contents/ab/../../x.nc", ""):
        with pytest.raises(InputError):
            mend(app.database, app.files, SHELL, name)
    with pytest.raises(ConflictError, match="No experiment"):
        mend(app.database, app.files, SHELL, content_name("f" * 64))
    assert app.files.has(routing(app, experiment))


def test_a_check_that_was_interrupted_is_taken_up_where_it_stopped(app, experiment, monkeypatch):
    looked = []
    whole = admin_integrity._is_good

    def stops(files, contents, name, *more):
        looked.append(name)
        if len(looked) == 4:
            raise OSError("the machine went away")
        return whole(files, contents, name, *more)

    monkeypatch.setattr(admin_integrity, "_SLICE", 0.0)
    monkeypatch.setattr(admin_integrity, "_is_good", stops)
    number = begin_check(app.database, SHELL)
    with pytest.raises(OSError, match="went away"):
        go_on_checking(app.database, app.files, number)
    with pytest.raises(ConflictError, match="under way"):
        begin_check(app.database, SHELL)
    with app.database.writing() as session:
        event = session.get_one(Event, number)
        event.data = {**event.data, "seen": (utc_now() - timedelta(hours=1)).isoformat()}
    with app.database.reading() as session:
        assert check_data(session, SHELL)["state"] == "interrupted"
    assert begin_check(app.database, SHELL) == number
    heard = []
    found = go_on_checking(app.database, app.files, number, heard.append)
    assert found["checked"] == len(set(looked)) == found["total"]
    assert looked[3] == looked[4]  # the others only once
    assert len(looked) == len(set(looked)) + 1
    assert [one["checked"] for one in heard][-1] == found["checked"]


def test_others_find_nothing(app, experiment):
    ada = app.named("ada")
    with app.database.reading() as session:
        for ask in (
            lambda: storage_data(session, ada, app.installation.settings),
            lambda: check_data(session, ada),
            lambda: files_data(app.database, app.files, ada),
            lambda: mend(app.database, app.files, ada, routing(app, experiment)),
        ):
            with pytest.raises(NotFoundError):
                ask()
    with pytest.raises(NotFoundError):
        begin_check(app.database, ada)
