"""What a store can be asked, and how one is filled.

Readers are narrow: ask for the narrowest that does. Every method answers in a
total order, the same in every store; `tests/contract/` holds all stores to it.
`get_x` raises `NotFoundError`, `find_x` returns None, `iter_x` yields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as MappingType
    from types import TracebackType

    from labelsys.answers import Answer, Limits, Value
    from labelsys.ids import Curie
    from labelsys.model import (
        Concept,
        Edge,
        Finding,
        Label,
        LabelSet,
        Mapping,
        Placement,
        VisualTag,
    )
    from labelsys.queries import Query

__all__ = [
    "ConceptReader",
    "FindingReader",
    "GraphStore",
    "GraphWriter",
    "HierarchyReader",
    "LabelReader",
    "MappingReader",
    "MetaReader",
    "NameHit",
    "NameReader",
    "NameRow",
    "QueryRunner",
    "QuestionStore",
    "TagReader",
]


class NameRow(NamedTuple):
    """One row of the name table, for bulk readers.

    Attributes:
        folded: `text.fold` of the name; never empty.
        concept_id: whose name it is.
        position: index of the name in `Concept.names`.
        lang: BCP 47 tag.
        kind: pref, alt or hidden.
        sense_number: WordNet sense number, 0 where there is none.
        sense_count: times seen in the sense-tagged corpus, 0 where unknown.
    """

    folded: str
    concept_id: Curie
    position: int
    lang: str
    kind: str
    sense_number: int
    sense_count: int


class NameHit(NamedTuple):
    """A concept found under a name.

    Attributes:
        concept_id: the concept.
        position: index of the name in `Concept.names`.
    """

    concept_id: Curie
    position: int


class ConceptReader(Protocol):
    """Concepts by id."""

    def get_concept(self, id_: Curie, /) -> Concept:
        """Return one concept. Raises `NotFoundError` with near ids."""
        ...

    def find_concept(self, id_: Curie, /) -> Concept | None:
        """Return one concept, or None."""
        ...

    def iter_concepts(self, ids: Iterable[Curie] | None = None, /) -> Iterator[Concept]:
        """Yield the concepts asked for, in the order asked; all, by id, for None.

        Ids that the store lacks are passed over.
        """
        ...

    def iter_ids(self) -> Iterator[Curie]:
        """Yield the id of every concept, sorted."""
        ...

    def find_by_xref(self, xref: Curie, /) -> tuple[Curie, ...]:
        """Return the concepts that have this other id (`ili:`, `wn31:`, `wd:`), sorted.

        More than one is possible: 15 WordNet 3.1 ids belong to two synsets.
        """
        ...


class NameReader(Protocol):
    """Concepts by name. Names of every language and kind are in the table."""

    def find_by_name(self, folded: str, /) -> tuple[NameHit, ...]:
        """Return who has exactly this folded name, by (concept_id, position)."""
        ...

    def iter_names(self) -> Iterator[NameRow]:
        """Yield the whole name table by (folded, concept_id, position)."""
        ...

    def find_similar_names(self, folded: str, /, *, limit: int = 200) -> tuple[str, ...]:
        """Return folded names that look like this one: the candidate rule of search.

        The rule, the same in every store: names that begin with the text (at
        most *limit*, shortest first, then alphabetical), then others that share
        trigrams with it (`text.trigrams`): at most *limit*, most shared
        first, then least surplus trigrams, then alphabetical; names that share
        less than 30 % of the query's trigrams are left out. No name twice.
        """
        ...


class HierarchyReader(Protocol):
    """Edges, one step or all of them."""

    def iter_broader(self, id_: Curie, /) -> Iterator[Edge]:
        """Yield the edges up from a concept, by (kind, broader), subclass edges first."""
        ...

    def iter_narrower(self, id_: Curie, /) -> Iterator[Edge]:
        """Yield the edges down from a concept, by (kind, narrower), subclass edges first."""
        ...

    def iter_edges(self) -> Iterator[Edge]:
        """Yield every edge by (narrower, broader, kind)."""
        ...


class LabelReader(Protocol):
    """Label sets and where their labels stand."""

    def iter_label_sets(self) -> Iterator[LabelSet]:
        """Yield every label set, labels included, in the recipe's order."""
        ...

    def get_label_set(self, id_: str, /) -> LabelSet:
        """Return one label set. Raises `NotFoundError` with near ids."""
        ...

    def find_label(self, id_: Curie, /) -> Label | None:
        """Return one label by `label_set:label_id`, or None."""
        ...

    def find_placement(self, label_id: Curie, /) -> Placement | None:
        """Return where a label stands, or None for an unknown label."""
        ...

    def iter_placements(self, label_set: str | None = None, /) -> Iterator[Placement]:
        """Yield placements in the recipe's order of sets, then the set's own order."""
        ...

    def iter_labels_at(self, concept_id: Curie, /) -> Iterator[Curie]:
        """Yield the ids of labels standing at a concept, by (set order, label order)."""
        ...


