"""Fit the shipped rankers: `python -m labelsys.match.train --cache FOLDER`.

Everything it learns from ships with labelsys: the names that ImageNet-21K
gives its synsets, the Wikidata labels of items that P8814 links to one synset,
the compound names of WordNet, and the Wikidata classes that no synset stands
for. Neither LVIS nor any list
that results are measured on is read.

In one of seven questions the answer is taken out of the candidates, so that
`nothing fits` is learned too. For heads the answer is always taken out, and
the deepest candidate above it is right. How often the guess of a label's
neighbours is right is fitted on as many of either: names that are well known,
and names that lexicons lack.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from labelsys.cache import VectorCache
from labelsys.labelset.bundled import read_bundled
from labelsys.match.embed import Embedder, find_encoder
from labelsys.match.evidence import Evidence
from labelsys.match.examples import (
    Examiner,
    Example,
    Question,
    class_questions,
    compound_questions,
    hide_some,
    imagenet_questions,
    link_questions,
    made_up_sets,
)
from labelsys.match.features import FEATURES, VECTOR_FEATURES
from labelsys.match.lexicon import Lexicon
from labelsys.match.rank import fit_softmax, format_ranker
from labelsys.match.vectors import ConceptVectors
from labelsys.progress import SilentProgress
from labelsys.source.combine import combine
from labelsys.source.wikidata.extract import ExtractSource
from labelsys.source.wordnet import WordNetSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["main"]

VERSION = 3
_L2 = 1e-4
_SEED = 7
_MODELS = Path(__file__).with_name("models")

# Every linked item has an item, and each name in question is a lemma: none of
# these could learn a weight that means anything.
_UNLEARNABLE = ("linked", "foreign_name")
# Set by hand: no question has a qualifier, and no set but those that results are
# measured on calls concepts by names of its own.
_BY_HAND = {
    "given_name": 2.0,
    "qualifier_above": 3.0,
    "qualifier_gloss": 1.5,
    "qualifier_similarity": 2.0,
}


def fit(examples: Sequence[Example], *, with_vectors: bool) -> NDArray[np.float64]:
    """Return the weights of one ranker."""
    names = list(FEATURES)
    active = np.array(
        [
            n not in _UNLEARNABLE
            and n not in _BY_HAND
            and (with_vectors or n not in VECTOR_FEATURES)
            for n in names
        ]
    )
    weights = fit_softmax(
        [e.table for e in examples],
        [e.answer for e in examples],
        [e.weight for e in examples],
        active=active,
        l2=_L2,
    )
    for name, weight in _BY_HAND.items():
        if with_vectors or name not in VECTOR_FEATURES:
            weights[names.index(name)] = weight
    return weights


def fit_neighbours(rows: NDArray[np.float64]) -> dict[str, float]:
    """Return the weights of `NeighbourModel`, by Newton's method.

    Args:
        rows: float64 (n, 4), see `Examiner.agreements`.
    """
    x = np.column_stack([np.ones(len(rows)), rows[:, :3]])
    right = rows[:, 3]
    weights = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1.0 / (1.0 + np.exp(-x @ weights))
        hessian = x.T @ (x * (p * (1 - p))[:, None]) + 1e-3 * np.eye(len(weights))
        weights -= np.linalg.solve(hessian, x.T @ (p - right) + 1e-3 * weights)
    return dict(
        zip(("bias", "depth", "share", "nearest"), map(float, weights.round(4)), strict=True)
    )


def _examples(
    examiner: Examiner, pool: Sequence[Question], evidence: Evidence, seed: int, *, heads: bool
) -> list[Example]:
    ask = examiner.heads if heads else examiner.names
    ask(pool, evidence)  # once over everything: few large batches are quicker than many small ones
    sets = made_up_sets(pool, examiner.lexicon, seed)
    return [example for asked in sets for example in ask(asked, evidence)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit all rankers and the neighbour model, and write their coefficient files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True, help="folder for sentence vectors")
    parser.add_argument("--out", type=Path, default=_MODELS, help="where the files go")
    given = parser.parse_args(arguments)
    spec = find_encoder("minilm")
    assert spec is not None
    embedder = Embedder(spec, VectorCache(given.cache, spec.key, spec.dim))

    wordnet = WordNetSource().load(None, SilentProgress())
    wikidata = ExtractSource().load(wordnet, SilentProgress())
    small = Lexicon(wordnet.concepts, wordnet.edges)
    both = combine([wordnet, wikidata])
    whole = Lexicon(both.concepts, both.edges)
    imagenet = read_bundled("imagenet21k").labels
    known_small, known_whole = Evidence(), Evidence()
    known_small.add(imagenet, small)
    known_whole.add(imagenet, whole)

    by_name = Examiner(small, ConceptVectors(small, embedder))
    names = _examples(by_name, imagenet_questions(small), Evidence(), _SEED, heads=False)
    links = link_questions(small, wikidata.mappings)
    names += _examples(by_name, links, known_small, _SEED, heads=False)
    by_head = Examiner(whole, ConceptVectors(whole, embedder))
    classes = class_questions(whole)
    heads = _examples(by_head, imagenet_questions(whole), known_whole, _SEED + 1, heads=True)
    compounds = compound_questions(whole)
    for asked in (compounds, classes):
        heads += _examples(by_head, asked, known_whole, _SEED + 1, heads=True)

    for task, examples in (("names", hide_some(names, _SEED)), ("heads", heads)):
        for with_vectors in (False, True):
            stem = f"{task}_vectors" if with_vectors else task
            weights = fit(examples, with_vectors=with_vectors)
            text = format_ranker(
                weights, version=VERSION, trained_on={"examples": len(examples)}, l2=_L2
            )
            (given.out / f"{stem}.json").write_text(text, encoding="utf-8")
            sys.stderr.write(f"{stem}: {len(examples)} examples\n")
    some = random.Random(_SEED).sample(imagenet_questions(whole), len(classes))
    rows = by_head.agreements([*classes, *some], known_whole)
    document = {
        "version": VERSION,
        "trained_on": {"examples": len(rows)},
        "weights": fit_neighbours(rows),
    }
    (given.out / "neighbours.json").write_text(
        json.dumps(document, indent=1) + "\n", encoding="utf-8"
    )
    sys.stderr.write(f"neighbours: {len(rows)} examples\n")


if __name__ == "__main__":
    main()
