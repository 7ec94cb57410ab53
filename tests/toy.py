"""The one toy graph of the test suite: small enough to be checked by eye.

Every fact that a test asserts about it can be read off this drawing. A plain
line is a subclass edge, a dotted one an instance edge; the number is the depth
(longest subclass path from the root).

::

    0  entity                                  00001740-n
       |
    1  physical entity                         00001930-n
       |---------------------+------------------------+
    2  animal 00015388-n     person 00007846-n        artifact 00021939-n
       |                        :                      |-------------------+
       |                     3  Einstein 10954498-n    |                   |
       |------------------+---------------+            |                   |
    3  domestic animal    canine          crane      vehicle            crane
       01317541-n         02083346-n      02012849-n  04524313-n         03126707-n
       |------+-----------|                           |
              |                                       |
    4        dog 02084071-n                          car 02958343-n
              |------------------------+              |
    5  golden retriever          Portuguese        Audi R8 Coupe 2012
       02099601-n                Water Dog         ls:zw6kp2pf
                                 wd:Q38559

* sixteen concepts, fifteen subclass edges and one instance edge
  (Einstein -> person); fourteen concepts are WordNet's, one is Wikidata's, one
  is known to a label set only;
* the diamond: dog is under animal by way of domestic animal and of canine;
* ambiguous: "crane" is a machine (fourth sense of the word) and a bird (fifth);
  "machine" is an alias of car alone, so it is not;
* diacritics: "Cão de Água Português" is an alias of Portuguese Water Dog, in
  Portuguese; a hidden name of it is the misspelt "Portugese Water Dog";
* tagged by a made-up tagger: entity non-visual, animal, dog and the bird visual,
  canine abstain; a curator calls person visual, where the tagger abstains, and
  Einstein, of whom it says nothing; the others have no tag;
* Chinese names: dog 狗 and 犬, car 汽车, crane (bird) 鹤;
* other ids: dog is ili:i46360, wn31:02086723-n and wd:Q144; see `concepts`.

Label sets, in this order (their labels in the dataset's own order):

=========  ========  ===================  ========================================
set        label_id  name                 placement
=========  ========  ===================  ========================================
pets       0         Dog                  exact at dog
pets       1         golden_retriever     exact at golden retriever
pets       2         Cao de Agua          exact at Portuguese Water Dog
pets       3         empty                excluded: no object
street     /m/0k4j   Car                  exact at car
street     /m/0r8    Audi R8 Coupe 2012   broader: its own ls:zw6kp2pf under car
street     /m/0dog   guard dog (chained)  broader: straight under dog
street     /m/0thg   thing                unplaced, the guess was artifact
zoo        7         crane                exact at crane (the bird)
zoo        8         crane                exact at crane (the bird): one name twice
zoo        9         tayassu pecari       unplaced, no guess
=========  ========  ===================  ========================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labelsys.ids import Curie
from labelsys.model import (
    Concept,
    Definition,
    Edge,
    EdgeKind,
    Finding,
    Label,
    LabelSet,
    Mapping,
    Name,
    NameKind,
    Placement,
    Sense,
    VisualTag,
)
from labelsys.vocab import Justification

if TYPE_CHECKING:
    from labelsys.model import VisualValue
    from labelsys.store.protocol import GraphWriter

ENTITY = Curie("wn30", "00001740-n")
PHYSICAL = Curie("wn30", "00001930-n")
ANIMAL = Curie("wn30", "00015388-n")
PERSON = Curie("wn30", "00007846-n")
ARTIFACT = Curie("wn30", "00021939-n")
DOMESTIC = Curie("wn30", "01317541-n")
CANINE = Curie("wn30", "02083346-n")
DOG = Curie("wn30", "02084071-n")
RETRIEVER = Curie("wn30", "02099601-n")
CRANE_BIRD = Curie("wn30", "02012849-n")
CRANE_MACHINE = Curie("wn30", "03126707-n")
VEHICLE = Curie("wn30", "04524313-n")
CAR = Curie("wn30", "02958343-n")
EINSTEIN = Curie("wn30", "10954498-n")
WATER_DOG = Curie("wd", "Q38559")
AUDI = Curie("ls", "zw6kp2pf")

DEPTHS = {
    ENTITY: 0,
    PHYSICAL: 1,
    ANIMAL: 2,
    PERSON: 2,
    ARTIFACT: 2,
    DOMESTIC: 3,
    CANINE: 3,
    CRANE_BIRD: 3,
    CRANE_MACHINE: 3,
    VEHICLE: 3,
    EINSTEIN: 3,
    DOG: 4,
    CAR: 4,
    RETRIEVER: 5,
    WATER_DOG: 5,
    AUDI: 5,
}
"""Concept -> depth, read off the drawing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToyGraph:
    """The whole toy graph as values, each tuple in the order that a store answers in.

    Attributes:
        concepts: by id.
        edges: by (narrower, broader, kind).
        label_sets: in recipe order.
        placements: in recipe order, then label order.
        mappings: in the order that they are written.
        findings: by (code, id, message).
        tags: by concept.
        meta: facts about the graph.
    """

    concepts: tuple[Concept, ...]
    edges: tuple[Edge, ...]
    label_sets: tuple[LabelSet, ...]
    placements: tuple[Placement, ...]
    mappings: tuple[Mapping, ...]
    findings: tuple[Finding, ...]
    tags: tuple[VisualTag, ...]
    meta: dict[str, str]


