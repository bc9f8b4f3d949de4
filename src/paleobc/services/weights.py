"""Weight files described: what they conserve, which cells they leave out, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from paleobc.conventions import BoolArray, FloatArray
from paleobc.errors import InputError
from paleobc.formats.oasis import certificate_of
from paleobc.formats.outlets import river_outlets
from paleobc.formats.weight_files import FileGrid, WeightFile, read_weights, stated
from paleobc.remapping.atmosphere import ATMOSPHERES
from paleobc.remapping.conservation import Certificate, Side, certify
from paleobc.remapping.mosaix_certificate import outlets_served
from paleobc.remapping.weights import Weights
from paleobc.services.sources import read_source

#: What weights are for: means over cells, amounts per area that conserve, or amounts that become fluxes.
Kind = Literal["means", "fluxes", "amounts", "unknown"]

KINDS: Final[dict[Kind, str]] = {
    "means": "means: the weights of each destination cell sum to 1",
    "fluxes": "fluxes: area times weight gives back the area of each source cell",
    "amounts": "amounts to fluxes: area times weight sums to 1 for each source cell",
    "unknown": "neither means nor conserved amounts",
}

#: Deviation within which weights are taken for one of their kinds; models' areas differ from polygons by a per cent.
_KIND_TOLERANCE: Final = 0.02
#: Deviation of a sum from 1, and of an integral, that is worth a sentence.
_WORTH_TELLING: Final = 1e-6


def describe_weights(path: Path, routing: Path | None = None) -> dict[str, Any]:
    """
    Describe a weight file of ours or of others.

    Parameters
    ----------
    path : Path
        In the layout of SCRIP, OASIS3-MCT, CDO, ESMF or XIOS.
    routing : Path, optional
        Routing file of ORCHIDEE, for weights of the runoff: are its outlets served?

    Returns
    -------
    dict
        Plain data; ``faults`` holds a sentence for each thing that is wrong.

    Raises
    ------
    InputError
        Where the file holds no weights, or weights from another grid than one of LMDZ go with a routing.
    """
    content = read_weights(path)
    weights = _usable(content.weights)
    source, destination = _sides(content, weights)
    linked = weights.linked_sources(), weights.linked_destinations()
    once = _once(content.destination, linked[1])
    kind = _kind(weights, content, once)
    sent = linked[0].astype(np.float64) if kind == "amounts" else _extent(content.source)
    received = content.destination.area if kind == "amounts" else _extent(content.destination)
    finite = _selected(content.weights, np.isfinite(content.weights.weight))
    proof = certify(finite, _measured(source, sent, linked[0]), _measured(destination, received, once))
    described: dict[str, Any] = {
        "file": path.name,
        "convention": content.convention,
        "cells_counted_from": content.counted_from,
        "weights_per_link": content.columns,
        "normalization": stated(content.attributes, "normalization"),
        "method": stated(content.attributes, "map_method") or stated(content.attributes, "method"),
        "kind": kind,
        "meaning": KINDS[kind],
        "source": _grid(content.source, linked[0]),
        "destination": {**_grid(content.destination, linked[1]), "copies_linked": int((linked[1] & ~once).sum())},
        **_figures(content, proof, measured=_comparable(proof, kind) and sent is not None and received is not None),
    }
    carried = certificate_of(content.attributes)
    if routing is not None:
        described["rivers"] = _rivers(content, weights, routing)
    return {**described, **({"certificate": carried} if carried else {}), "faults": _faults(described, content)}


def _rivers(content: WeightFile, weights: Weights, routing: Path) -> dict[str, Any]:
    """Which outlets of a routing the weights serve."""
    for atmosphere in ATMOSPHERES.values():
        if atmosphere.shape == content.source.shape:
            return outlets_served(weights, atmosphere, river_outlets(read_source("routing", routing)[0]))
    rows, columns = content.source.shape
    raise InputError(f"These weights start from {columns} x {rows} cells, no grid of LMDZ; leave the routing out.")


def _usable(weights: Weights) -> Weights:
    """Only the links whose cells are in the grids and whose weights are numbers."""
    kept = np.isfinite(weights.weight)
    for cells, size in ((weights.source, weights.source_size), (weights.destination, weights.destination_size)):
        kept &= (cells >= 0) & (cells < size)
    return _selected(weights, kept)


def _selected(weights: Weights, kept: BoolArray) -> Weights:
    parts = weights.source[kept], weights.destination[kept], weights.weight[kept]
    return Weights(*parts, weights.source_size, weights.destination_size)


def _sides(content: WeightFile, weights: Weights) -> tuple[Side, Side]:
    """Both grids without any measure; cells without places stand at 0, and all are open where the file is silent."""
    sides = []
    for grid, linked in (
        (content.source, weights.linked_sources()),
        (content.destination, weights.linked_destinations()),
    ):
        nowhere = np.zeros(linked.size)
        allowed = np.ones(linked.size, dtype=bool) if grid.open is None else grid.open
        required = linked if grid.open is None else grid.open
        longitude, latitude = (nowhere if part is None else part for part in (grid.longitude, grid.latitude))
        sides.append(Side(longitude, latitude, nowhere, allowed, required))
    return sides[0], sides[1]


def _kind(weights: Weights, content: WeightFile, once: BoolArray) -> Kind:
    """What the weights are for, told from their sums: whichever comes nearest to 1."""
    linked = weights.linked_sources()
    off: dict[Kind, float] = {"means": _off_one(weights.row_sums()[weights.linked_destinations()])}
    if content.destination.area is not None:
        sent = weights.transposed_sums(np.where(once, content.destination.area, 0.0))
        off["amounts"] = _off_one(sent[linked])
        own = _extent(content.source)
        if own is not None:
            off["fluxes"] = _off_one(sent[linked & (own > 0.0)] / own[linked & (own > 0.0)])
    best = min(off, key=lambda kind: off[kind])
    return best if off[best] < _KIND_TOLERANCE else "unknown"


def _off_one(sums: FloatArray) -> float:
    """How far nearly all of some sums are from 1."""
    return float(np.quantile(np.abs(sums - 1.0), 0.99)) if sums.size else np.inf


def _once(grid: FileGrid, linked: BoolArray) -> BoolArray:
    """Tell the linked cells, each place once: overlap columns and the folded row of an ocean are left out."""
    if grid.longitude is None or grid.latitude is None or not np.isfinite(grid.longitude + grid.latitude).all():
        return linked
    cells = np.flatnonzero(linked)
    places = np.stack([np.round(grid.longitude[cells] % 360.0, 6) % 360.0, np.round(grid.latitude[cells], 6)], axis=1)
    once = np.zeros(linked.size, dtype=bool)
    once[cells[np.unique(places, axis=0, return_index=True)[1]]] = True
    return once


def _extent(grid: FileGrid) -> FloatArray | None:
    """Area of each cell that takes part; None where the file gives no areas."""
    if grid.area is None or not (grid.area > 0.0).any():
        return None
    return grid.area if grid.fraction is None else grid.area * grid.fraction


def _measured(side: Side, extent: FloatArray | None, cells: BoolArray) -> Side:
    """A grid with the amount in each of these cells per unit of the field; none where it is not known."""
    amount = np.zeros(cells.size) if extent is None else np.where(cells, extent, 0.0)
    return Side(side.longitude, side.latitude, amount, side.allowed, side.required)


def _grid(grid: FileGrid, linked: BoolArray) -> dict[str, Any]:
    """Size of a grid and what of it is linked."""
    told: dict[str, Any] = {"rows": grid.shape[0], "columns": grid.shape[1], "linked_cells": int(linked.sum())}
    if grid.open is not None:
        told |= {"open_cells": int(grid.open.sum()), "open_cells_unlinked": int((grid.open & ~linked).sum())}
    if grid.fraction is not None and grid.fraction.size:
        told["fraction"] = [float(grid.fraction.min()), float(grid.fraction.max())]
    return told


def _comparable(proof: Certificate, kind: Kind) -> bool:
    """Whether integrals on both sides can be compared: means may be taken from an area that is not all covered."""
    return kind in ("fluxes", "amounts") or proof.global_errors["constant"] < _KIND_TOLERANCE


def _figures(content: WeightFile, proof: Certificate, *, measured: bool) -> dict[str, Any]:
    """Figures of the links."""
    least, mean, largest = proof.row_sums
    figures: dict[str, Any] = {
        "links": int(content.weights.weight.size),
        "links_masked": proof.masked_links,
        "links_repeated": proof.repeated_links,
        "links_outside": proof.links_outside,
        "links_without_number": int((~np.isfinite(content.weights.weight)).sum()),
        "weights": [proof.least_weight, proof.largest_weight],
        "row_sums": {"least": least, "mean": mean, "largest": largest},
    }
    if measured:
        figures["conservation"] = {"cell": proof.cell_error, **proof.global_errors}
    if content.source.longitude is not None:
        figures["extrema"] = {"source": list(proof.source_extrema), "destination": list(proof.destination_extrema)}
    return _plain(figures)


def _plain(figures: dict[str, Any]) -> dict[str, Any]:
    """Figures with None in place of what is not a number."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(each) for name, each in value.items()}
        if isinstance(value, list):
            return [plain(each) for each in value]
        return None if isinstance(value, float) and not np.isfinite(value) else value

    return {name: plain(value) for name, value in figures.items()}


