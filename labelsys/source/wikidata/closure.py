"""Everything below some items along a property, level by level, from an endpoint."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

from labelsys.source.wikidata.asking import TooHeavyError
from labelsys.source.wikidata.endpoint import RequestError
from labelsys.source.wikidata.journal import Answer
from labelsys.source.wikidata.pulled import is_qid, qid_number
from labelsys.source.wikidata.questions import (
    ENTITY,
    item_terms,
    make_question,
    property_term,
    text_terms,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from labelsys.progress import Progress
    from labelsys.source.wikidata.answers import Term
    from labelsys.source.wikidata.asking import Asker

__all__ = ["find_closure", "halves", "has_below", "in_batches", "telling"]

_WAYS: Final = ("narrower", "redirect")


def find_closure(
    asker: Asker,
    roots: Sequence[str],
    *,
    property: str,
    depth: int | None,
    batch: int,
    page: int,
    progress: Progress,
) -> dict[str, int]:
    """Find what lies below some items, and what redirects to it.

    Args:
        asker: gets the answers.
        roots: QIDs to begin at.
        property: that leads up, as `P279` does.
        depth: levels below the roots; None for all of them.
        batch: items in a question.
        page: rows in an answer, three or more.
        progress: told of each level.

    Returns:
        QID -> level at which it was found first, the roots at 0. What redirects
        to an item has its level; redirects to the last level are not looked for.
    """
    levels = dict.fromkeys(sorted(roots, key=qid_number), 0)
    front, level = list(levels), 0
    while front and (depth is None or level < depth):
        below: set[str] = set()
        with telling(progress, f"level {level + 1}", len(front)) as words:
            while front:
                redirects: set[str] = set()
                for items in in_batches(front, batch):
                    for qid, way in _iter_below(asker, items, property, page, after=""):
                        (redirects if way == "redirect" else below).add(qid)
                    progress.advance(len(items))
                # What redirects to an item stands where that item stands: look below it as well.
                front = sorted(redirects - levels.keys(), key=qid_number)
                levels.update(dict.fromkeys(front, level))
            words.append(f"{len(below - levels.keys()):,} new items")
        level += 1
        front = sorted(below - levels.keys(), key=qid_number)
        levels.update(dict.fromkeys(front, level))
    return levels


def has_below(asker: Asker, qid: str, property: str, page: int) -> bool:
    """Return whether anything leads to an item by a property, or redirects to it."""
    return any(True for _ in _iter_below(asker, [qid], property, page, after=""))


def _iter_below(
    asker: Asker, items: Sequence[str], property: str, page: int, *, after: str
) -> Iterator[list[str]]:
    """Yield QID and way of what is below some items, page by page, some maybe twice."""
    while True:
        question = make_question(
            "wikidata_below",
            {"above": item_terms(items), "after": text_terms([after])},
            most=page,
            way=property_term(property),
        )
        read = partial(_read_page, after=after)
        try:
            answer = asker.ask(question, read, may_split=len(items) > 1)
        except TooHeavyError:
            for half in halves(items):
                yield from _iter_below(asker, half, property, page, after=after)
            return
        yield from answer.rows
        if len(answer.rows) < page:
            return
        # The last item may go on behind the cut: begin before it.
        last = answer.rows[-1][0]
        after = ENTITY + next(qid for qid, _ in reversed(answer.rows) if qid != last)


def _read_page(rows: Sequence[tuple[Term, ...]], after: str) -> Answer:
    """Return the rows of a page, which come in order and behind the page before.

    Raises:
        RequestError: they do not.
    """
    found: list[list[str]] = []
    last = (after, "~")
    for item, way in rows:
        qid = item.value.removeprefix(ENTITY)
        if item.kind != "uri" or not is_qid(qid) or way.value not in _WAYS:
            raise RequestError("row of another shape")
        here = (item.value, way.value)
        if here <= last:
            raise RequestError("page out of order")
        last = here
        found.append([qid, way.value])
    return Answer(found, {})


def halves(items: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Return the two halves of a batch.

    Examples:
        >>> halves(["Q1", "Q2", "Q3"])
        (['Q1'], ['Q2', 'Q3'])
    """
    middle = len(items) // 2
    return items[:middle], items[middle:]


def in_batches(items: Sequence[str], size: int) -> list[Sequence[str]]:
    """Return the items, so many at a time."""
    return [items[at : at + size] for at in range(0, len(items), size)]


@contextmanager
def telling(progress: Progress, stage: str, total: int | None = None) -> Iterator[list[str]]:
    """Tell of a stage, however it ends.

    Yields:
        A list that takes the words for its end.
    """
    words: list[str] = []
    progress.start(stage, total)
    try:
        yield words
    except BaseException:
        words = ["stopped"]
        raise
    finally:
        progress.done(", ".join(words))
