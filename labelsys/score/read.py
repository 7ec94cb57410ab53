"""Predictions and truth of image classification, from tables of somebody's."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from labelsys.errors import SourceError
from labelsys.given_rows import iter_given_rows
from labelsys.registry import near
from labelsys.text import fold

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.crosswalk.standing import Spot, Standing

__all__ = ["Answer", "read_answers"]

_COLUMNS = {
    "image_id": ("image", "file_name", "filename", "id"),
    "label": ("label_id", "class", "category_id", "prediction"),
    "score": ("confidence", "probability"),
}


class Answer(NamedTuple):
    """A label that an image is given.

    Attributes:
        spot: the label, and where it stands.
        score: how sure; None where the table does not say.
        line: of the table.
    """

    spot: Spot
    score: float | None
    line: int


def read_answers(path: Path, standing: Standing) -> dict[str, list[Answer]]:
    """Read which labels images have.

    Args:
        path: TSV, CSV or JSON lines with `image_id`, `label` (an id of the set, or a name
            that one class of it has) and perhaps `score`.
        standing: of the label set.

    Returns:
        Image -> its labels, in file order.

    Raises:
        SourceError: the file is no such table, or a label is no class of the set.
    """
    known = _keys(standing)
    found: dict[str, list[Answer]] = {}
    for line, row in iter_given_rows(path, _COLUMNS, optional=("score",)):
        label = row["label"]
        spot = known.get(label) or known.get(fold(label))
        if spot is None:
            close = near(fold(label), list(known))
            hint = f" (closest: {', '.join(close)})" if close else ""
            msg = f"{standing.label_set} has no class {label[:60]!r}{hint}: give its id or name"
            raise SourceError(msg, path=path, line=line)
        score = _score(row.get("score", ""), path, line)
        found.setdefault(row["image_id"], []).append(Answer(spot, score, line))
    return found


def _keys(standing: Standing) -> dict[str, Spot]:
    """Return the labels by names that only one has, folded, and by ids, which count more."""
    folded = [fold(spot.name) for spot in standing.spots]
    times = Counter(folded)
    pairs = zip(folded, standing.spots, strict=True)
    keys = {text: spot for text, spot in pairs if times[text] == 1}
    keys |= {spot.id.local_id: spot for spot in standing.spots}
    return keys | {str(spot.id): spot for spot in standing.spots}


def _score(text: str, path: Path, line: int) -> float | None:
    """Return a score.

    Raises:
        SourceError: it is no number.
    """
    if not text:
        return None
    try:
        score = float(text)
    except ValueError:
        score = math.nan
    if not math.isfinite(score):
        msg = f"the score {text[:40]!r} is no number"
        raise SourceError(msg, path=path, line=line)
    return score
