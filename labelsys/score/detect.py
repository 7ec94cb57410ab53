"""How right boxes are whose classes are of another label set than the truth.

Average precision is COCO's own, by pycocotools. It compares boxes of one class with boxes of
the same class, so classes are brought together first: a detection counts as the true class
that its own one equals or is a kind of. What is broader, or has nothing to do with any class
of the truth, is left out, and counted. For a branch, all that is below its concept is one
class, on both sides: a dog taken for a cat is a right animal.
"""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from labelsys.errors import ConfigError, MissingExtraError
from labelsys.rows import Rows
from labelsys.score.classify import PairScorer
from labelsys.score.coco import Box, Truth, read_results, read_truth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from labelsys.crosswalk.relate import Crosswalker
    from labelsys.crosswalk.standing import Spot
    from labelsys.ids import Curie

__all__ = ["BoxRow", "score_boxes"]

_STATS: Final = ("ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large")
_RECALLS: Final = ("ar1", "ar10", "ar100", "ar_small", "ar_medium", "ar_large")


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxRow:
    """Scores of boxes: COCO's twelve figures, in [0, 1]; None where there is no such truth.

    Attributes:
        branch: the concept that boxes lie below, as one class, or `all`.
        images: how many images the truth has.
        classes: true classes that count: a class of the predictions is one, or a kind of one.
        unreached: true classes with boxes that no class of the predictions comes to; they
            count in no figure.
        truths: boxes of the classes that count.
        used: detections that count as a class; one that is a kind of two counts in both.
        unused: detections whose class is no true class, and no kind of one.
        unknown: detections in images that the truth does not have.
        ap: average precision over IoU 0.50 to 0.95.
        ap50: at IoU 0.50.
        ap75: at IoU 0.75.
        ap_small: of areas below 32 x 32 pixels.
        ap_medium: of areas up to 96 x 96 pixels.
        ap_large: of larger areas.
        ar1: average recall of one detection an image and class.
        ar10: of ten.
        ar100: of a hundred.
        ar_small: of a hundred, of areas as above.
        ar_medium: likewise.
        ar_large: likewise.
    """

    branch: str
    images: int
    classes: int
    unreached: int
    truths: int
    used: int
    unused: int
    unknown: int
    ap: float | None
    ap50: float | None
    ap75: float | None
    ap_small: float | None
    ap_medium: float | None
    ap_large: float | None
    ar1: float | None
    ar10: float | None
    ar100: float | None
    ar_small: float | None
    ar_medium: float | None
    ar_large: float | None


class _Numbered(NamedTuple):
    """A box and the number of the class that it counts as."""

    box: Box
    category: int


def score_boxes(
    walker: Crosswalker,
    predictions: Path,
    truth: Path,
    *,
    predicted_set: str,
    true_set: str,
    branches: Sequence[Curie] = (),
) -> Rows[BoxRow]:
    """Return scores over all classes of the truth, and for each branch.

    Args:
        walker: relates the label sets.
        predictions: COCO results: a list of `image_id`, `category_id`, `bbox`, `score`.
        truth: COCO annotations.
        predicted_set: label set of the predictions.
        true_set: label set of the truth.
        branches: concepts.

    Raises:
        MissingExtraError: pycocotools is not installed.
        NotFoundError: no such label set, or no such concept.
        SourceError: a file is wrong.
        ConfigError: the truth has no image, or no box.
    """
    evaluate = _load_evaluator()
    scorer = PairScorer(walker, predicted_set, true_set)
    known = read_truth(truth, walker.standing(true_set))
    found = read_results(predictions, walker.standing(predicted_set))
    if not known.images or not known.boxes:
        msg = f"has no {'box' if known.images else 'image'}: nothing to score"
        raise ConfigError(msg, location=str(truth))
    images = set(known.images)
    here = [box for box in found if box.image in images]
    unknown = len(found) - len(here)
    pool = walker.standing(predicted_set).spots
    rows = [_all_row(scorer, evaluate, known, here, pool, unknown)]
    for branch in branches:
        number = walker.hierarchy.index(branch)
        rows.append(_branch_row(scorer, evaluate, known, here, str(branch), number))
    return Rows(rows, BoxRow)


