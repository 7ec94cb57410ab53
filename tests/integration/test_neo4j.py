"""A graph shared through a real Neo4j server: the same answers, whole or not at all, once."""

from __future__ import annotations

import re
import socket
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from labelsys.errors import SchemaVersionError, StoreBusyError, StoreError
from labelsys.forks import in_fork
from labelsys.ids import Curie
from labelsys.model import Concept, Edge, Label, LabelSet, Name, Placement
from labelsys.neo4j_share import pull, push
from labelsys.store import neo4j_link, neo4j_rows, neo4j_writer
from labelsys.store.memory import MemoryWriter
from labelsys.store.neo4j import SCHEMA_VERSION, Neo4jStore
from labelsys.store.neo4j_locator import Credentials
from labelsys.store.neo4j_writer import Neo4jWriter
from labelsys.store.sqlite_writer import SqliteWriter
from labelsys_cli.main import app
from tests import toy
from tests.contract.suite import everything
from tests.neo4j_server import CREDENTIALS, PASSWORD, free_port
from tests.progress_toy import Heard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from labelsys.neo4j_server import LocalServer
    from labelsys.store.protocol import GraphWriter

pytestmark = pytest.mark.server


@pytest.fixture
def locator(neo4j_server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server, with the environment that a person would have."""
    monkeypatch.setenv("NEO4J_USERNAME", "neo4j")
    monkeypatch.setenv("NEO4J_PASSWORD", PASSWORD)
    return neo4j_server.locator


@pytest.fixture
def ask(locator: str) -> Iterator[Callable[..., list[Any]]]:
    """Ask the server with statements of the test's own."""
    import neo4j

    login = ("neo4j", PASSWORD)
    with (
        neo4j.GraphDatabase.driver(locator, auth=login, notifications_min_severity="OFF") as driver,
        driver.session() as session,
    ):
        yield lambda text, **params: [tuple(row) for row in session.run(text, params)]


@pytest.fixture(scope="module")
def toy_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("toy") / "toy.db"
    toy.fill(SqliteWriter(path))
    return path


def chain(n: int, hash_: str, **more: Any) -> Callable[[GraphWriter], None]:
    """Return what fills a graph of n concepts, one under the other, each with a label."""
    ids = [Curie("ex", f"c{i:04d}") for i in range(n)]

    def fill(writer: GraphWriter) -> None:
        name = f"{hash_} name"
        writer.add_concepts(
            Concept(id=id_, pref_label=name, names=(Name(text=f"{name} {id_}"),), **more)
            for id_ in ids
        )
        writer.add_edges(map(Edge, ids[1:], ids))
        labels = tuple(Label(label_set="s", label_id=str(i), name=name) for i in range(n))
        places = [
            Placement(label_id=label.id, kind="exact", concept_id=id_)
            for label, id_ in zip(labels, ids, strict=True)
        ]
        writer.add_label_set(LabelSet(id="s", labels=labels), places)
        writer.set_meta({"hash": hash_})
        writer.finish()

    return fill


def content(store: Any) -> list[Any]:
    """Return all that a store holds."""
    read = (store.iter_concepts, store.iter_mappings, store.iter_label_sets)
    return [
        *([everything(value) for value in values()] for values in read),
        *(list(store.iter_names()), list(store.iter_edges()), list(store.iter_placements())),
        *(list(store.iter_findings()), dict(store.get_meta())),
    ]


def expected(fill: Callable[[GraphWriter], None]) -> list[Any]:
    writer = MemoryWriter()
    fill(writer)
    return content(writer.store)


def load(locator: str, fill: Callable[[GraphWriter], None], **more: Any) -> Neo4jWriter:
    with closing(Neo4jWriter(locator, CREDENTIALS, **more)) as writer:
        fill(writer)
    return writer


def report(writer: Neo4jWriter) -> neo4j_writer.PushReport:
    assert writer.report is not None
    return writer.report


# The same answers


COMMANDS = (
    *(("show", "dog.n.01"), ("show", "coco:18"), ("show", "wd:Q144"), ("show", "pets:2")),
    *(("search", "golden retreiver"), ("search", "狗"), ("search", "d"), ("search", "' OR 1=1")),
    *(("path", "dog", "car"), ("path", "n02084071", "Einstein"), ("tree", "animal.n.01")),
    *(("tree", "dog", "--up"), ("stats",), ("lint",), ("labelset", "list")),
    *(("labelset", "show", "street"), ("export", "mappings"), ("export", "concepts")),
    *(("export", "labels", "--under", "animal.n.01"), ("export", "skos"), ("export", "nt")),
    ("export", "bamboo"),
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_command_prints_the_same_bytes_from_both_stores(
    words: tuple[str, ...], toy_file: Path, locator: str
) -> None:
    push(toy_file, locator)
    texts = []
    for store in (str(toy_file), locator):
        done = CliRunner().invoke(app, [*words, "--store", store], prog_name="labelsys")
        assert not isinstance(done.exception, Exception) or done.exit_code == 1
        texts.append((done.exit_code, done.stdout_bytes, done.stderr.replace(store, "STORE")))
    assert texts[0] == texts[1]
    assert texts[0][0] == (1 if words == ("show", "coco:18") else 0)


def test_link_answers_the_same_from_both_stores(
    toy_file: Path, locator: str, tmp_path: Path
) -> None:
    names = tmp_path / "names.txt"
    names.write_text("dog\ngolden retreiver\nguard dog\ncrane\nnothing\n", encoding="utf-8")
    push(toy_file, locator)
    outs = [
        CliRunner().invoke(app, ["link", str(names), "--store", store, "--encoder", "none"])
        for store in (str(toy_file), locator)
    ]
    assert outs[0].stdout_bytes == outs[1].stdout_bytes
    assert outs[0].exit_code == 0
    assert outs[0].stdout


def test_info_says_where_the_graph_is(toy_file: Path, locator: str) -> None:
    push(toy_file, locator)
    done = CliRunner().invoke(app, ["info", "--store", locator, "--output", "table"])
    assert f"in          {locator}\n" in done.stdout
    assert "concepts    16" in done.stdout


def test_pulled_file_is_the_pushed_one_byte_for_byte(
    toy_file: Path, locator: str, tmp_path: Path
) -> None:
    push(toy_file, locator)
    found = pull(locator, tmp_path / "back.db")
    assert (tmp_path / "back.db").read_bytes() == toy_file.read_bytes()
    assert (found.version, found.size_bytes) == ("toy", toy_file.stat().st_size)
    with pytest.raises(StoreError, match=r"back.db is there already"):
        pull(locator, tmp_path / "back.db")


def test_push_and_pull_on_the_command_line(
    toy_file: Path, locator: str, tmp_path: Path, ask: Callable[..., list[Any]]
) -> None:
    ask("MATCH (p:Labelsys) DETACH DELETE p")

    def run(*words: str) -> Any:
        return CliRunner().invoke(app, ["neo4j", *words, "--output", "json"])

    first = run("push", locator, "--store", str(toy_file))
    assert first.exit_code == 0, first.stderr
    assert '"up_to_date": false' in first.stdout
    again = run("push", locator, "--store", str(toy_file))
    assert '"up_to_date": true' in again.stdout
    assert "graph toy is there already: nothing was sent" in again.stderr
    pulled = run("pull", locator, "--out", str(tmp_path / "x.db"))
    assert pulled.exit_code == 0, pulled.stderr
    assert PASSWORD not in first.output + again.output + pulled.output


# Whole or not at all, and once


def test_counts_of_a_push_reconcile(locator: str, ask: Callable[..., list[Any]]) -> None:
    load(locator, chain(3, "another"))
    done = report(load(locator, chain(40, "counted")))
    # Forty concepts, names, folded names, labels and placements; an edge less; the sizes.
    assert done.rows["concept"] == done.rows["label"] == done.rows["placed_at"] == 40
    assert (done.rows["subclass_edge"], done.rows["name_size"]) == (39, 1)
    assert (done.sent, done.kept) == (sum(done.rows.values()), 0)
    assert done.removed == ("another",)
    assert ask("MATCH (c:Concept) RETURN count(c)") == [(40,)]


def test_second_push_changes_nothing(locator: str, ask: Callable[..., list[Any]]) -> None:
    load(locator, chain(10, "twice"))
    state = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN elementId(n), properties(n), elementId(r)"
    before = sorted(map(repr, ask(state)))
    done = report(load(locator, chain(10, "twice")))
    assert (done.up_to_date, done.sent, done.removed) == (True, 0, ())
    assert sorted(map(repr, ask(state))) == before


def test_new_version_takes_the_place_of_the_old_one(
    locator: str, ask: Callable[..., list[Any]]
) -> None:
    load(locator, chain(12, "old"))
    done = report(load(locator, chain(5, "new")))
    assert done.removed == ("old",)
    assert ask("MATCH (n) WHERE n.version <> 'new' RETURN count(n)") == [(0,)]
    with Neo4jStore(locator, CREDENTIALS) as store:
        assert content(store) == expected(chain(5, "new"))


class InterruptedPushError(Exception):
    """Stands for whatever ends a push."""


class Stopping(Heard):
    """Does something when so many steps have been told."""

    def __init__(self, after: int, action: Callable[[], object]) -> None:
        super().__init__()
        self._after, self._action = after, action

    def advance(self, steps: int = 1) -> None:
        """Count."""
        super().advance(steps)
        self._after -= 1
        if self._after == 0:
            self._action()


def interrupt() -> None:
    raise InterruptedPushError


@pytest.mark.parametrize("after", [1, 2, 9, 30])
def test_push_that_was_cut_off_goes_on_where_it_stopped(
    locator: str, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(neo4j_rows, "MOST_ROWS", 7)
    fill = chain(30, f"cut {after}")
    load(locator, chain(3, "before"))
    with pytest.raises(InterruptedPushError):
        load(locator, fill, progress=Stopping(after, interrupt))
    with Neo4jStore(locator, CREDENTIALS) as store:
        assert content(store) == expected(chain(3, "before"))
    done = report(load(locator, fill))
    # The first step is what was there, the others a batch of at most seven rows each.
    assert 0 <= done.kept <= 7 * (after - 1)
    assert (done.kept > 0) == (after > 1)
    assert done.sent + done.kept == sum(done.rows.values())
    with Neo4jStore(locator, CREDENTIALS) as store:
        assert content(store) == expected(fill)


def test_half_loaded_version_is_never_seen(locator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neo4j_rows, "MOST_ROWS", 7)
    load(locator, chain(6, "seen"))
    seen = []

    class Looking(Heard):
        def advance(self, steps: int = 1) -> None:
            with Neo4jStore(locator, CREDENTIALS) as store:
                seen.append((store.version, len(list(store.iter_ids()))))

    load(locator, chain(20, "unseen"), progress=Looking())
    assert len(seen) > 10
    assert set(seen) == {("seen", 6)}


def test_of_two_pushes_at_once_one_goes_on_and_nothing_is_doubled(
    locator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j_rows, "MOST_ROWS", 7)
    fill = chain(25, "contested")
    with pytest.raises(StoreBusyError, match=r"another push to .* has taken over"):
        load(locator, fill, progress=Stopping(4, lambda: load(locator, fill)))
    with Neo4jStore(locator, CREDENTIALS) as store:
        assert content(store) == expected(fill)


def test_pushes_of_two_versions_at_once_leave_one(
    locator: str, monkeypatch: pytest.MonkeyPatch, ask: Callable[..., list[Any]]
) -> None:
    monkeypatch.setattr(neo4j_rows, "MOST_ROWS", 7)
    quick = chain(4, "quick")
    with pytest.raises(StoreBusyError, match=r"another push to .* has taken over"):
        load(locator, chain(25, "slow"), progress=Stopping(4, lambda: load(locator, quick)))
    assert ask("MATCH (n) WHERE n.version <> 'quick' RETURN count(n)") == [(0,)]
    with Neo4jStore(locator, CREDENTIALS) as store:
        assert content(store) == expected(quick)


def test_many_pushers_at_once_double_nothing(locator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neo4j_rows, "MOST_ROWS", 3)
    fill = chain(30, "crowded")
    ends: list[object] = []

    def run() -> None:
        try:
            ends.append(report(load(locator, fill)))
        except StoreBusyError as error:
            ends.append(error)

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ends) == 4
    load(locator, fill)
    with Neo4jStore(locator, CREDENTIALS) as store:
        assert content(store) == expected(fill)


def test_answer_to_a_commit_that_was_lost_doubles_nothing(
    locator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The driver runs a transaction again that the server has done: each batch runs twice here."""
    write = neo4j_link.Link.write

    def write_twice(self: neo4j_link.Link, work: Any) -> Any:
        write(self, work)
        return write(self, work)

    monkeypatch.setattr(neo4j_link.Link, "write", write_twice)
    monkeypatch.setattr(neo4j_rows, "MOST_ROWS", 7)
    fill = chain(20, "lost answers")
    load(locator, fill)
    with Neo4jStore(locator, CREDENTIALS) as store:
        assert content(store) == expected(fill)


def test_reader_is_told_when_its_graph_is_replaced(
    locator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j_link, "AT_ONCE", 10)
    load(locator, chain(200, "read"))
    with Neo4jStore(locator, CREDENTIALS) as store:
        ids = store.iter_ids()
        next(ids)
        load(locator, chain(3, "replacing"))
        for ask_again in (lambda: list(ids), lambda: store.find_concept(toy.DOG), store.get_meta):
            with pytest.raises(StoreBusyError, match="was replaced while it was read: try again"):
                ask_again()


def test_fork_asks_on_a_connection_of_its_own(locator: str) -> None:
    load(locator, toy.fill)
    with Neo4jStore(locator, CREDENTIALS) as store:
        assert store.find_concept(toy.DOG) is not None
        with in_fork(lambda: [store.get_concept(toy.CAR).id for _ in range(3)]) as ask_fork:
            ours = [store.get_concept(toy.DOG).id for _ in range(3)]
            theirs = ask_fork()
        assert (ours, theirs) == ([toy.DOG] * 3, [toy.CAR] * 3)
        assert store.get_concept(toy.DOG).id == toy.DOG


def test_graph_that_somebody_changes_is_not_put_in_use(
    locator: str, ask: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j_rows, "MOST_ROWS", 7)
    load(locator, chain(3, "kept"))
    spoil = Stopping(8, lambda: ask("CREATE (:Finding {version: 'spoilt', key: -5})"))
    with pytest.raises(StoreError, match="1 of 0 finding rows: somebody changes the graph there"):
        load(locator, chain(9, "spoilt"), progress=spoil)
    with Neo4jStore(locator, CREDENTIALS) as store:
        assert store.version == "kept"
    load(locator, chain(9, "spoilt"))
    with Neo4jStore(locator, CREDENTIALS) as store:
        assert content(store) == expected(chain(9, "spoilt"))


# Faults: one line each


@pytest.mark.parametrize("part", ["pushing", "reading"])
def test_wrong_password_says_where_it_comes_from(locator: str, part: str) -> None:
    wrong = Credentials("neo4j", "a wrong one")
    opened = Neo4jWriter if part == "pushing" else Neo4jStore
    with pytest.raises(StoreError, match=r"refuses the user name or the password: set NEO4J_") as e:
        opened(locator, wrong)
    assert "a wrong one" not in str(e.value)


def test_server_that_is_not_there_is_told_in_one_line(locator: str, toy_file: Path) -> None:
    nowhere = f"neo4j://127.0.0.1:{free_port()}"
    for words in (["show", "dog", "--store", nowhere], ["neo4j", "push", nowhere]):
        done = CliRunner().invoke(app, words, env={"LABELSYS_STORE": str(toy_file)})
        assert (done.exit_code, done.stdout) == (1, "")
        assert re.fullmatch(
            rf"error: no Neo4j server answers at {nowhere} .*`labelsys neo4j start DIR` .*\n",
            done.stderr,
        )


def test_build_hears_of_a_missing_server_before_it_builds(
    locator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["build", "--store", f"neo4j://127.0.0.1:{free_port()}"])
    assert done.exit_code == 1
    assert "no Neo4j server answers" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_server_that_never_answers_is_given_up(
    locator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j_link, "CONNECT_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(StoreError, match="no Neo4j server answers at"):
            Neo4jStore(f"bolt://127.0.0.1:{port}", CREDENTIALS)


def test_server_that_speaks_http_is_no_neo4j(locator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neo4j_link, "CONNECT_S", 0.5)
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        thread = Thread(target=other.handle_request)
        thread.start()
        with pytest.raises(StoreError, match="no Neo4j server answers at"):
            Neo4jStore(f"bolt://127.0.0.1:{other.server_port}", CREDENTIALS)
        thread.join()


def test_empty_server_says_what_to_run(locator: str, ask: Callable[..., list[Any]]) -> None:
    ask("MATCH (p:Labelsys) DETACH DELETE p")
    with pytest.raises(StoreError, match=r"holds no graph: run `labelsys neo4j push`"):
        Neo4jStore(locator, CREDENTIALS)


def test_graph_of_another_schema_is_refused_and_replaced_by_a_push(
    locator: str, ask: Callable[..., list[Any]]
) -> None:
    load(locator, chain(4, "other schema"))
    ask("MATCH (p:Labelsys) SET p.schema_version = 99")
    message = rf"has graph schema 99, this version reads {SCHEMA_VERSION}: run `labelsys neo4j push"
    with pytest.raises(SchemaVersionError, match=message):
        Neo4jStore(locator, CREDENTIALS)
    load(locator, chain(4, "other schema"))
    with Neo4jStore(locator, CREDENTIALS) as store:
        assert content(store) == expected(chain(4, "other schema"))


def test_damaged_graph_is_told(locator: str, ask: Callable[..., list[Any]]) -> None:
    load(locator, toy.fill)
    ask("MATCH (:Concept)-[m:MAPS_TO]->() SET m.predicate_id = 'owl:sameAs'")
    with (
        Neo4jStore(locator, CREDENTIALS) as store,
        pytest.raises(StoreError, match=r"is damaged \('owl:sameAs' is no mapping predicate"),
    ):
        list(store.iter_mappings())
    ask("MATCH (p:Labelsys) DETACH DELETE p")
    ask("MATCH (v:Version {version: 'toy'}) SET v.plan = 'damaged'")


# Names and ids that would be something else, were they spliced into a query

HOSTILE = (
    'it\'s "quoted"',
    "back\\slash \\u0041 \\",
    "`tick` `` MATCH (n) DETACH DELETE n",
    "'}) DETACH DELETE n //",
    "$version ${version} {{x}} %s",
    "🦮 👩🏽‍🚀 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "zero\u200bwidth\u200djoiner\ufeff",
    "\u202eright to left\u202c \u200f\u05e2\u05d1\u05e8\u05d9\u05ea",
    "line\nbreak\ttab\rreturn\x00null\x7f",
    "\uffff\ue000\U0010fffd",
    "' OR 1=1 --",
    "x" * 20_000,
)


def hostile(writer: GraphWriter) -> None:
    concepts = [
        Concept(
            id=Curie("ex", f"h{i:02d}"),
            pref_label=text,
            names=(Name(text=text, kind="pref"), Name(text=f"{text} again")),
            gloss=text,
        )
        for i, text in enumerate(HOSTILE)
    ]
    long = replace(concepts[0], id=Curie("ex", "long"), gloss="größe 🦮 " * 120_000)
    writer.add_concepts([*concepts, long])
    ids = [Curie("ex", text) for text in ("'", '"', "`", "\\", "a:b", "}) //", "$x", "🦮")]
    writer.add_concepts(Concept(id=id_, pref_label=id_.local_id) for id_ in ids)
    labels = tuple(
        Label(
            label_set="h",
            label_id=id_.local_id,
            name=text,
            synonyms=(text, "", text),
            description=text,
            parent=text,
        )
        for id_, text in zip(ids, HOSTILE, strict=False)
    )
    places = [
        Placement(label_id=label.id, kind="exact", concept_id=id_, reason=label.name)
        for label, id_ in zip(labels, ids, strict=True)
    ]
    writer.add_label_set(LabelSet(id="h", title=HOSTILE[0], labels=labels), places)
    writer.set_meta({"hash": "hostile ' ` \" \\ 🦮", "recipe": HOSTILE[3]})
    writer.finish()


def test_hostile_texts_and_a_gloss_of_a_megabyte_come_back(locator: str) -> None:
    load(locator, hostile)
    with Neo4jStore(locator, CREDENTIALS) as store:
        assert content(store) == expected(hostile)
        found = store.find_concept(Curie("ex", "long"))
        assert found is not None
        assert len(found.gloss.encode()) > 1_000_000


def test_hostile_questions_are_answered_as_memory_answers_them(locator: str) -> None:
    load(locator, hostile)
    reference = MemoryWriter()
    hostile(reference)
    with Neo4jStore(locator, CREDENTIALS) as store:
        for text in (*HOSTILE, "\udcff", "dog \udcff", ""):
            short = text[:200]
            assert store.find_by_name(short) == reference.store.find_by_name(short)
            found = store.find_similar_names(short, limit=5)
            assert found == reference.store.find_similar_names(short, limit=5)
            for asked in (store, reference.store):
                assert list(asked.iter_placements(short)) == []
        for label in reference.store.get_label_set("h").labels:
            assert everything(label) == everything(store.find_label(label.id))
            assert store.find_placement(label.id) == reference.store.find_placement(label.id)
        assert content(store) == expected(hostile)


def test_text_that_can_not_be_encoded_is_refused_and_leaves_the_old_graph(locator: str) -> None:
    load(locator, chain(3, "before the odd one"))
    with pytest.raises(StoreError, match="takes no undecodable text"):
        load(locator, chain(3, "odd", gloss="half a \ud83d pair"))
    with Neo4jStore(locator, CREDENTIALS) as store:
        assert store.version == "before the odd one"


def test_draft_is_refused_before_anything_is_sent(
    locator: str, ask: Callable[..., list[Any]]
) -> None:
    load(locator, chain(3, "sent"))

    def fill(writer: GraphWriter) -> None:
        writer.set_meta({"hash": "unsent"})
        writer.add_edges([Edge(toy.DOG, toy.CAR)])
        writer.finish()

    with pytest.raises(StoreError, match="E103"):
        load(locator, fill)
    assert ask("MATCH (v:Version) RETURN v.version") == [("sent",)]
