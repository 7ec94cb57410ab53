"""Corrections of what Wikidata says: the table as a file, and what it does to a toy pull."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from labelsys.errors import SourceError
from labelsys.progress import SilentProgress
from labelsys.source.wikidata.corrections import load_corrections, read_corrections
from labelsys.source.wikidata.facts import read_facts
from labelsys.source.wikidata.source import build_source_data, read_shipped
from labelsys.source.wordnet import WordNetSource
from tests.unit.test_wikidata_source import ANIMAL, BASE, CAD, DOG, ENTITY, PUP, write_toy

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.source.protocol import SourceData
    from labelsys.source.wikidata.corrections import Corrections

HEADER = "qid\tlabel\tverdict\tobject\tobject_label\treason"
IN = SilentProgress()


def write(folder: Path, *rows: str) -> Path:
    path = folder / "corrections.tsv"
    lines = [HEADER, *("\t".join(row.split("|")) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read(folder: Path, *rows: str) -> Corrections:
    return read_corrections(write(folder, *rows))


def build(pull: Path, corrections: Corrections) -> SourceData:
    return build_source_data(read_facts(pull, ("en",)), BASE, corrections)


# -- the table -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["144|dog|not|Q1|x|why"], "'144' is no QID: Q and a number, as Q144"),
        (["Q144|dog|maybe|Q1|x|why"], "'maybe' is no verdict; there are not, under, same"),
        (["Q144||not|Q1|x|why"], "Q144 has no label, no object_label or no reason"),
        (["Q144|dog|not|Q1|x| "], "Q144 has no label, no object_label or no reason"),
        (["Q144|dog|not|wn30:02084071-n|x|why"], "is no QID: `not` speaks of a superclass"),
        (["Q144|dog|under|Q1|x|why"], "'Q1' is no CURIE: expected prefix:local_id"),
        (["Q144|dog|under|wd:Q1|x|why"], "'wd:Q1' is no synset: an id as wn30:02084071-n"),
        (["Q2|a|not|Q9|x|why", "Q1|b|not|Q9|x|why"], "Q1 not Q9 is out of order: sort by"),
        (["Q2|a|not|Q9|x|why", "Q2|a|not|Q9|x|other"], "Q2 not Q9 stands twice"),
        (
            [f"Q2|a|same|{CAD}|x|why", f"Q2|a|same|{DOG}|x|why"],
            "is out of order",
        ),
        (
            [f"Q2|a|same|{DOG}|x|why", f"Q2|a|same|{CAD}|x|why"],
            f"Q2 is said to be {DOG} already: a class is one synset",
        ),
        (
            [f"Q2|a|same|{DOG}|x|why", f"Q2|a|under|{CAD}|x|why"],
            "Q2 is a synset, whose own hypernyms hold: drop `under`",
        ),
    ],
)
def test_a_wrong_row_is_one_clear_line(tmp_path: Path, rows: list[str], message: str) -> None:
    with pytest.raises(SourceError) as error:
        read(tmp_path, *rows)
    assert message in str(error.value)
    assert f"corrections.tsv:{len(rows) + 1}" in str(error.value)


def test_rows_are_sorted_by_number_not_by_text(tmp_path: Path) -> None:
    found = read(tmp_path, "Q9|a|not|Q1|x|why", "Q10|b|not|Q1|x|why")
    assert list(found.wrong) == [("Q9", "Q1"), ("Q10", "Q1")]


def test_the_tool_is_named_after_the_bytes(tmp_path: Path) -> None:
    path = write(tmp_path, "Q9|a|not|Q1|x|why")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    assert read_corrections(path).tool == f"wikidata-corrections@{digest}"


# -- what it does --------------------------------------------------------------------------


CLASSES = {
    "Q10": ("show dog", "dog that is shown", ""),
    "Q11": ("dog show", "event", ""),
    "Q12": ("agility dog", "dog that runs", ""),
}


def pull(folder: Path, subclass: list[tuple[str, str]]) -> Path:
    return write_toy(folder, classes=CLASSES, subclass=subclass)


def test_a_wrong_statement_is_cut_and_found(tmp_path: Path) -> None:
    given = pull(tmp_path, [("Q10", "Q144"), ("Q10", "Q11"), ("Q11", "Q144")])
    data = build(given, read(tmp_path, "Q10|show dog|not|Q11|dog show|a dog is no event"))
    assert [(e.narrower, e.broader) for e in data.edges] == [("wd:Q10", DOG), ("wd:Q11", DOG)]
    (finding,) = data.findings
    assert (finding.code, finding.id) == ("W228", "wd:Q10")
    assert finding.message == "not put under wd:Q11 (dog show): a dog is no event"
    assert data.counts["corrections"].kept == 1


def test_what_has_no_other_way_up_is_left_out(tmp_path: Path) -> None:
    given = pull(tmp_path, [("Q10", "Q11"), ("Q11", "Q144")])
    data = build(given, read(tmp_path, "Q11|dog show|not|Q144|dog|an event"))
    assert data.concepts == ()
    assert sorted(f.code for f in data.findings) == ["W202", "W202", "W228"]


def test_a_class_hangs_where_a_correction_puts_it(tmp_path: Path) -> None:
    given = pull(tmp_path, [("Q12", "Q10"), ("Q10", "Q11")])
    data = build(given, read(tmp_path, f"Q10|show dog|under|{DOG}|dog|dogs at a show"))
    assert [(e.narrower, e.broader) for e in data.edges] == [
        ("wd:Q10", DOG),
        ("wd:Q12", "wd:Q10"),
    ]
    (mapping,) = [m for m in data.mappings if m.subject_id == "wd:Q10"]
    assert (mapping.predicate_id, mapping.object_id, mapping.status) == (
        "skos:broadMatch",
        DOG,
        "accepted",
    )
    assert mapping.mapping_justification == "semapv:MappingReview"
    assert mapping.mapping_tool.startswith("wikidata-corrections@")
    assert mapping.comment == "dogs at a show"


def test_a_class_may_hang_by_several_synsets_beside_its_own_edges(tmp_path: Path) -> None:
    given = pull(tmp_path, [("Q10", "Q144")])
    rows = [f"Q10|show dog|under|{id_}|x|why" for id_ in sorted((ANIMAL, PUP))]
    data = build(given, read(tmp_path, *rows))
    assert [e.broader for e in data.edges] == sorted((ANIMAL, DOG, PUP))


def test_a_class_becomes_the_synset_that_it_is(tmp_path: Path) -> None:
    given = pull(tmp_path, [("Q12", "Q10"), ("Q10", "Q144")])
    data = build(given, read(tmp_path, f"Q10|show dog|same|{PUP}|pup|meant as one"))
    assert [concept.id for concept in data.concepts] == ["wd:Q12"]
    assert [(e.narrower, e.broader) for e in data.edges] == [("wd:Q12", PUP)]
    gain = next(gain for gain in data.extra if gain.id == PUP)
    assert gain.xrefs == ("wd:Q10",)
    exact = {str(m.subject_id): m for m in data.mappings if m.predicate_id == "skos:exactMatch"}
    assert (exact["wd:Q10"].object_id, exact["wd:Q10"].status) == (PUP, "accepted")


def test_a_correction_wins_over_an_identifier_which_waits_in_review(tmp_path: Path) -> None:
    given = pull(tmp_path, [("Q10", "Q144")])
    data = build(given, read(tmp_path, f"Q144|dog|same|{CAD}|cad|the other one"))
    assert [(e.narrower, e.broader) for e in data.edges] == [("wd:Q10", CAD)]
    found = {(m.object_id, m.predicate_id, m.status) for m in data.mappings}
    assert found == {(CAD, "skos:exactMatch", "accepted"), (DOG, "skos:closeMatch", "review")}


def test_a_class_that_is_put_under_a_synset_is_none_itself(tmp_path: Path) -> None:
    given = pull(tmp_path, [("Q10", "Q144")])
    data = build(given, read(tmp_path, f"Q144|dog|under|{ANIMAL}|animal|a role, not the animal"))
    assert [(e.narrower, e.broader) for e in data.edges] == [
        ("wd:Q10", "wd:Q144"),
        ("wd:Q144", ANIMAL),
    ]
    found = {(m.object_id, m.predicate_id, m.status) for m in data.mappings}
    assert found == {(ANIMAL, "skos:broadMatch", "accepted"), (DOG, "skos:closeMatch", "review")}


def test_other_corrections_make_other_data(tmp_path: Path) -> None:
    given = pull(tmp_path, [("Q10", "Q144")])
    one, other = (
        build(given, read(tmp_path, f"Q10|show dog|not|{object_}|x|why")).fingerprint
        for object_ in ("Q11", "Q12")
    )
    assert one != other
    assert one == build(given, read(tmp_path, "Q10|show dog|not|Q11|x|why")).fingerprint


def test_every_row_is_counted(tmp_path: Path) -> None:
    given = pull(tmp_path, [("Q10", "Q144")])
    data = build(
        given,
        read(
            tmp_path,
            "Q10|show dog|not|Q11|dog show|the pull does not say so",
            f"Q10|show dog|under|{ENTITY}|entity|kept",
            "Q10|show dog|under|wn30:99999999-n|x|no such synset",
            f"Q77|x|same|{DOG}|dog|not in the pull",
        ),
    )
    counts = data.counts["corrections"]
    assert (counts.read, counts.kept, counts.failed) == (4, 1, {})
    assert counts.skipped == {
        "not in this pull": 1,
        "not in this WordNet": 1,
        "the pull does not say so": 1,
    }


def test_a_class_without_a_name_is_bridged_all_the_same(tmp_path: Path) -> None:
    given = write_toy(
        tmp_path,
        classes={"Q12": CLASSES["Q12"]},
        subclass=[("Q12", "Q10"), ("Q10", "Q144")],
    )
    data = build(given, read(tmp_path, f"Q10|show dog|under|{PUP}|pup|why"))
    assert [(e.narrower, e.broader) for e in data.edges] == [("wd:Q12", DOG)]


# -- the table that ships ------------------------------------------------------------------


def test_shipped_rows_speak_of_what_the_shipped_pull_says() -> None:
    facts = read_shipped()
    for row in load_corrections().rows():
        item = facts.items[row.qid]
        assert item.label == row.label
        if row.verdict == "not":
            assert row.object in item.values("P279", "P171"), row
            assert facts.items[row.object].label == row.object_label


@pytest.mark.wordnet
def test_shipped_rows_name_synsets_of_wordnet() -> None:
    names = {str(c.id): c.synset for c in WordNetSource().load(None, IN).concepts}
    for row in load_corrections().rows():
        if row.verdict != "not":
            assert names[row.object] == row.object_label, row
