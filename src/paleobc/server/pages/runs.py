"""One run: what it said, its end where it is no longer wanted, the variable it is to read; and the run that bundles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from paleobc.server.answers import file_answer
from paleobc.server.forms import Submitted, back, typed
from paleobc.server.rendering import page
from paleobc.server.visitors import Here, SignedIn
from paleobc.services.bundling import ask_for_bundle
from paleobc.services.experiments import cancel_run
from paleobc.services.exports import file_of_bundle
from paleobc.services.overview import experiment_data, run_data
from paleobc.services.uploads import choose_variable
from paleobc.steps.assets import ASSETS

router = APIRouter(include_in_schema=False)

#: Sign with which each state of a run is shown.
_SIGNS: Final = {"done": "current", "cancelled": "missing", "withdrawn": "missing"}


@router.get("/experiments/{experiment_id}/runs/{run_id}")
def run(request: Request, visitor: SignedIn, here: Here, experiment_id: str, run_id: str) -> Response:
    """Show a run with its log."""
    with here.database.reading() as session:
        experiment = experiment_data(session, visitor.user, experiment_id)
        data = run_data(session, visitor.user, experiment_id, run_id)
    known = data["asset"] in ASSETS
    return page(
        request,
        "experiments/run.html",
        experiment=experiment,
        run=data,
        known=known,
        title=data["title"],
        may_choose=experiment["may_change"] and any(_is_of(asset, run_id) for asset in experiment["assets"]),
        state=_SIGNS.get(data["state"], data["state"]),
    )


def _is_of(asset: Mapping[str, Any], run_id: str) -> bool:
    """Whether a run is the one that says how an asset stands now."""
    return asset["run"] is not None and asset["run"]["id"] == run_id


@router.post("/experiments/{experiment_id}/runs/{run_id}/cancel")
def cancel(visitor: SignedIn, here: Here, experiment_id: str, run_id: str) -> Response:
    """End a run."""
    with here.database.writing() as session:
        cancel_run(session, visitor.user, experiment_id, run_id)
    return back(f"/experiments/{experiment_id}/runs/{run_id}", "cancelled")


@router.post("/experiments/{experiment_id}/runs/{run_id}/variable")
def variable(visitor: SignedIn, here: Here, experiment_id: str, run_id: str, form: Submitted) -> Response:
    """Read a file again, and another of its variables."""
    with here.database.writing() as session:
        choose_variable(session, visitor.user, experiment_id, run_id, typed(form, "variable"))
    return back(f"/experiments/{experiment_id}", "given")


@router.post("/experiments/{experiment_id}/bundle")
def make_bundle(visitor: SignedIn, here: Here, experiment_id: str, form: Submitted) -> Response:
    """Ask for the bundle."""
    with here.database.writing() as session:
        ask_for_bundle(
            session,
            visitor.user,
            experiment_id,
            engine=typed(form, "engine", "mosaix"),
            old_names=typed(form, "old_names") == "yes",
        )
    return back(f"/experiments/{experiment_id}", "asked")


@router.get("/experiments/{experiment_id}/bundle")
def bundle(visitor: SignedIn, here: Here, experiment_id: str) -> Response:
    """Download the bundle."""
    return file_answer(*file_of_bundle(here.database, here.files, visitor.user, experiment_id))
