"""Nothing falls under two classes that share nothing: edges of sources, links of label sets.

The graph is `tests.lexicon_toy`: animal, person, artifact and plant are disjoint there.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

import labelsys
from labelsys.config import MatchSettings, Recipe, Settings, SourceSpec
from labelsys.errors import SourceError
from labelsys.hierarchy import Hierarchy
from labelsys.ids import ROOT, Curie
from labelsys.lint import has_errors
from labelsys.merge.build import BuildOptions, build
from labelsys.merge.coherence import keep_apart, review_clashes
from labelsys.merge.top_classes import Clash, TopClasses, Tops, load_top_classes
from labelsys.model import Concept, Edge, Label, LabelSet, Mapping, Name
from labelsys.source.combine import Base
from labelsys.source.registry import sources
from labelsys.stats import explain_stats
from labelsys.tables import read_table
from labelsys.vocab import Justification
from labelsys.workspace import Workspace
from tests import lexicon_toy as toy

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.model import Finding
    from labelsys.progress import Progress
    from labelsys.source.protocol import SourceData

ROBOT, PUPPET, CHILD = (Curie("wd", f"Q90001{n}") for n in (0, 1, 2))


def item(id_: Curie, name: str) -> Concept:
    return Concept(
        id=id_, pref_label=name, names=(Name(text=name, kind="pref"),), source="wikidata"
    )


def base(*edges: Edge, names: dict[Curie, str] | None = None) -> Base:
    names = names or {}
    extra = {edge.narrower for edge in edges}
    added = tuple(item(id_, names.get(id_, "thing")) for id_ in sorted(extra))
    return Base(
        concepts=tuple(sorted((*toy.concepts(), *added), key=lambda c: c.id)),
        edges=tuple(sorted((*toy.edges(), *edges))),
        mappings=(),
        findings=(),
    )


# -- the table -----------------------------------------------------------------------------


def test_shipped_table_names_each_pair_once() -> None:
    classes = load_top_classes()
    assert {"living_thing.n.01", "artifact.n.01", "event.n.01", "location.n.01"} <= set(
        classes.names
    )
    bits = list(classes.bits.values())
    assert bits == [1 << n for n in range(len(bits))]
    for a, b in combinations(bits, 2):
        forward, back = classes.clash(a, b), classes.clash(b, a)
        assert (forward is None) == (back is None)
        if forward is not None and back is not None:
            assert forward == (back.b, back.a)


def table(tmp_path: Path, *rows: str) -> TopClasses:
    path = tmp_path / "disjoint.tsv"
    path.write_text("\n".join(("a\ta_name\tb\tb_name", *rows)) + "\n", encoding="utf-8")
    return TopClasses(read_table(path))


def test_clash_wants_each_class_on_its_own_side_only(tmp_path: Path) -> None:
    classes = table(tmp_path, "wd:Q1\tx\twd:Q2\ty", "wd:Q3\tz\twd:Q2\ty")
    x, y, z = 1, 2, 4
    assert classes.clash(x, y) == Clash("x", "y")
    assert classes.clash(x, z) is None
    assert classes.clash(x | y, y) is None  # the one side has both by itself
    assert classes.clash(x | z, y) == Clash("x", "y")
    assert classes.clash(0, y) is None


def test_class_against_itself_is_an_error_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"disjoint\.tsv:2: wd:Q1 is declared disjoint from"):
        table(tmp_path, "wd:Q1\tx\twd:Q1\tx")
    with pytest.raises(SourceError, match=r"disjoint\.tsv:3: wn30:'1-n' is no WordNet id"):
        table(tmp_path, "wd:Q1\tx\twd:Q2\ty", "wn30:1-n\tx\twd:Q2\ty")


def test_classes_of_a_concept_are_those_above_it_over_both_kinds() -> None:
    tops = Tops(load_top_classes(), toy.edges())
    names = tops.classes.names

    def named(id_: Curie) -> set[str]:
        return {name for n, name in enumerate(names) if tops.of(id_) >> n & 1}

    assert named(toy.EINSTEIN) == {"person.n.01"}
    assert named(toy.DOG) == {"animal.n.01"}
    assert named(toy.ARTIFACT) == {"artifact.n.01"}
    assert named(ROOT) == set()
    assert named(Curie("wd", "Q1")) == set()


# -- edges of a source ---------------------------------------------------------------------


def test_coherent_sources_stay_as_they_are() -> None:
    given = base(Edge(ROBOT, toy.DEVICE), Edge(ROBOT, toy.VEHICLE))
    assert keep_apart(given) is given


def test_edge_that_somebody_looked_at_stays_against_all_others() -> None:
    edges = (Edge(ROBOT, toy.DEVICE), Edge(ROBOT, toy.VEHICLE), Edge(ROBOT, toy.PERSON))
    told = Mapping(
        subject_id=ROBOT,
        predicate_id="skos:broadMatch",
        object_id=toy.PERSON,
        mapping_justification="semapv:MappingReview",
    )
    for mapping, kept in (
        (told, [edges[2]]),
        (replace(told, status="review"), sorted(edges[:2])),
        (replace(told, predicate_id="skos:closeMatch"), sorted(edges[:2])),
    ):
        found = keep_apart(replace(base(*edges, names={ROBOT: "robot"}), mappings=(mapping,)))
        assert [e for e in found.edges if e.narrower == ROBOT] == kept


def test_edge_that_fewer_agree_with_is_left_out_and_kept_in_review() -> None:
    edges = (Edge(ROBOT, toy.DEVICE), Edge(ROBOT, toy.VEHICLE), Edge(ROBOT, toy.PERSON))
    found = keep_apart(base(*edges, names={ROBOT: "robot"}))
    assert [e for e in found.edges if e.narrower == ROBOT] == sorted(edges[:2])
    (mapping,) = found.mappings
    assert (mapping.subject_id, mapping.predicate_id, mapping.object_id) == (
        ROBOT,
        "skos:broadMatch",
        toy.PERSON,
    )
    assert (mapping.status, mapping.subject_label, mapping.confidence) == ("review", "robot", None)
    (finding,) = found.findings
    assert (finding.code, finding.id) == ("W210", ROBOT)
    assert finding.message == (
        f"not put under {toy.PERSON}: that is under person.n.01, {toy.DEVICE} is under "
        "artifact.n.01, and nothing is both"
    )


@pytest.mark.parametrize(
    ("name", "kept"),
    [("little dog", toy.DOG), ("toy vehicle", toy.VEHICLE), ("robot", toy.DOG)],
    ids=["named after the one", "named after the other", "the deeper one"],
)
def test_of_two_edges_the_name_decides_then_the_depth(name: str, kept: Curie) -> None:
    given = base(Edge(ROBOT, toy.DOG), Edge(ROBOT, toy.VEHICLE), names={ROBOT: name})
    assert [e.broader for e in keep_apart(given).edges if e.narrower == ROBOT] == [kept]


def test_synset_goes_before_another_class_of_the_source() -> None:
    given = base(
        Edge(PUPPET, toy.POODLE),  # deeper than the vehicle
        Edge(ROBOT, PUPPET),
        Edge(ROBOT, toy.VEHICLE),
        names={ROBOT: "robot", PUPPET: "puppet"},
    )
    assert [e.broader for e in keep_apart(given).edges if e.narrower == ROBOT] == [toy.VEHICLE]


def test_what_is_below_a_cut_is_judged_without_it() -> None:
    given = base(
        Edge(PUPPET, toy.DEVICE),
        Edge(PUPPET, toy.VEHICLE),
        Edge(PUPPET, toy.PERSON),
        Edge(CHILD, PUPPET),
        Edge(CHILD, toy.BOARD),
    )
    found = keep_apart(given)
    assert {m.subject_id for m in found.mappings} == {PUPPET}
    assert len([e for e in found.edges if e.narrower == CHILD]) == 2


def test_every_concept_still_reaches_the_root_and_none_is_under_two() -> None:
    edges = [
        Edge(ROBOT, toy.PERSON),
        Edge(ROBOT, toy.DOG),
        Edge(ROBOT, toy.CAR),
        Edge(PUPPET, ROBOT),
        Edge(PUPPET, toy.POPPY),
        Edge(CHILD, PUPPET),
        Edge(CHILD, toy.SHIP),
    ]
    found = keep_apart(base(*edges))
    assert Hierarchy(found.edges).unreached(ROOT) == ()
    pairs = [(toy.ANIMAL, toy.PERSON), (toy.ANIMAL, toy.ARTIFACT), (toy.PERSON, toy.ARTIFACT)]
    pairs += [(toy.PLANT, other) for other in (toy.ANIMAL, toy.PERSON, toy.ARTIFACT)]
    hierarchy = Hierarchy(found.edges)
    for id_ in hierarchy.ids:
        for a, b in pairs:
            assert not (hierarchy.is_under(id_, a) and hierarchy.is_under(id_, b)), id_


def test_order_of_the_edges_does_not_matter() -> None:
    edges = (Edge(ROBOT, toy.PERSON), Edge(ROBOT, toy.DOG), Edge(ROBOT, toy.CAR))
    given = base(*edges)
    again = replace(given, edges=given.edges[::-1], concepts=given.concepts[::-1])
    one, other = keep_apart(given), keep_apart(again)
    assert (one.mappings, one.findings) == (other.mappings, other.findings)
    assert sorted(one.edges) == sorted(other.edges)


def test_what_a_synset_itself_falls_under_is_no_finding() -> None:
    film = Edge(toy.CHURCH, toy.PERSON)  # as if WordNet said so
    given = replace(base(Edge(ROBOT, toy.CHURCH)), edges=())
    given = replace(given, edges=tuple(sorted((*toy.edges(), film, Edge(ROBOT, toy.CHURCH)))))
    assert keep_apart(given) is given


# -- links of label sets -------------------------------------------------------------------


def link(label: str, object_id: Curie, confidence: float | None, **changes: str) -> Mapping:
    fields = {"predicate_id": "skos:exactMatch", **changes}
    return Mapping(
        subject_id=Curie.parse(label),
        object_id=object_id,
        object_label="x",
        mapping_justification=Justification.COMPOSITE,
        confidence=confidence,
        **fields,  # type: ignore[arg-type]  # a test names its fields itself
    )


def labels(*rows: tuple[str, str | None]) -> LabelSet:
    return LabelSet(
        id="a",
        labels=tuple(
            Label(label_set="a", label_id=str(n), name=name, parent=parent)
            for n, (name, parent) in enumerate(rows)
        ),
    )


def reviewed(
    mappings: list[Mapping], label_set: LabelSet, *curated: str
) -> tuple[list[str], tuple[Finding, ...]]:
    found, findings = review_clashes(
        mappings, [label_set], toy.edges(), curated={Curie.parse(c) for c in curated}
    )
    same = [replace(m, status="accepted") for m in found]
    assert same == [replace(m, status="accepted") for m in mappings]
    return [m.status for m in found], findings


BIRDS = labels(("bird", None), ("crane", "bird"))


@pytest.mark.parametrize(
    ("of_parent", "of_child", "expected"),
    [
        (0.9, 0.85, ["accepted", "review"]),
        (0.85, 0.9, ["review", "accepted"]),
        (0.9, 0.9, ["accepted", "review"]),
        (0.9, None, ["accepted", "review"]),
    ],
)
def test_weaker_of_child_and_parent_goes_to_review(
    of_parent: float, of_child: float | None, expected: list[str]
) -> None:
    mappings = [
        link("a:0", toy.BIRD, of_parent),
        link("a:1", toy.CRANE_MACHINE, of_child),
    ]
    statuses, (finding,) = reviewed(mappings, BIRDS)
    assert statuses == expected
    assert (finding.code, finding.id) == ("W211", f"a:{expected.index('review')}")


def test_finding_says_what_contradicts_what() -> None:
    mappings = [link("a:0", toy.BIRD, 0.9), link("a:1", toy.CRANE_MACHINE, 0.85)]
    _, (finding,) = reviewed(mappings, BIRDS)
    assert finding.message == (
        f"skos:exactMatch {toy.CRANE_MACHINE} (x), in review: that is under artifact.n.01, but "
        f"its relation a:0 is linked to {toy.BIRD} (x) under animal.n.01, and nothing is both"
    )


def test_parent_that_most_of_its_labels_contradict_is_the_one_in_doubt() -> None:
    fleet = labels(("bird", None), ("car", "bird"), ("ship", "bird"), ("goose", "bird"))
    mappings = [
        link("a:0", toy.BIRD, 0.99),
        link("a:1", toy.CAR, 0.81),
        link("a:2", toy.SHIP, 0.82),
        link("a:3", toy.GOOSE, 0.83),
    ]
    statuses, findings = reviewed(mappings, fleet)
    assert statuses == ["review", "accepted", "accepted", "accepted"]
    assert len(findings) == 1
    half = labels(*(("bird", None), ("car", "bird"), ("goose", "bird")))
    assert reviewed(
        [mappings[0], mappings[1], replace(mappings[3], subject_id=Curie("a", "2"))], half
    )[0] == ["accepted", "review", "accepted"]


def test_what_a_curator_accepted_stays() -> None:
    mappings = [link("a:0", toy.BIRD, 1.0), link("a:1", toy.CRANE_MACHINE, 0.85)]
    assert reviewed(mappings, BIRDS, "a:1")[0] == ["review", "accepted"]
    statuses, (finding,) = reviewed(mappings, BIRDS, "a:0", "a:1")
    assert statuses == ["accepted", "accepted"]
    assert "two curators' decisions contradict each other" in finding.message


def test_two_links_of_one_label_contradict_each_other() -> None:
    own = Curie("ls", "aaaaaaaa")
    edges = [*toy.edges(), Edge(own, toy.BIRD)]
    mappings = [
        link("a:0", toy.DEVICE, 0.9, predicate_id="skos:broadMatch"),
        link("a:0", own, None),
    ]
    found, findings = review_clashes(mappings, [labels(("x", None))], edges)
    assert [m.status for m in found] == ["accepted", "review"]
    assert [f.code for f in findings] == ["W211"]


@pytest.mark.parametrize(
    "changes",
    [
        {"predicate_id": "skos:closeMatch"},
        {"predicate_modifier": "Not"},
        {"status": "review"},
        {"status": "rejected"},
    ],
    ids=str,
)
def test_what_asserts_nothing_contradicts_nothing(changes: dict[str, str]) -> None:
    mappings = [link("a:0", toy.BIRD, 0.9), link("a:1", toy.CRANE_MACHINE, 0.85, **changes)]
    found, findings = review_clashes(mappings, [BIRDS], toy.edges())
    assert (list(found), findings) == (mappings, ())


def test_parent_that_is_no_label_says_nothing() -> None:
    alone = labels(("crane", "bird"))
    assert reviewed([link("a:0", toy.CRANE_MACHINE, 0.9)], alone) == (["accepted"], ())


@pytest.mark.slow
@pytest.mark.wordnet
def test_wordnet_keeps_the_declared_classes_apart(wordnet_data: SourceData) -> None:
    """The counts in the table, by closures of one class at a time."""
    from importlib.resources import files

    given = read_table(files("labelsys_ontologies").joinpath("disjoint.tsv"))
    hierarchy = Hierarchy(wordnet_data.edges)
    names = {name: c.id for c in wordnet_data.concepts for name in c.synset_names}
    for a, a_name, b, b_name, both, smaller in given.rows:
        assert (names[a_name], names[b_name]) == (a, b)
        one = set(hierarchy.descendants(Curie.parse(a), instances=True)) | {a}
        other = set(hierarchy.descendants(Curie.parse(b), instances=True)) | {b}
        assert (len(one & other), min(len(one), len(other))) == (int(both), int(smaller))
        assert 200 * int(both) <= int(smaller)


# -- a whole build -------------------------------------------------------------------------


class ClashSource(toy.ToySource):
    """The lexicon and one class that is said to be a person and a device."""

    name = "clash"

    def load(self, base: SourceData | None, progress: Progress, /) -> SourceData:
        found = super().load(base, progress)
        return replace(
            found,
            concepts=tuple(sorted((*found.concepts, item(ROBOT, "robot")), key=lambda c: c.id)),
            edges=(
                *found.edges,
                Edge(ROBOT, toy.PHYSICIST),
                Edge(ROBOT, toy.DEVICE),
            ),
        )


def test_build_puts_in_review_what_clashes_and_counts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_targets", dict(sources._targets))
    sources.add_lazy("clash", f"{__name__}:ClashSource")
    recipe = Recipe(
        label_sets=(),
        sources=(SourceSpec(name="clash", version="1"),),
        match=MatchSettings(encoder="none"),
    )
    workspace = Workspace.create(tmp_path / "w", recipe, settings=Settings(cache=None))
    workspace.add_label_set(
        toy.label_set(
            "zoo",
            {"name": "Bird", "synset": "bird.n.01"},
            {"name": "Crane", "synset": "crane.n.04", "parent": "bird"},
            {"name": "Goose", "synset": "goose.n.01", "parent": "bird"},
        )
    )
    report = build(workspace)
    before = report.path.read_bytes()
    with labelsys.open(workspace.path) as system:
        (edge,) = [m for m in system.mappings() if m.subject_id == ROBOT]
        assert (edge.object_id, edge.predicate_id, edge.status) == (
            *(toy.PHYSICIST, "skos:broadMatch"),  # of two alike, the smaller id stays
            "review",
        )
        assert [e.broader for e in system.store.iter_broader(ROBOT)] == [toy.DEVICE]
        statuses = {m.subject_label: m.status for m in system.mappings() if m.subject_id != ROBOT}
        assert statuses == {"Bird": "accepted", "Crane": "review", "Goose": "accepted"}
        place = system.store.find_placement(Curie("zoo", "1"))
        assert place is not None
        assert place.concept_id == toy.CRANE_MACHINE  # it stays where it is; the link waits
        found = [(f.code, f.id) for f in system.lint() if f.code in {"W210", "W211"}]
        assert found == [("W210", ROBOT), ("W211", "zoo:1")]
        assert not has_errors(system.lint())
        assert system.stats().incoherent == 2
        explained = {row.name: row.value for row in explain_stats(system.store)}
        assert explained["incoherent"] == 2
    assert build(workspace, BuildOptions(force=True)).path.read_bytes() == before
