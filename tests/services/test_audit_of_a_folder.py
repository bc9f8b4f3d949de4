"""The audit of complete sets of boundary files: silent where nothing is wrong, exact where one thing is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from hypothesis.strategies import integers
from netCDF4 import Dataset

from audited_sets import changed, copy_of, modern_set, old_set, own_file
from paleobc.errors import InputError
from paleobc.formats.netcdf import read_netcdf, write_netcdf
from paleobc.services.audit import COMMON_CHECKS, audit_folder, set_checks
from paleobc.services.audit_names import ENGINES
from paleobc.services.audit_result import MOST_CELLS, Audit
from paleobc.services.audit_rivers import cells_in_loops
from paleobc.services.builds import build
from paleobc.topography.gateways import Gateway
from small_world import Case

#: What the reliefs of both clean sets truly have, and the rivers that engine mosaic leaves.
TRUE_WARNINGS = {"diffusive_strait", "staircase_channel", "shallow_sea"}
MOSAIC_WARNING = "rivers_served"


@pytest.fixture(scope="session")
def modern(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return modern_set(reference, tmp_path_factory.mktemp("modern"))


@pytest.fixture(scope="session")
def old(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return old_set(reference, tmp_path_factory.mktemp("old"))


@pytest.fixture
def mosaix(old: Path, tmp_path: Path) -> Path:
    return copy_of(old, tmp_path, without="IGCM")


@pytest.fixture
def mosaic(old: Path, tmp_path: Path) -> Path:
    return copy_of(old, tmp_path, without="mosaix_weights")


def faults(audit: Audit) -> set[str]:
    return {finding.check.name for finding in audit.faults}


def warnings(audit: Audit) -> set[str]:
    return {finding.check.name for finding in audit.warnings}


# -- sets without a fault ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["modern", "old"])
def test_a_clean_set_has_no_fault_and_only_true_warnings(which, request):
    audit = audit_folder(request.getfixturevalue(which))
    assert not audit.faults
    assert not audit.not_looked_at
    assert warnings(audit) == TRUE_WARNINGS | {MOSAIC_WARNING}
    held = {check.check.name for check in audit.held}
    everything = [*COMMON_CHECKS, *(check for engine in ENGINES for check in set_checks(engine))]
    assert held >= {kind.name for check in everything for kind in (check.kind, *check.more)} - TRUE_WARNINGS
    assert all(check.figures for check in audit.held)


def test_rivers_that_engine_mosaic_leaves_are_told_of_its_own_set_only(old):
    audit = audit_folder(old)
    (told,) = [finding for finding in audit.findings if finding.check.name == "rivers_served"]
    assert told.severity == "warning"
    assert "rivflu" in told.files[0]
    assert "as the rule of MOSAIC leaves them" in told.said
    assert "million km2 is lost" in told.said
    values = [cell.value for cell in told.cells]
    assert values == sorted(values, reverse=True)
    assert any("runoff" in file for held in audit.held if held.check.name == "rivers_served" for file in held.files)


def test_an_audit_is_plain_data(old):
    data = audit_folder(old).as_data()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert (data["faults"], data["warnings"]) == (0, 4)
    assert data["files"]["routing"] == "routing.nc"
    assert data["files"]["mosaix:runoff"].startswith("mosaix_weights/rmp_")
    finding = data["findings"][0]
    assert set(finding) == {
        "check", "title", "files", "severity", "count", "said", "meaning", "remedy", "cells"
    }  # fmt: skip
    assert set(finding["cells"][0]) == {"row", "column", "latitude", "longitude", "value"}
    assert all(len(each["cells"]) <= MOST_CELLS for each in data["findings"])


def test_an_audit_changes_nothing(mosaix):
    before = {path: path.stat().st_mtime_ns for path in mosaix.rglob("*")}
    audit_folder(mosaix)
    assert {path: path.stat().st_mtime_ns for path in mosaix.rglob("*")} == before


# -- planted faults ---------------------------------------------------------------------------------------------------

Cells = dict[str, tuple[int, ...]]


def world(folder: Path) -> Cells:
    """Cells of a clean set at which faults can be planted: rows and columns of their files."""
    depth = read_netcdf(folder / "bathy_meter.nc")["Bathymetry"].values
    trip = read_netcdf(folder / "routing.nc")["trip"].values
    wet = depth[40:100, 40:140] > 0
    around = sum(np.roll(wet, (j, i), (0, 1)) for j in (-2, -1, 0, 1, 2) for i in (-2, -1, 0, 1, 2))
    sea = np.argwhere(around == 25)[40] + 40
    land = np.argwhere(around[3:-3, 3:-3] == 0)[10] + 43
    ground = np.argwhere(trip == 3)
    return {"sea": tuple(sea), "land": tuple(land), "ground": tuple(ground[ground.shape[0] // 2])}


def setting(name: str, value: float, where: str) -> Callable[[Dataset, Cells], None]:
    """Put a value into a field at one of the cells, whatever dimensions of length 1 the field has."""

    def change(file: Dataset, cells: Cells) -> None:
        file[name][(..., *cells[where])] = value

    return change


def scaling(name: str, where: str, factor: float) -> Callable[[Dataset, Cells], None]:
    def change(file: Dataset, cells: Cells) -> None:
        file[name][(..., *cells[where])] = factor * file[name][(..., *cells[where])]

    return change


def renamed(old_name: str, new_name: str) -> Callable[[Dataset, Cells], None]:
    def change(file: Dataset, cells: Cells) -> None:
        file.renameVariable(old_name, new_name)

    return change


def loop_of_two(file: Dataset, cells: Cells) -> None:
    row, column = cells["ground"]
    file["trip"][row, column : column + 2] = 3, 7


def basin_of_another(file: Dataset, cells: Cells) -> None:
    row, column = cells["ground"]
    basins = file["basins"][:]
    file["basins"][row, column] = 1 if basins[row, column] != 1 else 2


def river_without_outlet(file: Dataset, cells: Cells) -> None:
    """Let the last cell of a river on the east side of land flow on into the sea."""
    trip = file["trip"][:]
    row, column = np.argwhere((trip == 98) & np.isnan(np.roll(trip, -1, axis=1)))[0]
    file["trip"][row, column] = 3


def sea_next_to_a_pole(file: Dataset, cells: Cells) -> None:
    depth = file["Bathymetry"][:]
    depth[-5:, 1:4] = depth[-5:, -4:] = depth[-5:, 89:94] = 500.0
    depth[-1] = depth[-2, ::-1]
    depth[:, 0], depth[:, -1] = depth[:, -2], depth[:, 1]
    file["Bathymetry"][:] = depth


def half_types(file: Dataset, cells: Cells) -> None:
    """Plant functional types of one land cell with a sum of 0.99."""
    fractions = file["maxvegetfrac"][0]
    row, column = np.argwhere(np.isfinite(fractions[0]))[5000]
    file["maxvegetfrac"][0, :, row, column] = 0.99 * fractions[:, row, column]


def types_in_the_sea(file: Dataset, cells: Cells) -> None:
    row, column = np.argwhere(np.isnan(file["maxvegetfrac"][0, 0]))[5000]
    file["maxvegetfrac"][0, :, row, column] = [1.0, *[0.0] * 12]


def land_without_types(file: Dataset, cells: Cells) -> None:
    row, column = np.argwhere(np.isfinite(file["maxvegetfrac"][0, 0]))[5000]
    file["maxvegetfrac"][0, :, row, column] = np.nan


def link_left_out(file: Dataset, cells: Cells) -> None:
    """Turn all links of the first cell of LMDZ with runoff and many links to the cell of another."""
    source = file["src_address"][:]
    cell = np.bincount(source).argmax()
    file["src_address"][source == cell] = source[source != cell][0]


def outlet_unserved(file: Dataset, cells: Cells) -> None:
    """Leave the cell of LMDZ over a river's mouth without weight: its links carry nothing."""
    source = file["src_address"][:]
    file["remap_matrix"][source == cells["mouth"][0], 0] = 0.0


