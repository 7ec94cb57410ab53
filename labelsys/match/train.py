"""Fit the shipped rankers: `python -m labelsys.match.train`.

Everything it learns from ships with labelsys: the names that ImageNet-21K
gives its synsets, and the Wikidata labels of items that P8814 links to one
synset. Neither LVIS nor any list that results are measured on is read.

Both are cut into made-up label sets (subtrees, and mixtures of subtrees), so
that the features of a set as a whole mean something. Each label is a made-up
question: its name is known, its synset is the answer. In one of seven the
answer is taken out of the candidates, so that `nothing fits` is learned too.
For the head ranker the answer is always taken out, and what lies above it is
right.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsys.cache import VectorCache
from labelsys.labelset.bundled import read_bundled
from labelsys.match.candidates import (
    Candidate,
    FormKind,
    exact_forms,
    find_candidates,
    head_forms,
)
from labelsys.match.embed import Embedder, find_encoder
from labelsys.match.evidence import Evidence
from labelsys.match.features import (
    FEATURES,
    VECTOR_FEATURES,
    LabelVectors,
    SetContext,
    candidate_features,
)
from labelsys.match.label_set import label_text
from labelsys.match.lexicon import Lexicon
from labelsys.match.neighbours import Neighbourhood, pool_of
from labelsys.match.rank import fit_softmax, format_ranker
from labelsys.match.vectors import ConceptVectors
from labelsys.model import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from labelsys.source.protocol import SourceData

__all__ = ["main"]

VERSION = 1
_HIDDEN_SHARE = 1 / 7
_SETS = 150
_L2 = 1e-4
_SEED = 7
_LINK_WEIGHT = 0.3
_MODELS = Path(__file__).with_name("models")


class Question(NamedTuple):
    """One label whose concept is known.

    Attributes:
        label: name only.
        answer: index of its concept.
        weight: how much it counts.
    """

    label: Label
    answer: int
    weight: float


class Example(NamedTuple):
    """One label's candidates as numbers.

    Attributes:
        table: float32 (n_candidates, len(FEATURES)).
        answer: index of the right row, or -1.
        weight: how much it counts.
    """

    table: NDArray[np.float32]
    answer: int
    weight: float


def questions(lexicon: Lexicon, links: SourceData) -> tuple[list[Question], list[Question]]:
    """Return ImageNet-21K's and P8814's questions, each in a fixed order."""
    imagenet = read_bundled("imagenet21k")
    given = [
        Question(Label(label_set="train", label_id=x.label_id, name=x.name), i, 1.0)
        for x in imagenet.labels
        if x.wnid and (i := lexicon.index.get(f"wn30:{x.wnid[1:]}-n")) is not None
    ]
    linked = [
        Question(
            Label(label_set="train", label_id=m.subject_id.local_id, name=m.subject_label),
            lexicon.index[m.object_id],
            _LINK_WEIGHT,
        )
        for m in links.mappings
        if m.status == "accepted" and m.subject_label and m.object_id in lexicon.index
    ]
    return given, linked


def made_up_sets(pool: Sequence[Question], lexicon: Lexicon, seed: int) -> list[list[Question]]:
    """Return subtrees and mixtures of subtrees, then the whole pool."""
    rng = random.Random(seed)
    under: dict[int, list[Question]] = defaultdict(list)
    for question in pool:
        for above in lexicon.ancestors(question.answer):
            under[above].append(question)
    themes = sorted(a for a, qs in under.items() if 30 <= len(qs) <= len(pool) // 3)
    sets: list[list[Question]] = []
    for k in range(_SETS):
        if k % 2:
            parts = [rng.choice(themes) for _ in range(rng.randint(2, 12))]
            drawn = [q for a in parts for q in rng.sample(under[a], min(30, len(under[a])))]
            unique = {(q.label.name, q.answer): q for q in drawn}
            sets.append([unique[key] for key in sorted(unique)])
        else:
            members = under[rng.choice(themes)]
            sets.append(rng.sample(members, min(len(members), rng.randint(30, 400))))
    return [*sets, list(pool)]


class Examiner:
    """Turns made-up sets into examples, with the matcher's own features."""

    def __init__(self, lexicon: Lexicon, vectors: ConceptVectors) -> None:
        """Take what all sets share; every concept that may be needed is encoded on the way."""
        self.lexicon = lexicon
        self.vectors = vectors
        self.neighbourhood: Neighbourhood | None = None

    def names(self, asked: Sequence[Question], evidence: Evidence) -> list[Example]:
        """Return examples for the ranker of names."""
        found = [find_candidates(exact_forms(q.label, self.lexicon), self.lexicon) for q in asked]
        self.vectors.get(sorted({c.concept for candidates in found for c in candidates}))
        labels = self.vectors.embedder.vectors([label_text(q.label) for q in asked])
        context = self._context(found, evidence)
        examples = []
        for question, candidates, label in zip(asked, found, labels, strict=True):
            if candidates:
                table = self._table(candidates, label, context)
                rows = [i for i, c in enumerate(candidates) if c.concept == question.answer]
                examples.append(Example(table, rows[0] if rows else -1, question.weight))
        return examples

    def heads(self, asked: Sequence[Question], evidence: Evidence) -> list[Example]:
        """Return examples for the ranker of heads: the deepest true ancestor is right."""
        own = [find_candidates(exact_forms(q.label, self.lexicon), self.lexicon) for q in asked]
        found = [find_candidates(head_forms(q.label, self.lexicon), self.lexicon) for q in asked]
        self.vectors.get(sorted({c.concept for cs in (*own, *found) for c in cs}))
        labels = self.vectors.embedder.vectors([label_text(q.label) for q in asked])
        context = self._context(own, evidence)
        near = self._neighbours(asked, labels, found, evidence)
        examples = []
        for k, question in enumerate(asked):
            candidates = tuple(c for c in found[k] if c.concept != question.answer)
            if not candidates:
                continue
            above = self.lexicon.ancestors(question.answer)
            right = [i for i, c in enumerate(candidates) if c.concept in above]
            deepest = max(
                right, key=lambda i: int(self.lexicon.depth[candidates[i].concept]), default=-1
            )
            table = self._table(candidates, labels[k], context, near[k])
            examples.append(Example(table, deepest, question.weight))
        return examples

    def _context(self, found: Sequence[Sequence[Candidate]], evidence: Evidence) -> SetContext:
        known = [c[0].concept for c in found if len(c) == 1 and c[0].form.kind == FormKind.NAME]
        shares = SetContext.shares([int(self.lexicon.lexname[i]) for i in known])
        mean = self.vectors.get(known).mean(axis=0) if shares else None
        return SetContext(
            lexname_share=shares,
            centroid=None if mean is None else mean / max(float(np.linalg.norm(mean)), 1e-6),
            given_sets=evidence.sets_at,
            given_names=frozenset(evidence.names_at),
        )

    def _neighbours(
        self,
        asked: Sequence[Question],
        labels: NDArray[np.float32],
        found: Sequence[Sequence[Candidate]],
        evidence: Evidence,
    ) -> list[tuple[tuple[int, float], ...]]:
        if self.neighbourhood is None:
            pool = pool_of(self.lexicon, sorted(evidence.sets_at))
            self.neighbourhood = Neighbourhood(pool, self.vectors.get(pool))
        wanted = [k for k, candidates in enumerate(found) if candidates]
        near = dict(zip(wanted, self.neighbourhood.nearest(labels[wanted]), strict=True))
        without_self: list[tuple[tuple[int, float], ...]] = []
        for k, question in enumerate(asked):
            kept = [(i, w) for i, w in near.get(k, ()) if i != question.answer]
            total = sum(w for _, w in kept) or 1.0
            without_self.append(tuple((i, w / total) for i, w in kept))
        return without_self

    def _table(
        self,
        candidates: Sequence[Candidate],
        label: NDArray[np.float32],
        context: SetContext,
        near: tuple[tuple[int, float], ...] = (),
    ) -> NDArray[np.float32]:
        vectors = LabelVectors(
            label=label,
            qualifier=None,
            candidates=self.vectors.get([c.concept for c in candidates]),
            neighbours=near,
        )
        return candidate_features(self.lexicon, candidates, (), context, vectors)


