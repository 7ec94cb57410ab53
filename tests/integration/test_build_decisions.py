"""Curators' decisions move labels of a built system, for good until they are taken back."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from labelsys.audit.decisions import Decision, append_decision
from labelsys.ids import Curie
from tests.integration.command import read_graph

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.command import Command

pytestmark = [pytest.mark.slow, pytest.mark.wordnet]

# WordNet 3.0, as its own files have them.
BICYCLE, TRICYCLE, VEHICLE = (
    Curie("wn30", offset) for offset in ("02834778-n", "04482393-n", "04524313-n")
)
BIRD, HEN = Curie("wn30", "01503061-n"), Curie("wn30", "01514859-n")
# Rows 1, 2 and 3 of the shipped list: bicycle, bird, boat.
THE_BICYCLE, THE_BIRD, THE_BOAT = (Curie("voc2007", number) for number in "123")


def decide(folder: Path, id_: str, action: str, subject: Curie, **more: Any) -> None:
    decision = Decision(
        id=id_,
        at="2025-03-01T09:30:00Z",
        by="ana",
        action=action,
        subject_id=subject,
        **more,
    )
    append_decision(folder / "decisions.jsonl", decision)


def placed(command: Command, folder: Path) -> dict[str, tuple[str, str | None, str | None]]:
    """Return (placement, concept, reason) of every label of the first set."""
    rows = command.rows(folder, "labelset", "show", "voc2007")
    return {row["label_id"]: (row["placement"], row["concept_id"], row["reason"]) for row in rows}


def test_decisions_move_labels_survive_rebuilds_and_imports_and_can_be_undone(
    command: Command, copy_small: Callable[..., Path], tmp_path: Path
) -> None:
    folder = copy_small()
    undecided = command.succeed(folder, "export", "mappings")
    before = placed(command, folder)
    assert before[THE_BICYCLE.local_id][:2] == ("exact", BICYCLE)
    assert before[THE_BIRD.local_id][:2] == ("exact", BIRD)

    exact = "skos:exactMatch"
    decide(folder, "d1", "accept", THE_BICYCLE, predicate_id=exact, object_id=TRICYCLE)
    decide(folder, "d2", "reject", THE_BIRD, object_id=BIRD)
    decide(folder, "d3", "exclude", THE_BOAT, why="nothing to see")
    nobody = Curie("nosuchset", "1")
    decide(folder, "d4", "accept", nobody, predicate_id=exact, object_id=HEN)
    command.succeed(folder, "build")
    decided = read_graph(folder)
    after = placed(command, folder)
    assert after[THE_BICYCLE.local_id][:2] == ("exact", TRICYCLE)
    assert BIRD not in after[THE_BIRD.local_id]
    assert after[THE_BOAT.local_id] == ("excluded", None, "nothing to see")
    moved = {"1", "2", "3"}
    others = before.keys() - moved
    assert {key: after[key] for key in others} == {key: before[key] for key in others}
    assert command.rows(folder, "lint") == []

    # What it could not do is reported, and kept for when the set comes.
    found = command.rows(folder, "lint", "graph", "--all")
    (unused,) = [row for row in found if row["code"] == "W206"]
    assert unused["id"] == nobody
    assert "no label nosuchset:1" in unused["message"]

    # The curator's word is in the mappings, and the matcher's is not.
    mappings = command.succeed(folder, "export", "mappings")
    (line,) = [row for row in mappings.splitlines() if row.startswith(f"{THE_BICYCLE}\t")]
    assert {TRICYCLE, exact, "semapv:ManualMappingCuration"} <= set(line.split("\t"))
    (line,) = [row for row in mappings.splitlines() if row.startswith(f"{THE_BOAT}\t")]
    assert "sssom:NoTermFound" in line.split("\t")

    # A rebuild from nothing but what people gave, while a label set comes in next to it.
    rebuilt = tmp_path / "rebuilt"
    given = ("labelsys.toml", "ids.tsv", "decisions.jsonl")
    rebuilt.mkdir()
    for name in given:
        shutil.copy(folder / name, rebuilt / name)
    names = tmp_path / "mine.txt"
    names.write_text("hen\nbicycle\n", encoding="utf-8")
    with ThreadPoolExecutor(1) as pool:
        again = pool.submit(command.succeed, rebuilt, "build")
        command.succeed(folder, "labelset", "import", names, "--id", "mine")
    again.result()
    assert read_graph(rebuilt) == decided
    assert placed(command, folder) == after
    folder = rebuilt

    # Accepting under a concept makes a broader placement below it; d6 takes d2 back.
    broad = "skos:broadMatch"
    decide(folder, "d5", "accept", THE_BICYCLE, predicate_id=broad, object_id=VEHICLE)
    decide(folder, "d6", "note", THE_BIRD, undoes="d2")
    command.succeed(folder, "build")
    later = placed(command, folder)
    assert later[THE_BIRD.local_id] == before[THE_BIRD.local_id]
    assert later[THE_BICYCLE.local_id][0] == "broader"
    own = later[THE_BICYCLE.local_id][1]
    shown = command.rows(folder, "show", str(own))
    assert VEHICLE in [other["id"] for other in shown[0]["broader"]] or own == VEHICLE

    # All taken back: as if nobody had decided. (Ids that were given meanwhile stay given, so the
    # graph may have another name.)
    for number, undone in enumerate(("d1", "d3", "d4", "d5"), start=7):
        decide(folder, f"d{number}", "note", THE_BOAT, undoes=undone)
    command.succeed(folder, "build")
    assert placed(command, folder) == before
    assert command.succeed(folder, "export", "mappings") == undecided
