from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from labelsys.errors import NotFoundError
from labelsys.ids import Curie
from labelsys.lint import has_errors, lint_graph, lint_label_set
from labelsys.model import (
    Concept,
    Edge,
    Finding,
    Label,
    LabelSet,
    Mapping,
    Placement,
)
from labelsys.store.memory import MemoryStore, MemoryWriter
from labelsys.vocab import FINDINGS, Justification
from tests import toy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labelsys.store.protocol import NameHit, NameRow

ROOT = toy.ENTITY
A, B, C = (Curie("wd", f"Q{n}") for n in (1, 2, 3))


class Graph:
    """A graph with anything in it, broken or not: no writer would take a broken one."""

    def __init__(
        self,
        *,
        ids: Iterable[Curie] = (ROOT, A, B, C),
        edges: Iterable[Edge] = (Edge(A, ROOT), Edge(B, A), Edge(C, B)),
        label_sets: Iterable[LabelSet] = (),
        placements: Iterable[Placement] = (),
        mappings: Iterable[Mapping] = (),
        findings: Iterable[Finding] = (),
        meta: dict[str, str] | None = None,
    ) -> None:
        self.ids, self.edges = tuple(ids), tuple(edges)
        self.label_sets, self.placements = tuple(label_sets), tuple(placements)
        self.mappings, self.findings, self.meta = tuple(mappings), tuple(findings), meta or {}

    def get_concept(self, id_: Curie, /) -> Concept:
        return Concept(id=id_, pref_label=id_)

    def find_concept(self, id_: Curie, /) -> Concept | None:
        return self.get_concept(id_) if id_ in self.ids else None

    def iter_concepts(self, ids: Iterable[Curie] | None = None, /) -> Iterator[Concept]:
        wanted = self.ids if ids is None else tuple(ids)
        return (self.get_concept(id_) for id_ in self.ids if id_ in wanted)

    def iter_ids(self) -> Iterator[Curie]:
        return iter(self.ids)

    def find_by_xref(self, xref: Curie, /) -> tuple[Curie, ...]:
        return ()

    def find_by_name(self, folded: str, /) -> tuple[NameHit, ...]:
        return ()

    def iter_names(self) -> Iterator[NameRow]:
        return iter(())

    def find_similar_names(self, folded: str, /, *, limit: int = 200) -> tuple[str, ...]:
        return ()

    def iter_broader(self, id_: Curie, /) -> Iterator[Edge]:
        return (edge for edge in self.edges if edge.narrower == id_)

    def iter_narrower(self, id_: Curie, /) -> Iterator[Edge]:
        return (edge for edge in self.edges if edge.broader == id_)

    def iter_edges(self) -> Iterator[Edge]:
        return iter(self.edges)

    def iter_label_sets(self) -> Iterator[LabelSet]:
        return iter(self.label_sets)

    def get_label_set(self, id_: str, /) -> LabelSet:
        return next(each for each in self.label_sets if each.id == id_)

    def find_label(self, id_: Curie, /) -> Label | None:
        return None

    def find_placement(self, label_id: Curie, /) -> Placement | None:
        return None

    def iter_placements(self, label_set: str | None = None, /) -> Iterator[Placement]:
        return (p for p in self.placements if label_set in (None, p.label_id.prefix))

    def iter_labels_at(self, concept_id: Curie, /) -> Iterator[Curie]:
        return iter(())

    def iter_mappings(self, subject_id: Curie | None = None, /) -> Iterator[Mapping]:
        return iter(self.mappings)

    def iter_findings(self) -> Iterator[Finding]:
        return iter(self.findings)

    def get_meta(self) -> dict[str, str]:
        return self.meta


def found(graph: Graph) -> list[tuple[str, str]]:
    return [(finding.code, finding.id) for finding in lint_graph(graph)]


def label_set(id_: str, *names: str, parent: str | None = None) -> LabelSet:
    labels = tuple(
        Label(label_set=id_, label_id=str(n), name=name, parent=parent)
        for n, name in enumerate(names)
    )
    return LabelSet(id=id_, labels=labels)


def exact(label_id: str, concept: Curie) -> Placement:
    return Placement(label_id=Curie.parse(label_id), kind="exact", concept_id=concept)


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    writer = MemoryWriter()
    toy.fill(writer)
    return writer.store


def test_sound_graph_has_only_what_the_build_recorded(store: MemoryStore) -> None:
    assert lint_graph(store) == toy.toy_graph().findings


def test_sound_graph_without_a_record_has_nothing() -> None:
    assert found(Graph()) == []


