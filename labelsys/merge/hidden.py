"""Read a file of concepts to leave out."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from labelsys.errors import IdentifierError, SourceError
from labelsys.ids import Curie, wnid_to_curie

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from labelsys.model import Concept

__all__ = ["read_hidden"]

_SHOWN = 40
"""Characters of a wrong line that its error shows."""


def read_hidden(path: Path, concepts: Iterable[Concept]) -> frozenset[Curie]:
    """Return the concepts that a file lists, one id a line.

    A wnid, an id of any source (`wn30:`, `wn31:`, `ili:`, `wd:`, a bare QID),
    or a synset's name under any of its lemmas. Empty lines and lines that start
    with `#` say nothing, nor does what follows a tab.

    Raises:
        SourceError: the file can't be read, or a line names no concept here, or several.
    """
    try:
        data = path.read_bytes()
    except OSError as exc:
        msg = f"cannot be read: {exc.strerror or exc}"
        raise SourceError(msg, path=path) from exc
    known: dict[str, list[Curie]] = defaultdict(list)
    for concept in concepts:
        for spelling in dict.fromkeys((concept.id, *concept.xrefs, *concept.synset_names)):
            known[spelling].append(concept.replaced_by or concept.id)
    found = set()
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        text = _decode(line, path, number).partition("\t")[0].strip()
        if text and not text.startswith("#"):
            found.add(_one(text, known, path, number))
    return frozenset(found)


def _decode(line: bytes, path: Path, number: int) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as exc:
        raise SourceError("is not UTF-8", path=path, line=number) from exc


def _one(text: str, known: Mapping[str, Sequence[Curie]], path: Path, number: int) -> Curie:
    shown = repr(text[:_SHOWN])
    key = text if ":" in text else text.lower()
    if ":" not in text and "." not in text:
        try:
            key = f"wd:{text}" if text[:1] == "Q" else wnid_to_curie(text[:_SHOWN])
        except IdentifierError as exc:
            raise SourceError(str(exc), path=path, line=number) from exc
    ids = known.get(key, ())
    if not ids:
        msg = f"{shown} names no concept of the sources"
        raise SourceError(msg, path=path, line=number)
    if len(ids) > 1:
        msg = f"{shown} names several concepts, give one of: {', '.join(sorted(ids))}"
        raise SourceError(msg, path=path, line=number)
    return ids[0]
