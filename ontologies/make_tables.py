"""Make the shipped tables about WordNet and Wikidata from the raw facts.

::

    python ontologies/make_tables.py FACTS [OUT]

FACTS is a folder that holds::

    wordnet/ili_nouns.tsv      ili, pwn30, pwn31
    wordnet/cmn_cow.tsv        wn30, lemma_zh
    wikidata/classes_en.tsv    qid, label_en, description_en, aliases_en
    wikidata/p279.tsv          qid, parent_qid
    wikidata/p8814.tsv         wn31, qid, label_en, aliases

OUT is this folder unless another is given. Every row is sorted, and the
compressed files hold no time, so the same facts give the same bytes. What was
left out is counted on stderr.

Only P8814's own 3.1 ids go into the Wikidata table, never ids taken from the
interlingual index: the first are CC0, the second CC BY.
"""

from __future__ import annotations

import argparse
import gzip
import io
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from labelsys.tables import format_table, read_table

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
    "wikidata/classes.tsv.gz": {
        "dataset": "Wikidata classes with English labels, descriptions and aliases",
        "source": "Wikidata, https://www.wikidata.org",
        "version": "2021",
        "license": "CC0-1.0",
    },
    "wikidata/subclass.tsv.gz": {
        "dataset": "Wikidata subclass-of edges (P279) between those classes",
        "source": "Wikidata, https://www.wikidata.org",
        "version": "2021",
        "license": "CC0-1.0",
    },
    "wikidata/wordnet.tsv.gz": {
        "dataset": "Wikidata items with a WordNet 3.1 synset id (P8814)",
        "source": "Wikidata, https://www.wikidata.org",
        "license": "CC0-1.0",
    },
}


def qid_key(qid: str) -> int:
    """Return the sort key of a QID: its number."""
    return int(qid[1:])


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


def class_rows(facts: Path) -> list[tuple[str, ...]]:
    """Return (qid, label, description, aliases) by QID."""
    columns = ["qid", "label_en", "description_en", "aliases_en"]
    table = read_table(facts / "wikidata/classes_en.tsv", columns=columns)
    return sorted(table.rows, key=lambda row: qid_key(row[0]))


def subclass_rows(facts: Path) -> list[tuple[str, ...]]:
    """Return (narrower, broader) by both QIDs."""
    table = read_table(facts / "wikidata/p279.tsv", columns=["qid", "parent_qid"])
    return sorted(table.rows, key=lambda row: (qid_key(row[0]), qid_key(row[1])))


def link_rows(facts: Path, left_out: Counter[str]) -> list[tuple[str, ...]]:
    """Return (qid, wn31, label, aliases) by QID and synset; only items are kept."""
    columns = ["qid", "wn31", "label_en", "aliases"]
    rows = read_table(facts / "wikidata/p8814.tsv", columns=columns).rows
    items = [row for row in rows if _ITEM.match(row[0])]
    left_out["P8814 on something that is no item"] += len(rows) - len(items)
    return sorted(items, key=lambda row: (qid_key(row[0]), row[1]))


def compress(text: str) -> bytes:
    """Return gzip data that holds neither time nor file name."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as file:
        file.write(text.encode())
    return buffer.getvalue()


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
        "wikidata/classes.tsv.gz": (
            ("qid", "label", "description", "aliases"),
            class_rows(facts),
        ),
        "wikidata/subclass.tsv.gz": (("narrower", "broader"), subclass_rows(facts)),
        "wikidata/wordnet.tsv.gz": (
            ("qid", "wn31", "label", "aliases"),
            link_rows(facts, left_out),
        ),
    }
    for name, (columns, rows) in tables.items():
        text = format_table(HEADERS[name], columns, rows)
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(compress(text) if name.endswith(".gz") else text.encode())
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
