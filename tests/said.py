"""What a command said."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def all(self) -> str:
        return self.out + self.err


def refused(said: Said, code: int, *told: str) -> None:
    """One sentence on standard error, nothing on standard output, no traceback."""
    assert said.code == code, said.all
    assert said.out == ""
    assert "Traceback" not in said.err
    assert said.err.count("Error: ") == 1
    sentence = said.err[said.err.index("Error: ") :]
    assert sentence.count("\n") == 1
    assert sentence.rstrip().endswith((".", "?"))
    for words in told:
        assert words in sentence


def misused(said: Said, *told: str) -> None:
    """A usage error: exit code 2, on standard error."""
    assert said.code == 2, said.all
    assert said.out == ""
    assert "Traceback" not in said.err
    for words in told:
        assert words in said.err


def is_picture(path: Path) -> bool:
    data = path.read_bytes()
    return data.startswith(b"\x89PNG") and len(data) > 10_000
