"""Findings: what is wrong with a graph, or with one label set.

A check looks at the graph itself and trusts nothing that the build said about
it. The codes are explained in `labelsys.vocab.FINDINGS`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, Protocol

from labelsys.errors import CyclicHierarchyError
from labelsys.hierarchy import Hierarchy
from labelsys.ids import ROOT, Curie
from labelsys.model import Edge, Finding, LabelSet, Placement
from labelsys.rows import Rows
from labelsys.store.protocol import (
    ConceptReader,
    FindingReader,
    HierarchyReader,
    LabelReader,
    MappingReader,
    MetaReader,
)
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["has_errors", "lint_graph", "lint_label_set"]

_NAMED = 5
"""How many labels a message names before it counts the rest."""

_OWN_PREFIXES = ("ls", "wn30")
"""Prefixes of ids that always are concepts of the graph; a Wikidata item may be outside it."""


class GraphReader(
    ConceptReader,
    HierarchyReader,
    LabelReader,
    MappingReader,
    FindingReader,
    MetaReader,
    Protocol,
):
    """All that the checks look at."""


def has_errors(findings: Iterable[Finding]) -> bool:
    """Return whether a finding is an error, not only a warning or a note."""
    return any(finding.code.startswith("E") for finding in findings)


def lint_graph(reader: GraphReader) -> Rows[Finding]:
    """Check a whole graph, and add what its build recorded.

    Looked for: loops, concepts that don't reach the root, ids that point
    nowhere, and labels without exactly one sound placement.

    Returns:
        Findings by (code, id, message), none twice.
    """
    graph = _Graph(
        ids=frozenset(reader.iter_ids()),
        edges=tuple(reader.iter_edges()),
        label_sets=tuple(reader.iter_label_sets()),
        placements=tuple(reader.iter_placements()),
    )
    found = {
        *_find_cycles(graph),
        *_find_orphans(graph),
        *_find_dangling(graph),
        *_find_dangling_mappings(graph, reader),
        *_find_miscounts(graph),
        *_find_uneven_batches(reader),
        *reader.iter_findings(),
    }
    return Rows(sorted(found), Finding)


def lint_label_set(reader: GraphReader, id_: str) -> Rows[Finding]:
    """Check where the labels of one set stand.

    Two labels at one concept are a warning. So is a label above another one,
    unless the set names labels of its own as parents: then it means to be a
    hierarchy.

    Returns:
        Findings by (code, id, message).

    Raises:
        NotFoundError: the store has no such label set.
    """
    label_set = reader.get_label_set(id_)
    placements = tuple(reader.iter_placements(id_))
    found = [*_find_shared(label_set, placements)]
    if not _has_parents(label_set):
        found += _find_nested(reader, label_set, placements)
    return Rows(sorted(found), Finding)


class _Graph(NamedTuple):
    """What several checks look at, read once."""

    ids: frozenset[Curie]
    edges: tuple[Edge, ...]
    label_sets: tuple[LabelSet, ...]
    placements: tuple[Placement, ...]


def _find_cycles(graph: _Graph) -> Iterator[Finding]:
    try:
        Hierarchy(graph.edges)
    except CyclicHierarchyError as error:
        yield Finding(code="E101", id=error.cycle[0], message=" -> ".join(error.cycle))


def _find_orphans(graph: _Graph) -> Iterator[Finding]:
    """Yield what is not below the root; also right where the graph has loops."""
    below: defaultdict[Curie, list[Curie]] = defaultdict(list)
    for edge in graph.edges:
        below[edge.broader].append(edge.narrower)
    reached, waiting = {ROOT}, [ROOT]
    while waiting:
        for narrower in below[waiting.pop()]:
            if narrower not in reached:
                reached.add(narrower)
                waiting.append(narrower)
    for id_ in graph.ids - reached:
        yield Finding(code="E102", id=id_, message=f"no way up to {ROOT}")
    if ROOT not in graph.ids:
        yield Finding(code="E102", id=ROOT, message="the root itself is not there")


def _find_dangling(graph: _Graph) -> Iterator[Finding]:
    for edge in graph.edges:
        for end in (edge.narrower, edge.broader):
            if end not in graph.ids:
                about = f"the {edge.kind} edge {edge.narrower} -> {edge.broader}"
                yield Finding(code="E103", id=end, message=f"{about} has no such concept")
    for placement in graph.placements:
        for target in (placement.concept_id, placement.broader_id):
            if target is not None and target not in graph.ids:
                message = f"{placement.label_id} is placed at no such concept"
                yield Finding(code="E103", id=target, message=message)


def _find_dangling_mappings(graph: _Graph, reader: MappingReader) -> Iterator[Finding]:
    known = dict.fromkeys(_OWN_PREFIXES, graph.ids)
    for label_set in graph.label_sets:
        known[label_set.id] = frozenset(label.id for label in label_set.labels)
    for mapping in reader.iter_mappings():
        for slot, end in (("subject", mapping.subject_id), ("object", mapping.object_id)):
            # Ids of the outside world are there in any case.
            if end.prefix in known and end not in known[end.prefix]:
                message = f"the {slot} of a {mapping.predicate_id} mapping is not there"
                yield Finding(code="E103", id=end, message=message)


def _find_miscounts(graph: _Graph) -> Iterator[Finding]:
    placed: defaultdict[str, list[Curie]] = defaultdict(list)
    for placement in graph.placements:
        placed[placement.label_id.prefix].append(placement.label_id)
        if not _is_sound(placement):
            message = f"its placement is {placement.kind} and does not fit that"
            yield Finding(code="E104", id=placement.label_id, message=message)
    for label_set in graph.label_sets:
        labels, others = [label.id for label in label_set.labels], placed.pop(label_set.id, [])
        if sorted(labels) != sorted(others):
            message = f"{len(labels)} labels and {len(others)} placements, not of the same labels"
            yield Finding(code="E104", id=label_set.id, message=message)
    for unknown, others in placed.items():
        message = f"{len(others)} placements of a label set that is not there"
        yield Finding(code="E104", id=unknown, message=message)


def _find_uneven_batches(reader: MetaReader) -> Iterator[Finding]:
    """Yield batches of the build whose recorded counts don't add up."""
    for source in json.loads(reader.get_meta().get("sources", "[]")):
        for batch, counts in sorted(source.get("counts", {}).items()):
            left = sum(counts["skipped"].values()) + sum(counts["failed"].values())
            if counts["read"] != counts["kept"] + left:
                message = f"{batch}: read {counts['read']}, kept {counts['kept']}, left out {left}"
                yield Finding(code="E104", id=source["name"], message=message)


