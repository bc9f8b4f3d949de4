"""One case of the benchmark in a process of its own: `python case.py NAME STEP ROUNDS FOLDER` prints JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from contestants import ours, rounded_with_outlets, with_pyflwdir, with_scikit_image
from measure import Meter, give_back, resident
from paleobc.conventions import FloatArray
from worlds import world

Seconds = dict[str, float]
Contestant = Callable[[FloatArray, Meter], object]

_PARTS: dict[str, tuple[str, ...]] = {
    "condition": ("seas", "fill", "flats", "pits"),
    "network": ("directions", "order", "basins", "lengths", "retention", "codes"),
}

#: A world small enough to warm every compiled loop with.
_SMALL = 10.0


def _path(folder: Path, step: float) -> Path:
    """Where the world of a resolution is kept for the cases that follow."""
    return folder / f"{step:g}.npy"


def _best(rounds: list[Seconds]) -> Seconds:
    """Least of each step; what the steps leave of their total is noted as the rest."""
    best = {name: min(one[name] for one in rounds) for name in rounds[0]}
    if "condition" in best:
        for whole, names in _PARTS.items():
            best[f"rest of {whole}"] = min(one[whole] - sum(one[name] for name in names) for one in rounds)
    return best


def _seconds(run: Callable[[Meter], object]) -> Seconds:
    """CPU seconds of each step of one run."""
    meter = Meter()
    run(meter)
    return meter.seconds


def times(step: float, rounds: int, folder: Path) -> dict[str, Any]:
    """Sizes of the world, and the best of several rounds in which ours and pyflwdir take turns."""
    height = world(step)
    np.save(_path(folder, step), height)
    filled = ours(height, Meter())[0].filled
    land = height > 0.0
    taken: dict[str, list[Seconds]] = {"ours": [], "pyflwdir": []}
    for _ in range(rounds):
        taken["ours"].append(_seconds(lambda meter: ours(height, meter)))
        taken["pyflwdir"].append(_seconds(lambda meter: with_pyflwdir(height, meter)))
    return {
        "cells": height.size,
        "land cells": int(land.sum()),
        "in depressions": float((filled[land] > np.round(height[land], 3)).mean()),
        "rounds": rounds,
        "seconds": {name: _best(seconds) for name, seconds in taken.items()},
    }


def tiled(step: float, rounds: int, folder: Path) -> dict[str, Any]:
    """Best time and peak memory of scikit-image, and the number of cells in which its fill differs from ours."""
    height = np.load(_path(folder, step))
    rounded, outlet = rounded_with_outlets(height)
    meter = Meter(memory=True)
    filled = with_scikit_image(rounded, outlet, meter)
    again = [_seconds(lambda meter: with_scikit_image(rounded, outlet, meter)) for _ in range(rounds - 1)]
    differing = int((filled != ours(height, Meter())[0].filled).sum())
    return {"seconds": _best([meter.seconds, *again]), "peak": meter.peaks["fill"], "differing": differing}


def memory(run: Contestant, step: float, folder: Path) -> dict[str, Any]:
    """Peak of one run above what is in use once modules, warm loops and the input are there [bytes]."""
    run(world(_SMALL), Meter(memory=True))
    height = np.load(_path(folder, step))
    meter = Meter(memory=True)
    kept = run(height, meter)
    give_back()
    held = resident() - meter.base
    del kept
    return {"peak": meter.peaks["total"], "held": held, "peaks": meter.peaks}


def main() -> None:
    """Run the case that the command line names."""
    name, step, rounds, folder = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    small = world(_SMALL)
    ours(small, Meter())
    if name == "times":
        with_pyflwdir(small, Meter())
        found = times(step, rounds, folder)
    elif name == "tiled":
        found = tiled(step, rounds, folder)
    else:
        found = memory(ours if name == "memory of ours" else with_pyflwdir, step, folder)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
