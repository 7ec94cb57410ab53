"""What differs between two graphs: two builds, or one build in two stores.

Everything that a store can be asked for is compared: concepts with their names,
edges, label sets with their labels, placements, mappings, findings, tags. What is told
*of* a graph (hash, recipe, versions) is compared only where asked for, since two
builds may say the same thing in the same way and still be two builds.

Both graphs are read side by side and neither is held; `joins` says how.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

from labelsys.export.joins import Pairing, merge
from labelsys.rows import Rows
from labelsys.store.protocol import (
    ConceptReader,
    FindingReader,
    HierarchyReader,
    LabelReader,
    MappingReader,
    MetaReader,
    TagReader,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

    from labelsys.model import (
        Concept,
        Edge,
        Finding,
        Label,
        LabelSet,
        Mapping,
        Name,
        Placement,
        VisualTag,
    )

__all__ = ["PARTS", "Diff", "DiffRow", "DiffSource", "PartCounts"]

T = TypeVar("T")
Change = Literal["added", "removed", "changed"]

PARTS = (
    "concept",
    "name",
    "edge",
    "label_set",
    "label",
    "placement",
    "mapping",
    "finding",
    "tag",
    "fact",
)
"""What a row can be about, in the order of the counts."""


class DiffSource(
    ConceptReader,
    HierarchyReader,
    LabelReader,
    MappingReader,
    FindingReader,
    TagReader,
    MetaReader,
    Protocol,
):
    """All that is compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffRow:
    """One difference.

    Attributes:
        part: what it is about, one of `PARTS`.
        change: `added` (only the second graph has it), `removed` (only the
            first), or `changed`.
        id: of the thing: an id, or the ids and texts that make it up, with a
            space between them (an edge: narrower and broader).
        field: what of it has changed, `order` where things stand in another
            order; None where it was added or removed.
        a: value in the first graph; of a removed thing what it is in short (a
            concept's preferred name, an edge's kind, a mapping's status); None
            where it has none.
        b: the same of the second graph.
    """

    part: str
    change: Change
    id: str
    field: str | None
    a: Any
    b: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PartCounts:
    """How much of one part is the same: a = equal + changed + removed, b = equal + changed + added.

    Attributes:
        part: one of `PARTS`.
        a: things in the first graph.
        b: things in the second.
        equal: things that are the same in both.
        added: things that only the second has.
        removed: things that only the first has.
        changed: things that both have, with another value of a field or more.
        reordered: lists whose things stand in another order: the names of a
            concept, the labels of a set, the sets, the mappings.
    """

    part: str
    a: int
    b: int
    equal: int
    added: int
    removed: int
    changed: int
    reordered: int


@dataclass(frozen=True, slots=True)
class _Kind(Generic[T]):
    """How things of one part are told apart, compared and shown.

    Attributes:
        part: one of `PARTS`.
        key: what makes two of them the same thing.
        id: how a row names it.
        short: what it is in short.
        fields: what is compared of the same thing.
    """

    part: str
    key: Callable[[T], Hashable]
    id: Callable[[T], str]
    short: Callable[[T], object]
    fields: tuple[str, ...] = ()

    @property
    def values(self) -> Callable[[T], object]:
        """What gives the values of all fields at once."""
        return attrgetter(*self.fields) if self.fields else lambda _: None


