"""Concepts as JSON lines: the row that scripts stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labelsys.export.graph import SystemReader, iter_with_broader, labels_by_concept
from labelsys.export.output import Output, json_text, open_output
from labelsys.source.protocol import Counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.export.graph import LabelAt
    from labelsys.model import Concept, Edge, VisualTag

__all__ = ["TAGS", "iter_concept_rows", "write_concepts"]

TAGS = ("visual", "common", "sensitive")
"""Keys of a row's `tags`; each is null where the concept was not tagged."""


def iter_concept_rows(reader: SystemReader) -> Iterator[dict[str, Any]]:
    """Yield one row for every active concept, by id.

    The keys, always all of them and in this order: `id, wnid, qid, pref_label,
    names, gloss, broader, sources, label_sets, tags`; `docs/reference/exports.md`
    says what is in each.
    """
    labels, tags = labels_by_concept(reader), {t.id: t for t in reader.iter_visual_tags()}
    for concept, up in iter_with_broader(reader):
        if concept.status == "active":
            yield _row(concept, up, labels.get(concept.id, ()), tags.get(concept.id))


def write_concepts(reader: SystemReader, out: Output) -> Counts:
    """Write one JSON object a line for every active concept, by id.

    Args:
        reader: a store.
        out: a path or a binary stream.

    Returns:
        Concepts read and written; retired ones are skipped.
    """
    labels, tags = labels_by_concept(reader), {t.id: t for t in reader.iter_visual_tags()}
    kept = retired = 0
    with open_output(out) as stream:
        for concept, up in iter_with_broader(reader):
            if concept.status != "active":
                retired += 1
                continue
            row = _row(concept, up, labels.get(concept.id, ()), tags.get(concept.id))
            stream.write(json_text(row).encode() + b"\n")
            kept += 1
    skipped = {"retired": retired} if retired else {}
    return Counts(read=kept + retired, kept=kept, skipped=skipped)


def _row(
    concept: Concept, up: tuple[Edge, ...], labels: tuple[LabelAt, ...], visual: VisualTag | None
) -> dict[str, Any]:
    qid = concept.qid
    sources = {concept.source} | ({"wikidata"} if qid is not None else set())
    return {
        "id": concept.id,
        "wnid": concept.wnid,
        "qid": qid,
        "pref_label": concept.pref_label,
        "names": [{"text": n.text, "lang": n.lang, "kind": n.kind} for n in concept.names],
        "gloss": concept.gloss,
        "broader": [{"id": edge.broader, "kind": edge.kind} for edge in up],
        "sources": sorted(sources),
        "label_sets": [{"id": label.id, "relation": label.relation} for label in labels],
        "tags": dict.fromkeys(TAGS) | {"visual": None if visual is None else _visual(visual)},
    }


def _visual(tag: VisualTag) -> dict[str, Any]:
    return {
        "value": tag.value,
        "probability": tag.probability,
        "tagger": tag.tagger,
        "curator": tag.curator,
    }
