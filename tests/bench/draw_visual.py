"""A sample of concepts to be judged: can a photograph show that this is it?

`draw` writes concepts of a built system in two orders; `guideline` prints what judges
read; `join` puts two readings into one file; `score` says how far they agree, and lists
where they don't.

Guideline
---------
A row is a concept: its name, other names, gloss, and broader names above it. The question:

    Can a photograph show that this is it, without a caption, to somebody who knows it?

A photograph is a still picture, taken through a microscope or telescope too, without sound,
and without any text in it that names the thing. Who looks knows the field as a good field
guide or an illustrated encyclopedia does. One verdict a row:

visual
    Most usual instances of it show in a photograph what they are.
non-visual
    They don't. The picture would show something else beside which the concept stands: a
    sign of it, somebody who has it, a place where it goes on.
unsure
    The row does not say enough to know what is meant. Use it seldom: for hard cases decide.

The gloss says what is meant, not the name: many words have a visible sense and another one.
Without a gloss, the name in its usual meaning; what stands above helps, and may be wrong.

Visual:

- Physical things, whole or in part: tools, clothes, buildings, vehicles, furniture, fabrics.
- Animals, plants, fungi and microbes, and their taxa at any rank (genus, family, order): a
  picture of a member is what is published for them. Breeds and varieties told by eye.
- Parts of bodies, inner ones too: organs, bones, muscles, vessels, nerves, tissues and cells
  are shown by dissection, X-ray or microscope.
- Places by kind: desert, kitchen, airport, village, crater, strait.
- Acts and events that look like it: running, a kiss, a haircut, surgery, a parade, a wedding,
  a flood. Sports and games by their field, board or gear. Dances.
- Roles and persons told by dress, gear, work place, age or sex: fireman, nun, surgeon, boxer,
  cook, bride, baby, old man.
- Groups that stand together: herd, crowd, fleet, orchestra, bouquet.
- Food and drink; stuff with a look of its own: wood, rust, gold, foam, granite, snow.
- Weather, light and water: rainbow, lightning, wave, smoke, sunset. Of times only those that
  sky or land show: dawn, night, winter.
- States that a body or a scene shows: pregnancy, baldness, sleep, drought, ruin; diseases with
  signs that a doctor knows by sight (measles, jaundice, a fracture on an X-ray).
- Colours, patterns, textures, shapes that can be pointed at: red, plaid, circle, spiral.
- Signs and documents by form: map, flag, diagram, handwriting, letter of an alphabet, coin,
  banknote, gesture, facial expression.
- Extinct and imagined beings whose pictures agree: trilobite, dragon, centaur.

Not visual:

- Abstractions, theories, fields of study, beliefs, feelings, motives, knowledge, skills.
- Relations, quantities, units, amounts of money, measures; time spans and dates.
- Acts told by aim, law or outcome: fraud, negotiation, abolition, help, thinking, learning.
  Events that are turns of things: failure, beginning, increase.
- Persons by character, origin, belief, opinion, kinship, rank or office without a dress of its
  own, or by what they once did: liar, Dane, liberal, uncle, chairman, inventor. Peoples.
- Organizations, firms, parties, governments, classes of society, schools of thought.
- Areas drawn by decision: states, districts, regions, and points, lines and directions.
- Words, languages, speech acts, texts by content (novel, joke, law), music, sounds, smells,
  tastes; software and data.
- Substances told only by analysis: most compounds, drugs, enzymes, hormones, clear gases.
- Forces, energies, radiations and effects that are measured; inner diseases, mental states,
  and processes of chemistry, biology or the mind that no picture holds.

Edges:

- Named single things (persons, cities, rivers, mountains, buildings, battles, stars): visual
  only where well-read people know that one by sight: Einstein, Eiffel Tower, Saturn. Else the
  picture shows the kind and the caption says which one: non-visual. In doubt non-visual.
- Broad kinds (animal, artifact, food) are visual where their usual members show that they are
  one.
- Where some usual instances show it and others don't: what holds for most of those that a
  person would think of first.
- Not needed: that every instance, any viewer or any angle will do. Not enough: that a picture
  can illustrate it, as a blindfolded woman does justice.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import random
import sys
from collections import defaultdict
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import labelsys
from tests.bench.judge import kappa

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from labelsys.api import LabelSystem
    from labelsys.hierarchy import Hierarchy
    from labelsys.ids import Curie
    from labelsys.model import Concept

__all__ = ["draw", "join", "read_rows", "score", "spread"]

VERDICTS = ("visual", "non-visual", "unsure")
COLUMNS = ("id", "name", "names", "gloss", "lexname", "above")
SHOWN = ("id", "name", "names", "gloss", "above")
JUDGED = ("id", "name", "gloss", "lexname", "depth", "above", "first", "second", "verdict")
MIXED = ("act", "group", "location", "person", "phenomenon", "state")
"""Lexnames that hold both sorts: these are drawn more often."""
SHARES = {"mixed": 84, "other": 21, "wikidata": 290, "labelset": 146}
"""How many of each lexname, and of each source, are drawn for the test set."""
_MOST_NAMES = 5
_MOST_ABOVE = 3


def spread(ids: Sequence[tuple[int, Curie]], n: int, seed: int) -> list[Curie]:
    """Return *n* ids that are spread over all depths: one from each of *n* equal parts.

    Args:
        ids: depth and id; in any order.
        n: how many; all where there are no more.
        seed: another one draws others.
    """
    order = sorted((depth, sha256(f"{seed}:{id_}".encode()).digest(), id_) for depth, id_ in ids)
    if len(order) <= n:
        return [id_ for *_, id_ in order]
    chance = random.Random(f"{seed}:{len(order)}")
    cuts = [k * len(order) // n for k in range(n + 1)]
    return [order[chance.randrange(low, high)][2] for low, high in itertools.pairwise(cuts)]


def draw(
    system: LabelSystem, shares: Mapping[str, int], seed: int, without: Collection[str] = ()
) -> list[dict[str, str]]:
    """Return concepts of a built system, so many of each lexname and source.

    Args:
        system: WordNet, Wikidata classes and label sets.
        shares: as `SHARES`.
        seed: another one draws others.
        without: ids that are not drawn.

    Returns:
        A row a concept, with `COLUMNS` and its depth, in an order of no meaning.
    """
    hierarchy = system.hierarchy
    by_stratum: defaultdict[str, list[tuple[int, Curie]]] = defaultdict(list)
    for concept in system.store.iter_concepts():
        if str(concept.id) not in without and concept.id in hierarchy:
            stratum = concept.lexname or concept.source
            by_stratum[stratum].append((hierarchy.depth(concept.id), concept.id))
    drawn: list[Curie] = []
    for stratum, ids in sorted(by_stratum.items()):
        word = stratum.removeprefix("noun.")
        kind = "mixed" if word in MIXED else "other"
        drawn += spread(ids, shares.get(stratum, shares[kind]), seed)
    drawn.sort(key=lambda id_: sha256(f"{seed}:order:{id_}".encode()).digest())
    return [_row(system, id_) for id_ in drawn]


def _row(system: LabelSystem, id_: Curie) -> dict[str, str]:
    concept = system.store.get_concept(id_)
    above = _above(system.hierarchy, system, id_)
    others = [n.text for n in concept.names[1:] if n.lang == "en" and n.kind != "hidden"]
    lexname = concept.lexname or next((each.lexname for each in above if each.lexname), "") or ""
    return {
        "id": str(id_),
        "name": concept.pref_label,
        "names": ", ".join(others[:_MOST_NAMES]),
        "gloss": concept.gloss,
        "lexname": lexname,
        "depth": str(system.hierarchy.depth(id_)),
        "above": " < ".join(each.pref_label for each in above[:_MOST_ABOVE]),
    }


def _above(hierarchy: Hierarchy, system: LabelSystem, id_: Curie) -> list[Concept]:
    """Return the deepest concept right above, the deepest above that, and so on to the root."""
    found: list[Curie] = []
    here = id_
    while broader := hierarchy.broader(here) or hierarchy.broader(here, instances=True):
        here = max(broader, key=hierarchy.depth)
        found.append(here)
    return list(system.store.iter_concepts(found))


def join(
    drawn: Iterable[Mapping[str, str]], first: Mapping[str, str], second: Mapping[str, str]
) -> list[dict[str, str]]:
    """Return the drawn rows with both verdicts, and the one that counts, by id.

    Args:
        drawn: rows of `draw`.
        first: id -> verdict of one judge.
        second: the other's.

    Returns:
        Rows with `JUDGED`; `verdict` is empty where the two differ or one is unsure.

    Raises:
        ValueError: a verdict is missing or none of `VERDICTS`.
    """
    rows: list[dict[str, str]] = []
    for row in sorted(drawn, key=lambda row: row["id"]):
        pair = [judge.get(row["id"], "missing") for judge in (first, second)]
        for verdict in pair:
            if verdict not in VERDICTS:
                msg = f"{row['id']}: {verdict!r} is no verdict: {', '.join(VERDICTS)}"
                raise ValueError(msg)
        counts = pair[0] == pair[1] != "unsure"
        rows.append(
            {
                **{name: row.get(name, "") for name in JUDGED},
                "first": pair[0],
                "second": pair[1],
                "verdict": pair[0] if counts else "",
            }
        )
    return rows


def score(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Return in lines what two readings come to, then every row that they differ on."""
    pairs = [(row["first"], row["second"]) for row in rows]
    both = [pair for pair in pairs if "unsure" not in pair]
    counted = [row["verdict"] for row in rows if row["verdict"]]
    lines = [
        f"judged: {len(pairs)}, agreed: {len(counted)}, of them visual: {counted.count('visual')}",
        f"three verdicts: agreement {_agreement(pairs):.3f}, kappa {kappa(pairs):.3f}",
        f"neither unsure ({len(both)}): agreement {_agreement(both):.3f}, kappa {kappa(both):.3f}",
        f"unsure: first {sum(a == 'unsure' for a, _ in pairs)}, "
        f"second {sum(b == 'unsure' for _, b in pairs)}",
    ]
    by_lexname: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for row, pair in zip(rows, pairs, strict=True):
        by_lexname[row["lexname"]].append(pair)
    lines += [
        f"  {name}: {len(of)} judged, agreement {_agreement(of):.3f}, "
        f"visual by both {sum(pair == ('visual', 'visual') for pair in of)}"
        for name, of in sorted(by_lexname.items())
    ]
    lines += [
        "\t".join(row[name] for name in ("id", "name", "first", "second", "gloss"))
        for row in rows
        if row["first"] != row["second"]
    ]
    return lines