def _lemma(text: str, number: int, count: int, lex_id: int = 0, kind: NameKind = "alt") -> Name:
    return Name(text=text, kind=kind, sense=Sense(number=number, count=count, lex_id=lex_id))


def _zh(text: str, kind: NameKind = "alt") -> Name:
    return Name(text=text, lang="zh", kind=kind)


def _synset(id_: Curie, lexname: str, gloss: str, xrefs: tuple[str, ...], *names: Name) -> Concept:
    first = names[0]
    pref = Name(text=first.text, lang=first.lang, kind="pref", sense=first.sense)
    return Concept(
        id=id_,
        pref_label=first.text,
        names=(pref, *names[1:]),
        gloss=gloss,
        source="wordnet",
        xrefs=tuple(sorted(Curie.parse(x) for x in xrefs)),
        lexname=lexname,
    )


def _animals() -> tuple[Concept, ...]:
    return (
        _synset(
            ANIMAL,
            "noun.Tops",
            "a living organism characterized by voluntary movement",
            ("ili:i35563", "wn31:00015568-n", "wd:Q729"),
            _lemma("animal", 1, 67),
            _lemma("beast", 1, 4),
            _lemma("creature", 1, 16),
        ),
        _synset(
            DOMESTIC,
            "noun.animal",
            "any of various animals that have been tamed",
            ("ili:i42269", "wn31:01320032-n"),
            _lemma("domestic animal", 1, 1),
            _lemma("domesticated animal", 1, 0),
        ),
        _synset(
            CANINE,
            "noun.animal",
            "any of various fissiped mammals with nonretractile claws",
            ("ili:i46356", "wn31:02085998-n"),
            _lemma("canine", 2, 0),
            _lemma("canid", 1, 0),
        ),
        _synset(
            DOG,
            "noun.animal",
            "a member of the genus Canis that has been domesticated by man",
            ("ili:i46360", "wn31:02086723-n", "wd:Q144"),
            _lemma("dog", 1, 42),
            _lemma("domestic dog", 1, 0),
            _lemma("Canis familiaris", 1, 0),
            _zh("狗", "pref"),
            _zh("犬"),
        ),
        _synset(
            RETRIEVER,
            "noun.animal",
            "an English breed having a long silky golden coat",
            ("ili:i46457", "wn31:02102253-n"),
            _lemma("golden retriever", 1, 0),
        ),
        _synset(
            CRANE_BIRD,
            "noun.animal",
            "large long-necked wading bird of marshes and plains",
            ("ili:i45946", "wn31:02015503-n"),
            _lemma("crane", 5, 0),
            _zh("鹤", "pref"),
        ),
    )


