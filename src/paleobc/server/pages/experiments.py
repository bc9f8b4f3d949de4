"""The list of experiments, a new one, and one with its graph of steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from paleobc.errors import InputError
from paleobc.server.edit_links import edit_links
from paleobc.server.forms import Submitted, back, read_age, typed
from paleobc.server.graph_picture import picture_of_steps
from paleobc.server.rendering import page, part, size, when
from paleobc.server.states import counted, leading, shown, shown_bundle, summary
from paleobc.server.visitors import Here, SignedIn
from paleobc.services.experiments import ask_again, create_experiment
from paleobc.services.overview import experiment_data, experiment_list
from paleobc.steps.assets import ASSETS, title_of
from paleobc.steps.catalogue import GRAPH
from paleobc.store.events import newest_event
from paleobc.store.experiments import Sort
from paleobc.store.tables import User

router = APIRouter(include_in_schema=False)

_IN_PAGE: Final = 50
_LARGEST_PAGE: Final = 100_000
FIELDS: Final = ("name", "author", "reference", "age", "hypothesis")

Search = Annotated[str, Query(max_length=200)]
Page = Annotated[int, Query(alias="page", ge=1, le=_LARGEST_PAGE)]
Order = Literal["up", "down"]


@router.get("/experiments")
def experiments(
    request: Request,
    visitor: SignedIn,
    here: Here,
    search: Search = "",
    sort: Sort = "changed",
    order: Order = "down",
    page_number: Page = 1,
) -> Response:
    """List experiments."""
    with here.database.reading() as session:
        event = newest_event(session)
        found = _listed(session, visitor.user, search, sort, order, page_number)
    query: dict[str, Any] = {"search": search, "sort": sort, "order": order, "page": page_number}

    def address(**changes: Any) -> str:
        return f"/experiments?{urlencode(query | changes)}"

    return page(
        request,
        "experiments/list.html",
        **found,
        event=event,
        search=search,
        sort=sort,
        descending=order == "down",
        page=page_number,
        first=(page_number - 1) * _IN_PAGE + 1,
        address=address,
    )


@router.get("/experiments/states")
def states_of_experiments(
    visitor: SignedIn,
    here: Here,
    search: Search = "",
    sort: Sort = "changed",
    order: Order = "down",
    page_number: Page = 1,
) -> list[dict[str, str]]:
    """Tell how the experiments of a list stand now."""
    with here.database.reading() as session:
        found = _listed(session, visitor.user, search, sort, order, page_number)["experiments"]
    return [{"id": one["id"], "state": one["state"], "words": one["words"]} for one in found]


def _listed(session: Any, user: User, search: str, sort: Sort, order: Order, number: int) -> dict[str, Any]:
    """Part of the list of experiments, each with its state in words."""
    found = experiment_list(
        session,
        user,
        search=search,
        sort=sort,
        descending=order == "down",
        offset=(number - 1) * _IN_PAGE,
        most=_IN_PAGE,
    )
    listed = [
        one | {"state": leading(one["states"]), "words": summary(one["states"], brief=True)}
        for one in found["experiments"]
    ]
    return {"experiments": listed, "count": found["count"]}


@router.get("/experiments/new")
def new_experiment(request: Request, visitor: SignedIn, here: Here) -> Response:  # noqa: ARG001
    """Form of a new experiment."""
    return _new_page(request, dict.fromkeys(FIELDS, ""), {}, here.settings.upload_mb)


def _new_page(request: Request, values: Mapping[str, Any], errors: Mapping[str, str], upload_mb: int) -> Response:
    """Form of a new experiment, with what is wrong."""
    problem = errors.get("", "")
    return page(
        request,
        "experiments/new.html",
        status_code=422 if errors else 200,
        values=values,
        errors=dict.fromkeys(FIELDS, "") | dict(errors),
        problem=problem,
        most=upload_mb * 1e6,
    )


@router.post("/experiments")
def create(request: Request, visitor: SignedIn, here: Here, form: Submitted) -> Response:
    """Make an experiment."""
    values = {name: typed(form, name) for name in FIELDS}
    try:
        fields: dict[str, Any] = values | {"age": read_age(values["age"])}
        with here.database.writing() as session:
            experiment_id = create_experiment(session, visitor.user, **fields).id
    except InputError as error:
        return _new_page(request, values, {"": str(error)}, here.settings.upload_mb)
    return back(f"/experiments/{experiment_id}", "created")


@router.get("/experiments/{experiment_id}")
def experiment(request: Request, visitor: SignedIn, here: Here, experiment_id: str) -> Response:
    """One experiment: its graph, its files, its bundle."""
    with here.database.reading() as session:
        data = _complete(experiment_data(session, visitor.user, experiment_id))
    assets = {asset["asset"]: asset for asset in data["assets"]}
    return page(
        request,
        "experiments/one.html",
        experiment=data,
        assets=assets,
        groups=_groups(data["assets"]),
        edit_links=edit_links(data),
        pictures={
            "rightwards": picture_of_steps("rightwards"),
            "downwards": picture_of_steps("downwards"),
        },
        problems=problems_of(data["assets"]),
        summary=summary(counted(data["assets"])),
        needs_relief=assets["relief"]["state"] == "missing",
        most=here.settings.upload_mb * 1e6,
    )


@router.get("/experiments/{experiment_id}/state")
def state(request: Request, visitor: SignedIn, here: Here, experiment_id: str, asset: str = "") -> dict[str, Any]:
    """Tell how the assets of an experiment stand now; ``asset`` names the only one whose problems are wanted."""
    with here.database.reading() as session:
        data = _complete(experiment_data(session, visitor.user, experiment_id))
    problems = [one for one in problems_of(data["assets"]) if asset in ("", one["asset"])]
    return {
        "event": data["event"],
        "summary": summary(counted(data["assets"])),
        "assets": [_brief(one) for one in data["assets"]],
        "parts": {
            "problems": part(request, "experiments/problems.html", experiment=data, problems=problems),
            "bundle": part(request, "experiments/bundle.html", experiment=data),
        },
    }


def _complete(data: dict[str, Any]) -> dict[str, Any]:
    """Data of an experiment, with the words that pages show."""
    return data | {"assets": [shown(asset) for asset in data["assets"]], "bundle": shown_bundle(data["bundle"])}


def problems_of(assets: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Assets whose run failed."""
    return [asset for asset in assets if asset["state"] == "failed"]