def weight_changed(file: Dataset, cells: Cells) -> None:
    file["remap_matrix"][100, 0] += 0.01


def weight_of_a_half(file: Dataset, cells: Cells) -> None:
    file["remap_matrix"][3000, 0] = 0.5


def ice_left_out(file: Dataset, cells: Cells) -> None:
    file["remap_matrix"][:99, 0] = 0.0


def link_to_land(file: Dataset, cells: Cells) -> None:
    row, column = cells["land"]
    file["dst_address"][500] = row * 182 + column + 1


def link_doubled(file: Dataset, cells: Cells) -> None:
    for name in ("src_address", "dst_address"):
        file[name][101] = file[name][100]


def link_outside(file: Dataset, cells: Cells) -> None:
    file["dst_address"][100] = 182 * 149 + 7


def fraction_on_land(file: Dataset, cells: Cells) -> None:
    row, column = np.argwhere(file["OceMask"][:] == 0.0)[200]
    file["OceMask"][row, column] = 0.3


def more_sea(file: Dataset, cells: Cells) -> None:
    part = file["OceMask"][:]
    row, column = np.argwhere((part > 0.2) & (part < 0.6))[100]
    file["OceMask"][row, column] = part[row, column] + 0.2


def shifted(name: str) -> Callable[[Dataset, Cells], None]:
    def change(file: Dataset, cells: Cells) -> None:
        file[name][:] = file[name][:] + 0.5

    return change


