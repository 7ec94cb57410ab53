"""Graph files: their bytes, their names, and everything that can be wrong with them."""

from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from labelsys import forks
from labelsys.atomic import atomic_path
from labelsys.errors import LabelsysError, SchemaVersionError, StoreError
from labelsys.ids import Curie
from labelsys.model import Concept, Name
from labelsys.store import sqlite_fill
from labelsys.store.sqlite import SCHEMA_VERSION, SqliteStore
from labelsys.store.sqlite_names import write_names
from labelsys.store.sqlite_writer import SqliteWriter
from tests import toy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


@pytest.fixture(scope="session")
def toy_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("graph") / "toy.db"
    toy.fill(SqliteWriter(path))
    return path.read_bytes()


@pytest.fixture
def toy_db(toy_bytes: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "toy.db"
    path.write_bytes(toy_bytes)
    return path


def ask_everything(store: SqliteStore) -> None:
    """Call every reading method, and read all that it gives."""
    for read in (
        *(store.iter_concepts, store.iter_ids, store.iter_names, store.iter_edges),
        *(store.iter_label_sets, store.iter_placements, store.iter_mappings),
        *(store.iter_findings, store.get_meta),
    ):
        list(read())
    for id_ in (toy.DOG, toy.AUDI, toy.CRANE_BIRD):
        store.find_concept(id_)
        list(store.iter_broader(id_))
        list(store.iter_narrower(id_))
        list(store.iter_labels_at(id_))
        list(store.iter_concepts([id_]))
    store.find_by_xref(Curie("wd", "Q144"))
    store.find_label(Curie("pets", "1"))
    store.find_placement(Curie("pets", "1"))
    store.get_label_set("pets")
    for name in ("golden retreiver", "ca", "狗"):
        store.find_by_name(name)
        store.find_similar_names(name)


@pytest.mark.parametrize("n", [0, 1, 63, 64, 65, 128, 200])
def test_rows_are_written_dozens_at_a_time_as_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n: int
) -> None:
    ids = [Curie("wd", f"Q{number}") for number in range(1, n + 2)]
    names = (Name(text="root", kind="pref"), Name(text="Root"), Name(text="!"))
    concepts = [Concept(id=id_, pref_label="root", names=names, xrefs=(id_,)) for id_ in ids]
    for path, rows in ((tmp_path / "many", 64), (tmp_path / "single", 1)):
        monkeypatch.setattr(sqlite_fill, "_MOST_ROWS", rows)
        writer = SqliteWriter(path)
        writer.add_concepts(concepts)
        writer.finish()
        with SqliteStore(path) as store:
            assert sorted(store.iter_ids()) == sorted(ids)
    assert (tmp_path / "many").read_bytes() == (tmp_path / "single").read_bytes()


