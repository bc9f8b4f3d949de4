"""Experiments: made, listed, changed, deleted, copied and shared."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from paleobc.server.api.words import (
    Before,
    ChangedExperiment,
    Data,
    ExperimentId,
    Most,
    Name,
    NewExperiment,
    Offset,
    ShareWith,
)
from paleobc.server.visitors import Here, SignedIn
from paleobc.services.experiments import (
    change_experiment,
    create_experiment,
    delete_experiment,
    remove_for_good,
    restore_experiment,
)
from paleobc.services.overview import activity_data, experiment_data, experiment_list
from paleobc.services.sharing import duplicate, send_copy, share_experiment, unshare
from paleobc.store.experiments import Sort

router = APIRouter(tags=["experiments"])


@router.get("/experiments")
def experiments(
    visitor: SignedIn,
    installation: Here,
    search: Annotated[str, Query(max_length=500, description="Words that all have to occur.")] = "",
    sort: Sort = "changed",
    descending: bool = True,
    offset: Offset = 0,
    most: Most = 50,
    deleted: Annotated[bool, Query(description="Those in the bin instead.")] = False,
) -> Data:
    """List the experiments that one may see."""
    with installation.database.reading() as session:
        return experiment_list(
            session,
            visitor.user,
            search=search,
            sort=sort,
            descending=descending,
            offset=offset,
            most=most,
            deleted=deleted,
        )


@router.post("/experiments", status_code=201)
def new_experiment(visitor: SignedIn, installation: Here, body: NewExperiment) -> Data:
    """Make an experiment."""
    with installation.database.writing() as session:
        experiment = create_experiment(session, visitor.user, **body.model_dump())
        return experiment_data(session, visitor.user, experiment.id)


@router.get("/experiments/{experiment_id}")
def experiment(visitor: SignedIn, installation: Here, experiment_id: ExperimentId) -> Data:
    """Show an experiment and how each of its assets stands."""
    with installation.database.reading() as session:
        return experiment_data(session, visitor.user, experiment_id)


@router.patch("/experiments/{experiment_id}")
def change(visitor: SignedIn, installation: Here, experiment_id: ExperimentId, body: ChangedExperiment) -> Data:
    """Change what is said of an experiment."""
    fields = body.model_dump(exclude_unset=True)
    wanted = {name: value for name, value in fields.items() if value is not None or name == "age"}
    with installation.database.writing() as session:
        change_experiment(session, visitor.user, experiment_id, **wanted)
        return experiment_data(session, visitor.user, experiment_id)


@router.delete("/experiments/{experiment_id}", status_code=204)
def delete(visitor: SignedIn, installation: Here, experiment_id: ExperimentId) -> None:
    """Put an experiment into the bin."""
    with installation.database.writing() as session:
        delete_experiment(session, visitor.user, experiment_id)


@router.post("/bin/{experiment_id}/restore")
def restore(visitor: SignedIn, installation: Here, experiment_id: ExperimentId) -> Data:
    """Take an experiment out of the bin."""
    with installation.database.writing() as session:
        restore_experiment(session, visitor.user, experiment_id)
        return experiment_data(session, visitor.user, experiment_id)


@router.delete("/bin/{experiment_id}", status_code=204)
def remove(visitor: SignedIn, installation: Here, experiment_id: ExperimentId) -> None:
    """Remove an experiment that is in the bin for good."""
    with installation.database.writing() as session:
        remove_for_good(session, visitor.user, experiment_id)


@router.post("/experiments/{experiment_id}/duplicate", status_code=201)
def copy(visitor: SignedIn, installation: Here, experiment_id: ExperimentId, body: Name) -> Data:
    """Make an experiment of one's own with the newest revisions of this one."""
    with installation.database.writing() as session:
        made = duplicate(session, visitor.user, experiment_id, body.name)
        return experiment_data(session, visitor.user, made.id)


@router.post("/experiments/{experiment_id}/send", status_code=204)
def send(visitor: SignedIn, installation: Here, experiment_id: ExperimentId, body: Name) -> None:
    """Send a copy to a colleague."""
    with installation.database.writing() as session:
        send_copy(session, visitor.user, experiment_id, body.name)


@router.put("/experiments/{experiment_id}/shares/{name}")
def share(visitor: SignedIn, installation: Here, experiment_id: ExperimentId, name: str, body: ShareWith) -> Data:
    """Let a colleague see an experiment, or change it too."""
    with installation.database.writing() as session:
        share_experiment(session, visitor.user, experiment_id, name, may_change=body.may_change)
        return experiment_data(session, visitor.user, experiment_id)


@router.delete("/experiments/{experiment_id}/shares/{name}", status_code=204)
def stop_sharing(visitor: SignedIn, installation: Here, experiment_id: ExperimentId, name: str) -> None:
    """Share an experiment with a colleague no longer."""
    with installation.database.writing() as session:
        unshare(session, visitor.user, experiment_id, name)


@router.get("/experiments/{experiment_id}/activity")
def activity(
    visitor: SignedIn, installation: Here, experiment_id: ExperimentId, before: Before = None, most: Most = 100
) -> list[Data]:
    """List what happened in an experiment, newest first."""
    with installation.database.reading() as session:
        return list(activity_data(session, visitor.user, experiment_id, before=before, most=most))
