"""The command line on the toy graph: see `tests.toy` for what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from labelsys.config import Recipe
from labelsys.store.sqlite_writer import SqliteWriter
from labelsys.workspace import Workspace
from labelsys_cli.main import app
from tests import toy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result

TOY_HASH = "0123456789abcdef"


@pytest.fixture(scope="session")
def workspace_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace whose graph in use is the toy graph."""
    folder = tmp_path_factory.mktemp("toy")
    workspace = Workspace.create(folder, Recipe(label_sets=("pets", "street", "zoo")))
    with workspace.new_graph(TOY_HASH) as path:
        toy.fill(SqliteWriter(path))
    workspace.switch_current(TOY_HASH)
    return folder


@pytest.fixture
def run(workspace_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Return a function that runs a command inside the toy workspace."""
    monkeypatch.chdir(workspace_folder)
    monkeypatch.delenv("LABELSYS_STORE", raising=False)

    def invoke(*arguments: str, input: str | None = None) -> Result:
        return CliRunner().invoke(app, list(arguments), input=input, prog_name="labelsys")

    return invoke