def uneven_copy(file: Dataset, cells: Cells) -> None:
    row = int(np.flatnonzero(file["Bathymetry"][:, 1] > 0)[40])
    file["Bathymetry"][row, 181] = 1.0 + file["Bathymetry"][row, 1]


def closed_pond(file: Dataset, cells: Cells) -> None:
    file["Bathymetry"][cells["land"]] = 300.0


def pole_row_uneven(file: Dataset, cells: Cells) -> None:
    file["OceMask"][0, 7] = 0.5 + 0.4 * float(file["OceMask"][0, 7] < 0.5)


#: What is planted, where, which check finds it, how severe it is, and which other checks may speak of the same.
PLANTED: dict[str, tuple[str, Callable[[Dataset, Cells], None], str, str, set[str]]] = {
    "wet cell is land in the bathymetry only": (
        "bathy_meter.nc", setting("Bathymetry", 0.0, "sea"), "weight_mask", "fault",
        {"weight_sea", "basin_on_land", "heat_flow", "viscosity"},
    ),
    "closed sea": (
        "bathy_meter.nc", closed_pond, "closed_sea", "fault",
        {"weight_mask", "weight_reach", "heat_flow", "cell_without_basin", "viscosity"},
    ),
    "negative depth": (
        "bathy_meter.nc", setting("Bathymetry", -50.0, "land"), "depth_range", "fault", set(),
    ),
    "wet pole of the grid": (
        "bathy_meter.nc", sea_next_to_a_pole, "wet_grid_pole", "fault",
        {"closed_sea", "weight_mask", "weight_reach", "heat_flow", "cell_without_basin", "sea_area", "viscosity"},
    ),
    "copy that differs from its cell": ("bathy_meter.nc", uneven_copy, "copies", "fault", set()),
    "bathymetry on another grid": ("bathy_meter.nc", shifted("nav_lon"), "ocean_places", "fault", set()),
    "depth that is no number": (
        "bathy_meter.nc", setting("Bathymetry", np.nan, "sea"), "value_missing", "fault", set()
    ),
    "variable under another name": (
        "bathy_meter.nc", renamed("Bathymetry", "depth"), "variable_missing", "fault", set()
    ),
    "wet cell closed in the masks": (
        "masks_*.nc", setting("torc.msk", 1, "sea"), "weight_mask", "fault", set(),
    ),
    "land open in the masks": ("masks_*.nc", setting("torc.msk", 0, "land"), "weight_mask", "fault", set()),
    "cell of all fluxes closed": ("masks_*.nc", setting("aone.msk", 1, "air"), "sea_fraction", "fault", set()),
    "wind cell without wind": ("masks_*.nc", setting("uorc.msk", 0, "land"), "weight_reach", "fault", set()),
    "no heat flow in a wet cell": (
        "geothermal_heating.nc", setting("heatflow", 0.0, "sea"), "heat_flow", "fault", set()
    ),
    "heat flow on land": (
        "geothermal_heating.nc", setting("heatflow", 48.0, "land"), "heat_flow", "warning", set()
    ),
    "viscosity that is no number": ("ahmcoef.nc", setting("icof", np.nan, "sea"), "value_missing", "fault", set()),
    "viscosity above 100 %": ("ahmcoef.nc", setting("icof", 1000.0, "sea"), "viscosity", "fault", set()),
    "viscosity reduced on land": ("ahmcoef.nc", setting("icof", 0.0, "land"), "viscosity", "warning", set()),
    "wet cell in no basin": ("subbasins.nc", setting("pacmsk", 0.0, "pacific"), "cell_without_basin", "fault", set()),
    "wet cell in two basins": (
        "subbasins.nc", setting("atlmsk", 1.0, "pacific"), "cell_in_two_basins", "fault", set()
    ),
    "basin on land": ("subbasins.nc", setting("indmsk", 1.0, "land"), "basin_on_land", "warning", set()),
    "rivers in a loop of two cells": (
        "routing.nc", loop_of_two, "river_loop", "fault", {"river_basin", "river_outlet"}
    ),
    "river direction 12": (
        "routing.nc", setting("trip", 12.0, "ground"), "river_direction", "fault", set()
    ),
    "river into the sea without an outlet": (
        "routing.nc", river_without_outlet, "river_outlet", "fault", {"river_basin"}
    ),
    "cell in the basin of another river": ("routing.nc", basin_of_another, "river_basin", "fault", set()),
    "second outlet in a basin": (
        "routing.nc", setting("trip", 98.0, "ground"), "river_basin", "fault", set()
    ),
    "no topographic index": ("routing.nc", setting("topoind", 0.0, "ground"), "river_retention", "fault", set()),
    "routing on another grid": ("routing.nc", shifted("nav_lat"), "global_grid", "fault", set()),
    "land without soil": ("soils_param.nc", setting("soiltext", 0.0, "ground"), "soil_mask", "fault", set()),
    "soils on another grid": ("soils_param.nc", shifted("nav_lon"), "soil_mask", "fault", set()),
    "plant types that sum to 0.99": ("PFTmap.nc", half_types, "pft_sum", "fault", set()),
    "plant types in the sea": ("PFTmap.nc", types_in_the_sea, "pft_mask", "warning", set()),
    "land without plant types": ("PFTmap.nc", land_without_types, "pft_mask", "fault", set()),
    "relief that is no number": ("Relief.nc", setting("RELIEF", np.nan, "ground"), "value_missing", "fault", set()),
    "mountain in the sea": ("Relief.nc", setting("RELIEF", 900.0, "open"), "relief_sea", "warning", set()),
    "area scaled by 1.01": ("areas_*.nc", scaling("torc.srf", "sea", 1.01), "weight_area", "fault", set()),
    "area of LMDZ scaled by 1.01": ("areas_*.nc", scaling("tlmd.srf", "air", 1.01), "weight_area", "fault", set()),
    "weights of another grid": ("grids_*.nc", shifted("torc.lat"), "weight_places", "fault", set()),
    "fraction of sea where the masks have none": (
        "*maskFrom*.nc", fraction_on_land, "sea_fraction", "fault", {"weight_reach"}
    ),
    "fraction of sea too large": ("*maskFrom*.nc", more_sea, "flux_closure", "fault", set()),
    "fraction uneven on a pole": (
        "*maskFrom*.nc", pole_row_uneven, "sea_fraction", "fault", {"flux_closure", "weight_reach", "weight_sea"}
    ),
    "weights of a mean that sum to 1.01": ("rmp_*OceTemp*", weight_changed, "weight_means", "fault", set()),
    "weights of the wind that sum to 1.01": ("rmp_*_to_u*", weight_changed, "weight_means", "fault", set()),
    "weights of a flux that do not close": ("rmp_*HeatWater*", weight_changed, "flux_closure", "fault", set()),
    "runoff that does not close": ("rmp_*runoff*", weight_changed, "runoff_closure", "fault", set()),
    "runoff that ends on land": (
        "rmp_*runoff*", link_to_land, "weight_sea", "fault", {"runoff_closure", "rivers_served"}
    ),
    "runoff that is linked twice": ("rmp_*runoff*", link_doubled, "weight_links", "fault", {"runoff_closure"}),
    "runoff that leaves the grid": ("rmp_*runoff*", link_outside, "weight_links", "fault", {"runoff_closure"}),
    "outlet whose links carry nothing": ("rmp_*runoff*", outlet_unserved, "rivers_served", "fault", set()),
    "ice from another cell": ("rmp_*calving*", link_left_out, "calving_closure", "fault", {"weight_links"}),
}  # fmt: skip


