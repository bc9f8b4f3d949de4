"""What the page of a bundle says of the coupling weights: certificates in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from paleobc.services.run_files import WIND

#: What each weight file carries, by its name in the run.
CARRIES: Final = {
    "rmp_torc_to_tlmd_MOSAIC.nc": "Surface of the ocean to the atmosphere",
    "rmp_tlmd_to_torc_MOSAIC.nc": "Fluxes of heat and water to the ocean",
    "rmp_tlmd_to_torc_MOSAIC_calvin.nc": "Ice that calves, to the ocean",
    "rmp_tlmd_to_torc_MOSAIC_rivflu.nc": "Water of rivers to the ocean",
    WIND[0]: "Wind stress on the ocean, U points",
    WIND[1]: "Wind stress on the ocean, V points",
}


def rivers_of(found: Mapping[str, Any], oasis: Mapping[str, str]) -> list[tuple[str, Mapping[str, Any]]]:
    """Names in the run of the weight files that carry the water of rivers, and whose water."""
    entries = [(name, found["weights"].get(file, {}).get("rivers")) for name, file in oasis.items()]
    return [(name, rivers) for name, rivers in entries if rivers]


def weights(found: Mapping[str, Any], oasis: Mapping[str, str]) -> list[tuple[str, str, str, str, str]]:
    """What each weight file of a run does, its links, and its errors."""
    rows = []
    for name, file in oasis.items():
        entry = found["weights"].get(file)
        if entry is not None:
            cell, globe = errors_of(entry)
            told = ("takes means",) * 2 if entry["kind"] == "means" else (_error(globe), _error(cell))
            rows.append((name, CARRIES.get(name, ""), f"{entry['links']:,}", *told))
    return rows


def errors_of(entry: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Error of a single cell and of the globe: what went in against what came out, as a fraction; None where none."""
    carried = entry.get("certificate", {})
    if carried.get("conservation_constant") is not None:
        return carried.get("conservation_cell"), carried["conservation_constant"]
    measured = entry.get("conservation") or {}
    return measured.get("cell"), measured.get("constant")


def _error(value: float | None) -> str:
    """An error as it is read by people."""
    if value is None:
        return "not measured"
    return f"{value:.0e}" if value else "0"


def certificates(found: Mapping[str, Any], oasis: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """What the certificate of each weight file means, and what an examination of the file alone has to say."""
    told = []
    for name, file in oasis.items():
        entry = found["weights"].get(file)
        if entry is None:
            continue
        sentences = [f"{CARRIES.get(name, 'Weights')}.", _promise(entry), _rivers(entry)]
        told.append((name, [sentence for sentence in (*sentences, *entry["faults"]) if sentence]))
    return told


def _promise(entry: Mapping[str, Any]) -> str:
    """What a weight file conserves, as a sentence."""
    cell, globe = errors_of(entry)
    if globe is not None and entry["kind"] != "means":
        one = f", and that of no single cell by more than {_error(cell)}" if cell is not None else ""
        return f"What arrives differs from what was sent by {_error(globe)} of it over the globe{one}."
    sums = entry["row_sums"]
    if sums["least"] is None:
        return "It has no links."
    off = max(abs(sums["least"] - 1.0), abs(sums["largest"] - 1.0))
    return f"It takes means: a field of ones stays one to {off:.0e}."


def _rivers(entry: Mapping[str, Any]) -> str:
    """Whose water arrives, as a sentence; empty where a file carries none of rivers."""
    rivers = entry.get("rivers")
    if not rivers:
        return ""
    if not rivers["outlets_unserved"]:
        return f"All {rivers['outlets']:,} river mouths of routing.nc are served: no water is lost."
    return f"Of {rivers['outlets']:,} river mouths of routing.nc, {rivers['outlets_unserved']:,} are not served."
