"""What a push sends: the parts of a graph as rows, and rows as batches.

Rows come in the order that the statements `queries/cypher/insert_*` list. The
same graph gives the same batches, so that a push that was cut off knows by
their number where to go on.
"""

from __future__ import annotations

from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from labelsys.hierarchy import Hierarchy
from labelsys.ids import wnid
from labelsys.store.concept_rows import concept_row, iter_name_rows
from labelsys.store.postings import build_postings
from labelsys.text import fold_all

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence
    from collections.abc import Mapping as MappingType

    from labelsys.ids import Curie
    from labelsys.model import Concept, Label, Mapping, Placement
    from labelsys.store.draft import GraphDraft

__all__ = ["MOST_ROWS", "MOST_SIZE", "Batch", "Part", "describe_plan", "iter_batches", "iter_parts"]

Row: TypeAlias = list[Any]

MOST_ROWS = 10_000
"""Rows of one transaction."""
MOST_SIZE = 4_000_000
"""Characters and bytes of one transaction, unless a single row has more."""

START = 100
"""First characters of a name, which are indexed: an index takes no text of any length."""

NAMELESS = -1
"""Key of the node that stands for names of which folding leaves nothing."""

_LABEL = attrgetter("label_set", "label_id", "name", "parent")
_GIVEN = attrgetter("description", "lang", "wnid", "synset", "qid")
_MAPPING = attrgetter(
    *("mapping_justification", "confidence", "subject_label", "object_label", "subject_source"),
    *("object_source", "mapping_tool", "mapping_tool_version", "match_string"),
    *("similarity_measure", "similarity_score", "predicate_modifier", "comment", "status"),
)
_VISUAL_TAG = attrgetter("value", "probability", "tagger", "guess", "curator")


class Batch(NamedTuple):
    """Rows that go in together.

    Attributes:
        part: what they are; `insert_PART` takes them.
        rows: one or more.
    """

    part: str
    rows: list[Row]


class Part(NamedTuple):
    """Rows of one kind.

    Attributes:
        name: `insert_NAME` takes them.
        n_rows: how many there are.
        rows: all of them, once.
    """

    name: str
    n_rows: int
    rows: Iterable[Row]


def describe_plan(rows: MappingType[str, int]) -> str:
    """Return what the batches of a graph follow from; of one plan they are the same.

    Args:
        rows: name of each part and how many rows it has, in order.
    """
    parts = ", ".join(f"{name} {n}" for name, n in rows.items())
    return f"at most {MOST_ROWS} rows and {MOST_SIZE} characters: {parts}"


def iter_batches(parts: Iterable[Part]) -> Iterator[Batch]:
    """Yield the rows of all parts in batches that a server's memory is enough for."""
    for part in parts:
        waiting = iter(part.rows)
        while chunk := list(islice(waiting, MOST_ROWS)):
            yield from (Batch(part.name, rows) for rows in _split(chunk))


def _split(rows: list[Row]) -> Iterator[list[Row]]:
    """Yield rows in halves of halves until each is small enough, or one row."""
    if len(rows) == 1 or sum(map(_size, rows)) <= MOST_SIZE:
        yield rows
        return
    middle = len(rows) // 2
    yield from _split(rows[:middle])
    yield from _split(rows[middle:])


def _size(row: Row) -> int:
    return sum(len(value) for value in row if isinstance(value, str | bytes))