def _brief(asset: Mapping[str, Any]) -> dict[str, Any]:
    """What an open page wants to know of an asset."""
    kept = ("asset", "state", "word", "why", "label", "progress", "started", "revision", "created", "kind")
    return {key: asset[key] for key in kept} | {"size": size(asset["size"]), "made": when(asset["created"])}


def _groups(assets: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Assets by who reads them: those that are given, those in between, those of each component."""
    order: dict[str, list[Mapping[str, Any]]] = {}
    for asset in assets:
        words = "Given" if asset["kind"] == "given" else _reader(asset["component"])
        order.setdefault(words, []).append(asset)
    last = [words for words in order if words.startswith("For ")]
    first = [words for words in order if words not in last]
    return [{"words": words, "assets": order[words]} for words in (*first, *sorted(last))]


def _reader(component: str | None) -> str:
    """Who reads an asset, as the heading of a group."""
    if not component:
        return "In between"
    return "For your own programs" if component == "you" else f"For {component}"


@router.post("/experiments/{experiment_id}/again")
def again(visitor: SignedIn, here: Here, experiment_id: str) -> Response:
    """Try what failed again."""
    with here.database.writing() as session:
        ask_again(session, visitor.user, experiment_id)
    return back(f"/experiments/{experiment_id}", "again")


#: Titles of all assets, for pages that name those that another was made of.
TITLES: Final = {name: title_of(name) for name in (*ASSETS, *GRAPH.hand_edits)}
