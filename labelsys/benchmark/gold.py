"""Gold files: which concept each class of a list means, as people judged it.

A gold file is a TSV or CSV file with a header: `label_id` (or `category_id`),
`name` (or `label`), and the answer in `object_id`, `wnid` or `synset`, the
first of them that a row fills. `parent`, `synonyms` and `description` may be
there. This module reads such files and looks the answers up; a row that can't
be scored is kept with the reason.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from labelsys.errors import AmbiguousLabelError, ConfigError, IdentifierError, NotFoundError
from labelsys.ids import DEFAULT_BASE, Curie
from labelsys.labelset.checks import (
    find_id_problem,
    find_name_problem,
    find_text_problem,
    parse_qid,
    parse_synset,
    parse_wnid,
)
from labelsys.labelset.delimited import iter_body, iter_cells
from labelsys.labelset.input import InputFile
from labelsys.lookup import resolve_id
from labelsys.model import Label

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from labelsys.errors import SourceError
    from labelsys.store.protocol import GraphStore

__all__ = [
    "ANSWER_COLUMNS",
    "CONTEXT_COLUMNS",
    "Gold",
    "GoldRow",
    "ResolvedGold",
    "SkippedGold",
    "read_gold",
    "read_golds",
    "resolve_gold",
]

ANSWER_COLUMNS = ("object_id", "wnid", "synset")
"""Where an answer may stand; the first that a row fills counts."""
CONTEXT_COLUMNS = ("parent", "synonyms", "description")
"""What a row may say of its class beside the name."""

_ID_COLUMNS = ("label_id", "category_id")
_NAME_COLUMNS = ("name", "label")

NO_ANSWER = "no answer given"
NO_ID = "the answer is not one id"
NO_CONCEPT = "the answer is no concept here"
SEVERAL_CONCEPTS = "the answer names several concepts"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldRow:
    """One class and what it means, as the file has it.

    Attributes:
        line: 1-based line in the file.
        label_id: unique in its file: the second row with an id `7` is `7#2`.
        name: the raw name.
        answer: an id in any spelling, "" where none is given.
        parent: the superclass, or "".
        synonyms: other names.
        description: a text on it, or "".
    """

    line: int
    label_id: str
    name: str
    answer: str
    parent: str = ""
    synonyms: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """A gold file that was read.

    Attributes:
        name: the file's name without its suffix.
        path: the file.
        columns: where answers were looked for.
        rows: in file order, without blank lines.
    """

    name: str
    path: str
    columns: tuple[str, ...]
    rows: tuple[GoldRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedGold:
    """A row that can't be scored.

    Attributes:
        line: 1-based line in the file.
        label_id: as given, maybe "".
        name: as given, maybe "".
        answer: as given, maybe "".
        reason: why.
    """

    line: int
    label_id: str
    name: str
    answer: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedGold:
    """A gold file whose answers were looked up in a store.

    Attributes:
        gold: the file.
        linked: the rows with a usable name: all of them are linked together.
        answers: one for each of `linked`: the concept, or None where there is
            nothing to score.
        skipped: the rows that are not scored, in file order.
    """

    gold: Gold
    linked: tuple[GoldRow, ...]
    answers: tuple[Curie | None, ...]
    skipped: tuple[SkippedGold, ...]

    @property
    def reasons(self) -> dict[str, int]:
        """Reason -> how many rows were skipped for it, by reason."""
        return dict(sorted(Counter(row.reason for row in self.skipped).items()))

    def scored(self, values: Iterable[_T]) -> list[_T]:
        """Return those values, of one for each of `linked`, whose rows are scored."""
        pairs = zip(values, self.answers, strict=True)
        return [value for value, answer in pairs if answer is not None]

    def labels(self, label_set: str, use: Collection[str] = ()) -> tuple[Label, ...]:
        """Return the names to link, and nothing that gives an answer away.

        Args:
            label_set: id that the labels go by.
            use: those of `CONTEXT_COLUMNS` that the labels carry as well.
        """
        return tuple(
            Label(
                label_set=label_set,
                label_id=row.label_id,
                name=row.name,
                parent=(row.parent or None) if "parent" in use else None,
                synonyms=row.synonyms if "synonyms" in use else (),
                description=row.description if "description" in use else "",
            )
            for row in self.linked
        )


def read_golds(paths: Sequence[Path], *, column: str | None = None) -> tuple[Gold, ...]:
    """Read several gold files.

    Args:
        paths: the files.
        column: where the answers are, in those files that have such a column.

    Returns:
        One `Gold` a file, in order.

    Raises:
        ConfigError: no file has the column.
        SourceError: a file is wrong; the message has the line.
    """
    golds = tuple(read_gold(path, column=column) for path in paths)
    if column is not None and all(gold.columns != (column,) for gold in golds):
        msg = f"no gold file has a column {column!r}"
        raise ConfigError(msg, location="--gold-column")
    return golds


def read_gold(path: Path, *, column: str | None = None) -> Gold:
    """Read a gold file.

    Args:
        path: a TSV or CSV file with a header.
        column: where the answers are, if the file has such a column; else, and
            for None, `ANSWER_COLUMNS`.

    Returns:
        All rows; nothing is looked up yet.

    Raises:
        SourceError: the file can't be read, lacks a column, or has a row of
            another width; the message has the line.
    """
    with InputFile(path) as source:
        return _read(source, column)


def _read(source: InputFile, column: str | None) -> Gold:
    _, first = next(iter_body(source.lines(), {}), (1, ""))
    rows = iter_cells(source, "\t" if "\t" in first else ",")
    line, header = next(rows, (1, []))
    names = [cell.strip() for cell in header]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        msg = f"the column {twice[0]!r} stands there twice"
        raise source.error(msg, line)
    place = {name: names.index(name) for name in names}
    columns = (column,) if column in place else tuple(c for c in ANSWER_COLUMNS if c in place)
    for wanted in (_ID_COLUMNS, _NAME_COLUMNS):
        if not any(name in place for name in wanted):
            raise _missing_column(source, line, names, " or ".join(map(repr, wanted)))
    if not columns:
        raise _missing_column(source, line, names, "of answers (object_id, wnid or synset)")
    found = tuple(_iter_rows(source, place, columns, rows))
    if not found:
        msg = "holds no row below the column names"
        raise source.error(msg, line)
    return Gold(name=Path(source.path).stem, path=source.path, columns=columns, rows=found)


def _missing_column(source: InputFile, line: int, names: list[str], what: str) -> SourceError:
    found = ", ".join(names)[:200]
    return source.error(f"no column {what}; the columns are: {found} (TSV or CSV)", line)


def _iter_rows(
    source: InputFile,
    place: dict[str, int],
    columns: tuple[str, ...],
    rows: Iterator[tuple[int, list[str]]],
) -> Iterator[GoldRow]:
    seen: Counter[str] = Counter()
    for line, cells in rows:
        if not cells:
            continue
        if len(cells) != len(place):
            msg = f"{len(cells)} cells, the header has {len(place)}"
            raise source.error(msg, line)
        value = {name: cells[at].strip() for name, at in place.items()}
        label_id = next(value[name] for name in _ID_COLUMNS if name in value)
        seen[label_id] += 1
        for name in ("parent", "description", "synonyms"):
            problem = find_text_problem(value.get(name, ""))
            if problem is not None:
                msg = f"{problem} in the {name}: take it out"
                raise source.error(msg, line)
        yield GoldRow(
            line=line,
            label_id=label_id if seen[label_id] == 1 else f"{label_id}#{seen[label_id]}",
            name=next(value[name] for name in _NAME_COLUMNS if name in value),
            answer=next((value[name] for name in columns if value[name]), ""),
            parent=value.get("parent", ""),
            synonyms=tuple(s for s in map(str.strip, value.get("synonyms", "").split("|")) if s),
            description=value.get("description", ""),
        )


def resolve_gold(reader: GraphStore, gold: Gold) -> ResolvedGold:
    """Look the answers of a gold file up in a store.

    Returns:
        All rows: those to score with their concept, the others with a reason.
    """
    base = reader.get_meta().get("base", DEFAULT_BASE)
    linked: list[GoldRow] = []
    answers: list[Curie | None] = []
    skipped: list[SkippedGold] = []
    for row in gold.rows:
        problem = find_id_problem(row.label_id) or find_name_problem(row.name)
        found: Curie | str = problem or _find_answer(reader, row.answer, base)
        if problem is None:
            linked.append(row)
            answers.append(found if isinstance(found, Curie) else None)
        if not isinstance(found, Curie):
            skipped.append(
                SkippedGold(
                    line=row.line,
                    label_id=row.label_id,
                    name=row.name,
                    answer=row.answer,
                    reason=found,
                )
            )
    return ResolvedGold(
        gold=gold, linked=tuple(linked), answers=tuple(answers), skipped=tuple(skipped)
    )


def _find_answer(reader: GraphStore, text: str, base: str) -> Curie | str:
    """Return the concept that an answer names, or why there is none."""
    if not text:
        return NO_ANSWER
    if not _is_one_id(text):
        return NO_ID
    try:
        return resolve_id(reader, text, base=base)
    except AmbiguousLabelError:
        return SEVERAL_CONCEPTS
    except (NotFoundError, IdentifierError):
        return NO_CONCEPT


def _is_one_id(text: str) -> bool:
    """Return whether a text has the shape of one id; a plain name is no answer."""
    if any(parse(text) is not None for parse in (parse_wnid, parse_synset, parse_qid)):
        return True
    try:
        Curie.parse(text)
    except IdentifierError:
        return False
    return " " not in text
