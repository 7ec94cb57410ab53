"""A sample of Wikidata classes to be judged: is each under a right broader concept?

`draw` writes classes that the build of the shipped pull keeps, in two orders; `score`
says what a judged file comes to.

What is judged
--------------
A row is a class that is no synset itself, with its label, description and other
names, and the most specific synsets that it hangs under: straight, or through
classes that are no synsets either. One verdict a class:

right
    Every instance of the class is an instance of the synset, in the sense of its
    gloss, and a person who knows WordNet would look for the class about there.
    Where the class means the same as the synset, this is right as well.
far
    Every instance of the class is an instance of the synset, but the synset says
    hardly anything of it: entity, object, act, group and such, or three levels or
    more above a synset that fits. True, and counted as right.
wrong
    Some usual instance of the class is no instance of the synset: another sense of
    the word, a part instead of a kind, a topic instead of the thing, a person
    instead of the office, an area instead of its government.

Of several synsets all have to be true: one that is not makes the class wrong. If
all are true and one of them is `right`, the class is `right`.

- The description decides what a class is. Where there is none, the label and other
  names in their usual meaning do; the synset is never taken to say what the class is.
- WordNet's gloss decides what a synset is, read as a lexicographer would: a `city`
  need not be large and dense to the letter, but a district is none.
- What only some instances are is wrong (a contest is no game). Marginal instances
  do not count.
- Classes of classes and fields (a film genre, a branch of physics, a military rank)
  are judged by what an instance would be: the description `film genre` of a kind of
  films allows both film and genre.
- In doubt: wrong.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from labelsys.benchmark.metrics import share
from labelsys.match.lexicon import definition
from labelsys.merge.coherence import keep_apart
from labelsys.progress import SilentProgress
from labelsys.source.combine import combine
from labelsys.source.wikidata.source import WikidataSource
from labelsys.source.wikidata.suggest import nearest_synsets
from labelsys.source.wordnet import WordNetSource
from tests.bench.judge import kappa

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

__all__ = ["draw", "score", "write_rows"]

COLUMNS = ("qid", "label", "description", "names", "synsets", "glosses")
VERDICTS = ("right", "far", "wrong")
_MOST_NAMES = 4


def draw(n: int, seed: int, without: Collection[str] = ()) -> list[dict[str, str]]:
    """Return *n* classes that the build of the shipped pull keeps.

    Args:
        n: how many.
        seed: another one draws others.
        without: QIDs that are not drawn.

    Returns:
        A row a class, in the order drawn.
    """
    wordnet = WordNetSource().load(None, SilentProgress())
    wikidata = WikidataSource().load(wordnet, SilentProgress())
    base = keep_apart(combine([wordnet, wikidata]))
    concepts = {concept.id: concept for concept in base.concepts}
    nearest = nearest_synsets(base.edges)
    kept = sorted(id_ for id_ in nearest if id_.local_id not in without)
    rows = []
    for id_ in random.Random(seed).sample(kept, n):
        concept = concepts[id_]
        above = [concepts[synset] for synset in nearest[id_]]
        others = [name.text for name in concept.names[1:] if name.lang == "en"]
        rows.append(
            {
                "qid": id_.local_id,
                "label": concept.pref_label,
                "description": concept.gloss,
                "names": ", ".join(others[:_MOST_NAMES]),
                "synsets": " | ".join(each.synset or each.id for each in above),
                "glosses": " | ".join(definition(each.gloss) for each in above),
            }
        )
    return rows


def write_rows(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """Write drawn rows as a table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows:
            writer.writerow([" ".join(row[name].split()).replace('"', "'") for name in COLUMNS])


def score(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Return in lines what two readings of one sample come to.

    Args:
        pairs: the verdicts of the first and the second reading, a pair a class.

    Raises:
        ValueError: a verdict is none of `VERDICTS`.
    """
    for verdict in (verdict for pair in pairs for verdict in pair):
        if verdict not in VERDICTS:
            msg = f"{verdict!r} is no verdict: {', '.join(VERDICTS)}"
            raise ValueError(msg)
    n = len(pairs)
    truth = [(one != "wrong", other != "wrong") for one, other in pairs]
    lines = []
    for name, count in (
        ("right by the first reading", sum(first for first, _ in truth)),
        ("right by the second reading", sum(second for _, second in truth)),
        ("right by both", sum(all(pair) for pair in truth)),
        ("far by both", sum(pair == ("far", "far") for pair in pairs)),
    ):
        found = share(count, n)
        lines.append(f"{name}: {count}/{n} = {found.value:.3f} [{found.low:.3f}, {found.high:.3f}]")
    words = [(str(one), str(other)) for one, other in truth]
    agreeing = sum(first == second for first, second in words) / n
    lines.append(f"agreement, wrong or not: {agreeing:.3f}, kappa {kappa(words):.3f}")
    agreeing = sum(first == second for first, second in pairs) / n
    lines.append(f"agreement, three verdicts: {agreeing:.3f}, kappa {kappa(pairs):.3f}")
    return lines


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("# "))
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def main() -> None:
    """Draw a sample, or score verdicts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    drawing = commands.add_parser("draw", help="write the sample, in two orders")
    drawing.add_argument("--n", type=int, required=True, help="how many classes")
    drawing.add_argument("--seed", type=int, required=True)
    drawing.add_argument("--without", type=Path, help="a sample whose classes are not drawn")
    drawing.add_argument("--out", type=Path, required=True, help="folder for the two orders")
    scoring = commands.add_parser("score", help="say what two readings come to")
    scoring.add_argument("judged", type=Path, help="ontologies/judged/wikidata_places.tsv")
    given = parser.parse_args()
    if given.command == "draw":
        without = {row["qid"] for row in _read(given.without)} if given.without else set()
        rows = draw(given.n, given.seed, without)
        given.out.mkdir(parents=True, exist_ok=True)
        write_rows(given.out / "first.tsv", rows)
        random.Random(given.seed + 1).shuffle(rows)
        write_rows(given.out / "second.tsv", rows)
        return
    pairs = [(row["first"], row["second"]) for row in _read(given.judged)]
    sys.stdout.writelines(f"{line}\n" for line in score(pairs))


if __name__ == "__main__":
    main()
