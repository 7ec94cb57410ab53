"""A generator of Wikidata-shaped data: a dump as published, or the pull that such a dump leaves.

    python -m tests.bench.wikidata_shape OUT --items 100000 --seed 1 --form dump

The same numbers give the same bytes, and an item is the same in both forms; memory stays flat. What
it is modelled on, and what comes out (100,000 items, seed 1, 5 % classes; the classes: 14,598 of
them, as many as the sample's P279 has nodes):

======================================  =====================  ==============
quantity                                Wikidata               generated
======================================  =====================  ==============
bytes of an entity, mean                11,700 (1,142 GB of    12,900
                                        97.3 million, 2021)
unpacked to gzip                        about 10 (dump of the  9.6
                                        sample: 10.7)
labels, descriptions, aliases an item   5.1, 25, 1.1 (2021)    5.9, 23, 1.2
items that are articles                 0.4 (37 million)       0.38
edges of P279 to nodes                  22,053 to 14,598       22,445
nodes with 0, 1, 2, 3, 4 ... broader    .017 .608 .263 .083    .016 .588 .280
                                        .022                   .085 .022
nodes with narrower ones                0.513                  0.510
most narrower ones of one node          208, 201, 148, 148     158, 129, 112
longest way up, quartiles, most         8, 11, 13; 32          5, 8, 11; 29
shortest way up, quartiles, most        4, 5, 6; 18            3, 4, 5; 12
nodes in loops, loops                   18 in 6 (2, 2, 3, 3,   18 in 6, the
                                        3, 5)                  same sizes
nodes linked to a synset                0.139 (2,035)          0.140 (2,049)
linked items in all, of them to several 27,244; 5.6 %          at most 27,244
labels that end as a broader one's      0.37                   0.40
======================================  =====================  ==============

Bytes: the size of the unpacked dump of April 2021 as users of it reported it; items, labels,
descriptions and aliases: Wikitech's analysis of the dump of June 2021; P279 and links: the sample
that comes with make_sample.py. Shares of P646, P3151, P18, P373 and the like are guesses.
"""

from __future__ import annotations

import argparse
import gzip
import io
import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from labelsys.atomic import atomic_path
from labelsys.source.wikidata.pulled import Claim, Entity, write_pull
from tests.bench.shape_classes import mix
from tests.bench.shape_items import Shape
from tests.bench.shape_json import JsonWriter
from tests.bench.shape_names import read_lemmas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.bench.shape_items import Made, Said

__all__ = ["best_claims", "iter_dump", "iter_pull", "write_dump", "write_shape_pull"]

_BLOCK: Final = 512
_PROPERTY_EVERY: Final = 8_000


def iter_dump(shape: Shape, *, small: bool = False) -> Iterator[str]:
    """Yield the lines of a dump, each with its end: `[`, an entity a line, `]`.

    Items come in blocks, out of order within a block; now and then comes a property.
    """
    writer = JsonWriter(shape, small=small)
    yield "[\n"
    before = ""
    for start in range(0, shape.n, _BLOCK):
        numbers = list(range(start, min(start + _BLOCK, shape.n)))
        Random(mix(shape.seed ^ start)).shuffle(numbers)
        for number in numbers:
            yield before + writer.line(shape.make(number))
            before = ",\n"
            if number % _PROPERTY_EVERY == 300:
                yield before + _property(300 + number // _PROPERTY_EVERY)
    yield "\n]\n"


def _property(number: int) -> str:
    return (
        f'{{"type":"property","datatype":"wikibase-item","id":"P{number}",'
        f'"labels":{{"en":{{"language":"en","value":"property {number}"}}}},"descriptions":{{}},'
        f'"aliases":{{}},"claims":{{}},"lastrevid":{number}}}'
    )


def best_claims(said: Iterable[Said]) -> list[Claim]:
    """Return what counts of statements: of the best rank of each property, with a value."""
    by_pid: dict[str, list[Said]] = {}
    for one in said:
        by_pid.setdefault(one.pid, []).append(one)
    kept = []
    for pid in sorted(by_pid, key=lambda pid: int(pid[1:])):
        ranks = {one.rank for one in by_pid[pid]}
        best = "preferred" if "preferred" in ranks else "normal"
        rows = (one for one in by_pid[pid] if one.rank == best and one.snak == "value")
        kept += [Claim(pid, one.value) for one in rows]
    return kept


def iter_pull(shape: Shape, languages: Sequence[str]) -> Iterator[Entity]:
    """Yield the classes as a pull has them, by the numbers of their QIDs."""
    order = {code: at for at, code in enumerate(languages)}
    for made in shape.iter_sorted(classes_only=True):
        yield _entity(made, order)


def _entity(made: Made, order: dict[str, int]) -> Entity:
    texts = sorted((t for t in made.texts if t.lang in order), key=lambda t: order[t.lang])
    return Entity(made.qid, tuple(texts), tuple(best_claims(made.said)), made.sitelinks)


def write_dump(path: Path, shape: Shape, *, small: bool = False) -> int:
    """Write a dump: compressed where the name ends in `.gz`.

    Returns:
        How many bytes it has unpacked.
    """
    size = 0
    with atomic_path(path) as temp, temp.open("wb") as raw:
        packed = path.suffix == ".gz"
        file = gzip.GzipFile("", "wb", 6, raw, mtime=0) if packed else raw
        with io.BufferedWriter(file, 1 << 20) as out:
            for line in iter_dump(shape, small=small):
                size += out.write(line.encode("ascii"))
    return size


def write_shape_pull(folder: Path, shape: Shape, languages: Sequence[str]) -> int:
    """Write the classes as a pull.

    Returns:
        How many they are.
    """
    header = {
        "dataset": "Wikidata-shaped classes, generated",
        "source": "tests/bench/wikidata_shape.py",
        "version": f"items {shape.n}, classes {shape.n_classes}, seed {shape.seed}",
        "license": "CC0-1.0",
        "languages": ",".join(languages),
    }
    return write_pull(folder, header, iter_pull(shape, languages))


def main(arguments: Sequence[str] | None = None) -> None:
    """Write what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("out", type=Path, help="file of the dump, or folder of the pull")
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--form", choices=("dump", "pull"), default="dump")
    parser.add_argument("--size", choices=("real", "small"), default="real")
    parser.add_argument("--classes", type=float, default=0.05, help="share of items with P279")
    parser.add_argument("--languages", default="en", help="of a pull, with commas")
    parser.add_argument("--wordnet", type=Path, help="folder of WordNet 3.0: lemmas for names")
    options = parser.parse_args(arguments)
    lemmas = read_lemmas(options.wordnet) if options.wordnet else {}
    languages = options.languages.split(",")
    shape = Shape(
        options.items,
        options.seed,
        classes=options.classes,
        lemmas=lemmas,
        languages=languages if options.form == "pull" else None,
    )
    if options.form == "dump":
        size = write_dump(options.out, shape, small=options.size == "small")
        sys.stdout.write(f"{shape.n:,} items, {size:,} bytes unpacked -> {options.out}\n")
        return
    count = write_shape_pull(options.out, shape, languages)
    sys.stdout.write(f"{count:,} classes -> {options.out}\n")


if __name__ == "__main__":
    main()
