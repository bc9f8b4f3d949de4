"""The recipe of an experiment that is kept in the database, and the files that it names."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from paleobc.formats.edit_list_datasets import log_of
from paleobc.formats.edit_lists import write_edits
from paleobc.formats.hand_edit_lists import bytes_of_lists
from paleobc.formats.netcdf import write_netcdf
from paleobc.formats.whole_files import write_whole
from paleobc.services.hand_edit_revisions import sources_of_lists
from paleobc.services.planning import AssetState, all_options, states_of
from paleobc.services.provenance import SourceFile
from paleobc.services.recipes import GATEWAYS
from paleobc.services.uploaded_files import uploaded_path
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH
from paleobc.store.contents import Contents
from paleobc.store.files import FileStore
from paleobc.store.tables import Experiment, Revision, Upload
from paleobc.workflow.hand_edits import asset_changed_by
from paleobc.workflow.recipe import Experiment as Title
from paleobc.workflow.recipe import Recipe, Source
from paleobc.workflow.recipe_text import write_recipe

#: Folder beside the recipe in which the files lie that it names.
INPUTS: Final = "inputs"


@dataclass(frozen=True)
class ExperimentRecipe:
    """
    An experiment as a recipe.

    Parameters
    ----------
    recipe : Recipe
    given : dict of str to Revision
        The newest usable revision of each asset that was given.
    uploads : dict of str to Upload
        The uploaded file of each of them, where there is one.
    """

    recipe: Recipe
    given: dict[str, Revision]
    uploads: dict[str, Upload]

    @property
    def sources(self) -> dict[str, SourceFile]:
        """What was given, as files say where they come from."""
        return {name: source for revision in self.given.values() for name, source in sources_of(revision).items()}

    def text(self) -> str:
        """Text of the recipe, which `paleobc build` reads."""
        return write_recipe(self.recipe, GRAPH)

    def write_inputs(self, folder: Path, files: FileStore, contents: Contents) -> None:
        """Put the files that the recipe names into a folder, each as it was given."""
        for asset, revision in self.given.items():
            if asset_changed_by(asset) is not None:
                lists = bytes_of_lists(contents.load(revision.content))
                for name, data in zip(sources_of(revision), lists, strict=True):
                    write_whole(_place(folder / self.recipe.sources[name].file), [data])
                continue
            path = _place(folder / self.recipe.sources[asset].file)
            if asset in self.uploads:
                shutil.copyfile(uploaded_path(files, self.uploads[asset]), path)
            elif ASSETS[asset].kind == "edits":
                write_edits(log_of(contents.load(revision.content)), path, "json")
            else:
                write_netcdf(contents.load(revision.content), path, file_format="NETCDF4")


def _place(path: Path) -> Path:
    """Path of a file, whose folder is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def sources_of(revision: Revision) -> dict[str, SourceFile]:
    """Where a given asset comes from, by its name in a recipe; lists of changes by hand are files of their own."""
    if asset_changed_by(revision.asset) is not None:
        return sources_of_lists(revision)
    return {revision.asset: source_of(revision)}


def source_of(revision: Revision) -> SourceFile:
    """Where a given asset comes from."""
    known = revision.source or {}
    return SourceFile(
        file=str(known.get("file") or _own_name(revision.asset)),
        variable=str(known.get("variable") or ""),
        sha256=str(known.get("sha256") or revision.content),
        assumptions=tuple(known.get("assumptions") or ()),
    )


def _own_name(asset: str) -> str:
    """Name of the file of an asset that was given without one."""
    return f"{asset}.json" if ASSETS[asset].kind == "edits" else f"{asset}.nc"


def recipe_of(
    session: Session, experiment: Experiment, states: Mapping[str, AssetState] | None = None
) -> ExperimentRecipe:
    """
    Recipe of an experiment as it is now.

    Parameters
    ----------
    session : Session
    experiment : Experiment
    states : mapping of str to AssetState, optional
        How its assets stand, where that is known already.
    """
    states = states or states_of(session, experiment)
    usable = {asset: states[asset] for asset in GRAPH.given if asset in states and states[asset].usable}
    given = {asset: state.revision for asset, state in usable.items() if state.revision is not None}
    uploads = {}
    for asset, revision in given.items():
        upload = session.get(Upload, str(revision.options.get("upload", "")))
        if upload is not None:
            uploads[asset] = upload
    recipe = Recipe(
        experiment=Title(
            name=experiment.name, author=experiment.author, age=experiment.age, hypothesis=experiment.hypothesis
        ),
        sources=_sources(given),
        steps={step.name: _options(experiment, step.name, given) for step in GRAPH.steps},
        folder=Path(),
        lists={GATEWAYS: experiment.gateways} if experiment.gateways else {},
    )
    return ExperimentRecipe(recipe, given, uploads)


def _sources(given: Mapping[str, Revision]) -> dict[str, Source]:
    """Sources of a recipe; files of one name lie in folders of their own."""
    names = {name: source.file for revision in given.values() for name, source in sources_of(revision).items()}
    number = Counter(name.casefold() for name in names.values())
    return {
        asset: Source(
            file=f"{INPUTS}/{name}" if number[name.casefold()] == 1 else f"{INPUTS}/{asset}/{name}",
            variable=given[asset].options.get("variable") if asset in given else None,
        )
        for asset, name in names.items()
    }


def _options(experiment: Experiment, step: str, given: Mapping[str, Revision]) -> dict[str, Any]:
    """Options of a step in a recipe, which has none for a step whose result is given."""
    found = GRAPH.step(step)
    return all_options(found, {} if f"given_{found.writes}" in given else experiment.options.get(step, {}))
