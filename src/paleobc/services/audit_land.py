"""Whether soils, vegetation and relief stand on the land of routing.nc, and are whole."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.conventions import BoolArray
from paleobc.grids.interpolation import nearest
from paleobc.grids.periodicity import regular_owners
from paleobc.grids.regular import RegularGrid
from paleobc.services.audit_files import OpenedFile
from paleobc.services.audit_result import Check, Finding, Outcome, wrong_cells
from paleobc.services.audit_rivers import river_land
from paleobc.services.audit_sizes import SAME_PLACE, field_places, land_grid
from paleobc.topography.checks import CheckKind

SOIL_MASK: Final = CheckKind(
    "soil_mask",
    "Soils on all land",
    "Soils and routing share one land mask: land without a soil stops ORCHIDEE or gets a default one.",
    "Make soils_param.nc and routing.nc from one relief.",
)
PFT_MASK: Final = CheckKind(
    "pft_mask",
    "Vegetation on all land",
    "Vegetation and routing share one land mask: land without vegetation becomes bare ground.",
    "Make PFTmap.nc and routing.nc from one relief.",
)
PFT_SUM: Final = CheckKind(
    "pft_sum",
    "Sum of the plant functional types",
    "The fractions of the plant functional types of a land cell lie between 0 and 1 and add up to 1.",
    "Make PFTmap.nc again, or correct the fractions of these cells.",
)
RELIEF_SEA: Final = CheckKind(
    "relief_sea",
    "Relief above land only",
    "The relief of LMDZ is 0 in the sea and above 0 on land: else mountains brake the wind over water.",
    "Make Relief.nc and routing.nc from one relief.",
)

#: Largest error of a sum of fractions: files in single precision are good to 1e-7 for each of 13 types.
SUM_TOLERANCE: Final = 1e-6


def _soils(soils: OpenedFile, routing: OpenedFile) -> Outcome:
    land, places, names = river_land(routing), field_places(soils), (soils.name, routing.name)
    if not _same_places(soils, routing):
        said = f"{soils.name} stands on other latitudes or longitudes than {routing.name}."
        return [Finding(SOIL_MASK, names, "fault", said)], ""
    found = []
    for name in ("soilcolor", "soiltext"):
        values = soils.fields[name]
        given = np.isfinite(values) & (values > 0.0)
        said = f"{{}} of land of {routing.name} without {name}."
        found += wrong_cells(SOIL_MASK, names, "fault", said, land & ~given, places, values)
        said = f"{{}} of sea of {routing.name} with {name}."
        found += wrong_cells(SOIL_MASK, names, "warning", said, given & ~land, places, values)
    return found, f"{int(land.sum())} land cells, all with soil; no soil in the sea"


def _same_places(one: OpenedFile, other: OpenedFile) -> bool:
    """Whether two files of one size stand on the same places."""
    first, second = field_places(one), field_places(other)
    turn = (first.longitude - second.longitude + 180.0) % 360.0 - 180.0
    return bool(max(np.abs(first.latitude - second.latitude).max(), np.abs(turn).max()) < SAME_PLACE)


def _pft_mask(pft: OpenedFile, routing: OpenedFile) -> Outcome:
    grid, north_up = land_grid(pft)
    land = land_on(routing, grid, north_up=north_up)
    fractions, places, names = pft.fields["maxvegetfrac"], field_places(pft), (pft.name, routing.name)
    total = np.where(np.isfinite(fractions), fractions, 0.0).sum(axis=0)
    given = total > 0.0
    said = f"{{}} of land of {routing.name} without vegetation."
    found = wrong_cells(PFT_MASK, names, "fault", said, land & ~given, places, total)
    said = f"{{}} of sea of {routing.name} with vegetation."
    found += wrong_cells(PFT_MASK, names, "warning", said, given & ~land, places, total)
    return found, f"{int(land.sum())} land cells of half a degree, all with vegetation; none in the sea"


def land_on(routing: OpenedFile, grid: RegularGrid, *, north_up: bool) -> BoolArray:
    """Land of the routing at the cells of another regular grid, shape (rows, columns)."""
    own, turned = land_grid(routing)
    land = river_land(routing)
    there = nearest(land[::-1] if turned else land, own, grid)
    return np.asarray(there[::-1] if north_up else there)


def _pft_sums(pft: OpenedFile) -> Outcome:
    fractions, places = pft.fields["maxvegetfrac"], field_places(pft)
    total = fractions.sum(axis=0)  # NaN where one of the types is
    given = np.isfinite(fractions).any(axis=0) & (np.where(np.isfinite(fractions), fractions, 0.0) != 0.0).any(axis=0)
    off = np.where(given, np.abs(total - 1.0), 0.0)
    outside = given & ((fractions < -SUM_TOLERANCE) | (fractions > 1.0 + SUM_TOLERANCE)).any(axis=0)
    largest = float(np.nanmax(off, initial=0.0))
    said = f"{{}} whose plant functional types do not add up to 1 (by up to {largest:.1e}) or are no fractions."
    found = wrong_cells(PFT_SUM, (pft.name,), "fault", said, ~(off <= SUM_TOLERANCE) | outside, places, total)
    return found, f"largest |sum - 1| {largest:.1e} in {int(given.sum())} cells"


def _relief(relief: OpenedFile, routing: OpenedFile) -> Outcome:
    height, places, names = relief.fields["RELIEF"], field_places(relief), (relief.name, routing.name)
    grid, north_up = land_grid(relief)
    own, turned = land_grid(routing)
    land = river_land(routing)[::-1] if turned else river_land(routing)
    around = np.append(land.ravel(), False)[regular_owners(*own.shape)]  # the last stands for beyond a pole
    rows, columns = own.shape
    near = sum(around[j : j + rows, i : i + columns].astype(np.int8) for j in range(3) for i in range(3))
    edge = np.full((rows, 1), 9)
    edge[[0, -1]] = 6
    inner, outer = (nearest(np.asarray(cells), own, grid) for cells in (near == edge, near == 0))
    inner, outer = (cells[::-1] if north_up else cells for cells in (inner, outer))
    found = wrong_cells(
        RELIEF_SEA, names, "warning", "{} of open sea with a height.", outer & (height > 0.0), places, height
    )
    found += wrong_cells(RELIEF_SEA, names, "warning", "{} with a height below 0.", height < 0.0, places, height)
    said = "{} within land without a height."
    found += wrong_cells(RELIEF_SEA, names, "warning", said, inner & (height == 0.0), places, height)
    return found, f"{int(outer.sum())} cells of open sea, all at 0; highest land {height.max():.0f} m"


#: The checks of the files on land.
CHECKS: Final = (
    Check(SOIL_MASK, ("soils", "routing"), _soils),
    Check(PFT_MASK, ("pft", "routing"), _pft_mask),
    Check(PFT_SUM, ("pft",), _pft_sums),
    Check(RELIEF_SEA, ("high_resolution_relief", "routing"), _relief),
)
