"""What a source of concepts hands to the build."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingType

    from labelsys.model import Concept, Edge, Finding, Mapping
    from labelsys.progress import Progress

__all__ = ["Counts", "Found", "Source", "SourceData", "SourceInfo"]


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
class SourceInfo:
    """What is told of a source that was read: all but its rows.

    Attributes:
        name: `wordnet`, `wikidata`.
        version: of the data.
        fingerprint: SHA-256 over the input files, hex.
        concepts: how many it brought, retired ones aside.
        edges: how many it brought.
        extra: how many concepts of an earlier source it added to.
        counts: batch name (`classes`, `edges`, `links`) -> how it reconciles.
    """

    name: str
    version: str
    fingerprint: str
    concepts: int
    edges: int
    extra: int = 0
    counts: MappingType[str, Counts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The data of a source, found and not read yet.

    Attributes:
        fingerprint: the one that it has when it is read.
        place: where it lies, for people.
    """

    fingerprint: str
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceData:
    """Everything that one source contributes.

    Attributes:
        name: `wordnet`, `wikidata`.
        version: of the data.
        fingerprint: SHA-256 over the input files, hex.
        concepts: new concepts, sorted by id.
        edges: sorted; both ends are concepts of this or an earlier source.
        extra: concept id -> names, definitions and xrefs that this source adds to concepts of
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

    @property
    def info(self) -> SourceInfo:
        """What is told of it."""
        return SourceInfo(
            name=self.name,
            version=self.version,
            fingerprint=self.fingerprint,
            concepts=sum(concept.status == "active" for concept in self.concepts),
            edges=len(self.edges),
            extra=len(self.extra),
            counts=self.counts,
        )


class Source(Protocol):
    """Something that concepts can be loaded from."""

    @property
    def name(self) -> str:
        """Registry name of the source."""
        ...

    def find(self, progress: Progress, /) -> Found:
        """Find the source's data, and say which it is, without making anything of it.

        Args:
            progress: told of a download.

        Raises:
            SourceError: the files are missing.
        """
        ...

    def tell(self, found: Found, info: SourceInfo, progress: Progress, /) -> None:
        """Tell the progress what `load` does, of data that was read before."""
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
