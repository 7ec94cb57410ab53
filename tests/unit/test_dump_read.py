"""A dump becomes a pull: all of what is asked, nothing else, and every line is accounted for."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.errors import ConfigError, SourceError, StoreBusyError
from labelsys.source.wikidata.dump import source, tally
from labelsys.source.wikidata.dump.run import WORK_FOLDER, DumpOptions, read_dump
from labelsys.source.wikidata.dump.work import open_work
from labelsys.source.wikidata.pulled import Claim, Text, read_pull
from tests.dump_toy import PACKINGS, entity, line, statement, text_of, zip_members
from tests.progress_toy import Heard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from labelsys.source.wikidata.dump.finish import DumpReport

DOG = entity("Q144", {"P279": ["Q39201"], "P8814": ["02086723-n"]}, {"en": "dog"}, sites=["enwiki"])
PET = entity("Q39201", {"P279": ["Q729"]}, {"en": "pet"})
ANIMAL = entity("Q729", {}, {"en": "animal"})
CAR = entity("Q1420", {"P279": ["Q42889"]}, {"en": "car"})
KEY = entity("Q132041", {"P8814": ["03613294-n"]}, {"en": "key"})
REX = entity("Q5", {"P31": ["Q144"]}, {"en": "Rex"})
OVER = entity("Q77", {"P279": [statement("P279", "Q729", "deprecated")]}, {"en": "gone"})
PROPERTY = {"type": "property", "id": "P279", "claims": {"P279": []}}
LEXEME = {"type": "lexeme", "id": "L1", "lemmas": {}}
ALL = [line(each) for each in (REX, PROPERTY, DOG, CAR, ANIMAL, LEXEME, KEY, PET, OVER)]


def write(folder: Path, data: bytes, name: str = "wikidata-20240101-all.json") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    return path


def run(path: Path | str, folder: Path, **options: Any) -> DumpReport:
    return read_dump(path, folder / "pull", DumpOptions(**options))


def qids(folder: Path) -> list[str]:
    return [each.qid for each in read_pull(folder / "pull").entities]


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "pull").iterdir())}


def test_without_a_root_every_class_is_taken(tmp_path: Path) -> None:
    report = run(write(tmp_path, text_of(ALL)), tmp_path)
    assert qids(tmp_path) == ["Q144", "Q1420", "Q39201", "Q132041"]
    assert report.items == 4
    lines = report.counts["lines"]
    assert (lines.read, lines.kept, dict(lines.failed)) == (9, 4, {})
    assert lines.skipped == {
        "none of the properties": 2,
        "property": 1,
        "lexeme": 1,
        "no statement that counts": 1,
    }
    statements = report.counts["statements"]
    assert (statements.read, statements.kept) == (5, 5)
    assert all(each.adds_up for each in report.counts.values())


def test_pull_holds_what_the_dump_says(tmp_path: Path) -> None:
    run(write(tmp_path, text_of(ALL)), tmp_path, languages=("zh", "en"))
    pull = read_pull(tmp_path / "pull")
    dog = pull.entities[0]
    assert dog.texts == (Text("en", "label", "dog"),)
    assert dog.claims == (Claim("P279", "Q39201"), Claim("P8814", "02086723-n"))
    assert dog.sitelinks == 1
    assert {key: pull.header[key] for key in ("version", "license", "roots", "languages")} == {
        "version": "20240101",
        "license": "CC0-1.0",
        "roots": "none",
        "languages": "en mul zh",
    }
    assert sorted(files(tmp_path)) == [
        *("claims.tsv.gz", "counts.json", "items.tsv.gz", "names.tsv.gz")
    ]
    counts = json.loads(files(tmp_path)["counts.json"])
    assert counts["lines"]["kept"] == 4


def test_under_a_root_is_all_that_reaches_it_and_the_root(tmp_path: Path) -> None:
    report = run(write(tmp_path, text_of(ALL)), tmp_path, roots=("Q729",), linked=False)
    assert qids(tmp_path) == ["Q144", "Q729", "Q39201"]
    assert report.counts["lines"].skipped["not under a root"] == 3
    assert report.missing_roots == ()


def test_linked_items_come_with_any_root(tmp_path: Path) -> None:
    run(write(tmp_path, text_of(ALL)), tmp_path, roots=("Q729",))
    assert qids(tmp_path) == ["Q144", "Q729", "Q39201", "Q132041"]


def test_loops_and_several_ways_up_end(tmp_path: Path) -> None:
    lines = [
        line(entity("Q1", {"P279": ["Q2", "Q3"]})),
        line(entity("Q2", {"P279": ["Q1", "Q9"]})),
        line(entity("Q3", {"P279": ["Q3", "Q2"]})),
    ]
    run(write(tmp_path, text_of(lines)), tmp_path, roots=("Q9",))
    assert qids(tmp_path) == ["Q1", "Q2", "Q3"]


def test_root_that_is_not_there_is_told(tmp_path: Path) -> None:
    dump = write(tmp_path, text_of(ALL))
    report = run(dump, tmp_path, roots=("Q42889", "Q31337"), linked=False)
    assert qids(tmp_path) == ["Q1420"]
    assert report.missing_roots == ("Q31337", "Q42889")
    with pytest.raises(SourceError, match="nothing under Q31337 is in the dump"):
        run(dump, tmp_path / "other", roots=("Q31337",), linked=False)


def test_second_look_finds_what_only_others_make_a_class(tmp_path: Path) -> None:
    report = run(write(tmp_path, text_of(ALL)), tmp_path, second_look=True)
    assert qids(tmp_path) == ["Q144", "Q729", "Q1420", "Q39201", "Q132041"]
    look = report.counts["second look"]  # Q729 is there, Q42889 is not
    assert (look.read, look.kept, look.skipped) == (2, 1, {"not in the dump": 1})
    assert report.counts["lines"].adds_up


def test_other_properties_make_the_hierarchy(tmp_path: Path) -> None:
    lines = [line(entity("Q1", {"P171": ["Q2"]})), line(entity("Q3", {"P279": ["Q2"]}))]
    run(write(tmp_path, text_of(lines)), tmp_path, roots=("Q2",), properties=("P171",))
    assert qids(tmp_path) == ["Q1"]


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("jobs", [1, 3])
def test_packing_and_processes_make_no_difference(tmp_path: Path, packing: str, jobs: int) -> None:
    run(write(tmp_path / "a", text_of(ALL)), tmp_path / "a")
    packed = write(tmp_path / "b", PACKINGS[packing](ALL), "20240101.bin")
    run(packed, tmp_path / "b", jobs=jobs)
    assert files(tmp_path / "a") == files(tmp_path / "b")


@pytest.mark.parametrize(
    "data",
    [
        b"[\r\n" + b",\r\n".join(ALL) + b"\r\n]\r\n",
        b"[\n" + b"\n,\n".join(ALL) + b"\n\n]\n\n",
        b"[\n" + b" ,\n".join(ALL) + b"\n]",
        b"[\n" + b",\n".join(json.dumps(json.loads(each)).encode() for each in ALL) + b"\n]\n",
        b"[\n"
        + b",\n".join(json.dumps(json.loads(each), sort_keys=True).encode() for each in ALL)
        + b"\n]\n",
    ],
    ids=["carriage returns", "commas alone", "no last line end", "spaces", "keys in order"],
)
def test_forms_of_lines_make_no_difference(tmp_path: Path, data: bytes) -> None:
    run(write(tmp_path / "a", text_of(ALL)), tmp_path / "a")
    run(write(tmp_path / "b", data), tmp_path / "b")
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_first_of_two_lines_of_one_item_counts(tmp_path: Path) -> None:
    again = entity("Q144", {"P279": ["Q42889"]}, {"en": "other"})
    report = run(write(tmp_path, text_of([*ALL, line(again)])), tmp_path)
    assert read_pull(tmp_path / "pull").entities[0].texts == (Text("en", "label", "dog"),)
    assert report.counts["lines"].skipped["given twice"] == 1
    assert report.counts["lines"].adds_up


BAD = {
    "no JSON": b'{"type":"item","id":"Q1","claims":{"P279":[}}',
    "cut off": b'{"type":"item","id":"Q1","claims":{"P2',
    "no JSON object": b'"P279"',
    "no id": line({"type": "item", "claims": {"P279": []}}),
    "no type": line({"id": "Q1", "claims": {"P279": []}}),
    "of an unknown type": line({"type": ["item"], "id": "Q1"}),
    "its id is no QID": line(entity("X1", {"P279": ["Q1"]})),
    "claims is no object": line(entity("Q1") | {"claims": [{"P279": []}]}),
}
HOSTILE = {
    "deep": b'{"type":"item","id":"Q1","P279":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "huge number": b'{"type":"item","id":"Q1","claims":{"P279":[]},"n":1' + b"0" * 9999 + b"}",
    "no number": b'{"type":"item","id":"Q1","claims":{"P279":[]},"n":NaN}',
    "surrogate": line(entity("Q1", {"P279": ["Q2"]}, {"en": "\ud800"})),
    "latin-1": line(entity("Q1", {"P279": ["Q2"]}, {"en": "EN"})).replace(b"EN", b"caf\xe9"),
    "NUL": line(entity("Q1", {"P279": ["Q2"]}, {"en": "EN"})).replace(b"EN", b"a\0b"),
}


@pytest.mark.parametrize(("reason", "bad"), BAD.items(), ids=BAD)
def test_bad_line_is_counted_and_kept_aside(tmp_path: Path, reason: str, bad: bytes) -> None:
    dump = write(tmp_path, text_of([ALL[0], bad, *ALL[1:]]))
    report = run(dump, tmp_path)
    assert report.counts["lines"].failed == {reason: 1}
    assert report.counts["lines"].adds_up
    assert report.items == 4
    (row,) = map(json.loads, files(tmp_path)["bad-lines.jsonl"].splitlines())
    assert (row["line"], row["reason"]) == (3, reason)
    assert row["text"].rstrip(",") == bad.decode()


@pytest.mark.parametrize("bad", HOSTILE.values(), ids=HOSTILE)
def test_hostile_line_harms_nothing(tmp_path: Path, bad: bytes) -> None:
    report = run(write(tmp_path, text_of([*ALL, bad])), tmp_path)
    lines = report.counts["lines"]
    assert (lines.read, lines.adds_up) == (10, True)
    assert read_pull(tmp_path / "pull").entities[-1].qid == "Q132041"


def test_last_of_two_equal_keys_counts(tmp_path: Path) -> None:
    twice = line(entity("Q1", {"P279": ["Q2"]}))[:-1] + b',"id":"Q3"}'
    run(write(tmp_path, text_of([twice])), tmp_path)
    assert qids(tmp_path) == ["Q3"]


def test_old_bad_lines_go_with_the_pull_that_had_them(tmp_path: Path) -> None:
    run(write(tmp_path, text_of([*ALL, b"what?"])), tmp_path)
    assert "bad-lines.jsonl" in files(tmp_path)
    run(write(tmp_path, text_of(ALL)), tmp_path)
    assert "bad-lines.jsonl" not in files(tmp_path)


def test_a_line_that_is_too_long_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally, "LONGEST_LINE", 3_000)
    monkeypatch.setattr(source, "_PART", 512)
    long = line(entity("Q1", {"P279": ["Q2"]}, {"en": "x" * 9_000}))
    report = run(write(tmp_path, text_of([*ALL[:4], long, *ALL[4:]])), tmp_path)
    assert report.counts["lines"].failed == {"longer than 64 MB": 1}
    assert report.items == 4
    (row,) = map(json.loads, files(tmp_path)["bad-lines.jsonl"].splitlines())
    assert (row["line"], row["bytes"]) == (6, len(long) + 2)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "cut off: the closing"),
        (text_of(ALL)[:-3], "cut off: the closing"),
        (text_of(ALL)[:700], "cut off: the closing"),
        (b"\n".join(ALL), "does not begin with a line"),
        (b"<html>\n</html>\n", "does not begin with a line"),
        (json.dumps([1, 2]).encode(), "does not begin with a line"),
        (text_of(ALL) + ALL[0] + b"\n", "text after the closing"),
        (gzip.compress(text_of(ALL))[:-20], "cut off, near byte"),
        (zip_members(ALL)[:-30], "cut off"),
        (zip_members(ALL) + b"x", "no gzip data"),
        (gzip.compress(text_of(ALL))[:-6] + b"123456", "damaged"),
        (bz2.compress(text_of(ALL))[:-20], "cut off"),
        (b"BZhello", "no bzip2 data"),
    ],
)
def test_what_is_no_whole_dump_is_one_error_and_no_pull(
    tmp_path: Path, data: bytes, error: str
) -> None:
    with pytest.raises(SourceError, match=error):
        run(write(tmp_path, data), tmp_path)
    assert [path.name for path in (tmp_path / "pull").iterdir()] == [WORK_FOLDER]


def test_damaged_bzip2_block_is_told_whoever_unpacks_it(tmp_path: Path) -> None:
    data = bytearray(bz2.compress(text_of(ALL)))
    data[60] ^= 0xFF
    for jobs in (1, 2):
        with pytest.raises(SourceError, match="damaged bzip2 block near byte 4"):
            run(write(tmp_path, bytes(data)), tmp_path, jobs=jobs)


def test_padding_between_gzip_members_is_no_harm(tmp_path: Path) -> None:
    data = gzip.compress(text_of(ALL)[:500]) + b"\0" * 600 + gzip.compress(text_of(ALL)[500:])
    assert run(write(tmp_path, data + b"\0" * 20), tmp_path).items == 4


def test_a_file_of_something_else_is_given_up_soon(tmp_path: Path) -> None:
    data = b"[\n" + b"1,\n" * 2_000 + b"]\n"
    with pytest.raises(SourceError, match="is no JSON dump of entities"):
        run(write(tmp_path, data), tmp_path)


def test_no_such_file_and_a_folder_are_errors(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        run(tmp_path / "none.json", tmp_path)
    with pytest.raises(SourceError, match="Is a directory"):
        run(tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"roots": ("dog",)}, "root 'dog'"),
        ({"languages": ("EN",)}, "language 'EN'"),
        ({"languages": ()}, "one language"),
        ({"properties": ("P8814",)}, "property 'P8814': one of P31"),
        ({"jobs": 0}, "one process"),
    ],
)
def test_options_that_can_not_be_are_refused(
    tmp_path: Path, options: dict[str, Any], error: str
) -> None:
    with pytest.raises(ConfigError, match=error):
        run(tmp_path / "none.json", tmp_path, **options)


class Stopped(Exception):  # noqa: N818
    """Stands for whatever ends a process."""


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have reading go in small steps, so that a pass over little data has many checkpoints."""
    monkeypatch.setattr(source, "_PART", 100)
    monkeypatch.setattr(source, "_STEP", 50)


