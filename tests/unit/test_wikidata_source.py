from __future__ import annotations

import gzip
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import starmap
from typing import TYPE_CHECKING

import networkx as nx
import pytest

from labelsys.errors import SourceError
from labelsys.ids import Curie
from labelsys.model import Concept, Edge, Name, Sense
from labelsys.progress import SilentProgress
from labelsys.source.protocol import SourceData
from labelsys.source.wikidata.corrections import load_corrections
from labelsys.source.wikidata.pulled import Claim, Entity, Text, qid_number, write_pull
from labelsys.source.wikidata.source import WikidataSource, read_shipped
from labelsys.vocab import Justification
from tests.progress_toy import Heard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# WordNet here: entity, animal, dog (two senses of the word), pup.
ENTITY, ANIMAL, DOG, CAD, PUP = (
    Curie("wn30", f"{offset}-n")
    for offset in ("00001740", "00015388", "02084071", "09886220", "02085374")
)


def synset(id_: Curie, wn31: str, *lemmas: tuple[str, int, int], hidden: str = "") -> Concept:
    names = [
        Name(text=text, sense=Sense(number=number, count=count, lex_id=0))
        for text, number, count in lemmas
    ]
    extra = [Name(text=hidden, kind="hidden", sense=names[0].sense)] if hidden else []
    return Concept(
        id=id_,
        pref_label=lemmas[0][0],
        names=(*names, *extra),
        xrefs=(Curie("ili", "i1"), Curie("wn31", wn31)),
    )


BASE = SourceData(
    name="wordnet",
    version="3.0",
    fingerprint="",
    concepts=(
        synset(ENTITY, "00001740-n", ("entity", 1, 11)),
        synset(ANIMAL, "00015568-n", ("animal", 1, 82), ("beast", 1, 3)),
        synset(DOG, "02086723-n", ("dog", 1, 42), ("domestic dog", 1, 0), hidden="doggen"),
        synset(PUP, "02088026-n", ("pup", 1, 5), ("whelp", 2, 0)),
        synset(CAD, "09905672-n", ("cad", 1, 0), ("dog", 4, 2)),
    ),
    edges=(),
)

EXACT = ("skos:exactMatch", "accepted")

CLASSES = {
    "Q144": ("dog", "domesticated animal", "hound|Domestic-Dog|🐕"),
    "Q38559": ("Portuguese Water Dog", "breed of dog", "PWD|Cao de Agua|PWD"),
    "Q39367": ("dog breed", "", ""),
}
SUBCLASS = [("Q38559", "Q39367"), ("Q39367", "Q144"), ("Q144", "Q38559")]
LINKS = [("Q144", "02086723-n", "dog", "")]


def write_toy(
    folder: Path,
    classes: dict[str, tuple[str, str, str]] | None = None,
    subclass: list[tuple[str, str]] | None = None,
    links: list[tuple[str, str, str, str]] | None = None,
) -> Path:
    """Write a pull: classes by their texts, P279 edges, and links with texts of their own."""
    texts: dict[str, tuple[str, str, str]] = {}
    claims: dict[str, list[Claim]] = defaultdict(list)
    for qid, wn31, label, aliases in LINKS if links is None else links:
        texts[qid] = (label, "", aliases)
        claims[qid].append(Claim("P8814", wn31))
    texts.update(CLASSES if classes is None else classes)
    for narrower, broader in SUBCLASS if subclass is None else subclass:
        claims[narrower].insert(0, Claim("P279", broader))
    entities = [
        Entity(qid, tuple(english(*texts.get(qid, ("", "", "")))), tuple(claims[qid]))
        for qid in sorted({*texts, *claims}, key=qid_number)
    ]
    write_pull(folder, {"license": "CC0-1.0", "version": "7"}, entities)
    return folder


def english(label: str, description: str, aliases: str) -> Iterator[Text]:
    yield Text("en", "label", label)
    yield Text("en", "description", description)
    for alias in aliases.split("|"):
        yield Text("en", "alias", alias)


def load(folder: Path) -> SourceData:
    return WikidataSource(folder=folder).load(BASE, SilentProgress())


def test_what_is_found_is_what_is_loaded(tmp_path: Path) -> None:
    source = WikidataSource(folder=write_toy(tmp_path))
    loading, telling = Heard(), Heard()
    data = source.load(BASE, loading)
    found = source.find(SilentProgress())
    assert (found.fingerprint, found.place) == (data.fingerprint, str(tmp_path))
    source.tell(found, data.info, telling)
    assert telling.lines == loading.lines
    assert loading.lines == [
        ("start", "read Wikidata", None),
        ("done", "2 classes, 2 edges, 1 synsets linked"),
    ]


