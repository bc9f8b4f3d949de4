"""A bundle: a build with all that a run on a cluster needs beside it, in one folder and one file."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from paleobc.errors import InputError
from paleobc.formats.cards import ROOT, Engine, RunSettings, card, namcouple, namelist_cfg, run_def
from paleobc.formats.netcdf import sync_file
from paleobc.formats.opening import file_sha256
from paleobc.services.audit import audit_folder
from paleobc.services.builds import Build, build
from paleobc.services.bundle_archive import is_unchanged, write_archive, write_sums
from paleobc.services.bundle_report import bundle_page
from paleobc.services.files import PROVENANCE, REPORT
from paleobc.services.old_names import write_old_names
from paleobc.services.provenance import VERSION
from paleobc.services.recipes import gateways_of
from paleobc.services.run_files import RunFiles, run_files, run_settings
from paleobc.steps.catalogue import GRAPH
from paleobc.store.atomic import write_text
from paleobc.store.cache import FolderStore
from paleobc.store.whole_folders import whole_folder
from paleobc.workflow.recipe import Recipe
from paleobc.workflow.recipe_text import write_recipe
from paleobc.workflow.revision import RevisionStore
from paleobc.workflow.run import Listener, silent

FILES: Final = "files"
INPUTS: Final = "inputs"
RECIPE: Final = "recipe.yaml"
PAGE: Final = "report.html"
ARCHIVE: Final = ".tar.gz"

#: Section and key of each card under which the files stand, and what is to be known of them.
_CARDS: Final = {
    "lmdz": ("BoundaryFiles", "ListNonDel", "read by the run that makes LMDZ's initial state (ce0l)"),
    "orchidee": ("InitialStateFiles", "List", "read by runs of LMDZ with ORCHIDEE, and by the coupled run"),
    "opa9": ("BoundaryFiles", "ListNonDel", "read by the coupled run"),
    "oasis": ("BoundaryFiles", "ListNonDel", "read by the coupled run"),
}


@dataclass(frozen=True)
class Bundle:
    """
    What was made.

    Parameters
    ----------
    folder : Path
    archive : Path or None
        The folder as one file; None where none was asked for.
    build : Build
        The build in ``files``.
    settings : RunSettings
        Values that namelists must have.
    """

    folder: Path
    archive: Path | None
    build: Build
    settings: RunSettings


def make_bundle(
    recipe_file: Path,
    folder: Path,
    *,
    engine: Engine = "mosaix",
    old_names: bool = False,
    archive: bool = True,
    listener: Listener = silent,
    store: RevisionStore | None = None,
) -> Bundle:
    """
    Build a recipe and put beside its files all that is needed to run them, and to make them again.

    Nothing is there before all is done; an earlier bundle in the folder stays whole until then.

    Parameters
    ----------
    recipe_file : Path
    folder : Path
        Folder to make. An earlier bundle there is replaced, unless its files were changed by hand.
    engine : {"mosaix", "mosaic"}
        Whose coupling weights the run takes. The files of both are in the bundle.
    old_names : bool
        Give the files under the names of the IPSL Boundary Condition Editor as well.
    archive : bool
        Write the folder as ``NAME.tar.gz`` beside it, too.
    listener : callable
        Hears of each step's start and end.
    store : RevisionStore, optional
        Where earlier results are looked for; by default nothing was made before.

    Raises
    ------
    PaleobcError
        Where the recipe or an input cannot be used, or the folder is in the way, in a sentence that says what to do.
    """
    folder = Path(folder).absolute()
    packed = folder.with_name(folder.name + ARCHIVE) if archive else None
    _refuse_what_is_in_the_way(folder, packed)
    with whole_folder(folder) as part, _archive_of(packed) as draft:
        built = build(recipe_file, part / FILES, listener=listener, store=store)
        made = replace(built, recipe=_copy_inputs(built, part))
        settings = _fill(part, made, engine, store, old_names=old_names)
        write_sums(part)
        if draft is not None:
            write_archive(part, folder.name, draft)
    final = made.recipe.model_copy(update={"folder": folder})
    return Bundle(folder, packed, replace(made, folder=folder / FILES, recipe=final), settings)


def _refuse_what_is_in_the_way(folder: Path, packed: Path | None) -> None:
    """Refuse a place at which something lies that we did not make, or that was changed since."""
    if not folder.name:
        raise InputError(f"{folder} cannot be a bundle; give the name of a folder to make.")
    empty = folder.is_dir() and not any(folder.iterdir())
    if folder.exists() and not empty:
        if not _is_bundle(folder):
            raise InputError(f"{folder} is there already and is no bundle of paleobc; take another folder.")
        if not is_unchanged(folder):
            raise InputError(
                f"Files of the bundle {folder} were changed or added by hand; move it away or remove it, or take "
                "another folder."
            )
    elif packed is not None and packed.exists():
        raise InputError(f"{packed} is there already, without its folder; move it away, or take another folder.")


def _is_bundle(folder: Path) -> bool:
    """Tell whether a folder says that it is a bundle of ours."""
    try:
        return "bundle" in json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False


@contextmanager
def _archive_of(packed: Path | None) -> Iterator[Path | None]:
    """Give a temporary name for an archive, which takes its place once all is done."""
    draft = packed and packed.with_name(f".{packed.name}.part")
    try:
        yield draft
        if packed is not None and draft is not None:
            draft.replace(packed)
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)


def _copy_inputs(built: Build, part: Path) -> Recipe:
    """Copy the files of the sources, compare them with what was built, and give the recipe that reads the copies."""
    (part / INPUTS).mkdir()
    number = Counter(source.file.casefold() for source in built.sources.values())
    sources = {}
    for asset, source in built.sources.items():
        # Two files of one name in different folders stay apart.
        inner = source.file if number[source.file.casefold()] == 1 else f"{asset}/{source.file}"
        target = part / INPUTS / inner
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(built.recipe.path_of(asset), target)
        sync_file(target)
        if file_sha256(target) != source.sha256:
            raise InputError(f"{built.recipe.path_of(asset)} changed while the bundle was made; try again.")
        sources[asset] = built.recipe.sources[asset].model_copy(update={"file": f"{INPUTS}/{inner}"})
    return built.recipe.model_copy(update={"sources": sources, "folder": part})


def _fill(part: Path, made: Build, engine: Engine, store: RevisionStore | None, *, old_names: bool) -> RunSettings:
    """Write all that stands beside the files."""
    kept = part / FILES / ".paleobc"
    relief = (store or FolderStore(kept)).load(made.outcomes["edited_relief"].record.content)
    shutil.rmtree(kept)
    files = run_files(made.files, engine)
    settings = run_settings(part / FILES, files, engine)
    recipe = f"# Written by paleobc {VERSION}, with all options.\n{write_recipe(made.recipe, GRAPH)}"
    write_text(part / RECIPE, recipe)
    _write_cards(part, settings, files)
    if old_names:
        write_old_names(part, made, engine)
    audited = audit_folder(part / FILES, gateways=gateways_of(made.recipe)).as_data()
    _write_records(part, settings, audited, old_names=old_names)
    write_text(part / PAGE, bundle_page(made, settings, files, relief, audited, recipe))
    write_text(part / "README.txt", _readme(made, settings, old_names=old_names))
    return settings


def _write_cards(part: Path, settings: RunSettings, files: RunFiles) -> None:
    """Write the fragments of cards and namelists."""
    for folder in ("cards", "namelists"):
        (part / folder).mkdir()
    for name, (section, key, when) in _CARDS.items():
        notes = [
            f"COMP/{name}.card: {when}.",
            "These entries take the place of those with the same names in your card; the others there stay.",
            f"Set {ROOT} to the folder of this bundle: a line `export {ROOT}=/...` in the file that EnvFile",
            "of config.card names, or write the folder into the cards:",
            f"    sed -i 's|${{{ROOT}}}|/folder/of/the/bundle|' cards/*.card",
        ]
        if name == "oasis" and settings.engine == "mosaic":
            notes.append("The wind stress takes the weights of engine mosaix: the MOSAIC chain makes none.")
        entries = {inner: f"{FILES}/{file}" for inner, file in files[name].items()}
        write_text(part / "cards" / f"{name}.card", card(section, key, entries, notes))
    weights = [name for name in files["oasis"] if name.startswith("rmp_")]
    for name, text in (
        ("namelist_cfg", namelist_cfg(settings)),
        ("namcouple", namcouple(settings, weights)),
        ("run.def", run_def(settings)),
    ):
        write_text(part / "namelists" / name, text)


def _write_records(part: Path, settings: RunSettings, audited: dict[str, Any], *, old_names: bool) -> None:
    """Write report and provenance of the bundle: those of its build, and what it adds."""
    report = json.loads((part / FILES / REPORT).read_text(encoding="utf-8"))
    provenance = json.loads((part / FILES / PROVENANCE).read_text(encoding="utf-8"))
    inputs = sorted(path for path in (part / INPUTS).rglob("*") if path.is_file())
    report |= {"settings": asdict(settings), "audit": audited}
    provenance["bundle"] = {
        "engine": settings.engine,
        "old_names": old_names,
        "inputs": {path.relative_to(part).as_posix(): file_sha256(path) for path in inputs},
    }
    for name, data in ((REPORT, report), (PROVENANCE, provenance)):
        write_text(part / name, json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def _readme(made: Build, settings: RunSettings, *, old_names: bool) -> str:
    """What lies where, and how it is used."""
    old = "old_names/     the same files under the names of the IPSL Boundary Condition Editor\n" if old_names else ""
    return f"""Boundary conditions of {" ".join(made.recipe.experiment.name.split())}
Made by paleobc {VERSION}; weights of engine {settings.engine}.

report.html    all of it on one page, with maps: begin here
files/         the files of the run, as `paleobc build` makes them
cards/         entries for COMP/*.card of libIGCM: which file a component reads under which name
namelists/     values that must agree with the files: namelist_cfg, namcouple, run.def
{old}inputs/        what was given
recipe.yaml    makes the same files again, bit for bit: paleobc build recipe.yaml -o FOLDER
report.json, provenance.json   what was found, and where everything comes from
SHA256SUMS     checksum of every file

How to use it
1. Copy the folder to the cluster, and there: sha256sum -c SHA256SUMS
2. Set {ROOT} to its place there, and put the entries of cards/ into COMP/*.card of your experiment.
3. Put the values of namelists/ into the namelist, namcouple and run.def in PARAM/ of your experiment.
"""
