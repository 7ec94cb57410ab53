"""A set that comes in and goes again leaves the graphs of builds with and without it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.resources import as_file
from typing import TYPE_CHECKING

import pytest

from labelsys.labelset.bundled import bundled_file
from labelsys.labelset.read import read_label_set
from labelsys.workspace import Workspace
from tests.integration.command import hash_folder, make_workspace, read_graph
from tests.integration.conftest import SMALL_SETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.integration.command import Command

pytestmark = [pytest.mark.slow, pytest.mark.wordnet]

GUEST = "oxford_pets"


@pytest.fixture
def guest_file() -> Iterator[Path]:
    with as_file(bundled_file(GUEST)) as path:
        yield path


def build(command: Command, folder: Path, *words: str) -> tuple[str, bytes]:
    command.succeed(folder, "build", *words)
    return read_graph(folder)


def test_import_equals_a_build_with_it_and_removal_one_without(
    command: Command, copy_small: Callable[..., Path], tmp_path: Path, guest_file: Path
) -> None:
    grown = copy_small()
    without = read_graph(grown)

    fresh = make_workspace(tmp_path / "fresh", *SMALL_SETS)
    found = read_label_set(guest_file, id="mine")
    Workspace.open(fresh).add_label_set(found.label_set)
    with ThreadPoolExecutor(1) as pool:
        whole = pool.submit(build, command, fresh)
        command.succeed(grown, "labelset", "import", guest_file, "--id", "mine")
    with_it = read_graph(grown)
    assert with_it == whole.result() != without
    assert Workspace.open(grown).read_recipe() == Workspace.open(fresh).read_recipe()
    assert Workspace.open(grown).read_recipe().label_sets == (*SMALL_SETS, "mine")

    command.succeed(grown, "labelset", "remove", "mine")
    assert read_graph(grown) == without
    assert list((grown / "labelsets").iterdir()) == []
    assert Workspace.open(grown).read_recipe().label_sets == SMALL_SETS

    # What was given to the guest's concepts stays theirs: coming back is coming home.
    command.succeed(grown, "labelset", "import", guest_file, "--id", "mine")
    assert read_graph(grown) == with_it


def test_shipped_set_left_out_by_without_comes_back_as_itself(
    command: Command,
    small_system: Path,
    copy_small: Callable[..., Path],
    tmp_path: Path,
    guest_file: Path,
) -> None:
    grown = copy_small()
    without = read_graph(small_system)
    whole = make_workspace(tmp_path / "whole", *SMALL_SETS, GUEST)
    with ThreadPoolExecutor(1) as pool:
        built = pool.submit(build, command, whole)
        command.succeed(grown, "labelset", "import", guest_file, "--id", GUEST)
    with_it = built.result()
    assert read_graph(grown) == with_it != without

    with ThreadPoolExecutor(1) as pool:
        built = pool.submit(build, command, whole, "--without", GUEST)
        command.succeed(grown, "labelset", "remove", GUEST)
    assert built.result() == read_graph(grown) == without
    assert Workspace.open(whole).read_recipe() == Workspace.open(grown).read_recipe()
    assert Workspace.open(whole).read_recipe().label_sets == SMALL_SETS


def test_nothing_to_do_is_said_and_changes_nothing(
    command: Command, copy_small: Callable[..., Path]
) -> None:
    folder = copy_small()
    before = hash_folder(folder)
    done = command.run(folder, "build")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "nothing to do")
    assert hash_folder(folder) == before
