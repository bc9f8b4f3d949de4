"""All modules of the component as one: for notebooks, which can load no second file."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from paleobc.editor import component

NODE = shutil.which("node")

PARTS = {
    "a.js": (
        '// import { x } from "./nowhere.js";\n'
        'import { twice as double } from "./deep/b.js";\n'
        'import {\n  half,\n  NAMES,\n} from "./deep/c.js";\n'
        'import * as all from "./deep/c.js";\n'
        'export { half as part } from "./deep/c.js";\n'
        "const own = 3;\n"
        "export function answer() {\n"
        "  return [double(own), half(own), NAMES.join(), Object.keys(all).sort().join()];\n}\n"
        "export class Thing {}\nconst hidden = 5;\nexport { hidden as shown };\n"
    ),
    "deep/b.js": 'import { half } from "./c.js";\nconst own = 4;\nexport const twice = (x) => 4 * half(x);\n',
    "deep/c.js": 'const own = "c";\nexport async function later() {\n  return own;\n}\n'
    'export function half(x) {\n  return x / 2;\n}\nexport const NAMES = ["own", own];\n',
}


def write(folder: Path, parts: dict[str, str]) -> Path:
    for name, text in parts.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(text)
    return folder


def test_modules_come_after_those_that_they_import(tmp_path):
    text = component.one_module("a.js", write(tmp_path, PARTS))
    assert re.findall(r"^// (\S+\.js)$", text, re.MULTILINE) == ["deep/c.js", "deep/b.js", "a.js"]


@pytest.mark.parametrize(
    "text",
    [
        "export default function f() {}\n",
        "export let x = 1;\n",
        "export const { a, b } = f();\n",
        'const x = await import("./c.js");\n',
        'import x from "./c.js";\n',
        "const here = import.meta.url;\n",
        'import { x } from "left-pad";\n',
        'import { x } from "../../x.js";\n',
        'import { x } from "./a.js";\nexport const y = 1;\n',
    ],
)
def test_what_cannot_be_put_into_one_module_is_refused(tmp_path, text):
    with pytest.raises(ValueError, match="module"):
        component.one_module("a.js", write(tmp_path, PARTS | {"a.js": text}))


def test_the_component_needs_no_other_file():
    text = component.one_module()
    assert not re.search(r"^import\b", text, re.MULTILINE)
    assert re.search(r"^export const \{[^}]*\bmount\b[^}]*\} = ", text, re.MULTILINE)


def test_the_page_gets_all_modules_as_one_and_what_it_loads_beside_is_there():
    assert component.whole() == component.one_module(component.PAGE)
    for name in (component.STYLE, "page.css"):
        assert (component.FOLDER / name).is_file(), name


if NODE is not None:  # a laboratory that only runs the application has no Node

    def run(text: str, folder: Path) -> str:
        path = folder / "one.mjs"
        path.write_text(text)
        done = subprocess.run([str(NODE), str(path)], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def test_one_module_does_what_the_modules_do(tmp_path):
        told = "console.log(JSON.stringify([answer(), part(8), shown, typeof Thing]));\n"
        write(tmp_path, PARTS)
        (tmp_path / "package.json").write_text('{"type": "module"}')
        apart = run(f'import {{ answer, part, shown, Thing }} from "./a.js";\n{told}', tmp_path)
        one = component.one_module("a.js", tmp_path)
        joined = run(one + told, tmp_path)
        assert joined == apart == '[[6,1.5,"own,c","NAMES,half,later"],4,5,"function"]'

    def test_the_whole_component_is_read_as_one_module(tmp_path):
        path = tmp_path / "one.mjs"
        path.write_text(component.one_module())
        done = subprocess.run([str(NODE), "--check", str(path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
