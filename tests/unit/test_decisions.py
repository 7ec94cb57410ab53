"""The log of decisions: strict to read, safe to append to, and who has the last word."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from labelsys.audit import decision_log
from labelsys.audit.decisions import (
    Decision,
    DecisionTable,
    append_decision,
    effective,
    format_decision,
    parse_decision,
    read_decisions,
)
from labelsys.errors import SourceError, StoreBusyError, StoreError
from labelsys.ids import Curie
from labelsys.lock import WriterLock
from labelsys.model import Finding
from tests.unit.test_atomic import files_at_most

if TYPE_CHECKING:
    from pathlib import Path

DOG, CAT = Curie("wn30", "02084071-n"), Curie("wn30", "02121620-n")
LABEL = Curie("coco", "18")
EXACT, BROAD = "skos:exactMatch", "skos:broadMatch"
TAG: dict[str, object] = {
    "action": "tag",
    "subject_id": DOG,
    "predicate_id": "labelsys:visual",
    "object_id": None,
    "value": "visual",
}


def decide(
    id_: str,
    action: str = "accept",
    concept: Curie | None = DOG,
    predicate: str | None = EXACT,
    *,
    label: Curie = LABEL,
    undoes: str | None = None,
    why: str = "seen",
    at: str = "2025-03-01T09:30:00Z",
) -> Decision:
    linked = action in {"accept", "reject"}
    return Decision(
        id=id_,
        at=at,
        by="curator",
        action=action,
        subject_id=label,
        predicate_id=predicate if linked else None,
        object_id=concept if linked else None,
        why=why,
        undoes=undoes,
    )


def row(**changes: object) -> str:
    values: dict[str, object] = {
        "schema": 1,
        "id": "d1",
        "at": "2025-03-01T09:30:00Z",
        "by": "curator",
        "action": "accept",
        "subject_id": "coco:18",
        "predicate_id": EXACT,
        "object_id": DOG,
    }
    values.update(changes)
    return json.dumps({key: value for key, value in values.items() if value != "-"})


def test_row_is_read_with_defaults_for_what_it_leaves_out() -> None:
    decision = parse_decision(row())
    assert decision == Decision(
        id="d1",
        at="2025-03-01T09:30:00Z",
        by="curator",
        action="accept",
        subject_id=LABEL,
        predicate_id=EXACT,
        object_id=DOG,
        value=None,
        why="",
        evidence=(),
        undoes=None,
        schema=1,
    )
    assert decision.subject_id.local_id == "18"


def test_written_line_has_every_key_in_order_and_reads_back() -> None:
    decision = decide("d1", why="Größe\nzwei 狗")
    line = format_decision(decision)
    assert "\n" not in line
    assert " ".join(json.loads(line)) == (
        "schema id at by action subject_id predicate_id object_id value why evidence undoes"
    )
    assert parse_decision(line.encode()) == decision


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "not JSON: "),
        ("", "an empty line"),
        ("[]", "not a JSON object"),
        ("[" * 100_000, "not JSON: nested too deeply"),
        ("9" * 5_000, "not JSON: "),
        ('{"id": 1, "id": 2}', "not JSON: a key is there twice"),
        ("x" * 2_000_000, "over a megabyte"),
        (row(schema=2), "its schema 2 is newer than this version reads .1.: upgrade"),
        (row(schema=0), "schema 0 is not 1"),
        (row(schema="1"), "'schema' must be a whole number"),
        (row(schema="-"), "'schema' is missing"),
        (row(subject_id="-"), "'subject_id' is missing"),
        (row(subject="x"), "unknown key 'subject'; did you mean 'subject_id'"),
        (row(id="a b"), "'a b' is no id of a decision"),
        (row(by=" "), "'by' is empty"),
        (row(by=None), "'by' must be a text$"),
        (row(at="yesterday"), "'at' is 'yesterday': expected a time"),
        (row(at="2025-03-01T09:30:00"), "expected a time with its zone"),
        (row(action="acept"), "unknown action 'acept'; did you mean 'accept'. known: accept, rej"),
        (row(action="tag"), "subject_id coco:18 is no concept: wn30:, wd: or ls:"),
        (row(action="tag", subject_id=DOG), "tag takes the predicate_id labelsys:visual and no ob"),
        (
            row(**TAG | {"value": "maybe"}),
            "tag takes the value visual or non-visual, found 'maybe'",
        ),
        (row(**TAG | {"value": None}), "tag takes the value visual or non-visual, found None"),
        (row(**TAG | {"object_id": DOG}), "tag takes .* no object_id"),
        (row(subject_id="dog"), "subject_id: 'dog' is no CURIE"),
        (row(subject_id=DOG), "subject_id wn30:02084071-n is no label"),
        (row(object_id="n02084071"), "object_id: 'n02084071' is no CURIE"),
        (row(object_id="coco:1"), "object_id coco:1 is no concept: wn30:, wd: or ls:"),
        (row(object_id=None), "accept needs an object_id"),
        (row(predicate_id=None), "accept takes the predicate_id skos:exactMatch or skos:broad"),
        (row(predicate_id="skos:closeMatch"), "accept takes the .*found 'skos:closeMatch'"),
        (row(action="reject", predicate_id="x"), "reject takes the predicate_id .*found 'x'"),
        (row(action="exclude", why="w"), "exclude takes no predicate_id or object_id"),
        (row(action="exclude", predicate_id=None, object_id=None), "an exclusion needs a 'why'"),
        (row(value="x"), "accept takes no 'value'"),
        (row(evidence="x"), "'evidence' must be a list of texts"),
        (row(evidence=[1]), "'evidence' must be a list of texts"),
        (row(undoes=1), "'undoes' must be a text or null"),
        (row(why="\ud800"), "half a character"),
        (row(why="\0"), "a NUL"),
    ],
)
def test_wrong_line_is_an_error_with_file_and_line(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "decisions.jsonl"
    good = format_decision(decide("d0"))
    path.write_text(f"{good}\n{line}\n{good}\n", encoding="utf-8")
    with pytest.raises(SourceError, match=words) as caught:
        read_decisions(path)
    assert str(caught.value).startswith(f"{path}:2: ")
    assert "\n" not in str(caught.value)
    assert (caught.value.path, caught.value.line) == (path, 2)


def test_bytes_that_are_no_text_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    path.write_bytes(b'{"id": "\xe9"}\n')
    with pytest.raises(SourceError, match=r"jsonl:1: not UTF-8"):
        read_decisions(path)


def test_missing_log_is_empty_and_a_folder_is_an_error(tmp_path: Path) -> None:
    assert read_decisions(tmp_path / "decisions.jsonl") == ()
    with pytest.raises(SourceError, match="Is a directory"):
        read_decisions(tmp_path)


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (decide("d1"), ":2: the id 'd1' is that of line 1"),
        (decide("d2", undoes="d3"), ":2: it undoes 'd3', which is no earlier decision"),
        (decide("d2", undoes="d2"), ":2: it undoes 'd2', which is no earlier decision"),
    ],
)
def test_ids_are_unique_and_undo_looks_back(tmp_path: Path, second: Decision, words: str) -> None:
    path = tmp_path / "decisions.jsonl"
    lines = [format_decision(d) for d in (decide("d1"), second, decide("d3"))]
    path.write_text("".join(f"{line}\n" for line in lines))
    with pytest.raises(SourceError, match=words):
        read_decisions(path)


def test_line_that_was_cut_short_is_never_dropped_in_silence(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    whole = format_decision(decide("d1")) + "\n" + format_decision(decide("d2"))
    path.write_text(whole[:-5])
    with pytest.raises(SourceError, match=r":2: the last line is incomplete: .*; delete it"):
        read_decisions(path)
    with pytest.raises(SourceError, match=":2: the last line is incomplete"):
        append_decision(path, decide("d3"))
    assert path.read_text() == whole[:-5]
    path.write_text(whole)
    with pytest.raises(SourceError, match=":2: the last line has no line end: add one to keep"):
        read_decisions(path)


def test_appended_decisions_are_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    decisions = [decide("d1"), decide("d2", "exclude"), decide("d3", "note", undoes="d2")]
    for decision in decisions:
        append_decision(path, decision)
    assert read_decisions(path) == tuple(decisions)
    assert path.read_text() == "".join(f"{format_decision(d)}\n" for d in decisions)


def test_decision_that_does_not_fit_the_log_is_not_appended(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    append_decision(path, decide("d1"))
    before = path.read_bytes()
    with pytest.raises(SourceError, match="'d1' is that of line 1"):
        append_decision(path, decide("d1"))
    with pytest.raises(SourceError, match="no earlier decision"):
        append_decision(path, decide("d2", undoes="d9"))
    assert path.read_bytes() == before


def test_full_disk_takes_nothing_of_a_decision(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    append_decision(path, decide("d1"))
    before = path.read_bytes()
    with (
        files_at_most(len(before) + 100),
        pytest.raises(StoreError, match=r"no space left .*\(the decision was not recorded\)"),
    ):
        append_decision(path, decide("d2"))
    assert path.read_bytes() == before
    append_decision(path, decide("d2"))
    assert [d.id for d in read_decisions(path)] == ["d1", "d2"]


def test_disk_that_can_not_flush_takes_nothing_of_a_decision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_handle: int) -> None:
        raise OSError(5, "Input/output error")

    path = tmp_path / "decisions.jsonl"
    append_decision(path, decide("d1"))
    before = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(StoreError, match="Input/output error"):
            append_decision(path, decide("d2"))
    assert path.read_bytes() == before


def test_second_writer_waits_then_says_that_it_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "decisions.jsonl"
    monkeypatch.setattr(decision_log, "LOCK_TIMEOUT_S", 0.1)
    other = WriterLock(tmp_path / ".decisions.jsonl.lock", "the log")
    with other.hold(), pytest.raises(StoreBusyError, match=f"by process {os.getpid()}: try again"):
        append_decision(path, decide("d1"))
    append_decision(path, decide("d1"))


APPEND = """
import pathlib, sys
from labelsys.audit.decisions import append_decision, Decision
from labelsys.ids import Curie
for n in range(20):
    append_decision(pathlib.Path(sys.argv[1]), Decision(id=f"{sys.argv[2]}{n}", action="note",
        at="2025-03-01T09:30:00Z", by="x", subject_id=Curie("coco", "1"), why="y" * 5000))
