"""The values that flow through labelsys.

All are frozen, built by keyword, and never query anything: to ask a question,
pass a store. Tuples keep the order that their docstring states.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from labelsys.errors import MappingError
from labelsys.ids import Curie, wnid

__all__ = [
    "Concept",
    "Definition",
    "Edge",
    "EdgeKind",
    "Finding",
    "Label",
    "LabelSet",
    "Mapping",
    "MappingStatus",
    "Match",
    "Name",
    "NameKind",
    "Placement",
    "PlacementKind",
    "Sense",
    "VisualTag",
    "VisualValue",
]

NameKind = Literal["pref", "alt", "hidden"]
EdgeKind = Literal["subclass", "instance"]
PlacementKind = Literal["exact", "broader", "excluded", "unplaced"]
MappingStatus = Literal["accepted", "review", "rejected"]
ConceptStatus = Literal["active", "retired"]
VisualValue = Literal["visual", "non-visual", "abstain"]

PREDICATES = (
    "skos:exactMatch",
    "skos:closeMatch",
    "skos:broadMatch",
    "skos:narrowMatch",
    "skos:relatedMatch",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """What WordNet says of one lemma in one synset.

    Attributes:
        number: sense number of the lemma, from 1, most used first.
        count: times seen in the sense-tagged corpus.
        lex_id: tells senses of one lemma in one lexicographer file apart.
    """

    number: int
    count: int
    lex_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One surface form of a concept, as its source spells it.

    Attributes:
        text: original spelling, spaces instead of WordNet's underscores.
        lang: BCP 47 tag.
        kind: `pref` (one a language), `alt`, or `hidden` (for look-up only).
        sense: for WordNet lemmas.
    """

    text: str
    lang: str = "en"
    kind: NameKind = "alt"
    sense: Sense | None = None


@dataclass(frozen=True, slots=True, order=True)
class Definition:
    """What a concept is, said in a language.

    Attributes:
        lang: BCP 47 tag.
        text: a sentence or less.
    """

    lang: str
    text: str


def _synset_name(lemma: str, sense: Sense) -> str:
    return f"{lemma.lower().replace(' ', '_')}.n.{sense.number:02d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """One node of the hierarchy.

    Attributes:
        id: the id it has for ever.
        pref_label: preferred English name.
        names: all names, the source's order, the preferred one first.
        gloss: short English definition, or "".
        definitions: those in other languages, one each, by language.
        source: `wordnet`, `wikidata` or `labelset`.
        xrefs: other ids of the same thing (`ili:`, `wn31:`, `wd:`), sorted.
        lexname: WordNet lexicographer file (`noun.animal`), or None.
        status: `active` or `retired`.
        replaced_by: where a retired concept went.
    """

    id: Curie
    pref_label: str
    names: tuple[Name, ...] = field(default=(), compare=False)
    gloss: str = field(default="", compare=False)
    definitions: tuple[Definition, ...] = field(default=(), compare=False)
    source: str = field(default="wordnet", compare=False)
    xrefs: tuple[Curie, ...] = field(default=(), compare=False)
    lexname: str | None = field(default=None, compare=False)
    status: ConceptStatus = field(default="active", compare=False)
    replaced_by: Curie | None = field(default=None, compare=False)

    @property
    def wnid(self) -> str | None:
        """`n02084071` for a WordNet noun, else None."""
        return wnid(self.id)

    @property
    def qid(self) -> str | None:
        """The Wikidata id, `Q144`, where the concept is or has one item."""
        if self.id.prefix == "wd":
            return self.id.local_id
        return next((x.local_id for x in self.xrefs if x.prefix == "wd"), None)

    @property
    def synset(self) -> str | None:
        """The synset's usual name, `dog.n.01`, for a WordNet noun, else None."""
        if self.wnid is None or not self.names or self.names[0].sense is None:
            return None
        return _synset_name(self.names[0].text, self.names[0].sense)

    @property
    def synset_names(self) -> tuple[str, ...]:
        """`dog.n.01`, `domestic_dog.n.01`: its synset's name under each lemma, in their order."""
        return tuple(
            _synset_name(name.text, name.sense)
            for name in self.names
            if name.sense is not None and name.kind != "hidden"
        )


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """`narrower` has `broader` above it."""

    narrower: Curie
    broader: Curie
    kind: EdgeKind = "subclass"


class _HasId:
    """Room for an id that is put together when it is first asked for."""

    __slots__ = ("_id",)
    _id: Curie


