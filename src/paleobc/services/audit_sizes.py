"""Whether the files of a run have the sizes that the run expects, and one grid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from paleobc.conventions import FloatArray
from paleobc.errors import InputError
from paleobc.formats.wording import sized
from paleobc.grids.regular import RegularGrid
from paleobc.remapping.atmosphere import ATMOSPHERES, LMD96X95, AtmosphereGrid
from paleobc.services.audit_files import OpenedFile, places_of
from paleobc.services.audit_result import Finding, Places, Severity
from paleobc.topography.checks import CheckKind

GRID_SIZE: Final = CheckKind(
    "grid_size",
    "Size of the grids",
    "A file has another number of rows or columns than the other files, or than the run: the model stops.",
    "Make all files on one grid; for a grid of other sizes than those of IPSL-CM5A2 set the sizes in its namelists.",
)
GLOBAL_GRID: Final = CheckKind(
    "global_grid",
    "Grid of the land files",
    "Latitudes and longitudes are not those of cells in equal steps around the globe: the model puts them elsewhere.",
    "Make the file again on a global grid of equal steps.",
)

#: Rows and columns of the oceans that IPSL-CM5A2 has namelists for: PALEORCA2 and PALEORCA2 extended to 85S.
RUN_OCEANS: Final = ((149, 182), (174, 182))

#: Number of plant functional types of ORCHIDEE.
TYPES: Final = 13

#: Largest error of a latitude or longitude [degrees]: old files round them to 3e-4.
SAME_PLACE: Final = 1e-3

_OCEAN_FILES: Final = ("ocean_grid", "bathymetry", "geothermal_heating", "lateral_viscosity", "subbasins")
_LAND_FILES: Final = {
    "routing": "trip",
    "soils": "soilcolor",
    "high_resolution_relief": "RELIEF",
    "pft": "maxvegetfrac",
}


def check_sizes(files: dict[str, OpenedFile]) -> tuple[dict[str, OpenedFile], list[Finding]]:
    """
    Look at the sizes of all files; those of a wrong size become unusable.

    Parameters
    ----------
    files : dict of str to OpenedFile
        By role, see `paleobc.services.audit_files.open_files`.
    """
    findings = [*_ocean_files(files), *_land_files(files), *_weight_files(files)]
    wrong = {name for finding in findings if finding.severity == "fault" for name in finding.files[:1]}
    checked = {role: file.refused("has the wrong size") if file.name in wrong else file for role, file in files.items()}
    return checked, findings


def _wrong(file: OpenedFile, said: str, severity: Severity = "fault", check: CheckKind = GRID_SIZE) -> Finding:
    return Finding(check, (file.name,), severity, said)


def _usable(files: dict[str, OpenedFile], roles: tuple[str, ...]) -> Iterator[OpenedFile]:
    for role in roles:
        if role in files and not files[role].unusable:
            yield files[role]


def ocean_shape(files: dict[str, OpenedFile]) -> tuple[int, ...] | None:
    """Rows and columns of the ocean: those of its grid, or else of the first file on it; None where there is none."""
    for file in _usable(files, _OCEAN_FILES):
        return file.fields[file.expected.variables[0]].shape
    return None


def _ocean_files(files: dict[str, OpenedFile]) -> Iterator[Finding]:
    """Every field on the ocean grid has its size, which is one that the run knows."""
    shape = ocean_shape(files)
    first = next(_usable(files, _OCEAN_FILES), None)
    if shape is None or first is None:
        return
    if shape not in RUN_OCEANS:
        said = (
            f"The ocean has {sized(shape)} rows and columns; IPSL-CM5A2 knows 149 × 182 and 174 × 182. Set jpiglo, "
            "jpjglo and jpjdta of NEMO, and the sizes in namcouple, to these."
        )
        yield _wrong(first, said, "warning")
    for file in _usable(files, _OCEAN_FILES):
        for name in file.expected.variables:
            if file.fields[name].shape != shape:
                said = (
                    f"{name} of {file.name} has {sized(file.fields[name].shape)} cells and {first.name} {sized(shape)}."
                )
                yield _wrong(file, said)
                break


def _land_files(files: dict[str, OpenedFile]) -> Iterator[Finding]:
    """Every field on land has rows and columns in equal steps; soils have those of the routing."""
    shapes = {}
    for file in _usable(files, tuple(_LAND_FILES)):
        wrong = _land_fault(file)
        if wrong is None:
            shapes[file.expected.role] = file.fields[_LAND_FILES[file.expected.role]].shape
        else:
            yield wrong
    if {"routing", "soils"} <= shapes.keys() and shapes["routing"] != shapes["soils"]:
        soils, routing = files["soils"], files["routing"]
        said = f"{soils.name} has {sized(shapes['soils'])} cells and {routing.name} {sized(shapes['routing'])}."
        yield _wrong(soils, said)


def _land_fault(file: OpenedFile) -> Finding | None:
    """What is wrong with the sizes and the grid of a file on land."""
    shapes = {file.fields[name].shape for name in file.expected.variables if name in _FIELDS}
    shape = shapes.pop()
    if file.expected.role == "pft":
        if len(shape) != 3 or shape[0] != TYPES:
            said = f"maxvegetfrac of {file.name} has {sized(shape)} values; it needs {TYPES} types, rows, columns."
            return _wrong(file, said)
        shape = shape[1:]
    if shapes or len(shape) != 2 or places_of(file.fields, shape) is None:
        said = f"The fields of {file.name} do not have the rows and columns of its latitudes and longitudes."
        return _wrong(file, said)
    try:
        land_grid(file)
    except InputError as refusal:
        return _wrong(file, str(refusal), check=GLOBAL_GRID)
    return None


_FIELDS: Final = ("trip", "basins", "topoind", "soilcolor", "soiltext", "RELIEF", "maxvegetfrac")


def land_grid(file: OpenedFile) -> tuple[RegularGrid, bool]:
    """
    Grid of a file on land, and whether its rows run from north to south.

    Raises
    ------
    InputError
        Where its latitudes and longitudes are not those of a global grid of equal steps.
    """
    rows, columns = file.fields[_LAND_FILES[file.expected.role]].shape[-2:]
    places = places_of(file.fields, (rows, columns))
    if places is None or rows < 2 or columns < 2:
        raise InputError(f"{file.name} has no latitudes and longitudes of its rows and columns.")
    north_up = bool(places.latitude[0, 0] > places.latitude[-1, 0])
    first = float(np.broadcast_to(places.longitude, (rows, columns))[0, 0])
    grid = RegularGrid(rows, columns, round(first - 180.0 / columns, 3))
    latitudes = grid.latitudes[::-1] if north_up else grid.latitudes
    turn = (places.longitude - grid.longitudes + 180.0) % 360.0 - 180.0
    if not (_largest(places.latitude - latitudes[:, None]) < SAME_PLACE and _largest(turn) < SAME_PLACE):
        raise InputError(
            f"The latitudes and longitudes of {file.name} are not those of {sized((rows, columns))} cells in equal "
            "steps around the globe."
        )
    return grid, north_up


def _largest(values: FloatArray) -> float:
    return float(np.abs(values).max())


def atmosphere_of(shape: tuple[int, ...]) -> AtmosphereGrid | None:
    """Grid of LMDZ of this shape; None where there is none."""
    return next((grid for grid in ATMOSPHERES.values() if grid.shape == shape), None)


def _weight_files(files: dict[str, OpenedFile]) -> Iterator[Finding]:
    """Every file of a set of weights has the sizes of the ocean and of one atmosphere."""
    ocean = ocean_shape(files)
    for engine in dict.fromkeys(role.split(":")[0] for role in files if ":" in role):
        own = [role for role in files if role.startswith(f"{engine}:")]
        air: AtmosphereGrid | None = None
        for file in _usable(files, tuple(dict.fromkeys((f"{engine}:fraction", *own)))):
            seas, skies = _shapes(file)
            found = atmosphere_of(skies[0])
            if found is None or any(shape != (air or found).shape for shape in skies):
                of = "no grid of LMDZ" if found is None else "not those of LMDZ in all files and variables"
                yield _wrong(file, f"{file.name} has {sized(skies[0])} rows and columns in the atmosphere, {of}.")
            elif air is None:
                air = found
                if air != LMD96X95:
                    said = f"The weights are for LMDZ with {sized(air.shape)} points; IPSL-CM5A2 has 96 × 96."
                    yield _wrong(file, said, "warning")
            for shape in dict.fromkeys(seas):
                if ocean is not None and shape != ocean:
                    yield _wrong(file, f"{file.name} has {sized(shape)} cells in the ocean, which has {sized(ocean)}.")


def _shapes(file: OpenedFile) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Rows and columns of the ocean, and of the atmosphere, in each variable of a file of a set of weights."""
    if file.weights is not None:
        source: list[tuple[int, ...]] = [file.weights.source.shape]
        destination: list[tuple[int, ...]] = [file.weights.destination.shape]
        return (source, destination) if file.expected.role == "to_atmosphere" else (destination, source)
    names = file.expected.variables
    seas = [file.fields[name].shape for name in names if name.startswith("torc")]
    return seas, [file.fields[name].shape for name in names if not name.startswith("torc")]


def field_places(file: OpenedFile) -> Places:
    """Places of the cells of a land file, whose sizes were looked at."""
    places = places_of(file.fields, file.fields[_LAND_FILES[file.expected.role]].shape[-2:])
    assert places is not None  # noqa: S101 - `check_sizes` looked
    return places
