"""The page on external steps names every key, and its declarations can be used as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from documentation import PAGES, ROOT, blocks, rows, section
from paleobc.steps.assets import ASSETS, with_declared
from paleobc.steps.catalogue import GRAPH
from paleobc.steps.external import with_external
from paleobc.steps.external_declaration import (
    AssetDeclaration,
    Declaration,
    OptionDeclaration,
    declarations_in,
    read_declaration,
)
from paleobc.steps.external_outputs import FILES, KEPT, VARIABLES
from paleobc.steps.external_words import PLACES

PAGE = "external-steps"
EXAMPLES = ROOT / "examples" / "external"


def test_every_key_of_a_declaration_is_described_with_its_default():
    text = section(PAGE, "What a declaration says")
    described = rows(text)
    for name, field in Declaration.model_fields.items():
        if name == "path":
            continue
        assert name in described, name
        if isinstance(field.default, int) or name == "queue":
            assert f"Default: {field.default}" in described[name], name
    for model in (OptionDeclaration, AssetDeclaration):
        for name in model.model_fields:
            assert re.search(rf"`{name}[`:]", text), name


def test_all_that_may_stand_in_braces_is_described():
    described = rows(section(PAGE, "What the command is told"))
    assert set(described) == {"{reads.ASSET}", "{options.NAME}", *(f"{{{place}}}" for place in PLACES)}


def test_every_asset_that_can_be_replaced_is_listed_with_what_it_needs():
    text = section(PAGE, "In place of a step of ours")
    described = rows(text)
    for asset, needed in (VARIABLES | FILES).items():
        for name in needed:
            pattern = re.sub(r"_[TUVF]$", "_P", name) if asset == "coordinates_mask" else name
            assert f"`{pattern}`" in described[asset], (asset, name)
    for asset in KEPT:
        assert f"`{asset}`" in text


@pytest.mark.parametrize("text", [text for page, text in blocks("yml") if page == PAGE], ids=lambda text: text[:30])
def test_the_declarations_on_the_page_can_be_used(text, tmp_path):
    name = re.search(r"^name: (\w+)$", text, re.MULTILINE)
    assert name
    path = tmp_path / f"{name[1]}.yaml"
    path.write_text(text, encoding="utf-8")
    for beside in EXAMPLES.glob("*.grid"):
        (tmp_path / beside.name).write_bytes(beside.read_bytes())
    found = [read_declaration(path)]
    steps = with_external(GRAPH.steps, found, with_declared(ASSETS, found))
    assert name[1] in {step.name for step in steps}


def test_the_example_on_the_page_is_the_one_in_the_folder():
    text = (EXAMPLES / "cdo_weights.yaml").read_text(encoding="utf-8")
    assert text in [block for page, block in blocks("yml") if page == PAGE]
    assert [found.declaration.name for found in declarations_in(EXAMPLES)] == ["cdo_weights"]


def test_the_figures_on_the_page_are_those_of_the_program():
    source = (ROOT / "src" / "paleobc" / "steps" / "external_log.py").read_text(encoding="utf-8")
    assert "_BEGINNING: Final = 12_000" in source
    assert "_END: Final = 4_000" in source
    guard = Path(ROOT / "src" / "paleobc" / "steps" / "external_guard.py").read_text(encoding="utf-8")
    assert "_GRACE = 3.0" in guard
    assert "the first 12 kB and the last 4" in PAGES[PAGE]
    assert "killed three seconds later" in " ".join(PAGES[PAGE].split())
