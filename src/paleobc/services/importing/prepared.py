"""An experiment of the existing tool read as a whole, before anything of it is written into the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Final

import xarray as xr

from paleobc.errors import InputError
from paleobc.formats.nemo_fields import ocean_grid_of
from paleobc.services.importing.old_database import OldExperiment, OldRevision
from paleobc.services.importing.parameters import options_of_steps, relief_variable
from paleobc.services.importing.present import Drawing, base_of, drawn_on_depth, drawn_on_relief
from paleobc.services.importing.reading import (
    GIVEN,
    MADE,
    Given,
    ReadRevision,
    nothing_else_stops,
    read_as_given,
    read_as_made,
)
from paleobc.services.importing.report import Left, shown
from paleobc.services.uploaded_files import read_upload, upload_name
from paleobc.services.uploads import clean_file_name
from paleobc.store.contents import Contents
from paleobc.store.files import FileStore
from paleobc.store.tables import Upload

_LONGEST_NAME: Final = 200


@dataclass(frozen=True)
class PreparedExperiment:
    """
    An experiment that can be written.

    Parameters
    ----------
    name : str
    revisions : tuple of ReadRevision
        Those that could be read, oldest first.
    derived : tuple of ReadRevision
        What follows from them: an ocean grid, lists of edits, and the maps on which these were drawn.
    options : dict of str to dict
        By the name of the step.
    left : tuple of Left
    """

    name: str
    revisions: tuple[ReadRevision, ...]
    derived: tuple[ReadRevision, ...]
    options: dict[str, dict[str, Any]]
    left: tuple[Left, ...]


def name_of(experiment: OldExperiment) -> str:
    """
    Name of an experiment: that of its file.

    Examples
    --------
    >>> name_of(OldExperiment(3, 1, "topo_60Ma.nc", {}, (), ()))
    'topo_60Ma'
    """
    return (
        PurePosixPath(shown(experiment.file_name).replace("/", "_")).stem.strip()[:_LONGEST_NAME]
        or f"experiment {experiment.id}"
    )


def prepare(
    files: FileStore, folder: Path, experiment: OldExperiment, *, most_bytes: int, who: str, tell: Callable[[str], None]
) -> PreparedExperiment:
    """
    Read all files, edits and parameters of an experiment; files come into the store, where nothing names them yet.

    Parameters
    ----------
    files : FileStore
    folder : Path
        Where the files of the existing tool lie.
    experiment : OldExperiment
    most_bytes : int
        Largest file that is taken.
    who : str
        Name of the owner.
    tell : callable
        Is told what is being read.
    """
    return _Preparation(files, folder, experiment, most_bytes, who, tell).prepared()


class _Preparation:
    """One experiment on its way."""

    def __init__(
        self,
        files: FileStore,
        folder: Path,
        experiment: OldExperiment,
        most_bytes: int,
        who: str,
        tell: Callable[[str], None],
    ) -> None:
        self._files, self._folder, self._experiment = files, folder, experiment
        self._most_bytes, self._who, self._tell = most_bytes, who, tell
        self._name = name_of(experiment)
        self._left: list[Left] = []
        self._contents = Contents(files)

    def prepared(self) -> PreparedExperiment:
        """Read all of it."""
        later = [one for one in self._experiment.revisions if one.file_type == "sub_basins"]
        read = [self._read(one) for one in self._experiment.revisions if one not in later]
        found = [one for one in read if one is not None]
        grid = self._ocean_grid(found)
        shape = None if grid is None else ocean_grid_of(self._contents.load(grid.content)).layout.shape
        found += [one for one in (self._read_subbasins(old, shape) for old in later) if one is not None]
        derived = [] if grid is None or grid in found else [grid]
        derived += self._drawn(found, None if grid is None else self._contents.load(grid.content))
        reliefs = [one for one in found if one.asset == "relief"]
        options, left = options_of_steps(self._experiment.steps, is_regridded=len(reliefs) > 1)
        for what, why in left:
            self._leave(what, why)
        found.sort(key=lambda one: (one.old.number, one.old.id))
        return PreparedExperiment(self._name, tuple(found), tuple(derived), options, tuple(self._left))

    def _leave(self, what: str, why: str) -> None:
        self._left.append(Left(self._name, shown(what), shown(why)))

    def _read(self, old: OldRevision) -> ReadRevision | None:
        """Read one revision; None where it is left out."""
        what = f"{old.file_type[:40]}, revision {old.number}"
        self._tell(f"{self._name}: {what}")
        try:
            if old.file_type in GIVEN:
                read = self._read_given(old, GIVEN[old.file_type])
            elif old.file_type in MADE:
                read = read_as_made(self._files, self._folder, self._experiment, old, most=self._most_bytes)
            else:
                raise InputError("files of this type are not known")
        except InputError as error:
            self._leave(what, str(error))
            return None
        for note in read.notes:
            self._leave(what, note)
        return read

    def _read_given(self, old: OldRevision, asset: str) -> ReadRevision:
        """Read one revision as something that a user gave."""
        variable = relief_variable(self._experiment.steps) if asset == "relief" else None
        most = self._most_bytes
        return read_as_given(self._files, self._folder, self._experiment, old, asset, most=most, variable=variable)

    def _ocean_grid(self, found: list[ReadRevision]) -> ReadRevision | None:
        """The ocean grid: the newest that was given, else that of the newest depth."""
        given = [one for one in found if one.asset == "given_ocean_grid"]
        if given:
            return given[-1]
        depths = [one.old for one in found if one.asset == "bathymetry"]
        if not depths:
            return None
        try:
            return self._read_given(depths[-1], "given_ocean_grid")
        except InputError as error:
            self._leave("the ocean grid of the depth", str(error))
            return None

    def _read_subbasins(self, old: OldRevision, shape: tuple[int, int] | None) -> ReadRevision | None:
        """Sub-basins that were drawn, where the ocean grid is theirs; else as a result."""
        read = self._read(old)
        if read is None or self._contents.load(read.content)["atlmsk"].shape == shape:
            return read
        self._leave(f"{old.file_type}, revision {old.number}", "it is not on the ocean grid, and kept in the history")
        return replace(read, asset="subbasins", given=None)

    def _drawn(self, found: list[ReadRevision], grid: xr.Dataset | None) -> list[ReadRevision]:
        """Lists of edits, and the relief on which they were drawn as the newest one."""
        derived: list[ReadRevision] = []
        reliefs = [one for one in found if one.asset == "relief"]
        depths = [one for one in found if one.asset == "bathymetry"]
        if reliefs and (given := base_of(reliefs).given) is not None:
            path = self._files.path(upload_name(given.sha256))
            drawing = self._try(
                "edits of the relief",
                lambda: drawn_on_relief(self._experiment, reliefs, self._contents, path, self._who),
            )
            if drawing is not None:
                derived += [drawing.base, self._list("relief_edits", drawing)]
        if depths and grid is not None:
            drawing = self._try(
                "edits of the depth", lambda: drawn_on_depth(self._experiment, depths, self._contents, grid, self._who)
            )
            if drawing is not None:
                derived.append(self._list("depth_edits", drawing))
        return derived

    def _try(self, what: str, find: Callable[[], Drawing | None]) -> Drawing | None:
        """Find what was drawn; where that cannot be, the maps stay as they were saved."""
        self._tell(f"{self._name}: {what}")
        try:
            with nothing_else_stops():
                drawing = find()
        except InputError as error:
            self._leave(what, f"{error}; the saved map is in the history, with the edits in it")
            return None
        if drawing is not None and drawing.sentence:
            self._leave(what, f"{drawing.sentence}; the cells that differ are one edit instead")
        return drawing

    def _list(self, asset: str, drawing: Drawing) -> ReadRevision:
        """Take a list of edits in, as if it had been uploaded."""
        prepared, sha256, size = self._files.receive([drawing.lines], self._most_bytes)
        self._files.put(upload_name(sha256), prepared, again=True)
        name = clean_file_name(f"{self._name}_{asset}.json")
        upload = Upload(asset=asset, file_name=name, sha256=sha256, bytes=size)
        dataset, source = read_upload(self._files, upload, None)
        content, bytes_kept = self._contents.save(dataset)
        origin = {"imported": {"file_type": drawing.newest.old.file_type, "revision": drawing.newest.old.number}}
        return ReadRevision(
            drawing.newest.old, asset, content, bytes_kept, {**source, **origin}, Given(name, sha256, size)
        )
