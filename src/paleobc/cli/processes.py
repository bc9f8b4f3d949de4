"""`paleobc serve`: the web application, with workers of its own."""

from __future__ import annotations

import socket
from typing import Annotated, Any

import typer

from paleobc.cli.console import err, out
from paleobc.cli.extras import needing
from paleobc.cli.installations import address_of, settings_of
from paleobc.errors import InputError


def serve(
    host: Annotated[str | None, typer.Option(help="Address on which the pages are served.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; 0: any free one.")] = None,
    example: Annotated[
        bool, typer.Option("--example", help="Whoever makes the administrator's account finds the example there.")
    ] = False,
) -> None:
    """Serve the web application, with workers of its own; everything else is set in the environment."""
    settings = settings_of(host=host, port=port, example=example or None)
    listener = _listener(settings.host, settings.port)
    # Late: without the extra "server" the rest of the command works, and a port that is taken is told at once.
    with needing("cluster" if settings.broker_url else "server"):
        if settings.broker_url:
            import kombu  # noqa: F401  (told before anything begins, where it is missing)
        from paleobc.bootstrap import Installation
        from paleobc.server.process import serve_on
        from paleobc.services.accounts import first_administrator_link
        from paleobc.services.logs import set_up_logs

    installation = Installation(settings)
    installation.database.migrate()
    with installation.database.writing() as session:
        secret = first_administrator_link(session)
    address = address_of(settings, listener.getsockname()[1])
    out.print(f"paleobc serves {address} - Ctrl-C stops it. Its data are in {settings.data_folder}.", markup=False)
    if secret is not None:
        out.print("Nobody administers it yet. Make your account, once, at", markup=False)
        out.print(f"{address}/register?invitation={secret}", markup=False, soft_wrap=True)
    logs = set_up_logs(settings, "web")
    serve_on(listener, installation, _pool)
    logs.stop()
    err.print("Stopped.")


def _pool(installation: Any) -> Any:
    """Workers of an installation, where it wants any, or who wakes those of other machines."""
    from paleobc.worker import pool_of

    return pool_of(installation)


def _listener(host: str, port: int) -> socket.socket:
    """Socket on which the pages are served."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(1024)
    except OSError as error:
        raise InputError(
            f"Port {port} of {host} cannot be used: {error.strerror}. Is paleobc running already? "
            "Otherwise take another one with --port."
        ) from None
    return listener
