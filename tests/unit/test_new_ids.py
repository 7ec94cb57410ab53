"""Ids of new concepts: given once, kept for ever, never used for something else."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.errors import SourceError, StoreError
from labelsys.ids import Curie
from labelsys.merge.new_ids import Clash, IdRow, NewIds
from tests.unit.test_atomic import files_at_most

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "# note: of a person\nid\tlabel_id\tname\n"
X, Y, Z = (Curie("ls", letter * 8) for letter in "xyz")


def label(text: str) -> tuple[Curie, str]:
    return Curie.parse(text), f"name of {text}"


def group(*texts: str) -> list[tuple[Curie, str]]:
    return [label(text) for text in texts]


def id_of(founder: str, skip: int = 0) -> Curie:
    """The rule of the design, spelled out once more: base32 of SHA-256, the next one on a clash."""
    text = base64.b32encode(hashlib.sha256(founder.encode()).digest()).decode().lower()
    return Curie("ls", text[skip : skip + 8])


def table(*rows: tuple[Curie, str]) -> NewIds:
    return NewIds(rows=[IdRow(id_, Curie.parse(text), "") for id_, text in rows])


def test_new_concept_is_named_after_its_first_label(tmp_path: Path) -> None:
    ids = NewIds.read(tmp_path / "ids.tsv")
    assert ids.assign([group("cars:1", "boats:1"), group("cars:2")]) == [
        id_of("cars:1"),
        id_of("cars:2"),
    ]
    assert [(row.id, row.label_id, row.name) for row in ids.rows] == [
        (id_of("cars:1"), "cars:1", "name of cars:1"),
        (id_of("cars:1"), "boats:1", "name of boats:1"),
        (id_of("cars:2"), "cars:2", "name of cars:2"),
    ]
    assert ids.clashes == []


def test_written_table_reads_back_and_gives_the_same_ids(tmp_path: Path) -> None:
    path = tmp_path / "ids.tsv"
    groups = [group("cars:1", "boats:1"), group("cars:2")]
    ids = NewIds.read(path)
    given_ids = ids.assign(groups)
    assert ids.write(path)
    first = path.read_bytes()
    again = NewIds.read(path)
    assert again.rows == ids.rows
    assert again.assign(groups) == given_ids
    assert not again.has_changed
    assert not again.write(path)
    assert path.read_bytes() == first == ids.dumps().encode()


def test_id_outlives_its_founder() -> None:
    ids = table((X, "cars:1"), (X, "boats:1"))
    assert ids.assign([group("boats:1", "planes:1")]) == [X]
    assert ids.rows[-1] == IdRow(X, Curie("planes", "1"), "name of planes:1")
    assert ids.assign([group("planes:1")]) == [X]


def test_of_several_known_members_the_earliest_row_counts() -> None:
    ids = table((X, "a:1"), (Y, "b:1"))
    assert ids.assign([group("b:1", "a:1")]) == [X]
    assert len(ids.rows) == 2, "both members are known, each by an id of its own"


def test_parted_group_keeps_one_id_and_founds_another() -> None:
    ids = table((X, "a:1"), (X, "b:1"), (X, "c:1"))
    groups = [group("a:1"), group("b:1", "c:1")]
    assert ids.assign(groups) == [X, id_of("b:1")]
    assert [(row.id, row.label_id) for row in ids.rows[3:]] == [
        (id_of("b:1"), "b:1"),
        (id_of("b:1"), "c:1"),
    ]
    assert ids.assign(groups) == [X, id_of("b:1")]
    assert len(ids.rows) == 5


def test_later_group_takes_its_other_known_id_before_a_new_one() -> None:
    ids = table((X, "a:1"), (X, "b:1"), (Y, "b:1"))
    assert ids.assign([group("a:1"), group("b:1")]) == [X, Y]
    assert ids.assign([group("b:1")]) == [X]


def test_joined_groups_part_again_with_their_old_ids() -> None:
    ids = table((X, "a:1"), (Y, "b:1"))
    ids.assign([group("a:1", "b:1")])
    assert ids.assign([group("a:1"), group("b:1")]) == [X, Y]


def test_id_is_never_used_for_something_else() -> None:
    """The founder's own first choice was given to a concept that went to another label."""
    wanted = id_of("b:1")
    ids = table((wanted, "gone:1"))
    assert ids.assign([group("b:1")]) == [id_of("b:1", skip=1)]
    assert ids.clashes == [Clash(Curie("b", "1"), wanted, id_of("b:1", skip=1))]


def test_founder_that_lost_its_id_gets_the_next_one() -> None:
    wanted = id_of("b:1")
    ids = table((wanted, "b:1"), (wanted, "a:1"))
    assert ids.assign([group("a:1"), group("b:1")]) == [wanted, id_of("b:1", skip=1)]


