"""The graph of steps and assets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter

import xarray as xr

from paleobc.errors import InputError, StepError
from paleobc.workflow.hand_edits import Changes, hand_edits_of
from paleobc.workflow.step import Step


class Graph:
    """
    Steps in an order in which each comes after those that make what it reads.

    Parameters
    ----------
    steps : sequence of Step
    changes : Changes, optional
        Which results may be changed by hand; none by default.

    Raises
    ------
    StepError
        Where two steps make one asset, or the steps go round in a circle.
    """

    def __init__(self, steps: Sequence[Step], changes: Changes | None = None) -> None:
        self.changes = changes
        self._maker = {step.writes: step for step in steps}
        self._by_name = {step.name: step for step in steps}
        if len(self._maker) < len(steps) or len(self._by_name) < len(steps):
            raise StepError("Two steps have the same name or make the same asset.")
        reads = {step.writes: (*step.reads, *step.may_read) for step in steps}
        try:
            order = list(TopologicalSorter(reads).static_order())
        except CycleError as error:
            raise StepError(f"The steps go round in a circle: {' -> '.join(error.args[1])}.") from None
        self.steps = tuple(self._maker[asset] for asset in order if asset in self._maker)
        self.sources = tuple(asset for asset in order if asset not in self._maker)

    @property
    def assets(self) -> tuple[str, ...]:
        """Assets that the steps make, each after what it is made of."""
        return tuple(step.writes for step in self.steps)

    @property
    def hand_edits(self) -> tuple[str, ...]:
        """Names under which changes by hand are given, in the order of the assets."""
        return tuple(hand_edits_of(asset) for asset in self.assets if self.changes and asset in self.changes.assets)

    @property
    def given(self) -> tuple[str, ...]:
        """All that people give: files, and changes by hand."""
        return (*self.sources, *self.hand_edits)

    def inputs_of(self, step: Step) -> tuple[str, ...]:
        """All that the result of a step depends on where it is there: what it reads, and the changes by hand."""
        changes = hand_edits_of(step.writes)
        return (*step.reads, *step.may_read, *((changes,) if changes in self.hand_edits else ()))

    def check_change(self, asset: str) -> None:
        """
        Refuse an asset that may not be changed by hand.

        Raises
        ------
        InputError
            Says what to do instead.
        """
        self._changes_of(asset)

    def changed_by_hand(self, asset: str, dataset: xr.Dataset, lists: xr.Dataset) -> xr.Dataset:
        """
        Result of a step with the changes by hand.

        Raises
        ------
        InputError
            Where this asset may not be changed, or the lists cannot be carried out on it.
        """
        return self._changes_of(asset).carry_out(asset, dataset, lists)

    def _changes_of(self, asset: str) -> Changes:
        """How an asset is changed by hand, once it is known that it may be."""
        if self.changes is None:
            raise InputError("Nothing can be changed by hand here.")
        self.changes.check(asset)
        return self.changes

    def step(self, name: str) -> Step:
        """
        Step of a name.

        Raises
        ------
        StepError
            Where there is none.
        """
        if name not in self._by_name:
            raise StepError(_unknown("step", name, self._by_name))
        return self._by_name[name]

    def needed_for(self, assets: Iterable[str]) -> tuple[Step, ...]:
        """
        Steps that have to be looked at to have these assets, in order.

        Raises
        ------
        StepError
            Where no step makes one of them.
        """
        wanted: set[str] = set()
        waiting = list(assets)
        for asset in waiting:
            if asset not in self._maker:
                raise StepError(_unknown("asset", asset, self._maker))
        while waiting:
            asset = waiting.pop()
            if asset in self._maker and asset not in wanted:
                wanted.add(asset)
                waiting += [*self._maker[asset].reads, *self._maker[asset].may_read]
        return tuple(step for step in self.steps if step.writes in wanted)

    def ancestry(self, asset: str) -> tuple[Step, ...]:
        """Steps that an asset went through, itself included, in order."""
        return self.needed_for([asset])


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Sentence for a name that is not known."""
    names = list(known)
    close = get_close_matches(name, names, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"There is no {kind} {name!r}.{hint} The {kind}s are {', '.join(names)}."
