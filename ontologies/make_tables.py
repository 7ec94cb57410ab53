"""Make the shipped tables about WordNet and Wikidata from the raw facts.

::

    python ontologies/make_tables.py FACTS [OUT]

FACTS is a folder that holds::

    wordnet/ili_nouns.tsv      ili, pwn30, pwn31
    wordnet/cmn_cow.tsv        wn30, lemma_zh
    wikidata/classes_en.tsv    qid, label_en, description_en, aliases_en
    wikidata/p279.tsv          qid, parent_qid
    wikidata/p31.tsv.gz        qid, class_qid
    wikidata/p8814.tsv         wn31, qid, label_en, aliases

OUT is this folder unless another is given. Every row is sorted, and the
compressed files hold no time, so the same facts give the same bytes. What was
left out is counted on stderr.

Wikidata's are written as a pull is (`labelsys.source.wikidata.pulled`): every
class, and every item with a P8814 id. An item that the two tables name
differently has the name that stands beside its P8814 id, which is the newer;
the other is its first alias.

Only P8814's own 3.1 ids go into the Wikidata tables, never ids taken from the
interlingual index: the first are CC0, the second CC BY.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from labelsys.source.wikidata.pulled import Claim, Entity, Text, qid_number, write_pull
from labelsys.tables import format_table, read_table
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ITEM = re.compile(r"Q[1-9][0-9]*\Z")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")

HEADERS = {
    "ili.tsv": {
        "dataset": "Noun synsets of WordNet 3.0 with their interlingual index and WordNet 3.1 ids",
        "source": "Collaborative Interlingual Index, https://github.com/globalwordnet/cili",
        "license": "CC-BY-4.0",
        "changes": "noun synsets only, joined into one table sorted by WordNet 3.0 id",
    },
    "names_zh.tsv": {
        "dataset": "Chinese lemmas of the noun synsets of WordNet 3.0",
        "source": "Chinese Open Wordnet in omw-data, https://github.com/omwn/omw-data",
        "license": "LicenseRef-Chinese-Open-Wordnet",
        "copyright": "2013, 2014 Francis Bond and Shan Wang",
        "changes": "noun synsets only, sorted by synset; '+' between parts of a lemma removed",
    },
}
PULL = {
    "dataset": "Wikidata: classes, and items that are linked to a WordNet 3.1 synset",
    "source": "Wikidata, https://www.wikidata.org",
    "version": "2021",
    "license": "CC0-1.0",
    "languages": "en",
    "properties": "P279 P31 P8814",
}


def ili_rows(facts: Path) -> list[tuple[str, ...]]:
    """Return (ili, wn30, wn31) by WordNet 3.0 id; 3.1 is empty where there is none."""
    table = read_table(facts / "wordnet/ili_nouns.tsv", columns=["ili", "pwn30", "pwn31"])
    return sorted(table.rows, key=lambda row: row[1])


def chinese_rows(facts: Path, left_out: Counter[str]) -> list[tuple[str, str]]:
    """Return (wn30, lemma) by synset, in the source's order within one.

    Lemmas with private-use characters are left out: no font shows them.
    """
    table = read_table(facts / "wordnet/cmn_cow.tsv", columns=["wn30", "lemma_zh"])
    rows: dict[tuple[str, str], None] = {}
    for synset, raw in table.rows:
        lemma = raw.replace("+", "").strip()
        if not lemma or _PRIVATE_USE.search(lemma):
            left_out["Chinese lemma with private-use characters"] += 1
        elif (synset, lemma) in rows:
            left_out["Chinese lemma given twice"] += 1
        else:
            rows[synset, lemma] = None
    return sorted(rows, key=lambda row: row[0])


def pull_entities(facts: Path, left_out: Counter[str]) -> list[Entity]:
    """Return every class and every item with a P8814 id, by QID."""
    folder = facts / "wikidata"
    rows = read_table(folder / "p8814.tsv", columns=["qid", "wn31", "label_en", "aliases"]).rows
    links = [row for row in rows if _ITEM.match(row[0])]
    left_out["P8814 on something that is no item"] += len(rows) - len(links)
    columns = ["qid", "label_en", "description_en", "aliases_en"]
    classes = {
        row[0]: row[1:] for row in read_table(folder / "classes_en.tsv", columns=columns).rows
    }
    labels = {qid: label for qid, _, label, _ in links}
    extra = {qid: aliases for qid, _, _, aliases in links}
    texts = {
        qid: _texts(labels.get(qid, ""), classes.get(qid, ("", "", "")), extra.get(qid, ""))
        for qid in sorted({*labels, *classes}, key=qid_number)
    }
    claims: defaultdict[str, list[Claim]] = defaultdict(list)
    for qid, class_qid in sorted(_pairs(folder / "p31.tsv.gz", "class_qid"), key=_pair_key):
        if qid in texts and class_qid in texts:
            claims[qid].append(Claim("P31", class_qid))
        elif qid in texts:
            left_out["P31 to an item that is not there"] += 1
    for qid, parent in sorted(_pairs(folder / "p279.tsv", "parent_qid"), key=_pair_key):
        claims[qid].append(Claim("P279", parent))
    for qid, wn31, _, _ in sorted(links):
        claims[qid].append(Claim("P8814", wn31))
    return [Entity(qid, texts[qid], tuple(claims[qid])) for qid in texts]


def _texts(label: str, known: Sequence[str], extra: str) -> tuple[Text, ...]:
    """Return an item's texts: of two labels, the first is its name and the other an alias."""
    other, description, aliases = known
    main = label.strip() or other.strip()
    names = dict.fromkeys(name.strip() for name in (other, *aliases.split("|"), *extra.split("|")))
    kinds = [("label", main), ("description", description.strip())]
    kinds += [("alias", name) for name in names if fold(name) != fold(main)]
    return tuple(Text("en", kind, text) for kind, text in kinds if text)


def _pairs(path: Path, column: str) -> list[tuple[str, ...]]:
    return read_table(path, columns=["qid", column]).rows


def _pair_key(row: Sequence[str]) -> tuple[str, int]:
    return row[0], qid_number(row[1])


def make_tables(facts: Path, out: Path) -> Counter[str]:
    """Write all tables.

    Args:
        facts: folder with the raw facts.
        out: folder to write to.

    Returns:
        What was left out, reason -> count.
    """
    left_out: Counter[str] = Counter()
    tables: dict[str, tuple[Sequence[str], Iterable[Sequence[str]]]] = {
        "ili.tsv": (("ili", "wn30", "wn31"), ili_rows(facts)),
        "names_zh.tsv": (("wn30", "lemma"), chinese_rows(facts, left_out)),
    }
    for name, (columns, rows) in tables.items():
        text = format_table(HEADERS[name], columns, rows)
        out.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text, encoding="utf-8")
    write_pull(out / "wikidata", PULL, pull_entities(facts, left_out))
    return left_out


def main() -> None:
    """Parse the command line, make the tables and tell what was left out."""
    parser = argparse.ArgumentParser(description="make the shipped tables from the raw facts")
    parser.add_argument("facts", type=Path, help="folder with wordnet/ and wikidata/")
    parser.add_argument("out", type=Path, nargs="?", default=Path(__file__).parent)
    arguments = parser.parse_args()
    for reason, count in sorted(make_tables(arguments.facts, arguments.out).items()):
        sys.stderr.write(f"left out: {count} x {reason}\n")


if __name__ == "__main__":
    main()
