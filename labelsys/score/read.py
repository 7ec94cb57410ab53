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
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from labelsys.crosswalk.standing import Spot, Standing

__all__ = ["Answer", "find_spot", "label_keys", "read_answers"]

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
    known = label_keys(standing)
    found: dict[str, list[Answer]] = {}
    for line, row in iter_given_rows(path, _COLUMNS, optional=("score",)):
        spot = find_spot(row["label"], known, standing.label_set, path, line=line)
        score = _score(row.get("score", ""), path, line)
        found.setdefault(row["image_id"], []).append(Answer(spot, score, line))
    return found


def label_keys(standing: Standing) -> dict[str, Spot]:
    """Return the labels by names that only one has, folded, and by ids, which count more."""
    folded = [fold(spot.name) for spot in standing.spots]
    times = Counter(folded)
    pairs = zip(folded, standing.spots, strict=True)
    keys = {text: spot for text, spot in pairs if times[text] == 1}
    keys |= {spot.id.local_id: spot for spot in standing.spots}
    return keys | {str(spot.id): spot for spot in standing.spots}


def find_spot(
    label: str,
    known: Mapping[str, Spot],
    label_set: str,
    path: Path,
    *,
    line: int | None = None,
    at: str = "",
    also: Sequence[str] = (),
) -> Spot:
    """Return the class that somebody means.

    Args:
        label: an id or a name.
        known: of `label_keys`.
        label_set: whose.
        path: the file that has it.
        line: of the file, where lines say something.
        at: where in the file, where they don't.
        also: what to try where the set has no such class.

    Raises:
        SourceError: the set has no such class.
    """
    for text in (label, *also):
        spot = known.get(text) or known.get(fold(text))
        if spot is not None:
            return spot
    close = near(fold(label), list(known))
    hint = f" (closest: {', '.join(close)})" if close else ""
    where = f"{at}: " if at else ""
    msg = f"{where}{label_set} has no class {label[:60]!r}{hint}: give its id or name"
    raise SourceError(msg, path=path, line=line)


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
