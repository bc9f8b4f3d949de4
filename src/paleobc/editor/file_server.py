"""The editor of one file, served on this machine until Ctrl-C."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Thread, Timer

from paleobc.editor.file_host import FileHost
from paleobc.editor.file_pages import Pages, Server, create_pages, new_token
from paleobc.errors import InputError, PaleobcError

#: Time after which the address is told: by then, or very soon, it is answered [s].
_SOON = 0.1


def listener_on(port: int) -> socket.socket:
    """
    Socket on which the pages are served, on this machine alone.

    Raises
    ------
    InputError
        Where the port is taken.
    """
    listener = socket.socket(
        socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )  # so named, small answers go at once
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise InputError(f"Port {port} cannot be used: {error.strerror}. Take another one with --port.") from None
    return listener


def serve_file(host: FileHost, listener: socket.socket, served: Callable[[str], object]) -> None:
    """
    Serve the editor of a file until Ctrl-C or a signal to end.

    Parameters
    ----------
    host : FileHost
    listener : socket
    served : callable
        Called with the address once it is being served; only who knows it is answered.
    """
    port, token = listener.getsockname()[1], new_token()
    pages = Pages(host.file.name, host.answer, host.position)
    timer = Timer(_SOON, served, [f"http://127.0.0.1:{port}/{token}/"])
    timer.start()
    Thread(target=_make_ready, args=[host], daemon=True).start()
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # both signals end it in the same way
    try:
        with suppress(KeyboardInterrupt):  # what came is raised again once everything has ended
            Server(create_pages(pages, token, port)).run(sockets=[listener])
    finally:
        signal.signal(signal.SIGTERM, before)
        timer.cancel()
        listener.close()


def _make_ready(host: FileHost) -> None:
    """Look at the map while the browser starts, so that what is found out once is there when the page asks."""
    with suppress(PaleobcError):  # the page will be told
        host.answer("values", {})
