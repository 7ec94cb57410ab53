"""Concepts that nobody should crawl images of by default, and why.

`ontologies/sensitive.tsv` lists roots of subtrees, single concepts and
exceptions under twelve categories. A category goes down from a root to all
below it, by subclass and by instance edges: what is said of dictators holds
for each dictator. An exception takes its own subtree out of the category
again, whichever way leads there; only what is listed below an exception counts
inside it. Nothing is deleted: concepts get a tag.

The list is read by `read_sensitive`, found in a system by `resolve`, and sent
down a hierarchy by `tag_sensitive`.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

import numpy as np

from labelsys.errors import IdentifierError
from labelsys.ids import Curie, wnid_to_curie
from labelsys.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from labelsys.csr import BoolArray
    from labelsys.hierarchy import Hierarchy
    from labelsys.model import Concept
    from labelsys.store.protocol import ConceptReader
    from labelsys.tables import Table

__all__ = [
    "CATEGORIES",
    "Cause",
    "ListRow",
    "Problem",
    "Resolution",
    "Scope",
    "SensitiveList",
    "SensitiveTags",
    "load_sensitive",
    "read_sensitive",
    "resolve",
    "tag_sensitive",
]

CATEGORIES: Final[Mapping[str, str]] = {
    "deception": "fraud, forgery and lies",
    "harassment": "hounding, shaming and insulting people",
    "hate": "hatred of groups: its signs, its organizations, its deeds",
    "health": "disease, injury and disability, and their treatment",
    "illegal-activity": "crime, drugs, gambling, and who lives by them",
    "person-not-imageable": "kinds of persons that no photograph can show",
    "person-offensive": "words for persons that hurt, or that class people by what they are",
    "political": "parties, movements, elections, and persons in politics",
    "self-harm": "hurting, starving or killing oneself",
    "sexual": "sex, nudity and private parts",
    "shocking": "blood, corpses, wounds, bared organs, excrement",
    "violence": "hurting and killing others, and what is made for torture or massacre",
}
"""Every category, sorted, with what it covers."""

Scope = Literal["subtree", "concept", "except"]

_SCOPES: Final[tuple[str, ...]] = get_args(Scope)
_COLUMNS: Final = ("category", "id", "name", "scope", "reason")
_QID = re.compile(r"Q[1-9][0-9]*\Z")
_DIGEST: Final = 8


class ListRow(NamedTuple):
    """One row of the list.

    Attributes:
        category: one of `CATEGORIES`.
        id: `wn30:`, `wd:`, or `ls:` for a class that only label sets know.
        name: synset name (`dog.n.01`) or English label, to find slips in ids by.
        scope: whether the row is about all below, too, or takes it out.
        reason: why, in a few words.
        line: in the file, from 1.
    """

    category: str
    id: Curie
    name: str
    scope: Scope
    reason: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitiveList:
    """The list, whole and checked.

    Attributes:
        path: where it was read, for messages.
        rows: by category and id.
        tagger: name and version: `sensitive-list@` and a digest of the file.
    """

    path: str
    rows: tuple[ListRow, ...]
    tagger: str


def read_sensitive(source: Path | Traversable) -> SensitiveList:
    """Read a list.

    Returns:
        The list, checked.

    Raises:
        SourceError: it can't be read, or a row is wrong: an unknown category or
            scope, an id of another form, no name or reason, a concept twice in a category,
            or rows out of order.
    """
    table = read_table(source, columns=_COLUMNS)
    rows: list[ListRow] = []
    last = ("", "")
    for n, values in enumerate(table.rows):
        row = _parse(table, n, values)
        # As the file spells them: that is what a person sorts by.
        key = (values[0], values[1])
        if key == last:
            msg = f"{values[1]} stands twice under {row.category}: keep one row"
            raise table.error(n, msg)
        if key < last:
            msg = f"{' '.join(key)} stands after {' '.join(last)}: sort by category and id"
            raise table.error(n, msg)
        rows.append(row)
        last = key
    digest = hashlib.sha256(table.data).hexdigest()[:_DIGEST]
    return SensitiveList(path=table.path, rows=tuple(rows), tagger=f"sensitive-list@{digest}")


@cache
def load_sensitive() -> SensitiveList:
    """Return the list that ships."""
    return read_sensitive(files("labelsys_ontologies").joinpath("sensitive.tsv"))


def _parse(table: Table, n: int, values: tuple[str, ...]) -> ListRow:
    category, id_, name, scope, reason = values
    if category not in CATEGORIES:
        msg = f"no category {category!r}; known: {', '.join(CATEGORIES)}"
        raise table.error(n, msg)
    if scope not in _SCOPES:
        msg = f"no scope {scope!r}; known: {', '.join(_SCOPES)}"
        raise table.error(n, msg)
    curie = _curie(id_)
    if curie is None:
        msg = f"{id_!r} is no id: give a wnid (n02084071), a QID (Q144) or the ls: id of a class"
        raise table.error(n, msg)
    for what, value in (("name", name), ("reason", reason)):
        if not value.strip():
            msg = f"{id_} has no {what}"
            raise table.error(n, msg)
    return ListRow(category, curie, name, scope, reason, table.first_line + n)  # type: ignore[arg-type]


def _curie(id_: str) -> Curie | None:
    if _QID.match(id_):
        return Curie("wd", id_)
    try:
        return Curie.parse(id_) if id_.startswith("ls:") else wnid_to_curie(id_)
    except IdentifierError:
        return None


# -- in a system -----------------------------------------------------------------------------


class Problem(NamedTuple):
    """A row that doesn't agree with the system.

    Attributes:
        row: the row.
        found: what the concept is called there; empty where it isn't there.
    """

    row: ListRow
    found: tuple[str, ...]

    @property
    def is_applied(self) -> bool:
        """Whether the row counts nonetheless: under another name, unless it is an exception.

        A doubt keeps a concept out of crawling; it never lets one in.
        """
        return bool(self.found) and self.row.scope != "except"

    @property
    def message(self) -> str:
        """One line: what is wrong, and what to do."""
        where = f"line {self.row.line}: {self.row.id}"
        if not self.found:
            return (
                f"{where} ({self.row.name}) is not in this system: correct the id, or drop the row"
            )
        names = ", ".join(self.found[:3])
        return f"{where} is called {names}, not {self.row.name}: correct the id or the name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The rows of a list as concepts of one system.

    Attributes:
        tagger: of the list.
        placed: rows that count, in the list's order, each with its concept. A
            QID that several synsets have stands there once for each.
        problems: rows that don't agree, in the list's order.
        skipped: rows of what the system is built without: of Wikidata, where it has
            none of it, and of classes of label sets that it lacks.
    """

    tagger: str
    placed: tuple[tuple[ListRow, Curie], ...]
    problems: tuple[Problem, ...]
    skipped: int


