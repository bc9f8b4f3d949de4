"""External steps: a declaration becomes a step like any other, whose work is a command in another environment."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Final

import xarray as xr

from paleobc.errors import InputError
from paleobc.steps.assets import ASSETS, Asset
from paleobc.steps.external_declaration import Declaration, LinedDeclaration
from paleobc.steps.external_files import read_output, read_outputs, refuse_other_grid, write_inputs
from paleobc.steps.external_options import options_model, word_of
from paleobc.steps.external_outputs import FILES, KEPT, SAME_GRID, VARIABLES
from paleobc.steps.external_run import run_program
from paleobc.steps.external_words import filled
from paleobc.workflow.step import Step

#: Attribute of a result that names the external step that made it.
MADE_BY: Final = "external_step"


def external_step(found: LinedDeclaration, assets: Mapping[str, Asset] = ASSETS) -> Step:
    """
    Step of a declaration.

    Parameters
    ----------
    found : LinedDeclaration
    assets : mapping of str to Asset
        All that there are, those of the declarations included.

    Raises
    ------
    InputError
        Where it cannot be one; names the file and the line.
    """
    declaration = found.declaration
    _check_assets(found, assets)
    model = options_model(found)
    try:
        identity = declaration.checksum()
    except OSError as error:
        raise found.refusal(f"{error.filename} cannot be read: {error.strerror}.", "identity") from None
    return Step(
        name=declaration.name,
        writes=declaration.writes,
        reads=tuple(declaration.reads),
        may_read=tuple(declaration.may_read),
        version=declaration.version,
        summary=declaration.summary,
        options_model=model,
        function=_function(declaration, assets[declaration.writes], identity),
        queue=declaration.queue,
        identity=identity,
    )


def with_external(
    built_in: Collection[Step], declared: Collection[LinedDeclaration], assets: Mapping[str, Asset] = ASSETS
) -> tuple[Step, ...]:
    """
    Join our steps and those of the declarations, which take the place of ours that make the same.

    Parameters
    ----------
    built_in : collection of Step
    declared : collection of LinedDeclaration
    assets : mapping of str to Asset
        All that there are, those of the declarations included.

    Raises
    ------
    InputError
        Where two declarations make the same asset, or a name is taken.
    """
    makers: dict[str, LinedDeclaration] = {}
    for found in declared:
        declaration = found.declaration
        other = makers.setdefault(declaration.writes, found)
        if other is not found:
            raise found.refusal(f"{declaration.writes} is made by {other.declaration.path.name} as well.", "writes")
    kept = [step for step in built_in if step.writes not in makers]
    for found in declared:
        if any(step.name == found.declaration.name for step in kept):
            raise found.refusal("one of our steps has this name; take another one.", "name")
    return (*kept, *(external_step(found, assets) for found in declared))


def limits_beyond(declared: Collection[LinedDeclaration], seconds: float, memory_mb: float) -> tuple[str, ...]:
    """Sentences on declarations that ask for more than a step may take here, and will be stopped before."""
    said = []
    for declaration in (found.declaration for found in declared):
        for asked, most, setting, key, unit in (
            (declaration.seconds, seconds, "PALEOBC_STEP_SECONDS", "seconds", "s"),
            (declaration.memory_mb, memory_mb, "PALEOBC_STEP_MEMORY_MB", "memory_mb", "MB"),
        ):
            if asked > most:
                said.append(
                    f"External step {declaration.name}: {key} is {asked}, and {setting} allows {most:g} {unit}, which "
                    f"holds; raise that setting, or lower {key} in {declaration.path}."
                )
    return tuple(said)


def _check_assets(found: LinedDeclaration, assets: Mapping[str, Asset]) -> None:
    """Refuse assets that there are not, and outputs that are not declared."""
    declaration = found.declaration
    for key, names in (("reads", declaration.reads), ("may_read", declaration.may_read)):
        for number, name in enumerate(names):
            if name not in assets:
                raise found.refusal(f"there is no asset {name}; there are {', '.join(assets)}.", key, number)
            if assets[name].kind == "edits":
                raise found.refusal(f"{name} holds edits; read the asset that was edited.", key, number)
    if declaration.writes in KEPT:
        words = f"the step that makes {declaration.writes} stays ours; make a new asset, and read that."
        raise found.refusal(words, "writes")
    if declaration.writes not in VARIABLES and declaration.writes not in FILES and declaration.asset is None:
        can = ", ".join((*VARIABLES, *FILES))
        words = f"{declaration.writes} cannot be made; declare a new asset, or take one of {can}."
        raise found.refusal(words, "writes")
    is_set, outputs = assets[declaration.writes].is_set, declaration.outputs
    if outputs and isinstance(outputs, list) != is_set:
        raise found.refusal("of a file these are variables with dimensions, of a set patterns of names.", "outputs")
    if declaration.asset is not None and not outputs:
        raise found.refusal("a new asset needs outputs: what its file, or its set, has to hold.", "writes")


def _function(declaration: Declaration, asset: Asset, identity: str) -> Callable[..., xr.Dataset]:
    """The work of a step: its program on files of its own."""
    names = (*declaration.reads, *declaration.may_read)

    def work(*assets: xr.Dataset | None, **options: Any) -> xr.Dataset:
        given = {name: dataset for name, dataset in zip(names, assets, strict=False) if dataset is not None}
        _refuse_change(declaration, identity)
        with tempfile.TemporaryDirectory(prefix="paleobc-step-", ignore_cleanup_errors=True) as scratch:
            dataset = _made(declaration, asset, given, options, Path(scratch))
        return dataset.assign_attrs({MADE_BY: f"{declaration.name}, version {declaration.version}"})

    return work


def _made(
    declaration: Declaration, asset: Asset, given: Mapping[str, xr.Dataset], options: Mapping[str, Any], scratch: Path
) -> xr.Dataset:
    """Result of a program in a scratch folder."""
    out = scratch / "out" / (asset.file_name or f"{asset.name}.nc")
    (out if asset.is_set else out.parent).mkdir(parents=True)
    values = {
        "out": str(out),
        "scratch": str(scratch),
        "threads": str(declaration.threads),
        "here": str(declaration.folder),
        **{f"reads.{name}": str(path) for name, path in write_inputs(given, scratch / "in").items()},
        **{f"options.{name}": word_of(value) for name, value in options.items() if value is not None},
    }
    run_program(declaration, filled(declaration.command, values), scratch)
    try:
        if asset.is_set:
            own = declaration.outputs if isinstance(declaration.outputs, list) else []
            return read_outputs(out, [*FILES.get(asset.name, []), *own], out.name)
        wanted = declaration.outputs if isinstance(declaration.outputs, dict) else {}
        dataset = read_output(out, {**VARIABLES.get(asset.name, {}), **wanted})
        like, variable = SAME_GRID.get(asset.name, ("", ""))
        if like in given:
            refuse_other_grid(dataset, asset.holds[0], given[like][variable], like)
        return dataset
    except InputError as error:
        raise InputError(f"Step {declaration.name}: {error}") from None


def _refuse_change(declaration: Declaration, identity: str) -> None:
    """Refuse a program that is no longer the one whose results are expected."""
    try:
        changed = declaration.checksum() != identity
    except OSError as error:
        raise InputError(f"Step {declaration.name}: {error.filename} cannot be read: {error.strerror}.") from None
    if changed:
        raise InputError(
            f"Step {declaration.name}: a file of its identity is another one than when paleobc was started; start "
            "paleobc again, so that what was made with the earlier one is made anew."
        )
