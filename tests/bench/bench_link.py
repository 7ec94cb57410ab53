"""How often LVIS names are linked to the right synset by a system that never saw LVIS.

The system is built without LVIS, the names come without ids, and every class of the gold file
counts. Beside it the usual baseline: the first sense of the name, parentheses stripped.
"""

from __future__ import annotations

import csv
import json
import math
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from labelsys.source.wordnet_files import find_wordnet
from tests.bench.system import open_built
from tests.bench.timing import Measure, Report, arguments, must, run_labelsys, say

GOAL = 0.85
THRESHOLDS = (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


class Class(NamedTuple):
    """One class of the gold file; `wnid` is None where WordNet 3.0 has no such synset."""

    label_id: str
    name: str
    synset: str
    wnid: str | None


class Guess(NamedTuple):
    """What one class was linked to."""

    wnid: str | None
    confidence: float
    is_right: bool


def read_index(wordnet: Path) -> dict[str, list[str]]:
    """Return lemma -> wnids in the order of their senses, from WordNet's own index."""
    index = {}
    for line in (wordnet / "index.noun").read_text(encoding="utf-8").splitlines():
        if not line.startswith(" "):
            fields = line.split()
            index[fields[0]] = [f"n{offset}" for offset in fields[-int(fields[2]) :]]
    return index


def read_gold(path: Path, index: dict[str, list[str]]) -> list[Class]:
    """Return the classes of a gold file.

    Columns: `label_id` or `category_id`; `name` or `label`; `synset`, as in `dog.n.01`.
    """
    classes = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            lemma, _, number = row["synset"].rsplit(".", 2)
            senses = index.get(lemma.lower(), [])
            at = int(number) - 1
            wnid = senses[at] if at < len(senses) else None
            label_id = row.get("label_id") or row["category_id"]
            classes.append(Class(label_id, row.get("name") or row["label"], row["synset"], wnid))
    return classes


def first_sense(name: str, index: dict[str, list[str]]) -> str | None:
    """Return the most usual synset of a name without its parentheses, plural as singular."""
    plain = re.sub(r"[_ ]*\([^)]*\)", "", name).strip().lower().replace(" ", "_")
    for form in (plain, plain.removesuffix("s"), plain.removesuffix("es")):
        if form in index:
            return index[form][0]
    return None


def link(folder: Path, classes: list[Class], *words: str) -> list[Guess]:
    """Return where each class is linked, in their order."""
    with TemporaryDirectory() as temp:
        path = Path(temp) / "names.tsv"
        rows = "".join(f"{each.label_id}\t{each.name}\n" for each in classes)
        path.write_text("label_id\tname\n" + rows, encoding="utf-8")
        done = must(run_labelsys(folder, "link", path, "--names-only", "--output", "jsonl", *words))
    linked = [json.loads(line) for line in done.out.splitlines()]
    guesses = []
    for each, row in zip(classes, linked, strict=True):
        exact = row["predicate_id"] == "skos:exactMatch"
        wnid = row["wnid"] if exact else None
        right = wnid is not None and wnid == each.wnid
        guesses.append(Guess(wnid, (row["confidence"] or 0.0) if exact else 0.0, right))
    return guesses


def wilson(right: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson's score interval)."""
    z = 1.959964
    share = right / total
    middle = share + z * z / (2 * total)
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return (middle - spread) / scale, (middle + spread) / scale


def add_share(report: Report, name: str, right: int, total: int, bound: float | None) -> None:
    """Report a share with its interval."""
    low, high = wilson(right, total)
    note = f"{right:,} of {total:,}, 95 % interval {low:.3f} to {high:.3f}"
    report.add(
        Measure(
            name=name, unit="share", values=(right / total,), bound=bound, at_least=True, note=note
        )
    )


def add_curve(report: Report, guesses: list[Guess]) -> None:
    """Report how sure and how many: the share linked above a confidence, and of it the right."""
    say(f"{'confidence >=':<14}{'coverage':>10}{'precision':>11}")
    rows = []
    for threshold in THRESHOLDS:
        kept = [g for g in guesses if g.wnid is not None and g.confidence >= threshold]
        coverage = len(kept) / len(guesses)
        precision = sum(g.is_right for g in kept) / len(kept) if kept else None
        rows.append({"confidence": threshold, "coverage": coverage, "precision": precision})
        shown = "-" if precision is None else f"{precision:.3f}"
        say(f"{threshold:<14}{coverage:>10.3f}{shown:>11}")
    report.facts["precision_by_confidence"] = rows


def main() -> None:
    """Run the benchmark."""
    options = arguments(
        __doc__ or "",
        gold=(Path, None, "TSV with label_id (or category_id), name (or label) and synset"),
        encoder=(str, "auto", "sentence encoder of the build and the links: auto, none or a name"),
    )
    report = Report(name="link")
    if options.gold is None:
        report.skip("links of LVIS", "--gold FILE says which synset each class is")
        return
    index = read_index(find_wordnet())
    classes = read_gold(options.gold, index)
    report.facts["encoder"] = options.encoder
    missing = sum(each.wnid is None for each in classes)
    report.facts["gold"] = {"classes": len(classes), "not_in_wordnet_3_0": missing}
    words = ("--encoder", options.encoder)
    with open_built(options.system, "--without", "lvis", *words) as folder:
        counted = json.loads(must(run_labelsys(folder, "stats", "--output", "json")).out)
        if "lvis" in {row["id"] for row in counted["label_sets"]}:
            raise SystemExit(f"{folder} was built with LVIS: nothing can be learned from that")
        guesses = link(folder, classes, *words)
    first = sum(
        each.wnid is not None and first_sense(each.name, index) == each.wnid for each in classes
    )
    add_share(report, "first sense, parentheses stripped", first, len(classes), None)
    right = sum(guess.is_right for guess in guesses)
    add_share(report, "labelsys link --names-only", right, len(classes), GOAL)
    add_curve(report, guesses)
    report.write(options.out)


if __name__ == "__main__":
    main()
