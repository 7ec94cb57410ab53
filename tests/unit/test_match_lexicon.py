"""The lexicon: names, depths and everything else that is known of a concept at once."""

from __future__ import annotations

import numpy as np
import pytest

from labelsys.ids import ROOT, Curie
from labelsys.match.lexicon import LEXNAMES, Lexicon, NameUse, definition
from labelsys.model import Concept, Edge, Name
from tests import lexicon_toy as toy

LEXICON = toy.lexicon()


def at(id_: str) -> int:
    return LEXICON.index[id_]


def ids(concepts: object) -> set[Curie]:
    assert isinstance(concepts, frozenset | set | list)
    return {LEXICON.concepts[i].id for i in concepts}


def concept(number: int, *names: str, **fields: object) -> Concept:
    return Concept(
        id=Curie("wd", f"Q{number}"),
        pref_label=names[0] if names else "",
        names=tuple(Name(text=n) for n in names),
        **fields,  # type: ignore[arg-type]  # a test names its fields itself
    )


def test_concepts_are_numbered_by_id_whatever_order_they_come_in() -> None:
    again = Lexicon(reversed(toy.concepts()), reversed(toy.edges()))
    assert [c.id for c in again.concepts] == sorted(c.id for c in toy.concepts())
    assert again.index == LEXICON.index
    assert again.broader_any == LEXICON.broader_any
    assert (again.depth == LEXICON.depth).all()
    assert (again.n_narrower == LEXICON.n_narrower).all()
    assert len(again) == 51


def test_depths_are_those_of_the_drawing() -> None:
    expected = {id_: depth for depth, found in toy.DEPTHS.items() for id_ in found}
    found = {c.id: int(LEXICON.depth[i]) for i, c in enumerate(LEXICON.concepts)}
    assert found == expected


def test_depth_is_the_longest_way_and_subclass_edges_go_before_instance_edges() -> None:
    a, b, c, d = (concept(n) for n in (1, 2, 3, 4))
    root = Concept(id=ROOT, pref_label="entity")
    edges = [
        Edge(a.id, ROOT),
        Edge(b.id, a.id),
        Edge(b.id, ROOT),  # the short way says nothing
        Edge(c.id, b.id, "instance"),
        Edge(c.id, ROOT),  # a class under the root, and an instance of something deep
    ]
    lexicon = Lexicon([root, a, b, c, d], edges)
    depth = {str(x.id): int(lexicon.depth[i]) for i, x in enumerate(lexicon.concepts)}
    assert depth == {ROOT: 0, "wd:Q1": 1, "wd:Q2": 2, "wd:Q3": 1, "wd:Q4": -1}


def test_narrower_concepts_are_counted_over_subclass_edges() -> None:
    # under animal: bird and 3, mammal, 4 and 5 breeds of one of them, worm and 1
    expected = {toy.DOG: 5, toy.ANIMAL: 16, toy.BIRD: 3, toy.PHYSICIST: 0, toy.PERSON: 1}
    assert {id_: int(LEXICON.n_narrower[at(id_)]) for id_ in expected} == expected


def test_narrower_concept_counts_once_for_each_way_to_it() -> None:
    top, left, right, low = (concept(n) for n in (1, 2, 3, 4))
    edges = [Edge(left.id, top.id), Edge(right.id, top.id)]
    edges += [Edge(low.id, left.id), Edge(low.id, right.id)]
    lexicon = Lexicon([top, left, right, low], edges)
    assert lexicon.n_narrower.tolist() == [4, 1, 1, 0]


def test_lexname_is_the_concept_s_own_or_that_of_its_first_broader_one() -> None:
    animal, artifact = LEXNAMES.index("noun.animal"), LEXNAMES.index("noun.artifact")
    assert LEXICON.lexname[at(toy.DOG)] == LEXICON.lexname[at(toy.WATER_DOG)] == animal
    assert LEXICON.lexname[at(toy.COMPUTER_WORM)] == artifact
    odd = Lexicon([concept(1, lexname="noun.nonsense"), concept(2)], [])
    assert odd.lexname.tolist() == [-1, -1]


def test_lexnames_are_wordnet_s_26_in_their_order() -> None:
    assert len(LEXNAMES) == 26
    assert (LEXNAMES[0], LEXNAMES[2], LEXNAMES[25]) == ("noun.Tops", "noun.animal", "noun.time")


def test_instance_is_what_hangs_by_instance_edges_only() -> None:
    found = {c.id for i, c in enumerate(LEXICON.concepts) if LEXICON.is_instance[i]}
    assert found == {toy.EINSTEIN, toy.CRANE_WRITER}


def test_names_lead_to_concepts_by_id_then_position() -> None:
    uses = LEXICON.by_name["crane"]
    assert uses == [
        NameUse(at(toy.CRANE_BIRD), 0),
        NameUse(at(toy.CRANE_MACHINE), 0),
        NameUse(at(toy.CRANE_WRITER), 0),
    ]
    assert LEXICON.by_name["canis familiaris"] == [NameUse(at(toy.DOG), 2)]
    assert LEXICON.by_name["狗"] == [NameUse(at(toy.DOG), 3)]
    assert LEXICON.by_name["geese"] == [NameUse(at(toy.GOOSE), 1)]


def test_name_that_folds_like_an_earlier_one_of_its_concept_counts_once() -> None:
    lexicon = Lexicon([concept(1, "hot dog", "Hot-Dog", "?", "frank")], [])
    assert lexicon.by_name == {"hot dog": [NameUse(0, 0)], "frank": [NameUse(0, 3)]}


