"""Every pixel of a map shows the cell that lies there."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from paleobc.errors import InputError
from paleobc.pictures.positions import positions_of
from paleobc.pictures.sampling import NO_CELL, nearest_cells, on_map, pixel_centres

COLUMNS = 144


def regular(rows=18, columns=36):
    """A field that is different in every cell, with its coordinates."""
    values = np.arange(rows * columns, dtype=np.float64).reshape(rows, columns)
    latitudes = (np.arange(rows) + 0.5) * 180.0 / rows - 90.0
    longitudes = (np.arange(columns) + 0.5) * 360.0 / columns - 180.0
    return xr.Dataset({"field": (("lat", "lon"), values)}, {"lat": latitudes, "lon": longitudes})


def raster(dataset, columns=COLUMNS):
    """The field on the pixels of a map."""
    cells = nearest_cells(positions_of(dataset, "field"), columns)
    return on_map(dataset["field"].values, cells, np.nan)


def tripolar(rows=40, columns=60):
    """
    Cells like those of an ORCA grid: straight to the equator, then bent around two poles on land.

    The rows beyond the equator narrow to the line between the poles, where the grid is folded; the first
    and the last column repeat the last but one and the second.
    """
    column = np.arange(columns + 2) - 1
    angle = 2 * np.pi * (column + 0.5) / columns
    south = np.radians(np.linspace(-78.0, -3.0, rows // 2))
    flat = np.exp(1j * angle) * np.tan(np.pi / 4 + south[:, None] / 2)
    radius = 1.0 - (np.arange(rows // 2)[:, None] + 0.5) / (rows // 2)
    # On the plane from the south pole the equator is the unit circle; the poles lie on it at 1 and -1.
    stretched = np.cos(angle) + 1j * radius * np.sin(angle)
    plane = np.concatenate((1 / np.conj(flat), stretched))
    latitudes = 90.0 - 2 * np.degrees(np.arctan(np.abs(plane)))
    longitudes = np.degrees(np.angle(plane)) + 40.0
    longitudes = (longitudes + 180.0) % 360.0 - 180.0
    values = np.sin(np.radians(latitudes)) + np.cos(np.radians(longitudes)) * np.cos(np.radians(latitudes))
    return xr.Dataset(
        {"field": (("y", "x"), values)},
        {"nav_lat": (("y", "x"), latitudes), "nav_lon": (("y", "x"), longitudes)},
    )


@given(shift=st.integers(0, 35))
def test_a_field_rolled_with_its_longitudes_gives_the_same_map(shift):
    dataset = regular()
    np.testing.assert_array_equal(raster(dataset.roll(lon=shift, roll_coords=True)), raster(dataset))


def test_longitudes_from_0_to_360_give_the_same_map():
    dataset = regular()
    np.testing.assert_array_equal(raster(dataset.assign_coords(lon=dataset.lon % 360)), raster(dataset))


def test_rows_from_the_north_and_turned_dimensions_give_the_same_map():
    dataset = regular()
    np.testing.assert_array_equal(raster(dataset.isel(lat=slice(None, None, -1))), raster(dataset))
    positions = positions_of(dataset.transpose("lon", "lat"), "field")
    assert positions.dimensions == ("lat", "lon")


def test_straight_two_dimensional_coordinates_give_the_map_of_one_dimensional_ones():
    dataset = regular()
    latitudes, longitudes = np.meshgrid(dataset.lat, dataset.lon, indexing="ij")
    ours = xr.Dataset(
        {
            "field": (("y", "x"), dataset.field.values),
            "nav_lat": (("y", "x"), latitudes),
            "nav_lon": (("y", "x"), longitudes),
        }
    )
    np.testing.assert_array_equal(raster(ours), raster(dataset))


def test_each_pixel_lies_in_the_cell_it_shows():
    dataset = regular()
    latitudes, longitudes = pixel_centres(COLUMNS)
    cells = nearest_cells(positions_of(dataset, "field"), COLUMNS)
    row, column = np.divmod(cells, 36)
    assert np.all(np.abs(dataset.lat.values[row] - latitudes[:, None]) <= 5.0)
    assert np.all(np.abs(dataset.lon.values[column] - longitudes) <= 5.0)


def test_a_regional_field_covers_its_region_only():
    dataset = regular().sel(lat=slice(0, 40), lon=slice(-60, 20))
    latitudes, longitudes = pixel_centres(COLUMNS)
    covered = np.isfinite(raster(dataset))
    np.testing.assert_array_equal(
        covered, ((latitudes > 0) & (latitudes < 40))[:, None] & (longitudes > -60) & (longitudes < 20)
    )


def test_a_tripolar_field_has_no_gap_at_the_seam_or_at_the_fold():
    dataset = tripolar()
    seen = raster(dataset, 720)
    latitudes, longitudes = pixel_centres(720)
    assert np.isfinite(seen[latitudes > -78.0]).all()
    assert np.isnan(seen[latitudes < -82.0]).all()
    # The field is smooth on the sphere, so what each pixel shows must be near the truth where it lies.
    phi, lam = np.meshgrid(np.radians(latitudes), np.radians(longitudes), indexing="ij")
    truth = np.sin(phi) + np.cos(lam) * np.cos(phi)
    assert np.nanmax(np.abs(seen - truth)) < 0.2


def test_overlap_columns_never_hide_the_cells_they_repeat():
    dataset = tripolar()
    dataset["field"][:, [0, -1]] = 99.0
    assert np.nanmax(raster(dataset, 360)) < 3.0


def test_cells_without_a_place_are_left_out():
    dataset = tripolar()
    dataset.nav_lat[10:12, 5:8] = np.nan
    cells = nearest_cells(positions_of(dataset, "field"), 360)
    assert not np.isin(cells, np.flatnonzero(np.isnan(dataset.nav_lat.values))).any()
    assert (cells == NO_CELL).any()


def test_a_field_without_coordinates_gives_an_error_that_says_what_to_add():
    with pytest.raises(InputError, match="nav_lat"):
        positions_of(xr.Dataset({"field": (("a", "b"), np.zeros((3, 4)))}), "field")