"""


def test_processes_append_at_once_and_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    command = [sys.executable, "-c", APPEND, str(path)]
    writers = [subprocess.Popen([*command, name]) for name in "ab"]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    ids = [decision.id for decision in read_decisions(path)]
    assert sorted(ids) == sorted(f"{name}{n}" for name in "ab" for n in range(20))


def holding(*decisions: Decision) -> list[str]:
    return [decision.id for decision in effective(decisions)]


def test_last_acceptance_or_exclusion_of_a_label_holds() -> None:
    accept_dog, accept_cat = decide("1"), decide("2", concept=CAT, predicate=BROAD)
    exclude = decide("3", "exclude")
    assert holding(accept_dog, accept_cat) == ["2"]
    assert holding(accept_dog, exclude) == ["3"]
    assert holding(exclude, accept_dog) == ["1"]
    assert holding(accept_dog, decide("2", label=Curie("coco", "19"))) == ["1", "2"]


def test_rejections_add_up_and_end_with_an_acceptance_of_the_same_link() -> None:
    reject_dog = decide("1", "reject", predicate=None)
    reject_cat = decide("2", "reject", CAT)
    assert holding(reject_dog, reject_cat) == ["1", "2"]
    assert holding(reject_dog, reject_cat, decide("3")) == ["2", "3"]
    assert holding(reject_cat, decide("3", concept=CAT, predicate=BROAD)) == ["2", "3"]


def test_rejection_ends_an_acceptance_before_it() -> None:
    assert holding(decide("1"), decide("2", "reject", predicate=None)) == ["2"]
    assert holding(decide("1"), decide("2", "reject", predicate=EXACT)) == ["2"]
    assert holding(decide("1"), decide("2", "reject", predicate=BROAD)) == ["1", "2"]
    assert holding(decide("1"), decide("2", "reject", CAT, None)) == ["1", "2"]


def test_undone_decision_lets_the_one_before_hold_again() -> None:
    first, second = decide("1"), decide("2", concept=CAT)
    undo = decide("3", "note", undoes="2")
    assert holding(first, second, undo) == ["1"]
    assert holding(first, second, undo, decide("4", "note", undoes="3")) == ["2"]
    assert holding(first, decide("2", "exclude", undoes="1")) == ["2"]


def test_notes_hold_nothing() -> None:
    assert holding(decide("1", "note"), decide("2", "note", label=DOG)) == []


def tag(id_: str, value: str, concept: Curie = DOG, **more: object) -> Decision:
    return parse_decision(row(**TAG | {"id": id_, "value": value, "subject_id": concept} | more))


def test_last_tag_of_a_concept_holds_and_one_that_is_undone_does_not() -> None:
    log = [tag("d1", "visual"), tag("d2", "non-visual"), tag("d3", "visual", CAT)]
    assert [d.id for d in DecisionTable(log).visual] == ["d2", "d3"]
    log.append(replace(decide("d4", "note"), undoes="d2"))
    assert [d.id for d in DecisionTable(log).visual] == ["d1", "d3"]


def test_tag_of_a_retired_concept_is_one_of_what_replaces_it() -> None:
    table = DecisionTable([tag("d1", "visual")], into={DOG: CAT})
    assert [(d.subject_id, d.value) for d in table.visual] == [(CAT, "visual")]
    (told,) = table.followed
    assert (told.code, told.id) == ("W227", DOG)
    assert told.message.endswith(f"{DOG} redirects to {CAT}")


def test_tag_of_a_concept_that_is_not_there_is_a_finding() -> None:
    table = DecisionTable([tag("d1", "visual"), tag("d2", "visual", CAT)])
    assert table.unused((), {DOG, CAT}) == ()
    assert table.unused((), {DOG}, {CAT}) == ()
    (found,) = table.unused((), {DOG})
    assert (found.code, found.id) == ("W206", CAT)
    assert found.message.endswith(f"no concept {CAT} in this build")


def test_table_answers_for_one_label() -> None:
    table = DecisionTable(
        [
            decide("1", predicate=BROAD),
            decide("2", "reject", CAT, None),
            decide("3", "reject", predicate=EXACT),
            decide("4", "exclude", label=Curie("coco", "0"), why="no object"),
        ]
    )
    found = table.for_label(LABEL)
    assert found.accepted == (BROAD, DOG)
    assert found.rejected == frozenset({CAT})
    assert found.rejected_as == frozenset({(EXACT, DOG)})
    assert found.excluded is None
    assert found.allows(BROAD, DOG)
    assert not found.allows(EXACT, DOG)
    assert not found.allows(BROAD, CAT)
    assert table.for_label(Curie("coco", "0")).excluded == "no object"
    nothing = table.for_label(Curie("coco", "1"))
    assert (nothing.accepted, nothing.rejected, nothing.excluded) == (None, frozenset(), None)


def test_decisions_that_a_build_can_not_apply_are_findings() -> None:
    table = DecisionTable(
        [
            decide("1"),
            decide("2", "reject", CAT, None),
            decide("3", "exclude", label=Curie("gone", "1")),
            decide("4", "note", label=Curie("gone", "2")),
        ]
    )
    assert table.unused({LABEL}, {DOG}) == (
        Finding(
            code="W206",
            id="coco:18",
            message=f"reject coco:18 {CAT}: no concept {CAT} in this build",
        ),
        Finding(code="W206", id="gone:1", message="exclude gone:1: no label gone:1 in this build"),
    )
    assert table.unused({LABEL, Curie("gone", "1")}, {DOG, CAT}) == ()


def test_fingerprint_counts_what_holds_and_nothing_else() -> None:
    plain = DecisionTable([decide("1")]).fingerprint()
    undone = [decide("7", concept=CAT, at="2020-01-01T00:00:00Z"), decide("8", "note", undoes="7")]
    assert DecisionTable([*undone, decide("9")]).fingerprint() == plain
    assert DecisionTable([decide("1", "note"), decide("2")]).fingerprint() == plain
    assert DecisionTable([decide("1"), *undone]).fingerprint() == plain
    others = [decide("1", predicate=BROAD), decide("1", concept=CAT), decide("1", why="other")]
    prints = {DecisionTable([d]).fingerprint() for d in others}
    assert len(prints | {plain, DecisionTable().fingerprint()}) == 5


def test_fingerprint_does_not_see_the_order_of_the_log() -> None:
    one, two = decide("1"), decide("2", label=Curie("coco", "19"))
    assert DecisionTable([one, two]).fingerprint() == DecisionTable([two, one]).fingerprint()
