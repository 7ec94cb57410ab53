"""Boxes on the toy graph: COCO's figures, and what becomes of classes of another set."""

from __future__ import annotations

import io
import json
import random
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

import pytest

from labelsys.api import LabelSystem
from labelsys.errors import ConfigError, SourceError
from labelsys.store.memory import MemoryWriter
from tests import toy

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.rows import Rows
    from labelsys.score.detect import BoxRow

pytestmark = pytest.mark.extra("coco")

CATEGORIES = [{"id": 0, "name": "Dog"}, {"id": 1, "name": "golden_retriever"}]


@pytest.fixture
def system() -> LabelSystem:
    writer = MemoryWriter()
    toy.fill(writer)
    return LabelSystem(writer.store)


def box(image: int, category: int | str, left: float, size: float = 40, **more: Any) -> Any:
    bbox = [left, 10, size, size]
    row = {"image_id": image, "category_id": category, "bbox": bbox, "area": size * size}
    return row | more


def truth(annotations: list[Any], categories: list[Any] = CATEGORIES, images: int = 3) -> Any:
    numbered = [row | {"id": number} for number, row in enumerate(annotations, 1)]
    listed = [{"id": image} for image in range(1, images + 1)]
    return {"images": listed, "annotations": numbered, "categories": categories}


def score(
    system: LabelSystem, folder: Path, pred: Any, known: Any, sets: tuple[str, str], *branches: str
) -> Rows[BoxRow]:
    (folder / "p.json").write_text(json.dumps(pred), encoding="utf-8")
    (folder / "t.json").write_text(json.dumps(known), encoding="utf-8")
    return system.score_boxes(
        folder / "p.json", folder / "t.json", pred_set=sets[0], gt_set=sets[1], branches=branches
    )


def test_one_set_has_the_figures_of_pycocotools(system: LabelSystem, tmp_path: Path) -> None:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    rng = random.Random(5)
    annotations, found = [], []
    for number in range(120):
        left, size = rng.uniform(0, 300), rng.choice((20, 50, 150))
        row = box(number % 20 + 1, number % 2, left, size, iscrowd=int(number % 17 == 0))
        annotations.append(row)
        if rng.random() < 0.8:
            moved = left + rng.uniform(-0.2, 0.2) * size
            kind = row["category_id"] if rng.random() < 0.9 else 1 - row["category_id"]
            found.append(box(row["image_id"], kind, moved, size, score=rng.random()))
    known = truth(annotations, images=20)
    (row,) = score(system, tmp_path, found, known, ("pets", "pets"))
    with redirect_stdout(io.StringIO()):
        plain = COCO(tmp_path / "t.json")
        run = COCOeval(plain, plain.loadRes(str(tmp_path / "p.json")), "bbox")
        run.evaluate()
        run.accumulate()
        run.summarize()
    ours = (row.ap, row.ap50, row.ap75, row.ap_small, row.ap_medium, row.ap_large)
    recalls = (row.ar1, row.ar10, row.ar100, row.ar_small, row.ar_medium, row.ar_large)
    assert ours + recalls == tuple(round(float(value), 4) for value in run.stats)
    assert 0.1 < run.stats[0] < 0.9
    assert (row.classes, row.unreached, row.truths) == (2, 0, 120)
    assert (row.used, row.unused, row.unknown) == (len(found), 0, 0)


def test_a_kind_counts_as_the_nearest_true_class(system: LabelSystem, tmp_path: Path) -> None:
    """A guard dog is a kind of dog; a car is no class of pets, and image 9 is not there."""
    found = [
        box(1, "/m/0dog", 0, score=0.9),
        box(1, "/m/0k4j", 0, score=0.8),
        box(9, "/m/0dog", 0, score=0.7),
    ]
    known = truth([box(1, 0, 0), box(2, 1, 0)])
    (row,) = score(system, tmp_path, found, known, ("street", "pets"))
    assert (row.ap, row.ap50, row.ar100) == (1, 1, 1)
    assert (row.classes, row.unreached, row.truths) == (1, 1, 1)
    assert (row.used, row.unused, row.unknown) == (1, 1, 1)


