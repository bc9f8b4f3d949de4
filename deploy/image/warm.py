"""
Use all of paleobc once while the image is made, so that what it compiles at first use is in the image.

Its last line says how many loops stay to be compiled where they are first asked for.
"""

import importlib
import pkgutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numba.core.dispatcher
from numba import config

import paleobc

GATEWAYS = Path(__file__).with_name("modern_gateways.yaml")

#: Something of every kind of shape and operation.
EDITS = """
paleobc_edits: 1
edits:
  - {shape: {polygon: [[-10, 35], [5, 35], [5, 45], [-10, 45]]}, operation: {scale: 1.2}, where: land}
  - {shape: {line: [[-80, 8], [-77, 9]], width_km: 120}, operation: {close_sea: 20}}
  - {shape: {brush: [[60, 10], [65, 15], [70, 12]], radius_km: 200}, operation: {smooth: 3}}
  - {shape: {region: [34, 43]}, operation: {set: 5}}
  - {shape: {cells: [[90, 180]], places: [[0.5, 0.5]], sizes_km: [150]}, operation: {set: [-3000]}}
  - {shape: {box: [170, -50, -170, -30]}, operation: {fill: neighbours}}
"""


def use(folder: Path) -> None:
    """Build, bundle, check, repair and edit the example."""
    files, recipe, relief = folder / "files", folder / "recipe.yaml", folder / "topography.nc"
    ocean = ("--ocean-grid", files / "coordinates.nc", "--gateways", GATEWAYS)
    _paleobc("example", folder)
    text = recipe.read_text(encoding="utf-8").replace("resolution: 2.0", "resolution: 5.0")  # few cells, all loops
    recipe.write_text(text, encoding="utf-8")
    _paleobc("build", recipe, "-o", files)
    _paleobc("show", files, "-o", folder / "overview.png")
    _paleobc("check", files / "bathy_meter.nc", *ocean, may_find=True)
    _paleobc("repair", files / "bathy_meter.nc", *ocean, "-o", folder / "ocean.json", may_find=True)
    _paleobc("repair", relief, "--gateways", GATEWAYS, "-o", folder / "repairs.json", may_find=True)
    _paleobc("audit", files, may_find=True)
    (folder / "edits.yaml").write_text(EDITS, encoding="utf-8")
    recipe.write_text(f"{text}\nrelief_edits: {{file: edits.yaml}}\n", encoding="utf-8")
    _paleobc("bundle", recipe, "-o", folder / "bundle", "--no-archive")


def _paleobc(*words: Any, may_find: bool = False) -> None:
    """Run a command; one that looks for faults may find some."""
    code = subprocess.run(["paleobc", *map(str, words)], check=False).returncode  # noqa: S603, S607
    if code != 0 and not (may_find and code == 3):
        sys.exit(f"paleobc {' '.join(map(str, words))} ended with {code}.")


def loops_without_cache() -> list[str]:
    """Loops that are not compiled yet; lines that stand in others are compiled with those."""
    found = []
    for module in pkgutil.walk_packages(paleobc.__path__, "paleobc."):
        if ".migrations" in module.name:
            continue
        try:
            loaded = importlib.import_module(module.name)
        except ModuleNotFoundError:  # of an extra that is not in the image
            continue
        for name, loop in vars(loaded).items():
            if isinstance(loop, numba.core.dispatcher.Dispatcher) and loop.py_func.__module__ == module.name:
                is_inline = loop.targetoptions.get("inline") == "always"
                index = f"{module.name.rpartition('.')[2]}.{loop.py_func.__qualname__}-*.nbi"
                if not is_inline and not any(Path(config.CACHE_DIR).glob(f"*/{index}")):
                    found.append(f"{module.name}.{name}")
    return sorted(found)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        use(Path(folder) / "example")
    cold = loops_without_cache()
    sys.stdout.write(f"{len(cold)} loops are compiled where they are first asked for: {', '.join(cold)}\n")
