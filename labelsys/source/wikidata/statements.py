"""What an endpoint says of items, from the terms of an answer to entities.

Truthy statements (`wdt:`) alone are asked for: of each property those of the
best rank, none that is deprecated, none that says there is no value.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from labelsys.source.wikidata.endpoint import RequestError
from labelsys.source.wikidata.journal import Answer
from labelsys.source.wikidata.properties import KEPT_PROPERTIES
from labelsys.source.wikidata.pulled import KINDS, Claim, Entity, Text, is_qid, qid_number
from labelsys.source.wikidata.questions import ENTITY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from labelsys.source.wikidata.answers import Term

__all__ = ["INTO", "SITELINKS", "make_entities", "predicates", "read_facts", "read_sitelinks"]

INTO, SITELINKS = "into", "sitelinks"

_DIRECT: Final = "http://www.wikidata.org/prop/direct/"
_FILE: Final = "/wiki/Special:FilePath/"
_GENID: Final = "/.well-known/genid/"
_TEXTS: Final = {
    "rdfs:label": ("http://www.w3.org/2000/01/rdf-schema#label", "label"),
    "schema:description": ("http://schema.org/description", "description"),
    "skos:altLabel": ("http://www.w3.org/2004/02/skos/core#altLabel", "alias"),
}
_REDIRECT: Final = {"owl:sameAs": ("http://www.w3.org/2002/07/owl#sameAs", INTO)}
_PAGES: Final = {"wikibase:sitelinks": ("http://wikiba.se/ontology#sitelinks", SITELINKS)}
_KINDS: Final = dict([*_TEXTS.values(), *_REDIRECT.values(), *_PAGES.values()])
_LARGEST: Final = 10**6


def predicates(*, sitelinks: bool) -> list[str]:
    """Return what is asked for beside claims, as terms of a query.

    Args:
        sitelinks: whether items have their number of sitelinks themselves.
    """
    return [*_TEXTS, *_REDIRECT, *(_PAGES if sitelinks else ())]


def read_facts(
    rows: Sequence[tuple[Term, ...]], qids: Collection[str], pids: Collection[str]
) -> Answer:
    """Return the facts of an answer, as `item, kind or property, language, value`.

    Args:
        rows: item, property, value.
        qids: items that were asked about.
        pids: properties that were asked for.

    Raises:
        RequestError: a row is about something that was not asked for.
    """
    found: list[list[str]] = []
    skipped: Counter[str] = Counter()
    for item, predicate, value in rows:
        qid = _asked(item, qids)
        kind = _KINDS.get(predicate.value, predicate.value.removeprefix(_DIRECT))
        if predicate.kind != "uri" or (kind not in pids and predicate.value not in _KINDS):
            raise RequestError("row about another property")
        text, reason = _claim(kind, value) if kind in pids else _other(kind, value)
        if reason:
            skipped[reason] += 1
        else:
            found.append([qid, kind, value.lang if kind in KINDS else "", text])
    return Answer(found, dict(sorted(skipped.items())))


def read_sitelinks(rows: Sequence[tuple[Term, ...]], qids: Collection[str]) -> Answer:
    """Return the numbers of sitelinks of an answer, in the same form as `read_facts`.

    Raises:
        RequestError: a row is about something that was not asked for.
    """
    found = [[_asked(item, qids), *_other(SITELINKS, value)] for item, value in rows]
    kept = [[qid, SITELINKS, "", text] for qid, text, reason in found if not reason]
    reasons = Counter(reason for _, _, reason in found if reason)
    return Answer(kept, dict(reasons))


def _asked(item: Term, qids: Collection[str]) -> str:
    qid = item.value.removeprefix(ENTITY)
    if item.kind != "uri" or qid not in qids:
        raise RequestError("row about another item")
    return qid


def _claim(pid: str, value: Term) -> tuple[str, str]:
    """Return the value of a claim, and why it is left out."""
    if value.kind == "bnode" or _GENID in value.value:
        return "", "a value that nobody knows"
    known = KEPT_PROPERTIES.get(pid)
    if known is None or known.holds == "item":
        qid = value.value.removeprefix(ENTITY)
        return (qid, "") if value.kind == "uri" and is_qid(qid) else ("", "no item")
    text = value.value
    if value.kind == "uri" and _FILE in text:
        # A dump has the name of a file here, an endpoint its address.
        text = unquote(text.partition(_FILE)[2])
    return text, "" if text.strip() else "empty"


def _other(kind: str, value: Term) -> tuple[str, str]:
    """Return a text, a number of sitelinks or the target of a redirect, and why it is left out."""
    text = value.value
    if kind == INTO:
        qid = text.removeprefix(ENTITY)
        return (qid, "") if value.kind == "uri" and is_qid(qid) else ("", "redirect to no item")
    if value.kind != "literal" or not text.strip():
        return "", "empty"
    if kind == SITELINKS and not (text.isascii() and text.isdigit() and int(text) < _LARGEST):
        return "", "no number of sitelinks"
    return text, ""


def make_entities(qids: Iterable[str], rows: Iterable[Sequence[str]]) -> list[Entity]:
    """Return what is said of items.

    Args:
        qids: by number.
        rows: of answers about them, in any order, some maybe twice.

    Returns:
        An entity for each item, in the order of *qids*, bare where nothing is said of it.
    """
    by_item: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for qid, kind, lang, value in rows:
        by_item[qid].add((kind, lang, value))
    return [_entity(qid, by_item.get(qid, set())) for qid in qids]


def _entity(qid: str, facts: set[tuple[str, str, str]]) -> Entity:
    texts = [Text(lang, kind, value) for kind, lang, value in facts if kind in KINDS]
    claims = [Claim(kind, value) for kind, _, value in facts if kind[0] == "P"]
    links = [int(value) for kind, _, value in facts if kind == SITELINKS]
    targets = [value for kind, _, value in facts if kind == INTO and value != qid]
    return Entity(
        qid,
        texts=tuple(sorted(texts, key=lambda t: (t.lang, KINDS.index(t.kind), t.text))),
        claims=tuple(sorted(claims, key=_claim_order)),
        sitelinks=max(links) if links else None,
        into=min(targets, key=qid_number) if targets else "",
    )


def _claim_order(claim: Claim) -> tuple[int, int, str]:
    number = qid_number(claim.value) if is_qid(claim.value) else 0
    return int(claim.pid[1:]), number, claim.value
