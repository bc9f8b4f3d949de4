"""Uploads beyond a quota are refused in a sentence, before and while their bytes come, and leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from application import Application
from paleobc.errors import ConflictError, InputError
from paleobc.services.administration import set_user_quota, users_data
from paleobc.services.administrators import Shell
from paleobc.services.experiments import ask_again
from paleobc.services.quotas import Room
from paleobc.services.uploads import take_upload
from paleobc.store.storage import bytes_by_experiment, bytes_by_folder, bytes_by_user, bytes_of_user
from paleobc.store.tables import Experiment, Share, Upload

SHELL = Shell("the engineer")
MEGABYTE = b"x" * 1_000_000


@pytest.fixture
def app(tmp_path: Path) -> Application:
    return Application(tmp_path)


def give(app: Application, experiment: str, pieces: int, start: bytes = b"", by: str = "ada", quota_mb: int = 2) -> str:
    run = take_upload(
        app.database,
        app.files,
        app.named(by),
        experiment,
        "relief",
        "relief.nc",
        [start, *[MEGABYTE] * pieces],
        most_bytes=10**9,
        quota_mb=quota_mb,
    )
    return str(run.options["upload"])


def test_an_upload_within_the_quota_is_taken_and_the_next_one_is_not(app):
    experiment = app.experiment(app.user("ada"))
    give(app, experiment, 1)
    with pytest.raises(ConflictError, match="1 MB of the 2 MB") as refused:
        give(app, experiment, 2, b"other")
    assert "ada" in str(refused.value)
    assert not list(app.files.names("uploads"))[1:]
    assert not list(app.folder.rglob("*.part"))


def test_where_there_is_no_room_at_all_no_byte_is_taken(app):
    experiment = app.experiment(app.user("ada"))
    give(app, experiment, 2)

    def stream() -> Iterator[bytes]:
        pytest.fail("a byte was asked for")
        yield b""

    with pytest.raises(ConflictError, match="may take"):
        take_upload(
            app.database, app.files, app.named("ada"), experiment, "relief", "b.nc", stream(), most_bytes=9, quota_mb=2
        )


def test_it_is_the_owner_whose_room_counts(app):
    ada, bob = app.user("ada"), app.user("bob")
    experiment = app.experiment(ada)
    with app.database.writing() as session:
        session.add(Share(experiment_id=experiment, user_id=bob.id, may_change=True))
    give(app, experiment, 2, by="bob")
    with pytest.raises(ConflictError, match="ada"):
        give(app, experiment, 1, b"more", by="bob")
    give(app, app.experiment(bob), 2, by="bob")


@pytest.mark.parametrize(("own", "default", "fits"), [(None, 0, True), (0, 1, True), (5, 1, True), (1, 0, False)])
def test_the_quota_of_a_user_comes_before_that_of_the_settings_and_zero_is_no_limit(app, own, default, fits):
    experiment = app.experiment(app.user("ada"))
    with app.database.writing() as session:
        set_user_quota(session, SHELL, app.named("ada").id, own)
    if fits:
        give(app, experiment, 3, quota_mb=default)
    else:
        with pytest.raises(ConflictError):
            give(app, experiment, 3, quota_mb=default)


@pytest.mark.parametrize("quota", [-1, 2**40])
def test_a_quota_that_is_no_number_of_megabytes_is_refused(app, quota):
    ada = app.user("ada")
    with app.database.writing() as session, pytest.raises(InputError):
        set_user_quota(session, SHELL, ada.id, quota)


def test_a_file_that_several_experiments_name_counts_once_for_each_owner(app):
    ada, bob = app.user("ada"), app.user("bob")
    first, second, third = app.experiment(ada), app.experiment(ada), app.experiment(bob)
    with app.database.writing() as session:
        for experiment in (first, second, third):
            common = {"asset": "relief", "file_name": "a.nc"}
            session.add(Upload(experiment_id=experiment, sha256="0" * 64, bytes=100, **common))
        session.add(Upload(experiment_id=second, sha256="1" * 64, bytes=10, asset="relief", file_name="b.nc"))
    with app.database.reading() as session:
        assert bytes_by_user(session) == {ada.id: 110, bob.id: 100}
        assert bytes_of_user(session, bob.id) == 100
        assert bytes_by_experiment(session) == {first: 100, second: 110, third: 100}
        assert bytes_by_experiment(session, bob.id) == {third: 100}
        assert bytes_by_folder(session)["uploads"] == (2, 110)
        assert {one["name"]: one["bytes"] for one in users_data(session, SHELL)} == {"ada": 110, "bob": 100}


def test_of_two_uploads_that_came_in_together_only_as_many_stay_as_fit(app):
    ada = app.user("ada")
    experiment = app.experiment(ada)

    def meanwhile() -> Iterator[bytes]:
        yield MEGABYTE
        give(app, experiment, 1, b"meanwhile")
        yield MEGABYTE[:-1]

    with pytest.raises(ConflictError):
        take_upload(
            app.database, app.files, ada, experiment, "relief", "b.nc", meanwhile(), most_bytes=10**9, quota_mb=2
        )
    with app.database.reading() as session:
        Room(session, session.get_one(Experiment, experiment), 2).check(0)


def test_a_run_begins_only_where_room_is_left_and_waits_for_its_user(app):
    ada = app.user("ada")
    experiment = app.experiment(ada)
    app.give_world(ada, experiment)
    app.work(most=1)
    with app.database.writing() as session:
        taken = {"asset": "relief", "file_name": "large.nc", "sha256": "0" * 64, "bytes": 10**6}
        session.add(Upload(experiment_id=experiment, **taken))
        set_user_quota(session, SHELL, ada.id, 1)
    app.work()
    state = next(one for one in app.states(experiment).values() if one.state == "failed")
    assert "of the 1 MB" in state.why
    assert state.run.is_input_fault  # its user has to do something, and no administrator
    with app.database.writing() as session:
        set_user_quota(session, SHELL, ada.id, None)
        assert ask_again(session, ada, experiment)
    app.work()
    assert "failed" not in app.said(experiment).values()
