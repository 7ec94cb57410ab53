"""Fit the shipped rankers: `python -m labelsys.match.train --cache FOLDER`.

Everything it learns from ships with labelsys: the names that ImageNet-21K
gives its synsets, the Wikidata labels of items that P8814 links to one synset,
the compound names of WordNet, and the Wikidata classes that no synset stands
for. Neither LVIS nor any list
that results are measured on is read.

In one of seven questions the answer is taken out of the candidates, so that
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
from labelsys.match.rank import FEATURES_OF, VECTOR_FEATURES_OF, fit_softmax, format_ranker
from labelsys.match.vectors import ConceptVectors
from labelsys.progress import SilentProgress
from labelsys.source.combine import combine
from labelsys.source.wikidata.extract import ExtractSource
from labelsys.source.wordnet import WordNetSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from labelsys.source.protocol import SourceData

__all__ = ["main"]

VERSION = 4
_L2 = 1e-4
_SEED = 7
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


def _name_examples(wordnet: SourceData, wikidata: SourceData, embedder: Embedder) -> list[Example]:
    lexicon = Lexicon(wordnet.concepts, wordnet.edges)
    known = Evidence()
    known.add(read_bundled("imagenet21k").labels, lexicon)
    examiner = Examiner(lexicon, ConceptVectors(lexicon, embedder))
    links = link_questions(lexicon, wikidata.mappings)
    examples: list[Example] = []
    for pool, evidence in ((imagenet_questions(lexicon), Evidence()), (links, known)):
        # Once over everything: few large batches are quicker to encode than many small ones.
        examiner.names(pool, evidence)
        for asked in made_up_sets(pool, lexicon, _SEED):
            examples += examiner.names(asked, evidence)
    return hide_some(examples, _SEED)


def _place_examples(wordnet: SourceData, wikidata: SourceData, embedder: Embedder) -> list[Example]:
    both = combine([wordnet, wikidata])
    lexicon = Lexicon(both.concepts, both.edges)
    known = Evidence()
    known.add(read_bundled("imagenet21k").labels, lexicon)
    examiner = Examiner(lexicon, ConceptVectors(lexicon, embedder))
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
            examples += examiner.places(asked, known)
    return examples


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit the rankers and write their coefficient files."""
    makers = {"names": _name_examples, "places": _place_examples}
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True, help="folder for sentence vectors")
    parser.add_argument("--out", type=Path, default=_MODELS, help="where the files go")
    parser.add_argument("--only", choices=sorted(makers), help="one task instead of all")
    given = parser.parse_args(arguments)
    spec = find_encoder("minilm")
    assert spec is not None
    embedder = Embedder(spec, VectorCache(given.cache, spec.key, spec.dim))
    wordnet = WordNetSource().load(None, SilentProgress())
    wikidata = ExtractSource().load(wordnet, SilentProgress())
    for task, make in makers.items():
        if given.only not in (None, task):
            continue
        examples = make(wordnet, wikidata, embedder)
        for with_vectors in (False, True):
            stem = f"{task}_vectors" if with_vectors else task
            weights = fit(task, examples, with_vectors=with_vectors)
            text = format_ranker(
                task, weights, version=VERSION, trained_on={"examples": len(examples)}, l2=_L2
            )
            (given.out / f"{stem}.json").write_text(text, encoding="utf-8")
            sys.stderr.write(f"{stem}: {len(examples)} examples\n")


if __name__ == "__main__":
    main()