def stop_after(parts: int, path: Path | str, folder: Path, **options: Any) -> bool:
    """Run a pass that ends after so many parts; return whether it was through before."""
    told = 0

    class Stops(Heard):
        def advance(self, steps: int = 1) -> None:
            nonlocal told
            told += 1
            if told > parts:
                raise Stopped

    try:
        chosen = DumpOptions(**options)
        read_dump(path, folder / "pull", chosen, Stops(), checkpoint_s=0.0)
    except Stopped:
        return False
    return True


MANY = [
    line(entity(f"Q{n}", {"P279": [f"Q{n // 2}"]} if n % 3 else {}, {"en": "x" * (n % 90)}))
    for n in range(2, 60)
]


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("packing", PACKINGS)
def test_a_pass_that_is_stopped_again_and_again_gives_the_same(
    tmp_path: Path, packing: str
) -> None:
    lines = [*MANY[:20], b"what?", MANY[3], *MANY[20:]]
    run(write(tmp_path / "a", PACKINGS[packing](lines)), tmp_path / "a", second_look=True)
    dump = write(tmp_path / "b", PACKINGS[packing](lines))
    for _ in range(300):
        if stop_after(20, dump, tmp_path / "b", second_look=True):
            break
    else:
        pytest.fail("it never comes to an end")
    assert files(tmp_path / "a") == files(tmp_path / "b")


