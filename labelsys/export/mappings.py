"""Mappings as SSSOM TSV: one row a label or link, under a block of metadata.

Columns come in the order of the SSSOM schema, those that no row fills are left
out, numbers have at most three decimals and prefixes are sorted: what the
standard calls its canonical form. A label that no mapping speaks of gets a row
with `sssom:NoTermFound`, so that no label is missing from the file.

Source:
    SSSOM 1.0, "The SSSOM/TSV serialisation format" and "Documenting unmapped elements".
"""

from __future__ import annotations

import json
import re
from collections import Counter
from operator import itemgetter
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from labelsys.errors import IdentifierError
from labelsys.export.output import Output, check_base, open_output
from labelsys.ids import DEFAULT_BASE, Curie, prefixes
from labelsys.model import Mapping, MappingStatus
from labelsys.source.protocol import Counts
from labelsys.store.protocol import LabelReader, MappingReader, MetaReader
from labelsys.vocab import Justification

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.model import Label

__all__ = [
    "COLUMNS",
    "NO_TERM",
    "MappingSource",
    "iter_mapping_rows",
    "reference",
    "source_curie",
    "write_mappings",
]

NO_TERM = Curie("sssom", "NoTermFound")
"""The object of a label that stands nowhere."""

COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "predicate_modifier",
    "object_id",
    "object_label",
    "mapping_justification",
    "subject_source",
    "object_source",
    "mapping_tool",
    "mapping_tool_version",
    "confidence",
    "match_string",
    "similarity_score",
    "similarity_measure",
    "comment",
    "status",
)
"""All columns, in the order of the schema; `status` is our declared extension."""

_REQUIRED = frozenset(
    ("subject_id", "predicate_id", "object_id", "mapping_justification", "status")
)
_BUILT_IN = frozenset(("sssom", "owl", "rdf", "rdfs", "skos", "semapv"))
_DATASETS = {"wordnet": "wd:Q533822", "wikidata": "wd:Q2013"}
_YAML_PLAIN = re.compile(r"[A-Za-z](?:[\w.\-+~/#?&=%]|:(?!\Z))*\Z", re.ASCII)
_YAML_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
_NEEDS_QUOTES = re.compile(r'["\t\n\r]')
_WHOLE_SYSTEM = "lsys:scheme"


class MappingSource(MappingReader, LabelReader, MetaReader, Protocol):
    """Mappings, and the labels that they should cover."""


def iter_mapping_rows(reader: MappingSource) -> Iterator[Mapping]:
    """Yield every mapping, then a `sssom:NoTermFound` row for each label that has none.

    Stored mappings come in the order that they were written, the others in the
    order of the label sets. An excluded label's row is `accepted`, since that
    it stands for nothing is an answer; an unplaced one's is in `review`.
    """
    seen: set[str] = set()
    for mapping in reader.iter_mappings():
        if not mapping.predicate_modifier:  # what a label is not says nothing of what it is
            seen.add(mapping.subject_id)
        yield mapping
    version = reader.get_meta().get("labelsys_version", "")
    for label_set in reader.iter_label_sets():
        names = {label.id: label for label in label_set.labels}
        for placement in reader.iter_placements(label_set.id):
            if placement.concept_id is None and placement.label_id not in seen:
                status: MappingStatus = "accepted" if placement.kind == "excluded" else "review"
                label = names[placement.label_id]
                yield _no_term(label, placement.reason, status, version)


def write_mappings(
    reader: MappingSource,
    out: Output,
    *,
    status: MappingStatus | None = None,
    base: str = DEFAULT_BASE,
    license: str = "https://creativecommons.org/licenses/by/4.0/",
    version: str = "",
) -> Counts:
    """Write mappings as SSSOM TSV.

    Args:
        reader: a store.
        out: a path or a binary stream.
        status: write only these; None writes all.
        base: base address of this label system, ending in a slash.
        license: URI of the licence of the mapping set; names from Open Images
            are in it, so the default is their CC BY 4.0.
        version: of the mapping set, or "" to leave it unsaid.

    Returns:
        Mappings read and rows written; those of another status are skipped.

    Raises:
        IdentifierError: a row has a prefix that is neither shipped nor a label set's.
    """
    check_base(base)
    label_sets = frozenset(label_set.id for label_set in reader.iter_label_sets())
    # A column that no row fills is left out, which is known at the end: so rows wait as texts.
    rows: list[tuple[str, ...]] = []
    skipped: Counter[str] = Counter()
    for mapping in iter_mapping_rows(reader):
        if status is None or mapping.status == status:
            rows.append(_cells(mapping, label_sets))
        else:
            skipped[f"status {mapping.status}"] += 1
    curie_map = _curie_map(_prefixes_of(rows), base, label_sets)
    set_id = f"{base}mappings" + (f"/{status}" if status else "")
    with open_output(out) as stream:
        for line in _metadata(set_id, license, version, curie_map):
            stream.write(f"#{line}\n".encode())
        for row in _without_empty_columns(rows):
            stream.write(("\t".join(row) + "\n").encode())
    kept, left = len(rows), skipped.total()
    return Counts(read=kept + left, kept=kept, skipped=dict(sorted(skipped.items())))


