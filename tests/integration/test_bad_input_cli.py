"""Bad input on the command line: one line that says where, or a counted, listed skip.

Whatever happens, the bytes of the workspace stay. The readers' own tests go through many more
files; here each kind of mistake passes through each command that reads files.
"""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from labelsys.config import Recipe
from labelsys.errors import SourceError
from labelsys.merge.hidden import read_hidden
from labelsys.store.sqlite_writer import SqliteWriter
from labelsys.workspace import Workspace
from labelsys_cli.main import app
from tests import toy
from tests.integration.command import hash_folder, read_graph

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.command import Command

TOY_HASH = "0123456789abcdef"
RECIPE = "labelsys.toml"


@pytest.fixture(scope="module")
def toy_system(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with the toy graph in use and a recipe of two small shipped sets."""
    folder = tmp_path_factory.mktemp("toy") / "w"
    workspace = Workspace.create(folder, Recipe(label_sets=("voc2007", "dtd")))
    with workspace.new_graph(TOY_HASH) as path:
        toy.fill(SqliteWriter(path))
    workspace.switch_current(TOY_HASH)
    return folder


@pytest.fixture
def workspace(toy_system: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of it, entered, with no other place to look in."""
    for name in ("LABELSYS_STORE", "LABELSYS_CACHE"):
        monkeypatch.delenv(name, raising=False)
    folder = shutil.copytree(toy_system, tmp_path / "w")
    monkeypatch.chdir(folder)
    return folder


def refuse(workspace: Path, *arguments: str | Path) -> str:
    """Run a command that must end in one line of error and leave every byte; return the line."""
    before = hash_folder(workspace)
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert isinstance(done.exception, SystemExit), done.exception
    assert (done.exit_code, done.stdout) == (1, ""), done.stderr
    assert re.fullmatch(r"error: [^\n]+\n", done.stderr), done.stderr
    assert len(done.stderr) < 1000, done.stderr
    assert hash_folder(workspace) == before

    return done.stderr


HEAD = b"label_id\tname\n"
TEN_MEGABYTES = b"x" * 10_000_000
DEEP = b"[" * 200_000

# What is wrong, the file, the line of the mistake (None: it is the file's as a whole), the reason.
LISTS = [
    ("empty", b"", None, "is empty"),
    ("wrong delimiter", b"label_id;name\n1;dog\n", 1, "semicolons"),
    ("missing column", b"label_id\tclass\n1\tdog\n", 1, "no column 'name'"),
    ("row too short", HEAD + b"1\tdog\n2\n", 3, "1 cells, the header has 2"),
    ("duplicate ids", HEAD + b"1\tdog\n2\tcat\n1\tcow\n", 4, "that of line 2 already"),
    ("Latin-1", HEAD + b"1\tdog\n2\tna\xefve\n", 3, "not UTF-8"),
    ("UTF-16", "label_id\tname\n1\tdog\n".encode("utf-16"), 1, "UTF-16"),
    ("NUL bytes", HEAD + b"1\td\0g\n", 2, "NUL byte"),
    ("single line of 10 MB", TEN_MEGABYTES, 1, "over 1,048,576 bytes"),
    ("line of 10 MB", HEAD + b"1\t" + TEN_MEGABYTES, 2, "over 1,048,576 bytes"),
    ("nothing but blank lines", b"\n" * 9_000, None, "is empty"),
    ("nested JSON", DEEP, 1, "nested over 1,000 deep"),
    ("nested category", b'{"categories": [\n{"id": ' + DEEP, 2, "nested over 1,000 deep"),
    ("JSON that is cut off", b'{"categories": [{"id": 1, "name": "dog"', 1, "cut off"),
    ("JSON of something else", b'{"images": []}', 1, "no 'categories'"),
]


@pytest.mark.parametrize("arguments", [("labelset", "import", "--id", "mine"), ("link",)])
@pytest.mark.parametrize(
    ("content", "line", "reason"), [case[1:] for case in LISTS], ids=[case[0] for case in LISTS]
)
def test_bad_list(
    workspace: Path,
    tmp_path: Path,
    arguments: tuple[str, ...],
    content: bytes,
    line: int | None,
    reason: str,
) -> None:
    path = tmp_path / "mine.txt"
    path.write_bytes(content)
    error = refuse(workspace, *arguments, path)
    assert f"error: {path}:{'' if line is None else f'{line}:'} " in error
    assert reason in error


@pytest.mark.parametrize("arguments", [("labelset", "import", "--id", "mine"), ("link",)])
def test_no_list(workspace: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert f"{tmp_path}: is a folder" in refuse(workspace, *arguments, tmp_path)
    missing = tmp_path / "none.txt"
    assert f"{missing}: no such file" in refuse(workspace, *arguments, missing)


@pytest.mark.parametrize("arguments", [("labelset", "import", "--id", "mine"), ("link",)])
def test_huge_json(workspace: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    path = tmp_path / "mine.json"
    with path.open("wb") as file:
        file.write(b'{"categories": [')
        file.truncate(1 << 40)  # sparse: takes no room on the disk
    assert f"{path}: 1,099,511,627,776 bytes, at most" in refuse(workspace, *arguments, path)


@pytest.mark.slow
def test_huge_list_of_categories(workspace: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    row = b'{"id": 1, "name": "dog"},'
    path.write_bytes(b'{"categories": [\n' + row * (70_000_000 // len(row)) + b"1]}")
    error = refuse(workspace, "labelset", "import", path, "--id", "mine")
    assert f"{path}:1: the list of categories has 70,000,0" in error


@pytest.mark.parametrize(
    ("id_", "reason"),
    [
        ("voc2007", "'voc2007' is taken by 'voc2007'"),
        ("VOC2007", "'VOC2007' is taken by 'voc2007'"),
        ("coco", "'coco' ships with labelsys and has other labels"),
        ("wn30", "'wn30' is reserved"),
        ("Ls", "'Ls' is reserved"),
        ("http", "'http' is reserved"),
        ("my set", "'my set' can't be a label set's id"),
        ("", "'' can't be a label set's id"),
        ("../mine", "'../mine' can't be a label set's id"),
        ("x" * 65, "over 64 characters"),
    ],
)
def test_bad_label_set_id(workspace: Path, tmp_path: Path, id_: str, reason: str) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("dog\n", encoding="utf-8")
    assert reason in refuse(workspace, "labelset", "import", path, "--id", id_)


def test_set_that_is_not_there(workspace: Path) -> None:
    error = refuse(workspace, "labelset", "remove", "voc2012")
    assert "no label set 'voc2012' (closest: voc2007)" in error
    assert "no label set 'voc2012'" in refuse(workspace, "build", "--without", "voc2012")


GOOD_RECIPE = b'schema = 1\nlabel_sets = ["voc2007"]\n'
DECISION = {
    "schema": 1,
    "id": "d1",
    "at": "2025-03-01T09:30:00Z",
    "by": "ana",
    "action": "accept",
    "subject_id": "voc2007:1",
    "predicate_id": "skos:exactMatch",
    "object_id": "wn30:02084071-n",
}


def rows(*changes: dict[str, object]) -> bytes:
    """Return a log of decisions, each the one above with some changes; None takes a key out."""
    merged = [DECISION | change for change in changes]
    kept = [{k: v for k, v in row.items() if v is not None} for row in merged]
    return b"".join(json.dumps(row).encode() + b"\n" for row in kept)


IDS = b"id\tlabel_id\tname\n"
ID = b"ls:abcdefgh\tvoc2007:1\tbicycle\n"

# The file of the workspace, what is wrong with it, its content, and what the error must say.
FILES = [
    (RECIPE, "empty", b"", "schema"),
    (RECIPE, "no TOML", b"schema = 1\nlabel_sets = [\n", "not TOML: .*end of doc"),
    (RECIPE, "wrong delimiter", b"schema: 1\n", "not TOML: .*line 1"),
    (RECIPE, "missing key", b"schema = 1\n", "label_sets"),
    (RECIPE, "unknown key", GOOD_RECIPE + b'languges = ["en"]\n', "languges.*languages"),
    (RECIPE, "key twice", GOOD_RECIPE + b"schema = 1\n", "not TOML: .*line 3"),
    (RECIPE, "wrong type", b'schema = 1\nlabel_sets = "voc2007"\n', "label_sets"),
    (RECIPE, "other schema", b'schema = 2\nlabel_sets = ["voc2007"]\n', "upgrade labelsys"),
    (RECIPE, "set twice", b'schema = 1\nlabel_sets = ["dtd", "dtd"]\n', "'dtd' is there twice"),
    (RECIPE, "reserved set", b'schema = 1\nlabel_sets = ["wn30"]\n', "'wn30' is a reserved"),
    (RECIPE, "unknown set", b'schema = 1\nlabel_sets = ["voc2012"]\n', "closest: voc2007"),
    (RECIPE, "other threshold", GOOD_RECIPE + b"[match]\naccept = 2.0\n", "match.accept"),
    (
        RECIPE,
        "unknown source",
        GOOD_RECIPE + b'[[sources]]\nname = "wordnt"\nversion = "3.0"\n',
        "did you mean 'wordnet'",
    ),
    (RECIPE, "Latin-1", GOOD_RECIPE + b"# caf\xe9\n", "line 3 is not UTF-8"),
    (RECIPE, "NUL bytes", b"schema = 1\n\0\n", "not TOML: .*line 2"),
    (RECIPE, "line of 10 MB", b"# " + TEN_MEGABYTES, "over a megabyte"),
    (RECIPE, "deep nesting", b"schema = 1\nx = " + b"[" * 100_000, "nested too deeply"),
    ("decisions.jsonl", "no JSON", rows({}) + b"accept voc2007:1\n", ":2: not JSON"),
    ("decisions.jsonl", "blank line", rows({}) + b"\n", ":2: an empty line"),
    ("decisions.jsonl", "missing key", rows({"by": None}), ":1: 'by' is missing"),
    ("decisions.jsonl", "unknown key", rows({"wy": "x"}), ":1: unknown key 'wy'; did you mean"),
    ("decisions.jsonl", "duplicate ids", rows({}, {}), ":2: the id 'd1' is that of line 1"),
    ("decisions.jsonl", "unknown action", rows({"action": "acept"}), "did you mean 'accept'"),
    ("decisions.jsonl", "no object", rows({"object_id": None}), ":1: accept needs an object_id"),
    ("decisions.jsonl", "bad id", rows({"object_id": "wn30:1"}), ":1: object_id: "),
    ("decisions.jsonl", "byte order mark", b"\xef\xbb\xbf" + rows({}), ":1: not JSON"),
    ("decisions.jsonl", "Latin-1", rows({}) + b'{"by": "Andr\xe9"}\n', ":2: not UTF-8"),
    ("decisions.jsonl", "NUL bytes", rows({}) + b"\0\n", ":2: not JSON"),
    ("decisions.jsonl", "line of 10 MB", TEN_MEGABYTES + b"\n", ":1: the line is over"),
    ("decisions.jsonl", "deep nesting", b"[" * 100_000 + b"\n", ":1: not JSON: nested too deep"),
    ("decisions.jsonl", "cut off", rows({})[:-20], ":1: the last line is incomplete"),
    ("ids.tsv", "empty", b"", ":1: the line of column names is missing"),
    ("ids.tsv", "wrong delimiter", IDS.replace(b"\t", b","), ":1: the columns are id,label_id"),
    ("ids.tsv", "missing column", b"id\tlabel_id\n", ":1: the columns are id, label_id, exp"),
    ("ids.tsv", "duplicate rows", IDS + ID + ID, ":3: .* stands in line 2 already"),
    ("ids.tsv", "row too short", IDS + b"ls:abcdefgh\n", ":2: 1 fields, expected 3"),
    ("ids.tsv", "no id", IDS + b"wn30:02084071-n\tvoc2007:1\tx\n", ":2: .* no id of a new conc"),
    ("ids.tsv", "byte order mark", b"\xef\xbb\xbf" + IDS + ID, ":1: .*byte order mark"),
    ("ids.tsv", "CRLF", (IDS + ID).replace(b"\n", b"\r\n"), ":1: .*carriage return"),
    ("ids.tsv", "Latin-1", IDS + ID + b"ls:abcdefgi\tdtd:1\tna\xefve\n", ":3: is not UTF-8"),
    ("ids.tsv", "NUL bytes", IDS + ID + b"\0", ":3: holds a NUL byte"),
    ("ids.tsv", "line of 10 MB", IDS + TEN_MEGABYTES, ":2: 1 fields, expected 3"),
]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [(name, content, reason) for name, _, content, reason in FILES],
    ids=[f"{name}-{what}" for name, what, *_ in FILES],
)
def test_build_of_a_broken_workspace(
    workspace: Path, name: str, content: bytes, reason: str
) -> None:
    (workspace / name).write_bytes(content)
    error = refuse(workspace, "build", "--encoder", "none")
    assert name in error or "closest" in reason or "mean 'wordnet'" in reason
    assert re.search(reason, error), error


@pytest.mark.parametrize("name", ["decisions.jsonl", "ids.tsv"])
def test_build_of_a_workspace_with_a_folder_for_a_file(workspace: Path, name: str) -> None:
    (workspace / name).mkdir()
    error = refuse(workspace, "build", "--encoder", "none")
    assert re.search(f"{name}: .*(folder|directory)", error, re.IGNORECASE), error


def test_folder_for_a_recipe_makes_no_workspace(workspace: Path) -> None:
    (workspace / RECIPE).unlink()
    (workspace / RECIPE).mkdir()
    assert RECIPE in refuse(workspace, "build", "--encoder", "none")


BAD_HIDE_LISTS = [
    ("Latin-1", b"n02084071\ncaf\xe9\n", "2: "),
    ("NUL bytes", b"n02084071\nn02\0\n", "2: "),
    ("line of 10 MB", TEN_MEGABYTES, "1: "),
]


@pytest.mark.parametrize(
    ("content", "where"),
    [case[1:] for case in BAD_HIDE_LISTS],
    ids=[case[0] for case in BAD_HIDE_LISTS],
)
def test_bad_hide_list_of_link(workspace: Path, tmp_path: Path, content: bytes, where: str) -> None:
    names, hide = tmp_path / "mine.txt", tmp_path / "hide.txt"
    names.write_text("dog\n", encoding="utf-8")
    hide.write_bytes(content)
    assert f"{hide}:{where}" in refuse(workspace, "link", names, "--hide", hide)


def test_missing_hide_list_of_link(workspace: Path, tmp_path: Path) -> None:
    names, hide = tmp_path / "mine.txt", tmp_path / "none.txt"
    names.write_text("dog\n", encoding="utf-8")
    assert f"{hide}: No such file" in refuse(workspace, "link", names, "--hide", hide)
    assert f"{tmp_path}: Is a directory" in refuse(workspace, "link", names, "--hide", tmp_path)


@pytest.mark.parametrize(
    ("content", "where"),
    [
        *(case[1:] for case in BAD_HIDE_LISTS),
        (b"n02084071\nn99999999\n", "2: 'n99999999' names no concept"),
        (b"# mine\nstop_sign.n.01\n", "2: 'stop_sign.n.01' names no concept"),
        (b"Hund\n", "1: "),
    ],
)
def test_bad_hide_list_of_build(tmp_path: Path, content: bytes, where: str) -> None:
    """What the build asks before it asks more; the test of a whole one is below."""
    hide = tmp_path / "hide.txt"
    hide.write_bytes(content)
    with pytest.raises(SourceError, match=re.escape(f"{hide}:{where}")) as info:
        read_hidden(hide, toy.toy_graph().concepts)
    assert "\n" not in str(info.value)
    assert len(str(info.value)) < 1000


# From here on whole builds, in processes of their own.


@pytest.mark.slow
@pytest.mark.wordnet
def test_hide_list_with_an_unknown_concept_stops_the_build(
    command: Command, copy_small: Callable[..., Path], tmp_path: Path
) -> None:
    folder = copy_small()
    hide = tmp_path / "hide.txt"
    hide.write_text("n02084071\nn99999999\n", encoding="utf-8")
    before = hash_folder(folder)
    assert f"error: {hide}:2: 'n99999999'" in command.refuse(folder, "build", "--hide", hide)
    assert hash_folder(folder) == before


@pytest.mark.slow
@pytest.mark.wordnet
def test_dirty_but_readable_list_comes_in_with_every_oddity_counted_and_listed(
    command: Command, copy_small: Callable[..., Path], tmp_path: Path
) -> None:
    folder = copy_small()
    dirty = tmp_path / "dirty.tsv"
    lines = [
        "label_id\tname\twnid\tsynset",
        "1\tdog\tn02084071\t",
        "2\tdog\t\t",
        "3\t \t\t",
        "4\tstop_sign\t\tstop_sign.n.01",
        "",
        "5\tghost\tn99999999\t",
    ]
    dirty.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode() + b"\r\n")
    done = command.run(folder, "labelset", "import", dirty, "--id", "dirty")
    assert done.returncode == 0, done.stderr
    assert f"read {dirty} as tsv: 4 labels, 2 rows skipped" in done.stderr
    assert re.search(r"^W207  line 4 .*empty name$", done.stderr, re.MULTILINE), done.stderr
    assert re.search(r"^I404  1 name", done.stderr, re.MULTILINE), done.stderr
    shown = command.rows(folder, "labelset", "show", "dirty")
    assert [row["label_id"] for row in shown] == ["1", "2", "4", "5"]
    assert shown[0]["wnid"] == "n02084071"
    found = command.rows(folder, "lint", "graph", "--all")
    unknown = {row["id"]: row["message"] for row in found if row["code"] == "W203"}
    assert unknown.keys() == {"dirty:4", "dirty:5"}
    assert "stop_sign.n.01" in unknown["dirty:4"]
    assert "n99999999" in unknown["dirty:5"]

    # Linking says the same, and has a row for every row.
    linked = command.run(folder, "link", dirty, "--encoder", "none", "--output", "jsonl")
    assert linked.returncode == 0, linked.stderr
    assert "W207" in linked.stderr or "skipped" in linked.stderr
    rows = [json.loads(line) for line in linked.stdout.splitlines()]
    assert [row["label_id"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert rows[2]["object_id"] is None


@pytest.mark.slow
@pytest.mark.wordnet
def test_errors_of_a_real_process_are_one_line_too(
    command: Command, copy_small: Callable[..., Path], tmp_path: Path
) -> None:
    folder = copy_small()
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"dog\nd\0g\n")
    before = hash_folder(folder)
    for arguments in (("labelset", "import", bad, "--id", "bad"), ("link", bad)):
        done = command.run(folder, *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"error: {bad}:2: ")
        assert done.stderr.count("\n") == 1
    assert hash_folder(folder) == before


@pytest.mark.slow
@pytest.mark.wordnet
def test_build_that_fails_after_an_import_takes_the_import_back(
    command: Command, copy_small: Callable[..., Path], tmp_path: Path
) -> None:
    folder = copy_small()
    graph = read_graph(folder)
    (folder / "decisions.jsonl").write_text("nonsense\n", encoding="utf-8")
    names = tmp_path / "mine.txt"
    names.write_text("dog\n", encoding="utf-8")
    before = hash_folder(folder)
    for arguments in (("import", names, "--id", "mine"), ("remove", "voc2007")):
        error = command.refuse(folder, "labelset", *arguments)
        assert f"{folder / 'decisions.jsonl'}:1: not JSON" in error
        assert hash_folder(folder) == before
    assert read_graph(folder) == graph
