"""From a label's match to its one placement.

In this order: what a curator decided; an id that the label set gives; the same
Freebase id in an earlier set; the ranked match. Labels that need a new concept
are gathered into groups: one group is one concept, where labels of several
sets that mean the same meet. When all sets are through, the labels of a group
agree on where it lies.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from labelsys.audit.decisions import DecisionTable, LabelDecisions
    from labelsys.config import MatchSettings
    from labelsys.ids import Curie
    from labelsys.match.lexicon import Lexicon
    from labelsys.match.result import Guess, LabelMatch
    from labelsys.model import Label, PlacementKind

__all__ = ["Group", "Resolved", "Resolver"]

_FREEBASE_MID = re.compile(r"/[mgt]/[0-9a-z_]{2,12}\Z")


@dataclass(slots=True)
class Group:
    """Labels that stand at one new concept.

    Attributes:
        key: the folded name that they share.
        broader: indexes of the concepts above. The first is the founder's place
            until `Resolver.settle` has heard all members; the others are where
            curators put members besides.
        members: labels, in recipe order; the first is the founder.
    """

    key: str
    broader: list[int]
    members: list[Label] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Where a label goes.

    Attributes:
        match: what matching found.
        kind: see `Placement`.
        concept: index of the concept it stands at (exact) or under (broader); None else.
        group: the new concept, for `broader`.
        confidence: of the link to `concept`.
        how: `decision`, `mid`, `group`, or the match's strategy.
        reason: in words.
    """

    match: LabelMatch
    kind: PlacementKind
    concept: int | None = None
    group: Group | None = None
    confidence: float | None = None
    how: str = "none"
    reason: str = ""

    @property
    def label(self) -> Label:
        """The label."""
        return self.match.label


