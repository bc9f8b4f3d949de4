"""The installation of the application that a command is about, from the environment and from options."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from paleobc.cli.extras import needing
from paleobc.errors import InputError


def settings_of(**chosen: Any) -> Any:
    """
    Settings from the environment, and before them from options that were given.

    Raises
    ------
    InputError
        Where one cannot be used.
    """
    with needing("server"):
        from paleobc.settings import Settings
    given = {name: value for name, value in chosen.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"PALEOBC_{str(first['loc'][0]).upper()}: {first['msg']}.") from None


def address_of(settings: Any, port: int) -> str:
    """Address under which the pages are reached, where they are served on a port."""
    if settings.public_url:
        return str(settings.public_url).rstrip("/")
    name = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{name}:{port}"
