"""The Python interface: one object that answers what the command line answers.

    with labelsys.open("pets") as system:
        system.search("golden retreiver")

Answers are frozen values; tuples of rows have `.to_frame()`. The command line
calls these methods and prints what they return.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from labelsys.closing import Closes
from labelsys.ids import DEFAULT_BASE
from labelsys.lookup import resolve_hidden, resolve_id
from labelsys.model import Concept, Finding, Label, Mapping, MappingStatus
from labelsys.rows import Rows
from labelsys.store.open import open_store

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from collections.abc import Mapping as MappingType
    from pathlib import Path

    from labelsys.adjudicate import LlmSettings
    from labelsys.answers import Answer, Value
    from labelsys.crosswalk.matrix import MatrixRow
    from labelsys.crosswalk.relate import Crosswalker, CrosswalkRow
    from labelsys.crosswalk.union import LostRow, UnionRow
    from labelsys.export.diff import Diff
    from labelsys.export.output import Output
    from labelsys.hierarchy import Hierarchy
    from labelsys.ids import Curie
    from labelsys.info import Info
    from labelsys.label_rows import LabelSetRow, PlacedLabel
    from labelsys.match.link import LinkRow
    from labelsys.model import VisualValue
    from labelsys.progress import Progress
    from labelsys.remap.report import RemapReport
    from labelsys.remap.rules import OnBroad, OnMissing, OnSplit
    from labelsys.remap.union import MergedSet
    from labelsys.review.check import Check
    from labelsys.review.confusion import ConfusedPair
    from labelsys.score.classify import ScoreRow
    from labelsys.score.detect import BoxRow
    from labelsys.search import SearchHit
    from labelsys.select.algebra import SelectedConcept, Selector
    from labelsys.select.cut import Way
    from labelsys.select.cutter import CutAnswer
    from labelsys.source.protocol import Counts
    from labelsys.stats import Stats
    from labelsys.store.protocol import GraphStore
    from labelsys.tag.tagged import TagCount
    from labelsys.views import ConceptView, PathStep, TreeRow

__all__ = ["LabelSystem", "open"]


def open(store: str | Path | None = None) -> LabelSystem:  # noqa: A001 - read as labelsys.open
    """Open a built label system for reading.

    Args:
        store: a workspace's folder, a graph file or `neo4j://host:port`, whose
            password is in `$NEO4J_PASSWORD`; None takes `$LABELSYS_STORE`,
            else the workspace that holds the current folder.

    Returns:
        The system; close it, or use it as a context manager.

    Raises:
        StoreError: there is none; the message says to run `labelsys build`.
        SchemaVersionError: another version of labelsys wrote it.
    """
    return LabelSystem(open_store(store))


class LabelSystem(Closes):
    """A built label system, open for reading.

    Wherever an id is asked for, every spelling works: `wn30:02084071-n`,
    `n02084071`, `dog.n.01`, `ili:i46360`, `wd:Q144`, `coco:18`, or a plain
    name that means one thing only.

    Attributes:
        store: what answers; any store will do.
    """

    def __init__(self, store: GraphStore) -> None:
        """Ask *store*, which is closed with this object."""
        self.store = store

    def close(self) -> None:
        """Let go of files and connections; twice is fine."""
        self.store.close()

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """The whole hierarchy in memory, for closures, depths and common ancestors."""
        from labelsys.hierarchy import Hierarchy

        return Hierarchy.from_store(self.store)

    # One concept

    def resolve(self, id: str) -> Curie:
        """Return the concept's own id for any spelling of it.

        Raises:
            NotFoundError: nothing has this id or name.
            AmbiguousLabelError: the name means several concepts.
        """
        return resolve_id(self.store, id, base=self._base)

    @cached_property
    def _base(self) -> str:
        return self.store.get_meta().get("base", DEFAULT_BASE)

    def get(self, id: str) -> Concept:
        """Return one concept, by any spelling of its id.

        Raises:
            NotFoundError: nothing has this id or name.
            AmbiguousLabelError: the name means several concepts.
        """
        return self.store.get_concept(self.resolve(id))

    def view(self, id: str, *, limit: int | None = 20) -> ConceptView:
        """Return everything on one concept: names, neighbours, labels, mappings.

        Args:
            id: any spelling.
            limit: how many narrower concepts to name; None for all.

        Raises:
            NotFoundError: nothing has this id or name.
            AmbiguousLabelError: the name means several concepts.
        """
        from labelsys.views import view_concept

        return view_concept(self.store, self.resolve(id), limit=limit)

    def search(
        self, text: str, *, limit: int = 10, visual: VisualValue | None = None
    ) -> Rows[SearchHit]:
        """Return concepts by name, beginning or misspelt name, best first.

        Args:
            text: as a person types it.
            limit: how many at most.
            visual: only concepts with this tag.

        Raises:
            ConfigError: *visual* is given, and no concept of the graph is tagged.
        """
        from labelsys.search import SearchHit, search
        from labelsys.tag.tagged import keep_tagged

        keep = None if visual is None else keep_tagged(self.store, visual)
        return Rows(search(self.store, text, limit=limit, keep=keep), SearchHit)

    def tree(
        self, id: str, *, depth: int | None = None, direction: Literal["up", "down"] = "down"
    ) -> Rows[TreeRow]:
        """Return what is below a concept, or above it, depth first.

        Args:
            id: any spelling.
            depth: how many steps to go; None for all.
            direction: `down` to narrower concepts, or `up` to broader ones.

        Raises:
            NotFoundError: nothing has this id or name.
        """
        from labelsys.views import get_tree

        return get_tree(self.store, self.resolve(id), depth=depth, direction=direction)

    def path(self, start: str, end: str) -> Rows[PathStep]:
        """Return the shortest way from one concept to another, over one above both.

        Raises:
            NotFoundError: nothing has one of the ids or names.
        """
        from labelsys.views import find_path

        return find_path(self.store, self.resolve(start), self.resolve(end))

    # Sets of concepts

    @cached_property
    def selector(self) -> Selector:
        """Evaluates expressions as masks over `hierarchy`, and says how it went."""
        from labelsys.select.algebra import Selector

        return Selector(self.store, self.hierarchy, base=self._base)

    def select(self, expression: str, *, instances: bool = False) -> Rows[SelectedConcept]:
        """Return the concepts that an expression stands for, by id.

        Args:
            expression: as in `(coco | lvis) & under(animal.n.01)`; the language is in
                `docs/reference/select.md`.
            instances: whether `under`, `leaf` and `siblings` follow instance edges, too.

        Raises:
            ExpressionError: it is wrong, or names what is not there.
        """
        return self.selector.select(expression, instances=instances)

    def cut(
        self,
        classes: int,
        *,
        under: str = "entity.n.01",
        of: str = "leaf",
        by: Way = "size",
        counts: Path | MappingType[str, int] | None = None,
        superclasses: int | None = None,
        split_seed: int | None = None,
        instances: bool = False,
    ) -> CutAnswer:
        """Return so many classes out of the hierarchy: disjoint, covering, of even size.

        Args:
            classes: how many.
            under: the concept that all lie below, by any spelling.
            of: an expression, as for `select`: what the classes have to cover.
            by: `size`, `depth`, `images` (then give *counts*) or `names`.
            counts: how many images there are of which concept: a table of `id` and
                `count`, or a mapping from any spelling of an id.
            superclasses: gather the classes in so many; None for none.
            split_seed: deal the classes of each superclass out to source and target.
            instances: whether instance edges count, too.

        Raises:
            NotFoundError: nothing has this id or name.
            ConfigError: so many classes can't be had, or not by that.
            ExpressionError: *of* is wrong.
            SourceError: the table of counts is wrong; the message has the line.
        """
        from labelsys.select.cutter import answer_cut
        from labelsys.select.image_counts import resolve_counts
        from labelsys.workspace import find_cache

        return answer_cut(
            self.store,
            self.selector,
            self.hierarchy,
            self.resolve(under),
            classes,
            of=of,
            way=by,
            counts=None if counts is None else resolve_counts(counts, self.resolve),
            n_superclasses=superclasses,
            split_seed=split_seed,
            cache=find_cache(self.store),
            instances=instances,
        )

    # From label set to label set

    @cached_property
    def _walker(self) -> Crosswalker:
        from labelsys.crosswalk.relate import Crosswalker

        return Crosswalker(self.store, self.hierarchy)

    def crosswalk(self, source: str, target: str) -> Rows[CrosswalkRow]:
        """Return what each class of one label set is in another: exact, broad, narrow, ...

        Raises:
            NotFoundError: no such label set.
        """
        return self._walker.relate(source, target)

    def crosswalk_lost(self, source: str, target: str) -> Rows[LostRow]:
        """Return the classes that become one, or nothing, by rolling up to another label set.

        Raises:
            NotFoundError: no such label set.
        """
        from labelsys.crosswalk.union import list_lost

        return list_lost(self._walker.relate(source, target), self.hierarchy)

    def crosswalk_union(self, *label_sets: str) -> Rows[UnionRow]:
        """Return the classes of several label sets together, and which sets don't annotate each.

        Raises:
            NotFoundError: no such label set.
        """
        from labelsys.crosswalk.union import list_union

        return list_union(self._walker, label_sets)

    def crosswalk_matrix(self, *label_sets: str) -> Rows[MatrixRow]:
        """Return how many classes of each label set are exact, broad, ... in each other one.

        Args:
            label_sets: which; all where none is given.

        Raises:
            NotFoundError: no such label set.
        """
        from labelsys.crosswalk.matrix import count_relations

        chosen = label_sets or tuple(found.id for found in self.store.iter_label_sets())
        return count_relations(self._walker, chosen)

    def score(
        self,
        predictions: Path,
        truth: Path,
        *,
        pred_set: str,
        gt_set: str,
        branches: Iterable[str] = (),
    ) -> Rows[ScoreRow]:
        """Return how right predictions in one label set are by the truth in another.

        Args:
            predictions: table of `image_id`, `label` and perhaps `score`.
            truth: table of `image_id` and `label`.
            pred_set: label set of the predictions.
            gt_set: label set of the truth.
            branches: concepts to score the images below, too; any spelling.

        Raises:
            NotFoundError: no such label set or concept.
            SourceError: a table is wrong; the message has the line.
            ConfigError: the truth has no image.
        """
        from labelsys.score.classify import score_files

        return score_files(
            self._walker,
            predictions,
            truth,
            predicted_set=pred_set,
            true_set=gt_set,
            branches=[self.resolve(id_) for id_ in branches],
        )

    def score_boxes(
        self,
        predictions: Path,
        truth: Path,
        *,
        pred_set: str,
        gt_set: str,
        branches: Iterable[str] = (),
    ) -> Rows[BoxRow]:
        """Return how right boxes in one label set are by the truth in another.

        Args:
            predictions: COCO results: a list of `image_id`, `category_id`, `bbox`, `score`.
            truth: COCO annotations.
            pred_set: label set of the predictions.
            gt_set: label set of the truth.
            branches: concepts to score as one class each, too; any spelling.

        Raises:
            MissingExtraError: pycocotools is not installed.
            NotFoundError: no such label set or concept.
            SourceError: a file is wrong; the message says where.
            ConfigError: the truth has no image, or no box.
        """
        from labelsys.score.detect import score_boxes

        return score_boxes(
            self._walker,
            predictions,
            truth,
            predicted_set=pred_set,
            true_set=gt_set,
            branches=[self.resolve(id_) for id_ in branches],
        )

    def remap(
        self,
        path: Path,
        out: Path,
        *,
        source: str,
        target: str,
        format: str | None = None,
        on_broad: OnBroad = "error",
        on_split: OnSplit = "error",
        on_missing: OnMissing = "error",
    ) -> RemapReport:
        """Write annotations of one label set as those of another.

        Args:
            path: what to read; it stays as it is.
            out: what to write; what is there is replaced, whole, at the end.
            source: label set that the annotations are in.
            target: label set that they are to be in.
            format: of the annotations; None: told by the file's name.
            on_broad: only a broader class: error, take the nearest one, or skip.
            on_split: several equal or only narrower classes: error, take the first, or skip.
            on_missing: no class: error, skip, or keep the class as it is.

        Returns:
            What became of the annotations.

        Raises:
            NotFoundError: no such label set.
            SourceError: the file is wrong; the message says where.
            ConfigError: something would be lost that is not allowed, or *out* is *path*.
            StoreError: *out* can't be written.
        """
        from labelsys.remap.rules import RemapRules
        from labelsys.remap.run import remap_file

        rules = RemapRules(on_broad=on_broad, on_split=on_split, on_missing=on_missing)
        return remap_file(
            self._walker, path, out, source=source, target=target, rules=rules, form=format
        )

    def merge_annotations(self, *files: tuple[str, Path], out: Path) -> Rows[MergedSet]:
        """Write annotations of several label sets as one file with the classes of all.

        Args:
            files: label set, and annotations in COCO's or LVIS's JSON.
            out: what to write; what is there is replaced, whole, at the end.

        Returns:
            A row for each file.

        Raises:
            NotFoundError: no such label set.
            SourceError: a file is wrong; the message says where.
            ConfigError: a file is there twice, or *out* is one of them.
            StoreError: *out* can't be written.
        """
        from labelsys.remap.union import merge_files

        return merge_files(self._walker, files, out)

    # Labels and mappings

    def label_sets(self) -> Rows[LabelSetRow]:
        """Return the label sets, with how many of their labels stand where."""
        from labelsys.label_rows import list_label_sets

        return list_label_sets(self.store)

    def labels(self, label_set: str) -> Rows[PlacedLabel]:
        """Return the labels of one set, in its own order, with where each stands.

        Raises:
            NotFoundError: no such label set.
        """
        from labelsys.label_rows import list_labels

        return list_labels(self.store, label_set)

    def mappings(
        self,
        subject: str | None = None,
        *,
        predicate: str | None = None,
        status: MappingStatus | None = None,
    ) -> Rows[Mapping]:
        """Return mappings, in the order that they were made.

        Args:
            subject: a label (`coco:18`) or a concept's own id; None for all.
            predicate: only these, as in `skos:exactMatch`.
            status: only these.

        Raises:
            IdentifierError: the subject is no CURIE.
        """
        from labelsys.ids import Curie

        found = self.store.iter_mappings(None if subject is None else Curie.parse(subject))
        return Rows(
            (
                mapping
                for mapping in found
                if predicate in (None, mapping.predicate_id) and status in (None, mapping.status)
            ),
            Mapping,
        )

    def link(
        self,
        labels: str | Path | Iterable[str | Label],
        *,
        label_set: str | None = None,
        names_only: bool = False,
        independent: bool = False,
        hide: Iterable[str] = (),
        encoder: str = "auto",
        image_vectors: Path | None = None,
        format: str | None = None,
        llm: LlmSettings | None = None,
        explain: bool = False,
        progress: Progress | None = None,
    ) -> Rows[LinkRow]:
        """Link class names to concepts; nothing is changed.

        Args:
            labels: names, `Label`s, a `Path` to a file of them, or `-` for
                standard input. Names are numbered from 1.
            label_set: the label set in this system that they are of; it then
                gives no evidence.
            names_only: ignore ids that are given.
            independent: link each without regard to the others.
            hide: concepts that are no answer, by any spelling of their ids.
            encoder: sentence encoder: `auto`, `none` or a name.
            image_vectors: NumPy archive with the arrays `ids` and `vectors`: the
                mean image vector of labels, of the list and of label sets here.
            format: of the file; None detects it.
            llm: the language model to ask about rows in review; nothing is
                sent anywhere without it. Rows then have three more fields.
            explain: say what speaks for and against each candidate. Rows then
                have one more field, `explanation`; not together with *llm*.
            progress: told how far it is.

        Returns:
            One row for each name, in order.

        Raises:
            SourceError: the file is wrong; the message has the line.
            ValueError: both *llm* and *explain*.
        """
        from labelsys.linking import link_labels

        return link_labels(
            self.store,
            labels,
            label_set=label_set,
            names_only=names_only,
            independent=independent,
            hide=resolve_hidden(self.store, hide, base=self._base),
            encoder=encoder,
            image_vectors=image_vectors,
            format=format,
            llm=llm,
            explain=explain,
            progress=progress,
        )

    def query(
        self,
        query: str | Path,
        params: MappingType[str, Value] | None = None,
        *,
        dialect: str | None = None,
        limit: int | None = 10_000,
        timeout_s: float = 60.0,
        allow_service: bool = False,
        progress: Progress | None = None,
    ) -> Answer:
        """Return the rows of a stored question, or of a query of one's own; it only reads.

        Args:
            query: name of a question, or the `Path` of a file.
            params: name -> value; texts are read by the parameter's type.
            dialect: of a stored question; None takes the store's own.
            limit: rows to keep at most; None keeps all.
            timeout_s: seconds that the query may run.
            allow_service: whether SPARQL may ask other servers.
            progress: told while the view for SPARQL is made, once a graph.

        Raises:
            NotFoundError: no such question, parameter, concept or label set.
            QueryError: the query is wrong, does more than read, or runs too long.
        """
        from labelsys.answers import Limits
        from labelsys.ask import ask

        limits = Limits(rows=limit, timeout_s=timeout_s)
        return ask(
            self.store,
            query,
            params or {},
            dialect=dialect,
            limits=limits,
            allow_service=allow_service,
            progress=progress,
        )

    # The whole

    def stats(self) -> Stats:
        """Return the headline numbers."""
        from labelsys.stats import get_stats

        return get_stats(self.store)

    def tag_counts(self, by: Collection[str] = ("value", "source", "lexname")) -> Rows[TagCount]:
        """Return how many concepts have which tag, by source and lexname."""
        from labelsys.tag.tagged import count_tags

        return count_tags(self.store, by)

    def info(self) -> Info:
        """Return where the system is and what it was built from."""
        from labelsys.info import get_info

        return get_info(self.store)

    def lint(self, label_set: str | None = None) -> Rows[Finding]:
        """Return what is wrong with the graph, or with one label set.

        Raises:
            NotFoundError: no such label set.
        """
        from labelsys.lint import lint_graph, lint_label_set

        if label_set is None:
            return lint_graph(self.store)
        return lint_label_set(self.store, label_set)

    def confusions(self, label_set: str, matrix: Path) -> Rows[ConfusedPair]:
        """Return the classes that a model takes for one another, the surest pair first.

        Args:
            label_set: a set in this system.
            matrix: CSV or TSV: a square of counts, or rows of true, pred, count.

        Raises:
            NotFoundError: no such label set.
            SourceError: the matrix is wrong; the message has the line.
        """
        from labelsys.review.confusion import find_confusions

        return find_confusions(self.store, label_set, matrix)

    def check(
        self,
        file: str | Path,
        *,
        label_set: str | None = None,
        encoder: str = "auto",
        format: str | None = None,
        progress: Progress | None = None,
    ) -> Check:
        """Return what a changed list of classes would do here; nothing is changed.

        Args:
            file: the list, or `-` for standard input.
            label_set: the set that it shall replace, which may be a new one;
                None finds a set here that shares half of its rows.
            encoder: `auto`, `none` or a name.
            format: of the file; None detects it.
            progress: told how far it is.

        Raises:
            SourceError: the file is wrong; the message has the line.
        """
        from labelsys.review.check import check_label_set

        return check_label_set(
            self.store,
            file,
            label_set=label_set,
            encoder=encoder,
            format=format,
            progress=progress,
        )

    def to_networkx(self) -> Any:
        """Return the hierarchy as a `networkx.MultiDiGraph`, with edges from narrower to broader.

        `docs/reference/exports.md` lists the attributes.
        """
        from labelsys.export.network import to_networkx

        return to_networkx(self.store)

    def diff(self, other: LabelSystem, *, facts: bool = False) -> Diff:
        """Return what differs between this system and another one.

        Args:
            other: the system to compare with; what only it has counts as added.
            facts: compare what is told of both, too: hash, recipe, versions.

        Returns:
            The differences: iterate it for rows, `counts` says how many. Both
            systems have to be open while it is read.
        """
        from labelsys.export.diff import Diff

        return Diff(self.store, other.store, facts=facts)

    def export(self, format: str, out: Output, **options: Any) -> Counts:
        """Write the system in a form that other tools read; see `labelsys.exports`.

        Args:
            format: a name in the registry `labelsys.exporters`: `mappings`, `skos`, ...
            out: a path, replaced whole, or a binary stream.
            options: of the format: `under`, `instances`, `depth`, `label_set`, `sensitive`,
                `language`, `output`, `status`.

        Returns:
            What was read and written.

        Raises:
            RegistryError: no such format.
            ConfigError: the format has no such option, or not this value.
        """
        from labelsys.exports import export_graph

        return export_graph(self.store, format, out, **options)