class Resolver:
    """Resolves label sets in the recipe's order; earlier sets found concepts for later ones."""

    def __init__(self, lexicon: Lexicon, settings: MatchSettings, decisions: DecisionTable) -> None:
        """Take what all label sets share."""
        self._lexicon = lexicon
        self._settings = settings
        self._decisions = decisions
        self._by_key: dict[str, list[Group]] = defaultdict(list)
        self._by_mid: dict[str, Resolved] = {}
        self.groups: list[Group] = []

    def resolve(self, matches: Iterable[LabelMatch]) -> Iterator[Resolved]:
        """Yield one answer a label of one set, in order."""
        answers = [self._resolve(match) for match in matches]
        for answer in answers:
            mid = answer.label.label_id
            if _FREEBASE_MID.match(mid) and answer.kind in ("exact", "broader"):
                self._by_mid.setdefault(mid, answer)
        yield from answers

    def _resolve(self, match: LabelMatch) -> Resolved:
        decided = self._decisions.for_label(match.label.id)
        return (
            self._by_decision(match, decided)
            or self._by_shared_mid(match, decided)
            or self._by_match(match, decided)
        )

    def _by_decision(self, match: LabelMatch, decided: LabelDecisions) -> Resolved | None:
        if decided.excluded is not None:
            return Resolved(match=match, kind="excluded", how="decision", reason=decided.excluded)
        if decided.accepted is None:
            return None
        predicate, id_ = decided.accepted
        concept = self._find(id_)
        if concept is None:  # a W206 finding says so
            return None
        if predicate == "skos:exactMatch":
            return Resolved(
                match=match,
                kind="exact",
                concept=concept,
                confidence=1.0,
                how="decision",
                reason="a curator accepted it",
            )
        return self._join(match, concept, 1.0, "decision", "a curator accepted it")

    def _find(self, id_: Curie) -> int | None:
        linked = self._lexicon.by_xref.get(id_, [])
        return self._lexicon.index.get(id_, linked[0] if len(linked) == 1 else None)

    def _by_shared_mid(self, match: LabelMatch, decided: LabelDecisions) -> Resolved | None:
        earlier = self._by_mid.get(match.label.label_id)
        if earlier is None or match.strategy == "id" or earlier.concept is None:
            return None
        predicate = "skos:exactMatch" if earlier.kind == "exact" else "skos:broadMatch"
        if not self._is_allowed(decided, predicate, earlier.concept):
            return None
        if earlier.group is not None and not self._may_join(earlier.group, decided):
            return None
        if earlier.group is not None:
            earlier.group.members.append(match.label)
        return Resolved(
            match=match,
            kind=earlier.kind,
            concept=earlier.concept,
            group=earlier.group,
            confidence=earlier.confidence,
            how="mid",
            reason=f"the same Freebase id as {earlier.label.id}",
        )

    def _by_match(self, match: LabelMatch, decided: LabelDecisions) -> Resolved:
        if match.strategy == "excluded":
            return Resolved(match=match, kind="excluded", how="excluded", reason=match.reason)
        guess = self._best_allowed(match, decided)
        if guess is None:
            reason = (
                match.reason if match.relation is None else "a curator rejected every candidate"
            )
            return self._unplaced(match, None, reason)
        confidence = guess.score if match.strategy != "id" else match.confidence or 0.0
        if confidence < self._settings.review:
            return self._unplaced(match, guess.concept, "no candidate is likely enough")
        if match.relation == "exact":
            return Resolved(
                match=match,
                kind="exact",
                concept=guess.concept,
                confidence=confidence,
                how=match.strategy,
                reason=match.reason,
            )
        if self._lexicon.depth[guess.concept] <= self._settings.max_unplaced_depth:
            name = self._lexicon.concepts[guess.concept].pref_label
            return self._unplaced(match, guess.concept, f"{name!r} is too general to say anything")
        return self._join(match, guess.concept, confidence, match.strategy, match.reason)

    @staticmethod
    def _unplaced(match: LabelMatch, guess: int | None, reason: str) -> Resolved:
        return Resolved(match=match, kind="unplaced", concept=guess, how="none", reason=reason)

    def _best_allowed(self, match: LabelMatch, decided: LabelDecisions) -> Guess | None:
        if match.relation is None:
            return None
        predicate = "skos:exactMatch" if match.relation == "exact" else "skos:broadMatch"
        allowed = (g for g in match.guesses if self._is_allowed(decided, predicate, g.concept))
        return next(allowed, None)

    def _is_allowed(self, decided: LabelDecisions, predicate: str, concept: int) -> bool:
        """Return whether no curator has rejected this, by any id of the concept."""
        if not decided.rejected and not decided.rejected_as:
            return True
        known = self._lexicon.concepts[concept]
        return all(decided.allows(predicate, id_) for id_ in (known.id, *known.xrefs))

    def _may_join(self, group: Group, decided: LabelDecisions) -> bool:
        """Return whether no concept above a group is one that a curator has rejected."""
        return all(self._is_allowed(decided, "skos:broadMatch", above) for above in group.broader)

    def _join(
        self, match: LabelMatch, concept: int, confidence: float, how: str, reason: str
    ) -> Resolved:
        """Return a label in the group of its name, founded where there is none."""
        key = fold(match.label.name) or match.label.name  # signs alone fold to nothing
        decided = self._decisions.for_label(match.label.id)
        fitting = (g for g in self._by_key[key] if self._one_branch(g.broader[0], concept))
        if how == "decision":
            fitting = (g for g in fitting if self._all_allow(g.members, concept))
        group = next((g for g in fitting if self._may_join(g, decided)), None)
        if group is None:
            group = Group(key=key, broader=[concept])
            self._by_key[key].append(group)
            self.groups.append(group)
        elif how == "decision":
            group.broader.append(concept)
        group.members.append(match.label)
        return Resolved(
            match=match,
            kind="broader",
            concept=concept,
            group=group,
            confidence=confidence,
            how=how,
            reason=reason,
        )

    def _all_allow(self, labels: Iterable[Label], concept: int) -> bool:
        found = (self._decisions.for_label(label.id) for label in labels)
        return all(self._is_allowed(decided, "skos:broadMatch", concept) for decided in found)

    def settle(self, answers: Sequence[Resolved]) -> list[Resolved]:
        """Return the answers of all sets, the labels of each group agreeing on where it lies.

        The sets see one name in different company, and may put it in different
        places of one branch. What a curator said counts first, then links that
        are accepted, then the deepest. A label whose own place lies above that
        keeps it; the others follow.
        """
        members: dict[int, list[Resolved]] = defaultdict(list)
        for answer in answers:
            if answer.group is not None:
                members[id(answer.group)].append(answer)
        leaders = {key: self._lead(found) for key, found in members.items()}
        for key, leader in leaders.items():
            assert leader.group is not None
            decided = [a.concept for a in members[key] if a.how == "decision"]
            leader.group.broader = self._lowest([leader.concept, *decided])
        return [
            answer if answer.group is None else self._follow(answer, leaders[id(answer.group)])
            for answer in answers
        ]

    def _lead(self, members: Sequence[Resolved]) -> Resolved:
        """Return the member whose place is the group's."""
        labels = [member.label for member in members]

        def rank(member: Resolved) -> tuple[bool, bool, int, float]:
            assert member.concept is not None
            confidence = member.confidence or 0.0
            is_accepted = confidence >= self._settings.accept
            depth = int(self._lexicon.depth[member.concept])
            return member.how == "decision", is_accepted, depth, confidence

        # The founder's place is allowed by all who joined it.
        allowed = [
            m for m in members if m.concept is not None and self._all_allow(labels, m.concept)
        ]
        return max(allowed, key=rank)

    def _lowest(self, places: Sequence[int | None]) -> list[int]:
        """Return the places that lie above no other one, in order."""
        unique = list(dict.fromkeys(place for place in places if place is not None))
        return [
            p for p in unique if not any(p != q and p in self._lexicon.ancestors(q) for q in unique)
        ]

    def _follow(self, answer: Resolved, leader: Resolved) -> Resolved:
        assert answer.group is not None
        above = frozenset[int]().union(*map(self._lexicon.ancestors, answer.group.broader))
        if answer.concept in above:
            return answer
        return replace(
            answer,
            concept=leader.concept,
            confidence=leader.confidence,
            how="group",
            reason=f"{leader.label.id}, which has the same name, lies here",
        )

    def _one_branch(self, a: int, b: int) -> bool:
        """Return whether one lies above the other, or both under a concept that says something."""
        shared = self._lexicon.ancestors(a) & self._lexicon.ancestors(b)
        if a in shared or b in shared:
            return True
        deepest = max((int(self._lexicon.depth[i]) for i in shared), default=0)
        return deepest > self._settings.max_unplaced_depth + 2


def group_members(groups: Sequence[Group]) -> list[list[tuple[Curie, str]]]:
    """Return each group's (label id, name) pairs, for `NewIds.assign`."""
    return [[(label.id, label.name) for label in group.members] for group in groups]
