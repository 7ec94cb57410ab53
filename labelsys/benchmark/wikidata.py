"""The benchmark of item links: which synset an item of Wikidata is, with its identifiers hidden.

Gold are the items that P8814 links; an item with several synsets is any of
them. Items are dealt into folds so that those that share a synset or a label
are in one; each is answered by a ranker that was fitted to the other folds, and
no ranker sees an identifier of any item. Only the precision of strategies by
identifiers reads those, and compares them with P8814.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.benchmark.metrics import CurvePoint, Share, precision_at_coverage, share
from labelsys.cache import VectorCache
from labelsys.errors import SourceError
from labelsys.labelset.bundled import read_bundled
from labelsys.match.embed import Embedder, find_encoder
from labelsys.match.forms import FormKind
from labelsys.match.lexicon import Lexicon
from labelsys.progress import SilentProgress
from labelsys.rows import Rows
from labelsys.source.wikidata.facts import read_facts
from labelsys.source.wikidata.heal import heal
from labelsys.source.wikidata.languages import ENGLISH
from labelsys.source.wikidata.linking.classes import ACCEPT
from labelsys.source.wikidata.linking.identifiers import (
    LABEL_STRATEGIES,
    STRATEGIES,
    SynsetKeys,
    iter_given,
    labels_of_items,
    right_synsets,
)
from labelsys.source.wikidata.linking.names import english_names
from labelsys.source.wikidata.linking.train import (
    FOLDS,
    TARGET,
    add_vectors,
    fit_model,
    held_out,
    make_lesson,
)
from labelsys.source.wikidata.properties import LINK_PROPERTY
from labelsys.source.wordnet import WordNetSource
from labelsys.source.wordnet_files import cache_folder
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from labelsys.progress import Progress
    from labelsys.source.wikidata.facts import Facts, Item
    from labelsys.source.wikidata.linking.exact import Answer
    from labelsys.source.wikidata.linking.identifiers import LabelStrategy, Strategy
    from labelsys.source.wikidata.linking.train import Lesson

__all__ = ["ItemAccuracy", "ItemLinkReport", "RankerScore", "StrategyScore", "bench_wikidata"]

SHARING: Final = "share a name with their synset"
RECORDED: Final = "have a description or a further claim"
ALL: Final = "all linked items"
GROUPS: Final = (SHARING, RECORDED, ALL)
_KINDS: Final = {
    FormKind.NAME: "as it is",
    FormKind.INFLECTED: "as a singular",
    FormKind.SINGULAR_TOO: "as a singular",
    FormKind.SPACING: "with other spaces",
    FormKind.SPELLING: "with one letter changed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAccuracy:
    """How often the first answer is right, accepted or not.

    Attributes:
        system: what answers.
        group: of which items.
        right: of how many.
    """

    system: str
    group: str
    right: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class RankerScore:
    """What the confidences of one ranker are worth.

    Attributes:
        system: its name.
        confidence: from which on answers are accepted, as the build has it;
            None where each fold's threshold was chosen on the others.
        accepted: answers as sure as that, of all linked items.
        precision: of those, right.
        curve: precision of the surest parts of all linked items.
        found_by: how the accepted ones were found -> how many were right.
    """

    system: str
    confidence: float | None
    accepted: Share
    precision: Share
    curve: tuple[CurvePoint, ...]
    found_by: Mapping[str, Share]


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyScore:
    """One strategy by identifiers.

    Attributes:
        strategy: its name.
        pid: the property.
        claims: of it in the pull.
        linked: items, or labels, that it links.
        precision: of its links to items that P8814 links as well, right; None
            where that was not measured.
        left_out: why not.
    """

    strategy: str
    pid: str
    claims: int
    linked: int
    precision: Share | None = None
    left_out: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLinkReport:
    """The report.

    Attributes:
        pull: its folder.
        version: of the pull.
        items: that P8814 links to a synset.
        folds: that they were dealt into.
        target: precision that thresholds were chosen for.
        encoder: of sentences, or `none`.
        accuracy: a row a system and group.
        rankers: what confidences are worth.
        strategies: by identifiers.
    """

    pull: str
    version: str
    items: int
    folds: int
    target: float
    encoder: str
    accuracy: Rows[ItemAccuracy]
    rankers: Rows[RankerScore]
    strategies: Rows[StrategyScore]


class _Gold(NamedTuple):
    """Linked items, and which group each is in."""

    items: tuple[Item, ...]
    right: Mapping[str, frozenset[int]]
    groups: Mapping[str, frozenset[str]]

    def accuracy(self, system: str, answers: Mapping[str, int]) -> Iterable[ItemAccuracy]:
        """Yield how often answers are right, by group.

        Args:
            system: what answered.
            answers: QID -> synset, index in the lexicon.
        """
        good = {qid for qid, synset in answers.items() if synset in self.right.get(qid, ())}
        for group in GROUPS:
            members = self.groups[group]
            right = share(len(good & members), len(members))
            yield ItemAccuracy(system=system, group=group, right=right)


def bench_wikidata(
    folder: Path,
    *,
    wordnet: Path | None = None,
    folds: int = FOLDS,
    target: float = TARGET,
    encoder: str = "none",
    progress: Progress | None = None,
) -> ItemLinkReport:
    """Measure how well items of a pull are linked to WordNet without their identifiers.

    Args:
        folder: of the pull.
        wordnet: folder with WordNet's files; None looks in the usual places.
        folds: that items are dealt into, three or more.
        target: share of accepted links that are to be right.
        encoder: `none`, `auto` or a name: measure as well what a sentence
            encoder adds.
        progress: told how far it is.

    Returns:
        The report.

    Raises:
        SourceError: the pull or WordNet is missing or damaged, or no item has P8814.
    """
    told = progress or SilentProgress()
    told.start("read")
    facts = heal(read_facts(folder, (ENGLISH,)))
    if not any(item.values(LINK_PROPERTY) for item in facts.items.values()):
        msg = f"no item has {LINK_PROPERTY}: nothing to measure"
        raise SourceError(msg, path=folder)
    base = WordNetSource(folder=wordnet).load(None, SilentProgress())
    lexicon = Lexicon(base.concepts, base.edges)
    lesson = make_lesson(facts, lexicon, folds)
    told.done(f"{len(facts.items):,} items, {len(lesson.in_folds(range(folds))):,} to answer")
    gold = _gold(facts, lesson)
    accuracy = [
        row
        for system, answer in (("first sense", _first_sense), ("label, then aliases", _first_name))
        for row in gold.accuracy(system, _look_up(gold.items, lexicon, answer))
    ]
    rankers = []
    tries: list[tuple[str, Lesson, float | None]] = [
        ("ranked", lesson, None),
        ("ranked, as shipped", lesson, ACCEPT),
    ]
    embedder = _embedder(encoder, told)
    if embedder is not None:
        tries.append(("ranked, with vectors", add_vectors(lesson, embedder), None))
    for system, taught, least in tries:
        told.start(f"fit {system}", folds)
        answers, accepted = _cross_validate(taught, folds, target, least, told)
        told.done(f"{sum(accepted.values()):,} accepted")
        meant = {answer.item.qid: answer.found.concept for answer in answers}
        accuracy += gold.accuracy(system, meant)
        rankers.append(_score(system, least, gold, answers, accepted))
    return ItemLinkReport(
        pull=str(folder),
        version=facts.version,
        items=len(gold.items),
        folds=folds,
        target=target,
        encoder="none" if embedder is None else embedder.spec.name,
        accuracy=Rows(accuracy, ItemAccuracy),
        rankers=Rows(rankers, RankerScore),
        strategies=Rows(_strategies(facts, gold, lexicon), StrategyScore),
    )


def _embedder(encoder: str, progress: Progress) -> Embedder | None:
    spec = find_encoder(encoder)
    if spec is None:
        return None
    return Embedder(spec, VectorCache(cache_folder(), spec.key, spec.dim), progress)


def _gold(facts: Facts, lesson: Lesson) -> _Gold:
    right = right_synsets(facts.items.values(), lesson.lexicon)
    items = tuple(facts.items[qid] for qid in right)
    sharing = {
        item.qid for n, (item, _) in enumerate(lesson.candidates.asked) if lesson.shares_name(n)
    }
    pid = STRATEGIES[0].pid
    recorded = (i.qid for i in items if i.description or any(c.pid != pid for c in i.claims))
    groups = (frozenset(sharing), frozenset(recorded), frozenset(right))
    return _Gold(items, right, dict(zip(GROUPS, groups, strict=True)))


def _cross_validate(
    lesson: Lesson, folds: int, target: float, least: float | None, progress: Progress
) -> tuple[list[Answer], dict[str, bool]]:
    """Return answers about all linked items, and QID -> whether it is accepted.

    Args:
        lesson: what there is to learn.
        folds: of it.
        target: precision that each fold's threshold is chosen for.
        least: a threshold that was chosen before, for a ranker that has learnt
            what it looks like when no candidate is right; or None.
        progress: told of each fold.
    """
    answers: list[Answer] = []
    accepted: dict[str, bool] = {}
    for out in range(folds):
        others = set(range(folds)) - {out}
        model = fit_model(lesson, others, target, without=least is not None)
        threshold = model.accept if least is None else least
        for _, answer in held_out(lesson, model, out):
            answers.append(answer)
            accepted[answer.item.qid] = answer.confidence >= threshold
        progress.advance()
    return answers, accepted


def _score(
    system: str,
    least: float | None,
    gold: _Gold,
    answers: Sequence[Answer],
    accepted: Mapping[str, bool],
) -> RankerScore:
    is_right = {a.item.qid: a.found.concept in gold.right[a.item.qid] for a in answers}
    confidence = {a.item.qid: a.confidence for a in answers}
    taken = [a for a in answers if accepted[a.item.qid]]
    found_by: dict[str, list[bool]] = defaultdict(list)
    for answer in taken:
        name = "label" if answer.found.is_label else "alias"
        found_by[f"{name} {_KINDS[answer.found.kind]}"].append(is_right[answer.item.qid])
    qids = [item.qid for item in gold.items]
    return RankerScore(
        system=system,
        confidence=least,
        accepted=share(len(taken), len(qids)),
        precision=share(sum(is_right[a.item.qid] for a in taken), len(taken)),
        curve=precision_at_coverage(
            [confidence.get(qid) for qid in qids], [is_right.get(qid, False) for qid in qids]
        ),
        found_by={how: share(sum(each), len(each)) for how, each in sorted(found_by.items())},
    )


# -- baselines: nothing here is shared with the ranker but the fold of names and the senses ------


def _look_up(
    items: Iterable[Item], lexicon: Lexicon, answer: Callable[[Item, Lexicon], int | None]
) -> dict[str, int]:
    found = ((item.qid, answer(item, lexicon)) for item in items)
    return {qid: concept for qid, concept in found if concept is not None}


def _first_sense(item: Item, lexicon: Lexicon) -> int | None:
    """Return the first sense of the item's label."""
    return _sense_of(item.label, lexicon)


