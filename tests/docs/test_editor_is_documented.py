"""The guide of the editor names all that the editor has, in the words of its page."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

import paleobc
from documentation import DOCS, PAGES, ROOT, rows
from paleobc.editor.component import FOLDER
from paleobc.services.editing.desk import _FILTER_TITLES
from paleobc.services.editing.lists import _FORMS, _RECIPE_TITLE

GUIDE = {path.stem: path.read_text(encoding="utf-8") for path in sorted((DOCS / "editor").glob("*.md"))}
NODE = shutil.which("node")

#: Prints what the modules of the editor offer.
_TOLD = """
import { KEYS, keyWords } from "./keyboard.js";
import { SHOWN_TOOLS } from "./tools/catalogue.js";
import { VIEWS } from "./toolbar.js";
import { operationKinds } from "./panels/operations.js";
const keys = KEYS.flatMap(({ title, bindings }) => bindings.map(({ keys, words, does }) =>
    ({ title, names: words ? [words] : keys.map(keyWords), does })));
const operations = ["height", "depth", "value", "basin"].flatMap((quantity) => operationKinds("m", quantity));
const tools = SHOWN_TOOLS.map(({ title, letter, keys }) => ({ title, letter: letter.toUpperCase(), keys }));
console.log(JSON.stringify({ keys, tools, views: VIEWS.map(({ title }) => title),
    operations: operations.map(({ title, needs }) => ({ title, needs: needs.map(({ label }) => label) })) }));
"""


def component(name: str) -> str:
    """Text of a module of the editor."""
    return (Path(str(FOLDER)) / name).read_text(encoding="utf-8")


def titles(page: str) -> set[str]:
    """What a page sets in italics: controls as they are named in the editor."""
    return {" ".join(found.split()) for found in re.findall(r"\*([^*]+)\*", GUIDE[page])}


def by_title(page: str) -> dict[str, str]:
    """Rows of the tables of a page, by each control in their first cells."""
    lines = [line for line in GUIDE[page].splitlines() if line.startswith("|")]
    return {name: line for line in lines for name in re.findall(r"\*([^*]+)\*", line.split("|")[1])}


if NODE is not None:  # the other tests look at the same words as text

    @pytest.fixture(scope="module")
    def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
        folder = tmp_path_factory.mktemp("editor") / "component"
        shutil.copytree(str(FOLDER), folder)
        (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
        (folder / "told.js").write_text(_TOLD, encoding="utf-8")
        done = subprocess.run([NODE, "told.js"], cwd=folder, capture_output=True, text=True, timeout=60, check=True)
        return dict(json.loads(done.stdout))

    def test_every_key_is_documented_with_what_it_does_and_no_other(told):
        table = [line for line in GUIDE["keyboard"].splitlines() if line.startswith("| `")]
        documented = [(re.findall(r"`([^`]+)`", line.split("|")[1]), line.split("|")[2].strip()) for line in table]
        assert documented == [(one["names"], one["does"]) for one in told["keys"]]
        for title in {one["title"] for one in told["keys"]}:
            assert f"\n## {title}\n" in GUIDE["keyboard"]

    def test_every_tool_is_documented_with_its_key_and_how_it_is_used_by_keyboard(told):
        assert {tool["title"] for tool in told["tools"]} <= by_title("selecting").keys()
        for tool in told["tools"]:
            assert by_title("selecting")[tool["title"]].split("|")[2].strip() == tool["letter"]
            assert f"| {tool['title']} | {tool['keys']} |" in GUIDE["keyboard"]

    def test_every_operation_is_documented_with_all_that_it_needs(told):
        described = by_title("changing")
        assert described.keys() == {operation["title"] for operation in told["operations"]}
        for operation in told["operations"]:
            for need in operation["needs"]:
                assert f"*{need}*" in described[operation["title"]], f"{operation['title']}: {need}"

    def test_every_view_is_documented(told):
        assert by_title("views").keys() == set(told["views"])


def test_every_filter_is_documented():
    short = re.search(r"SHORT = \{ present: \"(.+?)\", missing: \"(.+?)\" \}", component("panels/selection.js"))
    assert short
    shown = {**_FILTER_TITLES, "present": short[1], "missing": short[2]}
    assert set(shown.values()) <= titles("selecting")


def test_every_way_to_join_shapes_is_documented():
    modes = re.search(r"const MODES = \[(.*?)\];", component("panels/selection.js"), re.DOTALL)
    assert modes
    named = re.findall(r'title: "(.+?)", hint: ".*?\((\d)\)"', modes[1])
    assert named
    assert (
        dict(named).items()
        <= {title: line.split("|")[2].strip() for title, line in by_title("selecting").items()}.items()
    )


def test_every_export_is_documented_and_no_other():
    assert by_title("log").keys() == {*(form.title for form in _FORMS), _RECIPE_TITLE}


@pytest.mark.parametrize(
    ("page", "module"),
    [("views", "panels/view.js"), ("gateways", "panels/gateway_form.js"), ("log", "panels/file.js")],
)
def test_every_field_and_button_of_a_panel_is_named(page, module):
    text = component(module)
    named = re.findall(r'(?:field|tick|segments)\("([A-Z][^"]+)"', text) + re.findall(
        r'el\("h2", \{\}, "([^"]+)"', text
    )
    named += re.findall(r'\}, "([A-Z][^"]+[^".])"\)', text) + re.findall(r'title: "([A-Z][^"]+)"', text)
    assert named
    seen = " ".join(GUIDE[page].split())
    for words in named:
        assert words in seen, words


def test_all_lights_of_gateways_are_documented_in_the_words_of_the_page():
    lights = re.search(r"LIGHT_WORDS = \{ (.*?) \}", component("panels/signs.js"))
    assert lights
    for light, words in re.findall(r'(\w+): "(.+?)"', lights[1]):
        assert re.search(rf"^\| {light} \| .*\| {words}", GUIDE["gateways"], re.MULTILINE), light


def test_all_tabs_are_named():
    everywhere = "\n".join(GUIDE.values())
    for title in re.findall(r'name: "\w+", title: "(\w+)", panel:', component("stage.js")):
        assert f"*{title}*" in everywhere, title


def test_all_arguments_of_the_editor_in_a_notebook_are_documented():
    assert set(signature(paleobc.edit).parameters) <= rows(GUIDE["notebook"]).keys()
    for name in ("dataset", "edits", "write_edits"):
        assert f"editor.{name}" in GUIDE["notebook"]


@pytest.mark.parametrize("page", GUIDE)
def test_every_page_of_the_guide_is_linked_and_its_links_lead_somewhere(page):
    assert f"](editor/{page}.md)" in PAGES["editor"]
    for target, anchor in re.findall(r"\]\(([^)#]*)#?([^)]*)\)", GUIDE[page]):
        path = DOCS / "editor" / target
        assert path.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in anchors, f"{target}#{anchor}"


def test_every_picture_that_is_made_is_shown_and_no_other():
    made = re.search(r"PICTURES: .*? = \{(.*?)\n\}", (ROOT / "scripts/make_pictures.py").read_text(), re.DOTALL)
    assert made
    shown = {
        name for text in (*GUIDE.values(), PAGES["editor"]) for name in re.findall(r"images/editor-(.+?)\.png", text)
    }
    assert shown == set(re.findall(r'^    "(.+?)":', made[1], re.MULTILINE))
