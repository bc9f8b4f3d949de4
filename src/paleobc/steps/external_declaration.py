"""The declaration of an external step: a small YAML file of the administrator, checked to the line."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from paleobc.errors import InputError
from paleobc.steps.external_words import check_words
from paleobc.workflow.step import SCIENCE, sentence_of
from paleobc.yaml_lines import LinedData, read_yaml, yaml_text

#: How names of steps, assets and options are written.
_NAME: Final = r"^[a-z][a-z0-9_]*$"
#: Settings of the application and keys of its stores, which hold secrets, are not handed to programs.
_OURS: Final = ("PALEOBC_", "AWS_")
_WHAT: Final = "declaration of a step"

Name = Annotated[str, Field(pattern=_NAME, max_length=40)]
Word = Annotated[str, Field(max_length=4000)]


class _Strict(BaseModel):
    """Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class OptionDeclaration(_Strict):
    """
    An option: what users may choose.

    Parameters
    ----------
    type : {"int", "float", "str", "bool", "choice"}
    default : value or None
        None: there need not be a value, and words of the command that name the option are then left out.
    description : str
        A sentence for the form.
    least, most : float, optional
        Limits of a number.
    choices : list of str
        Of a choice.
    pattern : str
        Regular expression that all of a text matches.
    """

    type: Literal["int", "float", "str", "bool", "choice"]
    default: Any
    description: str = Field(min_length=1, max_length=500)
    least: float | None = None
    most: float | None = None
    choices: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(default=[], max_length=100)
    pattern: str = Field(default="[A-Za-z0-9][A-Za-z0-9_.]*", max_length=500)


class AssetDeclaration(_Strict):
    """A new kind of file: what users call it, its name in a run, who reads it, and whether it is a set of files."""

    title: str = Field(min_length=1, max_length=60)
    file_name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$", max_length=80)
    component: str = Field(default="you", max_length=60)
    set: bool = False


