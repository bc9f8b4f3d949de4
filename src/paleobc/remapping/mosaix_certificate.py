"""The certificate of each set of coupling weights as plain data, and what must hold in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from paleobc.conventions import FloatArray, IntArray
from paleobc.remapping.atmosphere import AtmosphereGrid
from paleobc.remapping.conservation import Side, certify, unserved_outlets
from paleobc.remapping.weights import Weights

#: Cells that are named one by one; of the others only the number is told.
MOST_NAMED: Final = 200

#: What weights may lose by rounding: of what a cell holds, and of what the globe holds.
CELL_TOLERANCE: Final = 1e-11
GLOBAL_TOLERANCE: Final = 1e-12


@dataclass(frozen=True)
class Outlets:
    """
    Places where rivers leave the land.

    Parameters
    ----------
    longitude, latitude : ndarray, shape (n,)
        [degrees].
    discharge_area : ndarray, shape (n,)
        Area drained through each [m2].
    height, width : float
        Size of the cells of the routing [degrees]: the water of an outlet may appear anywhere in its cell.
    """

    longitude: FloatArray
    latitude: FloatArray
    discharge_area: FloatArray
    height: float = 0.0
    width: float = 0.0

    def cells(self, atmosphere: AtmosphereGrid) -> IntArray:
        """
        Flat indices of all cells of the atmosphere in which their water may appear.

        Examples
        --------
        >>> from paleobc.remapping.atmosphere import LMD96X95
        >>> one = Outlets(np.array([1.875]), np.array([0.5]), np.ones(1), 1.0, 1.0)
        >>> one.cells(LMD96X95).tolist()  # astride two columns
        [4560, 4561]
        """
        north = np.linspace(-0.5, 0.5, 2 + int(self.height * (atmosphere.rows - 1) / 180.0)) * self.height
        east = np.linspace(-0.5, 0.5, 2 + int(self.width * atmosphere.columns / 360.0)) * self.width
        steps = np.stack(np.meshgrid(north, east), axis=-1).reshape(-1, 2) * (1.0 - 1e-9)
        latitude = np.clip(self.latitude[:, None] + steps[:, 0], -90.0, 90.0)
        return np.unique(atmosphere.cell_at(self.longitude[:, None] + steps[:, 1], latitude))


def certificate(weights: Weights, source: Side, destination: Side) -> dict[str, Any]:
    """
    What a set of weights does, as plain data; cells are counted from 1 as in the files.

    Parameters
    ----------
    weights : Weights
    source, destination : Side

    Returns
    -------
    dict
        Numbers, lists of numbers, and lists of cells.
    """
    proof = certify(weights, source, destination)
    least, mean, largest = proof.row_sums
    said = {
        "links": proof.links,
        "row_sum_least": least,
        "row_sum_mean": mean,
        "row_sum_largest": largest,
        "weight_least": proof.least_weight,
        "weight_largest": proof.largest_weight,
        "conservation_cell": proof.cell_error,
        **{f"conservation_{field}": error for field, error in proof.global_errors.items()},
        "extrema_source": list(proof.source_extrema),
        "extrema_destination": list(proof.destination_extrema),
        "links_masked": proof.masked_links,
        "links_repeated": proof.repeated_links,
        "links_outside": proof.links_outside,
        "cells_unlinked_source": int(proof.unlinked_sources.size),
        "cells_unlinked_destination": int(proof.unlinked_destinations.size),
        "unlinked_source": (proof.unlinked_sources[:MOST_NAMED] + 1).tolist(),
        "unlinked_destination": (proof.unlinked_destinations[:MOST_NAMED] + 1).tolist(),
    }
    return {name: value for name, value in said.items() if not _has_no_value(value)}


def _has_no_value(value: object) -> bool:
    """Whether a figure is not a number: that of no links at all."""
    return bool(np.isnan(np.asarray(value, dtype=np.float64)).any())


def outlets_served(weights: Weights, atmosphere: AtmosphereGrid, outlets: Outlets) -> dict[str, Any]:
    """
    Which river outlets the runoff serves, and the area that they drain [m2].

    Parameters
    ----------
    weights : Weights
        Of the runoff.
    atmosphere : AtmosphereGrid
    outlets : Outlets
    """
    unserved = unserved_outlets(weights, atmosphere, outlets.longitude, outlets.latitude, outlets.discharge_area)
    total, lost = float(outlets.discharge_area.sum()), float(sum(outlet.discharge_area for outlet in unserved))
    named = [{**asdict(outlet), "cell": outlet.cell + 1} for outlet in unserved[:MOST_NAMED]]
    return {
        "outlets": int(outlets.longitude.size),
        "outlets_unserved": len(unserved),
        "discharge_area_m2": total,
        "discharge_area_unserved_m2": lost,
        "unserved": named,
    }


def laws(certificates: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, bool, str]]:
    """
    What must hold for a whole set, each as a sentence, whether it holds, and figures.

    Parameters
    ----------
    certificates : mapping of str to mapping
        Certificates of the sets, by name.
    """
    sets = list(certificates.values())
    links = sum(int(each["links"]) for each in sets)
    wrong = _sum(sets, "links_masked") + _sum(sets, "links_repeated") + _sum(sets, "links_outside")
    # Temperatures and the wind stress are no amounts: nothing is lost where a sliver rounds or a cell is not read.
    amounts = [each for name, each in certificates.items() if "WindStress" not in name and "OceTemp" not in name]
    cell = max(float(each.get("conservation_cell", 0.0)) for each in amounts)
    whole = max(
        float(each.get(f"conservation_{f}", 0.0)) for each in amounts for f in ("constant", "random", "harmonic")
    )
    missed = _sum(amounts, "cells_unlinked_source")
    found = [
        ("No link of the coupling joins masked, doubled or foreign cells", wrong == 0, f"{links} links"),
        (
            "All that leaves a cell of one model arrives in the other",
            cell <= CELL_TOLERANCE and whole <= GLOBAL_TOLERANCE and missed == 0,
            f"largest error of a cell {cell:.1e}, of the globe {whole:.1e}; {missed} cells send in vain",
        ),
    ]
    rivers = [each for each in sets if "outlets" in each]
    if rivers:
        lost = _sum(rivers, "outlets_unserved")
        figures = f"{_sum(rivers, 'outlets')} outlets, {lost} of them not served"
        found.append(("All water that ORCHIDEE sends reaches the sea", lost == 0, figures))
    return found


def _sum(sets: Iterable[Mapping[str, Any]], name: str) -> int:
    return sum(int(each.get(name, 0)) for each in sets)
