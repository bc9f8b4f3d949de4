"""What happens, told to open pages at once: one reader of the events for all pages of this process."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter, deque
from collections.abc import AsyncIterator, Container
from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from paleobc.errors import TooManyTriesError
from paleobc.server.visitors import SignedIn, Visitor
from paleobc.services.watching import Happening, happenings_after, happenings_for, still_welcome
from paleobc.store.database import Database
from paleobc.store.events import newest_event
from paleobc.store.experiments import experiment_for
from paleobc.store.faults import DATABASE_FAULTS

_LOG: Final = logging.getLogger(__name__)

#: How often the database is looked at while a page is open, and who is still signed in [s].
_LOOK_EVERY: Final = 0.2
_ASK_WHO_EVERY: Final = 1.0
#: So many events are kept here; a page that is further behind reads them from the table.
_KEPT: Final = 2000
_MOST_AT_ONCE: Final = 500
#: A silent line is kept open by a comment [s].
_HEARTBEAT: Final = 10.0
#: Streams that a user can have open.
_MOST_STREAMS: Final = 40
_LARGEST: Final = 2**62

_Key = TypeVar("_Key")


class Watch:
    """
    Reads events once for all open pages, and keeps the newest ones.

    No page has a queue: each knows how far it is and takes what follows, so a slow one costs no memory.

    Parameters
    ----------
    database : Database
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: deque[Happening] = deque(maxlen=_KEPT)
        self._from = self._newest = -1
        self._changed = asyncio.Event()
        self._streams: Counter[str] = Counter()
        self._visitors: Counter[tuple[str, str]] = Counter()
        self._unwelcome: set[str] = set()
        self.is_closed = False

    async def run(self) -> None:
        """Read events until cancelled."""
        asked = 0.0
        while not self.is_closed:
            try:
                if self._streams:
                    await self._look()
                    now = asyncio.get_running_loop().time()
                    if now - asked >= _ASK_WHO_EVERY:
                        await self._ask_who()
                        asked = now
                else:  # whoever comes next begins at what is newest then
                    self._kept.clear()
                    self._from = self._newest = -1
            except DATABASE_FAULTS as fault:  # locked for long: it is tried again
                _LOG.warning("Events cannot be read now: %s", type(fault).__name__)
            await asyncio.sleep(_LOOK_EVERY)

    def close(self) -> None:
        """End all streams."""
        self.is_closed = True
        self._wake()

    async def stream(
        self, visitor: Visitor, after: int | None, experiment: str | None, kinds: Container[str] | None = None
    ) -> AsyncIterator[str]:
        """
        Tell a page what happens.

        Parameters
        ----------
        visitor : Visitor
        after : int or None
            Number of the last event that it knows; None: from now on.
        experiment : str or None
            Only what happens in this one.
        kinds : container of str, optional
            Only events of these kinds.
        """
        key, user = (visitor.sign_in, visitor.token), visitor.user.id
        if self._streams[user] >= _MOST_STREAMS:
            raise TooManyTriesError("You have too many pages open; close some.", 10)
        self._streams[user] += 1
        self._visitors[key] += 1
        try:
            known = await run_in_threadpool(self._known, after)
            yield f"retry: 1000\n: after {known}\n\n"
            while not self.is_closed and not self._unwelcome & set(key):
                changed = self._changed
                found, known = await self._after(known, user)
                for happening in found:
                    if experiment in (None, happening.experiment) and (kinds is None or happening.kind in kinds):
                        yield _message(happening)
                if not found and not changed.is_set():
                    try:
                        await asyncio.wait_for(changed.wait(), _HEARTBEAT)
                    except TimeoutError:
                        yield ": here\n\n"
        finally:
            _less(self._streams, user)
            _less(self._visitors, key)

    def _known(self, after: int | None) -> int:
        """Where a stream begins: a number that is not there yet counts as the newest."""
        with self._database.reading() as session:
            newest = newest_event(session)
        return newest if after is None else min(after, newest)

    async def _after(self, known: int, user: str) -> tuple[list[Happening], int]:
        """What follows on a number that a user may know of, and how far that is."""
        if self._from != -1 and known >= self._from:
            found = [one for one in self._kept if one.number > known and user in one.viewers]
            return found, max(known, self._newest)
        return await run_in_threadpool(self._from_table, known, user)

    def _from_table(self, known: int, user: str) -> tuple[list[Happening], int]:
        with self._database.reading() as session:
            return happenings_for(session, known, user, _MOST_AT_ONCE)

    async def _look(self) -> None:
        """Take in what is new."""
        is_first = self._newest < 0
        found = await run_in_threadpool(self._read, self._newest)
        if is_first:
            self._wake()  # what happened since a page came and until now is in the table only
        if not found:
            return
        for happening in found:
            if len(self._kept) == self._kept.maxlen:
                self._from = self._kept[0].number
            self._kept.append(happening)
        self._newest = found[-1].number
        self._wake()

    def _read(self, newest: int) -> list[Happening]:
        """Read what is new from the table; the first time only where to begin."""
        with self._database.reading() as session:
            if newest < 0:
                self._from = self._newest = newest_event(session)
                return []
            return happenings_after(session, newest, _MOST_AT_ONCE)

    async def _ask_who(self) -> None:
        """Find out whose session or token has ended."""
        sign_ins = {sign_in for sign_in, _ in self._visitors if sign_in}
        tokens = {token for _, token in self._visitors if token}
        welcome = await run_in_threadpool(self._still_welcome, sign_ins, tokens)
        unwelcome = (sign_ins | tokens) - welcome
        if unwelcome != self._unwelcome:
            self._unwelcome = unwelcome
            self._wake()

    def _still_welcome(self, sign_ins: set[str], tokens: set[str]) -> set[str]:
        with self._database.reading() as session:
            return still_welcome(session, sign_ins, tokens)

    def _wake(self) -> None:
        """Let all streams look."""
        self._changed.set()
        self._changed = asyncio.Event()


