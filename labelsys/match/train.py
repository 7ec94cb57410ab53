"""Fit the shipped rankers: `python -m labelsys.match.train --cache FOLDER`.

Everything it learns from ships with labelsys: the names that ImageNet-21K
gives its synsets, the Wikidata labels of items that P8814 links to one synset,
the compound names of WordNet, and the Wikidata classes that no synset stands
for. Files with `lexicons` in their name have learnt from nothing else. The
others of names go on to learn from the label sets of `rank.TEACHERS`, linked
by name as any list is; `load_ranker` says when they are used. No other list
that results are measured on is read.

In one of ten questions the answer is taken out of the candidates, so that
`nothing fits` is learned too; where there is a definition, in one of three.
For places the answer is always taken out, and the deepest candidate above it is
right; some questions bring a definition. For steps down from a place it is taken
out as well, and what leads to its parent is right.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsys.cache import VectorCache
from labelsys.labelset.bundled import bundled_ids, read_bundled
from labelsys.match.embed import Embedder, find_encoder
from labelsys.match.evidence import Evidence, find_given
from labelsys.match.examples import (
    Examiner,
    Example,
    Question,
    class_questions,
    compound_questions,
    defined_questions,
    described,
    hide_each,
    hide_some,
    imagenet_questions,
    link_questions,
    made_up_sets,
)
from labelsys.match.label_set import SetMatcher
from labelsys.match.lexicon import Lexicon
from labelsys.match.rank import (
    FEATURES_OF,
    TEACHERS,
    VECTOR_FEATURES_OF,
    Ranker,
    fit_softmax,
    format_ranker,
    load_ranker,
    model_stem,
)
from labelsys.match.step_examples import step_examples
from labelsys.match.tables import Keeper
from labelsys.match.vectors import ConceptVectors
from labelsys.progress import SilentProgress
from labelsys.source.combine import combine
from labelsys.source.wikidata.source import WikidataSource, read_shipped
from labelsys.source.wordnet import WordNetSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from labelsys.match.parents import ParentMap

__all__ = ["main"]

VERSION = 9
_L2 = 1e-4
# How often the answer is taken out of the candidates of a name. A definition that fits none of
# them is to outweigh that something has the name.
_HIDDEN, _HIDDEN_OF_DEFINED = 1 / 10, 1 / 3
# What the names of a label set count, against all questions made of lexicons; and how often the
# answer is taken out of theirs.
_TAUGHT, _HIDDEN_OF_TAUGHT = 0.3, 1 / 10
_SEED = 7
# How often the ranker of the first look is fitted anew to what it shows.
_LOOKS = 2
# Sets made up of each pool for places: fewer, since a table of places is ten times as long.
_PLACE_SETS = 30
# And of each for steps down from places.
_STEP_SETS = 12
_MODELS = Path(__file__).with_name("models")

# Every linked item has an item, and each name in question is a lemma: none of
# these could learn a weight that means anything.
_UNLEARNABLE = ("linked", "foreign_name")
# Few labels come with a definition. What one says is learnt last, and changes nothing of the rest.
_OF_DEFINITIONS: dict[str, tuple[str, ...]] = {
    "names": ("described", "genus_above", "genus_off", "definition"),
    "places": (),
    "steps": (),
}
# Set by hand: no question has a qualifier, is misspelt or says a thing twice, and no
# set but those that results are measured on calls concepts by names of its own.
_BY_HAND = {
    "names": {
        # What it measures is log-odds already.
        "image": 1.0,
        "given_name": 2.0,
        "spelling": -1.0,
        "redundant": -0.5,
        "part": -1.5,
        "qualifier_is": 3.0,
        "qualifier_above": 2.0,
        "qualifier_gloss": 1.5,
        "qualifier_off": -2.5,
        "qualifier_similarity": 2.0,
        "set_siblings": 0.0,
        "set_cousins": 0.0,
    },
    # No question has a superclass either.
    "places": {"given_elsewhere": -2.0, "parent": 3.0, "under_parent": 2.5},
    "steps": {},
}
# Added to what is learnt. Lexicons list the compounds that are more than their parts: in the
# questions, the head of a name is what it is a kind of in half of the cases. In names that
# datasets give to what no lexicon has, it nearly always is: log-odds of 0.85 less those of 0.55.
_SHIFTS: dict[str, dict[str, float]] = {
    "names": {},
    "places": {"head_longest": 1.5, "head_inside": -1.5},
    "steps": {},
}


def fit(
    task: str,
    examples: Sequence[Example],
    of_definitions: Sequence[Example] = (),
    *,
    with_vectors: bool,
) -> NDArray[np.float64]:
    """Return the weights of one ranker.

    Args:
        task: `names`, `places` or `steps`.
        examples: what it learns from.
        of_definitions: what it learns from how names are defined, when it knows the rest.
        with_vectors: whether it may go by vectors.
    """
    names = list(FEATURES_OF[task])
    by_hand = _BY_HAND[task]
    unlearnable = _UNLEARNABLE if task == "names" else ()
    of_vectors = VECTOR_FEATURES_OF[task]
    active = [
        n not in (*unlearnable, *by_hand, *_OF_DEFINITIONS[task])
        and (with_vectors or n not in of_vectors)
        for n in names
    ]
    weights = _fit_columns(examples, active)
    for name, weight in by_hand.items():
        if with_vectors or name not in of_vectors:
            weights[names.index(name)] = weight
    if of_definitions:
        weights = _fit_columns(of_definitions, [n in _OF_DEFINITIONS[task] for n in names], weights)
    for name, shift in _SHIFTS[task].items():
        weights[names.index(name)] += shift
    return weights


def fit_on(
    of_names: Sequence[Example],
    of_sets: Sequence[Example],
    known: NDArray[np.float64],
    *,
    with_vectors: bool,
) -> NDArray[np.float64]:
    """Return weights of names that go on learning from label sets.

    The questions that the known weights were fitted to are asked again: what
    label sets say nothing of stays as it is. Weights that were set by hand are
    learnt here, as far as there is something to learn.

    Args:
        of_names: those questions.
        of_sets: names of label sets.
        known: fitted to the first.
        with_vectors: whether they may go by vectors.
    """
    of_vectors = VECTOR_FEATURES_OF["names"]
    active = [
        n not in _OF_DEFINITIONS["names"] and (with_vectors or n not in of_vectors)
        for n in FEATURES_OF["names"]
    ]
    share = _TAUGHT * sum(e.weight for e in of_names) / max(sum(e.weight for e in of_sets), 1e-9)
    both = [e._replace(weight=e.weight * share) for e in hide_each(of_sets, _HIDDEN_OF_TAUGHT)]
    return _fit_columns([*of_names, *both], active, known)


def _fit_columns(
    examples: Sequence[Example],
    active: Sequence[bool],
    known: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return weights that are fitted for some columns; the others keep what is known."""
    return fit_softmax(
        [e.table for e in examples],
        [e.answer for e in examples],
        [e.weight for e in examples],
        active=np.array(active),
        l2=_L2,
        prior=known,
    )


