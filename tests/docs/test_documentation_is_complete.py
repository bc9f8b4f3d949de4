"""The documentation names everything there is, and its examples work."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path

import pytest
import typer.main
from netCDF4 import Dataset

from documentation import DOCS, EVERYWHERE, PAGES, ROOT, blocks, edit_lists, named_files, section
from paleobc.cli.main import app, run
from paleobc.services.builds import build
from paleobc.services.examples import write_example
from paleobc.services.recipes import GATEWAYS
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH
from paleobc.topography.checks import CHECKS
from paleobc.topography.gateways import parse_gateways
from paleobc.topography.ocean_checks import OCEAN_CHECKS
from paleobc.vegetation.pft import DEFAULT_BANDS, PFT_NAMES
from paleobc.workflow.hand_edits import HAND_EDITS
from paleobc.workflow.recipe import Experiment, Source, key_of, parse_recipe

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
FILES = {asset.name: asset.file_name for asset in ASSETS.values() if asset.file_name}
SETS = [asset.name for asset in ASSETS.values() if asset.is_set]
#: Their examples are not run here: the first two serve until they are stopped, the others need the second.
#: tests/server runs them as users do; here the words of their examples are held against what the commands take.
NEEDS_A_SERVER = ("edit", "serve", "work", "accounts", "remote", "import-old", "admin")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documented")
    write_example(folder)
    build(folder / "recipe.yaml", folder / "files")
    return folder / "files"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_section_with_an_example(command):
    text = section("commands", f"paleobc {command}")
    assert f"$ paleobc {command}" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_every_command_is_described(command):
    text = section("commands", f"paleobc {command}")
    parts = getattr(COMMANDS[command], "commands", {"": COMMANDS[command]})
    for part, its_command in parts.items():
        for option in (each for parameter in its_command.params for each in parameter.opts if each.startswith("-")):
            assert f"`{option}`" in text, f"{command} {part} {option}"


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "run"])
def test_every_part_of_a_command_has_an_example(command):
    for part in getattr(COMMANDS[command], "commands", {}):
        assert f"$ paleobc {command} {part}" in section("commands", f"paleobc {command}")


@pytest.mark.parametrize("step", GRAPH.steps, ids=lambda step: step.name)
def test_every_step_is_described_with_all_it_reads_writes_and_takes(step):
    text = section("steps", step.name)
    for asset in (*step.reads, *step.may_read, step.writes):
        assert f"`{asset}`" in text, asset
    if step.writes in FILES:
        assert f"`{FILES[step.writes]}`" in text
    defaults = step.options({})
    for name, field in step.options_model.model_fields.items():
        described = re.search(rf"^\* `{name}`: (.*?)(?=^\* |^\n)", text, re.MULTILINE | re.DOTALL)
        assert described, f"{step.name}.{name}"
        assert "Default:" in described[1], f"{step.name}.{name}"
        if isinstance(defaults[name], int | str):
            default = str(defaults[name]).lower() if isinstance(defaults[name], bool) else str(defaults[name])
            assert default in described[1].split("Default:")[1], f"{step.name}.{name}"
        for choice in getattr(field.annotation, "__args__", ()):
            if isinstance(choice, str):
                assert f"`{choice}`" in described[1], f"{step.name}.{name}: {choice}"
    if not step.options_model.model_fields:
        assert "* no options" in text


def test_the_default_bands_and_all_types_are_listed():
    text = section("steps", "pft")
    for band in DEFAULT_BANDS:
        listed = ", ".join(f"{name} {share}" for name, share in band.items() if name != "up_to")
        assert f"| {band['up_to']} | {listed} |" in text
    for number, name in enumerate(PFT_NAMES, start=1):
        assert f"| pft{number} | {name} |" in text


def test_every_key_of_a_recipe_is_described():
    for model, title in ((Experiment, "experiment"), (Source, "relief"), (Source, "biome_map")):
        for key in model.model_fields:
            assert f"`{key}`" in section("recipe", title), f"{title}.{key}"
    for source in GRAPH.sources:
        assert "`file`" in section("recipe", key_of(source))
    assert "](edits.md#gateways)" in section("recipe", GATEWAYS)
    for asset in GRAPH.changes.assets:
        assert f"`{asset}`" in section("recipe", HAND_EDITS)
    for step in GRAPH.steps:
        assert f"`{step.name}`" in section("recipe", "steps")


@pytest.mark.parametrize("asset", ASSETS)
def test_every_asset_is_named(asset):
    assert f"`{asset}`" in EVERYWHERE


def test_every_check_is_described():
    for check in CHECKS:
        assert f"`{check.name}`" in section("commands", "paleobc check")
    for check in OCEAN_CHECKS:
        assert f"`{check.name}`" in section("files", "report.json")


@pytest.mark.parametrize("asset", SETS)
def test_every_file_of_a_set_is_described(asset, built):
    text = section("files", FILES[asset])
    names = re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)
    patterns = [re.sub(r"OCE|ATM|\\.\\.\\.", ".+", re.escape(name)) for name in names]
    for path in (path for path in (built / FILES[asset]).rglob("*") if path.is_file()):
        assert any(re.match(pattern, path.name) for pattern in patterns), path.name


@pytest.mark.parametrize("asset", [asset for asset in FILES if asset not in SETS])
def test_every_variable_of_every_file_is_described_with_its_unit(asset, built):
    text = section("files", FILES[asset])
    assert f"[`{FILES[asset]}`]" in PAGES["files"]
    assert ASSETS[asset].component in PAGES["files"]
    with Dataset(built / FILES[asset]) as file:
        for name, variable in file.variables.items():
            assert f"`{name}`" in text, name
            row = next(
                (line for line in text.splitlines() if line.startswith("|") and f"`{name}`" in line.split("|")[1]), ""
            )
            unit = str(getattr(variable, "units", "")).replace("_", " ")
            assert unit in (row or text), f"{name} [{unit}]"
        for name in file.dimensions:
            assert name == "bnds" or f"`{name}`" in text, name
        for name in file.ncattrs():
            assert name in ("title", "Conventions", "paleobc_asset") or f"`{name}`" in PAGES["files"], name


@pytest.mark.parametrize("name", ["report.json", "provenance.json"])
def test_every_key_of_the_report_and_the_provenance_is_described(name, built):
    text = section("files", name)
    for key in json.loads((built / name).read_text(encoding="utf-8")):
        assert key in text, key


@pytest.mark.parametrize(("page", "text"), [each for each in blocks("yaml") if each not in edit_lists()])
def test_recipes_in_the_documentation_are_accepted(page, text):
    for key, line in (("experiment", "experiment: {name: x}\n"), ("relief", "relief: {file: topography.nc}\n")):
        if not re.search(rf"^{key}:", text, re.MULTILINE):
            text = line + text
    parse_recipe(text, GRAPH, lists={GATEWAYS: parse_gateways})


def commands_of(text: str) -> list[str]:
    return [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("page", sorted({page for page, _ in blocks("console")}))
def test_commands_in_the_documentation_work(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_example(tmp_path)
    for name, text in named_files(page).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for command in [each for where, text in blocks("console") if where == page for each in commands_of(text)]:
        program, *arguments = shlex.split(command)
        assert program == "paleobc"
        if arguments[0] in NEEDS_A_SERVER:
            continue
        monkeypatch.setattr(sys, "argv", [program, *arguments])
        try:
            code = run()
        except SystemExit as stop:
            code = stop.code
        said = capsys.readouterr()
        found_something = arguments[0] in ("check", "weights", "audit", "repair") and code == 3
        assert not code or found_something, f"{command}: {said.err}"
        assert "Error" not in said.err, command


@pytest.mark.parametrize(
    "words",
    [
        arguments
        for _, text in blocks("console")
        for _, *arguments in map(shlex.split, commands_of(text))
        if arguments[0] in NEEDS_A_SERVER
    ],
    ids=" ".join,
)
def test_examples_that_need_a_server_are_words_that_the_commands_know(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "topography.nc").touch()
    name, *arguments = words
    command = COMMANDS[name]
    while arguments and arguments[0] in getattr(command, "commands", {}):
        command, *arguments = command.commands[arguments[0]], *arguments[1:]
    with command.make_context(name, arguments) as context:
        assert not context.args


@pytest.mark.parametrize("path", [*sorted(DOCS.glob("*.md")), *sorted(ROOT.glob("*.md"))], ids=lambda path: path.name)
def test_links_between_the_pages_lead_somewhere(path):
    for target, anchor in re.findall(r"\]\(([^)#]*)#?([^)]*)\)", path.read_text(encoding="utf-8")):
        if target.startswith("http"):
            continue
        page = (path.parent / target) if target else path
        assert page.exists(), target
        if page.is_dir() or page.suffix != ".md":
            continue
        headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert not anchor or anchor in anchors, f"{target}#{anchor}"


def test_every_page_can_be_reached_from_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for page in PAGES:
        assert f"](docs/{page}.md)" in readme


def test_every_module_of_the_code_map_exists():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for name in re.findall(r"`([\w/*]+\.py)`", text):
        assert any((ROOT / "src" / "paleobc").glob(f"**/{name}")), name
