"""The pages of the documentation, taken apart for the tests that hold them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md"))}
EVERYWHERE = "\n".join(PAGES.values())
_ALL = {**PAGES, "README": (ROOT / "README.md").read_text(encoding="utf-8")}


def section(page: str, title: str) -> str:
    """Text below a heading of the second level."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGES[page], re.MULTILINE | re.DOTALL)
    assert found, f"docs/{page}.md has no section {title!r}"
    return found[1]


def blocks(kind: str) -> list[tuple[str, str]]:
    """Fenced blocks of a kind, with their pages; those of the README count too."""
    found = re.compile(rf"^```{kind}\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return [(page, text) for page, content in _ALL.items() for text in found.findall(content)]


def edit_lists() -> list[tuple[str, str]]:
    """Blocks of YAML that are lists of edits, with their pages."""
    return [(page, text) for page, text in blocks("yaml") if text.startswith("paleobc_edits:")]


def named_files(page: str) -> dict[str, str]:
    """Blocks of YAML below a line that ends with the name of a file, which the commands of the page read."""
    return dict(re.findall(r"`([\w.]+\.yaml)`:\n\n```yaml\n(.*?)^```", _ALL[page], re.MULTILINE | re.DOTALL))


def rows(text: str) -> dict[str, str]:
    """Rows of the tables of a text, by each name in backticks in their first cells."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return {name: line for line in lines for name in re.findall(r"`([^`]+)`", line.split("|")[1])}
