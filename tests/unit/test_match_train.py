"""Made-up questions, and the fit of what ships."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from labelsys.ids import ROOT, Curie
from labelsys.match.evidence import Evidence
from labelsys.match.examples import (
    Examiner,
    Example,
    Question,
    class_questions,
    compound_questions,
    described,
    hide_each,
    hide_some,
    imagenet_questions,
    link_questions,
    made_up_sets,
)
from labelsys.match.features import FEATURES
from labelsys.match.label_text import encoded_text
from labelsys.match.lexicon import Lexicon
from labelsys.match.rank import FEATURES_OF, VECTOR_FEATURES_OF, load_ranker
from labelsys.match.train import fit, fit_on
from labelsys.model import Concept, Edge, Label, Mapping, MappingStatus, Name
from labelsys.vocab import Justification
from tests import lexicon_toy as toy
from tests.vectors_toy import concept_vectors

LEXICON = toy.lexicon()
COLUMN = {name: at for at, name in enumerate(FEATURES)}
PLACE_COLUMN = {name: at for at, name in enumerate(FEATURES_OF["places"])}


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


def test_compounds_ask_for_every_third_class_with_a_name_of_several_words() -> None:
    asked = {q.answer: q.label.name for q in compound_questions(LEXICON)}
    expected = {
        i: concept.pref_label
        for i, concept in enumerate(LEXICON.concepts)
        if concept.id in {toy.PHYSICAL, toy.BODY_PART, toy.CHOPPING_BOARD} and i % 3 == 0
    }
    assert asked == expected  # neither single things nor Wikidata's


def test_every_third_question_brings_its_definition() -> None:
    given = [question(f"q{n}", toy.DOG if n % 2 else toy.CAR) for n in range(7)]
    asked = described(given, LEXICON)
    assert [(q.label.name, q.label.description) for q in asked] == [
        ("q0", "a vehicle with four wheels"),
        ("q3", "kept by people since long ago"),  # without its example
        ("q6", "a vehicle with four wheels"),
    ]
    assert [(q.answer, q.weight) for q in asked] == [(q.answer, q.weight) for q in given[::3]]
    assert not given[0].label.description


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


def test_fewer_sets_are_the_first_ones_and_the_whole() -> None:
    few, many = (made_up_sets(POOL, LEXICON, 3, n) for n in (5, 20))
    assert few == [*many[:5], POOL]
    assert made_up_sets(POOL, LEXICON, 3, 0) == [POOL]


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


def places(*asked: Question, evidence: Evidence | None = None) -> list[Example]:
    texts = [encoded_text(q.label) for q in asked]
    first = load_ranker("names", with_vectors=False)
    return examiner(*texts).places(asked, evidence or Evidence(), first)


def answered(example: Example, *columns: str) -> list[float]:
    row = example.table[example.answer]
    return [round(float(row[PLACE_COLUMN[name]]), 3) for name in columns]


def test_examples_of_places_have_the_deepest_true_ancestor() -> None:
    worm, poodle, crane, dog = places(
        question("tube earthworm worm", toy.EARTHWORM, 2.0),  # worm is above it
        question("toy poodle dog", toy.POODLE),  # dog is; the poodle itself is no place
        question("garden crane", ROOT),  # nothing is above it
        question("dog", toy.DOG),  # no head, and mammals are among the nearest
    )
    columns = ("head", "first_sense", "depth", "leaf")
    # of a head it does not matter that nothing is left below it
    assert answered(worm, *columns) == [1, 1, 0.4, 0]
    assert answered(poodle, *columns) == [1, 1, 0.5, 0]
    assert crane.answer == -1
    assert crane.table[:, PLACE_COLUMN["head"]].sum() == 2  # bird and machine
    assert answered(dog, *columns) == [0, 0, 0.4, 0]
    assert (worm.weight, poodle.weight) == (2.0, 1.0)


def test_examples_of_places_know_what_label_sets_give() -> None:
    evidence = Evidence()
    evidence.add(toy.label_set("x", {"name": "y", "wnid": "n02084071"}).labels, LEXICON)
    (poodle,) = places(question("toy poodle dog", toy.POODLE), evidence=evidence)
    assert answered(poodle, "given_here") == [round(math.log(2), 3)]
    assert poodle.table[:, PLACE_COLUMN["given_here"]].sum() == pytest.approx(math.log(2))


def test_definition_of_an_example_leads_to_a_place() -> None:
    label = Label(label_set="train", label_id="1", name="zyx", description="a bird of marshes")
    (crane,) = places(Question(label, at(toy.CRANE_BIRD), 1.0))
    assert answered(crane, "genus", "genus_longest", "head", "depth") == [1, 1, 0, 0.4]


def test_answer_is_nowhere_in_its_own_example() -> None:
    # the label lies where the dog does, is called what the dog is, and is defined as one
    label = Label(label_set="train", label_id="1", name="big dog", description="a dog with hair")
    (dog,) = places(Question(label, at(toy.DOG), 1.0))
    table = dog.table
    assert table[:, PLACE_COLUMN["similarity"]].max() == 0  # all others lie at right angles
    assert table[:, PLACE_COLUMN["voted"]].max() == 0  # the dog had all votes
    assert table[:, PLACE_COLUMN["genus"]].sum() == 1  # the sausage
    # four names left that end in dog: three kinds of dog, gone as a place, and the hot dog
    assert sorted(table[:, PLACE_COLUMN["same_end"]].tolist())[-2:] == [0, 0.25]
    # the mammal, less the dog and its five kinds: bat, mouse, calf
    assert answered(dog, "depth", "narrower") == [0.4, round(math.log(4) / 8, 3)]


def example(answer: int, n: int = 3) -> Example:
    table = np.zeros((n, len(FEATURES)), dtype=np.float32)
    table[:, COLUMN["similarity"]] = [0.9, 0.5, 0.4][:n]
    table[:, COLUMN["similarity_gap"]] = [0.0, -0.4, -0.5][:n]
    return Example(table, answer, 1.0)


def test_share_of_the_answers_is_hidden() -> None:
    found = hide_some([example(0) for _ in range(10_000)], 7, 1 / 10)
    assert len(found) == 10_000
    counts = Counter(x.answer for x in found)
    assert counts.keys() == {0, -1}
    assert 900 < counts[-1] < 1100
    hidden = next(x for x in found if x.answer < 0)
    assert hidden.table[:, COLUMN["similarity"]].tolist() == pytest.approx([0.5, 0.4])
    # measured from the best that is left
    assert hidden.table[:, COLUMN["similarity_gap"]].tolist() == pytest.approx([0.0, -0.1])


def test_hiding_the_only_candidate_leaves_no_example() -> None:
    found = hide_some([example(0, n=1) for _ in range(700)], 7, 1 / 10)
    assert 590 < len(found) < 670
    assert {x.answer for x in found} == {0}
    unanswered = [example(-1) for _ in range(50)]
    assert hide_some(unanswered, 7, 1 / 10) == unanswered


def test_each_answer_counts_less_by_what_it_counts_hidden() -> None:
    found = hide_each([example(0)._replace(weight=2.0), example(-1)], 1 / 4)
    assert [(x.answer, x.weight, len(x.table)) for x in found] == [
        (0, 1.5, 3),
        (-1, 0.5, 2),
        (-1, 1.0, 3),
    ]
    alone = hide_each([example(0, n=1)], 1 / 4)
    assert [(x.answer, x.weight) for x in alone] == [(0, 0.75)]


def test_what_label_sets_teach_moves_only_what_they_speak_of() -> None:
    def asked(column: str, answer: int) -> Example:
        table = np.zeros((2, len(FEATURES)), dtype=np.float32)
        table[0, COLUMN[column]] = 1.0
        return Example(table, answer, 1.0)

    lexicons = [asked("leaf", 0), asked("leaf", -1)] * 20
    known = fit_on(lexicons, [], np.zeros(len(FEATURES)), with_vectors=False)
    learnt = fit_on(lexicons, [asked("given_name", 0)] * 9, known, with_vectors=False)
    change = np.abs(learnt - known)
    assert {n for n, by in zip(FEATURES, change, strict=True) if by > 0.01} == {"given_name"}
    assert learnt[COLUMN["given_name"]] > 1  # set by hand before
    of_vectors = [asked("similarity", 0)] * 9
    assert not fit_on(lexicons, of_vectors, known, with_vectors=False)[COLUMN["similarity"]]
    assert fit_on(lexicons, of_vectors, known, with_vectors=True)[COLUMN["similarity"]] > 1


def test_same_answers_are_hidden_every_time() -> None:
    given = [example(0) for _ in range(100)]
    one, two, three = (hide_some(given, seed, 1 / 10) for seed in (7, 7, 8))
    assert [x.answer for x in one] == [x.answer for x in two] != [x.answer for x in three]


@pytest.mark.parametrize("task", ["names", "places"])
def test_fit_leaves_out_what_can_not_be_learned(task: str) -> None:
    columns = list(FEATURES_OF[task])
    rng = np.random.default_rng(5)
    examples = [
        Example(rng.normal(size=(3, len(columns))).astype(np.float32), int(answer), 1.0)
        for answer in rng.integers(-1, 3, size=200)
    ]
    with_vectors = dict(zip(columns, fit(task, examples, with_vectors=True), strict=True))
    without = dict(zip(columns, fit(task, examples, with_vectors=False), strict=True))
    zero = {name for name, weight in with_vectors.items() if weight == 0.0}
    unasked = {"linked", "foreign_name", "set_siblings", "set_cousins", *OF_DEFINITIONS}
    assert zero == (unasked if task == "names" else set())
    gone = {name for name, weight in without.items() if weight == 0.0}
    assert gone == zero | set(VECTOR_FEATURES_OF[task])


OF_DEFINITIONS = ("described", "genus_above", "genus_off", "definition")


def test_what_definitions_say_is_learnt_last_and_changes_nothing_else() -> None:
    columns = list(FEATURES_OF["names"])
    rng = np.random.default_rng(5)
    examples = [
        Example(rng.normal(size=(3, len(columns))).astype(np.float32), int(answer), 1.0)
        for answer in rng.integers(-1, 3, size=200)
    ]
    alone = fit("names", examples, with_vectors=True)
    both = fit("names", examples, examples[:100], with_vectors=True)
    changed = {name for name, a, b in zip(columns, alone, both, strict=True) if a != b}
    assert changed == set(OF_DEFINITIONS)


def test_what_no_question_asks_is_weighed_by_hand() -> None:
    by_hand = ("given_name", "spelling", "redundant", "qualifier_is", "qualifier_above")
    columns = [COLUMN[name] for name in (*by_hand, "qualifier_gloss")]
    rng = np.random.default_rng(6)
    seen = set()
    for _ in range(2):
        examples = [
            Example(rng.normal(size=(3, len(FEATURES))).astype(np.float32), int(answer), 1.0)
            for answer in rng.integers(-1, 3, size=50)
        ]
        for with_vectors in (False, True):
            weights = fit("names", examples, with_vectors=with_vectors)
            seen.add(tuple(weights[columns].tolist()))
    (weights_by_hand,) = seen  # whatever the examples are
    given, spelling, _, is_, above, gloss = weights_by_hand
    assert spelling < 0 < gloss < above < is_
    assert given > 0
