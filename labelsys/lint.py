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
from labelsys.merge.coherence import find_incoherent
from labelsys.model import Edge, Finding, LabelSet, Placement
from labelsys.rows import Rows
from labelsys.store.protocol import (
    ConceptReader,
    FindingReader,
    HierarchyReader,
    LabelReader,
    MappingReader,
    MetaReader,
    NameReader,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["has_errors", "lint_graph", "lint_label_set"]

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
    """All that the checks of a graph look at."""


class LabelSetReader(ConceptReader, NameReader, HierarchyReader, LabelReader, MetaReader, Protocol):
    """All that the checks of a label set look at."""


def has_errors(findings: Iterable[Finding]) -> bool:
    """Return whether a finding is an error, not only a warning or a note."""
    return any(finding.code.startswith("E") for finding in findings)


def lint_graph(reader: GraphReader) -> Rows[Finding]:
    """Check a whole graph, and add what its build recorded.

    Looked for: loops, concepts that don't reach the root or fall under two
    classes that share nothing, ids that point nowhere, and labels without
    exactly one sound placement.

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
        *_find_orphans(graph, reader),
        *_find_incoherent(graph),
        *_find_dangling(graph),
        *_find_dangling_mappings(graph, reader),
        *_find_miscounts(graph),
        *_find_uneven_batches(reader),
        *reader.iter_findings(),
    }
    return Rows(sorted(found), Finding)


def lint_label_set(reader: LabelSetReader, id_: str) -> Rows[Finding]:
    """Check the labels of one set for overlaps and for names that are too ambiguous.

    Two labels at one concept, near-synonyms, and names that may mean several
    things are warnings. So is a label above another one, unless the set names
    labels of its own as parents: then it means to be a hierarchy. Sentence
    vectors count where they lie in the cache.

    Returns:
        `labelsys.review.stand.LabelFinding`s, grave ones first.

    Raises:
        NotFoundError: the store has no such label set.
    """
    from labelsys.review.overlaps import find_overlaps_in
    from labelsys.review.stand import LabelFinding, stands_in_store

    found: list[Finding] = [*find_overlaps_in(reader, stands_in_store(reader, id_))]
    return Rows(found, LabelFinding)


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


def _find_orphans(graph: _Graph, reader: ConceptReader) -> Iterator[Finding]:
    """Yield what is in use and not below the root; also right where the graph has loops."""
    below: defaultdict[Curie, list[Curie]] = defaultdict(list)
    for edge in graph.edges:
        below[edge.broader].append(edge.narrower)
    reached, waiting = {ROOT}, [ROOT]
    while waiting:
        for narrower in below[waiting.pop()]:
            if narrower not in reached:
                reached.add(narrower)
                waiting.append(narrower)
    for concept in reader.iter_concepts(sorted(graph.ids - reached)):
        if concept.status != "retired":
            yield Finding(code="E102", id=concept.id, message=f"no way up to {ROOT}")
    if ROOT not in graph.ids:
        yield Finding(code="E102", id=ROOT, message="the root itself is not there")


def _find_incoherent(graph: _Graph) -> Iterator[Finding]:
    try:
        Hierarchy(graph.edges)
    except CyclicHierarchyError:  # told already; what is above whom has no answer here
        return
    for id_, clash in find_incoherent(graph.edges):
        yield Finding(code="E105", id=id_, message=f"under {clash.a} and {clash.b}")


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
