"""What is worth knowing about a relief, as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import xarray as xr

from paleobc.formats.nemo_fields import basin_masks_of, depth_of, ocean_grid_of
from paleobc.steps.relief import grid_of, height_of
from paleobc.topography.checks import CHECKS, CheckKind, Problem, check_relief
from paleobc.topography.ocean_checks import CELL_IN_TWO_BASINS, CELL_WITHOUT_BASIN, OCEAN_CHECKS, check_ocean

#: A report lists so many cells of a problem; the count is always whole.
MOST_CELLS = 100


def problems_of(relief: xr.Dataset) -> list[Problem]:
    """All that is wrong with a relief of ours."""
    return check_relief(height_of(relief), grid_of(relief))


def problem_data(problem: Problem) -> dict[str, Any]:
    """A problem as plain data."""
    cells = zip(problem.rows, problem.columns, problem.latitudes, problem.longitudes, strict=True)
    return {
        "check": problem.kind,
        "label": problem.label,
        "count": int(problem.rows.size),
        "cells": [
            {"row": int(j), "column": int(i), "latitude": float(lat), "longitude": float(lon)}
            for (j, i, lat, lon), _ in zip(cells, range(MOST_CELLS), strict=False)
        ],
        "meaning": problem.check.meaning,
        "remedy": problem.check.remedy,
    }


def findings(problems: list[Problem]) -> dict[str, Any]:
    """Problems of a relief and how many there are of each kind, for a report."""
    return _counted(problems, CHECKS)


def ocean_problems_of(
    bathymetry: xr.Dataset, ocean_grid: xr.Dataset, subbasins: xr.Dataset | None = None
) -> list[Problem]:
    """All that is wrong with a bathymetry of ours on its grid."""
    basins = basin_masks_of(subbasins) > 0.5 if subbasins is not None else None
    return check_ocean(depth_of(bathymetry), ocean_grid_of(ocean_grid), basins=basins)


def ocean_findings(problems: list[Problem], *, with_basins: bool = True) -> dict[str, Any]:
    """Problems on the ocean grid and how many there are of each kind, those of the sub-basins only where looked for."""
    unmade = () if with_basins else (CELL_WITHOUT_BASIN, CELL_IN_TWO_BASINS)
    return _counted(problems, [check for check in OCEAN_CHECKS if check not in unmade])


def _counted(problems: list[Problem], checks: Iterable[CheckKind]) -> dict[str, Any]:
    """Problems and how many there are of each kind."""
    number = Counter(problem.kind for problem in problems)
    cells: Counter[str] = Counter()
    for problem in problems:
        cells[problem.kind] += int(problem.rows.size)
    return {
        "checks": {
            check.name: {"title": check.title, "places": number[check.name], "cells": cells[check.name]}
            for check in checks
        },
        "problems": [problem_data(problem) for problem in problems],
    }


def summary_of_regrid(relief: xr.Dataset, regridded: xr.Dataset, options: dict[str, Any]) -> dict[str, Any]:
    """What regridding did to the relief, for a report."""
    before, after = grid_of(relief), grid_of(regridded)
    advice = ""
    if after.rows < before.rows and options["method"] != "conservative":
        advice = (
            f"The relief was made coarser by the method {options['method']}, which looks at some of its cells only; "
            "conservative takes the mean of all."
        )
    keys = ("land_fraction_before", "land_fraction_after", "mean_height_before", "mean_height_after")
    return {
        "regrid": {
            "cells_before": list(before.shape),
            "cells_after": list(after.shape),
            **{key: float(regridded.attrs[key]) for key in keys},
            "advice": advice,
        }
    }
