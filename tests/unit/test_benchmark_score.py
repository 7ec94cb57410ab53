"""What links are worth: rows written by hand against the toy graph (see `tests.toy`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from labelsys.benchmark.gold import Gold, GoldRow, ResolvedGold
from labelsys.benchmark.score import SystemScore, score_answers, score_links
from labelsys.ids import Curie, wnid
from labelsys.match.link import LinkCandidate, LinkRow
from labelsys.model import Concept, Edge
from labelsys.store.memory import MemoryWriter
from tests import toy

if TYPE_CHECKING:
    from labelsys.benchmark.score import LinkScore
    from labelsys.model import MappingStatus
    from labelsys.store.protocol import GraphStore


@pytest.fixture
def store() -> GraphStore:
    writer = MemoryWriter()
    toy.fill(writer)
    return writer.store


def gold_of(*answers: Curie | None) -> ResolvedGold:
    rows = tuple(
        GoldRow(line=n + 1, label_id=str(n), name=f"name {n}", answer="?")
        for n in range(1, len(answers) + 1)
    )
    gold = Gold(name="hand", path="hand.tsv", columns=("wnid",), rows=rows)
    return ResolvedGold(gold=gold, linked=rows, answers=answers, skipped=())


def linked(
    answer: Curie | None,
    confidence: float | None = 0.9,
    status: MappingStatus = "accepted",
    *,
    exact: bool = True,
    candidates: tuple[Curie, ...] = (),
) -> LinkRow:
    predicate = "skos:exactMatch" if exact else "skos:broadMatch"
    return LinkRow(
        label_id="?",
        name="?",
        object_id=answer,
        wnid=None,
        predicate_id=None if answer is None else predicate,
        confidence=None if answer is None else confidence,
        status=status,
        candidates=tuple(LinkCandidate(id=c, wnid=wnid(c), score=0.5) for c in candidates),
    )


@pytest.fixture
def score(store: GraphStore) -> LinkScore:
    gold = gold_of(toy.DOG, toy.DOG, toy.CAR, toy.CRANE_BIRD, toy.DOG, toy.CAR, None, toy.RETRIEVER)
    rows = [
        linked(toy.DOG, 0.99),
        linked(toy.WATER_DOG, 0.9, candidates=(toy.WATER_DOG, toy.DOG)),
        linked(toy.CAR, 0.8, "review"),
        linked(toy.CRANE_MACHINE, 0.6, "review", candidates=(toy.CRANE_MACHINE,)),
        linked(toy.DOG, 0.7, exact=False),
        linked(toy.AUDI, 0.5, "review", exact=False),
        linked(toy.DOG, 0.99),
        linked(None),
    ]
    return score_links(store, gold, rows)


def test_answers_that_are_the_gold_concept_are_right(score: LinkScore) -> None:
    """Rows 1, 3 and 5 of seven; the seventh row has no gold and doesn't count."""
    assert (score.accuracy.count, score.accuracy.total) == (3, 7)


def test_exact_accuracy_asks_for_the_claim_as_well(score: LinkScore) -> None:
    assert (score.exact_accuracy.count, score.exact_accuracy.total) == (2, 7)


def test_answers_of_others_are_lifted_to_wordnet(score: LinkScore) -> None:
    """The water dog lies right under dog, the Audi under car: both are right when lifted."""
    assert (score.lifted_accuracy.count, score.lifted) == (5, 2)


def test_candidate_recall_counts_answers_and_candidates(score: LinkScore) -> None:
    assert score.candidate_recall.count == 4


def test_every_row_has_one_status(score: LinkScore) -> None:
    assert (score.accepted.count, score.accepted_precision.count) == (2, 1)
    assert score.accepted_precision.total == 2
    assert (score.accepted_broader, score.review, score.unlinked) == (1, 3, 1)
    assert score.accepted.total == 2 + 1 + 3 + 1


def test_curve_takes_exact_links_only_and_ends_at_the_accuracy(score: LinkScore) -> None:
    # Exact: 0.99 right, 0.9 wrong, 0.8 right, 0.6 wrong; then broader and none.
    assert score.curve[-1].precision == pytest.approx(3 / 7)
    assert score.curve[-1].confidence is None
    assert score.targets[0].coverage == pytest.approx(1 / 7)


def test_calibration_is_of_exact_links(score: LinkScore) -> None:
    assert score.calibration is not None
    assert (score.calibration.n, sum(b.n for b in score.bins)) == (4, 4)


def test_wrong_rows_are_listed_with_the_place_of_the_gold_concept(score: LinkScore) -> None:
    assert [(m.line, m.gold_name, m.answer_name, m.rank) for m in score.misses] == [
        (3, "dog.n.01", "Portuguese Water Dog", 2),
        (5, "crane.n.05", "crane.n.04", None),
        (7, "car.n.01", "Audi R8 Coupe 2012", None),
        (9, "golden_retriever.n.01", "", None),
    ]


def test_lift_takes_the_nearest_and_of_two_the_lowest_id() -> None:
    """One step up lie dog and car: dog has the lower id. Two steps up lies canine, lower still.

    Entity, the lowest of all, is one step up as well, but not by a subclass edge.
    """
    new = Curie("ls", "aaaaaaaa")
    writer = MemoryWriter()
    graph = toy.toy_graph()
    writer.add_concepts([*graph.concepts, Concept(id=new, pref_label="hot dog car")])
    edges = (Edge(new, toy.CAR), Edge(new, toy.DOG), Edge(new, toy.ENTITY, "instance"))
    writer.add_edges([*graph.edges, *edges])
    writer.finish()
    assert toy.ENTITY < toy.CANINE < toy.DOG < toy.CAR
    for gold, right in ((toy.DOG, 1), (toy.CAR, 0), (toy.ENTITY, 0)):
        found = score_links(writer.store, gold_of(gold), [linked(new)])
        counts = (found.accuracy.count, found.lifted_accuracy.count, found.lifted)
        assert counts == (0, right, 1)


def test_gold_that_is_not_wordnets_is_never_lifted(store: GraphStore) -> None:
    found = score_links(store, gold_of(toy.WATER_DOG), [linked(toy.WATER_DOG)])
    assert (found.accuracy.count, found.lifted_accuracy.count, found.lifted) == (1, 1, 0)


def test_no_row_to_score_gives_no_figures(store: GraphStore) -> None:
    found = score_links(store, gold_of(None), [linked(toy.DOG)])
    assert (found.accuracy.value, found.calibration, found.curve, found.misses) == (
        None,
        None,
        (),
        (),
    )


def test_answers_of_another_system_are_counted() -> None:
    line = SystemScore(system="tiny", kind="peer", version="1")
    gold = gold_of(toy.DOG, None, toy.CAR, toy.CAR)
    found = score_answers(line, gold, [str(toy.DOG), None, str(toy.DOG)])
    assert found.accuracy is not None
    assert (found.answered, found.accuracy.count, found.accuracy.total) == (2, 1, 3)
    assert (found.system, found.version) == ("tiny", "1")
