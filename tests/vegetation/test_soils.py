"""One soil for all land."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paleobc.errors import InputError
from paleobc.vegetation.soils import uniform_soil
from strategies import reliefs


@given(reliefs, st.integers(1, 12))
def test_all_land_has_the_class_and_the_sea_has_none(relief, soil_class):
    found = uniform_soil(relief > 0, soil_class, 12, "soil texture")
    assert (found[relief > 0] == soil_class).all()
    assert (found[relief <= 0] == 0).all()


@pytest.mark.parametrize("soil_class", [0, -1, 10])
def test_a_class_that_does_not_exist_is_refused(soil_class):
    with pytest.raises(InputError, match=rf"^The soil colour is {soil_class}; take a class from 1 to 9\.$"):
        uniform_soil(np.ones((2, 4), dtype=bool), soil_class, 9, "soil colour")
