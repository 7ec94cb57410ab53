"""Nothing falls under two classes that share nothing.

`ontologies/disjoint.tsv` lists pairs of top classes (living thing, artifact,
event, ...) that WordNet itself keeps apart. Two things may still put one
concept under both: a source, whose class has edges to either; and a label set,
whose links say that a label is (or falls under, or its declared parent is) a
concept of the one and of the other. Of such a contradiction the weaker side
goes to review, and a finding says why:

- An edge of a class (never of a synset: WordNet's own hypernyms stand) is taken
  out of the hierarchy and kept as a broadMatch in review. What stays: the edge
  that an accepted mapping of the source tells, since somebody has looked at it; then
  the one that more of the class's edges agree with; then one to a concept that the
  class's name ends in (a benefit concert is a concert); then one straight to a
  synset; then the one to the more specific concept; then the smaller id.
- A mapping of a label loses its `accepted`. Where most of a parent's labels
  contradict it, the parent's is the one in doubt; else the one with less
  confidence, then the label's own. What a curator accepted stays as long as
  the other side is no curator's.

What WordNet itself puts under both (some films are an artifact and an event)
is nobody's fault, and no finding.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from labelsys.hierarchy import Hierarchy
from labelsys.merge.top_classes import Clash, TopClasses, Tops, load_top_classes
from labelsys.model import Finding, Mapping
from labelsys.text import fold
from labelsys.version import __version__
from labelsys.vocab import Justification

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator, Sequence

    from labelsys.ids import Curie
    from labelsys.model import Concept, Edge, LabelSet
    from labelsys.source.combine import Base

__all__ = ["find_incoherent", "keep_apart", "review_clashes"]

_CLAIMS = ("skos:exactMatch", "skos:broadMatch")
_LEAST_CHILDREN = 2
"""Children that have to contradict a parent before it, and not they, is in doubt."""


# -- sources -------------------------------------------------------------------------------


def keep_apart(base: Base, classes: TopClasses | None = None) -> Base:
    """Take out the edges that put a source's own class under two classes that share nothing.

    Every concept keeps at least one edge up, so all still reach the root.

    Args:
        base: all sources.
        classes: the declared classes; those that ship by default.

    Returns:
        The same with fewer edges, and a mapping in review and a W210 for each.
    """
    own: defaultdict[Curie, list[Edge]] = defaultdict(list)
    for edge in base.edges:
        if edge.narrower.prefix != "wn30":
            own[edge.narrower].append(edge)
    several = {node: edges for node, edges in own.items() if len(edges) > 1}
    tops = Tops(classes or load_top_classes(), base.edges)
    hierarchy = Hierarchy(base.edges)
    by_id = {concept.id: concept for concept in base.concepts}
    told = {
        (m.subject_id, m.object_id)
        for m in base.mappings
        if m.predicate_id == "skos:broadMatch" and m.status == "accepted"
    }

    def order(edge: Edge) -> tuple[bool, bool, int, Edge]:
        is_named = _ends_in(by_id[edge.narrower], by_id[edge.broader])
        is_synset = edge.broader.prefix == "wn30"
        return not is_named, not is_synset, -hierarchy.depth(edge.broader), edge

    cut: dict[Edge, tuple[Edge, Clash]] = {}
    for node in hierarchy.topological_order:
        if node not in several:
            continue
        kept = _compatible(sorted(several[node], key=order), told, tops, cut)
        if len(kept) < len(several[node]):
            tops.keep(node, [edge.broader for edge in kept])
    if not cut:
        return base
    doubted = sorted(cut.items())
    return replace(
        base,
        edges=tuple(edge for edge in base.edges if edge not in cut),
        mappings=(*base.mappings, *(_as_mapping(e, k, c, by_id) for e, (k, c) in doubted)),
        findings=tuple(sorted((*base.findings, *(_tell(e, k, c) for e, (k, c) in doubted)))),
    )


def find_incoherent(
    edges: Sequence[Edge], classes: TopClasses | None = None
) -> Iterator[tuple[Curie, Clash]]:
    """Yield the concepts, synsets aside, that edges of their own put under disjoint classes.

    Args:
        edges: all of a graph, without a cycle.
        classes: the declared classes; those that ship by default.
    """
    above: defaultdict[Curie, list[Curie]] = defaultdict(list)
    for edge in edges:
        if edge.narrower.prefix != "wn30":
            above[edge.narrower].append(edge.broader)
    tops = Tops(classes or load_top_classes(), edges)
    for node in sorted(node for node, parents in above.items() if len(parents) > 1):
        masks = [tops.of(parent) for parent in above[node]]
        found = (tops.classes.clash(a, b) for a, b in combinations(masks, 2))
        clash = next((each for each in found if each is not None), None)
        if clash is not None:
            yield node, clash


def _ends_in(low: Concept, high: Concept) -> bool:
    """Return whether the name of the one ends in a name of the other."""
    name = f" {fold(low.pref_label)}"
    tails = (fold(each.text) for each in high.names if each.lang == "en")
    return any(tail and name.endswith(f" {tail}") for tail in tails)


def _compatible(
    edges: Sequence[Edge],
    told: Container[tuple[Curie, Curie]],
    tops: Tops,
    cut: dict[Edge, tuple[Edge, Clash]],
) -> list[Edge]:
    """Return the edges of one concept that may stay together; add the others to *cut*.

    Args:
        edges: the preferred ones first.
        told: the ends of edges that somebody has looked at.
        tops: of what is above them.
        cut: edge -> what it is left out for.
    """
    masks = {edge: tops.of(edge.broader) for edge in edges}
    clash = tops.classes.clash
    votes = {a: sum(clash(masks[a], masks[b]) is None for b in edges) for a in edges}
    kept: list[Edge] = []
    for edge in sorted(edges, key=lambda e: ((e.narrower, e.broader) not in told, -votes[e])):
        found = ((k, clash(masks[edge], masks[k])) for k in kept)
        against = next(((k, c) for k, c in found if c is not None), None)
        if against is None:
            kept.append(edge)
        else:
            cut[edge] = against
    return kept


def _as_mapping(edge: Edge, kept: Edge, clash: Clash, by_id: dict[Curie, Concept]) -> Mapping:
    low, high = by_id[edge.narrower], by_id[edge.broader]
    return Mapping(
        subject_id=low.id,
        subject_label=low.pref_label,
        subject_source=low.source,
        predicate_id="skos:broadMatch",
        object_id=high.id,
        object_label=high.pref_label,
        object_source=high.source,
        mapping_justification=Justification.KNOWN,
        mapping_tool_version=__version__,
        comment=f"as said by its source, but {_words(clash, kept.broader)}",
        status="review",
    )


def _tell(edge: Edge, kept: Edge, clash: Clash) -> Finding:
    message = f"not put under {edge.broader}: {_words(clash, kept.broader)}"
    return Finding(code="W210", id=edge.narrower, message=message)


def _words(clash: Clash, other: Curie) -> str:
    return f"that is under {clash.a}, {other} is under {clash.b}, and nothing is both"


# -- label sets ----------------------------------------------------------------------------


class _Doubt(NamedTuple):
    """Two mappings that contradict each other; the first is of the label itself."""

    own: int
    other: int
    is_parent: bool
    clash: Clash


def review_clashes(
    mappings: Sequence[Mapping],
    label_sets: Iterable[LabelSet],
    edges: Iterable[Edge],
    *,
    curated: Collection[Curie] = frozenset(),
    classes: TopClasses | None = None,
) -> tuple[tuple[Mapping, ...], tuple[Finding, ...]]:
    """Put accepted mappings in review that contradict each other.

    Args:
        mappings: all of a graph.
        label_sets: all of a graph.
        edges: all of a graph.
        curated: labels whose link a curator accepted.
        classes: the declared classes; those that ship by default.

    Returns:
        The mappings, in their order, and a W211 for each that lost its
        `accepted`, or that two curators' decisions leave in contradiction.
    """
    table = list(mappings)
    tops = Tops(classes or load_top_classes(), edges)
    claims: defaultdict[Curie, list[int]] = defaultdict(list)
    for n, row in enumerate(table):
        is_claim = row.predicate_id in _CLAIMS and row.predicate_modifier == ""
        if is_claim and row.status == "accepted" and tops.of(row.object_id):
            claims[row.subject_id].append(n)
    findings: list[Finding] = []
    for label_set in label_sets:
        parents = _parents(label_set)
        doubts = list(_doubts(label_set, parents, table, claims, tops))
        if doubts:
            weak = _weak_parents(parents, doubts, claims)
            findings += _settle(doubts, table, weak, curated)
    return tuple(table), tuple(sorted(findings))


def _parents(label_set: LabelSet) -> dict[Curie, tuple[Curie, ...]]:
    """Return label -> the labels that it names as its parent."""
    if not any(label.parent for label in label_set.labels):
        return {}
    by_name: defaultdict[str, list[Curie]] = defaultdict(list)
    for label in label_set.labels:
        by_name[fold(label.name)].append(label.id)
    return {
        label.id: tuple(p for p in by_name.get(fold(label.parent), ()) if p != label.id)
        for label in label_set.labels
        if label.parent and fold(label.parent)
    }


def _doubts(
    label_set: LabelSet,
    parents: dict[Curie, tuple[Curie, ...]],
    table: Sequence[Mapping],
    claims: dict[Curie, list[int]],
    tops: Tops,
) -> Iterator[_Doubt]:
    for label in label_set.labels:
        id_ = label.id
        own = claims.get(id_, [])
        above = [n for p in parents.get(id_, ()) for n in claims.get(p, ())] if own else []
        pairs = [(a, b, False) for a, b in combinations(own, 2)]
        pairs += [(a, b, True) for a in own for b in above]
        for a, b, is_parent in pairs:
            clash = tops.classes.clash(tops.of(table[a].object_id), tops.of(table[b].object_id))
            if clash is not None:
                yield _Doubt(a, b, is_parent, clash)


def _weak_parents(
    parents_of: dict[Curie, tuple[Curie, ...]],
    doubts: Sequence[_Doubt],
    claims: dict[Curie, list[int]],
) -> frozenset[int]:
    """Return the mappings that most of a label's children contradict."""
    children: defaultdict[int, int] = defaultdict(int)
    for label, parents in parents_of.items():
        if claims.get(label):
            for n in {n for p in parents for n in claims.get(p, ())}:
                children[n] += 1
    against: defaultdict[int, set[int]] = defaultdict(set)
    for doubt in doubts:
        if doubt.is_parent:
            against[doubt.other].add(doubt.own)
    return frozenset(
        n for n, own in against.items() if len(own) >= max(_LEAST_CHILDREN, children[n] // 2 + 1)
    )


def _settle(
    doubts: Sequence[_Doubt],
    table: list[Mapping],
    weak: frozenset[int],
    curated: Collection[Curie],
) -> Iterator[Finding]:
    def strength(n: int, *, is_own: bool) -> tuple[bool, bool, float, bool]:
        row = table[n]
        return row.subject_id in curated, n not in weak, row.confidence or 0.0, not is_own

    # Parents that most contradict go first, so that their children need not.
    for doubt in sorted(doubts, key=lambda d: (d.other not in weak, d.own, d.other)):
        a, b = doubt.own, doubt.other
        if table[a].status != "accepted" or table[b].status != "accepted":
            continue
        own, other = strength(a, is_own=True), strength(b, is_own=not doubt.is_parent)
        lost, stays = (a, b) if own <= other else (b, a)
        names = doubt.clash if lost == a else Clash(doubt.clash.b, doubt.clash.a)
        both = own[0] and other[0]
        if not both:
            table[lost] = replace(table[lost], status="review")
        yield _tell_label(table[lost], table[stays], names, is_settled=not both)


def _tell_label(lost: Mapping, stays: Mapping, names: Clash, *, is_settled: bool) -> Finding:
    whose = "it" if stays.subject_id == lost.subject_id else f"its relation {stays.subject_id}"
    what = "in review" if is_settled else "two curators' decisions contradict each other"
    message = (
        f"{lost.predicate_id} {lost.object_id} ({lost.object_label}), {what}: that is under "
        f"{names.a}, but {whose} is linked to {stays.object_id} ({stays.object_label}) under "
        f"{names.b}, and nothing is both"
    )
    return Finding(code="W211", id=lost.subject_id, message=message)