def _faults(described: dict[str, Any], content: WeightFile) -> list[str]:
    """A sentence for each thing that is wrong."""
    ends, kind = (described["source"], described["destination"]), described["kind"]
    said = [
        (described["links"] == 0, "The file has no links: nothing is exchanged."),
        (described["links_outside"], "{} links lead to cells outside the grids: the coupler stops or reads rubbish."),
        (described["links_without_number"], "{} weights are not numbers: they spread through the model."),
        (described["links_masked"], "{} links start or end in masked cells: land or copies of other cells."),
        (described["links_repeated"], "{} links join two cells that are joined already: counted twice."),
        (
            ends[1].get("open_cells_unlinked", 0) if kind != "amounts" else 0,
            "{} open cells of the destination have no link: they receive nothing.",
        ),
        (
            ends[0].get("open_cells_unlinked", 0) if kind != "means" else 0,
            "{} open cells of the source have no link: what they send is lost.",
        ),
        (
            described.get("rivers", {}).get("outlets_unserved", 0),
            "{} river outlets stand in cells from which no link starts: their water is lost.",
        ),
        (content.columns > 1, f"Each link has {content.columns} weights; only the first is read here, and by OASIS."),
        *_sums_and_integrals(described),
    ]
    return [sentence.format(number) for number, sentence in said if number]


def _sums_and_integrals(described: dict[str, Any]) -> list[tuple[bool, str]]:
    """Faults of the sums of the weights, and of what they conserve."""
    rows, kept = described["row_sums"], described.get("conservation")
    kind, said = described["kind"], []
    if kind == "means" and rows["least"] is not None:
        wrong = max(abs(rows["least"] - 1.0), abs(rows["largest"] - 1.0))
        own = ", as where fluxes are made to conserve by the models' own areas" if wrong < _KIND_TOLERANCE else ""
        said.append(
            (wrong > _WORTH_TELLING, f"A field of ones does not stay one: it is off by up to {wrong:.1e}{own}.")
        )
    if kind in ("fluxes", "amounts") and kept:
        error, cell = kept["constant"], kept["cell"]
        said.append((error > _WORTH_TELLING, f"The global integral is off by {error:.1e} of itself."))
        said.append((cell > _WORTH_TELLING, f"Of what a single cell sends, up to {cell:.1e} of it is lost or gained."))
    said.append((kind == "unknown" and described["links"] > 0, "The weights are neither means nor conserved amounts."))
    return said
