"""The application: its frame, and the pages and the interface of programs in it."""

from __future__ import annotations

from functools import partial
from typing import Final

from fastapi import FastAPI

from paleobc.bootstrap import Installation
from paleobc.server.api import api_router
from paleobc.server.frame import Pool, Rest, create_frame
from paleobc.server.pages import (
    activity,
    admin,
    admin_database,
    admin_runs,
    admin_storage,
    assets,
    bin,  # noqa: A004  (the place that the page shows)
    details,
    editor,
    experiments,
    maps,
    passwords,
    people,
    pft,
    runs,
    steps,
)
from paleobc.services.first_experiment import give_example
from paleobc.services.logs import remove_old_lines
from paleobc.services.maintenance import tidy
from paleobc.store.tables import User

_ADMINISTRATION: Final = (admin, admin_runs, admin_storage, admin_database, people)
_PAGES: Final = (passwords, experiments, details, steps, runs, assets, maps, editor, pft, activity, bin)


def create_app(installation: Installation, pool: Pool | None = None) -> FastAPI:
    """
    Put the application together.

    Parameters
    ----------
    installation : Installation
        Its database is at this version's schema.
    pool : Pool, optional
        Performs runs as long as the application runs; None: others do.
    """
    return create_frame(installation, partial(rest_of, installation, pool))


def rest_of(installation: Installation, pool: Pool | None) -> Rest:
    """All that stands in the frame."""
    return Rest(
        [module.router for module in (*_ADMINISTRATION, *_PAGES)] + [api_router()],
        partial(_tidy, installation),
        pool,
        partial(_greet, installation),
    )


def _tidy(installation: Installation) -> None:
    """Remove what nobody needs any more: files, experiments in bins, lines of the log."""
    settings = installation.settings
    tidy(installation.database, installation.files, bin_days=settings.bin_days)
    remove_old_lines(installation.database, settings.log_days)


def _greet(installation: Installation, user: User) -> None:
    """Give the first administrator the example, where that is wanted."""
    settings = installation.settings
    if settings.example and user.role == "admin":
        give_example(installation.database, installation.files, user, most_bytes=settings.upload_mb * 1_000_000)
