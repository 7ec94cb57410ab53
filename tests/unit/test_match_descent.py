"""Steps down from a place: what speaks for each, and how far they are taken."""

from __future__ import annotations

import numpy as np
import pytest

from labelsys.match.broader import Place, step_down
from labelsys.match.descent import FEATURES, Ground, Sights, ground_of, steps_from
from labelsys.match.name_ends import Same
from labelsys.match.neighbours import Near
from labelsys.match.places import Clues, Places
from labelsys.match.rank import Ranker
from labelsys.match.result import Guess
from tests import lexicon_toy as toy
from tests.vectors_toy import concept_vectors

LEXICON = toy.lexicon()
EMPTY = ground_of(LEXICON, (), ())


def at(id_: str) -> int:
    return LEXICON.index[id_]


def sights(*clues: Clues, chances: dict[str, float] | None = None) -> Sights:
    """What is known of labels; the chances are those of the first one."""
    known = sorted((at(id_), p) for id_, p in (chances or {}).items())
    none = (Same.__new__(Same),) * len(clues)
    found = Places(
        np.zeros(len(known), dtype=np.int64),
        np.array([concept for concept, _ in known], dtype=np.int64),
        none,
        none,
        len(LEXICON),
    )
    return Sights(clues, found, np.array([p for _, p in known]))


def columns(place: str, seen: Sights, ground: Ground = EMPTY) -> dict[str, dict[str, float]]:
    """Return concept -> feature -> value of the first label's steps from a place."""
    here = np.full(len(seen.clues), -1, dtype=np.int64)
    here[0] = at(place)
    steps = steps_from(LEXICON, here, seen, ground)
    assert set(steps.labels.tolist()) <= {0}
    return {
        LEXICON.concepts[concept].id: dict(zip(FEATURES, row, strict=True))
        for concept, row in zip(steps.concepts.tolist(), steps.table.tolist(), strict=True)
    }


def test_steps_lead_to_classes_right_below() -> None:
    found = columns(toy.ANIMAL, sights(Clues(words=("zyx",))))
    assert set(found) == {toy.BIRD, toy.MAMMAL, toy.WORM}
    assert columns(toy.PERSON, sights(Clues(words=("zyx",)))).keys() == {toy.PHYSICIST}  # no writer
    assert columns(toy.BEAGLE, sights(Clues(words=("zyx",)))) == {}


def test_answer_is_no_step_and_is_not_counted() -> None:
    hidden = Clues(words=("zyx",), without=at(toy.EARTHWORM))
    given = ground_of(LEXICON, [at(toy.EARTHWORM)], [at(toy.EARTHWORM), at(toy.SPARROW)])
    plain = columns(toy.ANIMAL, sights(Clues(words=("zyx",))), given)[toy.WORM]
    found = columns(toy.ANIMAL, sights(hidden), given)[toy.WORM]
    assert (plain["leaf"], found["leaf"]) == (0.0, 1.0)
    assert found["size"] < plain["size"]
    assert plain["given"] == pytest.approx(np.log(1.5 / 2), abs=1e-3)
    assert found["given"] == pytest.approx(np.log(0.5 / 1), abs=1e-3)
    assert plain["company"] == pytest.approx(np.log(1.5 / 3), abs=1e-3)
    assert found["company"] == pytest.approx(np.log(0.5 / 2), abs=1e-3)
    assert toy.EARTHWORM not in columns(toy.WORM, sights(hidden), given)


def test_chances_and_votes_are_shares_of_those_of_the_place() -> None:
    clues = Clues(words=("zyx",), near=Near(((at(toy.BEAGLE), 0.75), (at(toy.CAR), 0.25))))
    found = columns(toy.ANIMAL, sights(clues, chances={toy.DOG: 0.6, toy.BIRD: 0.2}))
    mammal, bird = found[toy.MAMMAL], found[toy.BIRD]
    assert mammal["chance"] == pytest.approx(np.log(0.603 / 0.803), abs=1e-3)
    assert bird["chance"] == pytest.approx(np.log(0.203 / 0.803), abs=1e-3)
    assert mammal["chance_gap"] == 0.0
    assert bird["chance_gap"] == pytest.approx(bird["chance"] - mammal["chance"], abs=2e-3)
    assert mammal["votes"] == 1.0
    assert bird["votes"] == pytest.approx(0.01 / 0.76, abs=1e-3)


