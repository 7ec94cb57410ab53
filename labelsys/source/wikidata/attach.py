"""Puts the classes of a pull in their places under the synsets.

A class that is linked to a synset is that synset, and WordNet's own hypernyms
stand: its edges are not used. Any other class becomes `wd:Q...` if it has a name
and reaches a linked item upwards. Classes without a name are taken out of the
middle: what is under them goes under what is above them. What a correction puts
under a synset hangs there, whatever else it hangs by. Loops are cut as
`labelsys.source.wikidata.cycles` says, nodes in the order of their numbers.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.ids import Curie
from labelsys.model import Concept, Edge
from labelsys.source.wikidata.cycles import break_cycles
from labelsys.source.wikidata.prune import INSTANCE_OF, SUBCLASS_OF
from labelsys.source.wikidata.pulled import qid_number

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingType
    from collections.abc import Sequence, Set

    from labelsys.model import Mapping
    from labelsys.source.protocol import SourceData
    from labelsys.source.wikidata.corrections import Correction, Corrections
    from labelsys.source.wikidata.facts import Item
    from labelsys.source.wikidata.prune import Pruned

__all__ = ["Placed", "attach"]

_ENDS: Final = ("narrower", "broader")
_LINKED: Final = "linked to a synset"
_NAMELESS: Final = "no name"
_UNREACHED: Final = "reaches no linked item"


class Placed(NamedTuple):
    """The outcome.

    Attributes:
        concepts: sorted by id.
        edges: sorted; the broader end may be a synset.
        mappings: of the classes that a correction puts under a synset.
    """

    concepts: tuple[Concept, ...]
    edges: tuple[Edge, ...]
    mappings: tuple[Mapping, ...]


def attach(
    pruned: Pruned, synsets: MappingType[str, Curie], base: SourceData, corrections: Corrections
) -> Placed:
    """Choose classes and edges under the synsets.

    Args:
        pruned: classes and edges; takes note of what is left out here.
        synsets: QID -> synset, of the linked items.
        base: WordNet.
        corrections: which classes fall under which synsets; all of these are in WordNet.

    Returns:
        Concepts and edges, without a cycle.
    """
    _drop_linked(pruned, synsets)
    _drop_instances(pruned, synsets, _singles(base))
    _bridge_nameless(pruned)
    placed = [
        row
        for qid, rows in corrections.under.items()
        if qid in pruned.classes and qid not in pruned.left_out
        for row in rows
    ]
    _drop_unreached(pruned, {*synsets, *(row.qid for row in placed)})
    _cut_cycles(pruned)
    _cut_meta_edges(pruned, {row.qid for row in placed})
    return _outcome(pruned, synsets, placed, corrections)


def _drop_linked(pruned: Pruned, synsets: MappingType[str, Curie]) -> None:
    """Drop the edges of linked classes, and those to what is not there."""
    for qid in pruned.classes:
        if qid in synsets:
            pruned.left_out[qid] = _LINKED
    for edge in list(pruned.edges):
        narrower, broader = edge
        if narrower in synsets:
            pruned.drop(edge, "narrower is linked to a synset, whose own hypernyms stand")
        elif broader not in pruned.classes and broader not in synsets:
            pruned.drop(edge, "broader is not in this pull")


def _singles(base: SourceData) -> Set[Curie]:
    """Return the synsets that are single things: they hang by instance edges only."""
    kinds: dict[str, set[Curie]] = {"instance": set(), "subclass": set()}
    for edge in base.edges:
        kinds[edge.kind].add(edge.narrower)
    return kinds["instance"] - kinds["subclass"]


def _drop_instances(pruned: Pruned, synsets: MappingType[str, Curie], singles: Set[Curie]) -> None:
    """Drop edges to what is an instance of something and a subclass of nothing."""
    for edge in list(pruned.edges):
        broader = edge[1]
        synset = synsets.get(broader)
        if synset is not None:
            if synset in singles:
                message = f"not put under {pruned.named(broader)}: a single thing in WordNet"
                pruned.cut(edge, "instance", "broader is a single thing", message)
            continue
        item = pruned.classes[broader]
        kinds = item.values(INSTANCE_OF)
        if kinds and not item.values(*SUBCLASS_OF):
            message = (
                f"not put under {pruned.named(broader)}: an instance of "
                f"{pruned.named(kinds[0])}, and a subclass of nothing"
            )
            pruned.cut(edge, "instance", "broader is an instance of something only", message)


def _bridge_nameless(pruned: Pruned) -> None:
    """Take nameless classes out, one by one; each bridge is an edge of its own batch."""
    up: dict[str, set[str]] = defaultdict(set)
    down: dict[str, set[str]] = defaultdict(set)
    for narrower, broader in pruned.edges:
        up[narrower].add(broader)
        down[broader].add(narrower)
    for qid, item in pruned.classes.items():
        if item.label or qid in pruned.left_out:
            continue
        message = "the class has a name in none of the languages asked for"
        pruned.leave_out(qid, "nameless", _NAMELESS, message)
        above = sorted(up.pop(qid, set()), key=qid_number)
        below = sorted(down.pop(qid, set()), key=qid_number)
        for broader in above:
            down[broader].discard(qid)
            pruned.drop((qid, broader), "narrower has no name")
        for narrower in below:
            up[narrower].discard(qid)
            # An edge to itself went with the edges up.
            if narrower != qid:
                pruned.drop((narrower, qid), "broader has no name")
        for edge in product(below, above):
            if qid not in edge and edge[0] != edge[1] and edge not in pruned.edges:
                pruned.bridge(edge)
                up[edge[0]].add(edge[1])
                down[edge[1]].add(edge[0])


def _drop_unreached(pruned: Pruned, ends: Set[str]) -> None:
    """Leave out classes that do not reach one of the items that are, or hang by, a synset."""
    down: dict[str, list[str]] = defaultdict(list)
    for narrower, broader in pruned.edges:
        down[broader].append(narrower)
    reached = set(ends)
    front = [qid for qid in down if qid in reached]
    while front:
        below = [qid for qid in down.get(front.pop(), ()) if qid not in reached]
        reached.update(below)
        front.extend(below)
    for qid, item in pruned.classes.items():
        if qid not in reached and qid not in pruned.left_out:
            message = f"{item.label!r} reaches no item that is linked to a synset"
            pruned.leave_out(qid, "unreached", _UNREACHED, message)
    for edge in list(pruned.edges):
        lost = [end for end, qid in zip(_ENDS, edge, strict=True) if qid not in reached]
        if lost:
            pruned.drop(edge, f"{lost[0]} {_UNREACHED}")


def _cut_cycles(pruned: Pruned) -> None:
    """Cut the edges that close a loop; what has a way up keeps one."""
    for cut in break_cycles(pruned.edges, key=qid_number):
        loop = " -> ".join(f"{qid} ({pruned.classes[qid].label})" for qid in cut.loop)
        message = f"its edge to wd:{cut.broader} was cut; the loop is {loop}"
        pruned.cut((cut.narrower, cut.broader), "cycle", "cut to break a cycle", message)


def _cut_meta_edges(pruned: Pruned, placed: Set[str]) -> None:
    """Cut the edges of a class to classes of classes where another edge of it stays.

    Without loops, a class that keeps an edge keeps a way up.

    Args:
        pruned: takes note of what is cut.
        placed: classes that hang by a synset besides.
    """
    up: dict[str, list[str]] = defaultdict(list)
    for narrower, broader in pruned.edges:
        up[narrower].append(broader)
    for narrower, above in up.items():
        meta = [broader for broader in above if broader in pruned.meta]
        is_only = len(meta) == len(above) and narrower not in placed
        if narrower in pruned.meta or is_only:
            continue
        for broader in meta:
            message = f"not put under {pruned.named(broader)}: a class of classes"
            pruned.cut((narrower, broader), "meta-edge", "broader is a class of classes", message)


def _outcome(
    pruned: Pruned,
    synsets: MappingType[str, Curie],
    placed: Sequence[Correction],
    corrections: Corrections,
) -> Placed:
    """Return what is left, as concepts and edges."""
    edges: set[Edge] = set()
    for narrower, broader in list(pruned.edges):
        above = synsets.get(broader) or Curie.trusted(f"wd:{broader}")
        made = Edge(Curie.trusted(f"wd:{narrower}"), above)
        if made in edges:
            pruned.drop((narrower, broader), "the same by another item of the synset")
        edges.add(made)
    edges.update(Edge(Curie.trusted(f"wd:{row.qid}"), Curie.trusted(row.object)) for row in placed)
    kept = (item for qid, item in pruned.classes.items() if qid not in pruned.left_out)
    return Placed(
        concepts=tuple(sorted(map(_concept, kept), key=attrgetter("id"))),
        edges=tuple(sorted(edges, key=attrgetter("narrower", "broader"))),
        mappings=tuple(corrections.mapping(row, pruned.classes[row.qid]) for row in placed),
    )


def _concept(item: Item) -> Concept:
    return Concept(
        id=Curie.trusted(f"wd:{item.qid}"),
        pref_label=item.label,
        names=item.names,
        gloss=item.description,
        definitions=item.definitions,
        source="wikidata",
    )
