"""A workspace: found, made, changed by one at a time, never left half changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from labelsys.config import Settings, default_recipe, format_recipe, read_recipe
from labelsys.errors import ConfigError, IdentifierError, NotFoundError, StoreBusyError, StoreError
from labelsys.labelset import folder as label_set_folder
from labelsys.labelset.bundled import bundled_ids, read_bundled
from labelsys.labelset.form import format_label_set
from labelsys.model import Label, LabelSet
from labelsys.workspace import Workspace, find_workspace
from tests.unit.test_atomic import files_at_most

if TYPE_CHECKING:
    from collections.abc import Iterator

HASH = "0123456789abcdef"


def small_set(id_: str, *names: str) -> LabelSet:
    labels = tuple(Label(label_set=id_, label_id=str(n), name=x) for n, x in enumerate(names))
    return LabelSet(id=id_, labels=labels, title=id_.title(), source="here", license="CC0-1.0")


PETS = small_set("pets", "dog", "cat")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "w", default_recipe(["coco", "voc2007"]))


def test_new_workspace_has_all_that_ships_and_nothing_built(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "deep" / "w")
    assert workspace.read_recipe() == default_recipe(bundled_ids())
    names = sorted(path.name for path in workspace.path.iterdir())
    assert names == [".gitignore", ".labelsys.lock", "labelsys.toml"]


def test_workspace_is_not_made_twice(workspace: Workspace) -> None:
    before = workspace.recipe_path.read_bytes()
    with pytest.raises(ConfigError, match=r"is a workspace already: edit its labelsys\.toml"):
        Workspace.create(workspace.path)
    assert workspace.recipe_path.read_bytes() == before


def test_workspace_may_be_made_among_other_files_and_keeps_them(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_bytes(b"mine")
    (tmp_path / ".gitignore").write_bytes(b"mine")
    Workspace.create(tmp_path)
    assert (tmp_path / "thesis.tex").read_bytes() == b"mine"
    assert (tmp_path / ".gitignore").read_bytes() == b"mine"


def test_open_or_create_makes_one_where_nothing_else_is_going_on(tmp_path: Path) -> None:
    empty, full = tmp_path / "empty", tmp_path / "full"
    for folder in (empty, full):
        (folder / ".git").mkdir(parents=True)
    (full / "chapters").mkdir()
    (empty / "my_labels.txt").write_bytes(b"dog")
    with pytest.raises(ConfigError, match=r"chapters, .*run `labelsys init` there first"):
        Workspace.open_or_create(full)
    assert sorted(path.name for path in full.iterdir()) == [".git", "chapters"]
    (full / "chapters").rmdir()
    (full / "ids.tsv").write_bytes(b"mine")
    with pytest.raises(ConfigError, match=r"ids\.tsv, .*run `labelsys init` there first"):
        Workspace.open_or_create(full)
    made = Workspace.open_or_create(empty)
    assert Workspace.open_or_create(empty).read_recipe() == made.read_recipe()
    assert Workspace.open_or_create(tmp_path / "new").recipe_path.is_file()


def test_folder_without_a_recipe_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"has no labelsys\.toml: run `labelsys build`"):
        Workspace.open(tmp_path)
    with pytest.raises(ConfigError, match=r"no workspace in .* or above it: run `labelsys build`"):
        Workspace.find(tmp_path)


def test_workspace_is_found_upwards_nearest_first(workspace: Workspace) -> None:
    below = workspace.path / "pools" / "a"
    below.mkdir(parents=True)
    assert find_workspace(below) == workspace.path
    assert Workspace.find(below).path == workspace.path
    inner = Workspace.create(below)
    assert find_workspace(below) == inner.path
    assert find_workspace(workspace.path.parent) is None
    assert find_workspace(Path("/")) is None


def test_folder_named_as_a_recipe_is_none(tmp_path: Path) -> None:
    (tmp_path / "labelsys.toml").mkdir()
    assert find_workspace(tmp_path) is None


def test_cache_lies_in_the_workspace_unless_set_elsewhere(workspace: Workspace) -> None:
    assert workspace.cache_folder == workspace.path / "cache"
    elsewhere = Workspace.open(workspace.path, settings=Settings(cache=Path("/c")))
    assert elsewhere.cache_folder == Path("/c")


def test_places_are_those_of_the_design(workspace: Workspace) -> None:
    places = (workspace.ids_path, workspace.decisions_path, workspace.sources_folder)
    names = [str(place.relative_to(workspace.path)) for place in places]
    assert names == ["ids.tsv", "decisions.jsonl", "sources"]
    assert workspace.graph_path(HASH) == workspace.path / "graphs" / f"{HASH}.db"
    assert workspace.label_set_path("pets") == workspace.path / "labelsets" / "pets.tsv"


def test_graph_is_built_beside_and_switched_to(workspace: Workspace) -> None:
    with workspace.new_graph(HASH) as temp:
        temp.write_bytes(b"graph")
        assert not workspace.graph_path(HASH).exists()
    workspace.switch_current(HASH)
    assert (workspace.path / "current").read_text() == f"{HASH}\n"
    assert workspace.prune_graphs() == ()


def test_one_writer_at_a_time_and_readers_never_wait(workspace: Workspace) -> None:
    other = Workspace.open(workspace.path)
    with workspace.lock():
        workspace.write_recipe(default_recipe(["coco"]))
        busy = f"being written by process {os.getpid()}"
        with pytest.raises(StoreBusyError, match=busy):
            other.write_recipe(default_recipe([]))
        with pytest.raises(StoreBusyError, match=busy):
            other.add_label_set(PETS)
        with pytest.raises(StoreBusyError, match=busy):
            other.switch_current(HASH)
        assert other.read_recipe().label_sets == ("coco",)
    other.write_recipe(default_recipe([]))


def test_writer_sweeps_what_a_crash_left(workspace: Workspace) -> None:
    temp = f".labelsys-tmp-1-{'a' * 16}"
    for folder in ("", "graphs", "labelsets", "sources", "pools"):
        (workspace.path / folder).mkdir(exist_ok=True)
        (workspace.path / folder / temp).write_bytes(b"half")
    with workspace.lock():
        left = [path.parent.name for path in workspace.path.rglob(temp)]
    assert left == ["pools"]


def test_graph_begun_before_the_lock_is_not_swept(workspace: Workspace) -> None:
    with workspace.new_graph(HASH) as temp:
        temp.write_bytes(b"graph")
        with workspace.lock(), workspace.lock():
            pass
    assert workspace.graph_path(HASH).read_bytes() == b"graph"


def test_imported_set_is_last_in_the_recipe_and_reads_back(workspace: Workspace) -> None:
    recipe = workspace.add_label_set(PETS)
    assert recipe.label_sets == ("coco", "voc2007", "pets")
    assert workspace.read_recipe() == recipe
    assert list(workspace.iter_imported_ids()) == ["pets"]
    assert workspace.get_label_set("pets").labels == PETS.labels
    assert [s.id for s in workspace.iter_label_sets()] == ["coco", "voc2007", "pets"]
    assert workspace.find_leftovers() == ()


def test_removing_an_import_leaves_what_was_there_before(workspace: Workspace) -> None:
    before = workspace.recipe_path.read_bytes()
    workspace.add_label_set(PETS)
    workspace.remove_label_set("pets")
    assert workspace.recipe_path.read_bytes() == before
    assert list((workspace.path / "labelsets").iterdir()) == []


def test_plans_change_nothing(workspace: Workspace) -> None:
    before = sorted(workspace.path.rglob("*")), workspace.recipe_path.read_bytes()
    assert workspace.plan_label_set(PETS).label_sets == ("coco", "voc2007", "pets")
    assert workspace.plan_removal("coco").label_sets == ("voc2007",)
    assert (sorted(workspace.path.rglob("*")), workspace.recipe_path.read_bytes()) == before


def test_set_is_checked_once_for_a_plan_and_a_write(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = []

    def check(label_set: LabelSet) -> str:
        checked.append(label_set.id)
        return format_label_set(label_set)

    monkeypatch.setattr(label_set_folder, "format_label_set", check)
    workspace.plan_label_set(PETS)
    workspace.add_label_set(PETS)
    assert checked == ["pets"]
    workspace.remove_label_set("pets")
    workspace.add_label_set(replace(PETS, title="another value"))
    assert checked == ["pets", "pets"]
    assert workspace.get_label_set("pets").title == "another value"


def test_shipped_set_comes_back_without_a_file(workspace: Workspace) -> None:
    workspace.remove_label_set("coco")
    workspace.add_label_set(replace(read_bundled("coco"), title="as another file calls it"))
    assert workspace.read_recipe().label_sets == ("voc2007", "coco")
    assert list(workspace.iter_imported_ids()) == []
    assert workspace.get_label_set("coco") == read_bundled("coco")


def test_id_of_a_shipped_set_means_its_labels(workspace: Workspace) -> None:
    with pytest.raises(ConfigError, match="'cifar10' ships with labelsys and has other labels"):
        workspace.add_label_set(small_set("cifar10", "dog"))


@pytest.mark.parametrize(
    ("id_", "words"),
    [("coco", "taken"), ("Coco", "taken"), ("wd", "reserved"), ("../x", "can't be")],
)
def test_id_that_is_taken_reserved_or_odd_is_refused(
    workspace: Workspace, id_: str, words: str
) -> None:
    before = sorted(workspace.path.rglob("*"))
    with pytest.raises(IdentifierError, match=words):
        workspace.add_label_set(small_set(id_, "dog"))
    assert sorted(workspace.path.rglob("*")) == before


def test_set_that_is_not_there_lists_what_is_near(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match=r"no label set 'coc' \(closest: coco\)"):
        workspace.remove_label_set("coc")
    with pytest.raises(NotFoundError, match=r"no label set 'cocoa' \(closest: coco.*none ships"):
        workspace.get_label_set("cocoa")


def test_file_that_the_recipe_does_not_name_is_harmless_and_reported(
    workspace: Workspace,
) -> None:
    workspace.add_label_set(PETS)
    path = workspace.label_set_path("pets")
    workspace.write_recipe(default_recipe(["coco"]))  # as after a crash between the two writes
    assert workspace.find_leftovers() == (path,)
    assert [s.id for s in workspace.iter_label_sets()] == ["coco"]
    with pytest.raises(ConfigError, match=r"pets\.tsv: other labels lie there.*move the file away"):
        workspace.add_label_set(small_set("pets", "mouse"))
    assert workspace.get_label_set("pets").labels == PETS.labels
    workspace.add_label_set(PETS)
    assert workspace.find_leftovers() == ()


def test_file_of_another_set_is_an_error(workspace: Workspace) -> None:
    workspace.add_label_set(PETS)
    shutil.copy(workspace.label_set_path("pets"), workspace.label_set_path("zoo"))
    with pytest.raises(ConfigError, match=r"zoo\.tsv: its top says it is the label set 'pets'"):
        workspace.get_label_set("zoo")


def test_hidden_concepts_are_copied_in_and_taken_out(workspace: Workspace, tmp_path: Path) -> None:
    assert workspace.hide_path() is None
    mine = tmp_path / "mine.txt"
    mine.write_bytes(b"wn30:02084071-n\n")
    assert workspace.set_hidden(mine).hide == "hide.txt"
    mine.unlink()
    path = workspace.hide_path()
    assert path is not None
    assert path.read_bytes() == b"wn30:02084071-n\n"
    workspace.set_hidden(None)
    assert workspace.hide_path() is None
    assert not path.exists()
    with pytest.raises(ConfigError, match=r"mine\.txt: No such file"):
        workspace.set_hidden(mine)


def test_full_disk_leaves_the_workspace_as_it_was(workspace: Workspace) -> None:
    before = workspace.recipe_path.read_bytes()
    large = small_set("large", *(f"name {n}" for n in range(2_000)))
    with files_at_most(4096), pytest.raises(StoreError, match=r"no space left .*was not made"):
        workspace.add_label_set(large)
    many = default_recipe(f"set{n}" for n in range(2_000))
    with files_at_most(4096), pytest.raises(StoreError, match=r"\(labelsys\.toml is as it was\)"):
        workspace.write_recipe(many)
    assert workspace.recipe_path.read_bytes() == before
    assert workspace.find_leftovers() == ()


TRY = """
import os, pathlib, sys
import filelock, labelsys.labelset.folder
from labelsys.config import default_recipe
from labelsys.errors import StoreError
from labelsys.workspace import Workspace
path = pathlib.Path(sys.argv[1])
Workspace.open(path).read_recipe()  # all that is imported late is there before rights go
if os.geteuid() == 0:
    os.seteuid(65534)  # root may write anywhere: be nobody
for attempt in (
    lambda: Workspace.open(path).write_recipe(default_recipe([])),
    lambda: Workspace.open_or_create(path / "below"),
):
    try:
        attempt()
    except StoreError as error:
        print(error)
print(Workspace.open(path).read_recipe().label_sets)
"""


@pytest.fixture
def read_only_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:  # not below tmp_path: nobody may not look in there
        folder = Path(name)
        (folder / "labelsys.toml").write_text(format_recipe(default_recipe(["coco"])))
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


def test_read_only_folder_is_one_line_and_can_be_read(read_only_folder: Path) -> None:
    command = [sys.executable, "-c", TRY, str(read_only_folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    for line in lines[:2]:
        assert "can't be written to: check its permissions" in line
    assert lines[2] == "('coco',)"
    assert read_recipe(read_only_folder / "labelsys.toml").label_sets == ("coco",)
