"""What the page of a bundle says, in words and figures of plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from paleobc.formats.cards import RunSettings
from paleobc.formats.hand_edit_lists import field_in_words
from paleobc.services.builds import Build
from paleobc.services.bundle_weight_words import rivers_of
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH

#: So many places of a kind of problem are listed on the page; report.json has more, and the figures are whole.
MOST_PLACES: Final = 12

#: So many findings, and figures, of one kind are told on one line of the audit.
_MOST_SAID: Final = 4


def size_in_words(size: int) -> str:
    """
    Size of a file.

    Examples
    --------
    >>> size_in_words(999), size_in_words(84852), size_in_words(26985172)
    ('999 B', '84.9 kB', '27.0 MB')
    """
    for unit, worth in (("MB", 1_000_000), ("kB", 1000)):
        if size >= worth:
            return f"{size / worth:.1f} {unit}"
    return f"{size} B"


def glance(made: Build, settings: RunSettings, oasis: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Figures to be seen first: name, value, and what else is worth knowing of it."""
    found = made.findings
    regrid, on_relief, on_ocean = found["regrid"], found["checks"], found["ocean_checks"]
    fold = "" if settings.nperio is None else f", nperio {settings.nperio:g}"
    told = [
        ("Land", f"{regrid['land_fraction_after']:.1%}", f"{regrid['land_fraction_before']:.1%} before regridding"),
        ("Mean height", f"{regrid['mean_height_after']:,.0f} m", f"{regrid['mean_height_before']:,.0f} m before"),
        ("Relief", sized(regrid["cells_after"][::-1]), "columns x rows"),
        (
            "Ocean grid",
            sized((settings.ocean_columns, settings.ocean_rows)),
            f"{settings.ocean_resolution:g} degrees{fold}",
        ),
        ("Atmosphere", sized((settings.atmosphere_columns, settings.atmosphere_rows)), "points, both poles included"),
        ("Weights", settings.engine.upper(), f"cpl_old_calving = {settings.cpl_old_calving}"),
        (
            "Closed seas",
            str(on_ocean["closed_sea"]["places"]),
            f"on the ocean grid; {on_relief['closed_sea']['places']} on the relief",
        ),
        (
            "Cells of straits one cell wide",
            str(on_ocean["diffusive_strait"]["cells"]),
            f"on the ocean grid; {on_relief['diffusive_strait']['cells']} on the relief",
        ),
    ]
    for _, rivers in rivers_of(found, oasis):
        told.append(
            ("River mouths", f"{rivers['outlets']:,}", f"{rivers['outlets_unserved']:,} not served by the weights")
        )
    holding = sum(law.holds for law in made.laws)
    return [*told, ("Laws", f"{holding} of {len(made.laws)} hold", "")]


def sized(size: Iterable[int]) -> str:
    """Columns and rows with a sign between them."""
    return " × ".join(str(number) for number in size)


