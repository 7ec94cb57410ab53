"""All sources as one, and concepts taken out of it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from labelsys.errors import ConfigError
from labelsys.ids import ROOT, Curie
from labelsys.model import Concept, Definition, Edge, EdgeKind, Finding, Mapping, Name
from labelsys.source.combine import Base, combine, take_out
from labelsys.source.protocol import SourceData
from labelsys.vocab import Justification

A, B, C, D, E = (Curie("wd", f"Q{n}") for n in range(1, 6))
ITEM = Curie("wd", "Q900")


def concept(id_: Curie, *names: str, xrefs: tuple[Curie, ...] = ()) -> Concept:
    return Concept(
        id=id_,
        pref_label=names[0] if names else "",
        names=tuple(Name(text=n) for n in names),
        xrefs=xrefs,
    )


def data(name: str, *concepts: Concept, edges: tuple[Edge, ...] = (), **more: object) -> SourceData:
    return SourceData(
        name=name,
        version="1",
        fingerprint="",
        concepts=concepts,
        edges=edges,
        **more,  # type: ignore[arg-type]  # a test names the fields itself
    )


def mapping(subject: Curie, object_: Curie) -> Mapping:
    return Mapping(
        subject_id=subject,
        predicate_id="skos:exactMatch",
        object_id=object_,
        mapping_justification=Justification.KNOWN,
    )


def finding(id_: str) -> Finding:
    return Finding(code="W205", id=id_, message="")


def base(*edges: tuple[Curie, Curie] | tuple[Curie, Curie, EdgeKind], **more: object) -> Base:
    found = tuple(sorted(Edge(*edge) for edge in edges))
    ids = sorted({ROOT, *(e.narrower for e in found), *(e.broader for e in found)})
    values = {"mappings": (), "findings": (), **more}
    return Base(
        concepts=tuple(concept(id_) for id_ in ids),
        edges=found,
        **values,  # type: ignore[arg-type]  # a test names the fields itself
    )


def edges_without(given: Base, *ids: Curie) -> set[Edge]:
    found = take_out(given, ids)
    assert found.edges == tuple(sorted(set(found.edges)))
    assert [c.id for c in found.concepts] == sorted(c.id for c in found.concepts)
    kept = {c.id for c in found.concepts}
    assert kept == {c.id for c in given.concepts} - set(ids)
    assert all(e.narrower in kept and e.broader in kept for e in found.edges)
    return set(found.edges)


def test_sources_are_put_together_sorted() -> None:
    first = data("one", concept(B, "b"), edges=(Edge(B, A),), findings=(finding("y"),))
    second = data("two", concept(A, "a"), edges=(Edge(A, ROOT),), mappings=(mapping(A, B),))
    found = combine([first, second])
    assert [c.id for c in found.concepts] == [A, B]
    assert found.edges == (Edge(A, ROOT), Edge(B, A))
    assert (found.mappings, found.findings) == ((mapping(A, B),), (finding("y"),))
    assert found.hidden == frozenset()


def test_later_source_adds_names_and_ids_to_earlier_concepts() -> None:
    own = Curie("ili", "i1")
    first = data("one", concept(A, "dog", xrefs=(own,)))
    second = data("two", extra=(concept(A, "hound", "cur", xrefs=(ITEM, own)),))
    third = data("three", extra=(concept(A, "pooch"),))
    (found,) = combine([first, second, third]).concepts
    assert found.pref_label == "dog"
    assert [n.text for n in found.names] == ["dog", "hound", "cur", "pooch"]
    assert found.xrefs == (own, ITEM)


def test_later_source_adds_definitions_in_languages_that_have_none() -> None:
    has = replace(concept(A, "dog"), definitions=(Definition("de", "Tier"),))
    gains = replace(
        concept(A), definitions=(Definition("de", "anderes"), Definition("ar", "حيوان"))
    )
    both = combine([data("wordnet", has), data("wikidata", extra=(gains,))])
    assert both.concepts[0].definitions == (Definition("ar", "حيوان"), Definition("de", "Tier"))


def test_no_sources_are_an_empty_base() -> None:
    assert combine([]) == Base(concepts=(), edges=(), mappings=(), findings=())


def test_taking_nothing_out_changes_nothing() -> None:
    given = base((A, ROOT))
    assert take_out(given, []) is given


def test_children_move_to_the_nearest_concepts_that_stay() -> None:
    chain = base((A, ROOT), (B, A), (C, B), (D, C))
    assert edges_without(chain, B) == {Edge(A, ROOT), Edge(C, A), Edge(D, C)}
    assert edges_without(chain, B, C) == {Edge(A, ROOT), Edge(D, A)}
    assert edges_without(chain, A, B, C) == {Edge(D, ROOT)}


def test_hidden_leaf_leaves_nothing_behind() -> None:
    assert edges_without(base((A, ROOT), (B, A)), B) == {Edge(A, ROOT)}


def test_children_move_to_every_parent_of_a_hidden_concept() -> None:
    #   root - A, B;  C under A and B;  D under C
    diamond = base((A, ROOT), (B, ROOT), (C, A), (C, B), (D, C))
    assert edges_without(diamond, C) == {Edge(A, ROOT), Edge(B, ROOT), Edge(D, A), Edge(D, B)}
    # A goes too: D hangs where A hung, and under B
    assert edges_without(diamond, C, A) == {Edge(B, ROOT), Edge(D, B), Edge(D, ROOT)}


def test_two_hidden_ways_to_one_concept_are_one_edge() -> None:
    diamond = base((A, ROOT), (B, A), (C, A), (D, B), (D, C))
    assert edges_without(diamond, B, C) == {Edge(A, ROOT), Edge(D, A)}


def test_children_keep_their_other_parents() -> None:
    assert edges_without(base((A, ROOT), (B, ROOT), (C, A), (C, B)), A) == {
        Edge(B, ROOT),
        Edge(C, B),
        Edge(C, ROOT),
    }


@pytest.mark.parametrize(
    ("below", "above", "kind"),
    [
        ("subclass", "subclass", "subclass"),
        ("instance", "subclass", "instance"),
        ("subclass", "instance", "instance"),
        ("instance", "instance", "instance"),
    ],
)
def test_way_with_an_instance_step_says_instance(
    below: EdgeKind, above: EdgeKind, kind: EdgeKind
) -> None:
    given = base((A, ROOT), (B, A, above), (C, B, below))
    assert edges_without(given, B) == {Edge(A, ROOT), Edge(C, A, kind)}


def test_instance_step_counts_over_several_hidden_concepts() -> None:
    given = base((A, ROOT), (B, A, "instance"), (C, B), (D, C))
    assert edges_without(given, B, C) == {Edge(A, ROOT), Edge(D, A, "instance")}


def test_items_mappings_and_findings_go_with_a_hidden_concept() -> None:
    given = base((A, ROOT), (B, ROOT))
    own = replace(given.concepts[0], xrefs=(ITEM, Curie("ili", "i1")))
    assert own.id == A
    given = replace(
        given,
        concepts=(own, *given.concepts[1:]),
        mappings=(mapping(ITEM, A), mapping(ITEM, B), mapping(C, A), mapping(C, B)),
        findings=(finding(A), finding(ITEM), finding(B)),
    )
    found = take_out(given, [A])
    assert found.mappings == (mapping(C, B),)
    assert found.findings == (finding(B),)
    assert found.hidden == {A, ITEM, "ili:i1"}


def test_root_can_not_be_hidden() -> None:
    with pytest.raises(ConfigError, match=f"hide: cannot hide {ROOT}: everything hangs below"):
        take_out(base((A, ROOT)), [A, ROOT])


def test_unknown_id_can_not_be_hidden() -> None:
    line = re.escape("hide: cannot hide 'wd:Q4': no such concept (2 of 3 unknown)")
    with pytest.raises(ConfigError, match=f"^{line}$"):
        take_out(base((A, ROOT)), [E, D, A])
