"""Small dumps in the form of Wikidata's, made in the tests."""

from __future__ import annotations

import bz2
import gzip
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = ["PACKINGS", "entity", "line", "statement", "text_of", "zip_members"]

ITEMS = frozenset({"P31", "P105", "P171", "P279", "P361"})


def statement(pid: str, value: Any, rank: str = "normal", snak: str = "value") -> dict[str, Any]:
    """Return a statement; a QID as value makes it one about an item."""
    found: dict[str, Any] = {"snaktype": snak, "property": pid}
    if snak == "value" and pid in ITEMS:
        held = {"entity-type": "item", "numeric-id": int(str(value)[1:]), "id": value}
        found["datavalue"] = {"value": held, "type": "wikibase-entityid"}
    elif snak == "value":
        found["datavalue"] = {"value": value, "type": "string"}
    return {"mainsnak": found, "type": "statement", "id": f"{pid}-{value}", "rank": rank}


def entity(
    qid: str,
    claims: Mapping[str, Sequence[Any]] | None = None,
    labels: Mapping[str, str] | None = None,
    descriptions: Mapping[str, str] | None = None,
    aliases: Mapping[str, Sequence[str]] | None = None,
    sites: Iterable[str] = (),
) -> dict[str, Any]:
    """Return an item; values of claims that are no statements are made into some.

    What is empty is `[]`, as PHP writes it.
    """
    made = {
        pid: [each if isinstance(each, dict) else statement(pid, each) for each in values]
        for pid, values in (claims or {}).items()
    }
    return {
        "type": "item",
        "id": qid,
        "labels": {c: {"language": c, "value": t} for c, t in (labels or {}).items()} or [],
        "descriptions": {c: {"language": c, "value": t} for c, t in (descriptions or {}).items()}
        or [],
        "aliases": {
            c: [{"language": c, "value": t} for t in texts] for c, texts in (aliases or {}).items()
        }
        or [],
        "claims": made or [],
        "sitelinks": {site: {"site": site, "title": qid, "badges": []} for site in sites} or [],
        "lastrevid": 1,
    }


def line(found: Any) -> bytes:
    """Return an entity as Wikidata writes it: without spaces, in ASCII."""
    return json.dumps(found, separators=(",", ":")).encode()


def text_of(lines: Iterable[bytes]) -> bytes:
    """Return a dump of lines."""
    return b"[\n" + b",\n".join(lines) + b"\n]\n"


def zip_members(lines: Sequence[bytes], each: int = 3) -> bytes:
    """Return a dump as Wikidata makes it: gzip members, one for every so many entities."""
    batches = [lines[at : at + each] for at in range(0, len(lines), each)]
    found = [b"[\n"]
    for number, batch in enumerate(batches):
        found.append(b",\n".join(batch))
        # Between the batches stands a comma of its own.
        found.append(b"\n]\n" if number == len(batches) - 1 else b",\n")
    return b"".join(gzip.compress(part, mtime=0) for part in found if part)


def _gzip(lines: Sequence[bytes]) -> bytes:
    return gzip.compress(text_of(lines), mtime=0)


def _bzip2(lines: Sequence[bytes]) -> bytes:
    return bz2.compress(text_of(lines), 1)


PACKINGS: dict[str, Callable[[Sequence[bytes]], bytes]] = {
    "plain": text_of,
    "gzip": _gzip,
    "members": zip_members,
    "bzip2": _bzip2,
}
"""How a dump may lie there."""