def test_finding_a_table_that_is_missing_is_an_error(tmp_path: Path) -> None:
    (write_toy(tmp_path) / "claims.tsv.gz").unlink()
    with pytest.raises(SourceError, match=r"claims\.tsv\.gz: no such file"):
        WikidataSource(folder=tmp_path).find(SilentProgress())


def codes(data: SourceData) -> list[tuple[str, str]]:
    return [(finding.code, finding.id) for finding in data.findings]


def test_a_class_becomes_a_concept_under_what_it_reaches(tmp_path: Path) -> None:
    data = load(write_toy(tmp_path))
    assert [concept.id for concept in data.concepts] == ["wd:Q38559", "wd:Q39367"]
    breed, water_dog = data.concepts[1], data.concepts[0]
    assert (breed.pref_label, breed.gloss, breed.source) == ("dog breed", "", "wikidata")
    assert water_dog.gloss == "breed of dog"
    assert water_dog.names == (
        Name(text="Portuguese Water Dog", kind="pref"),
        Name(text="PWD"),
        Name(text="Cao de Agua"),
    )
    assert water_dog.qid == "Q38559"
    assert data.edges == (
        Edge(Curie("wd", "Q38559"), Curie("wd", "Q39367")),
        Edge(Curie("wd", "Q39367"), DOG),
    )
    assert (data.name, data.version, data.findings) == ("wikidata", "7", ())


def test_a_linked_item_gives_its_synset_an_id_and_new_names(tmp_path: Path) -> None:
    (gain,) = load(write_toy(tmp_path)).extra
    assert (gain.id, gain.xrefs) == (DOG, ("wd:Q144",))
    # "dog" is there, "Domestic-Dog" folds to a lemma, and the picture folds to nothing.
    assert gain.names == (Name(text="hound"),)


def test_a_name_that_is_there_as_a_hidden_one_is_not_added(tmp_path: Path) -> None:
    links = [("Q144", "02086723-n", "Doggen", "mutt")]
    (gain,) = load(write_toy(tmp_path, classes={}, subclass=[], links=links)).extra
    assert [name.text for name in gain.names] == ["mutt"]


def test_a_link_is_an_accepted_exact_mapping_that_claims_no_confidence(tmp_path: Path) -> None:
    (mapping,) = load(write_toy(tmp_path)).mappings
    assert (mapping.subject_id, mapping.predicate_id, mapping.object_id) == (
        "wd:Q144",
        "skos:exactMatch",
        DOG,
    )
    assert mapping.mapping_justification == "semapv:BackgroundKnowledgeBasedMatching"
    assert (mapping.status, mapping.confidence, mapping.comment) == (
        "accepted",
        None,
        "Wikidata property P8814",
    )
    assert (mapping.subject_label, mapping.object_label) == ("dog", "dog")


@pytest.mark.parametrize(
    ("label", "aliases", "taken"),
    [
        ("Dog", "", DOG),  # both have the lemma: sense 1 before sense 4
        ("cad", "", CAD),  # only one has it
        ("cad", "dog", CAD),  # the label before an alias
        ("thing", "beast|whelp", PUP),  # an alias, where animal is no candidate
        ("thing", "", PUP),  # none agrees: first lemmas have sense 1, then 42, 5 and 0 counts
    ],
)
def test_of_several_synsets_the_best_named_is_taken(
    tmp_path: Path, label: str, aliases: str, taken: Curie
) -> None:
    ids = {DOG: "02086723-n", CAD: "09905672-n", PUP: "02088026-n"}
    candidates = [PUP, CAD] if label == "thing" else [CAD, DOG, PUP]
    links = [("Q5", ids[id_], label, aliases) for id_ in candidates]
    data = load(write_toy(tmp_path, classes={}, subclass=[], links=links))
    exact = [m.object_id for m in data.mappings if m.predicate_id == "skos:exactMatch"]
    assert exact == [taken]
    rest = [(m.object_id, m.predicate_id, m.status) for m in data.mappings[1:]]
    assert sorted(rest) == sorted(
        (id_, "skos:closeMatch", "review") for id_ in candidates if id_ != taken
    )
    assert [gain.id for gain in data.extra] == [taken]
    (finding,) = data.findings
    assert (finding.code, finding.id) == ("W205", "wd:Q5")
    assert finding.message.startswith(f"linked to {len(candidates)} synsets: {taken} (")


