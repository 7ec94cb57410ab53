"""Which synset an item is, by words: a linear softmax, and what its probabilities are worth.

Every item is ranked twice. The second time it counts what the first look took
other items for: classes above it, items below it, and items that want the same
synset. Coefficients and calibration lie in `models/exact.json`, which
`python -m labelsys.source.wikidata.linking.train` writes.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from labelsys.errors import ConfigError
from labelsys.match.rank import Ranker
from labelsys.source.wikidata.linking.company import add_company
from labelsys.source.wikidata.linking.features import FEATURES, item_features
from labelsys.source.wikidata.linking.names import find_synsets
from labelsys.source.wikidata.linking.words import GlossWords

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from labelsys.match.lexicon import Lexicon
    from labelsys.source.wikidata.facts import Item
    from labelsys.source.wikidata.linking.company import Meanings
    from labelsys.source.wikidata.linking.names import Found

__all__ = [
    "Answer",
    "Candidates",
    "ExactModel",
    "best_answers",
    "first_look",
    "format_model",
    "gather",
    "load_model",
    "rank",
    "second_table",
    "tabulate",
]

_STEM: Final = "exact"
_UNLIKELY: Final = 0.02
"""What is less likely than this says nothing of other items."""


class Candidates(NamedTuple):
    """Items that have one candidate or more, and what they are ranked by.

    Attributes:
        asked: the items with their candidates.
        table: float32 (n_candidates, len(FEATURES)), what takes a first look still zero.
        owners: int64 (n_candidates,): number of the item that each row is of, ascending.
        starts: int64 (n_items + 1,): where the rows of each item begin.
    """

    asked: tuple[tuple[Item, tuple[Found, ...]], ...]
    table: NDArray[np.float32]
    owners: NDArray[np.int64]
    starts: NDArray[np.int64]

    def rows_of(self, number: int) -> slice:
        """Return which rows are those of an item."""
        return slice(int(self.starts[number]), int(self.starts[number + 1]))


class Answer(NamedTuple):
    """What an item most likely is.

    Attributes:
        item: it.
        found: the likeliest synset, and how it was found.
        probability: as ranked.
        confidence: calibrated: the share of such answers that were right.
    """

    item: Item
    found: Found
    probability: float
    confidence: float


class ExactModel(NamedTuple):
    """Coefficients, and what the probabilities that they give are worth.

    Attributes:
        first: of the first look.
        second: of the second.
        knots: float64 (n, 2): probability and confidence, both rising; straight in between.
        accept: lowest confidence from which on answers were right as often as wanted.
    """

    first: Ranker
    second: Ranker
    knots: NDArray[np.float64]
    accept: float

    def confidence(self, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return calibrated confidences, four decimals; float64, of the same shape."""
        known, worth = self.knots.T
        return np.asarray(np.round(np.interp(probabilities, known, worth), 4))


def gather(items: Iterable[Item], lexicon: Lexicon) -> Candidates:
    """Return the candidates of items, and what speaks for and against each.

    Args:
        items: in an order of their own, which stays.
        lexicon: of WordNet.
    """
    named = ((item, find_synsets(item, lexicon)) for item in items)
    return tabulate(named, lexicon)


def tabulate(named: Iterable[tuple[Item, tuple[Found, ...]]], lexicon: Lexicon) -> Candidates:
    """Return items and candidates with what speaks for and against each; items without any go."""
    asked = tuple((item, found) for item, found in named if found)
    sizes = np.array([len(found) for _, found in asked], dtype=np.int64)
    return Candidates(
        asked=asked,
        table=item_features(lexicon, GlossWords(lexicon), asked),
        owners=np.repeat(np.arange(len(asked)), sizes),
        starts=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)]),
    )