def _artifacts() -> tuple[Concept, ...]:
    return (
        _synset(
            ARTIFACT,
            "noun.Tops",
            "a man-made object taken as a whole",
            ("ili:i35572", "wn31:00022119-n"),
            _lemma("artifact", 1, 1),
            _lemma("artefact", 1, 0),
        ),
        _synset(
            VEHICLE,
            "noun.artifact",
            "a conveyance that transports people or objects",
            ("ili:i60795", "wn31:04531608-n", "wd:Q42889"),
            _lemma("vehicle", 1, 9),
        ),
        _synset(
            CAR,
            "noun.artifact",
            "a motor vehicle with four wheels",
            ("ili:i51496", "wn31:02961779-n", "wd:Q1420"),
            _lemma("car", 1, 71),
            _lemma("auto", 1, 2),
            _lemma("automobile", 1, 15),
            _lemma("machine", 6, 0, 1),
            _lemma("motorcar", 1, 0),
            _zh("汽车", "pref"),
        ),
        _synset(
            CRANE_MACHINE,
            "noun.artifact",
            "lifts and moves heavy objects",
            ("ili:i52471", "wn31:03131358-n"),
            _lemma("crane", 4, 0),
        ),
    )


def _others() -> tuple[Concept, ...]:
    return (
        _synset(
            ENTITY,
            "noun.Tops",
            "that which is perceived or known or inferred to have its own distinct existence",
            ("ili:i35545", "wn31:00001740-n", "wd:Q35120"),
            _lemma("entity", 1, 11),
        ),
        _synset(
            PHYSICAL,
            "noun.Tops",
            "an entity that has physical existence",
            ("ili:i35546", "wn31:00001930-n"),
            _lemma("physical entity", 1, 0),
        ),
        _synset(
            PERSON,
            "noun.Tops",
            "a human being",
            ("ili:i35562", "wn31:00007846-n"),
            _lemma("person", 1, 6833),
            _lemma("individual", 1, 51),
            _lemma("someone", 1, 17),
        ),
        _synset(
            EINSTEIN,
            "noun.person",
            "physicist born in Germany who formulated the theory of relativity",
            ("ili:i95022", "wn31:10974490-n", "wd:Q937"),
            _lemma("Einstein", 1, 0),
            _lemma("Albert Einstein", 1, 0),
        ),
        Concept(
            id=WATER_DOG,
            pref_label="Portuguese Water Dog",
            names=(
                Name(text="Portuguese Water Dog", kind="pref"),
                Name(text="Cão de Água Português", lang="pt"),
                Name(text="Portugese Water Dog", kind="hidden"),
            ),
            gloss="dog breed",
            definitions=(Definition("pt", "raça de cão"), Definition("zh", "犬種")),
            source="wikidata",
        ),
        Concept(
            id=AUDI,
            pref_label="Audi R8 Coupe 2012",
            names=(Name(text="Audi R8 Coupe 2012", kind="pref"),),
            source="labelset",
        ),
    )


def _edges() -> tuple[Edge, ...]:
    pairs: tuple[tuple[Curie, Curie, EdgeKind], ...] = (
        (PHYSICAL, ENTITY, "subclass"),
        (ANIMAL, PHYSICAL, "subclass"),
        (PERSON, PHYSICAL, "subclass"),
        (ARTIFACT, PHYSICAL, "subclass"),
        (EINSTEIN, PERSON, "instance"),
        (DOMESTIC, ANIMAL, "subclass"),
        (CANINE, ANIMAL, "subclass"),
        (CRANE_BIRD, ANIMAL, "subclass"),
        (VEHICLE, ARTIFACT, "subclass"),
        (CRANE_MACHINE, ARTIFACT, "subclass"),
        (DOG, DOMESTIC, "subclass"),
        (DOG, CANINE, "subclass"),
        (CAR, VEHICLE, "subclass"),
        (RETRIEVER, DOG, "subclass"),
        (WATER_DOG, DOG, "subclass"),
        (AUDI, CAR, "subclass"),
    )
    return tuple(sorted(Edge(*pair) for pair in pairs))


