"""`paleobc admin queues` and `paleobc admin runs`: what waits, runs and failed, and what is done with one run."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from paleobc.cli.admin_tables import AsJson, Yes, ask_first, minute_of, show, this_installation
from paleobc.cli.console import out
from paleobc.services.admin_runs import act_on_run, queues_data, run_to_administer, runs_data
from paleobc.services.administrators import shell

app = typer.Typer(help="List the runs that wait, run or failed, and mend one.")

_Id = Annotated[str, typer.Argument(help="Id of the run, as the list gives it.")]


def queues(as_json: AsJson = False) -> None:
    """Tell for each queue how many runs wait, and for how long."""
    with this_installation().database.reading() as session:
        found = queues_data(session, shell())
    rows = found if as_json else [{**one, "oldest_seconds": _minutes(one["oldest_seconds"])} for one in found]
    columns = {"queue": "queue", "waiting": "waiting", "oldest_seconds": "the oldest since", "running": "running"}
    show(rows, columns, as_json=as_json, nothing="There are no queues.")


def _minutes(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds / 60:.0f} min"


@app.callback(invoke_without_command=True)
def runs(
    context: typer.Context,
    state: Annotated[
        Literal["waiting", "running", "failed", "all"], typer.Option(help="Only those of this state.")
    ] = "all",
    as_json: AsJson = False,
) -> None:
    """List the runs that wait, run or failed, and mend one."""
    if context.invoked_subcommand is not None:
        return
    states = ("running", "waiting", "failed") if state == "all" else (state,)
    with this_installation().database.reading() as session:
        found = [run for one in states for run in runs_data(session, shell(), one)]
    if not as_json:
        found = [
            {**one, "why": one["sentence"] or one["reason"], "created": minute_of(one["created"])} for one in found
        ]
    columns = {
        "id": "run",
        "state": "state",
        "queue": "queue",
        "user": "user",
        "experiment": "experiment",
        "step": "step",
        "created": "asked (UTC)",
        "attempts": "tried",
        "worker": "worker",
        "why": "why",
    }
    show(found, columns, as_json=as_json, nothing="Nothing waits, runs, or failed.")


@app.command()
def look(run: _Id) -> None:
    """Show one run with its log."""
    with this_installation().database.reading() as session:
        found = run_to_administer(session, shell(), run)
    for name in ("id", "state", "user", "experiment", "step", "queue", "reason", "sentence", "attempts", "worker"):
        out.print(f"{name}: {found[name] if found[name] is not None else ''}", markup=False, soft_wrap=True)
    out.print(f"what can be done: {', '.join(found['actions']) or 'nothing'}", markup=False)
    out.print(found["log"] or "It said nothing.", markup=False, soft_wrap=True)


@app.command()
def retry(run: _Id) -> None:
    """Try a failed or cancelled run again."""
    _act(run, "retry")


@app.command()
def cancel(run: _Id, yes: Yes = False) -> None:
    """End a run that waits or runs; its user can ask for it again."""
    ask_first(f"End the run {run}?", yes=yes)
    _act(run, "cancel")


@app.command()
def requeue(run: _Id, yes: Yes = False) -> None:
    """Take a running one from its worker, which stops it; it waits again for any worker."""
    ask_first(f"Stop the run {run} where it is performed, and begin it anew?", yes=yes)
    _act(run, "requeue")


@app.command()
def discard(run: _Id, yes: Yes = False) -> None:
    """Put a failed or waiting run aside: it is nothing to do any more."""
    ask_first(f"Put the run {run} aside?", yes=yes)
    _act(run, "discard")


def _act(run: str, action: str) -> None:
    """Do something with one run, and tell how it stands."""
    with this_installation().database.writing() as session:
        found = act_on_run(session, shell(), run, action)
    aside = ", and put aside" if found["put_aside"] else ""
    out.print(f"Run {found['id']} of {found['step']} is {found['state']}{aside}.", markup=False, soft_wrap=True)
