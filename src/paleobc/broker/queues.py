"""The queues of tickets at RabbitMQ, one of each kind of work, and the one of what nobody could use."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any, Final

from amqp.exceptions import AMQPError, PreconditionFailed
from kombu import Connection, Exchange, Queue
from kombu.exceptions import KombuError

_LOG: Final = logging.getLogger(__name__)

#: What a broker raises that cannot be used just now.
BROKER_FAULTS: Final = (AMQPError, KombuError, OSError)

#: Queue of messages that are no tickets, and of those that their workers did not survive.
DEAD: Final = "paleobc.dead"
#: So many of them are kept.
_MOST_DEAD: Final = 10_000
_PREFIX: Final = "paleobc."


def queue_name(kind: str) -> str:
    """
    Name at the broker of the queue of a kind of work.

    Examples
    --------
    >>> queue_name("science")
    'paleobc.science'
    """
    return _PREFIX + kind


def ticket_queue(kind: str, deliveries: int) -> Queue:
    """
    Queue of the tickets of a kind of work.

    Parameters
    ----------
    kind : str
    deliveries : int
        A message is handed out so often; then it is put aside.
    """
    arguments = {
        "x-queue-type": "quorum",
        "x-delivery-limit": deliveries - 1,  # the broker counts how often it came back, and puts aside what passes it
        "x-dead-letter-exchange": DEAD,
    }
    # Who has a connection declares it, with what to do where it is there otherwise: the library would give up.
    return Queue(
        queue_name(kind),
        exchange=Exchange(""),
        routing_key=queue_name(kind),
        queue_arguments=arguments,
        no_declare=True,
    )


def declare(connection: Connection, kinds: Collection[str], deliveries: int) -> None:
    """
    Make the queues of kinds of work where they are not there, and the one of what nobody could use.

    Parameters
    ----------
    connection : Connection
    kinds : collection of str
    deliveries : int
        As of `ticket_queue`.
    """
    arguments = {"x-queue-type": "quorum", "x-max-length": _MOST_DEAD}
    with connection.channel() as channel:
        channel.exchange_declare(DEAD, "fanout", durable=True, auto_delete=False)
    _declare_one(connection, DEAD, arguments)
    with connection.channel() as channel:
        channel.queue_bind(DEAD, DEAD)
    for kind in kinds:
        queue = ticket_queue(kind, deliveries)
        _declare_one(connection, queue.name, dict(queue.queue_arguments))


def _declare_one(connection: Connection, name: str, arguments: dict[str, Any]) -> None:
    """Make a queue; one that was made with other arguments is used as it is, as what it holds is worth nothing."""
    channel = connection.channel()
    try:
        channel.queue_declare(name, durable=True, auto_delete=False, arguments=arguments)
        channel.close()
    except PreconditionFailed as error:  # which closes the channel
        _LOG.warning("The queue %s was made with other settings and is used as it is: %s", name, error.reply_text)
