"""The certificate of a set of weights: what they conserve, and which cells and rivers they leave out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.remapping.atmosphere import AtmosphereGrid
from paleobc.remapping.link_loops import repeated_next, tally
from paleobc.remapping.overlaps import Overlaps
from paleobc.remapping.weights import Weights

_SEED: Final = 20


@dataclass(frozen=True)
class Side:
    """
    One of the two grids that weights join.

    Parameters
    ----------
    longitude, latitude : ndarray, shape (n,)
        Points of the cells [degrees].
    content : ndarray, shape (n,)
        Amount in each cell per unit of the field: the area of a flux through it, 1 for a quantity; 0 for cells
        that take no part.
    allowed : ndarray of bool, shape (n,)
        Cells that links may use: neither masked nor copies of another.
    required : ndarray of bool, shape (n,)
        Cells that must have a link.
    """

    longitude: FloatArray
    latitude: FloatArray
    content: FloatArray
    allowed: BoolArray
    required: BoolArray


@dataclass(frozen=True)
class Certificate:
    """
    What a set of weights does.

    Parameters
    ----------
    links : int
        Number of links.
    row_sums : tuple of float
        Least, mean and largest sum of the weights of a linked destination cell.
    largest_weight, least_weight : float
        Extremes of the weights.
    cell_error : float
        Largest relative difference, over the linked source cells, between what leaves and what arrives.
    global_errors : dict of str to float
        Relative difference of the integrals of a constant, a random and a smooth field, harmonic.
    source_extrema, destination_extrema : tuple of float
        Least and largest value of the smooth field on the linked cells of both sides.
    masked_links : int
        Links from or to cells that may not be used.
    repeated_links : int
        Links between the same two cells, but for the first.
    links_outside : int
        Links whose cells are not in the grids.
    unlinked_sources, unlinked_destinations : ndarray of int
        Flat indices of the cells that should have a link and have none.
    """

    links: int
    row_sums: tuple[float, float, float]
    least_weight: float
    largest_weight: float
    cell_error: float
    global_errors: dict[str, float]
    source_extrema: tuple[float, float]
    destination_extrema: tuple[float, float]
    masked_links: int
    repeated_links: int
    links_outside: int
    unlinked_sources: IntArray
    unlinked_destinations: IntArray


@dataclass(frozen=True)
class UnservedOutlet:
    """
    A river outlet whose water reaches no ocean.

    Parameters
    ----------
    longitude, latitude : float
        [degrees].
    cell : int
        Flat index of the atmosphere's cell that holds it.
    discharge_area : float
        Area drained through the outlet [m2].
    """

    longitude: float
    latitude: float
    cell: int
    discharge_area: float


def harmonic_field(longitude: FloatArray, latitude: FloatArray) -> FloatArray:
    """
    A smooth positive field: spherical harmonics of the degrees 2 and 3 about 2.

    Examples
    --------
    >>> harmonic_field(np.array([0.0, 0.0]), np.array([0.0, 90.0]))
    array([3. , 1.7])
    """
    east, north = np.radians(longitude), np.radians(latitude)
    return np.asarray(2.0 + np.cos(north) ** 2 * np.cos(2.0 * east) + 0.3 * np.sin(3.0 * north))


def certify(weights: Weights, source: Side, destination: Side) -> Certificate:
    """
    Certificate of a set of weights.

    Parameters
    ----------
    weights : Weights
        Of any order and origin; links outside of the grids are counted and left out of the rest.
    source, destination : Side
        The two grids.

    Returns
    -------
    Certificate

    Examples
    --------
    >>> from paleobc.remapping.weights import sorted_weights
    >>> halves = sorted_weights(np.array([0, 1]), np.array([0, 0]), np.array([0.5, 0.5]), 2, 1)
    >>> two, one = (Side(*np.zeros((2, n)), np.full(n, 2.0 / n), *np.ones((2, n), dtype=bool)) for n in (2, 1))
    >>> proof = certify(halves, two, one)
    >>> proof.row_sums, proof.cell_error, proof.unlinked_sources.size
    ((1.0, 1.0, 1.0), 0.0, 0)
    """
    inside = _inside(weights)
    sums = _sums(inside, source, destination)
    sending = sums.starts & (source.content > 0.0)
    errors = np.abs(sums.sent[sending] / source.content[sending] - 1.0)
    rows = sums.arrived["constant"][sums.ends]
    smooth = sums.fields["harmonic"]
    return Certificate(
        links=weights.weight.size,
        row_sums=(*_extremes(rows, "min mean"), *_extremes(rows, "max")),  # type: ignore[arg-type]
        least_weight=_extremes(inside.weight, "min")[0],
        largest_weight=_extremes(inside.weight, "max")[0],
        cell_error=float(np.max(errors, initial=0.0)),
        global_errors=_global_errors(sums, source, destination),
        source_extrema=_extremes(smooth[sums.starts], "min max"),  # type: ignore[arg-type]
        destination_extrema=_extremes(sums.arrived["harmonic"][sums.ends], "min max"),  # type: ignore[arg-type]
        masked_links=sums.masked,
        repeated_links=sums.repeated,
        links_outside=weights.weight.size - inside.weight.size,
        unlinked_sources=np.flatnonzero(source.required & ~sums.starts),
        unlinked_destinations=np.flatnonzero(destination.required & ~sums.ends),
    )


def _inside(weights: Weights) -> Weights:
    """Links that join cells of the grids: nearly always all of them."""
    ends = (weights.source, weights.source_size), (weights.destination, weights.destination_size)
    if all(not cells.size or (cells.min() >= 0 and cells.max() < size) for cells, size in ends):
        return weights
    kept = np.ones(weights.weight.size, dtype=bool)
    for cells, size in ends:
        kept &= (cells >= 0) & (cells < size)
    parts = weights.source[kept], weights.destination[kept], weights.weight[kept]
    return Weights(*parts, weights.source_size, weights.destination_size)


@dataclass(frozen=True)
class _Sums:
    """What is told of all links: fields and what of each arrives, amounts sent, linked cells, links at fault."""

    fields: dict[str, FloatArray]
    arrived: dict[str, FloatArray]
    sent: FloatArray
    starts: BoolArray
    ends: BoolArray
    masked: int
    repeated: int


def _sums(weights: Weights, source: Side, destination: Side) -> _Sums:
    """All that the links have to be read for, in one go: a set may have ten million."""
    fields = {
        "constant": np.ones(weights.source_size),
        "random": np.random.default_rng(_SEED).standard_normal(weights.source_size),
        "harmonic": harmonic_field(source.longitude, source.latitude),
    }
    values = np.stack(list(fields.values()), axis=1)
    arrived = np.zeros((weights.destination_size, len(fields)))
    sent = np.zeros(weights.source_size)
    starts, ends = np.zeros(weights.source_size, dtype=bool), np.zeros(weights.destination_size, dtype=bool)
    links, content = (weights.source, weights.destination, weights.weight), destination.content
    masked = tally(*links, values, content, source.allowed, destination.allowed, arrived, sent, starts, ends)
    received = dict(zip(fields, np.ascontiguousarray(arrived.T), strict=True))
    return _Sums(fields, received, sent, starts, ends, masked, _repeated(weights))


def _extremes(values: FloatArray, which: str) -> tuple[float, ...]:
    """Give what is asked for of some values; not a number where there are none."""
    return tuple(float(getattr(values, name)()) if values.size else float("nan") for name in which.split())


def _global_errors(sums: _Sums, source: Side, destination: Side) -> dict[str, float]:
    errors = {}
    for name, field in sums.fields.items():
        # Sums and not dot products: those of BLAS end in other digits where there are more processors.
        left, total = float((source.content * field).sum()), float((source.content * np.abs(field)).sum())
        arrived = float((destination.content * sums.arrived[name]).sum())
        errors[name] = abs(arrived - left) / total if total > 0.0 else abs(arrived)
    return errors


def _repeated(weights: Weights) -> int:
    """Number of links between the same two cells, but for the first."""
    repeated = int(repeated_next(weights.source, weights.destination))
    if repeated >= 0:
        return repeated
    pairs = weights.destination.astype(np.int64) * weights.source_size + weights.source
    pairs.sort()
    return int(np.count_nonzero(pairs[1:] == pairs[:-1]))


def unserved_outlets(
    weights: Weights,
    atmosphere: AtmosphereGrid,
    longitude: FloatArray,
    latitude: FloatArray,
    discharge_area: FloatArray,
) -> tuple[UnservedOutlet, ...]:
    """
    River outlets that stand in cells of the atmosphere from which no runoff link starts: their water is lost.

    Parameters
    ----------
    weights : Weights
        Of the runoff.
    atmosphere : AtmosphereGrid
        The source's grid.
    longitude, latitude : ndarray, shape (n,)
        Places of the outlets [degrees].
    discharge_area : ndarray, shape (n,)
        Area drained through each outlet [m2].

    Returns
    -------
    tuple of UnservedOutlet
        The largest first.

    Examples
    --------
    >>> from paleobc.remapping.atmosphere import LMD96X95
    >>> from paleobc.remapping.weights import sorted_weights
    >>> only_first = sorted_weights(np.array([0]), np.array([0]), np.ones(1), LMD96X95.size, 1)
    >>> unserved_outlets(only_first, LMD96X95, np.array([-180.0, 0.0]), np.array([90.0, 0.0]), np.array([1e9, 2e9]))
    (UnservedOutlet(longitude=0.0, latitude=0.0, cell=4656, discharge_area=2000000000.0),)
    """
    cells = atmosphere.cell_at(longitude, latitude)
    unserved = np.flatnonzero(~weights.linked_sources()[cells])
    unserved = unserved[np.argsort(-discharge_area[unserved], kind="stable")]
    return tuple(
        UnservedOutlet(float(longitude[k]), float(latitude[k]), int(cells[k]), float(discharge_area[k]))
        for k in unserved
    )


def closure(overlaps: Overlaps) -> tuple[float, float]:
    """
    How exactly a mesh is cut: largest relative error of a cell of the source, and error of the total.

    Parameters
    ----------
    overlaps : Overlaps
        Of a source all of whose cells are covered by the destination.

    Returns
    -------
    cell, total : float
        Area of the overlaps of a cell, and of all, against the area of the cells.
    """
    used = overlaps.source_area > 0.0
    area, cover = overlaps.source_area[used], overlaps.source_cover[used]
    total = float(area.sum())
    return float(np.max(np.abs(cover / area - 1.0), initial=0.0)), abs(float(overlaps.area.sum()) - total) / total