def _is_sound(placement: Placement) -> bool:
    match placement.kind:
        case "exact":
            return placement.concept_id is not None
        case "broader":
            return placement.concept_id is not None and placement.broader_id is not None
        case "excluded":
            return placement.concept_id is None and bool(placement.reason)
    return placement.concept_id is None


def _is_own(placement: Placement) -> bool:
    """Return whether the concept is what the label means, not only what it falls under."""
    return placement.concept_id is not None and placement.concept_id != placement.broader_id


def _find_shared(label_set: LabelSet, placements: tuple[Placement, ...]) -> Iterator[Finding]:
    names = {label.id: label.name for label in label_set.labels}
    first: dict[Curie, Curie] = {}
    for placement in placements:
        concept = placement.concept_id
        if concept is None or not _is_own(placement):
            continue
        earlier = first.setdefault(concept, placement.label_id)
        if earlier != placement.label_id:
            message = (
                f"{names[placement.label_id]!r} and {earlier} {names[earlier]!r} stand at {concept}"
            )
            yield Finding(code="W301", id=placement.label_id, message=message)


def _has_parents(label_set: LabelSet) -> bool:
    names = {fold(label.name) for label in label_set.labels}
    return any(label.parent and fold(label.parent) in names for label in label_set.labels)


def _find_nested(
    reader: HierarchyReader, label_set: LabelSet, placements: tuple[Placement, ...]
) -> Iterator[Finding]:
    names = {label.id: label.name for label in label_set.labels}
    owners: dict[Curie, Curie] = {}
    for placement in placements:
        if placement.concept_id is not None and _is_own(placement):
            owners.setdefault(placement.concept_id, placement.label_id)
    hierarchy = Hierarchy(reader.iter_edges(), ids=owners)
    below: defaultdict[Curie, list[Curie]] = defaultdict(list)
    for placement in placements:
        for concept in _iter_above(hierarchy, placement):
            if concept in owners:
                below[owners[concept]].append(placement.label_id)
    for owner, labels in below.items():
        shown = ", ".join(repr(names[label]) for label in labels[:_NAMED])
        more = f" and {len(labels) - _NAMED:,} more" if len(labels) > _NAMED else ""
        yield Finding(code="W302", id=owner, message=f"{names[owner]!r} is above {shown}{more}")


def _iter_above(hierarchy: Hierarchy, placement: Placement) -> Iterator[Curie]:
    """Yield the concepts that a label falls under but does not mean."""
    if placement.concept_id is not None and placement.concept_id in hierarchy:
        if not _is_own(placement):
            yield placement.concept_id
        yield from hierarchy.ancestors(placement.concept_id)