def test_loop_is_an_error_and_hides_no_orphan() -> None:
    graph = Graph(edges=(Edge(A, ROOT), Edge(B, C), Edge(C, B, "instance")))
    assert found(graph) == [("E101", "wd:Q2"), ("E102", "wd:Q2"), ("E102", "wd:Q3")]
    assert lint_graph(graph)[0].message == "wd:Q2 -> wd:Q3 -> wd:Q2"


def test_instance_edge_reaches_the_root() -> None:
    assert found(Graph(edges=(Edge(A, ROOT), Edge(B, A), Edge(C, B, "instance")))) == []


def test_concept_under_two_classes_that_share_nothing_is_an_error() -> None:
    edges = (Edge(toy.ANIMAL, ROOT), Edge(toy.ARTIFACT, ROOT), Edge(A, toy.ANIMAL))
    ids = (ROOT, toy.ANIMAL, toy.ARTIFACT, A, B)
    sound = Graph(ids=ids, edges=(*edges, Edge(B, A)))
    assert found(sound) == []
    graph = Graph(ids=ids, edges=(*edges, Edge(B, A), Edge(B, toy.ARTIFACT)))
    (finding,) = lint_graph(graph)
    assert finding == Finding(
        code="E105", id="wd:Q2", message="under animal.n.01 and artifact.n.01"
    )
    # What a synset falls under is WordNet's to say, and what is below it no more than that.
    synset = Graph(
        ids=(*ids, toy.DOG),
        edges=(*edges, Edge(toy.DOG, toy.ANIMAL), Edge(toy.DOG, toy.ARTIFACT), Edge(B, toy.DOG)),
    )
    assert found(synset) == []


def test_missing_root_is_an_error() -> None:
    graph = Graph(ids=(A,), edges=())
    assert found(graph) == [("E102", "wd:Q1"), ("E102", ROOT)]


def test_edge_to_nowhere_is_an_error() -> None:
    graph = Graph(ids=(ROOT, A), edges=(Edge(A, ROOT), Edge(A, B)))
    assert found(graph) == [("E103", "wd:Q2")]


def test_placement_at_nowhere_is_an_error() -> None:
    graph = Graph(
        label_sets=[label_set("pets", "dog")], placements=[exact("pets:0", Curie("wd", "Q9"))]
    )
    assert found(graph) == [("E103", "wd:Q9")]


@pytest.mark.parametrize(
    ("subject", "object_id", "expected"),
    [
        ("pets:0", "wd:Q1", []),
        ("pets:0", "wd:Q999", []),  # Wikidata is larger than this graph
        ("pets:7", "wd:Q1", [("E103", "pets:7")]),
        ("pets:0", "wn30:02084071-n", [("E103", "wn30:02084071-n")]),
        ("pets:0", "ls:aaaaaaaa", [("E103", "ls:aaaaaaaa")]),
    ],
)
def test_mapping_to_nowhere_is_an_error(
    subject: str, object_id: str, expected: list[tuple[str, str]]
) -> None:
    mapping = Mapping(
        subject_id=Curie.parse(subject),
        predicate_id="skos:exactMatch",
        object_id=Curie.parse(object_id),
        mapping_justification=Justification.LEXICAL,
    )
    graph = Graph(
        label_sets=[label_set("pets", "dog")], placements=[exact("pets:0", A)], mappings=[mapping]
    )
    assert found(graph) == expected


def test_label_without_a_placement_does_not_add_up() -> None:
    graph = Graph(label_sets=[label_set("pets", "dog", "cat")], placements=[exact("pets:0", A)])
    (finding,) = lint_graph(graph)
    assert (finding.code, finding.id) == ("E104", "pets")
    assert finding.message == "2 labels and 1 placements, not of the same labels"


def test_label_placed_twice_does_not_add_up() -> None:
    twice = [exact("pets:0", A), exact("pets:0", B)]
    assert found(Graph(label_sets=[label_set("pets", "dog")], placements=twice)) == [
        ("E104", "pets")
    ]


def test_placement_of_an_unknown_set_does_not_add_up() -> None:
    assert found(Graph(placements=[exact("zoo:0", A)])) == [("E104", "zoo")]


@pytest.mark.parametrize(
    "placement",
    [
        Placement(label_id=Curie("pets", "0"), kind="exact"),
        Placement(label_id=Curie("pets", "0"), kind="broader", concept_id=A),
        Placement(label_id=Curie("pets", "0"), kind="excluded"),
        Placement(label_id=Curie("pets", "0"), kind="excluded", concept_id=A, reason="empty"),
        Placement(label_id=Curie("pets", "0"), kind="unplaced", concept_id=A),
    ],
    ids=lambda p: p.kind,
)
def test_placement_that_contradicts_itself_is_an_error(placement: Placement) -> None:
    graph = Graph(label_sets=[label_set("pets", "dog")], placements=[placement])
    assert found(graph) == [("E104", "pets:0")]


