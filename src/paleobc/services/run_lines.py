"""What the log says of a run that is performed: its lines bear its id, and the last one says how it ended."""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable
from typing import Concatenate, Final, ParamSpec, TypeVar

from paleobc.services.log_context import of_run
from paleobc.store.tables import Run

_LOG: Final = logging.getLogger(__name__)
_Database = TypeVar("_Database")
_Files = TypeVar("_Files")
_Rest = ParamSpec("_Rest")
_Performs = Callable[Concatenate[_Database, _Files, str, _Rest], str]


def told_in_log(perform: _Performs[_Database, _Files, _Rest]) -> _Performs[_Database, _Files, _Rest]:
    """
    Let what performs a run tell of it.

    Parameters
    ----------
    perform : callable
        Called with database, files, the id of a run and more; gives the state of the run afterwards.
    """

    @functools.wraps(perform)
    def telling(database: _Database, files: _Files, run_id: str, /, *rest: _Rest.args, **more: _Rest.kwargs) -> str:
        began = time.perf_counter()
        with of_run(run_id):
            try:
                state = perform(database, files, run_id, *rest, **more)
            except Exception as error:
                _LOG.warning("The run was left: %s", type(error).__name__)
                raise
            _LOG.info("The run is %s after %.1f s", state, time.perf_counter() - began)
            return state

    return telling


def note_begin(run: Run) -> None:
    """Say what is begun."""
    _LOG.info("Step %s of experiment %s begins, try %d", run.step, run.experiment_id, run.attempts)


def note_fault(run: Run) -> None:
    """Say where the program failed, which is a fault of its own, while its error is being handled."""
    _LOG.exception("The program failed at step %s", run.step)
