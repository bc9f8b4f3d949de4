"""
Coupling weights against CDO and YAC: overlaps, whole commands and warm sets, all in one run that takes turns.

CDO is the `cdo` on the path. YAC wants MPI and seldom lives beside paleobc: the environment variable PALEOBC_YAC_PYTHON
names the Python that has it (`python -m venv yac; yac/bin/pip install yac numpy`, with OpenMPI and its compiler on the
machine); without it, this interpreter is tried. What is absent is said, and the rest is printed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from importlib.resources import files as resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

import numpy as np

from couplers import AbsentError, Cdo, Yac, command_seconds, write_atmosphere, write_mesh
from paleobc.conventions import FloatArray, IntArray
from paleobc.formats.nemo_fields import depth_of, ocean_grid_of
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.fold import Point, filled_halo
from paleobc.grids.sphere import longitude_latitude
from paleobc.grids.tripolar import paleorca2_grid
from paleobc.remapping.atmosphere import LMD96X95
from paleobc.remapping.cells import cell_corners, open_cells, wet_faces
from paleobc.remapping.neighbours import atmosphere_neighbours
from paleobc.remapping.overlaps import overlaps_with_atmosphere
from paleobc.remapping.second_order import second_order_weights
from paleobc.remapping.weights import destarea_weights, flux_weights, fracarea_weights, ocean_fraction
from paleobc.services.files import write_asset
from paleobc.services.single import run_step
from paleobc.services.sources import read_source
from paleobc.steps.catalogue import GRAPH
from paleobc.steps.ocean import interpolate_depth, ocean_grid, subbasins
from paleobc.steps.relief import condition, regrid
from warm_sets import make_set
from weights_report import lines

#: Meshes by name, and into how many parts each side of PALEORCA2's cells is cut.
MESHES: Final = {"PALEORCA2": 1, "PALEORCA2 4x4": 4}

#: Ocean grids of the whole commands by name, and their resolution [degrees]: the usual one, and one users wait for.
SIZES: Final = {"PALEORCA2": 2.0, "ORCA at 0.5 degrees": 0.5}

#: Steps and what they read.
ENGINES: Final = {
    "mosaic_weights": ("bathymetry", "ocean_grid", "subbasins"),
    "mosaix_weights": ("bathymetry", "ocean_grid"),
}
MENDED: Final = "mosaic_weights, faithful: no"
Seconds = dict[str, float]
Contestant = Callable[[], Seconds]
Peer = TypeVar("Peer", Cdo, Yac)


def say(text: str) -> None:
    """Write over the last line of a terminal what is under way."""
    if sys.stderr.isatty():
        print(f"\r{text:<60}\r", end="", file=sys.stderr, flush=True)


def subdivided(corners: FloatArray, parts: int) -> FloatArray:
    """Each quadrangle cut into ``parts`` by ``parts``, shape (n * parts**2, 4, 3)."""
    if parts == 1:
        return corners
    a, b, c, d = (corners[:, k, None, None] for k in range(4))
    x = (np.arange(parts + 1) / parts)[None, None, :, None]
    y = (np.arange(parts + 1) / parts)[None, :, None, None]
    p = (1 - y) * ((1 - x) * a + x * b) + y * ((1 - x) * d + x * c)
    p /= np.linalg.norm(p, axis=-1, keepdims=True)
    cells = np.stack([p[:, :-1, :-1], p[:, :-1, 1:], p[:, 1:, 1:], p[:, 1:, :-1]], axis=3)
    return cells.reshape(-1, 4, 3)


def write_corners(path: Path, corners: FloatArray) -> Path:
    """Write a field of ones on cells of these corners."""
    write_mesh(path, longitude_latitude(corners.mean(axis=1)), longitude_latitude(corners), np.ones(len(corners)))
    return path


def all_weights(corners: FloatArray, cells: IntArray) -> None:
    """Overlaps and the weights of first and second order, in both directions."""
    overlaps = overlaps_with_atmosphere(corners, cells, LMD96X95, moments=True)
    back = overlaps.reversed()
    fracarea_weights(overlaps)
    destarea_weights(overlaps)
    flux_weights(back, ocean_fraction(overlaps) * LMD96X95.areas(), np.ones(len(corners)))
    second_order_weights(back, atmosphere_neighbours(LMD96X95))


def in_process(work: Callable[[], object]) -> Contestant:
    """Processor time of a piece of work here, all threads together."""

    def run() -> Seconds:
        start = time.process_time()
        work()
        return {"whole": time.process_time() - start}

    return run


def process(work: Callable[[], float]) -> Contestant:
    """Processor time of a process that is started for it."""
    return lambda: {"whole": work()}


def present(peer: Callable[[Path], Peer], folder: Path, absent: list[str]) -> Peer | None:
    """A contestant, or a line that says why it is not there."""
    try:
        return peer(folder)
    except AbsentError as error:
        absent.append(str(error))
        return None


def inputs(folder: Path, resolution: float) -> dict[str, Path]:
    """Files that the commands read: the present Earth, which ships, on an ocean grid of PALEORCA2's family."""
    relief = resources("paleobc") / "data" / "modern_earth" / "topography.nc"
    conditioned = condition(regrid(read_source("relief", Path(str(relief)))[0]))
    grid = ocean_grid(conditioned, **ocean_grid.options({"resolution": resolution}))
    bathymetry = interpolate_depth(conditioned, grid)
    made = {"bathymetry": bathymetry, "ocean_grid": grid, "subbasins": subbasins(bathymetry, grid)}
    for name, dataset in made.items():
        write_asset(dataset, folder, f"{name}.nc", {})
    return {name: folder / f"{name}.nc" for name in made}


