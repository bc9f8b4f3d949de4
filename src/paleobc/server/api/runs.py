"""Steps, their options, and their runs."""

from __future__ import annotations

from fastapi import APIRouter

from paleobc.server.api.words import Before, ChosenVariable, Data, ExperimentId, Most, Options, RunId, StepName
from paleobc.server.visitors import Here, SignedIn
from paleobc.services.experiments import ask_again, cancel_run, set_options
from paleobc.services.overview import experiment_data, options_data, run_data, runs_data
from paleobc.services.step_forms import step_form
from paleobc.services.uploads import choose_variable
from paleobc.steps.catalogue import GRAPH

router = APIRouter(tags=["runs"])


@router.get("/steps")
def steps(visitor: SignedIn) -> list[Data]:  # noqa: ARG001  (signed in is all that it takes)
    """List the steps and their options."""
    return [step_form(step.name) for step in GRAPH.steps]


@router.get("/steps/{step}")
def step_described(visitor: SignedIn, step: StepName) -> Data:  # noqa: ARG001
    """Describe a step: what it reads and writes, and its options."""
    return step_form(step)


@router.get("/experiments/{experiment_id}/steps/{step}")
def options(visitor: SignedIn, installation: Here, experiment_id: ExperimentId, step: StepName) -> Data:
    """Show the options of a step in an experiment."""
    with installation.database.reading() as session:
        return options_data(session, visitor.user, experiment_id, step)


@router.put("/experiments/{experiment_id}/steps/{step}")
def choose_options(
    visitor: SignedIn, installation: Here, experiment_id: ExperimentId, step: StepName, body: Options
) -> Data:
    """Choose the options of a step; what depends on them is computed again."""
    with installation.database.writing() as session:
        set_options(session, visitor.user, experiment_id, step, body.options)
        return experiment_data(session, visitor.user, experiment_id)


@router.post("/experiments/{experiment_id}/again", status_code=202)
def again(visitor: SignedIn, installation: Here, experiment_id: ExperimentId) -> Data:
    """Try again what failed."""
    with installation.database.writing() as session:
        ask_again(session, visitor.user, experiment_id)
        return experiment_data(session, visitor.user, experiment_id)


@router.get("/experiments/{experiment_id}/runs")
def runs(
    visitor: SignedIn, installation: Here, experiment_id: ExperimentId, before: Before = None, most: Most = 50
) -> list[Data]:
    """List the runs of an experiment, newest first."""
    with installation.database.reading() as session:
        return list(runs_data(session, visitor.user, experiment_id, before=before, most=most))


@router.get("/experiments/{experiment_id}/runs/{run_id}")
def run(visitor: SignedIn, installation: Here, experiment_id: ExperimentId, run_id: RunId) -> Data:
    """Show a run with its log."""
    with installation.database.reading() as session:
        return run_data(session, visitor.user, experiment_id, run_id)


@router.post("/experiments/{experiment_id}/runs/{run_id}/cancel")
def cancel(visitor: SignedIn, installation: Here, experiment_id: ExperimentId, run_id: RunId) -> Data:
    """Cancel a run."""
    with installation.database.writing() as session:
        cancel_run(session, visitor.user, experiment_id, run_id)
        return run_data(session, visitor.user, experiment_id, run_id)


@router.post("/experiments/{experiment_id}/runs/{run_id}/variable", status_code=202)
def variable(
    visitor: SignedIn, installation: Here, experiment_id: ExperimentId, run_id: RunId, body: ChosenVariable
) -> Data:
    """Say which variable of an uploaded file is meant."""
    with installation.database.writing() as session:
        asked = choose_variable(session, visitor.user, experiment_id, run_id, body.variable)
        return run_data(session, visitor.user, experiment_id, asked.id)
