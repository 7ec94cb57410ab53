"""The build: sources and label sets become one graph. Read it top to bottom.

`build` makes the next graph of a workspace and switches to it; it changes no
graph in place. Every input is in the graph's hash, so a build of what is there
already does nothing, and the same inputs give the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from labelsys.audit.decision_log import read_decisions
from labelsys.audit.decisions import DecisionTable
from labelsys.cache import StageCache, VectorCache
from labelsys.collector import collector_paused
from labelsys.config import TagSettings
from labelsys.denials import iter_denials
from labelsys.errors import NotFoundError
from labelsys.ids import Curie
from labelsys.match.embed import Embedder, EncoderSpec, find_encoder
from labelsys.match.evidence import Evidence
from labelsys.match.label_set import SetMatcher
from labelsys.match.label_text import label_text
from labelsys.match.lexicon import Lexicon
from labelsys.match.rank import load_ranker
from labelsys.match.vectors import ConceptVectors
from labelsys.merge.attach import mappings_of, new_concept, new_edges, placement_of
from labelsys.merge.base_cache import read_base
from labelsys.merge.coherence import review_clashes
from labelsys.merge.hidden import read_hidden
from labelsys.merge.new_ids import NewIds
from labelsys.merge.parts import Graph, Inputs, count_lines, matcher_key, meta_of, vector_lines
from labelsys.merge.resolve import Resolved, Resolver, group_members
from labelsys.merge.stages import dump_matches, load_matches
from labelsys.merge.tagging import open_tagger, overrule, tag_concepts, tag_lines
from labelsys.model import Finding, LabelSet, Mapping, Placement
from labelsys.progress import Progress, SilentProgress
from labelsys.registry import near
from labelsys.source.combine import take_out
from labelsys.source.registry import open_source
from labelsys.store.sqlite_writer import SqliteWriter
from labelsys.workspace import VISUAL_MODEL

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from labelsys.config import Recipe
    from labelsys.match.result import LabelMatch
    from labelsys.model import VisualTag
    from labelsys.workspace import Workspace

__all__ = ["BuildOptions", "BuildReport", "build"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """What one build changes in the recipe, for good, and how it runs.

    Attributes:
        encoder: `auto`, `none` or an encoder's name; None keeps the recipe's.
        without: label sets to take out of the recipe.
        tag_visual: encoder of the tagger of visual concepts, or `none`; None keeps the recipe's.
        tag_model: file of its coefficients; None takes those that ship for `tag_visual`.
        hide: file of concept ids to leave out, one a line; None keeps the recipe's.
        force: build even if this graph is there already.
        wordnet: folder with WordNet's files, for this run only.
    """

    encoder: str | None = None
    without: tuple[str, ...] = ()
    tag_visual: str | None = None
    tag_model: Path | None = None
    hide: Path | None = None
    force: bool = False
    wordnet: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build did.

    Attributes:
        hash: of the graph.
        path: of the graph.
        up_to_date: the graph was there already.
        lines: for a person: counts, and what an extra would add.
    """

    hash: str
    path: Path
    up_to_date: bool
    lines: tuple[str, ...]


def build(
    workspace: Workspace,
    options: BuildOptions | None = None,
    *,
    progress: Progress | None = None,
) -> BuildReport:
    """Make the graph that a workspace's recipe describes, and put it in use.

    Holds the workspace's lock; readers go on with the old graph until the new
    one is whole. Interrupted anywhere, the old graph stays in use, and what was
    computed is kept for the next build.

    Args:
        workspace: where the recipe lies.
        options: changes to the recipe; they are kept when the build succeeds.
        progress: told how far it is.

    Returns:
        What was done, with the counts of every label set.

    Raises:
        StoreBusyError: another build is running.
        SourceError: a source or label set is wrong.
        ConfigError: the recipe is wrong.
    """
    options = options or BuildOptions()
    progress = progress or SilentProgress()
    # Millions of small lasting values: the collector would only walk them again and again.
    with workspace.lock(progress=progress), collector_paused():
        inputs = _gather(workspace, options, progress)
        hash_ = inputs.hash()
        path = workspace.graph_path(hash_)
        if path.is_file() and not options.force:
            _commit(workspace, inputs, options, hash_)
            return BuildReport(hash=hash_, path=path, up_to_date=True, lines=("nothing to do",))
        return _build(workspace, inputs, options, progress)


