"""Which broader concept is taken: the deepest one that enough likely places lie under."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.ids import ROOT, Curie
from labelsys.match.broader import Place, best_places, by_theme
from labelsys.match.candidates import Candidate
from labelsys.match.forms import Form, FormKind
from labelsys.match.lexicon import Lexicon
from labelsys.match.name_ends import Same
from labelsys.match.places import Clues, Places
from labelsys.model import Concept, Edge, Label
from tests import lexicon_toy as toy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


LEXICON = toy.lexicon()
LABEL = Label(label_set="x", label_id="1", name="zyx")


def at(id_: str) -> int:
    return LEXICON.index[id_]


def candidate(id_: str, text: str) -> Candidate:
    return Candidate(at(id_), 0, Form(text, FormKind.HEAD, 0.5))


def decide(
    asked: Sequence[Mapping[int, float]], lexicon: Lexicon = LEXICON, clues: Clues | None = None
) -> list[Place]:
    """Decide between the places of each label, by concept, all labels at once."""
    rows = [(k, c, p) for k, chances in enumerate(asked) for c, p in sorted(chances.items())]
    none = Same(0, Counter(), Counter())
    found = Places(
        np.array([k for k, _, _ in rows], dtype=np.int64),
        np.array([c for _, c, _ in rows], dtype=np.int64),
        (none,) * len(asked),
        (none,) * len(asked),
        len(lexicon),
    )
    chances = np.array([p for _, _, p in rows])
    given = [clues or Clues(words=("zyx",))] * len(asked)
    return best_places(lexicon, given, found, chances)


def best_of(
    chances: Mapping[Curie, float], lexicon: Lexicon = LEXICON, clues: Clues | None = None
) -> Place | None:
    """Decide between places with these chances, other labels beside it."""
    other = {len(lexicon) - 1: 0.9}
    asked = [other, {lexicon.index[c]: p for c, p in chances.items()}, {}, other]
    place = decide(asked, lexicon, clues)[1]
    if not place.is_found:
        assert not place.is_likely
        assert (place.strategy, place.match_string, place.reason) == ("none", "", "")
        return None
    return place


def guesses(match: Place | None, lexicon: Lexicon = LEXICON) -> list[tuple[Curie, float]]:
    assert match is not None
    return [(lexicon.concepts[g.concept].id, g.score) for g in match.guesses]


def test_one_likely_place_is_taken() -> None:
    match = best_of({toy.DOG: 0.9})
    assert match is not None
    assert (match.strategy, match.match_string, match.is_likely) == ("neighbours", "", True)
    assert guesses(match) == [(toy.DOG, 0.9)]


def test_places_agree_on_what_is_above_them() -> None:
    match = best_of({toy.BEAGLE: 0.3, toy.POODLE: 0.2, toy.BAT: 0.2})
    # the dog, 0.3 + 0.2, is deeper than the mammal, 0.7; places go by their chance, then by id:
    # the bat is 02139199, the poodle 02113335
    assert guesses(match) == [
        (toy.DOG, 0.5),
        (toy.BEAGLE, 0.3),
        (toy.POODLE, 0.2),
        (toy.BAT, 0.2),
    ]
    assert match is not None
    assert match.is_likely


def test_deepest_likely_place_goes_before_likelier_ones_above_it() -> None:
    assert guesses(best_of({toy.BEAGLE: 0.4, toy.DOG: 0.5}))[0] == (toy.BEAGLE, 0.4)
    assert guesses(best_of({toy.BEAGLE: 0.39, toy.DOG: 0.5}))[0] == (toy.DOG, 0.89)


def test_of_equally_deep_places_the_likelier_then_the_lower_is_taken() -> None:
    assert guesses(best_of({toy.CAR: 0.41, toy.DOG: 0.4}))[0] == (toy.CAR, 0.41)
    assert guesses(best_of({toy.CAR: 0.4, toy.DOG: 0.4}))[0] == (toy.DOG, 0.4)
    assert guesses(best_of({toy.DOG: 0.4, toy.CAR: 0.4}))[0] == (toy.DOG, 0.4)


def test_what_is_near_the_root_says_nothing() -> None:
    assert best_of({toy.ANIMAL: 0.9}) is None  # depth 3
    assert guesses(best_of({toy.BIRD: 0.9}))[0] == (toy.BIRD, 0.9)  # depth 4
    assert best_of({ROOT: 0.5, toy.OBJECT: 0.5}) is None


def test_where_places_agree_near_the_root_only_the_likeliest_deeper_one_is_taken() -> None:
    # all of it is animals, at depth 3
    assert guesses(best_of({toy.BIRD: 0.3, toy.WORM: 0.35, toy.MAMMAL: 0.3}))[0][0] == toy.WORM
    assert guesses(best_of({toy.WORM: 0.3, toy.BIRD: 0.3}))[0][0] == toy.BIRD  # the lower id
    # the mammal is as likely as the dog under it, and less deep
    assert guesses(best_of({toy.DOG: 0.3, toy.BIRD: 0.2}))[0][0] == toy.DOG
    assert guesses(best_of({toy.DOG: 0.2, toy.BAT: 0.1, toy.BIRD: 0.25}))[0] == (toy.MAMMAL, 0.3)


def test_place_that_is_too_unlikely_is_not_taken() -> None:
    assert guesses(best_of({toy.BIRD: 0.15}))[0] == (toy.BIRD, 0.15)
    assert best_of({toy.BIRD: 0.1499}) is None
    assert best_of({}) is None
    assert best_of({toy.ANIMAL: 0.8, toy.BIRD: 0.1}) is None


def test_chances_on_several_ways_up_count_once() -> None:
    ids = [ROOT, *(Curie("wd", f"Q{n}") for n in range(1, 8))]
    chain = [Edge(low, high) for high, low in pairwise(ids[:5])]
    top, left, right, low = ids[4:]
    diamond = [Edge(left, top), Edge(right, top), Edge(low, left), Edge(low, right)]
    lexicon = Lexicon([Concept(id=i, pref_label=i) for i in ids], [*chain, *diamond])
    match = best_of({low: 0.3, left: 0.2, right: 0.05}, lexicon)
    assert guesses(match, lexicon)[0] == (left, 0.5)
    assert guesses(best_of({low: 0.3, left: 0.05, right: 0.05}, lexicon), lexicon)[0] == (top, 0.4)


def test_rounded_chances_add_up_to_one_at_most() -> None:
    match = best_of(dict.fromkeys((toy.DOG, toy.BEAGLE, toy.POODLE), 0.3334))
    assert guesses(match)[0] == (toy.DOG, 1.0)


# places that are as deep as the dog, more than a dozen of them
DEEP = sorted(set(toy.DEPTHS[5]) - {toy.DOG, toy.EINSTEIN})


def test_guesses_are_ten_at_most_and_none_twice() -> None:
    found = guesses(best_of({toy.DOG: 0.5} | dict.fromkeys(DEEP, 0.01)))
    assert found == [(toy.DOG, 0.5), *((id_, 0.01) for id_ in DEEP[:9])]
    assert guesses(best_of({toy.DOG: 0.9, toy.CAR: 0.0})) == [(toy.DOG, 0.9)]


def test_places_near_the_root_take_no_guess_s_room() -> None:
    chances = {toy.ANIMAL: 0.05, toy.ARTIFACT: 0.05, toy.DOG: 0.5} | dict.fromkeys(DEEP, 0.01)
    found = guesses(best_of(chances))
    assert found == [(toy.DOG, 0.5), *((id_, 0.01) for id_ in DEEP[:9])]


def why(chances: dict[Curie, float], clues: Clues) -> tuple[Curie, str, str, str]:
    match = best_of(chances, clues=clues)
    assert match is not None
    return guesses(match)[0][0], match.strategy, match.match_string, match.reason


def test_reason_is_how_the_place_was_found() -> None:
    heads, genus = (candidate(toy.DOG, "dog"),), (candidate(toy.DOG, "hound"),)
    parents, dog = (at(toy.DOG),), {toy.DOG: 0.9}
    by_head = (toy.DOG, "head", "dog", "head 'dog'")
    clues = Clues(words=("x",), heads=heads, genus=genus, parents=parents)
    assert why(dog, clues) == by_head
    by_genus = (toy.DOG, "head", "hound", "defined as 'hound'")
    assert why(dog, Clues(words=("x",), genus=genus, parents=parents)) == by_genus
    by_parent = (toy.DOG, "parent", "", "the dataset's superclass")
    assert why(dog, Clues(words=("x",), parents=parents)) == by_parent
    near = (toy.DOG, "neighbours", "", "its nearest concepts and names like it lie here")
    assert why(dog, Clues(words=("x",))) == near


def test_reason_is_that_of_the_likeliest_place_under_what_is_taken() -> None:
    clues = Clues(words=("x",), heads=(candidate(toy.POODLE, "poodle"),), parents=(at(toy.BEAGLE),))
    poodle, beagle, bat = toy.POODLE, toy.BEAGLE, toy.BAT
    assert why({poodle: 0.3, beagle: 0.2, bat: 0.35}, clues)[:3] == (toy.DOG, "head", "poodle")
    assert why({poodle: 0.2, beagle: 0.3, bat: 0.35}, clues)[:3] == (toy.DOG, "parent", "")
    # alike: the lower one, the beagle
    assert why({poodle: 0.3, beagle: 0.3, bat: 0.35}, clues)[:3] == (toy.DOG, "parent", "")


CHANCES = st.dictionaries(
    st.integers(0, len(LEXICON) - 1), st.integers(0, 2000), max_size=12
)  # in ten-thousandths


def above(concept: int) -> set[int]:
    """Everything on a way up, one edge at a time."""
    return {concept}.union(*(above(parent) for parent in LEXICON.broader_any[concept]))


@given(CHANCES, CHANCES)
def test_choice_is_that_of_weighing_every_concept(
    chances: dict[int, int], other: dict[int, int]
) -> None:
    total = sum(chances.values())
    if total > 10_000:
        chances = {c: p * 10_000 // total for c, p in chances.items()}
    beside = {c: p / 24_000 for c, p in other.items()}
    asked = {c: p / 10_000 for c, p in chances.items()}
    (alone,) = decide([asked])
    _, match, _ = decide([beside, asked, {}])
    assert match == alone

    mass = {
        c: sum(p for one, p in chances.items() if p >= 10 and c in above(one))
        for c in range(len(LEXICON))
        if LEXICON.depth[c] >= 4
    }
    likely = [c for c, p in mass.items() if p >= 4000]
    order = sorted(likely, key=lambda c: (-int(LEXICON.depth[c]), -mass[c], c)) or sorted(
        (c for c, p in mass.items() if p >= 1500),
        key=lambda c: (-mass[c], -int(LEXICON.depth[c]), c),
    )
    if not order:
        assert not match.is_found
        ranked = sorted(
            (c for c, p in mass.items() if p), key=lambda c: (-mass[c], -int(LEXICON.depth[c]), c)
        )
        assert [guess.concept for guess in match.guesses] == ranked[:10]
        return
    assert match.is_found
    assert match.is_likely == bool(likely)
    assert match.guesses[0].concept == order[0]
    assert match.guesses[0].score == pytest.approx(mass[order[0]] / 10_000)
    # what lies above the best one is likelier, and is given no more than it
    most = mass[order[0]]
    for guess in match.guesses:
        assert guess.score == pytest.approx(min(mass[guess.concept], most) / 10_000)


def test_theme_is_a_place_of_middling_confidence() -> None:
    place = by_theme(at(toy.BIRD))
    assert (place.strategy, place.reason) == ("theme", "what the label set as a whole is about")
    assert [g.concept for g in place.guesses] == [at(toy.BIRD)]
    assert 0.4 < place.guesses[0].score < 0.8
    assert place.is_likely
