"""A list for a crawler: one row a concept, with what to ask a search engine for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from labelsys.errors import ConfigError
from labelsys.export.graph import SystemReader, upward
from labelsys.export.output import Output, json_text, open_output
from labelsys.export.senses import (
    Disambiguator,
    alternatives,
    best_query,
    concepts_by_name,
    group_pairs,
    query_text,
)
from labelsys.hierarchy import Hierarchy
from labelsys.ids import ROOT, Curie, wnid
from labelsys.source.protocol import Counts
from labelsys.store.protocol import NameReader
from labelsys.tag.sensitive import load_sensitive, resolve, tag_sensitive
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.model import Edge

__all__ = ["COLUMNS", "CrawlRow", "LabelSelection", "LabelSource", "list_labels", "write_labels"]

COLUMNS = ("id", "wnid", "query", "alternatives", "disambiguator", "senses")
"""Keys of a row, and columns of the TSV."""


class LabelSource(SystemReader, NameReader, Protocol):
    """Concepts, their names and where labels stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSelection:
    """Which concepts are listed.

    Attributes:
        under: this concept and what lies under it.
        instances: whether `under` follows instance edges too.
        depth: at most so many steps below `under`, by the shortest way; None for all.
        label_sets: only concepts where a label of one of these stands; () for all.
        languages: of queries and alternatives, the first one first.
        sensitive: whether concepts are listed that `ontologies/sensitive.tsv` keeps
            out of crawling, too.
    """

    under: Curie = ROOT
    instances: bool = False
    depth: int | None = None
    label_sets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    sensitive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlRow:
    """What to ask for.

    Attributes:
        id: the concept.
        wnid: its wnid, or None.
        query: the preferred name.
        alternatives: its other names.
        disambiguator: a word that tells this sense from the others, or "".
        senses: how many concepts have the query for a name.
    """

    id: Curie
    wnid: str | None
    query: str
    alternatives: tuple[str, ...]
    disambiguator: str
    senses: int


class _Draft(NamedTuple):
    id: Curie
    query: str
    alternatives: tuple[str, ...]
    qualifier: str


def list_labels(
    reader: LabelSource, selection: LabelSelection | None = None
) -> tuple[list[CrawlRow], Counts]:
    """Return the rows, by id, and how the graph's concepts became them.

    Args:
        reader: a store.
        selection: which concepts; None for all under the root by subclass edges.

    Raises:
        NotFoundError: `under` or a label set is unknown.
        ConfigError: `depth` is negative, or there is no language.
    """
    chosen = selection or LabelSelection()
    _check(reader, chosen)
    up, down = _adjacency(reader, chosen)
    names: dict[Curie, str] = {}
    skipped: Counter[str] = Counter()
    drafts = list(_drafts(reader, chosen, _within(chosen, down), names, skipped))
    named = concepts_by_name(reader, (fold(d.query) for d in drafts), chosen.languages)
    words = Disambiguator(up, names)
    rows = []
    for draft in drafts:
        others = sorted((named[fold(draft.query)] & names.keys()) - {draft.id})
        word = draft.qualifier or words.word(draft.id, draft.query, others) if others else ""
        rows.append(
            CrawlRow(
                id=draft.id,
                wnid=wnid(draft.id),
                query=draft.query,
                alternatives=draft.alternatives,
                disambiguator=word,
                senses=1 + len(others),
            )
        )
    read = len(rows) + skipped.total()
    return rows, Counts(read=read, kept=len(rows), skipped=dict(sorted(skipped.items())))


def write_labels(
    reader: LabelSource,
    out: Output,
    *,
    selection: LabelSelection | None = None,
    format: str = "jsonl",
) -> Counts:
    """Write a crawler's list.

    Args:
        reader: a store.
        out: a path or a binary stream.
        selection: which concepts, in which languages; None for all under the root.
        format: `jsonl`, exact; or `tsv`, safe to open in a spreadsheet.

    Returns:
        Concepts read and rows written; the rest by reason.

    Raises:
        ConfigError: an unknown format.
    """
    if format not in {"jsonl", "tsv"}:
        msg = f"a list of labels has no form {format!r}; known: jsonl, tsv"
        raise ConfigError(msg, location="output")
    rows, counts = list_labels(reader, selection)
    with open_output(out) as stream:
        if format == "tsv":
            stream.write(("\t".join(COLUMNS) + "\n").encode())
        for row in rows:
            values = {column: getattr(row, column) for column in COLUMNS}
            line = json_text(values) if format == "jsonl" else _tsv_line(row)
            stream.write(line.encode() + b"\n")
    return counts


