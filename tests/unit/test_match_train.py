"""Made-up questions, and the fit of what ships."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from labelsys.ids import Curie
from labelsys.match.evidence import Evidence
from labelsys.match.examples import (
    Examiner,
    Example,
    Question,
    class_questions,
    hide_some,
    imagenet_questions,
    link_questions,
    made_up_sets,
)
from labelsys.match.features import FEATURES, VECTOR_FEATURES
from labelsys.match.lexicon import Lexicon
from labelsys.match.train import fit, fit_neighbours
from labelsys.model import Concept, Edge, Label, Mapping, MappingStatus, Name
from labelsys.vocab import Justification
from tests import lexicon_toy as toy
from tests.vectors_toy import concept_vectors

LEXICON = toy.lexicon()
COLUMN = {name: at for at, name in enumerate(FEATURES)}


def at(id_: str) -> int:
    return LEXICON.index[id_]


def question(name: str, answer: str, weight: float = 1.0) -> Question:
    return Question(Label(label_set="train", label_id="1", name=name), at(answer), weight)


def test_imagenet_asks_for_the_synsets_that_it_names() -> None:
    asked = {q.answer: q for q in imagenet_questions(LEXICON)}
    dog = asked[at(toy.DOG)]
    assert dog.label.name.startswith("dog")
    assert (dog.label.label_set, dog.label.wnid) == ("train", None)  # the id would give it away
    # common things count more: the dog was tagged 42 times, the beagle never
    assert dog.weight == pytest.approx(0.3 + math.log(43))
    assert asked[at(toy.BEAGLE)].weight == pytest.approx(0.3)
    assert at(toy.WATER_DOG) not in asked


def link(qid: str, label: str, synset: Curie, status: MappingStatus = "accepted") -> Mapping:
    return Mapping(
        subject_id=Curie("wd", qid),
        subject_label=label,
        predicate_id="skos:exactMatch",
        object_id=synset,
        mapping_justification=Justification.KNOWN,
        status=status,
    )


def test_links_ask_for_the_synset_of_a_label_where_it_is_sure() -> None:
    asked = link_questions(
        LEXICON,
        [
            link("Q144", "pet dog", toy.DOG),
            link("Q1", "", toy.CAR),
            link("Q2", "auto", toy.CAR, "review"),
            link("Q3", "thing", Curie("wn30", "99999999-n")),
        ],
    )
    (only,) = asked
    assert (only.label.name, only.label.label_id, only.answer) == ("pet dog", "Q144", at(toy.DOG))
    assert only.weight == pytest.approx(0.3 * (0.3 + math.log(43)))


def test_classes_ask_for_names_that_nothing_else_has() -> None:
    known = Concept(
        id=Curie("wd", "Q5"), pref_label="Dog", names=(Name(text="Dog"),), source="wikidata"
    )
    lexicon = Lexicon([*toy.concepts(), known], [*toy.edges(), Edge(known.id, toy.MAMMAL)])
    asked = class_questions(lexicon)
    assert [(q.label.name, lexicon.concepts[q.answer].id) for q in asked] == [
        ("Portuguese Water Dog", toy.WATER_DOG),
        ("computer worm", toy.COMPUTER_WORM),
    ]


POOL = [
    question(f"{word} {n}", id_)
    for word, id_ in [("b", toy.BEAGLE), ("c", toy.CAR), ("f", toy.FRANK), ("p", toy.POPPY)]
    for n in range(40)
]


def test_made_up_sets_are_subtrees_mixtures_and_the_whole() -> None:
    sets = made_up_sets(POOL, LEXICON, seed=3)
    assert len(sets) == 151
    assert sets[-1] == POOL
    for k, members in enumerate(sets[:-1]):
        assert set(members) <= set(POOL)
        assert len(set(members)) == len(members)
        answers = {q.answer for q in members}
        if k % 2:
            assert members == sorted(members, key=lambda q: (q.label.name, q.answer))
        else:
            assert len(answers) == 1  # a theme is a third of all at most: one of the four
            assert 30 <= len(members) <= 40
    assert max(len({q.answer for q in members}) for members in sets[:-1]) > 1


def test_made_up_sets_depend_on_the_seed_alone() -> None:
    assert made_up_sets(POOL, LEXICON, seed=3) == made_up_sets(POOL, toy.lexicon(), seed=3)
    assert made_up_sets(POOL, LEXICON, seed=3) != made_up_sets(POOL, LEXICON, seed=4)


EAST, NORTH = (1.0, 0.0), (0.0, 1.0)


def examiner(*names: str) -> Examiner:
    texts = dict.fromkeys(names, EAST)
    return Examiner(LEXICON, concept_vectors(LEXICON, {toy.DOG: EAST}, texts, others=NORTH))


def test_examples_of_names_have_the_answer_s_row() -> None:
    asked = [
        question("dog", toy.DOG, 2.0),
        question("dog", toy.FRANK),
        question("bow", toy.DOG),
        question("unicorn", toy.DOG),
    ]
    dog, frank, bow = examiner("dog", "bow", "unicorn").names(asked, Evidence())
    assert (dog.answer, len(dog.table), dog.weight) == (0, 2, 2.0)
    assert frank.answer == 1
    assert (bow.answer, len(bow.table)) == (-1, 3)  # no bow is a dog
    similarity = dog.table[:, COLUMN["similarity"]]
    assert similarity.tolist() == [1.0, 0.0]


def test_examples_of_heads_have_the_deepest_true_ancestor() -> None:
    asked = [
        question("tube earthworm worm", toy.EARTHWORM),  # worm is above it
        question("toy poodle dog", toy.POODLE),  # dog is above; the poodle itself is no candidate
        question("garden crane", toy.DOG),  # no crane is above it
        question("dog", toy.DOG),  # no head
    ]
    own = examiner(*(q.label.name for q in asked))
    evidence = Evidence()
    evidence.add(toy.label_set("x", {"name": "y", "wnid": "n02084071"}).labels, LEXICON)
    worm, poodle, crane = own.heads(asked, evidence)
    assert worm.answer == 0
    depth = [int(LEXICON.depth[at(id_)]) for id_ in (toy.DOG, toy.FRANK)]
    assert depth == [5, 5]
    assert (poodle.answer, len(poodle.table)) == (0, 2)  # the dog, before the sausage
    assert poodle.table[:, COLUMN["given_here"]].tolist() == [pytest.approx(math.log(2)), 0.0]
    assert crane.answer == -1
    assert all(example.table[:, COLUMN["head_share"]].any() for example in (worm, poodle, crane))


def test_guesses_of_neighbours_are_right_where_they_lie_above_the_answer() -> None:
    # the dog is as near as can be, eleven other things weigh e^-10 of it each
    asked = [question("zyx", toy.BEAGLE), question("zyx", toy.CAR)]
    rows = examiner("zyx").agreements(asked, Evidence())
    assert rows.shape[1] == 4
    first = rows[0].tolist()
    assert first == [5.0, pytest.approx(1.0, abs=1e-3), 1.0, 1.0]
    of_car = rows[len(rows) // 2].tolist()
    assert of_car == [*first[:3], 0.0]


def test_answer_itself_is_no_neighbour() -> None:
    # without it nothing that votes has a weight: e^-10 rounds to none
    assert len(examiner("zyx").agreements([question("zyx", toy.DOG)], Evidence())) == 0


def example(answer: int, n: int = 3) -> Example:
    table = np.zeros((n, len(FEATURES)), dtype=np.float32)
    table[:, COLUMN["similarity"]] = [0.9, 0.5, 0.4][:n]
    table[:, COLUMN["similarity_gap"]] = [0.0, -0.4, -0.5][:n]
    return Example(table, answer, 1.0)


def test_one_answer_in_seven_is_hidden() -> None:
    found = hide_some([example(0) for _ in range(7000)], seed=7)
    assert len(found) == 7000
    counts = Counter(x.answer for x in found)
    assert counts.keys() == {0, -1}
    assert 900 < counts[-1] < 1100
    hidden = next(x for x in found if x.answer < 0)
    assert hidden.table[:, COLUMN["similarity"]].tolist() == pytest.approx([0.5, 0.4])
    # measured from the best that is left
    assert hidden.table[:, COLUMN["similarity_gap"]].tolist() == pytest.approx([0.0, -0.1])


def test_hiding_the_only_candidate_leaves_no_example() -> None:
    found = hide_some([example(0, n=1) for _ in range(700)], seed=7)
    assert 550 < len(found) < 650
    assert {x.answer for x in found} == {0}
    unanswered = [example(-1) for _ in range(50)]
    assert hide_some(unanswered, seed=7) == unanswered


def test_same_answers_are_hidden_every_time() -> None:
    given = [example(0) for _ in range(100)]
    one, two, three = (hide_some(given, seed) for seed in (7, 7, 8))
    assert [x.answer for x in one] == [x.answer for x in two] != [x.answer for x in three]


def test_fit_leaves_out_what_can_not_be_learned() -> None:
    rng = np.random.default_rng(5)
    examples = [
        Example(rng.normal(size=(3, len(FEATURES))).astype(np.float32), int(answer), 1.0)
        for answer in rng.integers(-1, 3, size=200)
    ]
    with_vectors = fit(examples, with_vectors=True)
    without = fit(examples, with_vectors=False)
    for name in ("linked", "foreign_name"):
        assert with_vectors[COLUMN[name]] == without[COLUMN[name]] == 0.0
    for name in VECTOR_FEATURES:
        assert without[COLUMN[name]] == 0.0
        assert with_vectors[COLUMN[name]] != 0.0
    # set by hand, and for the good
    assert with_vectors[COLUMN["given_name"]] == without[COLUMN["given_name"]] > 0


def test_neighbour_model_is_where_its_loss_is_flat() -> None:
    rng = np.random.default_rng(6)
    truth = np.array([-3.0, -0.1, 4.0, 2.0])
    rows = np.column_stack(
        [rng.integers(3, 12, 20_000), rng.uniform(0.5, 1, 20_000), rng.uniform(0, 1, 20_000)]
    ).astype(np.float64)
    odds = np.column_stack([np.ones(20_000), rows]) @ truth
    right = rng.uniform(size=20_000) < 1 / (1 + np.exp(-odds))
    found = fit_neighbours(np.column_stack([rows, right]))
    assert list(found) == ["bias", "depth", "share", "nearest"]
    weights = np.array(list(found.values()))
    assert weights == pytest.approx(truth, abs=0.4)

    def loss(w: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
        """Surprise of all answers, and a small ridge penalty."""
        scores = np.column_stack([np.ones(20_000), rows]) @ w
        signs = np.where(right, 1.0, -1.0)
        return float(np.log1p(np.exp(-signs * scores)).sum() + 5e-4 * (w @ w))

    for axis in np.eye(4):
        assert loss(weights) <= min(loss(weights + 0.01 * axis), loss(weights - 0.01 * axis))
