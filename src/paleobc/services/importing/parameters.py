"""Parameters of the steps of the existing tool, as options of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from paleobc.errors import InputError, StepError
from paleobc.services.importing.old_database import OldStep
from paleobc.services.importing.plain_values import plain_value
from paleobc.steps.catalogue import GRAPH

#: Columns of a row of the table of plant functional types: a latitude, and the percentages of the types.
_COLUMNS: Final = 14
_MOST_ROWS: Final = 200


def relief_variable(steps: tuple[OldStep, ...]) -> str | None:
    """Variable of the relief that was chosen for the rivers; None where none was."""
    for step in steps:
        if step.name == "routing":
            chosen = _parameters(step).get("topo_var")
            return chosen if isinstance(chosen, str) and chosen.isprintable() and len(chosen) <= 200 else None
    return None


def options_of_steps(
    steps: tuple[OldStep, ...], *, is_regridded: bool
) -> tuple[dict[str, dict[str, Any]], list[tuple[str, str]]]:
    """
    Options of our steps, those that differ from the defaults, and what could not be brought over.

    Parameters
    ----------
    steps : tuple of OldStep
    is_regridded : bool
        Whether the relief that is brought over is the regridded one already.

    Returns
    -------
    options : dict of str to dict
        By the name of the step.
    left : list of (what, why)
    """
    options: dict[str, dict[str, Any]] = {}
    left: list[tuple[str, str]] = []
    readers = {"pft": _bands, "regrid": _resolution}
    for step in steps:
        if step.name not in readers or (step.name == "regrid" and is_regridded):
            continue
        try:
            chosen = GRAPH.step(step.name).options(readers[step.name](_read_parameters(step)))
        except (InputError, StepError) as error:
            left.append((f"parameters of {step.name}", str(error)))
            continue
        default = GRAPH.step(step.name).options({})
        kept = {name: value for name, value in chosen.items() if value != default[name]}
        if kept:
            options[step.name] = kept
    return options, left


def _parameters(step: OldStep) -> Mapping[str, Any]:
    """Parameters of a step; none where they cannot be read."""
    try:
        return _read_parameters(step)
    except InputError:
        return {}


def _read_parameters(step: OldStep) -> Mapping[str, Any]:
    found = plain_value(step.parameters) if step.parameters else {}
    if not isinstance(found, dict):
        raise InputError("they are no parameters that are known")
    return found


def _bands(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Bands of latitude of a table of plant functional types."""
    stored = parameters.get("data", "")
    table = plain_value(stored) if isinstance(stored, str) and stored else stored
    rows = table.get("dataArray") if isinstance(table, dict) else None
    if not isinstance(rows, list) or len(rows) > _MOST_ROWS:
        raise InputError("they hold no table of plant functional types")
    return {"bands": [_band(row) for row in rows]}


def _band(row: object) -> dict[str, float]:
    """One band; types without a share are left out, as in ours."""
    if not isinstance(row, list) or len(row) != _COLUMNS or not all(isinstance(one, int | float) for one in row):
        raise InputError("a row of the table of plant functional types has no latitude and 13 percentages")
    return {"up_to": row[0]} | {f"pft{number}": share for number, share in enumerate(row[1:], 1) if share}


def _resolution(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Size of the cells, and how values are found on them."""
    across, up = (parameters.get(name) for name in ("Longitude Step", "Latitude Step"))
    try:
        sizes = {float(str(across)), float(str(up))}
    except ValueError:
        raise InputError("they hold no size of the cells") from None
    if len(sizes) > 1:
        raise InputError(f"cells of {across} by {up} degrees are not square, as ours are")
    return {"resolution": sizes.pop(), "method": str(parameters.get("interpolator", "linear"))}
