"""Findings: what is wrong with a graph, or with one label set.

A check looks at the graph itself and trusts nothing that the build said about
it. The codes are explained in `labelsys.vocab.FINDINGS`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Protocol

from labelsys.errors import CyclicHierarchyError
from labelsys.hierarchy import Hierarchy
from labelsys.ids import ROOT, Curie
from labelsys.model import Finding, LabelSet, Placement
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
    ids = frozenset(concept.id for concept in reader.iter_concepts())
    found = {
        *_find_cycles(reader),
        *_find_orphans(reader, ids),
        *_find_dangling(reader, ids),
        *_find_miscounts(reader),
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


def _find_cycles(reader: HierarchyReader) -> Iterator[Finding]:
    try:
        Hierarchy(reader.iter_edges())
    except CyclicHierarchyError as error:
        yield Finding(code="E101", id=error.cycle[0], message=" -> ".join(error.cycle))


def _find_orphans(reader: HierarchyReader, ids: frozenset[Curie]) -> Iterator[Finding]:
    """Yield what is not below the root; also right where the graph has loops."""
    below: defaultdict[Curie, list[Curie]] = defaultdict(list)
    for edge in reader.iter_edges():
        below[edge.broader].append(edge.narrower)
    reached, waiting = {ROOT}, [ROOT]
    while waiting:
        for narrower in below[waiting.pop()]:
            if narrower not in reached:
                reached.add(narrower)
                waiting.append(narrower)
    for id_ in ids - reached:
        yield Finding(code="E102", id=id_, message=f"no way up to {ROOT}")
    if ROOT not in ids:
        yield Finding(code="E102", id=ROOT, message="the root itself is not there")


def _find_dangling(reader: GraphReader, ids: frozenset[Curie]) -> Iterator[Finding]:
    for edge in reader.iter_edges():
        for end in (edge.narrower, edge.broader):
            if end not in ids:
                about = f"the {edge.kind} edge {edge.narrower} -> {edge.broader}"
                yield Finding(code="E103", id=end, message=f"{about} has no such concept")
    for placement in reader.iter_placements():
        for target in (placement.concept_id, placement.broader_id):
            if target is not None and target not in ids:
                message = f"{placement.label_id} is placed at no such concept"
                yield Finding(code="E103", id=target, message=message)
    yield from _find_dangling_mappings(reader, ids)


def _find_dangling_mappings(reader: GraphReader, ids: frozenset[Curie]) -> Iterator[Finding]:
    label_sets = list(reader.iter_label_sets())
    labels = {label.id for label_set in label_sets for label in label_set.labels}
    known = dict.fromkeys(_OWN_PREFIXES, ids) | {each.id: frozenset(labels) for each in label_sets}
    for mapping in reader.iter_mappings():
        for slot, end in (("subject", mapping.subject_id), ("object", mapping.object_id)):
            # Ids of the outside world are there in any case.
            if end.prefix in known and end not in known[end.prefix]:
                message = f"the {slot} of a {mapping.predicate_id} mapping is not there"
                yield Finding(code="E103", id=end, message=message)


def _find_miscounts(reader: LabelReader) -> Iterator[Finding]:
    for label_set in reader.iter_label_sets():
        labels = [label.id for label in label_set.labels]
        placements = list(reader.iter_placements(label_set.id))
        if sorted(labels) != sorted(placement.label_id for placement in placements):
            message = f"{len(labels)} labels, and placements for other ones ({len(placements)})"
            yield Finding(code="E104", id=label_set.id, message=message)
        for placement in placements:
            if not _is_sound(placement):
                message = f"its placement is {placement.kind} and does not fit that"
                yield Finding(code="E104", id=placement.label_id, message=message)


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
