"""Match one label set: ids first, then names ranked together, then a broader place.

The order of the steps is the order of `SetMatcher.match`. A label ends with
one `LabelMatch`: an exact concept, a broader one, a reason to exclude it, or
the guesses that were not good enough.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsys.forks import map_forked
from labelsys.match import theme as themes
from labelsys.match.broader import Place, best_places, by_theme, step_down
from labelsys.match.candidates import exact_candidates, qualifiers
from labelsys.match.descent import Ground, Sights, ground_of
from labelsys.match.features import FEATURES, SetContext
from labelsys.match.label_text import encoded_text, is_latin
from labelsys.match.name_ends import NameEnds
from labelsys.match.names import Company, ListVectors, name_table
from labelsys.match.neighbours import NO_NEIGHBOURS, Near, Neighbourhood, PooledNear
from labelsys.match.open_label import OpenLabel
from labelsys.match.place_features import PlaceVectors, place_features
from labelsys.match.places import find_clues, find_places
from labelsys.match.rank import Ranker, load_ranker
from labelsys.match.settle import settle
from labelsys.match.vectors import to_unit
from labelsys.merge.top_classes import load_top_classes
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from labelsys.match.candidates import Candidate
    from labelsys.match.evidence import Evidence
    from labelsys.match.image_evidence import ImageEvidence
    from labelsys.match.lexicon import Lexicon
    from labelsys.match.result import LabelMatch
    from labelsys.match.tables import Keeper
    from labelsys.match.vectors import ConceptVectors
    from labelsys.model import Finding, Label, LabelSet

__all__ = ["SetMatcher"]

_GROUP = "wn30:00031264-n"
# Only labels matched with this confidence say what a set is about.
_SURE = 0.8
_SIMILARITY = list(FEATURES).index("similarity")
_IMAGE = list(FEATURES).index("image")
# Labels that are looked at at once: some 25,000 places, 100 MB.
_BLOCK = 512


class _Rankers(NamedTuple):
    """What a set is ranked by.

    Attributes:
        names: of what labels mean.
        places: of what they lie under.
        plain_names: the same for labels in a script that the encoder does not read.
        plain_places: the same.
        steps: of what lies right below that.
        plain_steps: the same.
        first: for the first look at names; needs no vectors.
    """

    names: Ranker
    places: Ranker
    plain_names: Ranker
    plain_places: Ranker
    steps: Ranker
    plain_steps: Ranker
    first: Ranker


class _Theme(NamedTuple):
    """What a set as a whole is about.

    Attributes:
        concept: what it is.
        under: bool by concept: which lie under it.
    """

    concept: int
    under: NDArray[np.bool_]


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
        taught_by: frozenset[str] = frozenset(),
        images: ImageEvidence | None = None,
        keeper: Keeper | None = None,
    ) -> None:
        """Take what all sets share.

        Args:
            lexicon: the concepts, hidden ones already taken out.
            evidence: see above.
            vectors: for similarities; None works from names alone.
            hidden: ids that were taken out on purpose, so that a label that gives
                one is no finding.
            rankers: for names and for places; the shipped ones by default.
            taught_by: label sets that the shipped ones may have learnt from; the
                set that is matched teaches them nothing.
            images: what images of classes say; None leaves that out.
            keeper: keeps what labels are ranked by; None keeps nothing.
        """
        self.lexicon = lexicon
        self.evidence = evidence
        self._vectors = vectors
        self._hidden = hidden
        self._keeper = keeper
        self._given = rankers
        self._taught_by = taught_by
        self._images = images
        self._rankers = self._rankers_for("")
        self._ends = NameEnds(lexicon)
        self._n_anchors = 0

    def _rankers_for(self, label_set: str) -> _Rankers:
        taught_by = self._taught_by - {label_set}

        def load(task: str, *, with_vectors: bool) -> Ranker:
            return load_ranker(task, with_vectors=with_vectors, taught_by=taught_by)

        with_vectors = self._vectors is not None
        tasks = ("names", "places")
        names, places = self._given or (load(task, with_vectors=with_vectors) for task in tasks)
        plain_names, plain_places = self._given or (
            load(task, with_vectors=False) for task in tasks
        )
        steps, plain_steps = (load("steps", with_vectors=w) for w in (with_vectors, False))
        first = load("names", with_vectors=False)
        return _Rankers(names, places, plain_names, plain_places, steps, plain_steps, first)

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
        self._rankers = self._rankers_for(label_set.id)
        settled: dict[int, LabelMatch] = {}
        unsettled: list[tuple[int, Label, tuple[Finding, ...]]] = []
        for i, label in enumerate(label_set.labels):
            done, findings = settle(label, self.lexicon, self._hidden, names_only=names_only)
            if done is not None:
                settled[i] = done
            else:
                unsettled.append((i, label, findings))
        candidates = self._candidates([label for _, label, _ in unsettled])
        open_ = [
            OpenLabel(label, i, findings, self._reads(label), own)
            for (i, label, findings), own in zip(unsettled, candidates, strict=True)
        ]
        if open_:
            self._match_open(label_set, open_, settled, independent=independent)
        settled.update({o.row: o.match for o in open_ if o.match is not None})
        return tuple(settled[i] for i in range(len(label_set.labels)))

    def _candidates(self, labels: Sequence[Label]) -> list[tuple[Candidate, ...]]:
        """Return the concepts that each label may mean."""

        def look(block: Sequence[Label]) -> list[tuple[Candidate, ...]]:
            return [exact_candidates(label, self.lexicon) for label in block]

        blocks = [labels[start : start + _BLOCK] for start in range(0, len(labels), _BLOCK)]
        return list(chain.from_iterable(map_forked(look, blocks)))

    def _match_open(
        self,
        label_set: LabelSet,
        open_: list[OpenLabel],
        settled: dict[int, LabelMatch],
        *,
        independent: bool,
    ) -> None:
        label_vectors = self._label_vectors(open_)
        sure = [m.guesses[0].concept for m in settled.values() if m.relation == "exact"]
        context = self._context([] if independent else open_, sure)
        named = [k for k, o in enumerate(open_) if o.candidates]
        vectors = None if label_vectors is None else label_vectors[named]
        company = None if independent else Company(first=self._rankers.first, settled=sure)
        context = self._rank_names([open_[k] for k in named], vectors, context, company)
        matched = [o.match for o in open_ if o.match is not None]
        placed = [*sure, *(m.guesses[0].concept for m in matched if (m.confidence or 0) >= _SURE)]
        read = [k for k, o in enumerate(open_) if o.is_read]
        about = label_vectors[read] if label_vectors is not None and read else None
        theme = None if independent else self._theme(label_set, placed, about)
        if theme is not None:
            self._keep_to(theme, open_)
        if all(o.match is not None for o in open_):
            return
        self._note_anchors()
        others = () if independent else placed
        ground = ground_of(self.lexicon, self.evidence.sets_at, others)
        for is_read in (True, False):
            rest = [k for k, o in enumerate(open_) if o.match is None and o.is_read == is_read]
            vectors = label_vectors[rest] if label_vectors is not None and is_read else None
            self._place_rest([open_[k] for k in rest], vectors, context, ground, theme, independent)

    def _keep_to(self, theme: int, open_: Sequence[OpenLabel]) -> None:
        """Take back names that mean what nothing of the theme can be (`Spitfire`, in aircraft).

        A theme as wide as the declared classes says too little: a list of
        artifacts has a plant and a person in it.
        """
        if self.lexicon.concepts[theme].id in load_top_classes().bits:
            return
        clash, whole = load_top_classes().clash, self._top_classes(theme)

        def fits(concept: int) -> bool:
            return clash(self._top_classes(concept), whole) is None

        for item in open_:
            if item.match is not None and not fits(item.match.guesses[0].concept):
                item.keep_to({c.concept for c in item.candidates if fits(c.concept)})

    def _top_classes(self, concept: int) -> int:
        """Return the declared classes above; but a group, such as a genus, is of what it names."""
        ids = (self.lexicon.concepts[above].id for above in self.lexicon.ancestors(concept))
        return load_top_classes().mask(id_ for id_ in ids if id_ != _GROUP)

    def _place_rest(
        self,
        items: Sequence[OpenLabel],
        vectors: NDArray[np.float32] | None,
        context: SetContext,
        ground: Ground,
        theme: int | None,
        independent: bool,
    ) -> None:
        """Set the matches of labels without concepts of their own: the best broader ones."""
        labels = [item.label for item in items]
        within = None if theme is None else _Theme(theme, self.lexicon.under(theme))
        neighbours = self._neighbours(
            labels,
            vectors,
            None if within is None else within.under,
            context.lexname_share,
            independent=independent,
        )

        def look(block: slice) -> list[Place]:
            rows = None if vectors is None else vectors[block]
            return self._places(items[block], neighbours.of(block), context, ground, rows, within)

        blocks = [slice(start, start + _BLOCK) for start in range(0, len(items), _BLOCK)]
        # What is kept for later has to be kept by this process.
        looked = map(look, blocks) if self._keeper is not None else map_forked(look, blocks)
        for item, place in zip(items, chain.from_iterable(looked), strict=True):
            item.match = item.placed_match(place) if place.is_found else item.unmatched(place)

    def _places(
        self,
        items: Sequence[OpenLabel],
        neighbours: Sequence[Near],
        context: SetContext,
        ground: Ground,
        labels: NDArray[np.float32] | None,
        theme: _Theme | None,
    ) -> list[Place]:
        """Return where labels lie; those of one block say nothing of each other."""
        clues = [
            find_clues(item.label, self.lexicon, near)
            for item, near in zip(items, neighbours, strict=True)
        ]
        within = None if theme is None else theme.under
        found = find_places(self.lexicon, clues, self._ends, within)
        vectors = None
        if self._vectors is not None and labels is not None:
            expected = self._vectors.expect_parents(labels)
            vectors = PlaceVectors(labels, expected, self._vectors.get(found.concepts))
        table = place_features(self.lexicon, clues, found, context, vectors)
        ranker = self._rankers.plain_places if vectors is None else self._rankers.places
        if self._keeper is not None:
            self._keeper.keep_places([o.row for o in items], ranker, found, table)
        chances = ranker.probabilities_of(table, found.labels, len(items))
        places = best_places(self.lexicon, clues, found, chances)
        if theme is not None:
            # All of the set are of the theme: a place that is unlikely says less.
            places = [one if one.is_likely else by_theme(theme.concept) for one in places]
        steps = self._rankers.plain_steps if vectors is None else self._rankers.steps
        sights = Sights(clues, found, chances)
        if vectors is not None:
            sights = Sights(clues, found, chances, self._vectors, vectors.labels, vectors.expected)
        return step_down(places, self.lexicon, sights, ground, steps)

    def _reads(self, label: Label) -> bool:
        """Return whether the encoder, if there is one, reads the script of a name."""
        latin_only = self._vectors is not None and self._vectors.embedder.spec.reads_latin_only
        return not latin_only or is_latin(label.name)

    def _note_anchors(self) -> None:
        """Count in where labels of earlier sets lie that no concept stands for."""
        for text, concept in self.evidence.anchors[self._n_anchors :]:
            self._ends.add(fold(text), concept)
        self._n_anchors = len(self.evidence.anchors)

    # -- vectors ---------------------------------------------------------------

    def _label_vectors(self, open_: Sequence[OpenLabel]) -> NDArray[np.float32] | None:
        """Return vectors of labels; candidates are encoded on the way."""
        if self._vectors is None:
            return None
        vectors = self._vectors.embedder.vectors([encoded_text(o.label) for o in open_])
        self._vectors.get(sorted({c.concept for o in open_ for c in o.candidates}))
        return vectors

    def _qualifier_vectors(self, items: Sequence[OpenLabel]) -> NDArray[np.float32]:
        assert self._vectors is not None
        embedder = self._vectors.embedder
        given = [", ".join(map(fold, qualifiers(item.label))) for item in items]
        rows = [row for row, text in enumerate(given) if text]
        vectors = np.zeros((len(items), embedder.spec.dim), dtype=np.float32)
        vectors[rows] = embedder.vectors([given[row] for row in rows])
        return vectors

    # -- the set as a whole ------------------------------------------------------

    def _context(self, open_: Sequence[OpenLabel], sure: Sequence[int]) -> SetContext:
        known = [*sure, *(o.candidates[0].concept for o in open_ if o.is_unambiguous)]
        shares = SetContext.shares(self.lexicon.lexname[known]) if open_ else {}
        centroid = None
        if self._vectors is not None and shares:
            centroid = to_unit(self._vectors.get(known).mean(axis=0))
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
            closeness = self._vectors.closeness(to_unit(labels.mean(axis=0)))
        return themes.theme_of_title(self.lexicon, label_set, placed, closeness)

    def _neighbours(
        self,
        labels: Sequence[Label],
        vectors: NDArray[np.float32] | None,
        within: NDArray[np.bool_] | None,
        lexname_share: Mapping[int, float],
        *,
        independent: bool,
    ) -> PooledNear:
        """Return the nearest concepts of labels, words that they share counted in."""
        if self._vectors is None or vectors is None:
            return PooledNear([NO_NEIGHBOURS] * len(labels))
        # Made anew for each set, since the evidence grows with every one before it.
        neighbourhood = Neighbourhood.of(self.lexicon, self.evidence, self._vectors)
        prior = neighbourhood.prior(self.lexicon, lexname_share)
        own = neighbourhood.nearest(vectors, within, prior)
        if independent:
            return PooledNear(own)
        return PooledNear(own, [fold(label.name).split() for label in labels])

    # -- one label -----------------------------------------------------------------

    def _rank_names(
        self,
        items: Sequence[OpenLabel],
        labels: NDArray[np.float32] | None,
        context: SetContext,
        company: Company | None,
    ) -> SetContext:
        """Set the matches of labels whose own concepts are among their candidates.

        Returns:
            What the list says as a whole, at second sight.
        """
        is_read = np.array([item.is_read for item in items], dtype=bool)
        vectors = None
        if self._vectors is not None and labels is not None:
            vectors = ListVectors(
                concepts=self._vectors,
                labels=labels,
                qualifiers=self._qualifier_vectors(items),
                is_read=is_read,
            )
        table = name_table(
            self.lexicon, [i.ask(self.lexicon) for i in items], context, company, vectors
        )
        if self._images is not None:
            labels_of = [item.label for item in items]
            added = self._images.column(labels_of, table.concepts, table.owners)
            table.features[:, _IMAGE] = added
        by_vectors, plain = (
            ranker.probabilities_of(table.features, table.owners, len(items))
            for ranker in (self._rankers.names, self._rankers.plain_names)
        )
        chances = np.where(is_read[table.owners], by_vectors, plain)
        for number, item in enumerate(items):
            rows = table.of(number)
            if self._keeper is not None:
                ranker = self._rankers.names if item.is_read else self._rankers.plain_names
                concepts = [c.concept for c in item.candidates]
                self._keeper.keep_names(item.row, ranker, concepts, table.features[rows].copy())
            item.chances = chances[rows]
            if vectors is not None and item.is_read:
                item.similarity = table.features[rows, _SIMILARITY]
            if item.is_named:
                item.match = item.ranked_match()
        return table.context
