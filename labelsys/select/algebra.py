"""Sets of concepts: what each part of an expression means, and what the whole comes to.

`docs/reference/select.md` describes the language. Every part is a mask over the
hierarchy's concepts, so that an operator is one pass over as many bytes as
there are concepts. Names are checked before anything is computed.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from labelsys.errors import (
    AmbiguousLabelError,
    ExpressionError,
    IdentifierError,
    NotFoundError,
)
from labelsys.ids import DEFAULT_BASE, Curie, wnid
from labelsys.lookup import resolve_id
from labelsys.registry import near
from labelsys.rows import Rows
from labelsys.select.syntax import Expression, Step, parse_expression
from labelsys.select.tables import SelectReader, SelectTables
from labelsys.tag.sensitive import CATEGORIES
from labelsys.tag.tagged import UNTAGGED

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from labelsys.csr import BoolArray
    from labelsys.hierarchy import Hierarchy

__all__ = ["FUNCTIONS", "PlanRow", "SelectedConcept", "Selection", "Selector"]

_RANGE = re.compile(r"(?:(\d{1,9})\s*)?(\.\.)?(?:\s*(\d{1,9}))?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectedConcept:
    """One concept that an expression chose.

    Attributes:
        id: the concept.
        wnid: its WordNet id, or None.
        pref_label: its preferred name.
        gloss: its definition, or "".
        depth: longest subclass path from the root.
        labels: the labels that mean it, in the recipe's order of sets.
    """

    id: Curie
    wnid: str | None
    pref_label: str
    gloss: str
    depth: int
    labels: tuple[Curie, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One step of an evaluation.

    Attributes:
        step: from 1.
        operation: its text, or the steps that it joins: `1 & 2`.
        concept_id: the concept that its argument names, or None.
        concepts: how many it comes to.
        ms: milliseconds that it took.
    """

    step: int
    operation: str
    concept_id: Curie | None
    concepts: int
    ms: float


class Selection(NamedTuple):
    """What an expression comes to.

    Attributes:
        mask: bool, shape (n,), in the order of the hierarchy's `ids`.
        plan: how it was found, the steps in their order.
    """

    mask: BoolArray
    plan: Rows[PlanRow]


class _Task(NamedTuple):
    """A step that is checked and ready to run."""

    run: Callable[[list[BoolArray]], BoolArray]
    concept_id: Curie | None = None


