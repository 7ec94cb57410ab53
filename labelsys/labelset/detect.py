"""Which format a file has, told by what stands in it.

The suffix is asked only where the content leaves it open: `.csv` and `.tsv`
files without our column names are tables with a wrong header, not lists.
"""

from __future__ import annotations

from pathlib import Path

from labelsys.labelset.delimited import is_header
from labelsys.labelset.input import InputFile
from labelsys.labelset.json_scan import iter_categories

__all__ = ["detect_format", "detect_open"]

_LVIS_KEYS = ("synset", "synonyms")
_DELIMITERS = (",", ";", "|", None)  # None: any run of spaces


def detect_format(path: Path | str) -> str:
    """Return the format of a file: `tsv`, `csv`, `text`, `coco` or `lvis`.

    Raises:
        SourceError: the file can't be read, or is none of these.
    """
    with InputFile(path) as source:
        return detect_open(source)


def detect_open(source: InputFile) -> str:
    """Return the format of an open file.

    Raises:
        SourceError: the file can't be read, or is none of the formats.
    """
    if source.head.lstrip()[:1] in {b"{", b"["}:
        return _detect_json(source)
    suffix = Path(source.path).suffix.lower()
    if suffix == ".json":
        msg = "is no JSON, as its name says: expected '{' or '['"
        raise source.error(msg, 1)
    return _detect_text(_find_first_row(source), suffix)


def _detect_json(source: InputFile) -> str:
    for category in iter_categories(source):
        if any(key in category.value for key in _LVIS_KEYS):
            return "lvis"
    return "coco"


def _find_first_row(source: InputFile) -> str:
    """Return the first line that is no `#` line; the first of all where there is none."""
    first = ""
    for _, text in source.lines():
        first = first or text
        if text.strip() and not text.startswith("#"):
            return text
    return first


def _detect_text(row: str, suffix: str) -> str:
    if "\t" in row:
        return "tsv"
    if suffix == ".csv" or any(is_header(row, delimiter) for delimiter in _DELIMITERS):
        # A header cut in another way is an error that the reader words.
        return "csv"
    return "tsv" if suffix == ".tsv" or row.strip().lower() == "label_id" else "text"