def _less(counter: Counter[_Key], key: _Key) -> None:
    """Count one down, and forget what is at zero."""
    counter[key] -= 1
    if not counter[key]:
        del counter[key]


def _message(happening: Happening) -> str:
    """Server-sent event of what happened."""
    data = happening.data | {"experiment": happening.experiment, "kind": happening.kind}
    return f"id: {happening.number}\nevent: change\ndata: {json.dumps(data)}\n\n"


router = APIRouter(include_in_schema=False)

After = Annotated[int | None, Query(ge=0, le=_LARGEST)]
LastEventId = Annotated[str | None, Header(alias="Last-Event-ID")]


@router.get("/events")
async def events(
    request: Request, visitor: SignedIn, after: After = None, last: LastEventId = None
) -> StreamingResponse:
    """Tell what happens in all experiments that one may see."""
    return await stream_of(request, visitor, after, last, None)


@router.get("/experiments/{experiment_id}/events")
async def events_of_experiment(
    request: Request,
    visitor: SignedIn,
    experiment_id: str,
    after: After = None,
    last: LastEventId = None,
) -> StreamingResponse:
    """Tell what happens in one experiment."""
    return await stream_of(request, visitor, after, last, experiment_id)


async def stream_of(
    request: Request,
    visitor: Visitor,
    after: int | None,
    last: str | None,
    experiment_id: str | None,
    kinds: Container[str] | None = None,
) -> StreamingResponse:
    """Stream of events after the last one that a page knows: what the browser says counts more than the address."""
    if experiment_id is not None:
        await run_in_threadpool(_check, request.app.state.installation.database, visitor.user.id, experiment_id)
    if last is not None and last.isascii() and last.isdecimal():
        after = min(int(last[:20]), _LARGEST)
    watch: Watch = request.app.state.watch
    stream = watch.stream(visitor, after, experiment_id, kinds)
    first = await anext(stream)  # what is refused is refused before the answer begins
    return StreamingResponse(
        _with(first, stream),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _check(database: Database, user_id: str, experiment_id: str) -> None:
    with database.reading() as session:
        experiment_for(session, user_id, experiment_id)


async def _with(first: str, rest: AsyncIterator[str]) -> AsyncIterator[str]:
    """Join a first message and the rest."""
    yield first
    async for message in rest:
        yield message
