"""The bin: experiments that were deleted and can be brought back."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response

from paleobc.server.forms import back
from paleobc.server.rendering import page
from paleobc.server.visitors import Here, SignedIn
from paleobc.services.experiments import remove_for_good, restore_experiment
from paleobc.services.overview import experiment_list

router = APIRouter(include_in_schema=False)

_MOST: Final = 200


@router.get("/bin")
def show_bin(request: Request, visitor: SignedIn, here: Here) -> Response:
    """Show what is in the bin."""
    with here.database.reading() as session:
        found = experiment_list(session, visitor.user, deleted=True, most=_MOST)["experiments"]
    return page(request, "experiments/bin.html", experiments=found, bin_days=here.settings.bin_days)


@router.post("/bin/{experiment_id}/restore")
def bring_back(visitor: SignedIn, here: Here, experiment_id: str) -> Response:
    """Bring an experiment back."""
    with here.database.writing() as session:
        restore_experiment(session, visitor.user, experiment_id)
    return back(f"/experiments/{experiment_id}", "back")


@router.post("/bin/{experiment_id}/remove")
def remove(visitor: SignedIn, here: Here, experiment_id: str) -> Response:
    """Remove an experiment for good."""
    with here.database.writing() as session:
        remove_for_good(session, visitor.user, experiment_id)
    return back("/bin", "gone")
