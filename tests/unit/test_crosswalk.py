"""Crosswalks: by hand on small drawings, and against a slow second way on random systems."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import labelsys
from labelsys.crosswalk.matrix import format_matrix, write_matrix
from labelsys.crosswalk.relate import RELATIONS, CrosswalkRow
from labelsys.crosswalk.same_name import SAME_NAME, name_key
from labelsys.crosswalk.union import bits_lost
from labelsys.errors import ConfigError, NotFoundError
from labelsys.ids import Curie
from labelsys.model import Concept, Edge, Label, LabelSet, Placement
from labelsys.store.memory import MemoryWriter
from tests import toy
from tests.unit.test_select import SETS, systems

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from labelsys.store.memory import MemoryStore

# A chain of six above everything, so that what is below is specific enough to join labels.
CHAIN = [f"t{i}" for i in range(6)]
DRAWING = [
    *(f"{low} {high}" for high, low in pairwise(CHAIN)),
    *("animal t5", "dog animal", "cat animal", "poodle dog", "terrier dog", "skye terrier"),
    *("tool t5", "hammer tool", "pet animal", "dog pet"),
]
"""Lower and higher: poodle and terrier are dogs, skye is a terrier; dog is both animal and pet."""


def system(
    sets: Mapping[str, Sequence[tuple[str, str | None, float]]], edges: Sequence[str] = DRAWING
) -> labelsys.LabelSystem:
    """Return a system of the drawing; sets hold (name, concept or None, confidence).

    A concept with a `<` before it is one that the label lies right below and does not mean.
    """
    pairs = [edge.split() for edge in edges]
    writer = MemoryWriter()
    names = sorted({name for pair in pairs for name in pair})
    writer.add_concepts(Concept(id=ex(n), pref_label=n, source="wordnet") for n in names)
    writer.add_edges(Edge(ex(low), ex(high)) for low, high in pairs)
    for id_, rows in sets.items():
        labels = tuple(
            Label(label_set=id_, label_id=str(n), name=name) for n, (name, _, _) in enumerate(rows)
        )
        places = [
            place(label.id, concept, confidence)
            for label, (_, concept, confidence) in zip(labels, rows, strict=True)
        ]
        writer.add_label_set(LabelSet(id=id_, labels=labels), places)
    writer.finish()
    return labelsys.LabelSystem(writer.store)


def ex(name: str) -> Curie:
    return Curie("ex", name)


def place(label: Curie, concept: str | None, confidence: float) -> Placement:
    if concept is None:
        return Placement(label_id=label, kind="unplaced")
    if concept.startswith("<"):
        at = ex(concept[1:])
        return Placement(
            label_id=label, kind="broader", concept_id=at, broader_id=at, confidence=confidence
        )
    return Placement(label_id=label, kind="exact", concept_id=ex(concept), confidence=confidence)


def shown(rows: Sequence[CrosswalkRow]) -> list[tuple[str, str, str | None, str | None]]:
    return [
        (r.source_name, r.relation, r.target_name, None if r.via is None else r.via.local_id)
        for r in rows
    ]


def one(name: str, concept: str | None, confidence: float = 1.0) -> tuple[str, str | None, float]:
    return name, concept, confidence


def test_each_relation_is_told_from_the_source() -> None:
    made = system(
        {
            "a": [
                one("Dog", "dog"),
                one("Poodle", "poodle"),
                one("Animal", "animal"),
                one("Kitty", "cat"),
                one("Lost", None),
            ],
            "b": [one("hound", "dog"), one("westie", "skye"), one("big tool", "hammer")],
        }
    )
    assert shown(made.crosswalk("a", "b")) == [
        ("Dog", "exact", "hound", "dog"),
        ("Poodle", "broad", "hound", "dog"),
        ("Animal", "narrow", "hound", "animal"),
        ("Kitty", "ancestor", "hound", "animal"),
        ("Lost", "none", None, None),
    ]


def test_of_targets_above_and_below_the_nearest_count() -> None:
    made = system(
        {
            "a": [one("skye", "skye"), one("creature", "animal")],
            "b": [
                one("dogs", "dog"),
                one("terriers", "terrier"),
                one("pets", "pet"),
                one("cats", "cat"),
            ],
        }
    )
    assert shown(made.crosswalk("a", "b")) == [
        ("skye", "broad", "terriers", "terrier"),
        ("creature", "narrow", "pets", "animal"),
        ("creature", "narrow", "cats", "animal"),
    ]


def test_a_class_has_broader_targets_on_every_way_up() -> None:
    # A second way up from dog that does not pass another target.
    edges = [*DRAWING, "guard t5", "dog guard"]
    made = system({"a": [one("d", "dog")], "b": [one("p", "pet"), one("g", "guard")]}, edges)
    assert [row.target_name for row in made.crosswalk("a", "b")] == ["p", "g"]


def test_a_label_that_lies_right_below_a_concept_does_not_mean_it() -> None:
    made = system(
        {
            "a": [one("chained dog", "<dog"), one("dog itself", "dog")],
            "b": [one("D", "dog"), one("wet dog", "<dog")],
        }
    )
    assert shown(made.crosswalk("a", "b")) == [
        ("chained dog", "broad", "D", "dog"),
        ("dog itself", "exact", "D", "dog"),
    ]
    made = system({"a": [one("dog itself", "dog")], "b": [one("wet dog", "<dog")]})
    assert shown(made.crosswalk("a", "b")) == [("dog itself", "narrow", "wet dog", "dog")]


def test_what_is_too_general_joins_nothing() -> None:
    made = system({"a": [one("c", "cat")], "b": [one("h", "hammer")]})
    assert shown(made.crosswalk("a", "b")) == [("c", "ancestor", "h", "t5")]
    short = [edge for edge in DRAWING if edge.split()[0] not in CHAIN[3:]] + ["t5 t2"]
    made = system({"a": [one("c", "cat")], "b": [one("h", "hammer")]}, short)
    assert shown(made.crosswalk("a", "b")) == [("c", "none", None, None)]


def test_confidence_is_that_both_stand_right() -> None:
    made = system({"a": [one("x", "dog", 0.9)], "b": [one("y", "dog", 0.8)]})
    (row,) = made.crosswalk("a", "b")
    assert row.confidence == pytest.approx(0.72)


# Names


@pytest.mark.parametrize(
    ("first", "second", "is_exact"),
    [
        (one("Stop Sign", None), one("stop_signs", None), True),
        (one("potted plant", "hammer", 0.4), one("pottedplant", "cat", 0.99), True),
        # Two that stand surely at different concepts are two.
        (one("mouse", "hammer", 0.95), one("mouse", "cat", 0.99), False),
        # What was put in parentheses tells senses apart.
        (one("turkey_(food)", "hammer", 0.4), one("turkey", "cat", 0.4), False),
        (one("stop", None), one("sign", None), False),
    ],
)
def test_one_name_is_one_class_where_a_placement_is_in_doubt(
    first: tuple[str, str | None, float], second: tuple[str, str | None, float], is_exact: bool
) -> None:
    made = system({"a": [first], "b": [second]})
    (row,) = made.crosswalk("a", "b")
    assert (row.relation == "exact") is is_exact
    if is_exact:
        assert (row.via, row.confidence) == (None, SAME_NAME)
        (back,) = made.crosswalk("b", "a")
        assert (back.relation, back.target_id) == ("exact", row.source_id)


def test_a_name_that_is_there_twice_says_nothing() -> None:
    made = system({"a": [one("crane", None)], "b": [one("Crane", None), one("cranes", None)]})
    assert [row.relation for row in made.crosswalk("a", "b")] == ["none"]


def test_a_name_gives_way_to_an_exact_concept() -> None:
    made = system(
        {"a": [one("mouse", "cat", 0.5)], "b": [one("mouse", "dog", 0.5), one("rodent", "cat")]}
    )
    assert shown(made.crosswalk("a", "b")) == [("mouse", "exact", "rodent", "cat")]


def test_names_of_a_dictionary_say_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    made = system({"a": [one("x", None)], "b": [one("x", None), one("y", None)]})
    assert made.crosswalk("a", "b")[0].relation == "exact"
    monkeypatch.setattr("labelsys.crosswalk.same_name.MAX_LABELS", 1)
    assert made.crosswalk("a", "b")[0].relation == "none"


def test_keys_of_names_that_are_nothing_are_never_shared() -> None:
    assert name_key("???") == ""
    made = system({"a": [one("???", None)], "b": [one("!!!", None)]})
    assert made.crosswalk("a", "b")[0].relation == "none"


# Rolling up, unions, the matrix


def test_what_is_lost_is_what_becomes_one_or_nothing() -> None:
    made = system(
        {
            "a": [
                one("dog", "dog"),
                one("poodle", "poodle"),
                one("skye", "skye"),
                one("cat", "cat"),
                one("hammer", "hammer"),
            ],
            "b": [one("Dog", "dog"), one("Animal", "animal"), one("Hammer", "hammer")],
        }
    )
    rows = made.crosswalk_lost("a", "b")
    assert [(row.target_name, row.classes, row.source_names) for row in rows] == [
        ("Dog", 3, ("dog", "poodle", "skye")),
    ]
    gone, had = bits_lost(rows, 5)
    assert gone == pytest.approx(3 / 5 * 1.58496, abs=1e-4)
    assert had == pytest.approx(2.3219, abs=1e-4)
    (nowhere,) = made.crosswalk_lost("b", "a")
    assert (nowhere.target_id, nowhere.source_names) == (None, ("Animal",))


def test_of_two_broader_targets_the_deepest_one_counts() -> None:
    edges = [*DRAWING, "guard t5", "dog guard"]
    made = system(
        {
            "a": [one("d", "dog"), one("p", "pet")],
            "b": [one("G", "guard"), one("P", "pet")],
        },
        edges,
    )
    (row,) = made.crosswalk_lost("a", "b")
    assert (row.target_name, row.source_names) == ("P", ("d", "p"))


def test_union_says_who_does_not_annotate_what() -> None:
    made = system(
        {
            "a": [one("dog", "dog"), one("hammer", "hammer")],
            "b": [one("hound", "dog"), one("poodle", "poodle")],
            "c": [one("animal", "animal"), one("cat", "cat")],
        }
    )
    rows = {row.name: row for row in made.crosswalk_union("a", "b", "c")}
    assert list(rows) == ["dog", "hammer", "poodle", "animal", "cat"]
    assert rows["dog"].labels == (Curie("a", "0"), Curie("b", "0"))
    assert (rows["dog"].annotated, rows["dog"].broader) == (("a", "b"), ("c",))
    assert (rows["hammer"].annotated, rows["hammer"].missing) == (("a",), ("b", "c"))
    assert (rows["poodle"].annotated, rows["poodle"].broader) == (("b",), ("a", "c"))
    assert (rows["animal"].narrower, rows["animal"].annotated) == (("a", "b"), ("c",))
    assert rows["cat"].missing == ("a", "b")


def test_unknown_set_is_told_with_near_ones() -> None:
    made = system({"abc": [one("dog", "dog")], "b": [one("dog", "dog")]})
    for ask in (made.crosswalk, made.crosswalk_lost, made.crosswalk_union, made.crosswalk_matrix):
        with pytest.raises(NotFoundError, match="closest: abc"):
            ask("b", "abd")


def test_matrix_is_a_picture_with_a_cell_a_pair(tmp_path: Path) -> None:
    made = system({"a": [one("dog", "dog")], "b": [one("d", "dog")]})
    rows = made.crosswalk_matrix()
    assert [(r.source, r.target, r.labels, r.exact) for r in rows] == [
        ("a", "b", 1, 1),
        ("b", "a", 1, 1),
    ]
    picture = ET.fromstring(format_matrix(rows))
    titles = [node.text for node in picture.iter("{http://www.w3.org/2000/svg}title")]
    assert "a to b: 1 of 1" in titles
    assert len(titles) == 1 + len(rows)
    write_matrix(rows, tmp_path / "m.svg")
    assert (tmp_path / "m.svg").read_text(encoding="utf-8") == format_matrix(rows)
    with pytest.raises(ConfigError, match="SVG"):
        write_matrix(rows, tmp_path / "m.png")


# Laws, on random systems with all kinds of placements


@given(systems(), st.sampled_from(SETS), st.sampled_from(SETS))
def test_every_class_has_one_kind_of_rows(store: MemoryStore, a: str, b: str) -> None:
    made = labelsys.LabelSystem(store)
    rows = made.crosswalk(a, b)
    labels = [label.id for label in store.get_label_set(a).labels]
    assert list(dict.fromkeys(row.source_id for row in rows)) == labels
    pairs = [(row.source_id, row.target_id) for row in rows]
    assert len(set(pairs)) == len(pairs)
    for id_ in labels:
        kinds = {row.relation for row in rows if row.source_id == id_}
        assert kinds in (
            {"exact"},
            {"broad"},
            {"narrow"},
            {"broad", "narrow"},
            {"ancestor"},
            {"none"},
        )


@given(systems(), st.sampled_from(SETS), st.sampled_from(SETS))
def test_exact_is_the_same_both_ways(store: MemoryStore, a: str, b: str) -> None:
    made = labelsys.LabelSystem(store)
    there = {(r.source_id, r.target_id) for r in made.crosswalk(a, b) if r.relation == "exact"}
    back = {(r.target_id, r.source_id) for r in made.crosswalk(b, a) if r.relation == "exact"}
    assert there == back


@given(systems(), st.permutations(SETS))
def test_relations_are_what_the_definition_says(store: MemoryStore, order: list[str]) -> None:
    a, b = order[:2]  # of one set to itself, every label is exact by its name
    made = labelsys.LabelSystem(store)
    tree = made.hierarchy
    placed = {p.label_id: p for p in store.iter_placements()}

    def means(id_: Curie) -> Curie | None:
        p = placed[id_]
        return p.concept_id if p.concept_id != p.broader_id else None

    def over(id_: Curie) -> set[Curie]:
        at = placed[id_].concept_id
        if at is None:
            return set()
        return {*tree.ancestors(at), *([at] if means(id_) is None else [])}

    def is_broader(other: Curie, id_: Curie) -> bool:
        return means(other) in over(id_)

    others = [label.id for label in store.get_label_set(b).labels]
    rows = made.crosswalk(a, b)
    for id_ in [label.id for label in store.get_label_set(a).labels]:
        found = {
            kind: {r.target_id for r in rows if r.source_id == id_ and r.relation == kind}
            for kind in RELATIONS
        }
        exact = {t for t in others if means(id_) is not None and means(t) == means(id_)}
        if exact:
            assert found["exact"] == exact
            continue
        above = {t for t in others if is_broader(t, id_)}
        below = {t for t in others if is_broader(id_, t)}
        nearest = {t for t in above if not any(is_broader(t, other) for other in above)}
        topmost = {t for t in below if not any(is_broader(other, t) for other in below)}
        assert (found["broad"], found["narrow"]) == (nearest, topmost)


@given(systems())
def test_matrix_counts_the_closest_relation_of_each_class(store: MemoryStore) -> None:
    made = labelsys.LabelSystem(store)
    for row in made.crosswalk_matrix():
        closest: dict[Curie, str] = {}
        for found in made.crosswalk(row.source, row.target):
            before = closest.get(found.source_id, "none")
            closest[found.source_id] = min(before, found.relation, key=RELATIONS.index)
        counts = Counter(closest.values())
        assert {kind: getattr(row, kind) for kind in RELATIONS} == {k: counts[k] for k in RELATIONS}
        assert row.labels == counts.total()


@given(systems())
def test_union_has_every_label_once(store: MemoryStore) -> None:
    made = labelsys.LabelSystem(store)
    rows = made.crosswalk_union(*SETS)
    labels = [id_ for row in rows for id_ in row.labels]
    assert sorted(labels) == sorted(p.label_id for p in store.iter_placements())
    for row in rows:
        sets = [*row.annotated, *row.broader, *row.narrower, *row.missing]
        assert sorted(sets) == sorted(SETS)
        assert set(row.annotated) == {id_.prefix for id_ in row.labels}


def test_toy_pets_are_related_to_the_street() -> None:
    writer = MemoryWriter()
    toy.fill(writer)
    with labelsys.LabelSystem(writer.store) as made:
        rows = made.crosswalk("pets", "street")
    assert [(r.source_name, r.relation, r.target_name) for r in rows] == [
        ("Dog", "narrow", "guard dog (chained)"),
        ("golden_retriever", "ancestor", "guard dog (chained)"),
        ("Cao de Agua", "ancestor", "guard dog (chained)"),
        ("empty", "none", None),
    ]
