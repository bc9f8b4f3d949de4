"""Pickles of plain values, read without unpickling: what would call or import anything is refused."""

from __future__ import annotations

import pickletools
from collections.abc import Callable, Iterator
from typing import Any, Final

from paleobc.errors import InputError

_CONSTANTS: Final = {
    "NONE": None,
    "NEWTRUE": True,
    "NEWFALSE": False,
}
#: Opcodes whose argument is the value.
_NUMBERS: Final = ("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT")
_TEXTS: Final = ("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8")
_VALUES: Final = frozenset((*_NUMBERS, *_TEXTS))
_EMPTY: Final[dict[str, Callable[[], Any]]] = {"EMPTY_LIST": list, "EMPTY_DICT": dict, "EMPTY_TUPLE": list}
_TUPLES: Final = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_PUTS: Final = frozenset(("PUT", "BINPUT", "LONG_BINPUT"))
_GETS: Final = frozenset(("GET", "BINGET", "LONG_BINGET"))
#: Opcodes that say nothing of the value.
_IDLE: Final = frozenset(("PROTO", "FRAME"))


def pickled_value(data: bytes) -> Any:
    """
    Plain value of a pickle; tuples become lists.

    Only opcodes that make numbers, texts, lists and mappings are known. All others - those that import, call, build
    or reach outside - are refused, and so is what holds one list in several places.

    Raises
    ------
    InputError

    Examples
    --------
    >>> import pickle
    >>> pickled_value(pickle.dumps([{"value": -200, "land": True}, (1.5, "a")]))
    [{'value': -200, 'land': True}, [1.5, 'a']]
    >>> pickled_value(pickle.dumps(print))
    Traceback (most recent call last):
    ...
    paleobc.errors.InputError: it is a pickle that holds more than plain values (STACK_GLOBAL), and is not read
    """
    machine = _Machine()
    try:
        for name, argument in _operations(data):
            if name == "STOP":
                return machine.result()
            machine.step(name, argument)
    except (IndexError, KeyError, TypeError, AttributeError):
        pass
    raise InputError("it is a damaged pickle")


def _operations(data: bytes) -> Iterator[tuple[str, Any]]:
    """Names and arguments of the opcodes of a pickle."""
    try:
        for operation, argument, _ in pickletools.genops(data):
            yield operation.name, argument
    except (ValueError, UnicodeError, OverflowError):
        raise InputError("it is a damaged pickle") from None


class _Machine:
    """The stack and the memory of a pickle."""

    def __init__(self) -> None:
        self._stack: list[Any] = []
        #: Heights of the stack at which a list, a tuple or a mapping began.
        self._marks: list[int] = []
        self._memory: dict[int, Any] = {}

    def result(self) -> Any:
        """The one value that is left at the end."""
        if len(self._stack) != 1 or self._marks:
            raise IndexError
        return self._stack[0]

    def step(self, name: str, argument: Any) -> None:
        """Carry out one opcode."""
        stack = self._stack
        if name in _IDLE:
            return
        if name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in _VALUES:
            stack.append(argument)
        elif name in _EMPTY:
            stack.append(_EMPTY[name]())
        elif name == "MARK":
            self._marks.append(len(stack))
        elif name == "MEMOIZE":
            self._memory[len(self._memory)] = stack[-1]
        elif name in _PUTS:
            self._memory[int(argument)] = stack[-1]
        elif name in _GETS:
            stack.append(_shared(self._memory[int(argument)]))
        else:
            self._gather(name)

    def _gather(self, name: str) -> None:
        """Put values together."""
        stack = self._stack
        if name in _TUPLES:
            stack[-_TUPLES[name] :] = [stack[-_TUPLES[name] :]]
        elif name in ("LIST", "TUPLE"):
            stack.append(self._to_mark())
        elif name == "DICT":
            stack.append(_pairs(self._to_mark()))
        elif name == "APPEND":
            value = stack.pop()
            stack[-1].append(value)
        elif name == "APPENDS":
            values = self._to_mark()
            stack[-1].extend(values)
        elif name == "SETITEM":
            value, key = stack.pop(), stack.pop()
            stack[-1].update(_pairs([key, value]))
        elif name == "SETITEMS":
            values = self._to_mark()
            stack[-1].update(_pairs(values))
        else:
            raise InputError(f"it is a pickle that holds more than plain values ({name}), and is not read")

    def _to_mark(self) -> list[Any]:
        """Take all values from the stack that came after the last mark."""
        begin = self._marks.pop()
        values = self._stack[begin:]
        del self._stack[begin:]
        return values


def _pairs(values: list[Any]) -> dict[str, Any]:
    """Keys and values in turn; keys are texts."""
    keys = values[::2]
    if not all(isinstance(key, str) for key in keys):
        raise InputError("it is a pickle with keys that are no texts, and is not read")
    return dict(zip(keys, values[1::2], strict=False))


def _shared(value: Any) -> Any:
    """A value that stands in several places: a list in many of them could grow without end."""
    if isinstance(value, list | dict):
        raise InputError("it is a pickle that holds one list in several places, and is not read")
    return value
