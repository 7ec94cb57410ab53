from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from itertools import pairwise, permutations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.errors import StoreError
from labelsys.export.diff import PARTS, Diff, DiffRow, PartCounts
from labelsys.export.joins import Pairing, merge
from labelsys.ids import ROOT, Curie
from labelsys.model import (
    Concept,
    Edge,
    Finding,
    Label,
    LabelSet,
    Mapping,
    Name,
    Placement,
    Sense,
    VisualTag,
)
from labelsys.stats import get_stats
from labelsys.store.memory import MemoryStore, MemoryWriter
from labelsys.store.sqlite import SqliteStore
from labelsys.store.sqlite_writer import SqliteWriter
from tests.toy import AUDI, CANINE, CAR, DOG, EINSTEIN, PERSON, ToyGraph, fill, toy_graph

if TYPE_CHECKING:
    from pathlib import Path

Row = tuple[str, str, str, str | None, Any, Any]


def stored(toy: ToyGraph) -> MemoryStore:
    """Return a graph of the parts of a toy, whatever was done to them."""
    writer = MemoryWriter()
    writer.add_concepts(toy.concepts)
    writer.add_edges(toy.edges)
    for label_set in toy.label_sets:
        places = {p.label_id: p for p in toy.placements}
        writer.add_label_set(label_set, [places[label.id] for label in label_set.labels])
    writer.add_mappings(toy.mappings)
    writer.add_findings(toy.findings)
    writer.add_visual_tags(toy.tags)
    writer.set_meta(toy.meta)
    writer.finish()
    return writer.store


def rows(a: ToyGraph, b: ToyGraph, *, facts: bool = False) -> list[Row]:
    found = Diff(stored(a), stored(b), facts=facts)
    return [(r.part, r.change, r.id, r.field, r.a, r.b) for r in found]


def with_concept(toy: ToyGraph, id_: Curie, **changes: Any) -> ToyGraph:
    concepts = tuple(replace(c, **changes) if c.id == id_ else c for c in toy.concepts)
    return replace(toy, concepts=concepts)


def concept(toy: ToyGraph, id_: Curie) -> Concept:
    return next(c for c in toy.concepts if c.id == id_)


TOY = toy_graph()


def test_a_graph_does_not_differ_from_itself_whatever_store_holds_it(tmp_path: Path) -> None:
    fill(SqliteWriter(tmp_path / "toy.db"))
    with SqliteStore(tmp_path / "toy.db") as sqlite:
        found = Diff(stored(TOY), sqlite, facts=True)
        assert list(found) == []
        assert found.is_equal
        # Sixteen concepts and edges, eleven labels in three sets: the drawing of the toy.
        assert {n.part: n.equal for n in found.counts} == {
            "concept": 16,
            "name": sum(len(c.names) for c in TOY.concepts),
            "edge": 16,
            "label_set": 3,
            "label": 11,
            "placement": 11,
            "mapping": 5,
            "finding": 4,
            "tag": 7,
            "fact": len(sqlite.get_meta()),
        }


def test_a_changed_concept_says_which_field_and_both_values() -> None:
    changed = with_concept(TOY, DOG, gloss="a pet", xrefs=(Curie("wd", "Q144"),), lexname=None)
    before = concept(TOY, DOG)
    assert rows(TOY, changed) == [
        ("concept", "changed", DOG, "gloss", before.gloss, "a pet"),
        ("concept", "changed", DOG, "xrefs", before.xrefs, (Curie("wd", "Q144"),)),
        ("concept", "changed", DOG, "lexname", "noun.animal", None),
    ]


def test_a_concept_that_went_takes_its_names_edges_and_tag_along() -> None:
    without = replace(
        TOY,
        concepts=tuple(c for c in TOY.concepts if c.id != EINSTEIN),
        edges=tuple(e for e in TOY.edges if e.narrower != EINSTEIN),
        tags=tuple(t for t in TOY.tags if t.id != EINSTEIN),
    )
    gone = [
        ("concept", EINSTEIN, "Einstein"),
        ("name", f"{EINSTEIN} Einstein@en", "pref"),
        ("name", f"{EINSTEIN} Albert Einstein@en", "alt"),
        ("edge", f"{EINSTEIN} {PERSON}", "instance"),
        ("tag", EINSTEIN, "visual"),
    ]
    assert rows(TOY, without) == [(p, "removed", i, None, v, None) for p, i, v in gone]
    assert rows(without, TOY) == [(p, "added", i, None, None, v) for p, i, v in gone]


