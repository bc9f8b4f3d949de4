"""The modules of the pages: their pure functions under Node, and what none of them may do."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from paleobc.server.rendering import STATIC

HERE = Path(__file__).parent
NODE = shutil.which("node")

if NODE is not None:  # a laboratory that only runs the application has no Node

    def test_pure_functions_of_the_modules_do_what_they_say(tmp_path: Path) -> None:
        shutil.copytree(STATIC / "js", tmp_path / "src/paleobc/server/static/js")
        shutil.copytree(HERE, tmp_path / "tests/static", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        (tmp_path / "package.json").write_text('{"type": "module"}')
        tests = sorted(str(path) for path in (tmp_path / "tests/static").glob("*.test.js"))
        command = [str(NODE), "--test", *tests]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout[-5000:]


def test_no_file_of_the_pages_names_another_host() -> None:
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
            assert not re.search(r"https?://|//[a-z0-9-]+\.[a-z]", text), path.name


def test_no_module_writes_text_into_a_page_as_html() -> None:
    for path in sorted((STATIC / "js").glob("*.js")):
        assert not re.search(r"innerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(", path.read_text()), path.name


def test_every_module_that_is_imported_is_there() -> None:
    for path in sorted((STATIC / "js").glob("*.js")):
        for name in re.findall(r'from "\./([\w.]+)"|import "\./([\w.]+)"', path.read_text()):
            assert (path.parent / (name[0] or name[1])).is_file(), f"{path.name} imports {name}"


def test_every_sign_of_a_state_is_drawn() -> None:
    text = (STATIC / "signs.svg").read_text()
    for state in ("current", "running", "waiting", "stale", "failed", "missing"):
        assert f'<symbol id="{state}"' in text
