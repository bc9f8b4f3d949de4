"""What a line of the log says: bounded, without secrets, and without signs that could fake another line."""

from __future__ import annotations

import logging
import os
import re
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from pythonjsonlogger.json import JsonFormatter

from paleobc.services.log_context import request_id, run_id
from paleobc.settings import Settings

#: Longest message, and longest trace of an error; of a trace the end tells most.
_LONGEST: Final = 4000
_LONGEST_TRACE: Final = 12_000
#: A shorter secret cannot be told from other words.
_SHORTEST_SECRET: Final = 6
_HIDDEN: Final = "***"
#: Places where secrets are written: what stands before them stays.
_PLACES: Final = (
    re.compile(r"(\w://[^\s:/@]{0,200}:)[^\s/@]{1,500}(?=@)"),  # passwords in addresses
    re.compile(r"(\w://[^\s?'\"<>]{1,500}\?)[^\s'\"<>]+"),  # queries of addresses
    re.compile(r"(?i)(\bbearer )[^\s'\",]+"),
    re.compile(r"(?i)(\bcookie['\"]? ?[:=] ?)[^\n]+"),
    re.compile(
        r"(?i)((?:password|passwd|secret|token|csrf|invitation|paleobc_session)['\"]? ?[:=] ?)"
        r"(?:'[^'\n]*'|\"[^\"\n]*\"|[^\s'\",;&)}\]]+)"
    ),
    re.compile(r"(\[parameters: )[^\n]+"),  # values of a statement of the database
    re.compile(r"(?m)^([ \t]*DETAIL: +)[^\n]+"),  # a row of the database
)


class LineText:
    """
    Makes the text of lines.

    Parameters
    ----------
    settings : Settings
        Their secrets are not written.
    service, process : str
        Who writes.
    """

    def __init__(self, settings: Settings, service: str, process: str) -> None:
        self.service, self.process = service, process
        self._secrets = _secrets_of(settings)

    def fields(self, record: logging.LogRecord) -> dict[str, Any]:
        """Parts of a line: the columns of `paleobc.store.operation_tables.LogLine`, and ``trace``."""
        trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else record.exc_text or ""
        return {
            "at": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname[:10],
            "logger": one_line(record.name)[:100],
            "service": self.service,
            "process": self.process,
            "request": request_id() or None,
            "run": getattr(record, "run", "") or run_id.get() or None,
            "message": one_line(self._hide(record.getMessage()[: 2 * _LONGEST]))[:_LONGEST],
            "trace": _lines(self._hide(trace[-2 * _LONGEST_TRACE :]))[-_LONGEST_TRACE:],
        }

    def _hide(self, text: str) -> str:
        """Replace what must not be written."""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        for place in _PLACES:
            text = place.sub(rf"\g<1>{_HIDDEN}", text)
        return text


def one_line(text: str) -> str:
    r"""
    A text whose control characters, line breaks among them, are written out.

    Examples
    --------
    >>> one_line("a\nb\x1b[31m") == r"a\nb\x1b[31m"
    True
    """
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in text)


def _lines(text: str) -> str:
    """Lines of a text, whose other control characters are written out."""
    return "\n".join(one_line(line) for line in text.split("\n")).rstrip("\n")


def _secrets_of(settings: Settings) -> list[str]:
    """All secrets that the settings hold, the longest first."""
    found = [settings.metrics_token, settings.oidc_client_secret, os.environ.get("AWS_SECRET_ACCESS_KEY", "")]
    for url in (settings.database_url, settings.broker_url, settings.files_url, settings.backup_url):
        password = urlsplit(url).password or ""
        found += [password, unquote(password)]
    return sorted({secret for secret in found if len(secret) >= _SHORTEST_SECRET}, key=len, reverse=True)


class PlainFormatter(logging.Formatter):
    """
    Writes a line as text: time, level, message, and what it belongs to.

    Parameters
    ----------
    text : LineText
    """

    def __init__(self, text: LineText) -> None:
        super().__init__()
        self._text = text

    def format(self, record: logging.LogRecord) -> str:
        """Write a line; those of a trace are indented, so that none can be taken for another line of the log."""
        parts = self._text.fields(record)
        about = [self._text.service]
        about += [f"{name} {parts[name]}" for name in ("request", "run") if parts[name]]
        time = parts["at"].strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        line = f"{time}Z {parts['level']} [{', '.join(about)}] {parts['message']}"
        return "\n    ".join([line, *parts["trace"].splitlines()])


class ObjectFormatter(JsonFormatter):
    """
    Writes a line as an object of JSON, with the same keys in each line that has something for them.

    Parameters
    ----------
    text : LineText
    """

    def __init__(self, text: LineText) -> None:
        super().__init__()
        self._text = text

    def format(self, record: logging.LogRecord) -> str:
        """Write a line."""
        parts = self._text.fields(record)
        parts["at"] = parts["at"].isoformat(timespec="milliseconds")
        written: str = self.serialize_log_record({name: value for name, value in parts.items() if value})
        return written


FORMATTERS: Final[dict[str, Callable[[LineText], logging.Formatter]]] = {
    "text": PlainFormatter,
    "json": ObjectFormatter,
}
