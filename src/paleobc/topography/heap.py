"""A heap on plain arrays for compiled loops: the entry with the lowest level is on top."""

from __future__ import annotations

from paleobc.compilation import inline_kernel


@inline_kernel
def push(levels, cells, size, level, cell):  # type: ignore[no-untyped-def]
    """Add an entry to a heap of ``size`` entries with four children a node."""
    place = size
    while place > 0:
        above = (place - 1) >> 2
        if levels[above] <= level:
            break
        levels[place], cells[place] = levels[above], cells[above]
        place = above
    levels[place], cells[place] = level, cell


@inline_kernel
def drop_top(levels, cells, size):  # type: ignore[no-untyped-def]
    """Take the top away from a heap of ``size`` entries."""
    last = size - 1
    level, cell = levels[last], cells[last]
    place = 0
    while True:
        first = 4 * place + 1
        if first >= last:
            break
        least = first
        for child in range(first + 1, min(first + 4, last)):
            if levels[child] < levels[least]:
                least = child
        if levels[least] >= level:
            break
        levels[place], cells[place] = levels[least], cells[least]
        place = least
    levels[place], cells[place] = level, cell
