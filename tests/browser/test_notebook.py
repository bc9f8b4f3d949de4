"""The map editor as an output of a notebook: its traits carried to a browser and back, as a notebook does."""

from __future__ import annotations

import base64
import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from playwright.sync_api import Browser, Page

import paleobc
from browser_drivers import Chromium
from edited_pages import EDITOR, EditorPage
from paleobc.editor.notebook import Editor
from small_world import small_world

_PAGE = """<!doctype html><meta charset="utf-8"><title>notebook</title><link rel="icon" href="data:,">
<style>body { margin: 0; width: 1200px; }</style><link rel="stylesheet" href="style.css"><div id="output"></div>
<script type="module">
import widget from "./widget.js";
const traits = { asked: [], height: 720, position: "" };
const callbacks = {};
const heard = (name, value) => { traits[name] = value; for (const call of callbacks["change:" + name] ?? []) call(); };
const bytes = (text) => new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
const model = {
  get: (name) => traits[name],
  set: (name, value) => { traits[name] = value; },
  on: (event, call) => { (callbacks[event] ??= []).push(call); },
  off: (event, call) => { callbacks[event] = (callbacks[event] ?? []).filter((one) => one !== call); },
  async save_changes() {
    for (const [name, value] of await window.kernel(structuredClone(traits.asked))) {
      heard(name, name === "answer" ? bytes(value) : value);
    }
  },
};
await widget.render({ model, el: document.getElementById("output") });
</script>"""


def world() -> xr.Dataset:
    """A small relief as somebody has it in a notebook, with another variable beside."""
    heights = small_world()
    latitudes, longitudes = np.arange(-87.5, 90, 5.0), np.arange(-177.5, 180, 5.0)
    places = {
        "lat": ("lat", latitudes, {"units": "degrees_north"}),
        "lon": ("lon", longitudes, {"units": "degrees_east"}),
    }
    albedo = (("lat", "lon"), np.where(heights > 0, 0.3, np.nan).astype("f4"), {"long_name": "Albedo"})
    return xr.Dataset({"topo": (("lat", "lon"), heights, {"units": "m"}), "albedo": albedo}, places)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "index.html").write_text(_PAGE)
    (tmp_path / "widget.js").write_text(str(Editor._esm))
    (tmp_path / "style.css").write_text(str(Editor._css))

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (named by the library)
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/index.html"
        server.shutdown()


def connect(page: Page, editor: Editor) -> None:
    """Carry the traits between a page and a widget, like the messages of a notebook."""

    def kernel(asked: list[dict[str, Any]]) -> list[list[str]]:
        said: list[list[str]] = []

        def keep(change: dict[str, Any]) -> None:
            value = change["new"]
            said.append([change["name"], base64.b64encode(value).decode() if change["name"] == "answer" else value])

        editor.observe(keep, names=["answer", "position"])
        editor.asked = asked
        editor.unobserve(keep, names=["answer", "position"])
        return said

    page.expose_function("kernel", kernel)


def test_a_dataset_is_edited_in_a_notebook_and_comes_back_with_its_edits(chromium: Browser, served: str) -> None:
    dataset = world()
    editor = paleobc.edit(dataset)
    context = chromium.new_context(viewport={"width": 1200, "height": 800})
    browser_page = context.new_page()
    connect(browser_page, editor)
    page = EditorPage(Chromium(browser_page), served)
    page.draw("box", [(-30, -20), (30, 20)])
    page.change("add", "higher", amount=100)
    shown = page.values()
    changed = editor.dataset["topo"].values != dataset["topo"].values
    assert changed.sum() == 8 * 12
    np.testing.assert_array_equal(editor.dataset["topo"].values, shown)
    np.testing.assert_array_equal(editor.dataset["albedo"].values, dataset["albedo"].values)
    (log,) = editor.edits
    assert log.edits[0].reason == "higher"
    page.press("Control+z")
    np.testing.assert_array_equal(editor.dataset["topo"].values, dataset["topo"].values)
    context.close()


def test_a_question_that_is_refused_is_told_in_the_output(chromium: Browser, served: str) -> None:
    editor = paleobc.edit(world())
    context = chromium.new_context(viewport={"width": 1200, "height": 800})
    browser_page = context.new_page()
    connect(browser_page, editor)
    page = EditorPage(Chromium(browser_page), served)
    refused = page.driver.run(
        f"{EDITOR}.ask('select', {{position: 0, shape: {{box: [0]}}, where: 'all'}}).then(() => 'taken', String)"
    )
    assert "box" in refused
    context.close()


def test_a_question_is_answered_once_and_nonsense_not_at_all() -> None:
    editor = paleobc.edit(world())
    answers: list[bytes] = []
    editor.observe(lambda change: answers.append(change["new"]), names="answer")
    question = {"id": "a" * 22, "kind": "open", "body": {}}
    editor.asked = [question]
    editor.asked = [question, {"id": 5}, {"id": "b" * 22, "kind": "open", "body": []}]
    assert len(answers) == 1
    assert answers[0].startswith(b"a" * 22 + b"PBCA")


def test_edits_of_one_field_are_written_as_a_list_that_the_command_reads(tmp_path: Path) -> None:
    editor = paleobc.edit(world(), "albedo")
    edit = {"shape": {"box": [0, 0, 90, 45]}, "operation": {"set": 0.5}, "where": "all", "reason": "bright"}
    editor.asked = [{"id": "c" * 22, "kind": "act", "body": {"position": 0, "key": "k" * 22, "edit": edit}}]
    with pytest.raises(paleobc.InputError, match="folder"):
        editor.write_edits(tmp_path / "no folder" / "edits.json")
    for name in ("edits.json", "edits.yaml"):
        editor.write_edits(tmp_path / name)
        assert "albedo" in (tmp_path / name).read_text()
    assert float(editor.dataset["albedo"].max()) == 0.5


def test_what_cannot_be_edited_is_refused_in_a_sentence() -> None:
    with pytest.raises(paleobc.InputError, match="list"):
        paleobc.edit([1, 2])  # type: ignore[arg-type]
    with pytest.raises(paleobc.InputError, match="no variable"):
        paleobc.edit(xr.Dataset({"name": ("n", np.arange(3.0))}))
    with pytest.raises(paleobc.InputError, match="pixels"):
        paleobc.edit(world(), height=10)