class Declaration(_Strict):
    """
    An external step.

    Parameters
    ----------
    name, summary : str
        Name of the step, and a sentence on what it does.
    version : int
        Raised whenever the same input would give another result for a reason that is not seen here.
    writes : str
        Asset that it makes.
    asset : AssetDeclaration or None
        What the asset is, where it is a new one.
    reads, may_read : list of str
        Assets that it needs, and those that it takes where they are there.
    options : dict of str to OptionDeclaration
    command : list of str
        Words; see `paleobc.steps.external_words`.
    outputs : dict of str to list of str, or list of str
        Variables that the file has to hold, with their dimensions; of a set, patterns that names of its files match.
    identity : list of str
        Files that the result depends on, such as the program itself, beside the declaration or with a whole path.
    environment : list of str
        Names of variables of the environment that are passed on.
    queue : str
        Kind of work: which workers take it.
    threads : int
        Number of processors that the program is told to use.
    seconds, memory_mb, file_mb : int
        Limits: time [s], memory, size of a file that is written [MB].
    path : Path
        File of the declaration.
    """

    name: Name
    summary: str = Field(min_length=1, max_length=200)
    version: int = Field(ge=1, le=1_000_000)
    writes: Name
    asset: AssetDeclaration | None = None
    reads: list[Name] = Field(min_length=1, max_length=30)
    may_read: list[Name] = Field(default=[], max_length=30)
    options: dict[Name, OptionDeclaration] = Field(default={}, max_length=50)
    command: list[Word] = Field(min_length=1, max_length=200)
    outputs: dict[Word, list[Word]] | list[Word] = Field(default={}, max_length=200)
    identity: list[Word] = Field(default=[], max_length=50)
    environment: list[Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]] = Field(default=[], max_length=50)
    queue: str = Field(default=SCIENCE, pattern=r"^[a-z][a-z0-9_\-]*$", max_length=40)
    threads: int = Field(default=1, ge=1, le=1024)
    seconds: int = Field(default=600, ge=1, le=604_800)
    memory_mb: int = Field(default=4000, ge=50, le=10_000_000)
    file_mb: int = Field(default=4000, ge=1, le=1_000_000)
    path: Path

    @property
    def folder(self) -> Path:
        """Folder of the declaration."""
        return self.path.parent

    def programs(self) -> list[Path]:
        """Files that the result depends on."""
        return [self.folder / name for name in self.identity]

    def checksum(self) -> str:
        """
        Checksum of what makes the result and is neither version, option nor input [hex SHA-256].

        Raises
        ------
        OSError
            Where a file that it depends on cannot be read.
        """
        parts = self.model_dump(mode="json", include={"writes", "command", "outputs", "environment"})
        parts["files"] = [_sha256(path) for path in self.programs()]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _sha256(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class LinedDeclaration:
    """
    A declaration, with the lines of its parts for what is found wrong later.

    Parameters
    ----------
    declaration : Declaration
    lined : LinedData
    """

    def __init__(self, declaration: Declaration, lined: LinedData) -> None:
        self.declaration, self._lined = declaration, lined

    def refusal(self, sentence: str, *path: str | int) -> InputError:
        """Error that names the file and the line of a part."""
        where = ".".join(str(part) for part in path if isinstance(part, str))
        return InputError(
            f"{self.declaration.path} line {self._lined.line_of(path)}: {where}{': ' if where else ''}{sentence}"
        )


def declarations_in(folder: Path | None) -> tuple[LinedDeclaration, ...]:
    """
    Declarations of a folder, in the order of their names; none where there is no folder.

    Raises
    ------
    InputError
        Where one cannot be used; names the file and the line.
    """
    if folder is None:
        return ()
    if not folder.is_dir():
        raise InputError(
            f"There is no folder {folder} of external steps; set PALEOBC_STEPS_FOLDER to one, or unset it."
        )
    return tuple(read_declaration(path) for path in sorted(folder.glob("*.yaml")))


def read_declaration(path: Path) -> LinedDeclaration:
    """
    Declaration of a file.

    Raises
    ------
    InputError
        Where it cannot be used; names the file and the line.
    """
    lined = read_yaml(yaml_text(path, _WHAT, InputError), str(path), _WHAT, InputError)
    if not isinstance(lined.data, dict):
        raise InputError(f"{path} line 1: a {_WHAT} has the keys name, summary, version, writes, reads and command.")
    if "path" in lined.data:  # the one key that is not theirs
        raise InputError(f"{path} line {lined.line_of(('path',))}: path: there is no such key.")
    try:
        declaration = Declaration.model_validate({**lined.data, "path": path.absolute()}, strict=True)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = tuple(part for part in fault["loc"] if part not in ("[key]", "dict[str,list[str]]", "list[str]"))
        where = ".".join(str(part) for part in place)
        raise InputError(f"{path} line {lined.line_of(place)}: {where}: {sentence_of(fault)}") from None
    found = LinedDeclaration(declaration, lined)
    _check(found)
    return found


def _check(found: LinedDeclaration) -> None:
    """Refuse what fits no step."""
    declaration = found.declaration
    if declaration.path.stem != declaration.name:
        raise found.refusal(f"the file of this step has to be called {declaration.name}.yaml.", "name")
    if declaration.name.startswith(("read_", "bundle")):
        raise found.refusal("names that begin with read_ or bundle are the application's own.", "name")
    read = [*declaration.reads, *declaration.may_read]
    for key, names in (("reads", declaration.reads), ("may_read", declaration.may_read)):
        for number, name in enumerate(names):
            if read.count(name) > 1 or name == declaration.writes:
                raise found.refusal(f"{name} is read twice, or read and written.", key, number)
    for number, name in enumerate(declaration.environment):
        if name.upper().startswith(_OURS):
            raise found.refusal(f"{name} may hold a secret of the application.", "environment", number)
    for number, program in enumerate(declaration.programs()):
        if not program.is_file():
            raise found.refusal(f"there is no file {program}.", "identity", number)
    _check_command(found, read)


def _check_command(found: LinedDeclaration, read: list[str]) -> None:
    """Refuse a command with a word that means nothing, or that writes nowhere."""
    command = found.declaration.command
    for number, word in enumerate(command):
        fault = check_words(word, read, found.declaration.options)
        if fault:
            raise found.refusal(fault, "command", number)
    if not any("{out}" in word.replace("{{", "") for word in command):
        raise found.refusal("no word holds {out}, where the program has to write.", "command")
    if not command[0] or "{options." in command[0]:
        raise found.refusal("the first word is the program itself.", "command", 0)
