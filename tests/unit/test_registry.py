"""Names of things that are imported only when asked for, and the sources that have one."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING, Any

import pytest

from labelsys import registry as module
from labelsys.config import Recipe, SourceSpec
from labelsys.errors import RegistryError
from labelsys.registry import Registry, near
from labelsys.source.registry import open_source, sources
from labelsys.source.wikidata.source import WikidataSource
from labelsys.source.wordnet import WordNetSource
from labelsys.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def toys() -> Registry[Callable[..., Any]]:
    found: Registry[Callable[..., Any]] = Registry("labelsys.toys")
    found.add_lazy("sine", "math:sin")
    found.add_lazy("cosine", "math:cos")
    return found


def test_names_are_sorted_and_nothing_is_imported(toys: Registry[Callable[..., Any]]) -> None:
    toys.add_lazy("broken", "no_such_module:at_all")
    assert toys.names() == ["broken", "cosine", "sine"]
    toys.add_lazy("far", "tests.lexicon_toy_that_nobody_imports:thing")
    assert "tests.lexicon_toy_that_nobody_imports" not in sys.modules


def test_thing_is_imported_when_asked_for(toys: Registry[Callable[..., Any]]) -> None:
    assert toys.get("cosine")(0.0) == 1.0


def test_unknown_name_lists_those_that_there_are(toys: Registry[Callable[..., Any]]) -> None:
    line = r"^labelsys.toys has no 'sin'; did you mean 'sine'\? known: cosine, sine$"
    with pytest.raises(RegistryError, match=line) as caught:
        toys.get("sin")
    error = caught.value
    assert (error.group, error.name, error.known) == ("labelsys.toys", "sin", ("cosine", "sine"))
    with pytest.raises(RegistryError, match=r"^labelsys.toys has no 'qqq'; known: cosine, sine$"):
        toys.get("qqq")


def test_name_that_is_taken_is_refused(toys: Registry[Callable[..., Any]]) -> None:
    line = r"^labelsys.toys already has 'sine' \(math:sin\)$"
    with pytest.raises(RegistryError, match=line) as caught:
        toys.add_lazy("sine", "math:tan")
    assert caught.value.known == ("cosine", "sine")
    assert toys.get("sine")(0.0) == 0.0


def test_entry_points_add_names_and_shadow_none(
    toys: Registry[Callable[..., Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def installed(*, group: str) -> list[EntryPoint]:
        own = {"tangent": "math:tan", "sine": "math:exp"}
        return [EntryPoint(name, value, group) for name, value in own.items()]

    monkeypatch.setattr(module, "entry_points", installed)
    assert toys.names() == ["cosine", "sine", "tangent"]
    assert toys.get("tangent")(0.0) == 0.0
    assert toys.get("sine")(0.0) == 0.0  # ours, and not e to the power of 0


@pytest.mark.parametrize(
    ("name", "expected"),
    [("coc", ["coco"]), ("voc2012", ["voc2007"]), ("zebra", []), ("", [])],
)
def test_near_names_look_alike(name: str, expected: list[str]) -> None:
    assert near(name, ["lvis", "coco", "voc2007"]) == expected


def test_near_names_are_best_first_and_limited() -> None:
    known = ["aaab", "aaaa", "aabb"]
    assert near("aaaa", known) == ["aaaa", "aaab"]
    assert near("aaaa", known, 1) == ["aaaa"]


def test_sources_are_wordnet_and_wikidata() -> None:
    assert {"wikidata", "wordnet"} <= set(sources.names())


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "w", Recipe(label_sets=("coco",)))


def test_wordnet_reads_the_folder_of_this_run_then_that_of_the_recipe(
    workspace: Workspace, tmp_path: Path
) -> None:
    def folder(path: str | None, run: Path | None = None) -> tuple[Path | None, tuple[str, ...]]:
        spec = SourceSpec(name="wordnet", version="3.0", path=path)
        source = open_source(spec, ("en", "zh"), workspace, wordnet=run)
        assert isinstance(source, WordNetSource)
        return source.folder, tuple(source.languages)

    assert folder(None) == (None, ("en", "zh"))
    assert folder("sources/wn") == (workspace.path / "sources/wn", ("en", "zh"))
    assert folder("/usr/wn")[0] == type(tmp_path)("/usr/wn")
    assert folder("sources/wn", tmp_path)[0] == tmp_path


def test_wikidata_reads_the_folder_of_the_recipe_alone(
    workspace: Workspace, tmp_path: Path
) -> None:
    spec = SourceSpec(name="wikidata", version="bundled", path="sources/wd")
    source = open_source(spec, ("en",), workspace, wordnet=tmp_path)
    assert isinstance(source, WikidataSource)
    assert source.folder == workspace.path / "sources/wd"
    bundled = open_source(SourceSpec(name="wikidata", version="bundled"), ("en",), workspace)
    assert isinstance(bundled, WikidataSource)
    assert bundled.folder is None


def test_unknown_source_says_which_there_are(workspace: Workspace) -> None:
    with pytest.raises(RegistryError, match=r"no 'wordnett'; did you mean 'wordnet'\?"):
        open_source(SourceSpec(name="wordnett", version="3.0"), ("en",), workspace)
