"""What speaks for and against a candidate, as numbers.

`FEATURES` names every column and says what it measures; a ranker's
coefficient file is refused when its names differ. Columns marked (vectors) are
zero, and have no coefficient, in the ranker for installs without an encoder.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from labelsys.match.candidates import Candidate, FormKind
from labelsys.match.lexicon import LEXNAMES, Lexicon, definition
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from labelsys.model import Sense

__all__ = [
    "FEATURES",
    "VECTOR_FEATURES",
    "LabelVectors",
    "SetContext",
    "candidate_features",
    "lemma_position",
    "sense_count",
    "sense_of",
]

FEATURES: dict[str, str] = {
    "first_lemma": "the name is the first one of its synset",
    "lemma_position": "place of the name in its synset, 0 to 1",
    "first_sense": "the synset is the name's first sense",
    "sense_rank": "one over the sense number",
    "sense_count": "how often the sense was tagged in text, log",
    "sense_share": "its share of all tagged senses of the candidates",
    "foreign_name": "the name came from Wikidata, not from WordNet",
    "hidden_name": "the name is an irregular form",
    "inflected": "found as a singular; the name itself is unknown",
    "singular_too": "found as a singular; the name itself is known too",
    "spacing": "found with other spaces",
    "spelling": "found with one letter of one word changed",
    "redundant": "the name ends with a word that only says what the thing is (`halter top`)",
    "part": "found under one of several alternatives in the name",
    "synonym": "found under another name that the dataset gives",
    "narrower": "number of narrower concepts, log",
    "leaf": "has no narrower concept",
    "names": "number of names of the concept",
    "given_here": "other label sets that put a class here by its id, log",
    "given_name": "another label set puts a class of this very name here by its id",
    "linked": "has a Wikidata item",
    "proper": "the name is written with a capital",
    "instance": "a single thing, not a class",
    "qualifier_is": "share of the qualifiers that are names of something above the concept",
    "qualifier_above": "share of qualifier words among the names above the concept",
    "qualifier_gloss": "share of qualifier words in the definition",
    "set_lexname": "share of this lexname among the set's unambiguous labels, log",
    "similarity": "cosine of label and concept text (vectors)",
    "similarity_gap": "the same, less the best candidate's (vectors)",
    "set_similarity": "cosine with the mean of the set's unambiguous concepts (vectors)",
    "qualifier_similarity": "cosine of qualifier and concept text (vectors)",
    **{f"lexname_{name[5:]}": f"the concept is a {name}" for name in LEXNAMES},
    "nothing": "always 1; the candidate `nothing fits` is 0 everywhere",
}
"""Feature name -> what it measures, in column order."""

VECTOR_FEATURES = (
    "similarity",
    "similarity_gap",
    "set_similarity",
    "qualifier_similarity",
)

_COLUMN = {name: i for i, name in enumerate(FEATURES)}
_NAMES_ABOVE = [_COLUMN[f"qualifier_{name}"] for name in ("is", "above")]
_WORD = re.compile(r"[a-z0-9]+")
_STOP = frozenset({"of", "the", "a", "an", "or", "for", "and", "in", "to", "with"})
_LEAST_LABELS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SetContext:
    """What a label set as a whole says of its labels.

    Attributes:
        lexname_share: lexname code -> share among the set's unambiguous labels;
            empty where fewer than five are.
        centroid: unit vector (dim,), mean of their concepts; None without vectors.
        given_sets: concept -> number of other label sets with a class here by id.
        given_names: (folded name, concept) pairs that another label set gives by id.
    """

    lexname_share: Mapping[int, float] = field(default_factory=dict)
    centroid: NDArray[np.float32] | None = None
    given_sets: Mapping[int, int] = field(default_factory=dict)
    given_names: frozenset[tuple[str, int]] = frozenset()

    @staticmethod
    def shares(codes: Sequence[int]) -> dict[int, float]:
        """Return code -> share, or nothing where there are too few to say."""
        if len(codes) < _LEAST_LABELS:
            return {}
        values, counts = np.unique(np.asarray(codes), return_counts=True)
        return {int(v): float(c) / len(codes) for v, c in zip(values, counts, strict=True)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelVectors:
    """Vectors that one label's candidates are compared by.

    Attributes:
        label: unit vector (dim,) of the label's text.
        qualifier: unit vector (dim,) of its qualifiers, or None.
        candidates: unit vectors (n_candidates, dim).
    """

    label: NDArray[np.float32]
    qualifier: NDArray[np.float32] | None
    candidates: NDArray[np.float32]


def candidate_features(
    lexicon: Lexicon,
    candidates: Sequence[Candidate],
    qualifiers: Sequence[str],
    context: SetContext,
    vectors: LabelVectors | None = None,
    *,
    trust: float = 1.0,
) -> NDArray[np.float32]:
    """Return the feature table of one label's candidates.

    Args:
        lexicon: all concepts.
        candidates: what the label may mean.
        qualifiers: what the name says in parentheses, and the superclass.
        context: what the label set says as a whole.
        vectors: of the label, its qualifiers and the candidates.
        trust: what a qualifier counts that names something above a candidate.

    Returns:
        float32, shape (len(candidates), len(FEATURES)).
    """
    table = np.zeros((len(candidates), len(FEATURES)), dtype=np.float32)
    counts = [sense_count(lexicon, c) for c in candidates]
    total = sum(counts)
    words = {w for q in qualifiers for w in _WORD.findall(fold(q)) if w not in _STOP}
    for row, candidate in enumerate(candidates):
        _name_features(table[row], lexicon, candidate, counts[row], total)
        _concept_features(table[row], lexicon, candidate, context)
        if words:
            _qualifier_features(table[row], lexicon, candidate.concept, qualifiers, words)
            table[row, _NAMES_ABOVE] *= trust
    if vectors is not None:
        _vector_features(table, vectors, context)
        for name in VECTOR_FEATURES:  # three decimals, so that the last bits decide nothing
            table[:, _COLUMN[name]] = np.round(table[:, _COLUMN[name]], 3)
    table[:, _COLUMN["nothing"]] = 1.0
    return table


def sense_of(lexicon: Lexicon, candidate: Candidate) -> Sense | None:
    """Return the WordNet sense behind the name that matched, or None.

    Nobody has counted the senses of names in other languages: the sense of the
    concept's first English lemma stands for them.
    """
    names = lexicon.concepts[candidate.concept].names
    name = names[candidate.position]
    if name.sense is not None or name.lang == "en":
        return name.sense
    return next((other.sense for other in names if other.sense is not None), None)


def sense_count(lexicon: Lexicon, candidate: Candidate) -> int:
    """Return how often WordNet's tagged texts use the name in this sense."""
    sense = sense_of(lexicon, candidate)
    return sense.count if sense is not None else 0


