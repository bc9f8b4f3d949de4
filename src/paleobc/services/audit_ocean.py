"""Whether the files on the ocean grid stand on one grid and share the sea of the bathymetry."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.conventions import BoolArray, FloatArray
from paleobc.formats.nemo_fields import BASIN_MASKS
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.fold import duplicates, unique_cells
from paleobc.ocean.lateral_viscosity import FULL, lateral_viscosity
from paleobc.services.audit_files import OpenedFile, places_of
from paleobc.services.audit_result import MOST_CELLS, Cell, Check, Finding, Outcome, Places, Severity, wrong_cells
from paleobc.services.audit_sizes import SAME_PLACE
from paleobc.topography.checks import DIFFUSIVE_STRAIT, STAIRCASE_CHANNEL, CheckKind, Problem
from paleobc.topography.ocean_checks import (
    CELL_IN_TWO_BASINS,
    CELL_WITHOUT_BASIN,
    OCEAN_CHECKS,
    SHALLOW_SEA,
    check_ocean,
)

OCEAN_PLACES: Final = CheckKind(
    "ocean_places",
    "One grid in all files of the ocean",
    "Longitudes and latitudes differ from those of coordinates.nc: the field was made for another grid.",
    "Make the file again on the grid of coordinates.nc.",
)
DEPTH_RANGE: Final = CheckKind(
    "depth_range",
    "Depths",
    "Depth is 0 on land, positive downwards in the sea, and not deeper than any sea floor.",
    "Make bathy_meter.nc again; a relief (negative in the sea) is no bathymetry.",
)
COPIES: Final = CheckKind(
    "copies",
    "Copies of cells",
    "Overlap columns and the folded row repeat cells of the grid; where they differ NEMO sees two seas in one place.",
    "Fill the overlap columns and the folded row with the values of the cells that they repeat.",
)
HEAT_FLOW: Final = CheckKind(
    "heat_flow",
    "Heat flow under all sea",
    "Every wet cell has a heat flow above 0, as the sea floor has one everywhere.",
    "Make geothermal_heating.nc again from this bathymetry.",
)
VISCOSITY: Final = CheckKind(
    "viscosity",
    "Lateral viscosity",
    "The coefficient lies between 0 and 100 %; it is 100 on land and at the sea's western coasts.",
    "Make ahmcoef.nc again from this bathymetry.",
)
BASIN_ON_LAND: Final = CheckKind(
    "basin_on_land",
    "Sub-basins on land",
    "A sub-basin covers land of this bathymetry: it was drawn for another one.",
    "Let the sub-basins be repaired for this bathymetry.",
)

#: Deeper than any sea floor [m]; the deepest trench has 10 935 m.
DEEPEST: Final = 12_000.0

#: Heat flow of the youngest sea floor is cut at 400 mW m-2; far beyond it the unit is another one (W or uW).
_MOST_HEAT: Final = 5_000.0

#: Problems of the bathymetry that a run stands; all others are faults.
_STOOD: Final = (DIFFUSIVE_STRAIT, STAIRCASE_CHANNEL, SHALLOW_SEA)
_OF_BASINS: Final = (CELL_WITHOUT_BASIN, CELL_IN_TWO_BASINS)
_OF_SEAS: Final = tuple(kind for kind in OCEAN_CHECKS if kind not in _OF_BASINS)


def grid_in(file: OpenedFile) -> CurvilinearGrid:
    """Grid that was read from coordinates.nc."""
    assert file.grid is not None  # noqa: S101 - a file without is unusable
    return file.grid


def cell_places(grid: CurvilinearGrid) -> Places:
    """Places of the T points."""
    return Places(grid.t.latitude, grid.t.longitude)


def _turn(first: FloatArray, second: FloatArray) -> FloatArray:
    """Difference of longitudes, at most half a turn."""
    return np.asarray((first - second + 180.0) % 360.0 - 180.0)


def _places(file: OpenedFile, coordinates: OpenedFile) -> Outcome:
    grid = grid_in(coordinates)
    own = places_of({k: v for k, v in file.fields.items() if k.startswith("nav")}, grid.layout.shape)
    if own is None:
        return f"{file.name} does not tell longitudes and latitudes"
    off = np.maximum(np.abs(_turn(own.longitude, grid.t.longitude)), np.abs(own.latitude - grid.t.latitude))
    said = f"{{}} in another place than in {coordinates.name} (by up to {off.max():.3g} degrees)."
    found = wrong_cells(
        OCEAN_PLACES, (file.name,), "fault", said, ~(off <= SAME_PLACE), cell_places(grid), own.longitude
    )
    return found, f"largest difference {off.max():.1e} degrees"


def _depths(bathymetry: OpenedFile, coordinates: OpenedFile) -> Outcome:
    depth, places, names = bathymetry.fields["Bathymetry"], cell_places(grid_in(coordinates)), (bathymetry.name,)
    found = wrong_cells(DEPTH_RANGE, names, "fault", "{} with a negative depth.", depth < 0.0, places, depth)
    said = f"{{}} deeper than {DEEPEST:g} m."
    found += wrong_cells(DEPTH_RANGE, names, "fault", said, depth > DEEPEST, places, depth)
    return found, f"{int((depth > 0.0).sum())} wet cells, deepest {depth.max():.0f} m"


def _copies(file: OpenedFile, coordinates: OpenedFile) -> Outcome:
    grid = grid_in(coordinates)
    original, found = duplicates(grid.layout)[0], []
    # Of the other fields NEMO reads the cells themselves.
    severity: Severity = "fault" if file.expected.role == "bathymetry" else "warning"
    for name in file.expected.variables:
        field = file.fields[name]
        said = f"{{}} of {name} that differ from the cell of which they are copies."
        wrong = field != field.ravel()[original]
        found += wrong_cells(COPIES, (file.name,), severity, said, wrong, cell_places(grid), field)
    return found, f"{int((~unique_cells(grid.layout)).sum())} copies, all equal"


def _problems(kinds: tuple[CheckKind, ...], problems: list[Problem], name: str, depth: FloatArray) -> list[Finding]:
    """Problems of these kinds as findings."""
    found = []
    for problem in problems:
        if problem.check in kinds:
            severity: Severity = "warning" if problem.check in _STOOD else "fault"
            zipped = zip(problem.rows, problem.columns, problem.latitudes, problem.longitudes, strict=True)
            cells = tuple(
                Cell(int(j), int(i), float(north), float(east), float(depth[j, i]))
                for (j, i, north, east), _ in zip(zipped, range(MOST_CELLS), strict=False)
            )
            said = f"{problem.label}."
            found.append(Finding(problem.check, (name,), severity, said, int(problem.rows.size), cells))
    return found


def _seas(bathymetry: OpenedFile, coordinates: OpenedFile) -> Outcome:
    depth = bathymetry.fields["Bathymetry"]
    problems = check_ocean(depth, grid_in(coordinates))
    return _problems(_OF_SEAS, problems, bathymetry.name, depth), f"none in {int((depth > 0.0).sum())} wet cells"


def _basins(subbasins: OpenedFile, bathymetry: OpenedFile, coordinates: OpenedFile) -> Outcome:
    depth, masks = bathymetry.fields["Bathymetry"], _masks(subbasins)
    problems = check_ocean(depth, grid_in(coordinates), basins=masks)
    number = masks.sum(axis=0).astype(np.float64)
    return _problems(_OF_BASINS, problems, subbasins.name, number), f"none of {int((depth > 0.0).sum())} wet cells"


def _masks(subbasins: OpenedFile) -> BoolArray:
    return np.stack([subbasins.fields[name] for name in BASIN_MASKS]) > 0.5


def _wet(bathymetry: OpenedFile, grid: CurvilinearGrid) -> tuple[BoolArray, BoolArray]:
    """Wet cells and land, each place once: copies are compared by a check of their own."""
    unique = unique_cells(grid.layout)
    wet = bathymetry.fields["Bathymetry"] > 0.0
    return unique & wet, unique & ~wet


def _basins_on_land(subbasins: OpenedFile, bathymetry: OpenedFile, coordinates: OpenedFile) -> Outcome:
    grid = grid_in(coordinates)
    number = _masks(subbasins).sum(axis=0).astype(np.float64)
    _, land = _wet(bathymetry, grid)
    wrong, names = land & (number > 0.0), (subbasins.name, bathymetry.name)
    found = wrong_cells(BASIN_ON_LAND, names, "warning", "{} of land in a sub-basin.", wrong, cell_places(grid), number)
    return found, f"none of {int(land.sum())} land cells"


def _heat(heating: OpenedFile, bathymetry: OpenedFile, coordinates: OpenedFile) -> Outcome:
    grid = grid_in(coordinates)
    heat, places, names = heating.fields["heatflow"], cell_places(grid), (heating.name, bathymetry.name)
    wet, land = _wet(bathymetry, grid)
    found = wrong_cells(HEAT_FLOW, names, "fault", "{} of sea without heat flow.", wet & ~(heat > 0.0), places, heat)
    said = f"{{}} with a heat flow above {_MOST_HEAT:g} mW/m2: is the unit another one?"
    found += wrong_cells(HEAT_FLOW, names, "fault", said, wet & (heat > _MOST_HEAT), places, heat)
    found += wrong_cells(HEAT_FLOW, names, "warning", "{} of land with heat flow.", land & (heat != 0.0), places, heat)
    seen = heat[wet]
    return found, f"{seen.size} wet cells, {seen.min(initial=np.inf):.4g} to {seen.max(initial=0.0):.4g} mW/m2"


def _viscosity(viscosity: OpenedFile, bathymetry: OpenedFile, coordinates: OpenedFile) -> Outcome:
    grid = grid_in(coordinates)
    percent, places, names = viscosity.fields["icof"], cell_places(grid), (viscosity.name, bathymetry.name)
    wet, land = _wet(bathymetry, grid)
    outside = (percent < 0.0) | (percent > FULL)
    found = wrong_cells(VISCOSITY, names, "fault", "{} outside of 0 to 100 %.", outside, places, percent)
    said = "{} of land with less than 100 %."
    found += wrong_cells(VISCOSITY, names, "warning", said, land & (percent < FULL) & ~outside, places, percent)
    reduced = wet & (percent < FULL) & ~outside
    said = "{} of sea whose coefficient is not that counted eastward from the western coasts of this bathymetry."
    wrong = wet & ~outside & ~_counted_from_coasts(percent, bathymetry, grid, reduced)
    found += wrong_cells(VISCOSITY, names, "warning", said, wrong, places, percent)
    return found, f"{percent.min():g} to {percent.max():g} %, reduced in {int(reduced.sum())} wet cells"


def _counted_from_coasts(
    percent: FloatArray, bathymetry: OpenedFile, grid: CurvilinearGrid, reduced: BoolArray
) -> BoolArray:
    """Whether the coefficient is that of the band in which it is reduced, overlap columns counted or not."""
    latitudes = grid.t.latitude[reduced]
    if not latitudes.size or not np.ptp(latitudes):
        return np.ones(percent.shape, dtype=bool)
    band = {"south": float(latitudes.min()), "north": float(latitudes.max())}
    wet = bathymetry.fields["Bathymetry"] > 0.0
    expected = [lateral_viscosity(wet, grid, **band, count_overlap=counted) for counted in (False, True)]
    return np.asarray((percent == expected[0]) | (percent == expected[1]))


_ON_THE_GRID: Final = ("bathymetry", "geothermal_heating", "lateral_viscosity", "subbasins")
_SEA: Final = ("bathymetry", "ocean_grid")

#: The checks of the files of the ocean. Copies of the viscosity may differ: the IPSL tool counts them as cells.
CHECKS: Final = (
    *(Check(OCEAN_PLACES, (role, "ocean_grid"), _places) for role in ("ocean_grid", *_ON_THE_GRID)),
    Check(DEPTH_RANGE, ("bathymetry", "ocean_grid"), _depths),
    *(Check(COPIES, (role, "ocean_grid"), _copies) for role in ("bathymetry", "geothermal_heating", "subbasins")),
    Check(_OF_SEAS[0], _SEA, _seas, more=_OF_SEAS[1:]),
    Check(_OF_BASINS[0], ("subbasins", *_SEA), _basins, about=2, more=_OF_BASINS[1:]),
    Check(BASIN_ON_LAND, ("subbasins", *_SEA), _basins_on_land, about=2),
    Check(HEAT_FLOW, ("geothermal_heating", *_SEA), _heat, about=2),
    Check(VISCOSITY, ("lateral_viscosity", *_SEA), _viscosity, about=2),
)