class MappingReader(Protocol):
    """SSSOM rows."""

    def iter_mappings(self, subject_id: Curie | None = None, /) -> Iterator[Mapping]:
        """Yield mappings, of one subject or all, in the order that they were written."""
        ...


class FindingReader(Protocol):
    """What the build noticed."""

    def iter_findings(self) -> Iterator[Finding]:
        """Yield findings by (code, id, message)."""
        ...


class TagReader(Protocol):
    """What is said of concepts: whether a photograph can show them."""

    def iter_visual_tags(self, ids: Iterable[Curie] | None = None, /) -> Iterator[VisualTag]:
        """Yield the tags of the concepts asked for, in the order asked; all, by id, for None.

        Concepts without a tag are passed over.
        """
        ...


class MetaReader(Protocol):
    """Facts about the graph: schema, hash, recipe, counts by stage."""

    def get_meta(self) -> MappingType[str, str]:
        """Return all facts; values are text, structured ones JSON."""
        ...


@runtime_checkable
class QueryRunner(Protocol):
    """Stored queries by name, where a store has a query language."""

    @property
    def dialect(self) -> str:
        """The folder under `queries/` whose statements this store runs."""
        ...

    def run_query(self, name: str, /, **params: str | int | None) -> tuple[tuple[Any, ...], ...]:
        """Return the rows of a stored query."""
        ...


@runtime_checkable
class QuestionStore(Protocol):
    """Queries that people wrote, where a store has a query language. They only read."""

    @property
    def dialect(self) -> str:
        """The folder under `queries/` whose questions this store answers."""
        ...

    def ask(self, query: Query, params: MappingType[str, Value], limits: Limits, /) -> Answer:
        """Return the rows of a query. Raises `QueryError` where it is wrong, writes, or is slow."""
        ...


@runtime_checkable
class GraphStore(
    ConceptReader,
    NameReader,
    HierarchyReader,
    LabelReader,
    MappingReader,
    FindingReader,
    TagReader,
    MetaReader,
    Protocol,
):
    """Everything that can be read. A context manager that owns its connection."""

    def close(self) -> None:
        """Let go of files and connections; twice is fine."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...


class GraphWriter(Protocol):
    """Fills a new graph once. Order of calls is free but for `finish`, the last."""

    def add_concepts(self, concepts: Iterable[Concept], /) -> int:
        """Add concepts with their names; return how many."""
        ...

    def add_edges(self, edges: Iterable[Edge], /) -> int:
        """Add edges; return how many."""
        ...

    def add_label_set(self, label_set: LabelSet, placements: Iterable[Placement], /) -> int:
        """Add a set and one placement for each of its labels, in its order.

        Sets are numbered in the order of the calls. Returns the label count.
        """
        ...

    def add_mappings(self, mappings: Iterable[Mapping], /) -> int:
        """Add mappings; return how many."""
        ...

    def add_findings(self, findings: Iterable[Finding], /) -> int:
        """Add findings; return how many."""
        ...

    def add_visual_tags(self, tags: Iterable[VisualTag], /) -> int:
        """Add tags, at most one a concept; return how many."""
        ...

    def set_meta(self, meta: MappingType[str, str], /) -> None:
        """Set facts about the graph."""
        ...

    def finish(self) -> None:
        """Build indexes, check references, and make the graph readable."""
        ...
