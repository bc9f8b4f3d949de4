"""What an external program writes while it runs: its beginning and its end are kept, however much it is."""

from __future__ import annotations

import threading
from typing import IO, Final

#: So many bytes of the beginning and of the end are kept.
_BEGINNING: Final = 12_000
_END: Final = 4_000
_AT_ONCE: Final = 65_536
_LONGEST_LINE: Final = 500
#: Of the last lines so many letters are put into a sentence.
_LONGEST_QUOTE: Final = 500


class ProgramLog:
    """
    What a program writes, read in a thread of its own so that the program never waits.

    Parameters
    ----------
    stream : binary file
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._lock = stream, threading.Lock()
        self._beginning, self._end, self._size, self._told = b"", b"", 0, 0
        self._thread = threading.Thread(target=self._read, name="log of a program", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while chunk := self._stream.read1(_AT_ONCE):  # type: ignore[attr-defined]  # a buffered pipe
            with self._lock:
                self._size += len(chunk)
                room = _BEGINNING - len(self._beginning)
                self._beginning += chunk[:room]
                if len(chunk) > room:
                    self._end = (self._end + chunk[room:])[-_END:]

    def new_lines(self) -> str:
        """Whole lines of the beginning that were not asked for yet."""
        with self._lock:
            end = self._beginning.rfind(b"\n") + 1
            new = self._beginning[self._told : end] if end > self._told else b""
            self._told = max(self._told, end)
        return _readable(new)

    def close(self, seconds: float = 10.0) -> str:
        """Wait for the end of what is written; returns what was not asked for yet, the middle of much left out."""
        self._thread.join(seconds)
        with self._lock:
            left_out = self._size - len(self._beginning) - len(self._end)
            rest = [_readable(self._beginning[self._told :])]
            rest += [f"... {left_out:,} bytes left out ..."] if left_out else []
            rest += [_readable(self._end)]
            self._told = len(self._beginning)
        return "\n".join(part for part in rest if part)

    def last_words(self) -> str:
        """End of all that was written, for a sentence."""
        with self._lock:
            last = (self._beginning + self._end)[-_END:]
        lines = [line.strip() for line in _readable(last).splitlines() if line.strip()]
        words = " / ".join(lines[-5:])
        return words if len(words) <= _LONGEST_QUOTE else f"...{words[-_LONGEST_QUOTE:]}"


def _readable(written: bytes) -> str:
    """Text of bytes without characters that move a cursor, in lines that are not too long."""
    lines = written.decode("utf-8", "replace").replace("\r", "\n").split("\n")
    plain = ["".join(letter if letter.isprintable() else " " for letter in line) for line in lines]
    return "\n".join(f"{line[:_LONGEST_LINE]}..." if len(line) > _LONGEST_LINE else line for line in plain).strip("\n")