def _first_name(item: Item, lexicon: Lexicon) -> int | None:
    """Return the first sense of the first name that has one, the label before aliases."""
    senses = (_sense_of(name, lexicon) for name in english_names(item))
    return next((sense for sense in senses if sense is not None), None)


def _sense_of(name: str, lexicon: Lexicon) -> int | None:
    senses = []
    for use in lexicon.by_name.get(fold(name), ()):
        sense = lexicon.concepts[use.concept].names[use.position].sense
        if sense is not None:
            senses.append((sense.number, -sense.count, use.concept))
    return min(senses)[2] if senses else None


# -- identifiers ---------------------------------------------------------------------------------


def _strategies(facts: Facts, gold: _Gold, lexicon: Lexicon) -> Iterable[StrategyScore]:
    claims = Counter(claim.pid for item in facts.items.values() for claim in item.claims)
    keys = SynsetKeys(lexicon.concepts)
    for strategy in STRATEGIES:
        yield _by_identifier(strategy, claims[strategy.pid], facts, gold, keys, lexicon)
    for of_labels in LABEL_STRATEGIES:
        yield _by_label_id(of_labels, claims[of_labels.pid], facts)


def _by_identifier(
    strategy: Strategy,
    claims: int,
    facts: Facts,
    gold: _Gold,
    keys: SynsetKeys,
    lexicon: Lexicon,
) -> StrategyScore:
    linked: list[tuple[str, int]] = []
    for item in facts.items.values():
        given = (g for g in iter_given(item, keys) if g.strategy is strategy and g.is_sure)
        synset = next((g.synsets[0] for g in given if g.synsets), None)
        if synset is not None:
            linked.append((item.qid, lexicon.index[synset.id]))
    known = [synset in gold.right[qid] for qid, synset in linked if qid in gold.right]
    if strategy is STRATEGIES[0]:
        precision, reason = None, "it is what the others are measured by"
    elif not known:
        precision, reason = None, _unmeasured(strategy.pid, claims)
    else:
        precision, reason = share(sum(known), len(known)), ""
    return StrategyScore(
        strategy=strategy.name,
        pid=strategy.pid,
        claims=claims,
        linked=len(linked),
        precision=precision,
        left_out=reason,
    )


def _unmeasured(pid: str, claims: int) -> str:
    if not claims:
        return f"the pull has no {pid}"
    return f"no item with {pid} is linked by P8814 as well"


def _by_label_id(strategy: LabelStrategy, claims: int, facts: Facts) -> StrategyScore:
    items = facts.items.values()
    linked = sum(
        len(
            labels_of_items(items, strategy, [label.label_id for label in read_bundled(id_).labels])
        )
        for id_ in strategy.label_sets
    )
    reason = "nothing says which synset such a label is"
    return StrategyScore(
        strategy=strategy.name,
        pid=strategy.pid,
        claims=claims,
        linked=linked,
        left_out=reason if claims else _unmeasured(strategy.pid, claims),
    )
