from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from labelsys.errors import SourceError
from labelsys.idlist import read_ids

if TYPE_CHECKING:
    from pathlib import Path


def test_ids_come_in_file_order_each_once(tmp_path: Path) -> None:
    file = tmp_path / "hide.txt"
    file.write_bytes(b"\xef\xbb\xbfn02084071\r\n# not this\n\nwd:Q144\tdog\nn02084071\n")
    assert read_ids(file) == ("n02084071", "wd:Q144")


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"hide\.txt: No such file"):
        read_ids(tmp_path / "hide.txt")


def test_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="directory"):
        read_ids(tmp_path)


def test_bad_byte_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "hide.txt"
    file.write_bytes(b"n02084071\nca\xf1on\n")
    with pytest.raises(SourceError, match=r"hide\.txt:2: is not UTF-8"):
        read_ids(file)


@pytest.mark.parametrize("line", ["n02\x0084071", "x" * 501])
def test_line_that_is_no_id_is_told(tmp_path: Path, line: str) -> None:
    file = tmp_path / "hide.txt"
    file.write_text(f"dog.n.01\n{line}\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"hide\.txt:2: .* is no id"):
        read_ids(file)


def test_huge_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "hide.txt"
    file.write_text("n02084071\n", encoding="utf-8")
    monkeypatch.setattr("labelsys.idlist.MAX_BYTES", 5)
    with pytest.raises(SourceError, match="10 bytes: is this a list of ids"):
        read_ids(file)
