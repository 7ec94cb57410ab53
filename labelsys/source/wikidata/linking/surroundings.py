"""What classes are seen in when a place is sought: WordNet, their pull and its links."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.match.lexicon import Lexicon
from labelsys.match.name_ends import NameEnds
from labelsys.source.combine import combine
from labelsys.source.protocol import SourceData
from labelsys.source.wikidata.linking.points import AskedClass
from labelsys.source.wikidata.linking.siblings import Siblings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labelsys.match.vectors import ConceptVectors
    from labelsys.source.wikidata.facts import Item
    from labelsys.source.wikidata.linking.head_word import Parser
    from labelsys.source.wikidata.links import Linked
    from labelsys.source.wikidata.prune import Pruned

__all__ = ["Surroundings", "ask", "ask_unlinked", "surround"]

_MOST_ALIASES: Final = 5


class Surroundings(NamedTuple):
    """What classes are seen in.

    Attributes:
        lexicon: WordNet, with the names that links give it.
        ends: its names by their last words.
        items: QID -> item.
        up: QID -> QIDs of superclasses, sorted.
        linked: QID -> index of its synset.
        siblings: linked items by what they have in common.
        parser: finds heads of names; None takes them by rule.
        vectors: of the lexicon's concepts; None leaves `similarity` out.
    """

    lexicon: Lexicon
    ends: NameEnds
    items: Mapping[str, Item]
    up: Mapping[str, Sequence[str]]
    linked: Mapping[str, int]
    siblings: Siblings
    parser: Parser | None = None
    vectors: ConceptVectors | None = None


def surround(pruned: Pruned, linked: Linked, base: SourceData) -> Surroundings:
    """Return what the classes of a pull are seen in.

    Args:
        pruned: its classes and edges, those of linked classes still there.
        linked: its links.
        base: WordNet.
    """
    gains = SourceData(
        name="links", version="", fingerprint="", concepts=(), edges=(), extra=linked.extra
    )
    both = combine([base, gains])
    lexicon = Lexicon(both.concepts, both.edges)
    up: defaultdict[str, list[str]] = defaultdict(list)
    for narrower, broader in pruned.edges:
        up[narrower].append(broader)
    synsets = {qid: lexicon.index[synset] for qid, synset in linked.synsets.items()}
    return Surroundings(
        lexicon=lexicon,
        ends=NameEnds(lexicon),
        items=pruned.facts.items,
        up=dict(up),
        linked=synsets,
        siblings=Siblings(pruned.facts.items, synsets, lexicon),
    )


def ask(item: Item, hidden: int = -1) -> AskedClass:
    """Return what is asked of an item.

    Args:
        item: a class.
        hidden: index of a concept that must not be seen.
    """
    english = [name.text for name in item.names[1:] if name.lang == "en"]
    return AskedClass(
        item.qid, item.label, tuple(english[:_MOST_ALIASES]), item.description, hidden
    )


def ask_unlinked(pruned: Pruned, linked: Linked) -> list[AskedClass]:
    """Return the classes that a place is sought for: with a name, no synset, not left out."""
    return [ask(item) for item in pruned.named_classes() if item.qid not in linked.synsets]
