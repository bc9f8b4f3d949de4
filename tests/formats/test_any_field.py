"""Any variable of any file is read as it is meant, and written back with every other bit as it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from netCDF4 import Dataset

from field_worlds import RECTILINEAR, field_grid, rotated
from ocean_worlds import LAYOUTS
from paleobc.errors import InputError
from paleobc.formats.any_field import list_variables, read_field, write_edited
from paleobc.formats.edit_list_json import json_lines
from paleobc.formats.edit_lists import read_edits, write_edits
from paleobc.formats.edited_field import read_surface, write_surface
from paleobc.formats.nemo_fields import bathymetry_file, ocean_grid_file
from paleobc.formats.netcdf import write_netcdf
from paleobc.topography.edits.apply import apply_edit
from paleobc.topography.edits.edit import Add, Edit, FillFromNeighbours, Scale, Set
from paleobc.topography.edits.log import EditLog, base_checksum, grid_description
from paleobc.topography.edits.shapes import Box, ValueRange
from random_edits import same

EXAMPLES = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
EVERYWHERE = Box(-180.0, -90.0, 180.0, 90.0)


def contents(path: Path) -> dict[str, Any]:
    """All that a file holds, as it is stored."""
    with Dataset(path) as dataset:
        dataset.set_auto_maskandscale(False)

        def attributes(owner: Any) -> dict[str, Any]:
            return {
                name: (type(value := owner.getncattr(name)), np.asarray(value).tobytes()) for name in owner.ncattrs()
            }

        found: dict[str, Any] = {
            "kind": dataset.data_model,
            "dimensions": {name: (len(each), each.isunlimited()) for name, each in dataset.dimensions.items()},
            "attributes": attributes(dataset),
        }
        for name, variable in dataset.variables.items():
            stored = np.asarray(variable[...])
            found[name] = (variable.dimensions, variable.dtype, attributes(variable), stored.tobytes())
        return found


def refuse_other_changes(before: Path, after: Path, edited: set[str]) -> None:
    """Fail where something but the values of edited variables and the history differs between two files."""
    old, new = contents(before), contents(after)
    assert list(old) == list(new)
    said = new["attributes"].pop("history", None)
    had = old["attributes"].pop("history", None)
    if edited:
        assert said[1] != (had or (None, b""))[1]
    for name in old:
        assert (old[name][:3] if name in edited else old[name]) == (new[name][:3] if name in edited else new[name])


def write_file(
    path: Path,
    longitudes: np.ndarray,
    latitudes: np.ndarray,
    stored: np.ndarray,
    *,
    dimensions: tuple[str, ...] = ("lat", "lon"),
    kind: str = "NETCDF4",
    attributes: dict[str, Any] | None = None,
    compressed: bool = False,
) -> Path:
    """A file with one field, a record variable and another variable, as its users would write it."""
    with Dataset(path, "w", format=kind) as dataset:
        dataset.set_auto_maskandscale(False)
        dataset.setncatts({"title": "a file", "history": "made"})
        lengths = dict(zip(dimensions, stored.shape, strict=True))
        for name, length in lengths.items():
            dataset.createDimension(name, None if name == "time" else length)
        for name, values, units in (("lat", latitudes, "degrees_north"), ("lon", longitudes, "degrees_east")):
            along = (name,) if values.ndim == 1 else ("lat", "lon")
            variable = dataset.createVariable(f"nav_{name}" if values.ndim == 2 else name, values.dtype, along)
            variable.units = units
            variable[...] = values
        own = dict(attributes or {})
        field = dataset.createVariable(
            "field", stored.dtype, dimensions, zlib=compressed, fill_value=own.pop("_FillValue", None)
        )
        field.set_auto_maskandscale(False)
        field.setncatts(own)
        field[...] = stored
        beside = dataset.createVariable("beside", "f4", dimensions[-2:])
        beside[...] = np.full([lengths[name] for name in dimensions[-2:]], 1e20, dtype="f4")
        if "time" in dimensions:
            time = dataset.createVariable("time", "f8", ("time",))
            time.setncatts({"units": "days since 2001-01-01", "calendar": "noleap"})
            time[...] = 30.0 * np.arange(lengths["time"])
    return path


KINDS = ("NETCDF4", "NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET")
STORED = {
    "f8": {},
    "f4": {"_FillValue": np.float32(1e20)},
    "i2": {"missing_value": np.int16(-9999)},
    "packed": {"_FillValue": np.int16(-32768), "scale_factor": 0.01, "add_offset": 5.0},
    "unsigned": {"_Unsigned": "true", "_FillValue": np.int8(-1)},
}


@EXAMPLES
@given(
    seed=st.integers(0, 2**32 - 1),
    kind=st.sampled_from(KINDS),
    how=st.sampled_from(sorted(STORED)),
    north_first=st.booleans(),
    east_first=st.booleans(),
    lon_first=st.booleans(),
    begin=st.integers(0, 23),
    name=st.sampled_from(["regular", *RECTILINEAR]),
    repeats=st.booleans(),
)
def test_what_is_written_is_what_was_edited_and_nothing_else_changes(
    tmp_path, seed, kind, how, north_first, east_first, lon_first, begin, name, repeats
):
    random, grid = np.random.default_rng(seed), field_grid(name)
    order = np.arange(grid.shape[1])
    closed = name not in ("regional", "over the date line")
    if closed:
        order = np.roll(order, begin)
        order = np.append(order, order[0]) if repeats else order
    rows = np.arange(grid.shape[0])[:: -1 if north_first else 1]
    order = order[:: -1 if east_first else 1]
    type_of = {"packed": "i2", "unsigned": "i1"}.get(how, how)
    stored = random.integers(0, 100, grid.shape).astype(type_of)
    fill = STORED[how].get("_FillValue", STORED[how].get("missing_value"))
    if fill is not None:
        stored[random.random(grid.shape) < 0.2] = fill
    in_file = stored[rows][:, order]
    path = write_file(
        tmp_path / "in.nc",
        grid.mesh.longitudes[0][order],
        grid.mesh.latitudes[:, 0][rows],
        in_file.T if lon_first else in_file,
        dimensions=("lon", "lat") if lon_first else ("lat", "lon"),
        kind=kind,
        attributes=STORED[how],
    )
    field = read_field(path, "field")
    assert field.quantity == "value"
    assert grid_description(field.grid.mesh) == grid_description(grid.mesh)
    expected = stored.astype(np.float64) * (0.01 if how == "packed" else 1.0) + (5.0 if how == "packed" else 0.0)
    expected[stored == fill] = np.nan
    assert np.array_equal(field.values, expected, equal_nan=True)
    surface = field.surface()
    for edit in (Edit(Box(-40.0, -20.0, 60.0, 70.0), Scale(0.77)), Edit(ValueRange(1.0, 30.0), Add(3.3))):
        apply_edit(edit, surface)
    write_edited(path, tmp_path / "out.nc", {("field", field.index): surface.field})
    again = read_field(tmp_path / "out.nc", "field")
    assert same(again.values.ravel(), surface.values)
    refuse_other_changes(
        path,
        tmp_path / "out.nc",
        {"field"} if (surface.field != field.values)[~np.isnan(field.values)].any() else set(),
    )


def test_one_position_of_many_is_edited_and_the_others_stay(tmp_path):
    stored = np.random.default_rng(1).random((3, 5, 12, 20)).astype("f4")
    grid = field_grid("regular")
    path = write_file(
        tmp_path / "in.nc",
        grid.mesh.longitudes[0],
        grid.mesh.latitudes[:, 0],
        stored,
        dimensions=("time", "level", "lat", "lon"),
        compressed=True,
    )
    (described,) = (each for each in list_variables(path) if each.name == "field")
    assert [(each.name, each.size, each.labels[:2]) for each in described.dimensions] == [
        ("time", 3, ("2001-01-01", "2001-01-31")),
        ("level", 5, ("1", "2")),
    ]
    field = read_field(path, "field", {"level": 4, "time": 1})
    assert field.index == (("time", 1), ("level", 4))
    changes = {("field", field.index): field.values + 1.0, ("field", (("time", 0), ("level", 0))): np.zeros((12, 20))}
    write_edited(path, tmp_path / "out.nc", changes)
    with Dataset(tmp_path / "out.nc") as dataset:
        new = dataset["field"][...]
    stored[1, 4] = (stored[1, 4].astype(float) + 1.0).astype("f4")
    stored[0, 0] = 0.0
    assert np.array_equal(new, stored)
    refuse_other_changes(path, tmp_path / "out.nc", {"field"})
    for index, told in (
        ({"depth": 1}, "has no dimension 'depth'"),
        ({"level": 5}, "5 positions, counted from 0, and 5"),
    ):
        with pytest.raises(InputError, match=told):
            read_field(path, "field", index)


def test_a_file_that_is_written_twice_has_the_same_bytes_and_no_date(tmp_path):
    grid = field_grid("gaussian")
    path = write_file(tmp_path / "in.nc", grid.mesh.longitudes[0], grid.mesh.latitudes[:, 0], np.zeros(grid.shape))
    for name in ("one.nc", "other.nc"):
        write_edited(path, tmp_path / name, {("field", ()): np.ones(grid.shape)})
    assert (tmp_path / "one.nc").read_bytes() == (tmp_path / "other.nc").read_bytes()
    with Dataset(tmp_path / "one.nc") as dataset:
        assert dataset.history == "made\npaleobc: edited by hand: field"


def test_nothing_is_written_where_something_is_wrong(tmp_path):
    grid = field_grid("gaussian")
    place = grid.mesh.longitudes[0], grid.mesh.latitudes[:, 0]
    path = write_file(tmp_path / "in.nc", *place, np.zeros(grid.shape, "i1"), attributes={"valid_max": np.int8(100)})
    before = path.read_bytes()
    for values, told in (
        (np.full(grid.shape, 101.0), "cannot hold 101; its numbers go from -128 to 100"),
        (np.full(grid.shape, np.nan), "cannot hold no value"),
        (np.zeros((2, 2)), "give them on the same grid"),
    ):
        with pytest.raises(InputError, match=told):
            write_edited(path, tmp_path / "out.nc", {("field", ()): values})
    with pytest.raises(InputError, match="is the file that was read"):
        write_edited(path, path, {("field", ()): np.ones(grid.shape)})
    assert [each.name for each in tmp_path.iterdir()] == ["in.nc"]
    assert path.read_bytes() == before
    write_edited(path, path, {("field", ()): np.ones(grid.shape)}, over_input=True)
    assert (read_field(path, "field").values == 1.0).all()


def test_a_file_without_places_is_refused_unless_its_grid_is_given(tmp_path):
    ocean = LAYOUTS["182 x 149"]()
    write_netcdf(ocean_grid_file(ocean), tmp_path / "grid.nc", file_format="NETCDF4")
    with Dataset(tmp_path / "mask.nc", "w") as dataset:
        for name, length in (("time", 2), ("j", 149), ("i", 182)):
            dataset.createDimension(name, length)
        dataset.createVariable("mask", "i1", ("time", "j", "i"))[...] = 1
    with pytest.raises(InputError, match="no variable of numbers on rows and columns of known places"):
        list_variables(tmp_path / "mask.nc")
    field = read_field(tmp_path / "mask.nc", grid_file=tmp_path / "grid.nc")
    assert (field.variable.name, field.grid.mesh.kind, field.grid.shape) == ("mask", "tripolar", (149, 182))
    surface = field.surface()
    apply_edit(Edit(Box(-180.0, 50.0, 180.0, 90.0), Set(0.0)), surface)
    write_edited(
        tmp_path / "mask.nc",
        tmp_path / "out.nc",
        {("mask", field.index): surface.field},
        grid_file=tmp_path / "grid.nc",
    )
    with Dataset(tmp_path / "out.nc") as dataset:
        assert np.array_equal(dataset["mask"][0], surface.field)
        assert (dataset["mask"][1] == 1).all()


@pytest.mark.parametrize("turn", ["as it is", "north first", "transposed", "west first"])
def test_rows_and_columns_of_a_rotated_grid_are_put_in_order(tmp_path, turn):
    east, north = rotated(*np.meshgrid(np.arange(-40.0, 41.0, 8.0), np.arange(-30.0, 60.0, 6.0)))
    values = np.arange(east.size, dtype=float).reshape(east.shape)
    ways = {
        "as it is": lambda a: a,
        "north first": lambda a: a[::-1],
        "transposed": lambda a: a.T,
        "west first": lambda a: a[:, ::-1],
    }
    path = write_file(tmp_path / "in.nc", *(np.ascontiguousarray(ways[turn](part)) for part in (east, north, values)))
    field = read_field(path, "field")
    assert np.array_equal(field.values, values)
    assert grid_description(field.grid.mesh) == grid_description(field_grid("rotated").mesh)
    write_edited(path, tmp_path / "out.nc", {("field", ()): values * 2.0})
    with Dataset(tmp_path / "out.nc") as dataset:
        assert np.array_equal(dataset["field"][...], ways[turn](values) * 2.0)


def test_a_relief_is_heights_and_the_depths_of_nemo_are_depths(write_relief, world, tmp_path):
    assert read_field(write_relief()).quantity == "height"
    for attributes in ({"units": "km"}, {"units": "m", "positive": "down"}, {"units": "K"}):
        assert read_field(write_relief(attributes=attributes)).quantity == "value"
    gaps = np.where(np.arange(18 * 36).reshape(18, 36) == 5, np.nan, world())
    assert read_field(write_relief(gaps)).quantity == "value"
    ocean = LAYOUTS["182 x 149"]()
    write_netcdf(bathymetry_file(np.full((149, 182), 50.0), ocean), tmp_path / "b.nc", file_format="NETCDF3_64BIT")
    field = read_field(tmp_path / "b.nc")
    assert (field.variable.name, field.quantity) == ("Bathymetry", "depth")


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_a_list_of_values_says_its_variable_and_comes_back(tmp_path, kind):
    mesh = field_grid("gaussian").mesh
    grid = field_grid("gaussian")
    values = np.where(np.arange(288).reshape(12, 24) % 7 == 0, np.nan, np.arange(288.0).reshape(12, 24))
    path = write_file(tmp_path / "in.nc", mesh.longitudes[0], mesh.latitudes[:, 0], values)
    surface, source = read_surface(path, "value", variable="field")
    base = base_checksum(surface.values)
    intents = (
        Edit(Box(0.0, 0.0, 90.0, 60.0), FillFromNeighbours(), "missing"),
        Edit(Box(0.0, 0.0, 30.0, 30.0), Set(np.nan)),
    )
    edits = tuple(apply_edit(edit, surface) for edit in intents)
    log = EditLog("value", grid_description(grid.mesh), base, edits, "field", (("time", 3),))
    write_edits(log, tmp_path / "list", kind)
    back = read_edits(tmp_path / "list")
    assert (back.quantity, back.variable, back.index, back.grid) == ("value", "field", (("time", 3),), log.grid)
    assert list(json_lines(back)) == list(json_lines(log))
    write_surface(surface, source, tmp_path / "out.nc")
    assert same(read_field(tmp_path / "out.nc", "field").values.ravel(), surface.values)
    for other in ("mom6", "cosima", "jmmp"):
        with pytest.raises(InputError, match="Lists of depths change heights or depths, and no values"):
            write_edits(log, tmp_path / "depths", other, mesh=mesh)
    write_edits(log, tmp_path / "script.py", "python")
    assert "VARIABLE = 'field'\nINDEX = {'time': 3}" in (tmp_path / "script.py").read_text()


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ({"quantity": "value"}, "variable should be the name"),
        ({"quantity": "value", "variable": "a", "index": {"time": -1}}, "index should give the position"),
        ({"quantity": "value", "variable": "a", "index": [1]}, "index should give the position"),
        ({"quantity": "height", "variable": "a"}, "has no 'variable'"),
        ({"quantity": "speed"}, "it should be height or depth, value or basin"),
    ],
)
def test_a_list_that_does_not_say_its_variable_is_refused(tmp_path, header, told):
    (tmp_path / "list").write_text(json.dumps({"paleobc_edits": 1, **header}) + "\n")
    with pytest.raises(InputError, match=told):
        read_edits(tmp_path / "list", mesh=field_grid("regular").mesh)


def hostile(path: Path, change: Any) -> Path:
    """A file of a rotated grid after something was done to it."""
    east, north = rotated(*np.meshgrid(np.arange(-40.0, 41.0, 8.0), np.arange(-30.0, 60.0, 6.0)))
    write_file(path, east, north, np.zeros(east.shape))
    with Dataset(path, "r+") as dataset:
        dataset.set_auto_maskandscale(False)
        change(dataset)
    return path


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda file: file["nav_lat"].__setitem__((slice(None), 3), np.nan), "no place for 15 of its 165 cells"),
        (lambda file: file["nav_lat"].__setitem__(..., 1e36), "no place for 165 of its 165 cells"),
        (lambda file: file["nav_lon"].__setitem__(..., 5.0), None),
        (lambda file: file["field"].setncattr("scale_factor", 0.0), "scale_factor or add_offset of 'field' is none"),
        (lambda file: file["field"].setncattr("scale_factor", np.nan), "scale_factor or add_offset of 'field' is none"),
        (lambda file: file["field"].setncattr("missing_value", "none"), None),
        (lambda file: file["field"].setncattr("coordinates", "nav_lat nowhere"), None),
        (lambda file: file["field"].setncattr("history", 5), None),
        (lambda file: file.setncattr("history", 5), None),
    ],
)
def test_a_hostile_file_is_read_or_refused_in_a_sentence(tmp_path, change, told):
    path = hostile(tmp_path / "in.nc", change)
    if told is None:
        field = read_field(path, "field")
        write_edited(path, tmp_path / "out.nc", {("field", ()): field.values + 1.0})
        assert (read_field(tmp_path / "out.nc", "field").values == 1.0).all()
    else:
        with pytest.raises(InputError, match=told):
            read_field(path, "field")


def test_what_is_no_netcdf_file_or_no_variable_is_refused(tmp_path):
    (tmp_path / "text.nc").write_text("nothing")
    with pytest.raises(InputError, match="is not a NetCDF file"):
        list_variables(tmp_path / "text.nc")
    path = hostile(tmp_path / "in.nc", lambda _file: None)
    with pytest.raises(InputError, match="has no variable 'other' to be edited; it has 'field', 'beside'"):
        read_field(path, "other")


REAL = {
    "reference/original/pft.nc": ("maxvegetfrac", {"veget": 12}, "regular"),
    "reference/original/routing.nc": ("basins", {}, "regular"),
    "reference/original/heatflow.nc": ("heatflow", {}, "tripolar"),
    "reference/original/tests_stn.nc": ("orog", {}, "regular"),
    "reference/mosaic/subbasins.nc": ("pacmsk", {}, "tripolar"),
    "reference/mosaic/o2a.diag.nc": ("Surface", {}, "rectilinear"),
    "reference/mosaic/coordinates.nc": ("e1t", {}, "tripolar"),
    "reference/mosaic/itarget.nc": ("laland", {}, "rectilinear"),
    "inputs/topography_60Ma_1deg.nc": ("topo", {}, "regular"),
    "inputs/bathymetry_38Ma_paleorca2.nc": ("Bathymetry", {}, "tripolar"),
}


@pytest.mark.parametrize("name", REAL)
def test_real_files_are_edited_and_keep_all_else(reference, tmp_path, name):
    variable, index, kind = REAL[name]
    field = read_field(reference / name, variable, index)
    assert field.grid.mesh.kind == kind
    assert len(list_variables(reference / name)) >= 1
    surface = field.surface()
    result = apply_edit(Edit(Box(160.0, 20.0, -170.0, 89.0), Set(1.0)), surface).result
    assert result.cells.size > 3
    write_edited(reference / name, tmp_path / "out.nc", {(variable, field.index): surface.field})
    again = read_field(tmp_path / "out.nc", variable, index)
    assert same(again.surface().values, surface.values)
    refuse_other_changes(reference / name, tmp_path / "out.nc", {variable})
