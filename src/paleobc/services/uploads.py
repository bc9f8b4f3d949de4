"""Files that users give: their bytes are kept first, then a run reads them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final

from sqlalchemy.orm import Session

from paleobc.errors import ConflictError, InputError, NotFoundError
from paleobc.services.planning import READ, ask_to_read, end_early, plan
from paleobc.services.quotas import Room
from paleobc.services.uploaded_files import upload_name
from paleobc.steps.catalogue import GRAPH
from paleobc.store.database import Database
from paleobc.store.events import add_event
from paleobc.store.experiments import experiment_for
from paleobc.store.files import FileStore
from paleobc.store.revisions import add_revision, newest_revisions
from paleobc.store.runs import newest_number, newest_runs, open_runs, run_of
from paleobc.store.tables import Experiment, Run, Upload, User, utc_now

_LONGEST_NAME: Final = 120
_LONGEST_VARIABLE: Final = 200
_LONGEST_REASON: Final = 500
#: What stands behind the last dot of a name says what the file is, if it is shorter than this [letters].
_LONGEST_END: Final = 10
_UNSAFE: Final = frozenset('/\\:*?"<>|\x7f')


def clean_file_name(name: str) -> str:
    r"""
    Name of an uploaded file without folders and without letters that some system cannot bear.

    Examples
    --------
    >>> clean_file_name("C:\\data\\topo 30Ma.nc"), clean_file_name("../../etc/passwd"), clean_file_name("..")
    ('topo 30Ma.nc', 'passwd', 'file')
    """
    last = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    plain = "".join(letter for letter in last if letter.isprintable() and letter not in _UNSAFE).strip(" .")
    while len(plain.encode()) > _LONGEST_NAME:
        stem, dot, suffix = plain.rpartition(".")
        keep_end = len(stem) > 1 and len(suffix) < _LONGEST_END
        plain = (f"{stem[:-1]}{dot}{suffix}" if keep_end else plain[:-1]).strip(" .")
    return plain or "file"


def check_upload(session: Session, user: User, experiment_id: str, asset: str) -> Experiment:
    """
    Refuse a file for an asset that cannot be given, before its bytes are taken in.

    Raises
    ------
    NotFoundError, ForbiddenError
    """
    experiment = experiment_for(session, user.id, experiment_id, to_change=True)
    if asset not in GRAPH.sources:
        raise NotFoundError(f"{asset!r} cannot be given; what can be given is {', '.join(GRAPH.sources)}.")
    return experiment


def take_upload(
    database: Database,
    files: FileStore,
    user: User,
    experiment_id: str,
    asset: str,
    file_name: str,
    stream: Iterable[bytes],
    *,
    variable: str | None = None,
    most_bytes: int,
    quota_mb: int = 0,
    reason: str = "",
) -> Run:
    """
    Take a file in and ask for it to be read as an asset.

    Parameters
    ----------
    database : Database
    files : FileStore
    user : User
    experiment_id, asset : str
    file_name : str
        As the user calls it.
    stream : iterable of bytes
    variable : str, optional
        The variable that is meant.
    most_bytes : int
        Largest file that is taken.
    quota_mb : int
        Most that the files of the owner's experiments may take, if administrators said nothing else [MB]; 0: no limit.
    reason : str
        Why its revision is made; by default that it was uploaded.

    Returns
    -------
    Run
        The run that reads it; its asset, or its sentence, is the answer to the user.

    Raises
    ------
    InputError
        Where it is too large or empty.
    NoRoomError
        Where the disk has no room for it.
    QuotaError
        Where it is beyond the quota of the owner of the experiment; nothing is left behind.
    """
    _check_variable(variable)
    with database.reading() as session:
        room = Room(session, check_upload(session, user, experiment_id, asset), quota_mb)
    room.check()
    prepared, sha256, size = files.receive(room.counted(stream), most_bytes)
    name = clean_file_name(file_name)
    try:
        if size == 0:
            raise InputError(f"{name} is empty.")
        files.put(upload_name(sha256), prepared, again=True)
    finally:
        prepared.unlink(missing_ok=True)
    with database.writing() as session:
        experiment = check_upload(session, user, experiment_id, asset)
        if not files.has(upload_name(sha256)):  # removed meanwhile as one that nobody needs; from here on it is needed
            raise ConflictError("The file was lost on its way; upload it again.")
        upload = Upload(
            experiment_id=experiment_id, asset=asset, file_name=name, sha256=sha256, bytes=size, given_by=user.id
        )
        session.add(upload)
        session.flush()
        Room(session, experiment, quota_mb).check(0)  # of several that came in at the same time each had room alone
        return _read(session, user, experiment, upload, variable, reason[:_LONGEST_REASON] or f"{name} was uploaded")


def _read(
    session: Session, user: User, experiment: Experiment, upload: Upload, variable: str | None, reason: str
) -> Run:
    """Ask for a file to be read, and tell."""
    options = {"upload": upload.id, "sha256": upload.sha256, "variable": variable or None}
    experiment.changed = utc_now()
    run = ask_to_read(session, experiment.id, upload.asset, options, reason=reason, asked_by=user.id)
    add_event(
        session,
        "upload",
        experiment_id=experiment.id,
        user_id=user.id,
        asset=upload.asset,
        file=upload.file_name,
        bytes=upload.bytes,
        run=run.id,
    )
    plan(session, experiment, asked_by=user.id)
    return run


def choose_variable(session: Session, user: User, experiment_id: str, run_id: str, variable: str) -> Run:
    """
    Read an uploaded file again, now that the user has said which variable is meant.

    Raises
    ------
    NotFoundError, ForbiddenError
    ConflictError
        Where another file was given since.
    """
    experiment = experiment_for(session, user.id, experiment_id, to_change=True)
    run = run_of(session, experiment_id, run_id)
    if not run.step.startswith(READ):
        raise NotFoundError("This run reads no file.")
    _check_variable(variable)
    upload = session.get(Upload, run.options["upload"])
    newest = newest_runs(session, [experiment_id])[experiment_id][run.step]
    if upload is None or newest.options["upload"] != upload.id:
        raise ConflictError("Another file was given since.")
    return _read(session, user, experiment, upload, variable, f"{variable} of {upload.file_name} was chosen")


def _check_variable(variable: str | None) -> None:
    """Refuse what cannot be the name of a variable."""
    if variable is not None and (len(variable) > _LONGEST_VARIABLE or not variable.isprintable()):
        raise InputError(f"The name of a variable has at most {_LONGEST_VARIABLE} printable characters.")


def take_away(session: Session, user: User, experiment_id: str, asset: str) -> list[Run]:
    """
    No longer use an asset that was given, or whose file could not be read; its revisions stay in the history.

    Raises
    ------
    NotFoundError, ForbiddenError
    ConflictError
        Where it was not given.
    """
    experiment = check_upload(session, user, experiment_id, asset)
    end_reading(session, experiment, asset, user)
    revision = newest_revisions(session, [experiment_id])[experiment_id].get(asset)
    tried = newest_runs(session, [experiment_id])[experiment_id].get(READ + asset)
    if tried is None and (revision is None or not revision.content):
        raise ConflictError(f"{asset} was not given.")
    add_revision(
        session,
        experiment_id,
        asset,
        content="",
        bytes=0,
        fingerprint="",
        run_number=newest_number(session, experiment_id),
        step="take_away",
        step_version=0,
        made_by=user.id,
        reason="taken away",
    )
    experiment.changed = utc_now()
    add_event(session, "taken_away", experiment_id=experiment_id, user_id=user.id, asset=asset)
    return plan(session, experiment, asked_by=user.id)


def end_reading(session: Session, experiment: Experiment, asset: str, user: User) -> None:
    """End the reading of files of an asset, as something else is to take their place."""
    for run in open_runs(session, experiment.id):
        if run.step == READ + asset:
            end_early(session, run, "withdrawn", "Something else took its place.", user.id)
