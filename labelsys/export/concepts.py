"""Concepts as JSON lines: the row that scripts stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labelsys.export.graph import SystemReader, iter_with_broader, labels_by_concept
from labelsys.export.output import Output, json_text, open_output
from labelsys.hierarchy import Hierarchy
from labelsys.source.protocol import Counts
from labelsys.tag.sensitive import load_sensitive, resolve, tag_sensitive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.export.graph import LabelAt
    from labelsys.ids import Curie
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
    labels, tags = labels_by_concept(reader), _Tags(reader)
    for concept, up in iter_with_broader(reader):
        if concept.status == "active":
            yield _row(concept, up, labels.get(concept.id, ()), tags.of(concept.id))


def write_concepts(reader: SystemReader, out: Output) -> Counts:
    """Write one JSON object a line for every active concept, by id.

    Args:
        reader: a store.
        out: a path or a binary stream.

    Returns:
        Concepts read and written; retired ones are skipped.
    """
    labels, tags = labels_by_concept(reader), _Tags(reader)
    kept = retired = 0
    with open_output(out) as stream:
        for concept, up in iter_with_broader(reader):
            if concept.status != "active":
                retired += 1
                continue
            row = _row(concept, up, labels.get(concept.id, ()), tags.of(concept.id))
            stream.write(json_text(row).encode() + b"\n")
            kept += 1
    skipped = {"retired": retired} if retired else {}
    return Counts(read=kept + retired, kept=kept, skipped=skipped)


class _Tags:
    """What is said of concepts: by the graph, and by the list of sensitive ones."""

    def __init__(self, reader: SystemReader) -> None:
        hierarchy = Hierarchy.from_store(reader)
        self._visual = {tag.id: tag for tag in reader.iter_visual_tags()}
        self._sensitive = tag_sensitive(hierarchy, resolve(load_sensitive(), hierarchy, reader))

    def of(self, id_: Curie) -> dict[str, Any]:
        """Return a value for each of `TAGS`."""
        said: dict[str, Any] = dict.fromkeys(TAGS)
        if id_ in self._visual:
            said["visual"] = _visual(self._visual[id_])
        if categories := self._sensitive.categories(id_):
            said["sensitive"] = {"categories": categories, "tagger": self._sensitive.tagger}
        return said


def _row(
    concept: Concept, up: tuple[Edge, ...], labels: tuple[LabelAt, ...], tags: dict[str, Any]
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
        "tags": tags,
    }


def _visual(tag: VisualTag) -> dict[str, Any]:
    return {
        "value": tag.value,
        "probability": tag.probability,
        "tagger": tag.tagger,
        "curator": tag.curator,
    }
