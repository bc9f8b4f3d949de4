"""Engine mosaix: nothing is lost, on any grid and in any world."""

from __future__ import annotations

import numpy as np
import pytest
from remapping_worlds import atmosphere_means, cell_means, continents

from coupling_worlds import SEAS, coupling, named, ocean
from paleobc.constants import EARTH_RADIUS
from paleobc.errors import InputError
from paleobc.grids.curvilinear import describe_grid
from paleobc.grids.fold import duplicates, unique_cells
from paleobc.remapping.atmosphere import ATMOSPHERES, LMD96X95
from paleobc.remapping.cells import cell_corners
from paleobc.remapping.coupling import Choices
from paleobc.remapping.mosaix import couple
from paleobc.remapping.mosaix_certificate import Outlets, laws, outlets_served
from paleobc.remapping.polygons import quadrangle_areas
from paleobc.remapping.runoff import Redirect
from paleobc.remapping.weights import Weights

CASES = [
    ("182 x 149", "lmd96x95"),
    ("T pivot", "lmd96x95"),
    ("182 x 174", "lmd96x95"),
    ("180 x 148", "lmd96x95"),
    ("182 x 149", "lmd144x142"),
]
cases = pytest.mark.parametrize(("layout", "atmosphere"), CASES)
BOTH = [*((sea, "lmd96x95") for sea in SEAS), ("continents", "lmd144x142"), ("lake world", "lmd144x142")]


def hold(of):
    return [law for law in laws({f"{s.name} {s.destination.prefix}": s.certificate for s in of.sets}) if not law[1]]


@pytest.mark.parametrize("layout", ["182 x 149", "T pivot", "182 x 174"])
def test_copies_stand_where_their_cells_stand_and_other_folds_are_refused(layout):
    grid = ocean(layout)
    owner = duplicates(grid.layout)[0]
    away = grid.t.longitude - grid.t.longitude.ravel()[owner]
    assert np.abs((away + 180) % 360 - 180).max() < 1e-6
    assert np.abs(grid.t.latitude - grid.t.latitude.ravel()[owner]).max() < 1e-6
    broken = grid.t.longitude.copy()
    broken[-1] = np.roll(broken[-1], 3)
    with pytest.raises(InputError):
        describe_grid(type(grid.t)(broken, grid.t.latitude), u=grid.u, v=grid.v, f=grid.f)


@cases
def test_fluxes_are_conserved_by_the_models_own_areas(layout, atmosphere):
    of = coupling(layout, atmosphere=atmosphere)
    fluxes, air, sea = named(of, "HeatWater"), of.mesh("tlmd"), of.mesh("torc")
    sums = fluxes.weights.row_sums()
    assert np.abs(sums[sea.open] - 1).max() < 1e-2
    assert not sums[~sea.open].any()
    field = np.random.default_rng(3).uniform(1, 2, air.size)
    sent = (air.fraction * air.area) @ field
    assert abs(sea.area @ fluxes.weights.apply(field) / sent - 1) < 1e-12
    assert fluxes.certificate["integral_by_model_areas"] == pytest.approx(1, abs=1e-12)


def test_uniform_fluxes_stay_uniform():
    of = coupling(choices=Choices(fluxes="uniform"))
    fluxes, sea = named(of, "HeatWater"), of.mesh("torc")
    assert np.abs(fluxes.weights.row_sums()[sea.open] - 1).max() < 1e-11
    assert abs(fluxes.certificate["integral_by_model_areas"] - 1) < 1e-3
    assert fluxes.certificate["conservation_cell"] < 1e-11
    assert hold(of) == []


@cases
def test_temperatures_are_means_over_the_sea(layout, atmosphere):
    of = coupling(layout, atmosphere=atmosphere)
    sums = named(of, "OceTemp").weights.row_sums()
    sea = of.mesh("tlmd").fraction > 0
    assert np.abs(sums[sea] - 1).max() <= 1e-12
    assert not sums[~sea].any()


@cases
def test_links_join_open_cells_once(layout, atmosphere):
    of = coupling(layout, atmosphere=atmosphere)
    own = {mesh.prefix: mesh for mesh in of.meshes}
    for weights in of.sets:
        links = weights.weights
        assert links.source_size == weights.source.size
        assert links.destination_size == weights.destination.size
        pairs = links.destination.astype(np.int64) * links.source_size + links.source
        assert (np.diff(pairs) > 0).all()
        assert weights.source.open[links.source].all()
        assert weights.destination.open[links.destination].all()
        target = own[weights.destination.prefix]
        assert (weights.destination.open <= target.open).all()
    for point in "TUV":
        mesh = own[f"{point.lower()}orc"]
        assert not mesh.open.reshape(mesh.shape)[0].any()
        assert not (mesh.open.reshape(mesh.shape) & ~unique_cells(ocean(layout).layout, point)).any()
    assert hold(of) == []


