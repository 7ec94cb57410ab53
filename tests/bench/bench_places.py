"""Where names lie whose own concepts were taken out: the true places are known.

Synsets that ImageNet-21K names are drawn with a fixed seed and hidden in a build from WordNet
alone. Their first lemmas are linked by that system, once by name alone and once with the
definition given as description. A place is right within two steps of a true parent.
"""

from __future__ import annotations

import csv
import json
import random
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import labelsys
from labelsys.config import SourceSpec, default_recipe, format_recipe
from labelsys.ids import Curie
from labelsys.labelset.bundled import read_bundled
from labelsys.match.lexicon import definition
from tests.bench.timing import Measure, Report, arguments, must, run_labelsys, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labelsys.hierarchy import Hierarchy
    from labelsys.model import Concept

STEPS = 2
NEAR_ROOT = 3
BY_NAME, BY_DEFINITION, TOO_GENERAL = 0.42, 0.70, 0.03


class Placed(NamedTuple):
    """Where one hidden synset's name was put.

    Attributes:
        steps: to the nearest true parent, up or down; None where it was put nowhere.
        depth: of the concept; None where it was put nowhere.
        confidence: 0 where it was put nowhere.
        is_exact: another sense of the name was taken for it.
    """

    steps: int | None
    depth: int | None
    confidence: float
    is_exact: bool = False

    @property
    def is_right(self) -> bool:
        """Whether it is near enough."""
        return self.steps is not None and self.steps <= STEPS


def draw(system: labelsys.LabelSystem, n: int, seed: int) -> list[Concept]:
    """Return synsets that ImageNet-21K names, in a random order that the seed fixes."""
    named = sorted({label.wnid for label in read_bundled("imagenet21k").labels if label.wnid})
    ids = [Curie("wn30", f"{wnid[1:]}-n") for wnid in random.Random(seed).sample(named, n)]
    return [system.get(id_) for id_ in ids]


def neighbours_of(hierarchy: Hierarchy, parents: Sequence[Curie]) -> dict[Curie, int]:
    """Return every concept within a few steps of some concepts, and how many steps it takes."""
    found = dict.fromkeys(parents, 0)
    last = list(parents)
    for step in range(1, STEPS + 1):
        around = {
            near
            for id_ in last
            for near in (*hierarchy.broader(id_), *hierarchy.narrower(id_))
            if near not in found
        }
        found.update(dict.fromkeys(around, step))
        last = sorted(around)
    return found


def link(folder: Path, rows: Sequence[Mapping[str, str]]) -> list[dict[str, object]]:
    """Return what `labelsys link` says of some rows."""
    path = folder / "names.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    done = must(run_labelsys(folder, "link", path, "--output", "jsonl"))
    return [json.loads(line) for line in done.out.splitlines()]


def judge(
    hierarchy: Hierarchy, hidden: Sequence[Concept], answers: Sequence[Mapping[str, object]]
) -> list[Placed]:
    """Return how far each answer is from a true parent; one that is hidden too passes it on."""
    gone = {concept.id for concept in hidden}
    placed = []
    for concept, answer in zip(hidden, answers, strict=True):
        if answer["object_id"] is None:
            placed.append(Placed(None, None, 0.0))
            continue
        parents, waiting = [], list(hierarchy.broader(concept.id))
        while waiting:
            parent = waiting.pop()
            if parent in gone:
                waiting += hierarchy.broader(parent)
            else:
                parents.append(parent)
        at = Curie.parse(str(answer["object_id"]))
        confidence = float(str(answer["confidence"]))
        steps = neighbours_of(hierarchy, parents).get(at, STEPS + 1)
        is_exact = answer["predicate_id"] == "skos:exactMatch"
        placed.append(Placed(steps, hierarchy.depth(at), confidence, is_exact))
    return placed


def add(report: Report, name: str, placed: Sequence[Placed], bound: float) -> None:
    """Report how many are right, how many are put near the root, and both by confidence."""
    n = len(placed)
    right = sum(one.is_right for one in placed)
    general = sum(one.depth is not None and one.depth <= NEAR_ROOT for one in placed)
    nowhere = sum(one.depth is None for one in placed)
    exact = [one for one in placed if one.is_exact]
    near = sum(one.is_right for one in exact)
    note = f"{right:,} of {n:,}; {nowhere:,} put nowhere; "
    note += f"{len(exact):,} taken for another sense, {near:,} of them right"
    report.add(
        Measure(
            name=f"{name}: within {STEPS} steps",
            unit="share",
            values=(right / n,),
            bound=bound,
            at_least=True,
            note=note,
        )
    )
    report.add(
        Measure(
            name=f"{name}: at depth {NEAR_ROOT} or less",
            unit="share",
            values=(general / n,),
            bound=TOO_GENERAL,
        )
    )
    bands: defaultdict[float, list[Placed]] = defaultdict(list)
    for one in placed:
        bands[min(int(one.confidence * 5), 4) / 5].append(one)
    for low, found in sorted(bands.items()):
        share = sum(one.is_right for one in found) / len(found)
        of_band = f"{name}: confidence {low:.1f} to {low + 0.2:.1f}"
        report.add(Measure(name=of_band, unit="share", values=(share,), note=f"{len(found):,}"))


def main() -> None:
    """Run the benchmark."""
    options = arguments(
        __doc__ or "",
        n=(int, 2000, "how many synsets are hidden"),
        seed=(int, 1, "of the draw"),
    )
    report = Report(name="places")
    with TemporaryDirectory() as temp:
        folder = Path(temp)
        recipe = replace(default_recipe(()), sources=(SourceSpec(name="wordnet", version="3.0"),))
        (folder / "labelsys.toml").write_text(format_recipe(recipe), encoding="utf-8")
        say("building from WordNet alone, then once more without what was drawn")
        must(run_labelsys(folder, "build"))
        with labelsys.open(folder) as system:
            hierarchy = system.hierarchy
            hidden = draw(system, options.n, options.seed)
            (folder / "hidden.txt").write_text("".join(f"{c.id}\n" for c in hidden))
            must(run_labelsys(folder, "build", "--hide", folder / "hidden.txt"))
            rows = [
                {"label_id": str(number), "name": concept.pref_label}
                for number, concept in enumerate(hidden, 1)
            ]
            add(report, "by name alone", judge(hierarchy, hidden, link(folder, rows)), BY_NAME)
            told = [
                {**row, "description": definition(concept.gloss)}
                for row, concept in zip(rows, hidden, strict=True)
            ]
            placed = judge(hierarchy, hidden, link(folder, told))
            add(report, "with its definition", placed, BY_DEFINITION)
    report.write(options.out)


if __name__ == "__main__":
    main()
