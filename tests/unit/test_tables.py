from __future__ import annotations

import gzip
import importlib.resources
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.errors import SourceError
from labelsys.tables import format_table, open_table, read_table

if TYPE_CHECKING:
    from pathlib import Path

PETS = "# dataset: pets\n# license: CC0-1.0\n# count: 2\nqid\tlabel\nQ144\tdog\nQ146\thouse cat\n"


def write(folder: Path, data: bytes | str, name: str = "pets.tsv") -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def test_a_table_is_header_columns_and_rows(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, PETS))
    assert table.header == {"dataset": "pets", "license": "CC0-1.0", "count": "2"}
    assert table.columns == ("qid", "label")
    assert table.rows == [("Q144", "dog"), ("Q146", "house cat")]
    assert table.first_line == 5
    assert table.data == PETS.encode()


def test_gzip_is_told_by_content_not_by_name(tmp_path: Path) -> None:
    path = write(tmp_path, gzip.compress(PETS.encode()), "pets.txt")
    assert read_table(path).rows == [("Q144", "dog"), ("Q146", "house cat")]


def test_wanted_columns_come_in_the_order_asked(tmp_path: Path) -> None:
    path = write(tmp_path, PETS)
    assert read_table(path, columns=["label", "qid"]).rows[0] == ("dog", "Q144")
    assert read_table(path, columns=["label"]).rows == [("dog",), ("house cat",)]
    assert read_table(path, columns=["label"]).columns == ("label",)
    assert read_table(path, columns=[]).rows == [(), ()]


def test_quotes_hashes_and_unicode_line_breaks_in_values_are_plain_text(tmp_path: Path) -> None:
    text = 'name\tnote\n"a\t#1\n# b\tx\u2028y\x0bz\n'
    table = read_table(write(tmp_path, text))
    assert table.rows == [('"a', "#1"), ("# b", "x\u2028y\x0bz")]


def test_the_last_line_end_may_be_missing_and_values_may_be_empty(tmp_path: Path) -> None:
    assert read_table(write(tmp_path, "a\tb\n\t\n1\t")).rows == [("", ""), ("1", "")]


def test_a_table_without_rows_is_a_table(tmp_path: Path) -> None:
    assert read_table(write(tmp_path, "a\tb\n")).rows == []


def test_a_file_inside_an_installed_package_can_be_read() -> None:
    shipped = importlib.resources.files("labelsys_ontologies").joinpath("prefixes.tsv")
    assert ("wd", "http://www.wikidata.org/entity/") in read_table(shipped).rows


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"pets\.tsv:1: the line of column names is missing"),
        (b"# a: b\n", r"pets\.tsv:1: the line of column names is missing"),
        (b"# a: b\n\nx\ty\n", r"pets\.tsv:2: the line of column names is missing"),
        (b"# no colon here\na\n", r"pets\.tsv:1: expected '# key: value', found '# no colon here'"),
        (b"# a: 1\n# a: 2\nx\n", r"pets\.tsv:2: the header 'a' is given twice"),
        (b"a\tb\ta\n", r"pets\.tsv:1: the column 'a' stands there twice"),
        (b"a\tb\n1\t2\n3\n", r"pets\.tsv:3: 1 fields, expected 2: '3'"),
        (b"a\tb\n1\t2\t3\n", r"pets\.tsv:2: 3 fields, expected 2"),
        (b"a\tb\n1\t2\n\n3\t4\n", r"pets\.tsv:3: 0 fields, expected 2"),
        (b"a\n\n", r"pets\.tsv:2: 0 fields, expected 1"),
        (b"\xef\xbb\xbfa\tb\n", r"pets\.tsv:1: starts with a byte order mark"),
        (b"a\tb\n1\t2\r\n", r"pets\.tsv:2: holds a carriage return"),
        (b"a\tb\n1\t\x00\n", r"pets\.tsv:2: holds a NUL byte"),
        (b"a\tb\n1\t2\n\xe9\t3\n", r"pets\.tsv:3: is not UTF-8"),
        (b"# count: 3\na\n1\n", r"pets\.tsv: its top says 3 rows, it has 1"),
        (gzip.compress(b"a\n1\n", mtime=0)[:-9], r"pets\.tsv: damaged gzip data"),
        (b"\x1f\x8bnonsense", r"pets\.tsv: damaged gzip data"),
    ],
)
def test_a_bad_table_is_an_error_with_its_line(tmp_path: Path, data: bytes, message: str) -> None:
    path = write(tmp_path, data)
    with pytest.raises(SourceError, match=message):
        read_table(path)
    with pytest.raises(SourceError, match=message), open_table(path) as table:
        list(table)


def test_long_table_is_read_row_by_row_as_a_whole_one_is(tmp_path: Path) -> None:
    rows = [(str(n), "x" * (n % 1000)) for n in range(5000)]  # more than one block
    text = format_table({"dataset": "long"}, ["n", "x"], rows)
    path = write(tmp_path, gzip.compress(text.encode()))
    with open_table(path, columns=["x", "n"]) as table:
        assert table.header == {"dataset": "long", "count": "5000"}
        assert list(table) == [(x, n) for n, x in rows]
    bad = write(tmp_path, text.replace("\n4999\t", "\n4999 "), "bad.tsv")
    with pytest.raises(SourceError, match=r"bad\.tsv:5003: 1 fields"), open_table(bad) as table:
        list(table)


def test_a_missing_column_says_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"tsv:4: the column 'aliases' is missing.*: qid, label"):
        read_table(write(tmp_path, PETS), columns=["qid", "aliases"])


def test_a_missing_file_and_a_folder_are_errors_with_their_path(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.tsv: no such file"):
        read_table(tmp_path / "none.tsv")
    with pytest.raises(SourceError, match=r"none\.tsv: no such file"):
        open_table(tmp_path / "none.tsv").__enter__()
    with pytest.raises(SourceError, match="is a folder, expected a table"):
        read_table(tmp_path)


def test_an_error_about_a_row_names_its_line(tmp_path: Path) -> None:
    error = read_table(write(tmp_path, PETS)).error(1, "no cats")
    assert error.line == 6
    assert str(error).endswith("/pets.tsv:6: no cats")


def test_format_table_refuses_values_that_would_not_come_back() -> None:
    with pytest.raises(SourceError, match="not 2 values free of tabs"):
        format_table({}, ["a", "b"], [("1", "x\ty")])
    with pytest.raises(SourceError, match="not 2 values free of tabs"):
        format_table({}, ["a", "b"], [("1",)])
    with pytest.raises(SourceError, match="not 1 values free of tabs"):
        format_table({}, ["a"], [("",)])
    with pytest.raises(SourceError, match="not a header: 'note': 'two"):
        format_table({"note": "two\nlines"}, ["a"], [])


CELL = st.text(st.characters(exclude_characters="\t\n\r\0", exclude_categories=["Cs"]), max_size=8)


@given(rows=st.lists(st.tuples(CELL, CELL), max_size=5))
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    path = write(tmp_path_factory.mktemp("t"), format_table({"dataset": "x"}, ["a", "b"], rows))
    table = read_table(path)
    assert table.rows == rows
    assert table.header == {"dataset": "x", "count": str(len(rows))}
