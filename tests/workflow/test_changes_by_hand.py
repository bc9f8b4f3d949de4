"""Changes by hand follow their step: nothing else knows of them, and without them all is as it was."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from paleobc.errors import InputError, RecipeError
from paleobc.steps.catalogue import GRAPH
from paleobc.workflow.graph import Graph
from paleobc.workflow.hand_edits import Changes, asset_changed_by, hand_edits_of, list_of, lists_by_asset
from paleobc.workflow.recipe import parse_recipe
from paleobc.workflow.recipe_text import write_recipe
from paleobc.workflow.revision import content_of
from paleobc.workflow.run import execute
from paleobc.workflow.staleness import fingerprint
from workshop import Workshop

SOURCE = xr.Dataset({"height": (("lat", "lon"), np.array([[1.25, 2.0], [3.5, -4.125]]), {"units": "m"})})
RECIPE = "experiment: {name: a}\nrelief: {file: r.nc}\n"


def added(asset: str, result: xr.Dataset, lists: xr.Dataset) -> xr.Dataset:
    """Add a number."""
    return result + float(lists["amount"])


def by(amount: float) -> xr.Dataset:
    """Changes that add a number."""
    return xr.Dataset({"amount": ((), amount)})


class Changing(Workshop):
    """The workshop, in which two results may be changed by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.graph = Graph(self.graph.steps, Changes(("rounded", "doubled"), added, {"told": "Tell it otherwise."}))

    def run(self, options=None, source=SOURCE, **changes: float):
        """Outcomes, and the names of the steps that ran."""
        self.ran.clear()
        given = {hand_edits_of(asset): by(amount) for asset, amount in changes.items()}
        return execute(self.graph, {"source": source, **given}, options or {}, self.store), sorted(self.ran)


@pytest.fixture
def shop() -> Changing:
    return Changing()


def contents(outcomes) -> dict[str, str]:
    return {asset: outcome.record.content for asset, outcome in outcomes.items()}


def test_without_changes_all_records_are_those_of_a_graph_that_knows_none(shop):
    plain = Workshop()
    known, _ = shop.run()
    unknown = execute(plain.graph, {"source": SOURCE}, {}, plain.store)
    assert {asset: o.record for asset, o in known.items()} == {asset: o.record for asset, o in unknown.items()}


@given(st.dictionaries(st.sampled_from(["routing", "conditioned_relief", "x"]), st.text("0123456789abcdef")))
def test_a_fingerprint_is_that_of_step_version_options_and_inputs_and_of_nothing_else(inputs):
    step = GRAPH.step("routing")
    what = {"step": "routing", "version": step.version, "options": {}, "inputs": inputs}
    assert fingerprint(step, {}, inputs) == hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def test_changes_are_carried_out_on_the_result_and_reach_what_follows(shop):
    before, _ = shop.run()
    after, ran = shop.run(doubled=0.5)
    assert ran == ["telling"]  # the result before the changes was there
    assert {asset: o.state for asset, o in after.items()} == {
        "rounded": "reused",
        "doubled": "made",
        "told": "made",
        "noted": "reused",
    }
    assert after["doubled"].reason == "hand_edits_doubled changed"
    xr.testing.assert_equal(
        shop.store.load(after["told"].record.content), shop.store.load(before["told"].record.content) + 0.5
    )
    assert after["doubled"].record.inputs["hand_edits_doubled"] == content_of(by(0.5))


def test_other_changes_do_not_run_the_step_again(shop):
    shop.run(doubled=0.5)
    _, ran = shop.run(doubled=0.75)
    assert ran == ["telling"]


def test_changes_made_at_once_keep_the_result_before_them(shop):
    shop.run(doubled=0.5)
    _, ran = shop.run()
    assert ran == ["telling"]


def test_taken_away_changes_leave_what_was_there_before(shop):
    before, _ = shop.run()
    shop.run(rounded=1.0, doubled=0.5)
    after, ran = shop.run()
    assert ran == []
    assert {asset: o.record for asset, o in after.items()} == {asset: o.record for asset, o in before.items()}


def test_changes_without_effect_stop_the_wave(shop):
    shop.run()
    after, ran = shop.run(rounded=0.0)
    assert ran == []
    assert after["rounded"].state == "unchanged"
    assert {after[asset].state for asset in ("doubled", "told", "noted")} == {"reused"}


