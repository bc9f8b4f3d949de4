"""Files to download: of a revision with its provenance, all of a run, what was given, the recipe, the bundle."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Final

from sqlalchemy.orm import Session

from paleobc.errors import ConflictError, NotFoundError
from paleobc.formats.file_sets import is_file_set
from paleobc.services.bundling import bundle_name, file_title
from paleobc.services.experiment_recipes import recipe_of, sources_of
from paleobc.services.files import file_name, write_asset
from paleobc.services.planning import states_of
from paleobc.services.provenance import VERSION, file_attributes, history_of, lineage
from paleobc.services.revision_files import dataset_of, revision_for
from paleobc.services.uploaded_files import uploaded_path
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH
from paleobc.store.contents import Contents
from paleobc.store.database import Database
from paleobc.store.experiments import experiment_for
from paleobc.store.files import FileStore
from paleobc.store.imported import IMPORTED
from paleobc.store.revisions import BUNDLE, revision_of, revision_with
from paleobc.store.tables import Experiment, Revision, Upload, User
from paleobc.workflow.recipe import Recipe

_NETCDF: Final = "application/x-netcdf"
_TAR: Final = "application/x-tar"
_PIECE: Final = 1 << 20
_BLOCK: Final = 512


def file_of_revision(
    database: Database, files: FileStore, user: User, experiment_id: str, asset: str, number: int | None = None
) -> tuple[Path, str, str]:
    """
    File of a revision as a model reads it, with its provenance: the same, bit for bit, that ``paleobc build`` makes.

    Parameters
    ----------
    database : Database
    files : FileStore
    user : User
    experiment_id, asset : str
    number : int, optional
        The newest by default.

    Returns
    -------
    path : Path
        Not to be changed.
    name : str
        Under which it is downloaded.
    media_type : str
        NetCDF, or tar for a set of files.
    """
    revision = revision_for(database, user, experiment_id, asset, number)
    with database.reading() as session:
        experiment = experiment_for(session, user.id, experiment_id)
        attributes = _attributes(session, experiment, revision)
    is_set = ASSETS[asset].is_set
    path = _exported(database, files, revision, attributes)
    name = f"{file_name(asset)}.tar" if is_set else file_name(asset)
    return path, name, _TAR if is_set else _NETCDF


def _attributes(session: Session, experiment: Experiment, revision: Revision) -> dict[str, str]:
    """Attributes that say where a revision comes from: as a build of the recipe would, where it is the present one."""
    if revision.step == IMPORTED:  # made by another tool: its steps are not ours
        return {"paleobc_asset": revision.asset, "paleobc_content_sha256": revision.content}
    states = states_of(session, experiment)
    found = recipe_of(session, experiment, states)
    made = revision.asset in GRAPH.assets
    state = states[revision.asset]
    if state.state == "current" and state.usable == revision.content:
        options = lineage(revision.asset, found.recipe.steps) if made else {}
        return file_attributes(revision.asset, revision.content, found.recipe, options, found.sources)
    parts = _came_from(session, revision)
    options = {
        part.step: part.options for part in reversed(parts) if part.asset in GRAPH.assets and part.step != IMPORTED
    }
    given = [part for part in parts if part.asset in GRAPH.given]
    sources = {name: source for part in given for name, source in sources_of(part).items()}
    title: Recipe = found.recipe
    return file_attributes(revision.asset, revision.content, title, options, sources)


def _came_from(session: Session, revision: Revision) -> list[Revision]:
    """A revision and those that it came from, as far as they are known, each once."""
    parts = {revision.asset: revision}
    waiting = [revision]
    while waiting:
        for asset, content in waiting.pop().inputs.items():
            before = revision_with(session, revision.experiment_id, asset, content)
            if before is not None and asset not in parts:
                parts[asset] = before
                waiting.append(before)
    return list(parts.values())


def _exported(database: Database, files: FileStore, revision: Revision, attributes: dict[str, str]) -> Path:
    """Write a file once, and keep it for those who download the same again, or in parts."""
    key = hashlib.sha256(json.dumps([VERSION, attributes], sort_keys=True).encode()).hexdigest()
    name = f"exports/{key[:2]}/{key}"
    if files.has(name):
        files.touch(name)
        return files.path(name)
    dataset = dataset_of(database, Contents(files), revision)
    did = "brought over" if revision.step == IMPORTED else "made"
    given = {**attributes, "history": history_of(f"{did} {file_name(revision.asset)}")}
    with files.temporary_folder() as folder:
        written = write_asset(dataset, folder, file_name(revision.asset), given)
        if is_file_set(dataset):
            with (folder / "set.tar").open("wb") as packed:
                packed.writelines(_tar([(name, folder / name) for name in written]))
            files.put(name, folder / "set.tar")
        else:
            files.put(name, folder / written[0])
    return files.path(name)


def tar_of_files(database: Database, files: FileStore, user: User, experiment_id: str) -> tuple[str, Iterator[bytes]]:
    """
    All current files of a run as one tar, made while it is read.

    Returns
    -------
    name : str
        Under which it is downloaded.
    pieces : iterator of bytes

    Raises
    ------
    ConflictError
        Where there is no current file yet.
    """
    with database.reading() as session:
        experiment = experiment_for(session, user.id, experiment_id)
        states = states_of(session, experiment)
    ready = [asset for asset in GRAPH.assets if ASSETS[asset].file_name and states[asset].state == "current"]
    if not ready:
        raise ConflictError("There is no file yet that is up to date.")
    title = file_title(experiment.name)

    def pieces() -> Iterator[bytes]:
        for asset in ready:
            path, name, media_type = file_of_revision(database, files, user, experiment_id, asset)
            if media_type != _TAR:
                yield from _member(f"{title}/{name}", path)
                continue
            with tarfile.open(path) as packed:
                for member in packed:
                    content = packed.extractfile(member)
                    if content is not None:
                        yield from _header(f"{title}/{member.name}", member.size)
                        yield from _padded(content, member.size)
        yield bytes(2 * _BLOCK)

    return f"{title}.tar", pieces()


def _tar(members: Sequence[tuple[str, Path]]) -> Iterator[bytes]:
    """A tar of files that is the same whenever it is made."""
    for name, path in members:
        yield from _member(name, path)
    yield bytes(2 * _BLOCK)


def _member(name: str, path: Path) -> Iterator[bytes]:
    """One file of a tar."""
    with path.open("rb") as file:
        size = path.stat().st_size
        yield from _header(name, size)
        yield from _padded(file, size)


def _header(name: str, size: int) -> Iterator[bytes]:
    """What stands before a file in a tar; no date and no owner, so that equal files make equal tars."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o644
    yield info.tobuf(tarfile.PAX_FORMAT)


