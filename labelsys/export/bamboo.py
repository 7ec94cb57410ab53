"""Bamboo's published JSON: one object of eight tables, so that its scripts run on our graph."""

from __future__ import annotations

from collections import defaultdict
from io import BytesIO
from typing import TYPE_CHECKING

from labelsys.export.graph import SystemReader, iter_with_broader, labels_by_concept
from labelsys.export.output import Output, json_text, open_output
from labelsys.source.protocol import Counts

if TYPE_CHECKING:
    from labelsys.export.graph import LabelAt
    from labelsys.model import Concept

__all__ = ["KEYS", "bamboo_id", "write_bamboo"]

KEYS = (
    "father2child",
    "child2father",
    "id2name",
    "id2desc",
    "id2desc_zh",
    "id2name_zh",
    "id2state",
)
"""The tables, in the order in which they are written."""


class _Table:
    """One table as JSON text, a line an entry: a third of the memory of the values."""

    def __init__(self) -> None:
        self._text = BytesIO()

    def add(self, key: str, value: object) -> None:
        self._text.write(b",\n" if self._text.tell() else b"\n")
        self._text.write(f"{json_text(key)}: {json_text(value)}".encode())

    def content(self) -> memoryview:
        return self._text.getbuffer()


def bamboo_id(concept: Concept) -> str:
    """Return the id that Bamboo gives a concept: the wnid, else the QID, else our own id."""
    return concept.wnid or concept.qid or concept.id


def write_bamboo(reader: SystemReader, out: Output) -> Counts:
    """Write the hierarchy and the names under Bamboo's keys.

    Edges of both kinds are in: Bamboo knows no instance edges, and without
    them those concepts would have no father.

    Args:
        reader: a store.
        out: a path or a binary stream.

    Returns:
        Concepts read and written; retired ones are skipped.
    """
    labels = labels_by_concept(reader)
    ids = {c.id: bamboo_id(c) for c in reader.iter_concepts() if c.status == "active"}
    tables = {key: _Table() for key in KEYS}
    children: defaultdict[str, set[str]] = defaultdict(set)
    read = 0
    for concept, up in iter_with_broader(reader):
        read += 1
        if concept.status != "active":
            continue
        id_ = ids[concept.id]
        fathers = sorted({ids[edge.broader] for edge in up if edge.broader in ids})
        for father in fathers:
            children[father].add(id_)
        tables["child2father"].add(id_, fathers)
        _describe(tables, id_, concept, labels.get(concept.id, ()))
    for id_ in ids.values():
        tables["father2child"].add(id_, sorted(children.get(id_, ())))
    with open_output(out) as stream:
        for n, key in enumerate(KEYS):
            stream.write(f'{"," if n else "{"}\n"{key}": {{'.encode())
            stream.write(tables[key].content())
            stream.write(b"\n}")
        stream.write(b"\n}\n")
    skipped = {"retired": read - len(ids)} if read > len(ids) else {}
    return Counts(read=read, kept=len(ids), skipped=skipped)


def _describe(
    tables: dict[str, _Table], id_: str, concept: Concept, labels: tuple[LabelAt, ...]
) -> None:
    named = [n for n in concept.names if n.kind != "hidden"]
    english = [concept.pref_label, *(n.text for n in named if n.lang == "en")]
    chinese = [n.text for n in named if _is_chinese(n.lang)]
    tables["id2name"].add(id_, list(dict.fromkeys(english)))
    tables["id2name_zh"].add(id_, list(dict.fromkeys(chinese)))
    tables["id2desc"].add(id_, concept.gloss)
    said = (d.text for d in concept.definitions if _is_chinese(d.lang))
    tables["id2desc_zh"].add(id_, next(said, ""))
    tables["id2state"].add(id_, sorted({label.id.prefix for label in labels if label.is_own}))


def _is_chinese(lang: str) -> bool:
    return lang == "zh" or lang.startswith("zh-")
