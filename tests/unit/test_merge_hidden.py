"""A file of concepts to leave out, in every spelling that people use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from labelsys.errors import SourceError
from labelsys.merge.hidden import read_hidden
from tests import lexicon_toy as toy

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.ids import Curie

CONCEPTS = toy.concepts()


def read(tmp_path: Path, data: str | bytes) -> frozenset[Curie]:
    path = tmp_path / "hide.txt"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_hidden(path, CONCEPTS)


@pytest.mark.parametrize(
    "text",
    [
        "wn30:02084071-n",
        "n02084071",
        "dog.n.01",
        "Dog.n.01",
        "canis_familiaris.n.01",
        "wd:Q144",
        "Q144",
        "ili:i46360",
        "wn31:02086723-n",
        "  n02084071  ",
        "n02084071\tdog, which nobody wants",
    ],
)
def test_every_spelling_names_the_concept(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == {toy.DOG}


def test_item_that_is_a_concept_itself(tmp_path: Path) -> None:
    assert read(tmp_path, "Q38559\nwd:Q900001\n") == {toy.WATER_DOG, toy.COMPUTER_WORM}


@pytest.mark.parametrize(
    "data",
    [
        "# pets\n\n  \nn02084071\ndog.n.01\nn02958343",
        "# pets\r\n\r\nn02084071\r\nn02958343\r\n",
        b"\xef\xbb\xbfn02084071\nn02958343\n",
    ],
)
def test_comments_blank_lines_line_ends_and_repeats(tmp_path: Path, data: str | bytes) -> None:
    assert read(tmp_path, data) == {toy.DOG, toy.CAR}


def test_file_of_nothing_hides_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "") == read(tmp_path, "# nothing\n") == frozenset()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("n99999999", "'n99999999' names no concept of the sources"),
        ("wn30:99999999-n", "'wn30:99999999-n' names no concept of the sources"),
        ("dog.n.09", "'dog.n.09' names no concept of the sources"),
        ("geese.n.01", "'geese.n.01' names no concept"),
        ("Q5", "'Q5' names no concept of the sources"),
        ("ls:aaaaaaaa", "'ls:aaaaaaaa' names no concept of the sources"),
        ("dog", "'dog' is no wnid: 'n' and eight digits, as in n02084071"),
        ("Q900002", "names several concepts, give one of: wn30:02012849-n, wn30:03126707-n"),
    ],
)
def test_line_that_names_no_concept_is_an_error_with_its_number(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        read(tmp_path, f"# pets\nn02084071\n{text}\n")
    assert str(caught.value).startswith(f"{tmp_path / 'hide.txt'}:3: ")
    assert (caught.value.path, caught.value.line) == (tmp_path / "hide.txt", 3)


@pytest.mark.parametrize("text", ["x" * 1_000_000, "x.y" * 1_000_000])
def test_endless_line_is_an_error_of_one_short_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError, match=r":1: 'x") as caught:
        read(tmp_path, text)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("line", [b"\xe9t\xe9", b"\xff\xfen\x000\x00"])
def test_bytes_that_are_no_text_are_an_error_with_their_line(tmp_path: Path, line: bytes) -> None:
    with pytest.raises(SourceError, match=r"hide\.txt:2: is not UTF-8$"):
        read(tmp_path, b"n02084071\n" + line + b"\n")


def test_missing_file_and_folder_are_errors(tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(SourceError, match="cannot be read: "):
            read_hidden(path, CONCEPTS)
