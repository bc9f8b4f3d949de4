"""What is wrong with an edited field, as an open editor is told: counts, places, gateways with lights."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from paleobc.conventions import IntArray, counted, place
from paleobc.grids.mesh import Mesh
from paleobc.services.editing.checks import Checker, Looked
from paleobc.topography.checks import CheckKind
from paleobc.topography.gateway_checks import GatewayFinding, check_gateways
from paleobc.topography.gateway_reach import cells_that_matter
from paleobc.topography.gateways import Gateway, parse_gateways
from paleobc.topography.repair_world import Rules
from paleobc.topography.surface import Surface

#: So many places are listed; the counts are always whole.
MOST_PLACES: Final = 500


def findings_data(looked: Looked, checker: Checker, mesh: Mesh) -> dict[str, Any]:
    """
    Counts of each check and the largest places, as plain data.

    Parameters
    ----------
    looked : Looked
    checker : Checker
        Who has looked.
    mesh : Mesh
    """
    kinds = checker.kinds
    found = [looked.places[kind.name] for kind in kinds]
    counts = {
        kind.name: {"places": int(places.cells.size), "cells": int(places.sizes.sum())}
        for kind, places in zip(kinds, found, strict=True)
    }
    listed = [
        (int(size), number, int(cell))
        for number, places in enumerate(found)
        for cell, size in zip(places.cells[:MOST_PLACES], places.sizes[:MOST_PLACES], strict=True)
    ]
    listed.sort(key=lambda place: -place[0])  # of equal size in the order of the checks and cells
    problems = [_problem(kinds[number], cell, size, mesh) for size, number, cell in listed[:MOST_PLACES]]
    for problem in problems:
        problem["repairable"] = checker.is_repairable
    more = sum(places.cells.size for places in found) - len(problems)
    return {"counts": counts, "problems": problems, "more": int(more)}


def _problem(kind: CheckKind, cell: int, size: int, mesh: Mesh) -> dict[str, Any]:
    """One place of a check."""
    at = divmod(cell, mesh.shape[1])
    longitude, latitude = round(float(mesh.longitudes[at]), 3), round(float(mesh.latitudes[at]), 3)
    label = f"{kind.title}: {counted(size, 'cell')} at {place(round(latitude, 2), round(longitude, 2))}"
    where = {"cell": cell, "longitude": longitude, "latitude": latitude}
    return {"check": kind.name, **where, "cells": size, "label": label}


class GatewayLights:
    """What gateways are on a map that changes: looked at again where cells that matter for them have changed."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[IntArray, dict[str, Any]]] = {}
        self._touched: list[IntArray] = []

    def heed(self, cells: IntArray) -> None:
        """Note that cells, ascending, have changed."""
        if self._known and cells.size:
            self._touched.append(cells)

    def data(self, surface: Surface, gateways: Sequence[dict[str, Any]], rules: Rules | None) -> list[dict[str, Any]]:
        """What gateways, plain, are on a map as it is now, as plain data."""
        parsed = parse_gateways(list(gateways))
        keys = [json.dumps(gateway, sort_keys=True) for gateway in gateways]
        new = [(key, gateway) for key, gateway in zip(keys, parsed, strict=True) if self._is_unknown(key)]
        self._touched = []
        found = _found(surface, [gateway for _, gateway in new], rules)
        known = {key: self._known[key] for key in keys if key in self._known}
        for (key, gateway), data in zip(new, found, strict=True):
            cells = known[key][0] if key in known else cells_that_matter(gateway, surface.mesh)
            known[key] = cells, data
        self._known = known
        return [known[key][1] for key in keys]

    def _is_unknown(self, key: str) -> bool:
        """Whether a gateway has to be looked at."""
        return key not in self._known or any(_meet(self._known[key][0], cells) for cells in self._touched)


def _meet(one: IntArray, other: IntArray) -> bool:
    """Whether two lists of ascending cells have a cell in common."""
    few, many = (one, other) if one.size < other.size else (other, one)
    if not few.size:
        return False
    at = np.minimum(np.searchsorted(many, few), many.size - 1)
    return bool((many[at] == few).any())


def _found(surface: Surface, gateways: Sequence[Gateway], rules: Rules | None) -> list[dict[str, Any]]:
    """What gateways are on a map, as plain data."""
    if not gateways:
        return []
    mesh = surface.mesh
    wet = surface.is_sea().reshape(mesh.shape)
    if rules is not None:
        wet &= ~rules.unseen
    return [_gateway(found, mesh) for found in check_gateways(surface.depths(), mesh, gateways, wet)]


def _gateway(found: GatewayFinding, mesh: Mesh) -> dict[str, Any]:
    """One gateway: green holds, amber is open as it has to be and not wide or deep enough, or cannot be judged."""
    gateway = found.gateway
    judged = found.path.size > 0
    light = "green" if found.holds else "red" if judged and found.is_open != (gateway.state == "open") else "amber"
    rows, columns = np.divmod(found.path, mesh.shape[1])
    way = np.stack([mesh.longitudes[rows, columns], mesh.latitudes[rows, columns]], axis=-1).round(3).tolist()
    drawn = [list(point) for point in gateway.line or gateway.between or ()]
    lines = [drawn] if gateway.line or not judged else [way]
    return {
        "name": gateway.name,
        "state": gateway.state,
        "holds": found.holds,
        "light": light,
        "words": found.sentence,
        "lines": lines,
    }
