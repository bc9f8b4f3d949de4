"""Laws that the files of a build obey, looked at once more in what is about to be handed over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from paleobc.conventions import COASTAL_FLOW, HEIGHT, RETURN_FLOW, RIVER_FLOW
from paleobc.errors import PaleobcError


@dataclass(frozen=True)
class Law:
    """
    A law and whether it holds.

    Parameters
    ----------
    name : str
        The law, as a sentence.
    holds : bool
    detail : str
        Figures.
    """

    name: str
    holds: bool
    detail: str


def verify_routing(routing: xr.Dataset, conditioned_relief: xr.Dataset) -> list[Law]:
    """Every land cell drains, each basin has one outlet, and the way to the sea falls along the flow."""
    land = conditioned_relief[HEIGHT].values[::-1] > 0.0
    codes = routing["trip"].values
    basins = routing["basins"].values
    count = int(np.nanmax(basins, initial=0))
    outlets = np.isin(codes, (RETURN_FLOW, COASTAL_FLOW, RIVER_FLOW))
    per_basin = np.bincount(basins[outlets].astype(np.int64), minlength=count + 1)[1:]
    distances = routing["disto"].values[land]
    drained = int(np.isfinite(distances).sum())
    return [
        Law(
            "Every land cell, and no other, has a direction and a basin",
            bool((np.isfinite(codes) == land).all() and (np.isfinite(basins) == land).all()),
            f"{int(land.sum())} land cells",
        ),
        Law("Each basin has one outlet", bool((per_basin == 1).all()), f"{count} basins"),
        Law(
            "All water reaches the sea",
            drained == int(land.sum()),
            f"{drained} of {int(land.sum())} land cells",
        ),
        Law(
            "Every step down a river has a length",
            bool((routing["riverl"].values[land] > 0.0).all()),
            f"shortest {routing['riverl'].values[land].min(initial=np.inf):.4g} m",
        ),
    ]


def verify_soils(soils: xr.Dataset, conditioned_relief: xr.Dataset) -> list[Law]:
    """Soils and routing share one land mask."""
    land = conditioned_relief[HEIGHT].values[::-1] > 0.0
    same = all(((soils[name].values > 0.0) == land).all() for name in ("soilcolor", "soiltext"))
    return [Law("Soils are given on all land, and only there", bool(same), f"{int(land.sum())} land cells")]


def verify_pft(pft: xr.Dataset) -> list[Law]:
    """Fractions add up to one on land."""
    fractions = pft["maxvegetfrac"].values[0]
    land = np.isfinite(fractions[0])
    error = float(np.abs(fractions[:, land].sum(axis=0) - 1.0).max(initial=0.0))
    return [Law("Plant functional types add up to 1 on land", error < 1e-9, f"largest deviation {error:.1e}")]


def verify_relief(relief: xr.Dataset) -> list[Law]:
    """The high-resolution relief has a height everywhere."""
    heights = relief["RELIEF"].values
    whole = bool(np.isfinite(heights).all() and heights.min() >= 0.0)
    return [
        Law(
            "The high-resolution relief is whole and nowhere negative",
            whole,
            f"highest {heights.max():.0f} m",
        )
    ]


def assets_to_verify(assets: Iterable[str]) -> set[str]:
    """Those of the given assets that there are laws about, and what the laws need."""
    about = set(assets) & {"routing", "soils", "pft", "high_resolution_relief"}
    return about | ({"conditioned_relief"} if about & {"routing", "soils"} else set())


def verify(datasets: Mapping[str, xr.Dataset]) -> tuple[Law, ...]:
    """
    All laws about the given assets.

    Raises
    ------
    PaleobcError
        Where one does not hold: what is about to be handed over must not be used.
    """
    laws: list[Law] = []
    if "routing" in datasets:
        laws += verify_routing(datasets["routing"], datasets["conditioned_relief"])
    if "soils" in datasets:
        laws += verify_soils(datasets["soils"], datasets["conditioned_relief"])
    if "pft" in datasets:
        laws += verify_pft(datasets["pft"])
    if "high_resolution_relief" in datasets:
        laws += verify_relief(datasets["high_resolution_relief"])
    for law in laws:
        if not law.holds:
            raise PaleobcError(
                f"The result breaks a law that it must obey: {law.name} ({law.detail}). Nothing was written. This is "
                "a fault of paleobc and not of yours; please report it with the recipe and the relief."
            )
    return tuple(laws)
