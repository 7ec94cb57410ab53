"""Bad files: each is one line with the file and, where there is one, the line."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import time
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labelsys.errors import SourceError
from labelsys.labelset.detect import detect_format
from labelsys.labelset.form import load_label_set, write_label_set
from labelsys.labelset.read import read_label_set, read_labels, readers
from tests.process import open_files

if TYPE_CHECKING:
    from labelsys.labelset.read import ReadResult

HEAD = "label_id\tname\n"


def refuse(path: Path | str, message: str, *, line: int | None, format: str | None = None) -> None:
    """Check that a file is refused in one line that says where and what."""
    where = f"{path}: " if line is None else f"{path}:{line}: "
    with pytest.raises(SourceError, match=re.escape(where) + ".*" + message) as info:
        read_labels(path, format=format)
    assert "\n" not in str(info.value)
    assert (info.value.path, info.value.line) == (str(path), line)


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"", None, "is empty"),
        (b"\xef\xbb\xbf", None, "is empty"),
        (b"\n \r\n\t\n", None, "is empty"),
        (b"\n" * 100_000, None, "nothing but blank lines"),
        (HEAD.encode(), None, r"holds no label \(no row\)"),
        ((HEAD + "\n\n").encode(), None, r"holds no label \(2 blank line\)"),
        ((HEAD + "1\t\n2\t \n").encode(), None, r"holds no label \(2 empty name\)"),
        (b"label_id;name\n1;dog\n", 1, "cells are separated by semicolons"),
        (b"# title: x\nname;label_id\n1;dog\n", 2, "cells are separated by semicolons"),
        (b"label_id|name\n1|dog\n", 1, "cells are separated by vertical bars"),
        (b"label_id  name\n1  dog\n", 1, "cells are separated by spaces"),
        (b"id\tname\n1\tdog\n", 1, "no column 'label_id'; found 'id', 'name'"),
        (b"label_id,class\n1,dog\n", 1, "no column 'name'; found 'label_id', 'class'"),
        (b"label_id\n1\n", 1, "no column 'name'; found 'label_id'"),
        (b"label_id\tname\tName\n1\ta\tb\n", 1, "the column 'name' stands there twice"),
        (b"label_id\tname\n1\ta\n2\tb\n1\tc\n", 4, "label_id '1' is that of line 2 already"),
        (b"label_id\tname\n1\ta\n1 \tb\n", 3, "label_id '1' is that of line 2 already"),
        (b"label_id\tname\n1\ta\n2\n", 3, "1 cells, the header has 2$"),
        (b"label_id\tname\n1\ta\tb\n", 2, "3 cells, the header has 2: put a cell that holds"),
        (b"label_id,name\n1,crane, bird\n", 2, "3 cells, the header has 2: put a cell that"),
        (b'label_id,name\n1,"dog\n2,cat\n', 2, r"a quote that opens here .* \(noticed in line 3\)"),
        (b'label_id,name\n1,"dog\n2,"cat"\n', 2, r"a quote that opens here .*in line 3\)"),
        (b'label_id,name\n1,"dog" x\n', 2, "is no CSV: ',' expected after"),
        (
            b"label_id,name\n1,caf\xe9\n",
            2,
            "byte 0xe9 at position 6 is not UTF-8: .*iconv -f LATIN1",
        ),
        (b"dog\ncat\nna\xefve\n", 3, "byte 0xef at position 3 is not UTF-8"),
        (b"dog\nc\0at\n", 2, "holds a NUL byte"),
        (b"\0" * 600, 1, "holds a NUL byte"),
        ("dog\ncat\n".encode("utf-16"), 1, "is UTF-16LE: convert it, as in `iconv -f UTF-16LE"),
        ("dog\ncat\n".encode("utf-16-le"), 1, "is UTF-16LE"),
        ("dog\ncat\n".encode("utf-16-be"), 1, "is UTF-16BE"),
        (b"\xfe\xff" + "dog\n".encode("utf-16-be"), 1, "is UTF-16BE"),
        ("dog\ncat\n".encode("utf-32"), 1, "is UTF-32LE"),
        (b"dog\rcat\rcow\r", 1, "lines end in CR alone"),
        (b"\x1f\x8b\x08\0abc", None, "is gzip-compressed: unpack it first"),
        (b"PK\x03\x04\x14\0", None, "is a ZIP archive or a spreadsheet"),
        (b"\n<!DOCTYPE html>\n<p>", 1, "is an HTML or XML page"),
        (b"label_id,name,lang\n1,dog,English!\n", 2, "'English!' is no language tag"),
        (b"label_id,name,parent\n1,dog,a\x07b\n", 2, r"a control character \(U\+0007\) in the par"),
        (b"# count: 3\nlabel_id\tname\n1\ta\n2\tb\n", None, "its top says 3 labels, it has 2"),
        (b"# task: poetry\nlabel_id\tname\n1\ta\n", None, "its top has the unknown task 'poetry'"),
        (b"# title: a\x07\nlabel_id\tname\n1\ta\n", None, "the title has a control character"),
    ],
)
def test_text(tmp_path: Path, content: bytes, line: int | None, message: str) -> None:
    path = tmp_path / "mine.txt"
    path.write_bytes(content)
    refuse(path, message, line=line)


def test_csv_suffix_makes_a_list_a_table_without_header(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("id;class\n1;dog\n", encoding="utf-8")
    refuse(path, "no column 'label_id'; found 'id;class'", line=1)


def test_table_read_as_the_wrong_kind_of_table_says_which_it_is(tmp_path: Path) -> None:
    path = tmp_path / "mine"
    path.write_text("label_id,name\n1,dog\n", encoding="utf-8")
    refuse(path, "cells are separated by commas, which is the format csv", line=1, format="tsv")
    path.write_text(HEAD + "1\tdog\n", encoding="utf-8")
    refuse(path, "cells are separated by tabs, which is the format tsv", line=1, format="csv")


CATEGORY = '{"id": 1, "name": "dog"}'


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("{}", 1, "has no 'categories' at its top; found: nothing"),
        ('\n{"images": [], "a": 1}', 2, "no 'categories' at its top; found: images, a"),
        ('{"a": {"categories": []}}', 1, "no 'categories' at its top; found: a"),
        ("[]", None, r"holds no label \(no row\)"),
        ('{"categories": [ ]}', None, r"holds no label \(no row\)"),
        ('{"categories":\n 3}', 2, "'categories' is no list"),
        ('{"categories":\n{"1": "dog"}}', 2, "'categories' is no list"),
        ('{"categories": ["dog"]}', 1, r"categories\[0\] is no object"),
        ('{"categories": [\n{"name": "dog"}]}', 2, r"categories\[0\]: 'id' is missing, expected"),
        ('[{"id": true, "name": "dog"}]', 1, "'id' is true, expected a whole number or a text"),
        ('[{"id": null, "name": "dog"}]', 1, "'id' is null"),
        ('[{"id": 1.5, "name": "dog"}]', 1, "'id' is 1.5"),
        ('[{"id": NaN, "name": "dog"}]', 1, r"can't be read in categories\[0\]: NaN is no JSON"),
        ('[{"id": [1], "name": "dog"}]', 1, "'id' is a list"),
        ('[{"id": {}, "name": "dog"}]', 1, "'id' is an object"),
        ('[{"id": ' + "9" * 5000 + ', "name": "dog"}]', 1, r"can't be read in categories\[0\]"),
        ('[{"id": 1}]', 1, "'name' is missing, expected a text"),
        ('[{"id": 1, "name": null}]', 1, "'name' is null, expected a text"),
        ('[{"id": 1, "name": 7}]', 1, "'name' is 7, expected a text"),
        ('[{"id": 1, "name": "dog", "supercategory": 3}]', 1, "'supercategory' is 3"),
        ('[{"id": 1, "name": "dog", "synonyms": "hound"}]', 1, "'synonyms' is no list of texts"),
        ('[{"id": 1, "name": "dog", "synonyms": [1]}]', 1, "'synonyms' is no list of texts"),
        (
            f'[{CATEGORY},\n{{"id": "1", "name": "cat"}}]',
            2,
            r"'1' \(categories\[1\]\) is that of line 1 \(categories\[0\]\)",
        ),
        (f"[{CATEGORY}\n{CATEGORY}]", 2, r"expected ',' or '\]' after categories\[0\]"),
        (f"[{CATEGORY},\n]", 2, r"is no JSON in categories\[1\]: Expecting value"),
        (f"[{CATEGORY}}}", 1, r"expected ',' or '\]' after categories\[0\]"),
        ('[\n{"id": 1,\n"name" "dog"}]', 3, r"is no JSON in categories\[0\]: Expecting ':'"),
        (f'{{"categories": [{CATEGORY}', 1, "is cut off: what opens here is not closed"),
        ('{"images": [{"id": 1}, {"id": 2', 1, "is cut off"),
        ('{"a": [\n"dog]}', 2, "a text that opens here is not closed"),
        ('{"a\n', 1, "a text that opens here is not closed"),
        (f'{{"categories": [{CATEGORY}]}}\n{{"a": 1}}', 2, r"has more after its end: .*JSON Lines"),
        (f"[{CATEGORY}]\n\nx", 3, "has more after its end"),
        ('{"categories": [],\n"categories": []}', 2, "has 'categories' twice"),
        ('{"a":' + "[" * 5_000, 1, "is nested over 1,000 deep"),
        ("[" * 5_000 + "]" * 5_000, 1, "is nested over 1,000 deep"),
        ('[{"id": "\\ud800", "name": "dog"}]', None, "holds no label .1 label_id with an invis"),
        ('[{"id": 1, "name": "\\ud800"}]', None, "holds no label .1 name with a control char"),
    ],
)
def test_json(tmp_path: Path, content: str, line: int | None, message: str) -> None:
    path = tmp_path / "mine.json"
    path.write_text(content, encoding="utf-8")
    refuse(path, message, line=line)


def test_json_deeper_than_pythons_stack_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labelsys.labelset.json_scan.MAX_DEPTH", 1_000_000)
    path = tmp_path / "mine.json"
    path.write_text("[\n" + "[" * 200_000 + "]" * 200_000 + "]", encoding="utf-8")
    refuse(path, r"categories\[0\] is nested too deeply", line=2)


def test_json_in_latin_1_tells_the_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(b'{"categories": [\n{"id": 1, "name": "caf\xe9"}]}')
    refuse(path, "is not UTF-8", line=2)


def test_json_by_name_only(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text("dog\n", encoding="utf-8")
    refuse(path, "is no JSON, as its name says", line=1)
    refuse(path, "is no JSON: expected '{' or '\\['", line=1, format="coco")


def test_sizes_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine"
    path.write_text(f"[{CATEGORY}]", encoding="utf-8")
    monkeypatch.setattr("labelsys.labelset.json_scan.MAX_LIST_BYTES", 5)
    refuse(path, "the list of categories has 26 bytes, at most 5", line=1)
    monkeypatch.setattr("labelsys.labelset.json_scan.MAX_FILE_BYTES", 5)
    refuse(path, "26 bytes, at most 5 are read", line=None)
    path.write_text("dog\ncat\ncow\n", encoding="utf-8")
    monkeypatch.setattr("labelsys.labelset.collect.MAX_LABELS", 2)
    refuse(path, "over 2 labels", line=3)
    monkeypatch.setattr("labelsys.labelset.input.MAX_TEXT_BYTES", 5)
    refuse(path, "12 bytes, a list of names has at most 5", line=None)


def test_line_of_ten_megabytes_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_bytes(b"dog\n" + b"x" * 10_000_000)
    tracemalloc.start()
    try:
        refuse(path, "the line has over 1,048,576 bytes", line=2)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_longest_line_allowed(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_bytes(b"dog\n" + b"x" * (1 << 20) + b"\r\n")
    assert read_labels(path).counts.failed == {"name over 2000 characters": 1}


def test_huge_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    with path.open("wb") as file:
        file.write(b"dog\n")
        file.truncate(1 << 40)  # sparse: takes no room on the disk
    start = time.monotonic()
    refuse(path, "1,099,511,627,776 bytes, a list of names has at most", line=None)
    assert time.monotonic() - start < 5


def test_missing_file(tmp_path: Path) -> None:
    refuse(tmp_path / "none.txt", "no such file", line=None)


def test_path_through_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("dog\n", encoding="utf-8")
    refuse(tmp_path / "a" / "b", "can't be opened: Not a directory", line=None)


def test_path_with_nul() -> None:
    refuse("a\0b", "can't be opened: embedded null byte", line=None)


def test_folder(tmp_path: Path) -> None:
    refuse(tmp_path, "is a folder", line=None)


def test_device() -> None:
    refuse("/dev/zero", "is no regular file; '-' reads from a pipe", line=None)


def test_pipe_that_nobody_writes_to_does_not_block(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    refuse(path, "is no regular file; '-' reads from a pipe", line=None)


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("dog\n", encoding="utf-8")
    path.chmod(0)
    if os.geteuid() == 0:  # root may read all: let the system refuse as it does for others

        def deny(*_: object) -> int:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(os, "open", deny)
    refuse(path, "can't be opened: Permission denied", line=None)


def test_disk_that_fails_under_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(io.BytesIO):
        def readline(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    path = tmp_path / "mine.txt"
    monkeypatch.setattr("labelsys.labelset.input._open_file", lambda _: (Broken(b"dog\n"), 4))
    refuse(path, "can't be read: Input/output error", line=None)


def test_endless_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labelsys.labelset.input.MAX_TEXT_BYTES", 1000)
    with Path("/dev/zero").open(encoding="latin-1") as zero:
        monkeypatch.setattr(sys, "stdin", zero)
        refuse("-", "gives over 1,000 bytes", line=None)


def test_closed_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    refuse("-", "stdin is closed", line=None)


def test_empty_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    refuse("-", "is empty", line=None)


def test_refused_file_leaves_no_open_handle(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_bytes(b"dog\nc\0at\n")
    before = open_files()
    for _ in range(5):
        refuse(path, "NUL", line=2)
    assert not open_files() - before


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "file"


# Pieces that lead deep into the readers, glued in any order.
PIECES = st.lists(
    st.sampled_from(
        [
            *(b"label_id name parent synonyms lang wnid qid dog 1 2 n02084071 # : , ; |".split()),
            *(b'{ } [ ] "id": "name": "categories": "synset": "synonyms": 1 null "a" \\ "'.split()),
            *(b"\t \n \r\n \xef\xbb\xbf \xff\xfe \xe9 \0 \x07 \xc2\x85".split(b" ")),
            b" ",
            b"label_id\tname\n",
            b"label_id,name,lang\n",
            b'{"categories": [{"id": 1, "name": "dog"',
            b"# title: a\n",
        ]
    ),
    max_size=30,
).map(b"".join)
FORMATS = st.none() | st.sampled_from(["tsv", "csv", "text", "coco", "lvis"])


def try_to_read(path: Path, format: str | None) -> ReadResult | str:
    """Read a file; return the message where it is refused. Any other error goes through."""
    try:
        assert detect_format(path) in readers.names()
        return read_label_set(path, id="mine", format=format)
    except SourceError as error:
        return str(error)


@given(st.one_of(st.binary(max_size=200), PIECES), FORMATS)
@example(b'{"categories": [{"id": 1, "name": "a", "synonyms": ["b|c", " "]}]}', None)
@example(b'label_id,name,description\n1,"a","b\n\nc"', None)
@example(b"label_id\tname\tparent\n1\t a \t b \n", None)
def test_any_bytes_give_a_result_that_can_be_written_or_a_source_error(
    fuzzed: Path, data: bytes, format: str | None
) -> None:
    fuzzed.write_bytes(data)
    result = try_to_read(fuzzed, format)
    if isinstance(result, str):
        assert result.startswith(f"{fuzzed}:")
        assert "\n" not in result
        return
    assert result.counts.adds_up
    assert result.counts.kept == len(result.label_set.labels) > 0
    assert result.counts.read == result.counts.kept + len(result.skipped)
    out = fuzzed.with_suffix(".out")
    write_label_set(result.label_set, out)
    assert list(map(repr, load_label_set(out).labels)) == list(map(repr, result.label_set.labels))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "name", "categories", "synset", "synonyms", "supercategory", "x"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON, st.sampled_from([None, 1]))
def test_list_found_in_any_json_is_the_one_that_a_whole_parse_finds(
    fuzzed: Path, value: Any, indent: int | None
) -> None:
    """The scanner against the obvious way: parse all of it, take the list."""
    fuzzed.write_text(json.dumps({"x": value, "categories": [value], "y": 1}, indent=indent))
    result = try_to_read(fuzzed, "coco")
    if isinstance(result, str):
        # Reasons that lie in the value, never in what the scanner takes for the list.
        assert re.search(r"categories\[0\]|holds no label", result)
        return
    whole = json.loads(fuzzed.read_text())["categories"]
    names = [label.name for label in result.label_set.labels]
    assert names == [category["name"] for category in whole]
