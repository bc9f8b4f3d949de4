"""Makes the topography that ships as the example from NOAA's ETOPO at one degree (etopo60.cdf)."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from netCDF4 import Dataset

ORIGIN = (
    "ETOPO at 60 arc minutes, variable ROSE of etopo60.cdf in the demonstration data sets of Ferret "
    "(Debian package ferret-datasets, NOAA Pacific Marine Environmental Laboratory); derived from ETOPO5, "
    "Data Announcement 88-MGG-02, Digital relief of the Surface of the Earth, NOAA, National Geophysical "
    "Data Center, Boulder, Colorado, 1988, doi:10.7289/V5D798BF. Heights rounded to 0.1 m."
)


def main(source: Path, target: Path) -> None:
    """Write the heights as they are in the source, rounded to 0.1 m, with their origin and licence."""
    with Dataset(source) as given, Dataset(target, "w") as made:
        longitudes, latitudes = given["ETOPO60X"][:], given["ETOPO60Y"][:]
        for name, values, units in (("lat", latitudes, "degrees_north"), ("lon", longitudes, "degrees_east")):
            made.createDimension(name, values.size)
            made.createVariable(name, "f8", (name,))[:] = values
            made[name].units = units
        topo = made.createVariable("topo", "f4", ("lat", "lon"), zlib=True, complevel=9, shuffle=True)
        topo.units, topo.long_name, topo.standard_name = "m", "relief of the Earth's surface", "surface_altitude"
        topo[:] = np.round(given["ROSE"][:].filled(np.nan).astype(np.float64), 1)
        made.Conventions = "CF-1.11"
        made.title = "The present-day Earth at one degree"
        made.source = ORIGIN
        made.license = "Public domain (work of the government of the United States)"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
