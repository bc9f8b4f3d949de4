"""Whatever is asked for, an experiment of somebody else is not there; one that is only shown cannot be changed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from application import Application
from paleobc.errors import ForbiddenError, NotFoundError
from paleobc.services import (
    bundling,
    differences,
    experiments,
    exports,
    history,
    overview,
    pft_templates,
    revision_files,
    sharing,
    uploads,
    views,
)
from paleobc.services.bundling import ask_for_bundle
from paleobc.services.revision_files import AssetPlace
from paleobc.store.tables import Run, User

MODULES = (bundling, differences, experiments, exports, history, overview, revision_files, sharing, uploads, views)
#: Those that only look.
LOOKING = {"views", "differences", "exports", "overview", "revision_files"}
LOOKING_TOO = {"revisions_data", "compare_data", "duplicate", "send_copy", "unshare"}


def functions() -> list[tuple[str, Callable[..., Any]]]:
    """All public functions that a user calls about an experiment."""
    found = []
    for module in MODULES:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ != module.__name__ or name.startswith("_"):
                continue
            parameters = set(inspect.signature(function).parameters)
            if {"user", "experiment_id"} <= parameters or "place" in parameters:
                found.append((f"{short(module)}.{name}", function))
    return found


def short(module: ModuleType) -> str:
    """Last part of the name of a module."""
    return module.__name__.rpartition(".")[2]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return Application(tmp_path_factory.mktemp("installation"))


@pytest.fixture(scope="module")
def people(app):
    """The owner, one who may look, and one who may not even that."""
    return {name: app.user(name) for name in ("ada", "guest", "eve")}


@pytest.fixture(scope="module")
def world(app, people):
    """Id of an experiment of ada, shown to the guest, with a revision of its relief and a run."""
    ada = people["ada"]
    experiment = app.experiment(ada)
    app.give_world(ada, experiment)
    app.work()
    with app.database.writing() as session:
        sharing.share_experiment(session, ada, experiment, "guest", may_change=False)
        ask_for_bundle(session, ada, experiment)
    return experiment


def call(app: Application, user: User, experiment: str, function: Callable[..., Any]) -> Any:
    """Call a function of a service with arguments that would do for the owner."""
    run = app.states(app_world(app))["routing"].run
    known: dict[str, Any] = {
        "user": user,
        "experiment_id": experiment,
        "database": app.database,
        "files": app.files,
        "contents": app.contents,
        "run_id": run.id,
        "step": "soils",
        "options": {"colour": 3},
        "asset": "relief",
        "place": AssetPlace(app.database, app.contents, user, experiment, "relief"),
        "number": 1,
        "first": 1,
        "second": 1,
        "file_name": "world.nc",
        "stream": [b"bytes"],
        "most_bytes": 100,
        "variable": None,
        "name": "eve",
        "to_name": "ada",
        "may_change": True,
        "age": None,
    }
    needed = inspect.signature(function).parameters
    values = {
        name: known[name]
        for name, parameter in needed.items()
        if name != "session" and parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
    }
    if "session" not in needed:
        return function(**values)
    with app.database.writing() as session:
        return function(session, **values)


def app_world(app: Application) -> str:
    """Id of the one experiment whose runs are known."""
    with app.database.reading() as session:
        return session.query(Run.experiment_id).order_by(Run.created).limit(1).scalar()


NAMES = [name for name, _ in functions()]


def test_all_services_are_looked_at():
    assert len(NAMES) > 35
    assert "user" not in inspect.signature(overview.time_text).parameters
    assert not any("experiment_id" in inspect.signature(f).parameters for _, f in public(pft_templates))


def public(module: ModuleType) -> list[tuple[str, Callable[..., Any]]]:
    """Public functions of a module."""
    return [
        (name, function)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    ]


@pytest.mark.parametrize(("name", "function"), functions(), ids=NAMES)
@pytest.mark.parametrize("which", ["of ada", "unknown"])
def test_what_belongs_to_somebody_else_is_not_there(app, people, world, name, function, which):
    with pytest.raises(NotFoundError) as refused:
        call(app, people["eve"], world if which == "of ada" else "no-such-experiment-aaa", function)
    assert str(refused.value) == "There is no such experiment."


CHANGING = [
    (name, function)
    for name, function in functions()
    if name.partition(".")[0] not in LOOKING and name.partition(".")[2] not in LOOKING_TOO
]


@pytest.mark.parametrize(("name", "function"), CHANGING, ids=[name for name, _ in CHANGING])
def test_what_is_only_shown_cannot_be_changed(app, people, world, name, function):
    before = overview_of(app, people["ada"], world)
    with pytest.raises((ForbiddenError, NotFoundError)) as refused:
        call(app, people["guest"], world, function)
    in_bin = name in ("experiments.restore_experiment", "experiments.remove_for_good")
    assert isinstance(refused.value, NotFoundError if in_bin else ForbiddenError)
    assert overview_of(app, people["ada"], world) == before


def overview_of(app: Application, user: User, experiment: str) -> dict[str, Any]:
    """All that is shown of an experiment."""
    with app.database.reading() as session:
        return overview.experiment_data(session, user, experiment)


PARTS = [
    (name, function, part)
    for name, function in functions()
    for part in ("asset", "place", "step", "run_id")
    if part in inspect.signature(function).parameters
]


@pytest.mark.parametrize(("name", "function", "part"), PARTS, ids=[f"{part} of {name}" for name, _, part in PARTS])
def test_parts_that_do_not_exist_are_not_there_for_the_owner_either(app, people, world, name, function, part):
    def with_unknown(*arguments: Any, **values: Any) -> Any:
        unknown = replace(values[part], asset="no_such_part") if part == "place" else "no_such_part"
        return function(*arguments, **{**values, part: unknown})

    with_unknown.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    with pytest.raises(NotFoundError):
        call(app, people["ada"], world, with_unknown)
