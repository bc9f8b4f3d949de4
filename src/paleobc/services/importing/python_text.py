"""Text of Python values and selections, as `repr` wrote them: parsed by a grammar of its own, never evaluated."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from paleobc.errors import InputError

_DEEPEST: Final = 80
_LONGEST: Final = 4_000_000
_LONGEST_NUMBER: Final = 40

_PIECE: Final = re.compile(
    r"""\s*(?:
    (?P<number>-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)
    |(?P<text>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
    |(?P<more>\.\.\.)
    |(?P<word>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
    |(?P<sign>>=|<=|==|-|[()\[\]{},:=&|~<>.])
    )""",
    re.VERBOSE,
)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}
_CONSTANTS: Final = {"True": True, "False": False, "None": None, "nan": float("nan"), "inf": float("inf")}
_COMPARISONS: Final = (">=", "<=", ">", "<", "==")


@dataclass(frozen=True)
class Word:
    """A name that stands for itself, as ``inv``."""

    name: str


@dataclass(frozen=True)
class Call:
    """A name with arguments in brackets, as ``dim('lon')``; nothing is called."""

    name: str
    arguments: tuple[Any, ...]
    named: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Joined:
    """Two values with a sign between, as ``a >= b`` or ``a & b``."""

    sign: str
    first: Any
    second: Any


def parse_python(text: str) -> Any:
    """
    Values, and what stands between them, of a text.

    Raises
    ------
    InputError
        Where it is not of the few forms in which selections and plain values are written.

    Examples
    --------
    >>> parse_python("[1, {'a': (2.5, None)}]")
    [1, {'a': (2.5, None)}]
    >>> parse_python("dim('lon')>=-10")
    Joined(sign='>=', first=Call(name='dim', arguments=('lon',), named={}), second=-10)
    """
    if len(text) > _LONGEST:
        raise InputError(f"it is longer than {_LONGEST} letters")
    reader = _Reader(text)
    value = reader.either(0)
    reader.expect_end()
    return value


def plain_of(value: Any) -> Any:
    """
    Plain value of a parsed one: tuples become lists, and numbers of numpy numbers.

    Raises
    ------
    InputError
        Where it holds more than plain values, a call say.
    """
    match value:
        case list() | tuple():
            return [plain_of(one) for one in value]
        case dict():
            return {key: plain_of(one) for key, one in value.items()}
        case Call(name, (number,)) if name.split(".")[-1].startswith(("int", "float")) and not isinstance(number, Call):
            return plain_of(number)
        case Word() | Call() | Joined():
            raise InputError("it holds more than plain values, and is not evaluated")
        case _:
            return value


class _Reader:
    """Reads a text, one piece after the other."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._kind, self._piece = "", ""
        self._next()

    def _next(self) -> None:
        """Go on to the next piece; at the end it is of no kind."""
        found = _PIECE.match(self._text, self._at)
        if found is None:
            if self._text[self._at :].strip():
                raise self._fault()
            self._kind, self._piece = "", ""
            return
        self._kind, self._piece, self._at = str(found.lastgroup), str(found[str(found.lastgroup)]), found.end()

    def _fault(self) -> InputError:
        return InputError(f"it is no plain value of Python, and is not evaluated (at letter {self._at})")

    def _take(self, sign: str) -> bool:
        """Go on if this sign comes next."""
        if self._kind != "sign" or self._piece != sign:
            return False
        self._next()
        return True

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise self._fault()

    def expect_end(self) -> None:
        """Refuse a text that goes on."""
        if self._kind:
            raise self._fault()

    def either(self, depth: int) -> Any:
        """Values with ``|`` between."""
        _refuse_deep(depth)
        value, parts = self._both(depth), depth
        while self._take("|"):
            _refuse_deep(parts := parts + 1)  # each part holds those before it
            value = Joined("|", value, self._both(depth))
        return value

    def _both(self, depth: int) -> Any:
        """Values with ``&`` between."""
        value, parts = self._compared(depth), depth
        while self._take("&"):
            _refuse_deep(parts := parts + 1)
            value = Joined("&", value, self._compared(depth))
        return value

    def _compared(self, depth: int) -> Any:
        """One value, or two that are compared."""
        if self._take("~"):
            return Call("inv", (self._value(depth + 1),))
        value = self._value(depth + 1)
        if self._kind == "sign" and self._piece in _COMPARISONS:
            sign = self._piece
            self._next()
            value = Joined(sign, value, self._value(depth + 1))
        return value

    def _value(self, depth: int) -> Any:
        """One value."""
        kind, piece = self._kind, self._piece
        self._next()
        match kind:
            case "number":
                return self._number(piece)
            case "text":
                return _unescaped(piece[1:-1])
            case "word":
                return self._word(piece, depth)
            case "more":
                raise InputError("the middle of a long list was left out when it was written")
            case "sign" if piece in "([{":
                return {"(": self._in_brackets, "[": self._list, "{": self._mapping}[piece](depth)
            case _:
                raise self._fault()

    def _number(self, piece: str) -> float:
        if len(piece) > _LONGEST_NUMBER:
            raise self._fault()
        return float(piece) if any(letter in piece for letter in ".eE") else int(piece)

    def _word(self, name: str, depth: int) -> Any:
        """A constant, a name, or a name with arguments; with a further call behind it, the two as one."""
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        if not self._take("("):
            return Word(name)
        call = self._arguments(name, depth)
        while self._take("."):
            behind = self._piece
            self._next()
            self._expect("(")
            more = self._arguments(behind, depth)
            call = Call(more.name, (call, *more.arguments), more.named)
        return call

    def _arguments(self, name: str, depth: int) -> Call:
        """Arguments up to the closing bracket."""
        plain: list[Any] = []
        named: dict[str, Any] = {}
        while not self._take(")"):
            value = self.either(depth)
            if isinstance(value, Word) and self._take("="):
                named[value.name] = self.either(depth)
            else:
                plain.append(value)
            if not self._take(","):
                self._expect(")")
                break
        return Call(name, tuple(plain), named)

    def _in_brackets(self, depth: int) -> Any:
        """A tuple, or one value in brackets."""
        values, has_comma = self._values(")", depth)
        return values[0] if len(values) == 1 and not has_comma else tuple(values)

    def _list(self, depth: int) -> list[Any]:
        return self._values("]", depth)[0]

    def _values(self, end: str, depth: int) -> tuple[list[Any], bool]:
        """Values up to a closing bracket, and whether there was a comma."""
        values: list[Any] = []
        has_comma = False
        while not self._take(end):
            values.append(self.either(depth))
            if not self._take(","):
                self._expect(end)
                break
            has_comma = True
        return values, has_comma

    def _mapping(self, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not self._take("}"):
            key = self.either(depth)
            self._expect(":")
            if not isinstance(key, str):
                raise self._fault()
            values[key] = self.either(depth)
            if not self._take(","):
                self._expect("}")
                break
        return values


def _refuse_deep(depth: int) -> None:
    if depth > _DEEPEST:
        raise InputError(f"it holds brackets within brackets more than {_DEEPEST} deep")


def _unescaped(text: str) -> str:
    """Text without the escapes that `repr` writes; others stay as they are."""
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), text)
