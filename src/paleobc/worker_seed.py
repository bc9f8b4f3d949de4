"""What processes that perform runs are forked from: importing this loads the program, once for all of them."""

from __future__ import annotations

from importlib import import_module

from paleobc.lifetime import keep_loaded, load_quickly

load_quickly()
import_module("paleobc.worker")
keep_loaded()
