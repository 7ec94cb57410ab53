"""What a person asks of single concepts: everything on one, its tree, the way to another.

Reads a few rows around one concept and never the whole graph, so it answers at
once; what depth and path mean is `labelsys.hierarchy`'s to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Literal, Protocol

from labelsys.errors import NotFoundError
from labelsys.ids import ROOT, Curie
from labelsys.rows import Rows
from labelsys.store.protocol import (
    ConceptReader,
    HierarchyReader,
    LabelReader,
    MappingReader,
    TagReader,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.model import (
        Concept,
        Definition,
        Edge,
        EdgeKind,
        MappingStatus,
        Name,
        PlacementKind,
        VisualTag,
    )

__all__ = [
    "ConceptView",
    "LabelView",
    "MappingView",
    "Neighbour",
    "PathStep",
    "TreeRow",
    "find_depth",
    "find_path",
    "get_tree",
    "view_concept",
]

Direction = Literal["up", "down"]

# Among narrower concepts those that people know come first.
_SOURCE_ORDER = ("wn30", "wd")


class TreeReader(ConceptReader, HierarchyReader, Protocol):
    """Concepts and the edges between them."""


class ViewReader(TreeReader, LabelReader, MappingReader, TagReader, Protocol):
    """What one page about a concept is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A concept one step away.

    Attributes:
        id: the concept.
        wnid: its WordNet id, or None.
        pref_label: its preferred name.
        kind: of the edge: subclass or instance.
    """

    id: Curie
    wnid: str | None
    pref_label: str
    kind: EdgeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelView:
    """A label that stands at a concept.

    Attributes:
        id: `label_set:label_id`.
        name: as published.
        placement: exact or broader.
        confidence: calibrated, in [0, 1], or None.
        reason: how it was placed.
    """

    id: Curie
    name: str
    placement: PlacementKind
    confidence: float | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingView:
    """A mapping that has to do with a concept; slots as in SSSOM."""

    subject_id: Curie
    predicate_id: str
    predicate_modifier: str
    object_id: Curie
    confidence: float | None
    status: MappingStatus
    mapping_justification: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptView:
    """Everything on one concept.

    Attributes:
        id: of the concept.
        wnid: its WordNet id (`n02084071`), or None.
        synset: its synset's name (`dog.n.01`), or None.
        qid: its Wikidata id (`Q144`), or None.
        pref_label: preferred English name.
        gloss: short English definition, or "".
        definitions: those in other languages, one each, by language.
        source: `wordnet`, `wikidata` or `labelset`.
        lexname: WordNet lexicographer file, or None.
        status: `active` or `retired`.
        replaced_by: where a retired concept went, or None.
        visual: whether a photograph can show it, and who says so; None where it is not tagged.
        depth: longest subclass path from the root; None where the root is not reached.
        xrefs: its other ids, sorted.
        names: all names, preferred ones first within their source's order.
        broader: the concepts above, subclass edges first.
        narrower: the first concepts below: subclasses before instances, then
            WordNet's before Wikidata's before those of label sets.
        n_narrower: how many there are below.
        labels: the labels that stand here, in the recipe's order of sets.
        mappings: of the concept, then of the labels that stand here.
    """

    id: Curie
    wnid: str | None
    synset: str | None
    qid: str | None
    pref_label: str
    gloss: str
    definitions: tuple[Definition, ...]
    source: str
    lexname: str | None
    status: str
    replaced_by: Curie | None
    visual: VisualTag | None
    depth: int | None
    xrefs: tuple[Curie, ...]
    names: tuple[Name, ...]
    broader: tuple[Neighbour, ...]
    narrower: tuple[Neighbour, ...]
    n_narrower: int
    labels: tuple[LabelView, ...]
    mappings: tuple[MappingView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeRow:
    """One line of a tree.

    Attributes:
        level: steps from where the tree starts; 0 for the start itself.
        id: the concept.
        wnid: its WordNet id, or None.
        pref_label: its preferred name.
        kind: of the edge that leads here; None for the start.
        n_labels: labels that stand here.
        is_repeated: the concept was opened further up already, and is not again.
    """

    level: int
    id: Curie
    wnid: str | None
    pref_label: str
    kind: EdgeKind | None
    n_labels: int
    is_repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PathStep:
    """One concept on the way from one to another.

    Attributes:
        step: 0 for the start.
        id: the concept.
        wnid: its WordNet id, or None.
        pref_label: its preferred name.
        direction: `start`, `up` (to a broader concept) or `down`.
        kind: of the edge walked; None for the start.
    """

    step: int
    id: Curie
    wnid: str | None
    pref_label: str
    direction: Literal["start", "up", "down"]
    kind: EdgeKind | None


def view_concept(reader: ViewReader, id_: Curie, *, limit: int | None = 20) -> ConceptView:
    """Return everything on one concept.

    Args:
        reader: a store.
        id_: the concept.
        limit: how many narrower concepts to name; None for all.

    Raises:
        NotFoundError: the store has no such concept.
    """
    concept = reader.get_concept(id_)
    down = _steps(reader, id_, "down")
    labels = tuple(_iter_labels(reader, id_))
    subjects = (id_, *(label.id for label in labels))
    return ConceptView(
        id=concept.id,
        wnid=concept.wnid,
        synset=concept.synset,
        qid=concept.qid,
        pref_label=concept.pref_label,
        gloss=concept.gloss,
        definitions=concept.definitions,
        source=concept.source,
        lexname=concept.lexname,
        status=concept.status,
        replaced_by=concept.replaced_by,
        visual=next(reader.iter_visual_tags([id_]), None),
        depth=find_depth(reader, id_),
        xrefs=concept.xrefs,
        names=concept.names,
        broader=_neighbours(reader, [(e.broader, e.kind) for e in reader.iter_broader(id_)]),
        narrower=_neighbours(reader, down[:limit]),
        n_narrower=len(down),
        labels=labels,
        mappings=tuple(view for subject in subjects for view in _iter_mappings(reader, subject)),
    )


def find_depth(reader: HierarchyReader, id_: Curie) -> int | None:
    """Return the depth of a concept, as `Hierarchy.depth` counts it, from few rows.

    Returns:
        The depth; None where the root is not above it, or a loop is.
    """
    up: dict[Curie, list[Edge]] = {id_: []}
    for edge in _edges_above(reader, (id_,)):
        up.setdefault(edge.narrower, []).append(edge)
        up.setdefault(edge.broader, [])
    if ROOT not in up:
        return None
    graph = {node: [edge.broader for edge in edges] for node, edges in up.items()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError:
        return None
    depths: dict[Curie, int] = {}
    rooted: set[Curie] = set()  # to which a path of subclass edges alone leads
    for node in order:
        counted = [e for e in up[node] if e.kind == "subclass" and e.broader in rooted]
        if counted or not up[node]:
            rooted.add(node)
        above = (depths[edge.broader] for edge in counted or up[node])
        depths[node] = max(above, default=-1) + 1
    return depths[id_]


def get_tree(
    reader: ViewReader, id_: Curie, *, depth: int | None = None, direction: Direction = "down"
) -> Rows[TreeRow]:
    """Return what is below a concept, or above it, depth first.

    A concept that is reached twice is opened the first time only.

    Args:
        reader: a store.
        id_: where the tree starts.
        depth: how many steps to go; None for all.
        direction: `down` to narrower concepts, or `up` to broader ones.

    Raises:
        NotFoundError: the store has no such concept.
    """
    opened: set[Curie] = set()
    rows: list[TreeRow] = []
    stack: list[tuple[int, Curie, EdgeKind | None]] = [(0, id_, None)]
    while stack:
        level, current, kind = stack.pop()
        concept = reader.get_concept(current)
        is_last = depth is not None and level >= depth
        steps = [] if is_last else _steps(reader, current, direction)
        is_repeated = current in opened and bool(steps)
        rows.append(
            TreeRow(
                level=level,
                id=current,
                wnid=concept.wnid,
                pref_label=concept.pref_label,
                kind=kind,
                n_labels=sum(1 for _ in reader.iter_labels_at(current)),
                is_repeated=is_repeated,
            )
        )
        if not is_repeated:
            stack += [(level + 1, other, edge_kind) for other, edge_kind in reversed(steps)]
        if steps:
            opened.add(current)
    return Rows(rows, TreeRow)


def find_path(reader: TreeReader, start: Curie, end: Curie) -> Rows[PathStep]:
    """Return the shortest way from one concept to another, as `Hierarchy.path` finds it.

    It goes up to a concept that both fall under, then down, along edges of
    both kinds.

    Raises:
        NotFoundError: one of the concepts is not there, or they share nothing above.
    """
    for id_ in (start, end):
        reader.get_concept(id_)
    from labelsys.hierarchy import Hierarchy  # numpy: what else is here does without

    # All that is above the two is enough: the way never leaves it.
    above = Hierarchy(_edges_above(reader, (start, end)), ids=(start, end))
    walk = above.path(start, end)
    if not walk:
        raise NotFoundError("path", f"{start} to {end}", hint="nothing is above both of them")
    rows = []
    for step in walk:
        concept = reader.get_concept(step.id)
        rows.append(
            PathStep(
                step=step.step,
                id=step.id,
                wnid=concept.wnid,
                pref_label=concept.pref_label,
                direction=step.direction,
                kind=step.kind,
            )
        )
    return Rows(rows, PathStep)


def _edges_above(reader: HierarchyReader, ids: tuple[Curie, ...]) -> list[Edge]:
    edges: list[Edge] = []
    seen, waiting = set(ids), list(ids)
    while waiting:
        for edge in reader.iter_broader(waiting.pop()):
            edges.append(edge)
            if edge.broader not in seen:
                seen.add(edge.broader)
                waiting.append(edge.broader)
    return edges


def _steps(
    reader: HierarchyReader, id_: Curie, direction: Direction
) -> list[tuple[Curie, EdgeKind]]:
    if direction == "down":
        steps = [(edge.narrower, edge.kind) for edge in reader.iter_narrower(id_)]
        return sorted(steps, key=lambda step: (step[1] == "instance", _rank_of_source(step[0])))
    return [(edge.broader, edge.kind) for edge in reader.iter_broader(id_)]


def _rank_of_source(id_: Curie) -> int:
    return _SOURCE_ORDER.index(id_.prefix) if id_.prefix in _SOURCE_ORDER else len(_SOURCE_ORDER)


def _neighbours(
    reader: ConceptReader, steps: list[tuple[Curie, EdgeKind]]
) -> tuple[Neighbour, ...]:
    found = {concept.id: concept for concept in reader.iter_concepts(id_ for id_, _ in steps)}
    return tuple(_neighbour(found[id_], kind) for id_, kind in steps if id_ in found)


def _neighbour(concept: Concept, kind: EdgeKind) -> Neighbour:
    return Neighbour(id=concept.id, wnid=concept.wnid, pref_label=concept.pref_label, kind=kind)


def _iter_labels(reader: LabelReader, id_: Curie) -> Iterator[LabelView]:
    for label_id in reader.iter_labels_at(id_):
        label, placement = reader.find_label(label_id), reader.find_placement(label_id)
        if label is not None and placement is not None:
            yield LabelView(
                id=label_id,
                name=label.name,
                placement=placement.kind,
                confidence=placement.confidence,
                reason=placement.reason,
            )


def _iter_mappings(reader: MappingReader, subject: Curie) -> Iterator[MappingView]:
    for mapping in reader.iter_mappings(subject):
        yield MappingView(
            subject_id=mapping.subject_id,
            predicate_id=mapping.predicate_id,
            predicate_modifier=mapping.predicate_modifier,
            object_id=mapping.object_id,
            confidence=mapping.confidence,
            status=mapping.status,
            mapping_justification=mapping.mapping_justification,
        )
