from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import labelsys
from labelsys.config import Recipe
from labelsys.model import Label
from labelsys.store.memory import MemoryWriter
from labelsys.store.sqlite_writer import SqliteWriter
from labelsys.workspace import Workspace
from tests import toy

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("api") / "toy.db"
    toy.fill(SqliteWriter(path))
    return path


@pytest.fixture
def system(graph: Path) -> Iterator[labelsys.LabelSystem]:
    with labelsys.open(graph) as opened:
        yield opened


def test_open_takes_a_workspace(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path, Recipe(label_sets=("pets", "street", "zoo")))
    with workspace.new_graph("0123456789abcdef") as path:
        toy.fill(SqliteWriter(path))
    workspace.switch_current("0123456789abcdef")
    with labelsys.open(tmp_path) as system:
        assert system.get("dog").id == toy.DOG


def test_open_takes_the_variable(graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABELSYS_STORE", str(graph))
    with labelsys.open() as system:
        assert system.get("dog").id == toy.DOG


def test_open_of_nothing_says_to_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LABELSYS_STORE", raising=False)
    with pytest.raises(labelsys.StoreError, match="labelsys build"):
        labelsys.open()


def test_closing_twice_is_fine(graph: Path) -> None:
    system = labelsys.open(graph)
    system.close()
    system.close()


def test_get_returns_the_whole_concept(system: labelsys.LabelSystem) -> None:
    dog = system.get("n02084071")
    assert (dog.id, dog.synset, dog.qid) == ("wn30:02084071-n", "dog.n.01", "Q144")


def test_get_knows_addresses_under_the_systems_own_base() -> None:
    writer = MemoryWriter()
    concept = labelsys.Concept(id=toy.AUDI, pref_label="Audi R8 Coupe 2012", source="labelset")
    writer.add_concepts([concept])
    writer.set_meta({"base": "https://labels.test/"})
    writer.finish()
    system = labelsys.LabelSystem(writer.store)
    assert system.get("https://labels.test/concept/zw6kp2pf") == concept


def test_unknown_id_raises_with_close_ones(system: labelsys.LabelSystem) -> None:
    with pytest.raises(labelsys.NotFoundError, match="wn30:02084071-n"):
        system.get("n02084072")


def test_answers_turn_into_frames(system: labelsys.LabelSystem) -> None:
    frame = system.search("crane", limit=2).to_frame()
    assert list(frame["wnid"]) == ["n03126707", "n02012849"]
    assert list(system.label_sets().to_frame()["labels"]) == [4, 4, 3]


def test_hierarchy_is_read_once(system: labelsys.LabelSystem) -> None:
    assert system.hierarchy is system.hierarchy
    assert system.hierarchy.lowest_common_ancestors(toy.DOG, toy.CRANE_BIRD) == (toy.ANIMAL,)


def test_tree_and_path_take_any_spelling(system: labelsys.LabelSystem) -> None:
    assert [row.pref_label for row in system.tree("wd:Q1420", depth=1)] == [
        "car",
        "Audi R8 Coupe 2012",
    ]
    assert [step.id for step in system.path("car.n.01", "n04524313")] == [toy.CAR, toy.VEHICLE]


def test_labels_of_a_set_keep_its_order(system: labelsys.LabelSystem) -> None:
    rows = system.labels("street")
    assert [(row.label_id, row.placement, row.pref_label) for row in rows] == [
        ("/m/0k4j", "exact", "car"),
        ("/m/0r8", "broader", "Audi R8 Coupe 2012"),
        ("/m/0dog", "broader", "dog"),
        ("/m/0thg", "unplaced", ""),
    ]


def test_mappings_can_be_chosen(system: labelsys.LabelSystem) -> None:
    assert len(system.mappings()) == 5
    assert [m.object_id for m in system.mappings("zoo:7")] == [toy.CRANE_BIRD, toy.CRANE_MACHINE]
    assert [m.object_id for m in system.mappings("zoo:7", status="accepted")] == [toy.CRANE_BIRD]
    assert [m.subject_id for m in system.mappings(predicate="skos:broadMatch")] == ["street:/m/0r8"]
    with pytest.raises(labelsys.IdentifierError, match="'dog' is no CURIE"):
        system.mappings("dog")


def test_link_takes_one_name_or_several(system: labelsys.LabelSystem) -> None:
    (one,) = system.link("golden retriever", encoder="none")
    assert one.object_id == toy.RETRIEVER
    rows = system.link(["dog", " ", "car"], encoder="none")
    assert [(row.label_id, row.name, row.object_id) for row in rows] == [
        ("1", "dog", toy.DOG),
        ("2", " ", None),
        ("3", "car", toy.CAR),
    ]


def test_link_takes_labels_and_their_given_ids(system: labelsys.LabelSystem) -> None:
    label = Label(label_set="mine", label_id="x", name="crane", wnid="n03126707")
    (given,) = system.link([label], encoder="none")
    assert (given.label_id, given.object_id) == ("x", toy.CRANE_MACHINE)


def test_link_takes_a_file(system: labelsys.LabelSystem, tmp_path: Path) -> None:
    file = tmp_path / "names.tsv"
    file.write_text("label_id\tname\nd\tdog\n\ne\t\nc\tcar\n", encoding="utf-8")
    with pytest.warns(labelsys.LabelsysWarning, match=r"names\.tsv: .*empty name"):
        rows = system.link(file, encoder="none")
    assert [(row.label_id, row.object_id) for row in rows] == [
        ("d", toy.DOG),
        ("e", None),
        ("c", toy.CAR),
    ]


def test_link_hides_concepts_and_says_which_are_unknown(system: labelsys.LabelSystem) -> None:
    with pytest.warns(labelsys.LabelsysWarning, match="1 concepts to hide .*: n99999999"):
        (row,) = system.link("golden retriever", hide=["n02099601", "n99999999"], encoder="none")
    assert row.object_id != toy.RETRIEVER


def test_link_finds_its_cache(graph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from labelsys.store.sqlite import SqliteStore
    from labelsys.workspace import find_cache

    monkeypatch.delenv("LABELSYS_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/home/me/.cache")
    with SqliteStore(graph) as lone:
        assert find_cache(lone) == Path("/home/me/.cache/labelsys")
    workspace = Workspace.create(tmp_path, Recipe(label_sets=()))
    with workspace.new_graph("0123456789abcdef") as path:
        toy.fill(SqliteWriter(path))
    with SqliteStore(workspace.graph_path("0123456789abcdef")) as inside:
        assert find_cache(inside) == tmp_path / "cache"
        monkeypatch.setenv("LABELSYS_CACHE", "/var/cache/labelsys")
        assert find_cache(inside) == Path("/var/cache/labelsys")


def test_export_writes_to_a_stream(system: labelsys.LabelSystem) -> None:
    stream = io.BytesIO()
    counts = system.export("labels", stream, under="wd:Q144", language=("en",))
    assert counts.kept == 3
    ids = [json.loads(line)["id"] for line in stream.getvalue().splitlines()]
    assert ids == [toy.WATER_DOG, toy.DOG, toy.RETRIEVER]


def test_export_passes_other_options_on_or_refuses_them(system: labelsys.LabelSystem) -> None:
    stream = io.BytesIO()
    system.export("mappings", stream, version="7", output="tsv")
    assert b"mapping_set_version: 7" in stream.getvalue().replace(b'"', b"").replace(b"'", b"")
    with pytest.raises(labelsys.ConfigError, match="export mappings takes no depth or under"):
        system.export("mappings", io.BytesIO(), under="dog", depth=1)


def test_stats_info_and_lint_are_there(system: labelsys.LabelSystem, graph: Path) -> None:
    assert system.stats().labels == 11
    info = system.info()
    assert (info.graph, info.path) == ("toy", str(graph))
    assert info.size_bytes == graph.stat().st_size
    assert [finding.code for finding in system.lint()] == ["I401", "I402", "I402", "W301"]
    assert [finding.code for finding in system.lint("zoo")] == ["W301"]


def test_info_of_a_store_without_a_file() -> None:
    writer = MemoryWriter()
    toy.fill(writer)
    info = labelsys.LabelSystem(writer.store).info()
    assert (info.path, info.size_bytes, info.concepts) == ("", 0, 16)


def test_info_reads_what_the_build_wrote_down() -> None:
    writer = MemoryWriter()
    sources = [{"name": "wordnet", "version": "3.0", "fingerprint": "aa"}]
    writer.set_meta({"hash": "x", "sources": json.dumps(sources), "encoder": "none"})
    writer.finish()
    info = labelsys.LabelSystem(writer.store).info()
    assert (info.sources, info.encoder) == ({"wordnet": "3.0"}, "none")
    assert info.inputs == {"graph": "x", "source wordnet 3.0": "aa", "encoder": "none"}


def test_unknown_attribute_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'labelsys' has no attribute 'opne'"):
        _ = labelsys.opne


def test_import_loads_next_to_nothing() -> None:
    code = (
        "import json, sys, time; before = set(sys.modules); start = time.perf_counter()\n"
        "import labelsys; took = time.perf_counter() - start\n"
        "print(json.dumps([took, sorted(set(sys.modules) - before)]))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],  # without site-packages: nothing else can be loaded
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    took_s, loaded = json.loads(done.stdout)
    assert took_s < 0.1
    assert {n for n in loaded if n.startswith("labelsys")} == {"labelsys", "labelsys.version"}
    assert {name.split(".")[0] for name in loaded} <= {"labelsys", *sys.stdlib_module_names}