def test_counts_break_the_tie_of_equal_senses_and_then_the_id(tmp_path: Path) -> None:
    both = [("Q5", "00015568-n", "x", ""), ("Q5", "00001740-n", "x", "")]
    data = load(write_toy(tmp_path, classes={}, subclass=[], links=both))
    assert data.mappings[0].object_id == ANIMAL  # 82 before 11
    tied = Concept(
        id=Curie("wn30", "00000009-n"),
        pref_label="z",
        names=BASE.concepts[1].names,
        xrefs=(Curie("wn31", "00000009-n"),),
    )
    base = SourceData(
        name="wordnet", version="", fingerprint="", concepts=(tied, *BASE.concepts), edges=()
    )
    links = [("Q5", "00015568-n", "x", ""), ("Q5", "00000009-n", "x", "")]
    write_toy(tmp_path, classes={}, subclass=[], links=links)
    data = WikidataSource(folder=tmp_path).load(base, SilentProgress())
    assert data.mappings[0].object_id == tied.id


def test_a_newer_id_of_two_synsets_makes_both_candidates(tmp_path: Path) -> None:
    twin = synset(Curie("wn30", "02084072-n"), "02086723-n", ("doggie", 1, 0))
    base = SourceData(
        name="wordnet", version="", fingerprint="", concepts=(*BASE.concepts, twin), edges=()
    )
    write_toy(tmp_path, links=[("Q144", "02086723-n", "doggie", "")], classes={}, subclass=[])
    data = WikidataSource(folder=tmp_path).load(base, SilentProgress())
    assert [m.object_id for m in data.mappings] == [twin.id, DOG]
    assert codes(data) == [("W205", "wd:Q144")]


def test_two_items_of_one_synset_are_both_its_ids(tmp_path: Path) -> None:
    links = [("Q144", "02086723-n", "dog", ""), ("Q20", "02086723-n", "hound", "")]
    classes = {"Q7": ("breed", "", "")}
    data = load(write_toy(tmp_path, classes, subclass=[("Q7", "Q144"), ("Q7", "Q20")], links=links))
    assert data.extra[0].xrefs == ("wd:Q144", "wd:Q20")
    assert data.edges == (Edge(Curie("wd", "Q7"), DOG),)
    assert data.counts["edges"].skipped == {"the same by another item of the synset": 1}


def test_an_id_of_no_synset_is_a_finding_and_a_count(tmp_path: Path) -> None:
    links = [*LINKS, ("Q9", "99999999-n", "nothing", "")]
    data = load(write_toy(tmp_path, links=links))
    assert codes(data) == [("W203", "wd:Q9")]
    assert data.counts["links by wordnet-31-id"].failed == {"unknown 3.1 id": 1}
    assert data.counts["linked items"].failed == {"no known id": 1}
    assert (data.counts["linked items"].read, data.counts["linked items"].kept) == (2, 1)
    assert [m.subject_id for m in data.mappings] == ["wd:Q144"]


def test_an_id_of_a_verb_is_a_finding_and_a_count(tmp_path: Path) -> None:
    data = load(write_toy(tmp_path, links=[*LINKS, ("Q9", "02086723-v", "to dog", "")]))
    assert codes(data) == [("W203", "wd:Q9")]
    assert data.counts["links by wordnet-31-id"].failed == {"no noun of WordNet 3.1": 1}


def test_classes_that_reach_nothing_are_left_out_and_listed(tmp_path: Path) -> None:
    classes = {**CLASSES, "Q50": ("lost", "", ""), "Q51": ("more lost", "", "")}
    data = load(write_toy(tmp_path, classes, [*SUBCLASS, ("Q51", "Q50"), ("Q38559", "Q50")]))
    assert codes(data) == [("W202", "wd:Q50"), ("W202", "wd:Q51")]
    assert data.counts["classes"].skipped == {
        "linked to a synset": 1,
        "reaches no linked item": 2,
    }
    assert data.counts["edges"].skipped == {
        "narrower is linked to a synset, whose own hypernyms stand": 1,
        "narrower reaches no linked item": 1,
        "broader reaches no linked item": 1,
    }


