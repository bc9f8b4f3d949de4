"""Files are read and written by many threads at once, as a process that serves pages does."""

from __future__ import annotations

import subprocess
import sys

#: In a process of its own, as the libraries behind netCDF4 end it where two threads use them at once.
PROGRAM = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import xarray as xr

from paleobc.formats.netcdf import read_netcdf, write_netcdf

folder = Path(sys.argv[1])
values = np.random.default_rng(1).normal(size=(6, 300, 400))
written = xr.Dataset({f"v{number}": (("y", "x"), values[number]) for number in range(6)})
for number in range(3):
    write_netcdf(written, folder / f"{number}.nc", file_format="NETCDF4")


def work(thread):
    for step in range(10):
        assert read_netcdf(folder / f"{(thread + step) % 3}.nc").identical(written)
        write_netcdf(written, folder / f"of_{thread}.nc", file_format="NETCDF4")


with ThreadPoolExecutor(6) as pool:
    list(pool.map(work, range(6)))
"""


def test_many_threads_read_and_write_and_all_get_what_is_there(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
