"""Takes tickets from RabbitMQ, on Celery: each by a thread that keeps it until its work is done."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection
from typing import Any, Final

from celery import Celery
from celery.app.trace import setup_worker_optimizations
from celery.worker import WorkController, state
from celery.worker.consumer import Consumer
from kombu import Connection
from kombu.asynchronous import set_event_loop

from paleobc.broker.queues import declare, ticket_queue
from paleobc.broker.tickets import TICKET, is_ticket

_LOG: Final = logging.getLogger(__name__)

#: A broker that is silent for so long is gone [s].
_HEARTBEAT: Final = 10
#: It has so long to take a connection [s].
_PATIENCE: Final = 4.0
#: A broker that cannot be reached is asked again after so long: at first, more each time, at most [s].
_RETRIES: Final = {"interval_start": 0.5, "interval_step": 0.5, "interval_max": 2.0}
#: After a fault of the consumer itself it begins anew after [s].
_REST: Final = 2.0


class TicketConsumer:
    """
    Takes tickets from the broker for as long as it runs; a broker that is down is waited for.

    Parameters
    ----------
    url : str
        Address of the broker.
    deliveries : int
        A ticket is handed out so often; then it is put aside.
    kinds : collection of str
        Kinds of work whose tickets are taken.
    threads : int
        Tickets at the same time.
    use : callable
        Called with each ticket, in a thread; the ticket is given up once it returns.
    """

    def __init__(
        self, url: str, deliveries: int, kinds: Collection[str], threads: int, use: Callable[[], object]
    ) -> None:
        self._url, self._deliveries, self._kinds = url, deliveries, tuple(kinds)
        self._threads, self._use = threads, use
        self._stopped = threading.Event()
        self._controller: Any = None
        self._thread = threading.Thread(target=self._work, name="tickets", daemon=True)

    def start(self) -> None:
        """Begin to take tickets; once only."""
        self._thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """Take no more, and wait so long at most until those that were taken are used."""
        self._stopped.set()
        state.should_stop = 0  # Celery's own word for it; there is one consumer in a process
        hub = getattr(self._controller, "hub", None)
        if hub is not None:
            hub.call_soon(lambda: None)  # it sleeps until something comes
        self._thread.join(timeout=seconds)

    def _work(self) -> None:
        """Consume until stopped, whatever comes between."""
        while not self._stopped.is_set():
            try:
                self._consume()
            except Exception:
                _LOG.exception("Taking tickets failed, and begins anew")
            self._stopped.wait(_REST)

    def _consume(self) -> None:
        """Consume until stopped, or until the library gives up."""
        state.reset_state()
        state.should_stop = state.should_terminate = None
        set_event_loop(None)
        app = self._new_app()
        setup_worker_optimizations(app)  # as in Celery's own program: threads look for the task in this application
        self._controller = WorkController(
            app=app,
            pool="threads",
            concurrency=self._threads,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,  # of Celery's events; that of the connection is another
        )
        if not self._stopped.is_set():
            self._controller.start()

    def _new_app(self) -> Celery:
        """Celery as it is used here: one task, nothing of a result, nobody who listens."""
        logging.getLogger("celery").setLevel(logging.WARNING)  # what becomes of each ticket, the runs tell
        logging.getLogger("celery.worker.request").addFilter(_is_of_interest)
        ours = {"url": self._url, "kinds": self._kinds, "deliveries": self._deliveries}
        app = Celery("paleobc", broker=self._url, set_as_current=False)
        app.conf.update(
            accept_content=["json"],
            broker_channel_error_retry=True,  # also where a queue was taken away
            broker_connection_retry_on_startup=True,
            broker_connection_max_retries=None,
            broker_heartbeat=_HEARTBEAT,
            task_acks_late=True,
            task_create_missing_queues=False,
            task_ignore_result=True,
            task_queues=[ticket_queue(kind, self._deliveries) for kind in self._kinds],
            task_reject_on_worker_lost=True,
            task_serializer="json",
            worker_consumer=type("TicketsOnly", (_TicketsOnly,), ours),
            worker_enable_remote_control=False,
            worker_hijack_root_logger=False,
            worker_prefetch_multiplier=1,
            worker_send_task_events=False,
        )

        @app.task(name=TICKET, shared=False)
        def use(queue: str) -> None:  # noqa: ARG001  (the work is that of the database, whatever the ticket says)
            self._use()

        return app


def _is_of_interest(record: logging.LogRecord) -> bool:
    """Whether a line of the library says something: a ticket that was given back with its connection does no harm."""
    return "Couldn't ack" not in str(record.msg)


class _TicketsOnly(Consumer):  # type: ignore[misc]
    """Celery's consumer, which makes its queues on each new connection, and puts aside what is no ticket."""

    url: str
    kinds: tuple[str, ...]
    deliveries: int

    class Blueprint(Consumer.Blueprint):  # type: ignore[misc]
        """Its parts, without delayed delivery: that makes thirty queues, and nothing here is sent for later."""

        default_steps = tuple(step for step in Consumer.Blueprint.default_steps if "delayed_delivery" not in step)

    def connection_for_read(self, heartbeat: float | None = None) -> Connection:
        """Connect to our broker, whatever Celery finds in the environment."""
        return self.ensure_connected(Connection(self.url, heartbeat=heartbeat, connect_timeout=_PATIENCE))

    def ensure_connected(self, conn: Connection) -> Connection:
        """Wait for the broker for as long as it takes; then see to it that the queues are there."""

        def say(error: BaseException, _seconds: float) -> None:
            if not self.broker_connection_retry_attempt:
                _LOG.warning("The broker %s cannot be reached; it is waited for: %s", conn.as_uri(), error)
            self.broker_connection_retry_attempt += 1

        conn.ensure_connection(say, None, callback=state.maybe_shutdown, **_RETRIES)
        self.first_connection_attempt, self.broker_connection_retry_attempt = False, 0
        declare(conn, self.kinds, self.deliveries)
        _LOG.info("Tickets are taken from %s", conn.as_uri())
        return conn

    def create_task_handler(self, *given: Any, **named: Any) -> Callable[[Any], None]:
        """Handler of messages that lets tickets alone pass."""
        handle = super().create_task_handler(*given, **named)

        def take(message: Any) -> None:
            if is_ticket(message.headers, message.content_type, message.body):
                handle(message)
            else:
                self._put_aside(message)

        return take

    def on_decode_error(self, message: Any, exc: BaseException) -> None:  # noqa: ARG002  (Celery gives it)
        """Put aside what cannot be read."""
        self._put_aside(message)

    def _put_aside(self, message: Any) -> None:
        """Hand a message to the queue of what nobody can use."""
        _LOG.error("A message that is no ticket was put aside: %.300r", message.body)
        message.reject_log_error(_LOG, self.connection_errors)
