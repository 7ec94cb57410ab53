"""Read a file of concepts to leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelsys.errors import IdentifierError, SourceError
from labelsys.ids import Curie, wnid_to_curie

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from labelsys.model import Concept

__all__ = ["read_hidden"]


def read_hidden(path: Path, concepts: Iterable[Concept]) -> frozenset[Curie]:
    """Return the concepts that a file lists, one id a line.

    A wnid, a WordNet 3.0 CURIE, a synset name or a Wikidata id. Empty lines and
    lines that start with `#` say nothing.

    Raises:
        SourceError: the file can't be read, or a line names no concept here.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        msg = f"cannot be read as text: {exc}"
        raise SourceError(msg, path=path) from exc
    known: dict[str, Curie] = {}
    for concept in concepts:
        known[concept.id] = concept.id
        known.update((xref, concept.id) for xref in concept.xrefs if xref.prefix == "wd")
        if concept.synset:
            known[concept.synset] = concept.id
    found = set()
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        found.add(_one(text, known, path, number))
    return frozenset(found)


def _one(text: str, known: dict[str, Curie], path: Path, number: int) -> Curie:
    key = text
    if ":" not in text and "." not in text:
        try:
            key = f"wd:{text}" if text[:1] == "Q" else wnid_to_curie(text)
        except IdentifierError as exc:
            raise SourceError(str(exc), path=path, line=number) from exc
    if key not in known:
        msg = f"{text!r} names no concept of the sources"
        raise SourceError(msg, path=path, line=number)
    return known[key]