def _build(
    workspace: Workspace, inputs: Inputs, options: BuildOptions, progress: Progress
) -> BuildReport:
    lexicon = Lexicon(inputs.base.concepts, inputs.base.edges)
    embedder = _embedder(workspace, inputs.encoder, progress)
    resolver = Resolver(lexicon, inputs.recipe.match, inputs.decisions)
    answers: list[Resolved] = []
    findings: list[Finding] = []
    evidence = Evidence()
    earlier = ""
    vectors = None if embedder is None else ConceptVectors(lexicon, embedder)
    matcher = SetMatcher(
        lexicon,
        evidence,
        vectors,
        hidden=inputs.base.hidden,
        taught_by=frozenset(inputs.recipe.label_sets),
    )
    stages = StageCache(workspace.cache_folder)
    base_key = _base_key(inputs)
    n_labels = sum(len(label_set.labels) for label_set in inputs.label_sets)
    progress.start("link labels", n_labels)
    for label_set in inputs.label_sets:
        set_key = inputs.set_keys[label_set.id]
        key = f"{base_key} {earlier} {_anchor_key(evidence)} {set_key}"
        matches = _matches(stages, key, label_set, matcher)
        findings += [finding for match in matches for finding in match.findings]
        new = list(resolver.resolve(matches))
        answers += new
        evidence.add(label_set.labels, lexicon)
        for answer in new:
            if answer.kind == "broader" and answer.concept is not None:
                text = label_text(answer.label)
                evidence.anchor(text, answer.concept, answer.confidence or 0.0, lexicon)
        if any(label.wnid or label.synset or label.qid for label in label_set.labels):
            earlier = sha256(f"{earlier}{set_key}".encode()).hexdigest()
        progress.advance(len(label_set.labels))
    progress.done(f"{n_labels:,} of {len(inputs.label_sets)} label sets")
    progress.start("build graph")
    graph = _assemble(inputs, lexicon, resolver, resolver.settle(answers), findings)
    graph = replace(graph, tags=_tags(workspace, inputs, graph, progress))
    hash_ = inputs.hash()  # the ids that this build gave are in it
    lines = (*count_lines(inputs, graph), *vector_lines(inputs, embedder), *tag_lines(graph.tags))
    with workspace.new_graph(hash_) as path:
        _write(inputs, graph, path, hash_)
    _commit(workspace, inputs, options, hash_)
    progress.done(f"{len(graph.concepts):,} concepts, {len(graph.edges):,} edges")
    return BuildReport(hash=hash_, path=workspace.graph_path(hash_), up_to_date=False, lines=lines)


def _gather(workspace: Workspace, options: BuildOptions, progress: Progress) -> Inputs:
    """Return every input, read before anything is made of them."""
    recipe = _changed(workspace.read_recipe(), options)
    encoder = find_encoder(recipe.match.encoder)
    label_sets = tuple(workspace.get_label_set(id_) for id_ in recipe.label_sets)
    given = read_decisions(workspace.decisions_path)  # bad ones are told before sources are read
    ids = NewIds.read(workspace.ids_path)
    base, sources = read_base(
        [
            open_source(spec, recipe.languages, workspace, wordnet=options.wordnet)
            for spec in recipe.sources
        ],
        languages=recipe.languages,
        cache_folder=workspace.cache_folder,
        progress=progress,
    )
    hide_path = options.hide or workspace.hide_path()
    if hide_path is not None:
        base = take_out(base, read_hidden(hide_path, base.concepts))
    return Inputs(
        recipe=recipe,
        base=base,
        sources=sources,
        label_sets=label_sets,
        decisions=DecisionTable(given, into=base.replaced),
        ids=ids,
        encoder=encoder,
        tagger=open_tagger(recipe.tag, options.tag_model or _model_path(workspace, recipe)),
    )