def test_on_a_changed_base_they_are_carried_out_again(shop):
    shop.run(doubled=0.5)
    after, ran = shop.run(doubled=0.5, source=SOURCE + 10.0)
    assert ran == ["doubling", "noting", "rounding", "telling"]
    fresh = Changing()
    again, _ = fresh.run(doubled=0.5, source=SOURCE + 10.0)
    assert contents(again) == contents(after)


def test_an_asset_that_may_not_be_changed_is_refused_with_what_to_do(shop):
    with pytest.raises(InputError, match="Tell it otherwise"):
        shop.graph.check_change("told")
    with pytest.raises(InputError, match="that can are rounded, doubled"):
        shop.graph.check_change("source")
    with pytest.raises(InputError, match="Nothing can be changed by hand"):
        Workshop().graph.check_change("doubled")


def test_every_asset_can_be_changed_by_hand_or_says_why_not():
    changes = GRAPH.changes
    assert changes is not None
    assert {*changes.assets, *changes.refused} == set(GRAPH.assets)
    assert not set(changes.assets) & set(changes.refused)


@given(st.sampled_from(GRAPH.assets), st.integers(1, 10**6))
def test_a_name_of_changes_tells_its_asset(asset, number):
    assert asset_changed_by(hand_edits_of(asset)) == asset_changed_by(list_of(asset, number)) == asset
    assert asset_changed_by(asset) is None
    assert lists_by_asset([list_of(asset, number), asset, hand_edits_of(asset)]) == {asset: [list_of(asset, number)]}


def test_names_of_changes_fit_into_the_database():
    assert max(map(len, GRAPH.hand_edits)) <= 40


@given(
    st.dictionaries(
        st.sampled_from(GRAPH.changes.assets), st.lists(st.text("abc.", min_size=1), min_size=1, max_size=12)
    )
)
def test_a_recipe_with_changes_reads_back_as_the_same(lists):
    recipe = parse_recipe(RECIPE + f"hand_edits: {json.dumps(lists)}\n" * bool(lists), GRAPH)
    files = {list_of(a, n): file for a, those in lists.items() for n, file in enumerate(those, 1)}
    assert {name: source.file for name, source in recipe.sources.items()} == {"relief": "r.nc", **files}
    assert parse_recipe(write_recipe(recipe, GRAPH), GRAPH) == recipe


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hand_edits: [a.yaml]", "line 3: hand_edits: should be names of assets"),
        ("hand_edits:", "line 3: hand_edits: should be names of assets"),
        ("hand_edits:\n  pft: a.yaml", "line 4: hand_edits.pft: should be a list of files"),
        ("hand_edits:\n  pft: []", "line 4: hand_edits.pft: should be a list of files"),
        ("hand_edits:\n  pft:\n  - a.yaml\n  - 4", "line 6: hand_edits.pft.1: should be the name of a file (given: 4)"),
        ("hand_edits:\n  pft: [a]\n  pfd: [a]", "line 5: hand_edits.pfd: 'pfd' cannot be changed by hand"),
        ("hand_edits:\n  edited_relief: [a]", "line 4: hand_edits.edited_relief: edited_relief is changed by the "),
        ("hand_edits:\n  regridded_relief: [a]", "give them as relief_edits"),
        ("hand_edits:\n  bathymetry: [a]", "give them as depth_edits"),
        ("hand_edits:\n  ocean_grid: [a]", "A grid is not changed by hand"),
        ("hand_edits:\n  mosaix_weights: [a]", "set of files"),
        ("hand_edit: {}", "Did you mean 'hand_edits'?"),
    ],
)  # fmt: skip
def test_wrong_changes_in_a_recipe_are_refused_with_their_line(text, told):
    with pytest.raises(RecipeError) as caught:
        parse_recipe(RECIPE + text, GRAPH)
    assert told in str(caught.value)


def test_a_graph_without_changes_knows_no_such_key():
    with pytest.raises(RecipeError, match="unknown key 'hand_edits'"):
        parse_recipe("experiment: {name: a}\nhand_edits: {told: [a]}", Workshop().graph)
