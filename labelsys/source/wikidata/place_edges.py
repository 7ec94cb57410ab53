"""Which edges of a class stay, and which place it gets besides.

Places say under which concept a class lies, and how likely it lies under others. An
edge of its own stays where all that it says is above the place already, or is nearly
certain and contradicts nothing; else it is cut. The place becomes an edge where the
edges that stay do not lead there. Classes are taken from the top down, since what an
edge says depends on the places of the classes above.
"""

from __future__ import annotations

from collections import defaultdict
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.merge.top_classes import load_top_classes
from labelsys.source.wikidata.linking.places import DEEP
from labelsys.source.wikidata.pulled import qid_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from labelsys.match.lexicon import Lexicon
    from labelsys.source.wikidata.linking.places import Place, Places
    from labelsys.source.wikidata.linking.surroundings import Surroundings
    from labelsys.source.wikidata.prune import Pruned

__all__ = ["place_classes"]

_MORE_SURE: Final = 0.93
"""How likely a class has to lie under what another edge says besides its place."""
_SAID: Final = "its own edges lead there"
_NONE: Final = "no place is likely"


class _Way(NamedTuple):
    """An edge of a class, and how far to trust it.

    Attributes:
        likelihood: the least one of the concepts that it leads to.
        edge: (narrower, broader) QIDs.
        nearest: the most specific concepts that it leads to.
    """

    likelihood: float
    edge: tuple[str, str]
    nearest: frozenset[int]


def place_classes(pruned: Pruned, around: Surroundings, places: Places) -> dict[str, Place]:
    """Cut the edges that places speak against.

    Args:
        pruned: classes and edges without a cycle; takes note of what is cut.
        around: what the classes were seen in.
        places: of the classes.

    Returns:
        QID -> the place that becomes an edge, by number.
    """
    up: defaultdict[str, list[str]] = defaultdict(list)
    for narrower, broader in pruned.edges:
        up[narrower].append(broader)
    classes = [q for q in pruned.classes if q not in pruned.left_out and q not in around.linked]
    lexicon = around.lexicon
    nearest = {qid: frozenset([concept]) for qid, concept in around.linked.items()}
    chosen: dict[str, Place] = {}
    for qid in TopologicalSorter({q: up.get(q, ()) for q in classes}).static_order():
        if qid in nearest:
            continue
        place = places.find(qid)
        ways = [_way(qid, broader, nearest, places) for broader in up.get(qid, ())]
        kept, cut = _sort_out(ways, place, lexicon)
        said = _above((concept for way in kept for concept in way.nearest), lexicon)
        pruned.read["places"] += 1
        if place is None:
            pruned.skipped["places"][_NONE] += 1
        elif place.concept in said or (kept and lexicon.depth[place.concept] < DEEP):
            pruned.skipped["places"][_SAID] += 1
        else:
            chosen[qid] = place
            said |= lexicon.ancestors(place.concept)
        for way in cut:
            _cut(way, place, pruned, lexicon)
        nearest[qid] = _lowest(said, lexicon)
    return {qid: chosen[qid] for qid in sorted(chosen, key=qid_number)}


def _way(qid: str, broader: str, nearest: dict[str, frozenset[int]], places: Places) -> _Way:
    """Return what an edge leads to; nothing where what is above lies nowhere."""
    found = nearest.get(broader, frozenset())
    likelihood = min((places.likelihood(qid, concept) for concept in found), default=0.0)
    return _Way(likelihood, (qid, broader), found)


def _sort_out(
    ways: Sequence[_Way], place: Place | None, lexicon: Lexicon
) -> tuple[list[_Way], list[_Way]]:
    """Return the ways that stay, and those that are cut.

    Where no place is known, nothing speaks against any of them; ways that lead nowhere
    yet stay as well, since they claim nothing.
    """
    ordered = sorted(ways, key=lambda way: (-way.likelihood, qid_number(way.edge[1])))
    above = set(lexicon.ancestors(place.concept)) if place is not None else set()
    kept: list[_Way] = []
    cut: list[_Way] = []
    for way in ordered:
        is_sure = way.likelihood >= _MORE_SURE and not _clash(way.nearest, above, lexicon)
        if way.nearest <= above or is_sure or place is None:
            kept.append(way)
            above |= _above(way.nearest, lexicon)
        else:
            cut.append(way)
    return kept, cut


def _above(concepts: Iterable[int], lexicon: Lexicon) -> set[int]:
    return set().union(*map(lexicon.ancestors, concepts))


def _clash(nearest: Iterable[int], above: set[int], lexicon: Lexicon) -> bool:
    """Return whether an edge leads to a class that shares nothing with one said already."""
    tops = load_top_classes()
    masks = (
        tops.mask(lexicon.concepts[concept].id for concept in concepts)
        for concepts in (_above(nearest, lexicon), above)
    )
    return tops.clash(*masks) is not None


def _lowest(concepts: set[int], lexicon: Lexicon) -> frozenset[int]:
    """Return those of a set, closed upwards, that lie above no other one."""
    higher = {broader for concept in concepts for broader in lexicon.broader_any[concept]}
    return frozenset(concepts - higher)


def _cut(way: _Way, place: Place | None, pruned: Pruned, lexicon: Lexicon) -> None:
    narrower, broader = way.edge
    where = "elsewhere"
    if place is not None:
        concept = lexicon.concepts[place.concept]
        where = f"under {concept.id} ({concept.pref_label})"
    message = f"not put under {pruned.named(broader)}: {narrower} more likely lies {where}"
    pruned.cut(way.edge, "misplaced", "more likely lies elsewhere", message)