def _agreement(pairs: Sequence[tuple[str, str]]) -> float:
    return sum(a == b for a, b in pairs) / len(pairs)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a table that `write_rows` or `join` made; `# ` lines at its head are passed over."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("# "))
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def read_verdicts(path: Path) -> dict[str, str]:
    """Read a judge's lines: id, tab, verdict; a header is passed over."""
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t")[:2] for line in lines if line.strip()]
    return {id_: verdict.strip() for id_, verdict in pairs if id_ != "id"}


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write rows as a table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([" ".join(row[name].split()).replace('"', "'") for name in columns])


def write_orders(out: Path, rows: Sequence[dict[str, str]], seed: int, parts: int) -> None:
    """Write the rows as drawn, and what each judge may see, in two orders and in parts."""
    out.mkdir(parents=True, exist_ok=True)
    write_rows(out / "drawn.tsv", (*COLUMNS, "depth"), rows)
    for judge in "ab":
        order = list(rows)
        random.Random(f"{seed}:{judge}").shuffle(order)
        numbered = [{"row": str(n), **row} for n, row in enumerate(order, 1)]
        write_rows(out / f"draw_{judge}.tsv", ("row", *SHOWN), numbered)
        for part in range(parts):
            low, high = (len(rows) * k // parts for k in (part, part + 1))
            path = out / f"draw_{judge}_{part + 1}.tsv"
            write_rows(path, ("row", *SHOWN), numbered[low:high])


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    drawing = commands.add_parser("draw", help="write the sample, in two orders")
    drawing.add_argument("--store", help="a workspace or graph")
    drawing.add_argument("--seed", type=int, default=20)
    drawing.add_argument("--parts", type=int, default=4, help="files for each order")
    drawing.add_argument("--scale", type=float, default=1.0, help="times the test set's size")
    drawing.add_argument("--without", type=Path, action="append", default=[], help="judged files")
    drawing.add_argument("--out", type=Path, required=True, help="folder")
    commands.add_parser("guideline", help="print what judges read")
    joining = commands.add_parser("join", help="print two readings as one table")
    joining.add_argument("drawn", type=Path, help="drawn.tsv")
    joining.add_argument("first", type=Path, help="id, tab, verdict")
    joining.add_argument("second", type=Path, help="id, tab, verdict")
    joining.add_argument("--out", type=Path, required=True)
    scoring = commands.add_parser("score", help="say how far two readings agree")
    scoring.add_argument("judged", type=Path, help="ontologies/visual_gold.tsv")
    return parser.parse_args()


def main() -> None:
    """Draw a sample, print the guideline, join two readings, or score them."""
    given = _parse()
    if given.command == "draw":
        without = {row["id"] for path in given.without for row in read_rows(path)}
        shares = {name: round(n * given.scale) for name, n in SHARES.items()}
        with labelsys.open(given.store) as system:
            rows = draw(system, shares, given.seed, without)
        write_orders(given.out, rows, given.seed, given.parts)
    elif given.command == "guideline":
        sys.stdout.write((__doc__ or "").split("\nGuideline\n---------\n")[1])
    elif given.command == "join":
        verdicts = [read_verdicts(path) for path in (given.first, given.second)]
        write_rows(given.out, JUDGED, join(read_rows(given.drawn), *verdicts))
    else:
        sys.stdout.writelines(f"{line}\n" for line in score(read_rows(given.judged)))


if __name__ == "__main__":
    main()
