"""Gold files in folds, on the toy graph (see `tests.toy`)."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from labelsys.benchmark import FoldPlan, bench_link
from labelsys.benchmark.fold_plan import deal
from labelsys.benchmark.folds import HeldAnswer, outcome_of
from labelsys.benchmark.refit import Question, Refitter
from labelsys.errors import ConfigError
from labelsys.match.rank import Ranker
from labelsys.store.memory import MemoryWriter
from tests import toy

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.store.protocol import GraphStore

HEAD = "label_id\tname\tsynset\n"
MACHINE = "crane.n.04"
BIRD = "crane.n.05"
"""What a refitted ranker has to learn: the shipped one says that a crane is the machine."""


@pytest.fixture
def store() -> GraphStore:
    writer = MemoryWriter()
    toy.fill(writer)
    return writer.store


def write(path: Path, *rows: tuple[str, str]) -> Path:
    lines = [f"{n}\t{name}\t{synset}\n" for n, (name, synset) in enumerate(rows, 1)]
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    return path


# -- parts ---------------------------------------------------------------------


def test_rows_of_one_name_stay_in_one_part_and_parts_are_alike() -> None:
    names = ["a", "b", "a", "c", "a", "d", "e", "b"]
    parts = deal(names, 3, seed=4)
    assert sorted(name for part in parts for name in part) == ["a", "b", "c", "d", "e"]
    counts = Counter(names)
    # 3 + 2 + 1 + 1 + 1 rows: the parts can hold 3, 3 and 2
    assert sorted(sum(counts[name] for name in part) for part in parts) == [2, 3, 3]


def test_parts_hang_on_the_seed_and_not_on_the_order_of_rows() -> None:
    names = [f"name {n}" for n in range(40)]
    assert deal(names, 5, 1) == deal(names[::-1], 5, 1)
    assert deal(names, 5, 1) != deal(names, 5, 2)


def test_each_part_is_taken_from_its_own_threshold_on() -> None:
    answers = [
        HeldAnswer("a", 0.7, right=True),  # taken: at the threshold of its part
        HeldAnswer("b", 0.6, right=True),  # below it
        HeldAnswer("c", 0.7, right=True),  # below that of its part
        HeldAnswer("d", 0.95, right=False),  # taken
        HeldAnswer("d", None, right=True),  # no exact link
        HeldAnswer("e", 1.0, right=True),  # of a part that reaches the target nowhere
    ]
    parts = [frozenset("ab"), frozenset("cd"), frozenset("e")]
    found = outcome_of(answers, parts, [0.7, 0.9, None], 0.985)
    assert found.confidences == (0.7, 0.9, None)
    assert (found.coverage.count, found.coverage.total) == (2, 6)
    assert (found.reached.count, found.reached.total) == (1, 2)


# -- refitting -----------------------------------------------------------------


def question(row: int, name: str, answer: int) -> Question:
    """One candidate whose only feature is 1."""
    return Question(row, name, np.ones((1, 1), dtype=np.float32), answer)


def refitter(own: list[Question], also: list[Question] | None = None, start: float = 0) -> Refitter:
    return Refitter(own, also or [], Ranker(name="r", weights=np.array([start]), fingerprint=""))


def test_refitted_ranker_learns_from_every_name_but_those_held_out() -> None:
    """Three right answers of four give the odds 3; `b` says the opposite and is not heard."""
    own = [question(n, f"a{n}", 0 if n % 4 else -1) for n in range(400)]
    own += [question(n, "b", -1) for n in range(400, 4000)]
    found = refitter(own).ranker({"b"})
    assert found.name == "r-refitted"
    assert found.weights == pytest.approx([math.log(3)], abs=0.02)
    assert refitter(own).ranker({"a0"}).weights[0] < 0


def test_rows_of_other_files_with_a_name_that_is_held_out_are_not_learnt_from() -> None:
    own = [question(0, "a", 0), question(1, "b", 0)]
    asked = refitter(own, also=[question(0, "b", -1), question(1, "c", 0)])
    assert [q.name for q in asked.questions({"b"})] == ["a", "c"]
    assert [q.name for q in asked.questions({"a"})] == ["b", "b", "c"]


def test_few_rows_only_adjust_the_shipped_weights() -> None:
    """The ridge pulls to the start: 0.6 * (w - start) is the sum of what p lacks."""
    for n in (1, 50):
        found = refitter([question(k, f"a{k}", 0) for k in range(n)], start=1.0).ranker(())
        (weight,) = found.weights
        assert 0.6 * (weight - 1) == pytest.approx(n / (1 + math.exp(weight)), rel=1e-6)
        assert (weight < 1.4) == (n == 1)


def test_with_nothing_to_learn_from_the_shipped_ranker_stays() -> None:
    asked = refitter([question(0, "a", 0)], start=1.5)
    assert asked.ranker({"a"}) is asked.start


def test_asking_tells_confidence_and_whether_it_is_right() -> None:
    asked = refitter([question(0, "a", 0), question(1, "b", -1), question(2, "c", 0)])
    sure = Ranker(name="s", weights=np.array([math.log(4)]), fingerprint="")
    assert asked.ask(sure, {"a", "b"}) == {0: (0.8, True), 1: (0.8, False)}
    unsure = Ranker(name="u", weights=np.array([-math.log(4)]), fingerprint="")
    assert asked.ask(unsure, {"c"}) == {2: (None, True)}


# -- the whole -----------------------------------------------------------------


ROWS = (
    ("dog", "dog.n.01"),
    ("golden_retriever", "golden_retriever.n.01"),
    ("car", "car.n.01"),
    ("crane", MACHINE),
    ("guard dog", "dog.n.01"),
)


def test_report_in_folds_stands_beside_the_plain_one(store: GraphStore, tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.tsv", *ROWS, ("stop sign", "stop_sign.n.01"))
    (plain,) = bench_link(store, [gold], encoder="none")
    (report,) = bench_link(store, [gold], encoder="none", folds=FoldPlan(folds=5, seed=3))
    assert plain.folds is None
    assert report.score == plain.score
    found = report.folds
    assert found is not None
    assert (found.folds, found.seed, found.fit_also) == (5, 3, ())
    assert found.sizes == (1, 1, 1, 1, 1)
    # `guard dog` has no candidate: four rows can be learnt from, three where one is held out.
    assert sorted(found.learnt) == [3, 3, 3, 3, 4]
    assert found.score.accuracy.total == 5
    assert [s.system for s in report.systems][:3] == [
        "labelsys",
        "labelsys, 5 folds",
        "first sense",
    ]
    line = report.systems[1]
    assert line.accuracy == found.score.accuracy
    assert [p.confidence for p in found.points] == [0.8, 0.9, 0.95]
    assert len(found.target.confidences) == 5
    assert found.target.coverage.total == 5


def crane_rows(n: int) -> list[tuple[str, str]]:
    """Return rows of different names that all mean the bird: a gold file with an opinion."""
    return [(f"crane_({k})", BIRD) for k in range(n)]


def test_rankers_learn_the_opinion_of_a_file_from_its_other_rows(
    store: GraphStore, tmp_path: Path
) -> None:
    gold = write(tmp_path / "gold.tsv", *crane_rows(120))
    (report,) = bench_link(store, [gold], encoder="none", folds=FoldPlan(folds=4))
    assert report.folds is not None
    assert report.score.accuracy.count == 0
    assert report.folds.score.accuracy.count == 120
    assert report.folds.learnt == (90, 90, 90, 90)


def test_one_name_is_never_learnt_from_for_itself(store: GraphStore, tmp_path: Path) -> None:
    """Forty rows of one name are one part: for them only `dog` and `car` can be learnt from."""
    rows = [(("Crane", "crane")[n % 2], BIRD) for n in range(40)]
    gold = write(tmp_path / "gold.tsv", *rows, ("dog", "dog.n.01"), ("car", "car.n.01"))
    (report,) = bench_link(store, [gold], encoder="none", folds=FoldPlan(folds=2))
    assert report.folds is not None
    assert sorted(report.folds.sizes) == [2, 40]
    assert sorted(report.folds.learnt) == [2, 40]
    # From two rows nothing is learnt of cranes: they are answered as without.
    assert report.folds.score.accuracy.count == report.score.accuracy.count == 2


def test_further_files_are_learnt_from(store: GraphStore, tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.tsv", ("crane", BIRD), ("dog", "dog.n.01"))
    more = write(tmp_path / "more.tsv", *crane_rows(120), ("crane", MACHINE))
    plan = FoldPlan(folds=2, fit_also=(more,))
    (report,) = bench_link(store, [gold], encoder="none", folds=plan)
    assert report.folds is not None
    assert report.folds.fit_also == (str(more),)
    # one row of the file itself, and of the other all but `crane` where that is held out
    assert sorted(report.folds.learnt) == [121, 122]
    assert (report.score.accuracy.count, report.folds.score.accuracy.count) == (1, 2)


def test_same_seed_gives_the_same_figures(store: GraphStore, tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.tsv", *ROWS)
    runs = [
        bench_link(store, [gold], encoder="none", folds=FoldPlan(folds=3))[0].folds
        for _ in range(2)
    ]
    assert runs[0] == runs[1]


def test_threshold_is_chosen_on_other_rows(store: GraphStore, tmp_path: Path) -> None:
    """All rows that can be linked are right: any threshold reaches the target, none loses a row."""
    gold = write(tmp_path / "gold.tsv", *crane_rows(120))
    (report,) = bench_link(store, [gold], encoder="none", folds=FoldPlan(folds=4, target=0.9))
    assert report.folds is not None
    target = report.folds.target
    assert (target.precision, target.reached.value) == (0.9, 1.0)
    assert target.coverage.count >= 90
    assert all(c is not None and 0.5 < c <= 1 for c in target.confidences)


def test_where_no_threshold_reaches_the_target_nothing_is_taken(
    store: GraphStore, tmp_path: Path
) -> None:
    """Half of the rows mean one thing and half the other, and nothing tells them apart."""
    rows = [(f"crane_({n})", (BIRD, MACHINE)[n % 2]) for n in range(40)]
    gold = write(tmp_path / "gold.tsv", *rows)
    (report,) = bench_link(store, [gold], encoder="none", folds=FoldPlan(folds=4, target=0.999))
    assert report.folds is not None
    target = report.folds.target
    assert target.confidences == (None, None, None, None)
    assert (target.coverage.count, target.reached.value) == (0, None)


def test_plans_that_cannot_be_carried_out(store: GraphStore, tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.tsv", *ROWS)
    for folds in (1, 0, -5):
        with pytest.raises(ConfigError, match=f"--folds: {folds} folds leave nothing to learn"):
            bench_link(store, [gold], folds=FoldPlan(folds=folds))
    with pytest.raises(ConfigError, match="for 5 different names can't be cut into 6 parts"):
        bench_link(store, [gold], encoder="none", folds=FoldPlan(folds=6))
    for target in (0.0, 1.0, 98.5, math.nan):
        with pytest.raises(ConfigError, match=r"--target-precision: .* is no precision to aim at"):
            bench_link(store, [gold], folds=FoldPlan(target=target))
    twice = tmp_path / "." / "gold.tsv"
    with pytest.raises(ConfigError, match=r"--fit-also: .* is given by --gold as well"):
        bench_link(store, [gold], folds=FoldPlan(fit_also=(twice,)))


def test_rows_without_candidates_are_nothing_to_learn_from(
    store: GraphStore, tmp_path: Path
) -> None:
    gold = write(tmp_path / "gold.tsv", ("blorb", "dog.n.01"), ("zyx", "car.n.01"))
    with pytest.raises(ConfigError, match="too few rows with a candidate to learn from"):
        bench_link(store, [gold], encoder="none", folds=FoldPlan(folds=2))
