"""Ocean grids in the files of NEMO and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from netCDF4 import Dataset

from paleobc.errors import InputError
from paleobc.formats.nemo import coordinates_file, read_ocean_grid
from paleobc.formats.netcdf import write_netcdf
from paleobc.grids.tripolar import paleorca2_grid, tripolar_grid


def write_coordinates(grid, path):
    write_netcdf(coordinates_file(grid), path, file_format="NETCDF3_64BIT")


@pytest.fixture(scope="module")
def grid():
    return tripolar_grid(resolution=6.0)


@pytest.fixture(scope="module")
def coordinates(grid, tmp_path_factory):
    path = tmp_path_factory.mktemp("nemo") / "coordinates.nc"
    write_coordinates(grid, path)
    return path


def write_fields(path: Path, dimensions: dict[str, int], fields: dict, **attributes: dict) -> Path:
    with Dataset(path, "w", format="NETCDF3_64BIT_OFFSET") as dataset:
        for name, length in dimensions.items():
            dataset.createDimension(name, length)
        for name, (axes, values) in fields.items():
            variable = dataset.createVariable(name, values.dtype, axes)
            variable.setncatts(attributes.get(name, {}))
            variable[...] = values
    return path


def test_a_grid_comes_back_from_coordinates_as_it_was(grid, coordinates):
    back = read_ocean_grid(coordinates)
    assert back.layout == grid.layout
    for point in "tuvf":
        for field in ("longitude", "latitude", "e1", "e2"):
            expected = getattr(getattr(grid, point), field)
            assert np.array_equal(getattr(getattr(back, point), field), expected)
    assert np.array_equal(back.corner_latitude[1:], grid.corner_latitude[1:])


def test_coordinates_have_the_form_that_nemo_reads(grid, coordinates):
    with Dataset(coordinates) as dataset:
        assert dataset.data_model == "NETCDF3_64BIT_OFFSET"
        assert {name: len(axis) for name, axis in dataset.dimensions.items()} == {
            "time": 1, "z": 1, "y": grid.layout.rows, "x": grid.layout.columns,
        }  # fmt: skip
        fields = {kind + point for kind in ("glam", "gphi", "e1", "e2") for point in "tuvf"}
        axes = {"nav_lon", "nav_lat", "nav_lev", "time", "time_steps"}
        assert set(dataset.variables) == fields | axes
        for name in fields:
            assert dataset[name].dimensions == ("time", "z", "y", "x")
            assert dataset[name].dtype == np.float64
            assert "_FillValue" not in dataset[name].ncattrs()


def test_the_same_grid_gives_the_same_bytes(grid, coordinates, tmp_path):
    write_coordinates(grid, tmp_path / "again.nc")
    assert (tmp_path / "again.nc").read_bytes() == coordinates.read_bytes()


@pytest.mark.parametrize("leading", [(), ("time",), ("time", "z")])
def test_fields_may_have_a_time_and_a_level_of_length_one(grid, tmp_path, leading):
    shape = (1,) * len(leading) + grid.layout.shape
    axes = (*leading, "y", "x")
    fields = {
        "glamt": (axes, grid.t.longitude.reshape(shape)),
        "gphit": (axes, grid.t.latitude.reshape(shape)),
    }
    sizes = dict(zip(axes, shape, strict=True))
    back = read_ocean_grid(write_fields(tmp_path / "mesh_mask.nc", sizes, fields))
    assert back.layout == grid.layout
    assert back.f is None


def test_single_precision_and_other_longitudes_do_not_matter(grid, tmp_path):
    fields = {
        "nav_lon": (("y", "x"), (grid.t.longitude % 360.0).astype(np.float32)),
        "nav_lat": (("y", "x"), grid.t.latitude.astype(np.float32)),
    }
    rows, columns = grid.layout.shape
    path = write_fields(tmp_path / "grid.nc", {"y": rows, "x": columns}, fields)
    assert read_ocean_grid(path).layout == grid.layout


@pytest.mark.parametrize("vertices_first", [True, False])
@pytest.mark.parametrize("turn", range(4))
def test_bounds_may_start_at_any_vertex_and_lack_the_first_row_and_column(grid, tmp_path, turn, vertices_first):
    order = np.roll([(0, 0), (0, 1), (1, 1), (1, 0)], turn, axis=0)
    rows, columns = grid.layout.shape
    fields, attributes = {}, {}
    for name, own, corner in (
        ("lon", grid.t.longitude, grid.corner_longitude),
        ("lat", grid.t.latitude, grid.corner_latitude),
    ):
        bounds = np.stack([corner[j : j + rows, i : i + columns] for j, i in order], axis=-1)
        bounds[0], bounds[:, 0] = -1e34, -1e34
        axes = ("y", "x", "nv")
        if vertices_first:
            bounds, axes = np.moveaxis(bounds, -1, 0), ("nv", "y", "x")
        fields |= {name: (("y", "x"), own), f"{name}_bnds": (axes, bounds)}
        attributes |= {name: {"bounds": f"{name}_bnds"}, f"{name}_bnds": {"missing_value": -1e34}}
    sizes = {"y": rows, "x": columns, "nv": 4}
    back = read_ocean_grid(write_fields(tmp_path / "cf.nc", sizes, fields, **attributes))
    assert back.layout == grid.layout
    assert np.abs(back.corner_latitude[1:] - grid.corner_latitude[1:]).max() < 1e-9
    assert np.abs(back.corner_latitude[0] - grid.corner_latitude[0]).max() < 0.2


def test_a_regular_grid_is_refused_by_name_and_reason(tmp_path):
    fields = {"lon": (("lon",), np.arange(0.0, 360.0, 2.0)), "lat": (("lat",), np.arange(-89.0, 90.0, 2.0))}
    path = write_fields(tmp_path / "topo.nc", {"lon": 180, "lat": 90}, fields)
    with pytest.raises(InputError, match=r"topo\.nc: This is a regular grid"):
        read_ocean_grid(path)


def test_a_file_without_coordinates_is_refused(tmp_path):
    path = write_fields(tmp_path / "field.nc", {"x": 3}, {"a": (("x",), np.zeros(3))})
    with pytest.raises(InputError, match="holds no longitudes of an ocean grid"):
        read_ocean_grid(path)


def test_a_grid_of_several_times_is_refused(grid, tmp_path):
    values = np.stack([grid.t.longitude] * 2)
    rows, columns = grid.layout.shape
    fields = {"glamt": (("time", "y", "x"), values), "gphit": (("time", "y", "x"), values)}
    path = write_fields(tmp_path / "times.nc", {"time": 2, "y": rows, "x": columns}, fields)
    with pytest.raises(InputError, match="only one time"):
        read_ocean_grid(path)


def test_coordinates_cannot_be_written_from_centres_alone(grid, tmp_path):
    fields = {"nav_lon": (("y", "x"), grid.t.longitude), "nav_lat": (("y", "x"), grid.t.latitude)}
    rows, columns = grid.layout.shape
    back = read_ocean_grid(write_fields(tmp_path / "grid.nc", {"y": rows, "x": columns}, fields))
    with pytest.raises(InputError, match="no T points with scale factors"):
        write_coordinates(back, tmp_path / "coordinates.nc")


def test_the_given_file_is_read_with_its_corners(reference):
    given = read_ocean_grid(reference / "inputs" / "paleorca2_40Ma_grid.nc")
    assert given.layout.shape == (149, 182)
    assert given.layout.nperio == 6
    made = paleorca2_grid()
    assert np.abs(given.corner_latitude[1:-3] - made.corner_latitude[1:-3]).max() < 0.002
    assert np.abs(given.corner_latitude[0] - made.corner_latitude[0]).max() < 0.02
