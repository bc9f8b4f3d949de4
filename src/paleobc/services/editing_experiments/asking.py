"""One question of the map editor about an experiment, answered for somebody who may ask it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from paleobc.errors import ForbiddenError, InputError, NotFoundError
from paleobc.formats.packed_arrays import pack, unpack
from paleobc.services.editing.desk import Desk
from paleobc.services.editing_experiments.by_hand import HandSubject
from paleobc.services.editing_experiments.drafts import DraftHost, journal_of
from paleobc.services.editing_experiments.given import GIVEN
from paleobc.services.editing_experiments.place import Place, Subject
from paleobc.services.which_field import field_asked_for
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH
from paleobc.store.database import Database
from paleobc.store.experiments import experiment_for
from paleobc.store.files import FileStore
from paleobc.store.tables import User

#: Files of an experiment, and whose editor shows them.
_EDITED_AS: Final = {
    "relief": "relief_edits",
    "regridded_relief": "relief_edits",
    "edited_relief": "relief_edits",
    "interpolated_depth": "depth_edits",
    "bathymetry": "depth_edits",
    "subbasins": "drawn_subbasins",
}
_BASES: Final = {
    "relief_edits": "regridded_relief",
    "depth_edits": "interpolated_depth",
    "drawn_subbasins": "subbasins",
}
_REFUSED: Final = {
    "biome_map": "A biome map is edited as a file: `paleobc edit FILE`; give the edited one in its place.",
    "given_ocean_grid": "A grid is not changed by hand; give another one.",
}


def edited_asset(asset: str) -> str:
    """
    Asset whose editor shows a file of an experiment.

    Raises
    ------
    NotFoundError
        Where there is no such file.
    InputError
        Where it cannot be edited; says what to do instead.

    Examples
    --------
    >>> edited_asset("bathymetry"), edited_asset("pft")
    ('depth_edits', 'pft')
    """
    if asset not in ASSETS:
        raise NotFoundError("There is no such asset.")
    if asset in _REFUSED:
        raise InputError(_REFUSED[asset])
    edited = _EDITED_AS.get(asset, asset)
    if edited not in GIVEN:
        GRAPH.check_change(edited)
    return edited


def base_of(edited: str) -> str:
    """
    Asset on which the edits of another one are drawn.

    Examples
    --------
    >>> base_of("depth_edits"), base_of("pft")
    ('interpolated_depth', 'pft')
    """
    return _BASES.get(edited, edited)


def answer(
    database: Database,
    files: FileStore,
    user: User,
    experiment_id: str,
    asset: str,
    kind: str,
    body: bytes,
    *,
    quota_mb: int = 0,
) -> bytes:
    """
    Answer a question of the map editor.

    Parameters
    ----------
    database : Database
    files : FileStore
    user : User
    experiment_id, asset : str
    kind : str
        See `paleobc.services.editing.desk.Desk`.
    body : bytes
        JSON; ``variable`` and ``index`` say what of a file with several fields is meant.
    quota_mb : int
        Quota of whom administrators said nothing of [MB]; 0: no limit.

    Returns
    -------
    bytes
        Packed arrays, see `paleobc.formats.packed_arrays`.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError, InputError
    """
    with database.reading() as session:
        experiment = experiment_for(session, user.id, experiment_id)
        may_change = _may_change(session, user, experiment_id)
    edited = edited_asset(asset)
    variable, index = field_asked_for(body)
    subject = _subject(Place(database, files, user, experiment, quota_mb), edited, variable, index)
    field = subject.field()
    journal, notes = journal_of(subject, field, kind, may_change=may_change)
    host = DraftHost(subject, journal, list(experiment.gateways), may_change=may_change)
    packed = Desk(field, journal, user.name, host).answer(kind, body)
    return _as_here(packed, notes) if kind == "open" else packed


def _as_here(packed: bytes, notes: tuple[str, ...]) -> bytes:
    """Answer to ``open`` with what else is to be told; here, what is saved has its name already."""
    data, arrays = unpack(packed)
    return pack({**data, "told": [*data["told"], *notes], "can": {**data["can"], "file_name": None}}, arrays)


def _may_change(session: Any, user: User, experiment_id: str) -> bool:
    """Whether a user may change an experiment that they may see."""
    try:
        experiment_for(session, user.id, experiment_id, to_change=True)
    except ForbiddenError:
        return False
    return True


def _subject(place: Place, asset: str, variable: str, index: Mapping[str, int]) -> Subject:
    """What is edited of an asset."""
    if asset not in GIVEN:
        return HandSubject(place, asset, variable, index)
    if variable or index:
        raise InputError(f"{ASSETS[asset].title} has one field only; leave out variable and index.")
    return GIVEN[asset](place, asset)
