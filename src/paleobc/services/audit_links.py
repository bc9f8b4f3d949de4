"""Whether the links of a set of weights join sea with sea, and reach all of it."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.conventions import counted
from paleobc.formats.weight_files import WeightFile
from paleobc.grids.fold import duplicates
from paleobc.remapping.weights import Weights
from paleobc.services.audit_coupling import atmosphere_in, atmosphere_places, expected_sea, sea_fraction
from paleobc.services.audit_files import OpenedFile
from paleobc.services.audit_names import SETS, Engine
from paleobc.services.audit_ocean import cell_places, grid_in
from paleobc.services.audit_result import Check, Finding, Outcome, wrong_cells
from paleobc.topography.checks import CheckKind

LINKS: Final = CheckKind(
    "weight_links",
    "Links of the weights",
    "Links join cells of the two grids, counted from 1, each pair once: else OASIS stops or counts twice.",
    "Make the weights again.",
)
LINKS_AT_SEA: Final = CheckKind(
    "weight_sea",
    "Links between sea and sea",
    "A link that ends on land of the bathymetry loses what it carries; one that starts there brings what is no sea.",
    "Make the weights again from this bathymetry.",
)
REACHED: Final = CheckKind(
    "weight_reach",
    "All sea is linked",
    "Every wet cell of NEMO receives heat and water, and every cell of LMDZ with sea receives its temperature.",
    "Make the weights again from this bathymetry.",
)
_SEA: Final = ("bathymetry", "ocean_grid")


def links_of(file: OpenedFile) -> WeightFile:
    """Weights that were read from a file."""
    assert file.weights is not None  # noqa: S101 - a file without is unusable
    return file.weights


def usable_links(content: WeightFile) -> Weights:
    """Only the links whose cells are in the grids."""
    links = content.weights
    kept = (links.source >= 0) & (links.source < links.source_size)
    kept &= (links.destination >= 0) & (links.destination < links.destination_size)
    sizes = links.source_size, links.destination_size
    return Weights(links.source[kept], links.destination[kept], links.weight[kept], *sizes)


def _links(file: OpenedFile) -> Outcome:
    content = links_of(file)
    links, usable = content.weights, usable_links(content)
    pairs = np.sort(usable.source * np.int64(usable.destination_size) + usable.destination)
    repeated = int((pairs[1:] == pairs[:-1]).sum())
    outside = links.weight.size - usable.weight.size
    wrong = [
        (outside, f"{counted(outside, 'link')} of {file.name} outside of the grids."),
        (repeated, f"{counted(repeated, 'link')} of {file.name} join cells that are joined already."),
        (int(content.counted_from != 1), f"{file.name} counts cells from 0; OASIS counts from 1."),
    ]
    found = [Finding(LINKS, (file.name,), "fault", said, count) for count, said in wrong if count]
    return found, f"{counted(links.weight.size, 'link')}, none twice"


def _at_sea(role: str, engine: Engine) -> Check:
    def look(file: OpenedFile, fraction: OpenedFile, bathymetry: OpenedFile, coordinates: OpenedFile) -> Outcome:
        grid, air, links = grid_in(coordinates), atmosphere_in(fraction), usable_links(links_of(file))
        names, depth = (file.name, bathymetry.name), bathymetry.fields["Bathymetry"]
        sky, sea = (links.source, links.destination)[:: -1 if role == "to_atmosphere" else 1]
        original = duplicates(grid.layout)[0].ravel()
        _, may = expected_sea(bathymetry, grid, engine)
        linked = np.bincount(original[sea], minlength=depth.size).reshape(depth.shape) > 0
        said = "{} of land in the bathymetry that are linked."
        found = wrong_cells(LINKS_AT_SEA, names, "fault", said, linked & ~may, cell_places(grid), depth)
        if role in ("to_atmosphere", "to_ocean"):
            part = sea_fraction(fraction)
            over = np.bincount(sky, minlength=air.size).reshape(air.shape) > 0
            said = f"{{}} of LMDZ that are linked and have no sea in {fraction.name}."
            names = (file.name, fraction.name)
            found += wrong_cells(LINKS_AT_SEA, names, "fault", said, over & (part <= 0), atmosphere_places(air), part)
        return found, f"{int(linked.sum())} cells of the ocean linked, all wet"

    return Check(LINKS_AT_SEA, (f"{engine}:{role}", f"{engine}:fraction", *_SEA), look)


def _sea_reached(engine: Engine) -> Check:
    def look(file: OpenedFile, bathymetry: OpenedFile, coordinates: OpenedFile) -> Outcome:
        grid, depth = grid_in(coordinates), bathymetry.fields["Bathymetry"]
        original = duplicates(grid.layout)[0].ravel()
        ends = original[usable_links(links_of(file)).destination]
        linked = np.bincount(ends, minlength=depth.size).reshape(depth.shape)
        must, _ = expected_sea(bathymetry, grid, engine)
        names = (file.name, bathymetry.name)
        said = "{} of sea that receive neither heat nor water."
        found = wrong_cells(REACHED, names, "fault", said, must & (linked == 0), cell_places(grid), depth)
        return found, f"{int(must.sum())} wet cells, all linked"

    return Check(REACHED, (f"{engine}:to_ocean", *_SEA), look, about=2)


def _air_reached(engine: Engine) -> Check:
    def look(file: OpenedFile, fraction: OpenedFile) -> Outcome:
        air, part = atmosphere_in(fraction), sea_fraction(fraction)
        linked = usable_links(links_of(file)).linked_destinations().reshape(air.shape)
        names = (file.name, fraction.name)
        said = "{} of LMDZ with sea and without a temperature."
        found = wrong_cells(REACHED, names, "fault", said, (part > 0) & ~linked, atmosphere_places(air), part)
        return found, f"{int((part > 0).sum())} cells of LMDZ with sea, all linked"

    return Check(REACHED, (f"{engine}:to_atmosphere", f"{engine}:fraction"), look, about=2)


def _wind_reached(role: str, engine: Engine) -> Check:
    def look(file: OpenedFile, masks: OpenedFile, coordinates: OpenedFile) -> Outcome:
        name = {"wind_u": "uorc.msk", "wind_v": "vorc.msk"}[role]
        if name not in masks.fields:
            return f"{masks.name} has no {name}"
        grid, mask = grid_in(coordinates), masks.fields[name]
        if mask.shape != grid.layout.shape:
            return f"{name} of {masks.name} has another size"
        linked = usable_links(links_of(file)).linked_destinations().reshape(mask.shape)
        said = f"{{}} open in {name} and without wind."
        names = (file.name, masks.name)
        found = wrong_cells(REACHED, names, "fault", said, (mask == 0) & ~linked, cell_places(grid), mask)
        return found, f"{int((mask == 0).sum())} open cells, all linked"

    return Check(REACHED, (f"{engine}:{role}", f"{engine}:masks", "ocean_grid"), look, about=2)


def link_checks(engine: Engine) -> tuple[Check, ...]:
    """Give the checks of the links of a set of weights."""
    roles = [expected.role for expected in SETS[engine] if expected.content == "weights"]
    tracers = [role for role in roles if not role.startswith("wind")]  # around velocity points land may be linked
    return (
        *(Check(LINKS, (f"{engine}:{role}",), _links) for role in roles),
        *(_at_sea(role, engine) for role in tracers),
        _sea_reached(engine),
        _air_reached(engine),
        *(_wind_reached(role, engine) for role in roles if role not in tracers),
    )