@pytest.mark.usefixtures("small_parts")
def test_a_resumed_pass_reads_from_a_point_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump = write(tmp_path, zip_members(MANY, 5))
    size = dump.stat().st_size
    assert not stop_after(size // 100, dump, tmp_path)
    starts: list[int] = []
    parts = source.Reader.parts

    def spy(self: source.Reader, point: int = 0) -> Iterator[source.Part]:
        starts.append(point // 8)
        return parts(self, point)

    monkeypatch.setattr(source.Reader, "parts", spy)
    run(dump, tmp_path)
    assert starts[0] > size // 3


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], str]:
    def make(data: bytes) -> str:
        file = io.TextIOWrapper(io.BytesIO(data))
        monkeypatch.setattr(sys, "stdin", file)
        return "-"

    return make


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("packing", PACKINGS)
def test_a_pipe_is_read_again_and_gives_the_same(
    tmp_path: Path, pipe: Callable[[bytes], str], packing: str
) -> None:
    data = PACKINGS[packing](MANY)
    run(pipe(data), tmp_path / "a")
    for parts in (3, 5, 9, 1000):
        stop_after(parts, pipe(data), tmp_path / "b")
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert read_pull(tmp_path / "b" / "pull").header["version"].startswith("crc32-")


@pytest.mark.usefixtures("small_parts")
def test_another_pipe_is_told_from_the_first(tmp_path: Path, pipe: Callable[[bytes], str]) -> None:
    data = text_of(MANY)
    assert not stop_after(9, pipe(data), tmp_path)
    with pytest.raises(SourceError, match="is not the dump that an earlier pass read"):
        run(pipe(data.replace(b"Q4", b"Q9")), tmp_path)
    with pytest.raises(SourceError, match="is not the dump that an earlier pass read"):
        run(pipe(data[:300]), tmp_path)
    with pytest.raises(ConfigError, match="a pipe can't be read a second time"):
        run("-", tmp_path, second_look=True)


