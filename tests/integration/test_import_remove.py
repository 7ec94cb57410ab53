"""A set that comes in and goes again leaves the graphs of builds with and without it."""

from __future__ import annotations

import shutil
from importlib.resources import as_file
from typing import TYPE_CHECKING

import pytest

from labelsys.labelset.bundled import bundled_file
from labelsys.workspace import Workspace
from tests.integration.command import make_workspace, read_graph

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


def test_import_equals_a_build_with_it_and_removal_one_without(
    command: Command, copy_small: Callable[..., Path], tmp_path: Path, guest_file: Path
) -> None:
    grown = copy_small()
    without = read_graph(grown)

    command.succeed(grown, "labelset", "import", guest_file, "--id", "mine")
    with_it = read_graph(grown)
    ids = Workspace.open(grown).read_recipe().label_sets
    assert ids == ("voc2007", "flowers102", "mine")
    assert with_it != without

    fresh = make_workspace(tmp_path / "fresh", *ids)
    shutil.copytree(grown / "labelsets", fresh / "labelsets")
    command.succeed(fresh, "build")
    assert read_graph(fresh) == with_it

    command.succeed(grown, "labelset", "remove", "mine")
    assert read_graph(grown) == without
    assert list((grown / "labelsets").iterdir()) == []
    assert Workspace.open(grown).read_recipe() == Workspace.open(fresh).plan_removal("mine")

    # What was given to the guest's concepts stays theirs: coming back is coming home.
    command.succeed(grown, "labelset", "import", guest_file, "--id", "mine")
    assert read_graph(grown) == with_it


def test_shipped_set_left_out_by_without_comes_back_as_itself(
    command: Command, tmp_path: Path, guest_file: Path
) -> None:
    whole = make_workspace(tmp_path / "whole", "voc2007", "flowers102", GUEST)
    command.succeed(whole, "build")
    with_it = read_graph(whole)

    command.succeed(whole, "build", "--without", GUEST)
    without = read_graph(whole)
    assert Workspace.open(whole).read_recipe().label_sets == ("voc2007", "flowers102")

    fresh = make_workspace(tmp_path / "fresh", "voc2007", "flowers102")
    command.succeed(fresh, "build")
    assert read_graph(fresh) == without

    command.succeed(fresh, "labelset", "import", guest_file, "--id", GUEST)
    assert read_graph(fresh) == with_it
    command.succeed(fresh, "labelset", "remove", GUEST)
    assert read_graph(fresh) == without


def test_nothing_to_do_is_said_and_changes_nothing(
    command: Command, copy_small: Callable[..., Path]
) -> None:
    folder = copy_small()
    before = read_graph(folder)
    done = command.run(folder, "build")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "nothing to do")
    assert read_graph(folder) == before
