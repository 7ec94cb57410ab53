from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from labelsys.errors import SourceError
from labelsys.source.wikidata.pulled import TABLES, Claim, Entity, Text, read_pull
from labelsys.tables import read_table
from labelsys_ontologies import make_tables

if TYPE_CHECKING:
    from pathlib import Path

PULL = [f"wikidata/{stem}.tsv.gz" for stem in TABLES]
FACTS = {
    "wordnet/ili_nouns.tsv": "ili\tpwn30\tpwn31\ni2\t00001930-n\t\ni1\t00001740-n\t00001740-n\n",
    "wordnet/cmn_cow.tsv": (
        "wn30\twnid\tlemma_zh\n"
        "02084071-n\tn02084071\t狗\n"
        "00001740-n\tn00001740\t兄弟般+地\n"
        "02084071-n\tn02084071\t\ue00a\n"
        "02084071-n\tn02084071\t犬\n"
        "02084071-n\tn02084071\t狗+\n"
    ),
    "wikidata/classes_en.tsv": (
        "qid\tlabel_en\tdescription_en\taliases_en\nQ10\tten\t\t\nQ9\tnine\t9\tIX|neuf\n"
        "Q35120\tthing\tall there is\tEntity|being\n"
    ),
    "wikidata/p279.tsv": "qid\tparent_qid\nQ10\tQ9\nQ9\tQ10\nQ9\tQ2\n",
    "wikidata/p8814.tsv": (
        "wn31\tili\twn30\twnid30\tqid\tlabel_en\taliases\n"
        "00001740-n\ti1\t00001740-n\tn00001740\tQ35120\tentity\tentity\n"
        "09788768-n\ti9\t09769345-n\tn09769345\tL43855-S1\tL43855-S1\tl43855-s1\n"
    ),
}


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    for name, text in FACTS.items():
        path = tmp_path / "facts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    packed = gzip.compress(b"qid\tclass_qid\nQ9\tQ10\nQ9\tQ77\nP9\tQ10\n")
    (tmp_path / "facts" / "wikidata" / "p31.tsv.gz").write_bytes(packed)
    return tmp_path / "facts"


def test_tables_are_sorted_and_cleaned(facts: Path, tmp_path: Path) -> None:
    left_out = make_tables.make_tables(facts, tmp_path)
    rows = {name: read_table(tmp_path / name).rows for name in make_tables.HEADERS}
    assert rows == {
        "ili.tsv": [("i1", "00001740-n", "00001740-n"), ("i2", "00001930-n", "")],
        "names_zh.tsv": [("00001740-n", "兄弟般地"), ("02084071-n", "狗"), ("02084071-n", "犬")],
    }
    assert read_pull(tmp_path / "wikidata").entities == [
        Entity(
            "Q9",
            (
                Text("en", "label", "nine"),
                Text("en", "description", "9"),
                Text("en", "alias", "IX"),
                Text("en", "alias", "neuf"),
            ),
            (Claim("P31", "Q10"), Claim("P279", "Q2"), Claim("P279", "Q10")),
        ),
        Entity("Q10", (Text("en", "label", "ten"),), (Claim("P279", "Q9"),)),
        # Its name is the one beside the P8814 id; the other is an alias, the same again is none.
        Entity(
            "Q35120",
            (
                Text("en", "label", "entity"),
                Text("en", "description", "all there is"),
                Text("en", "alias", "thing"),
                Text("en", "alias", "being"),
            ),
            (Claim("P8814", "00001740-n"),),
        ),
    ]
    assert left_out == {
        "Chinese lemma with private-use characters": 1,
        "Chinese lemma given twice": 1,
        "P8814 on something that is no item": 1,
        "P31 to an item that is not there": 1,
    }


def test_the_same_facts_give_the_same_bytes(facts: Path, tmp_path: Path) -> None:
    make_tables.make_tables(facts, tmp_path / "one")
    make_tables.make_tables(facts, tmp_path / "two")
    for name in (*make_tables.HEADERS, *PULL):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    packed = (tmp_path / "one" / "wikidata" / "items.tsv.gz").read_bytes()
    assert packed[3:8] == bytes(5)  # neither flags (so no file name) nor a time


def test_every_table_says_what_it_is(facts: Path, tmp_path: Path) -> None:
    make_tables.make_tables(facts, tmp_path)
    for name in (*make_tables.HEADERS, *PULL):
        header = read_table(tmp_path / name).header
        assert {"dataset", "source", "license"} <= header.keys()


def test_no_id_from_the_interlingual_index_is_in_the_wikidata_tables() -> None:
    folder = make_tables.Path(make_tables.__file__).parent / "wikidata"
    claims = {claim.pid for entity in read_pull(folder).entities for claim in entity.claims}
    assert claims == {"P31", "P279", "P8814"}


def test_missing_facts_are_an_error_that_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"ili_nouns\.tsv: no such file"):
        make_tables.make_tables(tmp_path, tmp_path)


def test_the_command_takes_two_folders_and_tells_what_it_left_out(
    facts: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["make_tables", str(facts), str(tmp_path / "out")])
    make_tables.main()
    assert (tmp_path / "out" / "ili.tsv").exists()
    assert capsys.readouterr().err.splitlines() == [
        "left out: 1 x Chinese lemma given twice",
        "left out: 1 x Chinese lemma with private-use characters",
        "left out: 1 x P31 to an item that is not there",
        "left out: 1 x P8814 on something that is no item",
    ]
