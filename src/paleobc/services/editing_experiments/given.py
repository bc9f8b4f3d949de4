"""Edits of an experiment that are given as files: of the relief, of the depth, and drawn sub-basins."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from functools import partial
from typing import Final

import numpy as np

from paleobc.conventions import FloatArray
from paleobc.errors import InputError, NotFoundError
from paleobc.formats.edit_list_datasets import log_of
from paleobc.formats.edit_list_json import LARGEST_FILE, json_lines
from paleobc.formats.nemo_fields import basin_masks_of, depth_of, ocean_grid_of, subbasins_file
from paleobc.formats.netcdf import write_netcdf
from paleobc.grids.field_grid import ocean_field_grid, regular_field_grid
from paleobc.ocean.basin_surface import basin_surface, masks_of_surface
from paleobc.services.editing.field import EditedField
from paleobc.services.editing.host import Saved, Saving
from paleobc.services.editing_experiments.place import FIELDS, SAVED, ListInUse, OtherRevisions, Place
from paleobc.services.revision_files import revision_for
from paleobc.services.uploads import take_away, take_upload
from paleobc.steps.assets import ASSETS
from paleobc.steps.relief import grid_of, height_of
from paleobc.store.files import pieces_of
from paleobc.store.revisions import newest_revisions
from paleobc.store.tables import Revision
from paleobc.topography.edits.log import EditLog
from paleobc.topography.surface import Surface

_BASINS: Final = ("none", "Atlantic", "Pacific", "Indian")


class _Uploaded:
    """Edits that are given as a file: read by a run as if somebody had uploaded it."""

    variable = ""
    index: tuple[tuple[str, int], ...] = ()

    def __init__(self, place: Place, asset: str) -> None:
        self.place, self.asset = place, asset

    def list_in_use(self) -> ListInUse:
        """The newest revision of the list."""
        with self.place.database.reading() as session:
            newest = newest_revisions(session, [self.place.experiment.id])[self.place.experiment.id].get(self.asset)
        if newest is None:
            return ListInUse("0", "", "no list", lambda: None)
        words = f"revision {newest.number} of {ASSETS[self.asset].title}"
        upload = "" if newest.reason.endswith("restored") else str(newest.options.get("upload", ""))
        return ListInUse(str(newest.number), upload, words, partial(self._log, newest))

    def _log(self, revision: Revision) -> EditLog | None:
        """Log of a revision of the list."""
        if not revision.content:
            return None
        surface = self.field().surface
        return log_of(self.place.dataset(revision), mesh=surface.mesh, quantity=surface.quantity)

    def field(self) -> EditedField:
        """The field before all edits."""
        raise NotImplementedError

    def save(self, saving: Saving) -> tuple[Saved, dict[str, str]]:
        """Give the list as a file; without any edit, go on without a list."""
        if saving.log.edits:
            return self._give(json_lines(saving.log), "json", saving.reason)
        if not self._is_given():
            raise InputError("There is nothing to save: no edit is in force.")
        with self.place.database.writing() as session:
            take_away(session, self.place.user, self.place.experiment.id, self.asset)
        return Saved(SAVED, self._href()), {"list": self.list_in_use().name}

    def _is_given(self) -> bool:
        """Whether a list is in use."""
        try:
            return bool(
                revision_for(self.place.database, self.place.user, self.place.experiment.id, self.asset).content
            )
        except NotFoundError:
            return False

    def _give(self, pieces: Iterator[bytes], ending: str, reason: str) -> tuple[Saved, dict[str, str]]:
        """Give a file of the asset."""
        place = self.place
        run = take_upload(
            place.database,
            place.files,
            place.user,
            place.experiment.id,
            self.asset,
            f"{place.file_name(self.asset)}.{ending}",
            pieces,
            most_bytes=LARGEST_FILE,
            quota_mb=place.quota_mb,
            reason=f"edited on the map: {reason}" if reason else "edited on the map",
        )
        return Saved(SAVED, self._href()), {"upload": str(run.options["upload"])}

    def _href(self) -> str:
        """Page of the list and its revisions."""
        return f"/experiments/{self.place.experiment.id}/assets/{self.asset}"


class ReliefSubject(_Uploaded):
    """The relief on the grid of the experiment."""

    def field(self) -> EditedField:
        """The relief before all edits."""
        base = self.place.revision("regridded_relief")
        return _kept(self.place, base, lambda: self._made(base))

    def _made(self, base: Revision) -> EditedField:
        dataset = self.place.dataset(base)
        grid = grid_of(dataset)

        def height(revision: Revision) -> FloatArray:
            found = self.place.dataset(revision)
            if grid_of(found) != grid:
                raise InputError("This revision stands on another grid.")
            return height_of(found)

        field_grid = regular_field_grid(grid)
        return EditedField(
            "Relief",
            self.place.experiment.name,
            "Height above sea level",
            "m",
            Surface.of(height_of(dataset), field_grid.mesh, "height"),
            field_grid,
            "relief",
            copies=OtherRevisions(self.place, base, ("edited_relief", "regridded_relief"), height),
            file_name=self.place.file_name(self.asset),
        )


class DepthSubject(_Uploaded):
    """The depth of the sea on the ocean grid."""

    def field(self) -> EditedField:
        """The depth before all edits."""
        base = self.place.revision("interpolated_depth")
        return _kept(self.place, base, lambda: self._made(base), self._minimum_depth())

    def _minimum_depth(self) -> float:
        """Depth below which the sea is too shallow [m]."""
        chosen = self.place.experiment.options.get("interpolate_depth", {}).get("minimum_depth")
        return 10.0 if chosen is None else float(chosen)

    def _made(self, base: Revision) -> EditedField:
        grid = ocean_grid_of(self.place.dataset(self.place.input_of(base, "ocean_grid")))
        field_grid = ocean_field_grid(grid)

        def depth(revision: Revision) -> FloatArray:
            return depth_of(self.place.dataset(revision))

        return EditedField(
            "Depth of the sea",
            self.place.experiment.name,
            "Depth of the sea",
            "m",
            Surface.of(depth(base), field_grid.mesh, "depth"),
            field_grid,
            "ocean",
            ocean_grid=grid,
            minimum_depth=self._minimum_depth(),
            copies=OtherRevisions(self.place, base, ("bathymetry", "interpolated_depth"), depth),
            file_name=self.place.file_name(self.asset),
        )


class BasinSubject(_Uploaded):
    """The sub-basins of the ocean: one number a cell."""

    def field(self) -> EditedField:
        """The sub-basins as they are."""
        base = self.place.revision("subbasins")
        return _kept(self.place, base, lambda: self._made(base))

    def _log(self, revision: Revision) -> EditLog | None:  # noqa: ARG002  (what is drawn is a map, not a list)
        return None

    def _made(self, base: Revision) -> EditedField:
        grid = ocean_grid_of(self.place.dataset(self.place.input_of(base, "ocean_grid")))
        depth = depth_of(self.place.dataset(self.place.input_of(base, "bathymetry")))
        field_grid = ocean_field_grid(grid)

        def surface(revision: Revision) -> Surface:
            masks = basin_masks_of(self.place.dataset(revision)) > 0.5
            return basin_surface(masks, depth, field_grid.mesh)

        return EditedField(
            ASSETS["subbasins"].title,
            self.place.experiment.name,
            "Sub-basin",
            "",
            surface(base),
            field_grid,
            "basins",
            ocean_grid=grid,
            classes=_BASINS,
            copies=OtherRevisions(self.place, base, ("subbasins",), lambda revision: surface(revision).field),
            file_name=self.place.file_name(self.asset),
        )

    def save(self, saving: Saving) -> tuple[Saved, dict[str, str]]:
        """Give the map as a file of masks."""
        if not saving.log.edits:
            raise InputError("There is nothing to save: no edit is in force.")
        base = self.place.revision("subbasins")
        grid = ocean_grid_of(self.place.dataset(self.place.input_of(base, "ocean_grid")))
        values = np.ascontiguousarray(saving.values).ravel()
        drawn = Surface(values, self.field().surface.mesh, "basin")
        path = self.place.files.temporary()
        try:
            write_netcdf(subbasins_file(masks_of_surface(drawn), grid), path, file_format="NETCDF4")
            with path.open("rb") as file:
                return self._give(pieces_of(file), "nc", saving.reason)
        finally:
            path.unlink(missing_ok=True)


def _kept(place: Place, base: Revision, make: Callable[[], EditedField], *more: Hashable) -> EditedField:
    """Field of a base, made where it is not kept yet."""
    return FIELDS.get((place.experiment.id, place.experiment.name, base.id, more), make)


#: What is edited for each asset that is given as edits.
GIVEN: Final = {"relief_edits": ReliefSubject, "depth_edits": DepthSubject, "drawn_subbasins": BasinSubject}
