"""What an open editor may ask, and within which limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from paleobc.errors import InputError
from paleobc.topography.edits.edit import Filter
from paleobc.topography.edits.limits import LONGEST_TEXT
from paleobc.topography.gateways import MOST_GATEWAYS

#: Longest list of edits that is taken in, in base64 [letters].
LONGEST_FILE: Final = 64_000_000

Name = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Position = Annotated[int, Field(ge=0)]
Reason = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]


class Request(BaseModel):
    """What every question may say: which field of the file is meant; that is for the host."""

    model_config = ConfigDict(extra="forbid", strict=True)

    variable: Annotated[str, StringConstraints(max_length=300)] | None = None
    index: dict[str, Position] | None = None


class Nothing(Request):
    """A question that says no more."""


class AskedEdit(BaseModel):
    """An edit as it is meant: where it acts, what it does, why."""

    model_config = ConfigDict(extra="forbid", strict=True)

    shape: dict[str, Any]
    operation: dict[str, Any]
    where: Filter = "all"
    reason: Reason = ""


class Act(Request):
    """An edit to be made, or taken back, or done again."""

    position: Position
    key: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    edit: AskedEdit | None = None
    undo: Literal[True] | None = None
    redo: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Act:
        if sum(one is not None for one in (self.edit, self.undo, self.redo)) != 1:
            raise ValueError("give one of edit, undo and redo")
        return self


class Changes(Request):
    """What happened since a position."""

    position: Position


class Select(Request):
    """Which cells an edit would touch."""

    position: Position
    shape: dict[str, Any]
    where: Filter = "all"


class Propose(Request):
    """How the problem at a cell can be repaired."""

    position: Position
    check: Name
    cell: Position
    gateway: Annotated[str, StringConstraints(max_length=300)] = ""


class SetGateways(Request):
    """Gateways to be looked at from now on."""

    gateways: Annotated[list[dict[str, Any]], Field(max_length=MOST_GATEWAYS)]


class Revision(Request):
    """Another revision."""

    name: Name


class Colours(Request):
    """A table of colours."""

    map: Name


class Export(Request):
    """The edits in one of the forms of `paleobc.services.editing.lists.FORMS`."""

    kind: Name


class Import(Request):
    """A list of edits to be carried out after those that are there."""

    file_name: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    file: Annotated[str, StringConstraints(max_length=LONGEST_FILE)]
    position: Position | None = None
    key: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = None


class Save(Request):
    """The edits are to be kept, in what way the host knows."""

    position: Position
    reason: Reason = ""
    file_name: Annotated[str, StringConstraints(max_length=255)] | None = None


Asked = TypeVar("Asked", bound=Request)


def read_request(model: type[Asked], body: Mapping[str, Any] | bytes) -> Asked:
    """
    A question of plain data that anybody may have written.

    Parameters
    ----------
    model : type
        What is asked.
    body : mapping or bytes
        Bytes are JSON in UTF-8; none of them is an empty mapping.

    Raises
    ------
    InputError
        Says what is wrong with it.

    Examples
    --------
    >>> read_request(Changes, b'{"position": -1}')
    Traceback (most recent call last):
    ...
    paleobc.errors.InputError: The request cannot be used: position: Input should be greater than or equal to 0.
    """
    try:
        if isinstance(body, bytes):
            return model.model_validate_json(body or b"{}")
        return model.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])[:100]
        said = first["msg"].removeprefix("Value error, ")
        raise InputError(f"The request cannot be used: {f'{where}: ' if where else ''}{said}.") from None
