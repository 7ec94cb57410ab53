"""Draw concepts that a crawler would be given once the sensitive ones are out, to be read blind.

Drawn from are concepts where a label of some set stands, and all below physical entity by
subclass edges, as `labelsys export labels` lists them. Whoever reads the draw asks of each:
does it belong on `ontologies/sensitive.tsv`?
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import labelsys
from labelsys.tag.sensitive import load_sensitive, read_sensitive, resolve, tag_sensitive
from tests.bench.timing import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labelsys.api import LabelSystem
    from labelsys.ids import Curie
    from labelsys.tag.sensitive import SensitiveList

PHYSICAL_ENTITY = "n00001930"


def crawlable(system: LabelSystem, listed: SensitiveList) -> tuple[list[Curie], Counter[str]]:
    """Return the concepts to draw from, sorted, and how many there were of each kind."""
    hierarchy = system.hierarchy
    found = {system.resolve(PHYSICAL_ENTITY)}
    found |= set(hierarchy.descendants(*found))
    for label_set in system.store.iter_label_sets():
        placements = system.store.iter_placements(label_set.id)
        found |= {p.concept_id for p in placements if p.concept_id is not None}
    tags = tag_sensitive(hierarchy, resolve(listed, hierarchy, system.store))
    kept = sorted(id_ for id_ in found if not tags.of(id_))
    return kept, Counter(read=len(found), kept=len(kept), sensitive=len(found) - len(kept))


def main(argv: Sequence[str] | None = None) -> None:
    """Print a draw: id, name and gloss, by id."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--store", help="a workspace or graph; the one of this folder if not given")
    parser.add_argument("--list", type=Path, help="a list of sensitive concepts; else the shipped")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300)
    args = parser.parse_args(argv)
    listed = read_sensitive(args.list) if args.list else load_sensitive()
    with labelsys.open(args.store) as system:
        kept, counts = crawlable(system, listed)
        say(f"{listed.tagger}, seed {args.seed}: {dict(counts)}")
        drawn = random.Random(args.seed).sample(kept, min(args.count, len(kept)))
        for concept in system.store.iter_concepts(sorted(drawn)):
            sys.stdout.write(f"{concept.id}\t{concept.pref_label}\t{concept.gloss}\n")


if __name__ == "__main__":
    main()
