"""An experiment on the steps of the workshop, whose runs are planned and performed."""

from __future__ import annotations

from pathlib import Path

import xarray as xr
from sqlalchemy import select

from application import Application
from paleobc.services.planning import plan
from paleobc.store.revisions import add_revision
from paleobc.store.runs import newest_number
from paleobc.store.tables import Experiment, Run
from paleobc.workflow.revision import content_of
from workshop import Workshop


class World:
    """An experiment on the steps of the workshop, and what people do with it."""

    def __init__(self, folder: Path) -> None:
        self.shop = Workshop()
        self.app = Application(folder, self.shop.graph)
        self.user = self.app.user("ada")
        self.id = self.app.experiment(self.user)
        self.options: dict[str, dict[str, object]] = {}
        self.given: dict[str, xr.Dataset] = {}

    def give(self, asset: str, value: float | None) -> None:
        """Give an asset, or take it away."""
        content, size = "", 0
        if value is None:
            self.given.pop(asset, None)
        else:
            self.given[asset] = xr.Dataset({"v": ("x", [float(value)])})
            content, size = self.app.contents.save(self.given[asset])
        with self.app.database.writing() as session:
            add_revision(
                session,
                self.id,
                asset,
                content=content,
                bytes=size,
                fingerprint=content,
                run_number=newest_number(session, self.id),
                step=f"read_{asset}",
                step_version=0,
            )
            self.plan(session)

    def choose(self, step: str, **options: object) -> None:
        """Set the options of a step."""
        self.options[step] = options
        with self.app.database.writing() as session:
            experiment = session.get_one(Experiment, self.id)
            experiment.options = {**experiment.options, step: options}
            self.plan(session)

    def plan(self, session, *, again: bool = False) -> list[Run]:
        """Plan the experiment."""
        return plan(session, session.get_one(Experiment, self.id), self.shop.graph, again=again)

    def expected(self) -> dict[str, str]:
        """Content of every asset that can be made, by calling the functions one after the other."""
        made = dict(self.given)
        for step in self.shop.graph.steps:
            if all(asset in made for asset in step.reads):
                inputs = [made.get(asset) for asset in (*step.reads, *step.may_read)]
                made[step.writes] = step(*inputs, **step.options(self.options.get(step.name, {})))
        return {asset: content_of(dataset) for asset, dataset in made.items()}

    def found(self) -> dict[str, str]:
        """Content of every asset that is current."""
        states = self.app.states(self.id)
        assert {state.state for state in states.values()} <= {"current", "missing"}, states
        return {asset: state.usable for asset, state in states.items() if state.state == "current"}

    def runs(self) -> list[Run]:
        """All runs in their order."""
        with self.app.database.reading() as session:
            return list(session.scalars(select(Run).order_by(Run.number)))
