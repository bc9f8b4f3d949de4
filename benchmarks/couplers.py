"""CDO and YAC as contestants in conservative weights, and what they make of ours; both may be absent."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TextIO, cast

import netCDF4
import numpy as np

from paleobc.conventions import BoolArray, FloatArray
from paleobc.formats.weight_files import read_weights
from paleobc.grids.sphere import longitude_latitude
from paleobc.remapping.atmosphere import AtmosphereGrid
from paleobc.remapping.overlaps import Overlaps

#: Names the interpreter that has YAC, which wants MPI and so seldom lives beside paleobc.
YAC_PYTHON: Final = "PALEOBC_YAC_PYTHON"

_ONE_THREAD: Final = {"OMP_NUM_THREADS": "1"}
_MISSING: Final = -9e33


class AbsentError(Exception):
    """A contestant is not installed; the message says how to get it."""


def command_seconds(command: list[str]) -> float:
    """Processor time of a command, with all that it starts [s]."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"\n{' '.join(command)} failed:\n{done.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def write_mesh(
    path: Path,
    centres: tuple[FloatArray, FloatArray],
    corners: tuple[FloatArray, FloatArray],
    field: FloatArray,
    closed: BoolArray | None = None,
) -> None:
    """
    Write a field on cells with four corners, all one after the other, as CDO reads it.

    Parameters
    ----------
    path : Path
    centres, corners : tuple of ndarray, shapes (n,) and (n, 4)
        Longitudes and latitudes [degrees].
    field : ndarray, shape (n,)
    closed : ndarray of bool, shape (n,), optional
        Cells where the field is missing.
    """
    with netCDF4.Dataset(path, "w", format="NETCDF3_64BIT_OFFSET") as file:
        file.createDimension("cell", field.size)
        file.createDimension("corner", 4)
        for name, units, middle, bounds in (
            ("lon", "degrees_east", centres[0], corners[0]),
            ("lat", "degrees_north", centres[1], corners[1]),
        ):
            variable = file.createVariable(name, "f8", ("cell",))
            variable.setncatts({"units": units, "bounds": f"{name}_bounds"})
            variable[:] = middle
            file.createVariable(f"{name}_bounds", "f8", ("cell", "corner"))[:] = bounds
        variable = file.createVariable("field", "f8", ("cell",), fill_value=_MISSING)
        variable.coordinates = "lat lon"
        variable[:] = field if closed is None else np.where(closed, _MISSING, field)


def write_atmosphere(path: Path, grid: AtmosphereGrid) -> None:
    """Write CDO's description of a regular grid."""
    edges = grid.latitude_edges
    lines = [f"gridtype = lonlat\nxsize = {grid.columns}\nysize = {grid.rows}"]
    lines += [f"xfirst = {grid.longitudes[0]}\nxinc = {360 / grid.columns}"]
    lines += ["yvals = " + " ".join(f"{value:.15g}" for value in grid.latitudes)]
    lines += ["ybounds = " + " ".join(f"{a:.15g} {b:.15g}" for a, b in pairwise(edges))]
    path.write_text("\n".join(lines) + "\n")


class Cdo:
    """
    CDO, on one thread.

    Parameters
    ----------
    folder : Path
        Where it may write.
    """

    def __init__(self, folder: Path) -> None:
        program = shutil.which("cdo")
        if program is None:
            raise AbsentError("cdo is not on the path: nothing is compared with it (Debian: apt-get install cdo).")
        self.program, self.folder = program, folder
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
        self.version = f"CDO {(said.stdout + said.stderr).split('version ')[1].split()[0]}"

    def seconds(self, operator: str, source: Path, target: Path | None = None) -> float:
        """Processor time of a call on a file, start-up and files included [s]."""
        call = f"{operator},{target}" if target else operator
        return command_seconds([self.program, "-s", "-P", "1", call, str(source), str(self.folder / "made_by_cdo.nc")])

    def constant(self, grid: Path, name: str) -> Path:
        """A field of ones on a grid that is described in a file."""
        out = self.folder / name
        command_seconds([self.program, "-s", "-b", "F64", "-f", "nc2", f"const,1,{grid}", str(out)])
        return out

    def remapped(self, weights: Path) -> dict[str, float]:
        """
        Compare a random field that CDO remaps with a weight file of ours with that of `Weights.apply`.

        CDO takes a field only if it is missing where the file's own mask is closed. Where links start in closed cells,
        as in two files of the old program that engine mosaic repeats, it gets a copy of the file with these opened.

        Returns
        -------
        dict
            Cells opened; cells that have a value in one and not in the other; and the largest difference, over the sum
            of the amounts that make up the value.
        """
        content = read_weights(weights)
        links = content.weights
        values = np.random.default_rng(1).uniform(1.0, 2.0, links.source_size)
        fields = {"src": values, "dst": np.zeros(links.destination_size)}
        needed = {"src": links.linked_sources(), "dst": links.linked_destinations()}
        paths = {side: self.folder / f"{side}.nc" for side in ("src", "dst", "out", "copy")}
        shutil.copy(weights, paths["copy"])
        opened = 0
        with netCDF4.Dataset(paths["copy"], "a") as file:
            for side, field in fields.items():
                centres, corners = (
                    tuple(file[f"{side}_grid_{part}_{axis}"][...].data for axis in ("lon", "lat"))
                    for part in ("center", "corner")
                )
                mask = file[f"{side}_grid_imask"]
                closed = mask[...].data == 0
                opened += int((closed & needed[side]).sum())
                closed &= ~needed[side]
                if opened:
                    mask[...] = (~closed).astype(np.int32)
                write_mesh(paths[side], centres, corners, field, closed)
        used = paths["copy"] if opened else weights
        remap = [self.program, "-s", "-b", "F64", f"remap,{paths['dst']},{used}", paths["src"], paths["out"]]
        said = subprocess.run(list(map(str, remap)), capture_output=True, text=True, check=False)
        if said.returncode != 0 or "not used" in said.stderr:
            sys.exit(f"\nCDO does not remap with {weights.name}:\n{said.stderr}")
        with netCDF4.Dataset(paths["out"]) as file:
            theirs = file["field"][...].ravel()
        given, linked = ~np.ma.getmaskarray(theirs), needed["dst"]
        both = given & linked
        scale = replace(links, weight=np.abs(links.weight)).apply(values)[both]
        error = np.abs(theirs.data[both] - links.apply(values)[both]) / np.where(scale > 0.0, scale, 1.0)
        return {
            "cells opened": opened,
            "cells in one only": int((given != linked).sum()),
            "largest difference": float(error.max(initial=0.0)),
        }


class Yac:
    """
    YAC in a process of its own, which computes when asked.

    Parameters
    ----------
    folder : Path
        Where meshes and weights may lie.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        python = os.environ.get(YAC_PYTHON, sys.executable)
        child = [python, str(Path(__file__).with_name("yac_child.py"))]
        streams: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        streams["stderr"] = (folder / "yac.log").open("w")
        try:
            self._process = subprocess.Popen(child, env=os.environ | _ONE_THREAD, text=True, **streams)
            self._asked, self._said = cast(TextIO, self._process.stdin), cast(TextIO, self._process.stdout)
            self.version = f"YAC {self._answer()['version']}".strip()
        except (OSError, ValueError):
            raise AbsentError(
                f"yac cannot be imported by {python}: nothing is compared with it (PyPI: yac, with OpenMPI; name its "
                f"interpreter in {YAC_PYTHON})."
            ) from None

    def _answer(self) -> dict[str, Any]:
        return dict(json.loads(self._said.readline()))

    def give(self, name: str, corners: FloatArray, atmosphere: AtmosphereGrid) -> None:
        """Hand over a mesh, each cell with its own corners (YAC refuses shared ones at the fold), and an atmosphere."""
        longitude, latitude = longitude_latitude(corners.reshape(-1, 3))
        np.savez(
            self.folder / f"{name}.npz",
            longitude=np.radians(longitude),
            latitude=np.radians(latitude),
            meridians=np.radians(atmosphere.longitude_edges[:-1]),
            parallels=np.radians(atmosphere.latitude_edges[::-1]),
        )

    def seconds(self, name: str, out: Path | None = None) -> dict[str, float]:
        """Processor time of the weights from a mesh to the atmosphere, in a warm process [s]."""
        if out is not None:
            out.unlink(missing_ok=True)
        print(json.dumps([str(self.folder / f"{name}.npz"), str(out or "")]), file=self._asked, flush=True)
        try:
            return self._answer()
        except ValueError:
            sys.exit(f"\nYAC failed:\n{(self.folder / 'yac.log').read_text()[-2000:]}")

    def overlaps(self, name: str, ours: Overlaps, atmosphere: AtmosphereGrid) -> dict[str, Any]:
        """Compare YAC's overlaps of a mesh with ours."""
        path = self.folder / f"{name}_weights.nc"
        self.seconds(name, path)
        with netCDF4.Dataset(path) as file:
            source, target = (file[f"{side}_address"][...].data.astype(np.int64) - 1 for side in ("src", "dst"))
            weight = file["remap_matrix"][:, 0].data
        row, column = atmosphere.rows - 1 - target // atmosphere.columns, target % atmosphere.columns
        target = row * atmosphere.columns + column
        area = weight * ours.destination_area[target]
        size = ours.source_area.size
        theirs, mine = target * size + source, ours.destination.astype(np.int64) * size + ours.source
        _, i, j = np.intersect1d(theirs, mine, return_indices=True)
        return {
            "links": int(mine.size),
            "links of YAC": int(theirs.size),
            "largest difference": float(np.abs(area[i] - ours.area[j]).max()),
            "links in one only": int(theirs.size + mine.size - 2 * i.size),
            "largest of these": float(max(np.delete(area, i).max(initial=0), np.delete(ours.area, j).max(initial=0))),
        }

    def close(self) -> None:
        """End the process."""
        self._asked.close()
        self._process.wait()
