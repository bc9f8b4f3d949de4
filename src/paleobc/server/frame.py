"""The frame of the application: accounts, health and events at once, and room for the rest."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final, Protocol

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from paleobc import __version__
from paleobc.bootstrap import Installation
from paleobc.editor.page_files import ComponentFiles, PageFiles
from paleobc.server import events, health, metrics
from paleobc.server.access_log import AccessLog
from paleobc.server.body_limit import BodyLimit
from paleobc.server.failures import CatchFaults, add_failures, failure
from paleobc.server.limits import TryLimits
from paleobc.server.pages import accounts
from paleobc.server.rendering import STATIC
from paleobc.server.security import Doorkeeper, names_of
from paleobc.server.visitors import guard
from paleobc.server.waiting import UntilLoaded, WakePool
from paleobc.store.tables import User

_LOG: Final = logging.getLogger(__name__)

_TIDY_EVERY: Final = 3600.0


class Pool(Protocol):
    """Those who perform runs, where they belong to this process."""

    @property
    def is_alive(self) -> bool:
        """Whether runs are being performed."""

    def start(self) -> None:
        """Begin to perform runs."""

    def stop(self) -> None:
        """End."""

    def wake(self) -> None:
        """Look for runs now."""


@dataclass(frozen=True)
class Rest:
    """
    What the application is besides its frame.

    Parameters
    ----------
    routers : sequence of APIRouter
    tidy : callable
        Called once an hour.
    pool : Pool or None
        Performs runs as long as the application runs; None: others do.
    greet : callable
        Called with whoever has made an account.
    """

    routers: Sequence[APIRouter]
    tidy: Callable[[], object]
    pool: Pool | None
    greet: Callable[[User], object]


def create_frame(installation: Installation, load: Callable[[], Rest]) -> FastAPI:
    """
    Put the frame together.

    Parameters
    ----------
    installation : Installation
        Its database is at this version's schema.
    load : callable
        Makes the rest, in a thread, once the application has begun: whoever asks for it before waits.
    """
    app = FastAPI(
        title="paleobc",
        version=__version__,
        description="From a palaeotopography to the boundary files of a coupled climate model.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        dependencies=[Depends(guard)],
        middleware=_middleware(installation),
    )
    app.state.installation, app.state.load, app.state.pool = installation, load, None
    app.state.watch = events.Watch(installation.database)
    app.state.limits = TryLimits()
    add_failures(app)
    for module in (health, events, metrics, accounts):
        app.include_router(module.router)
    if installation.settings.oidc_issuer:
        # Late: its libraries take long to load, and few need them.
        from paleobc.server.pages.single_sign_on import add_single_sign_on

        add_single_sign_on(app)
    app.mount("/static/editor", ComponentFiles(), name="editor")
    app.mount("/static", PageFiles(directory=STATIC), name="static")
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load the rest, perform runs, read events and tidy up as long as the application runs."""
    app.state.loading = asyncio.create_task(_load(app))
    tasks = [app.state.loading, asyncio.create_task(app.state.watch.run()), asyncio.create_task(_tidy_often(app))]
    try:
        yield
    finally:
        app.state.watch.close()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError, Exception):  # what went wrong has been told
                await task
        if app.state.pool is not None:
            await run_in_threadpool(app.state.pool.stop)


async def _load(app: FastAPI) -> None:
    """Load the rest and take it in."""
    try:
        rest: Rest = await run_in_threadpool(app.state.load)
    except Exception:
        _LOG.exception("The application could not be loaded")
        raise
    for router in rest.routers:
        app.include_router(router)
    app.state.tidy, app.state.greet = rest.tidy, rest.greet
    if rest.pool is not None:
        app.state.pool = rest.pool
        await run_in_threadpool(rest.pool.start)


async def _tidy_often(app: FastAPI) -> None:
    """Empty bins and remove files that nothing names, once an hour."""
    while True:
        await asyncio.sleep(_TIDY_EVERY)
        try:
            await run_in_threadpool(app.state.tidy)
        except Exception:  # it is tried again in an hour, and the application goes on
            _LOG.exception("Tidying up failed")


def _middleware(installation: Installation) -> list[Middleware]:
    """What every request passes, from the outside in."""
    settings = installation.settings
    found = [
        Middleware(AccessLog),
        Middleware(Doorkeeper, names=names_of(settings), refuse=_other_site),
        Middleware(CatchFaults),
        Middleware(BodyLimit, largest_file=settings.upload_mb * 1_000_000, refuse=_too_large),
        Middleware(UntilLoaded),
        Middleware(WakePool),
    ]
    if settings.trusted_proxies:
        proxies = [proxy.strip() for proxy in settings.trusted_proxies.split(",")]
        found.insert(0, Middleware(ProxyHeadersMiddleware, trusted_hosts=proxies))
    return found


def _other_site(request: Request) -> Response:
    """Answer a request that is meant for another site."""
    return failure(request, 400, "This site does not bear the name under which it was asked for.")


def _too_large(request: Request) -> Response:
    """Answer a body that is larger than it may be."""
    return failure(request, 413, "This is larger than what is taken here.")