def _label_sets() -> tuple[LabelSet, ...]:
    pets = (
        Label(label_set="pets", label_id="0", name="Dog", wnid="n02084071"),
        Label(
            label_set="pets",
            label_id="1",
            name="golden_retriever",
            parent="Dog",
            synset="golden_retriever.n.01",
        ),
        Label(
            label_set="pets",
            label_id="2",
            name="Cao de Agua",
            parent="Dog",
            synonyms=("water dog", "PWD"),
            qid="Q38559",
        ),
        Label(label_set="pets", label_id="3", name="empty"),
    )
    street = (
        Label(label_set="street", label_id="/m/0k4j", name="Car"),
        Label(label_set="street", label_id="/m/0r8", name="Audi R8 Coupe 2012", parent="Car"),
        Label(
            label_set="street",
            label_id="/m/0dog",
            name="guard dog (chained)",
            description="a dog that guards a yard",
        ),
        Label(label_set="street", label_id="/m/0thg", name="thing"),
    )
    zoo = tuple(
        Label(label_set="zoo", label_id=label_id, name=name, lang=lang)
        for label_id, name, lang in (
            ("7", "crane", "en"),
            ("8", "crane", "en"),
            ("9", "tayassu pecari", "la"),
        )
    )
    return (
        LabelSet(
            id="pets",
            title="Toy pets",
            version="2",
            source="drawn by hand",
            license="CC0-1.0",
            labels=pets,
        ),
        LabelSet(id="street", title="Toy street", task="detection", version="1", labels=street),
        LabelSet(id="zoo", title="Toy zoo", version="1", labels=zoo),
    )


def _placed(label_id: str, concept: Curie, confidence: float, reason: str) -> Placement:
    return Placement(
        label_id=Curie.parse(label_id),
        kind="exact",
        concept_id=concept,
        reason=reason,
        confidence=confidence,
    )


def _placements() -> tuple[Placement, ...]:
    return (
        _placed("pets:0", DOG, 1.0, "given id"),
        _placed("pets:1", RETRIEVER, 1.0, "given id"),
        _placed("pets:2", WATER_DOG, 0.95, "given id"),
        Placement(label_id=Curie("pets", "3"), kind="excluded", reason="no object"),
        _placed("street:/m/0k4j", CAR, 0.9, "name"),
        Placement(
            label_id=Curie("street", "/m/0r8"),
            kind="broader",
            concept_id=AUDI,
            broader_id=CAR,
            reason="parent",
            confidence=0.8,
        ),
        Placement(
            label_id=Curie("street", "/m/0dog"),
            kind="broader",
            concept_id=DOG,
            broader_id=DOG,
            reason="head word",
            confidence=0.75,
        ),
        Placement(
            label_id=Curie("street", "/m/0thg"),
            kind="unplaced",
            broader_id=ARTIFACT,
            reason="too general",
        ),
        _placed("zoo:7", CRANE_BIRD, 0.85, "name"),
        _placed("zoo:8", CRANE_BIRD, 0.85, "name"),
        Placement(label_id=Curie("zoo", "9"), kind="unplaced", reason="no candidate"),
    )