def _model_path(workspace: Workspace, recipe: Recipe) -> Path | None:
    return None if recipe.tag.model is None else workspace.path / recipe.tag.model


def _changed(recipe: Recipe, options: BuildOptions) -> Recipe:
    """Return the recipe with this build's changes.

    Raises:
        NotFoundError: a set to leave out is not in it.
    """
    for id_ in options.without:
        if id_ not in recipe.label_sets:
            raise NotFoundError("label set", id_, near=near(id_, list(recipe.label_sets)))
    kept = tuple(id_ for id_ in recipe.label_sets if id_ not in options.without)
    match = recipe.match
    if options.encoder is not None:
        match = replace(match, encoder=options.encoder)
    tag = recipe.tag
    if options.tag_visual is not None:
        model = None if options.tag_model is None else VISUAL_MODEL
        tag = TagSettings(visual=options.tag_visual, model=model)
    return replace(recipe, label_sets=kept, match=match, tag=tag)


def _base_key(inputs: Inputs) -> str:
    """Return what all label sets' matches depend on."""
    sources = (f"{d.name} {d.version} {d.fingerprint}" for d in inputs.sources)
    languages = ",".join(inputs.recipe.languages)
    hidden = ",".join(sorted(inputs.base.hidden))
    matcher = matcher_key(inputs.encoder, inputs.recipe.label_sets)
    return " ".join((*sources, languages, hidden, matcher))


def _anchor_key(evidence: Evidence) -> str:
    return sha256(json.dumps(evidence.anchors).encode()).hexdigest()


def _embedder(
    workspace: Workspace, spec: EncoderSpec | None, progress: Progress
) -> Embedder | None:
    if spec is None:
        return None
    return Embedder(spec, VectorCache(workspace.cache_folder, spec.key, spec.dim), progress)


def _matches(
    stages: StageCache, key: str, label_set: LabelSet, matcher: SetMatcher
) -> Sequence[LabelMatch]:
    """Return a set's matches, from an earlier build where nothing has changed."""
    data = stages.get("match", key)
    if data is not None:
        known = load_matches(data, label_set, matcher.lexicon)
        if known is not None:
            return known
    matches = matcher.match(label_set)
    stages.put("match", key, dump_matches(matches, matcher.lexicon))
    return matches


def _assemble(
    inputs: Inputs,
    lexicon: Lexicon,
    resolver: Resolver,
    answers: Sequence[Resolved],
    findings: Sequence[Finding],
) -> Graph:
    """Return everything put together, new concepts with their ids."""
    own_ids = inputs.ids.assign(group_members(resolver.groups))
    own = {
        id(group): new_concept(id_, group)
        for id_, group in zip(own_ids, resolver.groups, strict=True)
    }
    named = zip(own_ids, resolver.groups, strict=True)
    edges = [edge for id_, group in named for edge in new_edges(id_, group, lexicon)]
    placements: dict[str, list[Placement]] = {s.id: [] for s in inputs.label_sets}
    mappings: list[Mapping] = list(inputs.base.mappings)
    accept = inputs.recipe.match.accept
    rankers = {label_set.id: _ranker_names(inputs, label_set.id) for label_set in inputs.label_sets}
    for answer in answers:
        concept = own.get(id(answer.group))
        placement = placement_of(answer, lexicon, concept.id if concept else None)
        placements[answer.label.label_set].append(placement)
        of_names, of_places = rankers[answer.label.label_set]
        tool = of_places if answer.kind == "broader" else of_names
        mappings += mappings_of(answer, lexicon, concept, accept=accept, tool=tool)
    mappings += iter_denials(inputs.decisions, inputs.label_sets, lexicon)
    edges = sorted((*inputs.base.edges, *edges))
    curated = {d.subject_id for d in inputs.decisions.decisions if d.action == "accept"}
    checked, doubts = review_clashes(mappings, inputs.label_sets, edges, curated=curated)
    notes = _notes(inputs, placements, frozenset(own_ids))
    return Graph(
        concepts=tuple(sorted((*inputs.base.concepts, *own.values()), key=lambda c: c.id)),
        edges=tuple(edges),
        placements={set_id: tuple(rows) for set_id, rows in placements.items()},
        mappings=checked,
        findings=tuple(sorted({*inputs.base.findings, *findings, *doubts, *notes})),
    )