def first_look(candidates: Candidates, first: Ranker, known: Mapping[str, int]) -> Meanings:
    """Return what items likely are at first sight, by QID.

    Args:
        candidates: of `gather`.
        first: ranker of the first look.
        known: QID -> synset, of items that identifiers link.
    """
    looked = first.probabilities_of(candidates.table, candidates.owners, len(candidates.asked))
    values = looked.tolist()
    meanings: Meanings = {}
    for number, (item, found) in enumerate(candidates.asked):
        own = values[candidates.rows_of(number)]
        meanings[item.qid] = {
            one.concept: p for one, p in zip(found, own, strict=True) if p > _UNLIKELY
        }
    return meanings | {qid: {concept: 1.0} for qid, concept in known.items()}


def second_table(
    candidates: Candidates, meanings: Meanings, items: Mapping[str, Item], lexicon: Lexicon
) -> NDArray[np.float32]:
    """Return the table of the second look.

    Args:
        candidates: of `gather`.
        meanings: of `first_look`.
        items: all of the pull.
        lexicon: of WordNet.

    Returns:
        float32, shape (n_candidates, len(FEATURES)).
    """
    table = candidates.table.copy()
    add_company(table, candidates.asked, items, lexicon, meanings)
    return table


def rank(
    candidates: Candidates,
    model: ExactModel,
    items: Mapping[str, Item],
    lexicon: Lexicon,
    known: Mapping[str, int],
) -> list[Answer]:
    """Return what each item most likely is.

    Args:
        candidates: of `gather`.
        model: coefficients.
        items: all of the pull.
        lexicon: of WordNet.
        known: QID -> synset, of items that identifiers link.

    Returns:
        One answer an item, in the order of the candidates; of equal ones the
        synset with the lowest id.
    """
    table = second_table(candidates, first_look(candidates, model.first, known), items, lexicon)
    n_items = len(candidates.asked)
    return best_answers(
        candidates, model.second.probabilities_of(table, candidates.owners, n_items), model
    )


def best_answers(
    candidates: Candidates, probabilities: NDArray[np.float64], model: ExactModel
) -> list[Answer]:
    """Return the likeliest candidate of each item, with its confidence."""
    confidence = model.confidence(probabilities)
    answers = []
    for number, (item, found) in enumerate(candidates.asked):
        rows = candidates.rows_of(number)
        best = int(probabilities[rows].argmax())
        at = rows.start + best
        answers.append(Answer(item, found[best], float(probabilities[at]), float(confidence[at])))
    return answers


def format_model(
    weights: Sequence[NDArray[np.float64]],
    knots: NDArray[np.float64],
    accept: float,
    about: Mapping[str, Any],
) -> str:
    """Return the text of a coefficient file; weights keep four decimals."""
    first, second = (
        {name: round(float(w), 4) for name, w in zip(FEATURES, column, strict=True)}
        for column in weights
    )
    document = {
        **about,
        "accept": accept,
        "calibration": np.round(knots, 4).tolist(),
        "first": first,
        "second": second,
    }
    return json.dumps(document, indent=1) + "\n"


def parse_model(text: str, stem: str) -> ExactModel:
    """Return a model from the text of its file.

    Raises:
        ConfigError: it was made for other features.
    """
    document = json.loads(text)
    if any(list(document[look]) != list(FEATURES) for look in ("first", "second")):
        msg = "made for other features: run `python -m labelsys.source.wikidata.linking.train`"
        raise ConfigError(msg, location=f"model {stem}")
    fingerprint = hashlib.sha256(text.encode()).hexdigest()[:16]
    first, second = (
        Ranker(
            name=f"{stem}-{document['version']}",
            weights=np.array(list(document[look].values()), dtype=np.float64),
            fingerprint=fingerprint,
        )
        for look in ("first", "second")
    )
    return ExactModel(first, second, np.array(document["calibration"]), document["accept"])


@cache
def load_model() -> ExactModel:
    """Return the model that ships.

    Raises:
        ConfigError: it was made for other features.
    """
    place = files("labelsys.source.wikidata.linking").joinpath("models", f"{_STEM}.json")
    return parse_model(place.read_text(encoding="utf-8"), _STEM)
