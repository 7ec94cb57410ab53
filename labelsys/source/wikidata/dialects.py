"""What differs between the endpoints that hold Wikidata: one small table.

All of them answer the same stored queries in plain SPARQL 1.1. Labels are asked
for as `rdfs:label` in the languages that are wanted, never through the label
service, which only Wikidata's own endpoint has and which gives one text an item.

Source:
    For sitelinks: Wikidata's RDF dump says `wikibase:sitelinks` of the data node
    of an item; the Query Service moves it to the item when it loads a dump,
    QLever loads the dump as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.errors import NotFoundError
from labelsys.registry import near

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DIALECTS", "Dialect", "find_dialect", "get_dialect"]


class Dialect(NamedTuple):
    """One kind of endpoint.

    Attributes:
        name: as it is chosen by.
        hosts: that are known to be of this kind.
        sitelinks: whose `wikibase:sitelinks` it has: `item` or `data`.
    """

    name: str
    hosts: tuple[str, ...]
    sitelinks: str


_ALL: Final = (
    Dialect("wdqs", ("query.wikidata.org", "query-main.wikidata.org"), sitelinks="item"),
    Dialect("qlever", ("qlever.dev", "qlever.cs.uni-freiburg.de"), sitelinks="data"),
    Dialect("plain", (), sitelinks="item"),
)

DIALECTS: Final[Mapping[str, Dialect]] = {dialect.name: dialect for dialect in _ALL}
"""By name; `plain` is any other endpoint, Fuseki among them."""


def find_dialect(host: str) -> Dialect:
    """Return the dialect of an endpoint, `plain` where nothing is known of its host.

    Examples:
        >>> find_dialect("query.wikidata.org").name, find_dialect("localhost").name
        ('wdqs', 'plain')
    """
    return next((dialect for dialect in _ALL if host in dialect.hosts), DIALECTS["plain"])


def get_dialect(name: str) -> Dialect:
    """Return a dialect by its name.

    Raises:
        NotFoundError: there is none; the message names those that are.
    """
    if name not in DIALECTS:
        known = sorted(DIALECTS)
        raise NotFoundError("dialect", name, near=near(name, known) or known)
    return DIALECTS[name]
