"""The ocean in a build: its grid in every form of the recipe, what is made again, and what is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from ocean_worlds import invented_height
from paleobc.errors import InputError, RecipeError
from paleobc.formats.nemo_fields import BASIN_MASKS, ocean_grid_file
from paleobc.formats.netcdf import read_netcdf, write_netcdf
from paleobc.grids.tripolar import tripolar_grid
from paleobc.services.builds import Build, build
from paleobc.services.grids import make_grid
from paleobc.steps.assets import ASSETS
from small_world import ROWS, Case, write_world

OCEAN = (
    "ocean_grid",
    "bathymetry",
    "geothermal_heating",
    "lateral_viscosity",
    "subbasins",
    "coordinates_mask",
)
GENERATED = "ocean_grid: {generate: {poles: auto, resolution: 4}}\n"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def with_grid(case: Case, line: str, more: str = "", steps: str = "{}") -> None:
    """Write the recipe with this line for the ocean grid."""
    text = f"experiment: {{name: small}}\nrelief: {{file: world.nc}}\n{line}{more}steps: {steps}\n"
    case.recipe.write_text(text, encoding="utf-8")


def ocean(case: Case) -> Build:
    return build(case.recipe, case.out, only=OCEAN)


def states(made: Build) -> dict[str, str]:
    return {asset: made.outcomes[asset].state for asset in OCEAN}


def contents(made: Build) -> dict[str, str]:
    return {asset: made.outcomes[asset].record.content for asset in OCEAN}


def depths(case: Case) -> np.ndarray:
    return read_netcdf(case.out / "bathy_meter.nc")["Bathymetry"].values


def refusal(case: Case, error: type[Exception] = InputError) -> str:
    """What a build is refused with; it leaves the folder untouched."""
    before = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in case.out.glob("*.*") if p.is_file()}
    with pytest.raises(error) as caught:
        ocean(case)
    assert {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in case.out.glob("*.*") if p.is_file()} == before
    said = str(caught.value)
    assert "\n" not in said
    assert said.endswith((".", "?"))
    return said


# -- the three forms of the grid --------------------------------------------------------------------------------------


def test_a_grid_that_was_made_before_gives_the_files_that_making_it_gives(case):
    generated = ocean(case)
    make_grid(case.folder / "grid", case.relief, {"poles": "auto", "resolution": 4.0}, None)
    with_grid(case, "ocean_grid: {file: grid/coordinates.nc}\n")
    given = ocean(case)
    assert contents(given) == contents(generated)
    assert set(states(given).values()) <= {"unchanged", "reused"}
    assert given.sources["given_ocean_grid"].assumptions[0].startswith("92 x 74 cells, folded about F points")
    checksum = hashlib.sha256((case.folder / "grid" / "coordinates.nc").read_bytes()).hexdigest()
    assert read_netcdf(case.out / "bathy_meter.nc").attrs["paleobc_given_ocean_grid_sha256"] == checksum


def test_the_grid_of_a_build_can_be_given_to_the_next(case):
    first = ocean(case)
    (case.folder / "mine.nc").write_bytes((case.out / "coordinates.nc").read_bytes())
    with_grid(case, "ocean_grid: {file: mine.nc}\n")
    assert contents(ocean(case)) == contents(first)


def test_without_a_word_about_it_the_grid_is_paleorca2(case):
    write_world(case.relief, invented_height())
    with_grid(case, "")
    made = ocean(case)
    assert depths(case).shape == (149, 182)
    with_grid(case, "ocean_grid: {generate: }\n")
    assert contents(ocean(case)) == contents(made)
    with_grid(case, "ocean_grid: {generate: {extended: true}}\n")
    assert ocean(case).outcomes["ocean_grid"].reason == "option extended changed"
    assert depths(case).shape == (174, 182)


def test_the_options_of_the_grid_may_stand_below_steps_as_well(case):
    first = ocean(case)
    with_grid(case, "", steps="{ocean_grid: {poles: auto, resolution: 4}}")
    assert set(states(ocean(case)).values()) == {"reused"}
    assert contents(ocean(case)) == contents(first)


WRONG_FORMS = [
    ("ocean_grid: {file: a.nc, generate: {poles: auto}}\n", "line 3: ocean_grid: file and generate exclude each other"),
    ("ocean_grid:\n  file: a.nc\n  generate: {}\n", "line 5: ocean_grid: file and generate exclude each other"),
    ("ocean_grid: {}\n", "line 3: ocean_grid: one of the keys file and generate is needed"),
    ("ocean_grid: {genrate: {}}\n", "line 3: unknown key 'genrate'. Did you mean 'generate'?"),
    ("ocean_grid: {generate: {}, variable: x}\n", "line 3: unknown key 'variable'"),
    ("ocean_grid: {file: a.nc, variable: x}\n", "line 3: unknown key 'variable'"),
    ("ocean_grid: grid.nc\n", "line 3: ocean_grid: should be keys with their values (given: 'grid.nc')"),
    ("ocean_grid: {generate: {resolutoin: 2}}\n", "line 3: unknown key 'resolutoin'. Did you mean 'resolution'?"),
    ("ocean_grid: {generate: {resolution: 40}}\n", "ocean_grid.generate.resolution: should be less than"),
    ("ocean_grid:\n  generate:\n    poles: [[10, 60], [20, 60]]\n", "line 5: ocean_grid.generate.poles"),
    ("ocean_grid: {generate: true}\n", "ocean_grid.generate: should be keys with their values"),
    ("ocean_grid: {generate: {}}\ndrawn_subbasins: {}\n", "line 4: drawn_subbasins.file: this key is needed"),
]


@pytest.mark.parametrize(("line", "told"), WRONG_FORMS)
def test_a_wrong_form_of_the_grid_is_refused_with_its_line(case, line, told):
    with_grid(case, line)
    assert told in refusal(case, RecipeError)
    assert not case.out.exists()


def test_options_given_twice_or_for_nothing_are_refused(case):
    with_grid(case, GENERATED, steps="\n  ocean_grid: {resolution: 2}")
    said = refusal(case, RecipeError)
    assert "line 5: the options of ocean_grid are given twice, here and as ocean_grid: generate." in said
    with_grid(case, "ocean_grid: {file: a.nc}\n", steps="\n  ocean_grid: {resolution: 3}")
    assert "line 5: the options of ocean_grid are not used where ocean_grid is given as a file" in refusal(
        case, RecipeError
    )


def test_a_pole_in_the_sea_is_told_with_its_place_and_the_way_out(case):
    ocean(case)
    with_grid(case, "")
    assert refusal(case) == (
        "The ocean grid's pole at 106°E, 60°N lies in the sea of this topography; choose other poles, or let them be "
        "found with 'auto'."
    )


def regular(grid: xr.Dataset) -> xr.Dataset:
    """Longitudes and latitudes of a regular grid as fields on rows and columns."""
    lon, lat = np.meshgrid(np.arange(1.0, 360.0, 2.0), np.arange(-89.0, 90.0, 2.0))
    return xr.Dataset({"nav_lon": (("y", "x"), lon), "nav_lat": (("y", "x"), lat)})


def transposed(grid: xr.Dataset) -> xr.Dataset:
    return xr.Dataset({name: v.transpose() for name, v in grid.items() if set(v.dims) >= {"y", "x"}})


def with_a_gap(grid: xr.Dataset) -> xr.Dataset:
    gap = grid["glamt"].copy()
    gap[0, 0, 30, 40] = np.nan
    return grid.assign(glamt=gap)


def half_of_it(grid: xr.Dataset) -> xr.Dataset:
    return grid.isel(x=slice(0, 30), x_corner=slice(0, 31))


@pytest.fixture(scope="module")
def coarse_grid() -> xr.Dataset:
    """Content of a `coordinates.nc`."""
    return ocean_grid_file(tripolar_grid(resolution=6.0))


NO_GRIDS: list[tuple[Callable[[xr.Dataset], xr.Dataset], str]] = [
    (regular, "regular grid of longitudes and latitudes"),
    (transposed, "its rows and columns are swapped"),
    (with_a_gap, "no place for 1 of its 3162 points, first in row 30, column 40"),
    (half_of_it, "does not close around the globe"),
    (lambda grid: grid[["e1t"]], "holds no longitudes of an ocean grid"),
]


@pytest.mark.parametrize(("harm", "told"), NO_GRIDS, ids=["regular", "transposed", "gap", "half", "no places"])
def test_a_file_that_is_no_ocean_grid_is_refused_with_its_name(case, coarse_grid, harm, told):
    write_netcdf(harm(coarse_grid), case.folder / "grid.nc", file_format="NETCDF4")
    with_grid(case, "ocean_grid: {file: grid.nc}\n")
    said = refusal(case)
    assert said.startswith("grid.nc")
    assert told in said


# -- what is made again -----------------------------------------------------------------------------------------------


def test_a_change_of_land_alone_makes_nothing_of_the_sea_again(case):
    ocean(case)
    before = {p.name: p.stat().st_mtime_ns for p in case.out.glob("*.nc")}
    case.write_relief(np.where(case.heights > 0.0, case.heights + 300.0, case.heights))
    again = ocean(case)
    assert again.outcomes["conditioned_relief"].state == "made"
    assert states(again) == {
        "ocean_grid": "unchanged",
        **dict.fromkeys(OCEAN[1:], "reused"),
    }
    assert again.outcomes["interpolated_depth"].state == "unchanged"
    # The files name the checksum of their relief, so they are written anew.
    assert all(p.stat().st_mtime_ns != before[p.name] for p in case.out.glob("*.nc"))


def test_an_option_makes_again_only_what_depends_on_it(case):
    ocean(case)
    with_grid(case, GENERATED, steps="{lateral_viscosity: {south: -30}}")
    assert states(ocean(case)) == {**dict.fromkeys(OCEAN, "reused"), "lateral_viscosity": "made"}
    with_grid(case, GENERATED, steps="{lateral_viscosity: {south: -30}, interpolate_depth: {land_fraction: 0.4}}")
    again = ocean(case)
    assert states(again) == dict.fromkeys(OCEAN, "reused")
    assert again.outcomes["interpolated_depth"].state == "unchanged"
    with_grid(case, GENERATED, steps="{lateral_viscosity: {south: -30}, interpolate_depth: {minimum_depth: 900}}")
    deeper = states(ocean(case))
    assert {asset for asset, state in deeper.items() if state == "made"} == {"bathymetry"}
    assert deeper["ocean_grid"] == "reused"
    assert deeper["subbasins"] == "unchanged"  # the same cells are sea
    assert depths(case)[depths(case) > 0.0].min() == 900.0


def test_the_report_tells_what_is_wrong_on_the_ocean_grid(case):
    report = ocean(case).report()
    assert set(report["ocean_checks"]) >= {"closed_sea", "diffusive_strait", "wet_grid_pole", "shallow_sea"}
    assert sum(entry["places"] for entry in report["ocean_checks"].values()) == len(report["ocean_problems"])
    assert report["ocean_checks"]["wet_grid_pole"]["places"] == 0
    assert report["ocean_checks"]["cell_without_basin"]["places"] == 0
    routing = build(case.recipe, case.folder / "other", only=("routing",)).report()
    assert "ocean_checks" not in routing


# -- drawn sub-basins -------------------------------------------------------------------------------------------------


def draw(case: Case) -> dict[str, np.ndarray]:
    """Draw the sub-basins of the last build anew: Atlantic and Pacific change places; give what was drawn."""
    file = read_netcdf(case.out / "subbasins.nc")
    drawn = file.assign(atlmsk=file["pacmsk"], pacmsk=file["atlmsk"])
    write_netcdf(drawn, case.folder / "drawn.nc", file_format="NETCDF3_64BIT")
    return {name: drawn[name].values > 0.5 for name in BASIN_MASKS}


def test_drawn_sub_basins_are_kept_and_repaired_where_the_sea_has_grown(case):
    ocean(case)
    drawn, before = draw(case), depths(case) > 0.0
    with_grid(case, GENERATED, "drawn_subbasins: {file: drawn.nc}\n")
    assert states(ocean(case)) == {**dict.fromkeys(OCEAN, "reused"), "subbasins": "made"}
    kept = read_netcdf(case.out / "subbasins.nc")
    for name, mask in drawn.items():
        np.testing.assert_array_equal(kept[name].values > 0.5, mask)
    drowned = case.heights.copy()
    drowned[ROWS // 2 - 4 : ROWS // 2] = np.minimum(drowned[ROWS // 2 - 4 : ROWS // 2], -200.0)
    case.write_relief(drowned)
    assert "holds" in str(ocean(case).laws)
    wet, repaired = depths(case) > 0.0, read_netcdf(case.out / "subbasins.nc")
    assert (wet & ~before).any()
    np.testing.assert_array_equal(sum(repaired[name].values for name in BASIN_MASKS), wet)
    for name, mask in drawn.items():
        np.testing.assert_array_equal(repaired[name].values[before & wet] > 0.5, mask[before & wet])


def test_sub_basins_drawn_on_another_grid_or_in_no_file_are_refused(case):
    ocean(case)
    draw(case)
    with_grid(case, GENERATED.replace("4", "6"), "drawn_subbasins: {file: drawn.nc}\n")
    assert "drawn on 74 rows and 92 columns and the ocean grid has 50 and 62" in refusal(case)
    with_grid(case, GENERATED, "drawn_subbasins: {file: out/bathy_meter.nc}\n")
    assert "bathy_meter.nc is the file of drawn_subbasins and would be overwritten" in refusal(case)
    with_grid(case, GENERATED, "drawn_subbasins: {file: world.nc}\n")
    assert "world.nc is no drawn_subbasins: it has no variable 'atlmsk'. `paleobc run subbasins" in refusal(case)
    file = read_netcdf(case.folder / "drawn.nc")
    write_netcdf(file.expand_dims("time"), case.folder / "drawn.nc", file_format="NETCDF4")
    with_grid(case, GENERATED, "drawn_subbasins: {file: drawn.nc}\n")
    assert "drawn.nc: 'atlmsk' holds no numbers on rows and columns" in refusal(case)
    with_grid(case, GENERATED, "drawn_subbasins: {file: drawn.nc, variable: atlmsk}\n")
    assert "found by their names; leave out 'variable'" in refusal(case)


def test_the_files_of_the_ocean_are_those_that_nemo_reads_and_one_for_people(case):
    made = ocean(case)
    components = {file.name: ASSETS[file.asset].component for file in made.files}
    assert components.pop("coordinates_mask.nc") == "you"
    assert set(components.values()) == {"NEMO"}
    assert set(components) == {
        "coordinates.nc", "bathy_meter.nc", "geothermal_heating.nc", "ahmcoef.nc", "subbasins.nc"
    }  # fmt: skip
