"""Scores on the toy graph, worked out by hand from the drawing in `tests.toy`.

Sets without the root: dog = {dog, canine, domestic animal, animal, physical entity}: 5;
golden retriever: those and itself, 6; crane (the bird) = {crane, animal, physical entity}: 3.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from labelsys.api import LabelSystem
from labelsys.errors import ConfigError, NotFoundError, SourceError
from labelsys.store.memory import MemoryWriter
from tests import toy

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.rows import Rows
    from labelsys.score.classify import ScoreRow


@pytest.fixture
def system() -> LabelSystem:
    writer = MemoryWriter()
    toy.fill(writer)
    return LabelSystem(writer.store)


def score(
    system: LabelSystem, folder: Path, pred: str, truth: str, sets: tuple[str, str], *branches: str
) -> Rows[ScoreRow]:
    (folder / "p.csv").write_text("image_id,label,score\n" + pred, encoding="utf-8")
    (folder / "t.csv").write_text("image_id,label\n" + truth, encoding="utf-8")
    return system.score(
        folder / "p.csv", folder / "t.csv", pred_set=sets[0], gt_set=sets[1], branches=branches
    )


def test_ancestor_credit_by_hand(system: LabelSystem, tmp_path: Path) -> None:
    """dog for a golden retriever: 5 of its 6; a golden retriever for dog: right, 5 of 6 needed."""
    pred, truth = "a,Dog,\nb,golden_retriever,\nc,Dog,\n", "a,1\nb,0\nc,0\nd,0\n"
    (row,) = score(system, tmp_path, pred, truth, ("pets", "pets"))
    assert (row.exact, row.narrower, row.broader, row.wrong, row.missing) == (1, 1, 1, 0, 1)
    assert row.accuracy == 0.25
    assert row.credit == round((5 / 6 + 1 + 1 + 0) / 4, 4)
    assert row.h_precision == round(15 / (5 + 6 + 5), 4)
    assert row.h_recall == round(15 / (6 + 5 + 5 + 5), 4)


def test_across_sets_and_by_branch(system: LabelSystem, tmp_path: Path) -> None:
    """A crane taken for a dog shares animal and physical entity: 2 of 5, and of 3."""
    rows = score(
        system, tmp_path, "a,Dog,\nb,Dog,\n", "a,7\nb,8\n", ("pets", "zoo"), "animal", "artifact"
    )
    assert [(row.branch, row.images) for row in rows] == [
        ("all", 2),
        (toy.ANIMAL, 2),
        (toy.ARTIFACT, 0),
    ]
    assert (rows[0].wrong, rows[0].credit) == (2, 0.0)
    assert (rows[1].h_precision, rows[1].h_recall) == (0.4, 0.6667)
    assert rows[2].accuracy == 0.0


def test_a_label_right_below_a_concept_is_a_kind_of_it(system: LabelSystem, tmp_path: Path) -> None:
    (row,) = score(system, tmp_path, "a,guard dog (chained),\n", "a,Dog\n", ("street", "pets"))
    assert (row.narrower, row.credit, row.h_precision) == (1, 1.0, round(5 / 6, 4))


def test_same_set_gives_plain_accuracy(system: LabelSystem, tmp_path: Path) -> None:
    rng = random.Random(3)
    labels = ["0", "1", "2", "3"]
    pairs = [(rng.choice(labels), rng.choice(labels)) for _ in range(200)]
    pred = "".join(f"{n},{p},0.5\n" for n, (p, _) in enumerate(pairs))
    truth = "".join(f"{n},{t}\n" for n, (_, t) in enumerate(pairs))
    (row,) = score(system, tmp_path, pred, truth, ("pets", "pets"))
    assert row.accuracy == round(sum(p == t for p, t in pairs) / 200, 4)
    assert row.images == row.exact + row.narrower + row.broader + row.wrong + row.missing == 200
    (same,) = score(system, tmp_path, truth.replace("\n", ",\n"), truth, ("pets", "pets"))
    assert (same.accuracy, same.credit, same.h_precision, same.h_recall) == (1, 1, 1, 1)


def test_the_highest_score_counts_and_the_best_true_label(
    system: LabelSystem, tmp_path: Path
) -> None:
    pred, truth = "a,1,0.2\na,2,0.7\na,0,0.1\n", "a,1\na,2\n"
    (row,) = score(system, tmp_path, pred, truth, ("pets", "pets"))
    assert (row.images, row.exact) == (1, 1)


def test_predicted_images_that_the_truth_lacks_are_counted(
    system: LabelSystem, tmp_path: Path
) -> None:
    rows = score(system, tmp_path, "a,0,\nx,0,\ny,1,\n", "a,0\nb,1\n", ("pets", "pets"), "dog")
    assert [(row.images, row.exact, row.missing, row.unknown) for row in rows] == [
        (2, 1, 1, 2),
        (2, 1, 1, 0),
    ]


@pytest.mark.parametrize(
    ("pred", "truth", "message"),
    [
        ("a,Dogs,\n", "a,0\n", r"p\.csv:2: pets has no class 'Dogs' \(closest: .*dog"),
        ("a,0,high\n", "a,0\n", r"p\.csv:2: the score 'high' is no number"),
        ("a,0,nan\n", "a,0\n", r"p\.csv:2: the score 'nan' is no number"),
        ("a,0,1\na,1,\n", "a,0\n", r"p\.csv:3: an image with several predictions needs a score"),
        ("x,0,1\n", "a,0\n", r"p\.csv: no image of it is in .*t\.csv: has it 'x'\?"),
        ("a,0\n", "a,0\n", r"p\.csv:2: 2 fields, expected 3"),
    ],
)
def test_bad_tables_are_told_in_one_line(
    system: LabelSystem, tmp_path: Path, pred: str, truth: str, message: str
) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        score(system, tmp_path, pred, truth, ("pets", "pets"))
    assert "\n" not in str(caught.value)


def test_no_truth_and_no_such_set(system: LabelSystem, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no image: nothing to score"):
        score(system, tmp_path, "a,0,\n", "", ("pets", "pets"))
    with pytest.raises(NotFoundError, match="label set 'pest'"):
        score(system, tmp_path, "a,0,\n", "a,0\n", ("pest", "pets"))