@cases
def test_sea_of_the_atmosphere_is_that_of_the_ocean(layout, atmosphere):
    of = coupling(layout, atmosphere=atmosphere)
    sea, air = of.mesh("torc"), of.mesh("tlmd")
    polygons = np.abs(quadrangle_areas(cell_corners(ocean(layout))[sea.open])).sum() * EARTH_RADIUS**2
    assert (air.fraction @ air.area) / polygons == pytest.approx(1, abs=1e-5)
    assert (air.fraction @ air.area) / sea.area[sea.open].sum() == pytest.approx(1, abs=1e-3)
    for proof in (of.closure, *(weights.certificate for weights in of.sets[:4])):
        assert proof["closure_cell"] <= 1e-11
        assert proof["closure_total"] <= 1e-13
    assert air.area.sum() / (4 * np.pi * EARTH_RADIUS**2) == pytest.approx(1, abs=1e-13)


@pytest.mark.parametrize(("sea", "atmosphere"), BOTH)
def test_fractions_lie_between_0_and_1_and_are_one_value_on_each_pole(sea, atmosphere):
    fraction = coupling(sea=sea, atmosphere=atmosphere).mesh("tlmd").fraction.reshape(ATMOSPHERES[atmosphere].shape)
    assert fraction.min() >= 0
    assert fraction.max() <= 1
    assert (fraction[[0, -1]] == fraction[[0, -1], :1]).all()


def test_the_wind_is_remapped_to_second_order():
    errors = {}
    for name, atmosphere in ATMOSPHERES.items():
        for point in "UV":
            wind = named(coupling(atmosphere=name), "WindStress", f"{point.lower()}orc")
            faces = wind.destination.open
            assert np.abs(wind.weights.row_sums()[faces] - 1).max() <= 1e-12
            exact = cell_means(cell_corners(ocean(), point))[faces]
            error = wind.weights.apply(atmosphere_means(atmosphere))[faces] - exact
            errors[name, point] = np.sqrt(np.mean(error**2))
            nearest = atmosphere_means(atmosphere)[atmosphere.cell_at(wind.destination.longitude[faces],
                                                                      wind.destination.latitude[faces])]  # fmt: skip
            assert errors[name, point] < 0.1 * np.sqrt(np.mean((nearest - exact) ** 2))
    for point in "UV":  # cells 2/3 as wide: (2/3)^2 of the error
        assert errors["lmd144x142", point] < 0.6 * errors["lmd96x95", point]


def test_the_wind_can_be_taken_from_cells_with_sea_only():
    of = coupling(choices=Choices(wind_sources="sea"))
    for point in "uv":
        wind = named(of, "WindStress", point)
        assert of.mesh("tlmd").open[wind.weights.source].all()
        assert np.abs(wind.weights.row_sums()[wind.destination.open] - 1).max() <= 1e-12
    assert hold(of) == []


@pytest.mark.parametrize(
    ("layout", "sea"),
    [*((layout, sea) for layout in ("182 x 149", "T pivot") for sea in SEAS), ("182 x 174", "continents")],
)
def test_all_water_of_all_land_reaches_the_sea(layout, sea):
    of = coupling(layout, sea)
    runoff = named(of, "runoff")
    land = of.mesh("tlmd").fraction < 1
    assert (runoff.source.open == land).all()
    arrives = runoff.weights.transposed_sums(of.mesh("torc").area)
    assert np.abs(arrives[land] - 1).max() <= 1e-12
    assert not arrives[~land].any()
    assert hold(of) == []


@pytest.mark.parametrize(("sea", "atmosphere"), BOTH)
def test_ice_leaves_through_three_cells_and_all_of_it_melts(sea, atmosphere):
    cells = {"lmd96x95": (1, 4608, 9216), "lmd144x142": (1, 10296, 20592)}[atmosphere]
    of = coupling(sea=sea, atmosphere=atmosphere)
    calving = named(of, "calving")
    assert (np.unique(calving.weights.source) + 1).tolist() == list(cells)
    arrives = calving.weights.transposed_sums(of.mesh("torc").area)
    assert np.abs(arrives[np.array(cells) - 1] - 1).max() <= 1e-12
    moved = {"lake world": [[1, 2], [3, 2]], "no northern ocean": [[1, 2]], "no southern ocean": [[3, 2]]}
    assert calving.certificate["zones_moved"] == moved.get(sea, [])
    assert len(calving.certificate["warnings"]) == len(moved.get(sea, []))
    assert set(calving.certificate["warnings"]) <= set(of.warnings)


