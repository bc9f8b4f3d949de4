"""Numbers for those who watch over the site, as Prometheus reads them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from paleobc.errors import NotFoundError
from paleobc.server.request_metrics import OF_THIS_PROCESS
from paleobc.server.visitors import Here, MaybeSignedIn, NotSignedInError, Visitor
from paleobc.services.metrics import Metrics, broker_metrics
from paleobc.settings import Settings

router = APIRouter(include_in_schema=False)


class _All(Collector):
    """All numbers, of the installation and of this process."""

    def __init__(self, request: Request, installation: Here) -> None:
        state = request.app.state
        if not hasattr(state, "metrics"):
            state.metrics = Metrics(installation.database, installation.settings)
        self._metrics: Metrics = state.metrics
        self._depths = getattr(state.pool, "depths", None)

    def collect(self) -> Iterator[Metric]:
        """Give them one after the other."""
        yield from self._metrics.collect()
        yield from broker_metrics(self._depths)
        yield from OF_THIS_PROCESS.collect()


@router.get("/metrics")
def metrics(request: Request, visitor: MaybeSignedIn, installation: Here) -> Response:
    """Tell all numbers to a program that has the token, and to administrators."""
    _refuse_others(request, visitor, installation.settings)
    return Response(generate_latest(_All(request, installation)), media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _refuse_others(request: Request, visitor: Visitor | None, settings: Settings) -> None:
    """
    Refuse those who may not read the numbers.

    Raises
    ------
    NotSignedInError
        For a token that is wrong, and for those who are not signed in.
    NotFoundError
        For those who do not administer there is nothing here.
    """
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        token = settings.metrics_token.encode()
        if token and secrets.compare_digest(given.strip().encode(), token):
            return
        raise NotSignedInError("This is not the token of the numbers.")
    if visitor is None:
        raise NotSignedInError("Sign in first.")
    if visitor.user.role != "admin":
        raise NotFoundError("There is nothing at this address.")
