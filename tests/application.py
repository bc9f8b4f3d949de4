"""An installation of the application in a folder of its own, whose runs are performed in this process."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import select

from paleobc.bootstrap import Installation
from paleobc.services.experiments import create_experiment, set_options
from paleobc.services.planning import AssetState, states_of
from paleobc.services.running import perform
from paleobc.services.uploads import take_upload
from paleobc.settings import Settings
from paleobc.steps.catalogue import GRAPH
from paleobc.store.runs import claim_next
from paleobc.store.tables import Experiment, Run, User
from paleobc.store.users import add_user, user_named
from paleobc.workflow.graph import Graph
from servers.column import column_settings, copy_column
from small_world import small_world, write_world

#: With these a world takes a second.
COARSE: dict[str, dict[str, Any]] = {
    "ocean_grid": {"poles": "auto", "resolution": 5},
}


class Application:
    """An installation with its users."""

    def __init__(self, folder: Path, graph: Graph = GRAPH, **settings: Any) -> None:
        self.folder, self.graph = folder, graph
        self.installation = Installation(Settings(data_folder=folder, **(column_settings(folder) | settings)))
        self.database, self.files = self.installation.database, self.installation.files
        self.contents = self.installation.contents
        self.database.migrate()

    def user(self, name: str, **fields: Any) -> User:
        """Make a user."""
        with self.database.writing() as session:
            return add_user(session, name, password_hash=None, **fields)

    def copy(self, folder: Path) -> Application:
        """Copy all of it into another folder."""
        self.database.close()
        shutil.copytree(self.folder, folder)
        copy_column(self.folder, folder)
        return Application(folder, self.graph)

    def named(self, name: str) -> User:
        """Find a user."""
        with self.database.reading() as session:
            found = user_named(session, name)
        assert found is not None
        return found

    def only_experiment(self) -> str:
        """Id of the one experiment that there is."""
        with self.database.reading() as session:
            return session.scalars(select(Experiment.id)).one()

    def experiment(self, user: User, name: str = "a small world", **fields: Any) -> str:
        """Make an experiment with coarse options; returns its id."""
        with self.database.writing() as session:
            experiment = create_experiment(session, user, name=name, **fields)
            if self.graph is GRAPH:
                for step, options in COARSE.items():
                    set_options(session, user, experiment.id, step, options)
            return experiment.id

    def give(self, user: User, experiment_id: str, asset: str, path: Path, **how: Any) -> Run:
        """Upload a file."""
        how = {"file_name": path.name, "most_bytes": 10**9, **how}
        return take_upload(self.database, self.files, user, experiment_id, asset, stream=[path.read_bytes()], **how)

    def give_world(self, user: User, experiment_id: str, *, higher: float = 0.0, name: str = "world.nc") -> Run:
        """Upload the small world, all of it higher or lower by so much [m]."""
        path = write_world(self.folder / name, small_world() + higher)
        return self.give(user, experiment_id, "relief", path)

    def work(self, most: int = 1000) -> Counter[str]:
        """Perform the waiting runs, and those that follow; returns how often each step was performed."""
        performed: Counter[str] = Counter()
        while sum(performed.values()) < most:
            with self.database.writing() as session:
                run = claim_next(session, "this process")
            if run is None:
                break
            performed[run.step] += 1
            perform(self.database, self.files, run.id, str(run.claim), self.graph)
        return performed

    def states(self, experiment_id: str) -> dict[str, AssetState]:
        """How the assets of an experiment stand."""
        with self.database.reading() as session:
            return states_of(session, session.get_one(Experiment, experiment_id), self.graph)

    def said(self, experiment_id: str) -> dict[str, str]:
        """How the assets of an experiment stand, in one word each."""
        return {asset: state.state for asset, state in self.states(experiment_id).items()}

    def run(self, run_id: str) -> Run:
        """Look at a run."""
        with self.database.reading() as session:
            return session.get_one(Run, run_id)