def kernels(folder: Path, cdo: Cdo | None, yac: Yac | None) -> dict[str, Contestant]:
    """Overlaps and weights of each mesh."""
    grid = paleorca2_grid()
    whole = cell_corners(grid)[open_cells(grid, np.ones(grid.layout.shape, dtype=bool))]
    atmosphere = folder / "atmosphere.txt"
    write_atmosphere(atmosphere, LMD96X95)
    taking_turns: dict[str, Contestant] = {}
    for name, parts in MESHES.items():
        corners = subdivided(whole, parts)
        cells = np.arange(len(corners))

        def overlaps(moments: bool, corners: FloatArray = corners, cells: IntArray = cells) -> object:
            return overlaps_with_atmosphere(corners, cells, LMD96X95, moments=moments)

        taking_turns[f"{name}: overlaps"] = in_process(lambda cut=overlaps: cut(False))
        taking_turns[f"{name}: overlaps, moments"] = in_process(lambda cut=overlaps: cut(True))
        taking_turns[f"{name}: all weights"] = in_process(lambda of=corners, cells=cells: all_weights(of, cells))
        if cdo is not None:
            mesh = write_corners(folder / f"{parts}.nc", corners)
            taking_turns[f"{name}: cdo gencon"] = process(lambda mesh=mesh: cdo.seconds("gencon", mesh, atmosphere))
            taking_turns[f"{name}: cdo copy"] = process(lambda mesh=mesh: cdo.seconds("copy", mesh))
        if yac is not None:
            yac.give(name, corners, LMD96X95)
            taking_turns[f"{name}: yac"] = lambda name=name: yac.seconds(name)
    return taking_turns


def gencon_calls(folder: Path, size: str, given: dict[str, Path], cdo: Cdo) -> dict[str, Contestant]:
    """CDO's calls for the sets: only the sea, each place once, as a list of cells; LMDZ as a regular grid."""
    grid = ocean_grid_of(read_source("ocean_grid", given["ocean_grid"])[0])
    wet = depth_of(read_source("bathymetry", given["bathymetry"])[0]) > 0.0
    meshes = {point: write_corners(folder / f"{point}.nc", sea_corners(grid, wet, point)) for point in ("T", "U", "V")}
    atmosphere = folder / "atmosphere.txt"
    write_atmosphere(atmosphere, LMD96X95)
    field = cdo.constant(atmosphere, "atmosphere.nc")
    return {
        f"{size}: cdo gencon T > LMDZ": process(lambda: cdo.seconds("gencon", meshes["T"], atmosphere)),
        f"{size}: cdo gencon LMDZ > T": process(lambda: cdo.seconds("gencon", field, meshes["T"])),
        f"{size}: cdo gencon2 LMDZ > U": process(lambda: cdo.seconds("gencon2", field, meshes["U"])),
        f"{size}: cdo gencon2 LMDZ > V": process(lambda: cdo.seconds("gencon2", field, meshes["V"])),
        f"{size}: cdo gencon LMDZ > U": process(lambda: cdo.seconds("gencon", field, meshes["U"])),
        f"{size}: cdo gencon LMDZ > V": process(lambda: cdo.seconds("gencon", field, meshes["V"])),
    }


def sea_corners(grid: CurvilinearGrid, wet: np.ndarray[Any, Any], point: Point) -> FloatArray:
    """Corners of the cells of the sea around the points of one kind."""
    sea = filled_halo(grid.layout, wet)
    sea[0] = False
    return cell_corners(grid, point)[open_cells(grid, sea if point == "T" else wet_faces(grid, sea, point), point)]