@pytest.mark.usefixtures("small_parts")
def test_another_file_or_other_settings_are_told(tmp_path: Path) -> None:
    dump = write(tmp_path, text_of(MANY))
    assert not stop_after(9, dump, tmp_path)
    with pytest.raises(ConfigError, match=r"has other roots \(\[\]\): remove .*dump-work"):
        run(dump, tmp_path, roots=("Q1",))
    other = write(tmp_path, text_of(MANY).replace(b"Q5", b"Q6"), "other.json")
    with pytest.raises(ConfigError, match="is not the dump that the pass in"):
        run(other, tmp_path)
    copy = write(tmp_path, text_of(MANY), "wikidata-20240101-copy.json")
    assert run(copy, tmp_path).items == 39


@pytest.mark.usefixtures("small_parts")
def test_a_download_that_went_on_is_gone_on_with(tmp_path: Path) -> None:
    whole = zip_members(MANY, 5)
    dump = write(tmp_path / "b", whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="cut off"):
        stop_after(1_000_000, dump, tmp_path / "b")
    run(write(tmp_path / "b", whole), tmp_path / "b")
    run(write(tmp_path / "a", whole), tmp_path / "a")
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_two_passes_into_one_folder_are_one_too_many(tmp_path: Path) -> None:
    with (
        open_work(tmp_path / "pull" / WORK_FOLDER),
        pytest.raises(StoreBusyError, match="another pass writes to"),
    ):
        run(write(tmp_path, text_of(ALL)), tmp_path)


