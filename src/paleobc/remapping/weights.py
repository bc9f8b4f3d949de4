"""Sparse weights from one grid to another, and those of first order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paleobc.compilation import kernel
from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.remapping.atmosphere import AtmosphereGrid
from paleobc.remapping.overlaps import Overlaps


@dataclass(frozen=True)
class Weights:
    """
    Links from cells of a source to cells of a destination, sorted by destination, then by source.

    Parameters
    ----------
    source, destination : ndarray of int32, shape (n,)
        Flat indices, from 0.
    weight : ndarray, shape (n,)
        What the destination receives per unit of the source.
    source_size, destination_size : int
        Number of cells of both grids.

    Examples
    --------
    >>> halves = sorted_weights(np.array([1, 0]), np.array([0, 0]), np.array([0.5, 0.5]), 2, 3)
    >>> halves.source, halves.apply(np.array([2.0, 4.0]))
    (array([0, 1], dtype=int32), array([3., 0., 0.]))
    """

    source: npt.NDArray[np.int32]
    destination: npt.NDArray[np.int32]
    weight: FloatArray
    source_size: int
    destination_size: int

    def apply(self, field: FloatArray) -> FloatArray:
        """
        Field on the destination: 0 where no link ends.

        Parameters
        ----------
        field : ndarray, shape (..., source cells)
            Values of the source; those without a link are not read.

        Returns
        -------
        ndarray, shape (..., destination cells)
        """
        values = np.ascontiguousarray(field, dtype=np.float64).reshape(-1, self.source_size)
        result = np.zeros((values.shape[0], self.destination_size))
        _apply(self.source, self.destination, self.weight, values, result)
        return result.reshape(*field.shape[:-1], self.destination_size)

    def row_sums(self) -> FloatArray:
        """Sum of the weights that end in each cell of the destination: what becomes of a field of ones."""
        return np.asarray(np.bincount(self.destination, self.weight, self.destination_size), dtype=np.float64)

    def transposed_sums(self, content: FloatArray) -> FloatArray:
        """
        What one unit in each cell of the source amounts to in the destination.

        Parameters
        ----------
        content : ndarray, shape (destination cells,)
            Amount per unit of the field in each cell, for example its area [m2].

        Returns
        -------
        ndarray, shape (source cells,)
            Sum over the destination of content times weight; the weights conserve where it is the source's own.
        """
        arrives = self.weight * content[self.destination]
        return np.asarray(np.bincount(self.source, arrives, self.source_size), dtype=np.float64)

    def linked_sources(self) -> BoolArray:
        """Cells of the source from which a link starts."""
        return np.asarray(_counts(self.source, self.source_size) > 0)

    def linked_destinations(self) -> BoolArray:
        """Cells of the destination in which a link ends."""
        return self.links_of_destinations() > 0

    def links_of_destinations(self) -> IntArray:
        """Number of links that end in each cell of the destination."""
        return np.asarray(_counts(self.destination, self.destination_size))


@kernel
def _apply(source, destination, weight, values, result):  # type: ignore[no-untyped-def]
    for level in range(values.shape[0]):
        for link in range(source.size):
            result[level, destination[link]] += weight[link] * values[level, source[link]]


@kernel
def _counts(cells, size):  # type: ignore[no-untyped-def]
    """How often each of so many cells is among these."""
    counts = np.zeros(size, np.int64)
    for cell in cells:
        if 0 <= cell < size:
            counts[cell] += 1
    return counts


@kernel
def _counted_order(keys, order, size):  # type: ignore[no-untyped-def]
    """Bring an order of links into that of their keys; equal keys stay in order."""
    starts = np.zeros(size + 1, np.int64)
    for key in keys:
        starts[key + 1] += 1
    starts = np.cumsum(starts)
    result = np.empty_like(order)
    for link in order:
        result[starts[keys[link]]] = link
        starts[keys[link]] += 1
    return result


@kernel
def _merged(source, destination, weight, order):  # type: ignore[no-untyped-def]
    """Links in this order; those of the same two cells added."""
    sources, destinations = np.empty(order.size, np.int32), np.empty(order.size, np.int32)
    weights = np.empty(order.size)
    n = 0
    for link in order:
        if n and sources[n - 1] == source[link] and destinations[n - 1] == destination[link]:
            weights[n - 1] += weight[link]
        else:
            sources[n], destinations[n], weights[n] = source[link], destination[link], weight[link]
            n += 1
    return sources[:n], destinations[:n], weights[:n]


def sorted_weights(
    source: IntArray, destination: IntArray, weight: FloatArray, source_size: int, destination_size: int
) -> Weights:
    """
    Weights of links in any order; those of the same two cells are added.

    Parameters
    ----------
    source, destination : ndarray of int, shape (n,)
        Flat indices, from 0.
    weight : ndarray, shape (n,)
    source_size, destination_size : int
        Number of cells of both grids.
    """
    order = _counted_order(source, np.arange(source.size), source_size)
    order = _counted_order(destination, order, destination_size)
    sources, destinations, weights = _merged(source, destination, weight, order)
    return Weights(sources, destinations, weights, source_size, destination_size)


def _of_overlaps(overlaps: Overlaps, weight: FloatArray) -> Weights:
    sizes = overlaps.source_area.size, overlaps.destination_area.size
    return sorted_weights(overlaps.source, overlaps.destination, weight, *sizes)


def fracarea_weights(overlaps: Overlaps) -> Weights:
    """
    First order, the mean over the covered part of each destination cell: the sum of its weights is 1.

    For temperatures, fractions and all else that is no amount; SCRIP's FRACAREA.

    References
    ----------
    Jones (1999), doi:10.1175/1520-0493(1999)127<2204:FASOCR>2.0.CO;2.
    """
    return _of_overlaps(overlaps, overlaps.area / overlaps.destination_cover[overlaps.destination])


def destarea_weights(overlaps: Overlaps) -> Weights:
    """
    First order, the amount in the covered part spread over the whole of each destination cell.

    Conserves on the sphere; the sum of the weights is the covered fraction; SCRIP's DESTAREA.

    References
    ----------
    Jones (1999), doi:10.1175/1520-0493(1999)127<2204:FASOCR>2.0.CO;2.
    """
    return _of_overlaps(overlaps, overlaps.area / overlaps.destination_area[overlaps.destination])


def flux_weights(overlaps: Overlaps, source_content: FloatArray, destination_area: FloatArray) -> Weights:
    """
    First order, so that all that leaves a source cell arrives, measured with the models' own areas.

    Parameters
    ----------
    overlaps : Overlaps
        Of the atmosphere, the source, with the wet cells of the ocean.
    source_content : ndarray, shape (source cells,)
        Area through which each source cell sends its flux [m2]: ocean fraction times the atmosphere's area.
    destination_area : ndarray, shape (destination cells,)
        Area by which the destination multiplies what it receives [m2]: e1t e2t.

    Returns
    -------
    Weights
        The sum over the destination of area times weight is ``source_content`` for each linked source cell.

    Raises
    ------
    InputError
        Where a cell that overlaps has no area by the destination's own measure.

    References
    ----------
    Marti et al. (2010), doi:10.1007/s00382-009-0640-6.
    """
    if not (destination_area[overlaps.destination] > 0.0).all():
        raise InputError("A wet cell of the ocean has no area; check the scale factors e1t and e2t.")
    per_overlap = source_content / np.where(overlaps.source_cover > 0.0, overlaps.source_cover, 1.0)
    weight = overlaps.area * per_overlap[overlaps.source] / destination_area[overlaps.destination]
    return _of_overlaps(overlaps, weight)


def ocean_fraction(overlaps: Overlaps, least: float = 1e-10) -> FloatArray:
    """
    Fraction of each destination cell that the source covers, between 0 and 1.

    Parameters
    ----------
    overlaps : Overlaps
        Of the wet cells of the ocean, the source, with the atmosphere.
    least : float
        Fractions below are 0, above its complement 1; drop the links of the former by `without_slivers`.

    Returns
    -------
    ndarray, shape (destination cells,)
    """
    fraction = overlaps.destination_cover / overlaps.destination_area
    fraction[fraction < least] = 0.0
    fraction[fraction > 1.0 - least] = 1.0
    return np.asarray(fraction)


def without_slivers(overlaps: Overlaps, least: float = 1e-10) -> Overlaps:
    """
    Overlaps without those of destination cells that the source covers by less than this fraction.

    To be used for both directions, so that no cell receives what no cell sends; after `with_uniform_poles`.
    """
    fraction = overlaps.destination_cover / overlaps.destination_area
    return overlaps.selected(fraction[overlaps.destination] >= least)


def with_uniform_poles(overlaps: Overlaps, atmosphere: AtmosphereGrid) -> Overlaps:
    """
    Overlaps in which all cells of a polar row of the atmosphere, one point of LMDZ, share those of the whole cap.

    Parameters
    ----------
    overlaps : Overlaps
        Of the ocean, the source, with the atmosphere; their moments are left out.
    atmosphere : AtmosphereGrid

    Returns
    -------
    Overlaps
        The sums over each ocean cell and over each row are unchanged.
    """
    columns = atmosphere.columns
    row = overlaps.destination // columns
    polar = (row == 0) | (row == atmosphere.rows - 1)
    caps, first = np.unique(overlaps.source[polar] * np.int64(atmosphere.rows) + row[polar], return_inverse=True)
    share = np.bincount(first, overlaps.area[polar], caps.size) / columns
    cells, rows = caps // atmosphere.rows, caps % atmosphere.rows
    around = (rows[:, None] * columns + np.arange(columns)).ravel().astype(np.int32)
    return Overlaps(
        np.concatenate([overlaps.source[~polar], np.repeat(cells, columns).astype(np.int32)]),
        np.concatenate([overlaps.destination[~polar], around]),
        np.concatenate([overlaps.area[~polar], np.repeat(share, columns)]),
        None,
        overlaps.source_area,
        overlaps.destination_area,
    )
