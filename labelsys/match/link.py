"""Link a list of names to a built system: what `labelsys link` does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from labelsys.cache import VectorCache
from labelsys.config import built_settings
from labelsys.ids import Curie, wnid
from labelsys.match.embed import Embedder, MemoryVectors, find_encoder
from labelsys.match.evidence import Evidence
from labelsys.match.image_evidence import ImageEvidence, Standing
from labelsys.match.label_set import SetMatcher
from labelsys.match.label_text import label_text
from labelsys.match.lexicon import Lexicon
from labelsys.match.rank import TEACHERS
from labelsys.match.readings import readings
from labelsys.match.vectors import ConceptVectors
from labelsys.model import Concept, Label, LabelSet, MappingStatus, Name
from labelsys.progress import Progress, SilentProgress
from labelsys.source.combine import Base, take_out
from labelsys.text import fold, split_qualifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from labelsys.match.image_evidence import ImageVectors
    from labelsys.match.rank import Ranker
    from labelsys.match.result import LabelMatch
    from labelsys.match.tables import Keeper
    from labelsys.store.protocol import GraphStore

__all__ = ["LinkCandidate", "LinkRow", "Linker", "open_linker", "sets_being_linked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCandidate:
    """A concept that was considered.

    Attributes:
        id: the concept.
        wnid: its wnid, or None.
        score: the ranker's probability, four decimals; 0 for what it did not rank.
    """

    id: Curie
    wnid: str | None
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """Where one name of a list belongs.

    Attributes:
        label_id: as in the list; the line number for a list of names.
        name: as in the list.
        object_id: the concept (exactMatch), the broader one (broadMatch), or None.
        wnid: of the object, or None.
        predicate_id: `skos:exactMatch`, `skos:broadMatch`, or None.
        confidence: in [0, 1], or None without an object.
        status: `accepted` or `review`.
        candidates: what was considered, best first; then, with a score of 0, what
            was not ranked: see `labelsys.match.readings`.
    """

    label_id: str
    name: str
    object_id: Curie | None
    wnid: str | None
    predicate_id: str | None
    confidence: float | None
    status: MappingStatus
    candidates: tuple[LinkCandidate, ...]

    @property
    def ranked(self) -> tuple[LinkCandidate, ...]:
        """The candidates that have a chance."""
        return tuple(candidate for candidate in self.candidates if candidate.score > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linker:
    """A built system that is ready to link one list.

    Attributes:
        label_set: the list.
        lexicon: the concepts, but for hidden ones and those that only the list has.
        evidence: what other label sets say.
        vectors: for similarities, or None.
        hidden: ids that were taken out.
        accept: the confidence from which the system accepts a link.
        left_out: the label sets in the system that the list is.
        taught_by: those of `TEACHERS` in the system that the list is not.
        images: what images of classes say, or None.
    """

    label_set: LabelSet
    lexicon: Lexicon
    evidence: Evidence
    vectors: ConceptVectors | None
    hidden: frozenset[str]
    accept: float
    left_out: frozenset[str]
    taught_by: frozenset[str]
    images: ImageEvidence | None = None

    def matcher(
        self, rankers: tuple[Ranker, Ranker] | None = None, keeper: Keeper | None = None
    ) -> SetMatcher:
        """Return a matcher; its rankers for names and for places are the shipped ones, or these."""
        return SetMatcher(
            self.lexicon,
            self.evidence,
            self.vectors,
            hidden=self.hidden,
            rankers=rankers,
            taught_by=self.taught_by,
            images=self.images,
            keeper=keeper,
        )

    def link(self, *, names_only: bool = False, independent: bool = False) -> tuple[LinkRow, ...]:
        """Return one row a name, in order, by the shipped rankers.

        Args:
            names_only: ids given in the list are not read.
            independent: the names say nothing of each other.
        """
        matcher = self.matcher()
        return self.rows(
            matcher.match(self.label_set, names_only=names_only, independent=independent)
        )

    def rows(self, matches: Iterable[LabelMatch]) -> tuple[LinkRow, ...]:
        """Return matches as rows, in order."""
        return tuple(_row(match, self.lexicon, self.accept) for match in matches)


def open_linker(
    reader: GraphStore,
    labels: Sequence[Label],
    *,
    label_set: str | None = None,
    hide: Collection[Curie] = (),
    encoder: str = "auto",
    images: ImageVectors | None = None,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> Linker:
    """Make a built system ready to link a list.

    Nothing that the system knows from the linked list itself is used: neither
    its given ids nor concepts that only it has.

    Args:
        reader: the system.
        labels: the list; its order is kept.
        label_set: the set in the system that the list is; None looks for sets
            that share half of the list's (label_id, name) rows.
        hide: concepts to take out first.
        encoder: see `find_encoder`.
        images: image vectors of labels, of the list and of sets in the system.
        cache: folder that keeps sentence vectors; None keeps none.
        progress: told how far it is.

    Returns:
        What links the list. A hundred thousand small values that stay to the
        end: who links large lists pauses the collector.

    Raises:
        NotFoundError: the system has no such label set.
    """
    if label_set is not None:
        reader.get_label_set(label_set)
    label_sets = tuple(reader.iter_label_sets())
    left_out = {label_set} if label_set is not None else sets_being_linked(label_sets, labels)
    others = [known for known in label_sets if known.id not in left_out]
    base = take_out(_base_of(reader, others, is_all=not left_out), hide)
    lexicon = Lexicon(base.concepts, base.edges)
    evidence = Evidence()
    for known in others:
        evidence.add(known.labels, lexicon)
        _add_anchors(evidence, reader, known, lexicon)
    accept = built_settings(reader.get_meta()).accept
    seen = None
    if images is not None:
        seen = ImageEvidence.learn(images, _standing(reader, others, lexicon, accept))
    return Linker(
        # A list has no title, and no id that could be taken for one.
        label_set=LabelSet(id=label_set or "", labels=tuple(labels)),
        lexicon=lexicon,
        evidence=evidence,
        vectors=_vectors(lexicon, encoder, cache, progress),
        hidden=base.hidden,
        accept=accept,
        left_out=frozenset(left_out),
        taught_by=frozenset(
            k.id for k in others if k.id in TEACHERS and not _holds_half_of(labels, k)
        ),
        images=seen,
    )


def _standing(
    reader: GraphStore, label_sets: Iterable[LabelSet], lexicon: Lexicon, accept: float
) -> Iterator[Standing]:
    """Yield where classes stand for sure."""
    for known in label_sets:
        for place in reader.iter_placements(known.id):
            concept = None if place.concept_id is None else lexicon.index.get(place.concept_id)
            is_sure = place.kind == "exact" and (place.confidence or 0.0) >= accept
            if is_sure and concept is not None:
                yield Standing(known.id, str(place.label_id), concept)


def _holds_half_of(labels: Iterable[Label], known: LabelSet) -> bool:
    """Return whether a list has half of the names of a set, whatever their ids."""
    names = {fold(label.name) for label in known.labels}
    return 2 * len(names & {fold(label.name) for label in labels}) >= len(names)


def _add_anchors(evidence: Evidence, reader: GraphStore, known: LabelSet, lexicon: Lexicon) -> None:
    for label, place in zip(known.labels, reader.iter_placements(known.id), strict=True):
        concept = None if place.broader_id is None else lexicon.index.get(place.broader_id)
        if place.kind == "broader" and concept is not None:
            evidence.anchor(label_text(label), concept, place.confidence or 0.0, lexicon)


def sets_being_linked(label_sets: Iterable[LabelSet], labels: Sequence[Label]) -> set[str]:
    """Return those label sets that share half of a list's (label_id, name) rows."""
    wanted = {(label.label_id, label.name) for label in labels}
    found = set()
    for known in label_sets:
        shared = sum((label.label_id, label.name) in wanted for label in known.labels)
        if wanted and 2 * shared >= len(wanted):
            found.add(known.id)
    return found


