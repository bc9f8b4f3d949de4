"""A site to try: the application on a port of its own, with people and their browsers."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import httpx
import numpy as np
import xarray as xr
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from paleobc.bootstrap import Installation
from paleobc.server.app import create_app
from paleobc.server.frame import Rest, create_frame
from paleobc.server.process import Server
from paleobc.server.visitors import COOKIE
from paleobc.services.accounts import hash_password
from paleobc.services.experiments import create_experiment
from paleobc.settings import Settings
from paleobc.store.revisions import add_revision
from paleobc.store.runs import add_run
from paleobc.store.tables import Experiment, PftTemplate, Upload, User
from paleobc.store.users import add_token, add_user, sign_in
from servers.column import column_settings

_Client = TypeVar("_Client", bound=httpx.Client)

PASSWORD = "nine slow otters near the lock"  # noqa: S105


@cache
def password_hash() -> str:
    """Checksum of the one password of all people here: it takes long to make."""
    return hash_password(PASSWORD)


def flat_relief(height: float) -> xr.Dataset:
    """A world with one flat continent."""
    latitude, longitude = np.arange(-85.0, 90.0, 10.0), np.arange(-175.0, 180.0, 10.0)
    heights = np.full((18, 36), -3000.0)
    heights[6:12, 10:20] = height
    return xr.Dataset(
        {"relief": (("lat", "lon"), heights, {"units": "m"})}, {"lat": ("lat", latitude), "lon": ("lon", longitude)}
    )


class Browser(httpx.Client):
    """A browser of somebody who has signed in, which sends what its pages send."""

    def __init__(self, address: str, secret: str, csrf: str) -> None:
        super().__init__(
            base_url=address,
            headers={"Accept": "text/html", "Origin": address},
            timeout=30,
        )
        self.cookies.set(COOKIE, secret, domain="127.0.0.1", path="/")
        self.csrf = csrf

    def send_form(self, path: str, **fields: Any) -> httpx.Response:
        """Send a form of a page."""
        return self.post(path, data={"csrf": self.csrf} | fields)


class Site:
    """
    A site on a port of its own.

    Parameters
    ----------
    folder : Path
    load : callable, optional
        Makes all but the frame of the application; nobody waits for it.
    **settings
        Of the installation.
    """

    def __init__(self, folder: Path, load: Callable[[], Rest] | None = None, **settings: Any) -> None:
        self.installation = Installation(
            Settings(data_folder=folder, workers=0, **(column_settings(folder) | settings))
        )
        self.installation.database.migrate()
        self._waits = load is None
        self.app = create_app(self.installation) if load is None else create_frame(self.installation, load)
        self._clients: list[httpx.Client] = []
        self._server = Server(self.app)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]}, daemon=True)

    def start(self) -> None:
        self._thread.start()
        until = time.monotonic() + 20
        while not self._is_ready() and time.monotonic() < until:
            time.sleep(0.01)

    def _is_ready(self) -> bool:
        return self._server.started and (self.app.state.loading.done() or not self._waits)

    def stop(self) -> None:
        for client in self._clients:
            client.close()
        self.app.state.watch.close()
        self._server.should_exit = True
        self._thread.join(timeout=20)
        self._listener.close()
        self.installation.database.close()

    def _kept(self, client: _Client) -> _Client:
        """Close a client at the end."""
        self._clients.append(client)
        return client

    def user(self, name: str, role: str = "user") -> User:
        """Somebody with an account; the same one for the same name."""
        with self.installation.database.writing() as session:
            found = session.query(User).filter_by(name=name).one_or_none()
            return found or add_user(session, name, password_hash=password_hash(), role=role)

    def browser(self, user: User) -> Browser:
        """A browser in which somebody has signed in."""
        with self.installation.database.writing() as session:
            secret, entry = sign_in(session, user, timedelta(days=1))
            return self._kept(Browser(self.address, secret, entry.csrf))

    def stranger(self) -> httpx.Client:
        """A browser in which nobody has signed in."""
        headers = {"Accept": "text/html", "Origin": self.address}
        return self._kept(httpx.Client(base_url=self.address, headers=headers, timeout=30))

    def program(self, user: User) -> httpx.Client:
        """A program with a token of somebody."""
        with self.installation.database.writing() as session:
            secret, _ = add_token(session, user.id, "a script")
        headers = {"Authorization": f"Bearer {secret}"}
        return self._kept(httpx.Client(base_url=f"{self.address}/api/v1", headers=headers, timeout=30))

    def experiment(self, user: User, name: str = "Eocene") -> Experiment:
        """An empty experiment of somebody."""
        with self.installation.database.writing() as session:
            return create_experiment(session, user, name=name)

    def full_experiment(self, user: User) -> dict[str, str]:
        """An experiment of somebody with something of everything: what stands for what in addresses."""
        experiment = self.experiment(user)
        with self.installation.database.writing() as session:
            token = add_token(session, user.id, "mine")[1]
            template = PftTemplate(user_id=user.id, name=f"forest of {experiment.id}", bands=[])
            upload = Upload(
                experiment_id=experiment.id,
                asset="relief",
                file_name="topography.nc",
                sha256="0" * 64,
                bytes=1,
                given_by=user.id,
            )
            session.add_all([template, upload])
            session.flush()
            run = add_run(
                session,
                experiment.id,
                step="read_relief",
                asset="relief",
                fingerprint="0" * 64,
                state="done",
                options={"upload": upload.id},
            )
            for height in (100.0, 200.0):
                content, size = self.installation.contents.save(flat_relief(height))
                add_revision(
                    session,
                    experiment.id,
                    "relief",
                    content=content,
                    bytes=size,
                    fingerprint=content,
                    step="read_relief",
                    step_version=0,
                )
            session.flush()
            return {
                "experiment_id": experiment.id,
                "run_id": run.id,
                "template_id": template.id,
                "token_id": token.id,
                "user_id": user.id,
                "asset": "relief",
                "step": "routing",
                "number": "1",
                "first": "1",
                "second": "2",
                "name": user.name,
            }


def routes_of(app: FastAPI) -> list[tuple[str, str]]:
    """Methods and addresses of all routes of an application."""
    return [
        (method, str(route.path))
        for route in iter_route_contexts(app.routes)
        for method in sorted(getattr(route, "methods", None) or ())
        if method != "HEAD"
    ]


@contextmanager
def site(folder: Path, load: Callable[[], Rest] | None = None, **settings: Any) -> Iterator[Site]:
    """A site while it is needed."""
    found = Site(folder, load, **settings)
    found.start()
    try:
        yield found
    finally:
        found.stop()
