"""What a pass leaves: the pull, the counts, and the lines that were set aside."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from labelsys.atomic import write_text_atomic
from labelsys.errors import SourceError
from labelsys.source.counts import reconcile
from labelsys.source.wikidata.dump.choose import choose, read_found
from labelsys.source.wikidata.dump.record import SKIPS
from labelsys.source.wikidata.dump.scan import load_parser
from labelsys.source.wikidata.pulled import COUNTS, Claim, Entity, Text, write_pull

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from labelsys.source.protocol import Counts
    from labelsys.source.wikidata.dump.work import Work

__all__ = ["BAD_LINES", "DumpReport", "write_result"]

BAD_LINES: Final = "bad-lines.jsonl"
"""Beside the tables, where there are any: the first thousand lines that are no entities."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpReport:
    """How a pass went.

    Attributes:
        folder: of the pull.
        version: of the dump.
        items: how many are in the pull.
        missing_roots: roots that the dump doesn't have.
        counts: batch -> how it reconciles.
    """

    folder: str
    version: str
    items: int
    missing_roots: tuple[str, ...]
    counts: Mapping[str, Counts]


def write_result(
    folder: Path, work: Work, settings: dict[str, Any], state: dict[str, Any]
) -> DumpReport:
    """Choose what is in the pull, and write it.

    Args:
        folder: of the pull.
        work: what the pass found.
        settings: roots, languages, properties, linked.
        state: of the pass, which is through.

    Returns:
        What was read, kept and left out.

    Raises:
        SourceError: nothing is left to write.
    """
    found = read_found(work.iter_kept())
    roots = [int(qid[1:]) for qid in settings["roots"]]
    chosen = choose(found, roots, linked=settings["linked"])
    if not len(chosen):
        where = f"under {', '.join(settings['roots'])}" if roots else "with a class above it"
        msg = f"nothing {where} is in the dump: nothing was written"
        raise SourceError(msg)
    statements = _Statements()
    header = {
        "dataset": "Wikidata",
        "source": "JSON dump of entities",
        "version": state["version"],
        "license": "CC0-1.0",
        "roots": " ".join(settings["roots"]) or "none",
        "languages": " ".join(settings["languages"]),
        "properties": " ".join(settings["properties"]),
    }
    for name in (COUNTS, BAD_LINES):  # of the pull before, which is going to be replaced
        (folder / name).unlink(missing_ok=True)
    items = write_pull(folder, header, _entities(work, chosen.tolist(), statements))
    has = set(found.numbers.tolist()) if roots else set()
    report = DumpReport(
        folder=str(folder),
        version=state["version"],
        items=items,
        missing_roots=tuple(f"Q{number}" for number in roots if number not in has),
        counts={**_count_lines(state, items, bool(roots)), "statements": statements.counts()},
    )
    counts = {batch: asdict(each) for batch, each in report.counts.items()}
    _write_bad_lines(folder, work)
    write_text_atomic(folder / COUNTS, json.dumps(counts, indent=1, sort_keys=True) + "\n")
    return report


class _Statements:
    """Adds up how the statements of kept items were dealt with."""

    def __init__(self) -> None:
        self._read = 0
        self._skipped: Counter[str] = Counter()

    def add(self, read: int, skipped: Iterable[int]) -> None:
        self._read += read
        self._skipped.update(dict(zip(SKIPS, skipped, strict=True)))

    def counts(self) -> Counts:
        return reconcile(self._read, self._skipped)


def _entities(work: Work, chosen: list[int], statements: _Statements) -> Iterator[Entity]:
    loads, _ = load_parser()
    rest = iter(chosen)
    following = next(rest, None)
    for number, record in work.iter_records():
        if number != following:
            continue
        following = next(rest, None)
        sitelinks, texts, claims, read, skipped = loads(record)
        statements.add(read, skipped)
        yield Entity(
            qid=f"Q{number}",
            texts=tuple(Text(*text) for text in texts),
            claims=tuple(Claim(*claim) for claim in claims),
            sitelinks=sitelinks,
        )


def _count_lines(state: dict[str, Any], items: int, has_roots: bool) -> dict[str, Counts]:
    first, *others = state["looks"]
    found_later = sum(look["hits"] for look in others)
    kept = items - found_later
    reason = "not under a root" if has_roots else "no statement that counts"
    skipped = {**first["skipped"], reason: first["hits"] - kept}
    read = first["hits"] + sum(first["skipped"].values()) + sum(first["failed"].values())
    counts = {"lines": reconcile(read, skipped, first["failed"])}
    if others:
        asked = len(state["missing"])
        counts["second look"] = reconcile(asked, {"not in the dump": asked - found_later})
    return counts


def _write_bad_lines(folder: Path, work: Work) -> None:
    rows = [
        json.dumps(
            {"line": line, "reason": reason, "bytes": size, "text": text.decode("utf-8", "replace")}
        )
        for line, reason, size, text in work.iter_bad()
    ]
    if rows:
        write_text_atomic(folder / BAD_LINES, "\n".join(rows) + "\n")