def test_a_work_folder_of_something_else_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "pull" / WORK_FOLDER
    folder.mkdir(parents=True)
    (folder / "pass.db").write_bytes(b"no database" * 500)
    with pytest.raises(Exception, match=r"is damaged .*: remove it to begin again"):
        run(write(tmp_path, text_of(ALL)), tmp_path)


def test_progress_hears_of_all_bytes(tmp_path: Path) -> None:
    dump = write(tmp_path, gzip.compress(text_of(ALL)))
    heard = Heard()
    read_dump(dump, tmp_path / "pull", DumpOptions(), heard)
    assert heard.lines[0] == ("start", "read dump", dump.stat().st_size)
    steps = sum(int(row[1] or 0) for row in heard.lines if row[0] == "advance")
    assert steps == dump.stat().st_size
    assert heard.lines[-1] == ("done", "11 lines, 5 entities that may be kept")


@pytest.mark.parametrize(("other", "kind"), [("P6", "property"), ("L43855", "lexeme")])
def test_an_id_tells_what_is_no_item(tmp_path: Path, other: str, kind: str) -> None:
    lines = [*ALL, line(entity(other, {"P279": ["Q1"]}))]
    report = run(write(tmp_path, text_of(lines)), tmp_path)
    assert report.counts["lines"].skipped[kind] == 2
    assert not report.counts["lines"].failed