def _all_row(
    scorer: PairScorer,
    evaluate: Evaluate,
    known: Truth,
    found: Sequence[Box],
    pool: Sequence[Spot],
    unknown: int,
) -> BoxRow:
    """Return scores class by class, over all."""
    true_spots = sorted({box.spot for box in known.boxes}, key=lambda spot: spot.position)
    goals = {spot.id: _goals(scorer, spot, true_spots) for spot in pool}
    reached = sorted({goal for listed in goals.values() for goal in listed})
    numbers = {true_spots[place].id: place + 1 for place in reached}
    truths = [_Numbered(box, numbers[box.spot.id]) for box in known.boxes if box.spot.id in numbers]
    used = [_Numbered(box, place + 1) for box in found for place in goals[box.spot.id]]
    return BoxRow(
        branch="all",
        images=len(known.images),
        classes=len(reached),
        unreached=len(true_spots) - len(reached),
        truths=len(truths),
        used=len(used),
        unused=sum(not goals[box.spot.id] for box in found),
        unknown=unknown,
        **evaluate(known.images, truths, used),
    )


def _goals(scorer: PairScorer, spot: Spot, true_spots: Sequence[Spot]) -> tuple[int, ...]:
    """Return the true classes that a predicted one counts as.

    The equal one, else those that it is a kind of, and of these none that lies above another.
    """
    outcomes = [scorer.compare(spot, true).outcome for true in true_spots]
    equal = tuple(place for place, outcome in enumerate(outcomes) if outcome == "exact")
    if equal:
        return equal
    above = [place for place, outcome in enumerate(outcomes) if outcome == "narrower"]
    return tuple(
        place
        for place in above
        if not any(
            scorer.compare(true_spots[other], true_spots[place]).outcome == "narrower"
            and true_spots[other].concept != true_spots[place].concept
            for other in above
            if other != place
        )
    )


def _branch_row(
    scorer: PairScorer,
    evaluate: Evaluate,
    known: Truth,
    found: Sequence[Box],
    branch: str,
    number: int,
) -> BoxRow:
    """Return scores of all that is below a concept, as one class."""
    truths = [_Numbered(box, 1) for box in known.boxes if number in scorer.members(box.spot)]
    used = [_Numbered(box, 1) for box in found if number in scorer.members(box.spot)]
    return BoxRow(
        branch=branch,
        images=len(known.images),
        classes=min(len(truths), 1),
        unreached=0,
        truths=len(truths),
        used=len(used),
        unused=len(found) - len(used),
        unknown=0,
        **evaluate(known.images, truths, used),
    )


if TYPE_CHECKING:
    Evaluate = Callable[
        [Sequence[int], Sequence[_Numbered], Sequence[_Numbered]], Mapping[str, float | None]
    ]


def _load_evaluator() -> Evaluate:
    """Return what compares boxes.

    Raises:
        MissingExtraError: pycocotools is not installed.
    """
    try:
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
    except ImportError:
        raise MissingExtraError("coco", "scoring boxes") from None

    def evaluate(
        images: Sequence[int], truths: Sequence[_Numbered], found: Sequence[_Numbered]
    ) -> dict[str, float | None]:
        if not truths:
            return dict.fromkeys((*_STATS, *_RECALLS))
        # It prints as it goes; our output is rows.
        with redirect_stdout(io.StringIO()):
            run = COCOeval(
                _indexed(COCO(), images, truths), _indexed(COCO(), images, found), "bbox"
            )
            run.params.imgIds = sorted(images)
            run.params.catIds = sorted({box.category for box in truths})
            run.evaluate()
            run.accumulate()
            run.summarize()
        values = [None if value < 0 else round(float(value), 4) for value in run.stats]
        return dict(zip((*_STATS, *_RECALLS), values, strict=True))

    return evaluate


def _indexed(coco: Any, images: Sequence[int], boxes: Sequence[_Numbered]) -> Any:
    """Return pycocotools' own form of boxes."""
    annotations = [
        {
            "id": number,
            "image_id": box.image,
            "category_id": category,
            "bbox": list(box.xywh),
            "score": box.score,
            "area": box.area,
            "iscrowd": int(box.crowd),
        }
        for number, (box, category) in enumerate(boxes, 1)
    ]
    coco.dataset = {
        "images": [{"id": image} for image in images],
        "annotations": annotations,
        "categories": [{"id": number} for number in sorted({box.category for box in boxes})],
    }
    coco.createIndex()
    return coco
