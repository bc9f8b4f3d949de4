"""One step alone, from files to a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from paleobc.errors import InputError, StepError
from paleobc.formats.file_sets import is_file_set
from paleobc.services.files import write_asset
from paleobc.services.provenance import SourceFile, file_attributes, history_of
from paleobc.services.sources import read_source
from paleobc.services.verification import Law, assets_to_verify, verify
from paleobc.workflow.revision import content_of
from paleobc.workflow.step import Step


def run_step(
    step: Step,
    files: Mapping[str, Path],
    options: Mapping[str, Any],
    out: Path,
    variable: str | None = None,
) -> tuple[dict[str, SourceFile], tuple[Law, ...]]:
    """
    Run one step on files and write its result.

    Parameters
    ----------
    step : Step
    files : mapping of str to Path
        File of each asset that it reads.
    options : mapping
        Its options; those not given have their defaults.
    out : Path
        File to write, or folder for a set of files; each file is written whole or not at all.
    variable : str, optional
        Variable of the first file, where in doubt.

    Returns
    -------
    sources : dict of str to SourceFile
        What was read, and what was assumed in reading it.
    laws : tuple of Law
        Laws that the result obeys.

    Raises
    ------
    StepError
        Where an asset is missing or unknown, or an option is not allowed.
    InputError
        Where a file cannot be used.
    """
    reads = (*step.reads, *step.may_read)
    for asset in files:
        if asset not in reads:
            raise StepError(f"Step {step.name} does not read {asset!r}; it reads {', '.join(reads)}.")
    for asset in step.reads:
        if asset not in files:
            raise StepError(f"Step {step.name} needs a file for {asset}: give {asset}=FILE.")
    chosen = step.options(options, strict=True)
    for asset, path in files.items():
        if out.exists() and path.exists() and out.samefile(path):
            raise InputError(f"{out} is the file of {asset} and would be overwritten; give another name after -o.")
    names = list(files)
    read = {name: read_source(name, files[name], variable if name == names[0] else None) for name in names}
    datasets = {name: pair[0] for name, pair in read.items()}
    sources = {name: pair[1] for name, pair in read.items()}
    result = step(*[datasets.get(asset) for asset in reads], **chosen)
    datasets[step.writes] = result
    laws = verify([step.writes] if assets_to_verify([step.writes]) <= datasets.keys() else [], datasets)
    attributes = file_attributes(step.writes, content_of(result), None, {step.name: chosen}, sources)
    history = {"history": history_of(f"step {step.name}")}
    try:
        if is_file_set(result):
            write_asset(result, out, "", {**attributes, **history})
        else:
            write_asset(result, out.parent, out.name, {**attributes, **history})
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror or error}.") from None
    return sources, laws
