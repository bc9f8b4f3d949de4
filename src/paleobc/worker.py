"""What a process does that performs runs."""

from __future__ import annotations

import signal
from multiprocessing.connection import Connection

from paleobc.bootstrap import Installation
from paleobc.broker.handlers import Handlers, Limits
from paleobc.broker.local import LocalPool
from paleobc.broker.process import end_with_server, give_way, limit_memory
from paleobc.services.run_ends import note_limit, note_machine_fault, recover
from paleobc.services.running import perform
from paleobc.settings import Settings
from paleobc.steps.catalogue import GRAPH

#: The installation of this process, once it is made ready.
_here: list[Installation] = []


def prepare(settings: Settings, alive: Connection) -> None:
    """Make this process ready: it ends with the server, and has its own connection to the database."""
    end_with_server(alive)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which stops us
    limit_memory(settings.step_memory_mb)
    give_way()
    _here[:] = [Installation(settings)]


def perform_here(run_id: str, claim: str) -> str:
    """Perform a run in this process."""
    (installation,) = _here
    return perform(installation.database, installation.files, run_id, claim)


def local_pool(installation: Installation) -> LocalPool:
    """
    Pool of an installation on this machine.

    Raises
    ------
    InputError
        Where the database has the schema of another version.
    """
    settings, database = installation.settings, installation.database
    database.check()
    return LocalPool(
        database,
        settings.workers,
        Limits(settings.step_seconds, settings.step_memory_mb),
        Handlers(
            perform=perform_here,
            over_limit=lambda claim, sentence: note_limit(database, claim, sentence, GRAPH),
            machine_fault=lambda claim, sentence: note_machine_fault(database, claim, sentence),
            stopped=lambda claim, sentence: note_machine_fault(database, claim, sentence, own_fault=False),
            recover=lambda claims: recover(database, claims),
            prepare=prepare,
            prepare_arguments=(settings,),
        ),
    )
