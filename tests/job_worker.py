"""A worker of an installation with a broker, as its environment says, whose runs are the jobs of the tests."""

from __future__ import annotations

import logging
import sys

from paleobc.bootstrap import Installation
from paleobc.broker.handlers import Limits
from paleobc.broker.work import TicketWorker
from paleobc.cli.work import stop_on_signals
from paleobc.settings import Settings
from pooled import handlers_of


def main() -> None:
    """Work until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = Settings()
    worker = TicketWorker(
        Installation(settings).database,
        settings.broker_url,
        settings.delivery_limit,
        sys.argv[1].split(","),
        settings.workers,
        Limits(settings.step_seconds, settings.step_memory_mb),
        handlers_of(Installation(settings)),
    )
    worker.run(stop_on_signals(), settings.stop_seconds)
