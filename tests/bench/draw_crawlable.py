"""Draw concepts that a crawler would be given once the sensitive ones are out, to be read blind.

Drawn from are concepts where a label of some set stands, and all below physical entity by
subclass edges, as `labelsys export labels` lists them. Whoever reads the draw asks of each:
does it belong on `ontologies/sensitive.tsv`?
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import labelsys
from labelsys.tag.sensitive import load_sensitive, read_sensitive, resolve, tag_sensitive
from tests.bench.timing import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labelsys.api import LabelSystem
    from labelsys.ids import Curie

PHYSICAL_ENTITY = "n00001930"


def crawlable(system: LabelSystem) -> set[Curie]:
    """Return the concepts that a crawler would be given if nothing were sensitive."""
    hierarchy = system.hierarchy
    found = {system.resolve(PHYSICAL_ENTITY)}
    found |= set(hierarchy.descendants(*found))
    for label_set in system.store.iter_label_sets():
        placements = system.store.iter_placements(label_set.id)
        found |= {p.concept_id for p in placements if p.concept_id is not None}
    return found


def main(argv: Sequence[str] | None = None) -> None:
    """Print how many concepts each category has, then a draw: id, name and gloss, by id."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--store", help="a workspace or graph; the one of this folder if not given")
    parser.add_argument("--list", type=Path, help="a list of sensitive concepts; else the shipped")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300)
    args = parser.parse_args(argv)
    listed = read_sensitive(args.list) if args.list else load_sensitive()
    with labelsys.open(args.store) as system:
        resolution = resolve(listed, system.hierarchy, system.store)
        tags = tag_sensitive(system.hierarchy, resolution)
        found = crawlable(system)
        kept = sorted(id_ for id_ in found if not tags.of(id_))
        say(f"{tags.tagger}: {len(tags.causes)} of {len(system.hierarchy)} concepts")
        say("\n".join(f"{category}\t{n}" for category, n in tags.counts().items()))
        say(f"seed {args.seed}: {len(found)} to crawl, of them {len(kept)} not sensitive")
        drawn = random.Random(args.seed).sample(kept, min(args.count, len(kept)))
        for concept in system.store.iter_concepts(sorted(drawn)):
            sys.stdout.write(f"{concept.id}\t{concept.pref_label}\t{concept.gloss}\n")


if __name__ == "__main__":
    main()
