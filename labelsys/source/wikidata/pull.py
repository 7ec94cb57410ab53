"""A pull from an endpoint, from top to bottom: closure, facts, tables.

All answers go through a journal, so a pull that was stopped goes on where it
was. Items are asked about in the order of their numbers, and so the tables are
written batch by batch, out of the journal, whatever the pull's size.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from labelsys.atomic import make_folder
from labelsys.errors import LabelsysError, SourceError
from labelsys.lock import WriterLock
from labelsys.source.counts import reconcile
from labelsys.source.wikidata.asking import Asker, PageFullError, Patience, TooHeavyError
from labelsys.source.wikidata.budget import HostBudget
from labelsys.source.wikidata.closure import (
    find_closure,
    halves,
    has_below,
    in_batches,
    telling,
)
from labelsys.source.wikidata.endpoint import Endpoint
from labelsys.source.wikidata.journal import Answer, Journal
from labelsys.source.wikidata.properties import KEPT_PROPERTIES
from labelsys.source.wikidata.pull_settings import PullReport, journal_path
from labelsys.source.wikidata.pulled import qid_number, write_pull
from labelsys.source.wikidata.questions import (
    item_terms,
    make_question,
    property_term,
    text_terms,
)
from labelsys.source.wikidata.statements import (
    INTO,
    make_entities,
    predicates,
    read_facts,
    read_sitelinks,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from labelsys.progress import Progress
    from labelsys.source.wikidata.answers import Term
    from labelsys.source.wikidata.asking import Tally
    from labelsys.source.wikidata.pull_settings import PullSettings
    from labelsys.source.wikidata.pulled import Entity
    from labelsys.source.wikidata.questions import Question

__all__ = ["pull_wikidata"]

_INTERVAL_S: Final = 1.0
_LICENSE: Final = "CC0-1.0"
_MOST_REDIRECTS: Final = 5
_ALONE: Final = 100


def pull_wikidata(settings: PullSettings, progress: Progress) -> PullReport:
    """Pull items from an endpoint into a folder.

    Args:
        settings: what, from where, into what.
        progress: told how far it is, and how to go on where it stops.

    Returns:
        What was done. The journal is removed once the tables are written.

    Raises:
        LabelsysError: the endpoint does not answer, refuses or gives nonsense
            (`SourceError`), the disk does not take it (`StoreError`), another
            process writes there (`StoreBusyError`).
        KeyboardInterrupt: the person has seen enough.
    """
    make_folder(settings.out.parent)
    lock = WriterLock(settings.out.with_name(f".{settings.out.name}.lock"), str(settings.out))
    with lock.hold():
        path = journal_path(settings)
        if settings.is_fresh:
            path.unlink(missing_ok=True)
        journal = Journal(path, settings.parameters())
        try:
            progress.start(f"pull from {settings.endpoint.url}")
            report = _Pull(settings, journal, progress).run()
        except KeyboardInterrupt:
            progress.done(
                f"stopped: {journal.answers:,} answers are kept in {path}; the same command "
                "goes on from there"
            )
            raise
        except LabelsysError:
            progress.done("stopped")
            raise
        finally:
            journal.close()
        journal.remove()
        progress.done(f"{report.items:,} items in {report.out}")
        return report


@dataclass(slots=True)
class _Totals:
    """Of the entities that were made.

    Attributes:
        rows: of answers, that they were made from.
        digest: over all of them, in order.
    """

    items: int = 0
    edges: int = 0
    names: int = 0
    claims: int = 0
    redirects: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def add(self, entity: Entity, property: str, levels: Mapping[str, int]) -> None:
        """Count an entity."""
        self.items += 1
        self.names += len(entity.texts)
        self.claims += len(entity.claims)
        self.redirects += bool(entity.into)
        self.edges += sum(c.pid == property and c.value in levels for c in entity.claims)
        self.digest.update(repr(entity).encode("utf-8", "replace"))


class _Pull:
    """One run over one journal."""

    def __init__(self, settings: PullSettings, journal: Journal, progress: Progress) -> None:
        self.settings, self.progress = settings, progress
        endpoint = Endpoint(settings.endpoint)
        address = endpoint.address
        self.dialect = settings.find_dialect(address.host)
        interval_s = settings.interval_s
        if interval_s is None:
            interval_s = 0.0 if address.is_local else _INTERVAL_S
        usual = Patience.at_home() if address.is_local else Patience()
        budget = HostBudget(
            settings.cache / "endpoints", address.host, address.port, interval_s=interval_s
        )
        self.asker = Asker(endpoint, budget, journal, settings.patience or usual, progress)
        self.pids = frozenset((*KEPT_PROPERTIES, settings.property))
        self.properties = [
            *predicates(sitelinks=self.dialect.sitelinks == "item"),
            *(property_term(pid) for pid in sorted(self.pids, key=lambda pid: int(pid[1:]))),
        ]

    def run(self) -> PullReport:
        """Ask for everything, then write it.

        Returns:
            What was done.
        """
        settings = self.settings
        roots = self._resolve(settings.roots)
        levels = find_closure(
            self.asker,
            roots,
            property=settings.property,
            depth=settings.depth,
            batch=settings.batch,
            page=settings.page,
            progress=self.progress,
        )
        qids = sorted(levels, key=qid_number)
        totals = _Totals()
        with telling(self.progress, "names and claims", len(qids)) as words:
            for batch in in_batches(qids, settings.batch):
                for entity in self._entities(batch, totals):
                    totals.add(entity, settings.property, levels)
                self.progress.advance(len(batch))
            words.append(f"{totals.names:,} names, {totals.claims:,} claims")
        # As it is now: writing reads the journal once more.
        tally, version = replace(self.asker.tally), totals.digest.hexdigest()[:12]
        with telling(self.progress, "writing the tables") as words:
            again = (
                entity
                for batch in in_batches(qids, settings.batch)
                for entity in self._entities(batch, _Totals())
            )
            written = write_pull(settings.out, self._header(version), again)
            words.append(f"{written:,} items")
        return self._report(totals, tally, version)

    def _resolve(self, given: Sequence[str]) -> list[str]:
        """Follow the roots that redirect.

        Returns:
            The roots with what they redirect to.

        Raises:
            SourceError: nothing is said of one, and nothing is below it.
        """
        settings = self.settings
        roots: dict[str, None] = {}
        front = sorted(set(given), key=qid_number)
        for _ in range(_MOST_REDIRECTS):
            roots.update(dict.fromkeys(front))
            found = [row for answer in self._ask_facts(front) for row in answer.rows]
            said = {row[0] for row in found}
            for qid in front:
                if qid not in said and not has_below(
                    self.asker, qid, settings.property, settings.page
                ):
                    msg = (
                        f"{settings.endpoint.url} knows nothing of {qid}, and nothing below it by "
                        f"{settings.property}: look at the id, and whether Wikidata is there"
                    )
                    raise SourceError(msg)
            targets = {row[3] for row in found if row[1] == INTO} - roots.keys()
            front = sorted(targets, key=qid_number)
            if not front:
                break
        return list(roots)

    def _entities(self, qids: Sequence[str], totals: _Totals) -> list[Entity]:
        rows: list[list[str]] = []
        for answer in self._ask_facts(qids):
            rows += answer.rows
            totals.skipped.update(answer.skipped)
        totals.rows += len(rows)
        return make_entities(qids, rows)

    def _ask_facts(self, qids: Sequence[str]) -> Iterator[Answer]:
        languages = text_terms(["", *self.settings.all_languages()])
        terms = item_terms(qids)
        lists = {"item": terms, "property": self.properties, "lang": languages}
        # One item can't be asked about in parts: it may take much more room.
        most = self.settings.page if len(qids) > 1 else self.settings.page * _ALONE
        question = make_question("wikidata_facts", lists, most=most)
        read = partial(read_facts, qids=set(qids), pids=self.pids)
        try:
            answers = [self._ask_whole(question, read, len(qids))]
            if self.dialect.sitelinks == "data":
                asked = make_question("wikidata_sitelinks", {"item": terms}, most=most)
                links = partial(read_sitelinks, qids=set(qids))
                answers.append(self._ask_whole(asked, links, len(qids)))
        except TooHeavyError:
            for half in halves(qids):
                yield from self._ask_facts(half)
            return
        yield from answers

    def _ask_whole(self, question: Question, read: Any, size: int) -> Answer:
        def read_whole(rows: Sequence[tuple[Term, ...]]) -> Answer:
            if len(rows) >= question.most:
                raise PageFullError
            answer: Answer = read(rows)
            return answer

        return self.asker.ask(question, read_whole, may_split=size > 1)

    def _header(self, version: str) -> dict[str, str]:
        settings = self.settings
        depth = {} if settings.depth is None else {"depth": str(settings.depth)}
        return {
            "dataset": "Wikidata",
            "source": settings.endpoint.url,
            "version": version,
            "license": _LICENSE,
            "roots": " ".join(sorted(set(settings.roots), key=qid_number)),
            "property": settings.property,
            **depth,
            "languages": " ".join(settings.all_languages()),
            "properties": " ".join(sorted(self.pids, key=lambda pid: int(pid[1:]))),
        }

    def _report(self, totals: _Totals, tally: Tally, version: str) -> PullReport:
        skipped = dict(sorted(totals.skipped.items()))
        return PullReport(
            out=str(self.settings.out),
            version=version,
            requests=tally.requests,
            from_journal=tally.from_journal,
            retried=dict(sorted(tally.retried.items())),
            waited_s=round(tally.waited_s, 1),
            items=totals.items,
            edges=totals.edges,
            names=totals.names,
            claims=totals.claims,
            redirects=totals.redirects,
            statements=reconcile(totals.rows + sum(skipped.values()), skipped),
        )
