"""Engine mosaix: all weights of a coupling, put together so that nothing is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from paleobc.constants import EARTH_RADIUS
from paleobc.conventions import BoolArray, FloatArray
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.fold import Point, filled_halo, owner_table
from paleobc.remapping.atmosphere import AtmosphereGrid
from paleobc.remapping.calving import calving_sources, calving_weights
from paleobc.remapping.cells import cell_corners
from paleobc.remapping.conservation import Side, closure
from paleobc.remapping.coupling import Choices, Coupling, WeightSet
from paleobc.remapping.mosaix_certificate import Outlets, certificate, outlets_served
from paleobc.remapping.mosaix_meshes import Mesh, all_cells, atmosphere_mesh, ocean_mesh, sea_only
from paleobc.remapping.neighbours import atmosphere_neighbours, coast, ocean_neighbours
from paleobc.remapping.overlaps import Overlaps, overlaps_with_atmosphere
from paleobc.remapping.runoff import river_cells, runoff_weights
from paleobc.remapping.second_order import second_order_weights
from paleobc.remapping.weights import (
    destarea_weights,
    flux_weights,
    fracarea_weights,
    ocean_fraction,
    with_uniform_poles,
    without_slivers,
)
from paleobc.topography.closed_seas import label_seas


def couple(
    grid: CurvilinearGrid,
    wet: BoolArray,
    atmosphere: AtmosphereGrid,
    outlets: Outlets | None = None,
    choices: Choices | None = None,
) -> Coupling:
    """
    All weights between an ocean and an atmosphere, and their certificates.

    Parameters
    ----------
    grid : CurvilinearGrid
        The ocean grid, with all points and scale factors.
    wet : ndarray of bool, shape (rows, columns)
        T cells of the sea; the southern row counts as closed, copies are not read.
    atmosphere : AtmosphereGrid
    outlets : Outlets, optional
        Where rivers leave the land: their cells are linked whatever the ocean fraction there.
    choices : Choices, optional

    Returns
    -------
    Coupling

    Raises
    ------
    InputError
        Where there is no sea, or the grid lacks points.

    References
    ----------
    Kritsikis, Aechtner, Meurdesoif and Dubos (2017), doi:10.5194/gmd-10-425-2017; Marti et al. (2010),
    doi:10.1007/s00382-009-0640-6.
    """
    choices = choices or Choices()
    sea = filled_halo(grid.layout, wet)
    sea[0] = False
    ocean = {point: ocean_mesh(grid, sea, point) for point in ("T", "U", "V", "F")}
    cut = overlaps_with_atmosphere(cell_corners(grid), np.flatnonzero(ocean["T"].open), atmosphere)
    shared = with_uniform_poles(cut, atmosphere)
    tlmd = atmosphere_mesh(atmosphere, ocean_fraction(shared, choices.least_fraction))
    kept = without_slivers(shared, choices.least_fraction)
    winds = [_wind_stress(grid, atmosphere, tlmd, ocean[point], choices) for point in ("U", "V")]
    runoff = _runoff(grid, sea, atmosphere, tlmd, ocean["T"], outlets, choices)
    calving = _calving(grid, sea, atmosphere, tlmd, ocean["T"], choices)
    means, fluxes = _temperatures(kept, ocean["T"], tlmd), _fluxes(kept, ocean["T"], tlmd, choices)
    closed = _closure(cut)
    means.certificate.update(closed)
    fluxes.certificate.update(closed)
    sets = (means, fluxes, *winds, runoff, calving)
    warnings = tuple(sentence for each in sets for sentence in each.certificate.get("warnings", []))
    meshes = (*ocean.values(), tlmd, all_cells(tlmd), sea_only(tlmd))
    return Coupling(atmosphere, meshes, sets, closed, warnings)


def _closure(cut: Overlaps) -> dict[str, float]:
    """How exactly the cells of the ocean were cut."""
    cell, total = closure(cut)
    return {"closure_cell": cell, "closure_total": total}


def _side(mesh: Mesh, content: FloatArray, required: BoolArray) -> Side:
    return Side(mesh.longitude, mesh.latitude, content, mesh.open, required)


def _taking_part(mesh: Mesh, cells: BoolArray) -> Mesh:
    """Give the same mesh with other cells open, each as a whole."""
    return replace(mesh, open=cells, fraction=cells.astype(np.float64))


def _temperatures(overlaps: Overlaps, ocean: Mesh, atmosphere: Mesh) -> WeightSet:
    """From the sea to the atmosphere: the mean over the sea in each cell."""
    weights = fracarea_weights(overlaps)
    sides = (
        _side(ocean, overlaps.source_cover, ocean.open),
        _side(atmosphere, overlaps.destination_cover, atmosphere.open),
    )
    return WeightSet("OceTemp_1stOrder", "fracarea", ocean, atmosphere, weights, certificate(weights, *sides))


def _fluxes(overlaps: Overlaps, ocean: Mesh, atmosphere: Mesh, choices: Choices) -> WeightSet:
    """From the atmosphere to the sea: all that leaves the sea's part of each cell."""
    back = overlaps.reversed()
    sent = atmosphere.area * atmosphere.fraction
    if choices.fluxes == "conservative":
        weights = flux_weights(back, sent, ocean.area)
        sides = _side(atmosphere, sent, atmosphere.open), _side(ocean, ocean.area, ocean.open)
    else:
        weights = destarea_weights(back)
        covered, polygons = back.source_cover * EARTH_RADIUS**2, back.destination_area * EARTH_RADIUS**2
        sides = _side(atmosphere, covered, atmosphere.open), _side(ocean, polygons, ocean.open)
    proof = certificate(weights, *sides)
    missed = proof["cells_unlinked_destination"]
    sentence = (
        f"{missed} wet cells of the ocean exchange nothing: they have no area on the sphere, as at a wet pole of the "
        "grid, or all sea of their cell of the atmosphere is less than the least fraction."
    )
    proof["warnings"] = [sentence] if missed else []
    proof["integral_by_model_areas"] = float((ocean.area * weights.row_sums()).sum() / sent.sum())
    return WeightSet("HeatWaterFluxes_1stOrder", "destarea", atmosphere, ocean, weights, proof)


