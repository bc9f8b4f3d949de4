"""Files on their way in: read piece by piece, never whole, from the body of a request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final, TypeVar

import anyio
from anyio import CapacityLimiter, from_thread, to_thread
from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from paleobc.errors import InputError

#: So many files come in at the same time; others wait, and pages go on meanwhile.
_AT_ONCE: Final = CapacityLimiter(16)
#: A sender that is silent for so long has gone [s].
_PATIENCE: Final = 60.0
_PIECE: Final = 1 << 20
_LONGEST_NAME: Final = 1000

_Taken = TypeVar("_Taken")


async def receive(pieces: AsyncIterator[bytes], take: Callable[[Iterator[bytes]], _Taken]) -> _Taken:
    """
    Let a service take in a stream, in a thread of its own.

    Parameters
    ----------
    pieces : async iterator of bytes
    take : callable
        Called with the bytes as an iterator that waits for the sender.

    Raises
    ------
    InputError
        Where the sender stays silent.
    """

    async def gather() -> bytes:
        gathered = bytearray()
        try:
            with anyio.fail_after(_PATIENCE):
                while len(gathered) < _PIECE and (piece := await anext(pieces, None)) is not None:
                    gathered += piece
        except TimeoutError:
            raise InputError("The file stopped coming in; send it again.") from None
        return bytes(gathered)

    def waiting() -> Iterator[bytes]:
        while piece := from_thread.run(gather):
            yield piece

    return await to_thread.run_sync(take, waiting(), limiter=_AT_ONCE)


async def file_of(request: Request) -> tuple[str, AsyncIterator[bytes]]:
    """
    Name and bytes of a file in a request: of the first file of a form, or the body itself without a name.

    Raises
    ------
    InputError
        Where a form holds no file.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data":
        return "", request.stream()
    form = _FormFile(options.get(b"boundary", b""))
    pieces = form.pieces(request.stream())
    first = await anext(pieces, None)  # the name stands before the bytes
    if not form.is_there:
        raise InputError("The form holds no file; send it as the field 'file', or as the body itself.")
    return form.name, _joined(first, pieces)


async def _joined(first: bytes | None, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if first is not None:
        yield first
    async for piece in rest:
        yield piece


class _FormFile:
    """
    The first file in a form, while the form comes in.

    Parameters
    ----------
    boundary : bytes
        What stands between the parts of the form.
    """

    def __init__(self, boundary: bytes) -> None:
        self.name, self.is_there = "", False
        self._is_wanted = False
        self._header, self._value = bytearray(), bytearray()
        self._found: list[bytes] = []
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
                    "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                    "on_header_end": self._header_ended,
                    "on_part_data": self._data,
                    "on_part_end": self._part_ended,
                },
            )
        except FormParserError:
            raise InputError("The form cannot be read: it does not say what stands between its parts.") from None

    async def pieces(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Bytes of the file; an empty piece says that the name is known."""
        was_there = False
        async for piece in body:
            try:
                self._parser.write(piece)
            except FormParserError:
                raise InputError("The form cannot be read: it is not built as forms are.") from None
            if self._found or self.is_there != was_there:
                was_there = self.is_there
                yield b"".join(self._found)
                self._found.clear()

    def _header_ended(self) -> None:
        """Take in what a header of a part says."""
        if bytes(self._header).lower() == b"content-disposition" and not self.is_there:
            _, options = parse_options_header(bytes(self._value))
            if b"filename" in options:
                self.name = options[b"filename"].decode("utf-8", "replace")[:_LONGEST_NAME]
                self.is_there = self._is_wanted = True
        self._header.clear()
        self._value.clear()

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_wanted:
            self._found.append(data[start:end])

    def _part_ended(self) -> None:
        self._is_wanted = False
