"""Every command of the engineer's handbook exists, with its options; tests/stack runs them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import typer.main
import yaml

from documentation import DOCS, ROOT, section
from handbook import HANDBOOK, TEXT, Block, commands_in, handbook
from paleobc.cli.main import app

DEPLOY = ROOT / "deploy"
BLOCKS = handbook()
LINES = [line for block in BLOCKS for line in block.lines]
#: Commands within sentences: those of the folder, and of Compose.
_PROSE = re.sub(r"^ *```.*?^ *```$", "", "\n".join(TEXT.values()), flags=re.MULTILINE | re.DOTALL)
IN_SENTENCES = [" ".join(found.split()) for found in re.findall(r"`((?:docker compose |\./)[^`]*)`", _PROSE)]
COMMANDS = [words for line in [*LINES, *IN_SENTENCES] for words in commands_in(line)]
COMPOSE = Path(sys.executable).with_name("docker-compose")
SERVICES = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
EVERYTHING = "\n".join(TEXT.values())
#: Programs of the host, of the engine, or of the public images; what is asked of them is seen when it is run.
OF_THE_HOST = {"cd", "chmod", "curl", "df", "echo", "install", "journalctl", "openssl", "rsync", "sed", "systemctl"}
OF_THE_ENGINE = {"image", "run", "stats", "system"}
OF_A_SERVICE = {
    "database": {"createdb", "dropdb", "pg_dump", "psql"},
    "broker": {"rabbitmqctl"},
    "proxy": {"nginx"},
}
NO_SERVICES = {"version"}


def program_commands() -> list[list[str]]:
    """All commands that are paleobc's own, without its name."""
    return [words for command in COMMANDS if (words := asked_of_paleobc(command)) is not None]


def asked_of_paleobc(command: list[str]) -> list[str] | None:
    """What a command asks of paleobc in one of its containers; None where it asks something else."""
    if command[:2] != ["docker", "compose"]:
        return None
    verb, options, rest = compose_words(command)
    if verb not in ("exec", "run") or "--entrypoint" in options:
        return None
    if verb == "run":
        return rest[1:]
    return rest[2:] if rest[1] == "paleobc" else None


@cache
def compose_options(verb: str) -> dict[str, bool]:
    """Options of a command of Compose, and whether each takes a value; "" for those before the command."""
    done = subprocess.run([COMPOSE, *([verb] if verb else []), "--help"], capture_output=True, text=True, check=True)
    found = re.findall(r"^ +(?:(-\w), )?(--[\w-]+)( \w+)?(?:  |\n)", done.stdout, re.MULTILINE)
    return {name: bool(kind) for short, long, kind in found for name in (short, long) if name}


def compose_words(command: list[str]) -> tuple[str, dict[str, str], list[str]]:
    """Command of Compose, its options with their values, and all else: what is asked of a container as it is."""
    words = command[2:]
    before, words = _options("", words)
    verb, words = words[0], words[1:]
    asks = verb in ("exec", "run")
    options, rest = _options(verb, words, stops=asks)
    return verb, before | options, rest


def _options(verb: str, words: list[str], *, stops: bool = True) -> tuple[dict[str, str], list[str]]:
    """Options with their values, and all else; where it stops at the first other word, what follows is no option."""
    known, found, rest = compose_options(verb), {}, []
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if not word.startswith("-"):
            rest.append(word)
            if stops:
                return found, rest + waiting
            continue
        assert word in known, f"docker compose {verb} has no {word}"
        found[word] = waiting.pop(0) if known[word] else ""
    return found, rest


def test_every_block_says_whether_it_is_run_and_why_not():
    assert len(BLOCKS) > 40
    for block in BLOCKS:
        assert re.fullmatch(r"runs( on the new host)?|proved: .{10,}", block.mark), (block.page, block.text)
    run = [block for block in BLOCKS if block.is_run]
    assert len(run) > 4 * (len(BLOCKS) - len(run))


@pytest.mark.parametrize("page", TEXT)
def test_nothing_that_is_typed_stands_outside_these_blocks(page):
    assert not re.findall(r"^ *```(?!sh |text$|$).*", TEXT[page], re.MULTILINE)
    assert len(TEXT[page].splitlines()) < 400


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.page}: {block.section}")
def test_every_command_exists(block: Block):
    for words in [words for line in block.lines for words in commands_in(line)]:
        _check(words)


@pytest.mark.parametrize("line", sorted(set(IN_SENTENCES)))
def test_every_command_within_a_sentence_exists(line):
    for words in commands_in(line):
        _check(words)


def _check(words: list[str]) -> None:
    """A command is there, with its options."""
    first = words[0]
    if first.startswith("./"):
        path = DEPLOY / first
        assert os.access(path, os.X_OK), first
        for option in (word for word in words if word.startswith("--")):
            assert option in path.read_text(encoding="utf-8"), (first, option)
    elif words[:2] == ["docker", "compose"]:
        _check_compose(words)
    elif first == "docker":
        assert words[1] in OF_THE_ENGINE, words
    else:
        assert first in OF_THE_HOST, words


