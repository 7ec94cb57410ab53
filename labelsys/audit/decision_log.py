"""Curators' decisions: a log that is appended to and replayed on every build.

One JSON object a line in `decisions.jsonl`. Nothing in it is ever changed or
removed: to take a decision back, a later one names it in `undoes`. Reading is
strict, since a decision that is passed over in silence is a decision lost.

=========  =================================================================
action     means
=========  =================================================================
accept     the label stands at (`skos:exactMatch`) or under
           (`skos:broadMatch`) the concept, whatever the matcher thinks
reject     the label does not belong to the concept; with a predicate, not
           in that way
exclude    the label names nothing to look for; `why` says what it is
tag        a photograph can show the concept, or can't: `value` says which
           of `visual` and `non-visual`, whatever a tagger thinks
note       a remark; it changes nothing but what it undoes
=========  =================================================================
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from labelsys.atomic import flush_folder, reporting_os_errors
from labelsys.errors import IdentifierError, SourceError, StoreError
from labelsys.ids import Curie, prefixes
from labelsys.lock import WriterLock
from labelsys.registry import near

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Decision", "append_decision", "format_decision", "parse_decision", "read_decisions"]

SCHEMA = 1
ACTIONS = ("accept", "reject", "exclude", "tag", "note")
PREDICATES = ("skos:exactMatch", "skos:broadMatch")
VISUAL = "labelsys:visual"
"""The predicate of a tag: whether a photograph can show the concept."""
TAG_VALUES = ("visual", "non-visual")
CONCEPT_PREFIXES = ("wn30", "wd", "ls")
MAX_LINE_BYTES = 1 << 20
LOCK_TIMEOUT_S = 10.0

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One act of a curator. Making one checks it.

    Attributes:
        id: unique in the log: letters, digits, `_`, `.`, `:` and `-`.
        at: when, ISO 8601 with a time zone (`2025-03-01T09:30:00Z`).
        by: who, as they call themselves.
        action: one of `ACTIONS`.
        subject_id: the label (`coco:18`); for a tag, the concept; for a note, anything.
        predicate_id: for accept, one of `PREDICATES`; for reject, one or None; for a tag, `VISUAL`.
        object_id: the concept, for accept and reject.
        value: for a tag, one of `TAG_VALUES`; None for the others but a note.
        why: the reason; an exclusion needs one.
        evidence: what was looked at (addresses, file names).
        undoes: id of an earlier decision that no longer holds.
        schema: version of the row's form.
    """

    id: str
    at: str
    by: str
    action: str
    subject_id: Curie
    predicate_id: str | None = None
    object_id: Curie | None = None
    value: str | None = None
    why: str = ""
    evidence: tuple[str, ...] = ()
    undoes: str | None = None
    schema: int = SCHEMA

    def __post_init__(self) -> None:
        problem = _find_problem(self)
        if problem:
            raise SourceError(problem)


FIELDS = (
    *("schema", "id", "at", "by", "action", "subject_id", "predicate_id", "object_id"),
    *("value", "why", "evidence", "undoes"),
)
"""The keys of a row, in the order in which they are written."""
REQUIRED = FIELDS[:6]
OPTIONAL = ("predicate_id", "object_id", "value", "undoes")


