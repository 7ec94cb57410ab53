"""Two streams of things, side by side: what is in both, and what is in one only.

Sorted streams are merged, which holds one thing of each at a time. Streams in
an order of their own (the recipe's, a dataset's) are paired up: what one of
them has and the other has not brought yet waits, so the memory grows with how
far apart the two are, not with how long.
"""

from __future__ import annotations

from array import array
from collections import deque
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, TypeVar

from labelsys.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

__all__ = ["Pairing", "merge"]

T = TypeVar("T")


def merge(
    a: Iterable[T], b: Iterable[T], key: Callable[[T], Any]
) -> Iterator[tuple[T | None, T | None]]:
    """Yield what two sorted streams hold, equal keys together, in the order of keys.

    A key that is there twice pairs first with first, second with second.

    Args:
        a: sorted by *key*.
        b: sorted by *key*.
        key: what the streams are sorted by.

    Yields:
        A thing of *a* and one of *b*; None where one of them has none.

    Raises:
        StoreError: a stream is not sorted.

    Examples:
        >>> list(merge("ace", "bc", key=str))
        [('a', None), (None, 'b'), ('c', 'c'), ('e', None)]
    """
    left, right = _checked(a, key), _checked(b, key)
    x, y = next(left, None), next(right, None)
    while x is not None and y is not None:
        if x[0] == y[0]:
            yield x[1], y[1]
            x, y = next(left, None), next(right, None)
        elif x[0] < y[0]:
            yield x[1], None
            x = next(left, None)
        else:
            yield None, y[1]
            y = next(right, None)
    while x is not None:
        yield x[1], None
        x = next(left, None)
    while y is not None:
        yield None, y[1]
        y = next(right, None)


def _checked(things: Iterable[T], key: Callable[[T], Any]) -> Iterator[tuple[Any, T]]:
    """Yield things with their keys.

    Raises:
        StoreError: they are not sorted, which would look like a difference.
    """
    last: Any = None
    for thing in things:
        this = key(thing)
        if last is not None and this < last:
            msg = f"the store answers out of order: {this!r} after {last!r}"
            raise StoreError(msg)
        last = this
        yield this, thing


class Pairing:
    """Pairs of two streams in an order of their own.

    Attributes:
        moved: once the pairs are through: the positions, from 0, of the first
            pair that stands in another order than the pairs before it in the
            first stream; None where the order is the same.

    Examples:
        >>> pairing = Pairing()
        >>> list(pairing.pairs("abx", "ba", key=str)), pairing.moved
        ([('b', 'b'), ('a', 'a'), ('x', None)], (1, 0))
    """

    def __init__(self) -> None:
        """Begin with nothing paired."""
        self.moved: tuple[int, int] | None = None
        # Positions of pairs that met at different times; the others can't be out of order.
        self._in_a, self._in_b = array("Q"), array("Q")

    def pairs(
        self, a: Iterable[T], b: Iterable[T], key: Callable[[T], Hashable]
    ) -> Iterator[tuple[T | None, T | None]]:
        """Yield pairs of equal keys as they meet, then what is left of *a*, then of *b*.

        A key that is there twice pairs first with first, second with second.

        Args:
            a: in any order.
            b: in any order.
            key: says what is the same thing.

        Yields:
            A thing of *a* and one of *b*; None where one of them has none.
        """
        waiting_a: dict[Hashable, deque[tuple[int, T]]] = {}
        waiting_b: dict[Hashable, deque[tuple[int, T]]] = {}
        for n, (x, y) in enumerate(zip_longest(a, b)):
            none_waits = not waiting_a and not waiting_b
            if none_waits and x is not None and y is not None and key(x) == key(y):
                yield x, y
                continue
            if x is not None:
                found = _meet(n, x, key(x), waiting_b, waiting_a)
                if found is not None:
                    self._note(n, found[0])
                    yield x, found[1]
            if y is not None:
                found = _meet(n, y, key(y), waiting_a, waiting_b)
                if found is not None:
                    self._note(found[0], n)
                    yield found[1], y
        self.moved = self._first_moved()
        yield from ((x, None) for _, x in _left(waiting_a))
        yield from ((None, y) for _, y in _left(waiting_b))

    def _note(self, in_a: int, in_b: int) -> None:
        self._in_a.append(in_a)
        self._in_b.append(in_b)

    def _first_moved(self) -> tuple[int, int] | None:
        last = -1
        for in_a, in_b in sorted(zip(self._in_a, self._in_b, strict=True)):
            if in_b < last:
                return in_a, in_b
            last = in_b
        return None


def _meet(
    n: int,
    thing: T,
    key: Hashable,
    others: dict[Hashable, deque[tuple[int, T]]],
    waiting: dict[Hashable, deque[tuple[int, T]]],
) -> tuple[int, T] | None:
    """Return who waited longest for a thing of this key; else let the thing wait."""
    queue = others.get(key)
    if queue is None:
        waiting.setdefault(key, deque()).append((n, thing))
        return None
    found = queue.popleft()
    if not queue:
        del others[key]
    return found


def _left(waiting: dict[Hashable, deque[tuple[int, T]]]) -> list[tuple[int, T]]:
    return sorted((each for queue in waiting.values() for each in queue), key=lambda each: each[0])
