"""What a source of concepts hands to the build."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingType

    from labelsys.model import Concept, Edge, Finding, Mapping
    from labelsys.progress import Progress

__all__ = ["Counts", "Source", "SourceData"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How a batch reconciles: read = kept + skipped + failed.

    Attributes:
        read: rows or items read.
        kept: of them, those in the result.
        skipped: reason -> count, left out by a rule.
        failed: reason -> count, left out because they are wrong.
    """

    read: int
    kept: int
    skipped: MappingType[str, int] = field(default_factory=dict)
    failed: MappingType[str, int] = field(default_factory=dict)

    @property
    def adds_up(self) -> bool:
        """Whether nothing was lost on the way."""
        return self.read == self.kept + sum(self.skipped.values()) + sum(self.failed.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceData:
    """Everything that one source contributes.

    Attributes:
        name: `wordnet`, `wikidata`.
        version: of the data.
        fingerprint: SHA-256 over the input files, hex.
        concepts: new concepts, sorted by id.
        edges: sorted; both ends are concepts of this or an earlier source.
        extra: concept id -> names and xrefs that this source adds to concepts of
            an earlier source, as a `Concept` whose other fields are ignored.
        mappings: assertions about links to an earlier source.
        findings: what was noticed.
        counts: batch name (`classes`, `edges`, `links`) -> how it reconciles.
    """

    name: str
    version: str
    fingerprint: str
    concepts: tuple[Concept, ...]
    edges: tuple[Edge, ...]
    extra: tuple[Concept, ...] = ()
    mappings: tuple[Mapping, ...] = ()
    findings: tuple[Finding, ...] = ()
    counts: MappingType[str, Counts] = field(default_factory=dict)


class Source(Protocol):
    """Something that concepts can be loaded from."""

    @property
    def name(self) -> str:
        """Registry name of the source."""
        ...

    def load(self, base: SourceData | None, progress: Progress, /) -> SourceData:
        """Read, check and return the source's concepts.

        Args:
            base: the source before it (WordNet has none), whose concepts this
                one may link to.
            progress: told how far it is.

        Raises:
            SourceError: the files are missing or wrong.
        """
        ...