class _PlaceQuestions(NamedTuple):
    """What rankers of places, and of steps down from them, learn from.

    Attributes:
        examiner: turns questions into examples.
        known: of other lists.
        pools: of questions.
        parents: where the parents of all of them lie.
    """

    examiner: Examiner
    known: Evidence
    pools: tuple[list[Question], ...]
    parents: ParentMap

    def sets(self, n: int) -> Iterator[list[Question]]:
        """Yield *n* made-up sets of each pool, and the whole pool first."""
        for pool in self.pools:
            yield from reversed(made_up_sets(pool, self.examiner.lexicon, _SEED + 1, n))


class _Trainer:
    """Makes examples of what ships, and fits rankers to them."""

    def __init__(self, embedder: Embedder, out: Path) -> None:
        self._embedder = embedder
        self._encoder = embedder.spec.name
        self._out = out
        self._wordnet = WordNetSource().load(None, SilentProgress())
        self._wikidata = WikidataSource().load(self._wordnet, SilentProgress())

    def names(self) -> None:
        """Fit the rankers of names: first one that goes by a first look, to take that look."""
        first = self._fit("names", self._name_examples(None, with_vectors=False))
        for _ in range(_LOOKS):
            first = self._fit("names", self._name_examples(first, with_vectors=False))
        for with_vectors in (False, True):
            of_names, of_definitions = (
                self._name_examples(first, with_vectors=with_vectors, defined=defined)
                for defined in (False, True)
            )
            weights = fit("names", of_names, of_definitions, with_vectors=with_vectors)
            n_lexicons = len(of_names) + len(of_definitions)
            self._write("names", weights, {"examples": n_lexicons}, with_vectors=with_vectors)
            of_sets = [e for id_ in sorted(TEACHERS) for e in self._taught(id_, with_vectors)]
            weights = fit_on(of_names, of_sets, weights, with_vectors=with_vectors)
            learnt = {"examples": n_lexicons, "of_label_sets": len(of_sets)}
            self._write("names", weights, learnt, with_vectors=with_vectors, is_taught=True)

    def _taught(self, label_set: str, with_vectors: bool) -> list[Example]:
        """Return what the names of a label set are ranked by in a system without it."""
        both = combine([self._wordnet, self._wikidata])
        lexicon = Lexicon(both.concepts, both.edges)
        evidence = Evidence()
        for id_ in bundled_ids():
            if id_ != label_set:
                evidence.add(read_bundled(id_).labels, lexicon)
        vectors = ConceptVectors(lexicon, self._embedder) if with_vectors else None
        keeper = Keeper()
        known = read_bundled(label_set)
        # Other names lead to the answer nearly always: nothing would be learnt of names alone.
        named = replace(known, labels=tuple(replace(x, synonyms=()) for x in known.labels))
        SetMatcher(lexicon, evidence, vectors, keeper=keeper).match(named, names_only=True)
        found = []
        for row, label in enumerate(known.labels):
            answer = find_given(label, lexicon).concept
            if answer is not None and (table := keeper.names.get(row)) is not None:
                right = table.concepts.index(answer) if answer in table.concepts else -1
                found.append(Example(table.features, right, 1.0))
        return found

    def places(self) -> dict[bool, Ranker]:
        """Fit the rankers of places.

        Returns:
            Those without and with vectors.
        """
        asked = self._ask_for_places()
        self._write_parents(asked.parents)
        first = load_ranker("names", with_vectors=False)
        examples: list[Example] = []
        for questions in asked.sets(_PLACE_SETS):
            examples += asked.examiner.places(questions, asked.known, first)
        found = {}
        for with_vectors in (False, True):
            weights = fit("places", examples, with_vectors=with_vectors)
            self._write("places", weights, {"examples": len(examples)}, with_vectors=with_vectors)
            found[with_vectors] = Ranker(name="places", weights=weights.round(4), fingerprint="")
        return found

    def steps(self, places: Mapping[bool, Ranker]) -> None:
        """Fit the rankers of steps down from places.

        Args:
            places: the rankers of places without and with vectors.
        """
        asked = self._ask_for_places()
        first = load_ranker("names", with_vectors=False)
        for with_vectors in (False, True):
            examples: list[Example] = []
            for questions in asked.sets(_STEP_SETS):
                examples += step_examples(
                    *(asked.examiner, questions, asked.known, first, places[with_vectors]),
                    with_vectors=with_vectors,
                )
            weights = fit("steps", examples, with_vectors=with_vectors)
            self._write("steps", weights, {"examples": len(examples)}, with_vectors=with_vectors)

    def _fit(self, task: str, examples: Sequence[Example]) -> Ranker:
        """Return a ranker without vectors that is fitted to examples."""
        return Ranker(name=task, weights=fit(task, examples, with_vectors=False), fingerprint="")

    def _write(
        self,
        task: str,
        weights: NDArray[np.float64],
        trained_on: dict[str, int],
        *,
        with_vectors: bool,
        is_taught: bool = False,
    ) -> None:
        stem = model_stem(task, with_vectors=with_vectors, is_taught=is_taught)
        text = format_ranker(task, weights, version=VERSION, trained_on=trained_on, l2=_L2)
        (self._out / f"{stem}.json").write_text(text, encoding="utf-8")
        sys.stderr.write(f"{stem}: written\n")

    def _write_parents(self, learnt: ParentMap) -> None:
        """Write the map in float16: to that it is rounded already."""
        np.savez_compressed(
            self._out / f"parents_{self._encoder}.npz",
            weights=learnt.weights.astype(np.float16),
            offset=learnt.offset.astype(np.float16),
        )

    def _name_examples(
        self, first: Ranker | None, *, with_vectors: bool, defined: bool = False
    ) -> list[Example]:
        lexicon = Lexicon(self._wordnet.concepts, self._wordnet.edges)
        known = Evidence()
        known.add(read_bundled("imagenet21k").labels, lexicon)
        examiner = Examiner(lexicon, ConceptVectors(lexicon, self._embedder))
        names, links = (
            imagenet_questions(lexicon),
            link_questions(lexicon, self._wikidata.mappings),
        )
        pools = [(names, Evidence()), (links, known)]
        if defined:
            items = list(read_shipped().items.values())
            pools = [(defined_questions(lexicon, self._wikidata.mappings, items), known)]
        examples: list[Example] = []
        for pool, evidence in pools:
            # The whole pool first: few large batches are quicker to encode than many small ones.
            for asked in reversed(made_up_sets(pool, lexicon, _SEED)):
                examples += examiner.names(asked, evidence, first, with_vectors=with_vectors)
        return hide_some(examples, _SEED, _HIDDEN_OF_DEFINED if defined else _HIDDEN)

    def _ask_for_places(self) -> _PlaceQuestions:
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
        return _PlaceQuestions(examiner, known, pools, examiner.learn_parents(pools))


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit the rankers and write their coefficient files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True, help="folder for sentence vectors")
    parser.add_argument("--out", type=Path, default=_MODELS, help="where the files go")
    parser.add_argument("--only", choices=tuple(FEATURES_OF), help="one task instead of all")
    given = parser.parse_args(arguments)
    spec = find_encoder("minilm")
    assert spec is not None
    embedder = Embedder(spec, VectorCache(given.cache, spec.key, spec.dim))
    trainer = _Trainer(embedder, given.out)
    if given.only in (None, "names"):
        trainer.names()
    places = {w: load_ranker("places", with_vectors=w) for w in (False, True)}
    if given.only in (None, "places"):
        places = trainer.places()
    if given.only in (None, "steps"):
        trainer.steps(places)


if __name__ == "__main__":
    main()