def test_words_of_the_label_lead_down() -> None:
    # `crane` is a bird in its fifth sense
    found = columns(toy.ANIMAL, sights(Clues(words=("sandhill", "cranes"))))
    assert found[toy.BIRD]["named"] == pytest.approx(0.2, abs=1e-3)
    assert found[toy.MAMMAL]["named"] == 0.0
    assert found[toy.MAMMAL]["named_gap"] == pytest.approx(-0.2, abs=1e-3)
    # what the name of the place has as well is no word that tells
    found = columns(toy.DOG, sights(Clues(words=("english", "dog"))))
    assert {id_: row["words"] for id_, row in found.items() if row["words"]} == {toy.BULLDOG: 1.0}


def test_meaning_is_compared_with_the_place() -> None:
    east, north = (1.0, 0.0), (0.0, 1.0)
    vectors = concept_vectors(LEXICON, {toy.BIRD: east}, {"zyx": east}, others=north)
    plain = sights(Clues(words=("zyx",)))
    own = vectors.embedder.vectors(["zyx"])
    found = columns(toy.ANIMAL, plain._replace(vectors=vectors, labels=own, expected=own))
    assert (found[toy.BIRD]["similarity"], found[toy.BIRD]["similarity_gap"]) == (1.0, 0.0)
    assert (found[toy.WORM]["similarity"], found[toy.WORM]["similarity_gap"]) == (0.0, -1.0)
    assert columns(toy.ANIMAL, plain)[toy.BIRD]["similarity"] == 0.0


def moved(score: float, *, chance: float) -> Place:
    """Return where a label goes from `animal` with all it has; dogs are named, so are beagles."""
    # with one named step, odds of going are those of `chance`
    weights = np.array([{"named": 60.0, "nothing": -30.0}.get(n, 0.0) for n in FEATURES])
    weights[list(FEATURES).index("nothing")] += np.log(chance / (1 - chance)) - 30.0
    own = Ranker(name="by hand", weights=weights, fingerprint="")
    place = Place((Guess(at(toy.ANIMAL), score), Guess(at(toy.WORM), 0.3)), "head", reason="so")
    clues = Clues(words=("beagle",))
    return step_down([place], LEXICON, sights(clues), EMPTY, own)[0]


def test_steps_are_taken_as_long_as_they_are_likely() -> None:
    place = moved(0.9, chance=0.9)
    # mammal, dog, beagle
    assert place.guesses[0] == Guess(at(toy.BEAGLE), round(0.9 * 0.9**3, 4))
    assert [LEXICON.concepts[g.concept].id for g in place.guesses[1:3]] == [toy.DOG, toy.MAMMAL]
    assert max(g.score for g in place.guesses) == place.guesses[0].score
    assert place.reason == "so; the likeliest concept below that"
    assert place.strategy == "head"


@pytest.mark.parametrize(
    ("score", "chance", "expected"),
    [
        (0.9, 0.45, toy.ANIMAL),  # the step is unlikely
        (0.5, 0.75, toy.ANIMAL),  # what would come of it is
        (0.9, 0.55, toy.MAMMAL),  # the next one would be
        (0.3, 0.99, toy.ANIMAL),  # the place is
    ],
)
def test_steps_end_where_the_place_would_be_unlikely(
    score: float, chance: float, expected: str
) -> None:
    place = moved(score, chance=chance)
    assert LEXICON.concepts[place.guesses[0].concept].id == expected
    if expected == toy.ANIMAL:
        assert (place.guesses[0].score, place.reason) == (score, "so")
