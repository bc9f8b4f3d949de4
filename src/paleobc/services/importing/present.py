"""What is present of the revisions of the existing tool: maps as they were made, and what was drawn on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import xarray as xr

from paleobc.conventions import LATITUDE, LONGITUDE, FloatArray
from paleobc.errors import InputError
from paleobc.formats.edit_list_json import json_lines
from paleobc.formats.nemo_fields import depth_of, ocean_grid_of
from paleobc.grids.mesh import ocean_mesh, regular_mesh
from paleobc.services.importing.drawn import DrawnMap, actions_of, drawn_edits
from paleobc.services.importing.old_database import OldExperiment
from paleobc.services.importing.old_files import read_old_netcdf
from paleobc.services.importing.reading import ReadRevision, changes_of
from paleobc.steps.relief import grid_of, height_of
from paleobc.store.contents import Contents
from paleobc.topography.surface import Surface

#: Steps of the existing tool in which maps are edited, by what is edited.
_STEPS: Final = {"relief": "internal_oceans", "bathymetry": "passage_problems"}


@dataclass(frozen=True)
class Drawing:
    """
    What was drawn on the newest map of an asset.

    Parameters
    ----------
    base : ReadRevision
        The map on which it was drawn: the newest that nobody changed by hand.
    lines : bytes
        The list of edits, as JSON lines.
    newest : ReadRevision
        The map with the edits.
    number : int
        How many edits there are.
    sentence : str
        Why they are not those that were drawn, but their result; empty where they are.
    """

    base: ReadRevision
    lines: bytes
    newest: ReadRevision
    number: int
    sentence: str


def base_of(revisions: Sequence[ReadRevision]) -> ReadRevision:
    """Newest revision that nobody changed by hand; the first one where all were."""
    return next((one for one in reversed(revisions) if changes_of(one.old) is None), revisions[0])


def drawn_on_relief(
    experiment: OldExperiment, revisions: Sequence[ReadRevision], contents: Contents, file: Path, who: str
) -> Drawing | None:
    """
    What was drawn on the relief.

    Parameters
    ----------
    experiment : OldExperiment
    revisions : sequence of ReadRevision
        All of the relief, oldest first.
    contents : Contents
    file : Path
        Of the base, as it was given.
    who : str
        Who drew.

    Returns
    -------
    Drawing or None
        None where nothing was drawn since the base.

    Raises
    ------
    InputError
        Where the base and the newest cannot be compared.
    """
    base, newest = base_of(revisions), revisions[-1]
    if base is newest:
        return None
    before, after = (contents.load(one.content) for one in (base, newest))
    mesh = regular_mesh(grid_of(before))
    if not grid_of(before) == grid_of(after):
        raise InputError("the edited relief has another grid than the one before")
    value = str(base.source.get("variable", ""))
    axes = _axes_of_relief(read_old_netcdf(file), value, before)
    surface = Surface.of(height_of(before), mesh, "height")
    drawn = DrawnMap(surface, height_of(after), axes, value, who, *_when_and_why(newest))
    return _drawing(experiment, base, newest, drawn)


def drawn_on_depth(
    experiment: OldExperiment, revisions: Sequence[ReadRevision], contents: Contents, grid: xr.Dataset, who: str
) -> Drawing | None:
    """
    What was drawn on the depth; see `drawn_on_relief`.

    Parameters
    ----------
    experiment, revisions, contents, who
    grid : Dataset
        The ocean grid of the experiment.
    """
    base, newest = base_of(revisions), revisions[-1]
    if base is newest:
        return None
    datasets = [contents.load(one.content) for one in (base, newest)]
    before, after = (np.asarray(depth_of(dataset), dtype=np.float64) for dataset in datasets)
    mesh = ocean_mesh(ocean_grid_of(grid))
    if before.shape != mesh.shape:
        raise InputError("the depth is on another grid than the ocean grid that was brought over")
    rows, columns = map(str, datasets[0]["Bathymetry"].dims)
    axes = {rows: np.arange(float(mesh.shape[0]))[:, None], columns: np.arange(float(mesh.shape[1]))[None, :]}
    drawn = DrawnMap(Surface.of(before, mesh, "depth"), after, axes, "Bathymetry", who, *_when_and_why(newest))
    return _drawing(experiment, base, newest, drawn)


def _drawing(experiment: OldExperiment, base: ReadRevision, newest: ReadRevision, drawn: DrawnMap) -> Drawing | None:
    """Edits from what the existing tool kept of them, or else from the maps themselves."""
    actions: list[Any] = []
    fault = ""
    for step in experiment.steps:
        if step.name == _STEPS[base.asset]:
            try:
                actions = actions_of(step.parameters)
            except InputError as error:
                fault = str(error)
    log, sentence = drawn_edits(drawn, actions)
    if log is None:
        return None
    return Drawing(base, b"".join(json_lines(log)), newest, len(log.edits), fault or sentence)


def _when_and_why(newest: ReadRevision) -> tuple[str, str]:
    """When a map was changed by hand, and why."""
    created = newest.old.created
    return (created.isoformat() if created is not None else ""), changes_of(newest.old) or ""


def _axes_of_relief(file: xr.Dataset, variable: str, relief: xr.Dataset) -> dict[str, FloatArray]:
    """
    Positions of the cells of our relief along the dimensions of the file it was read from.

    The file may begin at another meridian, or in the north.
    """
    if variable not in file or len(file[variable].dims) != 2:
        raise InputError("the variable of the relief has no two dimensions")
    axes: dict[str, FloatArray] = {}
    for name in map(str, file[variable].dims):
        is_latitude = name.lower().startswith(("lat", "y"))
        ours = relief[LATITUDE if is_latitude else LONGITUDE].values
        theirs = np.asarray(file[name].values if name in file.variables else np.arange(file.sizes[name]), dtype=float)
        apart = ours[:, None] - theirs[None, :]
        if not is_latitude:
            apart = (apart + 180.0) % 360.0 - 180.0
        nearest = theirs[np.abs(apart).argmin(axis=1)]
        axes[name] = nearest[:, None] if is_latitude else nearest[None, :]
    return axes
