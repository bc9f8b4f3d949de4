"""Whether every river of routing.nc ends in a wet cell that the runoff weights serve."""

from __future__ import annotations

from typing import Final

import numpy as np
import xarray as xr
from scipy.spatial import KDTree

from paleobc.constants import EARTH_RADIUS
from paleobc.conventions import BoolArray, FloatArray, counted
from paleobc.formats.outlets import river_outlets
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.fold import duplicates
from paleobc.grids.sphere import unit_vectors
from paleobc.remapping.atmosphere import AtmosphereGrid
from paleobc.remapping.conservation import UnservedOutlet, unserved_outlets
from paleobc.remapping.mosaic_runoff import LARGEST_DISTANCE
from paleobc.remapping.mosaic_weights import LEAST_WEIGHT
from paleobc.remapping.mosaix_certificate import Outlets
from paleobc.remapping.weights import Weights
from paleobc.services.audit_coupling import atmosphere_in, expected_sea, sea_fraction
from paleobc.services.audit_files import OpenedFile
from paleobc.services.audit_links import links_of, usable_links
from paleobc.services.audit_names import Engine
from paleobc.services.audit_ocean import grid_in
from paleobc.services.audit_result import MOST_CELLS, Cell, Check, Finding, Outcome, Places, Severity
from paleobc.services.audit_sizes import field_places
from paleobc.topography.checks import CheckKind

RIVERS_SERVED: Final = CheckKind(
    "rivers_served",
    "Rivers end in the sea",
    "Every river ends in a cell of LMDZ whose runoff links lead to wet cells of NEMO: else its water is lost.",
    "Make the weights with engine mosaix, or with engine mosaic and faithful: false, from this routing and bathymetry.",
)


def _rivers(engine: Engine) -> Check:
    def look(
        routing: OpenedFile, runoff: OpenedFile, fraction: OpenedFile, bathymetry: OpenedFile, coordinates: OpenedFile
    ) -> Outcome:
        air, grid = atmosphere_in(fraction), grid_in(coordinates)
        _, may = expected_sea(bathymetry, grid, engine)
        wet = may.ravel()[duplicates(grid.layout)[0].ravel()]
        links = usable_links(links_of(runoff))
        kept = wet[links.destination] & (links.weight > 0.0)
        sizes = links.source_size, links.destination_size
        to_sea = Weights(links.source[kept], links.destination[kept], links.weight[kept], *sizes)
        outlets = _outlets(routing)
        places = outlets.longitude, outlets.latitude
        unserved = unserved_outlets(to_sea, air, *places, outlets.discharge_area)
        near = _near(to_sea, air, grid, sea_fraction(fraction))[[each.cell for each in unserved]]
        left = [each for each, served in zip(unserved, near, strict=True) if engine == "mosaic" and not served]
        lost = [each for each, served in zip(unserved, near, strict=True) if engine == "mosaix" or served]
        names, whole = (runoff.name, routing.name), float(outlets.discharge_area.sum())
        return [
            *_lost(names, "fault", "", lost, whole, field_places(routing)),
            *_lost(names, "warning", _RULE, left, whole, field_places(routing)),
        ], f"{outlets.longitude.size} outlets that drain {whole / 1e12:.2f} million km2, all served"

    needs = ("routing", f"{engine}:runoff", f"{engine}:fraction", "bathymetry", "ocean_grid")
    return Check(RIVERS_SERVED, needs, look, about=2)


_RULE: Final = (
    f", as the rule of MOSAIC leaves them (land farther than {LARGEST_DISTANCE / 1000:g} km from a coast, and islands "
    "that are sea for LMDZ)"
)


def _outlets(routing: OpenedFile) -> Outlets:
    """Outlets of a routing file."""
    places = field_places(routing)
    trip = routing.fields["trip"]
    fields = {
        "trip": trip,
        "nav_lat": np.broadcast_to(places.latitude, trip.shape),
        "nav_lon": np.broadcast_to(places.longitude, trip.shape),
    }
    return river_outlets(xr.Dataset({name: (("y", "x"), field) for name, field in fields.items()}))


def _near(to_sea: Weights, air: AtmosphereGrid, grid: CurvilinearGrid, fraction: FloatArray) -> BoolArray:
    """Cells of LMDZ that engine mosaic serves: with land and sea, or land near a linked coast, shape (cells,)."""
    part = fraction.ravel()
    mixed = (part > LEAST_WEIGHT) & (part < 1.0 - LEAST_WEIGHT)
    coast = unit_vectors(grid.t.longitude, grid.t.latitude).reshape(-1, 3)[to_sea.linked_destinations()]
    if not coast.size:
        return mixed
    straight, _ = KDTree(coast).query(unit_vectors(*air.centres()))
    distance = 2.0 * EARTH_RADIUS * np.arcsin(np.minimum(straight / 2.0, 1.0))
    return np.asarray(mixed | ((part <= LEAST_WEIGHT) & (distance < LARGEST_DISTANCE)))


def _lost(
    names: tuple[str, ...],
    severity: Severity,
    rule: str,
    outlets: list[UnservedOutlet],
    whole: float,
    places: Places,
) -> list[Finding]:
    """A finding about outlets that are not served, the largest first."""
    if not outlets:
        return []
    area = sum(outlet.discharge_area for outlet in outlets)
    said = (
        f"{counted(len(outlets), 'river outlet')} without a way into the sea{rule}: the water of "
        f"{area / 1e12:.3f} million km2 is lost, {100.0 * area / whole:.2g} % of all. Values are areas drained in m2."
    )
    cells = tuple(_cell(outlet, places) for outlet in outlets[:MOST_CELLS])
    return [Finding(RIVERS_SERVED, names, severity, said, len(outlets), cells)]


def _cell(outlet: UnservedOutlet, places: Places) -> Cell:
    """Cell of the routing in which an outlet stands."""
    turn = np.abs((places.longitude - outlet.longitude + 180.0) % 360.0 - 180.0)
    off = turn + np.abs(places.latitude - outlet.latitude)
    row, column = np.unravel_index(int(off.argmin()), off.shape)
    return Cell(int(row), int(column), outlet.latitude, outlet.longitude, outlet.discharge_area)


def outlet_checks(engine: Engine) -> tuple[Check, ...]:
    """Give the checks of the runoff of a set of weights against the rivers."""
    return (_rivers(engine),)