def cells_of(folder: Path) -> Cells:
    """Cells at which faults are planted, by name."""
    cells = world(folder)
    basins = read_netcdf(folder / "subbasins.nc")["pacmsk"].values
    depth = read_netcdf(folder / "bathy_meter.nc")["Bathymetry"].values
    rows, columns = np.nonzero((basins[10:140, 5:175] > 0) & (depth[10:140, 5:175] > 1000))
    cells["pacific"] = (int(rows[50]) + 10, int(columns[50]) + 5)
    height = read_netcdf(folder / "Relief.nc")["RELIEF"].values
    windows = np.lib.stride_tricks.sliding_window_view(height[200:800, 200:800], (41, 41))[::20, ::20]
    row, column = np.argwhere(windows.max(axis=(2, 3)) == 0.0)[0] * 20 + 220
    cells["open"] = (int(row), int(column))
    cells["air"] = (40, 40)
    cells["mouth"] = (_cell_over_a_mouth(folder),)
    return cells


def _cell_over_a_mouth(folder: Path) -> int:
    """Number, from 1, of the cell of LMDZ over a river's mouth."""
    routing = read_netcdf(folder / "routing.nc")
    row, column = np.argwhere(routing["trip"].values == 99)[60]
    latitude, longitude = (float(routing[name].values[row, column]) for name in ("nav_lat", "nav_lon"))
    return round((90.0 - latitude) * 95 / 180) * 96 + int((longitude + 181.875) // 3.75) % 96 + 1


@pytest.fixture(scope="session")
def cells(old: Path) -> Cells:
    return cells_of(old)


#: Planted in one cell, which has to be named.
NAMED = {
    "wet cell closed in the masks": "sea",
    "no heat flow in a wet cell": "sea",
    "wet cell in no basin": "pacific",
    "river direction 12": "ground",
    "land without soil": "ground",
    "viscosity that is no number": "sea",
    "mountain in the sea": "open",
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_fault_is_found_and_nothing_else(planted, mosaix, cells):
    name, change, check, severity, related = PLANTED[planted]
    changed(mosaix, name, lambda file: change(file, cells))
    audit = audit_folder(mosaix)
    found = [finding for finding in audit.findings if finding.check.name == check and finding.severity == severity]
    assert found, [finding.said for finding in audit.findings]
    assert faults(audit) | warnings(audit) <= {check} | related | TRUE_WARNINGS
    assert (severity == "fault") == bool(audit.faults)
    assert all(finding.said.endswith(".") and finding.check.remedy for finding in audit.findings)
    json.dumps(audit.as_data(), allow_nan=False)
    if planted in NAMED:
        assert [finding.count for finding in found] == [1]
        assert (found[0].cells[0].row, found[0].cells[0].column) == cells[NAMED[planted]]


#: The same for engine mosaic.
PLANTED_IN_MOSAIC: dict[str, tuple[str, Callable[[Dataset, Cells], None], str, set[str]]] = {
    "wet cell closed in the masks": ("masks.nc", setting("torc.msk", 1, "sea"), "weight_mask", set()),
    "area scaled by 1.01": ("areas.nc", scaling("torc.srf", "sea", 1.01), "weight_area", set()),
    "fraction of sea too large": ("o2a.nc", more_sea, "flux_closure", set()),
    "weights of a flux that do not close": (
        "rmp_tlmd_to_torc_MOSAIC.nc", weight_of_a_half,
        "flux_closure", set(),
    ),
    "outlet whose links carry nothing": ("rmp_*rivflu.nc", outlet_unserved, "rivers_served", set()),
    "ice that does not arrive": (
        "rmp_*calvin.nc", ice_left_out,
        "calving_closure", set(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("planted", PLANTED_IN_MOSAIC)
def test_a_fault_planted_in_the_set_of_engine_mosaic_is_found(planted, mosaic, cells):
    name, change, check, related = PLANTED_IN_MOSAIC[planted]
    changed(mosaic, name, lambda file: change(file, cells))
    audit = audit_folder(mosaic)
    assert check in faults(audit), [finding.said for finding in audit.findings]
    assert faults(audit) <= {check} | related


# -- files that are not there, or not whole ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["routing.nc", "coordinates.nc", "rmp_*runoff*", "masks_*.nc"])
def test_a_missing_file_is_told_once_and_what_it_hides_is_named(name, mosaix):
    (path,) = mosaix.rglob(name)
    path.unlink()
    audit = audit_folder(mosaix)
    assert [finding.check.name for finding in audit.faults] == ["file_missing"]
    (missing,) = audit.faults
    assert audit.not_looked_at
    assert all(each.reason == f"not looked at: {missing.files[0]} is missing" for each in audit.not_looked_at)


def test_a_folder_without_weights_lacks_them(mosaix):
    for path in (mosaix / "mosaix_weights").glob("*.nc"):
        path.unlink()
    (missing,) = audit_folder(mosaix).faults
    assert missing.check.name == "file_missing"
    assert "no coupling weights" in missing.said


@pytest.mark.parametrize("name", ["bathy_meter.nc", "rmp_*runoff*", "PFTmap.nc"])
def test_a_file_that_was_cut_off_is_found(name, mosaix):
    path = own_file(mosaix, name)
    path.write_bytes(path.read_bytes()[:-1000])
    audit = audit_folder(mosaix)
    (cut,) = audit.faults
    assert cut.check.name == "file_unreadable"
    assert "truncated" in cut.said
    assert str(mosaix) not in json.dumps(audit.as_data())


def rewritten(path: Path, change: Callable[[Any], Any]) -> None:
    """Write a file of ours anew."""
    dataset = change(read_netcdf(path))
    path.unlink()
    write_netcdf(dataset, path, file_format="NETCDF3_64BIT")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("bathy_meter.nc", lambda data: data.isel(y=slice(0, -1))),
        ("ahmcoef.nc", lambda data: data.isel(x=slice(1, -1))),
        ("soils_param.nc", lambda data: data.isel(y=slice(0, 90))),
        ("PFTmap.nc", lambda data: data.isel(veget=slice(0, 12))),
        ("areas_*.nc", lambda data: data.isel(y_torc=slice(1, None))),
        ("*maskFrom*.nc", lambda data: data.isel(lat=slice(1, None))),
    ],
)
def test_a_file_of_another_size_is_found(name, change, mosaix):
    (path,) = mosaix.rglob(name)
    rewritten(path, change)
    audit = audit_folder(mosaix)
    assert faults(audit) <= {"grid_size", "global_grid"}
    assert {finding.files for finding in audit.faults} == {(path.relative_to(mosaix).as_posix(),)}
    assert all("has the wrong size" in each.reason for each in audit.not_looked_at)


def test_files_of_a_bundle_are_found_under_the_short_names_of_the_run(mosaix):
    short = {"grids_": "grids.nc", "masks_": "masks.nc", "areas_": "areas.nc", "LMD9695_grid": "o2a.nc"}
    (mosaix / "OASIS").mkdir()
    for path in (mosaix / "mosaix_weights").glob("*.nc"):
        name = next((new for start, new in short.items() if path.name.startswith(start)), path.name)
        path.rename(mosaix / "OASIS" / name)
    audit = audit_folder(mosaix)
    assert not audit.faults
    assert audit.files["mosaix:fraction"] == "OASIS/o2a.nc"


def test_a_folder_that_holds_nothing_of_a_run_is_refused(tmp_path):
    (tmp_path / "other.nc").write_bytes(b"CDF\x01")
    with pytest.raises(InputError, match="no file under the name of a run"):
        audit_folder(tmp_path)
    with pytest.raises(InputError, match="is no folder"):
        audit_folder(tmp_path / "elsewhere")


def test_hostile_files_are_findings_and_no_crash(mosaix):
    (mosaix / "routing.nc").unlink()
    (mosaix / "routing.nc").write_bytes(b"\x89HDF\r\n\x1a\n" + b"\xff" * 4000)
    (mosaix / "soils_param.nc").unlink()
    (mosaix / "soils_param.nc").mkdir()
    (mosaix / "PFTmap.nc").unlink()
    (mosaix / "PFTmap.nc").write_text("<html>not found</html>", encoding="utf-8")
    (mosaix / "loop").symlink_to(mosaix)
    audit = audit_folder(mosaix)
    told = {finding.files[0]: finding.check.name for finding in audit.faults}
    assert told == {
        "routing.nc": "file_unreadable", "PFTmap.nc": "file_unreadable", "soils_param.nc": "file_missing"
    }  # fmt: skip


def test_names_of_folders_cannot_harm_sentences(mosaix, cells):
    inner = mosaix / "{0.x}\x1b[31m{}"
    inner.mkdir()
    changed(mosaix, "soils_param.nc", lambda file: setting("soiltext", 0.0, "ground")(file, cells))
    for name in ("soils_param.nc", "ahmcoef.nc"):
        (mosaix / name).rename(inner / name)
    changed(mosaix, "ahmcoef.nc", lambda file: setting("icof", np.nan, "sea")(file, cells))
    audit = audit_folder(mosaix)
    assert faults(audit) == {"soil_mask", "value_missing"}
    assert {finding.count for finding in audit.faults} == {1}
    said = " ".join([*(finding.said for finding in audit.faults), *audit.files.values()])
    assert "{0.x}?[31m{}/ahmcoef.nc" in said
    assert "\x1b" not in said


@pytest.mark.parametrize(
    ("name", "variable", "check"),
    [
        ("rmp_*runoff*", "remap_matrix", "file_unreadable"),
        ("rmp_*OceTemp*", "src_address", "file_unreadable"),
        ("bathy_meter.nc", "Bathymetry", "grid_size"),
        ("routing.nc", "trip", "grid_size"),
        ("masks_*.nc", "torc.msk", "grid_size"),
        ("*maskFrom*.nc", "OceMask", "grid_size"),
        ("PFTmap.nc", "lat", "grid_size"),
    ],
)
def test_a_variable_that_is_one_number_is_a_finding_and_no_crash(name, variable, check, mosaix):
    def change(file: Dataset) -> None:
        file.renameVariable(variable, "other")
        file.createVariable(variable, file["other"].dtype, ())[...] = 1

    changed(mosaix, name, change)
    (path,) = mosaix.rglob(name)
    audit = audit_folder(mosaix)
    assert faults(audit) == {check}
    assert {finding.files for finding in audit.faults} == {(path.relative_to(mosaix).as_posix(),)}


# -- other grids, gateways, loops -------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [", pivot: T", ", halo: false"])
def test_sets_on_other_ocean_grids_have_no_faults_but_their_closed_seas(options, tmp_path):
    case = Case(tmp_path)
    text = case.recipe.read_text(encoding="utf-8").replace("resolution: 4", f"resolution: 4{options}")
    case.recipe.write_text(text, encoding="utf-8")
    build(case.recipe, case.out)
    audit = audit_folder(case.out)
    assert faults(audit) <= {"closed_sea"}
    (size,) = [finding for finding in audit.warnings if finding.check.name == "grid_size"]
    assert "IPSL-CM5A2 knows 149" in size.said
    assert not audit.not_looked_at


def test_gateways_are_looked_at_in_the_bathymetry(old):
    between = ((-150.0, 0.0), (-100.0, 0.0))
    wrong, right = Gateway("Wide Pacific", "closed", between), Gateway("Open Pacific", "open", between)
    audit = audit_folder(old, gateways=(wrong, right))
    (found,) = audit.faults
    assert found.check.name == "gateway"
    assert found.said.startswith("Wide Pacific is open and has to be closed")
    assert found.cells[0].value is not None
    assert found.cells[0].value > 1000.0  # the sill
    assert any("Open Pacific is open" in held.figures for held in audit.held)


@given(receiver=arrays(np.int64, 12, elements=integers(-1, 11)), land=arrays(np.bool_, 12))
def test_a_cell_lies_in_a_loop_where_its_water_comes_back_to_it(receiver, land):
    def comes_back(start: int) -> bool:
        cell = start
        for _ in range(12):
            if cell < 0 or not land[cell] or receiver[cell] == cell:
                return False
            cell = int(receiver[cell])
            if cell == start:
                return True
        return False

    assert cells_in_loops(receiver, land).tolist() == [comes_back(cell) for cell in range(12)]
