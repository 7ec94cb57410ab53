"""The concepts of all sources put together, kept from one build to the next.

Reading and joining the sources takes longer than most of what follows, and they
hardly ever change. What is kept goes by everything that it depends on, the code
that reads and joins included. It is JSON, in columns: values and nothing else,
since anybody may have written into a cache.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict, fields, replace
from itertools import accumulate, chain, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from labelsys.cache import StageCache
from labelsys.columns import from_columns
from labelsys.errors import LabelsysError
from labelsys.fingerprint import code_fingerprint
from labelsys.ids import Curie
from labelsys.merge.coherence import keep_apart
from labelsys.merge.top_classes import coherence_fingerprint
from labelsys.model import Concept, Definition, Edge, Finding, Mapping, Name, Sense
from labelsys.source.combine import Base, combine
from labelsys.source.counts import reconcile
from labelsys.source.protocol import Counts, SourceData, SourceInfo
from labelsys.version import __version__

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence
    from pathlib import Path

    from labelsys.progress import Progress
    from labelsys.source.protocol import Found, Source

__all__ = ["dump_base", "load_base", "read_base"]

_STAGE = "base"
_CODE = (
    *("columns.py", "csr.py", "hierarchy.py", "ids.py", "merge/base_cache.py", "model.py"),
    # Items of Wikidata are linked by these, too.
    *("match/candidates.py", "match/descent.py", "match/features.py", "match/forms.py"),
    *("match/genus.py", "match/lexicon.py", "match/name_ends.py", "match/neighbours.py"),
    *(
        "match/place_features.py",
        "match/places.py",
        "match/qualifier.py",
        "match/ragged.py",
        "match/rank.py",
    ),
    *("source", "tables.py", "text.py", "vocab.py"),
    *(
        f"source/wikidata/linking/models/{n}.json"
        for n in ("exact", "places_first", "places_second")
    ),
)
_ABOUT = attrgetter("source", "lexname", "status", "replaced_by")
_NUMBERS = ("confidence", "similarity_score")
_TEXTS = tuple(
    field.name
    for field in fields(Mapping)
    if field.name not in ("subject_id", "object_id", *_NUMBERS)
)


def read_base(
    sources: Sequence[Source],
    *,
    languages: Sequence[str],
    cache_folder: Path,
    progress: Progress,
) -> tuple[Base, tuple[SourceInfo, ...]]:
    """Read the sources and put them together, or take that from an earlier build.

    Either way the progress is told the same of each source.

    Args:
        sources: in the recipe's order.
        languages: of the names.
        cache_folder: where earlier builds left theirs.
        progress: told how far it is.

    Returns:
        Everything that labels are matched against, and what is known of each source.

    Raises:
        SourceError: a source's files are missing or wrong.
    """
    found = [source.find(progress) for source in sources]
    stages = StageCache(cache_folder)
    key = _key(sources, found, languages)
    data = stages.get(_STAGE, key)
    known = None if data is None else load_base(data)
    if known is not None:
        for source, place, info in zip(sources, found, known[1], strict=True):
            source.tell(place, info, progress)
        return known
    read: list[SourceData] = []
    for source in sources:
        read.append(source.load(read[0] if read else None, progress))
    base = keep_apart(combine(read))
    infos = tuple(_count_kept(read, base))
    # Not where a file has changed since its fingerprint was taken.
    if [info.fingerprint for info in infos] == [place.fingerprint for place in found]:
        stages.put(_STAGE, key, dump_base(base, infos))
    return base, infos


def _count_kept(read: Iterable[SourceData], base: Base) -> Iterator[SourceInfo]:
    """Yield what is known of each source, with a batch for the edges that keeping apart cut."""
    kept = set(base.edges)
    for data in read:
        lost = sum(edge not in kept for edge in data.edges)
        batch = reconcile(len(data.edges), {"would be under two classes that share nothing": lost})
        counts = {**data.counts, "placed edges": batch} if lost else data.counts
        yield replace(data.info, counts=counts)


def _key(sources: Sequence[Source], found: Sequence[Found], languages: Sequence[str]) -> str:
    inputs = [[s.name, place.fingerprint] for s, place in zip(sources, found, strict=True)]
    code = [
        code_fingerprint(*_CODE),
        coherence_fingerprint(),
        __version__,
        unicodedata.unidata_version,
    ]
    return json.dumps([inputs, list(languages), code])


# -- writing -------------------------------------------------------------------------------


def dump_base(base: Base, sources: Iterable[SourceInfo]) -> bytes:
    """Return a base from which nothing was taken out, and what is known of its sources."""
    numbers = {concept.id: number for number, concept in enumerate(base.concepts)}
    ends = chain.from_iterable((e.narrower, e.broader) for e in base.edges)
    others = chain.from_iterable((m.subject_id, m.object_id) for m in base.mappings)
    for id_ in chain(ends, others):
        numbers.setdefault(id_, len(numbers))
    document = {
        "sources": [asdict(source) for source in sources],
        "ids": list(numbers),
        "concepts": _dump_concepts(base.concepts),
        "edges": {
            "narrower": [numbers[edge.narrower] for edge in base.edges],
            "broader": [numbers[edge.broader] for edge in base.edges],
            "kind": _coded(edge.kind for edge in base.edges),
        },
        "mappings": {
            "subject_id": [numbers[mapping.subject_id] for mapping in base.mappings],
            "object_id": [numbers[mapping.object_id] for mapping in base.mappings],
            **{name: list(map(attrgetter(name), base.mappings)) for name in _NUMBERS},
            **{name: _coded(map(attrgetter(name), base.mappings)) for name in _TEXTS},
        },
        "findings": [[f.code, f.id, f.message] for f in base.findings],
    }
    return json.dumps(document, separators=(",", ":")).encode()


def _dump_concepts(concepts: Sequence[Concept]) -> dict[str, Any]:
    names = [name for concept in concepts for name in concept.names]
    senses = (s and (s.number, s.count, s.lex_id) for s in map(attrgetter("sense"), names))
    kinds = map(attrgetter("lang", "kind"), names)
    return {
        # Nearly always the first name, which is there already.
        "pref_label": [
            None if c.names and c.names[0].text == c.pref_label else c.pref_label for c in concepts
        ],
        "gloss": [concept.gloss for concept in concepts],
        "definitions": [
            [number, definition.lang, definition.text]
            for number, concept in enumerate(concepts)
            for definition in concept.definitions
        ],
        "about": _coded(map(_ABOUT, concepts)),
        "n_names": [len(concept.names) for concept in concepts],
        "names": [name.text for name in names],
        "uses": _coded((*kind, sense) for kind, sense in zip(kinds, senses, strict=True)),
        "n_xrefs": [len(concept.xrefs) for concept in concepts],
        "xrefs": [xref for concept in concepts for xref in concept.xrefs],
    }


def _coded(values: Iterable[Hashable]) -> list[list[Any]]:
    """Return the distinct values, and the number of each value among them."""
    table: dict[Hashable, int] = {}
    codes = [table.setdefault(value, len(table)) for value in values]
    return [list(table), codes]


# -- reading -------------------------------------------------------------------------------


def load_base(data: bytes) -> tuple[Base, tuple[SourceInfo, ...]] | None:
    """Return what `dump_base` wrote; None if it is not that."""
    try:
        document = json.loads(data)
        sources = tuple(map(_load_source, document["sources"]))
        ids = list(map(Curie.trusted, _texts(document["ids"])))
        base = Base(
            concepts=tuple(_load_concepts(ids, document["concepts"])),
            edges=tuple(_load_edges(ids, document["edges"])),
            mappings=tuple(_load_mappings(ids, document["mappings"])),
            findings=tuple(
                Finding(code=code, id=id_, message=message)
                for code, id_, message in map(_texts, document["findings"])
            ),
        )
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError, LabelsysError):
        return None
    return base, sources


def _load_source(row: dict[str, Any]) -> SourceInfo:
    counts = {batch: Counts(**values) for batch, values in row.pop("counts").items()}
    return SourceInfo(**row, counts=counts)


def _load_concepts(ids: Sequence[Curie], columns: dict[str, Any]) -> list[Concept]:
    names = _load_names(columns)
    xrefs = list(map(Curie.trusted, _texts(columns["xrefs"])))
    labels, glosses = columns["pref_label"], _texts(columns["gloss"])
    own = list(_parts(names, columns["n_names"]))
    found = zip(labels, own, strict=True)
    about = [
        (source, lexname, status, None if into is None else Curie.trusted(into))
        for source, lexname, status, into in columns["about"][0]
    ]
    rows = _picked(about, columns["about"][1])
    return from_columns(
        Concept,
        id=ids[: len(rows)],
        pref_label=_texts([n[0].text if label is None else label for label, n in found]),
        names=own,
        gloss=glosses,
        definitions=_load_definitions(columns["definitions"], len(rows)),
        xrefs=list(_parts(xrefs, columns["n_xrefs"])),
        **_turned(rows, ("source", "lexname", "status", "replaced_by")),
    )


def _load_definitions(
    rows: Sequence[tuple[int, str, str]], n: int
) -> Sequence[tuple[Definition, ...]]:
    found: list[tuple[Definition, ...]] = [()] * n
    for number, lang, text in rows:
        found[number] += (Definition(*_texts([lang, text])),)
    return found


def _load_names(columns: dict[str, Any]) -> list[Name]:
    table = [
        (lang, kind, None if sense is None else _sense(*sense))
        for lang, kind, sense in columns["uses"][0]
    ]
    uses = _turned(_picked(table, columns["uses"][1]), ("lang", "kind", "sense"))
    return from_columns(Name, text=_texts(columns["names"]), **uses)


def _load_edges(ids: Sequence[Curie], columns: dict[str, Any]) -> list[Edge]:
    ends = {end: _picked(ids, columns[end]) for end in ("narrower", "broader")}
    return from_columns(Edge, **ends, kind=_picked(*columns["kind"]))


def _load_mappings(ids: Sequence[Curie], columns: dict[str, Any]) -> list[Mapping]:
    values = {name: _picked(ids, columns[name]) for name in ("subject_id", "object_id")}
    values |= {name: columns[name] for name in _NUMBERS}
    values |= {name: _picked(*columns[name]) for name in _TEXTS}
    mappings = from_columns(Mapping, **values)
    for mapping in mappings:
        mapping.__post_init__()
    return mappings


def _sense(number: int, count: int, lex_id: int) -> Sense:
    return Sense(number=number, count=count, lex_id=lex_id)


def _turned(rows: Sequence[tuple[Any, ...]], names: Sequence[str]) -> dict[str, Sequence[Any]]:
    """Return a column a name."""
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return dict(zip(names, columns, strict=True))


def _texts(column: list[str]) -> list[str]:
    if set(map(type, column)) - {str}:
        raise TypeError("not a column of texts")
    return column


def _picked(table: Sequence[Any], codes: list[int]) -> list[Any]:
    if codes and min(codes) < 0:
        raise ValueError("a number below zero")
    return [table[code] for code in codes]


def _parts(values: Sequence[Any], sizes: list[int]) -> Iterator[tuple[Any, ...]]:
    ends = [0, *accumulate(sizes)]
    if ends[-1] != len(values) or (sizes and min(sizes) < 0):
        raise ValueError("sizes that do not fit")
    whole = tuple(values)
    return (whole[start:end] for start, end in pairwise(ends))
