"""What the log of decisions means for a build: who wins, and what is left over."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from labelsys.audit.decision_log import (
    FIELDS,
    Decision,
    append_decision,
    format_decision,
    parse_decision,
    read_decisions,
)
from labelsys.model import Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from labelsys.ids import Curie

__all__ = [
    "Decision",
    "DecisionTable",
    "LabelDecisions",
    "append_decision",
    "effective",
    "format_decision",
    "parse_decision",
    "read_decisions",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelDecisions:
    """What curators have said of one label.

    Attributes:
        accepted: predicate and concept where the label stands, or None.
        rejected: concepts that it has nothing to do with.
        rejected_as: predicate and concept of links that are wrong in that way only.
        excluded: why the label is left out, or None.
    """

    accepted: tuple[str, Curie] | None = None
    rejected: frozenset[Curie] = frozenset()
    rejected_as: frozenset[tuple[str, Curie]] = frozenset()
    excluded: str | None = None

    def allows(self, predicate_id: str, concept_id: Curie) -> bool:
        """Return whether no curator has rejected this link."""
        return (
            concept_id not in self.rejected and (predicate_id, concept_id) not in self.rejected_as
        )


COUNTING = tuple(key for key in FIELDS if key not in {"schema", "id", "undoes"})
"""The keys of a decision that can show in a graph."""

NOTHING = LabelDecisions()


def effective(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Return the decisions that hold: not undone, and the last word on their matter.

    Of acceptances and exclusions of one label the last one holds, and of tags of
    one concept. A rejection holds until the same link is accepted, and ends an
    acceptance before it. An undone decision counts for nothing, what it undid
    holds again.

    Args:
        decisions: a whole log, oldest first.

    Returns:
        Those that hold, oldest first, without notes.
    """
    in_force = _list_in_force(tuple(decisions))
    matters: dict[Curie, _Matter] = {}
    for decision in in_force:
        matters.setdefault(decision.subject_id, _Matter()).add(decision)
    holding = {decision.id for matter in matters.values() for decision in matter.iter_holding()}
    return tuple(decision for decision in in_force if decision.id in holding)


class DecisionTable:
    """The decisions that hold, by label.

    Attributes:
        decisions: those that hold, oldest first.
        followed: a W227 finding for each that names a retired concept.
    """

    def __init__(
        self, decisions: Iterable[Decision] = (), *, into: Mapping[Curie, Curie] | None = None
    ) -> None:
        """Take a whole log, oldest first.

        Args:
            decisions: the log.
            into: retired concept -> the one that replaces it; a decision about
                the first is taken as one about the second.
        """
        given = tuple(decisions)
        healed = tuple(_follow(decision, into or {}) for decision in given)
        self.decisions = effective(healed)
        self.followed = _tell_followed(given, healed)
        by_label: dict[Curie, list[Decision]] = {}
        for decision in self.decisions:
            if decision.action != "tag":
                by_label.setdefault(decision.subject_id, []).append(decision)
        self._labels = {label: _summarize(found) for label, found in by_label.items()}

    def for_label(self, label_id: Curie) -> LabelDecisions:
        """Return what holds for a label; an empty answer where nobody decided."""
        return self._labels.get(label_id, NOTHING)

    @property
    def visual(self) -> tuple[Decision, ...]:
        """What curators have said of concepts, oldest first; a concept may have several ids."""
        return tuple(decision for decision in self.decisions if decision.action == "tag")

    def unused(
        self,
        label_ids: Collection[Curie],
        concept_ids: Collection[Curie],
        new_ids: Collection[Curie] = (),
    ) -> tuple[Finding, ...]:
        """Return a W206 finding for each decision that this build can't apply.

        Args:
            label_ids: labels of the build, with a quick `in`.
            concept_ids: its concepts, other ids that lead to one among them.
            new_ids: concepts that only its label sets know: they can be tagged.

        Returns:
            Findings, sorted.
        """
        findings = []
        for decision in self.decisions:
            if decision.action == "tag":
                if decision.subject_id in concept_ids or decision.subject_id in new_ids:
                    continue
                missing = f"no concept {decision.subject_id}"
            elif decision.subject_id not in label_ids:
                missing = f"no label {decision.subject_id}"
            elif decision.object_id is not None and decision.object_id not in concept_ids:
                missing = f"no concept {decision.object_id}"
            else:
                continue
            message = f"{_describe(decision)}: {missing} in this build"
            findings.append(Finding(code="W206", id=decision.subject_id, message=message))
        return tuple(sorted(findings))

    def fingerprint(self) -> str:
        """Return the SHA-256, hex, of what holds.

        Neither undone decisions nor the order and ids of the others count, so
        deciding and taking it back gives the graph that was there before.
        """
        rows = sorted(
            json.dumps([getattr(decision, key) for key in COUNTING], ensure_ascii=False)
            for decision in self.decisions
        )
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()


