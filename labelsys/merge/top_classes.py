"""The classes that share nothing, and which of them each concept falls under.

The pairs are `ontologies/disjoint.tsv`: top classes that WordNet itself keeps
apart but for a handful of synsets, whose number the table tells.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from labelsys.errors import IdentifierError
from labelsys.fingerprint import code_fingerprint
from labelsys.ids import Curie
from labelsys.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from importlib.resources.abc import Traversable

    from labelsys.model import Edge
    from labelsys.tables import Table

__all__ = ["Clash", "TopClasses", "Tops", "coherence_fingerprint", "load_top_classes"]

_COLUMNS = ("a", "a_name", "b", "b_name")
_CODE = ("merge/coherence.py", "merge/top_classes.py")


class Clash(NamedTuple):
    """Two classes that share nothing, by name: what either side falls under."""

    a: str
    b: str


class TopClasses:
    """The declared classes; a set of them is an integer, a bit a class."""

    def __init__(self, table: Table) -> None:
        """Take the pairs of a table with the columns `a`, `a_name`, `b`, `b_name`.

        Raises:
            SourceError: a row has something that is no id, or a class against itself.
        """
        self.bits: dict[Curie, int] = {}
        self.names: list[str] = []
        self._foes: list[int] = []
        for n, (a, a_name, b, b_name) in enumerate(table.rows):
            if a == b:
                raise table.error(n, f"{a} is declared disjoint from itself")
            try:
                one, other = self._number(a, a_name), self._number(b, b_name)
            except IdentifierError as exc:
                raise table.error(n, str(exc)) from exc
            self._foes[one] |= 1 << other
            self._foes[other] |= 1 << one

    def _number(self, id_: str, name: str) -> int:
        curie = Curie.parse(id_)
        if curie not in self.bits:
            self.bits[curie] = 1 << len(self.names)
            self.names.append(name)
            self._foes.append(0)
        return self.bits[curie].bit_length() - 1

    def mask(self, ids: Iterable[Curie]) -> int:
        """Return the declared classes among some ids."""
        found = 0
        for id_ in ids:
            found |= self.bits.get(id_, 0)
        return found

    def clash(self, a: int, b: int) -> Clash | None:
        """Return a pair of disjoint classes, one on each side and on that side only.

        Args:
            a: classes that the one falls under.
            b: classes that the other does.
        """
        only_a, only_b = a & ~b, b & ~a
        for n in _bits(only_a):
            foes = self._foes[n] & only_b
            if foes:
                return Clash(self.names[n], self.names[next(_bits(foes))])
        return None


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


@cache
def load_top_classes() -> TopClasses:
    """Return the classes that ship."""
    return TopClasses(read_table(_table_path(), columns=_COLUMNS))


def _table_path() -> Traversable:
    return files("labelsys_ontologies").joinpath("disjoint.tsv")


@cache
def coherence_fingerprint() -> str:
    """Return what the table and the code hash to: either may change a graph."""
    table = hashlib.sha256(_table_path().read_bytes()).hexdigest()
    return f"{table} {code_fingerprint(*_CODE)}"


class Tops:
    """Which declared classes each concept falls under, edges of both kinds counted."""

    def __init__(self, classes: TopClasses, edges: Iterable[Edge]) -> None:
        """Take all edges, without a cycle."""
        self.classes = classes
        self._above: defaultdict[str, list[Curie]] = defaultdict(list)
        for edge in edges:
            self._above[edge.narrower].append(edge.broader)
        self._known: dict[str, int] = {}

    def of(self, id_: Curie) -> int:
        """Return the classes of one concept, itself counted; 0 for one that is not there."""
        waiting = [id_]
        while waiting:
            node = waiting[-1]
            open_ = [p for p in self._above.get(node, ()) if p not in self._known]
            if node in self._known or not open_:
                waiting.pop()
                self._known.setdefault(node, self._sum(node))
            else:
                waiting += open_
        return self._known[id_]

    def _sum(self, node: Curie) -> int:
        mask = self.classes.bits.get(node, 0)
        for parent in self._above.get(node, ()):
            mask |= self._known[parent]
        return mask

    def keep(self, node: Curie, parents: Sequence[Curie]) -> None:
        """Put a concept under these alone; nothing below it may have been asked for yet."""
        self._above[node] = list(parents)
