"""The journal of a pull: what was answered is there after any crash, and nothing else is."""

from __future__ import annotations

import resource
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.errors import SourceError, StoreError
from labelsys.source.wikidata.journal import Answer, Journal, answered_keys, parameters_digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PARAMETERS = {"roots": ["Q1"], "languages": ["en", "zh"], "depth": None}
ONE = Answer([["Q1", "label", "en", "entity"], ["Q1", "label", "zh", "实体"]], {"empty": 2})
TWO = Answer([], {})


def fill(path: Path) -> bytes:
    journal = Journal(path, PARAMETERS)
    journal.put("a" * 64, ONE)
    journal.put_split("b" * 64)
    journal.put("c" * 64, TWO)
    journal.close()
    return path.read_bytes()


def test_answers_are_there_when_it_is_opened_again(tmp_path: Path) -> None:
    fill(tmp_path / "new" / "j")
    journal = Journal(tmp_path / "new" / "j", PARAMETERS)
    assert (journal.answers, journal.damaged) == (2, 0)
    assert journal.find("a" * 64) == ONE
    assert journal.find("c" * 64) == TWO
    assert journal.find("b" * 64) is None
    assert journal.is_split("b" * 64)
    assert not journal.is_split("a" * 64)
    journal.close()
    assert answered_keys(tmp_path / "new" / "j") == {"a" * 64, "c" * 64}


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=4, max_size=4)))
def test_any_rows_come_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("j") / "j"
    journal = Journal(path, PARAMETERS)
    journal.put("k", Answer(rows, {}))
    assert journal.find("k") == Answer(rows, {})
    journal.close()
    again = Journal(path, PARAMETERS)
    assert again.find("k") == Answer(rows, {})
    again.close()


def test_line_that_was_torn_anywhere_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "j"
    whole = fill(path)
    lines = whole.splitlines(keepends=True)
    ends = [len(b"".join(lines[:number])) for number in range(1, 5)]
    near = {end + step for end in (0, *ends) for step in (-2, -1, 0, 1)}
    for cut in sorted({*range(0, len(whole), 17), *near} & {*range(len(whole) + 1)}):
        path.write_bytes(whole[:cut])
        journal = Journal(path, PARAMETERS)
        whole_lines = sum(end <= cut for end in ends)
        assert journal.answers == (0, 0, 1, 1, 2)[whole_lines], cut
        assert journal.damaged == 0
        journal.put("d" * 64, ONE)  # goes behind the last whole line
        assert journal.find("d" * 64) == ONE
        journal.close()
        again = Journal(path, PARAMETERS)
        assert (again.answers, again.damaged) == (journal.answers, 0)
        again.close()


def test_line_that_was_damaged_later_counts_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "j"
    whole = fill(path)
    at = whole.index(b'"q":"aaa')
    path.write_bytes(whole[:at] + b'"q":"aab' + whole[at + 8 :])
    journal = Journal(path, PARAMETERS)
    assert (journal.answers, journal.damaged) == (1, 1)
    assert journal.find("a" * 64) is None
    assert journal.find("c" * 64) == TWO
    journal.close()


def test_journal_of_another_pull_is_refused(tmp_path: Path) -> None:
    whole = fill(tmp_path / "j")
    with pytest.raises(SourceError, match=r"/j:1: belongs to a pull with other parameters: move"):
        Journal(tmp_path / "j", PARAMETERS | {"depth": 3})
    assert (tmp_path / "j").read_bytes() == whole


@pytest.mark.parametrize("content", [b"\n", b"hello\nworld\n", b"\x00" * 40 + b"\n", b"{}\n"])
def test_file_that_is_no_journal_is_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "j").write_bytes(content)
    with pytest.raises(SourceError, match=r"/j:1: is no journal"):
        Journal(tmp_path / "j", PARAMETERS)
    assert (tmp_path / "j").read_bytes() == content


def test_file_that_changed_under_us_is_told(tmp_path: Path) -> None:
    whole = fill(tmp_path / "j")
    journal = Journal(tmp_path / "j", PARAMETERS)
    (tmp_path / "j").write_bytes(whole[:-30])
    with pytest.raises(SourceError, match="changed while it was read"):
        journal.find("c" * 64)
    journal.close()


def test_journal_without_an_answer_leaves_no_file(tmp_path: Path) -> None:
    Journal(tmp_path / "j", PARAMETERS).close()
    assert list(tmp_path.iterdir()) == []


def test_journal_is_removed_when_the_pull_is_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j", PARAMETERS)
    journal.put("a", ONE)
    journal.remove()
    assert list(tmp_path.iterdir()) == []


@contextmanager
def files_at_most(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_full_disk_loses_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "j"
    journal = Journal(path, PARAMETERS)
    journal.put("a", ONE)
    size = path.stat().st_size
    with files_at_most(size + 50), pytest.raises(StoreError, match="answers before this one are"):
        journal.put("b", ONE)
    assert path.stat().st_size == size
    journal.put("b", TWO)
    journal.close()
    again = Journal(path, PARAMETERS)
    assert (again.answers, again.damaged) == (2, 0)
    again.close()


def test_digest_goes_by_the_values_alone() -> None:
    assert parameters_digest({"a": 1, "b": 2}) == parameters_digest({"b": 2, "a": 1})
    assert parameters_digest({"a": 1}) != parameters_digest({"a": 2})
