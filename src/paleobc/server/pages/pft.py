"""The table of plant functional types: bands of latitude, and tables kept under a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response

from paleobc.bootstrap import Installation
from paleobc.errors import ConflictError, InputError, NotFoundError, StepError
from paleobc.server.forms import Submitted, back, typed
from paleobc.server.pft_forms import Row, bands_of, rows_of, shown_rows, sorted_rows, typed_rows, with_new_row
from paleobc.server.rendering import page
from paleobc.server.visitors import Here, SignedIn, Visitor
from paleobc.services.experiments import set_options
from paleobc.services.overview import experiment_data, options_data
from paleobc.services.pft_templates import default_bands, remove_template, save_template, templates_data
from paleobc.vegetation.pft import PFT_NAMES

router = APIRouter(include_in_schema=False)


@router.get("/experiments/{experiment_id}/pft")
def table(request: Request, visitor: SignedIn, here: Here, experiment_id: str, template: str = "") -> Response:
    """Show the table of an experiment, or one that was kept."""
    with here.database.reading() as session:
        bands = options_data(session, visitor.user, experiment_id, "pft")["options"]["bands"]
        if template:
            kept = {one["id"]: one["bands"] for one in templates_data(session, visitor.user)}
            if template not in kept:
                raise NotFoundError("There is no such table.")
            bands = kept[template]
    return _page(request, visitor, here, experiment_id, rows_of(bands))


def _page(
    request: Request, visitor: Visitor, here: Installation, experiment_id: str, rows: Sequence[Row], problem: str = ""
) -> Response:
    """Page of the table, with what is wrong with it."""
    with here.database.reading() as session:
        experiment = experiment_data(session, visitor.user, experiment_id)
        kept = templates_data(session, visitor.user)
    return page(
        request,
        "experiments/pft.html",
        status_code=422 if problem else 200,
        experiment=experiment,
        bands=shown_rows(rows),
        types=PFT_NAMES,
        templates=kept,
        problem=problem,
    )


@router.post("/experiments/{experiment_id}/pft")
def change(request: Request, visitor: SignedIn, here: Here, experiment_id: str, form: Submitted) -> Response:
    """Save the table, keep it under a name, or change its rows where no script does."""
    rows, wanted = typed_rows(form), typed(form, "do")
    changed = _changed_rows(rows, wanted, typed(form, "remove"))
    if changed is not None:
        return _page(request, visitor, here, experiment_id, changed)
    try:
        bands: list[dict[str, float]] = bands_of(rows)
        if wanted == "keep":
            with here.database.writing() as session:
                save_template(session, visitor.user, typed(form, "template_name"), bands)
            return _page_after_keeping(request, visitor, here, experiment_id, rows)
        said = _save(here, visitor, experiment_id, bands)
    except (InputError, StepError, ConflictError) as error:
        return _page(request, visitor, here, experiment_id, rows, str(error))
    return back(f"/experiments/{experiment_id}/pft", said)


def _page_after_keeping(
    request: Request, visitor: Visitor, here: Installation, experiment_id: str, rows: Sequence[Row]
) -> Response:
    """Page with the rows still in the form: they are kept, and not yet used."""
    request.state.said = "template"
    return _page(request, visitor, here, experiment_id, rows)


def _changed_rows(rows: list[Row], wanted: str, removed: str) -> list[Row] | None:
    """Rows after a button was pressed that changes them; None where none was."""
    if removed.isdecimal():
        return [row for place, row in enumerate(rows) if place != int(removed)]
    if wanted == "add":
        return with_new_row(sorted_rows(rows))
    if wanted == "sort":
        return sorted_rows(rows)
    return rows_of(default_bands()) if wanted == "defaults" else None


def _save(here: Installation, visitor: Visitor, experiment_id: str, bands: list[dict[str, float]]) -> str:
    """Set the bands, and say what follows; the other options of the step stay."""
    with here.database.writing() as session:
        chosen: dict[str, Any] = options_data(session, visitor.user, experiment_id, "pft")["chosen"]
        asked = set_options(session, visitor.user, experiment_id, "pft", chosen | {"bands": bands})
    return "planned" if asked else "nothing"


@router.post("/experiments/{experiment_id}/pft/templates/{template_id}/remove")
def remove(visitor: SignedIn, here: Here, experiment_id: str, template_id: str) -> Response:
    """Forget a table that was kept."""
    with here.database.writing() as session:
        remove_template(session, visitor.user, template_id)
    return back(f"/experiments/{experiment_id}/pft", "forgotten")
