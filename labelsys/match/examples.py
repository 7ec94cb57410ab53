"""Made-up questions with known answers, for fitting the rankers.

Everything comes from what ships with labelsys. Each question is a name; its
concept is the answer. Questions are cut into made-up label sets (subtrees, and
mixtures of subtrees), so that the features of a set as a whole mean something.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsys.labelset.bundled import read_bundled
from labelsys.match.candidates import Candidate, exact_forms, find_candidates, genus_of
from labelsys.match.company import look_again
from labelsys.match.features import FEATURES, Asked, SetContext
from labelsys.match.forms import FormKind
from labelsys.match.label_text import encoded_text
from labelsys.match.lexicon import definition
from labelsys.match.name_ends import NameEnds
from labelsys.match.names import Company, ListVectors, name_table
from labelsys.match.neighbours import Near, Neighbourhood, pool_of
from labelsys.match.parents import ParentMap, fit_parent_map
from labelsys.match.place_features import PlaceVectors, place_features
from labelsys.match.places import Clues, Places, find_clues, find_places
from labelsys.match.vectors import to_unit
from labelsys.model import Label, Mapping
from labelsys.vocab import Justification

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from labelsys.match.evidence import Evidence
    from labelsys.match.lexicon import Lexicon
    from labelsys.match.rank import Ranker
    from labelsys.match.vectors import ConceptVectors
    from labelsys.source.wikidata.facts import Item

__all__ = [
    "Examiner",
    "Example",
    "PlacedBlock",
    "Question",
    "class_questions",
    "compound_questions",
    "defined_questions",
    "described",
    "hide_each",
    "hide_some",
    "imagenet_questions",
    "link_questions",
    "made_up_sets",
]

_GAPS = [list(FEATURES).index(n) for n in ("similarity_gap", "definition_gap")]
_PHYSICAL = "wn30:00001930-n"
SETS = 150
_LINK_WEIGHT = 0.3
_LEAST_WEIGHT = 0.3
_EVERY = 3
# Superclasses on Wikidata are often not those that WordNet would give.
_CLASS_WEIGHT = 0.1
_AT_ONCE = 256
# Where a parent lies is not learnt from the question that asks for it.
_PARTS = 5


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
        if m.status == "accepted" and m.mapping_justification == Justification.KNOWN
        if m.subject_label and m.object_id in lexicon.index
    ]


def defined_questions(
    lexicon: Lexicon, mappings: Sequence[Mapping], items: Sequence[Item]
) -> list[Question]:
    """Return linked items that Wikidata describes, in words of its own, in the links' order."""
    texts = {item.qid: item.description for item in items if item.description}
    asked = link_questions(lexicon, mappings)
    return [
        q._replace(label=replace(q.label, description=texts[q.label.label_id]))
        for q in asked
        if q.label.label_id in texts
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


def described(questions: Sequence[Question], lexicon: Lexicon) -> list[Question]:
    """Return every third question, the concept's definition given as description."""
    return [
        q._replace(label=replace(q.label, description=definition(lexicon.concepts[q.answer].gloss)))
        for q in questions[::_EVERY]
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


def made_up_sets(
    pool: Sequence[Question], lexicon: Lexicon, seed: int, n: int = SETS
) -> list[list[Question]]:
    """Return *n* subtrees and mixtures of subtrees, then the whole pool."""
    rng = random.Random(seed)
    under: dict[int, list[Question]] = defaultdict(list)
    for question in pool:
        for above in lexicon.ancestors(question.answer):
            under[above].append(question)
    themes = sorted(a for a, qs in under.items() if 30 <= len(qs) <= len(pool) // 3)
    sets: list[list[Question]] = []
    for k in range(n):
        if k % 2:
            parts = [rng.choice(themes) for _ in range(rng.randint(2, 12))]
            drawn = [q for a in parts for q in rng.sample(under[a], min(30, len(under[a])))]
            unique = {(q.label.name, q.answer): q for q in drawn}
            sets.append([unique[key] for key in sorted(unique)])
        else:
            members = under[rng.choice(themes)]
            sets.append(rng.sample(members, min(len(members), rng.randint(30, 400))))
    return [*sets, list(pool)]


class PlacedBlock(NamedTuple):
    """Some questions and where their labels may lie.

    Attributes:
        asked: the questions.
        clues: what is known of each label.
        found: where they may lie.
        table: of `place_features`.
        vectors: of the labels and the places.
    """

    asked: Sequence[Question]
    clues: Sequence[Clues]
    found: Places
    table: NDArray[np.float32]
    vectors: PlaceVectors


class Examiner:
    """Turns made-up sets into examples, with the matcher's own features."""

    def __init__(self, lexicon: Lexicon, vectors: ConceptVectors) -> None:
        """Take what all sets share; every concept that may be needed is encoded on the way."""
        self.lexicon = lexicon
        self.vectors = vectors
        self.neighbourhood: Neighbourhood | None = None
        self._ends = NameEnds(lexicon)
        self._parents: list[ParentMap] = []

    def names(
        self,
        asked: Sequence[Question],
        evidence: Evidence,
        first: Ranker | None = None,
        *,
        with_vectors: bool = True,
    ) -> list[Example]:
        """Return examples for the ranker of names.

        Args:
            asked: one list.
            evidence: of other lists.
            first: needs no vectors; None makes examples of the first look.
            with_vectors: whether the columns that take vectors are filled in.
        """
        of_all = [find_candidates(exact_forms(q.label, self.lexicon), self.lexicon) for q in asked]
        context = self._context(of_all, evidence)
        questions, found = [], []
        for question, candidates in zip(asked, of_all, strict=True):
            if candidates:
                questions.append(question)
                found.append(candidates)
        table = name_table(
            self.lexicon,
            [
                Asked(
                    candidates,
                    is_described=bool(q.label.description),
                    genus=genus_of(q.label.description, self.lexicon) - {q.answer},
                )
                for q, candidates in zip(questions, found, strict=True)
            ],
            context,
            None if first is None else Company(first=first),
            self._list_vectors(questions) if with_vectors else None,
        )
        examples = []
        for number, (question, candidates) in enumerate(zip(questions, found, strict=True)):
            rows = [i for i, c in enumerate(candidates) if c.concept == question.answer]
            features = table.features[table.of(number)].copy()
            examples.append(Example(features, rows[0] if rows else -1, question.weight))
        return examples

    def _list_vectors(self, asked: Sequence[Question]) -> ListVectors:
        labels = self.vectors.embedder.vectors([encoded_text(q.label) for q in asked])
        return ListVectors(
            concepts=self.vectors,
            labels=labels,
            qualifiers=np.zeros_like(labels),
            is_read=np.ones(len(asked), dtype=bool),
        )

    def places(self, asked: Sequence[Question], evidence: Evidence, first: Ranker) -> list[Example]:
        """Return examples for the ranker of places: the deepest true ancestor is right.

        The answer is taken out of everything: of the neighbours, of the names that
        share a word, and of the counts of what lies under its ancestors.
        """
        examples = []
        for block in self.placed(asked, evidence, first):
            for number, question in enumerate(block.asked):
                own_rows = block.found.of(number)
                concepts = block.found.concepts[own_rows].tolist()
                if concepts:
                    table = block.table[own_rows].copy()
                    examples.append(self._example(question, concepts, table))
        return examples

    def placed(
        self, asked: Sequence[Question], evidence: Evidence, first: Ranker
    ) -> Iterator[PlacedBlock]:
        """Yield the places of questions, their answers taken out, some hundred at a time."""
        own = [find_candidates(exact_forms(q.label, self.lexicon), self.lexicon) for q in asked]
        labels = self.vectors.embedder.vectors([encoded_text(q.label) for q in asked])
        context = self._context(own, evidence)
        names = name_table(self.lexicon, [Asked(c) for c in own if c], context)
        chances = first.probabilities_of(names.features, names.owners, len(names.starts) - 1)
        rows = self.vectors.get(names.concepts)
        context = look_again(self.lexicon, names.concepts, chances, context, rows)
        expected = self._expect(asked, labels)
        near = self._neighbours(asked, labels, evidence)
        clues = [self._clues(q, n) for q, n in zip(asked, near, strict=True)]
        for start in range(0, len(asked), _AT_ONCE):
            block = slice(start, start + _AT_ONCE)
            found = find_places(self.lexicon, clues[block], self._ends)
            places = self.vectors.get(found.concepts)
            vectors = PlaceVectors(labels[block], expected[block], places)
            table = place_features(self.lexicon, clues[block], found, context, vectors)
            yield PlacedBlock(asked[block], clues[block], found, table, vectors)

    def _example(
        self, question: Question, places: Sequence[int], table: NDArray[np.float32]
    ) -> Example:
        above = self.lexicon.ancestors(question.answer)
        right = [i for i, c in enumerate(places) if c in above]
        deepest = max(right, key=lambda i: int(self.lexicon.depth[places[i]]), default=-1)
        return Example(table, deepest, question.weight)

    def _clues(self, question: Question, near: Near) -> Clues:
        found, answer = find_clues(question.label, self.lexicon, near), question.answer
        return replace(
            found,
            heads=tuple(c for c in found.heads if c.concept != answer),
            genus=tuple(c for c in found.genus if c.concept != answer),
            without=answer,
        )

    def learn_parents(self, pools: Sequence[Sequence[Question]]) -> ParentMap:
        """Learn where parents lie, from all questions, and for each part of them from the others.

        Returns:
            What all of them say.
        """
        asked = [q for pool in pools for q in pool]
        labels = self.vectors.embedder.vectors([encoded_text(q.label) for q in asked])
        broader = self.lexicon.broader
        child = np.array([k for k, q in enumerate(asked) for _ in broader[q.answer]])
        parent = np.array([p for q in asked for p in broader[q.answer]])
        rows = self.vectors.get(parent)
        part = np.array([_part_of(q.answer) for q in asked])[child]
        self._parents = [
            fit_parent_map(labels[child[part != one]], rows[part != one]) for one in range(_PARTS)
        ]
        return fit_parent_map(labels[child], rows)

    def _expect(
        self, asked: Sequence[Question], labels: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return where the parents of names are expected by what other questions say."""
        part = np.array([_part_of(q.answer) for q in asked])
        expected = np.zeros_like(labels)
        for one, learnt in enumerate(self._parents):
            expected[part == one] = learnt.expect(labels[part == one])
        return expected

    def _context(self, found: Sequence[Sequence[Candidate]], evidence: Evidence) -> SetContext:
        known = [c[0].concept for c in found if len(c) == 1 and c[0].form.kind == FormKind.NAME]
        shares = SetContext.shares(self.lexicon.lexname[known])
        return SetContext(
            lexname_share=shares,
            centroid=to_unit(self.vectors.get(known).mean(axis=0)) if shares else None,
            given_sets=evidence.sets_at,
            given_names=frozenset(evidence.names_at),
        )

    def _neighbours(
        self, asked: Sequence[Question], labels: NDArray[np.float32], evidence: Evidence
    ) -> list[Near]:
        if self.neighbourhood is None:
            pool = pool_of(self.lexicon, sorted(evidence.sets_at))
            self.neighbourhood = Neighbourhood(pool, self.vectors.get(pool))
        near = self.neighbourhood.nearest(labels)
        return [_without(n, question.answer) for n, question in zip(near, asked, strict=True)]


def _part_of(concept: int) -> int:
    """Return the part that a question falls in; neighbours by id fall in different ones."""
    return concept % _PARTS


def _without(near: Near, concept: int) -> Near:
    kept = [(i, w) for i, w in near.votes if i != concept]
    total = sum(w for _, w in kept) or 1.0
    return Near(tuple((i, w / total) for i, w in kept), near.nearest)


def hide_some(examples: Sequence[Example], seed: int, share: float) -> list[Example]:
    """Return the examples, the answer taken out of a share of them."""
    rng = random.Random(seed)
    kept: list[Example] = []
    for example in examples:
        if example.answer < 0 or rng.random() >= share:
            kept.append(example)
        else:
            kept += _hidden(example)
    return kept


def hide_each(examples: Sequence[Example], share: float) -> list[Example]:
    """Return each example twice: as it is, and by a share of its weight without the answer."""
    kept: list[Example] = []
    for example in examples:
        if example.answer < 0:
            kept.append(example)
        else:
            kept.append(example._replace(weight=example.weight * (1 - share)))
            kept += [one._replace(weight=one.weight * share) for one in _hidden(example)]
    return kept


def _hidden(example: Example) -> list[Example]:
    """Return an example without its answer; none where no candidate is left."""
    if len(example.table) < 2:
        return []
    table = np.delete(example.table, example.answer, axis=0)
    table[:, _GAPS] -= table[:, _GAPS].max(axis=0)
    return [Example(table, -1, example.weight)]
