"""How many messages lie at the broker, for people who look and for monitoring."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from amqp.exceptions import NotFound
from kombu import Connection

from paleobc.broker.queues import DEAD, queue_name

#: The broker has so long to answer [s].
_PATIENCE: Final = 2.0


def depths_at(url: str, kinds: Collection[str]) -> dict[str, tuple[int, int]]:
    """
    Messages that are ready and those that were put aside, by kind of work; "dead" stands for what nobody could use.

    Parameters
    ----------
    url : str
        Address of the broker.
    kinds : collection of str
        Kinds of work; one whose queue was never used has none.

    Raises
    ------
    paleobc.broker.queues.BROKER_FAULTS
        Where the broker cannot be reached.
    """
    options = {"read_timeout": _PATIENCE, "write_timeout": _PATIENCE}
    with Connection(url, connect_timeout=_PATIENCE, transport_options=options) as connection:
        connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0, reraise_as_library_errors=False)
        found = {kind: (_ready(connection, queue_name(kind)), 0) for kind in sorted(kinds)}
        return {**found, "dead": (0, _ready(connection, DEAD))}


def _ready(connection: Connection, name: str) -> int:
    """Messages that lie ready in a queue; 0 where there is none of this name."""
    channel = connection.channel()
    try:
        ready = int(channel.queue_declare(name, passive=True).message_count)
    except NotFound:  # which closes the channel
        return 0
    channel.close()
    return ready
