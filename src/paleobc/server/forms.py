"""Forms of pages: what was typed, and the way back after it was done."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

import yaml
from fastapi import Depends, Request
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from paleobc.errors import InputError
from paleobc.yaml_lines import read_yaml


async def submitted_form(request: Request) -> FormData:
    """Read the form of a request; the size of its body is limited before."""
    return await request.form(max_fields=5000)


Submitted = Annotated[FormData, Depends(submitted_form)]


def typed(form: FormData, name: str, default: str = "") -> str:
    """Text of a field, without spaces around it; a file is not text."""
    value = form.get(name, default)
    return value.strip() if isinstance(value, str) else default


def typed_list(form: FormData, name: str) -> list[str]:
    """Texts of all fields of a name."""
    return [value.strip() for value in form.getlist(name) if isinstance(value, str)]


def read_age(text: str) -> float | None:
    """
    Age as typed, None where there is none.

    Raises
    ------
    InputError

    Examples
    --------
    >>> read_age("66,5"), read_age("")
    (66.5, None)
    """
    if not text:
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise InputError(f"The age {text[:40]!r} is not a number; give millions of years, such as 66.") from None


def read_list(text: str, what: str) -> list[Any]:
    """
    A list typed as YAML; empty where nothing was typed.

    Raises
    ------
    InputError
    """
    if not text.strip():
        return []
    data = read_yaml(text, what, what, InputError).data
    if not isinstance(data, list):
        raise InputError(f"The {what} has to be a list: each entry begins with a dash.")
    return data


def list_text(data: list[Any]) -> str:
    r"""
    A list as YAML, to be changed by hand.

    Examples
    --------
    >>> list_text([{"name": "Drake", "state": "open"}])
    '- {name: Drake, state: open}\n'
    """
    if not data:
        return ""
    text: str = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, default_flow_style=None, width=100)
    return text


def back(address: str, said: str = "", **query: str) -> RedirectResponse:
    """Send the browser to a page, which then says what was done."""
    query |= {"said": said} if said else {}
    return RedirectResponse(f"{address}?{urlencode(query)}" if query else address, status_code=303)
