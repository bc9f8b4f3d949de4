"""
The river step at 1, 0.5, 0.25 and 0.1 degree against pyflwdir and scikit-image, in one run, as ratios.

Every case runs in a process of its own, one after the other; this one only starts them and prints.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from report import lines

#: Rounds of ours against pyflwdir, and of scikit-image, at each resolution [degrees].
ROUNDS = {1.0: (40, 5), 0.5: (20, 3), 0.25: (8, 1), 0.1: (4, 1)}
QUICK = (1.0, 0.5)

#: scikit-image is left out where it would take longer [s].
PATIENCE = 60.0

_PEERS = ("psutil", "pyflwdir", "skimage")
_ONE_THREAD = dict.fromkeys(("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def say(text: str) -> None:
    """Write over the last line of a terminal what is under way."""
    if sys.stderr.isatty():
        print(f"\r{text:<60}\r", end="", file=sys.stderr, flush=True)


def run_case(name: str, step: float, rounds: int, folder: Path) -> dict[str, Any]:
    """Run a case in a fresh process and return what it found."""
    say(f"{name} at {step:g} degree ...")
    case = [sys.executable, str(Path(__file__).with_name("case.py")), name, str(step), str(rounds), str(folder)]
    done = subprocess.run(case, env=os.environ | _ONE_THREAD, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"\nThe case '{name}' at {step:g} degree failed; its message stands above.")
    return dict(json.loads(done.stdout))


def expected_seconds(found: list[dict[str, Any]], cells: int) -> float:
    """Time scikit-image would take, from the resolution before; it grows a little faster than the cells."""
    before = found[-1] if found else None
    if before is None:
        return 0.0
    if before["scikit-image"] is None:
        return float("inf")
    return float(before["scikit-image"]["seconds"]["fill"] * (cells / before["cells"]) ** 1.1)


def compare(steps: list[float], folder: Path) -> list[dict[str, Any]]:
    """What was found at each resolution, coarse to fine."""
    found: list[dict[str, Any]] = []
    for step in steps:
        rounds, tiled_rounds = ROUNDS[step]
        result = run_case("times", step, rounds, folder)
        result["memory"] = {name: run_case(f"memory of {name}", step, 1, folder) for name in ("ours", "pyflwdir")}
        patient = expected_seconds(found, result["cells"]) <= PATIENCE
        result["scikit-image"] = run_case("tiled", step, tiled_rounds, folder) if patient else None
        found.append({"step": step} | result)
    say("")
    return found


def main() -> None:
    """Run all cases and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1 and 0.5 degree only")
    parser.add_argument("--json", action="store_true", help="print everything that was measured, as JSON")
    options = parser.parse_args()
    missing = [name for name in _PEERS if find_spec(name) is None]
    if missing:
        sys.exit(f"Not installed: {', '.join(missing)}. Run make bench, or pip install 'paleobc[bench]'.")
    with TemporaryDirectory() as folder:
        found = compare([step for step in ROUNDS if step in QUICK or not options.quick], Path(folder))
    print(json.dumps(found, indent=2) if options.json else "\n".join(lines(found)))


if __name__ == "__main__":
    main()