def _mappings() -> tuple[Mapping, ...]:
    return (
        Mapping(
            subject_id=DOG,
            predicate_id="skos:exactMatch",
            object_id=Curie("wd", "Q144"),
            mapping_justification=Justification.KNOWN,
            confidence=1.0,
            subject_label="dog",
            object_label="dog",
            subject_source="wordnet",
            object_source="wikidata",
        ),
        Mapping(
            subject_id=Curie("pets", "0"),
            predicate_id="skos:exactMatch",
            object_id=DOG,
            mapping_justification=Justification.MANUAL,
            confidence=1.0,
            subject_label="Dog",
            object_label="dog",
            subject_source="pets",
            object_source="wordnet",
            mapping_tool_version="0.1.0",
        ),
        Mapping(
            subject_id=Curie("zoo", "7"),
            predicate_id="skos:exactMatch",
            object_id=CRANE_BIRD,
            mapping_justification=Justification.COMPOSITE,
            confidence=0.85,
            subject_label="crane",
            object_label="crane",
            match_string="crane",
            similarity_measure="cosine",
            similarity_score=0.612,
            comment="the set is about animals",
        ),
        Mapping(
            subject_id=Curie("zoo", "7"),
            predicate_id="skos:closeMatch",
            object_id=CRANE_MACHINE,
            mapping_justification=Justification.LEXICAL,
            predicate_modifier="Not",
            status="rejected",
        ),
        Mapping(
            subject_id=Curie("street", "/m/0r8"),
            predicate_id="skos:broadMatch",
            object_id=CAR,
            mapping_justification=Justification.STRUCTURAL,
            confidence=0.8,
            status="review",
        ),
    )


def _findings() -> tuple[Finding, ...]:
    return (
        Finding(code="I401", id="pets:3", message="empty: no object"),
        Finding(code="I402", id="street:/m/0thg", message="thing: too general"),
        Finding(code="I402", id="zoo:9", message="tayassu pecari: no candidate"),
        Finding(code="W301", id="zoo:8", message="zoo:7 and zoo:8 stand at wn30:02012849-n"),
    )


def _tag(concept: Curie, probability: float, guess: VisualValue, **more: Any) -> VisualTag:
    said = {"value": guess, "guess": guess, "probability": probability, "tagger": "visual-toy@1"}
    return VisualTag(id=concept, **said | more)


def _tags() -> tuple[VisualTag, ...]:
    tags = (
        _tag(ENTITY, 0.0125, "non-visual"),
        _tag(ANIMAL, 0.9, "visual"),
        _tag(DOG, 0.975, "visual"),
        _tag(CRANE_BIRD, 0.9875, "visual"),
        _tag(CANINE, 0.7, "abstain"),
        _tag(PERSON, 0.6, "abstain", value="visual", curator="ana"),
        VisualTag(id=EINSTEIN, value="visual", curator="bo"),
    )
    return tuple(sorted(tags, key=lambda tag: tag.id))


def toy_graph() -> ToyGraph:
    """Return the toy graph.

    Examples:
        >>> toy = toy_graph()
        >>> len(toy.concepts), len(toy.edges), len(toy.placements)
        (16, 16, 11)
    """
    concepts = (*_animals(), *_artifacts(), *_others())
    return ToyGraph(
        concepts=tuple(sorted(concepts, key=lambda concept: concept.id)),
        edges=_edges(),
        label_sets=_label_sets(),
        placements=_placements(),
        mappings=_mappings(),
        findings=_findings(),
        tags=_tags(),
        meta={
            "hash": "toy",
            "labelsys_version": "0.1.0",
            "languages": '["en", "zh"]',
            "recipe": '{"accept": 0.8, "review": 0.5}',
        },
    )


def fill(writer: GraphWriter) -> None:
    """Write the toy graph into an empty store and finish it.

    Args:
        writer: a fresh writer of any store.
    """
    toy = toy_graph()
    writer.add_concepts(toy.concepts)
    writer.add_edges(toy.edges)
    for label_set in toy.label_sets:
        placements = [p for p in toy.placements if p.label_id.prefix == label_set.id]
        writer.add_label_set(label_set, placements)
    writer.add_mappings(toy.mappings)
    writer.add_findings(toy.findings)
    writer.add_visual_tags(toy.tags)
    writer.set_meta(toy.meta)
    writer.finish()
