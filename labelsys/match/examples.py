"""Made-up questions with known answers, for fitting the rankers.

Everything comes from what ships with labelsys. Each question is a name; its
concept is the answer. Questions are cut into made-up label sets (subtrees, and
mixtures of subtrees), so that the features of a set as a whole mean something.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsys.labelset.bundled import read_bundled
from labelsys.match.candidates import (
    Candidate,
    Form,
    FormKind,
    exact_forms,
    find_candidates,
    head_forms,
)
from labelsys.match.features import FEATURES, LabelVectors, SetContext, candidate_features
from labelsys.match.label_set import label_text
from labelsys.match.neighbours import Near, Neighbourhood, agreements, pool_of
from labelsys.model import Label, Mapping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from labelsys.match.evidence import Evidence
    from labelsys.match.lexicon import Lexicon
    from labelsys.match.vectors import ConceptVectors

__all__ = [
    "Examiner",
    "Example",
    "Question",
    "class_questions",
    "compound_questions",
    "hide_some",
    "imagenet_questions",
    "link_questions",
    "made_up_sets",
]

_PHYSICAL = "wn30:00001930-n"
_HIDDEN_SHARE = 1 / 7
_SETS = 150
_LINK_WEIGHT = 0.3
_LEAST_WEIGHT = 0.3
_EVERY = 3
_NARROWER, _LEAF = (list(FEATURES).index(name) for name in ("narrower", "leaf"))
# Superclasses on Wikidata are often not those that WordNet would give.
_CLASS_WEIGHT = 0.1


class Question(NamedTuple):
    """One label whose concept is known.

    Attributes:
        label: name only.
        answer: index of its concept.
        weight: how much it counts: datasets draw common things first.
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


def _ask(lexicon: Lexicon, id_: str, name: str, answer: int, weight: float) -> Question:
    sense = lexicon.concepts[answer].names[0].sense
    common = _LEAST_WEIGHT + math.log1p(sense.count if sense is not None else 0)
    return Question(Label(label_set="train", label_id=id_, name=name), answer, weight * common)


def imagenet_questions(lexicon: Lexicon) -> list[Question]:
    """Return the names that ImageNet-21K gives its synsets, in its order."""
    return [
        _ask(lexicon, label.label_id, label.name, answer, 1.0)
        for label in read_bundled("imagenet21k").labels
        if label.wnid and (answer := lexicon.index.get(f"wn30:{label.wnid[1:]}-n")) is not None
    ]


def link_questions(lexicon: Lexicon, mappings: Sequence[Mapping]) -> list[Question]:
    """Return the labels of items that P8814 links to one synset, in the links' order."""
    return [
        _ask(
            lexicon,
            m.subject_id.local_id,
            m.subject_label,
            lexicon.index[m.object_id],
            _LINK_WEIGHT,
        )
        for m in mappings
        if m.status == "accepted" and m.subject_label and m.object_id in lexicon.index
    ]


def compound_questions(lexicon: Lexicon) -> list[Question]:
    """Return every third WordNet class with a name of several words: heads of all kinds."""
    return [
        _ask(lexicon, concept.id, concept.pref_label, i, 1.0)
        for i, concept in enumerate(lexicon.concepts)
        if concept.source == "wordnet"
        and " " in concept.pref_label
        and not lexicon.is_instance[i]
        and i % _EVERY == 0
    ]


def class_questions(lexicon: Lexicon) -> list[Question]:
    """Return Wikidata's classes of physical things whose names no other concept has.

    These are what lexicons lack and pictures can show.
    """
    asked = []
    physical = lexicon.index[_PHYSICAL]
    for i, concept in enumerate(lexicon.concepts):
        if concept.source == "wikidata" and physical in lexicon.ancestors(i):
            label = Label(label_set="train", label_id=concept.id, name=concept.pref_label)
            found = find_candidates(exact_forms(label, lexicon), lexicon)
            if all(c.concept == i for c in found):
                asked.append(Question(label, i, _CLASS_WEIGHT))
    return asked


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
            table = self._table(candidates, labels[k], context, near[k].votes)
            self._take_answer_out(table, candidates, right, question.answer)
            examples.append(Example(table, deepest, question.weight))
        return examples

    def _take_answer_out(
        self,
        table: NDArray[np.float32],
        candidates: Sequence[Candidate],
        above: Sequence[int],
        answer: int,
    ) -> None:
        """Count narrower concepts as if the answer were not there.

        Else every true head would have at least one, and a head that has none
        yet (`River gunboat`) would look wrong.
        """
        hidden = int(self.lexicon.n_narrower[answer]) + 1
        for row in above:
            left = max(int(self.lexicon.n_narrower[candidates[row].concept]) - hidden, 0)
            table[row, _NARROWER] = math.log1p(left) / 8
            table[row, _LEAF] = left == 0

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
    ) -> list[Near]:
        if self.neighbourhood is None:
            pool = pool_of(self.lexicon, sorted(evidence.sets_at))
            self.neighbourhood = Neighbourhood(pool, self.vectors.get(pool))
        wanted = [k for k, candidates in enumerate(found) if candidates]
        near = dict(zip(wanted, self.neighbourhood.nearest(labels[wanted]), strict=True))
        return [_without(near.get(k, Near()), question.answer) for k, question in enumerate(asked)]

    def agreements(self, asked: Sequence[Question], evidence: Evidence) -> NDArray[np.float64]:
        """Return one row a guess of the neighbours: depth, share, closeness; right or not.

        Shape (n, 4), float64.
        """
        labels = self.vectors.embedder.vectors([label_text(q.label) for q in asked])
        everything = [(Candidate(0, 0, Form("", FormKind.NAME)),)] * len(asked)
        rows = []
        near = self._neighbours(asked, labels, everything, evidence)
        for question, found in zip(asked, near, strict=True):
            above = self.lexicon.ancestors(question.answer)
            for concept, share in agreements(self.lexicon, found.votes):
                rows.append((self.lexicon.depth[concept], share, found.nearest, concept in above))
        return np.array(rows, dtype=np.float64)

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


def _without(near: Near, concept: int) -> Near:
    kept = [(i, w) for i, w in near.votes if i != concept]
    total = sum(w for _, w in kept) or 1.0
    return Near(tuple((i, w / total) for i, w in kept), near.nearest)


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
