"""What a changed list of classes would do to a label system: the check for a pull request.

Both lists are linked in the same way, the one in the file and the one that the
store has, so that whatever differs comes from the change and not from the
difference between a link and a build. Nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from labelsys.errors import SourceError
from labelsys.labelset.read import read_labels
from labelsys.linking import link_labels
from labelsys.match.link import sets_being_linked
from labelsys.review.overlaps import by_severity, find_overlaps_in
from labelsys.review.stand import LabelFinding, Severity, Stand, stands_of_links
from labelsys.rows import Rows
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from labelsys.match.link import LinkRow
    from labelsys.model import Finding, Label
    from labelsys.progress import Progress
    from labelsys.store.protocol import GraphStore

__all__ = ["Check", "check_label_set"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a list of classes would change.

    Attributes:
        label_set: the set in the store that it was compared with, or None: then
            everything in it is new.
        format: of the file.
        labels: how many the file has.
        findings: `LabelFinding`s, grave ones first, notes last.
    """

    label_set: str | None
    format: str
    labels: int
    findings: Rows[LabelFinding]

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing but notes."""
        return all(finding.code.startswith("I") for finding in self.findings)


@dataclass(frozen=True, slots=True)
class _Linked:
    """A list with where each label would stand."""

    labels: tuple[Label, ...]
    rows: tuple[LinkRow, ...]

    @property
    def stands(self) -> list[Stand]:
        return stands_of_links(self.labels, self.rows)


def check_label_set(
    reader: GraphStore,
    file: Path | str,
    *,
    label_set: str | None = None,
    encoder: str = "auto",
    format: str | None = None,
    progress: Progress | None = None,
) -> Check:
    """Link a list of classes and say what is wrong with it, or new.

    Args:
        reader: a store; it is only read.
        file: the list, or `-` for standard input.
        label_set: id of the set that it shall replace; where the store has
            none of this id, the list is new. None takes the set in the store
            that shares half of the list's rows, if one does.
        encoder: `auto`, `none` or a name.
        format: of the file; None detects it.
        progress: told how far it is.

    Returns:
        What was found. Against a set in the store: overlaps and ambiguous
        names that it does not have, changed placements, labels that came, went
        or were renamed. Else every overlap and ambiguous name.

    Raises:
        SourceError: the file is wrong; the message has the line.
    """
    found = read_labels(file, label_set=label_set or "input", format=format)
    labels = found.label_set.labels
    if not labels:
        raise SourceError("has no label", path=str(file))
    known = {each.id: each for each in reader.iter_label_sets()}
    against = label_set if label_set in known else None
    if label_set is None:
        against = next(iter(sorted(sets_being_linked(reader.iter_label_sets(), labels))), None)

    if against is not None:
        labels = tuple(replace(label, label_set=against) for label in labels)

    def link(linked: Sequence[Label]) -> _Linked:
        rows = link_labels(reader, linked, label_set=against, encoder=encoder, progress=progress)
        return _Linked(tuple(linked), tuple(rows))

    new = link(labels)
    findings = _overlaps(reader, new)
    if against is not None:
        old = link(known[against].labels)
        had = {_sameness(finding) for finding in _overlaps(reader, old)}
        findings = [f for f in findings if _sameness(f) not in had]
        findings += _changes(old, new)
    # That names are there twice, I404, is what W304 tells label by label.
    notes = (_from_reading(finding) for finding in found.findings if finding.code != "I404")
    ordered = by_severity([*findings, *notes], [label.id for label in labels])
    return Check(
        label_set=against,
        format=found.format,
        labels=len(labels),
        findings=Rows(ordered, LabelFinding),
    )


def _from_reading(finding: Finding) -> LabelFinding:
    severity: Severity = "low" if finding.code.startswith("W") else "note"
    return LabelFinding(
        code=finding.code, id=finding.id, message=finding.message, severity=severity
    )


def _overlaps(reader: GraphStore, linked: _Linked) -> list[LabelFinding]:
    return find_overlaps_in(reader, linked.stands, each_pair=True)


def _sameness(finding: LabelFinding) -> tuple[str, frozenset[str]]:
    """Return what makes a finding the same in two lists, whatever set they go by."""
    return finding.code, frozenset(id_.local_id for id_ in finding.ids)


def _changes(old: _Linked, new: _Linked) -> Iterator[LabelFinding]:
    before = {label.label_id: (label, row) for label, row in zip(old.labels, old.rows, strict=True)}
    after = {label.label_id for label in new.labels}
    for label, row in zip(new.labels, new.rows, strict=True):
        if label.label_id not in before:
            yield _finding("I405", "note", f"{label.name!r} is new: {_where(row)}", label)
            continue
        earlier, was = before[label.label_id]
        if fold(earlier.name) != fold(label.name):
            message = f"{earlier.name!r} is called {label.name!r} now"
            yield _finding("W306", "medium", message, label)
        if (was.predicate_id, was.object_id) != (row.predicate_id, row.object_id):
            message = f"{label.name!r}: before {_where(was)}, now {_where(row)}"
            yield _finding("W305", "high", message, label)
    for label in old.labels:
        if label.label_id not in after:
            yield _finding("W306", "high", f"{label.name!r} is gone", label)


def _finding(code: str, severity: Severity, message: str, label: Label) -> LabelFinding:
    return LabelFinding(code=code, id=label.id, message=message, ids=(label.id,), severity=severity)


def _where(row: LinkRow) -> str:
    if row.object_id is None:
        return "nowhere"
    kind = "at" if row.predicate_id == "skos:exactMatch" else "under"
    return f"{kind} {row.wnid or row.object_id} ({row.status})"
