"""A gateway is found open or closed, as wide and as deep as it is drawn, on every grid that holds the same world."""

from __future__ import annotations

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from conftest import REPOSITORY
from modern_earth import modern_height
from ocean_worlds import LAYOUTS, cut_at_another_seam, rolled
from paleobc.constants import EARTH_RADIUS
from paleobc.errors import InputError
from paleobc.grids.interpolation import linear
from paleobc.grids.mesh import ocean_mesh, regular_mesh
from paleobc.grids.regular import RegularGrid
from paleobc.grids.tripolar import paleorca2_grid
from paleobc.ocean.bathymetry import nearest_depth
from paleobc.topography.carving import lowest_path
from paleobc.topography.gateway_checks import check_gateways
from paleobc.topography.gateways import Box, Gateway, box_around, parse_gateways

DEGREE_KM = EARTH_RADIUS / 1000.0 * np.pi / 180.0
ONE_DEGREE = RegularGrid(180, 360)

#: On a continent from pole to pole along 20E a strait of some rows, some metres deep.
ACROSS = {"between": ((5.0, 0.0), (35.0, 0.0)), "within": Box(-10.0, -20.0, 50.0, 20.0)}
LINE = {"line": ((20.5, -8.0), (20.5, 8.0))}


def examples(name: str) -> tuple[Gateway, ...]:
    """Gateways of a list that the project ships."""
    return parse_gateways(yaml.safe_load((REPOSITORY / "examples" / name).read_text(encoding="utf-8"))["gateways"])


def found(height: np.ndarray, *gateways: Gateway, grid: RegularGrid = ONE_DEGREE) -> dict[str, object]:
    """Findings on a relief, by name."""
    findings = check_gateways(-height, regular_mesh(grid), gateways, ~(height > 0.0))
    return {finding.gateway.name: finding for finding in findings}


