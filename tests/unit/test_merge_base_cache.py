"""Sources put together are read once, and taken from the cache only where nothing has changed."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from labelsys.ids import Curie
from labelsys.merge import base_cache
from labelsys.merge.base_cache import dump_base, load_base, read_base
from labelsys.model import Concept, Definition, Edge, Finding, Mapping, Name, Sense
from labelsys.source.combine import Base, combine
from labelsys.source.protocol import Counts, Found, SourceData, SourceInfo
from tests import lexicon_toy as toy
from tests.progress_toy import Heard

if TYPE_CHECKING:
    from collections.abc import Callable

    from labelsys.progress import Progress

X, Y, Q = Curie("wn30", "00000001-n"), Curie("wd", "Q1"), Curie("wd", "Q2")
SAID = (Definition("de", "Tier"), Definition("zh", "\u72d7"))
SENSE = Sense(number=2, count=7, lex_id=1)
BASE = Base(
    concepts=(
        Concept(
            id=Y,
            pref_label="\u72d7 \ud800\n",
            names=(Name(text="other", lang="zh", kind="hidden", sense=SENSE),),
            source="wikidata",
            status="retired",
            replaced_by=X,
        ),
        Concept(id=X, pref_label="x", names=(Name(text="x", kind="pref", sense=SENSE),)),
        Concept(
            id=toy.DOG,
            pref_label="",
            gloss="g",
            definitions=SAID,
            lexname="noun.animal",
            xrefs=(Q, Y),
        ),
    ),
    edges=(Edge(Y, X), Edge(toy.DOG, Y, "instance")),
    mappings=(
        Mapping(
            subject_id=Q,
            predicate_id="skos:closeMatch",
            object_id=X,
            mapping_justification="semapv:ManualMappingCuration",
            confidence=0.1,
            status="review",
        ),
        Mapping(
            subject_id=X,
            predicate_id="skos:exactMatch",
            object_id=Curie("ili", "i5"),
            mapping_justification="semapv:LexicalMatching",
            similarity_score=1 / 3,
        ),
    ),
    findings=(Finding(code="W203", id="wd:Q1", message="wrong"),),
)
INFO = SourceInfo(
    name="toy",
    version="1",
    fingerprint="0" * 64,
    concepts=3,
    edges=2,
    counts={"rows": Counts(read=3, kept=1, skipped={"twice": 1}, failed={"bad": 1})},
)


class Source(toy.ToySource):
    """The lexicon, with a fingerprint of its own; counts how often it was read."""

    def __init__(self, fingerprint: str = "0" * 64, name: str = "toy") -> None:
        super().__init__()
        self.name = name
        self.fingerprint = self.found = fingerprint
        self.loads = 0

    def find(self, progress: Progress, /) -> Found:
        return Found(fingerprint=self.found, place="here")

    def tell(self, found: Found, info: SourceInfo, progress: Progress, /) -> None:
        progress.done(f"{info.concepts} in {found.place}")

    def load(self, base: SourceData | None, progress: Progress, /) -> SourceData:
        self.loads += 1
        data = replace(super().load(base, progress), fingerprint=self.fingerprint)
        self.tell(Found(fingerprint="", place="here"), data.info, progress)
        return data


def read(
    folder: Path, source: Source, languages: tuple[str, ...] = ("en",)
) -> tuple[Base, tuple[SourceInfo, ...], list[tuple[str | int | None, ...]]]:
    heard = Heard()
    base, infos = read_base([source], languages=languages, cache_folder=folder, progress=heard)
    return base, infos, heard.lines


@pytest.mark.parametrize("base", [BASE, combine([toy.ToySource().load(None, Heard())])])
def test_what_is_kept_comes_back_the_same(base: Base) -> None:
    loaded = load_base(dump_base(base, [INFO]))
    assert loaded is not None
    # Fields that `==` passes over count, too.
    assert repr(loaded) == repr((base, (INFO,)))
    ids = [x for c in loaded[0].concepts for x in (c.id, *c.xrefs)]
    ids += [x for e in loaded[0].edges for x in (e.narrower, e.broader)]
    assert {type(id_) for id_ in ids} == {Curie}


def test_empty_base_comes_back() -> None:
    empty = Base(concepts=(), edges=(), mappings=(), findings=())
    assert load_base(dump_base(empty, [])) == (empty, ())


def _change(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        *way, last = (int(part) if part.isdigit() else part for part in path.split("."))
        here: Any = document
        for part in way:
            here = here[part]
        here[last] = value

    return change


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("sources", None),
        ("sources.0.surprise", 1),
        ("sources.0.counts", [1]),
        ("ids", ["wd:Q1"]),
        ("ids.0", 5),
        ("concepts", []),
        ("concepts.gloss", ["g"]),
        ("concepts.gloss.0", None),
        ("concepts.definitions.0", [5, "de", "Tier"]),
        ("concepts.definitions.0", [0, "de"]),
        ("concepts.definitions.0", [0, "de", None]),
        ("concepts.names.1", 5),
        ("concepts.pref_label.2", None),
        ("concepts.pref_label.2", 5),
        ("concepts.n_names", [1, 1, 1]),
        ("concepts.n_names", [3, -1, 0]),
        ("concepts.n_xrefs.0", 1),
        ("concepts.uses.0.0", ["zh", "hidden"]),
        ("concepts.uses.1.0", -1),
        ("concepts.uses.1.0", 2),
        ("concepts.about.1", [0, 1]),
        ("edges.narrower", [0]),
        ("edges.narrower.0", 5000),
        ("edges.narrower.0", -1),
        ("edges.kind.1", ["subclass"]),
        ("mappings.subject_id", []),
        ("mappings.confidence.0", 7.5),
        ("mappings.predicate_id.0.0", "skos:noMatch"),
        ("findings", [["W203", "wd:Q1"]]),
        ("findings.0.2", 5),
    ],
)
def test_anything_else_is_not_taken(path: str, value: object) -> None:
    document = json.loads(dump_base(BASE, [INFO]))
    _change(path, value)(document)
    assert load_base(json.dumps(document).encode()) is None


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"{}", b"\xff", b"[" * 100_000])
def test_other_bytes_are_not_taken(data: bytes) -> None:
    assert load_base(data) is None


def test_source_is_read_once_and_told_alike(tmp_path: Path) -> None:
    source = Source()
    first = read(tmp_path, source)
    again = read(tmp_path, source)
    assert source.loads == 1
    assert repr(again) == repr(first)
    assert first[2] == [("done", f"{len(toy.concepts())} in here")]
    assert [info.name for info in first[1]] == ["toy"]


def test_whatever_changes_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(tmp_path, Source())
    for source, languages in (
        (Source("1" * 64), ("en",)),
        (Source(name="other"), ("en",)),
        (Source(), ("en", "zh")),
    ):
        read(tmp_path, source, languages)
        assert source.loads == 1
    monkeypatch.setattr(base_cache, "code_fingerprint", lambda *_: "another one")
    source = Source()
    read(tmp_path, source)
    assert source.loads == 1


def test_damaged_file_is_made_anew(tmp_path: Path) -> None:
    first = read(tmp_path, Source())
    (path,) = (tmp_path / "base").iterdir()
    good = path.read_bytes()
    path.write_bytes(good[:-7] + b"damaged")
    source = Source()
    assert repr(read(tmp_path, source)) == repr(first)
    assert source.loads == 1
    assert path.read_bytes() == good


def test_foreign_content_under_the_right_name_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(base_cache, "dump_base", lambda *_: b"[]")
        read(tmp_path, Source())
    source = Source()
    base, _, _ = read(tmp_path, source)
    assert source.loads == 1
    assert len(base.concepts) == len(toy.concepts())


def test_file_that_changes_between_find_and_load_is_not_kept(tmp_path: Path) -> None:
    source = Source("1" * 64)
    source.found = "0" * 64
    read(tmp_path, source)
    assert not (tmp_path / "base").exists()


def test_key_covers_the_code_of_the_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    covered: list[str] = []

    def record(*names: str) -> str:
        covered.extend(names)
        return "code"

    monkeypatch.setattr(base_cache, "code_fingerprint", record)
    read(tmp_path, Source())
    assert {"source", "columns.py"} <= set(covered)


def test_key_covers_all_of_the_matcher_that_the_sources_use() -> None:
    """Whatever they import of it when they read, and what that imports; types aside."""
    package = Path(base_cache.__file__).parents[1]
    found: set[str] = set()
    waiting = ["source/wikidata/source.py", "source/wordnet.py", "source/combine.py"]
    while waiting:
        text = package.joinpath(waiting.pop()).read_text(encoding="utf-8")
        for name, several, one in re.findall(
            r"^from labelsys\.((?:source|match)[\w.]*) import (?:\(([^)]*)\)|(.*))",
            text,
            re.MULTILINE,
        ):
            module = package / name.replace(".", "/")
            names = re.findall(r"\w+", several or one)
            paths = [f"{name}.{each}" for each in names] if module.is_dir() else [name]
            for path in (each.replace(".", "/") + ".py" for each in paths):
                if path in found:
                    continue
                found.add(path)
                waiting.append(path)
    assert {"source/wikidata/linking/exact.py", "match/forms.py"} <= found
    assert {path for path in found if path.startswith("match/")} <= set(base_cache._CODE)