_CONCEPT: _Kind[Concept] = _Kind(
    "concept",
    key=attrgetter("id"),
    id=attrgetter("id"),
    short=attrgetter("pref_label"),
    fields=(
        "pref_label",
        "gloss",
        "definitions",
        "source",
        "xrefs",
        "lexname",
        "status",
        "replaced_by",
    ),
)
_EDGE: _Kind[Edge] = _Kind(
    "edge",
    key=attrgetter("narrower", "broader", "kind"),
    id=lambda edge: f"{edge.narrower} {edge.broader}",
    short=attrgetter("kind"),
)
_LABEL_SET: _Kind[LabelSet] = _Kind(
    "label_set",
    key=attrgetter("id"),
    id=attrgetter("id"),
    short=attrgetter("title"),
    fields=("title", "task", "version", "source", "license"),
)
_LABEL: _Kind[Label] = _Kind(
    "label",
    key=attrgetter("label_id"),
    id=attrgetter("id"),
    short=attrgetter("name"),
    fields=("name", "parent", "synonyms", "description", "lang", "wnid", "synset", "qid"),
)
_PLACEMENT: _Kind[Placement] = _Kind(
    "placement",
    key=attrgetter("label_id"),
    id=attrgetter("label_id"),
    short=attrgetter("kind"),
    fields=("kind", "concept_id", "broader_id", "reason", "confidence"),
)
_MAPPING: _Kind[Mapping] = _Kind(
    "mapping",
    key=attrgetter("subject_id", "predicate_modifier", "predicate_id", "object_id"),
    id=lambda m: " ".join(
        filter(None, (m.subject_id, m.predicate_modifier, m.predicate_id, m.object_id))
    ),
    short=attrgetter("status"),
    fields=(
        "mapping_justification",
        "confidence",
        "subject_label",
        "object_label",
        "subject_source",
        "object_source",
        "mapping_tool",
        "mapping_tool_version",
        "match_string",
        "similarity_measure",
        "similarity_score",
        "comment",
        "status",
    ),
)
_FINDING: _Kind[Finding] = _Kind(
    "finding",
    key=attrgetter("code", "id", "message"),
    id=lambda finding: f"{finding.code} {finding.id}",
    short=attrgetter("message"),
)
_TAG: _Kind[VisualTag] = _Kind(
    "tag",
    key=attrgetter("id"),
    id=attrgetter("id"),
    short=attrgetter("value"),
    fields=("value", "probability", "tagger", "guess", "curator"),
)
_FACT: _Kind[tuple[str, str]] = _Kind(
    "fact", key=lambda fact: fact[0], id=lambda fact: fact[0], short=lambda fact: fact[1]
)


class Tally:
    """Counts of one part, while they grow."""

    __slots__ = ("added", "changed", "equal", "removed", "reordered")

    def __init__(self) -> None:
        self.equal = self.added = self.removed = self.changed = self.reordered = 0

    def counts(self, part: str) -> PartCounts:
        """Return them as told."""
        kept = self.equal + self.changed
        return PartCounts(
            part=part,
            a=kept + self.removed,
            b=kept + self.added,
            equal=self.equal,
            added=self.added,
            removed=self.removed,
            changed=self.changed,
            reordered=self.reordered,
        )


