"""A plain proxy that gives requests to servers in turn, and can lose answers."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Sequence
from urllib.parse import urlsplit


class BadLine:
    """
    A proxy without any memory of who asked: the next request goes to the next server.

    Parameters
    ----------
    servers : sequence of str
        Their addresses; may be changed while it runs.
    """

    def __init__(self, servers: Sequence[str]) -> None:
        self.servers = list(servers)
        #: Answers to requests that hold this in their first line are lost, so many of them.
        self.losing, self.to_lose = b"", 0
        self.lost = 0
        self.served = dict.fromkeys(self.servers, 0)
        self._turns = itertools.count()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """Take no more requests."""
        self._listener.close()

    def lose(self, words: bytes, number: int) -> None:
        """Lose the answers to the next requests of a kind: the server hears and does what it is asked."""
        self.losing, self.to_lose = words, number

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        """Pass on one request and its answer, then hang up."""
        with client:
            request = _request(client)
            if not request:
                return
            server = self.servers[next(self._turns) % len(self.servers)]
            self.served[server] = self.served.get(server, 0) + 1
            target = urlsplit(server)
            try:
                with socket.create_connection((target.hostname or "", target.port or 0), timeout=60) as backend:
                    backend.sendall(request)
                    self._answer(backend, client, request)
            except OSError:
                return  # the page sees a connection that was closed

    def _answer(self, backend: socket.socket, client: socket.socket, request: bytes) -> None:
        """Pass on an answer piece by piece, or lose it once all of it has come."""
        is_lost = self.to_lose > 0 and self.losing in request.split(b"\r\n", 1)[0]
        if is_lost:
            self.to_lose -= 1
        while piece := backend.recv(65536):
            if not is_lost:
                client.sendall(piece)
        self.lost += is_lost


def _request(client: socket.socket) -> bytes:
    """One request as its server gets it: the connection ends with its answer."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = client.recv(65536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"connection:", b"keep-alive:"))]
    length = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += client.recv(65536)
    return b"\r\n".join([*lines, b"Connection: close", b"", body])