class Selector:
    """Evaluates expressions on one system; tables are read once and kept.

    Examples:
        >>> from tests.toy import fill
        >>> from labelsys.store.memory import MemoryWriter
        >>> from labelsys.hierarchy import Hierarchy
        >>> writer = MemoryWriter()
        >>> fill(writer)
        >>> selector = Selector(writer.store, Hierarchy.from_store(writer.store))
        >>> [row.pref_label for row in selector.select("pets & leaf - sensitive")]
        ['Portuguese Water Dog', 'golden retriever']
    """

    def __init__(
        self, reader: SelectReader, hierarchy: Hierarchy, *, base: str = DEFAULT_BASE
    ) -> None:
        """Select from a store.

        Args:
            reader: the store; it has to stay open.
            hierarchy: of the store.
            base: base address of the label system, for addresses.
        """
        self.tables = SelectTables(reader, hierarchy)
        self._base = base

    def evaluate(self, expression: str, *, instances: bool = False) -> Selection:
        """Return the concepts that an expression stands for, as a mask, with the plan.

        Args:
            expression: see `docs/reference/select.md`.
            instances: whether `under`, `leaf` and `siblings` follow instance edges, too.

        Raises:
            ExpressionError: it is wrong, or names what is not there.
        """
        parsed = parse_expression(expression)
        tasks = [self._prepare(parsed, step, instances) for step in parsed.steps]
        masks: list[BoolArray] = []
        rows = []
        for number, (step, task) in enumerate(zip(parsed.steps, tasks, strict=True), 1):
            started = time.perf_counter()
            masks.append(task.run([masks[place] for place in step.inputs]))
            rows.append(
                PlanRow(
                    step=number,
                    operation=_operation(parsed, step),
                    concept_id=task.concept_id,
                    concepts=int(np.count_nonzero(masks[-1])),
                    ms=round((time.perf_counter() - started) * 1000, 3),
                )
            )
        return Selection(mask=masks[-1], plan=Rows(rows, PlanRow))

    def select(self, expression: str, *, instances: bool = False) -> Rows[SelectedConcept]:
        """Return the concepts that an expression stands for, by id.

        Args:
            expression: see `docs/reference/select.md`.
            instances: whether `under`, `leaf` and `siblings` follow instance edges, too.

        Raises:
            ExpressionError: it is wrong, or names what is not there.
        """
        return self.rows(self.evaluate(expression, instances=instances).mask)

    def rows(self, mask: BoolArray) -> Rows[SelectedConcept]:
        """Return the concepts of a mask, by id."""
        hierarchy = self.tables.hierarchy
        numbers = np.flatnonzero(mask)
        ids = [hierarchy.ids[number] for number in numbers.tolist()]
        found = self.tables.reader.iter_concepts(ids)
        labels = self.tables.labels_at(numbers)
        depths = hierarchy.depths[numbers].tolist()
        return Rows(
            (
                SelectedConcept(
                    id=concept.id,
                    wnid=wnid(concept.id),
                    pref_label=concept.pref_label,
                    gloss=concept.gloss,
                    depth=depth,
                    labels=standing,
                )
                for concept, depth, standing in zip(found, depths, labels, strict=True)
            ),
            SelectedConcept,
        )

    # Each step, checked before the first one runs

    def _prepare(self, parsed: Expression, step: Step, instances: bool) -> _Task:
        if step.kind in _JOIN:
            join = _JOIN[step.kind]
            return _Task(lambda inputs: join(*inputs))
        function = FUNCTIONS.get(step.name) if step.kind != "quoted" else None
        if function is None:
            if step.kind == "call":
                message, close = _unknown("function", step.name, FUNCTIONS)
                end = step.start + len(step.name)
                raise ExpressionError(message, parsed.text, step.start, end, near=close)
            return self._label_set(parsed, step, step.name, "means")
        if not step.argument and function.needs:
            end = step.start + len(step.name)
            msg = f"{step.name} needs {function.needs}, as in {function.example}"
            raise ExpressionError(msg, parsed.text, step.start, end)
        if step.argument is not None and not function.takes:
            raise _wrong(parsed, step, f"{step.name} takes no value", ())
        return function.prepare(self, parsed, step, instances)

    def _label_set(self, parsed: Expression, step: Step, id_: str, relation: str) -> _Task:
        known = self.tables.label_sets
        if id_ not in known:
            words = () if step.kind == "call" else (n for n, f in FUNCTIONS.items() if not f.needs)
            raise _wrong(parsed, step, *_unknown("label set", id_, (*known, *words)))
        read = getattr(self.tables, relation)
        return _Task(lambda _: read(id_))

    def _concept(self, parsed: Expression, step: Step) -> Curie:
        try:
            found = resolve_id(self.tables.reader, step.argument or "", base=self._base)
        except NotFoundError as error:
            raise _wrong(parsed, step, str(error), error.near) from error
        except AmbiguousLabelError as error:
            raise _wrong(parsed, step, str(error), error.candidates) from error
        except IdentifierError as error:
            raise _wrong(parsed, step, str(error), ()) from error
        return found

    def _in(self, parsed: Expression, step: Step, _: bool) -> _Task:
        return self._label_set(parsed, step, step.argument or "", "linked")

    def _under(self, parsed: Expression, step: Step, instances: bool) -> _Task:
        id_ = self._concept(parsed, step)
        below = self.tables.hierarchy.descendant_mask
        return _Task(lambda _: below([id_], instances=instances) & self.tables.all, id_)

    def _siblings(self, parsed: Expression, step: Step, instances: bool) -> _Task:
        id_ = self._concept(parsed, step)
        return _Task(lambda _: self._beside(id_, instances), id_)

    def _beside(self, id_: Curie, instances: bool) -> BoolArray:
        hierarchy = self.tables.hierarchy
        above = hierarchy.broader(id_, instances=instances)
        beside = {other for b in above for other in hierarchy.narrower(b, instances=instances)}
        numbers = [hierarchy.index(other) for other in beside if other != id_]
        return self.tables.mask(np.array(numbers, dtype=np.int64))

    def _one(self, parsed: Expression, step: Step, _: bool) -> _Task:
        id_ = self._concept(parsed, step)
        number = self.tables.hierarchy.index(id_)
        return _Task(lambda _: self.tables.mask(np.array([number])) & self.tables.all, id_)

    def _all(self, _parsed: Expression, _step: Step, _: bool) -> _Task:
        return _Task(lambda _: self.tables.all.copy())

    def _leaf(self, _parsed: Expression, _step: Step, instances: bool) -> _Task:
        leaves = self.tables.hierarchy.leaf_mask
        return _Task(lambda _: leaves(instances=instances) & self.tables.all)

    def _depth(self, parsed: Expression, step: Step, _: bool) -> _Task:
        found = _RANGE.match(step.argument or "")
        if found is None or not (found[1] or found[3]) or (found[3] and not found[2]):
            msg = f"{step.argument!r} is no depth: 5, 4..7, 4.. or ..7"
            raise _wrong(parsed, step, msg, ())
        least = int(found[1] or 0)
        most = int(found[3]) if found[3] else None if found[2] else least
        if most is not None and most < least:
            msg = f"{step.argument!r} is empty: the smaller depth goes first"
            raise _wrong(parsed, step, msg, ())
        depths = self.tables.hierarchy.depths

        def run(_: list[BoolArray]) -> BoolArray:
            within = depths >= least
            return (within if most is None else within & (depths <= most)) & self.tables.all

        return _Task(run)

    def _shared(self, parsed: Expression, step: Step, _: bool) -> _Task:
        argument = step.argument or ""
        if not re.fullmatch(r"\d{1,9}", argument) or int(argument) < 1:
            msg = f"{argument!r} is no number of label sets: a whole number from 1"
            raise _wrong(parsed, step, msg, ())
        return _Task(lambda _: self.tables.sharing >= int(argument))

    def _named(self, _parsed: Expression, step: Step, _: bool) -> _Task:
        pattern = step.argument or ""
        tables = self.tables
        return _Task(lambda _: tables.mask(tables.names.match(pattern)) & tables.all)

    def _sensitive(self, parsed: Expression, step: Step, _: bool) -> _Task:
        category = step.argument
        if category is not None and category not in CATEGORIES:
            raise _wrong(parsed, step, *_unknown("category", category, CATEGORIES))
        return _Task(lambda _: self._sensitive_mask(category) & self.tables.all)

    def _visual(self, parsed: Expression, step: Step, _: bool) -> _Task:
        return self._tagged(parsed, step, "visual")

    def _nonvisual(self, parsed: Expression, step: Step, _: bool) -> _Task:
        return self._tagged(parsed, step, "non-visual")

    def _tagged(self, parsed: Expression, step: Step, value: str) -> _Task:
        found = self.tables.visual
        if not found:  # an empty answer would look like one
            raise _wrong(parsed, step, UNTAGGED)
        none = np.zeros(len(self.tables.hierarchy), dtype=np.bool_)
        return _Task(lambda _: found.get(value, none) & self.tables.all)

    def _sensitive_mask(self, category: str | None) -> BoolArray:
        found = self.tables.sensitive
        mask = np.zeros(len(self.tables.hierarchy), dtype=np.bool_)
        for name in found if category is None else (category,):
            if name in found:
                mask |= found[name]
        return mask


