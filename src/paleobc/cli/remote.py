"""`paleobc remote`: experiments of a paleobc that runs elsewhere."""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import quote, urlsplit

import typer
from rich.progress import Progress

from paleobc.cli.console import err, out, print_json, size_of
from paleobc.cli.remote_client import Account, Remote, checked_address
from paleobc.errors import InputError, NotFoundError

app = typer.Typer(no_args_is_help=True, help="Work with a paleobc that runs elsewhere.")

Experiment = Annotated[str, typer.Argument(help="Name or id of an experiment.")]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable.")]

#: States in which an asset changes without anybody's doing.
_MOVING: Final = frozenset({"waiting", "running"})
_PIECE: Final = 1 << 20
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@app.command()
def login(
    address: Annotated[str, typer.Argument(help="Address, as in a browser.")],
    name: Annotated[str | None, typer.Option(help="Your name there.")] = None,
    token: Annotated[
        bool, typer.Option("--token", help="Give a token of your account's page, not a password.")
    ] = False,
) -> None:
    """Sign in: a token is kept in a file that only you can read."""
    address = checked_address(address)
    if urlsplit(address).scheme == "http" and urlsplit(address).hostname not in _LOCAL:
        err.print("Warning: this address has no TLS; what you send can be read on the way.", style="yellow")
    if token:
        secret = typer.prompt("Token", hide_input=True).strip()
        if not (secret.isascii() and secret.isprintable()):  # no header can hold it
            raise InputError("This is no token; make one on the page of your account there, and copy all of it.")
    else:
        name = name or typer.prompt("Name")
        password = typer.prompt("Password", hide_input=True)
        body = {"name": name, "password": password, "label": f"paleobc remote on {socket.gethostname()}"[:100]}
        with Remote(Account(address, "")) as remote:
            secret = remote.ask("POST", "/tokens", json=body)["token"]
    account = Account(address, secret)
    with Remote(account) as remote:
        me = remote.ask("GET", "/me")
    path = account.keep()
    out.print(f"You are {me['name']} at {address}; the token is kept in {path}.", markup=False, soft_wrap=True)


@app.command("list")
def list_experiments(
    search: Annotated[str, typer.Argument(help="Words that all have to occur.")] = "", as_json: AsJson = False
) -> None:
    """List the experiments that you may see."""
    with _remote() as remote:
        found: list[dict[str, Any]] = []
        while True:
            part = remote.ask("GET", "/experiments", params={"search": search, "offset": len(found), "most": 200})
            found += part["experiments"]
            if len(found) >= part["count"] or not part["experiments"]:
                break
        if as_json:
            print_json(found)
            return
        for one in found:
            states = ", ".join(f"{count} {state}" for state, count in one["states"].items() if count)
            out.print(f"{one['id']}  {one['name']}  ({one['owner']}; {states})", markup=False, soft_wrap=True)


