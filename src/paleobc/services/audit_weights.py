"""Whether the sums of a set of weights close: means stay means, and all that is sent arrives."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.conventions import FloatArray
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.fold import duplicates
from paleobc.remapping.atmosphere import AtmosphereGrid
from paleobc.remapping.weights import Weights
from paleobc.services.audit_coupling import atmosphere_in, atmosphere_places, ocean_area, sea_fraction
from paleobc.services.audit_files import OpenedFile
from paleobc.services.audit_links import links_of, usable_links
from paleobc.services.audit_names import SETS, Engine
from paleobc.services.audit_ocean import cell_places, grid_in
from paleobc.services.audit_result import Check, Finding, Outcome, wrong_cells
from paleobc.topography.checks import CheckKind

#: Relative error of sums: engine mosaic keeps its in single precision (2.4e-7).
SUM_TOLERANCE: Final = 1e-6

#: Weights that keep a constant flux constant cannot conserve by e1t e2t as well: both areas of a cell differ by 8 %.
UNIFORM_TOLERANCE: Final = 0.1
_UNIFORM: Final = 1e-9

MEANS: Final = CheckKind(
    "weight_means",
    "Sums of weights that take means",
    "The weights of temperatures and of the wind stress sum to 1 for each cell: a field of ones stays one.",
    "Make the weights again.",
)
FLUXES: Final = CheckKind(
    "flux_closure",
    "Fluxes close",
    "What leaves the sea of each cell of LMDZ (OceMask times area) arrives in NEMO, measured by its own areas.",
    "Make the weights again, and take o2a.nc and the weights from the same set.",
)
RUNOFF: Final = CheckKind(
    "runoff_closure",
    "Runoff closes",
    "Each kg of water that a linked cell of LMDZ sends arrives in NEMO, measured by its own areas.",
    "Make the weights again on this ocean grid.",
)
CALVING: Final = CheckKind(
    "calving_closure",
    "Calving closes",
    "All ice that LMDZ sends arrives in NEMO, measured by its own areas.",
    "Make the weights again on this ocean grid, with the calving of the engine (cpl_old_calving) as in the namelist.",
)


def _means(file: OpenedFile, fraction: OpenedFile, coordinates: OpenedFile) -> Outcome:
    links = usable_links(links_of(file))
    linked, sums = links.linked_destinations(), links.row_sums()
    off = np.where(linked, np.abs(sums - 1.0), 0.0)
    to_air = file.expected.role == "to_atmosphere"
    grid, air = grid_in(coordinates), atmosphere_in(fraction)
    places, shape = (atmosphere_places(air), air.shape) if to_air else (cell_places(grid), grid.layout.shape)
    said = f"{{}} whose weights do not sum to 1 (by up to {off.max():.1e})."
    wrong = (~(off <= SUM_TOLERANCE)).reshape(shape)
    found = wrong_cells(MEANS, (file.name,), "fault", said, wrong, places, sums.reshape(shape))
    return found, f"largest |sum - 1| {off.max():.1e} in {int(linked.sum())} cells"


def arriving(links: Weights, grid: CurvilinearGrid) -> FloatArray:
    """What one unit per area in each source cell amounts to in NEMO, copies counted once, shape (source cells,)."""
    original = duplicates(grid.layout)[0].ravel()
    linked = np.flatnonzero(links.linked_destinations())
    once = np.zeros(links.destination_size, dtype=bool)
    once[linked[np.unique(original[linked], return_index=True)[1]]] = True
    return links.transposed_sums(np.where(once, ocean_area(grid).ravel(), 0.0))


def _fluxes(engine: Engine) -> Check:
    def look(file: OpenedFile, fraction: OpenedFile, coordinates: OpenedFile) -> Outcome:
        air, content = atmosphere_in(fraction), links_of(file)
        area = content.source.area
        if area is None:
            return f"{file.name} has no src_grid_area"
        links = usable_links(content)
        sent, arrived = sea_fraction(fraction).ravel() * area, arriving(links, grid_in(coordinates))
        off = np.divide(np.abs(arrived - sent), area, out=np.zeros(area.size), where=area > 0.0)
        off[~links.linked_sources()] = 0.0  # without sea, or one of the cells for which another stands on the pole
        sums = links.row_sums()[links.linked_destinations()]
        uniform = bool(sums.size) and float(np.abs(sums - 1.0).max()) < _UNIFORM
        tolerance = UNIFORM_TOLERANCE if uniform else SUM_TOLERANCE
        said = f"{{}} of LMDZ whose fluxes do not arrive as they leave (off by up to {off.max():.1e} of the cell)."
        wrong = (~(off <= tolerance)).reshape(air.shape)
        values, names = arrived.reshape(air.shape), (file.name, fraction.name)
        found = wrong_cells(FLUXES, names, "fault", said, wrong, atmosphere_places(air), values)
        kept = arrived.sum() / sent.sum() - 1.0 if sent.any() else 0.0
        beside = "; a constant flux stays constant" if uniform else ""
        return found, f"largest error of a cell {off.max():.1e}, of the globe {abs(kept):.1e}{beside}"

    return Check(FLUXES, (f"{engine}:to_ocean", f"{engine}:fraction", "ocean_grid"), look, about=2)


def _runoff(file: OpenedFile, fraction: OpenedFile, coordinates: OpenedFile) -> Outcome:
    links, air = usable_links(links_of(file)), atmosphere_in(fraction)
    sums = arriving(links, grid_in(coordinates))
    return _closing(RUNOFF, file, links, sums, air, "water")


def _closing(
    check: CheckKind, file: OpenedFile, links: Weights, sums: FloatArray, air: AtmosphereGrid, what: str
) -> Outcome:
    """All that linked cells send arrives: sums are 1."""
    linked = np.bincount(links.source, np.abs(links.weight), links.source_size) > 0.0
    off = np.where(linked, np.abs(sums - 1.0), 0.0)
    said = f"{{}} of LMDZ whose {what} does not arrive as it leaves (off by up to {off.max():.1e} of it)."
    wrong = (~(off <= SUM_TOLERANCE)).reshape(air.shape)
    found = wrong_cells(check, (file.name,), "fault", said, wrong, atmosphere_places(air), sums.reshape(air.shape))
    return found, f"largest error {off.max():.1e} of what a cell sends, {int(linked.sum())} cells linked"


def _zones(file: OpenedFile, fraction: OpenedFile, coordinates: OpenedFile) -> Outcome:
    """Calving of engine mosaix: LMDZ puts the ice of three zones of latitude into three cells."""
    links, air = usable_links(links_of(file)), atmosphere_in(fraction)
    outcome = _closing(CALVING, file, links, arriving(links, grid_in(coordinates)), air, "ice")
    assert not isinstance(outcome, str)  # noqa: S101
    expected = {(air.size - 1) * zone // 2 for zone in range(3)}
    found = set(np.flatnonzero(links.linked_sources()).tolist())
    if found != expected:
        said = f"{file.name} links the cells {sorted(c + 1 for c in found)[:9]}; LMDZ puts its ice into "
        said += f"{sorted(c + 1 for c in expected)}."
        outcome[0].append(Finding(CALVING, (file.name,), "fault", said, len(found ^ expected)))
    return outcome


def _rows(file: OpenedFile, fraction: OpenedFile, areas: OpenedFile, coordinates: OpenedFile) -> Outcome:
    """Calving of engine mosaic: a flux that is uniform along rows, taken from the first cell of each."""
    links, air = usable_links(links_of(file)), atmosphere_in(fraction)
    row = np.repeat(areas.fields["tlmd.srf"].sum(axis=1), air.columns)
    sums = np.divide(arriving(links, grid_in(coordinates)), row, out=np.zeros(row.size), where=row > 0.0)
    return _closing(CALVING, file, links, sums, air, "ice")


def weight_checks(engine: Engine) -> tuple[Check, ...]:
    """Give the checks of the sums of a set of weights."""
    means = [e.role for e in SETS[engine] if e.role in ("to_atmosphere", "wind_u", "wind_v")]
    fraction, grid = f"{engine}:fraction", "ocean_grid"
    calving = f"{engine}:calving"
    return (
        *(Check(MEANS, (f"{engine}:{role}", fraction, grid), _means) for role in means),
        _fluxes(engine),
        Check(RUNOFF, (f"{engine}:runoff", fraction, grid), _runoff),
        Check(CALVING, (calving, fraction, grid), _zones)
        if engine == "mosaix"
        else Check(CALVING, (calving, fraction, f"{engine}:areas", grid), _rows),
    )