def test_what_is_under_a_class_without_name_goes_under_what_is_above_it(tmp_path: Path) -> None:
    # Q4 - (Q3) - (Q2) - dog, both without a name, and Q4 under animal as well. Q2 goes first:
    # Q3 - dog is its bridge. Then Q3 goes: Q4 - dog is its bridge, and the only one that stays.
    classes = {"Q2": ("", "", "🐕"), "Q3": ("→", "", ""), "Q4": ("leaf", "", "")}
    subclass = [("Q4", "Q3"), ("Q3", "Q2"), ("Q2", "Q144"), ("Q4", "Q30")]
    links = [*LINKS, ("Q30", "00015568-n", "animal", "")]
    data = load(write_toy(tmp_path, classes, subclass, links))
    assert data.edges == (
        Edge(Curie("wd", "Q4"), ANIMAL),
        Edge(Curie("wd", "Q4"), DOG),
    )
    assert codes(data) == [("W208", "wd:Q2"), ("W208", "wd:Q3")]
    assert data.counts["edges"].skipped == {"narrower has no name": 1, "broader has no name": 2}
    assert (data.counts["bridges"].read, data.counts["bridges"].kept) == (2, 1)


def test_a_loop_through_a_class_without_name_disappears(tmp_path: Path) -> None:
    classes = {"Q2": ("", "", ""), "Q4": ("leaf", "", "")}
    subclass = [("Q4", "Q2"), ("Q2", "Q4"), ("Q2", "Q2"), ("Q4", "Q144")]
    data = load(write_toy(tmp_path, classes, subclass))
    assert data.edges == (Edge(Curie("wd", "Q4"), DOG),)
    assert all(batch.adds_up for batch in data.counts.values())


@pytest.mark.parametrize(
    ("label", "description", "kept"),
    [
        ("list of dogs", "Wikimedia list article", False),
        ("Wikimedia category", "", False),
        ("dogs", "diplomatic position/Wikimedia list article", False),
        ("Wikimedian", "contributor", True),
        ("template", "not only at Wikimedia projects", True),
        ("category", "class of things", True),
    ],
)
def test_pages_of_wikimedias_own_are_left_out(
    tmp_path: Path, label: str, description: str, kept: bool
) -> None:
    classes = {"Q4": (label, description, ""), "Q5": ("below", "", "")}
    subclass = [("Q4", "Q144"), ("Q5", "Q4")]
    data = load(write_toy(tmp_path, classes, subclass))
    assert [concept.id for concept in data.concepts] == (["wd:Q4", "wd:Q5"] if kept else [])
    if not kept:
        assert data.counts["classes"].skipped == {
            "linked to a synset": 1,
            "page of Wikimedia's own": 1,
            "reaches no linked item": 1,
        }
        assert codes(data) == [("W202", "wd:Q5"), ("W221", "wd:Q4")]


def test_a_loop_is_cut_and_listed(tmp_path: Path) -> None:
    classes = {"Q10": ("ten", "", ""), "Q9": ("nine", "", ""), "Q8": ("eight", "", "")}
    subclass = [("Q10", "Q9"), ("Q9", "Q10"), ("Q8", "Q8"), ("Q8", "Q9"), ("Q10", "Q144")]
    data = load(write_toy(tmp_path, classes, subclass))
    assert data.edges == (
        Edge(Curie("wd", "Q10"), DOG),
        Edge(Curie("wd", "Q8"), Curie("wd", "Q9")),
        Edge(Curie("wd", "Q9"), Curie("wd", "Q10")),
    )
    assert [(f.code, f.id, f.message) for f in data.findings] == [
        (
            "W201",
            "wd:Q10",
            "its edge to wd:Q9 was cut; the loop is Q10 (ten) -> Q9 (nine) -> Q10 (ten)",
        ),
        ("W201", "wd:Q8", "its edge to wd:Q8 was cut; the loop is Q8 (eight) -> Q8 (eight)"),
    ]
    assert data.counts["edges"].skipped == {"cut to break a cycle": 2}