def hide_some(examples: Sequence[Example], seed: int) -> list[Example]:
    """Return the examples, the answer taken out of one in seven."""
    rng = random.Random(seed)
    gap, similarity = (list(FEATURES).index(n) for n in ("similarity_gap", "similarity"))
    kept: list[Example] = []
    for example in examples:
        if example.answer < 0 or rng.random() >= _HIDDEN_SHARE:
            kept.append(example)
        elif len(example.table) > 1:
            table = np.delete(example.table, example.answer, axis=0)
            table[:, gap] = table[:, similarity] - table[:, similarity].max()
            kept.append(Example(table, -1, example.weight))
    return kept


# Every linked item has an item, and heads are never found under a synonym: no
# question of ours could teach these a weight that means anything.
_UNLEARNABLE = ("linked", "foreign_name")


def fit(examples: Sequence[Example], *, with_vectors: bool) -> NDArray[np.float64]:
    """Return the weights of one ranker."""
    active = np.array(
        [n not in _UNLEARNABLE and (with_vectors or n not in VECTOR_FEATURES) for n in FEATURES]
    )
    return fit_softmax(
        [e.table for e in examples],
        [e.answer for e in examples],
        [e.weight for e in examples],
        active=active,
        l2=_L2,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit all four rankers and write their coefficient files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True, help="folder for sentence vectors")
    parser.add_argument("--out", type=Path, default=_MODELS, help="where the files go")
    given = parser.parse_args(arguments)
    # Imported here: the sources build on more than the matcher needs.
    from labelsys.progress import SilentProgress
    from labelsys.source.wikidata.extract import ExtractSource
    from labelsys.source.wordnet import WordNetSource

    wordnet = WordNetSource().load(None, SilentProgress())
    links = ExtractSource().load(wordnet, SilentProgress())
    lexicon = Lexicon(wordnet.concepts, wordnet.edges)
    spec = find_encoder("minilm")
    assert spec is not None
    store = VectorCache(given.cache, spec.key, spec.dim)
    examiner = Examiner(lexicon, ConceptVectors(lexicon, Embedder(spec, store)))
    imagenet, linked = questions(lexicon, links)
    evidence = Evidence()
    evidence.add(read_bundled("imagenet21k").labels, lexicon)
    nothing = Evidence()
    # Once over everything first: few large batches are quicker than many small ones.
    for pool in (imagenet, linked):
        examiner.names(pool, nothing)
        examiner.heads(pool, evidence)
    names: list[Example] = []
    heads: list[Example] = []
    for asked in made_up_sets(imagenet, lexicon, _SEED):
        names += examiner.names(asked, nothing)
    for asked in made_up_sets(linked, lexicon, _SEED):
        names += examiner.names(asked, evidence)
    for asked in made_up_sets(imagenet, lexicon, _SEED + 1):
        heads += examiner.heads(asked, evidence)
    names = hide_some(names, _SEED)
    for task, examples in (("names", names), ("heads", heads)):
        for with_vectors in (False, True):
            stem = f"{task}_vectors" if with_vectors else task
            weights = fit(examples, with_vectors=with_vectors)
            text = format_ranker(
                weights, version=VERSION, trained_on={"examples": len(examples)}, l2=_L2
            )
            (given.out / f"{stem}.json").write_text(text, encoding="utf-8")
            sys.stderr.write(f"{stem}: {len(examples)} examples\n")


if __name__ == "__main__":
    main()
