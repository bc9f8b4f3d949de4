"""The application with the external steps of its environment: a program of its own, which tells how it went."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from application import Application
from paleobc.services.planning import plan
from paleobc.services.step_forms import step_form
from paleobc.steps.catalogue import GRAPH
from paleobc.store.revisions import newest_revisions
from paleobc.store.runs import newest_runs
from paleobc.store.tables import Experiment
from sites import Site


def pages(folder: Path, experiment: str, name: str, asset: str) -> dict[str, int]:
    """Statuses of the pages and answers that show a step and its asset."""
    site = Site(folder)
    site.start()
    try:
        user = site.user("ada")
        browser, program = site.browser(user), site.program(user)
        shown = [f"/experiments/{experiment}{rest}" for rest in ("", f"/steps/{name}", "/state", f"/assets/{asset}")]
        asked = [f"/experiments/{experiment}{rest}" for rest in ("", f"/steps/{name}", "/runs", "/recipe")]
        asked += ["/steps", f"/steps/{name}", f"/experiments/{experiment}/assets/{asset}/file"]
        found = {path: browser.get(path).status_code for path in shown}
        return found | {f"api {path}": program.get(path).status_code for path in asked}
    finally:
        site.stop()


def main(folder: Path, name: str) -> dict[str, Any]:
    """Make an experiment, or go on with it, and tell how the asset of a step stands."""
    app = Application(folder)
    if (folder / "world.nc").exists():
        experiment = app.only_experiment()
        with app.database.writing() as session:
            plan(session, session.get_one(Experiment, experiment))
    else:
        user = app.user("ada")
        experiment = app.experiment(user)
        app.give_world(user, experiment)
    why = {asset: state.why for asset, state in app.states(experiment).items()}
    performed = app.work()
    steps = [step for step in GRAPH.steps if step.name == name]
    if not steps:
        shown = pages(folder, experiment, "soils", "soils")
        return {"performed": performed, "states": app.said(experiment), "pages": shown}
    (step,) = steps
    with app.database.reading() as session:
        revision = newest_revisions(session, [experiment])[experiment].get(step.writes)
        run = newest_runs(session, [experiment])[experiment].get(name)
    return {
        "performed": performed,
        "states": app.said(experiment),
        "why": why[step.writes],
        "content": revision and revision.content,
        "log": run and app.run(run.id).log,
        "queue": run and run.queue,
        "sentence": run and run.sentence,
        "form": step_form(name),
        "pages": pages(folder, experiment, name, step.writes) if "pages" in sys.argv else {},
    }


def tell() -> None:
    """Tell it on standard output."""
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2])))  # noqa: T201
