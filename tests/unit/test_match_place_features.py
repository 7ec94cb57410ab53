"""The numbers of each place that a label may lie at, worked out by hand on the toy lexicon."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from labelsys.ids import Curie
from labelsys.match.candidates import Candidate
from labelsys.match.features import SetContext
from labelsys.match.forms import Form, FormKind
from labelsys.match.lexicon import LEXNAMES, Lexicon
from labelsys.match.name_ends import NameEnds, Same
from labelsys.match.neighbours import Near
from labelsys.match.place_features import FEATURES, VECTOR_FEATURES, PlaceVectors, place_features
from labelsys.match.places import Clues, find_places
from labelsys.model import Concept, Edge, Name
from tests import lexicon_toy as toy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


LEXICON = toy.lexicon()
ENDS = NameEnds(LEXICON)
HEAD, HEAD_BEFORE = FormKind.HEAD, FormKind.HEAD_BEFORE


def at(id_: str) -> int:
    return LEXICON.index[id_]


def head(
    id_: str, text: str, share: float = 0.5, *, position: int = 0, kind: FormKind = HEAD
) -> Candidate:
    return Candidate(at(id_), position, Form(text, kind, share))


_OTHER = Clues(
    words=("hot", "dog"),
    heads=(head(toy.DOG, "dog"), head(toy.CRANE_BIRD, "crane", 1.0)),
    genus=(head(toy.MAMMAL, "mammal"), head(toy.BEAGLE, "beagle", 1.0)),
    parents=(at(toy.MAMMAL), at(toy.VEHICLE)),
    near=Near(((at(toy.BEAGLE), 0.75), (at(toy.CAR), 0.25)), 0.9),
    without=at(toy.POODLE),
)


def table(
    clues: Clues,
    context: SetContext | None = None,
    rows: Mapping[str, Sequence[float]] | None = None,
    label: Sequence[float] = (1.0, 0.0),
) -> dict[Curie, dict[str, float]]:
    """Return what is not zero, by concept; with vectors where rows are given.

    Other labels are asked about before and after: what they say must not show.
    """
    together = [_OTHER, clues, Clues(words=()), _OTHER]
    found = find_places(LEXICON, together, ENDS)
    vectors = None
    if rows is not None:
        places = [rows.get(LEXICON.concepts[c].id, (0.0, 1.0)) for c in found.concepts.tolist()]
        labels = [(0.0, 1.0), label, (0.6, 0.8), (-1.0, 0.0)]
        expected = [(0.0, 1.0), (0.8, 0.6), (0.6, 0.8), (-1.0, 0.0)]
        vectors = PlaceVectors(
            *(np.array(each, dtype=np.float32) for each in (labels, expected, places))
        )
    made = place_features(LEXICON, together, found, context or SetContext(), vectors)
    assert made.shape == (len(found.concepts), len(FEATURES))
    assert made.dtype == np.float32
    mine = found.of(1)
    return {
        LEXICON.concepts[c].id: {
            name: round(float(value), 5) for name, value in zip(FEATURES, row, strict=True) if value
        }
        for c, row in zip(found.concepts[mine].tolist(), made[mine], strict=True)
    }


def picked(row: dict[str, float], *names: str) -> list[float]:
    return [row.get(name, 0.0) for name in names]


def test_every_column_of_a_head() -> None:
    # "dog" of "zyx dog": the animal (first sense, 42 times, first lemma, five below it, at depth
    # five) and the sausage (fifth sense, never, fifth lemma, nothing below it). Of five names that
    # end in dog, three lie right under the dog, and none under the sausage.
    heads = (head(toy.DOG, "dog"), head(toy.FRANK, "dog", position=4))
    rows = table(Clues(words=("zyx", "dog"), heads=heads))
    assert rows[toy.DOG] == {
        **dict.fromkeys(("head", "head_longest", "first_lemma", "first_sense", "sense_rank"), 1),
        "head_share": 0.5,
        "sense_share": round(42.5 / 43, 5),
        "same_end": 0.6,
        "same_end_count": round(math.log(4) / 3, 5),
        "same_end_below": 0.6,
        "depth": 0.5,
        "lexname_animal": 1,
        "nothing": 1,
    }
    assert rows[toy.FRANK] == {
        **dict.fromkeys(("head", "head_longest"), 1),
        "head_share": 0.5,
        "sense_rank": 0.2,
        "sense_share": round(0.5 / 43, 5),
        "depth": 0.5,
        "lexname_food": 1,
        "nothing": 1,
    }
    # found by names like it only
    assert rows[toy.MAMMAL] == {
        "above_head": 1,
        "same_end": 0.2,
        "same_end_count": round(math.log(2) / 3, 5),
        "same_end_below": 0.8,
        "depth": 0.4,
        "narrower": round(math.log(10) / 8, 5),
        "lexname_animal": 1,
        "nothing": 1,
    }


def test_head_that_other_sets_use_for_something_else_is_marked() -> None:
    heads = (head(toy.DOG, "dog"), head(toy.FRANK, "dog", position=4))

    def marked(*given: tuple[str, Curie]) -> list[float]:
        context = SetContext(given_names=frozenset((name, at(id_)) for name, id_ in given))
        rows = table(Clues(words=("zyx", "dog"), heads=heads), context)
        return [rows[id_].get("given_elsewhere", 0.0) for id_ in (toy.DOG, toy.FRANK)]

    assert marked() == [0, 0]
    assert marked(("dog", toy.FRANK)) == [1, 0]
    assert marked(("dog", toy.CAR)) == [1, 1]
    assert marked(("dog", toy.DOG), ("dog", toy.FRANK)) == [0, 0]
    assert marked(("dogs", toy.CAR), ("hound", toy.FRANK)) == [0, 0]  # the very name


def test_longest_head_is_marked_and_each_form_shares_among_its_own_senses() -> None:
    heads = (
        head(toy.CHOPPING_BOARD, "cutting board", 0.667, position=1),
        head(toy.BOARD, "board", 0.333),
        head(toy.BOW_KNOT, "bow", 0.333, kind=HEAD_BEFORE),
    )
    rows = table(Clues(words=("x",), heads=heads))
    names = ("head_share", "head_longest", "head_before", "first_lemma", "sense_share")
    assert picked(rows[toy.CHOPPING_BOARD], *names) == [0.667, 1, 0, 0, 1]
    assert picked(rows[toy.BOARD], *names) == [0.333, 0, 0, 1, 1]
    assert picked(rows[toy.BOW_KNOT], *names) == [0.333, 0, 1, 1, 1]


def test_head_from_another_source_has_no_sense() -> None:
    rows = table(Clues(words=("x",), heads=(head(toy.COMPUTER_WORM, "computer worm"),)))
    names = ("head", "first_lemma", "first_sense", "sense_rank", "sense_share")
    assert picked(rows[toy.COMPUTER_WORM], *names) == [1, 1, 0, 0, 1]


def test_columns_of_a_genus() -> None:
    genus = (head(toy.CRANE_BIRD, "crane", 0.5), head(toy.DOG, "dog", 1.0))
    rows = table(Clues(words=("x",), genus=(*genus, head(toy.FRANK, "dog", 1.0, position=4))))
    names = ("head", "genus", "genus_share", "genus_longest")
    assert picked(rows[toy.CRANE_BIRD], *names) == [0, 1, 1, 0]
    assert picked(rows[toy.DOG], *names) == [0, 1, round(42.5 / 43, 5), 1]
    assert picked(rows[toy.FRANK], *names) == [0, 1, round(0.5 / 43, 5), 1]


def test_other_places_say_how_they_lie_to_the_head() -> None:
    parents = tuple(at(id_) for id_ in (toy.BEAGLE, toy.MAMMAL, toy.BAT, toy.DOG))
    rows = table(Clues(words=("x",), heads=(head(toy.DOG, "dog"),), parents=parents))
    names = ("head", "under_head", "above_head", "off_head")
    assert picked(rows[toy.DOG], *names) == [1, 0, 0, 0]
    assert picked(rows[toy.BEAGLE], *names) == [0, 1, 0, 0]
    assert picked(rows[toy.MAMMAL], *names) == [0, 0, 1, 0]
    assert picked(rows[toy.BAT], *names) == [0, 0, 0, 1]
    without = table(Clues(words=("x",), parents=parents))
    assert all(picked(row, *names) == [0, 0, 0, 0] for row in without.values())


def test_other_places_say_if_they_are_off_the_genus() -> None:
    parents = tuple(at(id_) for id_ in (toy.BEAGLE, toy.MAMMAL, toy.BAT))
    rows = table(Clues(words=("x",), genus=(head(toy.DOG, "dog"),), parents=parents))
    off = {id_ for id_, row in rows.items() if row.get("off_genus")}
    assert off == {toy.MAMMAL, toy.BAT}
    without = table(Clues(words=("x",), parents=parents))
    assert not any(row.get("off_genus") for row in without.values())


def test_heads_are_compared_with_the_closest_head() -> None:
    heads = (head(toy.CRANE_BIRD, "crane"), head(toy.CRANE_MACHINE, "crane"))
    clues = Clues(words=("x",), heads=heads, parents=(at(toy.DOG),))
    near: dict[str, Sequence[float]] = {
        toy.DOG: (1.0, 0.0),
        toy.CRANE_BIRD: (0.8, 0.6),
        toy.CRANE_MACHINE: (0.6, 0.8),
    }
    rows = table(clues, None, near)
    found = {id_: row.get("head_similarity", 0.0) for id_, row in rows.items()}
    assert found == {toy.DOG: 0, toy.CRANE_BIRD: 0, toy.CRANE_MACHINE: pytest.approx(-0.2)}


def test_columns_of_a_parent_reach_what_lies_under_it() -> None:
    heads = (head(toy.DOG, "x"), head(toy.CAR, "y"))
    rows = table(Clues(words=("x",), heads=heads, parents=(at(toy.MAMMAL), at(toy.SHIP))))
    names = ("parent", "under_parent")
    assert picked(rows[toy.MAMMAL], *names) == picked(rows[toy.SHIP], *names) == [1, 1]
    assert picked(rows[toy.DOG], *names) == [0, 1]
    assert picked(rows[toy.CAR], *names) == [0, 0]


def test_columns_of_names_that_begin_alike() -> None:
    rows = table(Clues(words=("computer", "zyx"), heads=(head(toy.ARTIFACT, "artifact"),)))
    names = ("same_start", "same_start_count", "same_start_below", "same_end")
    assert picked(rows[toy.DEVICE], *names) == [1, round(math.log(3) / 3, 5), 1, 0]
    assert picked(rows[toy.ARTIFACT], *names) == [0, 0, 1, 0]


def test_share_of_names_below_is_one_at_most() -> None:
    # a name may lie under a concept on two ways
    top, left, right, low = (Curie("wd", f"Q{n}") for n in range(1, 5))
    lexicon = Lexicon(
        [
            Concept(id=id_, pref_label="x", names=(Name(text=f"x {id_.local_id[1:]}"),))
            for id_ in (top, left, right, low)
        ],
        [Edge(left, top), Edge(right, top), Edge(low, left), Edge(low, right)],
    )
    clues = Clues(words=("x", "9"), parents=(lexicon.index[top],), without=lexicon.index[left])
    found = find_places(lexicon, [clues], NameEnds(lexicon))
    # top (no parent), right (under top), low (under both): three ways up to top
    assert found.same_start[0].under[lexicon.index[top]] == 3
    assert found.same_start[0].n == 3
    made = place_features(lexicon, [clues], found, SetContext())
    column = list(FEATURES).index("same_start_below")
    assert made[found.concepts.tolist().index(lexicon.index[top]), column] == 1.0
    wide = found._replace(same_end=(Same(2, Counter(), Counter({lexicon.index[top]: 3})),))
    made = place_features(lexicon, [clues], wide, SetContext())
    assert made[:, list(FEATURES).index("same_end_below")].max() == 1.0


def test_what_lies_below_is_counted_as_if_the_answer_were_not_there() -> None:
    parents = tuple(at(id_) for id_ in (toy.WORM, toy.DOG, toy.MAMMAL, toy.VEHICLE))
    plain = table(Clues(words=("x",), parents=parents))
    assert picked(plain[toy.WORM], "leaf") == [0]
    beagle = table(Clues(words=("x",), parents=parents, without=at(toy.BEAGLE)))
    assert picked(beagle[toy.DOG], "narrower") == [round(math.log(5) / 8, 5)]
    assert beagle[toy.VEHICLE] == plain[toy.VEHICLE]
    worm = table(Clues(words=("x",), parents=parents, without=at(toy.EARTHWORM)))
    assert picked(worm[toy.WORM], "narrower", "leaf") == [0, 1]
    # the dog takes its five kinds along: bat, mouse and calf are left
    dog = table(Clues(words=("x",), parents=parents, without=at(toy.DOG)))
    assert picked(dog[toy.MAMMAL], "narrower") == [round(math.log(4) / 8, 5)]


def test_nothing_under_a_head_says_nothing_of_it() -> None:
    heads = (head(toy.EARTHWORM, "earthworm"), head(toy.DOG, "dog"))
    rows = table(Clues(words=("zyx", "dog"), heads=heads, parents=(at(toy.GOOSE), at(toy.MAMMAL))))
    for id_ in (toy.EARTHWORM, toy.DOG):
        assert picked(rows[id_], "narrower", "leaf") == [0, 0]
    assert picked(rows[toy.GOOSE], "narrower", "leaf") == [0, 1]
    assert picked(rows[toy.MAMMAL], "narrower")[0] > 0


def test_head_inside_a_word_is_marked() -> None:
    heads = (head(toy.DOG, "dog", kind=FormKind.HEAD_INSIDE), head(toy.CAR, "car"))
    rows = table(Clues(words=("zyxdog",), heads=heads))
    assert picked(rows[toy.DOG], "head", "head_inside") == [1, 1]
    assert picked(rows[toy.CAR], "head", "head_inside") == [1, 0]


def test_set_as_a_whole_speaks_for_places() -> None:
    animal = LEXNAMES.index("noun.animal")
    context = SetContext(lexname_share={animal: 1.0}, given_sets={at(toy.DOG): 3})
    rows = table(Clues(words=("x",), parents=(at(toy.DOG), at(toy.CAR))), context)
    names = ("set_lexname", "given_here")
    in_set, outside = math.log(1.003) + 3, math.log(0.003) + 3
    assert picked(rows[toy.DOG], *names) == pytest.approx([in_set, math.log(4)], abs=1e-4)
    assert picked(rows[toy.CAR], *names) == pytest.approx([outside, 0], abs=1e-4)


def test_columns_of_votes_and_vectors() -> None:
    near = Near(((at(toy.BEAGLE), 0.5), (at(toy.DOG), 0.3), (at(toy.CAR), 0.2)), 0.5)
    rows = table(
        Clues(words=("x",), near=near),
        SetContext(centroid=np.array([0, 1], dtype=np.float32)),
        {toy.DOG: (0.6, 0.8), toy.BEAGLE: (0.8, 0.6)},
    )
    names = ("similarity", "similarity_gap", "set_similarity", "voted", "votes_below")
    more = ("votes_under", "close_below", "close_under", "expected", "expected_gap")
    expected = {
        toy.BEAGLE: [0.8, 0, 0.6, 0.5, 0, 0.5, 0, 0.25, 1, 0],
        toy.DOG: [0.6, -0.2, 0.8, 0.3, 0.5, 0.8, 0.25, 0.4, 0.96, -0.04],
        toy.MAMMAL: [0, -0.8, 1, 0, 0.3, 0.8, 0.15, 0.4, 0.6, -0.4],
        toy.ANIMAL: [0, -0.8, 1, 0, 0, 0.8, 0, 0.4, 0.6, -0.4],
        toy.VEHICLE: [0, -0.8, 1, 0, 0.2, 0.2, 0.1, 0.1, 0.6, -0.4],
    }
    for id_, values in expected.items():
        assert picked(rows[id_], *names, *more) == pytest.approx(values, abs=1e-5)


def test_vector_columns_have_three_decimals() -> None:
    near = Near(((at(toy.BEAGLE), 0.12345), (at(toy.CAR), 0.87655)), 0.33333)
    rows = table(Clues(words=("x",), near=near), None, {}, (0.12345678, 0.99235))
    for row in rows.values():
        assert all(
            math.isclose(v, round(v, 3), abs_tol=1e-6) for v in picked(row, *VECTOR_FEATURES)
        )
    assert rows[toy.BEAGLE]["voted"] == 0.123
    assert rows[toy.BEAGLE]["similarity"] == 0.992


def test_without_vectors_their_columns_are_zero() -> None:
    context = SetContext(centroid=np.ones(2, dtype=np.float32))
    rows = table(Clues(words=("zyx", "dog"), heads=(head(toy.DOG, "dog"),)), context)
    assert all(not row.keys() & set(VECTOR_FEATURES) for row in rows.values())


def test_vector_features_are_features_and_say_so() -> None:
    marked = [name for name, meaning in FEATURES.items() if meaning.endswith("(vectors)")]
    assert marked == list(VECTOR_FEATURES)
    assert [name for name in FEATURES if name.startswith("lexname_")] == [
        f"lexname_{name[5:]}" for name in LEXNAMES
    ]


def test_no_places_give_an_empty_table() -> None:
    assert table(Clues(words=())) == {}
    assert table(Clues(words=()), rows={}) == {}
