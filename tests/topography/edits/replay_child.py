"""Replays logs in a process that knows nothing else: reads plain data as JSON, prints checksums of the maps."""

from __future__ import annotations

import json
import sys

import numpy as np

from paleobc.topography.edits.log import base_checksum
from paleobc.topography.edits.plain import edits_of_data
from paleobc.topography.edits.replay import replay
from random_edits import mesh_of, random_surface


def main() -> None:
    """Replay every sequence on its base, drawn again from its seed."""
    given = json.load(sys.stdin)
    checksums = []
    for sequence in given["sequences"]:
        surface = random_surface(np.random.default_rng(sequence["seed"]), mesh_of(given["kind"]), sequence["quantity"])
        replay(edits_of_data(sequence["edits"]), surface, same_base=True)
        checksums.append(base_checksum(surface.values))
    json.dump(checksums, sys.stdout)


if __name__ == "__main__":
    main()
