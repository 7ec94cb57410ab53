"""What redirects in a pull is followed, so that nothing points at an item that is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelsys.ids import Curie
from labelsys.model import Concept, Finding
from labelsys.source.wikidata.pulled import Claim
from labelsys.source.wikidata.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from labelsys.source.wikidata.facts import Facts, Item

__all__ = ["follow_redirects", "heal", "retired_concepts", "tell_redirects"]


def heal(facts: Facts) -> Facts:
    """Return a pull in which claims name the items that stand for those that redirect.

    Args:
        facts: as pulled.

    Returns:
        The same items; of the redirects, those that lead to one of them.
    """
    into = follow_redirects(facts.into, facts.items)
    items = facts.items
    if into:
        items = {qid: _followed(item, into) for qid, item in items.items()}
    return facts._replace(items=items, into=into)


def follow_redirects(into: Mapping[str, str], items: Mapping[str, object]) -> dict[str, str]:
    """Return where each redirect ends, however many steps it takes.

    Args:
        into: QID -> where it redirects to, maybe a redirect itself.
        items: what is there.

    Returns:
        QID -> an item that is there; those that lead nowhere, or in a circle, left out.

    Examples:
        >>> follow_redirects({"Q1": "Q2", "Q2": "Q3", "Q4": "Q5", "Q5": "Q4"}, {"Q3": None})
        {'Q1': 'Q3', 'Q2': 'Q3'}
    """
    ends = {}
    for qid in into:
        target, seen = into[qid], {qid}
        while target in into and target not in seen:
            seen.add(target)
            target = into[target]
        if target in items:
            ends[qid] = target
    return ends


def tell_redirects(given: Mapping[str, str], into: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a finding for each item that redirects.

    Args:
        given: QID -> where it redirects to, as pulled.
        into: QID -> where it ends.
    """
    for qid, target in given.items():
        end = into.get(qid)
        message = f"redirects to wd:{target}"
        if end is None:
            message += ", which is not in this pull"
        elif end != target:
            message += f", and that to wd:{end}"
        yield Finding(code=RULES["redirect"].code, id=f"wd:{qid}", message=message)


def retired_concepts(
    into: Mapping[str, str], concepts: Mapping[str, Curie], items: Mapping[str, Item]
) -> list[Concept]:
    """Return what old ids lead to: a retired concept for each redirect to one in use.

    It has no name and no edge of its own: whoever asks for the old id is told
    where it went.

    Args:
        into: QID -> the item where it ends.
        concepts: QID -> its concept.
        items: by QID.
    """
    return [
        Concept(
            id=Curie.trusted(f"wd:{qid}"),
            pref_label=items[target].label or f"wd:{target}",
            source="wikidata",
            status="retired",
            replaced_by=concepts[target],
        )
        for qid, target in into.items()
        if target in concepts
    ]


def _followed(item: Item, into: Mapping[str, str]) -> Item:
    if not any(claim.value in into for claim in item.claims):
        return item
    claims = [Claim(claim.pid, into.get(claim.value, claim.value)) for claim in item.claims]
    return item._replace(claims=tuple(dict.fromkeys(claims)))
