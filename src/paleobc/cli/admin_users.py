"""`paleobc admin users`: the accounts, and what is changed about one."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from paleobc.cli.admin_tables import AsJson, Yes, ask_first, minute_of, show, this_installation
from paleobc.cli.console import out, size_of
from paleobc.cli.installations import address_of
from paleobc.conventions import counted
from paleobc.services.accounts import INVITATION_LASTS
from paleobc.services.administration import (
    invite_user,
    set_user_quota,
    set_user_role,
    set_user_state,
    transfer_all,
    transfer_experiment,
    user_of_name,
    users_data,
)
from paleobc.services.administrators import shell
from paleobc.services.forgotten_passwords import PASSWORD_LINK_LASTS, link_from_shell

app = typer.Typer(help="List the accounts, and change one.")

_Name = Annotated[str, typer.Argument(help="Name of the account.")]
_Role = Literal["user", "admin"]


@app.callback(invoke_without_command=True)
def users(context: typer.Context, as_json: AsJson = False) -> None:
    """List the accounts, and change one."""
    if context.invoked_subcommand is not None:
        return
    here = this_installation()
    with here.database.reading() as session:
        found = users_data(session, shell())
    if not as_json:
        default = here.settings.quota_mb
        for one in found:
            quota = default if one["quota_mb"] is None else one["quota_mb"]
            one |= {
                "quota": f"{quota} MB" if quota else "none",
                "bytes": size_of(one["bytes"]),
                "created": minute_of(one["created"]),
            }
    columns = {
        "name": "name",
        "role": "role",
        "state": "state",
        "created": "since (UTC)",
        "experiments": "experiments",
        "bytes": "files",
        "quota": "quota",
    }
    show(found, columns, as_json=as_json, nothing="There are no accounts.")


@app.command()
def invite(role: Annotated[_Role, typer.Option(help="Of the account that is made with it.")] = "user") -> None:
    """Print a link with which one account is made, once."""
    here = this_installation()
    with here.database.writing() as session:
        secret = invite_user(session, shell(), role=role)
    out.print(f"Within {INVITATION_LASTS.days} days, once, an account is made at", markup=False)
    address = address_of(here.settings, here.settings.port)
    out.print(f"{address}/register?invitation={secret}", markup=False, soft_wrap=True)


@app.command()
def reset(name: _Name) -> None:
    """Print a link with which a password is replaced, once."""
    here = this_installation()
    with here.database.writing() as session:
        secret = link_from_shell(session, name)
    out.print(f"Within {PASSWORD_LINK_LASTS.days} days, once, a new password for {name} is chosen at", markup=False)
    out.print(f"{address_of(here.settings, here.settings.port)}/password?link={secret}", markup=False, soft_wrap=True)


@app.command()
def disable(name: _Name, yes: Yes = False) -> None:
    """Disable an account, at once in all browsers and programs."""
    ask_first(f"Disable the account {name}?", yes=yes)
    with this_installation().database.writing() as session:
        set_user_state(session, shell(), user_of_name(session, shell(), name).id, active=False)
    out.print(f"{name} is disabled.", markup=False)


@app.command()
def enable(name: _Name) -> None:
    """Enable an account again."""
    with this_installation().database.writing() as session:
        set_user_state(session, shell(), user_of_name(session, shell(), name).id, active=True)
    out.print(f"{name} is enabled.", markup=False)


@app.command()
def role(name: _Name, to: Annotated[_Role, typer.Argument(help="user, or admin.")]) -> None:
    """Say whether somebody administers."""
    with this_installation().database.writing() as session:
        set_user_role(session, shell(), user_of_name(session, shell(), name).id, to)
    out.print(f"{name} is {'an administrator' if to == 'admin' else 'a user'}.", markup=False)


@app.command()
def quota(
    name: _Name,
    most: Annotated[str, typer.Argument(metavar="MB", help="Number of MB; 0: no limit; default: as the settings say.")],
) -> None:
    """Say how much the files of somebody's experiments may take."""
    if most != "default" and not most.isdecimal():
        raise typer.BadParameter("a number of MB, 0 for no limit, or the word default", param_hint="MB")
    with this_installation().database.writing() as session:
        set_user_quota(
            session, shell(), user_of_name(session, shell(), name).id, None if most == "default" else int(most)
        )
    words = {"default": "as the settings say", "0": "without limit"}.get(most, f"{most} MB at most")
    out.print(f"The files of {name} may take: {words}.", markup=False)


@app.command()
def transfer(
    name: _Name,
    to: Annotated[str, typer.Argument(help="Name of the account that is given them.")],
    experiment: Annotated[str, typer.Option(help="Id of one experiment; all by default.")] = "",
    yes: Yes = False,
) -> None:
    """Give the experiments of an account to another one, with their history."""
    what = f"the experiment {experiment}" if experiment else "all experiments"
    ask_first(f"Give {what} of {name} to {to}?", yes=yes)
    with this_installation().database.writing() as session:
        user_id, number = user_of_name(session, shell(), name).id, 1
        if experiment:
            transfer_experiment(session, shell(), experiment, to, from_id=user_id)
        else:
            number = transfer_all(session, shell(), user_id, to)
    out.print(f"{counted(number, 'experiment')} of {name} given to {to}.", markup=False)