def lemma_position(lexicon: Lexicon, candidate: Candidate) -> int:
    """Return the place of a name among its concept's; another language's names by themselves."""
    names = lexicon.concepts[candidate.concept].names
    lang = names[candidate.position].lang
    if lang == "en":
        return candidate.position
    return sum(name.lang == lang for name in names[: candidate.position])


_FORM_FEATURE = {
    FormKind.INFLECTED: "inflected",
    FormKind.SINGULAR_TOO: "singular_too",
    FormKind.SPACING: "spacing",
    FormKind.PART: "part",
    FormKind.SPELLING: "spelling",
    FormKind.REDUNDANT: "redundant",
    FormKind.SYNONYM: "synonym",
}


def _name_features(
    row: NDArray[np.float32], lexicon: Lexicon, candidate: Candidate, count: int, total: int
) -> None:
    name = lexicon.concepts[candidate.concept].names[candidate.position]
    position, sense = lemma_position(lexicon, candidate), sense_of(lexicon, candidate)
    row[_COLUMN["first_lemma"]] = position == 0
    row[_COLUMN["lemma_position"]] = min(position, 4) / 4
    if sense is None:
        row[_COLUMN["foreign_name"]] = 1.0
    else:
        row[_COLUMN["first_sense"]] = sense.number == 1
        row[_COLUMN["sense_rank"]] = 1.0 / max(sense.number, 1)
        row[_COLUMN["sense_count"]] = math.log1p(count) / 5
    row[_COLUMN["sense_share"]] = (count + 0.5) / (total + 1)
    row[_COLUMN["hidden_name"]] = name.kind == "hidden"
    row[_COLUMN["proper"]] = name.text[:1].isupper()
    feature = _FORM_FEATURE.get(candidate.form.kind)
    if feature is not None:
        row[_COLUMN[feature]] = 1.0


def _concept_features(
    row: NDArray[np.float32], lexicon: Lexicon, candidate: Candidate, context: SetContext
) -> None:
    i = candidate.concept
    concept = lexicon.concepts[i]
    row[_COLUMN["narrower"]] = math.log1p(lexicon.n_narrower[i]) / 8
    row[_COLUMN["leaf"]] = lexicon.n_narrower[i] == 0
    row[_COLUMN["names"]] = (
        sum(n.sense is not None and n.kind != "hidden" for n in concept.names) / 6
    )
    row[_COLUMN["given_here"]] = math.log1p(context.given_sets.get(i, 0))
    row[_COLUMN["given_name"]] = (candidate.form.text, i) in context.given_names
    row[_COLUMN["linked"]] = concept.qid is not None
    row[_COLUMN["instance"]] = lexicon.is_instance[i]
    code = int(lexicon.lexname[i])
    if context.lexname_share:
        row[_COLUMN["set_lexname"]] = math.log(context.lexname_share.get(code, 0.0) + 0.003) + 3.0
    if code >= 0:
        row[_COLUMN[f"lexname_{LEXNAMES[code][5:]}"]] = 1.0


def _qualifier_features(
    row: NDArray[np.float32],
    lexicon: Lexicon,
    concept: int,
    qualifiers: Sequence[str],
    words: set[str],
) -> None:
    names = {
        fold(name.text)
        for i in lexicon.ancestors(concept)
        if i != concept
        for name in lexicon.concepts[i].names
        if name.lang == "en" and name.kind != "hidden"
    }
    above = {word for name in names for word in name.split()}
    given = [fold(q) for q in qualifiers]
    row[_COLUMN["qualifier_is"]] = sum(
        q in names or q.removesuffix("s") in names for q in given
    ) / len(given)
    gloss = set(_WORD.findall(fold(definition(lexicon.concepts[concept].gloss))))
    row[_COLUMN["qualifier_above"]] = len(words & above) / len(words)
    row[_COLUMN["qualifier_gloss"]] = len(words & gloss) / len(words)


def _vector_features(
    table: NDArray[np.float32], vectors: LabelVectors, context: SetContext
) -> None:
    similarity = vectors.candidates @ vectors.label
    table[:, _COLUMN["similarity"]] = similarity
    table[:, _COLUMN["similarity_gap"]] = similarity - similarity.max(initial=-1.0)
    if context.centroid is not None:
        table[:, _COLUMN["set_similarity"]] = vectors.candidates @ context.centroid
    if vectors.qualifier is not None:
        table[:, _COLUMN["qualifier_similarity"]] = vectors.candidates @ vectors.qualifier
