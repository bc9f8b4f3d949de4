"""The signature of a step is its declaration."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
import xarray as xr
from pydantic import Field

from paleobc.errors import StepError
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH
from paleobc.workflow.step import step


@step(writes="made", version=3)
def make(
    needed: xr.Dataset,
    wished: xr.Dataset | None = None,
    *,
    size: Annotated[int, Field(ge=1, le=9, description="How large.")] = 4,
    share: float = 0.5,
    table: list[dict[str, float]] = [{"a": 1.0}],  # noqa: B006  (read only)
) -> xr.Dataset:
    """
    Make something.

    More about it.
    """
    return needed.assign_attrs(size=size, share=share, wished=str(wished is not None), table=len(table))


def refusal(given: dict[str, Any], *, strict: bool = False) -> str:
    with pytest.raises(StepError) as caught:
        make.options(given, strict=strict)
    said = str(caught.value)
    assert "\n" not in said
    assert said.startswith("Step make: ")
    assert said.endswith(".")
    return said


def test_a_signature_declares_assets_options_and_summary():
    assert (make.name, make.writes, make.version) == ("make", "made", 3)
    assert make.reads == ("needed",)
    assert make.may_read == ("wished",)
    assert make.summary == "Make something."
    assert list(make.options_model.model_fields) == ["size", "share", "table"]
    assert make.options_model.model_fields["size"].description == "How large."


def test_a_step_can_be_called_like_the_function_it_is():
    assert make(xr.Dataset(), size=7).attrs["size"] == 7


def test_options_are_completed_with_the_defaults():
    assert make.options({}) == {"size": 4, "share": 0.5, "table": [{"a": 1.0}]}
    assert make.options({"size": 2})["size"] == 2


def test_defaults_are_not_shared_between_two_runs():
    make.options({})["table"].append({"b": 2.0})
    assert make.options({})["table"] == [{"a": 1.0}]


def test_options_come_back_the_same_when_checked_twice():
    once = make.options({"share": 1})
    assert make.options(once) == once
    for each in GRAPH.steps:
        assert each.options(each.options({})) == each.options({})


def test_biome_tables_survive_being_stored_as_text():
    pft = GRAPH.step("pft")
    once = pft.options({"biomes": {12: {"pft1": 100}, 3: {"pft2": 100}}})
    assert pft.options(once) == once


def test_an_unknown_option_is_refused():
    assert refusal({"sise": 3}) == "Step make: sise: there is no such key."


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"size": "large"}, "size: should be a valid integer"),
        ({"size": 0}, "size: should be greater than or equal to 1 (given: 0)."),
        ({"size": 2.5}, "size:"),
        ({"share": float("nan")}, "share: should be a finite number"),
        ({"share": float("inf")}, "share: should be a finite number"),
        ({"share": None}, "share: should be a valid number"),
        ({"table": 3}, "table: should be a valid list"),
        ({"table": [3]}, "table.0: should be keys with their values"),
        ({"table": [{"a": float("nan")}]}, "table.0.a: should be a finite number"),
    ],
)
def test_a_wrong_value_is_refused_and_named(given, told):
    assert told in refusal(given)


@pytest.mark.parametrize("given", [{"size": "3"}, {"size": True}, {"share": "0.5"}, {"share": False}, {"size": 3.0}])
def test_what_a_person_writes_is_not_bent_into_another_type(given):
    assert "should be a valid" in refusal(given, strict=True)


def test_a_long_wrong_value_is_shown_cut():
    assert len(refusal({"size": "x" * 100_000})) < 200


def test_every_step_of_the_product_describes_itself_and_its_options():
    for each in GRAPH.steps:
        assert each.summary.endswith("."), each.name
        assert each.writes in ASSETS
        for name, field in each.options_model.model_fields.items():
            assert field.description, f"{each.name}.{name}"