@dataclass(frozen=True, slots=True, kw_only=True)
class Label(_HasId):
    """One class of a dataset, as published.

    Attributes:
        label_set: id of its set.
        label_id: the dataset's own id.
        name: the raw name.
        parent: name of its published superclass, or None.
        synonyms: other names that the dataset gives.
        description: the dataset's own words on it, or "".
        lang: BCP 47 tag of the name.
        wnid: given WordNet id (`n02084071`), or None.
        synset: given synset name (`dog.n.01`), or None.
        qid: given Wikidata id (`Q144`), or None.
    """

    label_set: str
    label_id: str
    name: str
    parent: str | None = field(default=None, compare=False)
    synonyms: tuple[str, ...] = field(default=(), compare=False)
    description: str = field(default="", compare=False)
    lang: str = field(default="en", compare=False)
    wnid: str | None = field(default=None, compare=False)
    synset: str | None = field(default=None, compare=False)
    qid: str | None = field(default=None, compare=False)

    @property
    def id(self) -> Curie:
        """`label_set:label_id`."""
        try:
            return self._id
        except AttributeError:
            id_ = Curie(self.label_set, self.label_id)
            object.__setattr__(self, "_id", id_)  # a label is asked for it half a dozen times
            return id_


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSet:
    """A dataset's list of classes, in the dataset's own order.

    Attributes:
        id: short id, used as CURIE prefix (`coco`).
        title: the dataset's name.
        task: `classification` or `detection`.
        version: of the class list.
        source: where the list was taken from.
        license: SPDX id of that source.
        labels: the classes.
    """

    id: str
    labels: tuple[Label, ...] = field(compare=False)
    title: str = ""
    task: str = "classification"
    version: str = ""
    source: str = ""
    license: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A scored guess, never an assertion.

    Attributes:
        query: `label_set:label_id`.
        object_id: a concept.
        score: on the matcher's own scale; only the order within one query means something.
        matcher: name and version.
    """

    query: str
    object_id: Curie
    score: float
    matcher: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """An assertion about two things: one SSSOM row.

    Slots are spelled as in SSSOM. `status` is ours: exported as a declared
    extension slot.

    Attributes:
        confidence: in [0, 1], or None where nobody said.
        similarity_score: the value of `similarity_measure`, in [0, 1]; never a confidence.
    """

    subject_id: Curie
    predicate_id: str
    object_id: Curie
    mapping_justification: str
    confidence: float | None = None
    subject_label: str = ""
    object_label: str = ""
    subject_source: str = ""
    object_source: str = ""
    mapping_tool: str = "labelsys"
    mapping_tool_version: str = ""
    match_string: str = ""
    similarity_measure: str = ""
    similarity_score: float | None = None
    predicate_modifier: str = ""
    comment: str = ""
    status: MappingStatus = "accepted"

    def __post_init__(self) -> None:
        if self.predicate_id not in PREDICATES:
            msg = f"{self.predicate_id!r} is no mapping predicate; known: {', '.join(PREDICATES)}"
            raise MappingError(msg)
        if not self.mapping_justification.startswith("semapv:"):
            msg = f"{self.mapping_justification!r} is no semapv justification"
            raise MappingError(msg)
        if self.confidence is not None and not 0.0 <= self.confidence <= 1.0:
            msg = f"confidence {self.confidence} of {self.subject_id} is not in [0, 1]"
            raise MappingError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a label stands in the hierarchy.

    Attributes:
        label_id: `label_set:label_id`.
        kind: exact, broader, excluded or unplaced.
        concept_id: the concept where the label stands: the concept itself
            (exact), its own new `ls:` concept or the broader one (broader),
            None (excluded, unplaced).
        broader_id: for `broader`, the concept above it; for `unplaced`, the
            guess that was too general, or None.
        reason: why it is excluded or unplaced, else how it was placed.
        confidence: calibrated, in [0, 1], or None.
    """

    label_id: Curie
    kind: PlacementKind
    concept_id: Curie | None = None
    broader_id: Curie | None = None
    reason: str = ""
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisualTag:
    """Whether a photograph can show a concept, and who says so.

    Attributes:
        id: the concept.
        value: visual, non-visual or abstain: a curator's word, else the tagger's.
        probability: that it is visual, by the tagger; None where it was not asked.
        tagger: name, encoder and fingerprint of its coefficients; None where it was not asked.
        guess: what the tagger says; None where it was not asked.
        curator: who says otherwise or the same, None where the tagger decides.
    """

    id: Curie
    value: VisualValue
    probability: float | None = None
    tagger: str | None = None
    guess: VisualValue | None = None
    curator: str | None = None


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Finding:
    """Something that a build or `lint` noticed.

    Attributes:
        code: see `labelsys.vocab.FINDINGS`; `E` is an error, `W` a warning, `I` a note.
        id: what it is about.
        message: one line.
    """

    code: str
    id: str
    message: str