def test_names_without_spaces_lead_to_names() -> None:
    assert LEXICON.by_compact_name["hotdog"] == ["hot dog", "hotdog"]
    assert LEXICON.by_compact_name["chiropteran"] == ["chiropteran"]


def test_words_are_those_of_all_names() -> None:
    lexicon = Lexicon([concept(1, "Hot-Dog", "dog"), concept(2, "St. Bernard's dog", "!")], [])
    assert lexicon.words == {"hot", "dog", "st", "bernards"}
    assert {"computer", "sausage", "geese", "\u72d7"} <= LEXICON.words
    assert not {"hot dog", "Dog", ""} & LEXICON.words


def test_english_words_are_wordnet_s_own_names_where_there_are_any() -> None:
    # neither "sausage dog" (Wikidata's), nor "geese" (hidden), nor the Chinese name
    assert LEXICON.english_words(at(toy.DACHSHUND)) == [("dachshund",), ("badger", "dog")]
    assert LEXICON.english_words(at(toy.GOOSE)) == [("goose",)]
    assert LEXICON.english_words(at(toy.CAR)) == [("car",), ("automobile",)]
    assert LEXICON.english_words(at(toy.WATER_DOG)) == [
        ("portuguese", "water", "dog"),
        ("cao", "de", "agua"),
    ]
    assert Lexicon([concept(1)], []).english_words(0) == []


def test_other_ids_lead_to_all_concepts_that_have_them() -> None:
    assert LEXICON.by_xref["wd:Q144"] == [at(toy.DOG)]
    assert LEXICON.by_xref["ili:i46360"] == [at(toy.DOG)]
    assert LEXICON.by_xref["wd:Q900002"] == [at(toy.CRANE_BIRD), at(toy.CRANE_MACHINE)]


def test_synset_names_work_with_any_lemma_but_not_with_irregular_forms() -> None:
    table = LEXICON.by_synset
    assert table["dog.n.01"] == table["canis_familiaris.n.01"] == at(toy.DOG)
    assert table["hot_dog.n.03"] == at(toy.FRANK)
    assert "geese.n.01" not in table
    assert "dog.n.02" not in table


def test_text_of_a_concept_is_its_own_names_and_its_definition() -> None:
    assert LEXICON.text(at(toy.DOG)) == (
        "dog, domestic dog, Canis familiaris: kept by people since long ago"
    )
    # neither the irregular form nor the alias from elsewhere
    assert LEXICON.text(at(toy.GOOSE)) == "goose: a water bird with a long neck"
    assert LEXICON.text(at(toy.DACHSHUND)).startswith("dachshund, badger dog: ")
    # where there are only names from elsewhere, those
    assert LEXICON.text(at(toy.WATER_DOG)) == "Portuguese Water Dog, Cao de Agua: a dog breed"


def test_text_has_six_names_at_most_and_no_colon_without_a_definition() -> None:
    lexicon = Lexicon([concept(1, *"abcdefgh")], [])
    assert lexicon.text(0) == "a, b, c, d, e, f"


@pytest.mark.parametrize(
    ("gloss", "expected"),
    [
        ('a small fruit; "he ate a berry"; "another"', "a small fruit"),
        ("a fruit; sweet", "a fruit; sweet"),
        ("", ""),
    ],
)
def test_definition_ends_where_examples_begin(gloss: str, expected: str) -> None:
    assert definition(gloss) == expected


def test_ancestors_include_the_concept_and_both_kinds_of_edge() -> None:
    assert ids(LEXICON.ancestors(at(toy.EINSTEIN))) == {
        toy.EINSTEIN,
        toy.PHYSICIST,
        toy.PERSON,
        toy.OBJECT,
        toy.PHYSICAL,
        ROOT,
    }
    assert ids(LEXICON.ancestors(at(ROOT))) == {ROOT}


def test_ancestors_and_what_lies_under_are_there_as_arrays_too() -> None:
    above, broader = LEXICON.above_rows, LEXICON.broader_rows
    for i in range(len(LEXICON)):
        start = int(above.starts[i])
        assert above.values[start : start + int(above.lengths[i])].tolist() == sorted(
            LEXICON.ancestors(i)
        )
        assert broader.expand(np.array([i]))[1].tolist() == LEXICON.broader[i]
        under = [j for j in range(len(LEXICON)) if i in LEXICON.ancestors(j)]
        assert np.flatnonzero(LEXICON.under(i)).tolist() == under


def test_concept_on_several_ways_up_is_above_once() -> None:
    top, left, right, low = (Curie("wd", f"Q{n}") for n in range(1, 5))
    lexicon = Lexicon(
        [Concept(id=id_, pref_label="x") for id_ in (top, left, right, low)],
        [Edge(left, top), Edge(right, top), Edge(low, left), Edge(low, right), Edge(low, top)],
    )
    row = np.array([lexicon.index[low]])
    assert lexicon.above_rows.expand(row)[1].tolist() == [0, 1, 2, 3]
    assert len(Lexicon([], []).above_rows.values) == 0


def test_cycle_is_an_error() -> None:
    a, b = concept(1), concept(2)
    with pytest.raises(ValueError, match="the edges have a cycle"):
        Lexicon([a, b], [Edge(a.id, b.id), Edge(b.id, a.id, "instance")])


def test_edge_to_an_unknown_concept_is_an_error() -> None:
    with pytest.raises(KeyError, match="wd:Q2"):
        Lexicon([concept(1)], [Edge(Curie("wd", "Q1"), Curie("wd", "Q2"))])
