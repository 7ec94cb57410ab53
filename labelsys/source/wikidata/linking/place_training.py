"""Fit the shipped rankers of places: `python -m labelsys.source.wikidata.linking.place_training`.

They learn from two things that ship, one after the other:

1. The classes that P8814 links, their own link and all names of their synset hidden:
   a candidate is right where it is above the synset. Unlinked classes are more
   obscure and have longer names, so linked ones that are like them count more.
2. Pairs of an unlinked class and a concept that were judged
   (`ontologies/judged/wikidata_places_development.tsv`). The weights go on from
   the first ones: what few pairs say nothing of stays as it is. What is above a right
   concept is right, what is under a wrong one is wrong.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from labelsys.cache import VectorCache
from labelsys.ids import Curie
from labelsys.match.embed import Embedder, find_encoder
from labelsys.match.vectors import ConceptVectors
from labelsys.progress import SilentProgress
from labelsys.source.wikidata.heal import heal
from labelsys.source.wikidata.linking.clues import Clues, find_clues, parent_points
from labelsys.source.wikidata.linking.place_features import (
    Candidates,
    find_candidates,
    place_features,
)
from labelsys.source.wikidata.linking.place_ranker import PlaceRanker, format_place_ranker
from labelsys.source.wikidata.linking.places import DEEP, first_look
from labelsys.source.wikidata.linking.surroundings import ask, ask_unlinked, surround
from labelsys.source.wikidata.links import link_items
from labelsys.source.wikidata.prune import prune
from labelsys.source.wikidata.source import read_shipped
from labelsys.source.wordnet import WordNetSource
from labelsys.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from labelsys.match.lexicon import Lexicon
    from labelsys.source.protocol import SourceData
    from labelsys.source.wikidata.facts import Facts
    from labelsys.source.wikidata.linking.points import AskedClass
    from labelsys.source.wikidata.linking.surroundings import Surroundings

__all__ = ["Fitted", "Trainer", "fit_logistic", "main", "read_judged_pairs"]

VERSION: Final = 1
_L2: Final = 1e-4
_L2_JUDGED: Final = 1e-3
"""Chosen by cross-validation over the judged classes, of 3e-4, 1e-3, 3e-3, 1e-2 and 3e-2."""
_SHALLOW: Final = 0.3
"""What a shallow candidate counts against a deep one: those are seldom in doubt."""
_KINDRED: Final = 3
"""Depth from which concepts that share an ancestor have something to do with each other."""
_MOST_LIKE, _LEAST_LIKE = 8.0, 0.1
_LONGEST: Final = 5
_STEPS: Final = 100
_SMALL: Final = 1e-8
_PAIRS: Final = ("judged", "wikidata_places_development.tsv")


class _Table(NamedTuple):
    """Candidates of some classes, with their features."""

    found: Candidates
    features: NDArray[np.float64]

    def rows(self, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the rows of the wanted classes, bool (n_rows,)."""
        return np.asarray(wanted[self.found.classes])


class Fitted(NamedTuple):
    """Rankers of both looks, and where the first one puts the unlinked classes."""

    first: PlaceRanker
    second: PlaceRanker
    placed: dict[str, tuple[int, float]]


