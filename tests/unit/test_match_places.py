"""Where a label without a concept of its own may lie."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.ids import ROOT, Curie
from labelsys.match.candidates import Candidate
from labelsys.match.forms import Form, FormKind
from labelsys.match.name_ends import NameEnds, Same
from labelsys.match.neighbours import Near
from labelsys.match.places import Clues, find_clues, find_places
from labelsys.model import Label
from tests import lexicon_toy as toy

if TYPE_CHECKING:
    from collections.abc import Mapping

LEXICON = toy.lexicon()
ENDS = NameEnds(LEXICON)
NONE = Same(0, Counter(), Counter())


def at(id_: str) -> int:
    return LEXICON.index[id_]


def ids(counted: Mapping[int, int]) -> dict[Curie, int]:
    return {LEXICON.concepts[i].id: n for i, n in counted.items()}


def head(id_: str, text: str, share: float = 0.5, *, position: int = 0) -> Candidate:
    return Candidate(at(id_), position, Form(text, FormKind.HEAD, share))


def found_at(*clues: Clues, within: int | None = None) -> list[set[Curie]]:
    """Return where each label may lie; all of them are asked about at once."""
    theme = None if within is None else LEXICON.under(within)
    places = find_places(LEXICON, clues, ENDS, theme)
    assert places.n_labels == len(clues)
    assert np.all(np.diff(places.keys) > 0)
    found: list[set[Curie]] = []
    for number in range(len(clues)):
        rows = places.of(number)
        assert np.all(places.labels[rows] == number)
        found.append({LEXICON.concepts[i].id for i in places.concepts[rows].tolist()})
    assert sum(map(len, found)) == len(places.concepts)
    return found


@pytest.mark.parametrize(
    ("synonyms", "words"),
    [
        ((), ("vermis", "qwx")),
        (("Qwx worm",), ("qwx", "worm")),  # the first one that ends in a known noun
        (("zyx", "red worm", "big dog"), ("red", "worm")),
        (("zyx",), ("vermis", "qwx")),
        (("!",), ("vermis", "qwx")),
    ],
)
def test_name_that_says_what_it_is_tells_of_shared_words(
    synonyms: tuple[str, ...], words: tuple[str, ...]
) -> None:
    label = Label(label_set="x", label_id="1", name="Vermis qwx (sea)", synonyms=synonyms)
    assert find_clues(label, LEXICON, Near()).words == words


# -- names that share a word ------------------------------------------------------


def test_names_that_end_alike_are_counted_where_they_lie() -> None:
    # domestic dog, hot dog, badger dog, poodle dog, Portuguese Water Dog
    same = ENDS.same(["big", "dog"], -1)
    assert same.n == 5
    assert ids(same.parents) == {toy.DOG: 3, toy.MAMMAL: 1, toy.SAUSAGE: 1}
    assert ids(same.under) == {
        toy.DOG: 3,
        **dict.fromkeys((toy.MAMMAL, toy.ANIMAL), 4),
        **dict.fromkeys((toy.SAUSAGE, toy.FOOD), 1),
        **dict.fromkeys((toy.OBJECT, toy.PHYSICAL, ROOT), 5),
    }


def test_names_that_begin_alike_are_counted_too() -> None:
    same = ENDS.same(["computer", "desk"], 0)  # computer mouse, computer worm
    assert (same.n, ids(same.parents)) == (2, {toy.DEVICE: 2})
    assert ENDS.same(["desk", "computer"], 0) == NONE
    # two names of one concept count once
    assert ids(ENDS.same(["big", "board"], -1).parents) == {toy.BOARD: 1}


@pytest.mark.parametrize("words", [["dog"], [], ["big", "unicorn"], ["big", "einstein"]])
def test_single_words_unknown_words_and_single_things_share_nothing(words: list[str]) -> None:
    assert ENDS.same(words, -1) == NONE
    assert ENDS.same(words[::-1], 0) == NONE


def test_concept_that_must_not_be_seen_is_not_counted() -> None:
    same = ENDS.same(["big", "dog"], -1, at(toy.DOG))
    assert (same.n, ids(same.parents)) == (4, {toy.DOG: 3, toy.SAUSAGE: 1})
    assert ENDS.same(["big", "dog"], -1).n == 5  # and is counted again
    assert ENDS.same(["big", "dog"], -1, at(toy.CAR)).n == 5


def test_added_labels_count_at_once_and_lie_under_their_parent() -> None:
    ends = NameEnds(LEXICON)
    assert ends.same(["big", "dog"], -1).n == 5
    ends.add("good old dog", at(toy.CAR))
    same = ends.same(["big", "dog"], -1)
    assert (same.n, same.parents[at(toy.CAR)], same.under[at(toy.VEHICLE)]) == (6, 1, 1)
    assert ids(ends.same(["good", "cat"], 0).parents) == {toy.CAR: 1}
    ends.add("dog", at(toy.CAR))  # a single word shares nothing
    ends.add("", at(toy.CAR))
    assert ends.same(["big", "dog"], -1) == same


def test_label_under_the_first_concept_counts_like_any_other() -> None:
    ends = NameEnds(LEXICON)
    ends.add("blue zyx", 0)
    assert ends.same(["red", "zyx"], -1).parents == {0: 1}


def test_four_hundred_names_are_enough() -> None:
    ends = NameEnds(LEXICON)
    for n in range(500):
        ends.add(f"{n} zyx", at(toy.CAR))
    assert ends.same(["red", "zyx"], -1).n == 400


WORDS = ["dog", "board", "zyx", "computer", "red"]
ADDED = st.lists(
    st.tuples(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join),
        st.integers(1, len(LEXICON) - 1),
    ),
    max_size=6,
)


@given(ADDED, st.lists(st.sampled_from(WORDS), min_size=2, max_size=3), st.data())
def test_counts_are_those_of_looking_at_everything_anew(
    added: list[tuple[str, int]], words: list[str], data: st.DataObject
) -> None:
    without = data.draw(st.integers(-1, len(LEXICON) - 1))
    end = data.draw(st.sampled_from([0, -1]))
    ends = NameEnds(LEXICON)
    for text, parent in added:
        ends.same(words, end)  # what is kept must not outlive an addition
        ends.add(text, parent)
    parents: Counter[int] = Counter()
    n = 0
    for i in range(len(LEXICON)):
        names = [w for w in LEXICON.english_words(i) if len(w) > 1]
        if i != without and not LEXICON.is_instance[i] and words[end] in {w[end] for w in names}:
            n += 1
            parents.update(LEXICON.broader[i])
    for text, parent in added:
        if " " in text and text.split()[end] == words[end]:
            n += 1
            parents[parent] += 1
    same = ends.same(words, end, without)
    assert (same.n, same.parents) == (n, parents)
    for i in range(len(LEXICON)):
        assert same.under[i] == sum(k for p, k in parents.items() if i in LEXICON.ancestors(p))


def test_top_is_where_most_lie_ties_by_concept_eight_at_most() -> None:
    assert Same(9, Counter({5: 1, 3: 2, 9: 4, 1: 2}), Counter()).top() == [9, 1, 3, 5]
    assert Same(9, Counter(range(20, 0, -1)), Counter()).top() == list(range(1, 9))
    assert NONE.top() == []


# -- places ----------------------------------------------------------------------


def test_places_come_from_heads_genus_parents_and_names_alike() -> None:
    clues = Clues(
        words=("computer", "dog"),
        heads=(head(toy.CRANE_BIRD, "crane"),),
        genus=(head(toy.POPPY, "poppy", 1.0),),
        parents=(at(toy.WEAPON),),
    )
    alike = {toy.DOG, toy.MAMMAL, toy.SAUSAGE, toy.DEVICE}
    assert found_at(clues) == [{toy.CRANE_BIRD, toy.POPPY, toy.WEAPON, *alike}]


def test_one_concept_is_one_place_however_often_it_is_found() -> None:
    heads, genus = (head(toy.DOG, "dog"),), (head(toy.DOG, "dog", 1.0),)
    clues = Clues(words=("x", "dog"), heads=heads, genus=genus, parents=(at(toy.DOG),))
    assert found_at(clues) == [{toy.DOG, toy.MAMMAL, toy.SAUSAGE}]


def test_labels_asked_about_together_keep_their_places_apart() -> None:
    dog = Clues(words=("x",), heads=(head(toy.DOG, "dog"),))
    near = Clues(words=("x",), near=Near(((at(toy.CAR), 1.0),), 0.5))
    assert found_at(dog, Clues(words=()), near, dog) == [
        {toy.DOG},
        set(),
        {toy.CAR, toy.VEHICLE, toy.ARTIFACT},
        {toy.DOG},
    ]
    assert found_at() == []


def test_nearest_concepts_and_two_steps_above_them_are_places() -> None:
    clues = Clues(words=("zyx",), near=Near(((at(toy.BEAGLE), 0.9), (at(toy.CAR), 0.1)), 0.5))
    of_beagle = {toy.BEAGLE, toy.DOG, toy.MAMMAL}
    assert found_at(clues) == [{*of_beagle, toy.CAR, toy.VEHICLE, toy.ARTIFACT}]


def test_single_things_are_no_places() -> None:
    clues = Clues(words=("x",), heads=(head(toy.EINSTEIN, "einstein"), head(toy.DOG, "dog")))
    assert found_at(clues) == [{toy.DOG}]


def test_places_lie_within_the_theme_and_may_be_it() -> None:
    near = Near(((at(toy.BEAGLE), 0.9), (at(toy.CAR), 0.1)), 0.5)
    clues = Clues(words=("x",), near=near)
    assert found_at(clues, within=at(toy.DOG)) == [{toy.BEAGLE, toy.DOG}]
    assert found_at(clues, within=at(toy.WEAPON)) == [set()]


def test_answer_is_no_place_wherever_it_comes_from() -> None:
    dog = at(toy.DOG)
    clues = Clues(
        words=("computer", "dog"),
        heads=(head(toy.DOG, "dog"), head(toy.FRANK, "dog", position=4)),
        genus=(head(toy.DOG, "dog"),),
        parents=(dog,),
        near=Near(((dog, 0.5), (at(toy.BEAGLE), 0.5)), 0.5),
        without=dog,
    )
    seen, hidden = found_at(Clues(words=("computer", "dog")), clues)
    assert toy.DOG in seen
    assert toy.DOG not in hidden
    assert find_places(LEXICON, [clues], ENDS).same_end == (ENDS.same(clues.words, -1, dog),)


def test_label_that_nothing_is_known_of_has_no_places() -> None:
    places = find_places(LEXICON, [Clues(words=())], ENDS)
    assert (len(places.concepts), places.same_end, places.same_start) == (0, (NONE,), (NONE,))
