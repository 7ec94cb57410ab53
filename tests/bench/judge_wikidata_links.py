"""A sample of classes that words link to synsets, to be judged, and what the judgements say.

`draw` writes the sample twice, in different orders, without confidences; `join` puts the
verdicts of two readings beside them; `score` says how many links are right from which
confidence on. `docs/reference/wikidata-links.md` has the question that was asked.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from labelsys.benchmark.metrics import share
from labelsys.progress import SilentProgress
from labelsys.source.wikidata.linking.classes import UNSURE
from labelsys.source.wikidata.source import WikidataSource, read_shipped
from labelsys.source.wordnet import WordNetSource
from labelsys.tables import format_table, open_table
from labelsys.vocab import Justification

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from labelsys.model import Concept
    from labelsys.model import Mapping as Link
    from labelsys.source.wikidata.facts import Item

SEED = "labelsys-wikidata-links-1"
N = 120
LEAST = 0.75
"""Confidence of the links that were judged: from here on, where nothing but it is in doubt."""
SHOWN = ("qid", "label", "aliases", "description", "above", "lemmas", "gloss", "hypernyms")
COLUMNS = ("qid", "label", "synset_id", "synset", "confidence", "first", "second", "note")
VERDICTS = ("right", "wrong", "unsure")
HEADER = {
    "dataset": "Wikidata classes linked to WordNet synsets by words, judged",
    "asked": "Are the class and the synset the same concept? right, wrong or unsure",
    "drawn": f"{N} links of the pull that ships, of confidence {LEAST:g} and up, where nothing else"
    f" is in doubt, by SHA-256 of '{SEED}:' and QID",
    "judged": "by a large language model (Claude), in two readings of one sitting, in different"
    " orders",
    "columns": "confidence: as linked; first, second: verdict of each reading",
    "source": "labelsys",
    "license": "Apache-2.0",
}


def _place(qid: str) -> bytes:
    return sha256(f"{SEED}:{qid}".encode()).digest()


def draw() -> list[tuple[Link, dict[str, str]]]:
    """Return the sample: links, and what a judge is shown of each."""
    wordnet = WordNetSource().load(None, SilentProgress())
    linked = WikidataSource().load(wordnet, SilentProgress())
    items = read_shipped().items
    synsets = {concept.id: concept for concept in wordnet.concepts}
    above: dict[str, list[str]] = {}
    for edge in wordnet.edges:
        above.setdefault(edge.narrower, []).append(synsets[edge.broader].pref_label)
    surest: dict[str, Link] = {}
    for mapping in sorted(linked.mappings, key=_surest_first):
        if _may_be_judged(mapping):
            surest.setdefault(mapping.object_id, mapping)
    drawn = sorted(surest.values(), key=lambda mapping: _place(mapping.subject_id.local_id))
    return [
        (m, _row(items[m.subject_id.local_id], synsets[m.object_id], items, above))
        for m in drawn[:N]
    ]


def _surest_first(mapping: Link) -> tuple[float, int]:
    return -(mapping.confidence or 0.0), int(mapping.subject_id.local_id[1:])


def _may_be_judged(mapping: Link) -> bool:
    if mapping.mapping_justification != Justification.COMPOSITE:
        return False
    in_doubt = mapping.status != "accepted" and mapping.comment != UNSURE
    return not in_doubt and (mapping.confidence or 0.0) >= LEAST


def _row(
    item: Item, synset: Concept, items: Mapping[str, Item], above: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    classes = [items[qid].label for qid in item.values("P279", "P31") if qid in items]
    lemmas = [name.text for name in synset.names if name.sense and name.kind != "hidden"]
    values = (
        item.qid,
        item.label,
        ", ".join(name.text for name in item.names[1:9]),
        item.description,
        ", ".join(filter(None, classes)),
        ", ".join(lemmas),
        synset.gloss,
        ", ".join(above.get(synset.id, ())),
    )
    return dict(zip(SHOWN, values, strict=True))


def join(
    sample: Iterable[tuple[Link, dict[str, str]]], readings: Sequence[Mapping[str, Sequence[str]]]
) -> list[tuple[str, ...]]:
    """Return rows of the judged file, by QID number.

    Args:
        sample: of `draw`.
        readings: QID -> verdict and note, of each reading.
    """
    rows = []
    for mapping, shown in sample:
        qid = shown["qid"]
        first, second = (reading[qid] for reading in readings)
        for verdict in (first[0], second[0]):
            if verdict not in VERDICTS:
                msg = f"{qid}: {verdict!r} is no verdict; known: {', '.join(VERDICTS)}"
                raise ValueError(msg)
        note = "; ".join(dict.fromkeys(filter(None, (first[1], second[1]))))
        confidence = f"{mapping.confidence:.4f}"
        place = (str(mapping.object_id), mapping.object_label)
        rows.append((qid, shown["label"], *place, confidence, first[0], second[0], note))
    return sorted(rows, key=lambda row: int(row[0][1:]))


def score(path: Path, thresholds: Sequence[float]) -> list[dict[str, object]]:
    """Return how many links are right from some confidences on; `unsure` is not right."""
    with open_table(path, columns=COLUMNS) as table:
        rows = [(float(row[4]), row[5], row[6]) for row in table]
    found: list[dict[str, object]] = []
    for least in thresholds:
        kept = [row for row in rows if row[0] >= least]
        halves = sum((first == "right") + (second == "right") for _, first, second in kept) / 2
        middle = share(round(halves), len(kept))
        found.append(
            {
                "from": least,
                "n": len(kept),
                "right": round(halves / len(kept), 4) if kept else None,
                "interval": [middle.low, middle.high],
                "first": sum(first == "right" for _, first, _ in kept),
                "second": sum(second == "right" for _, _, second in kept),
                "agree": sum(first == second for _, first, second in kept),
            }
        )
    return found


def _read_verdicts(path: Path) -> dict[str, list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = (line.split("\t") for line in lines if line)
    return {row[0]: [row[1], row[2] if len(row) > 2 else ""] for row in cells}


def main() -> None:
    """Draw a sample, join verdicts, or score them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    drawing = commands.add_parser("draw", help="write the sample, in two orders")
    drawing.add_argument("--out", type=Path, required=True)
    joining = commands.add_parser("join", help="write the judged file")
    joining.add_argument("readings", type=Path, nargs=2, help="QID, verdict, note: one a line")
    joining.add_argument("--out", type=Path, required=True)
    scoring = commands.add_parser("score", help="say what the readings said")
    scoring.add_argument("judged", type=Path)
    scoring.add_argument("--from", dest="least", type=float, nargs="+", default=[0.0])
    given = parser.parse_args()
    if given.command == "score":
        json.dump(score(given.judged, given.least), sys.stdout, indent=1)
        sys.stdout.write("\n")
        return
    sample = draw()
    if given.command == "join":
        rows = join(sample, [_read_verdicts(path) for path in given.readings])
        given.out.write_text(format_table(HEADER, COLUMNS, rows), encoding="utf-8")
        return
    given.out.mkdir(parents=True, exist_ok=True)
    for order in ("first", "second"):
        mixed = sorted(sample, key=lambda one: sha256(f"{order}{one[1]['qid']}".encode()).digest())
        with (given.out / f"{order}.tsv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, lineterminator="\n")
            writer.writerow(SHOWN)
            for _, row in mixed:
                writer.writerow([" ".join(row[c].split()).replace('"', "'") for c in SHOWN])


if __name__ == "__main__":
    main()
