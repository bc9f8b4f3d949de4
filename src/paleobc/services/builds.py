"""From a recipe to a folder of files that the model reads."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import xarray as xr
from filelock import FileLock, Timeout

from paleobc.errors import InputError
from paleobc.services.certificates import certificates
from paleobc.services.edits import edits_report, hand_edits_report
from paleobc.services.external_steps import external_steps
from paleobc.services.files import (
    PROVENANCE,
    REPORT,
    BuiltFile,
    bring_up_to_date,
    earlier_files,
    file_name,
    remove_parts,
)
from paleobc.services.findings import findings, ocean_findings, ocean_problems_of, problems_of, summary_of_regrid
from paleobc.services.gateways import gateways_on_ocean, gateways_on_relief
from paleobc.services.provenance import VERSION, SourceFile, file_attributes, lineage, now
from paleobc.services.recipes import gateways_of, read_recipe
from paleobc.services.sources import read_hand_edits, read_source
from paleobc.services.verification import Law, assets_to_verify, verify
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH
from paleobc.store.atomic import write_text
from paleobc.store.cache import FolderStore
from paleobc.workflow.hand_edits import asset_changed_by, hand_edits_of, lists_by_asset
from paleobc.workflow.recipe import Recipe
from paleobc.workflow.revision import LostContentError, RevisionStore
from paleobc.workflow.run import MOST_LOSSES, Listener, Outcome, execute, silent, unedited


@dataclass(frozen=True)
class Build:
    """
    What a build made.

    Parameters
    ----------
    folder : Path
    recipe : Recipe
    sources : dict of str to SourceFile
    outcomes : dict of str to Outcome
        By asset.
    files : tuple of BuiltFile
    findings : dict
        What is worth knowing about the relief.
    laws : tuple of Law
    left : tuple of str
        Files of an earlier build in the folder that this one did not look at.
    seconds : float
    """

    folder: Path
    recipe: Recipe
    sources: dict[str, SourceFile]
    outcomes: dict[str, Outcome]
    files: tuple[BuiltFile, ...]
    findings: dict[str, Any]
    laws: tuple[Law, ...]
    left: tuple[str, ...]
    seconds: float

    def report(self) -> dict[str, Any]:
        """All of it as plain data, for ``report.json``."""
        return {
            "paleobc": VERSION,
            "date": now(),
            "experiment": self.recipe.experiment.model_dump(),
            "sources": {name: asdict(source) for name, source in self.sources.items()},
            "steps": {
                asset: {
                    "step": o.record.step,
                    "state": o.state,
                    "reason": o.reason,
                    "seconds": round(o.seconds, 4),
                    "content": o.record.content,
                }
                for asset, o in self.outcomes.items()
            },
            "files": {f.name: {"state": f.state, "bytes": f.size, "sha256": f.sha256} for f in self.files},
            "files_of_an_earlier_build": list(self.left),
            "laws": [asdict(law) for law in self.laws],
            **self.findings,
            "seconds": round(self.seconds, 3),
        }


def build(
    recipe_file: Path | str,
    folder: Path | str,
    *,
    only: Iterable[str] = (),
    listener: Listener = silent,
    store: RevisionStore | None = None,
) -> Build:
    """
    Bring the files of a recipe up to date in a folder.

    What does not depend on anything that changed is not computed again. Nothing in the folder changes before
    all steps are done: a step that fails leaves the earlier files as they were.

    Parameters
    ----------
    recipe_file : Path or str
    folder : Path or str
        Made where it is not there. Holds the files under the names of a run, ``report.json``,
        ``provenance.json``, and ``.paleobc``, results kept for the next build, which may be deleted.
    only : iterable of str
        Assets to make, with all they need; by default every file of a run.
    listener : callable
        Hears of each step's start and end.
    store : RevisionStore, optional
        Where earlier results are looked for and new ones kept, instead of in the folder.

    Returns
    -------
    Build

    Raises
    ------
    PaleobcError
        Where the recipe or an input cannot be used, in a sentence that says what to do.
    """
    started = time.perf_counter()
    recipe = read_recipe(Path(recipe_file))
    wanted = tuple(dict.fromkeys(only)) or tuple(asset for asset in GRAPH.assets if ASSETS[asset].file_name)
    GRAPH.needed_for(wanted)
    folder = Path(folder)
    _refuse_to_overwrite_sources(recipe, folder, wanted)
    try:
        (folder / ".paleobc").mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".paleobc" / "lock", timeout=0):
            remove_parts(folder)
            return _build_until_whole(recipe, folder, wanted, listener, started, store)
    except Timeout:
        raise InputError(f"Another build is at work in {folder}; wait for it, or take another folder.") from None
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror or error}.") from None


def _refuse_to_overwrite_sources(recipe: Recipe, folder: Path, wanted: tuple[str, ...]) -> None:
    """Refuse a folder in which a file to be written is one that was given."""
    for asset in wanted:
        for source in recipe.sources:
            path = folder / file_name(asset)
            given = recipe.path_of(source)
            if path.exists() and given.exists() and path.samefile(given):
                raise InputError(
                    f"{path} is the file of {source} and would be overwritten; take another folder for the files."
                )


def _build_until_whole(
    recipe: Recipe,
    folder: Path,
    wanted: tuple[str, ...],
    listener: Listener,
    started: float,
    store: RevisionStore | None,
) -> Build:
    """Build; where a kept result turns out to be harmed it is forgotten, and made again."""
    for _ in range(MOST_LOSSES):
        try:
            return _build(recipe, folder, wanted, listener, started, store or FolderStore(folder / ".paleobc"))
        except LostContentError:
            continue
    raise InputError(f"Results kept in {folder / '.paleobc'} keep getting lost; remove that folder and try again.")


def _build(
    recipe: Recipe, folder: Path, wanted: tuple[str, ...], listener: Listener, started: float, store: RevisionStore
) -> Build:
    """Compute what is needed, then write the files, the provenance, and the report last."""
    datasets, sources = read_sources(recipe)
    looked_at = ("edited_relief", *wanted)
    outcomes = execute(GRAPH, datasets, recipe.steps, store, wanted=looked_at, listener=listener)
    load = cache(store.load)  # each result is read once
    contents = {asset: outcome.record.content for asset, outcome in outcomes.items()}
    laws = verify(wanted, {asset: load(contents[asset]) for asset in assets_to_verify(wanted)})
    earlier = earlier_files(folder)
    files = tuple(
        file
        for asset in wanted
        for file in bring_up_to_date(
            folder,
            asset,
            contents[asset],
            file_attributes(asset, contents[asset], recipe, lineage(asset, recipe.steps), sources),
            load,
            earlier,
        )
    )
    left = tuple(sorted(n for n in earlier if n not in {f.name for f in files} and (folder / n).is_file()))

    def before(asset: str) -> xr.Dataset:
        """Give an asset as its step made it, before it was changed by hand."""
        made = outcomes[asset].record
        known = lambda name: datasets[name] if name in datasets else load(contents[name])  # noqa: E731
        return unedited(GRAPH.step(made.step), made.options, made.inputs, known, store)

    found = {
        **findings(problems_of(load(contents["edited_relief"]))),
        **_ocean_findings(contents, load),
        "gateways": _gateway_findings(recipe, contents, load),
        "edits": edits_report(recipe, datasets, contents, load),
        "hand_edits": hand_edits_report(outcomes, datasets, before),
        "weights": certificates(folder, files),
        **summary_of_regrid(datasets["relief"], load(contents["regridded_relief"]), recipe.steps["regrid"]),
    }
    result = Build(folder, recipe, sources, outcomes, files, found, laws, left, time.perf_counter() - started)
    kept = {name: earlier[name] for name in left}
    write_text(folder / PROVENANCE, _json(_provenance(result, kept)))
    write_text(folder / REPORT, _json(result.report()))
    if isinstance(store, FolderStore):
        store.shrink(keep=set(contents.values()))
    return result


def _ocean_findings(contents: dict[str, str], load: Callable[[str], xr.Dataset]) -> dict[str, Any]:
    """What is worth knowing about the bathymetry, where there is one."""
    if not {"bathymetry", "ocean_grid"} <= contents.keys():
        return {}
    basins = load(contents["subbasins"]) if "subbasins" in contents else None
    problems = ocean_problems_of(load(contents["bathymetry"]), load(contents["ocean_grid"]), basins)
    return {f"ocean_{name}": value for name, value in ocean_findings(problems, with_basins=basins is not None).items()}


def _gateway_findings(
    recipe: Recipe, contents: dict[str, str], load: Callable[[str], xr.Dataset]
) -> dict[str, list[dict[str, Any]]]:
    """Whether the gateways of a recipe hold: after regridding, after the edits, and on the ocean grid."""
    gateways = gateways_of(recipe)
    if not gateways:
        return {}
    found = {
        asset: gateways_on_relief(load(contents[asset]), gateways) for asset in ("regridded_relief", "edited_relief")
    }
    if {"bathymetry", "ocean_grid"} <= contents.keys():
        depth, grid = load(contents["bathymetry"]), load(contents["ocean_grid"])
        found["bathymetry"] = gateways_on_ocean(depth, grid, gateways)
    return found


def read_sources(recipe: Recipe) -> tuple[dict[str, xr.Dataset], dict[str, SourceFile]]:
    """Datasets of a recipe's files, and where they come from, by asset."""
    lists = lists_by_asset(recipe.sources)
    files = {name: source for name, source in recipe.sources.items() if asset_changed_by(name) is None}
    read = {name: read_source(name, recipe.path_of(name), source.variable) for name, source in files.items()}
    datasets, sources = {name: pair[0] for name, pair in read.items()}, {name: pair[1] for name, pair in read.items()}
    for asset in (asset for asset in GRAPH.assets if asset in lists):
        names = lists[asset]
        datasets[hand_edits_of(asset)], found = read_hand_edits([recipe.path_of(name) for name in names])
        sources |= dict(zip(names, found, strict=True))
    return datasets, sources


def _provenance(result: Build, kept: dict[str, Any]) -> dict[str, Any]:
    """What ``provenance.json`` says: enough to make everything again."""
    return {
        "paleobc": VERSION,
        "date": now(),
        "experiment": result.recipe.experiment.model_dump(),
        "sources": {name: asdict(source) for name, source in result.sources.items()},
        "steps": result.recipe.steps,
        **({"external_steps": external} if (external := external_steps(result.recipe.steps)) else {}),
        "records": {asset: asdict(outcome.record) for asset, outcome in result.outcomes.items()},
        "files": {
            **kept,
            **{f.name: {"asset": f.asset, "key": f.key, "sha256": f.sha256} for f in result.files},
        },
    }


def _json(data: dict[str, Any]) -> str:
    """Readable JSON."""
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
