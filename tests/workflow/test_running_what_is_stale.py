"""What did not change is not run again, and equal content stops the wave."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from paleobc.errors import InputError, StepError
from paleobc.workflow.revision import LostContentError, MemoryStore
from paleobc.workflow.run import execute
from paleobc.workflow.step import Step
from workshop import Workshop


@pytest.fixture
def workshop() -> Workshop:
    return Workshop()


@pytest.fixture
def source() -> xr.Dataset:
    return xr.Dataset({"height": (("lat", "lon"), np.array([[1.25, 2.0], [3.5, -4.125]]), {"units": "m"})})


def run(workshop, source, options=None, **more):
    """Outcomes, and the names of the steps that ran."""
    workshop.ran.clear()
    outcomes = execute(
        workshop.graph, {"source": source, **more.pop("sources", {})}, options or {}, workshop.store, **more
    )
    return outcomes, sorted(workshop.ran)


def test_a_first_run_makes_everything_once_in_order(workshop, source):
    outcomes, ran = run(workshop, source)
    assert ran == ["doubling", "noting", "rounding", "telling"]
    assert set(workshop.ran.values()) == {1}
    assert {o.state for o in outcomes.values()} == {"made"}
    assert {o.reason for o in outcomes.values()} == {"not made yet"}
    order = list(outcomes)
    assert order.index("rounded") < order.index("doubled") < order.index("told")


def test_a_second_run_reuses_everything(workshop, source):
    first, _ = run(workshop, source)
    second, ran = run(workshop, source.copy(deep=True))
    assert ran == []
    assert {o.state for o in second.values()} == {"reused"}
    assert {o.seconds for o in second.values()} == {0.0}
    assert {name: o.record for name, o in second.items()} == {name: o.record for name, o in first.items()}


def test_a_changed_option_runs_its_step_and_what_follows(workshop, source):
    run(workshop, source)
    outcomes, ran = run(workshop, source, {"doubling": {"times": 3.0}})
    assert ran == ["doubling", "telling"]
    assert outcomes["doubled"].reason == "option times changed"
    assert outcomes["told"].reason == "doubled changed"
    assert outcomes["noted"].state == "reused"


def test_equal_content_stops_the_wave(workshop, source):
    run(workshop, source)
    touched = source.copy(deep=True)
    touched["height"][0, 0] = 1.375  # still 1 when rounded
    outcomes, ran = run(workshop, touched)
    assert ran == ["rounding"]
    assert outcomes["rounded"].state == "unchanged"
    assert {outcomes[asset].state for asset in ("doubled", "told", "noted")} == {"reused"}


def test_an_option_without_effect_stops_the_wave_too(workshop, source):
    run(workshop, source)
    outcomes, ran = run(workshop, source, {"doubling": {"way": "odd"}})
    assert ran == ["doubling"]
    assert outcomes["doubled"].state == "unchanged"
    assert outcomes["told"].state == "reused"


def test_going_back_to_earlier_options_reuses_the_earlier_results(workshop, source):
    first, _ = run(workshop, source)
    run(workshop, source, {"rounding": {"decimals": 1}})
    back, ran = run(workshop, source, {"rounding": {}})
    assert ran == []
    assert {name: o.record.content for name, o in back.items()} == {n: o.record.content for n, o in first.items()}


def test_a_default_that_is_written_out_changes_nothing(workshop, source):
    run(workshop, source)
    assert run(workshop, source, {"doubling": {"times": 2, "way": "plain"}})[1] == []


def test_only_what_is_wanted_runs(workshop, source):
    outcomes, ran = run(workshop, source, wanted=("doubled",))
    assert ran == ["doubling", "rounding"]
    assert list(outcomes) == ["rounded", "doubled"]
    assert run(workshop, source, wanted=())[0] == {}


def test_an_asset_that_may_be_read_counts_once_it_is_there(workshop, source):
    run(workshop, source)
    outcomes, ran = run(workshop, source, sources={"extra": source})
    assert ran == ["doubling", "telling"]
    assert outcomes["doubled"].reason == "extra changed"
    assert run(workshop, source)[1] == []


def test_a_missing_input_is_told_before_a_step_runs(workshop):
    with pytest.raises(InputError, match="Step rounding needs source, which was not given"):
        execute(workshop.graph, {}, {}, workshop.store)
    assert not workshop.ran


def test_options_are_checked_before_a_step_runs(workshop, source):
    with pytest.raises(StepError, match=r"Step telling: label: should be a valid string"):
        run(workshop, source, {"telling": {"label": 3}})
    with pytest.raises(StepError, match=r"There is no step 'doublin'\. Did you mean 'doubling'\?"):
        run(workshop, source, {"doublin": {}})
    assert not workshop.ran


def test_the_listener_hears_of_each_start_and_end(workshop, source):
    heard: list[tuple[str, str | None]] = []

    def listen(step: Step, outcome: object) -> None:
        heard.append((step.name, None if outcome is None else outcome.state))

    run(workshop, source, wanted=("doubled",), listener=listen)
    run(workshop, source, wanted=("doubled",), listener=listen)
    assert heard == [
        ("rounding", None),
        ("rounding", "made"),
        ("doubling", None),
        ("doubling", "made"),
        ("rounding", "reused"),
        ("doubling", "reused"),
    ]


def test_a_step_that_fails_leaves_what_was_made_before_it(workshop, source):
    class Failing(MemoryStore):
        def save(self, record, dataset):
            if record.step == "doubling":
                raise InputError("no")
            super().save(record, dataset)

    workshop.store = Failing()
    with pytest.raises(InputError):
        run(workshop, source)
    workshop.store.save = lambda record, dataset: MemoryStore.save(workshop.store, record, dataset)
    assert "rounding" not in run(workshop, source)[1]


def test_a_result_that_was_lost_is_made_again(workshop, source):
    class Forgetful(MemoryStore):
        losses = 0

        def load(self, content: str) -> xr.Dataset:
            if not self.losses:
                self.losses += 1
                self._records = {k: r for k, r in self._records.items() if r.content != content}
                raise LostContentError(content)
            return super().load(content)

    first, _ = run(workshop, source)
    fresh = {name: o.record.content for name, o in first.items()}
    workshop.store = Forgetful()
    run(workshop, source, wanted=("rounded",))
    outcomes, ran = run(workshop, source)
    assert workshop.store.losses == 1
    assert "rounding" in ran
    assert {name: o.record.content for name, o in outcomes.items()} == fresh


def test_a_store_that_loses_everything_is_told_and_not_tried_for_ever(workshop, source):
    class Broken(MemoryStore):
        def load(self, content: str) -> xr.Dataset:
            raise LostContentError(content)

    workshop.store = Broken()
    run(workshop, source, wanted=("rounded",))
    with pytest.raises(StepError, match="keeps losing results"):
        run(workshop, source)


def test_inputs_are_not_changed(workshop, source):
    before = source.copy(deep=True)
    run(workshop, source)
    xr.testing.assert_identical(source, before)
