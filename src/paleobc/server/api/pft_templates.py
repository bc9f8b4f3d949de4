"""Tables of plant functional types that one keeps under names."""

from __future__ import annotations

from fastapi import APIRouter

from paleobc.server.api.words import Data, PftTemplate
from paleobc.server.visitors import Here, SignedIn
from paleobc.services.pft_templates import default_bands, remove_template, save_template, templates_data

router = APIRouter(prefix="/pft-templates", tags=["PFT templates"])


@router.get("")
def templates(visitor: SignedIn, installation: Here) -> Data:
    """List the tables that one keeps, and the table that steps take by default."""
    with installation.database.reading() as session:
        return {"default": default_bands(), "templates": list(templates_data(session, visitor.user))}


@router.put("/{name}")
def save(visitor: SignedIn, installation: Here, name: str, body: PftTemplate) -> Data:
    """Keep a table under a name; one of that name is replaced."""
    with installation.database.writing() as session:
        return save_template(session, visitor.user, name, body.bands)


@router.delete("/{template_id}", status_code=204)
def remove(visitor: SignedIn, installation: Here, template_id: str) -> None:
    """Keep a table no longer."""
    with installation.database.writing() as session:
        remove_template(session, visitor.user, template_id)
