"""Whether the grids, masks, areas and the fraction of sea of a set of weights are those of the two models."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.conventions import BoolArray, FloatArray
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.fold import counted_cells, duplicates
from paleobc.remapping.atmosphere import AtmosphereGrid
from paleobc.remapping.mosaic_grids import least_depth
from paleobc.services.audit_files import OpenedFile
from paleobc.services.audit_names import Engine
from paleobc.services.audit_ocean import cell_places, grid_in
from paleobc.services.audit_result import Check, Finding, Outcome, Places, wrong_cells
from paleobc.services.audit_sizes import SAME_PLACE, atmosphere_of
from paleobc.topography.checks import CheckKind

WEIGHT_MASK: Final = CheckKind(
    "weight_mask",
    "Mask of the weights and the bathymetry",
    "OASIS and NEMO must have one sea: wet cells that the weights take for land receive nothing from the atmosphere.",
    "Make the weights again from this bathymetry.",
)
WEIGHT_PLACES: Final = CheckKind(
    "weight_places",
    "Grids of the weights",
    "grids.nc holds other places than coordinates.nc or than LMDZ: the weights were made for another grid.",
    "Make the weights again on this ocean grid.",
)
WEIGHT_AREA: Final = CheckKind(
    "weight_area",
    "Areas of the weights",
    "areas.nc holds the areas by which the models themselves add up: e1t times e2t of NEMO, the cells of LMDZ.",
    "Make the weights again on this ocean grid.",
)
SEA_FRACTION: Final = CheckKind(
    "sea_fraction",
    "Fraction of sea of LMDZ",
    "OceMask lies between 0 and 1, is one value on each pole, and is above 0 just where masks.nc is open.",
    "Make the weights again, and take o2a.nc and masks.nc from the same set.",
)
SEA_AREA: Final = CheckKind(
    "sea_area",
    "Area of the sea in both models",
    "The sea of LMDZ (OceMask times area) is as large as that of NEMO: else water and heat are gained or lost.",
    "Make the weights again from this bathymetry.",
)

#: Relative error of an area: single precision of both scale factors.
AREA_TOLERANCE: Final = 1e-6

#: Relative error of an area of LMDZ: its formulas, width times height or exact, differ by 5e-5.
AIR_AREA_TOLERANCE: Final = 1e-3

#: Relative error of the whole sea: polygons and e1t e2t differ by 1.3e-5 on ORCA2.
SEA_TOLERANCE: Final = 1e-3

#: Fractions in single precision exceed 1, or differ along a pole, by so much.
FRACTION_TOLERANCE: Final = 1e-6


def expected_sea(bathymetry: OpenedFile, grid: CurvilinearGrid, engine: Engine) -> tuple[BoolArray, BoolArray]:
    """
    Cells that must exchange with the atmosphere, and those that may, each place once, shapes (rows, columns).

    NEMO closes its southern row; engine mosaic takes sea shallower than DOMSK's first level, about 1 m, for land.
    """
    depth, counted = bathymetry.fields["Bathymetry"], counted_cells(grid.layout)
    may = counted & (depth > 0.0)
    return (may & (depth > least_depth()) if engine == "mosaic" else may), may


def open_copies(grid: CurvilinearGrid, cells: BoolArray) -> FloatArray:
    """How many of the copies of each cell are among these cells, itself included; 0 in copies."""
    original = duplicates(grid.layout)[0]
    return np.bincount(original[cells], minlength=cells.size).reshape(cells.shape).astype(np.float64)


def atmosphere_places(air: AtmosphereGrid) -> Places:
    """Places of the points of LMDZ, north to south."""
    return Places(air.latitudes[:, None], air.longitudes)


def atmosphere_in(fraction: OpenedFile) -> AtmosphereGrid:
    """Grid of the fraction of sea."""
    air = atmosphere_of(fraction.fields["OceMask"].shape)
    assert air is not None  # noqa: S101 - `check_sizes` looked
    return air


def sea_fraction(fraction: OpenedFile) -> FloatArray:
    """Fraction of sea of each cell of LMDZ, rows from north to south."""
    field, latitude = fraction.fields["OceMask"], fraction.fields.get("lat", fraction.fields.get("nav_lat"))
    turned = latitude is not None and latitude.size > 0 and latitude.ravel()[0] < latitude.ravel()[-1]
    return np.asarray(field[::-1] if turned else field)


def _masks(engine: Engine) -> Check:
    def look(masks: OpenedFile, bathymetry: OpenedFile, coordinates: OpenedFile) -> Outcome:
        grid = grid_in(coordinates)
        must, may = expected_sea(bathymetry, grid, engine)
        number = open_copies(grid, masks.fields["torc.msk"] == 0)
        depth, places, names = bathymetry.fields["Bathymetry"], cell_places(grid), (masks.name, bathymetry.name)
        found = [
            *_wrong(names, "{} wet in the bathymetry and closed in the mask.", must & (number == 0), places, depth),
            *_wrong(names, "{} land in the bathymetry and open in the mask.", ~may & (number > 0), places, depth),
            *_wrong(names, "{} open in the mask more than once, as copies.", may & (number > 1), places, number),
        ]
        by_design = int((may & ~must & (number == 0)).sum())
        beside = f"; {by_design} shallower than 1 m are land by the rule of MOSAIC" if by_design else ""
        return found, f"{int((must & (number == 1)).sum())} open cells, all wet{beside}"

    return Check(WEIGHT_MASK, (f"{engine}:masks", "bathymetry", "ocean_grid"), look, about=2)


def _wrong(names: tuple[str, ...], said: str, cells: BoolArray, places: Places, values: FloatArray) -> list[Finding]:
    return wrong_cells(WEIGHT_MASK, names, "fault", said, cells, places, values)


def _grids(engine: Engine) -> Check:
    def look(grids: OpenedFile, coordinates: OpenedFile) -> Outcome:
        grid, air = grid_in(coordinates), atmosphere_of(grids.fields["tlmd.lon"].shape)
        assert air is not None  # noqa: S101 - `check_sizes` looked
        found, largest = [], 0.0
        for prefix, places in (("torc", cell_places(grid)), ("tlmd", atmosphere_places(air))):
            longitude, latitude = (grids.fields[f"{prefix}.{axis}"] for axis in ("lon", "lat"))
            turn = np.abs((longitude - places.longitude + 180.0) % 360.0 - 180.0)
            off = np.maximum(turn, np.abs(latitude - places.latitude))
            largest = max(largest, float(off.max()))
            said = f"{{}} of {prefix} in another place (by up to {off.max():.3g} degrees)."
            found += wrong_cells(WEIGHT_PLACES, (grids.name,), "fault", said, off > SAME_PLACE, places, longitude)
        return found, f"largest difference {largest:.1e} degrees"

    return Check(WEIGHT_PLACES, (f"{engine}:grids", "ocean_grid"), look)


def ocean_area(grid: CurvilinearGrid) -> FloatArray:
    """Area of the T cells by NEMO's own measure [m2], shape (rows, columns)."""
    assert grid.t.e1 is not None  # noqa: S101 - coordinates.nc has them, or is unusable
    assert grid.t.e2 is not None  # noqa: S101
    return grid.t.e1 * grid.t.e2