def test_an_edge_to_something_unknown_and_one_given_twice_are_counted(tmp_path: Path) -> None:
    subclass = [*SUBCLASS, SUBCLASS[0], ("Q38559", "Q77"), ("Q39367", "L5-S1")]
    data = load(write_toy(tmp_path, subclass=subclass))
    assert data.counts["edges"].skipped == {
        "twice": 1,
        "narrower is linked to a synset, whose own hypernyms stand": 1,
        "broader is not in this pull": 1,
    }
    assert data.counts["edges"].failed == {"value is no item": 1}
    assert data.counts["edges"].kept == 2
    assert all(batch.adds_up for batch in data.counts.values())


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    classes = {**CLASSES, "Q5": ("", "", ""), "Q6": ("six", "", "")}
    subclass = [*SUBCLASS, ("Q6", "Q5"), ("Q5", "Q39367"), ("Q39367", "Q6")]
    links = [*LINKS, ("Q9", "00015568-n", "beast", ""), ("Q9", "02088026-n", "beast", "")]
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = load(write_toy(tmp_path / "a", classes, subclass, links))
    other = load(
        write_toy(tmp_path / "b", dict(reversed(classes.items())), subclass[::-1], links[::-1])
    )
    for part in ("concepts", "edges", "extra", "mappings", "findings", "counts"):
        assert repr(getattr(one, part)) == repr(getattr(other, part))
    assert one.fingerprint != other.fingerprint


def test_plain_tables_are_read_too(tmp_path: Path) -> None:
    packed = load(write_toy(tmp_path))
    for path in list(tmp_path.iterdir()):
        text = gzip.decompress(path.read_bytes()).decode()
        lines = [line for line in text.splitlines(keepends=True) if "-sha256" not in line]
        path.with_suffix("").write_text("".join(lines), encoding="utf-8")
        path.unlink()
    assert load(tmp_path).edges == packed.edges


def test_a_missing_table_is_an_error(tmp_path: Path) -> None:
    (write_toy(tmp_path) / "claims.tsv.gz").unlink()
    with pytest.raises(SourceError, match=r"claims\.tsv\.gz: no such file"):
        load(tmp_path)


def test_wordnet_must_come_before(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="wikidata needs a source before it: put wordnet first"):
        WikidataSource(folder=tmp_path).load(None, SilentProgress())


def test_the_shipped_pull_has_the_known_figures() -> None:
    claims = Counter(claim.pid for item in read_shipped().items.values() for claim in item.claims)
    assert len(read_shipped().items) == 14_709 + 27_244 - 2_039  # classes, linked, both
    assert claims == {"P279": 22_053, "P31": 13_706, "P8814": 29_004}


@pytest.mark.wordnet
def test_the_shipped_pull_hangs_under_wordnet_without_a_cycle(
    wordnet_data: SourceData,
) -> None:
    base = wordnet_data
    data = WikidataSource().load(base, SilentProgress())
    assert all(batch.adds_up for batch in data.counts.values()), data.counts
    exact = [m for m in data.mappings if (m.predicate_id, m.status) == EXACT]
    by_id, by_words, corrected = (
        {m.object_id for m in exact if m.mapping_justification == justification}
        for justification in (Justification.KNOWN, Justification.COMPOSITE, Justification.REVIEW)
    )
    assert {gain.id for gain in data.extra} == by_id | by_words | corrected
    assert len(by_words) == data.counts["links by words"].kept > 500
    assert not by_words & (by_id | corrected)
    # A second method: networkx on the rows as they stand, nothing of ours in between.
    items = read_shipped().items.values()
    linked = {m.subject_id.local_id for m in exact}
    corrections = load_corrections()
    placed = set(corrections.under)
    assert linked >= {item.qid for item in items if item.values("P8814")} - placed
    graph = nx.DiGraph(
        (broader, item.qid)
        for item in items
        if item.qid not in linked
        for broader in item.values("P279")
        if (item.qid, broader) not in corrections.wrong
    )
    roots = (linked | placed) & set(graph)
    reached = (
        set(
            nx.single_source_shortest_path_length(
                nx.DiGraph([*graph.edges, *(("top", root) for root in roots)]), "top"
            )
        )
        | placed
    ) - {*linked, "top"}
    assert len(reached) == 11_245
    kept = {concept.id.local_id for concept in data.concepts}
    assert kept <= reached
    unused = {f.id[3:] for f in data.findings if f.code in {"W202", "W208"}}
    assert not unused & kept
    # Every class is accounted for, and everything kept hangs from a synset.
    up = nx.DiGraph((edge.narrower, edge.broader) for edge in data.edges)
    assert nx.is_directed_acyclic_graph(up)
    ids = {concept.id for concept in base.concepts}
    assert {edge.narrower for edge in data.edges} == {concept.id for concept in data.concepts}
    assert all(up.out_degree(n) or n in ids for n in up)
    cuts = [finding.id for finding in data.findings if finding.code == "W201"]
    loops = [c for c in nx.strongly_connected_components(graph.subgraph(reached)) if len(c) > 1]
    assert len(cuts) == len(loops) == 1
    several = {finding.id for finding in data.findings if finding.code == "W205"}
    assert len(several) == 1_526
    known = [m for m in data.mappings if m.mapping_justification == Justification.KNOWN]
    same = {f"wd:{qid}" for qid in {*corrections.same, *placed}}
    said = {m.subject_id for m in known if m.status == "accepted"}
    assert len(said | {m.subject_id for m in known if m.subject_id in same}) == 27_244
    assert {m.subject_id for m in known if m.status == "review"} - same == several - same