def test_property_of_a_qualifier_alone_makes_no_class(tmp_path: Path) -> None:
    told = statement("P31", "Q144")
    told["qualifiers"] = {"P279": [statement("P279", "Q729")["mainsnak"]]}
    lines = [*ALL, line(entity("Q9", {"P31": [told]}))]
    report = run(write(tmp_path, text_of(lines)), tmp_path)
    assert report.counts["lines"].skipped["none of the properties"] == 3
    assert report.items == 4


def slowly(lines: Sequence[bytes]) -> set[str]:
    """Return QIDs of classes, found by parsing every line: the obvious way."""
    found = set()
    for each in lines:
        item = json.loads(each)
        claims = item["claims"] or {}
        if item["type"] == "item" and any(
            s["rank"] != "deprecated" for pid in ("P279", "P8814") for s in claims.get(pid, [])
        ):
            found.add(item["id"])
    return found


names = st.sampled_from(["P279", '"P279"', "P8814", '\\"P279', "é", "P2790"])
items = st.builds(
    lambda pids, text: ({pid: ["Q1" if pid == "P279" else "x1"] for pid in pids}, {"en": text}),
    st.sets(st.sampled_from(["P279", "P8814", "P18", "P27", "P2790"])),
    names,
)


@given(st.lists(items, max_size=12), st.integers(1, 200), st.sampled_from(sorted(PACKINGS)))
def test_quick_look_finds_what_a_slow_one_finds(
    tmp_path_factory: pytest.TempPathFactory,
    found: list[tuple[dict[str, list[str]], dict[str, str]]],
    part: int,
    packing: str,
) -> None:
    folder = tmp_path_factory.mktemp("dump")
    lines = [
        line(entity(f"Q{n}", *each)) for n, each in enumerate([({"P279": ["Q1"]}, {}), *found], 1)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "_PART", part)
        run(write(folder, PACKINGS[packing](lines)), folder)
    assert set(qids(folder)) == slowly(lines)
