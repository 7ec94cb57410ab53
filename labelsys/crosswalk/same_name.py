"""Labels of two sets that have one name, where the hierarchy can't tell.

A detector's `stop sign` is another one's `Stop Sign`, though neither has a
place. In sets of a few hundred classes a name means what everybody means by it: of
labels that have one name in two such sets, and stand surely, all but a few stand
at the same concept (`docs/explanation/crosswalks.md`). So a name speaks for
two labels of which one is placed in doubt or not at all. Two sure placements
stand as they are. Sets of many thousands of classes list rare senses and kinds,
too (`kiss`, the candy): there a name says too little.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from labelsys.config import MatchSettings
from labelsys.search import singular
from labelsys.text import fold

if TYPE_CHECKING:
    from labelsys.crosswalk.standing import Spot, Standing

__all__ = ["SAME_NAME", "name_key", "pair_by_name"]

SAME_NAME: Final = 0.99
"""Confidence that labels of one name are one class: 1,770 of 1,777 sure pairs are."""

MAX_LABELS: Final = 2000
"""A set with more labels than this is a dictionary: its names are no evidence."""

SURE: Final = MatchSettings().accept


def name_key(name: str) -> str:
    """Return what names have in common that are the same but for spelling.

    Number, case, spaces and punctuation make no difference. What stands in parentheses
    does: it was put there to tell a sense from others.

    Examples:
        >>> name_key("Traffic Lights"), name_key("pottedplant"), name_key("turkey_(food)")
        ('trafficlight', 'pottedplant', 'turkeyfood')
    """
    return "".join(map(singular, fold(name).split()))


def pair_by_name(source: Standing, target: Standing) -> dict[int, Spot]:
    """Return labels of two sets that are one class by their names.

    Both sets are small, both names are the only ones of their kind there, no label of
    the other set means what either means, and at least one placement is not sure.

    Returns:
        Position in the source set -> label of the target set.
    """
    if max(len(source.spots), len(target.spots)) > MAX_LABELS:
        return {}
    ours, theirs = _unique(source), _unique(target)
    meant = {*source.meant.tolist()} & {*target.meant.tolist()}
    pairs = {}
    for key in ours.keys() & theirs.keys():
        a, b = ours[key], theirs[key]
        is_taken = any(spot.is_meant and spot.concept in meant for spot in (a, b))
        if not is_taken and not (_is_sure(a) and _is_sure(b)):
            pairs[a.position] = b
    return pairs


def _unique(standing: Standing) -> dict[str, Spot]:
    found: dict[str, list[Spot]] = defaultdict(list)
    for spot in standing.spots:
        if not spot.is_excluded:
            found[name_key(spot.name)].append(spot)
    return {key: spots[0] for key, spots in found.items() if key and len(spots) == 1}


def _is_sure(spot: Spot) -> bool:
    return spot.is_exact and spot.confidence is not None and spot.confidence >= SURE