def iter_parts(draft: GraphDraft) -> Iterator[Part]:
    """Yield each part of a sealed draft; those that others refer to first."""
    keys = {concept.id: key for key, concept in enumerate(draft.concepts)}
    depths = Hierarchy(draft.edges, ids=(concept.id for concept in draft.concepts)).depths.tolist()
    yield Part("concept", len(depths), _concept_rows(draft.concepts, depths))
    yield from _name_parts(draft.concepts)
    for kind in ("subclass", "instance"):
        edges = [edge for edge in draft.edges if edge.kind == kind]
        rows = ([keys[edge.narrower], keys[edge.broader]] for edge in edges)
        yield Part(f"{kind}_edge", len(edges), rows)
    yield from _label_parts(draft, keys)
    labels = {str(place.label_id) for _, places in draft.label_sets for place in places}
    ends = {str(id_) for m in draft.mappings for id_ in (m.subject_id, m.object_id)}
    away = sorted(ends - keys.keys() - labels)
    yield Part("external", len(away), ([id_] for id_ in away))
    mapped = (
        _mapping_row(mapping, key, keys, labels) for key, mapping in enumerate(draft.mappings)
    )
    yield Part("mapping", len(draft.mappings), mapped)
    found = enumerate(draft.findings)
    told = ([key, one.code, one.id, one.message] for key, one in found)
    yield Part("finding", len(draft.findings), told)
    tagged = ([keys[tag.id], *_VISUAL_TAG(tag)] for tag in draft.visual_tags)
    yield Part("visual_tag", len(draft.visual_tags), tagged)


def _name_parts(concepts: Sequence[Concept]) -> Iterator[Part]:
    folds = fold_all([name.text for concept in concepts for name in concept.names])
    folded = sorted(set(folds) - {""})
    keys = ({"": NAMELESS} if "" in folds else {}) | {x: key for key, x in enumerate(folded)}
    yield Part("folded_name", len(keys), ([key, text, text[:START]] for text, key in keys.items()))
    named = iter_name_rows(concepts, map(keys.__getitem__, folds))
    yield Part("name", len(folds), map(list, named))
    sizes, postings = build_postings(folded)
    lengths, grams = (a.astype("<u4").tobytes() for a in (sizes.lengths, sizes.grams))
    sized: Row = [len(folded), lengths, grams]
    yield Part("name_size", 1, [sized])
    found = [[p.gram, p.names.astype("<u4").tobytes()] for p in postings]
    yield Part("posting", len(found), found)


def _concept_rows(concepts: Sequence[Concept], depths: Sequence[int]) -> Iterator[Row]:
    for (key, concept), depth in zip(enumerate(concepts), depths, strict=True):
        into = None if concept.replaced_by is None else str(concept.replaced_by)
        xrefs = sorted(set(map(str, concept.xrefs)))
        yield [key, str(concept.id), *concept_row(concept), into, depth, wnid(concept.id), xrefs]


def _label_parts(draft: GraphDraft, keys: dict[Curie, int]) -> Iterator[Part]:
    sets = [one for one, _ in draft.label_sets]
    rows: Iterable[Row] = (
        [key, one.id, one.title, one.task, one.version, one.source, one.license]
        for key, one in enumerate(sets)
    )
    yield Part("label_set", len(sets), rows)
    rows = (
        _label_row(number, position, label, placement)
        for number, (one, placements) in enumerate(draft.label_sets)
        for position, (label, placement) in enumerate(zip(one.labels, placements, strict=True))
    )
    places = [placement for _, placements in draft.label_sets for placement in placements]
    yield Part("label", len(places), rows)
    at = [[str(p.label_id), keys[p.concept_id]] for p in places if p.concept_id is not None]
    yield Part("placed_at", len(at), at)
    under = [[str(p.label_id), keys[p.broader_id]] for p in places if p.broader_id is not None]
    yield Part("placed_under", len(under), under)


def _label_row(number: int, position: int, label: Label, placement: Placement) -> Row:
    stands = (placement.kind, placement.reason, placement.confidence)
    named = (*_LABEL(label), list(label.synonyms), *_GIVEN(label))
    return [number, position, str(placement.label_id), *named, *stands]


def _mapping_row(
    mapping: Mapping, key: int, concepts: Container[str], labels: Container[str]
) -> Row:
    """Return the row of a mapping; of each end, what it is: that saves the server looking."""
    ends = (str(mapping.subject_id), str(mapping.object_id))
    kinds = ("concept" if x in concepts else "label" if x in labels else "external" for x in ends)
    return [ends[0], mapping.predicate_id, ends[1], *_MAPPING(mapping), key, *kinds]
