"""An installation with a finished world, of which each test has a copy, and how its services are called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from application import Application
from paleobc.store.tables import User


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """An installation in which ada has an experiment with everything current."""
    app = Application(tmp_path_factory.mktemp("finished"))
    ada = app.user("ada")
    app.give_world(ada, app.experiment(ada))
    app.work()
    return app


@pytest.fixture
def app(finished: Application, tmp_path: Path) -> Application:
    """A copy of the installation."""
    return finished.copy(tmp_path / "installation")


@pytest.fixture
def ada(app: Application) -> User:
    """The user of the installation."""
    return app.named("ada")


@pytest.fixture
def world(app: Application) -> str:
    """Id of the experiment of the installation."""
    return app.only_experiment()


@pytest.fixture
def act(app: Application) -> Callable[..., Any]:
    """Call a service in a session that writes, its first argument."""

    def call(function: Callable[..., Any], *arguments: Any, **values: Any) -> Any:
        with app.database.writing() as session:
            return function(session, *arguments, **values)

    return call
