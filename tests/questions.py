"""What the stored questions answer: on the toy graph by hand, on any graph by a slow second way.

Every dialect is held to both. `CASES` can be read off the drawing in `tests.toy`; `ANSWERS` walks
a store from end to end, in plain Python.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from labelsys.hierarchy import KINDS, Hierarchy
from labelsys.ids import Curie
from labelsys.model import Concept, Edge, Label, LabelSet, Mapping, Name, Placement, VisualTag
from labelsys.vocab import Justification

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from labelsys.store.protocol import GraphStore, GraphWriter

Row = tuple[Any, ...]
Answer = list[Row]

ENTITY = ("wn30:00001740-n", "n00001740", "entity")
PHYSICAL = ("wn30:00001930-n", "n00001930", "physical entity")
PERSON = ("wn30:00007846-n", "n00007846", "person")
ANIMAL = ("wn30:00015388-n", "n00015388", "animal")
ARTIFACT = ("wn30:00021939-n", "n00021939", "artifact")
DOMESTIC = ("wn30:01317541-n", "n01317541", "domestic animal")
BIRD = ("wn30:02012849-n", "n02012849", "crane")
CANINE = ("wn30:02083346-n", "n02083346", "canine")
DOG = ("wn30:02084071-n", "n02084071", "dog")
RETRIEVER = ("wn30:02099601-n", "n02099601", "golden retriever")
EINSTEIN = ("wn30:10954498-n", "n10954498", "Einstein")
CAR = ("wn30:02958343-n", "n02958343", "car")
MACHINE = ("wn30:03126707-n", "n03126707", "crane")
WATER_DOG = ("wd:Q38559", None, "Portuguese Water Dog")
AUDI = ("ls:zw6kp2pf", None, "Audi R8 Coupe 2012")

_AT_DOG = [
    ("pets:0", "Dog", "exact", *DOG),
    ("pets:1", "golden_retriever", "exact", *RETRIEVER),
    ("pets:2", "Cao de Agua", "exact", *WATER_DOG),
]
_GUARD = ("street:/m/0dog", "guard dog (chained)", "broader", *DOG)
_ZOO = [("zoo:7", "crane", "exact", *BIRD), ("zoo:8", "crane", "exact", *BIRD)]
_WORDNET_ALONE = [PHYSICAL, PERSON, ARTIFACT, DOMESTIC, BIRD, CANINE, RETRIEVER, MACHINE]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question, what is given for its parameters, and the rows on the toy graph."""

    name: str
    params: dict[str, Any]
    rows: Answer


