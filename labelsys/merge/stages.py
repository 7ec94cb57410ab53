"""Matches of a label set as bytes, so that a build does no work twice."""

from __future__ import annotations

import hashlib
import json
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from labelsys.match.result import Guess, LabelMatch
from labelsys.model import Finding, LabelSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from labelsys.match.lexicon import Lexicon
    from labelsys.model import Label

__all__ = ["content_key", "dump_matches", "load_matches"]

_LABEL = attrgetter(
    *("label_id", "name", "parent", "synonyms", "description", "lang", "wnid", "synset", "qid")
)


def content_key(label_set: LabelSet) -> str:
    """Return the SHA-256, hex, of everything in a label set that matching or a graph may see."""
    head = [
        label_set.id,
        label_set.title,
        label_set.task,
        label_set.version,
        label_set.source,
        label_set.license,
    ]
    rows = list(map(_LABEL, label_set.labels))
    return hashlib.sha256(json.dumps([head, rows], ensure_ascii=False).encode()).hexdigest()


def dump_matches(matches: Iterable[LabelMatch], lexicon: Lexicon) -> bytes:
    """Return matches as bytes: a JSON list of one row a label, concepts by id."""
    rows = []
    for m in matches:
        guesses = [[lexicon.concepts[g.concept].id, g.score] for g in m.guesses]
        findings = [[f.code, f.id, f.message] for f in m.findings]
        row = [
            m.relation,
            m.strategy,
            guesses,
            m.confidence,
            m.match_string,
            m.similarity,
            m.reason,
            findings,
        ]
        rows.append(row)
    return json.dumps(rows, ensure_ascii=False).encode()


def load_matches(data: bytes, label_set: LabelSet, lexicon: Lexicon) -> Sequence[LabelMatch] | None:
    """Return what `dump_matches` wrote for this set and lexicon; None if it is not that."""
    try:
        pairs = zip(label_set.labels, json.loads(data), strict=True)
        matches = [_load_match(label, row, lexicon) for label, row in pairs]
    except (LookupError, TypeError, ValueError):  # other bytes, or a concept that is gone
        return None
    return matches


def _load_match(label: Label, row: Sequence[Any], lexicon: Lexicon) -> LabelMatch:
    relation, strategy, guesses, confidence, text, similarity, reason, findings = row
    return LabelMatch(
        label=label,
        relation=relation,
        strategy=strategy,
        guesses=tuple(Guess(lexicon.index[id_], score) for id_, score in guesses),
        confidence=confidence,
        match_string=text,
        similarity=similarity,
        reason=reason,
        findings=tuple(Finding(code=c, id=i, message=t) for c, i, t in findings),
    )
