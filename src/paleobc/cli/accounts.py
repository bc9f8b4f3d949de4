"""`paleobc accounts`: what only who runs the server may do with accounts."""

from __future__ import annotations

from typing import Annotated

import typer

from paleobc.cli.console import out
from paleobc.cli.extras import needing
from paleobc.cli.installations import address_of, settings_of
from paleobc.errors import InputError

app = typer.Typer(no_args_is_help=True, help="Let somebody in again who forgot their password.")


@app.callback()
def accounts() -> None:
    """Let somebody in again who forgot their password."""


@app.command()
def reset(
    name: Annotated[str, typer.Argument(help="Name of the account.")],
    address: Annotated[str | None, typer.Option(help="Address of the pages; that of the settings by default.")] = None,
) -> None:
    """Print a link with which the password of an account is replaced, once, within two days."""
    settings = settings_of()
    with needing("server"):
        from paleobc.bootstrap import Installation
        from paleobc.services.forgotten_passwords import PASSWORD_LINK_LASTS, link_from_shell
    if not settings.database_url and not (settings.data_folder / "paleobc.sqlite").exists():
        raise InputError(
            f"There are no accounts in {settings.data_folder}; say in PALEOBC_DATA_FOLDER where the data are."
        )
    database = Installation(settings).database
    database.check()
    with database.writing() as session:
        secret = link_from_shell(session, name)
    out.print(f"Within {PASSWORD_LINK_LASTS.days} days, once, a new password for {name} is chosen at", markup=False)
    base = address.rstrip("/") if address else address_of(settings, settings.port)
    out.print(f"{base}/password?link={secret}", markup=False, soft_wrap=True)
