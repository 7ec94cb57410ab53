"""Wikidata as a source of concepts: the pull that ships, or another one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from labelsys.collector import collector_paused
from labelsys.errors import SourceError
from labelsys.source.counts import reconcile
from labelsys.source.protocol import Found, SourceData
from labelsys.source.wikidata.attach import attach
from labelsys.source.wikidata.corrections import BATCH, cut_wrong, load_corrections
from labelsys.source.wikidata.facts import read_facts
from labelsys.source.wikidata.heal import heal, retired_concepts, tell_redirects
from labelsys.source.wikidata.languages import ENGLISH
from labelsys.source.wikidata.linking.surroundings import surround
from labelsys.source.wikidata.links import link_items
from labelsys.source.wikidata.prune import prune
from labelsys.source.wikidata.pulled import pull_fingerprint
from labelsys.source.wikidata.suggest import suggest_places

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from labelsys.progress import Progress
    from labelsys.source.protocol import Counts, SourceInfo
    from labelsys.source.wikidata.corrections import Corrections
    from labelsys.source.wikidata.facts import Facts
    from labelsys.source.wikidata.links import Linked
    from labelsys.source.wikidata.prune import Pruned

__all__ = ["WikidataSource", "build_source_data", "read_shipped"]

_STAGE: Final = "read Wikidata"


@dataclass(frozen=True, slots=True, kw_only=True)
class WikidataSource:
    """Classes, subclass edges and links to WordNet from a pull.

    Attributes:
        folder: where the pull is; None takes the one that ships.
        languages: those asked for: a class without a name in any of them, and
            without an English one, is no concept.
    """

    folder: Path | None = None
    languages: tuple[str, ...] = ("en",)

    @property
    def name(self) -> str:
        """`wikidata`."""
        return "wikidata"

    def load(self, base: SourceData | None, progress: Progress, /) -> SourceData:
        """Read the pull, link items to synsets, choose classes.

        Args:
            base: WordNet, with 3.1 ids among the xrefs.
            progress: told how far it is.

        Returns:
            Classes that reach a synset; ids and names that synsets gain; one
            mapping for every item and synset that identifiers link, or words.

        Raises:
            SourceError: a table is missing or damaged, or nothing comes before.
        """
        if base is None:
            msg = "wikidata needs a source before it: put wordnet first"
            raise SourceError(msg)
        progress.start(_STAGE)
        with collector_paused():
            data = build_source_data(read_facts(_root(self.folder), self.languages), base)
        _tell_end(data.info, progress)
        return data

    def find(self, progress: Progress, /) -> Found:
        """Find the pull.

        Args:
            progress: told nothing: it is there, or an error.

        Returns:
            Where it is, with the fingerprint that `load` gives to their data.

        Raises:
            SourceError: a table is missing, or is of another pull.
        """
        del progress
        root = _root(self.folder)
        known = _fingerprint(pull_fingerprint(root), load_corrections())
        return Found(fingerprint=known, place=str(root))

    def tell(self, found: Found, info: SourceInfo, progress: Progress, /) -> None:
        """Tell the progress what `load` does, of data that was read before."""
        del found
        progress.start(_STAGE)
        _tell_end(info, progress)


def _tell_end(info: SourceInfo, progress: Progress) -> None:
    progress.done(f"{info.concepts:,} classes, {info.edges:,} edges, {info.extra:,} synsets linked")


def _fingerprint(pull: str, corrections: Corrections) -> str:
    """Return what the data depend on: the pull, and what corrects it."""
    return hashlib.sha256(f"{pull} {corrections.tool}".encode()).hexdigest()


def build_source_data(
    facts: Facts, base: SourceData, corrections: Corrections | None = None
) -> SourceData:
    """Turn facts from any reader of Wikidata into what the build takes.

    Args:
        facts: as published.
        base: WordNet, with 3.1 ids among the xrefs.
        corrections: of the pull's statements; those that ship by default.

    Returns:
        Concepts, edges, links, and what the synsets gain.
    """
    healed = heal(facts)
    pruned = prune(healed)
    said = set(pruned.edges)
    corrections = corrections or load_corrections()
    known = corrections.known(base.concepts)
    cut_wrong(pruned, known)
    linked = link_items(healed, base, pruned.named_classes(), known)
    around = surround(pruned, linked, base)
    placed = attach(pruned, linked.synsets, base, known)
    corrected = corrections.counts(healed.items, {c.id for c in base.concepts}, said)
    used = {c.id.local_id: c.id for c in placed.concepts} | linked.synsets
    retired = retired_concepts(healed.into, used, healed.items)
    redirects = tell_redirects(facts.into, healed.into)
    return SourceData(
        name="wikidata",
        version=facts.version,
        fingerprint=_fingerprint(facts.fingerprint, corrections),
        concepts=tuple(sorted((*placed.concepts, *retired), key=attrgetter("id"))),
        edges=placed.edges,
        extra=linked.extra,
        mappings=(*linked.mappings, *placed.mappings, *suggest_places(placed, around, base)),
        findings=tuple(sorted((*redirects, *linked.findings, *pruned.findings))),
        counts={
            **_count_items(facts, pruned, linked),
            **pruned.counts(),
            **linked.counts,
            BATCH: corrected,
        },
    )


def _count_items(facts: Facts, pruned: Pruned, linked: Linked) -> dict[str, Counts]:
    """Return how the rows of the pull become classes and linked items."""
    left = sum(qid not in pruned.classes and qid not in linked.synsets for qid in facts.items)
    skipped = {"redirects": len(facts.into), "neither a class nor linked": left}
    return {"items": reconcile(len(facts.into) + len(facts.items), skipped)}


def _root(folder: Path | None) -> Path | Traversable:
    return folder or files("labelsys_ontologies").joinpath("wikidata")


def read_shipped() -> Facts:
    """Return the pull that ships, its names in English."""
    return read_facts(_root(None), (ENGLISH,))
