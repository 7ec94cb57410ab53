"""Strategy `sibling`: where linked classes lie that have a superclass or a kind in common.

Linked items that are instances of `language` nearly all lie under natural language:
so will others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from labelsys.source.wikidata.prune import INSTANCE_OF, SUBCLASS_OF
from labelsys.vocab import Justification

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from labelsys.match.lexicon import Lexicon
    from labelsys.source.wikidata.facts import Item

__all__ = ["JUSTIFICATION", "Siblings"]

JUSTIFICATION: Final = Justification.STRUCTURAL

_MOST: Final = 400
"""What more items than that have in common says little, and takes long."""


class Siblings:
    """Linked items by what they are subclasses or instances of."""

    def __init__(
        self, items: Mapping[str, Item], linked: Mapping[str, int], lexicon: Lexicon
    ) -> None:
        """Take a pull, its links as QID -> concept, and the concepts."""
        self._lexicon = lexicon
        self._members: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for qid, concept in linked.items():
            for key in _kinds(items[qid]):
                members = self._members[key]
                if len(members) < _MOST:
                    members.append(concept)

    def iter_places(self, item: Item, hidden: int = -1) -> Iterator[tuple[int, float]]:
        """Yield what the siblings of an item lie directly under.

        Args:
            item: a class.
            hidden: a concept that must not be seen.

        Yields:
            Concept and weight; each superclass or kind has the same weight in all.
        """
        for key in _kinds(item):
            siblings = [i for i in self._members.get(key, ()) if i != hidden]
            above = Counter(up for i in siblings for up in self._lexicon.broader[i] if up != hidden)
            total = sum(above.values())
            yield from ((concept, count / total) for concept, count in above.items())


def _kinds(item: Item) -> Iterator[tuple[str, str]]:
    for pids in (SUBCLASS_OF, (INSTANCE_OF,)):
        for value in item.values(*pids):
            yield pids[0], value
