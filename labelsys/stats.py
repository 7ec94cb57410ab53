"""The headline numbers of a label system, and where each comes from.

A store with a query language is asked by stored queries, `stats_*`; any other
is read from end to end. Both ways give the same numbers, and a test holds them
to it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from labelsys.hierarchy import Hierarchy
from labelsys.queries import DIALECTS, load
from labelsys.rows import Rows
from labelsys.store.protocol import (
    ConceptReader,
    FindingReader,
    HierarchyReader,
    LabelReader,
    MappingReader,
    MetaReader,
    QueryRunner,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Headline",
    "LabelSetCounts",
    "MappingCount",
    "Stats",
    "count_label_set",
    "explain_stats",
    "get_inputs",
    "get_stats",
]


class StatsReader(
    ConceptReader,
    HierarchyReader,
    LabelReader,
    MappingReader,
    FindingReader,
    MetaReader,
    Protocol,
):
    """All that is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSetCounts:
    """The labels of one set by placement; `labels` is the sum of the rest."""

    id: str
    labels: int
    exact: int
    broader: int
    excluded: int
    unplaced: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingCount:
    """How many mappings there are of one predicate and status."""

    predicate_id: str
    status: str
    mappings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Counts of a label system.

    Attributes:
        concepts: nodes of the hierarchy.
        edges: of both kinds.
        label_sets: counts of each set, in the recipe's order.
        labels: of all sets.
        exact: labels at a concept.
        broader: labels under a concept.
        excluded: labels left out with a reason.
        unplaced: labels without a place.
        unplaced_share: of all labels, in [0, 1].
        mappings: of any status.
        new_concepts: concepts that only label sets know.
        max_depth: the longest path from the root.
        incoherent: links and edges that were put in review or left out, since they
            would put a concept under two classes that share nothing.
        mappings_by_predicate: by predicate, then status.
        concepts_by_source: by source's name.
        edges_by_kind: subclass, then instance.
        names_by_language: names of all kinds, by language tag.
    """

    concepts: int
    edges: int
    label_sets: tuple[LabelSetCounts, ...]
    labels: int
    exact: int
    broader: int
    excluded: int
    unplaced: int
    unplaced_share: float
    mappings: int
    new_concepts: int
    max_depth: int
    incoherent: int
    mappings_by_predicate: tuple[MappingCount, ...]
    concepts_by_source: Mapping[str, int]
    edges_by_kind: Mapping[str, int]
    names_by_language: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One number, with what gives it.

    Attributes:
        name: field of `Stats`.
        value: what the query answers on this graph.
        purpose: what the query counts.
        query: the file that holds it.
        params: what is bound in it.
        text: the statement as it is stored.
    """

    name: str
    value: float
    purpose: str
    query: str
    params: Mapping[str, str]
    text: str


PLACEMENTS = ("exact", "broader", "excluded", "unplaced")

INCOHERENT = ("W210", "W211")
"""The findings that `incoherent` counts."""

HEADLINES: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("concepts", "stats_concepts", {}),
    ("edges", "stats_edges", {}),
    ("labels", "stats_labels", {}),
    *((kind, "stats_labels_placed", {"placement": kind}) for kind in PLACEMENTS),
    ("unplaced_share", "stats_unplaced_share", {}),
    ("mappings", "stats_mappings", {}),
    ("new_concepts", "stats_new_concepts", {}),
    ("max_depth", "stats_max_depth", {}),
    ("incoherent", "stats_incoherent", {}),
)
"""Field of `Stats` that is one number, the query that gives it, what is bound in it."""


def get_stats(reader: StatsReader) -> Stats:
    """Return the counts of what is in a store."""
    return _ask(reader) if isinstance(reader, QueryRunner) else _count(reader)