def checks(found: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Number of places and cells of each kind of problem, on the relief and on the ocean's grid."""
    return [
        (kind["title"], where, f"{kind['places']:,}", f"{kind['cells']:,}")
        for key, where in (("checks", "relief"), ("ocean_checks", "ocean grid"))
        for kind in found.get(key, {}).values()
    ]


def problems(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Problems by their kind, with what they mean, what to do, and the first places."""
    groups = []
    for prefix, where in (("", "on the relief"), ("ocean_", "on the ocean grid")):
        for name, kind in found.get(f"{prefix}checks", {}).items():
            these = [problem for problem in found[f"{prefix}problems"] if problem["check"] == name]
            these.sort(key=lambda problem: -int(problem["count"]))
            if these:
                groups.append(
                    {
                        "title": f"{kind['title']}, {where}",
                        "meaning": these[0]["meaning"],
                        "remedy": these[0]["remedy"],
                        "labels": [problem["label"] for problem in these[:MOST_PLACES]],
                        "more": max(len(these) - MOST_PLACES, 0),
                    }
                )
    return groups


def gateways(found: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Gateways that the recipe demands: on what they were looked at, whether they hold, and what was found."""
    return [
        (each["gateway"], ASSETS[asset].title, "yes" if each["holds"] else "no", each["said"])
        for asset, those in found.get("gateways", {}).items()
        for each in those
    ]


def edits(found: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Lists of edits: how many there are, cells they changed, and edits that found the map not as they expected it."""
    return [
        (ASSETS[asset].title, f"{each['edits']:,}", f"{each['cells_changed']:,}", f"{len(each['conflicts']):,}")
        for asset, each in found.get("edits", {}).items()
    ]


def hand_edits(found: Mapping[str, Any]) -> list[tuple[str, str, str, str, str, str]]:
    """Files that were changed by hand: what of them, edits, cells, edits that found other values, and why."""
    return [
        (
            ASSETS[asset].title,
            field_in_words(each["variable"], each["index"]),
            f"{each['edits']:,}",
            f"{each['cells_changed']:,}",
            f"{len(each['conflicts']):,}",
            "; ".join(each["reasons"]) or "not told",
        )
        for asset, those in found.get("hand_edits", {}).items()
        for each in those
    ]


def steps(made: Build) -> list[tuple[str, str, str, str]]:
    """Every step: its name, what it makes, what it does, and its options."""
    told = []
    for step in GRAPH.steps:
        if step.writes in made.outcomes:
            options = made.recipe.steps[step.name]
            shown = "; ".join(f"{name}: {_plain(value)}" for name, value in options.items())
            if f"given_{step.writes}" in made.sources:
                shown = "none: the file is given"
            told.append((step.name, ASSETS[step.writes].title, step.summary, shown or "none"))
    return told


def _plain(value: Any) -> str:
    """An option as it is read by people."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} {_plain(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_plain, value)) + "]" if value else "none"
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "not set"}[value]
    return f"{value:g}" if isinstance(value, float) else str(value)


def values(settings: RunSettings) -> list[tuple[str, str, str]]:
    """Values that must agree, and where each belongs."""
    ocean, air = (f"{columns} {rows}" for columns, rows in (settings.size_of("torc"), settings.size_of("tlmd")))
    namelist = "&namcfg of NEMO's namelist_cfg"
    return [
        ("cp_cfg, jp_cfg", f"paleorca, {settings.jp_cfg}", namelist),
        ("jpidta, jpiglo", str(settings.ocean_columns), namelist),
        ("jpjdta, jpjglo", str(settings.ocean_rows), namelist),
        ("jperio", "none: NEMO 3.6 knows no such grid" if settings.jperio is None else str(settings.jperio), namelist),
        ("sizes, ocean to atmosphere", f"{ocean} {air}", "namcouple, second line of each field"),
        ("sizes, atmosphere to ocean", f"{air} {ocean}", "namcouple, second line of each field"),
        ("cpl_old_calving", settings.cpl_old_calving, "run.def of LMDZ"),
    ]


def warnings(made: Build, settings: RunSettings, oasis: Mapping[str, str], audited: Mapping[str, Any]) -> list[str]:
    """What should be looked at before a run: the faults of the files that it reads, and what is peculiar in them."""
    unused = {file.name for file in made.files if ASSETS[file.asset].is_set} - set(oasis.values())
    faults = [each for each in audited["findings"] if each["severity"] == "fault" and set(each["files"]) - unused]
    told = [f"{_said([each['said'] for each in these])} {these[0]['remedy']}" for these in _by_title(faults)]
    told += [f"{law.name}: this does not hold ({law.detail})." for law in made.laws if not law.holds]
    told += [f"{where}: {said}" for _, where, holds, said in gateways(made.findings) if holds == "no"]
    told += [
        f"{title}: {conflicts} edits found the map not as they expected it; see report.json."
        for title, _, _, conflicts in edits(made.findings)
        if conflicts != "0"
    ]
    for title, field, number, _, conflicts, _ in hand_edits(made.findings):
        other = "" if conflicts == "0" else f", and {conflicts} of them found other values than when they were made"
        told.append(f"{title}: {field} was changed by hand (edits: {number}{other}); see Changes by hand.")
    if settings.jperio is None:
        told.append(
            "The edges of the ocean grid join in a way that NEMO 3.6, the ocean of IPSL-CM5A2, does not know: give a "
            "grid with its overlap columns and its folded row."
        )
    if settings.engine == "mosaic":
        told.append(
            "The MOSAIC chain makes no weights for the wind stress: those of engine mosaix, on the same grids, take "
            "their place."
        )
    told += [
        f"{name}: the water of {rivers['outlets_unserved']:,} of {rivers['outlets']:,} river mouths is lost."
        for name, rivers in rivers_of(made.findings, oasis)
        if rivers["outlets_unserved"]
    ]
    if made.findings["regrid"]["advice"]:
        told.append(made.findings["regrid"]["advice"])
    return told


def audit(audited: Mapping[str, Any]) -> list[dict[str, str]]:
    """Rows of an audit, one for each check: faults, warnings, what holds, and what could not be looked at."""
    looks = {"fault": ("fault", "bad"), "warning": ("worth a look", "")}
    rows = [
        (these, *looks[severity], [each["said"] for each in these])
        for severity in looks
        for these in _by_title(each for each in audited["findings"] if each["severity"] == severity)
    ]
    rows += [(these, "holds", "good", [each["figures"] for each in these]) for these in _by_title(audited["held"])]
    rows += [
        (these, "not looked at", "", [each["reason"] for each in these])
        for these in _by_title(audited["not_looked_at"])
    ]
    return [
        {
            "check": these[0]["title"],
            "files": ", ".join(dict.fromkeys(name for each in these for name in each["files"])),
            "answer": answer,
            "look": look,
            "detail": _said(said),
        }
        for these, answer, look, said in rows
    ]


def _by_title(found: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """What an audit said, by the title of its check."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for each in found:
        groups.setdefault(each["title"], []).append(each)
    return list(groups.values())


def _said(sentences: list[str]) -> str:
    """The first of some sentences, each once, and how many there are besides."""
    once = list(dict.fromkeys(sentences))
    more = [f"and {len(once) - _MOST_SAID} more."] if len(once) > _MOST_SAID else []
    ends = [sentence if sentence.endswith(".") else f"{sentence};" for sentence in once[:_MOST_SAID]]
    return " ".join(ends + more).removesuffix(";")