def _areas(engine: Engine) -> Check:
    def look(areas: OpenedFile, coordinates: OpenedFile) -> Outcome:
        grid, air = grid_in(coordinates), atmosphere_of(areas.fields["tlmd.srf"].shape)
        assert air is not None  # noqa: S101 - `check_sizes` looked
        sea, own = areas.fields["torc.srf"], ocean_area(grid)
        off = np.abs(sea - own) / own
        said = f"{{}} of the ocean with another area than e1t times e2t (by up to {off.max():.1e} of it)."
        found = wrong_cells(WEIGHT_AREA, (areas.name,), "fault", said, ~(off <= AREA_TOLERANCE), cell_places(grid), sea)
        sky = areas.fields["tlmd.srf"]
        formulas = (formula.reshape(air.shape) for formula in (air.areas(), air.midlatitude_areas()))
        apart = np.minimum(*(np.abs(sky - formula) / formula for formula in formulas))
        said = f"{{}} of LMDZ with another area than its grid (by up to {apart.max():.1e} of it)."
        wrong = ~(apart <= AIR_AREA_TOLERANCE)
        found += wrong_cells(WEIGHT_AREA, (areas.name,), "fault", said, wrong, atmosphere_places(air), sky)
        return found, f"largest relative difference {off.max():.1e} in the ocean, {apart.max():.1e} in LMDZ"

    return Check(WEIGHT_AREA, (f"{engine}:areas", "ocean_grid"), look)


