"""New concepts, edges, placements and SSSOM rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from labelsys.ids import Curie
from labelsys.match.result import Guess, LabelMatch
from labelsys.merge.attach import mappings_of, new_concept, new_edges, placement_of
from labelsys.merge.resolve import Group, Resolved
from labelsys.model import Concept, Edge, Label, Mapping, Name, Placement
from labelsys.version import __version__
from labelsys.vocab import Justification
from tests import lexicon_toy as toy

if TYPE_CHECKING:
    from labelsys.model import PlacementKind

LEXICON = toy.lexicon()
OWN = Curie("ls", "abcdefgh")
WORM = LEXICON.index[toy.WORM]
LABEL = Label(label_set="sea", label_id="7", name="Tube_Worm (sea)")


def group(*labels: Label) -> Group:
    return Group(key="tube worm sea", broader=[WORM], members=list(labels or (LABEL,)))


def resolved(
    kind: PlacementKind,
    *,
    label: Label = LABEL,
    how: str = "name",
    confidence: float | None = 0.9,
    joined: Group | None = None,
    similarity: float | None = None,
    match_string: str = "tube worm",
) -> Resolved:
    match = LabelMatch(
        label=label,
        relation="exact",
        strategy="name",
        guesses=(Guess(WORM, 0.9),),
        confidence=0.9,
        match_string=match_string,
        similarity=similarity,
    )
    return Resolved(
        match=match,
        kind=kind,
        concept=None if kind == "excluded" else WORM,
        group=joined,
        confidence=confidence,
        how=how,
        reason="because",
    )


def mappings(answer: Resolved, own: Concept | None = None, accept: float = 0.8) -> list[Mapping]:
    return list(mappings_of(answer, LEXICON, own, accept=accept, tool="names-2"))


def test_new_concept_is_named_by_its_founder() -> None:
    concept = new_concept(OWN, group())
    assert (concept.id, concept.pref_label) == (OWN, "Tube Worm (sea)")
    assert (concept.source, concept.gloss, concept.xrefs) == ("labelset", "", ())
    assert concept.names == (
        Name(text="Tube Worm (sea)", kind="pref"),
        Name(text="Tube Worm"),
    )


def test_later_members_add_the_names_that_are_new() -> None:
    later = Label(
        label_set="reef",
        label_id="1",
        name="tube  worm",
        synonyms=("Riftia_pachyptila", "TUBE WORM", "?"),
        lang="la",
        description="lives at vents",
    )
    last = Label(label_set="x", label_id="1", name="Tube worm (sea)", description="another")
    concept = new_concept(OWN, group(LABEL, later, last))
    assert [(n.text, n.lang, n.kind) for n in concept.names] == [
        ("Tube Worm (sea)", "en", "pref"),
        ("Tube Worm", "en", "alt"),
        ("Riftia pachyptila", "la", "alt"),
    ]
    assert concept.gloss == "lives at vents"


def test_name_without_a_letter_is_still_what_the_concept_is_called() -> None:
    concept = new_concept(OWN, group(Label(label_set="x", label_id="1", name="?_?")))
    assert (concept.pref_label, concept.names) == ("? ?", ())


def test_new_concept_hangs_under_the_broader_one() -> None:
    assert new_edges(OWN, group(), LEXICON) == [Edge(OWN, toy.WORM, "subclass")]


@pytest.mark.parametrize(
    ("kind", "concept_id", "broader_id"),
    [
        ("exact", toy.WORM, None),
        ("broader", OWN, toy.WORM),
        ("unplaced", None, toy.WORM),
        ("excluded", None, None),
    ],
)
def test_placement_of_each_kind(
    kind: PlacementKind, concept_id: Curie | None, broader_id: Curie | None
) -> None:
    found = placement_of(resolved(kind), LEXICON, OWN if kind == "broader" else None)
    assert found == Placement(
        label_id=Curie("sea", "7"),
        kind=kind,
        concept_id=concept_id,
        broader_id=broader_id,
        reason="because",
        confidence=0.9,
    )


def test_exact_mapping_has_every_slot() -> None:
    (row,) = mappings(resolved("exact", similarity=0.712))
    assert row == Mapping(
        subject_id=Curie("sea", "7"),
        subject_label="Tube_Worm (sea)",
        subject_source="sea",
        predicate_id="skos:exactMatch",
        object_id=toy.WORM,
        object_label="worm",
        object_source="wordnet",
        mapping_justification=Justification.COMPOSITE,
        confidence=0.9,
        mapping_tool="labelsys names-2",
        mapping_tool_version=__version__,
        match_string="tube worm",
        similarity_measure="cosine of sentence vectors",
        similarity_score=0.712,
        comment="because",
        status="accepted",
    )


def test_similarity_is_never_below_what_sssom_knows() -> None:
    (row,) = mappings(resolved("exact", similarity=-0.009))
    assert row.similarity_score == 0.0
    assert row.similarity_measure == "cosine of sentence vectors"


@pytest.mark.parametrize(
    ("how", "justification", "has_string", "has_similarity"),
    [
        ("name", Justification.COMPOSITE, True, True),
        ("head", Justification.COMPOSITE, True, True),
        ("id", Justification.MANUAL, True, False),
        ("decision", Justification.MANUAL, False, False),
        ("mid", Justification.KNOWN, False, False),
        ("group", Justification.CHAIN, False, False),
        ("parent", Justification.STRUCTURAL, True, False),
        ("theme", Justification.STRUCTURAL, False, False),
        ("neighbours", Justification.SEMANTIC, False, False),
    ],
)
def test_way_of_matching_is_the_justification(
    how: str, justification: str, *, has_string: bool, has_similarity: bool
) -> None:
    (row,) = mappings(resolved("exact", how=how, similarity=0.5))
    assert row.mapping_justification == justification
    assert row.match_string == ("tube worm" if has_string else "")
    assert row.similarity_score == (0.5 if has_similarity else None)
    assert bool(row.similarity_measure) == has_similarity


@pytest.mark.parametrize(
    ("confidence", "status"), [(0.8, "accepted"), (0.7999, "review"), (None, "review")]
)
def test_unsure_mapping_is_in_review(confidence: float | None, status: str) -> None:
    (row,) = mappings(resolved("exact", confidence=confidence))
    assert row.status == status
    assert row.confidence == (confidence or 0.0)


@pytest.mark.parametrize("kind", ["excluded", "unplaced"])
def test_label_without_a_place_has_no_mapping(kind: PlacementKind) -> None:
    assert mappings(resolved(kind)) == []


def test_new_concept_has_a_mapping_to_the_broader_one_and_one_of_its_own() -> None:
    joined = group()
    own = new_concept(OWN, joined)
    link, mine = mappings(resolved("broader", how="head", joined=joined), own)
    assert (link.predicate_id, link.object_id) == ("skos:broadMatch", toy.WORM)
    assert mine == Mapping(
        subject_id=Curie("sea", "7"),
        subject_label="Tube_Worm (sea)",
        subject_source="sea",
        predicate_id="skos:exactMatch",
        object_id=OWN,
        object_label="Tube Worm (sea)",
        object_source="labelset",
        mapping_justification=Justification.LEXICAL,
        confidence=1.0,
        mapping_tool_version=__version__,
        match_string="tube worm sea",
        comment="founded by this label",
    )


def test_nobody_says_how_sure_it_is_that_a_later_member_means_the_same() -> None:
    later = Label(label_set="reef", label_id="1", name="tube worm (sea)")
    joined = group(LABEL, later)
    answer = resolved("broader", label=later, how="head", joined=joined)
    _, mine = mappings(answer, new_concept(OWN, joined))
    assert (mine.confidence, mine.comment) == (None, "has the name of sea:7")
    assert mine.status == "accepted"