def test_names_are_told_apart_by_text_and_language() -> None:
    names = concept(TOY, DOG).names
    pooch = Name(text="pooch", kind="hidden")
    other_sense = replace(names[1], sense=Sense(number=2, count=3, lex_id=0))
    changed = with_concept(TOY, DOG, names=(names[0], other_sense, pooch, *names[3:]))
    assert rows(TOY, changed) == [
        ("name", "changed", f"{DOG} domestic dog@en", "sense", names[1].sense, other_sense.sense),
        ("name", "removed", f"{DOG} Canis familiaris@en", None, "alt", None),
        ("name", "added", f"{DOG} pooch@en", None, None, "hidden"),
    ]


def test_another_order_of_names_is_one_row() -> None:
    names = concept(TOY, DOG).names
    changed = with_concept(TOY, DOG, names=(names[0], names[2], names[1], *names[3:]))
    # In the first graph, `domestic dog` comes before the other; in the second it comes after.
    assert rows(TOY, changed) == [("name", "changed", DOG, "order", 2, 1)]
    found = Diff(stored(TOY), stored(changed))
    assert not found.is_equal
    (counts,) = [n for n in found.counts if n.part == "name"]
    assert (counts.equal, counts.changed, counts.reordered) == (counts.a, 0, 1)


def test_an_edge_of_another_kind_is_another_edge() -> None:
    edges = tuple(replace(e, kind="subclass") if e.narrower == EINSTEIN else e for e in TOY.edges)
    assert rows(TOY, replace(TOY, edges=edges)) == [
        ("edge", "removed", f"{EINSTEIN} {PERSON}", None, "instance", None),
        ("edge", "added", f"{EINSTEIN} {PERSON}", None, None, "subclass"),
    ]


def test_label_sets_labels_and_placements() -> None:
    pets, street, zoo = TOY.label_sets
    labels = (replace(pets.labels[0], synonyms=("hound",)), *pets.labels[2:], pets.labels[1])
    placements = tuple(
        replace(p, confidence=0.5, concept_id=CANINE) if p.label_id == "pets:0" else p
        for p in TOY.placements
    )
    changed = replace(
        TOY,
        label_sets=(replace(pets, version="3", labels=labels), street),
        placements=placements,
    )
    assert rows(TOY, changed) == [
        ("label_set", "changed", "pets", "version", "2", "3"),
        ("label", "changed", "pets:0", "synonyms", (), ("hound",)),
        ("label", "changed", "pets", "order", 2, 1),
        ("label_set", "removed", "zoo", None, "Toy zoo", None),
        *(
            ("label", "removed", f"zoo:{n}", None, label.name, None)
            for n, label in zip((7, 8, 9), zoo.labels, strict=True)
        ),
        ("placement", "changed", "pets:0", "concept_id", DOG, CANINE),
        ("placement", "changed", "pets:0", "confidence", 1.0, 0.5),
        *(
            ("placement", "removed", f"zoo:{n}", None, kind, None)
            for n, kind in ((7, "exact"), (8, "exact"), (9, "unplaced"))
        ),
    ]


def test_label_sets_in_another_order_of_the_recipe() -> None:
    found = rows(TOY, replace(TOY, label_sets=TOY.label_sets[::-1]))
    assert found == [("label_set", "changed", "", "order", 1, 1)]


def test_mappings_are_told_apart_by_what_they_say() -> None:
    first, second, *rest = TOY.mappings
    twice = replace(first, mapping_justification="semapv:LexicalMatching")
    changed = replace(TOY, mappings=(second, first, twice, *rest[:-1]))
    assert rows(TOY, changed) == [
        ("mapping", "removed", f"street:/m/0r8 skos:broadMatch {CAR}", None, "review", None),
        ("mapping", "added", f"{DOG} skos:exactMatch wd:Q144", None, None, "accepted"),
        ("mapping", "changed", "", "order", 1, 0),
    ]
    no_longer = tuple(replace(m, predicate_modifier="") for m in TOY.mappings)
    machine = "wn30:03126707-n"
    assert [(r[1], r[2]) for r in rows(TOY, replace(TOY, mappings=no_longer))] == [
        ("removed", f"zoo:7 Not skos:closeMatch {machine}"),
        ("added", f"zoo:7 skos:closeMatch {machine}"),
    ]