@app.command()
def upload(
    experiment: Experiment,
    asset: Annotated[str, typer.Argument(help="What the file is: relief, ocean_grid ...")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    variable: Annotated[str | None, typer.Option(help="Which variable is meant, where in doubt.")] = None,
    create: Annotated[
        bool, typer.Option("--create", help="Make the experiment where there is none of this name.")
    ] = False,
) -> None:
    """Give a file to an experiment; all that follows from it is computed."""
    with _remote() as remote:
        place = _place(_experiment_or_new(remote, experiment, create=create))
        size = file.stat().st_size
        with Progress(console=err, transient=True) as progress, file.open("rb") as stream:
            task = progress.add_task(file.name, total=size)

            def pieces() -> Iterator[bytes]:
                while piece := stream.read(_PIECE):
                    yield piece
                    progress.advance(task, len(piece))

            run = remote.ask(
                "PUT",
                f"{place}/assets/{quote(asset, safe='')}",
                params={"file_name": file.name} | ({"variable": variable} if variable else {}),
                content=pieces(),
                headers={"Content-Length": str(size), "Content-Type": "application/octet-stream"},
            )
        out.print(f"{file.name} ({size_of(size)}) is there; run {run['id']} reads it.", markup=False, soft_wrap=True)


def _experiment_or_new(remote: Remote, name: str, *, create: bool) -> dict[str, Any]:
    """Find an experiment, or make one where that is wanted."""
    try:
        return remote.experiment(name)
    except NotFoundError:
        if not create:
            raise NotFoundError(f"There is no experiment {name!r}; --create makes one.") from None
        return dict(remote.ask("POST", "/experiments", json={"name": name}))


@app.command()
def run(
    experiment: Experiment,
    step: Annotated[str | None, typer.Argument(help="A step, or 'bundle'; none: all that failed.")] = None,
    option: Annotated[list[str] | None, typer.Option("-o", "--option", help="NAME=VALUE; for a step.")] = None,
) -> None:
    """Choose the options of a step, try again what failed, or ask for the bundle; what follows is computed."""
    with _remote() as remote:
        place = _place(remote.experiment(experiment))
        values = dict(_value(text) for text in option or [])
        if step is None:
            remote.ask("POST", f"{place}/again")
        elif step == "bundle":
            remote.ask("POST", f"{place}/bundle", json=values)
        else:
            at = f"{place}/steps/{quote(step, safe='')}"
            chosen = remote.ask("GET", at)["chosen"] if values else {}
            remote.ask("PUT", at, json={"options": chosen | values})
        out.print(f"Asked for. Next: paleobc remote wait {experiment}", markup=False, soft_wrap=True)


def _value(text: str) -> tuple[str, Any]:
    """Name and value of an option; what is no JSON is text."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InputError(f"{text!r} is no option; it looks like NAME=VALUE.")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


@app.command()
def wait(
    experiment: Experiment,
    seconds: Annotated[float, typer.Option(min=1, help="How long at most [s].")] = 3600.0,
    as_json: AsJson = False,
) -> None:
    """Wait until nothing is being computed; exit code 3 where something failed."""
    with _remote() as remote:
        place = _place(remote.experiment(experiment))
        data = _settled(remote, place, time.monotonic() + seconds)
        failed = [one for one in (*data["assets"], data["bundle"]) if one["state"] == "failed"]
        if as_json:
            print_json([{key: asset[key] for key in ("asset", "state", "why", "revision")} for asset in data["assets"]])
        else:
            for asset in data["assets"]:
                out.print(f"{asset['asset']}: {asset['state']} {asset['why']}".rstrip(), markup=False, soft_wrap=True)
        if failed:
            sys.exit(3)


def _settled(remote: Remote, place: str, until: float) -> dict[str, Any]:
    """Data of an experiment once nothing in it is being computed."""
    while True:
        data = dict(remote.ask("GET", place))
        if not _is_moving(data):
            return data
        for _ in remote.events(f"{place}/events", data["event"]):
            if time.monotonic() > until:
                raise InputError("It is still being computed; wait again, or for longer with --seconds.")
            if not _is_moving(data := dict(remote.ask("GET", place))):
                return data
        if time.monotonic() > until:
            raise InputError("It is still being computed; wait again, or for longer with --seconds.")
        time.sleep(1.0)  # the line broke: ask again


def _is_moving(data: dict[str, Any]) -> bool:
    """Whether something in an experiment is being computed."""
    return any(one["state"] in _MOVING for one in (*data["assets"], data["bundle"]))


@app.command()
def download(
    experiment: Experiment,
    asset: Annotated[str | None, typer.Argument(help="An asset, or 'bundle'; none: all files.")] = None,
    to: Annotated[Path, typer.Option("-o", "--output", help="Folder to write into.")] = Path(),
) -> None:
    """Take home a file, the bundle, or all files."""
    with _remote() as remote:
        place = _place(remote.experiment(experiment))
        path = {None: "/files", "bundle": "/bundle"}.get(asset) or f"/assets/{quote(str(asset), safe='')}/file"
        to.mkdir(parents=True, exist_ok=True)
        with Progress(console=err, transient=True) as progress:
            task = progress.add_task(asset or "all files", total=None)
            target = remote.fetch(
                place + path, to, lambda there, whole: progress.update(task, completed=there, total=whole)
            )
        out.print(f"{target} ({size_of(target.stat().st_size)})", markup=False, soft_wrap=True)


def _remote() -> Remote:
    """The paleobc that one has signed in to."""
    return Remote(Account.kept())


def _place(experiment: dict[str, Any]) -> str:
    """Where an experiment is."""
    return f"/experiments/{experiment['id']}"
