"""The audit of a complete set of boundary files: laws that they obey together, whoever made them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from paleobc.errors import InputError
from paleobc.formats.hand_edit_lists import changes_of_file
from paleobc.services import audit_land, audit_ocean, audit_rivers
from paleobc.services.audit_coupling import coupling_checks
from paleobc.services.audit_files import OpenedFile, open_files
from paleobc.services.audit_gateways import gateway_checks
from paleobc.services.audit_links import link_checks
from paleobc.services.audit_names import ENGINES, Engine
from paleobc.services.audit_outlets import outlet_checks
from paleobc.services.audit_result import Audit, Check, Finding, Held, NotLookedAt
from paleobc.services.audit_sizes import check_sizes
from paleobc.services.audit_weights import weight_checks
from paleobc.topography.gateways import Gateway

#: The checks of the files that every run has.
COMMON_CHECKS: Final = (*audit_ocean.CHECKS, *audit_rivers.CHECKS, *audit_land.CHECKS)


def audit_folder(folder: Path, *, gateways: Sequence[Gateway] = ()) -> Audit:
    """
    Look whether the files of a run are whole and fit together.

    Parameters
    ----------
    folder : Path
        Folder of a build, of a bundle, or of files of others under the names of a run. Nothing in it is changed.
    gateways : sequence of Gateway
        Passages that have to be open or closed in the bathymetry.

    Returns
    -------
    Audit

    Raises
    ------
    InputError
        Where there is no such folder, or no file of a run in it.
    """
    started = time.perf_counter()
    files, findings = open_files(Path(folder))
    files, sizes = check_sizes(files)
    findings += sizes
    held: list[Held] = []
    missed: list[NotLookedAt] = []
    for check in [*_checks(files), *gateway_checks(gateways)]:
        found, holds, left = _made(check, files)
        findings += found
        held += holds
        missed += left
    findings.sort(key=lambda finding: finding.severity != "fault")
    seen = {role: file.name for role, file in files.items() if file.unusable != "is missing"}
    changed = {name: changes_of_file(Path(folder) / name) for name in dict.fromkeys(seen.values())}
    by_hand = {name: words for name, words in changed.items() if words}
    seconds = time.perf_counter() - started
    return Audit(Path(folder), seen, tuple(findings), tuple(held), tuple(missed), seconds, by_hand)


def _checks(files: dict[str, OpenedFile]) -> list[Check]:
    """All checks of the files that there are."""
    checks = list(COMMON_CHECKS)
    for engine in ENGINES:
        if any(role.startswith(f"{engine}:") for role in files):
            checks += set_checks(engine)
    return checks


def set_checks(engine: Engine) -> list[Check]:
    """Give the checks of a set of weights."""
    return [*coupling_checks(engine), *link_checks(engine), *weight_checks(engine), *outlet_checks(engine)]


def _made(check: Check, files: dict[str, OpenedFile]) -> tuple[list[Finding], list[Held], list[NotLookedAt]]:
    """Make a check, where its files can be looked at."""
    kinds = (check.kind, *check.more)
    needed = [files[role] for role in check.needs]
    about = tuple(dict.fromkeys(file.name for file in needed[: check.about]))
    unusable = [f"{file.name} {file.unusable}" for file in dict.fromkeys(needed) if file.unusable]
    try:
        outcome = ", ".join(unusable) if unusable else check.look(*needed)
    except InputError as refusal:
        outcome = str(refusal)
    if isinstance(outcome, str):
        return [], [], [NotLookedAt(kind, about, f"not looked at: {outcome}") for kind in kinds]
    findings, figures = outcome
    found = {finding.check for finding in findings}
    return findings, [Held(kind, about, figures) for kind in kinds if kind not in found], []
