"""What libraries make as they are loaded lives as long as the process: nobody need look through it for garbage."""

from __future__ import annotations

import atexit
import gc


def load_quickly() -> None:
    """
    Look for garbage seldom, and not at all at the end.

    The libraries make a million objects. Looking through them again and again while they are loaded takes as long as
    loading them, and once more at the end takes a third of a second; it finds nothing.
    """
    gc.set_threshold(100_000, 20, 20)
    atexit.register(gc.freeze)


def keep_loaded() -> None:
    """Never look again through what is there now; processes that are forked from this one share its memory longer."""
    gc.collect()
    gc.freeze()
