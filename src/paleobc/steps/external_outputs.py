"""What the output of an external step has to hold where it takes the place of one of ours."""

from __future__ import annotations

from typing import Final

#: Dimensions by name of variable.
Variables = dict[str, list[str]]


def _fields(*names: str, dimensions: tuple[str, ...] = ("y", "x"), places: tuple[str, ...] = ()) -> Variables:
    """Fields of some dimensions, and the places of the cells on rows and columns."""
    return {name: list(dimensions) for name in names} | {name: ["y", "x"] for name in places}


_NAV: Final = ("nav_lon", "nav_lat")
_POINTS: Final = ("nav_lon_grid_{}", "nav_lat_grid_{}", "area_grid_{}", "mask_{}")

#: Variables of the files that other steps, the laws and the model read.
VARIABLES: Final[dict[str, Variables]] = {
    "conditioned_relief": {
        "height": ["lat", "lon"],
        "filled": ["lat", "lon"],
        "lat": ["lat"],
        "lon": ["lon"],
    },
    "routing": _fields("trip", "basins", "topoind", "riverl", "disto", places=_NAV),
    "soils": _fields("soilcolor", "soiltext", places=_NAV),
    "high_resolution_relief": {
        "RELIEF": ["latitude", "longitude"],
        "latitude": ["latitude"],
        "longitude": ["longitude"],
    },
    "interpolated_depth": _fields("Bathymetry", places=_NAV),
    "geothermal_heating": _fields("heatflow", dimensions=("time_counter", "y", "x"), places=_NAV),
    "lateral_viscosity": _fields("icof", places=_NAV),
    "subbasins": _fields("atlmsk", "pacmsk", "indmsk", places=("navlon", "navlat")),
    "coordinates_mask": {
        name.format(point): [f"y_grid_{point}", f"x_grid_{point}"] for point in "TUVF" for name in _POINTS
    },
}

#: Patterns that names of the files of a set match, each one at least.
FILES: Final = {
    "mosaic_weights": [
        "*o2a.nc",
        "*grids.nc",
        "*masks.nc",
        "*areas.nc",
        "*rmp_torc_to_tlmd_MOSAIC.nc",
        "*rmp_tlmd_to_torc_MOSAIC.nc",
        "*rmp_tlmd_to_torc_MOSAIC_rivflu.nc",
        "*rmp_tlmd_to_torc_MOSAIC_calvin.nc",
    ],
    "mosaix_weights": [
        "grids*.nc",
        "masks*.nc",
        "areas*.nc",
        "rmp_t*_to_t*_OceTemp_*.nc",
        "rmp_t*_to_t*_HeatWaterFluxes_*.nc",
        "rmp_t*_to_u*_WindStress_*.nc",
        "rmp_t*_to_v*_WindStress_*.nc",
        "rmp_t*_to_t*_runoff_*.nc",
        "rmp_t*_to_t*_calving_*.nc",
    ],
}

#: For files on the grid of another asset: that asset, and one of its variables.
SAME_GRID: Final = {
    "routing": ("conditioned_relief", "height"),
    "soils": ("conditioned_relief", "height"),
    "interpolated_depth": ("ocean_grid", "nav_lon"),
    "geothermal_heating": ("bathymetry", "Bathymetry"),
    "lateral_viscosity": ("bathymetry", "Bathymetry"),
    "subbasins": ("bathymetry", "Bathymetry"),
    "coordinates_mask": ("bathymetry", "Bathymetry"),
}

#: Why the steps of the others stay ours: the pages and the reports look into their options.
KEPT: Final = ("regridded_relief", "edited_relief", "ocean_grid", "bathymetry", "pft")
