"""Run every Python block of the pages as a test, in order, one namespace a page.

Pages that ask a built system get the one that the tutorial's first commands
make; the commands of all pages are run by `tests/docs/test_tutorial.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from sybil import Sybil
from sybil.integration.pytest import SybilItem
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

from tests.conftest import open_network, wordnet_folder
from tests.docs.console import make_opening

__all__ = ["open_network", "opening_system", "wordnet_folder"]

HERE = Path(__file__).parent
WITH_SYSTEM = (
    "tutorial.md",
    "ask-questions.md",
    "choose-labels.md",
    "cut-classes.md",
    "merge-label-sets.md",
    "query-the-graph-file.md",
    "use-in-a-notebook.md",
)


@pytest.fixture(scope="session")
def opening_system(
    wordnet_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Return the variables that name the tutorial's first system, built once."""
    runner = make_opening(tmp_path_factory.mktemp("opening"), wordnet_folder)
    return {
        "LABELSYS_STORE": str(runner.folder),
        "LABELSYS_CACHE": runner.environ["LABELSYS_CACHE"],
    }


@pytest.fixture
def with_system(opening_system: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `labelsys.open()` find that system."""
    for name, value in opening_system.items():
        monkeypatch.setenv(name, value)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the examples that need WordNet's files, and put each page back in its order.

    Tests run in random order; the examples of a page build on one another.
    """
    for item in items:
        if item.path.name in WITH_SYSTEM and item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.wordnet)
    places = [i for i, item in enumerate(items) if isinstance(item, SybilItem)]
    examples = [item for item in items if isinstance(item, SybilItem)]
    examples.sort(key=lambda item: (str(item.path), item.example.start))
    for place, example in zip(places, examples, strict=True):
        items[place] = example


PARSERS = [PythonCodeBlockParser(), SkipParser()]
plain = Sybil(parsers=PARSERS, pattern="*.md", excludes=WITH_SYSTEM)
asking = Sybil(parsers=PARSERS, patterns=WITH_SYSTEM, fixtures=["with_system"])
pytest_collect_file = (plain + asking).pytest()