def strait(rows: int, depth: float = 40.0) -> np.ndarray:
    """A world of sea with a wall along 20E, ten degrees thick, and a strait through it at the equator."""
    height = np.full((180, 360), -4000.0)
    height[:, 195:206] = 300.0
    height[90 - rows // 2 : 90 - rows // 2 + rows, 195:206] = -depth
    return height


@pytest.fixture(scope="module")
def modern() -> np.ndarray:
    """Heights of the present-day Earth at one degree."""
    return modern_height()


SHELVES = ["Bering Strait", "Torres Strait", "Sunda Shelf", "Sahul Shelf"]


@pytest.mark.parametrize("steps", [1, 2])
def test_the_shelves_that_were_land_in_the_pliocene_are_open_today(modern, steps):
    grid = RegularGrid(180 * steps, 360 * steps)
    findings = found(linear(modern, ONE_DEGREE, grid), *examples("pliomip_gateways.yaml"), grid=grid)
    for name in SHELVES:
        assert findings[name].is_open
        assert not findings[name].holds
        assert findings[name].sentence.startswith(f"{name} is open and has to be closed: its sill is ")
        assert 0.0 < findings[name].sill_m < 60.0


def test_the_channels_of_the_canadian_archipelago_are_lost_at_one_degree_and_found_when_they_are_dug(modern):
    name, gateways = "Canadian Arctic Archipelago", examples("pliomip_gateways.yaml")
    lost = found(modern, *gateways)[name]
    assert lost.holds
    assert lost.sill_m < 0.0
    dug = modern.copy()
    dug.ravel()[lost.path] = np.minimum(dug.ravel()[lost.path], -150.0)
    there = found(dug, *gateways)[name]
    assert there.is_open
    assert not there.holds
    assert there.sill_m == 150.0


@pytest.mark.parametrize("steps", [1, 2])
def test_a_relief_whose_shelves_are_filled_meets_what_pliomip_asks_for(modern, steps):
    grid, gateways = RegularGrid(180 * steps, 360 * steps), examples("pliomip_gateways.yaml")
    height = linear(modern, ONE_DEGREE, grid)
    inside = np.zeros(grid.shape, dtype=bool)
    for gateway in gateways:
        east = (grid.longitudes - gateway.box.west) % 360.0 <= gateway.box.width
        north = (grid.latitudes >= gateway.box.south) & (grid.latitudes <= gateway.box.north)
        inside |= north[:, None] & east
    height[inside & (height > -400.0)] = 25.0
    findings = found(height, *gateways, grid=grid)
    assert {name: finding.sentence for name, finding in findings.items() if not finding.holds} == {}


def test_the_straits_of_today_are_found_and_what_one_degree_loses_is_told(modern):
    findings = found(modern, *examples("modern_gateways.yaml"))
    assert {name for name, finding in findings.items() if not finding.holds} == {
        "Strait of Gibraltar",
        "Isthmus of Panama",
        "Canadian Arctic Archipelago",
    }
    assert 700.0 < findings["Drake Passage"].width_km < 1000.0
    assert 60.0 < findings["Bering Strait"].width_km < 120.0
    assert 400.0 < findings["Fram Strait"].width_km < 600.0
    assert "land 170 m high has to be crossed at 35.5N 5.5W" in findings["Strait of Gibraltar"].sentence


def test_an_isthmus_that_was_opened_along_the_lowest_path_is_open(modern):
    gibraltar = next(each for each in examples("modern_gateways.yaml") if each.name == "Strait of Gibraltar")
    mesh = regular_mesh(ONE_DEGREE)
    atlantic, mediterranean = mesh.nearest_cells(*np.transpose(gibraltar.between))
    target = np.arange(modern.size).reshape(modern.shape) == mediterranean
    path = lowest_path(modern, mesh.owners, np.array([atlantic]), target, depth=300.0, cell_area=mesh.cell_area)
    modern = modern.copy()
    modern.ravel()[path] = np.minimum(modern.ravel()[path], -300.0)
    finding = found(modern, gibraltar)["Strait of Gibraltar"]
    assert finding.holds
    assert (finding.sill_m, finding.width_cells) == (300.0, 1)


def test_every_example_says_who_asks_for_it():
    for name in ("pliomip_gateways.yaml", "modern_gateways.yaml"):
        assert all("doi:10." in gateway.source for gateway in examples(name))


@pytest.mark.parametrize("rows", [1, 2, 5, 9])
@pytest.mark.parametrize("drawn", [ACROSS, LINE], ids=["between", "line"])
def test_a_strait_is_as_wide_and_as_deep_as_it_was_made(rows, drawn):
    finding = found(strait(rows), Gateway("Strait", "open", **drawn))["Strait"]
    assert finding.holds
    assert (finding.width_cells, finding.sill_m) == (rows, 40.0)
    assert finding.width_km == pytest.approx(rows * DEGREE_KM, abs=0.05 * DEGREE_KM)
    assert finding.sentence.startswith("Strait is open: its sill is 40 m deep at ")


@pytest.mark.parametrize("drawn", [ACROSS, LINE], ids=["between", "line"])
def test_a_closed_strait_tells_how_high_the_land_is(drawn):
    finding = found(strait(3, depth=-20.0), Gateway("Strait", "open", **drawn))["Strait"]
    assert (finding.holds, finding.is_open, finding.sill_m, finding.width_cells, finding.width_km) == (
        False,
        False,
        -20.0,
        0,
        0.0,
    )
    assert "is closed and has to be open: on the lowest way through it land 20 m high" in finding.sentence


@pytest.mark.parametrize("drawn", [ACROSS, LINE], ids=["between", "line"])
def test_a_lagoon_on_one_side_does_not_open_a_gateway(drawn):
    height = strait(3)
    height[:, 204] = 300.0
    assert not found(height, Gateway("Strait", "open", **drawn))["Strait"].is_open


@pytest.mark.parametrize("drawn", [ACROSS, LINE], ids=["between", "line"])
@pytest.mark.parametrize(
    ("demand", "fault"),
    [
        ({"least_width_cells": 4}, "but has to be at least 4 cells wide"),
        ({"least_width_km": 350.0}, "but has to be at least 350 km wide"),
        ({"sill": (50.0, 60.0)}, "but has to be 50 to 60 m deep"),
        ({"sill": (10.0, 30.0), "least_width_cells": 4}, "but has to be at least 4 cells wide and 10 to 30 m deep"),
        ({"sill": (40.0, 40.0), "least_width_cells": 3, "least_width_km": 330.0}, ""),
    ],
)
def test_an_open_gateway_may_have_to_be_wide_and_deep(drawn, demand, fault):
    finding = found(strait(3), Gateway("Strait", "open", **drawn, **demand))["Strait"]
    assert finding.holds == (not fault)
    assert fault in finding.sentence


def test_islands_in_a_strait_take_from_its_width_on_a_line():
    height = strait(7)
    height[90, 200] = 10.0
    finding = found(height, Gateway("Strait", "open", **LINE))["Strait"]
    assert (finding.width_cells, round(finding.width_km / DEGREE_KM)) == (6, 6)


@given(st.integers(1, 359))
def test_a_map_cut_at_another_meridian_has_the_same_gateways(shift):
    height = strait(3)
    gateways = Gateway("Pair", "open", **ACROSS), Gateway("Line", "open", **LINE)
    turned = RegularGrid(180, 360, west=-180.0 + shift)
    here = found(height, *gateways)
    there = found(np.roll(height, -shift, axis=1), *gateways, grid=turned)
    for name, finding in here.items():
        assert there[name].sentence == finding.sentence
        assert there[name].path.size == finding.path.size


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_ocean_grid_cut_at_another_seam_has_the_same_gateways(modern, layout):
    grid = LAYOUTS[layout]()
    gateways = examples("modern_gateways.yaml")
    depth = nearest_depth(modern, ONE_DEGREE, grid)
    other = rolled(depth, 44, overlap=grid.layout.overlap)
    here = check_gateways(depth, ocean_mesh(grid), gateways)
    there = check_gateways(other, ocean_mesh(cut_at_another_seam(grid, 44)), gateways)
    for one, two in zip(here, there, strict=True):
        assert (one.is_open, one.sill_m, one.width_cells) == (two.is_open, two.sill_m, two.width_cells)
        assert one.width_km == pytest.approx(two.width_km, rel=1e-3)
    opened = {finding.gateway.name for finding in here if finding.is_open}
    assert {"Drake Passage", "Denmark Strait", "Fram Strait"} <= opened


def test_copies_of_cells_on_an_ocean_grid_are_not_read(modern):
    grid = paleorca2_grid()
    mesh, gateways = ocean_mesh(grid), examples("modern_gateways.yaml")
    depth = nearest_depth(modern, ONE_DEGREE, grid)
    spoilt = np.where(mesh.unique, depth, 9999.0)
    sentences = [[each.sentence for each in check_gateways(field, mesh, gateways)] for field in (depth, spoilt)]
    assert sentences[0] == sentences[1]


def test_a_place_on_land_is_moved_to_the_nearest_sea_of_its_side():
    drawn = {"between": ((14.0, 0.0), (26.5, 6.0)), "within": Box(5.0, -9.0, 36.0, 9.0)}
    height = strait(1)
    height[:, 192:195] = 300.0  # the western place lies inland now
    height[90, 192:195] = -40.0
    finding = found(height, Gateway("Strait", "open", **drawn))["Strait"]
    assert finding.holds
    assert finding.path.size > 2


def test_a_place_without_sea_near_it_is_closed_and_told():
    height = strait(3)
    height[60:120, 175:206] = 300.0
    for state, holds in (("open", False), ("closed", True)):
        finding = found(height, Gateway("Strait", state, **ACROSS))["Strait"]
        assert finding.holds == holds
        assert finding.sentence.endswith("there is no sea within 250 km of 0N 5E.")


def test_a_line_without_sea_on_a_side_is_closed_and_told():
    height = strait(3)
    height[70:110, 180:200] = 300.0
    finding = found(height, Gateway("Strait", "closed", **LINE))["Strait"]
    assert finding.holds
    assert finding.sentence.endswith("there is no sea on one side of its line.")


@pytest.mark.parametrize("state", ["open", "closed"])
@pytest.mark.parametrize(
    ("drawn", "why"),
    [
        ({"between": ((5.1, 0.2), (5.3, 0.4))}, "both of its places are in the same cell; put them farther apart."),
        (  # three cells that touch at their corners
            {"between": ((5.9, 0.9), (7.1, 2.1)), "within": Box(5.85, 0.85, 7.15, 2.15)},
            "no cells of the grid lead through it; widen its box.",
        ),
    ],
)
def test_a_gateway_that_the_grid_cannot_tell_never_holds(state, drawn, why):
    finding = found(strait(3), Gateway("Strait", state, **drawn))["Strait"]
    assert (finding.holds, finding.is_open, finding.sill_m, finding.path.size) == (False, False, -np.inf, 0)
    assert finding.sentence == f"Strait cannot be judged on this grid: {why}"


def test_a_line_shorter_than_a_cell_is_measured_and_one_of_a_kilometre_is_not_judged():
    short, tiny = (
        found(strait(3), Gateway("Strait", "open", line=((20.5, 0.3), (20.5, north))))["Strait"]
        for north in (0.7, 0.31)
    )
    assert (short.is_open, short.width_cells) == (True, 1)
    assert short.width_km == pytest.approx(0.4 * DEGREE_KM, rel=1e-3)
    assert tiny.sentence == "Strait cannot be judged on this grid: its line is too short for this grid; make it longer."


def test_a_field_with_gaps_or_of_another_size_is_refused():
    for field in (np.full((180, 360), np.nan), np.zeros((90, 180))):
        with pytest.raises(InputError, match="size of its grid"):
            check_gateways(field, regular_mesh(ONE_DEGREE), [])


def test_a_line_half_around_the_globe_is_refused():
    with pytest.raises(InputError, match=r'"Round".*more places'):
        found(strait(3), Gateway("Round", "open", line=((0.0, 1.0), (179.0, 0.0))))


@pytest.mark.parametrize(
    ("first", "second"), [((175.0, 60.0), (-175.0, 72.0)), ((-175.0, 72.0), (175.0, 60.0)), ((0.0, 88.0), (3.0, 88.0))]
)
def test_the_default_box_holds_both_places(first, second):
    box = box_around(first, second)
    assert box.holds(first)
    assert box.holds(second)
    assert -90.0 <= box.south < box.north <= 90.0
    assert box.width < 90.0


PAIR = {"name": "Pass", "state": "open", "from": [0, 0], "to": [10, 0]}


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("Bering", "Gateway 1 of the list has no name"),
        ({}, "Gateway 1 of the list has no name"),
        ({**PAIR, "name": 3}, "Gateway 1 of the list has no name"),
        ({**PAIR, "depth": 3}, '"Pass" has "depth", which is not known'),
        ({**PAIR, "state": True}, '"Pass" needs a state, open or closed'),
        ({"name": "Pass", "state": "open", "from": [0, 0]}, '"Pass" has "from" only'),
        ({"name": "Pass", "state": "open"}, '"Pass" needs either two places'),
        ({**PAIR, "line": [[0, 0], [1, 1]]}, '"Pass" needs either two places'),
        ({**PAIR, "to": [0, 0]}, '"Pass" has one place on both of its sides'),
        ({**PAIR, "to": [10, 95]}, 'latitude of "to" of the gateway "Pass"'),
        ({**PAIR, "to": [10]}, 'to of the gateway "Pass" has to be written'),
        ({**PAIR, "to": "10, 0"}, 'to of the gateway "Pass" has to be written'),
        ({**PAIR, "to": [float("nan"), 0]}, 'longitude of "to" of the gateway "Pass"'),
        ({**PAIR, "to": [True, 0]}, 'longitude of "to" of the gateway "Pass"'),
        ({**PAIR, "within": [0, 0, 10]}, 'within of the gateway "Pass" has to be written'),
        ({**PAIR, "within": [0, 5, 10, -5]}, 'box "within" of the gateway "Pass" is empty'),
        ({**PAIR, "within": [1, -5, 11, 5]}, '"Pass" has a place outside of its box'),
        ({**PAIR, "least_width_cells": 1.5}, 'least_width_cells of the gateway "Pass"'),
        ({**PAIR, "least_width_km": -1}, 'least_width_km of the gateway "Pass"'),
        ({**PAIR, "sill": 50}, 'sill of the gateway "Pass" has to be written'),
        ({**PAIR, "sill": [60, 50]}, 'sill of the gateway "Pass" has its least depth after'),
        ({**PAIR, "state": "closed", "sill": [50, 60]}, '"Pass" has to be closed'),
        ({**PAIR, "source": 5}, 'source of the gateway "Pass" is not a text'),
        ({"name": "Pass", "state": "open", "line": [[0, 0]]}, 'line of the gateway "Pass"'),
        ({"name": "Pass", "state": "open", "line": [[0, 0], [0, 0]]}, '"Pass" is a line of fewer'),
        ({"name": "Pass", "state": "open", "line": [[0, 0], [1, 0]], "within": [0, -1, 1, 1]}, '"Pass" is a line and'),
    ],
)
def test_a_list_with_a_fault_is_refused_and_the_gateway_named(entry, sentence):
    with pytest.raises(InputError) as refused:
        parse_gateways([entry])
    assert sentence in str(refused.value)


@pytest.mark.parametrize("entries", [None, {"gateways": []}, "Bering", [PAIR] * 501])
def test_what_is_no_list_or_too_long_is_refused(entries):
    with pytest.raises(InputError, match="list"):
        parse_gateways(entries)


def test_names_are_given_once():
    with pytest.raises(InputError, match='"Pass" is there 2 times'):
        parse_gateways([PAIR, PAIR])
