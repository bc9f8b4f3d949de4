"""A build makes what has to be made, writes what has to be written, and can be trusted to leave the rest alone."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import netCDF4
import numpy as np
import pytest
from filelock import FileLock

import paleobc
from paleobc.errors import InputError, PaleobcError, RecipeError, StepError
from paleobc.formats.netcdf import read_netcdf
from paleobc.services.builds import Build, build
from paleobc.services.files import BuiltFile
from paleobc.services.provenance import now
from paleobc.steps.assets import ASSETS
from paleobc.topography.ocean_checks import OCEAN_CHECKS
from paleobc.workflow.revision import content_of
from small_world import Case

FILES = (
    *("routing.nc", "soils_param.nc", "PFTmap.nc", "Relief.nc", "coordinates.nc", "bathy_meter.nc"),
    *("geothermal_heating.nc", "ahmcoef.nc", "subbasins.nc", "coordinates_mask.nc"),
)
#: What is quick: the others are large files whatever the relief.
QUICK = ("routing", "soils")
BANDS = [{"up_to": 90, "pft1": 100}]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


@pytest.fixture(scope="session")
def new_case(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Case]:
    return lambda: Case(tmp_path_factory.mktemp("case"))


def checksums(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and ".paleobc" not in p.parts
    }


def single(made: Build) -> list[BuiltFile]:
    """Files that are an asset each; those of sets have tests of their own."""
    return [file for file in made.files if not ASSETS[file.asset].is_set]


def times(folder: Path) -> dict[str, int]:
    return {p.name: p.stat().st_mtime_ns for p in sorted(folder.glob("*.nc"))}


def states(made: Build) -> dict[str, str]:
    return {asset: outcome.state for asset, outcome in made.outcomes.items()}


def remade(made: Build) -> set[str]:
    return {asset for asset, state in states(made).items() if state != "reused"}


def written(made: Build) -> set[str]:
    return {file.name for file in made.files if file.state == "written"}


def refusal(case, *, only=QUICK, error=InputError) -> str:
    with pytest.raises(error) as caught:
        build(case.recipe, case.out, only=only)
    said = str(caught.value)
    assert "\n" not in said
    assert said.endswith((".", "?"))
    return said


@pytest.fixture(scope="module")
def whole(new_case):
    """Two complete builds of two folders, the second by the library's front door, with one date in the records."""
    cases = [new_case(), new_case()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        made = [build(cases[0].recipe, cases[0].out), paleobc.build(str(cases[1].recipe), str(cases[1].out))]
    return cases, made


def test_a_build_makes_every_file_of_a_run(whole):
    (case, _), (made, _) = whole
    assert {file.name for file in single(made)} == set(FILES)
    sets = {"IGCM", "mosaix_weights"}
    assert {p.name for p in case.out.iterdir()} == {*FILES, *sets, "report.json", "provenance.json", ".paleobc"}
    beside = {"report.json", "provenance.json"}
    assert {file.name for file in made.files} == set(checksums(case.out)) - beside
    assert set(states(made).values()) == {"made"}


def test_two_builds_in_two_folders_give_the_same_bytes(whole):
    (one, two), _ = whole
    first, second = checksums(one.out), checksums(two.out)
    first.pop("report.json"), second.pop("report.json")  # it holds how long it took
    assert first == second


def test_files_are_netcdf_3_with_64_bit_offsets_and_say_where_they_come_from(whole):
    (case, _), (made, _) = whole
    source = hashlib.sha256(case.relief.read_bytes()).hexdigest()
    for file in single(made):
        with netCDF4.Dataset(case.out / file.name) as dataset:
            assert dataset.data_model == "NETCDF3_64BIT_OFFSET"
            assert dataset.Conventions == "CF-1.11"
            assert dataset.experiment == "small world, 55.5 Ma"
            assert dataset.references == "A. Author 2020"
            assert dataset.history == f"paleobc {paleobc.__version__}: made {file.name}"
            assert dataset.paleobc_version == paleobc.__version__
            assert dataset.paleobc_asset == file.asset
            assert dataset.paleobc_relief_sha256 == source
            assert dataset.paleobc_content_sha256 == made.outcomes[file.asset].record.content
            recipe = json.loads(dataset.paleobc_recipe)
            assert recipe["sources"]["relief"] == {"file": "world.nc", "variable": "topo", "sha256": source}
            assert "condition" in recipe["steps"]
            assert ("pft" in recipe["steps"]) == (file.asset == "pft")
            assert str(case.folder) not in str(dataset.__dict__)
            dimensional = [v for v in dataset.variables.values() if v.dimensions and "bounds" not in v.name]
            assert all("units" in v.ncattrs() for v in dimensional)
            assert dataset.title


def test_the_content_of_a_file_is_the_one_of_the_step(whole):
    (case, _), (made, _) = whole
    for file in single(made):
        dataset = read_netcdf(case.out / file.name)
        added = [n for n in dataset.attrs if n.startswith("paleobc_")]
        for name in (*added, "Conventions", "source", "history", "experiment", "references"):
            del dataset.attrs[name]
        assert content_of(dataset) == made.outcomes[file.asset].record.content


def test_files_of_a_set_say_where_they_come_from(whole):
    (case, _), (made, _) = whole
    files = [file for file in made.files if ASSETS[file.asset].is_set and file.name.endswith(".nc")]
    assert {file.asset for file in files} == {"mosaic_weights", "mosaix_weights"}
    for file in files:
        with netCDF4.Dataset(case.out / file.name) as dataset:
            assert dataset.data_model == "NETCDF3_64BIT_OFFSET"
            assert dataset.paleobc_asset == file.asset
            assert dataset.paleobc_content_sha256 == made.outcomes[file.asset].record.content
            assert dataset.history.startswith(f"paleobc {paleobc.__version__}: made ")


def test_the_report_holds_the_certificate_of_every_weight_file(whole):
    (case, _), (made, _) = whole
    report = json.loads((case.out / "report.json").read_text(encoding="utf-8"))
    assert set(report["weights"]) == {file.name for file in made.files if Path(file.name).name.startswith("rmp_")}
    ours = {name: entry for name, entry in report["weights"].items() if name.startswith("mosaix_weights/")}
    assert len(ours) == 6
    assert all(entry["faults"] == [] for entry in ours.values())
    rivers = next(entry["rivers"] for name, entry in ours.items() if "runoff" in name)
    assert rivers["outlets"] > 0
    assert rivers["outlets_unserved"] == 0


def test_one_file_of_a_set_that_was_harmed_is_written_again(new_case):
    case = new_case()
    only = ("mosaix_weights",)
    first = build(case.recipe, case.out, only=only)
    harmed = case.out / next(file.name for file in first.files if "runoff" in file.name)
    before = hashlib.sha256(harmed.read_bytes()).hexdigest()
    assert {file.state for file in build(case.recipe, case.out, only=only).files} == {"kept"}
    harmed.write_bytes(b"harmed")
    again = build(case.recipe, case.out, only=only)
    assert {file.state for file in again.files} == {"written"}
    assert again.outcomes["mosaix_weights"].state == "reused"
    assert {file.sha256 for file in again.files if file.name.endswith(harmed.name)} != {before} or harmed.is_file()
    assert read_netcdf(harmed)["remap_matrix"].size > 0


def test_a_set_under_another_name_leaves_the_earlier_one_and_is_kept_from_then_on(new_case):
    case = new_case()
    only = ("mosaic_weights",)
    first = build(case.recipe, case.out, only=only)
    case.write(mosaic_weights={"simulation": "other"})
    second = build(case.recipe, case.out, only=only)
    assert {file.state for file in second.files} == {"written"}
    assert set(second.left) == {file.name for file in first.files} - {file.name for file in second.files}
    assert {file.state for file in build(case.recipe, case.out, only=only).files} == {"kept"}


def test_the_report_says_what_is_on_the_disk(whole):
    (case, _), (made, _) = whole
    report = json.loads((case.out / "report.json").read_text(encoding="utf-8"))
    found = checksums(case.out)
    names = [file.name for file in made.files]
    assert {name: entry["sha256"] for name, entry in report["files"].items()} == {name: found[name] for name in names}
    for name, entry in report["files"].items():
        assert entry["bytes"] == (case.out / name).stat().st_size
    assert report["date"] == "2023-11-14T22:13:20Z"
    assert report["sources"]["relief"]["sha256"] == found_source(case)
    assert report["sources"]["relief"]["assumptions"]
    assert set(report["steps"]) == set(made.outcomes)
    assert all(entry["seconds"] > 0 for entry in report["steps"].values())
    assert sum(entry["seconds"] for entry in report["steps"].values()) <= report["seconds"]
    assert all(law["holds"] for law in report["laws"])
    assert len(report["laws"]) >= 4
    assert set(report["checks"]) == {"closed_sea", "diffusive_strait", "staircase_channel", "polar_rule"}
    assert set(report["ocean_checks"]) == {check.name for check in OCEAN_CHECKS}
    assert len(report["ocean_problems"]) == sum(entry["places"] for entry in report["ocean_checks"].values())
    assert sum(entry["places"] for entry in report["checks"].values()) == len(report["problems"])
    assert report["regrid"]["cells_before"] == report["regrid"]["cells_after"] == [36, 72]
    assert report["regrid"]["land_fraction_before"] == report["regrid"]["land_fraction_after"]
    assert 0 < report["regrid"]["land_fraction_before"] < 1


def found_source(case) -> str:
    return hashlib.sha256(case.relief.read_bytes()).hexdigest()


def test_the_provenance_is_enough_to_make_everything_again(whole, tmp_path):
    (case, _), (made, _) = whole
    provenance = json.loads((case.out / "provenance.json").read_text(encoding="utf-8"))
    assert provenance["paleobc"] == paleobc.__version__
    assert provenance["sources"]["relief"]["sha256"] == found_source(case)
    found = checksums(case.out)
    names = [file.name for file in made.files]
    assert {name: entry["sha256"] for name, entry in provenance["files"].items()} == {n: found[n] for n in names}
    for asset, record in provenance["records"].items():
        assert record["content"] == made.outcomes[asset].record.content
        assert record["options"] == provenance["steps"][record["step"]]
    recipe = {
        "experiment": provenance["experiment"],
        "relief": {"file": str(case.relief), "variable": provenance["sources"]["relief"]["variable"]},
        "steps": provenance["steps"],
    }
    (tmp_path / "again.yaml").write_text(json.dumps(recipe), encoding="utf-8")
    again = build(tmp_path / "again.yaml", tmp_path / "again", only=QUICK)
    for asset in QUICK:
        assert again.outcomes[asset].record.content == made.outcomes[asset].record.content


def test_at_different_times_two_builds_give_the_same_bytes(new_case, monkeypatch):
    sums, dates = [], []
    for seconds in ("1700000000", "1800000000"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", seconds)
        case = new_case()
        made = build(case.recipe, case.out, only=(*QUICK, "mosaix_weights"))
        sums.append({file.name: file.sha256 for file in made.files})
        dates.append(json.loads((case.out / "provenance.json").read_text(encoding="utf-8"))["date"])
    assert sums[0] == sums[1]
    assert dates == ["2023-11-14T22:13:20Z", "2027-01-15T08:00:00Z"]


@pytest.mark.parametrize("seconds", ["", "soon", "²", "1" * 30, "1" * 5000, "-" + "1" * 20, "1e5", "999999999999999"])
def test_a_fixed_time_that_is_none_is_passed_over(monkeypatch, seconds):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", seconds)
    assert now()[:4] >= "2024"


def test_a_second_build_makes_nothing_and_touches_no_file(case):
    first = build(case.recipe, case.out, only=QUICK)
    before = times(case.out)
    second = build(case.recipe, case.out, only=QUICK)
    assert remade(second) == set()
    assert written(second) == set()
    assert {f.name: f.sha256 for f in second.files} == {f.name: f.sha256 for f in first.files}
    assert times(case.out) == before


def test_the_kept_results_can_be_deleted_and_the_files_stay(case):
    build(case.recipe, case.out, only=QUICK)
    before = times(case.out)
    for path in sorted((case.out / ".paleobc").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    again = build(case.recipe, case.out, only=QUICK)
    assert set(states(again).values()) == {"made"}
    assert written(again) == set()
    assert times(case.out) == before


@pytest.mark.parametrize("how", ["removed", "altered", "truncated"])
def test_a_file_that_is_no_longer_what_it_was_is_written_again(case, how):
    first = build(case.recipe, case.out, only=QUICK)
    path = case.out / "routing.nc"
    if how == "removed":
        path.unlink()
    elif how == "truncated":
        os.truncate(path, 1000)
    else:
        data = bytearray(path.read_bytes())
        data[-5] ^= 1
        path.write_bytes(data)
    second = build(case.recipe, case.out, only=QUICK)
    assert remade(second) == set()
    assert written(second) == {"routing.nc"}
    assert content_of_files(second) == content_of_files(first)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == next(f.sha256 for f in second.files if f.asset == "routing")


def content_of_files(made: Build) -> dict[str, str]:
    return {file.asset: made.outcomes[file.asset].record.content for file in made.files}


@pytest.mark.parametrize("harm", ["contents", "records", "latest", "all"])
def test_a_harmed_folder_of_results_is_mended(case, harm):
    first = build(case.recipe, case.out, only=QUICK)
    for part in ("contents", "records", "latest") if harm == "all" else (harm,):
        for path in (case.out / ".paleobc" / part).iterdir():
            data = bytearray(path.read_bytes())
            data[len(data) // 3 : len(data) // 2] = bytes(len(data) // 2 - len(data) // 3)
            path.write_bytes(data)
    again = build(case.recipe, case.out, only=QUICK)
    assert content_of_files(again) == content_of_files(first)
    assert written(again) == set()
    assert remade(build(case.recipe, case.out, only=QUICK)) == set()


def test_a_harmed_result_is_never_handed_over(case):
    first = build(case.recipe, case.out, only=QUICK)
    (case.out / "soils_param.nc").unlink()
    path = case.out / ".paleobc" / "contents" / f"{first.outcomes['soils'].record.content}.nc"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255
    path.write_bytes(data)
    again = build(case.recipe, case.out, only=("soils",))
    assert content_of_files(again)["soils"] == content_of_files(first)["soils"]
    values = read_netcdf(case.out / "soils_param.nc")["soilcolor"].values
    assert set(np.unique(values)) == {0.0, 4.0}


def test_changing_an_option_remakes_its_step_alone(case):
    build(case.recipe, case.out, only=QUICK)
    case.write(soils={"colour": 6})
    again = build(case.recipe, case.out, only=QUICK)
    assert remade(again) == {"soils"}
    assert again.outcomes["soils"].reason == "option colour changed"
    assert written(again) == {"soils_param.nc"}
    case.write()
    back = build(case.recipe, case.out, only=QUICK)
    assert remade(back) == set()
    assert written(back) == {"soils_param.nc"}
    assert set(np.unique(read_netcdf(case.out / "soils_param.nc")["soilcolor"].values)) == {0.0, 4.0}


def test_changing_the_pft_bands_remakes_pft_alone(whole):
    (_, case), _ = whole
    case.write(pft={"bands": BANDS})
    again = build(case.recipe, case.out)
    assert remade(again) == {"pft"}
    assert written(again) == {"PFTmap.nc"}
    assert again.outcomes["pft"].reason == "option bands changed"
    case.write()
    assert remade(build(case.recipe, case.out)) == set()


@pytest.mark.parametrize("how", [{"kind": "NETCDF4"}, {"north_up": True}, {"kind": "NETCDF4", "north_up": True}])
def test_an_equal_relief_in_another_file_remakes_nothing(case, how):
    build(case.recipe, case.out, only=QUICK)
    before = case.relief.read_bytes()
    case.write_relief(**how)
    assert case.relief.read_bytes() != before
    again = build(case.recipe, case.out, only=QUICK)
    assert remade(again) == set()
    # The files name the checksum of their input, so they are written anew.
    assert read_netcdf(case.out / "routing.nc").attrs["paleobc_relief_sha256"] == found_source(case)


def test_a_touched_relief_changes_nothing_at_all(case):
    build(case.recipe, case.out, only=QUICK)
    before = times(case.out)
    os.utime(case.relief, (time.time() + 10, time.time() + 10))
    case.relief.write_bytes(case.relief.read_bytes())
    again = build(case.recipe, case.out, only=QUICK)
    assert remade(again) == written(again) == set()
    assert times(case.out) == before


def test_a_change_that_rounding_hides_stops_before_the_rivers(case):
    first = build(case.recipe, case.out, only=QUICK)
    case.write_relief(case.heights + 1e-5)
    again = build(case.recipe, case.out, only=QUICK)
    assert states(again) == {
        "regridded_relief": "made", "edited_relief": "made", "conditioned_relief": "unchanged",
        "routing": "reused", "soils": "reused",
    }  # fmt: skip
    assert content_of_files(again) == content_of_files(first)


def test_a_changed_relief_remakes_all_that_depends_on_it(case):
    build(case.recipe, case.out, only=QUICK)
    changed = case.heights.copy()
    changed[18, 40] = 3333.0
    case.write_relief(changed)
    again = build(case.recipe, case.out, only=QUICK)
    assert remade(again) >= {"regridded_relief", "edited_relief", "conditioned_relief", "routing"}
    assert again.outcomes["regridded_relief"].reason == "relief changed"


def test_only_what_is_asked_for_is_made(case):
    made = build(case.recipe, case.out, only=["soils", "soils"])
    assert list(made.outcomes) == ["regridded_relief", "edited_relief", "conditioned_relief", "soils"]
    assert [file.name for file in made.files] == ["soils_param.nc"]
    assert sorted(times(case.out)) == ["soils_param.nc"]


def test_an_asset_that_the_model_does_not_read_can_be_asked_for(case):
    made = build(case.recipe, case.out, only=["conditioned_relief"])
    assert [file.name for file in made.files] == ["conditioned_relief.nc"]
    assert {"height", "filled"} <= set(read_netcdf(case.out / "conditioned_relief.nc"))


def test_files_of_an_earlier_build_are_left_and_named(case):
    build(case.recipe, case.out, only=QUICK)
    before = times(case.out)
    case.write(soils={"colour": 6})
    again = build(case.recipe, case.out, only=("soils",))
    assert again.left == ("routing.nc",)
    assert again.report()["files_of_an_earlier_build"] == ["routing.nc"]
    assert times(case.out)["routing.nc"] == before["routing.nc"]
    third = build(case.recipe, case.out, only=QUICK)
    assert third.left == ()
    assert written(third) == set()


def test_an_unknown_asset_is_refused_before_anything_is_made(case):
    said = refusal(case, only=("rooting",), error=StepError)
    assert "Did you mean 'routing'?" in said
    assert not case.out.exists()


FAULTS = {
    "all land": (lambda heights: np.abs(heights) + 1.0, "This world is all land"),
    "a gap": (lambda heights: np.where(heights == heights.max(), np.nan, heights), "no value"),
    "nothing but gaps": (lambda heights: np.full(heights.shape, np.nan), ""),
    "infinite": (lambda heights: np.where(heights == heights.max(), np.inf, heights), ""),
    "a pit below the centre of the Earth": (lambda heights: np.where(heights == heights.min(), -9e6, heights), ""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_relief_leaves_the_earlier_files_untouched(case, fault):
    build(case.recipe, case.out, only=QUICK)
    before = checksums(case.out), times(case.out)
    change, told = FAULTS[fault]
    case.write_relief(change(case.heights))
    assert told in refusal(case)
    assert (checksums(case.out), times(case.out)) == before
    case.write_relief()
    assert remade(build(case.recipe, case.out, only=QUICK)) == set()


def test_a_fault_in_the_last_step_leaves_the_earlier_files_untouched(case, monkeypatch):
    build(case.recipe, case.out, only=QUICK)
    before = checksums(case.out), times(case.out)
    changed = case.heights.copy()
    changed[10:14, 30:34] += 700.0
    case.write_relief(changed)

    def broken(*arguments: object) -> None:
        raise InputError("no soils today.")

    monkeypatch.setattr("paleobc.steps.vegetation.soils_file", broken)
    assert refusal(case) == "no soils today."
    assert (checksums(case.out), times(case.out)) == before


def test_a_broken_law_writes_nothing(case, monkeypatch):
    build(case.recipe, case.out, only=QUICK)
    before = checksums(case.out)
    case.write(soils={"colour": 5})
    monkeypatch.setattr("paleobc.steps.vegetation.uniform_soil", lambda land, *_: np.zeros(land.shape))
    said = refusal(case, error=PaleobcError)
    assert "Soils are given on all land" in said
    assert "Nothing was written" in said
    assert checksums(case.out) == before


def test_a_resolution_that_does_not_divide_the_globe_is_refused(case):
    case.write(regrid={"resolution": 7})
    assert "take a step that divides 180" in refusal(case)


def test_a_biome_table_without_a_map_is_refused(case):
    case.write(pft={"biomes": {"1": {"pft1": 100}}})
    refusal(case, only=("pft",), error=RecipeError)  # text is no number: JSON's keys are text
    text = case.recipe.read_text().replace('"1": {', "1: {")
    case.recipe.write_text(text)
    assert "a map of biomes needs a table, and a table a map" in refusal(case, only=("pft",))


def test_a_biome_map_replaces_the_bands(case):
    write = case.write_relief
    relief, case.relief = case.relief, case.folder / "biomes.nc"
    write(np.where(case.heights > 1000.0, 2.0, 1.0))
    case.relief = relief
    table = "steps: {pft: {biomes: {1: {pft2: 29, pft3: 71}, 2: {pft1: 100}}}}\n"
    start = case.recipe.read_text().splitlines()[:2]
    case.recipe.write_text("\n".join([*start, "biome_map: {file: biomes.nc}", table]))
    made = build(case.recipe, case.out, only=("pft",))
    fractions = read_netcdf(case.out / "PFTmap.nc")["maxvegetfrac"].values[0]
    land = np.isfinite(fractions[0])
    assert set(np.unique(fractions[1][land])) == {0.0, 0.29}
    assert made.sources["biome_map"].variable == "topo"


def test_a_missing_relief_is_told(case):
    case.relief.unlink()
    assert "There is no file" in refusal(case)
    case.relief.mkdir()
    assert "is a folder" in refusal(case)


def test_a_relief_that_is_text_is_told(case):
    case.relief.write_text("lon lat z\n1 2 3\n", encoding="utf-8")
    assert "is not a NetCDF file: it is text" in refusal(case)


def test_a_recipe_in_another_folder_finds_its_relief(case, monkeypatch, tmp_path_factory):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    build(os.path.relpath(case.recipe), "here", only=("soils",))
    assert Path("here/soils_param.nc").is_file()


def test_a_folder_that_cannot_be_made_is_told(case):
    case.out.write_text("a file", encoding="utf-8")
    for folder in (case.out, case.out / "below", case.out / "further" / "below"):
        case.out = folder
        assert re.search(r"out[a-z/]* cannot be written: (File exists|Not a directory)\.$", refusal(case))


def test_a_full_disk_leaves_the_earlier_file_and_no_part(case, monkeypatch):
    build(case.recipe, case.out, only=QUICK)
    before = checksums(case.out)
    case.write(soils={"colour": 6})

    def full(path: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("paleobc.formats.netcdf.sync_file", full)
    assert "cannot be written: No space left on device." in refusal(case)
    assert checksums(case.out) == before
    assert not list(case.out.rglob("*.part"))


def test_a_relief_is_never_overwritten_by_a_file_of_the_build(case):
    source = case.folder / "routing.nc"
    case.relief.rename(source)
    case.recipe.write_text(case.recipe.read_text().replace("world.nc", "routing.nc"))
    before = source.read_bytes()
    case.out = case.folder
    assert "is the file of relief and would be overwritten; take another folder" in refusal(case)
    assert source.read_bytes() == before


def test_a_second_build_in_the_same_folder_at_the_same_time_is_refused(case):
    build(case.recipe, case.out, only=QUICK)
    before = times(case.out)
    with FileLock(case.out / ".paleobc" / "lock"):
        said = refusal(case)
    assert said == f"Another build is at work in {case.out}; wait for it, or take another folder."
    assert times(case.out) == before
    build(case.recipe, case.out, only=QUICK)


def test_a_lock_left_by_a_build_that_was_killed_does_no_harm(case):
    (case.out / ".paleobc").mkdir(parents=True)
    (case.out / ".paleobc" / "lock").touch()
    build(case.recipe, case.out, only=("soils",))


def test_what_a_killed_build_left_half_written_is_removed_and_nothing_else(case):
    build(case.recipe, case.out, only=QUICK)
    kept = case.out / ".paleobc"
    left = [case.out / ".routing.nc.abc.part", case.out / ".report.json.x_1.part", case.out / ".Relief.nc.q.part"]
    left += [kept / "contents" / ".0f.nc.z.part", kept / "records" / ".0f.json.z.part", kept / "latest" / ".a.part"]
    mine = [case.out / name for name in (".notes.part", ".notes.nc.abc.part", "routing.nc.part", ".routing.nc")]
    for path in (*left, *mine):
        path.write_bytes(b"CDF")
    again = build(case.recipe, case.out, only=QUICK)
    assert remade(again) == written(again) == set()
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in mine)


def test_the_parts_of_a_build_that_is_at_work_are_left(case):
    build(case.recipe, case.out, only=("soils",))
    part = case.out / ".routing.nc.abc.part"
    part.touch()
    with FileLock(case.out / ".paleobc" / "lock"):
        refusal(case)
    assert part.exists()


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"files": 3}', '{"files": {"routing.nc": 3}}', '{"files": []}', "\0"]
)
def test_a_harmed_provenance_makes_the_files_new(case, text):
    build(case.recipe, case.out, only=QUICK)
    (case.out / "provenance.json").write_text(text, encoding="utf-8")
    again = build(case.recipe, case.out, only=QUICK)
    assert remade(again) == set()
    assert written(again) == {"routing.nc", "soils_param.nc"}


def test_coarsening_by_points_is_advised_against(case):
    case.write(regrid={"resolution": 10, "method": "nearest"})
    assert (
        "conservative takes the mean of all"
        in build(case.recipe, case.out, only=("soils",)).findings["regrid"]["advice"]
    )
    case.write(regrid={"resolution": 10, "method": "conservative"})
    made = build(case.recipe, case.out, only=("soils",))
    assert made.findings["regrid"]["advice"] == ""
    before, after = (made.findings["regrid"][f"mean_height_{when}"] for when in ("before", "after"))
    assert after == pytest.approx(before, rel=1e-9)


def test_every_file_of_a_run_is_about_an_asset_with_laws(case):
    made = build(case.recipe, case.out, only=QUICK)
    assert {law.holds for law in made.laws} == {True}
    assert {ASSETS[file.asset].component for file in made.files} == {"ORCHIDEE"}
