"""Changes by hand of a file that a step made: any of its variables, at any position."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from paleobc.errors import NotFoundError
from paleobc.formats.any_field import list_variables, read_field
from paleobc.formats.edit_list_json import json_lines
from paleobc.formats.netcdf import read_netcdf
from paleobc.services.editing.field import EditedField
from paleobc.services.editing.host import Saved, Saving
from paleobc.services.editing_experiments.place import FIELDS, SAVED, ListInUse, Place
from paleobc.services.hand_edits import edits_by_hand, save_hand_edits
from paleobc.services.unedited import unedited_file
from paleobc.steps.assets import ASSETS
from paleobc.steps.hand_edits import says_where_cells_lie, surface_of
from paleobc.topography.edits.log import EditLog


class HandSubject:
    """A variable of a file that a step made: its changes by hand."""

    def __init__(self, place: Place, asset: str, variable: str, index: Mapping[str, int]) -> None:
        self.place, self.asset = place, asset
        self._content, self._path = unedited_file(place.database, place.files, place.user, place.experiment.id, asset)
        self._field = self._of(variable, index)
        self.variable, self.index = self._field.variable, self._field.index

    def field(self) -> EditedField:
        """The variable as the step made it."""
        return self._field

    def _of(self, variable: str, index: Mapping[str, int]) -> EditedField:
        key = ("by hand", self.place.experiment.id, self.place.experiment.name, self.asset, self._content)
        asked = (variable, tuple(sorted(index.items())))
        return FIELDS.get((*key, *asked), lambda: self._made(variable, index))

    def _made(self, variable: str, index: Mapping[str, int]) -> EditedField:
        dataset = read_netcdf(self._path)
        offered = tuple(one for one in list_variables(self._path) if not says_where_cells_lie(dataset, one.name))
        names = [one.name for one in offered]
        if variable and variable not in names:
            raise NotFoundError(f"{ASSETS[self.asset].title} has no variable of this name that can be edited.")
        first = next((name for name in ASSETS[self.asset].holds if name in names), names[0])
        field = read_field(self._path, variable or first, index)
        return EditedField(
            ASSETS[self.asset].title,
            self.place.experiment.name,
            field.variable.title,
            field.variable.unit,
            surface_of(field),
            field.grid,
            variable=field.variable.name,
            index=field.index,
            variables=offered,
            file_name=self.place.file_name(f"{self.asset}_{field.variable.name}"),
        )

    def list_in_use(self) -> ListInUse:
        """The list of this variable among the changes by hand of the file."""
        place = self.place
        known = edits_by_hand(place.database, place.files, place.user, place.experiment.id, self.asset)
        log = known.log_for(self.variable, self.index)
        words = f"revision {known.number} of the changes by hand" if log is not None else "no change by hand"
        return ListInUse(_checksum(log), "", words, lambda: log)

    def save(self, saving: Saving) -> tuple[Saved, dict[str, str]]:
        """Put the changes by hand of this variable in the place of the earlier ones."""
        place = self.place
        save_hand_edits(
            place.database,
            place.files,
            place.user,
            place.experiment.id,
            self.asset,
            saving.log,
            reason=saving.reason,
        )
        href = f"/experiments/{place.experiment.id}/assets/{self.asset}"
        return Saved(SAVED, href), {"list": _checksum(saving.log if saving.log.edits else None)}


def _checksum(log: EditLog | None) -> str:
    """Checksum of a list; empty for none."""
    if log is None:
        return ""
    found = hashlib.sha256()
    for line in json_lines(log):
        found.update(line)
    return found.hexdigest()
