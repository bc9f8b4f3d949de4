"""Colours of the pages: read by everyone, by day and by night."""

from __future__ import annotations

import re

import pytest

from paleobc.server.rendering import STATIC

#: Words and the grounds on which they stand.
_WORDS = (
    *((ink, ground) for ink in ("ink", "faint", "accent") for ground in ("paper", "surface", "sunken")),
    ("accent-ink", "accent"),
    ("ink", "accent-ground"),
    ("faint", "accent-ground"),
    ("accent", "accent-ground"),
    *((state, f"{state}-ground") for state in ("good", "stale", "bad", "idle")),
    *((state, "surface") for state in ("good", "stale", "bad", "idle")),
    *((ink, ground) for ink in ("ink", "accent") for ground in ("good-ground", "bad-ground")),
)


def colours(night: bool) -> dict[str, tuple[int, int, int]]:
    """Colours of the style by name."""
    text = (STATIC / "css" / "base.css").read_text()
    day, dark = (found[1] for found in re.finditer(r":root \{(.*?)\}", text, re.DOTALL))
    found = dict(re.findall(r"--([\w-]+): #([0-9a-f]{6});", day + (dark if night else "")))
    return {name: (int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)) for name, code in found.items()}


def luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    red, green, blue = (c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, int, int], two: tuple[int, int, int]) -> float:
    """Contrast of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_has_the_greatest_contrast():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)


@pytest.mark.parametrize("night", [False, True], ids=["by day", "by night"])
def test_words_stand_out_from_their_ground(night):
    known = colours(night)
    weak = {pair: round(contrast(known[pair[0]], known[pair[1]]), 2) for pair in _WORDS}
    assert not {pair: value for pair, value in weak.items() if value < 4.5}


@pytest.mark.parametrize("night", [False, True], ids=["by day", "by night"])
def test_edges_of_fields_and_of_boxes_can_be_seen(night):
    known = colours(night)
    for edge in ("strong-line", "good", "stale", "bad", "idle", "accent"):
        for ground in ("paper", "surface"):
            assert contrast(known[edge], known[ground]) >= 3, (edge, ground)
