"""A process that serves the application on a socket, until it is told to stop."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from paleobc.bootstrap import Installation
from paleobc.broker.presence import Presence
from paleobc.lifetime import keep_loaded
from paleobc.server.frame import Pool, Rest, create_frame


class Server(uvicorn.Server):
    """
    A server that ends the streams of events when it is told to stop: pages that are open do not hold it up.

    Parameters
    ----------
    app : FastAPI
    at_end : callable, optional
        Called once nothing is served any more; what stands after the server may not be reached.
    """

    def __init__(self, app: FastAPI, at_end: Callable[[], object] = lambda: None) -> None:
        self._app, self._at_end = app, at_end
        config = uvicorn.Config(
            app,
            lifespan="on",
            log_config=None,
            access_log=False,  # ours keeps secrets out
            proxy_headers=False,  # ours believes those that are named in the settings only
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        super().__init__(config)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop."""
        self._app.state.watch.close()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop."""
        await super().shutdown(sockets)
        await run_in_threadpool(self._at_end)


def serve_on(
    listener: socket.socket, installation: Installation, make_pool: Callable[[Installation], Pool | None]
) -> None:
    """
    Serve an installation on a socket until Ctrl-C or a signal to end.

    Parameters
    ----------
    listener : socket
    installation : Installation
    make_pool : callable
        Makes the pool that performs runs, if any, while the first page is there already.
    """
    app = create_frame(installation, partial(_load, installation, make_pool))
    presence = Presence(installation.database, "web", lambda: _state_of(app))
    presence.start()
    with suppress(KeyboardInterrupt):  # what came is raised again once everything has ended
        Server(app, presence.stop).run(sockets=[listener])
    listener.close()


def _state_of(app: FastAPI) -> dict[str, Any]:
    """What the register is told of a process that serves pages: of its workers too, where it has any."""
    running = getattr(app.state.pool, "running", None)
    workers = app.state.installation.settings.workers if running is not None else 0
    return {"concurrency": workers, "running": running or 0}


def _load(installation: Installation, make_pool: Callable[[Installation], Pool | None]) -> Rest:
    """Load the science and what needs it: it takes seconds."""
    from paleobc.server.app import rest_of

    rest = rest_of(installation, make_pool(installation))
    keep_loaded()  # pages would stand still for a quarter of a second whenever all of it is looked through
    return rest
