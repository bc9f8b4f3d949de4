"""A process that serves the application on a socket, until it is told to stop."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import FrameType

import uvicorn
from fastapi import FastAPI

from paleobc.bootstrap import Installation
from paleobc.server.frame import Pool, Rest, create_frame


class Server(uvicorn.Server):
    """
    A server that ends the streams of events when it is told to stop: pages that are open do not hold it up.

    Parameters
    ----------
    app : FastAPI
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app
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
    with suppress(KeyboardInterrupt):  # what came is raised again once everything has ended
        Server(app).run(sockets=[listener])
    listener.close()


def _load(installation: Installation, make_pool: Callable[[Installation], Pool | None]) -> Rest:
    """Load the science and what needs it: it takes seconds."""
    from paleobc.server.app import rest_of

    return rest_of(installation, make_pool(installation))
