"""The graph puts steps in order and knows what each asset needs."""

from __future__ import annotations

from itertools import permutations

import pytest
import xarray as xr

from paleobc.errors import StepError
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH
from paleobc.workflow.graph import Graph
from paleobc.workflow.step import Step, step


@step(writes="b")
def make_b(a: xr.Dataset) -> xr.Dataset:
    """B."""
    return a


@step(writes="c")
def make_c(b: xr.Dataset, extra: xr.Dataset | None = None) -> xr.Dataset:
    """C."""
    return b if extra is None else extra


@step(writes="d")
def make_d(b: xr.Dataset) -> xr.Dataset:
    """D."""
    return b


@step(writes="a")
def make_a(d: xr.Dataset) -> xr.Dataset:
    """A, out of what comes of it."""
    return d


@step(writes="b")
def make_b_too(a: xr.Dataset) -> xr.Dataset:
    """B once more."""
    return a


def names(steps: tuple[Step, ...]) -> list[str]:
    return [each.name for each in steps]


@pytest.mark.parametrize("given", list(permutations((make_b, make_c, make_d))))
def test_each_step_comes_after_those_that_make_what_it_reads(given):
    graph = Graph(given)
    assert names(graph.steps)[0] == "make_b"
    assert set(graph.assets) == {"b", "c", "d"}
    assert set(graph.sources) == {"a", "extra"}


def test_only_what_an_asset_needs_is_looked_at():
    graph = Graph((make_b, make_c, make_d))
    assert names(graph.needed_for(["d"])) == ["make_b", "make_d"]
    assert names(graph.needed_for(["d", "c", "d"])) == names(graph.steps)
    assert names(graph.ancestry("c")) == ["make_b", "make_c"]
    assert graph.needed_for([]) == ()


def test_steps_in_a_circle_are_refused_and_the_circle_is_told():
    with pytest.raises(StepError, match=r"go round in a circle: .* -> .* -> "):
        Graph((make_a, make_b, make_d))


def test_two_makers_of_one_asset_are_refused():
    with pytest.raises(StepError, match="make the same asset"):
        Graph((make_b, make_b_too))
    with pytest.raises(StepError, match="same name"):
        Graph((make_b, make_b))


def test_an_unknown_step_is_refused_with_the_nearest_name():
    with pytest.raises(StepError, match=r"There is no step 'routin'\. Did you mean 'routing'\? The steps are regrid,"):
        GRAPH.step("routin")
    with pytest.raises(StepError, match=r"^There is no step 'xyz'\. The steps are"):
        GRAPH.step("xyz")


def test_an_unknown_asset_is_refused_with_the_nearest_name():
    with pytest.raises(StepError, match=r"There is no asset 'soil'\. Did you mean 'soils'\?"):
        GRAPH.needed_for(["soil"])


def test_a_source_is_no_asset_that_can_be_made():
    with pytest.raises(StepError, match="There is no asset 'relief'"):
        GRAPH.needed_for(["relief"])


def test_every_asset_of_the_graph_is_declared():
    assert {*GRAPH.assets, *GRAPH.sources} == set(ASSETS)


def test_the_files_of_a_run_have_names_of_their_own():
    files = [asset.file_name for asset in ASSETS.values() if asset.file_name]
    assert len(files) == len(set(files))
