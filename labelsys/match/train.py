"""Fit the shipped rankers: `python -m labelsys.match.train --cache FOLDER`.

Everything it learns from ships with labelsys: the names that ImageNet-21K
gives its synsets, the Wikidata labels of items that P8814 links to one synset,
the compound names of WordNet, and the Wikidata classes that no synset stands
for. Neither LVIS nor any list that results are measured on is read.

In one of ten questions the answer is taken out of the candidates, so that
`nothing fits` is learned too. For places the answer is always taken out, and
the deepest candidate above it is right; some questions bring a definition.
"""

from __future__ import annotations

import argparse
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
    class_questions,
    compound_questions,
    described,
    hide_some,
    imagenet_questions,
    link_questions,
    made_up_sets,
)
from labelsys.match.lexicon import Lexicon
from labelsys.match.rank import (
    FEATURES_OF,
    VECTOR_FEATURES_OF,
    Ranker,
    fit_softmax,
    format_ranker,
    load_ranker,
)
from labelsys.match.vectors import ConceptVectors
from labelsys.progress import SilentProgress
from labelsys.source.combine import combine
from labelsys.source.wikidata.extract import ExtractSource
from labelsys.source.wordnet import WordNetSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["main"]

VERSION = 5
_L2 = 1e-4
_SEED = 7
# How often the ranker of the first look is fitted anew to what it shows.
_LOOKS = 2
# Sets made up of each pool for places: fewer, since a table of places is ten times as long.
_PLACE_SETS = 30
_MODELS = Path(__file__).with_name("models")

# Every linked item has an item, and each name in question is a lemma: none of
# these could learn a weight that means anything.
_UNLEARNABLE = ("linked", "foreign_name")
# Set by hand: no question has a qualifier, is misspelt or says a thing twice, and no
# set but those that results are measured on calls concepts by names of its own.
_BY_HAND = {
    "names": {
        "given_name": 2.0,
        "spelling": -1.0,
        "redundant": -0.5,
        "qualifier_is": 3.0,
        "qualifier_above": 2.0,
        "qualifier_gloss": 1.5,
        "qualifier_similarity": 2.0,
        "set_siblings": 0.0,
        "set_cousins": 0.0,
    },
    # No question has a superclass either.
    "places": {"parent": 3.0, "under_parent": 2.5},
}


def fit(task: str, examples: Sequence[Example], *, with_vectors: bool) -> NDArray[np.float64]:
    """Return the weights of one ranker."""
    names = list(FEATURES_OF[task])
    by_hand = _BY_HAND[task]
    unlearnable = _UNLEARNABLE if task == "names" else ()
    of_vectors = VECTOR_FEATURES_OF[task]
    active = np.array(
        [
            n not in unlearnable and n not in by_hand and (with_vectors or n not in of_vectors)
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
    for name, weight in by_hand.items():
        if with_vectors or name not in of_vectors:
            weights[names.index(name)] = weight
    return weights


class _Trainer:
    """Makes examples of what ships, and fits rankers to them."""

    def __init__(self, embedder: Embedder, out: Path) -> None:
        self._embedder = embedder
        self._out = out
        self._wordnet = WordNetSource().load(None, SilentProgress())
        self._wikidata = ExtractSource().load(self._wordnet, SilentProgress())

    def names(self) -> None:
        """Fit the rankers of names: first one that goes by a first look, to take that look."""
        first, text = self._fit("names", self._name_examples(None, with_vectors=False))
        for _ in range(_LOOKS):
            first, text = self._fit("names", self._name_examples(first, with_vectors=False))
        self._write("names", text)
        examples = self._name_examples(first, with_vectors=True)
        self._write("names_vectors", self._fit("names", examples, with_vectors=True)[1])

    def places(self) -> None:
        """Fit the rankers of places."""
        examples = self._place_examples(load_ranker("names", with_vectors=False))
        for with_vectors in (False, True):
            stem = "places_vectors" if with_vectors else "places"
            self._write(stem, self._fit("places", examples, with_vectors=with_vectors)[1])

    def _fit(
        self, task: str, examples: Sequence[Example], *, with_vectors: bool = False
    ) -> tuple[Ranker, str]:
        weights = fit(task, examples, with_vectors=with_vectors)
        text = format_ranker(
            task, weights, version=VERSION, trained_on={"examples": len(examples)}, l2=_L2
        )
        return Ranker(name=task, weights=weights, fingerprint=""), text

    def _write(self, stem: str, text: str) -> None:
        (self._out / f"{stem}.json").write_text(text, encoding="utf-8")
        sys.stderr.write(f"{stem}: written\n")

    def _name_examples(self, first: Ranker | None, *, with_vectors: bool) -> list[Example]:
        lexicon = Lexicon(self._wordnet.concepts, self._wordnet.edges)
        known = Evidence()
        known.add(read_bundled("imagenet21k").labels, lexicon)
        examiner = Examiner(lexicon, ConceptVectors(lexicon, self._embedder))
        links = link_questions(lexicon, self._wikidata.mappings)
        examples: list[Example] = []
        for pool, evidence in ((imagenet_questions(lexicon), Evidence()), (links, known)):
            # The whole pool first: few large batches are quicker to encode than many small ones.
            for asked in reversed(made_up_sets(pool, lexicon, _SEED)):
                examples += examiner.names(asked, evidence, first, with_vectors=with_vectors)
        return hide_some(examples, _SEED)

    def _place_examples(self, first: Ranker) -> list[Example]:
        both = combine([self._wordnet, self._wikidata])
        lexicon = Lexicon(both.concepts, both.edges)
        known = Evidence()
        known.add(read_bundled("imagenet21k").labels, lexicon)
        examiner = Examiner(lexicon, ConceptVectors(lexicon, self._embedder))
        names = imagenet_questions(lexicon)
        pools = (
            names,
            described(names, lexicon),
            compound_questions(lexicon),
            class_questions(lexicon),
        )
        examples: list[Example] = []
        for pool in pools:
            for asked in reversed(made_up_sets(pool, lexicon, _SEED + 1, _PLACE_SETS)):
                examples += examiner.places(asked, known, first)
        return examples


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit the rankers and write their coefficient files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True, help="folder for sentence vectors")
    parser.add_argument("--out", type=Path, default=_MODELS, help="where the files go")
    parser.add_argument("--only", choices=("names", "places"), help="one task instead of all")
    given = parser.parse_args(arguments)
    spec = find_encoder("minilm")
    assert spec is not None
    embedder = Embedder(spec, VectorCache(given.cache, spec.key, spec.dim))
    trainer = _Trainer(embedder, given.out)
    if given.only != "places":
        trainer.names()
    if given.only != "names":
        trainer.places()


if __name__ == "__main__":
    main()
