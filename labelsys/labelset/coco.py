"""Reader of COCO JSON: `categories` with `id`, `name` and `supercategory`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from labelsys.labelset.input import Parsed, Record
from labelsys.labelset.json_scan import iter_categories

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.labelset.input import InputFile
    from labelsys.labelset.json_scan import Category

__all__ = ["get_text", "read_coco", "read_label_id", "read_parent"]


def read_coco(source: InputFile) -> Parsed:
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
        )


def read_label_id(source: InputFile, category: Category) -> str:
    """Return the id, a whole number or a text.

    Raises:
        SourceError: it is missing or something else.
    """
    value = category.value.get("id")
    # true is an int in Python, and no id.
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value).strip()
    raise source.error(*_wrong(category, "id", "a whole number or a text"))


def read_parent(source: InputFile, category: Category, name: str) -> str:
    """Return the supercategory, or "" where it says nothing: `none`, or the name itself.

    Raises:
        SourceError: it is neither text nor null.
    """
    parent = get_text(source, category, "supercategory").strip()
    return "" if parent == name or parent.lower() == "none" else parent


def get_text(source: InputFile, category: Category, key: str, *, required: bool = False) -> str:
    """Return a text of a category; "" where it is missing or null.

    Raises:
        SourceError: it is no text, or required and not there.
    """
    value = category.value.get(key)
    if isinstance(value, str):
        return value
    if value is None and not required:
        return ""
    raise source.error(*_wrong(category, key, "a text"))


def _wrong(category: Category, key: str, expected: str) -> tuple[str, int]:
    found = _show(category.value[key]) if key in category.value else "missing"
    return f"categories[{category.index}]: {key!r} is {found}, expected {expected}", category.line


def _show(value: object) -> str:
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    return json.dumps(value)[:30]