def fit_logistic(
    table: NDArray[np.float64],
    right: NDArray[np.float64],
    importance: NDArray[np.float64],
    *,
    l2: float,
    prior: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Fit a logistic model by Newton's method; deterministic.

    Args:
        table: float64, shape (n_rows, n_features).
        right: float64, shape (n_rows,), 0 or 1.
        importance: float64, shape (n_rows,).
        l2: strength of the ridge penalty, per unit of importance.
        prior: float64 (n_features,), what the penalty pulls towards; None is zero.

    Returns:
        float64, shape (n_features,).
    """
    start = np.zeros(table.shape[1]) if prior is None else prior
    weights = start.copy()
    share = importance / importance.sum()

    def loss(weights: NDArray[np.float64]) -> float:
        scores = table @ weights
        wrong = np.logaddexp(0.0, scores) - right * scores
        return float(share @ wrong + l2 * ((weights - start) ** 2).sum())

    now = loss(weights)
    for _ in range(_STEPS):
        p = 1.0 / (1.0 + np.exp(-(table @ weights)))
        gradient = table.T @ ((p - right) * share) + 2 * l2 * (weights - start)
        hessian = (table * (p * (1 - p) * share)[:, None]).T @ table
        step = np.linalg.solve(hessian + 2 * l2 * np.eye(len(weights)), gradient)
        # The loss is convex: some part of the step always lowers it.
        while (after := loss(weights - step)) > now and float(np.abs(step).max()) > _SMALL:
            step = step / 2
        weights = weights - step
        if float(np.abs(step).max()) <= _SMALL:
            break
        now = after
    return weights


def read_judged_pairs() -> dict[str, dict[str, bool]]:
    """Return the judged pairs that ship: QID -> id of a concept -> whether it is right."""
    path = files("labelsys_ontologies").joinpath(*_PAIRS)
    found: dict[str, dict[str, bool]] = {}
    for qid, _, concept, _, verdict in read_table(
        path, columns=("qid", "label", "concept", "synset", "verdict")
    ).rows:
        found.setdefault(qid, {})[concept] = verdict == "right"
    return found


@dataclass
class _Sample:
    """Classes with what is known of their candidates.

    Attributes:
        asked: the classes.
        clues: what strategies say of them, `parent` not yet.
        right: for each class, concepts that are right, what is above them included.
        wrong: for each class, concepts that are wrong, what is under them not included;
            None means all that are not right.
        importance: float64, shape (n_classes,).
    """

    asked: list[AskedClass]
    clues: Clues
    right: list[frozenset[int]]
    wrong: list[frozenset[int]] | None
    importance: NDArray[np.float64]

    def known(self, found: Candidates, lexicon: Lexicon) -> tuple[NDArray[np.bool_], ...]:
        """Return which candidates something is known of, and which are right; bool (n_rows,)."""
        pairs = list(zip(found.classes.tolist(), found.concepts.tolist(), strict=True))
        right = np.array([concept in self.right[n] for n, concept in pairs], dtype=bool)
        if self.wrong is None:
            return np.ones(len(pairs), dtype=bool), right
        wrong = [not self.wrong[n].isdisjoint(lexicon.ancestors(concept)) for n, concept in pairs]
        return right | np.array(wrong, dtype=bool), right


class Trainer:
    """Makes examples of what ships, and fits rankers to them."""

    def __init__(self, facts: Facts, wordnet: SourceData, embedder: Embedder | None = None) -> None:
        """Ask all strategies about all classes.

        Args:
            facts: the pull that ships.
            wordnet: with 3.1 ids among the xrefs.
            embedder: of the texts; None leaves `similarity` out.
        """
        healed = heal(facts)
        # By identifiers alone: judged classes that words link are asked about all the same.
        pruned, links = prune(healed), link_items(healed, wordnet, ())
        around = surround(pruned, links, wordnet)
        if embedder is not None:
            around = around._replace(vectors=ConceptVectors(around.lexicon, embedder))
        self.around: Surroundings = around
        self.lexicon = around.lexicon
        self.unlinked = ask_unlinked(pruned, links)
        self._unlinked_clues = find_clues(self.unlinked, around)
        self._unlinked = self._table(self.unlinked, self._unlinked_clues)
        self.linked = [
            ask(item, around.linked[qid])
            for qid, item in pruned.classes.items()
            if qid in around.linked
            and item.label
            and item.description
            and not self.lexicon.is_instance[around.linked[qid]]
        ]
        clues = find_clues(self.linked, around)
        self._of_links = _Sample(
            asked=self.linked,
            clues=clues,
            right=[self.lexicon.ancestors(one.hidden) for one in self.linked],
            wrong=None,
            importance=_likeness(self.linked, clues, self.unlinked, self._unlinked_clues),
        )
        self._of_judged = self._judged(read_judged_pairs())

    @property
    def n_judged(self) -> int:
        """How many judged classes it learns from."""
        return len(self._of_judged.asked)

    @property
    def clues(self) -> Clues:
        """What the strategies say of the linked classes, before any look."""
        return self._of_links.clues

    def _judged(self, pairs: dict[str, dict[str, bool]]) -> _Sample:
        known = [one for one in self.unlinked if one.qid in pairs]
        right, wrong = [], []
        for one in known:
            verdicts = {
                self.lexicon.index[str(Curie.parse(id_))]: is_right
                for id_, is_right in pairs[one.qid].items()
            }
            above = [self.lexicon.ancestors(i) for i, is_right in verdicts.items() if is_right]
            right.append(frozenset().union(*above))
            wrong.append(frozenset(verdicts) - right[-1])
        clues = find_clues(known, self.around)
        return _Sample(known, clues, right, wrong, np.ones(len(known)))

    def _table(self, asked: Sequence[AskedClass], clues: Clues) -> _Table:
        found = find_candidates(asked, clues, self.lexicon)
        table = place_features(asked, clues, found, self.lexicon)
        return _Table(found, table.astype(np.float64))

    def fit(self, learnt: NDArray[np.bool_] | None = None) -> Fitted:
        """Fit the rankers of both looks.

        Args:
            learnt: bool, shape (len(linked),): the linked classes to learn from;
                None takes all.

        Returns:
            Both rankers.
        """
        wanted = np.ones(len(self.linked), dtype=bool) if learnt is None else learnt
        first = PlaceRanker(name="first", weights=self._fit(wanted, None))
        table, found = self._unlinked.features, self._unlinked.found
        seen = first.probabilities(table.astype(np.float32), found, self.lexicon)
        placed = first_look(self.unlinked, found, seen, self.lexicon)
        second = PlaceRanker(name="second", weights=self._fit(wanted, placed))
        return Fitted(first, second, placed)

    def _fit(
        self, learnt: NDArray[np.bool_], placed: dict[str, tuple[int, float]] | None
    ) -> NDArray[np.float64]:
        weights = self._fit_sample(self._of_links, learnt, placed, l2=_L2, prior=None)
        everyone = np.ones(len(self._of_judged.asked), dtype=bool)
        return self._fit_sample(self._of_judged, everyone, placed, l2=_L2_JUDGED, prior=weights)

    def _fit_sample(
        self,
        sample: _Sample,
        learnt: NDArray[np.bool_],
        placed: dict[str, tuple[int, float]] | None,
        *,
        l2: float,
        prior: NDArray[np.float64] | None,
    ) -> NDArray[np.float64]:
        clues = sample.clues if placed is None else self.second(sample.asked, sample.clues, placed)
        table = self._table(sample.asked, clues)
        known, right = sample.known(table.found, self.lexicon)
        rows = known & table.rows(learnt)
        if prior is not None and not rows.any():
            return prior
        classes = table.found.classes[rows]
        share = sample.importance[classes] / np.bincount(classes)[classes]
        depth = self.lexicon.depth[table.found.concepts[rows]]
        share = share * np.where(depth < DEEP, _SHALLOW, 1.0)
        target = right[rows].astype(np.float64)
        return fit_logistic(table.features[rows], target, share, l2=l2, prior=prior)

    def second(
        self,
        asked: Sequence[AskedClass],
        clues: Clues,
        placed: dict[str, tuple[int, float]],
    ) -> Clues:
        """Return clues with what the first look says of the classes above."""
        parents = parent_points(asked, self.around, placed)
        return clues._replace(points={**clues.points, "parent": parents})


def _likeness(
    linked: Sequence[AskedClass], of_linked: Clues, others: Sequence[AskedClass], of_others: Clues
) -> NDArray[np.float64]:
    """Return how much more usual each linked class is among the others, about one on average."""
    tables = _shape(linked, of_linked), _shape(others, of_others)
    if not len(tables[0]) or not len(tables[1]):
        return np.ones(len(linked))
    target = np.repeat([0.0, 1.0], [len(table) for table in tables])
    sizes = np.repeat([1 / len(table) for table in tables], [len(table) for table in tables])
    weights = fit_logistic(np.concatenate(tables), target, sizes, l2=_L2)
    odds = np.exp(tables[0] @ weights)
    return np.asarray(np.clip(odds / odds.mean(), _LEAST_LIKE, _MOST_LIKE))


def _shape(asked: Sequence[AskedClass], clues: Clues) -> NDArray[np.float64]:
    """Return what classes look like: words of their names, texts, strategies that speak."""
    n = len(asked)
    n_words = np.array([min(len(one.label.split()), _LONGEST) for one in asked])
    n_above = np.bincount(clues.points["subclass"].classes, minlength=n)
    columns = [
        *(n_words == length for length in range(1, _LONGEST + 1)),
        *(points.spoken(n) for points in clues.points.values()),
        clues.whole.spoken(n),
        np.array([len(one.description.split()) / 10 for one in asked]),
        np.array([bool(one.aliases) for one in asked]),
        *(n_above == 1, n_above == 2, n_above > 2),
        np.ones(n),
    ]
    return np.stack(columns, axis=1).astype(np.float64)


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit the rankers and write their coefficient files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("models"))
    parser.add_argument(
        "--cache", type=Path, help="folder for sentence vectors; without it, words alone"
    )
    given = parser.parse_args(arguments)
    facts, wordnet = read_shipped(), WordNetSource().load(None, SilentProgress())
    embedders: list[Embedder | None] = [None]
    if given.cache is not None:
        spec = find_encoder("minilm")
        if spec is not None:
            embedders.append(Embedder(spec, VectorCache(given.cache, spec.key, spec.dim)))
    for embedder in embedders:
        trainer = Trainer(facts, wordnet, embedder)
        fitted = trainer.fit()
        trained_on = {
            "linked classes": len(trainer.linked),
            "judged classes": trainer.n_judged,
        }
        for name, ranker in (("first", fitted.first), ("second", fitted.second)):
            file, text = format_place_ranker(
                name,
                ranker.weights,
                version=VERSION,
                trained_on=trained_on,
                with_vectors=embedder is not None,
            )
            (given.out / file).write_text(text, encoding="utf-8")
            sys.stderr.write(f"{file}: written\n")


if __name__ == "__main__":
    main()