def test_a_world_without_sea_is_refused_in_a_sentence():
    with pytest.raises(InputError, match="no wet cell"):
        couple(ocean(), np.zeros(ocean().layout.shape, dtype=bool), LMD96X95)


def test_ice_keeps_out_of_closed_seas_on_request():
    grid = ocean()
    sea = continents(grid)
    closed = (np.abs(grid.t.longitude - 106) < 8) & (np.abs(grid.t.latitude) < 6)
    of = couple(grid, sea | closed, LMD96X95, choices=Choices(calving_in_closed_seas=False))
    calving = named(of, "calving")
    assert not closed.ravel()[calving.weights.destination].any()
    assert closed.ravel()[named(of, "OceTemp").weights.source].any()
    assert hold(of) == []


def test_outlets_in_the_open_sea_are_linked_and_those_left_out_are_told():
    at_sea = Outlets(np.array([-150.0, 10.0]), np.array([0.0, -30.0]), np.array([2e9, 1e9]), 1.0, 1.0)
    with_outlets = couple(ocean(), continents(ocean()), LMD96X95, at_sea)
    proof = named(with_outlets, "runoff").certificate
    assert (proof["outlets"], proof["outlets_unserved"], proof["discharge_area_m2"]) == (2, 0, 3e9)
    told = outlets_served(named(coupling(), "runoff").weights, LMD96X95, at_sea)
    assert told["outlets_unserved"] == 1
    assert told["discharge_area_unserved_m2"] == 2e9
    assert told["unserved"][0]["longitude"] == -150.0
    lost = laws({"runoff": {**proof, **told}})
    assert [holds for _, holds, _ in lost] == [True, True, False]


def test_inland_water_is_lost_where_that_is_asked_for():
    of = coupling(choices=Choices(inland=False, land_band=2))
    linked = named(of, "runoff").weights.linked_sources()
    land = of.mesh("tlmd").fraction < 1
    assert 0 < linked.sum() < land.sum()


def test_a_redirected_river_enters_the_sea_elsewhere():
    rule = Redirect(-20, 20, 90, 120, -60.0, 40.0)
    runoff = named(coupling(choices=Choices(redirects=(rule,))), "runoff")
    cell = LMD96X95.cell_at(np.array([106.0]), np.array([0.0]))[0]
    targets = runoff.weights.destination[runoff.weights.source == cell]
    where = ocean().t.latitude.ravel()[targets]
    assert (where < -50).all()
    assert runoff.certificate["cells_redirected"] > 10


def test_small_fractions_of_sea_are_dropped_in_both_directions():
    of = coupling(choices=Choices(least_fraction=0.05))
    air = of.mesh("tlmd")
    assert air.fraction[air.fraction > 0].min() >= 0.05
    assert (named(of, "OceTemp").weights.linked_destinations() == air.open).all()
    assert (named(of, "HeatWater").weights.linked_sources() == air.open).all()


def test_a_copy_of_the_ocean_is_never_read():
    grid = ocean()
    sea = continents(grid)
    spoilt = np.where(unique_cells(grid.layout), sea, ~sea)
    for mine, theirs in zip(couple(grid, spoilt, LMD96X95).sets, coupling().sets, strict=True):
        for part in ("source", "destination", "weight"):
            assert np.array_equal(getattr(mine.weights, part), getattr(theirs.weights, part))


def test_cells_without_area_at_a_wet_pole_of_the_grid_are_told():
    of = coupling("T pivot", "ocean world")
    fluxes = named(of, "HeatWater").certificate
    assert fluxes["cells_unlinked_destination"] == len(fluxes["unlinked_destination"]) == 2
    assert any("2 wet cells" in sentence for sentence in of.warnings)


def test_a_law_that_is_broken_is_seen():
    proofs = {s.name: dict(s.certificate) for s in coupling().sets}
    assert all(holds for _, holds, _ in laws(proofs))
    proofs["calving_full"]["links_masked"] = 1
    proofs["HeatWaterFluxes_1stOrder"]["conservation_cell"] = 1e-6
    assert [holds for _, holds, _ in laws(proofs)] == [False, False]


def test_weights_without_links_have_a_certificate():
    nothing = Weights(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0), LMD96X95.size, 4)
    told = outlets_served(nothing, LMD96X95, Outlets(np.zeros(1), np.zeros(1), np.ones(1)))
    assert told["outlets_unserved"] == 1