@dataclass(slots=True)
class _Matter:
    """What holds for one label while the log is read."""

    placed: Decision | None = None
    tagged: Decision | None = None
    rejected: dict[tuple[str | None, Curie | None], Decision] = field(default_factory=dict)

    def add(self, decision: Decision) -> None:
        predicate, concept = decision.predicate_id, decision.object_id
        if decision.action == "tag":
            self.tagged = decision
        elif decision.action == "exclude":
            self.placed = decision
        elif decision.action == "accept":
            self.placed = decision
            self.rejected.pop((None, concept), None)
            self.rejected.pop((predicate, concept), None)
        elif decision.action == "reject":
            self.rejected[predicate, concept] = decision
            placed = self.placed
            same = placed is not None and placed.object_id == concept
            if placed is not None and same and predicate in {None, placed.predicate_id}:
                self.placed = None

    def iter_holding(self) -> Iterator[Decision]:
        if self.placed is not None:
            yield self.placed
        if self.tagged is not None:
            yield self.tagged
        yield from self.rejected.values()


def _list_in_force(decisions: Sequence[Decision]) -> list[Decision]:
    # From the last to the first: whatever undoes a decision comes after it, and may be undone too.
    undone: set[str] = set()
    in_force = []
    for decision in reversed(decisions):
        if decision.id not in undone:
            in_force.append(decision)
            if decision.undoes is not None:
                undone.add(decision.undoes)
    return in_force[::-1]


def _summarize(decisions: Sequence[Decision]) -> LabelDecisions:
    accepted: tuple[str, Curie] | None = None
    excluded: str | None = None
    rejected: set[Curie] = set()
    rejected_as: set[tuple[str, Curie]] = set()
    for decision in decisions:
        predicate, concept = decision.predicate_id, decision.object_id
        if concept is None:
            excluded = decision.why
        elif decision.action == "accept" and predicate is not None:
            accepted = (predicate, concept)
        elif predicate is None:
            rejected.add(concept)
        else:
            rejected_as.add((predicate, concept))
    return LabelDecisions(
        accepted=accepted,
        rejected=frozenset(rejected),
        rejected_as=frozenset(rejected_as),
        excluded=excluded,
    )


def _follow(decision: Decision, into: Mapping[Curie, Curie]) -> Decision:
    if decision.action == "tag" and decision.subject_id in into:
        return replace(decision, subject_id=into[decision.subject_id])
    if decision.object_id is None or decision.object_id not in into:
        return decision
    return replace(decision, object_id=into[decision.object_id])


def _tell_followed(given: Sequence[Decision], healed: Sequence[Decision]) -> tuple[Finding, ...]:
    pairs = ((a, b) for a, b in zip(given, healed, strict=True) if a != b)
    findings = {
        Finding(
            code="W227",
            id=old.subject_id,
            message=f"{_describe(old)}: {old.object_id or old.subject_id} redirects to "
            f"{new.object_id or new.subject_id}",
        )
        for old, new in pairs
    }
    return tuple(sorted(findings))


def _describe(decision: Decision) -> str:
    parts = (decision.action, decision.subject_id, decision.predicate_id, decision.object_id)
    return " ".join(part for part in (*parts, decision.value) if part is not None)
