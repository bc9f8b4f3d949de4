"""Repairs that are proposed for one problem, each as one ordinary edit."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from paleobc.errors import InputError
from paleobc.services.editing.field import EditedField
from paleobc.services.editing.journal import Gateways
from paleobc.topography.edits.apply import apply_edit, same_bits
from paleobc.topography.edits.cell_list import listed
from paleobc.topography.edits.edit import Edit, Set
from paleobc.topography.edits.plain import edit_as_data
from paleobc.topography.gateways import parse_gateways
from paleobc.topography.repair_at import proposals_at
from paleobc.topography.repair_world import Proposal, World
from paleobc.topography.surface import Surface

#: What an edit is asked for with.
_INTENT: Final = ("shape", "operation", "where", "reason")


def proposals_data(
    surface: Surface, field: EditedField, gateways: Gateways, *, check: str, cell: int, gateway: str
) -> list[dict[str, Any]]:
    """
    Ways to repair the problem at a cell, the best first, as plain data.

    Parameters
    ----------
    surface : Surface
        The field as it is now; not changed.
    field : EditedField
    gateways : list of dict
        Gateways that are to be kept, plain.
    check, cell, gateway
        The problem, see `paleobc.topography.repair_at.proposals_at`.

    Raises
    ------
    InputError
        Where nothing is repaired on such a field, or the cell is none.
    """
    if field.rules is None:
        raise InputError("Repairs are known for reliefs and bathymetries only.")
    if not 0 <= cell < surface.values.size:
        raise InputError(f"There is no cell {cell} on this grid.")
    world = World(surface, field.rules)
    found = proposals_at(world, check, cell, parse_gateways(gateways), gateway=gateway)
    return [
        {
            "words": one.title,
            "note": one.note,
            "edit": _as_data(_one_edit(one, surface)),
            "cells": int(one.cells.size),
            "way": one.way,
        }
        for one in found
    ]


def _as_data(edit: Edit) -> dict[str, Any]:
    """An edit as it is asked for."""
    data = edit_as_data(edit)
    return {"reason": "", **{key: data[key] for key in _INTENT if key in data}}


def _one_edit(proposal: Proposal, surface: Surface) -> Edit:
    """The edit of a proposal; where it has several, one that sets the values that all of them leave."""
    if len(proposal.edits) == 1:
        return proposal.edits[0]
    trial = Surface(surface.values.copy(), surface.mesh, surface.quantity)
    for edit in proposal.edits:
        apply_edit(edit, trial)
    changed = np.flatnonzero(~same_bits(trial.values, surface.values) & surface.mesh.unique.ravel())
    values = tuple(trial.values[changed].tolist())
    reasons = "; ".join(dict.fromkeys(edit.reason for edit in proposal.edits))
    return Edit(listed(changed, surface.mesh), Set(values), reason=reasons)