def _base_of(reader: GraphStore, label_sets: Sequence[LabelSet], *, is_all: bool) -> Base:
    """Return the system's concepts and edges but for what only other label sets brought."""
    names: dict[Curie, list[str]] | None = None
    if not is_all:
        names = {}
        for known in label_sets:
            labels = zip(known.labels, reader.iter_placements(known.id), strict=True)
            for label, place in labels:
                if place.concept_id is not None and place.concept_id.prefix == "ls":
                    own = (label.name, split_qualifier(label.name)[0], *label.synonyms)
                    names.setdefault(place.concept_id, []).extend(own)
    concepts = tuple(_without_names_of_others(reader.iter_concepts(), names))
    kept = {concept.id for concept in concepts}
    edges = tuple(e for e in reader.iter_edges() if e.narrower in kept and e.broader in kept)
    return Base(concepts=concepts, edges=edges, mappings=(), findings=())


def _without_names_of_others(
    concepts: Iterable[Concept], names: dict[Curie, list[str]] | None
) -> Iterable[Concept]:
    for concept in concepts:
        if names is None or concept.source != "labelset":
            yield concept
        elif concept.id in names:
            folded = {fold(text) for text in names[concept.id]}
            kept: tuple[Name, ...] = tuple(n for n in concept.names if fold(n.text) in folded)
            yield replace(concept, names=kept)


def _vectors(
    lexicon: Lexicon, encoder: str, cache: Path | None, progress: Progress | None
) -> ConceptVectors | None:
    spec = find_encoder(encoder)
    if spec is None:
        return None
    store = MemoryVectors(spec.dim) if cache is None else VectorCache(cache, spec.key, spec.dim)
    return ConceptVectors(lexicon, Embedder(spec, store, progress or SilentProgress()))


def _row(match: LabelMatch, lexicon: Lexicon, accept: float) -> LinkRow:
    scores = {guess.concept: guess.score for guess in match.guesses}
    for concept in readings(match, lexicon):
        scores.setdefault(concept, 0.0)
    ids = {concept: lexicon.concepts[concept].id for concept in scores}
    candidates = tuple(
        LinkCandidate(id=ids[concept], wnid=wnid(ids[concept]), score=score)
        for concept, score in scores.items()
    )
    best = candidates[0] if match.relation is not None else None
    confidence = match.confidence if best is not None else None
    predicates = {"exact": "skos:exactMatch", "broader": "skos:broadMatch"}
    sure = match.strategy == "excluded" or (confidence is not None and confidence >= accept)
    return LinkRow(
        label_id=match.label.label_id,
        name=match.label.name,
        object_id=best.id if best else None,
        wnid=best.wnid if best else None,
        predicate_id=predicates.get(match.relation or ""),
        confidence=confidence,
        status="accepted" if sure else "review",
        candidates=candidates,
    )