def test_uneven_batch_of_a_source_is_an_error() -> None:
    counts = {"read": 10, "kept": 6, "skipped": {"old": 2}, "failed": {"bad": 1}}
    sources = [{"name": "wikidata", "counts": {"classes": counts}}]
    graph = Graph(meta={"sources": json.dumps(sources)})
    (finding,) = lint_graph(graph)
    assert finding == Finding(
        code="E104", id="wikidata", message="classes: read 10, kept 6, left out 3"
    )
    sources[0]["counts"] = {"classes": {**counts, "kept": 7}}
    assert found(Graph(meta={"sources": json.dumps(sources)})) == []


def test_two_labels_at_one_concept(store: MemoryStore) -> None:
    (finding,) = lint_label_set(store, "zoo")
    assert (finding.code, finding.id) == ("W301", "zoo:8")
    assert (finding.ids, finding.severity) == (("zoo:8", "zoo:7"), "high")  # type: ignore[attr-defined]
    assert finding.message == f"'crane' and zoo:7 'crane' stand at {toy.CRANE_BIRD}"


def test_set_with_parents_may_nest(store: MemoryStore) -> None:
    assert lint_label_set(store, "pets") == ()
    assert lint_label_set(store, "street") == ()


def test_flat_set_should_not_nest() -> None:
    graph = Graph(
        label_sets=[label_set("flat", "animal", "dog", "poodle")],
        placements=[exact("flat:0", A), exact("flat:1", B), exact("flat:2", C)],
    )
    assert [(f.code, f.id, f.message) for f in lint_label_set(graph, "flat")] == [
        ("W302", "flat:0", "'animal' is above 'dog', 'poodle'"),
        ("W302", "flat:1", "'dog' is above 'poodle'"),
    ]


def test_label_straight_under_a_concept_is_below_its_label() -> None:
    under = Placement(label_id=Curie("flat", "1"), kind="broader", concept_id=A, broader_id=A)
    graph = Graph(
        label_sets=[label_set("flat", "dog", "guard dog")], placements=[exact("flat:0", A), under]
    )
    (finding,) = lint_label_set(graph, "flat")
    assert (finding.code, finding.message) == ("W302", "'dog' is above 'guard dog'")


def test_superclass_that_is_no_label_does_not_make_a_hierarchy() -> None:
    nested = replace(label_set("flat", "dog", "poodle", parent="animal"))
    graph = Graph(label_sets=[nested], placements=[exact("flat:0", A), exact("flat:1", B)])
    assert [finding.code for finding in lint_label_set(graph, "flat")] == ["W302"]


def test_long_lists_are_counted() -> None:
    names = ("animal", *"abcdefg")
    leaves = [Curie("wd", f"Q{n}") for n in range(10, 17)]
    graph = Graph(
        ids=(ROOT, A, *leaves),
        edges=(Edge(A, ROOT), *(Edge(leaf, A) for leaf in leaves)),
        label_sets=[label_set("flat", *names)],
        placements=[
            exact("flat:0", A),
            *(exact(f"flat:{n}", leaf) for n, leaf in enumerate(leaves, 1)),
        ],
    )
    (finding,) = lint_label_set(graph, "flat")
    assert finding.message == "'animal' is above 'a', 'b', 'c', 'd', 'e' and 2 more"


def test_unknown_label_set_raises(store: MemoryStore) -> None:
    with pytest.raises(NotFoundError, match="no label set 'zo'"):
        lint_label_set(store, "zo")


def test_only_codes_with_e_are_errors() -> None:
    note = Finding(code="I401", id="x", message="")
    assert not has_errors([note, Finding(code="W301", id="x", message="")])
    assert has_errors([note, Finding(code="E101", id="x", message="")])


def test_every_code_of_the_checks_is_in_the_table() -> None:
    import re
    from pathlib import Path

    import labelsys.lint

    folder = Path(labelsys.lint.__file__).parent
    files = [folder / "lint.py", folder / "merge/coherence.py", *(folder / "review").glob("*.py")]
    text = "\n".join(path.read_text("utf-8") for path in files)
    used = set(re.findall(r"(?:code=|_finding\()\"([EWI]\d{3})\"", text))
    own = {"W210", "W211", *(f"W30{n}" for n in range(1, 7)), "I405"}
    assert used == {"E101", "E102", "E103", "E104", "E105", *own}
    assert used <= FINDINGS.keys()