def resolve(listed: SensitiveList, hierarchy: Hierarchy, reader: ConceptReader) -> Resolution:
    """Find the rows of a list in a system, and compare the names.

    Args:
        listed: the list.
        hierarchy: of the system.
        reader: its concepts.

    Returns:
        What was found, and what wasn't: nothing is dropped in silence.
    """
    # Which label sets are there is up to whoever builds; a list can't know.
    missing = {"ls", "wd"} if all(id_.prefix != "wd" for id_ in hierarchy.ids) else {"ls"}
    places = {row.id: _places(row.id, hierarchy, reader) for row in listed.rows}
    wanted = sorted({id_ for found in places.values() for id_ in found})
    concepts = {c.id: c for c in reader.iter_concepts(wanted)}
    placed: list[tuple[ListRow, Curie]] = []
    problems: list[Problem] = []
    skipped = 0
    for row in listed.rows:
        found = [concepts[id_] for id_ in places[row.id] if id_ in concepts]
        if not found and row.id.prefix in missing:
            skipped += 1
            continue
        problem = _compare(row, found)
        if problem is not None:
            problems.append(problem)
        if problem is None or problem.is_applied:
            placed += [(row, concept.id) for concept in found]
    return Resolution(
        tagger=listed.tagger, placed=tuple(placed), problems=tuple(problems), skipped=skipped
    )


def _places(id_: Curie, hierarchy: Hierarchy, reader: ConceptReader) -> tuple[Curie, ...]:
    """Return where a listed concept stands; an item may have become a synset's other id."""
    if id_ in hierarchy:
        return (id_,)
    if id_.prefix != "wd":
        return ()
    return tuple(found for found in reader.find_by_xref(id_) if found in hierarchy)


def _compare(row: ListRow, found: Sequence[Concept]) -> Problem | None:
    if not found:
        return Problem(row, ())
    if any(row.name in _names(row.id, concept) for concept in found):
        return None
    return Problem(row, tuple(concept.synset or concept.pref_label for concept in found))


def _names(id_: Curie, concept: Concept) -> Iterable[str]:
    if id_.prefix == "wn30":
        return concept.synset_names
    return [concept.pref_label, *(name.text for name in concept.names if name.lang == "en")]


# -- down the hierarchy ----------------------------------------------------------------------


