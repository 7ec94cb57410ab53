"""Broader concepts for a curator to look at: where words contradict Wikidata, or say more.

Names, descriptions and company say a lot about what a class is a kind of
(`labelsys.source.wikidata.linking.places`). They are wrong too often to move a
class. But where they are sure, and its superclasses lead to a concept that says
hardly anything, or to another top class altogether, somebody should look: that is
a broadMatch in review.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from labelsys.hierarchy import Hierarchy
from labelsys.merge.top_classes import Tops, load_top_classes
from labelsys.model import Mapping
from labelsys.source.wikidata.linking.places import DEEP, find_places
from labelsys.source.wikidata.linking.surroundings import ask
from labelsys.source.wikidata.pulled import qid_number
from labelsys.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from labelsys.ids import Curie
    from labelsys.match.lexicon import Lexicon
    from labelsys.model import Concept, Edge
    from labelsys.source.protocol import SourceData
    from labelsys.source.wikidata.attach import Placed
    from labelsys.source.wikidata.linking.places import Place
    from labelsys.source.wikidata.linking.surroundings import Surroundings

__all__ = ["nearest_synsets", "suggest_places"]

_BLOCK: Final = 20_000
"""Classes looked at together, so that memory does not grow with the pull. A class is not told
where a superclass lies that is in another block."""


def suggest_places(placed: Placed, around: Surroundings, base: SourceData) -> tuple[Mapping, ...]:
    """Return broader concepts that words suggest, in review.

    Args:
        placed: classes and their edges, as the build has them.
        around: what the classes are seen in.
        base: WordNet.

    Returns:
        By QID number, at most one a class.
    """
    edges = (*base.edges, *placed.edges)
    nearest = nearest_synsets(edges)
    doubts = _Doubts(edges, around.lexicon)
    found = []
    for concept, place in _sure_places(placed.concepts, around):
        synset = around.lexicon.concepts[place.concept]
        doubt = doubts.tell(place.concept, nearest[concept.id])
        if doubt:
            found.append(
                Mapping(
                    subject_id=concept.id,
                    predicate_id="skos:broadMatch",
                    object_id=synset.id,
                    mapping_justification=place.justification,
                    confidence=round(place.confidence, 4),
                    subject_label=concept.pref_label,
                    object_label=synset.pref_label,
                    mapping_tool=f"labelsys {place.ranker}",
                    mapping_tool_version=__version__,
                    comment=f"{_speaking(place)}; {doubt}",
                    status="review",
                )
            )
    return tuple(sorted(found, key=lambda m: qid_number(m.subject_id.local_id)))


def _sure_places(
    concepts: Sequence[Concept], around: Surroundings
) -> Iterator[tuple[Concept, Place]]:
    """Yield classes with their places, those that are sure."""
    for start in range(0, len(concepts), _BLOCK):
        block = concepts[start : start + _BLOCK]
        places = find_places([ask(around.items[each.id.local_id]) for each in block], around)
        for concept in block:
            place = places.find(concept.id.local_id)
            if place is not None and place.is_sure:
                yield concept, place


class _Doubts:
    """Says what is wrong with where a class hangs, if its place is right."""

    def __init__(self, edges: Sequence[Edge], lexicon: Lexicon) -> None:
        self._tops = Tops(load_top_classes(), edges)
        self._lexicon = lexicon

    def tell(self, place: int, nearest: Sequence[Curie]) -> str:
        """Return the doubt in words; "" where there is none.

        Args:
            place: index of a concept in the lexicon.
            nearest: the most specific synsets that the class hangs under.
        """
        lexicon, clash = self._lexicon, self._tops.classes.clash
        tops = self._tops.of(lexicon.concepts[place].id)
        indices = [lexicon.index[synset] for synset in nearest]
        concepts = [lexicon.concepts[index] for index in indices]
        named = ", ".join(concept.synset or concept.pref_label for concept in concepts)
        if all(clash(tops, self._tops.of(synset)) for synset in nearest):
            return f"its superclasses lead to {named}, which share nothing with that"
        if lexicon.depth[place] >= DEEP > max(lexicon.depth[index] for index in indices):
            return f"its superclasses lead no further than to {named}"
        return ""


def _speaking(place: Place) -> str:
    strategies = ", ".join(name.replace("_", " ") for name in place.strategies)
    return f"by its {strategies}" if strategies else "by all that is known of it"


def nearest_synsets(edges: Iterable[Edge]) -> dict[Curie, tuple[Curie, ...]]:
    """Return the most specific synsets that each class of Wikidata hangs under.

    Args:
        edges: of WordNet and Wikidata, without a cycle.

    Returns:
        Class -> synsets, sorted: those that its ways up meet first, without those
        that lie above another one of them.
    """
    hierarchy = Hierarchy(edges)
    found: defaultdict[Curie, set[Curie]] = defaultdict(set)
    for node in hierarchy.topological_order:
        if node.prefix == "wd":
            for above in hierarchy.broader(node, instances=True):
                found[node] |= {above} if above.prefix == "wn30" else found[above]
    nearest = {}
    for node, synsets in found.items():
        higher: set[Curie] = set()
        if len(synsets) > 1:
            for low in synsets:
                higher.update(hierarchy.ancestors(low, instances=True))
        nearest[node] = tuple(sorted(synsets - higher))
    return nearest
