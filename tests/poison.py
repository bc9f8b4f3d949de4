"""Files that nobody should read without care, as users give them by mistake or on purpose."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from netCDF4 import Dataset

from small_world import small_world, write_world


def north_only(path: Path) -> None:
    """A relief of the northern half."""
    write_world(path, small_world()[18:])
    with Dataset(path, "a") as file:
        file["lat"][:] = np.linspace(2.5, 87.5, 18)


def not_a_number(path: Path) -> None:
    """A relief with a hole."""
    heights = small_world()
    heights[3, 5] = np.nan
    write_world(path, heights)


def truncated(path: Path) -> None:
    """The beginning of an HDF5 file."""
    write_world(path, small_world(), kind="NETCDF4")
    path.write_bytes(path.read_bytes()[:3000])


def sparse(path: Path) -> None:
    """A header that promises three gigabytes."""
    name = lambda text: struct.pack(">I", len(text)) + text.ljust(-(-len(text) // 4) * 4, b"\0")  # noqa: E731
    dimensions = struct.pack(">II", 10, 2) + name(b"lat") + struct.pack(">I", 20000) + name(b"lon")
    dimensions += struct.pack(">I", 40000)
    variable = struct.pack(">II", 11, 1) + name(b"topo") + struct.pack(">III", 2, 0, 1) + struct.pack(">II", 0, 0)
    variable += struct.pack(">III", 5, 3_200_000_000, 200)
    path.write_bytes(b"CDF\x01" + struct.pack(">I", 0) + dimensions + struct.pack(">II", 0, 0) + variable)


def hollow(path: Path, rows: int = 20000, columns: int = 40000) -> None:
    """A whole HDF5 file of a few hundred kilobytes that is three gigabytes when it is read."""
    with Dataset(path, "w") as file:
        for name, size, full, units in (("lat", rows, 180, "degrees_north"), ("lon", columns, 360, "degrees_east")):
            file.createDimension(name, size)
            axis = file.createVariable(name, "f8", (name,))
            axis.units = units
            axis[:] = (np.arange(size) + 0.5) * full / size - full / 2
        topo = file.createVariable("topo", "f4", ("lat", "lon"), chunksizes=(1000, 1000), zlib=True)
        topo.units = "m"
        topo[rows // 2, columns // 2] = 100.0


def wrong_grid(path: Path) -> None:
    """A relief whose rows of longitudes are no circle."""
    write_world(path, small_world())
    with Dataset(path, "a") as file:
        file["lon"][:] = np.linspace(-20.0, 20.0, 72) ** 3 / 50.0


#: Poison for a relief, by what it is; each is refused in a sentence, in less than a second.
POISON = {
    "text": lambda path: path.write_text("lat lon height\n1 2 3\n"),
    "north only": north_only,
    "NaN": not_a_number,
    "truncated": truncated,
    "sparse": sparse,
    "hollow": hollow,
    "wrong grid": wrong_grid,
    "random": lambda path: path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(range(256)) * 20),
}


def swollen(path: Path) -> None:
    """A relief as fine as one may be, of a few hundred kilobytes: to read it takes several gigabytes of memory."""
    hollow(path, 10800, 21600)
    with Dataset(path, "a") as file:
        file["topo"].setncattr("missing_value", np.float32(-1.0))
