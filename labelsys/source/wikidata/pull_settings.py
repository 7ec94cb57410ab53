"""What a pull from an endpoint takes, and what it gives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from labelsys.errors import ConfigError
from labelsys.source.wikidata.dialects import find_dialect, get_dialect
from labelsys.source.wikidata.journal import parameters_digest
from labelsys.source.wikidata.languages import ALL
from labelsys.source.wikidata.properties import CLASS_PROPERTY, KEPT_PROPERTIES
from labelsys.source.wikidata.pulled import is_qid, qid_number
from labelsys.source.wikidata.questions import is_pid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from labelsys.source.protocol import Counts
    from labelsys.source.wikidata.asking import Patience
    from labelsys.source.wikidata.dialects import Dialect
    from labelsys.source.wikidata.endpoint import EndpointSettings

__all__ = ["DEFAULT_BATCH", "PullReport", "PullSettings", "journal_path"]

_LANGUAGE: Final = re.compile(r"[a-z]{2,12}(?:-[a-z0-9]{1,12})*\Z")
DEFAULT_BATCH: Final = 200
"""Items in a question."""

_PAGE: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PullSettings:
    """What to pull, from where, into what. Making one checks it.

    Attributes:
        endpoint: whom to ask.
        roots: QIDs; they and what is below them is pulled.
        out: the pull's folder; the journal lies beside it.
        cache: folder that all processes share, for the budget of the host.
        property: that leads up.
        depth: levels below the roots; None for all.
        languages: of texts, as Wikimedia writes them, in lower case; `mul`, what
            holds in all languages, always comes with them.
        dialect: name of the endpoint's kind; None goes by its host.
        batch: items in a question.
        page: rows in an answer.
        interval_s: least time between two requests; None takes a second, and
            nothing on this machine.
        patience: with failures; None takes the usual.
        is_fresh: begin anew, whatever was answered before.
    """

    endpoint: EndpointSettings
    roots: tuple[str, ...]
    out: Path
    cache: Path
    property: str = CLASS_PROPERTY
    depth: int | None = None
    languages: tuple[str, ...] = ("en",)
    dialect: str | None = None
    batch: int = DEFAULT_BATCH
    page: int = _PAGE
    interval_s: float | None = None
    patience: Patience | None = None
    is_fresh: bool = False

    def __post_init__(self) -> None:
        if not self.roots:
            msg = "at least one item to begin at, as in --root Q144"
            raise ConfigError(msg, location="--root")
        for root in self.roots:
            if not is_qid(root):
                msg = f"{root!r} is no item: 'Q' and a number, as in Q144"
                raise ConfigError(msg, location="--root")
        if not is_pid(self.property):
            msg = f"{self.property!r} is no property: 'P' and a number, as in P279"
            raise ConfigError(msg, location="--property")
        if not self.languages or not all(map(_LANGUAGE.match, self.languages)):
            msg = f"{','.join(self.languages)!r} is no list of languages, as in en,zh-hans"
            raise ConfigError(msg, location="--lang")
        if self.batch < 1 or self.page < 3 or (self.depth is not None and self.depth < 0):
            raise ConfigError("a batch has an item at least, a page three rows")
        if self.dialect is not None:
            get_dialect(self.dialect)

    def find_dialect(self, host: str) -> Dialect:
        """Return the kind of endpoint."""
        return find_dialect(host) if self.dialect is None else get_dialect(self.dialect)

    def all_languages(self) -> list[str]:
        """Return the languages that are asked for, sorted."""
        return sorted({*self.languages, ALL})

    def parameters(self) -> dict[str, Any]:
        """Return everything that the questions, and so the answers, depend on."""
        return {
            "endpoint": self.endpoint.url,
            "dialect": self.dialect,
            "roots": sorted(set(self.roots), key=qid_number),
            "property": self.property,
            "depth": self.depth,
            "languages": self.all_languages(),
            "kept": sorted(KEPT_PROPERTIES),
            "batch": self.batch,
            "page": self.page,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PullReport:
    """What a pull did.

    Attributes:
        out: the folder.
        version: of the pull: the same items, texts and claims have the same.
        requests: sent, failures included.
        from_journal: answers that were there from before.
        retried: reason -> requests that failed and were sent again.
        waited_s: seconds in pauses after failures.
        items: in the tables.
        edges: statements of the property between items of the pull.
        names: labels, descriptions and aliases.
        claims: statements of all kept properties.
        redirects: items that lead to another one.
        statements: rows of all answers about items: texts, claims, redirects and
            numbers of sitelinks, as they reconcile.
    """

    out: str
    version: str
    requests: int
    from_journal: int
    retried: Mapping[str, int]
    waited_s: float
    items: int
    edges: int
    names: int
    claims: int
    redirects: int
    statements: Counts


def journal_path(settings: PullSettings) -> Path:
    """Return where a pull's answers are kept: a pull with other parameters has another file."""
    digest = parameters_digest(settings.parameters())
    return settings.out.with_name(f"{settings.out.name}-{digest}.journal")
