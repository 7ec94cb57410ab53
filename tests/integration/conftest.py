"""What takes long to make is made once: the whole system, and a small one to copy."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.integration.command import Command, make_workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SMALL_SETS = ("voc2007", "flowers102")


@pytest.fixture(scope="session")
def command(wordnet_folder: Path) -> Command:
    """Return the command line, with WordNet at hand."""
    return Command.with_wordnet(wordnet_folder)


@pytest.fixture(scope="session")
def full_system(command: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the workspace that `labelsys build --encoder none` makes in an empty folder."""
    folder = tmp_path_factory.mktemp("full")
    command.succeed(folder, "build", "--encoder", "none")
    return folder


@pytest.fixture(scope="session")
def small_system(command: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace of `SMALL_SETS`, built over WordNet alone. Copy it to change it."""
    folder = make_workspace(tmp_path_factory.mktemp("small") / "w", *SMALL_SETS)
    command.succeed(folder, "build")
    return folder


@pytest.fixture
def copy_small(small_system: Path, tmp_path: Path) -> Callable[..., Path]:
    """Return a function that makes another workspace like `small_system`, built and cached."""

    def copy(name: str = "w") -> Path:
        return shutil.copytree(small_system, tmp_path / name)

    return copy
