"""Tables of plant functional types that users keep under names."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paleobc.errors import InputError, NotFoundError
from paleobc.services.overview import time_text
from paleobc.steps.catalogue import GRAPH
from paleobc.store.letters import small_letters
from paleobc.store.tables import PftTemplate, User, utc_now

_LONGEST_NAME: Final = 100
_MOST: Final = 200


def default_bands() -> list[dict[str, float]]:
    """Give the bands that are taken where nobody chose others."""
    return deepcopy(list(GRAPH.step("pft").options({})["bands"]))


def templates_data(session: Session, user: User) -> list[dict[str, Any]]:
    """Templates of a user, by name."""
    query = select(PftTemplate).where(PftTemplate.user_id == user.id)
    query = query.order_by(small_letters(PftTemplate.name), PftTemplate.id)
    return [_as_data(template) for template in session.scalars(query)]


def save_template(session: Session, user: User, name: str, bands: list[dict[str, float]]) -> dict[str, Any]:
    """
    Keep bands under a name; those that bore it are replaced.

    Raises
    ------
    InputError, StepError
        Where the name or the bands cannot be used.
    """
    name = name.strip()
    if not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable():
        raise InputError(f"A template has a name of 1 to {_LONGEST_NAME} printable characters.")
    checked = GRAPH.step("pft").options({"bands": bands})["bands"]
    template = session.scalar(select(PftTemplate).where(PftTemplate.user_id == user.id, PftTemplate.name == name))
    if template is None:
        number = session.scalar(select(func.count()).where(PftTemplate.user_id == user.id)) or 0
        if number >= _MOST:
            raise InputError(f"There are {_MOST} templates already; remove one of them first.")
        template = PftTemplate(user_id=user.id, name=name)
        session.add(template)
    template.bands, template.created = checked, utc_now()
    session.flush()
    return _as_data(template)


def remove_template(session: Session, user: User, template_id: str) -> None:
    """
    Remove a template.

    Raises
    ------
    NotFoundError
        Where the user has no such template.
    """
    template = session.get(PftTemplate, template_id)
    if template is None or template.user_id != user.id:
        raise NotFoundError("There is no such template.")
    session.delete(template)
    session.flush()


def _as_data(template: PftTemplate) -> dict[str, Any]:
    return {
        "id": template.id,
        "name": template.name,
        "bands": template.bands,
        "created": time_text(template.created),
    }
