"""What every store has to do. Each store fills in one fixture, `build`, and runs all of it.

Facts about the toy graph are read off the drawing in `tests/toy.py`.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from labelsys.errors import CyclicHierarchyError, NotFoundError, StoreError
from labelsys.hierarchy import Hierarchy
from labelsys.ids import Curie
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
from labelsys.store.protocol import GraphStore, GraphWriter, NameHit, NameRow
from labelsys.store.transfer import copy_graph
from labelsys.vocab import Justification
from tests import toy

if TYPE_CHECKING:
    from collections.abc import Callable

Fill: TypeAlias = "Callable[[GraphWriter], None]"
Build: TypeAlias = "Callable[[Fill], GraphStore]"

TOY = toy.toy_graph()
GHOST = Curie("wn30", "02084072-n")


def everything(value: Any) -> tuple[object, ...]:
    """Return all fields of a value: `==` of most values looks at their ids only."""
    return tuple(getattr(value, field.name) for field in fields(value))


def concept(id_: str, *names: str, **more: Any) -> Concept:
    """Return a concept with English names, the first one preferred."""
    texts = names or (id_,)
    kinds = ("pref", *["alt"] * len(texts))
    listed = tuple(Name(text=t, kind=k) for t, k in zip(texts, kinds, strict=False))  # type: ignore[arg-type]  # the kinds above are the words
    return Concept(id=Curie.parse(id_), pref_label=texts[0], names=listed, **more)


class StoreContract:
    """One fixture to fill in."""

    @pytest.fixture
    def build(self) -> Build:
        """Return what runs a filling function on a fresh writer and opens the finished graph."""
        raise NotImplementedError

    @pytest.fixture
    def store(self, build: Build) -> GraphStore:
        return build(toy.fill)


class ConceptContract(StoreContract):
    def test_all_concepts_come_back_whole_and_by_id(self, store: GraphStore) -> None:
        found = [everything(c) for c in store.iter_concepts()]
        assert found == [everything(c) for c in TOY.concepts]

    def test_each_concept_comes_back_whole_by_its_id(self, store: GraphStore) -> None:
        for expected in TOY.concepts:
            assert everything(store.get_concept(expected.id)) == everything(expected)

    def test_unknown_id_is_none_for_find(self, store: GraphStore) -> None:
        assert store.find_concept(GHOST) is None

    def test_unknown_id_raises_with_near_ids_for_get(self, store: GraphStore) -> None:
        with pytest.raises(
            NotFoundError, match=r"no concept 'wn30:02084072-n' \(closest: wn30:02084071-n"
        ):
            store.get_concept(GHOST)

    def test_unknown_id_without_anything_alike_names_nothing(self, store: GraphStore) -> None:
        with pytest.raises(NotFoundError, match=r"no concept 'ex:none'$"):
            store.get_concept(Curie("ex", "none"))

    def test_concepts_come_in_the_order_asked_and_unknown_ones_are_passed_over(
        self, store: GraphStore
    ) -> None:
        asked = [toy.WATER_DOG, GHOST, toy.ANIMAL, toy.WATER_DOG, toy.DOG]
        found = [c.id for c in store.iter_concepts(asked)]
        assert found == [toy.WATER_DOG, toy.ANIMAL, toy.WATER_DOG, toy.DOG]

    def test_more_concepts_than_one_batch_come_in_order(self, build: Build) -> None:
        ids = [Curie("ex", f"c{i:04d}") for i in range(1203)]
        store = build(lambda writer: _write(writer, concepts=[concept(id_) for id_ in ids]))
        asked = [*reversed(ids), *ids[::7]]
        assert [c.id for c in store.iter_concepts(iter(asked))] == asked

    def test_ids_are_sorted(self, store: GraphStore) -> None:
        ids = list(store.iter_ids())
        assert ids == [c.id for c in TOY.concepts] == sorted(ids)

    def test_xref_leads_to_its_concept(self, store: GraphStore) -> None:
        assert store.find_by_xref(Curie("wd", "Q144")) == (toy.DOG,)
        assert store.find_by_xref(Curie("ili", "i46360")) == (toy.DOG,)
        assert store.find_by_xref(Curie("wd", "Q38559")) == ()  # an id of its own, no xref

    def test_shared_xref_leads_to_all_sorted(self, build: Build) -> None:
        shared = (Curie("wn31", "03347602-n"),)
        parts = [concept("ex:b", xrefs=shared), concept("ex:a", xrefs=shared * 2)]
        store = build(lambda writer: _write(writer, concepts=parts))
        assert store.find_by_xref(shared[0]) == ("ex:a", "ex:b")
        assert store.get_concept(Curie("ex", "a")).xrefs == shared

    def test_retired_concept_keeps_where_it_went(self, build: Build) -> None:
        old = concept("ex:old", status="retired", replaced_by=Curie("ex", "new"))
        store = build(lambda writer: _write(writer, concepts=[old, concept("ex:new")]))
        assert everything(store.get_concept(old.id)) == everything(old)

    def test_ids_of_odd_characters_survive(self, build: Build) -> None:
        ids = [
            Curie("ex", text) for text in ("a:b", "/m/0bt9lr", "%2F", "naïve 狗", "😀", "'\";--")
        ]
        store = build(lambda writer: _write(writer, concepts=[concept(i) for i in ids]))
        assert list(store.iter_ids()) == sorted(ids)
        assert [c.id for c in store.iter_concepts(ids)] == ids


class NameContract(StoreContract):
    def test_name_is_found_in_its_folded_form_only(self, store: GraphStore) -> None:
        assert store.find_by_name("cao de agua portugues") == (NameHit(toy.WATER_DOG, 1),)
        assert store.find_by_name("Cão de Água Português") == ()
        assert store.find_by_name("") == ()

    def test_ambiguous_name_leads_to_all_by_id(self, store: GraphStore) -> None:
        expected = (NameHit(toy.CRANE_BIRD, 0), NameHit(toy.CRANE_MACHINE, 0))
        assert store.find_by_name("crane") == expected

    def test_hidden_and_foreign_names_are_in_the_table(self, store: GraphStore) -> None:
        assert store.find_by_name("portugese water dog") == (NameHit(toy.WATER_DOG, 2),)
        assert store.find_by_name("狗") == (NameHit(toy.DOG, 3),)

    def test_name_table_is_whole_and_ordered(self, store: GraphStore) -> None:
        rows = list(store.iter_names())
        assert len(rows) == sum(len(c.names) for c in TOY.concepts)
        assert rows == sorted(rows, key=lambda row: row[:3])
        assert NameRow("dog", toy.DOG, 0, "en", "pref", 1, 42) in rows
        assert NameRow("鹤", toy.CRANE_BIRD, 1, "zh", "pref", 0, 0) in rows

    def test_name_that_folds_to_nothing_stays_with_its_concept_only(self, build: Build) -> None:
        store = build(
            lambda writer: _write(writer, concepts=[concept("ex:a", "!!!", "exclamation")])
        )
        assert [row.folded for row in store.iter_names()] == ["exclamation"]
        assert [name.text for name in store.get_concept(Curie("ex", "a")).names] == [
            "!!!",
            "exclamation",
        ]
        assert store.find_by_name("exclamation") == (NameHit(Curie("ex", "a"), 1),)

    def test_two_names_of_one_fold_are_both_hits(self, build: Build) -> None:
        store = build(
            lambda writer: _write(writer, concepts=[concept("ex:a", "hot dog", "Hot-Dog")])
        )
        a = Curie("ex", "a")
        assert store.find_by_name("hot dog") == (NameHit(a, 0), NameHit(a, 1))
        assert store.find_similar_names("hot dog") == ("hot dog",)

    def test_names_that_begin_with_the_text_come_first_shortest_first(
        self, store: GraphStore
    ) -> None:
        found = store.find_similar_names("ca", limit=6)
        # Five names begin with it, of 3, 5, 6, 16 and 21 letters; three more have a word in c,
        # which is one trigram of the three, and 5, 8 and 18 other trigrams.
        assert found[:4] == ("car", "canid", "canine", "canis familiaris")
        assert found[4:] == ("cao de agua portugues", "crane", "creature", "audi r8 coupe 2012")

    def test_typo_finds_the_name(self, store: GraphStore) -> None:
        assert store.find_similar_names("golden retreiver")[0] == "golden retriever"
        assert store.find_similar_names("vehcile")[0] == "vehicle"

    def test_chinese_name_is_found_by_a_part(self, store: GraphStore) -> None:
        assert store.find_similar_names("狗") == ("狗",)
        assert store.find_similar_names("汽") == ("汽车",)

    def test_limit_holds_for_each_half(self, store: GraphStore) -> None:
        # "dog" alone begins with it; "domestic dog" and "... water dog" share its trigrams.
        assert store.find_similar_names("dog", limit=1) == ("dog", "domestic dog")
        assert store.find_similar_names("dog", limit=0) == ()

    def test_most_shared_first_then_least_surplus_then_alphabetical(self, build: Build) -> None:
        names = ["zz abc", "abc d", "abc e", "abc ef", "abcd", "xyz"]
        store = build(lambda writer: _write(writer, concepts=[concept("ex:a", *names)]))
        # Four of the query's seven trigrams are those of "abc": four names have them all, with
        # 2, 2, 3 and 3 others beside; "abcd" has three of them.
        found = store.find_similar_names("qq abc")
        assert found == ("abc d", "abc e", "abc ef", "zz abc", "abcd")

    def test_less_than_three_tenths_shared_is_left_out(self, build: Build) -> None:
        # "abcdefghi" has ten trigrams: "abcz" shares three of them, "abz" two, "az" one.
        store = build(
            lambda writer: _write(writer, concepts=[concept("ex:a", "abcz", "abz", "az")])
        )
        assert store.find_similar_names("abcdefghi") == ("abcz",)
        assert store.find_similar_names("abcdefgh") == ("abcz",)

    def test_text_that_nothing_looks_like_finds_nothing(self, store: GraphStore) -> None:
        assert store.find_similar_names("qqqq") == ()

    def test_undecodable_text_finds_nothing(self, store: GraphStore) -> None:
        assert store.find_by_name("dog\udcff") == ()
        assert "dog" in store.find_similar_names("dog \udcff")


class HierarchyContract(StoreContract):
    def test_edges_up_come_by_kind_and_id(self, store: GraphStore) -> None:
        assert list(store.iter_broader(toy.DOG)) == [
            Edge(toy.DOG, toy.DOMESTIC),
            Edge(toy.DOG, toy.CANINE),
        ]
        assert list(store.iter_broader(toy.EINSTEIN)) == [
            Edge(toy.EINSTEIN, toy.PERSON, "instance")
        ]

    def test_edges_down_come_by_kind_and_id(self, store: GraphStore) -> None:
        assert list(store.iter_narrower(toy.DOG)) == [
            Edge(toy.WATER_DOG, toy.DOG),
            Edge(toy.RETRIEVER, toy.DOG),
        ]

    def test_subclass_edges_come_before_instance_edges(self, build: Build) -> None:
        a, b, c, d = (Curie("ex", x) for x in "abcd")
        edges = [Edge(d, a, "instance"), Edge(d, b), Edge(c, a, "instance"), Edge(b, a), Edge(d, c)]
        parts = [concept(id_) for id_ in (a, b, c, d)]
        store = build(lambda writer: _write(writer, concepts=parts, edges=edges))
        assert [(e.kind, e.broader) for e in store.iter_broader(d)] == [
            ("subclass", b),
            ("subclass", c),
            ("instance", a),
        ]
        assert [(e.kind, e.narrower) for e in store.iter_narrower(a)] == [
            ("subclass", b),
            ("instance", c),
            ("instance", d),
        ]

    def test_both_kinds_between_two_concepts_are_two_edges(self, build: Build) -> None:
        a, b = Curie("ex", "a"), Curie("ex", "b")
        edges = [Edge(b, a), Edge(b, a, "instance")]
        store = build(lambda writer: _write(writer, concepts=[concept(a), concept(b)], edges=edges))
        assert list(store.iter_edges()) == sorted(edges)

    def test_all_edges_are_ordered(self, store: GraphStore) -> None:
        assert tuple(store.iter_edges()) == TOY.edges

    def test_unknown_id_and_root_have_no_edges_up(self, store: GraphStore) -> None:
        assert list(store.iter_broader(GHOST)) == list(store.iter_narrower(GHOST)) == []
        assert list(store.iter_broader(toy.ENTITY)) == []

    def test_hierarchy_reads_every_concept(self, store: GraphStore) -> None:
        tree = Hierarchy.from_store(store)
        assert {id_: tree.depth(id_) for id_ in tree.ids} == toy.DEPTHS


class LabelContract(StoreContract):
    def test_label_sets_come_back_whole_in_recipe_order(self, store: GraphStore) -> None:
        found = list(store.iter_label_sets())
        assert [everything(s) for s in found] == [everything(s) for s in TOY.label_sets]
        labels = [everything(label) for s in found for label in s.labels]
        assert labels == [everything(label) for s in TOY.label_sets for label in s.labels]

    def test_one_label_set(self, store: GraphStore) -> None:
        assert everything(store.get_label_set("street")) == everything(TOY.label_sets[1])

    def test_unknown_label_set_raises_with_near_ones(self, store: GraphStore) -> None:
        with pytest.raises(NotFoundError, match=r"no label set 'streets' \(closest: street\)"):
            store.get_label_set("streets")

    def test_label_is_found_by_its_curie(self, store: GraphStore) -> None:
        label = store.find_label(Curie("pets", "2"))
        assert label is not None
        assert everything(label) == everything(TOY.label_sets[0].labels[2])
        assert store.find_label(Curie("pets", "99")) is None
        assert store.find_label(Curie("nosuch", "1")) is None

    def test_placements_come_back_whole_in_order(self, store: GraphStore) -> None:
        assert tuple(store.iter_placements()) == TOY.placements
        assert tuple(store.iter_placements("street")) == TOY.placements[4:8]
        assert tuple(store.iter_placements("nosuch")) == ()

    def test_one_placement(self, store: GraphStore) -> None:
        assert store.find_placement(Curie("street", "/m/0r8")) == TOY.placements[5]
        assert store.find_placement(Curie("street", "/m/none")) is None

    def test_labels_at_a_concept_come_in_recipe_order(self, store: GraphStore) -> None:
        assert list(store.iter_labels_at(toy.DOG)) == ["pets:0", "street:/m/0dog"]
        assert list(store.iter_labels_at(toy.CRANE_BIRD)) == ["zoo:7", "zoo:8"]
        # The guess of an unplaced label is no place.
        assert list(store.iter_labels_at(toy.ARTIFACT)) == []
        assert list(store.iter_labels_at(GHOST)) == []

    def test_sets_keep_the_order_of_the_calls_and_may_be_empty(self, build: Build) -> None:
        def fill(writer: GraphWriter) -> None:
            for id_ in ("zeta", "alpha", "mid"):
                assert writer.add_label_set(LabelSet(id=id_, labels=()), []) == 0
            writer.finish()

        assert [s.id for s in build(fill).iter_label_sets()] == ["zeta", "alpha", "mid"]


class FactContract(StoreContract):
    def test_mappings_come_back_whole_in_the_order_written(self, store: GraphStore) -> None:
        found = [everything(m) for m in store.iter_mappings()]
        assert found == [everything(m) for m in TOY.mappings]

    def test_mappings_of_one_subject(self, store: GraphStore) -> None:
        objects = [m.object_id for m in store.iter_mappings(Curie("zoo", "7"))]
        assert objects == [toy.CRANE_BIRD, toy.CRANE_MACHINE]
        assert list(store.iter_mappings(GHOST)) == []

    def test_findings_are_sorted(self, store: GraphStore) -> None:
        assert tuple(store.iter_findings()) == TOY.findings

    def test_same_finding_twice_is_two(self, build: Build) -> None:
        twice = [Finding(code="I402", id="x", message="m")] * 2
        store = build(lambda writer: _write(writer, findings=twice))
        assert list(store.iter_findings()) == twice

    def test_meta_comes_back(self, store: GraphStore) -> None:
        assert dict(store.get_meta()) == TOY.meta

    def test_empty_graph_answers_everything(self, build: Build) -> None:
        store = build(lambda writer: writer.finish())
        readers = (
            *(store.iter_concepts, store.iter_ids, store.iter_names, store.iter_edges),
            *(store.iter_label_sets, store.iter_placements, store.iter_mappings),
            store.iter_findings,
        )
        assert [list(read()) for read in readers] == [[]] * 8
        assert dict(store.get_meta()) == {}
        assert store.find_by_name("dog") == ()
        assert store.find_similar_names("dog") == ()
        assert len(Hierarchy.from_store(store)) == 0
        with pytest.raises(NotFoundError, match=r"no label set 'coco'$"):
            store.get_label_set("coco")

    def test_closed_store_says_so(self, build: Build) -> None:
        with build(toy.fill) as store:
            assert isinstance(store, GraphStore)
        store.close()
        with pytest.raises(StoreError, match="is closed"):
            store.find_concept(toy.DOG)


class TagContract(StoreContract):
    """Tags of ex:a (a tagger's), ex:b (a curator's against it) and ex:d (a curator's alone)."""

    A = VisualTag(
        id=Curie("ex", "a"), value="abstain", probability=0.5, tagger="t@1", guess="abstain"
    )
    B = VisualTag(
        id=Curie("ex", "b"),
        value="visual",
        probability=0.0125,
        tagger="t@2",
        guess="non-visual",
        curator="ana",
    )
    D = VisualTag(id=Curie("ex", "d"), value="non-visual", curator="bo")

    @pytest.fixture
    def store(self, build: Build) -> GraphStore:
        concepts = [concept(f"ex:{letter}") for letter in "abcd"]
        tags = [self.D, self.A, self.B]
        return build(lambda writer: _write(writer, concepts=concepts, tags=tags))

    def test_tags_come_back_whole_and_by_id(self, store: GraphStore) -> None:
        assert list(store.iter_visual_tags()) == [self.A, self.B, self.D]

    def test_tags_come_in_the_order_asked_and_concepts_without_are_passed_over(
        self, store: GraphStore
    ) -> None:
        asked = [Curie("ex", letter) for letter in ("d", "c", "zz", "a", "d")]
        assert list(store.iter_visual_tags(asked)) == [self.D, self.A, self.D]

    def test_a_graph_without_tags_has_none(self, build: Build) -> None:
        store = build(lambda writer: _write(writer, concepts=[concept("ex:a")]))
        assert list(store.iter_visual_tags()) == []

    def test_a_copy_keeps_the_tags(self, store: GraphStore, build: Build) -> None:
        copy = build(lambda writer: copy_graph(store, writer))
        assert list(copy.iter_visual_tags()) == [self.A, self.B, self.D]

    @pytest.mark.parametrize(
        ("tags", "message"),
        [([A, A], "visual tag of ex:a is there twice"), ([B], "visual tag of ex:b: no such")],
    )
    def test_tag_given_twice_or_of_no_concept_is_refused(
        self, build: Build, tags: list[VisualTag], message: str
    ) -> None:
        with pytest.raises(StoreError, match=message):
            build(lambda writer: _write(writer, concepts=[concept("ex:a")], tags=tags))


class WriterContract(StoreContract):
    def test_counts_are_returned(self, build: Build) -> None:
        counts = []

        def fill(writer: GraphWriter) -> None:
            counts.append(writer.add_mappings(iter(TOY.mappings)))
            counts.append(writer.add_label_set(TOY.label_sets[0], iter(TOY.placements[:4])))
            counts.append(writer.add_label_set(TOY.label_sets[2], iter(TOY.placements[8:])))
            counts.append(writer.add_label_set(TOY.label_sets[1], iter(TOY.placements[4:8])))
            counts.append(writer.add_edges(iter(TOY.edges)))
            counts.append(writer.add_concepts(iter(TOY.concepts)))
            counts.append(writer.add_findings(iter(TOY.findings)))
            writer.finish()

        build(fill)
        assert counts == [5, 4, 3, 4, 16, 16, 4]

    def test_order_of_concepts_and_edges_does_not_matter(self, build: Build) -> None:
        store = build(
            lambda writer: _write(
                writer, concepts=list(reversed(TOY.concepts)), edges=list(reversed(TOY.edges))
            )
        )
        assert tuple(store.iter_concepts()) == TOY.concepts
        assert tuple(store.iter_edges()) == TOY.edges

    def test_edge_to_a_missing_concept_is_refused(self, build: Build) -> None:
        edges = [*TOY.edges, Edge(toy.DOG, GHOST)]
        with pytest.raises(StoreError, match=rf"E103: edge {toy.DOG} -> {GHOST}: no such concept"):
            build(lambda writer: _write(writer, concepts=TOY.concepts, edges=edges))

    def test_placement_at_a_missing_concept_is_refused(self, build: Build) -> None:
        labels = (Label(label_set="s", label_id="1", name="x"),)
        place = Placement(label_id=Curie("s", "1"), kind="exact", concept_id=GHOST)
        with pytest.raises(StoreError, match=rf"E103: placement of s:1 at {GHOST}"):
            build(lambda writer: _write(writer, sets=[(LabelSet(id="s", labels=labels), [place])]))

    @pytest.mark.parametrize("missing", ["wn30:02084072-n", "ls:aaaaaaaa", "pets:99"])
    def test_mapping_to_a_missing_concept_or_label_is_refused(
        self, build: Build, missing: str
    ) -> None:
        bad = replace(TOY.mappings[0], object_id=Curie.parse(missing))
        sets = [(TOY.label_sets[0], TOY.placements[:4])]
        with pytest.raises(StoreError, match=rf"E103: mapping .* {missing}"):
            build(lambda writer: _write(writer, concepts=TOY.concepts, sets=sets, mappings=[bad]))

    def test_mapping_to_elsewhere_is_taken(self, build: Build) -> None:
        away = Mapping(
            subject_id=toy.DOG,
            predicate_id="skos:exactMatch",
            object_id=Curie("freebase", "/m/0bt9lr"),
            mapping_justification=Justification.KNOWN,
        )
        store = build(lambda writer: _write(writer, concepts=TOY.concepts, mappings=[away]))
        assert list(store.iter_mappings()) == [away]

    def test_replacement_that_is_missing_is_refused(self, build: Build) -> None:
        old = concept("ex:old", status="retired", replaced_by=GHOST)
        with pytest.raises(StoreError, match=rf"E103: concept ex:old replaced by {GHOST}"):
            build(lambda writer: _write(writer, concepts=[old]))

    def test_many_missing_are_counted(self, build: Build) -> None:
        edges = [Edge(Curie("ex", f"c{i}"), GHOST) for i in range(5)]
        with pytest.raises(StoreError, match=r"ex:c0 .*ex:c2 .* and 2 more: no such concept"):
            build(lambda writer: _write(writer, edges=edges))

    def test_cycle_is_refused(self, build: Build) -> None:
        a, b = Curie("ex", "a"), Curie("ex", "b")
        edges = [Edge(a, b), Edge(b, a, "instance")]
        with pytest.raises(CyclicHierarchyError, match="ex:a -> ex:b -> ex:a"):
            build(lambda writer: _write(writer, concepts=[concept(a), concept(b)], edges=edges))

    @pytest.mark.parametrize("part", ["concepts", "edges"])
    def test_the_same_twice_is_refused(self, build: Build, part: str) -> None:
        parts: dict[str, Any] = {"concepts": TOY.concepts, "edges": TOY.edges}
        parts[part] = [*parts[part], parts[part][3]]
        with pytest.raises(StoreError, match=rf"{part[:-1]} .* is there twice"):
            build(lambda writer: _write(writer, **parts))

    def test_label_set_and_label_given_twice_are_refused(self, build: Build) -> None:
        empty = (LabelSet(id="s", labels=()), ())
        with pytest.raises(StoreError, match="label set s is there twice"):
            build(lambda writer: _write(writer, sets=[empty, empty]))
        label = Label(label_set="s", label_id="1", name="x")
        place = Placement(label_id=label.id, kind="unplaced")
        twice = (LabelSet(id="s", labels=(label, label)), (place, place))
        with pytest.raises(StoreError, match="label s:1 is there twice"):
            build(lambda writer: _write(writer, sets=[twice]))

    def test_placements_have_to_be_those_of_the_labels(self, build: Build) -> None:
        pets, places = TOY.label_sets[0], TOY.placements[:4]
        with pytest.raises(StoreError, match="4 labels and 3 placements; at 3 the label is pets:3"):
            build(lambda writer: _write(writer, sets=[(pets, places[:3])]))
        swapped = (places[1], places[0], *places[2:])
        with pytest.raises(StoreError, match="at 0 the label is pets:0, the placement pets:1"):
            build(lambda writer: _write(writer, sets=[(pets, swapped)]))

    def test_label_of_another_set_is_refused(self, build: Build) -> None:
        mixed = LabelSet(id="pets", labels=TOY.label_sets[2].labels)
        with pytest.raises(StoreError, match="label set pets holds a label of another set"):
            build(lambda writer: _write(writer, sets=[(mixed, TOY.placements[8:])]))

    def test_finished_graph_takes_no_more(self, build: Build) -> None:
        def fill(writer: GraphWriter) -> None:
            toy.fill(writer)
            writer.add_concepts([concept("ex:late")])

        with pytest.raises(StoreError, match="this graph is finished"):
            build(fill)


def _write(
    writer: GraphWriter,
    *,
    concepts: Any = (),
    edges: Any = (),
    sets: Any = (),
    mappings: Any = (),
    findings: Any = (),
    tags: Any = (),
) -> None:
    writer.add_concepts(concepts)
    writer.add_edges(edges)
    for label_set, placements in sets:
        writer.add_label_set(label_set, placements)
    writer.add_mappings(mappings)
    writer.add_findings(findings)
    writer.add_visual_tags(tags)
    writer.finish()