def _fraction(engine: Engine) -> Check:
    def look(fraction: OpenedFile, masks: OpenedFile) -> Outcome:
        air, sea = atmosphere_in(fraction), sea_fraction(fraction)
        places, names = atmosphere_places(air), (fraction.name, masks.name)
        outside = (sea < 0.0) | (sea > 1.0 + FRACTION_TOLERANCE)
        found = wrong_cells(SEA_FRACTION, names[:1], "fault", "{} outside of 0 to 1.", outside, places, sea)
        uneven = np.zeros(sea.shape, dtype=bool)
        uneven[[0, -1]] = np.abs(sea[[0, -1]] - sea[[0, -1], :1]) > FRACTION_TOLERANCE
        said = "{} of a pole with another value than its first: LMDZ has one point there."
        found += wrong_cells(SEA_FRACTION, names[:1], "fault", said, uneven, places, sea)
        wrong = (sea > 0.0) != (masks.fields["tlmd.msk"] == 0)
        said = "{} with sea that masks.nc closes, or open without sea."
        found += wrong_cells(SEA_FRACTION, names, "fault", said, wrong, places, sea)
        closed, values = masks.fields["aone.msk"] != 0, masks.fields["aone.msk"]
        said = "{} of aone closed: its cells send water and wind, and all must be open."
        found += wrong_cells(SEA_FRACTION, names[1:], "fault", said, closed, places, values)
        return found, f"{int((sea > 0.0).sum())} cells with sea, {sea.min():g} to {sea.max():g}"

    return Check(SEA_FRACTION, (f"{engine}:fraction", f"{engine}:masks"), look, about=2)


def _sea_area(engine: Engine) -> Check:
    def look(fraction: OpenedFile, bathymetry: OpenedFile, coordinates: OpenedFile) -> Outcome:
        grid, air = grid_in(coordinates), atmosphere_in(fraction)
        _, may = expected_sea(bathymetry, grid, engine)
        ocean = float(ocean_area(grid)[may].sum())
        sky = float((sea_fraction(fraction).ravel() * air.areas()).sum())
        off = sky / ocean - 1.0 if ocean else np.inf
        figures = f"{ocean / 1e12:.4f} million km2 in NEMO, {sky / 1e12:.4f} in LMDZ: {off:+.1e} of it"
        wrong = not abs(off) <= SEA_TOLERANCE
        names = (fraction.name, bathymetry.name)
        return [
            Finding(SEA_AREA, names, "fault", f"The sea is not equally large: {figures}.")
        ] if wrong else [], figures

    return Check(SEA_AREA, (f"{engine}:fraction", "bathymetry", "ocean_grid"), look, about=2)


def coupling_checks(engine: Engine) -> tuple[Check, ...]:
    """Give the checks of the files of a set of weights that hold no links."""
    return _masks(engine), _grids(engine), _areas(engine), _fraction(engine), _sea_area(engine)
