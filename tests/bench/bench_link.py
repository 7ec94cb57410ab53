"""How often names of gold files are linked to what people say they mean, beside other ways.

Without --system a system is built that never saw LVIS. `labelsys bench link` measures the same
and has more options; this script keeps the results beside those of the other benchmarks.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import labelsys
from labelsys.benchmark import bench_link, write_link_plot
from tests.bench.system import open_built
from tests.bench.timing import Measure, Report, arguments, say

if TYPE_CHECKING:
    from labelsys.benchmark import LinkReport, Share

GOAL = 0.85
"""Of LVIS's names, by a system without LVIS."""
UNSEEN = "lvis"


def split(text: str) -> tuple[str, ...]:
    """Return the parts of a list with commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def add_share(report: Report, name: str, found: Share, bound: float | None = None) -> None:
    """Report a share with its interval."""
    if found.value is None:
        report.skip(name, "no row")
        return
    note = f"{found.count:,} of {found.total:,}, 95 % interval {found.low:.3f} to {found.high:.3f}"
    report.add(
        Measure(
            name=name, unit="share", values=(found.value,), bound=bound, at_least=True, note=note
        )
    )


def add_report(report: Report, found: LinkReport) -> None:
    """Report one gold file: every way to answer, then what ours are worth."""
    say(f"{found.gold}: {found.read:,} rows, {found.scored:,} scored")
    for system in found.systems:
        name = f"{found.gold}: {system.system}"
        if system.accuracy is None:
            report.skip(name, system.left_out)
            continue
        is_bound = system.kind == "labelsys" and UNSEEN in found.gold.lower()
        add_share(report, name, system.accuracy, GOAL if is_bound else None)
    score = found.score
    add_share(report, f"{found.gold}: candidate recall", score.candidate_recall)
    add_share(report, f"{found.gold}: accepted as exact", score.accepted)
    add_share(report, f"{found.gold}: precision of those", score.accepted_precision)
    if score.calibration is not None:
        error = score.calibration
        note = f"95 % interval {error.l1_low:.3f} to {error.l1_high:.3f}"
        name = f"{found.gold}: calibration error, l1"
        report.add(Measure(name=name, unit="share", values=(error.l1,), note=note))


def main() -> None:
    """Run the benchmark."""
    options = arguments(
        __doc__ or "",
        gold=(str, "", "gold files, with commas between them"),
        gold_column=(str, None, "column of the answers, in the files that have it"),
        encoder=(str, "auto", "sentence encoder of the build and the links: auto, none or a name"),
        peers=(str, "", "tools to run beside, with commas: gilda, text2term, oak"),
        peer_python=(Path, None, "the interpreter of the environment that has them"),
    )
    report = Report(name="link")
    golds = [Path(part) for part in split(options.gold)]
    if not golds:
        report.skip("links of gold files", "--gold FILE says what each class is")
        return
    words = ("--without", UNSEEN, "--encoder", options.encoder)
    with open_built(options.system, *words) as folder, labelsys.open(folder) as system:
        if any(UNSEEN in gold.stem.lower() for gold in golds) and UNSEEN in {
            row.id for row in system.label_sets()
        }:
            raise SystemExit(f"{folder} was built with LVIS: nothing can be learned from that")
        found = bench_link(
            system.store,
            golds,
            gold_column=options.gold_column,
            encoder=options.encoder,
            peers=split(options.peers),
            peer_python=options.peer_python,
        )
    for each in found:
        add_report(report, each)
    report.facts["link"] = found.to_records()
    report.write(options.out)
    write_link_plot(found, options.out / "link.svg")


if __name__ == "__main__":
    main()