def command(folder: Path, *arguments: str) -> Contestant:
    """Run paleobc as a user runs it, whose Python keeps the byte code of all modules: the first round makes it."""
    kept = ["env", "-u", "PYTHONDONTWRITEBYTECODE", f"PYTHONPYCACHEPREFIX={folder / 'byte_code'}"]
    program = [*kept, sys.executable, "-c", "from paleobc.cli.main import main; main()"]
    return process(lambda: command_seconds([*program, *arguments]))


def commands(folder: Path, size: str, given: dict[str, Path]) -> dict[str, Contestant]:
    """Whole commands, start-up and files included."""
    taking_turns: dict[str, Contestant] = {}
    for engine, reads in ENGINES.items():
        arguments = [f"{asset}={given[asset]}" for asset in reads]
        taking_turns[f"{size}: paleobc run {engine}"] = command(
            folder, "run", engine, *arguments, "-o", str(folder / engine)
        )
    return taking_turns


def warm_sets(folder: Path, given: dict[str, Path]) -> dict[str, Contestant]:
    """Whole sets in this process."""
    return {
        f"warm {engine}": lambda engine=engine, reads=reads: make_set(
            engine, {asset: given[asset] for asset in reads}, folder / f"warm {engine}"
        )
        for engine, reads in ENGINES.items()
    }


def in_turns(taking_turns: dict[str, Contestant], rounds: int) -> dict[str, dict[str, list[float]]]:
    """Let all run one after the other, again and again; the first time, which compiles, does not count."""
    found: dict[str, dict[str, list[float]]] = {}
    for turn in range(rounds + 1):
        for name, run in taking_turns.items():
            say(f"round {turn} of {rounds}: {name} ...")
            for part, seconds in run().items():
                series = found.setdefault(name, {}).setdefault(part, [])
                if turn > 0:
                    series.append(seconds)
    say("")
    return found


def agreement(folder: Path, given: dict[str, Path], cdo: Cdo | None, yac: Yac | None) -> dict[str, Any]:
    """Compare the overlaps with YAC's, and fields remapped by CDO with our files with those of our own."""
    found: dict[str, Any] = {"yac": {}, "cdo": {}}
    if yac is not None:
        grid = paleorca2_grid()
        whole = cell_corners(grid)[open_cells(grid, np.ones(grid.layout.shape, dtype=bool))]
        for name, parts in MESHES.items():
            corners = subdivided(whole, parts)
            ours = overlaps_with_atmosphere(corners, np.arange(len(corners)), LMD96X95)
            found["yac"][name] = yac.overlaps(name, ours, LMD96X95)
    if cdo is not None:
        mended = next(step for step in GRAPH.steps if step.name == "mosaic_weights")
        run_step(
            mended, {asset: given[asset] for asset in ENGINES[mended.name]}, {"faithful": False}, folder / "mended"
        )
        for name in (*ENGINES, MENDED):  # a comma in the name of a folder would be one of CDO's own
            for path in sorted((folder / ("mended" if name == MENDED else name)).rglob("rmp_*.nc")):
                found["cdo"][f"{name}: {path.stem}"] = cdo.remapped(path)
    return found


def main() -> None:
    """Let all take turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, help="how often each runs: 4, or 2 where quick")
    parser.add_argument("--quick", action="store_true", help="PALEORCA2 only, two rounds")
    parser.add_argument("--json", action="store_true", help="print everything that was measured, as JSON")
    options = parser.parse_args()
    if options.quick:
        del MESHES["PALEORCA2 4x4"], SIZES["ORCA at 0.5 degrees"]
    absent: list[str] = []
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        cdo, yac = present(Cdo, folder, absent), present(Yac, folder, absent)
        homes = {size: folder / f"{resolution:g}" for size, resolution in SIZES.items()}
        given = {size: inputs(homes[size], resolution) for size, resolution in SIZES.items()}
        taking_turns = kernels(folder, cdo, yac) | {"paleobc --version": command(folder, "--version")}
        for size, home in homes.items():
            taking_turns |= commands(home, size, given[size])
            if cdo is not None:
                taking_turns |= gencon_calls(home, size, given[size], cdo)
        usual = homes["PALEORCA2"], given["PALEORCA2"]
        found: dict[str, Any] = {
            "seconds": in_turns(taking_turns | warm_sets(*usual), options.rounds or (2 if options.quick else 4)),
            "agreement": agreement(*usual, cdo, yac),
            "meshes": list(MESHES),
            "sizes": list(SIZES),
            "peers": [peer.version for peer in (cdo, yac) if peer is not None],
            "absent": absent,
        }
        if yac is not None:
            yac.close()
    print(json.dumps(found, indent=2) if options.json else "\n".join(lines(found)))


if __name__ == "__main__":
    main()
