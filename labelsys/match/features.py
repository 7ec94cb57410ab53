"""What speaks for and against a candidate, as numbers.

`FEATURES` names every column and says what it measures; a ranker's
coefficient file is refused when its names differ. Columns marked (vectors) are
zero, and have no coefficient, in the ranker for installs without an encoder.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsys.match.candidates import lemma_position, sense_count, sense_of
from labelsys.match.forms import FormKind
from labelsys.match.lexicon import LEXNAMES, Lexicon, definition
from labelsys.match.qualifier import is_off_kind, kinds_of
from labelsys.match.ragged import cosines, highest_of_each
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from labelsys.match.candidates import Candidate

__all__ = [
    "FEATURES",
    "VECTOR_FEATURES",
    "Asked",
    "NameVectors",
    "SetContext",
    "add_vector_features",
    "fill_in_lexname_share",
    "name_features",
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
    "qualifier_off": "share of the qualifiers that name nothing above it, or of its lexname",
    "described": "the dataset gives a definition",
    "genus_above": "what the first noun of the definition may mean lies above it",
    "genus_off": "there is such a noun, and nothing that it may mean lies above",
    "set_lexname": "share of this lexname among what the list likely means, log",
    "similarity": "cosine of label and concept text (vectors)",
    "similarity_gap": "the same, less the best candidate's (vectors)",
    "definition": "cosine of label and definition, where the dataset gives one as well (vectors)",
    "definition_gap": "cosine of label and definition alone, less the best candidate's (vectors)",
    "set_similarity": "cosine with the mean of what the list likely means (vectors)",
    "set_near": "how near the list's other labels lie, more than is usual in it (vectors)",
    "set_siblings": "other labels that likely lie under the same concept, log (vectors)",
    "set_cousins": "other labels that likely lie under the same one two steps up, log (vectors)",
    "qualifier_similarity": "cosine of qualifier and concept text (vectors)",
    "image": "how much likelier the images of other sets' classes there make it (image vectors)",
    "top": "one of WordNet's topmost concepts, which are of no kind",
    "nothing": "always 1; the candidate `nothing fits` is 0 everywhere",
}
"""Feature name -> what it measures, in column order."""

VECTOR_FEATURES = (
    "similarity",
    "similarity_gap",
    "definition",
    "definition_gap",
    "set_similarity",
    "set_near",
    "set_siblings",
    "set_cousins",
    "qualifier_similarity",
)

_COLUMN = {name: i for i, name in enumerate(FEATURES)}
_WORD = re.compile(r"[a-z0-9]+")
_STOP = frozenset({"of", "the", "a", "an", "or", "for", "and", "in", "to", "with"})
_LEAST_LABELS = 5
# Lists have odd ones out: whatever its kind, a sense is not ruled out by being the only one of it.
_LEAST_SHARE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class SetContext:
    """What a label set as a whole says of its labels.

    Attributes:
        lexname_share: lexname code -> share among what the labels mean; empty
            where fewer than five say.
        centroid: unit vector (dim,), mean of what they mean; None without vectors.
        given_sets: concept -> number of other label sets with a class here by id.
        given_names: (folded name, concept) pairs that another label set gives by id.
    """

    lexname_share: Mapping[int, float] = field(default_factory=dict)
    centroid: NDArray[np.float32] | None = None
    given_sets: Mapping[int, int] = field(default_factory=dict)
    given_names: frozenset[tuple[str, int]] = frozenset()

    @staticmethod
    def shares(
        codes: NDArray[np.int16], weights: NDArray[np.float64] | None = None
    ) -> dict[int, float]:
        """Return code -> share, or nothing where there are too few to say.

        Args:
            codes: int16 (n,), -1 for what has no lexname.
            weights: float64 (n,): what each one counts; None is one.
        """
        counts = np.bincount(codes.astype(np.int64) + 1, weights)
        total = float(counts.sum())
        if total < _LEAST_LABELS:
            return {}
        return {int(i) - 1: float(counts[i]) / total for i in np.flatnonzero(counts)}


class Asked(NamedTuple):
    """A name, and what it may mean.

    Attributes:
        candidates: one or more.
        qualifiers: what the name says in parentheses, and the superclass.
        trust: what a qualifier counts that names something above a candidate.
        is_described: whether there is a definition.
        genus: what the first noun of that may mean.
    """

    candidates: Sequence[Candidate]
    qualifiers: Sequence[str] = ()
    trust: float = 1.0
    is_described: bool = False
    genus: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class NameVectors:
    """Vectors that candidates of names are compared by; unit rows.

    Attributes:
        labels: float32 (n_names, dim), of the names themselves.
        qualifiers: float32 (n_names, dim), zero for names without any.
        candidates: float32 (n_candidates, dim).
        definitions: float32 (n_candidates, dim), of the definitions alone; zero
            for the only candidate of a name without a definition, which there is
            nothing to compare with.
        near: float32 (n_candidates,): see `labelsys.match.company.nearness`.
        relatives: float32 (n_candidates, 2): see `labelsys.match.company.relatives`.
    """

    labels: NDArray[np.float32]
    qualifiers: NDArray[np.float32]
    candidates: NDArray[np.float32]
    definitions: NDArray[np.float32]
    near: NDArray[np.float32]
    relatives: NDArray[np.float32]


def name_features(
    lexicon: Lexicon, asked: Sequence[Asked], context: SetContext
) -> NDArray[np.float32]:
    """Return the feature tables of many names, but for what takes vectors.

    Args:
        lexicon: all concepts.
        asked: names with their candidates.
        context: what the label set says as a whole.

    Returns:
        float32, shape (n_candidates, len(FEATURES)), the names' candidates one after the other.
    """
    rows = [row for name in asked for row in _rows(lexicon, name, context)]
    table = np.zeros((len(rows), len(FEATURES)), dtype=np.float32)
    if rows:
        table[:] = rows
    concepts = [candidate.concept for name in asked for candidate in name.candidates]
    codes = lexicon.lexname[np.array(concepts, dtype=np.int64)]
    table[:, _COLUMN["top"]] = codes == LEXNAMES.index("noun.Tops")
    table[:, _COLUMN["nothing"]] = 1.0
    fill_in_lexname_share(table, codes, context)
    return table


def fill_in_lexname_share(
    table: NDArray[np.float32], codes: NDArray[np.int16], context: SetContext
) -> None:
    """Fill in how usual each candidate's lexname is in the set; zero where nothing is known.

    Args:
        table: of `name_features`; changed in place.
        codes: int16 (n_candidates,), -1 without a lexname.
        context: what the label set says as a whole.
    """
    share = np.full(len(LEXNAMES) + 1, _LEAST_SHARE)  # the last one is for those without
    for code, value in context.lexname_share.items():
        share[code] += value
    if context.lexname_share:
        table[:, _COLUMN["set_lexname"]] = np.log(share[codes]) + 3.0


def add_vector_features(
    table: NDArray[np.float32],
    owners: NDArray[np.int64],
    vectors: NameVectors,
    context: SetContext,
) -> None:
    """Fill in the columns that take vectors; three decimals, so that the last bits decide nothing.

    Args:
        table: of `name_features`, or some names of it; changed in place.
        owners: int64 (n_candidates,), ascending: whose candidate each one is.
        vectors: of those names and candidates.
        context: what the label set says as a whole.
    """
    definition = cosines(vectors.definitions, vectors.labels, owners)
    columns = {
        "similarity": (own := cosines(vectors.candidates, vectors.labels, owners)),
        "similarity_gap": own - highest_of_each(own, owners),
        "definition": definition * table[:, _COLUMN["described"]],
        "definition_gap": definition - highest_of_each(definition, owners),
        "set_near": vectors.near,
        "set_siblings": vectors.relatives[:, 0],
        "set_cousins": vectors.relatives[:, 1],
        "qualifier_similarity": cosines(vectors.candidates, vectors.qualifiers, owners),
    }
    if context.centroid is not None:
        columns["set_similarity"] = vectors.candidates @ context.centroid
    for name, values in columns.items():
        table[:, _COLUMN[name]] = np.round(values, 3)


_FORM_FEATURE = {
    FormKind.INFLECTED: "inflected",
    FormKind.SINGULAR_TOO: "singular_too",
    FormKind.SPACING: "spacing",
    FormKind.PART: "part",
    FormKind.SPELLING: "spelling",
    FormKind.REDUNDANT: "redundant",
    FormKind.SYNONYM: "synonym",
}


def _rows(lexicon: Lexicon, name: Asked, context: SetContext) -> Iterator[list[float]]:
    """Yield the columns of one name's candidates that are plain numbers."""
    counts = [sense_count(lexicon, c) for c in name.candidates]
    total = sum(counts)
    words = {w for q in name.qualifiers for w in _WORD.findall(fold(q)) if w not in _STOP}
    kinds = [kinds_of(q, lexicon) for q in name.qualifiers] if words else []
    for candidate, count in zip(name.candidates, counts, strict=True):
        row = [0.0] * len(FEATURES)
        _name_columns(row, lexicon, candidate, count, total)
        _concept_columns(row, lexicon, candidate, context)
        if words:
            _qualifier_columns(row, lexicon, candidate.concept, name, words)
            off = [is_off_kind(lexicon, candidate.concept, kind) for kind in kinds]
            row[_COLUMN["qualifier_off"]] = name.trust * sum(off) / len(kinds)
        row[_COLUMN["described"]] = name.is_described
        if name.genus:
            above = lexicon.ancestors(candidate.concept) - {candidate.concept}
            is_above = not name.genus.isdisjoint(above)
            row[_COLUMN["genus_above"]], row[_COLUMN["genus_off"]] = is_above, not is_above
        yield row


def _name_columns(
    row: list[float], lexicon: Lexicon, candidate: Candidate, count: int, total: int
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


def _concept_columns(
    row: list[float], lexicon: Lexicon, candidate: Candidate, context: SetContext
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


def _qualifier_columns(
    row: list[float], lexicon: Lexicon, concept: int, name: Asked, words: set[str]
) -> None:
    names = {
        fold(name.text)
        for i in lexicon.ancestors(concept)
        if i != concept
        for name in lexicon.concepts[i].names
        if name.lang == "en" and name.kind != "hidden"
    }
    above = {word for name in names for word in name.split()}
    given = [fold(q) for q in name.qualifiers]
    called = sum(q in names or q.removesuffix("s") in names for q in given)
    row[_COLUMN["qualifier_is"]] = name.trust * called / len(given)
    gloss = set(_WORD.findall(fold(definition(lexicon.concepts[concept].gloss))))
    row[_COLUMN["qualifier_above"]] = name.trust * len(words & above) / len(words)
    row[_COLUMN["qualifier_gloss"]] = len(words & gloss) / len(words)
