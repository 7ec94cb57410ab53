"""Gold files, and what their answers mean in the toy graph (see `tests.toy`)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from labelsys.benchmark.gold import read_gold, read_golds, resolve_gold
from labelsys.errors import ConfigError, SourceError
from labelsys.ids import Curie
from labelsys.store.memory import MemoryWriter
from tests import toy

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.benchmark.gold import ResolvedGold
    from labelsys.store.protocol import GraphStore


@pytest.fixture
def store() -> GraphStore:
    writer = MemoryWriter()
    toy.fill(writer)
    return writer.store


def write(folder: Path, text: str, name: str = "gold.tsv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def resolve(store: GraphStore, folder: Path, text: str, name: str = "gold.tsv") -> ResolvedGold:
    return resolve_gold(store, read_gold(write(folder, text, name)))


def test_table_with_our_names_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, "label_id\tname\tsynset\n7\tbig dog\tdog.n.01\n")
    gold = read_gold(path)
    (row,) = gold.rows
    assert (gold.name, gold.columns) == ("gold", ("synset",))
    assert (row.line, row.label_id, row.name, row.answer) == (2, "7", "big dog", "dog.n.01")


def test_table_with_other_names_and_more_columns_is_read(tmp_path: Path) -> None:
    head = "category_id\tlabel\tsynset\tsynonyms\tfrequency\tdescription\tparent\n"
    gold = read_gold(write(tmp_path, head + "1\tdog\tdog.n.01\thound| pup\tc\tit barks\tpet\n"))
    (row,) = gold.rows
    assert (row.label_id, row.name, row.synonyms) == ("1", "dog", ("hound", "pup"))
    assert (row.description, row.parent) == ("it barks", "pet")


def test_csv_keeps_a_quoted_comma(tmp_path: Path) -> None:
    path = write(tmp_path, '# source: x\nlabel_id,name,wnid\n1,"dog, big",n02084071\n')
    (row,) = read_gold(path).rows
    assert (row.line, row.name, row.answer) == (3, "dog, big", "n02084071")


def test_first_column_that_a_row_fills_is_its_answer(store: GraphStore, tmp_path: Path) -> None:
    head = "label_id\tname\tsynset\twnid\tobject_id\n"
    rows = "1\ta\tcar.n.01\tn02084071\twd:Q38559\n2\tb\tcar.n.01\tn02084071\t\n3\tc\tcar.n.01\t\t\n"
    found = resolve(store, tmp_path, head + rows)
    assert found.answers == (toy.WATER_DOG, toy.DOG, toy.CAR)


def test_every_spelling_of_an_id_is_an_answer(store: GraphStore, tmp_path: Path) -> None:
    ids = ("wn30:02084071-n", "n02084071", "dog.n.01", "wd:Q144", "Q144", "ili:i46360", "pets:0")
    rows = "".join(f"{n}\tx\t{id_}\n" for n, id_ in enumerate(ids))
    found = resolve(store, tmp_path, "label_id\tname\tobject_id\n" + rows)
    assert found.answers == (toy.DOG,) * len(ids)
    assert found.skipped == ()


def test_row_that_cannot_be_scored_is_counted_and_listed(store: GraphStore, tmp_path: Path) -> None:
    rows = (
        "1\tDog\tdog.n.01\n"
        "2\tstop sign\tstop_sign.n.01\n"
        "3\tnothing\t\n"
        "4\tboth\tdog.n.01, car.n.01\n"
        "5\tdash\t---\n"
        "6\tplain\tdog\n"
        "7\t\tdog.n.01\n"
        "8\tverb\tbark.v.01\n"
        "\n"
        "9\tcar\tcar.n.01\n"
    )
    found = resolve(store, tmp_path, "label_id\tname\tsynset\n" + rows)
    assert found.reasons == {
        "empty name": 1,
        "no answer given": 1,
        "the answer is no concept here": 2,
        "the answer is not one id": 3,
    }
    assert [row.line for row in found.skipped] == [3, 4, 5, 6, 7, 8, 9]
    scored = sum(answer is not None for answer in found.answers)
    assert len(found.gold.rows) == scored + len(found.skipped) == 9
    # All with a name are linked, scored or not; a list is linked as a whole.
    assert [row.label_id for row in found.linked] == ["1", "2", "3", "4", "5", "6", "8", "9"]


def test_ambiguous_answer_is_skipped(tmp_path: Path) -> None:
    """Two concepts that a store gives one second id."""
    graph = toy.toy_graph()
    twice = Curie("wd", "Q144")
    writer = MemoryWriter()
    writer.add_concepts(
        replace(c, xrefs=(twice,)) if c.id in {toy.DOG, toy.CAR} else c for c in graph.concepts
    )
    writer.add_edges(graph.edges)
    writer.set_meta(graph.meta)
    writer.finish()
    found = resolve(writer.store, tmp_path, "label_id\tname\tobject_id\n1\tdog\tQ144\n")
    assert found.reasons == {"the answer names several concepts": 1}


def test_label_id_that_comes_again_gets_a_number(store: GraphStore, tmp_path: Path) -> None:
    text = "label_id\tname\tsynset\n1\tdog\tdog.n.01\n1\tdogs\tdog.n.01\n1\thound\tdog.n.01\n"
    found = resolve(store, tmp_path, text)
    assert [label.label_id for label in found.labels("x")] == ["1", "1#2", "1#3"]


def test_labels_carry_the_name_alone_unless_more_is_used(store: GraphStore, tmp_path: Path) -> None:
    head = "label_id\tname\twnid\tparent\tsynonyms\tdescription\n"
    found = resolve(store, tmp_path, head + "1\tdog\tn02084071\tpet\thound\tit barks\n")
    (bare,) = found.labels("x")
    assert (bare.name, bare.parent, bare.synonyms, bare.description) == ("dog", None, (), "")
    assert (bare.wnid, bare.synset, bare.qid) == (None, None, None)
    (full,) = found.labels("x", {"parent", "synonyms", "description"})
    assert (full.parent, full.synonyms, full.description) == ("pet", ("hound",), "it barks")
    assert full.wnid is None


def test_column_of_answers_counts_in_the_files_that_have_it(tmp_path: Path) -> None:
    one = write(tmp_path, "label_id\tname\tsynset31\n1\tdog\tdog.n.01\n", "one.tsv")
    two = write(tmp_path, "label_id\tname\tsynset\n1\tdog\tdog.n.01\n", "two.tsv")
    golds = read_golds([one, two], column="synset31")
    assert [gold.columns for gold in golds] == [("synset31",), ("synset",)]
    with pytest.raises(ConfigError, match="no gold file has a column 'answer'"):
        read_golds([two], column="answer")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name\tsynset\ndog\tdog.n.01\n", r"gold.tsv:1: no column 'label_id' or 'category_id'"),
        ("label_id\tsynset\n1\tdog.n.01\n", r"gold.tsv:1: no column 'name' or 'label'"),
        ("label_id\tname\n1\tdog\n", r"gold.tsv:1: no column of answers"),
        ("label_id\tname\tsynset\n1\tdog\n", r"gold.tsv:2: 2 cells, the header has 3"),
        ("label_id\tname\tsynset\n", r"gold.tsv:1: holds no row"),
        ("label_id\tname\tname\tsynset\n1\ta\tb\tc\n", r"gold.tsv:1: .*'name' stands there twice"),
        ("", r"gold.tsv: is empty"),
        (
            "label_id\tname\tsynset\tparent\n1\tdog\tdog.n.01\ta\x07b\n",
            r"gold.tsv:2: a control character \(U\+0007\) in the parent",
        ),
    ],
)
def test_wrong_file_is_an_error_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_gold(write(tmp_path, text))


def test_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        read_gold(tmp_path / "none.tsv")