def test_rows_of_sets_that_are_not_built_do_not_count() -> None:
    ids = NewIds()
    before = [group("cars:1", "boats:1"), group("boats:2")]
    ids.assign(before)
    rows = ids.effective_rows(["cars", "boats"])
    ids.assign([group("cars:1", "boats:1", "new:1"), group("boats:2"), group("new:2")])
    assert ids.effective_rows(["boats", "cars"]) == rows
    assert len(ids.effective_rows(["cars", "boats", "new"])) == 5
    assert ids.assign(before) == [id_of("cars:1"), id_of("boats:2")]


def test_importing_last_and_building_at_once_have_the_same_effective_rows() -> None:
    later, at_once = NewIds(), NewIds()
    later.assign([group("a:1", "b:1"), group("a:2")])
    all_groups = [group("a:1", "b:1", "c:1"), group("a:2", "c:2"), group("c:3")]
    later.assign(all_groups)
    at_once.assign(all_groups)
    assert later.rows != at_once.rows
    assert later.effective_rows("abc") == at_once.effective_rows("abc")


_members = st.tuples(st.sampled_from("abc"), st.integers(0, 5)).map(lambda p: f"{p[0]}:{p[1]}")
_builds = st.lists(st.lists(st.lists(_members, min_size=1, max_size=3), max_size=5), max_size=4)


@given(builds=_builds)
def test_whatever_is_built_no_id_is_given_twice_and_a_rebuild_changes_nothing(
    builds: list[list[list[str]]],
) -> None:
    ids = NewIds()
    owner: dict[Curie, Curie] = {}
    for build in builds:
        seen: set[str] = set()
        groups = []
        for texts in build:
            fresh = [text for text in dict.fromkeys(texts) if text not in seen]
            seen.update(fresh)
            if fresh:
                groups.append(group(*fresh))
        given_ids = ids.assign(groups)
        assert len(set(given_ids)) == len(given_ids)
        rows = list(ids.rows)
        assert ids.assign(groups) == given_ids
        assert ids.rows == rows
        assert len(set(rows)) == len(rows)
        for row in rows:
            founder = owner.setdefault(row.id, row.label_id)
            assert founder == next(r.label_id for r in rows if r.id == row.id)


def test_name_that_would_break_the_table_is_flattened(tmp_path: Path) -> None:
    path = tmp_path / "ids.tsv"
    ids = NewIds()
    ids.assign([[(Curie("a", "1"), " two\tlines\nand\x00 a\udc80 rest ")]])
    ids.write(path)
    assert NewIds.read(path).rows[0].name == "two lines and a rest"


def test_top_and_rows_of_a_file_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "ids.tsv"
    text = HEAD + f"{X}\ta:1\tone\n"
    path.write_text(text.removesuffix("\n"))
    ids = NewIds.read(path)
    ids.assign([group("a:1"), group("a:2")])
    assert ids.dumps() == text + f"{id_of('a:2')}\ta:2\tname of a:2\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "column names"),
        ("id\tlabel\tname\n", 1, "the columns are id, label, name, expected id, label_id, name"),
        (HEAD + f"{X}\ta:1\n", 3, "2 fields, expected 3"),
        (HEAD + "wd:Q1\ta:1\tn\n", 3, "'wd:Q1' is no id of a new concept"),
        (HEAD + "ls:short\ta:1\tn\n", 3, "'ls:short' is no id of a new concept"),
        (HEAD + f"{X}\ta:1\tn\nnothing\ta:1\tn\n", 4, "'nothing' is no CURIE"),
        (HEAD + f"{X}\ta\tn\n", 3, "'a' is no CURIE"),
        (HEAD + f"{X}\twn30:02084071-n\tn\n", 3, "'wn30' is a reserved prefix"),
        (HEAD + f"{X}\ta:1\tn\n{Y}\ta:1\tn\n{X}\ta:1\tn\n", 5, "stands in line 3 already"),
        (HEAD + f"{X}\ta:1\tn\r\n", 3, "carriage return"),
    ],
)
def test_wrong_row_is_an_error_with_its_line(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    path = tmp_path / "ids.tsv"
    path.write_bytes(text.encode())
    with pytest.raises(SourceError, match=words) as caught:
        NewIds.read(path)
    assert (caught.value.path, caught.value.line) == (str(path), line)


def test_full_disk_keeps_the_old_table(tmp_path: Path) -> None:
    path = tmp_path / "ids.tsv"
    path.write_text(HEAD + f"{X}\ta:0\tn\n")
    ids = NewIds.read(path)
    ids.assign([group(*(f"a:{n}" for n in range(500)))])
    with files_at_most(4096), pytest.raises(StoreError, match="no space left"):
        ids.write(path)
    assert path.read_text() == HEAD + f"{X}\ta:0\tn\n"
    assert ids.has_changed
