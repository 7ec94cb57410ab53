"""A sample of placements to be judged by hand, and what the judgements say.

`draw` writes the sample twice, in different orders; `score` reads a file of verdicts.
`docs/reference/judging.md` is the guideline, and says how the sample is drawn and counted.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import labelsys
from labelsys.benchmark.metrics import share
from labelsys.views import view_concept

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from labelsys.api import LabelSystem
    from labelsys.model import Label, LabelSet, Placement
    from labelsys.store.protocol import GraphStore

__all__ = ["draw", "kappa", "score", "take_turns"]

SEED = "labelsys-judged"
N_OF_EACH = 400
KINDS = ("exact", "broader")
COLUMNS = (
    *("item", "relation", "dataset", "task", "label", "superclass", "synonyms", "description"),
    *("concept", "names", "definition", "above", "below"),
)
_MOST_BELOW = 60
_T = TypeVar("_T")


def _place_in_order(id_: str, number: int) -> str:
    return sha256(f"{SEED}-{number}:{id_}".encode()).hexdigest()


def take_turns(sets: Sequence[Sequence[_T]], n: int) -> list[_T]:
    """Return *n* ids, each set giving its next one in turn; sets that run out are passed over."""
    drawn: list[_T] = []
    for turn in range(max(map(len, sets), default=0)):
        drawn += [ids[turn] for ids in sets if turn < len(ids)]
    return drawn[:n]


def draw(system: LabelSystem, number: int = 1) -> list[dict[str, str]]:
    """Return a sample of a built system, exact placements first; each number draws another."""
    rows: list[dict[str, str]] = []
    reader = system.store
    sets = list(reader.iter_label_sets())
    placements = {p.label_id: p for one in sets for p in reader.iter_placements(one.id)}
    labels = {label.id: (one, label) for one in sets for label in one.labels}
    for kind in KINDS:
        queues = [
            sorted(
                (label.id for label in one.labels if placements[label.id].kind == kind),
                key=lambda id_: _place_in_order(id_, number),
            )
            for one in sets
        ]
        drawn = take_turns(queues, N_OF_EACH)
        rows += [_row(reader, *labels[id_], placements[id_], number) for id_ in drawn]
    return rows


def _row(
    reader: GraphStore, label_set: LabelSet, label: Label, placement: Placement, number: int
) -> dict[str, str]:
    at = placement.concept_id if placement.kind == "exact" else placement.broader_id
    assert at is not None
    view = view_concept(reader, at, limit=None)
    above: list[str] = []
    here = view
    while here.broader and len(above) < 12:
        above.append(here.broader[0].pref_label)
        here = view_concept(reader, here.broader[0].id, limit=0)
    # Concepts that only label sets know are no part of the hierarchy that allows a place.
    below = [n.pref_label for n in view.narrower if n.id.prefix != "ls"]
    more = f" ... and {len(below) - _MOST_BELOW} more" if len(below) > _MOST_BELOW else ""
    return {
        "item": _place_in_order(f"{placement.kind}:{label.id}", number)[:8],
        "relation": placement.kind,
        "dataset": label_set.title or label_set.id,
        "task": label_set.task,
        "label": label.name,
        "superclass": label.parent or "",
        "synonyms": ", ".join(label.synonyms),
        "description": label.description,
        "concept": view.pref_label,
        "names": ", ".join(n.text for n in view.names if n.lang == "en" and n.kind != "hidden"),
        "definition": view.gloss,
        "above": " < ".join(above),
        "below": ", ".join(below[:_MOST_BELOW]) + more,
    }


def read_judged(
    path: Path,
) -> tuple[dict[str, str], dict[str, tuple[str, str]], dict[str, tuple[str, str]]]:
    """Return label -> relation, and label -> verdict and specificity by each judge."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return (
        {row["label"]: row["relation"] for row in rows},
        {row["label"]: (row["verdict"], row["specific"]) for row in rows},
        {row["label"]: (row["second_verdict"], row["second_specific"]) for row in rows},
    )


def kappa(pairs: Sequence[tuple[str, str]]) -> float:
    """Return Cohen's kappa of two judges' verdicts."""
    n = len(pairs)
    observed = sum(a == b for a, b in pairs) / n
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    by_chance = sum(first[v] * second[v] for v in first) / n**2
    return 1.0 if by_chance == 1.0 else (observed - by_chance) / (1 - by_chance)


def score(
    kinds: Mapping[str, str],
    first: Mapping[str, tuple[str, str]],
    second: Mapping[str, tuple[str, str]],
) -> dict[str, object]:
    """Return what two judges said of a sample.

    Args:
        kinds: label -> exact or broader.
        first: label -> verdict and specificity.
        second: the other judge's.
    """
    result: dict[str, object] = {}
    for kind in KINDS:
        items = [item for item, of in kinds.items() if of == kind]
        pairs = [(first[item][0], second[item][0]) for item in items]
        result[kind] = {
            "n": len(items),
            "agreement": round(sum(a == b for a, b in pairs) / len(items), 4),
            "kappa": round(kappa(pairs), 4),
            "right": _shares([[v == "right" for v in pair] for pair in pairs]),
        }
    specific = [
        [judge[item] == ("right", "yes") for judge in (first, second)]
        for item, of in kinds.items()
        if of == "broader"
    ]
    result["broader, as specific as can be"] = _shares(specific)
    return result


def _shares(rows: Sequence[Sequence[bool]]) -> dict[str, object]:
    """Return the share of rows that are right, by each judge, by both, and halves counted."""
    halves = sum(sum(row) for row in rows) / 2
    both = sum(all(row) for row in rows)
    middle = share(round(halves), len(rows))
    return {
        "mean": round(halves / len(rows), 4),
        "interval": [round(end or 0.0, 4) for end in (middle.low, middle.high)],
        "by both": round(both / len(rows), 4),
        "by each": [round(sum(row[k] for row in rows) / len(rows), 4) for k in (0, 1)],
    }


def _write(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows:
            writer.writerow([" ".join(row[name].split()).replace('"', "'") for name in COLUMNS])


def main() -> None:
    """Draw a sample, or score verdicts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    drawing = commands.add_parser("draw", help="write the sample, in two orders")
    drawing.add_argument("--workspace", type=Path, required=True)
    drawing.add_argument("--out", type=Path, required=True)
    drawing.add_argument("--number", type=int, default=1, help="of the draw")
    scoring = commands.add_parser("score", help="say what two judges said")
    scoring.add_argument("judged", type=Path, help="a file of tests/bench/judged/")
    given = parser.parse_args()
    if given.command == "draw":
        rows = draw(labelsys.open(given.workspace), given.number)
        given.out.mkdir(parents=True, exist_ok=True)
        for order in ("first", "second"):
            mixed = sorted(rows, key=lambda row: sha256(f"{order}:{row['item']}".encode()).digest())
            mixed.sort(key=lambda row: KINDS.index(row["relation"]))
            _write(given.out / f"{order}.tsv", mixed)
        return
    result = score(*read_judged(given.judged))
    json.dump(result, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
