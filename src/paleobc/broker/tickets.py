"""Tickets: messages that say that something waits in the database, and are published until there are enough."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, Final

from kombu import Connection, Producer
from kombu.utils.uuid import uuid

from paleobc.broker.queues import BROKER_FAULTS, DEAD, declare, queue_name

_LOG: Final = logging.getLogger(__name__)

#: Name of the task that a ticket is of, for Celery.
TICKET: Final = "paleobc.ticket"
#: More tickets than this never lie in a queue: whoever uses one sees to it that others follow.
MOST_TICKETS: Final = 100
#: A broker that did not answer is asked again after this [s].
_REST: Final = 2.0
#: It has so long to answer [s]; a queue that does not is removed only after the broker itself gave up.
_PATIENCE: Final = {"connect": 2.0, "answer": 5.0, "remove": 15.0}
#: A queue that takes nothing for so long [s] though its broker answers is made anew, as what it holds is worth nothing:
#: RabbitMQ that is killed just after it made a quorum queue brings it back without a leader, for good.
_LONGEST_SILENCE: Final = 10.0
_ONCE: Final = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
#: Longest body of a ticket [bytes].
_LONGEST: Final = 4096


class Tickets:
    """
    Publishes tickets; for one thread.

    Parameters
    ----------
    url : str
        Address of the broker.
    deliveries : int
        A ticket is handed out so often; then it is put aside.
    kinds : collection of str, optional
        Kinds of work whose queues are looked after though nothing waits in them.
    """

    def __init__(self, url: str, deliveries: int, kinds: Collection[str] = ()) -> None:
        self._url, self._deliveries, self._kinds = url, deliveries, tuple(kinds)
        self._connection: Connection | None = None
        self._declared: set[str] = set()
        self._tried: set[str] = set()
        self._silent_since: dict[str, float] = {}
        self._rests_until = 0.0
        self.is_up = True

    def publish_missing(self, waiting: Mapping[str, int]) -> int:
        """
        Publish a ticket for each run that may begin and has none; the broker confirms each.

        Parameters
        ----------
        waiting : mapping of str to int
            How many runs may begin now, by their kind of work.

        Returns
        -------
        int
            Number of tickets published; 0 also while the broker is let alone, as it did not answer just now.

        Raises
        ------
        BROKER_FAULTS
            Where the broker cannot be used; what waits goes on to wait.
        """
        if time.monotonic() < self._rests_until:
            return 0
        try:
            published = self._publish_missing(waiting)
        except BROKER_FAULTS:
            self._rests_until, self.is_up = time.monotonic() + _REST, False
            self._let_go()
            self._remove_silent()
            raise
        self.is_up = True
        return published

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            with suppress(*BROKER_FAULTS):
                self._connection.release()
        self._let_go()

    def _let_go(self) -> None:
        """Forget the connection, without a word to a broker that may not answer."""
        connection, self._connection = self._connection, None
        self._declared.clear()
        self._tried.clear()
        if connection is not None:
            with suppress(*BROKER_FAULTS):
                connection.collect(socket_timeout=_PATIENCE["connect"])

    def _publish_missing(self, waiting: Mapping[str, int]) -> int:
        connection = self._connected({*waiting, *self._kinds})
        published = 0
        with connection.channel() as channel:
            channel.queue_declare(DEAD, passive=True)  # where nothing waits: whether the broker is there
            for kind in sorted(self._declared):
                published += self._fill(channel, kind, min(waiting.get(kind, 0), MOST_TICKETS))
        return published

    def _fill(self, channel: Any, kind: str, wanted: int) -> int:
        """
        Publish what is missing in a queue; notes since when it takes nothing.

        On a new connection an empty queue gets a ticket in any case, to try it: who consumes from several queues gets
        nothing at all while one of them has no leader.
        """
        wanted = wanted if kind in self._tried else max(wanted, 1)
        ready = int(channel.queue_declare(queue_name(kind), passive=True).message_count)
        missing = max(wanted - ready, 0)
        producer = Producer(channel, auto_declare=False)
        try:
            for _ in range(missing):
                _publish(producer, kind)
        except TimeoutError:
            self._silent_since.setdefault(kind, time.monotonic())
            raise
        self._silent_since.pop(kind, None)
        self._tried.add(kind)
        return missing

    def _remove_silent(self) -> None:
        """Remove the queues that took nothing for long; whoever uses them next makes them."""
        until = time.monotonic() - _LONGEST_SILENCE
        for kind in [kind for kind, since in self._silent_since.items() if since <= until]:
            del self._silent_since[kind]
            with suppress(*BROKER_FAULTS), self._new_connection(_PATIENCE["remove"]) as connection:
                connection.ensure_connection(reraise_as_library_errors=False, **_ONCE)
                with connection.channel() as channel:
                    channel.queue_delete(queue_name(kind))
                _LOG.warning("The queue %s took nothing for long and is made anew.", queue_name(kind))

    def _connected(self, kinds: Collection[str]) -> Connection:
        """Connection to the broker, on which these queues are there."""
        if self._connection is not None and not self._connection.connected:
            self._let_go()
        connection = self._connection
        if connection is None:
            connection = self._new_connection(_PATIENCE["answer"])
            self._connection = connection
            connection.ensure_connection(reraise_as_library_errors=False, **_ONCE)
            declare(connection, (), self._deliveries)
        new = set(kinds) - self._declared
        if new:
            declare(connection, new, self._deliveries)
            self._declared |= new
        return connection

    def _new_connection(self, patience: float) -> Connection:
        """Connection to the broker, not yet made."""
        options = {"confirm_publish": True, "read_timeout": patience, "write_timeout": patience}
        return Connection(self._url, connect_timeout=_PATIENCE["connect"], transport_options=options)


def _publish(producer: Producer, kind: str) -> None:
    """Publish a ticket in the form of Celery's protocol, version 2."""
    name = uuid()
    headers = {
        "lang": "py",
        "task": TICKET,
        "id": name,
        "root_id": name,
        "parent_id": None,
        "group": None,
        "eta": None,
        "expires": None,
        "retries": 0,
        "timelimit": [None, None],
        "ignore_result": True,
    }
    embed = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
    producer.publish(
        [[], {"queue": kind}, embed],
        exchange="",
        routing_key=queue_name(kind),
        serializer="json",
        headers=headers,
        correlation_id=name,
        delivery_mode=2,
    )


def is_ticket(headers: Any, content_type: Any, body: Any) -> bool:
    """
    Whether a message is a ticket, and nothing else: what is not one could harm who takes it for one.

    Parameters
    ----------
    headers, content_type, body
        Of the message, from whomever.

    Examples
    --------
    >>> is_ticket({"task": TICKET, "id": "1"}, "application/json", b'[[], {"queue": "science"}, {}]')
    True
    >>> is_ticket({"task": TICKET, "id": "1"}, "application/json", b"5")
    False
    """
    if not isinstance(headers, dict) or headers.get("task") != TICKET or not isinstance(headers.get("id"), str):
        return False
    if any(headers.get(name) for name in ("eta", "expires", "group", "stamped_headers", "compression", "shadow")):
        return False
    if content_type != "application/json" or len(body) > _LONGEST:
        return False
    try:
        args, kwargs, embed = json.loads(bytes(body) if not isinstance(body, str) else body)
    except (ValueError, TypeError, RecursionError):
        return False
    is_plain = isinstance(embed, dict) and not any(embed.values())
    return args == [] and is_plain and isinstance(kwargs, dict) and set(kwargs) == {"queue"}
