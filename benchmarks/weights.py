"""Overlaps and weights of an ocean and an atmosphere against `cdo gencon`: ratios of processor time in one run."""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import netCDF4
import numpy as np

from paleobc.conventions import FloatArray, IntArray
from paleobc.grids.sphere import longitude_latitude
from paleobc.grids.tripolar import paleorca2_grid
from paleobc.remapping.atmosphere import LMD96X95, AtmosphereGrid
from paleobc.remapping.cells import cell_corners, open_cells
from paleobc.remapping.neighbours import atmosphere_neighbours
from paleobc.remapping.overlaps import overlaps_with_atmosphere
from paleobc.remapping.second_order import second_order_weights
from paleobc.remapping.weights import destarea_weights, flux_weights, fracarea_weights, ocean_fraction


def subdivided(corners: FloatArray, parts: int) -> FloatArray:
    """Each quadrangle cut into ``parts`` by ``parts``, shape (n * parts**2, 4, 3)."""
    a, b, c, d = (corners[:, k, None, None] for k in range(4))
    x = (np.arange(parts + 1) / parts)[None, None, :, None]
    y = (np.arange(parts + 1) / parts)[None, :, None, None]
    p = (1 - y) * ((1 - x) * a + x * b) + y * ((1 - x) * d + x * c)
    p /= np.linalg.norm(p, axis=-1, keepdims=True)
    cells = np.stack([p[:, :-1, :-1], p[:, :-1, 1:], p[:, 1:, 1:], p[:, 1:, :-1]], axis=3)
    return cells.reshape(-1, 4, 3)


def write_mesh(path: Path, corners: FloatArray) -> None:
    """Write a field of ones on an unstructured mesh as CDO reads it."""
    longitude, latitude = longitude_latitude(corners)
    centre = longitude_latitude(corners.mean(axis=1))
    with netCDF4.Dataset(path, "w", format="NETCDF3_64BIT_OFFSET") as file:
        file.createDimension("cell", len(corners))
        file.createDimension("corner", 4)
        for name, units, middle, bounds in (
            ("lon", "degrees_east", centre[0], longitude),
            ("lat", "degrees_north", centre[1], latitude),
        ):
            variable = file.createVariable(name, "f8", ("cell",))
            variable.setncatts({"units": units, "bounds": f"{name}_bounds"})
            variable[:] = middle
            file.createVariable(f"{name}_bounds", "f8", ("cell", "corner"))[:] = bounds
        field = file.createVariable("field", "f8", ("cell",))
        field.coordinates = "lat lon"
        field[:] = 1.0


def write_atmosphere(path: Path, grid: AtmosphereGrid) -> None:
    """Write CDO's description of a regular grid."""
    edges = grid.latitude_edges
    lines = [f"gridtype = lonlat\nxsize = {grid.columns}\nysize = {grid.rows}"]
    lines += [f"xfirst = {grid.longitudes[0]}\nxinc = {360 / grid.columns}"]
    lines += ["yvals = " + " ".join(f"{value:.15g}" for value in grid.latitudes)]
    lines += ["ybounds = " + " ".join(f"{a:.15g} {b:.15g}" for a, b in pairwise(edges))]
    path.write_text("\n".join(lines) + "\n")


def own_seconds(work: Callable[[], object]) -> float:
    """Processor time of a piece of work in this process [s]."""
    start = time.process_time()
    work()
    return time.process_time() - start


def command_seconds(command: list[str]) -> float:
    """Processor time of a command [s]."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def all_weights(corners: FloatArray, cells: IntArray) -> None:
    """Overlaps and the weights of first and second order, in both directions."""
    overlaps = overlaps_with_atmosphere(corners, cells, LMD96X95, moments=True)
    back = overlaps.reversed()
    fracarea_weights(overlaps)
    destarea_weights(overlaps)
    flux_weights(back, ocean_fraction(overlaps) * LMD96X95.areas(), np.ones(len(corners)))
    second_order_weights(back, atmosphere_neighbours(LMD96X95))


def compare(name: str, corners: FloatArray, repeats: int, folder: Path, cdo: str | None) -> None:
    """Print the least times of alternating runs, and their ratios."""
    cells = np.arange(len(corners))
    works = {
        "overlaps": lambda: overlaps_with_atmosphere(corners, cells, LMD96X95),
        "overlaps with moments": lambda: overlaps_with_atmosphere(corners, cells, LMD96X95, moments=True),
        "overlaps and all weights": lambda: all_weights(corners, cells),
    }
    mesh, target, result = folder / "mesh.nc", folder / "atmosphere.txt", folder / "weights.nc"
    write_mesh(mesh, corners)
    write_atmosphere(target, LMD96X95)
    seconds: dict[str, float] = {}
    for _ in range(repeats):
        for work, run in works.items():
            seconds[work] = min(seconds.get(work, np.inf), own_seconds(run))
        if cdo:
            spent = command_seconds([cdo, "-s", "-P", "1", f"gencon,{target}", str(mesh), str(result)])
            seconds["cdo gencon"] = min(seconds.get("cdo gencon", np.inf), spent)
    print(f"{name}: {len(corners)} cells and {LMD96X95.rows} x {LMD96X95.columns}")
    for work, spent in seconds.items():
        ratio = f"{spent / seconds['cdo gencon']:.3f} x cdo gencon" if cdo else ""
        print(f"  {work:26s} {1000 * spent:8.1f} ms  {ratio}")


def main() -> None:
    """Compare on PALEORCA2 and on its cells cut into 4 by 4."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    cdo = shutil.which("cdo")
    if cdo is None:
        print("cdo is not on the path, so there is nothing to compare with (Debian: apt-get install cdo)")
    grid = paleorca2_grid()
    corners = cell_corners(grid)[open_cells(grid, np.ones(grid.layout.shape, dtype=bool))]
    all_weights(corners, np.arange(len(corners)))  # compiled outside of the measurement
    with tempfile.TemporaryDirectory() as folder:
        compare("PALEORCA2", corners, repeats, Path(folder), cdo)
        compare("PALEORCA2, 4 x 4", subdivided(corners, 4), repeats, Path(folder), cdo)


if __name__ == "__main__":
    main()