class Diff:
    """The differences between two graphs, read as they are asked for.

    Iterating yields a row a difference: concepts by id, each followed by its
    names; edges; label sets, each followed by its labels; placements; mappings;
    findings; tags; facts. Nothing is kept, so that each iteration reads both graphs.
    """

    def __init__(self, a: DiffSource, b: DiffSource, *, facts: bool = False) -> None:
        """Compare *a* with *b*; with *facts* what is told of them as well."""
        self._a, self._b, self._facts = a, b, facts
        self._tallies: dict[str, Tally] = {}
        self._counts: Rows[PartCounts] | None = None

    def __iter__(self) -> Iterator[DiffRow]:
        """Yield the differences."""
        self._counts = None
        self._tallies = {part: Tally() for part in PARTS if part != "fact" or self._facts}
        a, b = self._a, self._b
        yield from self._concepts()
        yield from self._sorted(_EDGE, a.iter_edges(), b.iter_edges())
        yield from self._label_sets()
        # Placements come in the order of the labels, so that order has been told already.
        placements = Pairing().pairs(a.iter_placements(), b.iter_placements(), _PLACEMENT.key)
        yield from self._rows(_PLACEMENT, placements)
        yield from self._paired(_MAPPING, a.iter_mappings(), b.iter_mappings(), within="")
        yield from self._sorted(_FINDING, a.iter_findings(), b.iter_findings())
        yield from self._sorted(_TAG, a.iter_visual_tags(), b.iter_visual_tags())
        if self._facts:
            yield from self._told()
        self._counts = Rows((t.counts(part) for part, t in self._tallies.items()), PartCounts)

    @property
    def counts(self) -> Rows[PartCounts]:
        """How much is the same, a row a part; reads both graphs unless an iteration has ended."""
        if self._counts is None:
            deque(self, maxlen=0)
        return self._counts or Rows((), PartCounts)

    @property
    def is_equal(self) -> bool:
        """Whether there is no difference."""
        return all(n.a == n.b == n.equal and not n.reordered for n in self.counts)

    def _concepts(self) -> Iterator[DiffRow]:
        """Yield differences of concepts and of their names."""
        concepts, names = self._tallies["concept"], self._tallies["name"]
        values = attrgetter(*_CONCEPT.fields, "names")
        for x, y in merge(self._a.iter_concepts(), self._b.iter_concepts(), _CONCEPT.key):
            # As in `_rows`; and the names of an equal concept need no pairing.
            if x is not None and y is not None and values(x) == values(y):
                concepts.equal += 1
                names.equal += len(x.names)
                continue
            yield from self._compare(_CONCEPT, x, y)
            id_ = (x or y).id  # type: ignore[union-attr]  # merge never yields two Nones
            yield from self._paired(
                _name_kind(id_), x.names if x else (), y.names if y else (), within=id_
            )

    def _label_sets(self) -> Iterator[DiffRow]:
        """Yield differences of label sets and of their labels."""
        pairing = Pairing()
        sets = pairing.pairs(self._a.iter_label_sets(), self._b.iter_label_sets(), _LABEL_SET.key)
        for x, y in sets:
            yield from self._compare(_LABEL_SET, x, y)
            id_ = (x or y).id  # type: ignore[union-attr]  # as above
            yield from self._paired(
                _LABEL, x.labels if x else (), y.labels if y else (), within=id_
            )
        yield from self._moved("label_set", "", pairing)

    def _told(self) -> Iterator[DiffRow]:
        """Yield facts that differ."""
        told = (sorted(store.get_meta().items()) for store in (self._a, self._b))
        for x, y in merge(next(told), next(told), _FACT.key):
            tally = self._tallies["fact"]
            if x is None or y is None:
                yield from self._compare(_FACT, x, y)
            elif x == y:
                tally.equal += 1
            else:
                tally.changed += 1
                yield DiffRow(part="fact", change="changed", id=x[0], field="value", a=x[1], b=y[1])

    def _sorted(self, kind: _Kind[T], a: Iterable[T], b: Iterable[T]) -> Iterator[DiffRow]:
        pairs = merge(a, b, kind.key)
        yield from self._rows(kind, pairs)

    def _paired(
        self, kind: _Kind[T], a: Iterable[T], b: Iterable[T], *, within: str
    ) -> Iterator[DiffRow]:
        pairing = Pairing()
        pairs = pairing.pairs(a, b, kind.key)
        yield from self._rows(kind, pairs)
        yield from self._moved(kind.part, within, pairing)

    def _moved(self, part: str, within: str, pairing: Pairing) -> Iterator[DiffRow]:
        if pairing.moved is not None:
            self._tallies[part].reordered += 1
            a, b = pairing.moved
            yield DiffRow(part=part, change="changed", id=within, field="order", a=a, b=b)

    def _rows(
        self, kind: _Kind[T], pairs: Iterable[tuple[T | None, T | None]]
    ) -> Iterator[DiffRow]:
        tally, values = self._tallies[kind.part], kind.values
        for x, y in pairs:
            # Nearly all things of two builds are equal: those should cost next to nothing.
            if x is not None and y is not None and values(x) == values(y):
                tally.equal += 1
            else:
                yield from self._compare(kind, x, y)

    def _compare(self, kind: _Kind[T], x: T | None, y: T | None) -> Iterator[DiffRow]:
        """Yield the differences of one thing, and count it."""
        tally, part = self._tallies[kind.part], kind.part
        if x is not None and y is not None:
            found = [f for f in kind.fields if getattr(x, f) != getattr(y, f)]
            tally.changed += bool(found)
            tally.equal += not found
            id_ = kind.id(x)
            for field in found:
                a, b = getattr(x, field), getattr(y, field)
                yield DiffRow(part=part, change="changed", id=id_, field=field, a=a, b=b)
        elif x is not None:
            tally.removed += 1
            id_, a = kind.id(x), kind.short(x)
            yield DiffRow(part=part, change="removed", id=id_, field=None, a=a, b=None)
        elif y is not None:
            tally.added += 1
            id_, b = kind.id(y), kind.short(y)
            yield DiffRow(part=part, change="added", id=id_, field=None, a=None, b=b)


def _name_kind(concept_id: str) -> _Kind[Name]:
    return _Kind(
        "name",
        key=attrgetter("text", "lang"),
        id=lambda name: f"{concept_id} {name.text}@{name.lang}",
        short=attrgetter("kind"),
        fields=("kind", "sense"),
    )
