"""A small workflow that counts how often its steps run."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal

import xarray as xr
from pydantic import Field

from paleobc.workflow.graph import Graph
from paleobc.workflow.revision import MemoryStore
from paleobc.workflow.step import step


class Workshop:
    """source -> rounded -> doubled -> told, and noted beside; `ran` counts the runs by name."""

    def __init__(self) -> None:
        self.ran: Counter[str] = Counter()
        self.store = MemoryStore()
        ran = self.ran

        @step(writes="rounded")
        def rounding(source: xr.Dataset, *, decimals: int = 0) -> xr.Dataset:
            """The source, rounded."""
            ran["rounding"] += 1
            return source.round(decimals)

        @step(writes="doubled", version=2)
        def doubling(
            rounded: xr.Dataset,
            extra: xr.Dataset | None = None,
            *,
            times: Annotated[float, Field(gt=0, description="Factor.")] = 2.0,
            way: Literal["plain", "odd"] = "plain",
        ) -> xr.Dataset:
            """The rounded, doubled."""
            ran["doubling"] += 1
            return rounded * times if extra is None else rounded * times + extra

        @step(writes="told")
        def telling(doubled: xr.Dataset, *, label: str = "") -> xr.Dataset:
            """The doubled, told."""
            ran["telling"] += 1
            return doubled.assign_attrs(label=label)

        @step(writes="noted")
        def noting(rounded: xr.Dataset) -> xr.Dataset:
            """The rounded, noted."""
            ran["noting"] += 1
            return rounded + 1

        # Given in no order: the graph finds it.
        self.graph = Graph((telling, noting, doubling, rounding))
