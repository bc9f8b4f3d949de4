"""Laws that the weights of engine mosaic obey on grids and seas of every kind."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pytest
from remapping_worlds import continents

from ocean_worlds import LAYOUTS
from paleobc.constants import EARTH_RADIUS
from paleobc.errors import InputError
from paleobc.grids.fold import OrcaLayout, unique_cells
from paleobc.grids.tripolar import paleorca2_grid, tripolar_grid
from paleobc.remapping.atmosphere import LMD96X95, LMD144X142
from paleobc.remapping.mosaic_calving import band_of
from paleobc.remapping.mosaic_cells import atmosphere_areas, collapsed_areas
from paleobc.remapping.mosaic_certificates import mosaic_certificates
from paleobc.remapping.mosaic_grids import originals
from paleobc.remapping.mosaic_overlaps import plane_overlaps
from paleobc.remapping.mosaic_weights import MosaicSet, mosaic_set

SPHERE = 4.0 * np.pi * EARTH_RADIUS**2


def lakes(grid):
    """A world of land with one lake far from the poles."""
    return (np.abs(grid.t.longitude - 20.0) < 8.0) & (np.abs(grid.t.latitude - 5.0) < 6.0)


def southern_sea(grid):
    """A world whose only sea lies south of all but one calving band."""
    return grid.t.latitude < -57.0


SEAS = {
    "continents": continents,
    "ocean world": lambda grid: np.ones(grid.layout.shape, dtype=bool),
    "lake world": lakes,
    "southern sea": southern_sea,
}


@cache
def world(layout: str, sea: str, faithful: bool, atmosphere=LMD96X95) -> MosaicSet:
    grid = LAYOUTS[layout]()
    return mosaic_set(1000.0 * SEAS[sea](grid), grid, atmosphere, faithful=faithful)


CASES = [
    *product(LAYOUTS, ["continents"], [True, False]),
    *product(["182 x 149"], ["ocean world", "lake world", "southern sea"], [True, False]),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_constant_field_of_the_ocean_stays_constant(case):
    mosaic = world(*case)
    sums = mosaic.to_atmosphere.row_sums()
    np.testing.assert_allclose(sums[mosaic.fraction > 0.0], 1.0, rtol=0.0, atol=1e-14)
    assert (sums[mosaic.fraction == 0.0] == 0.0).all()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_all_that_leaves_the_sea_of_each_atmospheric_cell_arrives(case):
    mosaic = world(*case)
    unique = np.where(mosaic.ocean.unique, mosaic.ocean_area, 0.0).ravel()
    arrives = mosaic.to_ocean.transposed_sums(unique)
    leaves = mosaic.fraction * mosaic.collapsed_area.ravel()
    error = 3e-7 if mosaic.faithful else 1e-12
    np.testing.assert_allclose(arrives, leaves, rtol=error, atol=1e-6)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_copies_receive_what_their_cells_do(case):
    mosaic = world(*case)
    field = np.random.default_rng(2).normal(size=mosaic.atmosphere.size)
    for weights in (mosaic.to_ocean, mosaic.calving.weights):
        received = weights.apply(field)
        np.testing.assert_array_equal(received, received[mosaic.ocean.original.ravel()])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_links_start_and_end_in_the_sea_and_none_is_there_twice(case):
    mosaic = world(*case)
    wet = mosaic.ocean.open_with_copies.ravel()
    assert wet[mosaic.to_atmosphere.source].all()
    for weights in (mosaic.to_ocean, mosaic.runoff.weights, mosaic.calving.weights):
        assert wet[weights.destination].all()
        assert (np.diff(weights.destination) >= 0).all()
        pairs = weights.destination.astype(np.int64) * weights.source_size + weights.source
        assert np.unique(pairs).size == pairs.size
    assert mosaic.ocean.open.ravel()[mosaic.runoff.weights.destination].all()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_water_of_each_linked_cell_arrives(case):
    mosaic = world(*case)
    arrives = mosaic.runoff.weights.transposed_sums(mosaic.ocean_area.ravel())
    linked = mosaic.runoff.weights.linked_sources()
    np.testing.assert_allclose(arrives[linked], 1.0, rtol=0.0, atol=1e-12)
    unrouted = np.flatnonzero(mosaic.runoff.senders & ~linked)
    np.testing.assert_array_equal(unrouted, mosaic.runoff.unrouted)
    if not mosaic.faithful:
        assert not unrouted.size


@pytest.mark.parametrize("case", CASES, ids=str)
def test_ice_of_all_rows_melts(case):
    mosaic = world(*case)
    unique = np.where(mosaic.ocean.unique, mosaic.ocean_area, 0.0).ravel()
    arrives = mosaic.calving.weights.transposed_sums(unique).reshape(mosaic.atmosphere.shape)
    rows = mosaic.atmosphere.columns * mosaic.atmosphere_area[:, 0]
    if mosaic.faithful:
        rows[-1] = 0.0
    np.testing.assert_allclose(arrives[:, 0], rows, rtol=1e-12)
    assert not arrives[:, 1:].any()


def test_the_lake_world_routes_all_water_only_when_mended():
    assert world("182 x 149", "lake world", True).runoff.unrouted.size > 8000
    mended = world("182 x 149", "lake world", False)
    assert (
        mended.runoff.weights.linked_sources().sum()
        == (mended.atmosphere.rows - 2) * 96 + 2 - (mended.fraction == 1.0).sum()
    )


def test_bands_without_ocean_melt_in_the_nearest_that_has_some():
    calving = world("182 x 149", "southern sea", True).calving
    assert calving.moved == ((1, 0), (2, 0))
    assert [warning.count("south of 55S") for warning in calving.warnings] == [1, 1]
    assert not world("182 x 149", "continents", True).calving.warnings


def test_a_world_of_land_is_refused():
    grid = paleorca2_grid()
    with pytest.raises(InputError, match="no wet cell"):
        mosaic_set(np.zeros(grid.layout.shape), grid, LMD96X95)
    with pytest.raises(InputError, match="make it again on this grid"):
        mosaic_set(np.zeros((3, 3)), grid, LMD96X95)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_ocean_world_covers_all_but_the_south(layout):
    mosaic = world(layout, "ocean world", False)
    fraction = mosaic.fraction.reshape(mosaic.atmosphere.shape)
    south = mosaic.ocean.latitude["T"][1].max() + 1.0
    np.testing.assert_allclose(fraction[mosaic.atmosphere.latitudes > south + 2.0], 1.0, rtol=0.0, atol=1e-9)


@pytest.mark.parametrize("atmosphere", [LMD96X95, LMD144X142], ids=lambda grid: grid.name)
def test_mended_areas_add_up_to_the_sphere(atmosphere):
    areas = atmosphere_areas(atmosphere, faithful=False)
    assert areas.sum() == pytest.approx(SPHERE, rel=1e-14)
    assert collapsed_areas(areas, faithful=False).sum() == pytest.approx(SPHERE, rel=1e-14)
    old = atmosphere_areas(atmosphere, faithful=True)
    excess = collapsed_areas(old, faithful=True).sum() - old.sum()
    assert excess == pytest.approx(old[-1, 0])


def test_the_other_atmosphere_obeys_the_same_laws():
    mosaic = world("182 x 149", "continents", False, LMD144X142)
    unique = np.where(mosaic.ocean.unique, mosaic.ocean_area, 0.0).ravel()
    leaves = mosaic.fraction * mosaic.collapsed_area.ravel()
    np.testing.assert_allclose(mosaic.to_ocean.transposed_sums(unique), leaves, rtol=1e-12, atol=1e-6)
    assert not mosaic.runoff.unrouted.size
    other = world("182 x 149", "continents", False)
    seas = [(m.fraction.reshape(m.atmosphere.shape) * m.atmosphere_area).sum() for m in (mosaic, other)]
    assert seas[0] == pytest.approx(seas[1], rel=2e-4)


def test_mending_changes_little():
    old, new = (world("182 x 149", "continents", faithful) for faithful in (True, False))
    assert np.abs(old.fraction - new.fraction).max() < 2e-9
    np.testing.assert_array_equal(old.to_ocean.source, new.to_ocean.source)
    inner = (old.to_ocean.source >= 96) & (old.to_ocean.source < 95 * 96)
    np.testing.assert_allclose(old.to_ocean.weight[inner], new.to_ocean.weight[inner], rtol=3e-4)


def test_copies_in_the_bathymetry_are_not_read():
    grid = paleorca2_grid()
    depth = 1000.0 * continents(grid)
    emptied = depth.copy()
    emptied[:, [0, -1]], emptied[-1], emptied[0] = 0.0, np.nan, 1e20
    one, two = (mosaic_set(field, grid, LMD96X95) for field in (depth, emptied))
    np.testing.assert_array_equal(one.to_ocean.weight, two.to_ocean.weight)
    np.testing.assert_array_equal(one.runoff.weights.source, two.runoff.weights.source)


def literal_copies(field: np.ndarray, point: str) -> np.ndarray:
    """MOZAIC's ``lbc`` for nperio 6, line by line; counted from 1 as there."""
    rows, columns = field.shape
    f = {(j, i): float(field[j - 1, i - 1]) for j in range(1, rows + 1) for i in range(1, columns + 1)}
    for j in range(1, rows + 1):
        f[j, 1], f[j, columns] = f[j, columns - 1], f[j, 2]
    if point == "T":
        f |= {(rows, i): f[rows - 1, columns - i + 1] for i in range(1, columns + 1)}
    elif point == "U":
        f |= {(rows, i): f[rows - 1, columns - i] for i in range(1, columns)} | {(rows, columns): f[rows - 1, 1]}
    elif point == "V":
        f |= {(rows, i): f[rows - 2, columns - i + 1] for i in range(1, columns + 1)}
        f |= {(rows - 1, i): f[rows - 1, columns - i + 1] for i in range(columns // 2 + 1, columns + 1)}
    else:
        f |= {(rows, i): f[rows - 2, columns - i] for i in range(1, columns)} | {(rows, columns): f[rows - 2, 1]}
        f |= {(rows - 1, i): f[rows - 1, columns - i] for i in range(columns // 2 + 1, columns)}
    return np.array([[f[j, i] for i in range(1, columns + 1)] for j in range(1, rows + 1)])


@pytest.mark.parametrize("point", ["T", "U", "V", "F"])
def test_copies_are_those_of_mozaic(point):
    field = np.random.default_rng(3).normal(size=(7, 14))
    found = field.ravel()[originals(OrcaLayout(7, 14, "F"), point)]
    np.testing.assert_array_equal(found, literal_copies(field, point))


@pytest.mark.parametrize("halo", [True, False])
def test_the_first_half_of_a_t_pivot_fold_is_kept(halo):
    layout = OrcaLayout(7, 14, "T") if halo else OrcaLayout(6, 12, "T", overlap=False, folded_row=False)
    original = originals(layout)
    own = np.arange(original.size).reshape(layout.shape)
    assert (original == own).sum() == unique_cells(layout).sum()
    row = (original == own)[5]
    first, last = (1, 8) if halo else (0, 7)
    assert row[first:last].all()
    assert not row[last:].any()
    field = np.random.default_rng(4).normal(size=layout.shape)
    filled = field.ravel()[original]
    if halo:
        np.testing.assert_array_equal(filled[-1, 1:], filled[-3, -1:0:-1])
        np.testing.assert_array_equal(filled[-2, 7:], filled[-2, 7:0:-1])
        np.testing.assert_array_equal(filled[:, [0, -1]], filled[:, [-2, 1]])


def test_the_halo_of_a_grid_changes_no_weight():
    seas = {halo: tripolar_grid(pivot="F", halo=halo) for halo in (True, False)}
    sets = [mosaic_set(1000.0 * continents(grid), grid, LMD96X95) for grid in seas.values()]
    assert sets[0].fraction.tolist() == pytest.approx(sets[1].fraction.tolist(), abs=1e-12)
    routed = [mosaic.runoff.weights for mosaic in sets]
    assert routed[0].source.size == routed[1].source.size
    assert sorted(routed[0].weight) == pytest.approx(sorted(routed[1].weight), rel=1e-6)


def test_a_mesh_of_the_globe_covers_each_cell_once():
    """Cells of 3 by 3 degrees, each with the middles of its sides, and triangles about the poles."""
    east, north = np.meshgrid(np.arange(-178.5, 180.0, 3.0), np.arange(-88.5, 90.0, 3.0))
    side = 1.5 * np.array([-1, 0, 1, 1, 1, 0, -1, -1, 0])
    up = 1.5 * np.array([1, 1, 1, 0, -1, -1, -1, 0, 0])
    cells = east.ravel()[:, None] + side, np.clip(north.ravel()[:, None] + up, -90.0, 90.0)
    _, target, part = plane_overlaps(*cells, LMD96X95)
    covered = np.bincount(target, part, LMD96X95.size).reshape(LMD96X95.shape)
    covered[[0, -1], 1:] = 1.0
    np.testing.assert_allclose(covered, 1.0, rtol=0.0, atol=1e-12)


def test_twisted_cells_cover_nothing():
    east, north = np.array([[-1.0, 0, 1, 1, 1, 0, -1, -1, 0]]), np.array([[1.0, 1, 1, 0, -1, -1, -1, 0, 0]])
    assert plane_overlaps(east, north, LMD96X95)[2].sum() > 0.5
    assert plane_overlaps(-east, north, LMD96X95)[2].size == 0


def test_bands_reach_to_their_northern_limits():
    assert band_of(np.array([-90.0, -89.9, -55.0, 40.0, 40.1])).tolist() == [-1, 0, 0, 1, 2]
    assert band_of(np.array([-90.0]), with_pole=True).tolist() == [0]


@pytest.mark.parametrize("faithful", [True, False])
def test_certificates_tell_what_is_conserved_and_what_is_lost(faithful):
    mosaic = world("182 x 149", "continents", faithful)
    proofs = mosaic_certificates(mosaic)
    rounding = 5e-7 if faithful else 1e-12  # the old program sums in single precision
    assert proofs["tlmd_to_torc_MOSAIC"]["conservation_cell"] <= rounding
    for name in ("tlmd_to_torc_MOSAIC_rivflu", "tlmd_to_torc_MOSAIC_calvin"):
        assert proofs[name]["conservation_cell"] <= 1e-11
    for proof in proofs.values():
        assert proof["links_masked"] == proof["links_repeated"] == proof["links_outside"] == 0
    assert proofs["tlmd_to_torc_MOSAIC_rivflu"]["cells_unlinked_source"] == mosaic.runoff.unrouted.size
    assert (mosaic.runoff.unrouted.size == 0) or faithful
