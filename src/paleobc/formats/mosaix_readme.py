"""The README that goes with the weights of engine mosaix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Final

from paleobc.formats.oasis import atmosphere_name
from paleobc.remapping.coupling import Choices, Coupling, WeightSet

#: What a run of IPSL-CM5A2 calls each file, by a part of its name here.
_IN_A_RUN: Final = {
    "grids_": "grids.nc",
    "masks_": "masks.nc",
    "areas_": "areas.nc",
    "_grid_maskFrom_": "o2a.nc",
    "_OceTemp_1stOrder": "rmp_torc_to_tlmd_MOSAIC.nc",
    "_HeatWaterFluxes_1stOrder": "rmp_tlmd_to_torc_MOSAIC.nc",
    "_runoff_": "rmp_tlmd_to_torc_MOSAIC_rivflu.nc",
    "_calving_full": "rmp_tlmd_to_torc_MOSAIC_calvin.nc",
    "_to_u": "rmp_tlmd_to_uorc_BILINEAR_Corrected.nc",
    "_to_v": "rmp_tlmd_to_vorc_BILINEAR_Corrected.nc",
}


def name_in_a_run(file: str) -> str:
    """
    Name under which a run of IPSL-CM5A2 reads a file of the set; empty where it reads it not.

    Examples
    --------
    >>> name_in_a_run("rmp_tLMD9695_to_uORCA2.3_WindStress_2ndOrder_v2.nc"), name_in_a_run("dia_x.nc")
    ('rmp_tlmd_to_uorc_BILINEAR_Corrected.nc', '')
    """
    if file.startswith(("dia_", "README")):
        return ""
    return next((name for part, name in _IN_A_RUN.items() if part in file), "")


def readme(coupling: Coupling, choices: Choices, ocean: str, files: Sequence[str], checksums: Mapping[str, str]) -> str:
    """
    Text of the README: what the files are, of what and how they were made, and what they conserve.

    Parameters
    ----------
    coupling : Coupling
    choices : Choices
    ocean : str
        Name of the ocean grid.
    files : sequence of str
        Names of the files.
    checksums : mapping of str to str
        Checksum of the content of each input.
    """
    air = coupling.atmosphere
    torc = coupling.mesh("torc")
    columns = torc.shape[1], torc.shape[0], air.columns, air.rows
    lines = [
        f"Coupling weights between {ocean} and {atmosphere_name(air)}, engine mosaix of paleobc",
        "",
        f"Sizes for namcouple: {' '.join(map(str, columns))}",
        "In run.def of LMDZ: cpl_old_calving=n",
        "",
        "Files, and their names in a run",
        *(f"  {file}{' -> ' if name_in_a_run(file) else ''}{name_in_a_run(file)}" for file in files),
        "",
        "Made of (SHA-256 of the contents)",
        *(f"  {name}: {checksum}" for name, checksum in checksums.items()),
        "",
        "Choices",
        *(f"  {field.name}: {getattr(choices, field.name)}" for field in fields(choices)),
        "  limits of the calving zones: 40N and 50S, as in LMDZ",
        "  areas: e1 e2 of NEMO; exact cells of LMDZ on a sphere of 6371229 m",
        "",
        "What was found",
        "  cutting of the meshes: worst cell {closure_cell:.1e}, whole {closure_total:.1e}".format(**coupling.closure),
        *(line for weights in coupling.sets for line in _figures(weights)),
        *(f"  {sentence}" for sentence in coupling.warnings),
    ]
    return "\n".join(lines) + "\n"


def _figures(weights: WeightSet) -> list[str]:
    """What a set of weights does, in two or three lines."""
    proof = weights.certificate
    worst = max(proof[f"conservation_{field}"] for field in ("constant", "random", "harmonic"))
    ends = f"{weights.source.prefix} to {weights.destination.prefix}"
    unlinked = f"{proof['cells_unlinked_source']} sending, {proof['cells_unlinked_destination']} receiving"
    lines = [
        f"  {ends}, {weights.name}: {proof['links']} links, {proof['links_masked']} from or to masked cells",
        f"    conserved: worst cell {proof['conservation_cell']:.1e}, whole globe {worst:.1e}",
        f"    cells without a link: {unlinked}",
    ]
    if "outlets" in proof:
        lines.append(
            f"    river outlets: {proof['outlets']}, not served: {proof['outlets_unserved']}; they drain "
            f"{proof['discharge_area_m2']:.6e} m2, not served: {proof['discharge_area_unserved_m2']:g} m2"
        )
    return lines
