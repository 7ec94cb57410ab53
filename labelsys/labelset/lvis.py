"""Reader of LVIS JSON: categories with `synset`, `synonyms` and `def` beside id and name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelsys.labelset.coco import get_text, read_label_id, read_parent
from labelsys.labelset.input import Parsed, Record
from labelsys.labelset.json_scan import iter_categories

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.labelset.input import InputFile
    from labelsys.labelset.json_scan import Category

__all__ = ["read_lvis"]


def read_lvis(source: InputFile) -> Parsed:
    """Read the categories of a file for detection; all else in it is passed over.

    Returns:
        The records, not read yet.
    """
    return Parsed(records=_iter_records(source), task="detection")


def _iter_records(source: InputFile) -> Iterator[Record]:
    for category in iter_categories(source):
        name = get_text(source, category, "name", required=True)
        yield Record(
            line=category.line,
            where=f" (categories[{category.index}])",
            label_id=read_label_id(source, category),
            name=name,
            parent=read_parent(source, category, name),
            synonyms=tuple(s for s in _read_synonyms(source, category) if s != name),
            description=" ".join(get_text(source, category, "def").split()),
            synset=get_text(source, category, "synset").strip(),
        )


def _read_synonyms(source: InputFile, category: Category) -> list[str]:
    value = category.value.get("synonyms")
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        # A bar separates synonyms in our own form, so none can stay inside one.
        parts = (part.strip() for item in value for part in item.split("|"))
        return [part for part in parts if part]
    msg = f"categories[{category.index}]: 'synonyms' is no list of texts"
    raise source.error(msg, category.line)
