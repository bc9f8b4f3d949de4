"""A hundred servers killed one after the other: `pytest tests/drills/a_hundred_kills.py`; takes some minutes."""

from __future__ import annotations

import os

from drilled import Drill


def test_after_a_hundred_killed_servers_everything_is_done(tmp_path):
    Drill(tmp_path, experiments=8, seed=int(os.environ.get("PALEOBC_SEED", "0"))).rounds(100)
