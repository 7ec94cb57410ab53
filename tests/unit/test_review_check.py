"""The check for a pull request: what differs comes from the change, and nothing is written."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

import labelsys
from labelsys.config import MatchSettings, Recipe, Settings, SourceSpec
from labelsys.errors import SourceError
from labelsys.merge.build import build
from labelsys.source.registry import sources
from labelsys.workspace import Workspace
from tests import lexicon_toy as toy

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.review.check import Check

ZOO = toy.label_set("zoo", "Dog", "beagle", "goose", "sparrow", "car")
OLD = [(str(n), label.name) for n, label in enumerate(ZOO.labels)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("check") / "w"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "_targets", dict(sources._targets))
        sources.add_lazy("toy", "tests.lexicon_toy:ToySource")
        recipe = Recipe(
            label_sets=(),
            sources=(SourceSpec(name="toy", version="1"),),
            match=MatchSettings(encoder="none", review=0.0),
        )
        workspace = Workspace.create(path, recipe, settings=Settings(cache=None))
        workspace.add_label_set(ZOO)
        build(workspace)
    return path


def check(
    folder: Path,
    tmp_path: Path,
    rows: list[tuple[str, str]],
    *,
    label_set: str | None = None,
) -> Check:
    path = tmp_path / "list.tsv"
    path.write_text("label_id\tname\n" + "".join(f"{a}\t{b}\n" for a, b in rows), encoding="utf-8")
    with labelsys.open(folder) as system:
        return system.check(path, label_set=label_set, encoder="none")


def told(found: Check) -> list[tuple[str, str]]:
    return [(f.code, f.id) for f in found.findings]


def test_unchanged_list_is_clean(folder: Path, tmp_path: Path) -> None:
    for label_set in (None, "zoo"):
        found = check(folder, tmp_path, OLD, label_set=label_set)
        assert (found.label_set, found.format, found.labels) == ("zoo", "tsv", 5)
        assert found.is_clean
        assert found.findings == ()


def test_what_the_store_has_already_is_not_told_again(folder: Path, tmp_path: Path) -> None:
    """Dog stands above beagle in the store, too; its row may move."""
    found = check(folder, tmp_path, OLD[::-1], label_set="zoo")
    assert found.is_clean


def test_new_label_is_a_note_and_its_overlap_a_warning(folder: Path, tmp_path: Path) -> None:
    found = check(folder, tmp_path, [*OLD, ("9", "ship")])
    assert (told(found), found.is_clean) == ([("I405", "zoo:9")], True)
    found = check(folder, tmp_path, [*OLD, ("9", "poodle")])
    assert [(f.code, f.ids) for f in found.findings] == [
        ("W302", ("zoo:0", "zoo:9")),
        ("I405", ("zoo:9",)),
    ]
    assert not found.is_clean
    found = check(folder, tmp_path, [*OLD, ("9", "automobile")])
    first = found.findings[0]
    assert (first.code, first.ids) == ("W301", ("zoo:9", "zoo:4"))


def test_removed_and_renamed_labels_are_told(folder: Path, tmp_path: Path) -> None:
    found = check(folder, tmp_path, [OLD[0], ("1", "ship"), *OLD[2:4]], label_set="zoo")
    messages = {(f.code, f.id): f.message for f in found.findings}
    assert messages["W306", "zoo:4"] == "'car' is gone"
    assert messages["W306", "zoo:1"] == "'beagle' is called 'ship' now"
    moved = messages["W305", "zoo:1"]
    assert moved.startswith("'ship': before at n02088364 (")
    assert "now at n04194289 (" in moved
    assert not found.is_clean


def test_other_spelling_of_a_name_is_no_change(folder: Path, tmp_path: Path) -> None:
    found = check(folder, tmp_path, [("0", "dog"), *OLD[1:]], label_set="zoo")
    assert found.is_clean


def test_new_set_is_told_all_of_its_overlaps(folder: Path, tmp_path: Path) -> None:
    rows = [("a", "Dog"), ("b", "beagle"), ("c", "car"), ("d", "automobile")]
    for label_set in ("mine", None):
        found = check(folder, tmp_path, rows, label_set=label_set)
        prefix = label_set or "input"
        assert found.label_set is None
        overlaps = [one for one in told(found) if one[0] != "W304"]  # four labels say little
        assert overlaps == [("W301", f"{prefix}:d"), ("W302", f"{prefix}:a")]


def test_what_reading_notices_is_listed(folder: Path, tmp_path: Path) -> None:
    found = check(folder, tmp_path, [*OLD, ("8", "")], label_set="zoo")
    assert [f.code for f in found.findings] == ["W207"]
    assert not found.is_clean


def test_list_without_a_label_is_an_error(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"list\.tsv"):
        check(folder, tmp_path, [])


def test_nothing_is_written(folder: Path, tmp_path: Path) -> None:
    def state() -> dict[str, str]:
        return {
            str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(folder.rglob("*"))
            if p.is_file()
        }

    before = state()
    check(folder, tmp_path, [*OLD[1:], ("9", "poodle")], label_set="zoo")
    assert state() == before