def test_a_class_without_an_identifier_is_the_synset_of_its_name_and_parents(
    tmp_path: Path,
) -> None:
    """`pup` is no P8814 item; its name, its description and its class say which synset it is."""
    classes = {"Q50": ("pup", "young animal", "whelp")}
    links = [*LINKS, ("Q729", "00015568-n", "animal", "")]
    above = ((ANIMAL, ENTITY), (DOG, ANIMAL), (CAD, ENTITY), (PUP, ANIMAL))
    base = replace(BASE, edges=tuple(starmap(Edge, above)))
    write_toy(tmp_path, classes, subclass=[("Q50", "Q729")], links=links)
    data = WikidataSource(folder=tmp_path).load(base, SilentProgress())
    row = next(m for m in data.mappings if m.subject_id == "wd:Q50")
    assert row.object_id == PUP
    assert row.mapping_justification == Justification.COMPOSITE
    assert row.confidence is not None
    assert data.counts["links by words"].read == 1
    assert all(batch.adds_up for batch in data.counts.values())
    is_synset = row.status == "accepted"
    assert (row.predicate_id == "skos:exactMatch") == is_synset
    assert ("wd:Q50" in {c.id for c in data.concepts}) != is_synset


def test_a_synset_with_an_item_takes_no_other_one_by_words(tmp_path: Path) -> None:
    classes = {"Q50": ("dog", "domesticated animal", "domestic dog")}
    links = [*LINKS, ("Q729", "00015568-n", "animal", "")]
    data = load(write_toy(tmp_path, classes, subclass=[("Q50", "Q729")], links=links))
    assert [m.subject_id for m in data.mappings if m.status == "accepted"] == ["wd:Q144", "wd:Q729"]
    assert "wd:Q50" in {concept.id for concept in data.concepts}


def test_identifiers_other_than_p8814_link_too(tmp_path: Path) -> None:
    address = "http://wordnet-rdf.princeton.edu/wn30/02085374-n"
    entities = [
        Entity("Q1", tuple(english("whelp", "", "")), (Claim("P2888", address),)),
        Entity("Q2", tuple(english("x", "", "")), (Claim("P2888", "http://example.org/x"),)),
    ]
    write_pull(tmp_path, {}, entities)
    data = load(tmp_path)
    (row,) = data.mappings
    assert (row.subject_id, row.object_id, row.status) == ("wd:Q1", PUP, "accepted")
    assert (row.mapping_justification, row.comment) == (
        Justification.KNOWN,
        "Wikidata property P2888",
    )
    counts = data.counts["links by exact-match-address"]
    assert (counts.read, counts.kept, counts.skipped) == (2, 1, {"names no synset": 1})


def test_what_an_unsure_identifier_and_words_say_is_one_mapping(tmp_path: Path) -> None:
    """A scientific name of one word waits in review; words may say the same, or more."""
    base = replace(
        BASE,
        concepts=tuple(replace(c, lexname="noun.animal") for c in BASE.concepts),
        edges=tuple(starmap(Edge, ((ANIMAL, ENTITY), (DOG, ANIMAL), (CAD, ENTITY), (PUP, ANIMAL)))),
    )
    entities = [
        Entity("Q50", tuple(english("pup", "young animal", "")), (Claim("P225", "Whelp"),)),
        Entity("Q51", tuple(english("x", "", "")), (Claim("P225", "Beast"), Claim("P279", "Q50"))),
    ]
    write_pull(tmp_path, {}, entities)
    data = WikidataSource(folder=tmp_path).load(base, SilentProgress())
    pairs = [(m.subject_id, m.object_id) for m in data.mappings]
    assert pairs == [("wd:Q50", PUP), ("wd:Q51", ANIMAL)]
    assert data.mappings[1].status == "review"
    assert data.mappings[1].mapping_justification == Justification.LEXICAL
    assert data.counts["links by taxon-name"].kept == 2
