"""Details of an experiment: its words, who shares it, copies of it, and the way into the bin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from paleobc.bootstrap import Installation
from paleobc.errors import ConflictError, InputError, NotFoundError
from paleobc.server.forms import Submitted, back, list_text, read_age, read_list, typed
from paleobc.server.pages.experiments import FIELDS
from paleobc.server.rendering import page
from paleobc.server.visitors import Here, SignedIn, Visitor
from paleobc.services.experiments import change_experiment, delete_experiment
from paleobc.services.overview import experiment_data
from paleobc.services.sharing import duplicate, send_copy, share_experiment, unshare

router = APIRouter(include_in_schema=False)


@router.get("/experiments/{experiment_id}/settings")
def details(request: Request, visitor: SignedIn, here: Here, experiment_id: str) -> Response:
    """Show the details of an experiment."""
    return _page(request, visitor, here, experiment_id)


def _page(
    request: Request,
    visitor: Visitor,
    here: Installation,
    experiment_id: str,
    *,
    field: str = "",
    error: str = "",
    typed_values: Mapping[str, str] | None = None,
) -> Response:
    """Page of the details, with what was typed and what is wrong with it."""
    with here.database.reading() as session:
        experiment = experiment_data(session, visitor.user, experiment_id)
    values = {name: experiment[name] for name in FIELDS} | {"gateways": list_text(experiment["gateways"])}
    others = {"colleague": "", "to_name": "", "copy_name": f"{experiment['name']}, copy"[:200]}
    told = typed_values or {}
    errors = dict.fromkeys((*values, *others), "")
    if field:
        errors[field] = error
    return page(
        request,
        "experiments/settings.html",
        status_code=422 if error else 200,
        experiment=experiment,
        values=values | {name: told[name] for name in values if name in told},
        **others | {name: told[name] for name in others if name in told},
        errors=errors,
        problem=error if not field else "",
        bin_days=here.settings.bin_days,
    )


@router.post("/experiments/{experiment_id}/settings")
def change(request: Request, visitor: SignedIn, here: Here, experiment_id: str, form: Submitted) -> Response:
    """Change the words about an experiment, and its gateways."""
    values = {name: typed(form, name) for name in (*FIELDS, "gateways")}
    field = "age"
    try:
        fields: dict[str, Any] = values | {"age": read_age(values["age"])}
        field = "gateways"
        fields["gateways"] = read_list(values["gateways"], "list of gateways")
        field = ""
        with here.database.writing() as session:
            change_experiment(session, visitor.user, experiment_id, **fields)
    except InputError as error:
        return _page(request, visitor, here, experiment_id, field=field, error=str(error), typed_values=values)
    return back(f"/experiments/{experiment_id}/settings", "saved")


@router.post("/experiments/{experiment_id}/share")
def share(request: Request, visitor: SignedIn, here: Here, experiment_id: str, form: Submitted) -> Response:
    """Let a colleague see an experiment, or change it."""
    name, may_change = typed(form, "colleague"), typed(form, "may_change") == "yes"

    def do(session: Any) -> None:
        share_experiment(session, visitor.user, experiment_id, name, may_change=may_change)

    wrong = _wrong(here, visitor, experiment_id, do)
    if wrong:
        return _page(request, visitor, here, experiment_id, field="colleague", error=wrong, typed_values=_text(form))
    return back(f"/experiments/{experiment_id}/settings", "shared")


@router.post("/experiments/{experiment_id}/unshare")
def stop_sharing(visitor: SignedIn, here: Here, experiment_id: str, form: Submitted) -> Response:
    """Stop sharing with somebody; who leaves goes back to the list."""
    name = typed(form, "name")
    with here.database.writing() as session:
        unshare(session, visitor.user, experiment_id, name)
    left = name == visitor.user.name
    return back("/experiments" if left else f"/experiments/{experiment_id}/settings", "unshared")


@router.post("/experiments/{experiment_id}/send")
def send(request: Request, visitor: SignedIn, here: Here, experiment_id: str, form: Submitted) -> Response:
    """Send a copy to a colleague."""
    name = typed(form, "to_name")

    def do(session: Any) -> None:
        send_copy(session, visitor.user, experiment_id, name)

    wrong = _wrong(here, visitor, experiment_id, do)
    if wrong:
        return _page(request, visitor, here, experiment_id, field="to_name", error=wrong, typed_values=_text(form))
    return back(f"/experiments/{experiment_id}/settings", "sent")


@router.post("/experiments/{experiment_id}/duplicate")
def copy(request: Request, visitor: SignedIn, here: Here, experiment_id: str, form: Submitted) -> Response:
    """Make a second experiment like this one."""
    try:
        with here.database.writing() as session:
            copy_id = duplicate(session, visitor.user, experiment_id, typed(form, "copy_name")).id
    except InputError as error:
        return _page(
            request, visitor, here, experiment_id, field="copy_name", error=str(error), typed_values=_text(form)
        )
    return back(f"/experiments/{copy_id}", "duplicated")


@router.post("/experiments/{experiment_id}/delete")
def delete(visitor: SignedIn, here: Here, experiment_id: str) -> Response:
    """Put an experiment into the bin."""
    with here.database.writing() as session:
        delete_experiment(session, visitor.user, experiment_id)
    return back("/experiments", "deleted")


def _text(form: Submitted) -> dict[str, str]:
    """Texts that were typed."""
    return {name: typed(form, name) for name in form}


def _wrong(here: Installation, visitor: Visitor, experiment_id: str, do: Callable[[Any], None]) -> str:
    """Do something with a colleague, and say what is wrong with the name; the experiment itself has to be there."""
    with here.database.reading() as session:
        experiment_data(session, visitor.user, experiment_id)
    try:
        with here.database.writing() as session:
            do(session)
    except (InputError, ConflictError, NotFoundError) as error:
        return str(error)
    return ""
