"""The documentation names every check of an audit, and all that is in a bundle."""

from __future__ import annotations

import json
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest

import paleobc.services
from documentation import rows, section
from paleobc.services import bundles
from paleobc.services.audit_names import Engine
from paleobc.services.bundles import FILES, INPUTS, ROOT, make_bundle
from paleobc.services.old_names import FOLDER as OLD_NAMES
from paleobc.topography.checks import CheckKind
from paleobc.topography.ocean_checks import OCEAN_CHECKS
from small_world import Case

AUDIT = [
    import_module(f"paleobc.services.{module.name}")
    for module in pkgutil.iter_modules(paleobc.services.__path__)
    if module.name.startswith("audit")
]
CHECKS = {value.name for module in AUDIT for value in vars(module).values() if isinstance(value, CheckKind)}
CHECKS |= {check.name for check in OCEAN_CHECKS}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = Case(tmp_path_factory.mktemp("case"))
    (case.folder / "edits.yaml").write_text(
        "paleobc_edits: 1\nedits: [{shape: {box: [0, 0, 30, 30]}, operation: {add: 5}}]\n", encoding="utf-8"
    )
    lists = "relief_edits: {file: edits.yaml}\ngateways: [{name: Tethys, state: open, from: [-60, 0], to: [60, 0]}]\n"
    case.recipe.write_text(case.recipe.read_text(encoding="utf-8") + lists, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundles, "bundle_page", lambda *_, **__: "drawing its maps takes long")
        return make_bundle(case.recipe, case.folder / "bundle", old_names=True).folder


def names_in(folder: Path) -> set[str]:
    """Files of a folder, each of a folder in it as that folder."""
    return {f"{path.name}/" if path.is_dir() else path.name for path in folder.iterdir()}


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_every_check_of_an_audit_is_described_with_its_remedy(check):
    described = rows(section("commands", "paleobc audit"))
    _, _, meaning, remedy, _ = described[check].split("|")
    assert meaning.strip()
    assert remedy.strip()


def test_no_check_is_described_that_an_audit_does_not_make():
    described = rows(section("commands", "paleobc audit"))
    assert {name for name in described if not name.startswith("-")} == CHECKS


def test_all_that_is_in_a_bundle_is_described(bundle):
    described = rows(section("files", "A bundle"))
    assert {name for name in described if name != ROOT} == names_in(bundle)
    assert {f"{FILES}/", f"{INPUTS}/", f"{OLD_NAMES}/"} <= described.keys()
    for folder in ("cards", "namelists"):
        for name in names_in(bundle / folder):
            assert f"`{name}`" in described[f"{folder}/"], name


def test_what_a_bundle_adds_to_the_report_and_the_provenance_is_described(bundle):
    for name in ("report.json", "provenance.json"):
        own, built = (json.loads((folder / name).read_text(encoding="utf-8")) for folder in (bundle, bundle / FILES))
        added = own.keys() - built.keys()
        assert added
        for key in added:
            assert f"`{key}`" in rows(section("files", "A bundle"))[name]


def test_both_engines_of_weights_are_named():
    for engine in get_args(Engine):
        assert f"`{engine}`" in rows(section("commands", "paleobc bundle"))["--engine"]


@pytest.mark.parametrize("key", ["gateways", "edits"])
def test_what_the_report_says_of_gateways_and_edits_is_described(key, bundle):
    described = rows(section("files", "report.json"))[key]
    for asset, found in json.loads((bundle / "report.json").read_text(encoding="utf-8"))[key].items():
        assert f"`{asset}`" in described
        for name in found[0] if isinstance(found, list) else found:
            assert f"`{name}`" in described
