"""The files of a run opened for an audit: found by their names in a folder, read once, whoever made them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

import numpy as np

from paleobc.conventions import FloatArray, counted
from paleobc.errors import InputError
from paleobc.formats.named_fields import read_fields
from paleobc.formats.nemo import read_ocean_grid
from paleobc.formats.weight_files import WeightFile, read_weights
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.services.audit_names import ENGINES, FILES, FOLDERS, SETS, Engine, Expected, matches
from paleobc.services.audit_result import Finding, Places, wrong_cells
from paleobc.topography.checks import CheckKind

FILE_MISSING: Final = CheckKind(
    "file_missing",
    "Missing file",
    "A file that the run reads is not in the folder: the model stops when it opens it.",
    "Make it and put it into the folder under this name.",
)
FILE_UNREADABLE: Final = CheckKind(
    "file_unreadable",
    "File that cannot be used",
    "A file is cut off, damaged, no NetCDF file, or holds something else: the model stops when it reads it.",
    "Copy or make the file again.",
)
VARIABLE_MISSING: Final = CheckKind(
    "variable_missing",
    "Missing variable",
    "A file lacks a variable under the name by which the model asks for it: the model stops.",
    "Give the variable this name, for example with ncrename, or make the file again.",
)
VALUE_MISSING: Final = CheckKind(
    "value_missing",
    "Cell without a number",
    "A field has no number (NaN, infinite or a missing value) in a cell in which the model reads one: it spreads.",
    "Make the file again; land is 0 in the files of the ocean, and no cell may be missing.",
)

#: Names of latitudes and longitudes.
_PLACES: Final = (
    ("nav_lat", "nav_lon"), ("navlat", "navlon"), ("gphit", "glamt"), ("lat", "lon"), ("latitude", "longitude")
)  # fmt: skip

#: Folders are searched so deep, and for so many files: a build of both engines has 35 files five folders deep.
_DEEPEST: Final = 7
_MOST_FILES: Final = 20_000


@dataclass(frozen=True, eq=False)
class OpenedFile:
    """
    A file of the run.

    Parameters
    ----------
    expected : Expected
    name : str
        Its path in the folder, with forward slashes; the expected name where it is missing.
    fields : dict of str to ndarray
        Variables that were read.
    grid : CurvilinearGrid, optional
    weights : WeightFile, optional
    unusable : str
        Why it cannot be looked at; empty where it can.
    """

    expected: Expected
    name: str
    fields: Mapping[str, FloatArray]
    grid: CurvilinearGrid | None = None
    weights: WeightFile | None = None
    unusable: str = ""

    def refused(self, why: str) -> OpenedFile:
        """Give the file as one that cannot be looked at."""
        return replace(self, unusable=why)


def open_files(folder: Path) -> tuple[dict[str, OpenedFile], list[Finding]]:
    """
    Open all files of a run that a folder holds.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    files : dict of str to OpenedFile
        By role; those of a set of weights as ``engine:role``. A file that the run needs and that is not there is
        among them, as unusable.
    findings : list of Finding

    Raises
    ------
    InputError
        Where there is no such folder, or nothing of a run in it.
    """
    paths = _paths(folder)
    named = {PurePosixPath(path).name: path for path in reversed(paths)}
    wanted = {expected.role: (expected, named.get(expected.name)) for expected in FILES}
    for engine, found in _sets(paths).items():
        wanted |= {f"{engine}:{role}": pair for role, pair in found.items()}
    if not any(path for _, path in wanted.values()):
        raise InputError(
            f"{folder} holds no file under the name of a run, such as bathy_meter.nc, routing.nc or rmp_*.nc; name the "
            "folder that a build made, or that the run reads from."
        )
    files: dict[str, OpenedFile] = {}
    findings: list[Finding] = []
    for role, (expected, path) in wanted.items():
        files[role], found_here = _opened(folder, expected, path)
        findings += found_here
    if not any(":" in role for role in files):
        said = "There are no coupling weights: neither a set of engine mosaix nor one of engine mosaic (rmp_*.nc)."
        findings.append(Finding(FILE_MISSING, ("rmp_*.nc",), "fault", said))
    return files, findings


def _paths(folder: Path) -> list[str]:
    """Paths of the NetCDF files in a folder, the least deep first; hidden names and links to folders are left out."""
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; name the one that holds the files of a run.")
    found = sorted(_walk(folder), key=lambda path: (path.count("/"), path))
    if len(found) > _MOST_FILES:
        raise InputError(f"{folder} holds more than {_MOST_FILES} NetCDF files; name the folder of one run.")
    return found


def _walk(folder: Path) -> Iterator[str]:
    number = 0
    for place, folders, names in os.walk(folder):
        inner = Path(place).relative_to(folder)
        folders[:] = [name for name in folders if not name.startswith(".") and len(inner.parts) < _DEEPEST]
        for name in names:
            if name.endswith(".nc") and not name.startswith("."):
                number += 1
                yield (inner / name).as_posix()
        if number > _MOST_FILES:
            return


def _sets(paths: list[str]) -> dict[Engine, dict[str, tuple[Expected, str | None]]]:
    """Files of the sets of weights, by engine and role."""
    own: dict[Engine, list[str]] = {engine: [] for engine in ENGINES}
    others: list[str] = []
    for path in paths:
        place = [engine for engine in ENGINES if FOLDERS[engine] in PurePosixPath(path).parts[:-1]]
        (own[place[0]] if place else others).append(path)
    sets = {}
    for engine in ENGINES:
        links = [expected for expected in SETS[engine] if expected.content == "weights"]
        if own[engine]:
            candidates = own[engine]
        elif any(matches(expected, PurePosixPath(path).name) for path in others for expected in links):
            candidates = others
        else:
            continue
        sets[engine] = {expected.role: (expected, _first(expected, candidates)) for expected in SETS[engine]}
    return sets


def _first(expected: Expected, paths: list[str]) -> str | None:
    """First of these paths whose name is that of the file."""
    return next((path for path in paths if matches(expected, PurePosixPath(path).name)), None)


def _opened(folder: Path, expected: Expected, path: str | None) -> tuple[OpenedFile, list[Finding]]:
    """A file, and what is wrong with it as a file."""
    if path is None:
        said = f"{expected.title} is not in the folder."
        missing = OpenedFile(expected, expected.title, {}, unusable="is missing")
        return missing, [Finding(FILE_MISSING, (expected.title,), "fault", said)]
    try:
        file = _read(folder / path, path, expected)
    except InputError as refusal:
        said = str(refusal).replace(str(folder / path), path)
        refused = OpenedFile(expected, _printable(path), {}, unusable="cannot be used")
        return refused, [Finding(FILE_UNREADABLE, (refused.name,), "fault", _printable(said))]
    findings = _missing_variables(file)
    if findings:
        return file.refused("lacks a variable"), findings
    findings = _missing_values(file)
    if findings:
        return file.refused("has cells without a number"), findings
    return file, []


def _read(path: Path, name: str, expected: Expected) -> OpenedFile:
    """Read a file; its content is opened only where no variable is missing."""
    fields = read_fields(path, (*expected.variables, *expected.beside))
    grid = weights = None
    whole = all(variable in fields and fields[variable].size for variable in expected.variables)
    if expected.content == "grid" and whole and all(np.isfinite(field).all() for field in fields.values()):
        grid = read_ocean_grid(path)
    if expected.content == "weights" and whole:
        weights = _weights(path)
    return OpenedFile(expected, _printable(name), fields, grid, weights)


def _printable(name: str) -> str:
    """Path without control characters."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def _weights(path: Path) -> WeightFile:
    """Weights of a file whose variables may have any shape."""
    try:
        return read_weights(path)
    except (IndexError, ValueError) as failure:
        raise InputError(f"{path.name}: its links are not listed one by one; make the file again.") from failure


