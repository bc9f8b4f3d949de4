"""What a coupling is: what one chooses, the weights of each group of fields, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from paleobc.remapping.atmosphere import AtmosphereGrid
from paleobc.remapping.mosaix_meshes import Mesh
from paleobc.remapping.runoff import SEARCH_RADIUS, Redirect
from paleobc.remapping.weights import Weights

Fluxes = Literal["conservative", "uniform"]
WindSources = Literal["all", "sea"]


@dataclass(frozen=True)
class Choices:
    """
    What the MOSAIX documentation leaves open, with our defaults.

    Parameters
    ----------
    search_radius : float
        Distance within which a coast receives the water of a cell [m].
    land_band, ocean_band : int
        Width in cells of the coast on the atmosphere's and on the ocean's side.
    inland : bool
        Whether land beyond the band is linked as well: nothing that ORCHIDEE sends is lost.
    redirects : tuple of Redirect
        Rules for rivers that enter the sea elsewhere.
    fluxes : {"conservative", "uniform"}
        Conservative by NEMO's own areas e1t e2t, or uniform fluxes kept uniform, by the areas of the polygons.
    wind_sources : {"all", "sea"}
        Cells of the atmosphere from which the wind stress is taken: all, or those with sea.
    calving_in_closed_seas : bool
        Whether ice also melts in seas cut off from the world ocean.
    least_fraction : float
        Fractions of sea in a cell of the atmosphere below this are none.
    """

    search_radius: float = SEARCH_RADIUS
    land_band: int = 1
    ocean_band: int = 1
    inland: bool = True
    redirects: tuple[Redirect, ...] = ()
    fluxes: Fluxes = "conservative"
    wind_sources: WindSources = "all"
    calving_in_closed_seas: bool = True
    least_fraction: float = 1e-10


@dataclass(frozen=True)
class WeightSet:
    """
    Weights for one group of fields.

    Parameters
    ----------
    name : str
        Name of the group in MOSAIX's file names, with the order.
    normalization : str
        SCRIP's word.
    source, destination : Mesh
    weights : Weights
    certificate : dict
        What the weights do, as plain data.
    """

    name: str
    normalization: str
    source: Mesh
    destination: Mesh
    weights: Weights
    certificate: dict[str, Any]


@dataclass(frozen=True)
class Coupling:
    """
    All that OASIS needs.

    Parameters
    ----------
    atmosphere : AtmosphereGrid
    meshes : tuple of Mesh
        torc, uorc, vorc, forc, tlmd, aone, afra.
    sets : tuple of WeightSet
        Temperatures, fluxes, wind stress on U and V, runoff, calving.
    closure : dict of str to float
        How exactly the meshes were cut: of the worst cell, and of the whole.
    warnings : tuple of str
        What the user should know.
    """

    atmosphere: AtmosphereGrid
    meshes: tuple[Mesh, ...]
    sets: tuple[WeightSet, ...]
    closure: dict[str, float]
    warnings: tuple[str, ...]

    def mesh(self, prefix: str) -> Mesh:
        """Mesh of these four letters."""
        return next(mesh for mesh in self.meshes if mesh.prefix == prefix)
