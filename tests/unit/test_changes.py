from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from labelsys.changes import add_label_set, read_for_import, remove_label_set
from labelsys.config import Recipe
from labelsys.errors import ConfigError, IdentifierError, NotFoundError, SourceError
from labelsys.labelset.bundled import bundled_file
from labelsys.merge.build import BuildReport
from labelsys.model import Label, LabelSet
from labelsys.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.progress import Progress

MINE = LabelSet(id="mine", labels=(Label(label_set="mine", label_id="1", name="dog"),))


class Build:
    """Stands for a build, which needs WordNet: notes the recipe that it is given, may fail."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error
        self.label_sets: tuple[str, ...] = ()

    def __call__(self, workspace: Workspace, *, progress: Progress) -> BuildReport:
        self.label_sets = tuple(each.id for each in workspace.iter_label_sets())
        if self.error is not None:
            raise self.error
        path = workspace.graph_path("0123456789abcdef")
        return BuildReport(hash="0123456789abcdef", path=path, up_to_date=False, lines=())


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path, Recipe(label_sets=("coco",)))
    text = made.recipe_path.read_text(encoding="utf-8")
    made.recipe_path.write_text("# a comment of mine\n" + text, encoding="utf-8")
    return made


def everything(workspace: Workspace) -> dict[str, bytes]:
    return {
        str(path.relative_to(workspace.path)): path.read_bytes()
        for path in sorted(workspace.path.rglob("*"))
        if path.is_file()
    }


def test_added_set_comes_last_and_is_built(workspace: Workspace) -> None:
    build = Build()
    report = add_label_set(workspace, MINE, build=build)
    assert build.label_sets == ("coco", "mine")
    assert report.hash == "0123456789abcdef"
    assert workspace.read_recipe().label_sets == ("coco", "mine")
    assert workspace.get_label_set("mine") == MINE


def test_removed_set_is_gone_and_the_rest_is_built(workspace: Workspace) -> None:
    add_label_set(workspace, MINE, build=Build())
    build = Build()
    remove_label_set(workspace, "mine", build=build)
    assert build.label_sets == ("coco",)
    assert not workspace.label_set_path("mine").exists()


@pytest.mark.parametrize("error", [SourceError("no WordNet"), KeyboardInterrupt()])
def test_failed_build_leaves_an_import_undone(workspace: Workspace, error: BaseException) -> None:
    before = everything(workspace)
    with pytest.raises(type(error)):
        add_label_set(workspace, MINE, build=Build(error))
    assert everything(workspace) == before
    assert before["labelsys.toml"].startswith(b"# a comment of mine\n")


def test_failed_build_leaves_a_removal_undone(workspace: Workspace) -> None:
    add_label_set(workspace, MINE, build=Build())
    before = everything(workspace)
    with pytest.raises(SourceError, match="no WordNet"):
        remove_label_set(workspace, "mine", build=Build(SourceError("no WordNet")))
    assert everything(workspace) == before


def test_removal_of_an_unknown_set_names_close_ones(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match=r"no label set 'cocoo' \(closest: coco\)"):
        remove_label_set(workspace, "cocoo", build=Build())


def test_reading_for_an_import_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    file = workspace.path / "names.txt"
    file.write_text("dog\ncat\n", encoding="utf-8")
    before = everything(workspace)
    found = read_for_import(workspace, file, id="mine", title="Mine", license="CC0-1.0")
    assert everything(workspace) == before
    assert (found.format, found.label_set.title, found.label_set.license) == (
        "text",
        "Mine",
        "CC0-1.0",
    )
    assert [label.name for label in found.label_set.labels] == ["dog", "cat"]


def test_id_that_is_taken_is_refused(workspace: Workspace) -> None:
    file = workspace.path / "names.txt"
    file.write_text("dog\n", encoding="utf-8")
    with pytest.raises(IdentifierError, match="'coco'"):
        read_for_import(workspace, file, id="coco")


def test_shipped_set_comes_back_under_its_own_id(workspace: Workspace, tmp_path: Path) -> None:
    file = workspace.path / "dtd.tsv"
    file.write_bytes(bundled_file("dtd").read_bytes())
    found = read_for_import(workspace, file, id="dtd")
    add_label_set(workspace, found.label_set, build=Build())
    assert workspace.read_recipe().label_sets == ("coco", "dtd")
    assert len(workspace.get_label_set("dtd").labels) == 47


def test_shipped_id_with_other_labels_is_refused(workspace: Workspace) -> None:
    file = workspace.path / "names.txt"
    file.write_text("dog\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="'dtd' ships with labelsys and has other labels"):
        read_for_import(workspace, file, id="dtd")
