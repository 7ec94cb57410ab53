"""The piece of Wikidata that ships, or another in the same three tables.

===================  ==================================================
classes.tsv.gz       qid, label, description, aliases (joined by `|`)
subclass.tsv.gz      narrower, broader: P279
wordnet.tsv.gz       qid, wn31, label, aliases: items with a P8814 id
===================  ==================================================

Each starts with `# key: value` lines, as `labelsys.tables` has it. The names
may end in `.tsv` as well.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from labelsys.collector import collector_paused
from labelsys.errors import SourceError
from labelsys.source.protocol import Found, SourceData
from labelsys.source.wikidata.classes import select_classes
from labelsys.source.wikidata.facts import Facts, Item, Link
from labelsys.source.wikidata.links import link_items
from labelsys.tables import read_bytes, read_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from labelsys.progress import Progress
    from labelsys.source.protocol import SourceInfo
    from labelsys.tables import Table

__all__ = ["ExtractSource", "build_source_data", "read_extract"]

_STAGE: Final = "read Wikidata extract"
_TABLES: Final = ("classes", "subclass", "wordnet")
_QID: Final = re.compile(r"Q[1-9][0-9]*\Z")
_SYNSET: Final = re.compile(r"[0-9]{8}-n\Z")
_CLASS_COLUMNS: Final = ("qid", "label", "description", "aliases")
_LINK_COLUMNS: Final = ("qid", "wn31", "label", "aliases")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractSource:
    """Classes, subclass edges and links to WordNet from three tables.

    Attributes:
        folder: where the tables are; None takes those that ship.
    """

    folder: Path | None = None

    @property
    def name(self) -> str:
        """`wikidata`."""
        return "wikidata"

    def load(self, base: SourceData | None, progress: Progress, /) -> SourceData:
        """Read the tables, link items to synsets, choose classes.

        Args:
            base: WordNet, with 3.1 ids among the xrefs.
            progress: told how far it is.

        Returns:
            Classes that reach a synset; ids and names that synsets gain; one
            mapping for every item and synset that P8814 links.

        Raises:
            SourceError: a table is missing or damaged, or nothing comes before.
        """
        if base is None:
            msg = "wikidata needs a source before it: put wordnet first"
            raise SourceError(msg)
        progress.start(_STAGE)
        with collector_paused():
            data = build_source_data(read_extract(self.folder), base)
        _tell_end(data.info, progress)
        return data

    def find(self, progress: Progress, /) -> Found:
        """Find the tables.

        Args:
            progress: told nothing: they are there, or an error.

        Returns:
            Where they are, with the fingerprint that `load` gives to their data.

        Raises:
            SourceError: a table is missing.
        """
        del progress
        root = _root(self.folder)
        tables = (read_bytes(_table(root, stem)) for stem in _TABLES)
        return Found(fingerprint=_fingerprint(tables), place=str(root))

    def tell(self, found: Found, info: SourceInfo, progress: Progress, /) -> None:
        """Tell the progress what `load` does, of data that was read before."""
        del found
        progress.start(_STAGE)
        _tell_end(info, progress)


def _tell_end(info: SourceInfo, progress: Progress) -> None:
    progress.done(f"{info.concepts:,} classes, {info.edges:,} edges, {info.extra:,} synsets linked")


def build_source_data(facts: Facts, base: SourceData) -> SourceData:
    """Turn facts from any reader of Wikidata into what the build takes.

    Args:
        facts: as published.
        base: WordNet, with 3.1 ids among the xrefs.

    Returns:
        Concepts, edges, links, and what the synsets gain.
    """
    linked = link_items(facts.links, facts.classes, base)
    classes = select_classes(facts, linked.synsets)
    return SourceData(
        name="wikidata",
        version=facts.version,
        fingerprint=facts.fingerprint,
        concepts=classes.concepts,
        edges=classes.edges,
        extra=linked.extra,
        mappings=linked.mappings,
        findings=tuple(sorted((*linked.findings, *classes.findings))),
        counts={**classes.counts, **linked.counts},
    )


def read_extract(folder: Path | None = None) -> Facts:
    """Read and check the three tables.

    Args:
        folder: where they are; None takes those that ship.

    Returns:
        What they hold, in file order.

    Raises:
        SourceError: a table is missing, or a row of it is wrong.
    """
    root = _root(folder)
    classes = read_table(_table(root, "classes"), columns=_CLASS_COLUMNS)
    subclass = read_table(_table(root, "subclass"), columns=("narrower", "broader"))
    links = read_table(_table(root, "wordnet"), columns=_LINK_COLUMNS)
    fingerprint = _fingerprint(table.data for table in (classes, subclass, links))
    return Facts(
        classes=_read_classes(classes),
        subclass=_read_subclass(subclass),
        links=_read_links(links),
        version=classes.header.get("version", fingerprint[:12]),
        fingerprint=fingerprint,
    )


def _root(folder: Path | None) -> Path | Traversable:
    return folder or files("labelsys_ontologies").joinpath("wikidata")


def _fingerprint(tables: Iterable[bytes]) -> str:
    whole = hashlib.sha256()
    for data in tables:
        whole.update(hashlib.sha256(data).digest())
    return whole.hexdigest()


def _table(root: Path | Traversable, stem: str) -> Path | Traversable:
    plain = root.joinpath(f"{stem}.tsv")
    return plain if plain.is_file() else root.joinpath(f"{stem}.tsv.gz")


def _check_qid(table: Table, index: int, qid: str) -> None:
    if not _QID.match(qid):
        msg = f"{qid!r} is no Wikidata item: 'Q' and a number, as in Q144"
        raise table.error(index, msg)


def _aliases(text: str) -> tuple[str, ...]:
    return tuple(alias.strip() for alias in text.split("|") if alias.strip())


def _read_classes(table: Table) -> list[Item]:
    seen: set[str] = set()
    items = []
    for index, (qid, label, description, aliases) in enumerate(table.rows):
        _check_qid(table, index, qid)
        if qid in seen:
            msg = f"{qid} is there twice"
            raise table.error(index, msg)
        seen.add(qid)
        items.append(Item(qid, label.strip(), description.strip(), _aliases(aliases)))
    return items


def _read_subclass(table: Table) -> list[tuple[str, str]]:
    edges = []
    for index, (narrower, broader) in enumerate(table.rows):
        _check_qid(table, index, narrower)
        _check_qid(table, index, broader)
        edges.append((narrower, broader))
    return edges


def _read_links(table: Table) -> list[Link]:
    links = []
    for index, (qid, wn31, label, aliases) in enumerate(table.rows):
        _check_qid(table, index, qid)
        if not _SYNSET.match(wn31):
            msg = f"{wn31!r} is no WordNet 3.1 noun: eight digits and '-n', as in 02086723-n"
            raise table.error(index, msg)
        links.append(Link(Item(qid, label.strip(), "", _aliases(aliases)), wn31))
    return links
