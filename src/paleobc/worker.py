"""What a process does that performs runs."""

from __future__ import annotations

import logging
import signal
from collections.abc import Collection
from functools import partial
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Final

from paleobc.bootstrap import Installation
from paleobc.broker.handlers import Handlers, Limits
from paleobc.broker.local import LocalPool
from paleobc.broker.process import end_with_server, give_way, limit_memory
from paleobc.services.logs import set_up_logs
from paleobc.services.run_ends import note_limit, note_machine_fault, recover
from paleobc.services.running import perform
from paleobc.settings import Settings
from paleobc.steps.catalogue import GRAPH
from paleobc.steps.declared import DECLARED
from paleobc.steps.external import limits_beyond
from paleobc.workflow.step import SCIENCE

if TYPE_CHECKING:
    from paleobc.broker.waking import Waker
    from paleobc.broker.work import TicketWorker

_LOG: Final = logging.getLogger(__name__)

#: The installation of this process, once it is made ready.
_here: list[Installation] = []


def prepare(settings: Settings, alive: Connection) -> None:
    """Make this process ready: it ends with the server, and has its own connection to the database."""
    end_with_server(alive)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which stops us
    limit_memory(settings.step_memory_mb)
    give_way()
    set_up_logs(settings, "worker")
    _here[:] = [Installation(settings)]


def perform_here(run_id: str, claim: str) -> str:
    """Perform a run in this process."""
    (installation,) = _here
    quota_mb = installation.settings.quota_mb
    return perform(installation.database, installation.files, run_id, claim, quota_mb=quota_mb)


def pool_of(installation: Installation) -> LocalPool | Waker | None:
    """
    What a process that serves pages does about runs: perform them, wake those who do, or nothing.

    Raises
    ------
    InputError
        Where the database has the schema of another version.
    """
    if installation.settings.broker_url:
        return waker(installation)
    return local_pool(installation) if installation.settings.workers else None


def local_pool(installation: Installation) -> LocalPool:
    """
    Pool of an installation on this machine.

    Raises
    ------
    InputError
        Where the database has the schema of another version.
    """
    installation.database.check()
    settings = installation.settings
    return LocalPool(installation.database, settings.workers, _limits(settings), _handlers(installation))


def waker(installation: Installation) -> Waker:
    """
    Who wakes the workers of an installation with a broker.

    Raises
    ------
    InputError
        Where the database has the schema of another version.
    """
    # Late, also below: an installation without a broker needs none of its libraries.
    from paleobc.broker.depths import depths_at
    from paleobc.broker.tickets import Tickets
    from paleobc.broker.waking import Waker

    installation.database.check()
    settings, database = installation.settings, installation.database
    tickets = Tickets(settings.broker_url, settings.delivery_limit)
    depths = partial(depths_at, settings.broker_url, kinds_of_work())
    return Waker(database, tickets, lambda claims: recover(database, claims, is_alone=False), depths)


def ticket_worker(installation: Installation, kinds: Collection[str] | None) -> TicketWorker:
    """
    Worker of an installation with a broker.

    Parameters
    ----------
    installation : Installation
    kinds : collection of str or None
        Kinds of work that are done here; None: all that there are.
    """
    from paleobc.broker.work import TicketWorker

    settings = installation.settings
    return TicketWorker(
        installation.database,
        settings.broker_url,
        settings.delivery_limit,
        kinds_of_work() if kinds is None else sorted(set(kinds)),
        settings.workers,
        _limits(settings),
        _handlers(installation),
    )


def kinds_of_work() -> list[str]:
    """Kinds of work that there are, those of external steps too."""
    return sorted({SCIENCE, *(step.queue for step in GRAPH.steps)})


def _limits(settings: Settings) -> Limits:
    """What a run may take, which external steps that ask for more are held to."""
    for sentence in limits_beyond(DECLARED, settings.step_seconds, settings.step_memory_mb):
        _LOG.warning(sentence)
    return Limits(settings.step_seconds, settings.step_memory_mb)


def _handlers(installation: Installation) -> Handlers:
    """What is done with a run."""
    database, is_alone = installation.database, not installation.settings.broker_url
    return Handlers(
        perform=perform_here,
        over_limit=lambda claim, sentence: note_limit(database, claim, sentence, GRAPH),
        machine_fault=lambda claim, sentence: note_machine_fault(database, claim, sentence),
        stopped=lambda claim, sentence: note_machine_fault(database, claim, sentence, own_fault=False),
        recover=lambda claims: recover(database, claims, is_alone=is_alone),
        prepare=prepare,
        prepare_arguments=(installation.settings,),
    )
