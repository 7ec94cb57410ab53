"""How well classes of Wikidata that are no synsets are placed under synsets.

The truth is what P8814 says: a class that is linked lies under what its synset lies
under. Its own link is hidden, and so are the names that the synset has. WordNet's
way to classify is one of several, so what counts as wrong here need not be: judged
samples (`ontologies/judged/wikidata_places.tsv`) say how often places are true.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from labelsys.benchmark.metrics import Share, share
from labelsys.errors import SourceError
from labelsys.progress import SilentProgress
from labelsys.rows import Rows
from labelsys.source.wikidata.facts import read_facts
from labelsys.source.wikidata.languages import ENGLISH
from labelsys.source.wikidata.linking.clues import STRATEGIES
from labelsys.source.wikidata.linking.place_features import find_candidates, place_features
from labelsys.source.wikidata.linking.place_training import Trainer
from labelsys.source.wikidata.linking.places import choose
from labelsys.source.wikidata.properties import LINK_PROPERTY
from labelsys.source.wordnet import WordNetSource

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from labelsys.match.lexicon import Lexicon
    from labelsys.progress import Progress

__all__ = ["PlaceRow", "bench_pull_places"]

CONFIDENCES = (0.5, 0.65, 0.8, 0.92)
_FOLDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """What one way to place classes comes to.

    Attributes:
        name: of a strategy, or `all, confidence >= 0.8`.
        coverage: classes that it places, of all.
        precision: places above the class's synset, of those given.
        levels: median of the levels from the place to the synset's nearest parent, over
            the right places; None where there are none.
    """

    name: str
    coverage: Share
    precision: Share
    levels: float | None


def bench_pull_places(
    folder: Path, *, wordnet: Path | None = None, progress: Progress | None = None
) -> Rows[PlaceRow]:
    """Measure each strategy, and all of them together, on the linked classes of a pull.

    Strategies take their weightiest point. The combination is cross-validated: each
    fold of classes is placed by rankers that learnt from the others.

    Args:
        folder: of the pull.
        wordnet: folder with WordNet's files; None looks in the usual places.
        progress: told how far it is.

    Returns:
        A row a strategy that says something, then one a confidence.

    Raises:
        SourceError: the pull or WordNet is missing or damaged, or no class has P8814.
    """
    told = progress or SilentProgress()
    told.start("read")
    facts = read_facts(folder, (ENGLISH,))
    base = WordNetSource(folder=wordnet).load(None, SilentProgress())
    told.done(f"{len(facts.items):,} items")
    told.start("place classes")
    rows = _measure(Trainer(facts, base), folder)
    told.done(f"{rows[0].coverage.total:,} linked classes")
    return Rows(rows, PlaceRow)


def _measure(trainer: Trainer, folder: Path) -> list[PlaceRow]:
    if not trainer.linked:
        msg = f"no class has {LINK_PROPERTY}, a name and a description: nothing to measure"
        raise SourceError(msg, path=folder)
    lexicon = trainer.lexicon
    n = len(trainer.linked)
    hidden = [one.hidden for one in trainer.linked]
    rows = []
    together: dict[int, int] = {}
    clues = trainer.clues
    told = dict(clues.points)
    for fold in range(min(_FOLDS, n)):
        is_held = np.arange(n) % _FOLDS == fold
        fitted = trainer.fit(~is_held)
        second = trainer.second(trainer.linked, clues, fitted.placed)
        found = find_candidates(trainer.linked, second, lexicon)
        table = place_features(trainer.linked, second, found, lexicon)
        likely = fitted.second.probabilities(table, found, lexicon)
        for at, sure in enumerate(CONFIDENCES):
            chosen = choose(found, likely, lexicon, sure=sure, likely=1.1)
            for owner, row in zip(*chosen, strict=True):
                if is_held[owner]:
                    together[at * n + owner] = int(found.concepts[row])
        told = told if fold else second.points
    for name in STRATEGIES:
        points = told[name]
        best: dict[int, tuple[float, int]] = {}
        for owner, concept, weight in zip(
            points.classes.tolist(), points.concepts.tolist(), points.weights.tolist(), strict=True
        ):
            best[owner] = max(best.get(owner, (0.0, 0)), (weight, -concept))
        if best:
            rows.append(_row(name, {k: -c for k, (_, c) in best.items()}, hidden, lexicon))
    for at, sure in enumerate(CONFIDENCES):
        places = {key - at * n: c for key, c in together.items() if key // n == at}
        rows.append(_row(f"all, confidence >= {sure}", places, hidden, lexicon))
    return rows


def _row(name: str, places: Mapping[int, int], hidden: list[int], lexicon: Lexicon) -> PlaceRow:
    """Return what places (class -> concept) come to."""
    right = [
        (owner, concept)
        for owner, concept in places.items()
        if concept != hidden[owner] and concept in lexicon.ancestors(hidden[owner])
    ]
    levels = [
        int(lexicon.depth[hidden[owner]]) - 1 - int(lexicon.depth[concept])
        for owner, concept in right
    ]
    return PlaceRow(
        name=name,
        coverage=share(len(places), len(hidden)),
        precision=share(len(right), len(places)),
        levels=float(median(levels)) if levels else None,
    )