def _missing_variables(file: OpenedFile) -> list[Finding]:
    """What the model asks for and does not find."""
    missing = [name for name in file.expected.variables if name not in file.fields]
    empty = [name for name in file.expected.variables if name in file.fields and not file.fields[name].size]
    said = [f"{file.name} has no variable {name!r}." for name in missing]
    said += [f"{file.name} has no values in the variable {name!r}." for name in empty]
    return [Finding(VARIABLE_MISSING, (file.name,), "fault", sentence) for sentence in said]


def _missing_values(file: OpenedFile) -> list[Finding]:
    """Cells in which a field that must be whole has no number."""
    findings = []
    for name in file.expected.variables if file.expected.whole else ():
        field = file.fields[name]
        missing = ~np.isfinite(field)
        if not missing.any():
            continue
        said = f"{{}} without a number in {name} of {file.name}."
        places = places_of(file.fields, field.shape)
        if places is not None:
            findings += wrong_cells(VALUE_MISSING, (file.name,), "fault", said, missing, places, field)
        else:
            count = int(missing.sum())
            said = said.replace("{}", counted(count, "place"), 1)
            findings.append(Finding(VALUE_MISSING, (file.name,), "fault", said, count))
    return findings


def places_of(fields: Mapping[str, FloatArray], shape: tuple[int, ...]) -> Places | None:
    """Places of the cells of a field of this shape; None where the file does not tell them."""
    for latitude, longitude in _PLACES:
        if latitude in fields and longitude in fields and len(shape) == 2:
            north, east = fields[latitude], fields[longitude]
            if north.ndim == east.ndim == 1 and (north.size, east.size) == shape:
                return Places(north[:, None], east)
            if north.shape == east.shape == shape:
                return Places(north, east)
    return None
