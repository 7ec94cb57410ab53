"""The concepts of all sources put together, before any label joins them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from labelsys.errors import ConfigError
from labelsys.ids import ROOT, Curie
from labelsys.model import Concept, Definition, Edge, EdgeKind, Finding, Mapping

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from labelsys.source.protocol import SourceData

__all__ = ["Base", "combine", "take_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What labels are matched against.

    Attributes:
        concepts: sorted by id.
        edges: sorted.
        mappings: links between sources.
        findings: what the sources noticed.
        hidden: ids that were taken out, their other ids and synset names included.
    """

    concepts: tuple[Concept, ...]
    edges: tuple[Edge, ...]
    mappings: tuple[Mapping, ...]
    findings: tuple[Finding, ...]
    hidden: frozenset[str] = frozenset()

    @property
    def replaced(self) -> dict[Curie, Curie]:
        """Retired concept -> the one that replaces it."""
        return {c.id: c.replaced_by for c in self.concepts if c.replaced_by is not None}


def combine(sources: Sequence[SourceData]) -> Base:
    """Return all sources as one: concepts, and what later sources add to earlier ones."""
    table = {concept.id: concept for data in sources for concept in data.concepts}
    for data in sources:
        for extra in data.extra:
            known = table[extra.id]
            table[extra.id] = replace(
                known,
                names=(*known.names, *extra.names),
                definitions=_joined(known.definitions, extra.definitions),
                xrefs=tuple(sorted({*known.xrefs, *extra.xrefs})),
            )
    return Base(
        concepts=tuple(table[id_] for id_ in sorted(table)),
        edges=tuple(sorted(edge for data in sources for edge in data.edges)),
        mappings=tuple(mapping for data in sources for mapping in data.mappings),
        findings=tuple(finding for data in sources for finding in data.findings),
    )


def _joined(has: tuple[Definition, ...], gains: tuple[Definition, ...]) -> tuple[Definition, ...]:
    """Return definitions, one a language: what is there comes before what is gained."""
    if not gains:
        return has
    return tuple(sorted({d.lang: d for d in (*gains, *has)}.values()))


def take_out(base: Base, ids: Collection[Curie]) -> Base:
    """Take concepts out; what lies below moves to the nearest concepts that stay.

    Their Wikidata items go with them, and so do mappings that speak of either.

    Args:
        base: all sources, checked already.
        ids: concepts to take out.

    Returns:
        The rest, still reaching the root.

    Raises:
        ConfigError: the root is among the ids, or an id is no concept.
    """
    if not ids:
        return base
    known = {concept.id: concept for concept in base.concepts}
    gone = frozenset(ids)
    gone |= {concept.id for concept in base.concepts if concept.replaced_by in gone}
    unknown = sorted(gone - known.keys())
    if unknown:
        msg = f"cannot hide {unknown[0]!r}: no such concept ({len(unknown)} of {len(gone)} unknown)"
        raise ConfigError(msg, location="hide")
    if ROOT in gone:
        msg = f"cannot hide {ROOT}: everything hangs below the root"
        raise ConfigError(msg, location="hide")
    others = (x for id_ in gone for x in (*known[id_].xrefs, *known[id_].synset_names))
    hidden = frozenset({*gone, *others})
    return Base(
        concepts=tuple(c for c in base.concepts if c.id not in gone),
        edges=tuple(sorted(set(_bridge(base.edges, gone)))),
        mappings=tuple(m for m in base.mappings if not {m.subject_id, m.object_id} & hidden),
        findings=tuple(f for f in base.findings if f.id not in hidden),
        hidden=hidden,
    )


def _bridge(edges: Iterable[Edge], gone: frozenset[Curie]) -> Iterable[Edge]:
    """Yield edges between concepts that stay; a way through hidden ones becomes one edge.

    A way with an instance step in it says instance.
    """
    up: dict[Curie, list[Edge]] = defaultdict(list)
    for edge in edges:
        up[edge.narrower].append(edge)
    for edge in edges:
        if edge.narrower in gone:
            continue
        stack, seen = [edge], set()
        while stack:
            step = stack.pop()
            if step in seen:
                continue
            seen.add(step)
            if step.broader not in gone:
                yield Edge(edge.narrower, step.broader, step.kind)
                continue
            for above in up[step.broader]:
                both = (step.kind, above.kind)
                kind: EdgeKind = "instance" if "instance" in both else "subclass"
                stack.append(Edge(edge.narrower, above.broader, kind))