def explain_stats(reader: StatsReader) -> Rows[Headline]:
    """Return each headline number with the stored query that gives it.

    Empty for a store without a query language.
    """
    rows = []
    if isinstance(reader, QueryRunner):
        for name, query_name, params in HEADLINES:
            query = load(query_name, reader.dialect)
            ((value,),) = reader.run_query(query_name, **params)
            rows.append(
                Headline(
                    name=name,
                    value=value,
                    purpose=query.purpose,
                    query=f"queries/{query.dialect}/{query.name}{DIALECTS[query.dialect][0]}",
                    params=params,
                    text=query.text,
                )
            )
    return Rows(rows, Headline)


def get_inputs(reader: MetaReader) -> Mapping[str, str]:
    """Return the hash of everything that a graph was made from, by name.

    What a graph does not say of itself is left out.
    """
    meta = reader.get_meta()
    inputs = {"graph": meta["hash"]} if "hash" in meta else {}
    if "recipe" in meta:
        inputs["recipe"] = hashlib.sha256(meta["recipe"].encode()).hexdigest()
    for source in json.loads(meta.get("sources", "[]")):
        inputs[f"source {source['name']} {source['version']}"] = source["fingerprint"]
    for id_, fingerprint in json.loads(meta.get("label_sets", "{}")).items():
        inputs[f"label set {id_}"] = fingerprint
    kept = ("decisions", "hidden", "matcher", "encoder", "taggers")
    return inputs | {name: meta[name] for name in kept if name in meta}


def _ask(runner: QueryRunner) -> Stats:
    single = {}
    for name, query, params in HEADLINES:
        ((single[name],),) = runner.run_query(query, **params)
    sets = [
        LabelSetCounts(id=id_, labels=n, **dict(zip(PLACEMENTS, counts, strict=True)))
        for id_, n, *counts in runner.run_query("stats_label_sets")
    ]
    mappings = [
        MappingCount(predicate_id=predicate, status=status, mappings=n)
        for predicate, status, n in runner.run_query("stats_mappings_by_predicate")
    ]
    return Stats(
        **single,
        label_sets=tuple(sets),
        mappings_by_predicate=tuple(mappings),
        concepts_by_source=dict(runner.run_query("stats_concepts_by_source")),
        edges_by_kind=dict(runner.run_query("stats_edges_by_kind")),
        names_by_language=dict(runner.run_query("stats_names_by_language")),
    )


def _count(reader: StatsReader) -> Stats:
    sources: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    for concept in reader.iter_concepts():
        sources[concept.source] += 1
        languages.update(name.lang for name in concept.names)
    sets = [count_label_set(reader, each.id) for each in reader.iter_label_sets()]
    placed = {kind: sum(getattr(each, kind) for each in sets) for kind in PLACEMENTS}
    labels = sum(placed.values())
    kinds = Counter(edge.kind for edge in reader.iter_edges())
    mappings = Counter((m.predicate_id, m.status) for m in reader.iter_mappings())
    return Stats(
        concepts=sources.total(),
        edges=kinds.total(),
        label_sets=tuple(sets),
        labels=labels,
        **placed,
        unplaced_share=placed["unplaced"] / labels if labels else 0.0,
        mappings=mappings.total(),
        new_concepts=sources["labelset"],
        max_depth=int(Hierarchy.from_store(reader).depths.max(initial=0)),
        incoherent=sum(finding.code in INCOHERENT for finding in reader.iter_findings()),
        mappings_by_predicate=tuple(
            MappingCount(predicate_id=predicate, status=status, mappings=n)
            for (predicate, status), n in sorted(mappings.items())
        ),
        concepts_by_source=dict(sorted((+sources).items())),
        edges_by_kind={kind: kinds[kind] for kind in ("subclass", "instance") if kinds[kind]},
        names_by_language=dict(sorted(languages.items())),
    )


def count_label_set(reader: LabelReader, id_: str) -> LabelSetCounts:
    """Return the counts of one set's labels by placement."""
    kinds: Counter[str] = Counter(placement.kind for placement in reader.iter_placements(id_))
    return LabelSetCounts(
        id=id_, labels=kinds.total(), **{kind: kinds[kind] for kind in PLACEMENTS}
    )
