"""
A hundred rounds of faults of all kinds: `make drills`; ten minutes on a free machine, and 7 GB of memory for its disk.

PALEOBC_ROUNDS and PALEOBC_SEED choose others.
"""

from __future__ import annotations

import logging
import os

from drills.fault_drill import FaultDrill
from drills.small_disk import small_disk


def test_after_a_hundred_faults_nothing_is_lost_or_half_written_and_all_is_current(tmp_path):
    for talkative in ("httpx", "alembic"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    rounds, seed = int(os.environ.get("PALEOBC_ROUNDS", "100")), int(os.environ.get("PALEOBC_SEED", "0"))
    with small_disk(tmp_path / "disk") as disk:
        if disk is None:
            logging.getLogger("drill").warning("NO FULL DISK IS DRILLED: only an administrator of Linux may mount one.")
        drill = FaultDrill(tmp_path / "disk" / "data", tmp_path / "server.log", disk, seed=seed)
        try:
            drill.rounds(rounds)
        finally:
            if drill.server is not None and drill.server.lives:
                drill.server.kill()
            drill.close()
