"""What a label set as a whole is about."""

from __future__ import annotations

import numpy as np
import pytest

from labelsys.match.lexicon import Lexicon
from labelsys.match.theme import theme_of_placements, theme_of_title
from labelsys.model import Concept, LabelSet, Name, Sense
from tests import lexicon_toy as toy

LEXICON = toy.lexicon()


def at(*ids: str) -> list[int]:
    return [LEXICON.index[id_] for id_ in ids]


def titled(title: str, id_: str = "x1") -> LabelSet:
    return LabelSet(id=id_, title=title, labels=())


def theme(title: str, placed: list[int], id_: str = "x1") -> str | None:
    found = theme_of_title(LEXICON, titled(title, id_), placed, None)
    return None if found is None else LEXICON.concepts[found].id


def test_theme_is_the_deepest_concept_over_nineteen_in_twenty() -> None:
    dogs = at(toy.BEAGLE, toy.BULLDOG, toy.DACHSHUND, toy.POODLE, toy.DOG) * 4
    assert theme_of_placements(LEXICON, dogs) == LEXICON.index[toy.DOG]
    nineteen = at(toy.CAR) + dogs[1:]
    assert theme_of_placements(LEXICON, nineteen) == LEXICON.index[toy.DOG]
    eighteen = at(toy.CAR, toy.CAR) + dogs[2:]
    assert theme_of_placements(LEXICON, eighteen) == LEXICON.index[toy.OBJECT]


def test_single_things_say_nothing_of_a_theme() -> None:
    dogs = at(toy.BEAGLE, toy.POODLE) * 6
    assert theme_of_placements(LEXICON, dogs + at(toy.EINSTEIN) * 9) == LEXICON.index[toy.DOG]
    assert theme_of_placements(LEXICON, at(toy.EINSTEIN) * 12) is None


def test_nine_labels_say_too_little() -> None:
    assert theme_of_placements(LEXICON, at(toy.BEAGLE) * 9) is None
    assert theme_of_placements(LEXICON, at(toy.BEAGLE) * 10) == LEXICON.index[toy.BEAGLE]
    assert theme_of_placements(LEXICON, []) is None


@pytest.mark.parametrize(
    ("title", "id_", "expected"),
    [
        ("Stanford Cars", "x1", toy.CAR),
        ("A dataset of dogs", "x1", toy.DOG),
        ("DOGS Images 2012", "x1", toy.DOG),
        ("The Birds Benchmark", "x1", toy.BIRD),
        ("", "cub_birds", None),  # an id may be any word
        ("Food-101", "birds", toy.FOOD),
        ("Dogs and cars", "x1", toy.CAR),  # the last word first
        ("Something else", "x1", None),
        ("Class set 5", "x1", None),
        ("", "x1", None),
    ],
)
def test_title_names_the_theme(title: str, id_: str, expected: str | None) -> None:
    assert theme(title, [], id_) == expected


def test_half_of_the_labels_must_lie_under_the_theme() -> None:
    half = at(toy.BEAGLE, toy.POODLE, toy.DOG, toy.CAR, toy.SHIP, toy.CRANE_BIRD)
    assert theme("Dogs", half) == toy.DOG
    assert theme("Dogs", [*half, *at(toy.SHIP)]) is None
    # the next word has its turn
    assert theme("Ships and dogs", [*half, *at(toy.SHIP) * 6]) == toy.SHIP


def test_fewer_than_five_labels_do_not_speak_against_a_title() -> None:
    assert theme("Dogs", at(toy.CAR, toy.CAR, toy.CAR, toy.CAR)) == toy.DOG
    assert theme("Dogs", at(toy.CAR) * 5) is None


def test_most_used_sense_of_the_word_counts_without_vectors() -> None:
    assert theme("Mice and mouse", []) == toy.MOUSE
    assert theme("Bows", []) == toy.BOW_KNOT


def closest(title: str, **near: float) -> str | None:
    closeness = np.zeros(len(LEXICON), dtype=np.float32)
    for name, value in near.items():
        closeness[LEXICON.index[getattr(toy, name)]] = value
    found = theme_of_title(LEXICON, titled(title), [], closeness)
    return None if found is None else LEXICON.concepts[found].id


def test_closest_sense_of_all_words_counts_with_vectors() -> None:
    assert closest("mouse", MOUSE=0.3, COMPUTER_MOUSE=0.4) == toy.COMPUTER_MOUSE
    assert closest("dogs and birds", DOG=0.6, BIRD=0.5) == toy.DOG
    assert closest("dogs and birds", DOG=0.5, BIRD=0.6) == toy.BIRD


def test_equally_close_the_last_word_and_the_most_used_sense_count() -> None:
    # the same, to three decimals
    assert closest("mouse", MOUSE=0.4, COMPUTER_MOUSE=0.4001) == toy.MOUSE
    assert closest("dogs and birds", DOG=0.5001, BIRD=0.5) == toy.BIRD


def test_word_that_is_far_from_the_labels_is_no_theme() -> None:
    assert closest("dogs", DOG=0.1) is None
    assert closest("dogs", DOG=0.3) == toy.DOG


def test_names_of_single_things_are_no_themes() -> None:
    assert theme("Einstein", []) is None
    assert theme("Crane", []) == toy.CRANE_MACHINE  # not the writer, whose name it is first
    assert theme("Portuguese water", []) is None


def test_foreign_names_are_no_themes() -> None:
    assert theme("Cao de Agua", []) is None


def test_name_with_a_capital_is_no_theme_even_of_a_class() -> None:
    def found(name: str) -> int | None:
        sense = Sense(number=1, count=0, lex_id=0)
        concept = Concept(id=toy.DOG, pref_label=name, names=(Name(text=name, sense=sense),))
        return theme_of_title(Lexicon([concept], []), titled("Polish"), [], None)

    assert (found("polish"), found("Polish")) == (0, None)
