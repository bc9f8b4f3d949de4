"""The options of a step, as a form made from its declaration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from paleobc.bootstrap import Installation
from paleobc.errors import InputError, StepError
from paleobc.server.forms import Submitted, back, typed
from paleobc.server.option_forms import fields_of, read_options
from paleobc.server.rendering import page
from paleobc.server.states import shown
from paleobc.server.visitors import Here, SignedIn, Visitor
from paleobc.services.experiments import set_options, step_named
from paleobc.services.overview import experiment_data, options_data
from paleobc.services.step_forms import step_form
from paleobc.steps.assets import ASSETS
from paleobc.workflow.step import Step

router = APIRouter(include_in_schema=False)


def own_page(step: str) -> tuple[str, ...]:
    """Options of a step that have a page of their own."""
    return ("bands",) if step == "pft" else ()


@router.get("/experiments/{experiment_id}/steps/{step}")
def options(request: Request, visitor: SignedIn, here: Here, experiment_id: str, step: str) -> Response:
    """Show the options of a step."""
    return _page(request, visitor, here, experiment_id, step_named(step))


def _page(
    request: Request,
    visitor: Visitor,
    here: Installation,
    experiment_id: str,
    step: Step,
    *,
    given: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    """Page of the options, with what was typed and what is wrong with it."""
    with here.database.reading() as session:
        experiment = experiment_data(session, visitor.user, experiment_id)
        values = options_data(session, visitor.user, experiment_id, step.name)["options"]
    form = step_form(step.name)
    asset = next(shown(one) for one in experiment["assets"] if one["asset"] == step.writes)
    reads = [{"asset": name, "title": ASSETS[name].title, "optional": False} for name in step.reads]
    reads += [{"asset": name, "title": ASSETS[name].title, "optional": True} for name in step.may_read]
    wrong = dict(errors or {})
    return page(
        request,
        "experiments/step.html",
        status_code=422 if wrong else 200,
        experiment=experiment,
        asset=asset,
        form=form,
        reads=reads,
        fields=fields_of(form["options"], values, typed=given, errors=wrong, without=own_page(step.name)),
        problem=wrong.get("", ""),
    )


@router.post("/experiments/{experiment_id}/steps/{step}")
def set_step(
    request: Request, visitor: SignedIn, here: Here, experiment_id: str, step: str, form: Submitted
) -> Response:
    """Set the options of a step; what depends on them is asked for."""
    known = step_named(step)
    with here.database.reading() as session:
        chosen: dict[str, Any] = options_data(session, visitor.user, experiment_id, step)["chosen"]
    kept = {name: chosen[name] for name in own_page(step) if name in chosen}
    wanted = kept
    if not typed(form, "reset"):
        declared = [option for option in step_form(step)["options"] if option["name"] not in own_page(step)]
        given = {option["name"]: typed(form, option["name"]) for option in declared}
        wanted, errors = read_options(known, declared, given, kept)
        if errors:
            return _page(request, visitor, here, experiment_id, known, given=given, errors=errors)
    try:
        with here.database.writing() as session:
            asked = set_options(session, visitor.user, experiment_id, step, wanted)
    except (InputError, StepError) as error:
        return _page(request, visitor, here, experiment_id, known, errors={"": str(error)})
    return back(f"/experiments/{experiment_id}/assets/{known.writes}", "planned" if asked else "nothing")