CASES = (
    Case(
        name="ancestors",
        params={"concept": "dog.n.01"},
        rows=[(*DOMESTIC, 3), (*CANINE, 3), (*ANIMAL, 2), (*PHYSICAL, 1), (*ENTITY, 0)],
    ),
    Case(name="ancestors", params={"concept": "entity"}, rows=[]),
    Case(name="ancestors", params={"concept": "Einstein"}, rows=[]),
    Case(
        name="doubtful_links",
        params={"label_set": "street"},
        rows=[
            (
                *("street:/m/0r8", "Audi R8 Coupe 2012", "skos:broadMatch", *CAR),
                *(0.8, "review", Justification.STRUCTURAL),
            )
        ],
    ),
    Case(name="doubtful_links", params={"label_set": "zoo"}, rows=[]),
    Case(
        name="doubtful_links",
        params={"label_set": "zoo", "below": "0.9"},
        rows=[
            (
                *("zoo:7", "crane", "skos:exactMatch", *BIRD),
                *(0.85, "accepted", Justification.COMPOSITE),
            )
        ],
    ),
    Case(name="labels_below", params={"concept": "n00015388"}, rows=[*_AT_DOG, _GUARD, *_ZOO]),
    Case(name="labels_below", params={"concept": "animal", "label_set": "pets"}, rows=_AT_DOG),
    Case(
        name="labels_below",
        params={"concept": "car"},
        rows=[
            ("street:/m/0k4j", "Car", "exact", *CAR),
            ("street:/m/0r8", "Audi R8 Coupe 2012", "broader", *AUDI),
        ],
    ),
    Case(
        name="labels_by_branch",
        params={},
        rows=[(*PHYSICAL, 3, 2), (*PHYSICAL, 4, 3), (*PHYSICAL, 5, 3)],
    ),
    Case(
        name="labels_by_branch",
        params={"concept": "physical entity"},
        rows=[
            *((*ANIMAL, depth, 2) for depth in (3, 4, 5)),
            *((*ARTIFACT, depth, 1) for depth in (4, 5)),
        ],
    ),
    Case(name="leaves", params={"concept": "pets:0"}, rows=[(*WATER_DOG, 5), (*RETRIEVER, 5)]),
    Case(name="leaves", params={"concept": "Q38559"}, rows=[(*WATER_DOG, 5)]),
    Case(
        name="leaves",
        params={"concept": "entity.n.01"},
        rows=[
            *((*AUDI, 5), (*WATER_DOG, 5), (*PERSON, 2), (*BIRD, 3)),
            *((*RETRIEVER, 5), (*MACHINE, 3)),
        ],
    ),
    Case(
        name="missing_concepts",
        params={"label_set": "pets", "other": "zoo"},
        rows=[WATER_DOG, DOG, RETRIEVER],
    ),
    # The guard dog hangs straight under dog: the street means car and the Audi only.
    Case(
        name="missing_concepts", params={"label_set": "street", "other": "pets"}, rows=[AUDI, CAR]
    ),
    Case(name="missing_concepts", params={"label_set": "zoo", "other": "zoo"}, rows=[]),
    Case(name="shared_concepts", params={}, rows=[]),
    Case(
        name="shared_concepts",
        params={"at_least": "1"},
        rows=[(*c, 1) for c in (AUDI, WATER_DOG, BIRD, DOG, RETRIEVER, CAR)],
    ),
    Case(name="shared_names", params={}, rows=[("crane", 2)]),
    Case(name="shared_names", params={"lang": "zh"}, rows=[]),
    Case(
        name="shared_names",
        params={"lang": "ZH", "at_least": 1},
        rows=[("汽车", 1), ("犬", 1), ("狗", 1), ("鹤", 1)],
    ),
    Case(name="siblings", params={"concept": "n02099601"}, rows=[(*WATER_DOG, DOG[0], "dog")]),
    Case(
        name="siblings",
        params={"concept": "animal"},
        rows=[(*c, PHYSICAL[0], "physical entity") for c in (PERSON, ARTIFACT)],
    ),
    Case(name="siblings", params={"concept": "Einstein"}, rows=[]),
    Case(
        name="single_source",
        params={},
        rows=[
            *((*AUDI, "labelset"), (*WATER_DOG, "wikidata")),
            *((*c, "wordnet") for c in _WORDNET_ALONE),
        ],
    ),
    Case(name="single_source", params={"known_to": "wikidata"}, rows=[(*WATER_DOG, "wikidata")]),
    # Einstein is below person by an instance edge alone.
    Case(
        name="tagged_below",
        params={"concept": "entity"},
        rows=[(*PERSON, 0.6), (*ANIMAL, 0.9), (*BIRD, 0.9875), (*DOG, 0.975)],
    ),
    Case(
        name="tagged_below",
        params={"concept": "animal", "tag": "abstain"},
        rows=[(*CANINE, 0.7)],
    ),
    Case(name="tagged_below", params={"concept": "Einstein"}, rows=[(*EINSTEIN, None)]),
    Case(name="tagged_below", params={"concept": "dog.n.01", "tag": "non-visual"}, rows=[]),
)
"""By name; every stored question has some."""


