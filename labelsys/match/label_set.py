"""Match one label set: ids first, then names ranked together, then a broader place.

The order of the steps is the order of `SetMatcher.match`. A label ends with
one `LabelMatch`: an exact concept, a broader one, a reason to exclude it, or
the guesses that were not good enough.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from labelsys.match import theme as themes
from labelsys.match.broader import by_neighbours, by_parent, by_theme
from labelsys.match.candidates import (
    Candidate,
    FormKind,
    exact_forms,
    find_candidates,
    head_forms,
    qualifiers,
)
from labelsys.match.evidence import Evidence, GivenId, find_given
from labelsys.match.features import LabelVectors, SetContext, candidate_features
from labelsys.match.neighbours import Near, Neighbourhood, pool_of, with_shared_words
from labelsys.match.rank import Ranker, load_ranker
from labelsys.match.result import Guess, LabelMatch
from labelsys.tables import read_table
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from labelsys.match.lexicon import Lexicon
    from labelsys.match.result import Strategy
    from labelsys.match.vectors import ConceptVectors
    from labelsys.model import Finding, Label, LabelSet

__all__ = ["SetMatcher", "label_text"]

SURE = 0.8
_GIVEN_CONFIDENCE = 0.99
_LEAST_HEAD = 0.5
_LEAST_AGREED_HEAD = 0.3
_LEAST_UNDER_HEAD = 0.3
_NO_NEIGHBOURS = Near()
_MOST_GUESSES = 10


@dataclass(slots=True)
class _Open:
    """A label that no given id has settled, on its way through the steps."""

    label: Label
    row: int
    candidates: tuple[Candidate, ...]
    qualifier_row: int | None = None
    probabilities: NDArray[np.float64] = field(default_factory=lambda: np.ones(1))
    match: LabelMatch | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def is_unambiguous(self) -> bool:
        return len(self.candidates) == 1 and self.candidates[0].form.kind == FormKind.NAME


@cache
def excluded_names() -> dict[str, str]:
    """Return folded names that stand for no thing -> why."""
    from importlib.resources import files

    table = read_table(
        files("labelsys_ontologies").joinpath("excluded.tsv"), columns=("name", "reason")
    )
    return {name: reason for name, reason in table.rows}  # noqa: C416 - mypy sees pairs so


def label_text(label: Label) -> str:
    """Return what the sentence encoder reads for a label."""
    return " ".join(label.name.replace("_", " ").split())


def _with_description(label: Label) -> str:
    text = label_text(label)
    return f"{text}: {label.description}" if label.description else text


class SetMatcher:
    """Matches label sets against one lexicon.

    Attributes:
        lexicon: the concepts.
        evidence: what other label sets give by id; the caller keeps the set
            that is being matched out of it.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        evidence: Evidence,
        vectors: ConceptVectors | None = None,
        *,
        hidden: frozenset[str] = frozenset(),
        rankers: tuple[Ranker, Ranker] | None = None,
    ) -> None:
        """Take what all sets share.

        Args:
            lexicon: the concepts, hidden ones already taken out.
            evidence: see above.
            vectors: for similarities; None works from names alone.
            hidden: ids that were taken out on purpose, so that a label that gives
                one is no finding.
            rankers: for names and for heads; the shipped ones by default.
        """
        self.lexicon = lexicon
        self.evidence = evidence
        self._vectors = vectors
        self._hidden = hidden
        with_vectors = vectors is not None
        self._name_ranker, self._head_ranker = rankers or (
            load_ranker("names", with_vectors=with_vectors),
            load_ranker("heads", with_vectors=with_vectors),
        )

    def match(
        self, label_set: LabelSet, *, names_only: bool = False, independent: bool = False
    ) -> tuple[LabelMatch, ...]:
        """Match every label of a set.

        Args:
            label_set: one set.
            names_only: ids that the labels give are not read.
            independent: labels say nothing of each other.

        Returns:
            One match a label, in the set's order.
        """
        settled: dict[int, LabelMatch] = {}
        open_: list[_Open] = []
        for i, label in enumerate(label_set.labels):
            done, findings = self._settle(label, names_only=names_only)
            if done is not None:
                settled[i] = done
            else:
                candidates = find_candidates(exact_forms(label, self.lexicon), self.lexicon)
                open_.append(_Open(label=label, row=i, candidates=candidates, findings=findings))
        if open_:
            self._match_open(label_set, open_, settled, independent=independent)
        settled.update({o.row: o.match for o in open_ if o.match is not None})
        return tuple(settled[i] for i in range(len(label_set.labels)))

    def _settle(
        self, label: Label, *, names_only: bool
    ) -> tuple[LabelMatch | None, tuple[Finding, ...]]:
        """Return the match of a label that needs no ranking, and findings on its ids."""
        given = GivenId() if names_only else find_given(label, self.lexicon, self._hidden)
        findings = (given.finding,) if given.finding is not None else ()
        if given.concept is None:
            reason = excluded_names().get(fold(label.name))
            if reason is None:
                return None, findings
            return LabelMatch(
                label=label,
                relation=None,
                strategy="excluded",
                reason=reason,
                findings=findings,
            ), ()
        match = LabelMatch(
            label=label,
            relation="exact",
            strategy="id",
            guesses=(Guess(given.concept, 1.0),),
            confidence=_GIVEN_CONFIDENCE,
            match_string=getattr(label, given.kind),
            reason=f"the label set gives its {given.kind}",
            findings=findings,
        )
        return match, findings

    def _match_open(
        self,
        label_set: LabelSet,
        open_: list[_Open],
        settled: dict[int, LabelMatch],
        *,
        independent: bool,
    ) -> None:
        label_vectors, qualifier_vectors = self._label_vectors(open_)
        sure = [m.guesses[0].concept for m in settled.values() if m.relation == "exact"]
        context = self._context([] if independent else open_, sure)
        for k, item in enumerate(open_):
            vectors = self._compare(item, item.candidates, label_vectors, qualifier_vectors, k)
            self._rank_names(item, context, vectors)
        placed = [*sure, *(o.match.guesses[0].concept for o in open_ if o.match is not None)]
        rest = [k for k, o in enumerate(open_) if o.match is None]
        if not rest:
            return
        theme = None if independent else self._theme(label_set, placed, label_vectors)
        rest_labels = [open_[k].label for k in rest]
        rest_vectors = None if label_vectors is None else label_vectors[rest]
        neighbours = self._neighbours(
            rest_labels, rest_vectors, theme, context.lexname_share, independent=independent
        )
        heads = [self._heads(open_[k].label, theme) for k in rest]
        if self._vectors is not None:
            self._vectors.get(sorted({c.concept for found in heads for c in found}))
        for k, found, near in zip(rest, heads, neighbours, strict=True):
            item = open_[k]
            vectors = self._compare(item, found, label_vectors, qualifier_vectors, k, near)
            self._place_broader(item, found, context, vectors, near, theme)

    def _heads(self, label: Label, theme: int | None) -> tuple[Candidate, ...]:
        """Return what the head of a label's name may mean, within the set's theme."""
        heads = find_candidates(head_forms(label, self.lexicon), self.lexicon)
        if theme is None:
            return heads
        return tuple(c for c in heads if theme in self.lexicon.ancestors(c.concept))

    # -- vectors ---------------------------------------------------------------

    def _label_vectors(
        self, open_: Sequence[_Open]
    ) -> tuple[NDArray[np.float32] | None, NDArray[np.float32] | None]:
        """Return vectors of labels and of qualifiers; candidates are encoded on the way."""
        if self._vectors is None:
            return None, None
        embedder = self._vectors.embedder
        texts = [_with_description(o.label) for o in open_]
        extra: list[str] = []
        for item in open_:
            given = qualifiers(item.label)
            if given:
                item.qualifier_row = len(extra)
                extra.append(", ".join(fold(q) for q in given))
        vectors = embedder.vectors(texts + extra)
        self._vectors.get(sorted({c.concept for o in open_ for c in o.candidates}))
        return vectors[: len(texts)], vectors[len(texts) :]

    def _compare(
        self,
        item: _Open,
        candidates: Sequence[Candidate],
        labels: NDArray[np.float32] | None,
        extra: NDArray[np.float32] | None,
        k: int,
        neighbours: Near = _NO_NEIGHBOURS,
    ) -> LabelVectors | None:
        if self._vectors is None or labels is None or extra is None or not candidates:
            return None
        return LabelVectors(
            label=labels[k],
            qualifier=None if item.qualifier_row is None else extra[item.qualifier_row],
            candidates=self._vectors.get([c.concept for c in candidates]),
            neighbours=neighbours.votes,
        )

    # -- the set as a whole ------------------------------------------------------

    def _context(self, open_: Sequence[_Open], sure: Sequence[int]) -> SetContext:
        known = [*sure, *(o.candidates[0].concept for o in open_ if o.is_unambiguous)]
        shares = SetContext.shares([int(self.lexicon.lexname[i]) for i in known]) if open_ else {}
        centroid = None
        if self._vectors is not None and shares:
            mean = self._vectors.get(known).mean(axis=0)
            centroid = mean / max(float(np.linalg.norm(mean)), 1e-6)
        return SetContext(
            lexname_share=shares,
            centroid=centroid,
            given_sets=self.evidence.sets_at,
            given_names=frozenset(self.evidence.names_at),
        )

    def _theme(
        self, label_set: LabelSet, placed: Sequence[int], labels: NDArray[np.float32] | None
    ) -> int | None:
        found = themes.theme_of_placements(self.lexicon, placed)
        if found is not None and self.lexicon.depth[found] > 3:
            return found
        closeness = None
        if self._vectors is not None and labels is not None:
            words = set(fold(label_set.title).split())
            forms = {f for w in words for f in (w, w.removesuffix("s"))}
            uses = [u for f in sorted(forms) for u in self.lexicon.by_name.get(f, ())]
            self._vectors.get(sorted({u.concept for u in uses}))
            mean = labels.mean(axis=0)
            closeness = self._vectors.closeness(mean / max(float(np.linalg.norm(mean)), 1e-6))
        return themes.theme_of_title(self.lexicon, label_set, placed, closeness)

    def _neighbours(
        self,
        labels: Sequence[Label],
        vectors: NDArray[np.float32] | None,
        theme: int | None,
        lexname_share: Mapping[int, float],
        *,
        independent: bool,
    ) -> list[Near]:
        """Return the nearest concepts of labels, words that they share counted in."""
        if self._vectors is None or vectors is None:
            return [_NO_NEIGHBOURS] * len(labels)
        # Made anew for each set, since the evidence grows with every one before it.
        neighbourhood = self._all_neighbours(self._vectors)
        within = None
        if theme is not None:
            inside = [theme in self.lexicon.ancestors(i) for i in range(len(self.lexicon))]
            within = np.array(inside, dtype=bool)
        prior = neighbourhood.prior(self.lexicon, lexname_share)
        own = neighbourhood.nearest(vectors, within, prior)
        if independent:
            return own
        return with_shared_words([fold(label.name).split() for label in labels], own)

    def _all_neighbours(self, vectors: ConceptVectors) -> Neighbourhood:
        """Return the concepts that vote, and earlier sets' labels voting for where they lie."""
        pool = pool_of(self.lexicon, sorted(self.evidence.sets_at))
        rows = vectors.get(pool)
        if self.evidence.anchors:
            texts, places = zip(*self.evidence.anchors, strict=True)
            pool = np.concatenate([pool, np.array(places, dtype=np.int64)])
            rows = np.concatenate([rows, vectors.embedder.vectors(texts)])
        return Neighbourhood(pool, rows)

    # -- one label -----------------------------------------------------------------

    def _rank_names(self, item: _Open, context: SetContext, vectors: LabelVectors | None) -> None:
        """Set the match of a label whose own concept is among its candidates."""
        if not item.candidates:
            return
        table = candidate_features(
            self.lexicon, item.candidates, qualifiers(item.label), context, vectors
        )
        item.probabilities = self._name_ranker.probabilities(table)
        if item.probabilities[-1] > 0.5:
            return
        item.match = self._ranked_match(item, item.candidates, item.probabilities, vectors, "exact")

    def _ranked_match(
        self,
        item: _Open,
        candidates: Sequence[Candidate],
        probabilities: NDArray[np.float64],
        vectors: LabelVectors | None,
        relation: Literal["exact", "broader"],
    ) -> LabelMatch:
        order = np.lexsort((np.arange(len(candidates)), -probabilities[:-1]))
        best = candidates[int(order[0])]
        similarity = None
        if vectors is not None:
            similarity = round(float(vectors.candidates[int(order[0])] @ vectors.label), 3)
        kind = best.form.kind
        strategy: Strategy = "head" if kind >= FormKind.HEAD else "name"
        return LabelMatch(
            label=item.label,
            relation=relation,
            strategy=strategy,
            guesses=tuple(
                Guess(candidates[int(i)].concept, float(probabilities[int(i)]))
                for i in order[:_MOST_GUESSES]
            ),
            confidence=float(probabilities[int(order[0])]),
            match_string=best.form.text,
            similarity=similarity,
            reason=f"{kind.name.lower().replace('_', ' ')} {best.form.text!r}",
            findings=item.findings,
        )

    def _place_broader(
        self,
        item: _Open,
        heads: Sequence[Candidate],
        context: SetContext,
        vectors: LabelVectors | None,
        near: Near,
        theme: int | None,
    ) -> None:
        """Set the match of a label without a concept of its own: the best broader one."""
        if heads:
            given = qualifiers(item.label)
            table = candidate_features(self.lexicon, heads, given, context, vectors)
            probabilities = self._head_ranker.probabilities(table)
            item.match = self._ranked_match(item, heads, probabilities, vectors, "broader")
            if self._head_is_good(item.match, near):
                return
        item.match = (
            by_parent(item.label, self.lexicon, item.findings)
            or by_neighbours(item.label, self.lexicon, near, item.findings)
            or by_theme(item.label, theme, item.findings)
            or self._unmatched(item)
        )

    def _head_is_good(self, match: LabelMatch, near: Near) -> bool:
        """Return whether a head is likely by itself, or likely enough where neighbours agree."""
        confidence = match.confidence or 0.0
        if confidence >= _LEAST_HEAD:
            return True
        if confidence < _LEAST_AGREED_HEAD:
            return False
        head = match.guesses[0].concept
        under = sum(w for concept, w in near.votes if head in self.lexicon.ancestors(concept))
        return under >= _LEAST_UNDER_HEAD

    def _unmatched(self, item: _Open) -> LabelMatch:
        """Return the best guesses for review, asserting nothing."""
        previous = item.match
        if previous is None and item.candidates:
            previous = self._ranked_match(item, item.candidates, item.probabilities, None, "exact")
        return LabelMatch(
            label=item.label,
            relation=None,
            strategy="none",
            guesses=previous.guesses if previous else (),
            confidence=previous.confidence if previous else None,
            match_string=previous.match_string if previous else "",
            reason="no concept, head or neighbour fits well enough",
            findings=item.findings,
        )
