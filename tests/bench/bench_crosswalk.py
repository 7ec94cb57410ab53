"""How good crosswalks are beside a person's reading of them, and how long they take."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import labelsys
from labelsys.ids import Curie
from labelsys.intervals import wilson_interval
from tests.bench.system import open_built
from tests.bench.timing import Measure, Report, arguments, measure

JUDGED = Path(__file__).resolve().parent / "judged" / "crosswalks.tsv"
PAIRS = (
    ("coco", "objects365"),
    ("objects365", "openimages_boxable"),
    ("coco", "lvis"),
    ("voc2007", "coco"),
)
LEAST = 0.97


def read_judged() -> dict[tuple[Curie, Curie], str]:
    """Return (source, target) -> same, different or doubtful."""
    lines = JUDGED.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")][1:]
    return {(Curie.parse(row[0]), Curie.parse(row[1])): row[2] for row in rows}


def judge(report: Report, system: labelsys.LabelSystem, source: str, target: str) -> None:
    """Add precision and recall of a pair's exact rows; doubtful ones count for nothing.

    An exact row that is not in the list is right: all of them were read.
    """
    judged = read_judged()
    rows = system.crosswalk(source, target)
    exact = {(r.source_id, r.target_id) for r in rows if r.relation == "exact" and r.target_id}
    verdicts = [judged.get(pair, "same") for pair in exact]
    right = verdicts.count("same")
    wrong = verdicts.count("different")
    missed = [
        pair
        for pair, verdict in judged.items()
        if verdict == "same"
        and pair not in exact
        and (pair[0].prefix, pair[1].prefix) == (source, target)
    ]
    for name, total in (("precision", right + wrong), ("recall", right + len(missed))):
        low, high = wilson_interval(right, total)
        note = f"{right} of {total}, {low:.3f} to {high:.3f}"
        measure_ = Measure(
            name=f"{source} to {target}, {name}",
            unit="share",
            values=(right / total,),
            bound=LEAST,
            at_least=True,
            note=note,
        )
        report.add(measure_)
    report.facts[f"{source} to {target}, doubtful"] = verdicts.count("doubtful")


def main() -> None:
    """Run the benchmark."""
    options = arguments(__doc__ or "", runs=(int, 5, "runs of each pair"))
    report = Report(name="crosswalk")
    with (
        open_built(options.system) as folder,
        labelsys.open(folder) as system,
    ):
        for source, target in PAIRS:
            judge(report, system, source, target)
        for source, target in (*PAIRS, ("imagenet21k", "openimages")):
            times = measure(partial(system.crosswalk, source, target), runs=options.runs)
            report.add(Measure(name=f"{source} to {target}", unit="s", values=tuple(times)))
        times = measure(system.crosswalk_matrix, runs=options.runs)
        report.add(Measure(name="all pairs, counts", unit="s", values=tuple(times)))
    report.write(options.out)


if __name__ == "__main__":
    main()