class Graph:
    """What the slow way asks a store for, once."""

    def __init__(self, store: GraphStore) -> None:
        self.concepts = {concept.id: concept for concept in store.iter_concepts()}
        self.hierarchy = Hierarchy.from_store(store)
        self.up: defaultdict[Curie, set[Curie]] = defaultdict(set)
        self.down: defaultdict[Curie, set[Curie]] = defaultdict(set)
        for edge in store.iter_edges():
            if edge.kind == "subclass":
                self.up[edge.narrower].add(edge.broader)
                self.down[edge.broader].add(edge.narrower)
        self.labels = {
            label.id: label for label_set in store.iter_label_sets() for label in label_set.labels
        }
        self.placements = list(store.iter_placements())
        self.mappings = list(store.iter_mappings())
        self.tags = {tag.id: tag for tag in store.iter_visual_tags()}

    def face(self, id_: Curie) -> Row:
        concept = self.concepts[id_]
        return (concept.id, concept.wnid, concept.pref_label)

    def depth(self, id_: Curie) -> int:
        return self.hierarchy.depth(id_)

    def means(self, label_set: str) -> set[Curie]:
        """Return the concepts that the labels of a set mean."""
        return {
            p.concept_id
            for p in self.placements
            if p.label_id.prefix == label_set
            and p.concept_id is not None
            and p.concept_id != p.broader_id
        }

    def closure(self, start: set[Curie], steps: dict[Curie, set[Curie]]) -> set[Curie]:
        found = set(start)
        while more := {other for id_ in found for other in steps.get(id_, ())} - found:
            found |= more
        return found

    def at_or_below(self, id_: Curie) -> set[Curie]:
        return self.closure({id_}, self.down)


def _ancestors(graph: Graph, concept: Curie) -> Answer:
    above = graph.closure(graph.up[concept], graph.up)
    rows = [(*graph.face(id_), graph.depth(id_)) for id_ in above]
    return sorted(rows, key=lambda row: (-row[3], row[0]))


def _siblings(graph: Graph, concept: Curie) -> Answer:
    found = [
        (broader, other)
        for broader in sorted(graph.up[concept])
        for other in sorted(graph.down[broader])
        if other != concept
    ]
    return [(*graph.face(o), b, graph.concepts[b].pref_label) for b, o in found]


def _leaves(graph: Graph, concept: Curie) -> Answer:
    found = (id_ for id_ in graph.at_or_below(concept) if not graph.down.get(id_))
    return [(*graph.face(id_), graph.depth(id_)) for id_ in sorted(found)]


def _missing_concepts(graph: Graph, label_set: str, other: str) -> Answer:
    return [graph.face(id_) for id_ in sorted(graph.means(label_set) - graph.means(other))]


def _shared_concepts(graph: Graph, at_least: int = 2) -> Answer:
    sets = {p.label_id.prefix for p in graph.placements}
    counts = Counter(id_ for label_set in sets for id_ in graph.means(label_set))
    kept = sorted((-n, id_) for id_, n in counts.items() if n >= at_least)
    return [(*graph.face(id_), -n) for n, id_ in kept]


def _doubtful_links(graph: Graph, label_set: str, below: float = 0.5) -> Answer:
    rows = []
    for m in graph.mappings:
        label = graph.labels.get(m.subject_id)
        is_low = m.status == "accepted" and m.confidence is not None and m.confidence < below
        doubted = m.status == "review" or is_low
        if label is None or label.label_set != label_set or m.predicate_modifier or not doubted:
            continue
        face = (
            graph.face(m.object_id) if m.object_id in graph.concepts else (m.object_id, None, None)
        )
        rows.append(
            (
                *(m.subject_id, label.name, m.predicate_id, *face),
                *(m.confidence, m.status, m.mapping_justification),
            )
        )
    return sorted(rows, key=lambda r: (r[6] is not None, r[6] or 0.0, r[0], r[2], r[3], r[8], r[7]))


def _labels_below(graph: Graph, concept: Curie, label_set: str | None = None) -> Answer:
    below = graph.at_or_below(concept)
    return sorted(
        (p.label_id, graph.labels[p.label_id].name, p.kind, *graph.face(p.concept_id))
        for p in graph.placements
        if p.concept_id in below and label_set in (None, p.label_id.prefix)
    )


def _labels_by_branch(graph: Graph, concept: Curie) -> Answer:
    counts: Counter[tuple[Curie, int]] = Counter()
    for branch in graph.down[concept]:
        below = graph.at_or_below(branch)
        for placement in graph.placements:
            if placement.concept_id in below:
                counts[branch, graph.depth(placement.concept_id)] += 1
    return [(*graph.face(branch), depth, n) for (branch, depth), n in sorted(counts.items())]


