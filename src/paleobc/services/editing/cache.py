"""Things that take long to make, kept as long as there is room for them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class _Slot(Generic[T]):
    """Place of one thing, made by the first who comes; the others wait for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.things: list[T] = []


class Cache(Generic[T]):
    """
    Things by their keys; those that were not asked for the longest go first.

    Parameters
    ----------
    most : float
        So much is kept; the newest thing always is.
    size : callable, optional
        How much of it a thing takes; 1 by default.

    Examples
    --------
    >>> squares = Cache[int](2)
    >>> [squares.get(number, lambda: number**2) for number in (1, 2, 1, 3)]
    [1, 4, 1, 9]
    >>> len(squares)
    2
    """

    def __init__(self, most: float, size: Callable[[T], float] = lambda _: 1) -> None:
        self._most, self._size = most, size
        self._slots: OrderedDict[Hashable, _Slot[T]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._slots)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Thing of a key, made where it is not there; a maker that fails leaves nothing."""
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
        with slot.lock:
            if not slot.things:
                slot.things.append(make())
            thing = slot.things[0]
        self._make_room()
        return thing

    def forget(self, key: Hashable) -> None:
        """Make a thing anew when it is asked for next."""
        with self._lock:
            self._slots.pop(key, None)

    def _make_room(self) -> None:
        with self._lock:
            taken = sum(self._size(slot.things[0]) for slot in self._slots.values() if slot.things)
            while taken > self._most and len(self._slots) > 1:
                _, oldest = self._slots.popitem(last=False)
                taken -= sum(map(self._size, oldest.things))
