"""Loops over the links of weights for their certificate: sums, linked cells, links at fault."""

from __future__ import annotations

from paleobc.compilation import kernel


@kernel
def tally(source, destination, weight, values, content, may_send, may_receive, arrived, sent, starts, ends):  # type: ignore[no-untyped-def]
    """Fill in what arrives of some fields, amounts sent and linked cells; count links of cells that may have none."""
    masked = 0
    for link in range(source.size):
        here, there = source[link], destination[link]
        for field in range(values.shape[1]):
            arrived[there, field] += weight[link] * values[here, field]
        sent[here] += weight[link] * content[there]
        starts[here] = ends[there] = True
        masked += not (may_send[here] and may_receive[there])
    return masked


@kernel
def repeated_next(source, destination):  # type: ignore[no-untyped-def]
    """Links that repeat the one before; -1 where they are not sorted by destination, then by source, as most are."""
    repeated = 0
    for link in range(1, source.size):
        same = destination[link] == destination[link - 1]
        if destination[link] < destination[link - 1] or (same and source[link] < source[link - 1]):
            return -1
        repeated += same and source[link] == source[link - 1]
    return repeated