def _wind_stress(
    grid: CurvilinearGrid, atmosphere: AtmosphereGrid, tlmd: Mesh, faces: Mesh, choices: Choices
) -> WeightSet:
    """From the atmosphere to the U or V cells, of second order; the weights of each sum to 1."""
    source = _taking_part(tlmd, tlmd.open if choices.wind_sources == "sea" else np.ones(tlmd.size, dtype=bool))
    point: Point = "U" if faces.prefix == "uorc" else "V"
    cells = np.flatnonzero(faces.open)
    cut = overlaps_with_atmosphere(cell_corners(grid, point), cells, atmosphere, moments=True)
    overlaps = cut.reversed().selected(source.open[cut.destination])
    around = atmosphere_neighbours(atmosphere)
    around = np.where(source.open[around], around, -1).astype(around.dtype)
    weights = second_order_weights(overlaps, around, atmosphere.centroids())
    sends = overlaps.source_cover
    sides = _side(source, sends, sends > 0.0), _side(faces, overlaps.destination_cover, faces.open)
    proof = {**certificate(weights, *sides), **_closure(cut)}
    return WeightSet("WindStress_2ndOrder", "fracarea", source, faces, weights, proof)


def _runoff(
    grid: CurvilinearGrid,
    sea: BoolArray,
    atmosphere: AtmosphereGrid,
    tlmd: Mesh,
    ocean: Mesh,
    outlets: Outlets | None,
    choices: Choices,
) -> WeightSet:
    """From kg/s in each cell with land to kg/m2/s along the coast."""
    sends = river_cells(tlmd.fraction, atmosphere_neighbours(atmosphere), choices.land_band, inland=choices.inland)
    if outlets is not None:
        sends[outlets.cells(atmosphere)] = True
    shore = ocean.open & coast(sea.ravel(), ocean_neighbours(grid.layout), choices.ocean_band)
    shore = shore if shore.any() else ocean.open
    source, target = _taking_part(tlmd, sends), _taking_part(ocean, shore)
    links = runoff_weights(
        (source.longitude, source.latitude), sends, (ocean.longitude, ocean.latitude), shore, ocean.area,
        radius=choices.search_radius, redirects=choices.redirects,
    )  # fmt: skip
    proof = certificate(links.weights, _side(source, source.fraction, sends), _side(target, ocean.area, shore))
    proof["cells_beyond_search_radius"] = int(links.widened.size)
    proof["cells_redirected"] = int(links.redirected.size)
    proof["largest_search_radius_m"] = float(links.radius.max())
    if outlets is not None:
        proof |= outlets_served(links.weights, atmosphere, outlets)
    proof["warnings"] = _far_from_the_coast(proof, choices)
    return WeightSet("runoff_Quantity_to_Surfacic", "none", source, target, links.weights, proof)


def _far_from_the_coast(proof: dict[str, Any], choices: Choices) -> list[str]:
    """A sentence about land whose water goes farther than the radius."""
    count, reach = proof["cells_beyond_search_radius"], proof["largest_search_radius_m"] / 1e3
    sentence = f"{count} cells of the atmosphere have no coast within {choices.search_radius / 1e3:g} km; their water "
    return [f"{sentence}goes to the nearest, at most {reach:.0f} km away."] if count else []


def _calving(
    grid: CurvilinearGrid, sea: BoolArray, atmosphere: AtmosphereGrid, tlmd: Mesh, ocean: Mesh, choices: Choices
) -> WeightSet:
    """From the kg/s of the ice of each zone to kg/m2/s in the sea."""
    melts = ocean.open
    if not choices.calving_in_closed_seas:
        areas = (ocean.area * ocean.open).reshape(sea.shape)
        melts = melts & (label_seas(sea, owner_table(grid.layout), areas).ravel() == 1)
    links = calving_weights(atmosphere, ocean.latitude, melts, ocean.area)
    sends = np.zeros(tlmd.size, dtype=bool)
    sends[calving_sources(atmosphere)] = True
    source, target = _taking_part(tlmd, sends), _taking_part(ocean, melts)
    proof = certificate(links.weights, _side(source, source.fraction, sends), _side(target, ocean.area, melts))
    proof["zones_moved"], proof["warnings"] = [list(pair) for pair in links.moved], list(links.warnings)
    return WeightSet("calving_full", "none", source, target, links.weights, proof)