@pytest.mark.parametrize("slot", [f.name for f in fields(Mapping)])
def test_every_slot_of_a_mapping_counts(slot: str) -> None:
    values: dict[str, Any] = {
        "subject_id": Curie("zoo", "9"),
        "object_id": AUDI,
        "predicate_id": "skos:relatedMatch",
        "mapping_justification": "semapv:UnspecifiedMatching",
        "confidence": 0.125,
        "similarity_score": 0.25,
        "status": "rejected",
        "predicate_modifier": "Not",
    }
    first, *rest = TOY.mappings
    changed = replace(first, **{slot: values.get(slot, "another")})
    assert rows(TOY, replace(TOY, mappings=(changed, *rest)))


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        *((Concept, "concept"), (Label, "label"), (LabelSet, "label_set")),
        *((Placement, "placement"), (VisualTag, "tag")),
    ],
)
def test_every_field_is_compared(kind: type, part: str) -> None:
    """A field that joins the model has to join the comparison: its key or its values."""
    from labelsys.export import diff

    known = next(k for k in vars(diff).values() if getattr(k, "part", None) == part)
    keys = {"id", "label_set", "label_id"}
    below = {"names", "labels"}  # of a part of their own
    assert {f.name for f in fields(kind)} - keys - below == set(known.fields) - keys


def test_findings_and_facts() -> None:
    note = Finding(code="I401", id="pets:3", message="new words")
    changed = replace(TOY, findings=(note, *TOY.findings[1:]), meta={**TOY.meta, "hash": "other"})
    told = [
        ("finding", "removed", "I401 pets:3", None, "empty: no object", None),
        ("finding", "added", "I401 pets:3", None, None, "new words"),
    ]
    assert rows(TOY, changed) == told
    fact = ("fact", "changed", "hash", "value", "toy", "other")
    assert rows(TOY, changed, facts=True) == [*told, fact]
    more = replace(TOY, meta={**TOY.meta, "motto": "x"})
    assert rows(TOY, more) == []
    assert rows(TOY, more, facts=True) == [("fact", "added", "motto", None, None, "x")]


def test_a_curator_s_word_against_a_tagger_is_a_change_of_a_tag() -> None:
    tags = tuple(
        replace(t, value="non-visual", curator="ana") if t.id == DOG else t
        for t in TOY.tags
        if t.id != EINSTEIN
    )
    assert rows(TOY, replace(TOY, tags=tags)) == [
        ("tag", "changed", DOG, "value", "visual", "non-visual"),
        ("tag", "changed", DOG, "curator", None, "ana"),
        ("tag", "removed", EINSTEIN, None, "visual", None),
    ]


def test_counts_reconcile_with_stats() -> None:
    a = TOY
    b = replace(a, label_sets=a.label_sets[:2], edges=a.edges[1:], concepts=a.concepts)
    one, other = stored(a), stored(b)
    counts = {n.part: n for n in Diff(one, other).counts}
    for side, store in (("a", one), ("b", other)):
        numbers = get_stats(store)
        assert getattr(counts["concept"], side) == numbers.concepts
        assert getattr(counts["edge"], side) == numbers.edges
        assert getattr(counts["label"], side) == numbers.labels
        assert getattr(counts["mapping"], side) == numbers.mappings
        assert getattr(counts["name"], side) == sum(numbers.names_by_language.values())


def test_a_store_out_of_order_is_refused_and_not_taken_for_a_difference() -> None:
    class Backwards(MemoryStore):
        def iter_edges(self) -> Any:
            return reversed(list(super().iter_edges()))

    writer = MemoryWriter()
    fill(writer)
    with pytest.raises(StoreError, match=r"the store answers out of order: .*wn30:"):
        list(Diff(writer.store, Backwards(writer)))


# --- against a naive comparison of sets

ID = st.sampled_from([Curie("ls", x * 8) for x in "abcde"])
WORD = st.sampled_from(["a", "b", "A b", "é"])
NAME = st.builds(Name, text=WORD, lang=st.sampled_from(["en", "zh"]), kind=st.just("alt"))


def _tag(id_: Curie) -> st.SearchStrategy[VisualTag]:
    value = st.sampled_from(["visual", "abstain"])
    return st.builds(VisualTag, id=st.just(id_), value=value, curator=st.none() | WORD)