class Cause(NamedTuple):
    """Why a concept has a category.

    Attributes:
        category: the category.
        root: the listed concept that it comes down from, or the concept itself.
        steps: how far down.
        row: what the list says of it.
    """

    category: str
    root: Curie
    steps: int
    row: ListRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitiveTags:
    """Every sensitive concept of a hierarchy.

    Attributes:
        tagger: of the list.
        causes: tagged concepts, sorted by id, each with its causes, one a
            category, by category.
    """

    tagger: str
    causes: Mapping[Curie, tuple[Cause, ...]]

    def of(self, id_: Curie) -> tuple[Cause, ...]:
        """Return why a concept is sensitive; empty where it isn't."""
        return self.causes.get(id_, ())

    def categories(self, id_: Curie) -> tuple[str, ...]:
        """Return the categories of a concept, sorted; empty where it isn't sensitive."""
        return tuple(cause.category for cause in self.of(id_))

    def counts(self) -> dict[str, int]:
        """Return how many concepts each category has; the order is that of `CATEGORIES`."""
        counts = dict.fromkeys(CATEGORIES, 0)
        for causes in self.causes.values():
            for cause in causes:
                counts[cause.category] += 1
        return counts


def tag_sensitive(hierarchy: Hierarchy, found: Resolution) -> SensitiveTags:
    """Send the list down a hierarchy.

    A concept has a category where it is listed with it, or lies below a listed
    root. Of several roots the nearest one is its cause, then the one that is
    listed first. An exception takes out all below it; a root that itself lies
    below the exception holds.

    Args:
        hierarchy: all concepts.
        found: the list's rows in it.

    Returns:
        The concepts that have a category, and why.
    """
    by_category: defaultdict[str, list[tuple[ListRow, Curie]]] = defaultdict(list)
    for row, id_ in found.placed:
        by_category[row.category].append((row, id_))
    causes: defaultdict[int, list[Cause]] = defaultdict(list)
    for category in sorted(by_category):
        nearest = _nearest(hierarchy, by_category[category])
        for number, (steps, row, root) in nearest.items():
            causes[number].append(Cause(category, root, steps, row))
    return SensitiveTags(
        tagger=found.tagger,
        causes={hierarchy.ids[number]: tuple(causes[number]) for number in sorted(causes)},
    )


_Nearest = dict[int, tuple[int, ListRow, Curie]]


def _nearest(hierarchy: Hierarchy, placed: Sequence[tuple[ListRow, Curie]]) -> _Nearest:
    """Return the concepts of one category by number: steps, row and root of each."""
    by_scope: dict[str, list[tuple[ListRow, Curie]]] = {scope: [] for scope in _SCOPES}
    for row, id_ in placed:
        by_scope[row.scope].append((row, id_))
    best: _Nearest = {}
    for roots, allowed in _groups(hierarchy, by_scope["subtree"], by_scope["except"]):
        owners, steps = hierarchy.nearest_above(
            [id_ for _, id_ in roots], within=allowed, instances=True
        )
        numbers = np.flatnonzero(owners >= 0)
        for number, owner, step in zip(
            numbers.tolist(), owners[numbers].tolist(), steps[numbers].tolist(), strict=True
        ):
            _keep(best, number, (step, *roots[owner]))
    for row, id_ in by_scope["concept"]:
        _keep(best, hierarchy.index(id_), (0, row, id_))
    return best


def _keep(best: _Nearest, number: int, new: tuple[int, ListRow, Curie]) -> None:
    old = best.get(number)
    if old is None or (new[0], new[1].line) < (old[0], old[1].line):
        best[number] = new


def _groups(
    hierarchy: Hierarchy,
    roots: Sequence[tuple[ListRow, Curie]],
    exceptions: Sequence[tuple[ListRow, Curie]],
) -> Iterator[tuple[list[tuple[ListRow, Curie]], BoolArray]]:
    """Yield roots that lie below the same exceptions, with where they may lead to.

    All others of the exceptions block the way.
    """
    masks = [hierarchy.descendant_mask([id_], instances=True) for _, id_ in exceptions]
    groups: defaultdict[tuple[int, ...], list[tuple[ListRow, Curie]]] = defaultdict(list)
    for row, id_ in roots:
        number = hierarchy.index(id_)
        groups[tuple(n for n, mask in enumerate(masks) if mask[number])].append((row, id_))
    for above, members in sorted(groups.items()):
        allowed = np.ones(len(hierarchy), dtype=np.bool_)
        for n, mask in enumerate(masks):
            if n not in above:
                allowed &= ~mask
        yield members, allowed