def _no_term(label: Label, reason: str, status: MappingStatus, version: str) -> Mapping:
    return Mapping(
        subject_id=label.id,
        subject_label=label.name,
        subject_source=label.label_set,
        # "No term stands in this relation to the subject": the standard's own reading.
        predicate_id="skos:exactMatch",
        object_id=NO_TERM,
        object_source=_WHOLE_SYSTEM,
        mapping_justification=Justification.COMPOSITE,
        mapping_tool_version=version,
        comment=reason,
        status=status,
    )


def _prefixes_of(rows: list[tuple[str, ...]]) -> set[str]:
    used = {"labelsys"}  # of the extension's definition
    for column in ("subject_id", "object_id", "subject_source", "object_source"):
        n = COLUMNS.index(column)
        used.update(prefix for row in rows if (prefix := row[n].partition(":")[0]))
    return used


def _without_empty_columns(rows: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Yield the header and the rows, without the columns that are empty throughout."""
    keep = [
        n for n, column in enumerate(COLUMNS) if column in _REQUIRED or any(row[n] for row in rows)
    ]
    pick = itemgetter(*keep)
    yield pick(COLUMNS)
    yield from map(pick, rows)


def _curie_map(used: set[str], base: str, label_sets: frozenset[str]) -> dict[str, str]:
    own = {"ls": f"{base}concept/", "lsys": base}
    stems = {**prefixes(), **own, **{id_: f"{base}labelset/{id_}/" for id_ in label_sets}}
    unknown = sorted(used - stems.keys())
    if unknown:
        msg = (
            f"the mappings use the prefix {unknown[0]!r}, which is neither shipped nor a label set"
        )
        raise IdentifierError(msg)
    return {prefix: stems[prefix] for prefix in sorted(used - _BUILT_IN)}


def _metadata(
    set_id: str, license_uri: str, version: str, curie_map: dict[str, str]
) -> Iterator[str]:
    yield "curie_map:"
    for prefix, stem in curie_map.items():
        yield f"  {_yaml(prefix)}: {_yaml(stem)}"
    yield f"mapping_set_id: {_yaml(set_id)}"
    if version:
        yield f"mapping_set_version: {_yaml(version)}"
    yield "mapping_set_title: labelsys mappings"
    yield f"license: {_yaml(license_uri)}"
    yield "extension_definitions:"
    yield "- slot_name: status"
    yield "  property: labelsys:status"


def _yaml(text: str) -> str:
    """Return a text as YAML: plain where no reader takes it for something else, else quoted."""
    is_plain = _YAML_PLAIN.match(text) and text.lower() not in _YAML_WORDS
    return text if is_plain else json.dumps(text)


def _cells(mapping: Mapping, label_sets: frozenset[str]) -> tuple[str, ...]:
    return (
        reference(mapping.subject_id),
        _cell(mapping.subject_label),
        mapping.predicate_id,
        mapping.predicate_modifier,
        reference(mapping.object_id),
        _cell(mapping.object_label),
        mapping.mapping_justification,
        source_curie(mapping.subject_source, label_sets),
        source_curie(mapping.object_source, label_sets),
        _cell(mapping.mapping_tool),
        _cell(mapping.mapping_tool_version),
        _number(mapping.confidence),
        _cell(mapping.match_string),
        _number(mapping.similarity_score),
        _cell(mapping.similarity_measure),
        _cell(mapping.comment),
        mapping.status,
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}".rstrip("0").rstrip(".")


def reference(id_: str) -> str:
    """Return an id as a CURIE of the standard: slashes stand, what else it can't hold is encoded.

    Examples:
        >>> reference("openimages:/m/0bt9lr"), reference("mine:hot dog")
        ('openimages:/m/0bt9lr', 'mine:hot%20dog')
    """
    prefix, _, local_id = id_.partition(":")
    return f"{prefix}:{quote(local_id, safe='/')}"


def source_curie(text: str, label_sets: frozenset[str]) -> str:
    """Return the CURIE of a source, which the schema wants, for our short name; "" for none."""
    if text in label_sets:
        return f"lsys:labelset/{quote(text, safe='')}"
    if not text or ":" in text:
        return text
    return _DATASETS.get(text, _WHOLE_SYSTEM)


def _cell(text: str) -> str:
    if _NEEDS_QUOTES.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text
