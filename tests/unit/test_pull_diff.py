"""Two pulls, item by item: what came, what went, and where to."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.errors import SourceError
from labelsys.export.pull_diff import PullDiff, is_pull
from labelsys.source.wikidata.pulled import Claim, Entity, Text, write_pull

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DOG = Entity(
    "Q144",
    (Text("de", "label", "Hund"), Text("en", "label", "dog"), Text("en", "alias", "hound")),
    (Claim("P279", "Q729"),),
    sitelinks=250,
)
CAT = Entity("Q146", (Text("en", "label", "cat"),), (Claim("P279", "Q729"),))
OLD = Entity("Q999", into="Q144")


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "a", tmp_path / "b"


def differ(folders: tuple[Path, Path], a: Sequence[Entity], b: Sequence[Entity]) -> PullDiff:
    for folder, entities in zip(folders, (a, b), strict=True):
        write_pull(folder, {"version": folder.name}, entities)
    return PullDiff(*folders)


def test_equal_pulls_have_no_changes_whatever_is_written_about_an_item(
    folders: tuple[Path, Path],
) -> None:
    found = differ(folders, [DOG, CAT, OLD], [DOG._replace(sitelinks=251), CAT, OLD])
    assert (list(found), found.is_equal) == ([], True)
    assert [(n.part, n.equal) for n in found.counts] == [("item", 3), ("name", 4), ("claim", 2)]


def test_changes_say_what_became_of_an_item(folders: tuple[Path, Path]) -> None:
    dog = DOG._replace(
        texts=(*DOG.texts[:2], Text("en", "alias", "pooch"), Text("fr", "label", "chien")),
        claims=(),
    )
    gone, merged, new = (Entity(f"Q{n}", (Text("fr", "label", f"n{n}"),)) for n in (5, 6, 7))
    found = differ(
        folders,
        [gone, merged, DOG, CAT, OLD],
        [Entity("Q6", into="Q146"), new, dog, CAT, OLD._replace(into="Q146"), Entity("Q1000")],
    )
    rows = list(found)
    assert [(r.change, r.id, r.into, r.label) for r in rows] == [
        ("removed", "wd:Q5", None, "n5"),
        ("redirected", "wd:Q6", "wd:Q146", "n6"),
        ("added", "wd:Q7", None, "n7"),
        ("changed", "wd:Q144", None, "dog"),
        ("redirected", "wd:Q999", "wd:Q146", ""),
        ("added", "wd:Q1000", None, ""),
    ]
    dog_row = rows[3]
    assert (dog_row.names_added, dog_row.names_removed) == (2, 1)
    assert (dog_row.claims_added, dog_row.claims_removed) == (0, 1)
    assert [(n.part, n.a, n.b, n.equal, n.added, n.removed, n.changed) for n in found.counts] == [
        ("item", 5, 6, 1, 2, 1, 3),
        ("name", 6, 6, 3, 3, 3, 0),
        ("claim", 2, 1, 1, 0, 1, 0),
    ]
    assert not found.is_equal


PULLS = st.dictionaries(
    st.integers(1, 9), st.tuples(st.sampled_from(["", "x", "y"]), st.sampled_from(["", "Q50"]))
)


@given(PULLS, PULLS)
def test_counts_add_up_and_the_other_way_round_is_the_opposite(
    tmp_path_factory: pytest.TempPathFactory,
    a: dict[int, tuple[str, str]],
    b: dict[int, tuple[str, str]],
) -> None:
    folder = tmp_path_factory.mktemp("pulls")
    pulls = [
        [
            Entity(f"Q{n}", (Text("en", "label", name),) if name else (), into=into)
            for n, (name, into) in sorted(pull.items())
        ]
        for pull in (a, b)
    ]
    there = differ((folder / "a", folder / "b"), *pulls)
    back = PullDiff(folder / "b", folder / "a")
    assert len(list(there)) == sum(a.get(n) != b.get(n) for n in {*a, *b})
    for one, other in zip(there.counts, back.counts, strict=True):
        assert one.a == one.equal + one.changed + one.removed == other.b
        assert one.b == one.equal + one.changed + one.added == other.a
        assert (one.equal, one.added) == (other.equal, other.removed)


def test_pull_is_told_by_its_table_of_items(folders: tuple[Path, Path]) -> None:
    differ(folders, [DOG], [DOG])
    assert is_pull(folders[0])
    assert not is_pull(folders[0].parent)
    assert not is_pull(folders[0] / "items.tsv.gz")


def test_damaged_pull_is_an_error(folders: tuple[Path, Path]) -> None:
    found = differ(folders, [DOG], [DOG])
    path = folders[1] / "names.tsv.gz"
    path.write_bytes(gzip.compress(b"x"))
    with pytest.raises(SourceError, match="is not the one that"):
        list(found)
