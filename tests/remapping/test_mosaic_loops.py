"""Short cuts in the loops of engine mosaic change nothing: the nearest coast, and the order of the links of ice."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paleobc.constants import EARTH_RADIUS
from paleobc.remapping.mosaic_calving import _links
from paleobc.remapping.mosaic_cells import MOZAIC_DEGREE
from paleobc.remapping.mosaic_runoff import LARGEST_DISTANCE, _nearest


def distance(east, north, coast_east, coast_north, degree):
    """Distance as the loop takes it [m], to the last digit."""
    away = east - coast_east
    away = (away - 360.0 * round(away / 360.0)) * degree
    product = math.cos(north * degree) * math.cos(coast_north * degree)
    cosine = math.sin(north * degree) * math.sin(coast_north * degree) + product * math.cos(away)
    return EARTH_RADIUS * math.acos(min(max(cosine, -1.0), 1.0))


@pytest.mark.parametrize(("degree", "limit"), [(MOZAIC_DEGREE, LARGEST_DISTANCE), (math.pi / 180.0, math.inf)])
@given(seed=st.integers(0, 2**32 - 1), whole=st.booleans())
def test_the_coast_found_is_the_nearest_of_all_within_the_limit(degree, limit, seed, whole):
    random = np.random.default_rng(seed)
    east, north = random.uniform(-180.0, 180.0, (2, 40)) * [[1.0], [0.5]]
    if whole:  # places that coincide, and ties
        east, north = np.round(east / 30.0) * 30.0, np.round(north / 30.0) * 30.0
    nearest = _nearest(east[:15], north[:15], east[15:], north[15:], degree, limit)
    for place in range(15):
        far = [distance(east[place], north[place], *at, degree) for at in zip(east[15:], north[15:], strict=True)]
        expected = int(np.argmin(far)) if min(far) < limit else -1
        found = int(nearest[place])
        assert found == expected or (min(found, expected) >= 0 and abs(far[found] - far[expected]) < 1e-6)


def test_each_cell_of_a_band_is_linked_to_all_sources_of_the_band_in_order():
    sources = [np.array([4, 6]), np.array([], dtype=np.int64), np.array([1, 2, 3])]
    shares = [np.array([0.4, 0.6]), np.array([]), np.array([0.1, 0.2, 0.3])]
    source, target, weight = _links(sources, shares, np.array([2, -1, 0, 2, 1]))
    assert target.tolist() == [0, 0, 0, 2, 2, 3, 3, 3]
    assert source.tolist() == [1, 2, 3, 4, 6, 1, 2, 3]
    assert weight.tolist() == [0.1, 0.2, 0.3, 0.4, 0.6, 0.1, 0.2, 0.3]