def _shared_names(graph: Graph, lang: str = "en", at_least: int = 2) -> Answer:
    users: defaultdict[str, set[Curie]] = defaultdict(set)
    for concept in graph.concepts.values():
        for name in concept.names:
            if name.kind != "hidden" and name.lang.lower() == lang.lower():
                users[name.text].add(concept.id)
    kept = ((-len(ids), text) for text, ids in users.items() if len(ids) >= at_least)
    return [(text, -n) for n, text in sorted(kept)]


def _single_source(graph: Graph, known_to: str | None = None) -> Answer:
    linked = {
        m.subject_id
        for m in graph.mappings
        if m.status == "accepted" and not m.predicate_modifier and m.object_id.prefix == "wd"
    }
    return [
        (*graph.face(c.id), c.source)
        for c in sorted(graph.concepts.values(), key=lambda c: c.id)
        if known_to in (None, c.source)
        and (c.source == "wikidata" or not (c.id in linked or c.qid is not None))
    ]


def _tagged_below(graph: Graph, concept: Curie, tag: str = "visual") -> Answer:
    found = (graph.tags.get(id_) for id_ in sorted(graph.at_or_below(concept)))
    return [(*graph.face(t.id), t.probability) for t in found if t is not None and t.value == tag]


ANSWERS: dict[str, Callable[..., Answer]] = {
    "ancestors": _ancestors,
    "doubtful_links": _doubtful_links,
    "labels_below": _labels_below,
    "labels_by_branch": _labels_by_branch,
    "leaves": _leaves,
    "missing_concepts": _missing_concepts,
    "shared_concepts": _shared_concepts,
    "shared_names": _shared_names,
    "siblings": _siblings,
    "single_source": _single_source,
    "tagged_below": _tagged_below,
}
"""Question -> the slow way to its rows."""


