"""The benchmark of links: gold files in, one report each out, with baselines and peers."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from labelsys.benchmark.baselines import LOOKUPS, SenseTable, answer_by_embedding, plain_name
from labelsys.benchmark.fold_plan import FoldPlan, check_plan
from labelsys.benchmark.folds import FoldReport, LinkOptions, bench_folds
from labelsys.benchmark.gold import CONTEXT_COLUMNS, read_golds, resolve_gold
from labelsys.benchmark.peers import check_peers, peer_terms, run_peer
from labelsys.benchmark.score import LinkReport, SystemScore, score_answers, score_links
from labelsys.errors import ConfigError
from labelsys.linking import link_labels
from labelsys.match.embed import find_encoder
from labelsys.progress import SilentProgress
from labelsys.rows import Rows
from labelsys.workspace import find_cache

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from labelsys.benchmark.gold import ResolvedGold
    from labelsys.match.link import LinkRow
    from labelsys.progress import Progress
    from labelsys.store.protocol import GraphStore

__all__ = ["bench_link"]

EMBEDDING = "embedding alone"
_NO_SET = "input"


class _Linked(NamedTuple):
    """The links of one gold file, and what they took."""

    rows: Rows[LinkRow]
    seconds: float


class _Folded(NamedTuple):
    """The figures of one gold file in folds."""

    report: FoldReport
    system: SystemScore


def bench_link(
    reader: GraphStore,
    golds: Sequence[Path],
    *,
    gold_column: str | None = None,
    label_sets: Sequence[str] = (),
    use: Collection[str] = (),
    independent: bool = False,
    encoder: str = "auto",
    image_vectors: Path | None = None,
    peers: Sequence[str] = (),
    peer_python: Path | None = None,
    folds: FoldPlan | None = None,
    progress: Progress | None = None,
) -> Rows[LinkReport]:
    """Measure how well names are linked, beside baselines and other tools.

    The names of a file are linked together as one label set, by their names
    alone; the answers are not read before. Nothing is changed.

    Args:
        reader: a store.
        golds: gold files; see `labelsys.benchmark.gold`.
        gold_column: where the answers are, in those files that have it.
        label_sets: the label set in the store that each file is of, in their
            order; it gives no evidence then. Empty: sets that share half of
            a file's rows are found.
        use: what the names come with beside: `parent`, `synonyms`, `description`.
        independent: link each name without regard to the others.
        encoder: `auto`, `none` or a name.
        image_vectors: see `labelsys.match.image_evidence.read_image_vectors`.
        peers: other tools to run: `gilda`, `text2term`, `oak`.
        peer_python: the interpreter that has them; None is this one.
        folds: measure as well what a ranker is worth that has learnt from the
            other rows of a file; see `labelsys.benchmark.folds`.
        progress: told how far it is.

    Returns:
        One report a file, in order. A baseline or peer that can't run stands
        there with the reason.

    Raises:
        ConfigError: an argument is wrong.
        SourceError: a gold file is wrong; the message has the line.
        NotFoundError: the store has no such label set.
    """
    _check(golds, label_sets, use)
    if folds is not None:
        check_plan(folds, golds)
    check_peers(peers, peer_python)
    told = progress or SilentProgress()
    paths = (*golds, *(folds.fit_also if folds is not None else ()))
    read = [resolve_gold(reader, gold) for gold in read_golds(paths, column=gold_column)]
    resolved, also = read[: len(golds)], read[len(golds) :]
    names = label_sets or (None,) * len(golds)
    used = tuple(column for column in CONTEXT_COLUMNS if column in use)
    options = LinkOptions(used, independent, encoder, image_vectors)
    links = []
    for gold, label_set in zip(resolved, names, strict=True):
        told.start(f"link {gold.gold.name}")
        links.append(_link(reader, gold, label_set, options, told))
        told.done(f"{len(gold.linked):,} names")
    lookups = [_look_up(reader, gold) for gold in resolved]
    embedded = _embed(reader, resolved, encoder, told)
    others = [_run_peers(peer, reader, resolved, peer_python, told) for peer in peers]
    folded: list[_Folded | None] = [None] * len(golds)
    if folds is not None:
        folded = [
            _fold(reader, gold, also, folds, options, label_set, told)
            for gold, label_set in zip(resolved, names, strict=True)
        ]
    spec = find_encoder(encoder)
    graph = reader.get_meta().get("hash", "")
    columns = zip(resolved, links, folded, lookups, embedded, *others, strict=True)
    reports = (
        LinkReport(
            gold=gold.gold.name,
            path=gold.gold.path,
            graph=graph,
            encoder="none" if spec is None else spec.name,
            label_set=label_set,
            independent=independent,
            use=used,
            read=len(gold.gold.rows),
            linked=len(gold.linked),
            scored=len(gold.scored(gold.linked)),
            skipped=gold.reasons,
            skipped_rows=gold.skipped,
            score=score_links(reader, gold, linked.rows),
            systems=(
                _ours(gold, linked),
                *((held.system,) if held is not None else ()),
                *looked_up,
                *rest,
            ),
            folds=held.report if held is not None else None,
        )
        for label_set, (gold, linked, held, looked_up, *rest) in zip(names, columns, strict=True)
    )
    return Rows(reports, LinkReport)


def _check(golds: Sequence[Path], label_sets: Sequence[str], use: Collection[str]) -> None:
    if not golds:
        raise ConfigError("no gold file is given", location="--gold")
    if label_sets and len(label_sets) != len(golds):
        msg = f"{len(label_sets)} label sets for {len(golds)} gold files: one for each, or none"
        raise ConfigError(msg, location="--label-set")
    unknown = sorted(set(use) - set(CONTEXT_COLUMNS))
    if unknown:
        msg = f"no column {unknown[0]!r} to use; known: {', '.join(CONTEXT_COLUMNS)}"
        raise ConfigError(msg, location="--use")


def _link(
    reader: GraphStore,
    gold: ResolvedGold,
    label_set: str | None,
    options: LinkOptions,
    progress: Progress,
) -> _Linked:
    started = time.perf_counter()
    rows = link_labels(
        reader,
        gold.labels(label_set or _NO_SET, options.use),
        label_set=label_set,
        names_only=True,
        independent=options.independent,
        encoder=options.encoder,
        image_vectors=options.image_vectors,
        progress=progress,
    )
    return _Linked(rows, time.perf_counter() - started)


def _fold(
    reader: GraphStore,
    gold: ResolvedGold,
    also: Sequence[ResolvedGold],
    plan: FoldPlan,
    options: LinkOptions,
    label_set: str | None,
    progress: Progress,
) -> _Folded:
    progress.start(f"fit and link {gold.gold.name} in {plan.folds} folds")
    found = bench_folds(reader, gold, also, plan, options, label_set=label_set, progress=progress)
    progress.done(f"{len(gold.scored(gold.linked)):,} rows")
    return _Folded(*found)


def _names(gold: ResolvedGold) -> list[str]:
    """Return the names of the rows that are scored."""
    return [row.name for row in gold.scored(gold.linked)]


def _ours(gold: ResolvedGold, linked: _Linked) -> SystemScore:
    answers = [row.object_id for row in gold.scored(linked.rows)]
    line = SystemScore(system="labelsys", kind="labelsys", seconds=linked.seconds)
    return score_answers(line, gold, answers)


def _look_up(reader: GraphStore, gold: ResolvedGold) -> list[SystemScore]:
    table = SenseTable(reader)
    scores = []
    for system, answer in LOOKUPS:
        started = time.perf_counter()
        answers = [answer(name, table) for name in _names(gold)]
        seconds = time.perf_counter() - started
        line = SystemScore(system=system, kind="baseline", seconds=seconds)
        scores.append(score_answers(line, gold, answers))
    return scores


def _embed(
    reader: GraphStore, golds: Sequence[ResolvedGold], encoder: str, progress: Progress
) -> list[SystemScore]:
    line = SystemScore(system=EMBEDDING, kind="baseline")
    lists = [_names(gold) for gold in golds]
    found = answer_by_embedding(
        reader, lists, encoder=encoder, cache=find_cache(reader), progress=progress
    )
    if found is None:
        reason = (
            "--encoder none"
            if encoder == "none"
            else "no sentence encoder is installed: pip install 'labelsys[offline]' adds one"
        )
        return [replace(line, left_out=reason) for _ in golds]
    answers, version = found
    return [
        score_answers(replace(line, version=version), gold, each)
        for gold, each in zip(golds, answers, strict=True)
    ]


def _run_peers(
    peer: str,
    reader: GraphStore,
    golds: Sequence[ResolvedGold],
    python: Path | None,
    progress: Progress,
) -> list[SystemScore]:
    progress.start(f"peer {peer}")
    lists = [[plain_name(name) for name in _names(gold)] for gold in golds]
    found = run_peer(peer, peer_terms(reader), lists, python=python)
    progress.done(found.left_out or f"{found.wall_seconds:.1f} s in all")
    line = SystemScore(system=peer, kind="peer", version=found.version, left_out=found.left_out)
    if found.left_out:
        return [line for _ in golds]
    return [
        score_answers(
            replace(line, seconds=seconds, setup_seconds=found.setup_seconds), gold, answers
        )
        for gold, seconds, answers in zip(golds, found.seconds, found.answers, strict=True)
    ]