def _check(reader: LabelSource, chosen: LabelSelection) -> None:
    if chosen.depth is not None and chosen.depth < 0:
        msg = f"a depth of {chosen.depth} is no number of steps: give 0 or more"
        raise ConfigError(msg, location="depth")
    if not chosen.languages:
        msg = "no language to name things in: give at least one, as in en"
        raise ConfigError(msg, location="languages")
    reader.get_concept(chosen.under)
    for label_set in chosen.label_sets:
        reader.get_label_set(label_set)


def _drafts(
    reader: LabelSource,
    chosen: LabelSelection,
    below: set[Curie],
    names: dict[Curie, str],
    skipped: Counter[str],
) -> Iterator[_Draft]:
    """Yield what is known before senses are counted; fill *names* and *skipped* on the way."""
    standing = _standing(reader, chosen)
    sensitive = frozenset() if chosen.sensitive else _sensitive(reader)
    for concept in reader.iter_concepts():
        if concept.status != "active":
            skipped["retired"] += 1
            continue
        names[concept.id] = query_text(concept.pref_label)[0]
        if concept.id not in below:
            skipped["not under the concept asked for"] += 1
        elif standing is not None and concept.id not in standing:
            skipped["no label of the sets asked for"] += 1
        elif concept.id in sensitive:
            skipped["sensitive"] += 1
        else:
            query, qualifier = best_query(concept, chosen.languages)
            more = alternatives(concept, query, chosen.languages)
            yield _Draft(concept.id, query, more, qualifier)


def _adjacency(
    reader: LabelSource, chosen: LabelSelection
) -> tuple[dict[Curie, tuple[Curie, ...]], dict[Curie, tuple[Curie, ...]]]:
    """Return what is above each concept by any edge, and below it by the edges asked for."""
    edges: dict[Curie, list[Edge]] = {}
    down = []
    for edge in reader.iter_edges():
        edges.setdefault(edge.narrower, []).append(edge)
        if chosen.instances or edge.kind == "subclass":
            down.append((edge.broader, edge.narrower))
    up = {c: tuple(dict.fromkeys(e.broader for e in upward(es))) for c, es in edges.items()}
    return up, group_pairs(down)


def _within(chosen: LabelSelection, down: dict[Curie, tuple[Curie, ...]]) -> set[Curie]:
    seen, level, steps = {chosen.under}, [chosen.under], 0
    while level and (chosen.depth is None or steps < chosen.depth):
        level = [n for c in level for n in down.get(c, ()) if n not in seen]
        seen.update(level)
        steps += 1
    return seen


def _standing(reader: LabelSource, chosen: LabelSelection) -> set[Curie] | None:
    if not chosen.label_sets:
        return None
    sets = dict.fromkeys(chosen.label_sets)
    return {p.concept_id for s in sets for p in reader.iter_placements(s) if p.concept_id}


def _sensitive(reader: LabelSource) -> frozenset[Curie]:
    """Return the concepts that nobody should crawl images of unless asked to."""
    hierarchy = Hierarchy.from_store(reader)
    tags = tag_sensitive(hierarchy, resolve(load_sensitive(), hierarchy, reader))
    return frozenset(tags.causes)


def _tsv_line(row: CrawlRow) -> str:
    others = "|".join(text.replace("\\", "\\\\").replace("|", "\\|") for text in row.alternatives)
    cells: Iterator[str] = map(
        _safe_cell, (row.id, row.wnid or "", row.query, others, row.disambiguator)
    )
    return "\t".join((*cells, str(row.senses)))


def _safe_cell(text: str) -> str:
    # A tab would make two cells of one, and a spreadsheet runs what begins as a formula does.
    plain = " ".join(text.split()) if any(not c.isprintable() for c in text) else text
    return f"'{plain}" if plain[:1] in {"=", "+", "-", "@"} else plain
