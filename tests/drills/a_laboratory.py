"""
Two hundred runs of twenty people in a laboratory where everything breaks: `make drills-laboratory`; some ten minutes.

PALEOBC_ROUNDS and PALEOBC_SEED choose another number of faults, and others. The numbers that it ends with are of
interest beside those of a day without faults: PALEOBC_ROUNDS=0.
"""

from __future__ import annotations

import contextlib
import os

from drills.laboratory import Laboratory
from drills.laboratory_drill import LaboratoryDrill


def test_in_a_laboratory_where_everything_breaks_nothing_is_lost_or_done_twice(tmp_path):
    faults, seed = int(os.environ.get("PALEOBC_ROUNDS", "50")), int(os.environ.get("PALEOBC_SEED", "0"))
    with (
        contextlib.closing(Laboratory(tmp_path, replicas=2, workers=4)) as laboratory,
        contextlib.closing(LaboratoryDrill(laboratory, seed=seed, people=20)) as drill,
    ):
        drill.workday(drill.schedule(faults), runs=200)