@st.composite
def graphs(draw: st.DrawFn) -> ToyGraph:
    ids = sorted(draw(st.sets(ID)))
    root = Concept(id=ROOT, pref_label="entity")
    concepts = [
        Concept(
            id=id_,
            pref_label=draw(WORD),
            gloss=draw(WORD),
            names=tuple(draw(st.lists(NAME, max_size=3))),
        )
        for id_ in ids
    ]
    edges = {Edge(id_, ROOT, draw(st.sampled_from(["subclass", "instance"]))) for id_ in ids}
    edges |= {Edge(b, a) for a, b in pairwise(ids) if draw(st.booleans())}
    sets = []
    for set_id in draw(st.permutations(["s", "t"]))[: draw(st.integers(0, 2))]:
        label_ids = draw(st.lists(st.sampled_from("123"), unique=True))
        labels = tuple(Label(label_set=set_id, label_id=x, name=draw(WORD)) for x in label_ids)
        sets.append(LabelSet(id=set_id, labels=labels, title=draw(WORD)))
    placements = [
        Placement(label_id=label.id, kind="unplaced", reason=draw(WORD))
        for each in sets
        for label in each.labels
    ]
    mapping = st.builds(
        Mapping,
        subject_id=st.sampled_from([Curie("wd", "Q2"), Curie("wd", "Q3")]),
        predicate_id=st.sampled_from(["skos:exactMatch", "skos:broadMatch"]),
        object_id=st.just(Curie("wd", "Q1")),
        mapping_justification=st.just("semapv:LexicalMatching"),
        comment=WORD,
    )
    finding = st.builds(Finding, code=st.just("W301"), id=WORD, message=WORD)
    return ToyGraph(
        concepts=(*concepts, root),
        edges=tuple(sorted(edges)),
        label_sets=tuple(sets),
        placements=tuple(placements),
        mappings=tuple(draw(st.lists(mapping, max_size=5))),
        findings=tuple(sorted(draw(st.sets(finding, max_size=3)))),
        tags=tuple(draw(_tag(id_)) for id_ in ids if draw(st.booleans())),
        meta={},
    )


def things(toy: ToyGraph) -> dict[str, Counter[Any]]:
    """Return everything in a graph as bags of plain tuples, a bag a part."""

    def bag(values: Any) -> Counter[Any]:
        return Counter(values)

    return {
        "concept": bag((c.id, c.pref_label, c.gloss) for c in toy.concepts),
        "name": bag((c.id, n.text, n.lang, n.kind) for c in toy.concepts for n in c.names),
        "edge": bag(toy.edges),
        "label_set": bag((s.id, s.title) for s in toy.label_sets),
        "label": bag((x.id, x.name) for s in toy.label_sets for x in s.labels),
        "placement": bag((p.label_id, p.reason) for p in toy.placements),
        "mapping": bag(
            (m.subject_id, m.predicate_id, m.object_id, m.comment) for m in toy.mappings
        ),
        "finding": bag(toy.findings),
        "tag": bag((t.id, t.value, t.curator) for t in toy.tags),
    }


@given(graphs(), graphs())
def test_counts_are_those_of_sets(a: ToyGraph, b: ToyGraph) -> None:
    found = Diff(stored(a), stored(b))
    told = list(found)
    one, other = things(a), things(b)
    for n in found.counts:
        assert n.a == one[n.part].total()
        assert n.b == other[n.part].total()
        assert (n.equal + n.changed + n.removed, n.equal + n.changed + n.added) == (n.a, n.b)
        if n.part != "mapping":  # with doubles, who is paired with whom is a matter of order
            assert n.equal == (one[n.part] & other[n.part]).total()
    assert found.is_equal == (not told) == (repr(a) == repr(b))


@given(graphs(), graphs())
def test_the_other_way_round_added_is_removed(a: ToyGraph, b: ToyGraph) -> None:
    def turned(r: DiffRow) -> DiffRow:
        change = {"added": "removed", "removed": "added"}.get(r.change, r.change)
        return replace(r, change=change, a=r.b, b=r.a)  # type: ignore[arg-type]

    def plain(found: Any) -> set[str]:
        # Which pair is the first that is out of order depends on the side that one looks from.
        return {str(r) for r in found if r.field != "order"}

    there, back = Diff(stored(a), stored(b)), Diff(stored(b), stored(a))
    assert plain(there) == plain(map(turned, back))
    assert [n.reordered for n in there.counts] == [n.reordered for n in back.counts]


@pytest.mark.parametrize("order", list(permutations("abc")))
def test_pairs_know_when_the_order_is_another_one(order: tuple[str, ...]) -> None:
    pairing = Pairing()
    found = list(pairing.pairs("xabc", [*order, "y"], key=str))
    assert sorted(found, key=str) == sorted(
        [("a", "a"), ("b", "b"), ("c", "c"), ("x", None), (None, "y")], key=str
    )
    assert (pairing.moved is None) == (order == ("a", "b", "c"))


def test_merge_holds_one_thing_of_each() -> None:
    drawn: list[str] = []

    def stream(name: str) -> Any:
        for n in range(1000):
            drawn.append(name)
            yield n

    pairs = merge(stream("a"), stream("b"), key=lambda n: n)
    next(pairs)
    assert Counter(drawn) == {"a": 1, "b": 1}


def test_parts_are_listed_as_they_are_counted() -> None:
    counts = Diff(stored(TOY), stored(TOY), facts=True).counts
    assert tuple(n.part for n in counts) == PARTS
    assert counts.row_type is PartCounts
