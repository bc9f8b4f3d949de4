"""A group of commands that imports the module of a command when that command is asked for, as click documents it."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import nullcontext
from importlib import import_module
from typing import Any, ClassVar, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from paleobc.cli.extras import needing


class Late(NamedTuple):
    """
    Where a command is, and its line in the help of the group.

    Parameters
    ----------
    place : str
        Module and name in it, ``module:name``: a function, or a `typer.Typer` with commands of its own.
    summary : str
        First line of the help of the command itself.
    needs : str
        Extra of the package without which its module cannot be imported; empty: none.
    """

    place: str
    summary: str
    needs: str = ""


class LateGroup(TyperGroup):
    """
    A group whose commands are declared in ``late``; listing them imports nothing, and asking for one imports it.

    This is click's pattern of a lazily loaded subcommand, https://click.palletsprojects.com/complex/#lazy-loading.
    """

    late: ClassVar[dict[str, Late]]

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = _Loaded(self.late)
        self._listed = {name: TyperCommand(name, help=late.summary) for name, late in self.late.items()}

    def list_commands(self, _ctx: Any) -> list[str]:
        """Names of the commands in the order of their declaration."""
        return list(self.late)

    def get_command(self, _ctx: Any, cmd_name: str) -> Any:
        """Name and summary of a command: all that the help of the group shows."""
        return self._listed.get(cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that is to run, with its module imported."""
        name, listed, rest = super().resolve_command(ctx, args)
        return name, listed and self.commands[str(name)], rest


class _Loaded(MutableMapping[str, Any]):
    """Commands by name, each imported when it is read."""

    def __init__(self, late: dict[str, Late]) -> None:
        self._late = late
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = _command(name, self._late[name])
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._late)

    def __len__(self) -> int:
        return len(self._late)


def _command(name: str, late: Late) -> Any:
    """Import a command, or a group of commands, and make it known to click under this name."""
    module, _, attribute = late.place.partition(":")
    with needing(late.needs) if late.needs else nullcontext():
        found = getattr(import_module(module), attribute)
    holder = typer.Typer()
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=name)
    else:
        holder.command(name)(found)
    return get_group(holder).commands[name]
