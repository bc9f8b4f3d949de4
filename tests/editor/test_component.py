"""The modules of the map editor: their pure functions under Node, and what none of them may do."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import paleobc.editor

HERE = Path(__file__).parent
COMPONENT = Path(next(iter(paleobc.editor.__path__))) / "component"
NODE = shutil.which("node")
TSC = shutil.which("tsc")
MODULES = sorted(COMPONENT.rglob("*.js"))

if NODE is not None:  # a laboratory that only runs the application has no Node

    def test_pure_functions_of_the_component_do_what_they_say(tmp_path: Path) -> None:
        shutil.copytree(COMPONENT, tmp_path / "src/paleobc/editor/component")
        shutil.copytree(HERE, tmp_path / "tests/editor", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        (tmp_path / "package.json").write_text('{"type": "module"}')
        tests = sorted(str(path) for path in (tmp_path / "tests/editor").glob("*.test.js"))
        command = [str(NODE), "--test", *tests]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout[-5000:]


if TSC is not None:

    def test_the_types_of_the_component_hold() -> None:
        command = [str(TSC), "--project", str(COMPONENT / "jsconfig.json")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout[-5000:]


def test_no_module_names_another_host() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|[\"'`]//[a-z0-9-]+\.[a-z]", text), path.name


def test_no_module_writes_text_into_a_page_as_html_or_runs_text() -> None:
    for path in MODULES:
        forbidden = r"innerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function\("
        assert not re.search(forbidden, path.read_text(encoding="utf-8")), path.name


def test_every_module_that_is_imported_is_there() -> None:
    for path in MODULES:
        for name in re.findall(r'(?:from|import)\s+"(\.[\w./]+)"', path.read_text(encoding="utf-8")):
            assert (path.parent / name).is_file(), f"{path.name} imports {name}"


def test_every_module_says_in_its_first_line_what_it_is() -> None:
    for path in MODULES:
        assert path.read_text(encoding="utf-8").startswith(("// ", "/**")), path.name
