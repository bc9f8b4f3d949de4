"""One revision of the existing tool read: its file taken into the store as what it is here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

import xarray as xr

from paleobc.errors import AmbiguousVariableError, InputError, PaleobcError
from paleobc.services.importing.old_database import OldExperiment, OldRevision
from paleobc.services.importing.old_files import opened_old_file, read_old_netcdf
from paleobc.services.importing.report import shown
from paleobc.services.importing.weight_archives import read_weights
from paleobc.services.uploaded_files import read_upload, upload_name
from paleobc.services.uploads import clean_file_name
from paleobc.steps.assets import ASSETS
from paleobc.store.contents import Contents
from paleobc.store.files import FilesFaultError, FileStore, is_full, no_room, pieces_of
from paleobc.store.tables import Upload

#: What a type of file of the existing tool is here, where a user gave it.
GIVEN: Final = {
    "raw": "relief",
    "coords": "given_ocean_grid",
    "paleorca": "given_ocean_grid",
    "weight_coords": "given_ocean_grid",
    "weight_coords_mosaix": "given_ocean_grid",
    "sub_basins": "drawn_subbasins",
}
#: What it is here, where the tool made it.
MADE: Final = {
    "routing": "routing",
    "bathy": "bathymetry",
    "soils": "soils",
    "topo_high_res": "high_resolution_relief",
    "pft": "pft",
    "heatflow": "geothermal_heating",
    "ahmcoef": "lateral_viscosity",
    "coords_mask": "coordinates_mask",
    "weights": "mosaic_weights",
    "weights_mosaix": "mosaix_weights",
}

_LONGEST_REASON: Final = 400


@dataclass(frozen=True)
class Given:
    """A file of which the bytes are kept as well: its name, checksum and size, and the variable that was chosen."""

    file_name: str
    sha256: str
    bytes: int
    variable: str | None = None


@dataclass(frozen=True)
class ReadRevision:
    """
    A revision as it is kept here.

    Parameters
    ----------
    old : OldRevision
    asset : str
    content : str
    bytes : int
        Size of its file [bytes].
    source : dict
        What is to be known of where it comes from.
    given : Given, optional
        Its file, where it was given and not made.
    notes : tuple of str
        What is not as it was.
    """

    old: OldRevision
    asset: str
    content: str
    bytes: int
    source: dict[str, Any]
    given: Given | None = None
    notes: tuple[str, ...] = ()


def changes_of(revision: OldRevision) -> str | None:
    """What somebody said who changed a file by hand; None where the tool made it, or it was uploaded."""
    said = revision.info.get("changes")
    return None if said is None else shown(" ".join(str(said).split()), _LONGEST_REASON)


def reason_of(revision: OldRevision) -> str:
    """Why a revision is there, for its history."""
    said = changes_of(revision)
    return f"revision {revision.number} of the existing tool" + (f": {said}" if said else "")


def read_as_given(
    files: FileStore,
    folder: Path,
    experiment: OldExperiment,
    old: OldRevision,
    asset: str,
    *,
    most: int,
    variable: str | None,
) -> ReadRevision:
    """
    Read the file of a revision as an asset that is given.

    Raises
    ------
    InputError
        Where it cannot be used.
    """
    with _taken(files, folder, old, most) as (prepared, sha256, size):
        files.put(upload_name(sha256), prepared, again=True)
    upload = Upload(asset=asset, file_name=_file_name(experiment, old), sha256=sha256, bytes=size)
    with nothing_else_stops():
        dataset, source, chosen = _read(files, upload, variable)
        content, bytes_kept = Contents(files).save(dataset)
    given = Given(upload.file_name, sha256, size, chosen)
    return ReadRevision(old, asset, content, bytes_kept, {**source, **_origin(old)}, given)


def _read(files: FileStore, upload: Upload, variable: str | None) -> tuple[xr.Dataset, dict[str, Any], str | None]:
    """Read a file, where in doubt by the variable that was chosen for the rivers."""
    try:
        return *read_upload(files, upload, None), None
    except AmbiguousVariableError:
        if variable is None:
            raise
        return *read_upload(files, upload, variable), variable


def read_as_made(
    files: FileStore, folder: Path, experiment: OldExperiment, old: OldRevision, *, most: int
) -> ReadRevision:
    """
    Read the file of a revision that the existing tool made.

    Raises
    ------
    InputError
        Where it cannot be read.
    """
    asset = ASSETS[MADE[old.file_type]]
    with (
        files.temporary_folder() as scratch,
        _taken(files, folder, old, most) as (prepared, sha256, _),
        nothing_else_stops(),
    ):
        path = prepared.replace(scratch / _file_name(experiment, old))
        dataset, left = read_weights(path, scratch) if asset.is_set else (read_old_netcdf(path), [])
        missing = [name for name in asset.holds if not asset.is_set and name not in dataset.variables]
        content, size = Contents(files).save(dataset)
    notes = [*left, *(f"it holds no {name!r}" for name in missing[:1])]
    source = {"file": path.name, "variable": "", "sha256": sha256, "assumptions": notes, **_origin(old)}
    return ReadRevision(old, asset.name, content, size, source, notes=tuple(notes))


def _origin(old: OldRevision) -> dict[str, Any]:
    """What the existing tool said of a revision."""
    info = {shown(key, 100): shown(value) for key, value in list(old.info.items())[:50]}
    return {"imported": {"file_type": old.file_type, "revision": old.number, "info": info}}


def _file_name(experiment: OldExperiment, old: OldRevision) -> str:
    """Name of a file for its users: in its folder it has one at random."""
    stem = PurePosixPath(clean_file_name(experiment.file_name)).stem
    if old.file_type == "raw" and old.number == 0:
        return clean_file_name(experiment.file_name)
    return clean_file_name(f"{stem}_{old.file_type}_{old.number}{'.tar.gz' if 'weights' in old.file_type else '.nc'}")


@contextmanager
def _taken(files: FileStore, folder: Path, old: OldRevision, most: int) -> Iterator[tuple[Path, str, int]]:
    """Take a file of the old folder in as a prepared one, with its checksum and size; gone again at the end."""
    with opened_old_file(folder, old.path, most) as file:
        prepared, sha256, size = files.receive(pieces_of(file), most)
    try:
        yield prepared, sha256, size
    finally:
        prepared.unlink(missing_ok=True)


@contextmanager
def nothing_else_stops() -> Iterator[None]:
    """Make a sentence of whatever a harmed file does to those who read it; a fault of the store stops all."""
    try:
        yield
    except (PaleobcError, FilesFaultError):
        raise
    except Exception as error:  # the other files are brought over all the same
        if is_full(error):
            raise no_room() from None
        raise InputError(f"it is damaged ({type(error).__name__})") from None