@pytest.mark.parametrize(
    "name", ["a b.db", "what?.db", "50%.db", "%20.db", "a#b.db", "a&mode=rw.db", "狗.db", "a'b.db"]
)
def test_path_may_hold_anything(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    toy.fill(SqliteWriter(path))
    assert [entry.name for entry in tmp_path.iterdir()] == [name]
    with SqliteStore(path) as store:
        assert store.get_concept(toy.DOG).pref_label == "dog"


def test_path_may_be_relative(toy_db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(toy_db.parent)
    with SqliteStore("toy.db") as store:
        assert store.find_concept(toy.DOG) is not None


def test_same_graph_gives_the_same_bytes(toy_bytes: bytes, tmp_path: Path) -> None:
    graph, writer = toy.toy_graph(), SqliteWriter(tmp_path / "again.db")
    writer.set_meta(dict(reversed(graph.meta.items())))
    writer.add_findings(reversed(graph.findings))
    writer.add_visual_tags(reversed(graph.tags))
    writer.add_mappings(graph.mappings)
    writer.add_edges(reversed(graph.edges))
    for label_set in graph.label_sets:
        places = [p for p in graph.placements if p.label_id.prefix == label_set.id]
        writer.add_label_set(label_set, places)
    writer.add_concepts(reversed(graph.concepts))
    writer.finish()
    assert (tmp_path / "again.db").read_bytes() == toy_bytes


def test_bytes_do_not_hang_on_the_hash_seed(toy_bytes: bytes, tmp_path: Path) -> None:
    code = (
        "import sys; from labelsys.store.sqlite_writer import SqliteWriter; from tests import toy; "
        "toy.fill(SqliteWriter(sys.argv[1]))"
    )
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.db"
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", code, str(path)], check=True, env=environment)
        assert path.read_bytes() == toy_bytes


@pytest.mark.parametrize("cores", [1, 2])
def test_bytes_do_not_hang_on_the_number_of_processes(
    toy_bytes: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cores: int
) -> None:
    monkeypatch.setattr(forks, "_cores", lambda: cores)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    toy.fill(SqliteWriter(tmp_path / "graph.db"))
    assert (tmp_path / "graph.db").read_bytes() == toy_bytes
    assert [path.name for path in tmp_path.iterdir()] == ["graph.db"]


def test_names_are_written_here_where_the_other_process_dies(
    toy_bytes: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forks, "_cores", lambda: 2)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    own = os.getpid()

    def die_at_the_end(path: Path, concepts: Sequence[Concept]) -> None:
        write_names(path, concepts)
        if os.getpid() != own:
            path.write_bytes(b"half of it")
            os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr("labelsys.store.sqlite_writer.write_names", die_at_the_end)
    toy.fill(SqliteWriter(tmp_path / "graph.db"))
    assert (tmp_path / "graph.db").read_bytes() == toy_bytes


def test_other_graph_gives_other_bytes(toy_bytes: bytes, tmp_path: Path) -> None:
    writer = SqliteWriter(tmp_path / "other.db")
    writer.set_meta({"extra": "1"})
    toy.fill(writer)
    assert (tmp_path / "other.db").read_bytes() != toy_bytes


def test_depth_is_stored(toy_db: Path) -> None:
    with closing(sqlite3.connect(toy_db)) as db:
        assert dict(db.execute("SELECT id, depth FROM concept")) == toy.DEPTHS


def test_file_is_whole_by_sqlite_s_own_check(toy_db: Path) -> None:
    with closing(sqlite3.connect(toy_db)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


def test_reading_leaves_no_trace(toy_db: Path, toy_bytes: bytes) -> None:
    toy_db.chmod(0o444)
    with SqliteStore(toy_db) as store:
        ask_everything(store)
    assert toy_db.read_bytes() == toy_bytes
    assert [entry.name for entry in toy_db.parent.iterdir()] == ["toy.db"]


def test_store_answers_several_threads(toy_db: Path) -> None:
    failed: list[BaseException] = []

    def ask(store: SqliteStore) -> None:
        try:
            for _ in range(20):
                assert store.find_similar_names("golden retreiver")[0] == "golden retriever"
                assert len(list(store.iter_concepts())) == 16
        except BaseException as error:  # noqa: BLE001  # handed to the main thread
            failed.append(error)

    with SqliteStore(toy_db) as store:
        threads = [threading.Thread(target=ask, args=(store,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failed == []


def test_many_concepts_cost_a_few_statements_and_not_some_each(toy_db: Path) -> None:
    statements: list[str] = []
    with SqliteStore(toy_db) as store:
        store._db.set_trace_callback(statements.append)
        assert len(list(store.iter_concepts(toy.DEPTHS))) == 16
    assert len(statements) == 3


def test_reader_who_stops_half_way_may_close_the_store(toy_db: Path) -> None:
    with SqliteStore(toy_db) as store:
        readers = [store.iter_concepts(), store.iter_names(), store.iter_edges()]
        for reader in readers:
            next(reader)
    del reader, readers  # an error in here would be one that nobody can catch: the test run fails


# What can be wrong with a file


def write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path, _: None, "cannot open the graph .*: No such file"),
        (lambda path, _: path.mkdir(), "is a folder, not a graph file"),
        (lambda path, _: write(path, b""), "is empty, no graph: run `labelsys build`"),
        (lambda path, _: write(path, b"id,name\n1,dog\n"), "is no graph file"),
        (lambda path, good: write(path, good[:50]), "is cut short or damaged .50 bytes."),
        (lambda path, good: write(path, good[:-4096]), "is cut short or damaged"),
        (lambda path, good: write(path, good[:-1]), "is cut short or damaged"),
        (lambda path, good: write(path, good + b"x"), "is cut short or damaged"),
        (lambda path, good: write(path, good[:100] + b"\xff" * (len(good) - 100)), "cannot read"),
    ],
)
def test_file_that_is_no_whole_graph_is_told_in_one_line(
    tmp_path: Path, toy_bytes: bytes, spoil: Callable[[Path, bytes], None], message: str
) -> None:
    path = tmp_path / "bad.db"
    spoil(path, toy_bytes)
    with pytest.raises(StoreError, match=message) as caught:
        ask_everything(SqliteStore(path))
    assert "\n" not in str(caught.value)


def test_other_sqlite_file_is_no_graph(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE t (x)")
    with pytest.raises(StoreError, match="is an SQLite file, but no labelsys graph"):
        SqliteStore(path)


def test_graph_of_another_schema_says_what_to_run(toy_db: Path) -> None:
    with closing(sqlite3.connect(toy_db)) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    message = (
        f"schema {SCHEMA_VERSION + 1}, this version reads {SCHEMA_VERSION}: run `labelsys build`"
    )
    with pytest.raises(SchemaVersionError, match=message) as caught:
        SqliteStore(toy_db)
    assert (caught.value.found, caught.value.expected) == (SCHEMA_VERSION + 1, SCHEMA_VERSION)


def test_nul_in_a_path_is_refused() -> None:
    with pytest.raises(StoreError, match="cannot open the graph"):
        SqliteStore("a\0b")


def test_damaged_file_never_raises_anything_else(tmp_path: Path, toy_bytes: bytes) -> None:
    chance = random.Random(20)
    path = tmp_path / "damaged.db"
    told = 0
    for _ in range(150):
        content = bytearray(toy_bytes)
        for _ in range(chance.choice([1, 20, 400])):
            content[chance.randrange(100, len(content))] = chance.randrange(256)
        path.write_bytes(content)
        try:
            with SqliteStore(path) as store:
                ask_everything(store)
        except LabelsysError:
            told += 1
    assert told > 50  # the rest hit unused or harmless bytes


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE name SET concept = -1 WHERE concept = (SELECT max(concept) FROM name)",
        "UPDATE name SET concept = 0.5 WHERE concept = (SELECT max(concept) FROM name)",
        "UPDATE xref SET concept = -1 WHERE concept = (SELECT max(concept) FROM xref)",
    ],
)
def test_row_of_no_concept_is_damage(toy_db: Path, statement: str) -> None:
    with closing(sqlite3.connect(toy_db)) as db:
        db.execute(statement)
        db.commit()
    with SqliteStore(toy_db) as store, pytest.raises(StoreError, match="of a concept that is not"):
        list(store.iter_concepts())


# Writing


def test_nothing_is_written_over(toy_db: Path, toy_bytes: bytes) -> None:
    with pytest.raises(StoreError, match="is there already: a graph is never written over"):
        SqliteWriter(toy_db)
    assert toy_db.read_bytes() == toy_bytes


def test_file_that_came_in_the_meantime_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "graph.db"
    writer = SqliteWriter(path)
    path.write_text("mine")
    with pytest.raises(StoreError, match="is there already"):
        toy.fill(writer)
    assert path.read_text() == "mine"


def test_file_where_names_would_be_written_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "graph.db-names"
    path.write_text("mine")
    with pytest.raises(StoreError, match=r"graph\.db-names is there already"):
        SqliteWriter(tmp_path / "graph.db")
    assert path.read_text() == "mine"


def test_folder_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="its folder is not there"):
        SqliteWriter(tmp_path / "none" / "graph.db")


def test_writes_into_the_empty_file_of_an_atomic_write(tmp_path: Path, toy_bytes: bytes) -> None:
    path = tmp_path / "graph.db"
    with atomic_path(path) as temp:
        toy.fill(SqliteWriter(temp))
    assert path.read_bytes() == toy_bytes


def test_refused_graph_leaves_no_file(tmp_path: Path) -> None:
    writer = SqliteWriter(tmp_path / "graph.db")
    writer.add_edges(toy.toy_graph().edges)
    with pytest.raises(StoreError, match="E103"):
        writer.finish()
    assert list(tmp_path.iterdir()) == []


def test_text_that_no_file_can_hold_leaves_no_file(tmp_path: Path) -> None:
    writer = SqliteWriter(tmp_path / "graph.db")
    bad = Concept(id=Curie("ex", "a"), pref_label="\ud800", names=(Name(text="x"),))
    writer.add_concepts([bad])
    with pytest.raises(StoreError, match=r"cannot write .*surrogates not allowed"):
        writer.finish()
    assert list(tmp_path.iterdir()) == []


def test_full_disk_leaves_no_file(tmp_path: Path) -> None:
    # A file size limit fails writes as a full disk does; the signal would kill the process.
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
    try:
        with pytest.raises(StoreError, match=r"cannot write .*graph.db"):
            toy.fill(SqliteWriter(tmp_path / "graph.db"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert list(tmp_path.iterdir()) == []