def _padded(file: IO[bytes], size: int) -> Iterator[bytes]:
    """Bytes of a file, and what fills the last block."""
    while piece := file.read(_PIECE):
        yield piece
    yield bytes(-size % _BLOCK)


def file_of_upload(
    database: Database, files: FileStore, user: User, experiment_id: str, asset: str, number: int | None = None
) -> tuple[Path, str]:
    """
    Path and name of the file of a given asset, as it was given.

    Raises
    ------
    NotFoundError
        Where it was not given as a file.
    InputError
        Where its bytes are gone.
    """
    revision = revision_for(database, user, experiment_id, asset, number)
    with database.reading() as session:
        upload = session.get(Upload, str(revision.options.get("upload", "")))
    if upload is None:
        raise NotFoundError(f"Revision {revision.number} of {asset} was not given as a file.")
    return uploaded_path(files, upload), upload.file_name


def recipe_text(session: Session, user: User, experiment_id: str) -> str:
    """Recipe of an experiment; with the files beside it that it names, ``paleobc build`` makes the same of it."""
    experiment = experiment_for(session, user.id, experiment_id)
    found = recipe_of(session, experiment)
    notes = [f"Reference: {line}" for line in experiment.reference.splitlines()]
    notes += [f"{source.file}: SHA-256 {source.sha256}" for source in found.sources.values()]
    heading = "".join(f"# {note}\n" for note in (f"Written by paleobc {VERSION}, with all options.", *notes))
    return heading + found.text()


def file_of_bundle(database: Database, files: FileStore, user: User, experiment_id: str) -> tuple[Path, str]:
    """
    Path and name of the newest bundle of an experiment.

    Raises
    ------
    NotFoundError
        Where none was made.
    ConflictError
        Where its file is gone.
    """
    with database.reading() as session:
        experiment = experiment_for(session, user.id, experiment_id)
        revision = revision_of(session, experiment_id, BUNDLE)
    try:
        return files.path(bundle_name(revision.content)), f"{file_title(experiment.name)}.tar.gz"
    except FileNotFoundError:
        raise ConflictError("The file of the bundle is gone from the store; ask for it again.") from None