def _check_compose(words: list[str]) -> None:
    """Options, services and files of a command of Compose are there."""
    verb, options, rest = compose_words(words)
    if "--file" in options:
        stack = yaml.safe_load((DEPLOY / options["--file"]).read_text(encoding="utf-8"))
        services = set(stack["services"])
    else:
        services = set(SERVICES)
    if verb in ("exec", "run"):
        assert rest[0] in services, words
        if verb == "exec" and rest[1] != "paleobc":
            assert rest[1] in OF_A_SERVICE[rest[0]], words
    elif verb not in NO_SERVICES:
        assert set(rest) <= services, words
    if "--scale" in options:
        assert options["--scale"].partition("=")[0] in services, words


@pytest.mark.parametrize("words", program_commands(), ids=" ".join)
def test_paleobc_knows_every_word_that_is_asked_of_it(words):
    command = typer.main.get_command(app)
    name, rest = "paleobc", list(words)
    while rest and rest[0] in getattr(command, "commands", {}):
        name = rest.pop(0)
        command = command.commands[name]  # type: ignore[attr-defined]
    if rest == ["--help"]:
        return
    with command.make_context(name, rest) as context:
        assert not context.args


def test_no_command_removes_a_volume():
    for words in COMMANDS:
        line = " ".join(words)
        assert not re.search(r"--volumes\b|\bvolume (rm|prune)\b|\bdown\b.* -v\b|\bsystem prune\b", line), line
        assert words[0] != "rm"


def test_every_program_of_the_folder_and_every_service_has_its_place():
    programs = [path for path in DEPLOY.iterdir() if path.is_file() and os.access(path, os.X_OK)]
    assert len(programs) >= 6
    for path in programs:
        assert re.search(rf"\./{path.name}\b", EVERYTHING), path.name
    described = section("maintenance", "What runs")
    for service in SERVICES:
        assert f"| `{service}` |" in described
    for stack in DEPLOY.glob("compose*.yaml"):
        assert stack.name in EVERYTHING


def test_every_variable_is_one_of_the_stack():
    files = [path for path in DEPLOY.rglob("*") if path.is_file() and "kubernetes" not in path.parts]
    known = "\n".join(path.read_text(encoding="utf-8") for path in files if path.name != "runtime.lock")
    for name in set(re.findall(r"\b(?:PALEOBC|COMPOSE|AWS|DATABASE|BROKER)_[A-Z_]+\b", EVERYTHING)):
        assert re.search(rf"\b{name}\b", known), name


def test_figures_are_those_of_the_stack():
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    for name, figure in re.findall(r"`(PALEOBC_[A-Z_]+)` (?:hours )?\(`?(\w+)`?\)", EVERYTHING):
        assert f"${{{name}:-{figure}}}" in text, name
    assert len(re.findall(r"`(PALEOBC_[A-Z_]+)` (?:hours )?\(`?(\w+)`?\)", EVERYTHING)) >= 3


def test_the_memory_of_all_services_is_what_is_said():
    limits = re.findall(r"mem_limit: (?:\$\{\w+:-)?(\d+)([gm])", (DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    assert len(limits) == len(SERVICES)
    total = sum(int(number) / (1 if unit == "g" else 1000) for number, unit in limits)
    assert f"add up to {total:.0f} GB" in " ".join(EVERYTHING.replace("\n", " ").split())


def test_every_alert_leads_to_what_is_to_be_done():
    rules = yaml.safe_load((DEPLOY / "monitoring" / "alerts.yaml").read_text(encoding="utf-8"))
    for alert in (rule["alert"] for group in rules["groups"] for rule in group["rules"] if "alert" in rule):
        row = re.search(rf"^\|[^|]*`{alert}`[^|]*\|(.*)\|$", TEXT["watching"], re.MULTILINE)
        assert row, alert
        assert "](" in row[1], alert


def test_every_symptom_is_in_the_table_at_the_beginning():
    table = TEXT["symptoms"].partition("\n## ")[0]
    for heading in re.findall(r"^## (.*)$", TEXT["symptoms"], re.MULTILINE):
        assert f"](#{heading.lower().replace(' ', '-')})" in table, heading


def test_files_that_are_named_are_there():
    for name in set(re.findall(r"`deploy/([\w./-]+)`", EVERYTHING)) - {".env", "certificates", "state/log"}:
        assert (DEPLOY / name).exists(), name


@pytest.mark.parametrize("path", HANDBOOK, ids=lambda path: path.stem)
def test_links_of_the_handbook_lead_somewhere(path):
    for target, anchor in re.findall(r"\]\(([^)#]*)#?([^)]*)\)", path.read_text(encoding="utf-8")):
        if target.startswith("http"):
            continue
        page = (path.parent / target).resolve() if target else path
        assert page.exists(), target
        assert page.is_relative_to(DOCS)
        headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert not anchor or anchor in anchors, f"{target}#{anchor}"