class _Function(NamedTuple):
    """A word of the language.

    Attributes:
        prepare: checks a step and says how to run it.
        needs: what its parentheses have to hold; "" where it goes without.
        takes: whether it takes a value at all.
        example: of its use.
    """

    prepare: Callable[[Selector, Expression, Step, bool], _Task]
    needs: str
    takes: bool
    example: str


FUNCTIONS: Final[dict[str, _Function]] = {
    "all": _Function(Selector._all, "", False, "all"),
    "concept": _Function(Selector._one, "a concept", True, "concept(dog.n.01)"),
    "depth": _Function(Selector._depth, "a depth", True, "depth(4..7)"),
    "in": _Function(Selector._in, "a label set", True, "in(openimages)"),
    "leaf": _Function(Selector._leaf, "", False, "leaf"),
    "named": _Function(Selector._named, "a pattern", True, 'named("*berry")'),
    "nonvisual": _Function(Selector._nonvisual, "", False, "nonvisual"),
    "sensitive": _Function(Selector._sensitive, "", True, "sensitive(violence)"),
    "shared": _Function(Selector._shared, "a number", True, "shared(3)"),
    "siblings": _Function(Selector._siblings, "a concept", True, "siblings(dog.n.01)"),
    "under": _Function(Selector._under, "a concept", True, "under(animal.n.01)"),
    "visual": _Function(Selector._visual, "", False, "visual"),
}
"""Words that have a meaning of their own, sorted; a label set of that name goes in quotes."""

_JOIN: Final[dict[str, Callable[[BoolArray, BoolArray], BoolArray]]] = {
    "|": lambda a, b: a | b,
    "&": lambda a, b: a & b,
    "-": lambda a, b: a & ~b,
}


def _operation(parsed: Expression, step: Step) -> str:
    if step.kind in _JOIN:
        left, right = step.inputs
        return f"{left + 1} {step.kind} {right + 1}"
    return " ".join(parsed.text[step.start : step.end].split())


def _unknown(kind: str, key: str, known: Collection[str]) -> tuple[str, tuple[str, ...]]:
    close = tuple(near(key, list(known)))
    hint = f"closest: {', '.join(close)}" if close else f"known: {', '.join(known)}"
    return f"no {kind} {key!r} ({hint})", close


def _wrong(
    parsed: Expression, step: Step, message: str, close: Iterable[str] = ()
) -> ExpressionError:
    """Return an error that points at a step's argument, or at the step where it has none."""
    start, end = step.argument_start, step.argument_end
    return ExpressionError(message, parsed.text, start, end, near=tuple(close))
