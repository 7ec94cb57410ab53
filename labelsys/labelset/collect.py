"""From the records of a file to labels: what is kept, skipped, and said about it.

The file's structure is an error where it is wrong (readers raise it); a single
class that can't be used is left out, counted and listed. No record vanishes.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labelsys.labelset.checks import (
    changes_direction,
    find_id_problem,
    find_name_problem,
    find_text_problem,
    parse_qid,
    parse_synset,
    parse_wnid,
)
from labelsys.model import Finding, Label
from labelsys.source.protocol import Counts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from labelsys.labelset.input import InputFile, Parsed, Record

__all__ = ["BLANK", "EXAMPLES", "MAX_LABELS", "Collected", "SkippedRow", "collect"]

EXAMPLES = 20
"""So many findings of one kind are listed one by one, the rest as a number."""
MAX_LABELS = 2_000_000

BLANK = "blank line"
# Left out by a rule that everybody would expect; all other reasons say that a record is wrong.
_BY_RULE = frozenset({BLANK, "empty name"})
_LANG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedRow:
    """A record that became no label.

    Attributes:
        line: 1-based line in the file.
        position: how many labels were kept before it: where it would stand.
        label_id: as given, maybe "".
        name: as given, maybe "".
        reason: why; `blank line` for one that holds nothing.
    """

    line: int
    position: int
    label_id: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """All that came of a file.

    Attributes:
        labels: in file order.
        skipped: in file order.
        counts: how the two reconcile with the records read.
        findings: by code, then in file order.
    """

    labels: tuple[Label, ...]
    skipped: tuple[SkippedRow, ...]
    counts: Counts
    findings: tuple[Finding, ...]


def collect(source: InputFile, parsed: Parsed, label_set: str) -> Collected:
    """Check each record and make the labels.

    Args:
        source: the file, for messages.
        parsed: what its reader made of it.
        label_set: id of the set that the labels belong to.

    Returns:
        The labels, and how the records reconcile with them.

    Raises:
        SourceError: an id stands there twice, a text has a control character
            or a language tag is none, the file's own count is wrong, no label
            is left, or there are too many.
    """
    work = _Collector(source, label_set)
    for record in parsed.records:
        work.add(record)
    work.check(parsed.header)
    return work.result(parsed.extra_columns)


@dataclass(slots=True)
class _Collector:
    source: InputFile
    label_set: str
    labels: list[Label] = field(default_factory=list)
    skipped: list[SkippedRow] = field(default_factory=list)
    notes: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    lines: dict[str, Record] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        problem = BLANK if record.is_blank else find_id_problem(record.label_id)
        problem = problem or find_name_problem(record.name)
        if problem is not None:
            self._skip(record, problem)
            return
        before = self.lines.setdefault(record.label_id, record)
        if before is not record:
            msg = (
                f"the label_id {record.label_id!r}{record.where} is that of"
                f" line {before.line}{before.where} already: ids are unique"
            )
            raise self.source.error(msg, record.line)
        if len(self.labels) >= MAX_LABELS:
            msg = f"over {MAX_LABELS:,} labels: is this a list of classes?"
            raise self.source.error(msg, record.line)
        if changes_direction(record.name):
            self._note("W209", "names that change the text's direction", record, record.name)
        self.labels.append(self._make(record))

    def check(self, header: Mapping[str, str]) -> None:
        said = header.get("count")
        rows = len(self.labels) + sum(row.reason != BLANK for row in self.skipped)
        if said is not None and said != str(rows):
            msg = f"its top says {said[:20]} labels, it has {rows}: is it whole?"
            raise self.source.error(msg)
        if not self.labels:
            reasons = ", ".join(f"{n} {reason}" for reason, n in self._reasons().items())
            msg = f"holds no label ({reasons or 'no row'})"
            raise self.source.error(msg)

    def result(self, extra_columns: tuple[str, ...]) -> Collected:
        reasons = self._reasons()
        return Collected(
            labels=tuple(self.labels),
            skipped=tuple(self.skipped),
            counts=Counts(
                read=len(self.labels) + len(self.skipped),
                kept=len(self.labels),
                skipped={reason: n for reason, n in reasons.items() if reason in _BY_RULE},
                failed={reason: n for reason, n in reasons.items() if reason not in _BY_RULE},
            ),
            findings=tuple(self._findings(extra_columns)),
        )

    def _reasons(self) -> dict[str, int]:
        return dict(sorted(Counter(row.reason for row in self.skipped).items()))

    def _skip(self, record: Record, reason: str) -> None:
        row = SkippedRow(
            line=record.line,
            position=len(self.labels),
            label_id=record.label_id,
            name=record.name,
            reason=reason,
        )
        self.skipped.append(row)
        if reason != BLANK:
            self._note("W207", f"skipped: {reason}", record, record.label_id)

    def _note(self, code: str, what: str, record: Record, about: str) -> None:
        shown = f" {about[:60]!r}" if about else ""
        self.notes.setdefault((code, what), []).append(f"line {record.line}{record.where}{shown}")

    def _make(self, record: Record) -> Label:
        for column, text in (
            ("parent", record.parent),
            ("description", record.description),
            ("synonyms", "".join(record.synonyms)),
        ):
            problem = find_text_problem(text)
            if problem is not None:
                msg = f"{problem} in the {column}{record.where}: take it out"
                raise self.source.error(msg, record.line)
        return Label(
            label_set=self.label_set,
            label_id=record.label_id,
            name=record.name,
            parent=record.parent or None,
            synonyms=record.synonyms,
            description=record.description,
            lang=self._check_lang(record),
            wnid=self._given("wnid", parse_wnid(record.wnid), record, record.wnid),
            synset=self._given("synset", parse_synset(record.synset), record, record.synset),
            qid=self._given("qid", parse_qid(record.qid), record, record.qid),
        )

    def _given(self, kind: str, value: str | None, record: Record, text: str) -> str | None:
        if text and value is None:
            self._note("W203", f"{kind} of the wrong shape, passed over", record, text)
        return value

    def _check_lang(self, record: Record) -> str:
        if not record.lang:
            return "en"
        if not _LANG.match(record.lang):
            msg = f"{record.lang[:30]!r}{record.where} is no language tag, as en or zh-Hant is"
            raise self.source.error(msg, record.line)
        return record.lang

    def _findings(self, extra_columns: tuple[str, ...]) -> Iterator[Finding]:
        # dict order is file order of the first note of a kind; codes come first.
        for (code, what), notes in sorted(self.notes.items(), key=lambda item: item[0][0]):
            for note in notes[:EXAMPLES]:
                yield self._finding(code, f"{note}: {what}")
            if len(notes) > EXAMPLES:
                yield self._finding(code, f"{len(notes) - EXAMPLES} more: {what}")
        if extra_columns:
            named = ", ".join(repr(name[:40]) for name in extra_columns[:10])
            yield self._finding("I403", f"{len(extra_columns)} columns are not read: {named}")
        repeated = sum(n > 1 for n in Counter(label.name for label in self.labels).values())
        if repeated:
            yield self._finding("I404", f"{repeated} names stand at several labels")

    def _finding(self, code: str, message: str) -> Finding:
        return Finding(code=code, id=self.label_set, message=message)