def read_decisions(path: Path) -> tuple[Decision, ...]:
    """Read a whole log; a missing file is an empty one.

    Returns:
        Every decision, oldest first, those that were undone among them.

    Raises:
        SourceError: a line is no valid decision, an id is there twice, a
            decision undoes one that is not before it, or the last line is
            incomplete. The message names the line.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise SourceError(error.strerror or str(error), path=path) from error
    lines = data.split(b"\n")
    last = lines.pop()
    if last:
        raise SourceError(_explain_torn(last), path=path, line=len(lines) + 1)
    decisions: list[Decision] = []
    line_of: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        try:
            decision = parse_decision(line)
            _check_log(decision, line_of)
        except SourceError as error:
            raise SourceError(str(error), path=path, line=number) from error.__cause__
        line_of[decision.id] = number
        decisions.append(decision)
    return tuple(decisions)


def append_decision(path: Path, decision: Decision) -> None:
    """Add one decision to the log, and return when the disk has it.

    One write, under a lock of the log's own, so that curators need not wait
    for a build. Where it fails, the log is as it was.

    Args:
        path: the log; made where it is not there.
        decision: its id is new, and what it undoes is in the log.

    Raises:
        SourceError: the log can't be read, or the decision does not fit it.
        StoreBusyError: another process has been writing for ten seconds.
        StoreError: the disk is full, or the folder can't be written.
    """
    line = format_decision(decision).encode() + b"\n"
    lock = WriterLock(path.with_name(f".{path.name}.lock"), str(path))
    unchanged = reporting_os_errors(path, kept="the decision was not recorded")
    with lock.hold(timeout_s=LOCK_TIMEOUT_S), unchanged:
        known = read_decisions(path)
        _check_log(decision, {old.id: number for number, old in enumerate(known, start=1)})
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        try:
            _append(handle, line, path)
        finally:
            os.close(handle)


def format_decision(decision: Decision) -> str:
    """Return the line of a decision, without its end; keys in a fixed order."""
    return json.dumps({key: getattr(decision, key) for key in FIELDS}, ensure_ascii=False)


def parse_decision(line: bytes | str) -> Decision:
    """Read one line.

    Returns:
        The decision.

    Raises:
        SourceError: what is wrong with it; whoever knows the line adds that.
    """
    if len(line) > MAX_LINE_BYTES:
        raise SourceError("the line is over a megabyte: this is no decision")
    try:
        text = line.decode() if isinstance(line, bytes) else line
        values = json.loads(text, object_pairs_hook=_pairs)
    except UnicodeDecodeError as error:
        raise SourceError("not UTF-8") from error
    except (ValueError, RecursionError) as error:
        what = "an empty line" if not line.strip() else f"not JSON: {_first_line(error)}"
        raise SourceError(what) from error
    if not isinstance(values, dict):
        raise SourceError("not a JSON object")
    _check_keys(values)
    checked = {key: _convert(key, value) for key, value in values.items()}
    return Decision(**checked)  # type: ignore[arg-type]  # _convert checked the types


def _check_keys(values: Mapping[str, object]) -> None:
    schema = values.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        msg = f"its schema {schema} is newer than this version reads ({SCHEMA}): upgrade labelsys"
        raise SourceError(msg)
    for key in values:
        if key not in FIELDS:
            close = near(key, list(FIELDS), 1)
            hint = f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(FIELDS)}"
            msg = f"unknown key {key!r}{hint}"
            raise SourceError(msg)
    for key in REQUIRED:
        if key not in values:
            msg = f"{key!r} is missing"
            raise SourceError(msg)


def _convert(key: str, value: object) -> object:
    if key == "schema":
        expected, right = "a whole number", type(value) is int
    elif key == "evidence":
        expected = "a list of texts"
        right = isinstance(value, list) and all(isinstance(text, str) for text in value)
    else:
        optional = key in OPTIONAL
        expected = "a text or null" if optional else "a text"
        right = isinstance(value, str) or (optional and value is None)
    if not right:
        msg = f"{key!r} must be {expected}"
        raise SourceError(msg)
    if isinstance(value, list):
        return tuple(value)
    return _parse_id(key, value) if key.endswith("_id") and isinstance(value, str) else value


def _parse_id(key: str, text: str) -> str:
    if key == "predicate_id":
        return text
    try:
        return Curie.parse(text)
    except IdentifierError as error:
        msg = f"{key}: {error}"
        raise SourceError(msg) from None


def _find_problem(decision: Decision) -> str | None:
    for check in (_find_bad_text, _find_bad_action, _find_bad_link):
        problem = check(decision)
        if problem:
            return problem
    return None


def _find_bad_text(decision: Decision) -> str | None:
    if decision.schema != SCHEMA:
        return f"schema {decision.schema} is not {SCHEMA}"
    if not _ID.match(decision.id):
        return f"{decision.id!r} is no id of a decision: letters, digits, '_', '.', ':' and '-'"
    try:
        has_zone = datetime.fromisoformat(decision.at).tzinfo is not None
    except ValueError:
        has_zone = False
    if not has_zone:
        return f"'at' is {decision.at!r}: expected a time with its zone, as 2025-03-01T09:30:00Z"
    if not decision.by.strip():
        return "'by' is empty: it says who decided"
    texts = (decision.at, decision.by, decision.why, decision.value or "", *decision.evidence)
    if any("\0" in text or not _is_unicode(text) for text in texts):
        return "a text holds a NUL or half a character"
    return None


def _find_bad_action(decision: Decision) -> str | None:
    action = decision.action
    if action not in ACTIONS:
        close = near(action, list(ACTIONS), 1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        return f"unknown action {action!r}; {hint}known: {', '.join(ACTIONS)}"
    if action == "exclude" and not decision.why.strip():
        return "an exclusion needs a 'why'"
    if action not in {"note", "tag"} and decision.value is not None:
        return f"{action} takes no 'value'"
    if action not in {"note", "tag"} and decision.subject_id.prefix in prefixes():
        return f"subject_id {decision.subject_id} is no label: label_set:label_id, as coco:18"
    return None


def _find_bad_link(decision: Decision) -> str | None:
    action, predicate, concept = decision.action, decision.predicate_id, decision.object_id
    if action == "note":
        return None
    if action == "tag":
        return _find_bad_tag(decision)
    if action == "exclude":
        return (
            None if predicate is concept is None else "exclude takes no predicate_id or object_id"
        )
    if concept is None:
        return f"{action} needs an object_id"
    if concept.prefix not in CONCEPT_PREFIXES:
        return f"object_id {concept} is no concept: wn30:, wd: or ls:, as wn30:02084071-n"
    if predicate not in PREDICATES and not (action == "reject" and predicate is None):
        return f"{action} takes the predicate_id {' or '.join(PREDICATES)}, found {predicate!r}"
    return None


def _find_bad_tag(decision: Decision) -> str | None:
    if decision.subject_id.prefix not in CONCEPT_PREFIXES:
        return f"subject_id {decision.subject_id} is no concept: wn30:, wd: or ls:"
    if decision.predicate_id != VISUAL or decision.object_id is not None:
        return f"tag takes the predicate_id {VISUAL} and no object_id"
    if decision.value not in TAG_VALUES:
        return f"tag takes the value {' or '.join(TAG_VALUES)}, found {decision.value!r}"
    return None


def _check_log(decision: Decision, line_of: Mapping[str, int]) -> None:
    if decision.id in line_of:
        msg = f"the id {decision.id!r} is that of line {line_of[decision.id]}"
        raise SourceError(msg)
    if decision.undoes is not None and decision.undoes not in line_of:
        msg = f"it undoes {decision.undoes!r}, which is no earlier decision"
        raise SourceError(msg)


def _append(handle: int, line: bytes, path: Path) -> None:
    size = os.fstat(handle).st_size
    try:
        rest = memoryview(line)
        while rest:  # one write, but for a disk that fills up: then the next one says so
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
        if size == 0:
            flush_folder(path.parent)
        if os.pread(handle, len(line) + 1, size) != line:
            msg = f"{path}: the decision can't be read back and was not recorded"
            raise StoreError(msg)
    except BaseException:
        os.ftruncate(handle, size)
        raise


def _explain_torn(last: bytes) -> str:
    try:
        parse_decision(last)
    except SourceError:
        return (
            "the last line is incomplete: its write was cut short and never acknowledged; delete it"
        )
    return "the last line has no line end: add one to keep the decision, or delete the line"


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("a key is there twice")
    return values


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _first_line(error: BaseException) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0]