def test_the_nearer_of_two_true_classes_counts(system: LabelSystem, tmp_path: Path) -> None:
    """Golden retriever is a true class of its own, so the answer is no dog as well."""
    (row,) = score(
        system,
        tmp_path,
        [box(1, "golden_retriever", 0, score=1)],
        truth([box(1, 0, 0), box(1, 1, 0)]),
        ("pets", "pets"),
    )
    assert (row.used, row.ap) == (1, 0.5)


def test_a_branch_is_one_class(system: LabelSystem, tmp_path: Path) -> None:
    """A dog taken for a crane is a right animal; no artifact is there."""
    found, known = [box(1, 0, 0, score=0.5)], truth([box(1, 7, 0)], [{"id": 7, "name": "bird"}])
    rows = score(system, tmp_path, found, known, ("pets", "zoo"), "animal", "artifact")
    assert [(row.branch, row.ap, row.used, row.unused) for row in rows] == [
        ("all", None, 0, 1),
        (toy.ANIMAL, 1.0, 1, 0),
        (toy.ARTIFACT, None, 0, 1),
    ]


def test_no_detection_scores_nothing(system: LabelSystem, tmp_path: Path) -> None:
    (row,) = score(system, tmp_path, [], truth([box(1, 0, 0)]), ("pets", "pets"))
    assert (row.ap, row.ar100, row.truths) == (0.0, 0.0, 1)


GOOD = box(1, 0, 0, score=1)


@pytest.mark.parametrize(
    ("pred", "known", "message"),
    [
        ({}, truth([GOOD]), r"p\.json: is no COCO result"),
        ([3], truth([GOOD]), r"p\.json: \[0\]: expected an object, found '3'"),
        ([GOOD | {"category_id": "dgo"}], truth([GOOD]), r"no class 'dgo' \(closest: dog"),
        ([GOOD | {"category_id": None}], truth([GOOD]), "category_id 'None' is no id"),
        ([GOOD | {"bbox": [1, 2, 3]}], truth([GOOD]), "is no list of four numbers"),
        ([GOOD | {"bbox": [1, 2, 3, -4]}], truth([GOOD]), "has a negative size"),
        ([GOOD | {"bbox": [1, 2, 3, 10**400]}], truth([GOOD]), "is no number"),
        ([GOOD | {"score": float("nan")}], truth([GOOD]), "score 'nan' is no number"),
        ([GOOD | {"image_id": "1"}], truth([GOOD]), "image_id '1' is no whole number"),
        ([GOOD], {"images": []}, r"t\.json: is no COCO truth"),
        ([GOOD], truth([GOOD | {"image_id": 8}]), r"annotations\[0\]: no image has the id 8"),
        ([GOOD], truth([GOOD | {"category_id": 8}]), "no category has the id 8"),
        ([GOOD], truth([GOOD], [{"id": 5, "name": "dgo"}]), r"categories\[0\]: pets has no class"),
        ([GOOD], truth([GOOD], [CATEGORIES[0]] * 2), "is none, or is there twice"),
        ([GOOD], truth([GOOD]) | {"images": [{"id": 1}] * 2}, "two images with one id"),
        (
            [GOOD],
            truth([GOOD]) | {"images": [{"id": 1, "neg_category_ids": []}]},
            "score with LVIS's own tools",
        ),
    ],
)
def test_wrong_files_are_told_in_one_line(
    system: LabelSystem, tmp_path: Path, pred: Any, known: Any, message: str
) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        score(system, tmp_path, pred, known, ("pets", "pets"))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[1", "[" * 100_000, "\udcff"])
def test_what_is_no_json_is_told(system: LabelSystem, tmp_path: Path, text: str) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    (tmp_path / "t.json").write_text(json.dumps(truth([GOOD])), encoding="utf-8")
    with pytest.raises(SourceError, match=r"p\.json(:\d+)?: is no"):
        system.score_boxes(path, tmp_path / "t.json", pred_set="pets", gt_set="pets")


def test_no_box_is_nothing_to_score(system: LabelSystem, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no box: nothing to score"):
        score(system, tmp_path, [GOOD], truth([]), ("pets", "pets"))


def test_nothing_is_printed(
    system: LabelSystem, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    score(system, tmp_path, [GOOD], truth([GOOD]), ("pets", "pets"))
    assert capfd.readouterr() == ("", "")
