"""Numbers of the requests that this process answers, since it began."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import Scope

#: Numbers of this process; those of the platform's own registry are not wanted.
OF_THIS_PROCESS: Final = CollectorRegistry()

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_API: Final = "/api/v1"

_REQUESTS: Final = Counter(
    "paleobc_http_requests",
    "Requests that this process answered, by route and status; status 0: none was sent.",
    ("method", "route", "status"),
    registry=OF_THIS_PROCESS,
)
_SECONDS: Final = Histogram(
    "paleobc_http_request_duration_seconds",
    "Time from a request to the beginning of its answer [s].",
    ("method", "route"),
    buckets=(0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0),
    registry=OF_THIS_PROCESS,
)
_STREAMS: Final = Gauge(
    "paleobc_event_streams", "Pages and programs that hear of changes from this process.", registry=OF_THIS_PROCESS
)


def note_request(scope: Scope, status: int, seconds: float) -> None:
    """
    Count a request.

    Parameters
    ----------
    scope : Scope
        After it was answered.
    status : int
    seconds : float
        From the request to the beginning of its answer [s].
    """
    method = scope["method"] if scope["method"] in _METHODS else "other"
    route = route_of(scope)
    _REQUESTS.labels(method, route, str(status)).inc()
    _SECONDS.labels(method, route).observe(seconds)


def stream_is_open(change: int) -> None:
    """Count a stream of events that began (1) or ended (-1)."""
    _STREAMS.inc(change)


def route_of(scope: Scope) -> str:
    """
    Route by which a request was answered: as many as the application has, whatever is asked for.

    Examples
    --------
    >>> route_of({"path": "/nowhere"})
    'none'
    >>> route_of({"path": "/static/js/live.js", "root_path": "/static", "endpoint": object})
    '/static'
    """
    template = getattr(scope.get("route"), "path", None)
    if isinstance(template, str):
        is_api = scope["path"].startswith(_API + "/") and not template.startswith(_API)
        return _API + template if is_api else template
    return scope["root_path"] if scope.get("endpoint") and scope.get("root_path") else "none"