# Quotes, backslashes and letters beyond ASCII and the BMP; upper and lower case.
_TEXTS = st.text(alphabet="aAb'\"\\é狗😀 ", min_size=1, max_size=3).map(lambda text: f"x{text}")
_IDS = tuple(Curie.parse(i) for i in ("ls:aaaaaaa2", "ls:aaaaaaa3", "wd:Q10", "wd:Q9")) + tuple(
    Curie("wn30", f"0000000{n}-n") for n in range(5)
)
_SETS = ("alpha", "beta")
_OUTSIDE = Curie.parse("wd:Q77")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallGraph:
    """A graph that nobody thought of, and what to ask about in it."""

    concepts: list[Concept]
    edges: list[Edge]
    label_sets: list[tuple[LabelSet, list[Placement]]]
    mappings: list[Mapping]
    tags: list[VisualTag]

    def fill(self, writer: GraphWriter) -> None:
        writer.add_concepts(self.concepts)
        writer.add_edges(self.edges)
        for label_set, placements in self.label_sets:
            writer.add_label_set(label_set, placements)
        writer.add_mappings(self.mappings)
        writer.add_visual_tags(self.tags)
        writer.finish()

    def questions(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield every question, asked of each concept and set, with and without its defaults."""
        for concept in self.concepts:
            for name in ("ancestors", "siblings", "leaves", "labels_below", "labels_by_branch"):
                yield name, {"concept": concept.id}
            yield "labels_below", {"concept": concept.id, "label_set": "alpha"}
            yield "tagged_below", {"concept": concept.id}
            yield "tagged_below", {"concept": concept.id, "tag": "abstain"}
        for label_set in _SETS:
            yield "doubtful_links", {"label_set": label_set}
            yield "doubtful_links", {"label_set": label_set, "below": 0.75}
            for other in _SETS:
                yield "missing_concepts", {"label_set": label_set, "other": other}
        for at_least in (1, 2):
            yield "shared_concepts", {"at_least": at_least}
            yield "shared_names", {"at_least": at_least}
        yield "shared_names", {"lang": "zh", "at_least": 1}
        yield "single_source", {}
        yield "single_source", {"known_to": "wordnet"}


_SOURCES = {"ls": "labelset", "wd": "wikidata", "wn30": "wordnet"}


@st.composite
def _concepts(draw: st.DrawFn) -> list[Concept]:
    made = []
    for id_ in sorted(draw(st.sets(st.sampled_from(_IDS), min_size=1))):
        pref = draw(_TEXTS)
        others = draw(
            st.lists(
                st.builds(
                    Name,
                    text=_TEXTS,
                    lang=st.sampled_from(["en", "zh"]),
                    kind=st.sampled_from(["pref", "alt", "hidden"]),
                ),
                max_size=3,
            )
        )
        xrefs = draw(st.sets(st.sampled_from(["wd:Q1", "wd:Q2", "ili:i1"]), max_size=2))
        made.append(
            Concept(
                id=id_,
                pref_label=pref,
                names=(Name(text=pref, kind="pref"), *others),
                source=_SOURCES[id_.prefix],
                xrefs=tuple(sorted(Curie.parse(x) for x in xrefs)),
            )
        )
    return made


def _placements(label_id: Curie, ids: list[Curie]) -> st.SearchStrategy[Placement]:
    one = st.sampled_from(ids)
    return st.one_of(
        st.builds(Placement, label_id=st.just(label_id), kind=st.just("exact"), concept_id=one),
        st.builds(
            Placement,
            label_id=st.just(label_id),
            kind=st.just("broader"),
            concept_id=one,
            broader_id=one,
        ),
        st.builds(
            Placement,
            label_id=st.just(label_id),
            kind=st.just("unplaced"),
            broader_id=one | st.none(),
        ),
        st.builds(Placement, label_id=st.just(label_id), kind=st.just("excluded")),
    )


def _tags(id_: Curie) -> st.SearchStrategy[VisualTag]:
    return st.builds(
        VisualTag,
        id=st.just(id_),
        value=st.sampled_from(["visual", "non-visual", "abstain"]),
        probability=st.sampled_from([None, 0.0, 0.0125, 0.5, 1.0]),
        tagger=st.sampled_from([None, "visual-a@1", 'visual-"b"@2']),
        curator=st.sampled_from([None, "ana", "李"]),
    )


@st.composite
def small_graphs(draw: st.DrawFn) -> SmallGraph:
    """Draw a graph of a few concepts and two label sets."""
    concepts = draw(_concepts())
    ids = [concept.id for concept in concepts]
    pairs = list(combinations(draw(st.permutations(ids)), 2))
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    edges = [Edge(low, high, draw(st.sampled_from(KINDS))) for low, high in chosen]
    label_sets, subjects = [], [id_ for id_ in ids if id_.prefix != "wd"]
    for name in _SETS:
        labels = tuple(
            Label(label_set=name, label_id=label_id, name=draw(_TEXTS))
            for label_id in draw(st.sets(st.sampled_from(["0", "/m/x y", 'q"%', "é"])))
        )
        placements = [draw(_placements(label.id, ids)) for label in labels]
        label_sets.append((LabelSet(id=name, labels=labels), placements))
        subjects += [label.id for label in labels]
    mappings = draw(
        st.lists(
            st.builds(
                Mapping,
                subject_id=st.sampled_from(subjects),
                predicate_id=st.sampled_from(["skos:exactMatch", "skos:closeMatch"]),
                object_id=st.sampled_from([*ids, _OUTSIDE]),
                mapping_justification=st.sampled_from(
                    [Justification.COMPOSITE, Justification.LEXICAL]
                ),
                confidence=st.sampled_from([None, 0.25, 0.6, 0.7512]),
                predicate_modifier=st.sampled_from(["", "", "", "Not"]),
                status=st.sampled_from(["accepted", "review", "rejected"]),
            ),
            max_size=6,
        )
        if subjects
        else st.just([])
    )
    tags = [draw(_tags(id_)) for id_ in draw(st.sets(st.sampled_from(ids)))]
    return SmallGraph(
        concepts=concepts, edges=edges, label_sets=label_sets, mappings=mappings, tags=tags
    )