def _ranker_names(inputs: Inputs, label_set: str) -> tuple[str, str]:
    """Return what the rankers of a set's names and places are called."""
    with_vectors = inputs.encoder is not None
    taught_by = frozenset(inputs.recipe.label_sets) - {label_set}
    names, places = (
        load_ranker(task, with_vectors=with_vectors, taught_by=taught_by).name
        for task in ("names", "places")
    )
    return names, places


def _tags(
    workspace: Workspace, inputs: Inputs, graph: Graph, progress: Progress
) -> tuple[VisualTag, ...]:
    """Return what is said of the concepts: by the tagger, if there is one, then by curators."""
    tags: tuple[VisualTag, ...] = ()
    if inputs.tagger is not None:
        tags = tag_concepts(
            graph.concepts,
            graph.edges,
            graph.placements,
            inputs.tagger,
            cache_folder=workspace.cache_folder,
            progress=progress,
        )
    return overrule(tags, inputs.decisions.visual, graph.concepts)


def _notes(
    inputs: Inputs, placements: dict[str, list[Placement]], new_ids: Collection[Curie]
) -> list[Finding]:
    """Return what the placements themselves say, and decisions that no label took."""
    codes = {"excluded": "I401", "unplaced": "I402"}
    rows = [p for of_set in placements.values() for p in of_set]
    notes = [
        Finding(code=codes[p.kind], id=p.label_id, message=p.reason)
        for p in rows
        if p.kind in codes
    ]
    concepts = {c.id for c in inputs.base.concepts}
    concepts |= {x for c in inputs.base.concepts for x in c.xrefs}
    replaced = inputs.base.replaced
    for label in (label for label_set in inputs.label_sets for label in label_set.labels):
        target = replaced.get(Curie("wd", label.qid)) if label.qid else None
        if target is not None:
            message = f"its qid {label.qid!r} redirects to {target}"
            notes.append(Finding(code="W227", id=label.id, message=message))
    unused = inputs.decisions.unused({p.label_id for p in rows}, concepts, new_ids)
    return [*notes, *inputs.decisions.followed, *unused]


def _write(inputs: Inputs, graph: Graph, path: Path, hash_: str) -> None:
    writer = SqliteWriter(path)
    writer.add_concepts(graph.concepts)
    writer.add_edges(graph.edges)
    for label_set in inputs.label_sets:
        writer.add_label_set(label_set, graph.placements[label_set.id])
    writer.add_mappings(graph.mappings)
    writer.add_findings(graph.findings)
    writer.add_visual_tags(graph.tags)
    writer.set_meta(meta_of(inputs, hash_))
    writer.finish()


def _commit(workspace: Workspace, inputs: Inputs, options: BuildOptions, hash_: str) -> None:
    """Write what the build decided, the switch last: until then the old graph is in use."""
    inputs.ids.write(workspace.ids_path)
    if options.hide is not None:
        workspace.set_hidden(options.hide)
    if options.tag_model is not None:
        workspace.keep(options.tag_model, VISUAL_MODEL)
    recipe = replace(inputs.recipe, hide=workspace.read_recipe().hide)
    if recipe != workspace.read_recipe():
        workspace.write_recipe(recipe)
    workspace.switch_current(hash_)
    workspace.prune_graphs()
