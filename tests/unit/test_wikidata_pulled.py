"""A pull is read as it was written, or told from a whole one."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.errors import SourceError, StoreError
from labelsys.source.wikidata.pulled import Claim, Entity, Text, read_pull, write_pull

if TYPE_CHECKING:
    from pathlib import Path

HEADER = {"dataset": "Wikidata", "version": "2026-11-02", "license": "CC0-1.0"}
DOG = Entity(
    "Q144",
    texts=(
        Text("en", "label", "dog"),
        Text("en", "description", "domesticated animal"),
        Text("en", "alias", "hound|Domestic-Dog"),
        Text("en", "alias", "🐕"),
        Text("zh", "label", "犬"),
    ),
    claims=(Claim("P279", "Q39201"), Claim("P8814", "02086723-n")),
    sitelinks=253,
)
OLD = Entity("Q999", into="Q144")
MUTE = Entity("Q1000", claims=(Claim("P225", "Canis lupus"),))


def test_pull_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert write_pull(tmp_path / "pull", HEADER, iter([DOG, OLD, MUTE])) == 3
    pull = read_pull(tmp_path / "pull")
    assert pull.entities == [DOG, OLD, MUTE]
    assert HEADER.items() <= dict(pull.header).items()
    assert sorted(path.name for path in (tmp_path / "pull").iterdir()) == [
        *("claims.tsv.gz", "items.tsv.gz", "names.tsv.gz")
    ]


texts = st.text(st.characters(codec="utf-8", exclude_characters="\t\n\r\x00\u2028\u2029"))


@given(
    st.dictionaries(
        st.integers(1, 10**9),
        st.tuples(
            st.lists(st.builds(Text, st.just("en"), st.just("alias"), texts)),
            st.lists(st.builds(Claim, st.just("P225"), texts)),
            st.none() | st.integers(0, 400),
        ),
    )
)
def test_any_pull_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    found: dict[int, tuple[list[Text], list[Claim], int | None]],
) -> None:
    folder = tmp_path_factory.mktemp("pull")
    entities = [
        Entity(f"Q{n}", tuple(names), tuple(claims), sitelinks)
        for n, (names, claims, sitelinks) in sorted(found.items())
    ]
    write_pull(folder, HEADER, entities)
    assert read_pull(folder).entities == entities


def test_same_entities_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_pull(tmp_path / name, HEADER, [DOG, OLD])
    assert read_pull(tmp_path / "a").fingerprint == read_pull(tmp_path / "b").fingerprint


def test_breaks_inside_texts_become_a_space(tmp_path: Path) -> None:
    write_pull(tmp_path, HEADER, [Entity("Q1", (Text("en", "label", "uni\r\nverse\tall"),))])
    assert read_pull(tmp_path).entities[0].texts == (Text("en", "label", "uni verse all"),)


def test_what_was_there_stays_where_writing_fails(tmp_path: Path) -> None:
    write_pull(tmp_path, HEADER, [DOG])
    with pytest.raises(SourceError, match="Q144 comes after Q1000"):
        write_pull(tmp_path, HEADER, [MUTE, DOG])
    assert read_pull(tmp_path).entities == [DOG]
    assert len(list(tmp_path.iterdir())) == 3


def test_what_a_crashed_writer_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".labelsys-tmp-1-0123456789abcdef").write_bytes(b"half")
    (tmp_path / "mine.tmp").write_bytes(b"kept")
    write_pull(tmp_path, HEADER, [DOG])
    assert {path.name for path in tmp_path.iterdir()} == {
        *("items.tsv.gz", "names.tsv.gz", "claims.tsv.gz", "mine.tmp")
    }


def test_tables_of_two_pulls_are_told_apart(tmp_path: Path) -> None:
    write_pull(tmp_path / "a", HEADER, [DOG])
    write_pull(tmp_path / "b", HEADER, [DOG, MUTE])
    (tmp_path / "b/claims.tsv.gz").replace(tmp_path / "a/claims.tsv.gz")
    with pytest.raises(SourceError, match=r"claims\.tsv\.gz: is not the one that .*items\.tsv"):
        read_pull(tmp_path / "a")


def test_folder_that_can_not_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="can't write"):
        write_pull(tmp_path / "file" / "pull", HEADER, [DOG])


@pytest.mark.parametrize(
    ("stem", "row", "message"),
    [
        ("items", "144\t\t", r"items\.tsv:2: '144' is no Wikidata item"),
        ("items", "Q0\t\t", r"items\.tsv:2: 'Q0' is no Wikidata item"),
        ("items", "Q2\tmany\t", r"items\.tsv:2: 'many' is no number of sitelinks"),
        ("items", "Q2\t\tdog", r"items\.tsv:2: 'dog' is no Wikidata item"),
        ("items", "Q2\t\t\nQ2\t\t", r"items\.tsv:3: Q2 comes after Q2"),
        ("names", "Q1\ten\tname\tx", r"names\.tsv:2: unknown kind 'name': label, desc"),
        ("names", "Q3\ten\tlabel\tx", r"names\.tsv:2: Q3 is not among the items"),
        (
            "names",
            "Q1\ten\tlabel\tx\nQ3\ten\tlabel\tx\nQ1\ten\tlabel\tx",
            r"names\.tsv:3: Q3 is not among the items|names\.tsv:4: Q1 comes after Q3",
        ),
        ("claims", "Q1\twdt:P279\tQ5", r"claims\.tsv:2: 'wdt:P279' is no property"),
    ],
)
def test_bad_row_is_an_error_with_its_place(
    tmp_path: Path, stem: str, row: str, message: str
) -> None:
    write_pull(tmp_path, HEADER, [Entity("Q1")])
    columns = {
        "items": "qid\tsitelinks\tinto",
        "names": "qid\tlang\tkind\ttext",
        "claims": "qid\tpid\tvalue",
    }
    for name, top in columns.items():
        rows = row if name == stem else "Q1\t\t" if name == "items" else ""
        (tmp_path / f"{name}.tsv").write_text(f"{top}\n{rows}\n" if rows else f"{top}\n")
    with pytest.raises(SourceError, match=message):
        read_pull(tmp_path)


def test_pull_cut_short_is_an_error(tmp_path: Path) -> None:
    write_pull(tmp_path, HEADER, [DOG])
    path = tmp_path / "names.tsv.gz"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(SourceError, match=r"names\.tsv\.gz"):
        read_pull(tmp_path)
    assert gzip.decompress((tmp_path / "items.tsv.gz").read_bytes()).startswith(b"# dataset")
