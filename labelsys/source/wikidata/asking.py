"""Many questions to one endpoint: from the journal, else asked politely until they are answered.

A failure is followed by a pause: the one that the endpoint asks for, else a
random one below a bound that doubles each time. Failures in a row end the run,
and so does a pause that is too long to sit out; what was answered is in the
journal by then.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from labelsys.errors import SourceError
from labelsys.source.wikidata.answers import parse_answer
from labelsys.source.wikidata.endpoint import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from labelsys.progress import Progress
    from labelsys.source.wikidata.answers import Term
    from labelsys.source.wikidata.budget import HostBudget
    from labelsys.source.wikidata.endpoint import Endpoint
    from labelsys.source.wikidata.journal import Answer, Journal
    from labelsys.source.wikidata.questions import Question

__all__ = ["Asker", "PageFullError", "Patience", "Tally", "TooHeavyError"]

_TELL_S: Final = 3.0
"""Pauses from this length on are told: shorter ones are noise."""

_THROTTLED: Final = "HTTP 429"
_SPLIT_AFTER: Final = 3
"""Failures of one question that asking for less may help, after which less is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to go on after failures.

    Attributes:
        backoff_s: bound of the first pause; it doubles with each failure in a row.
        longest_backoff_s: what the bound does not grow beyond.
        throttled_s: pause after a 429 that does not say how long.
        longest_wait_s: longest pause that an endpoint may ask for; a longer one ends the run.
        give_up_after: failures in a row that end the run.
        seed: of the pauses; None takes others each time.
    """

    backoff_s: float = 1.0
    longest_backoff_s: float = 60.0
    throttled_s: float = 60.0
    longest_wait_s: float = 600.0
    give_up_after: int = 12
    seed: int | None = None

    @classmethod
    def at_home(cls) -> Patience:
        """Return the one for an endpoint on this machine, which nobody else waits for."""
        return cls(backoff_s=0.05, longest_backoff_s=2.0, throttled_s=1.0)


class TooHeavyError(Exception):
    """A question has to be asked in parts. Never leaves this package."""


class PageFullError(Exception):
    """An answer has as many rows as were asked for, so others may be missing."""


@dataclass(slots=True)
class Tally:
    """What was done so far.

    Attributes:
        requests: sent, failed ones included.
        answered: of them, those that got their answer.
        from_journal: answers that were there from before.
        retried: reason -> failures.
        waited_s: seconds in pauses.
    """

    requests: int = 0
    answered: int = 0
    from_journal: int = 0
    retried: Counter[str] = field(default_factory=Counter)
    waited_s: float = 0.0


class Asker:
    """Gets answers, each once.

    Attributes:
        tally: what was done so far.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        budget: HostBudget,
        journal: Journal,
        patience: Patience,
        progress: Progress,
    ) -> None:
        """Get ready to ask; nothing is sent yet."""
        self._endpoint, self._budget, self._journal = endpoint, budget, journal
        self._patience, self._progress = patience, progress
        self._host = endpoint.address.host
        self._random = random.Random(patience.seed)
        self._failed_in_a_row: Counter[str] = Counter()
        self._own: set[str] = set()
        self.tally = Tally()

    def ask(
        self,
        question: Question,
        read: Callable[[Sequence[tuple[Term, ...]]], Answer],
        *,
        may_split: bool,
    ) -> Answer:
        """Return the answer to a question: that of the journal, else a new one.

        Args:
            question: what to ask.
            read: makes of the rows what the journal keeps; raises `RequestError`
                where they can't be the answer.
            may_split: whether the caller can ask for less instead.

        Raises:
            TooHeavyError: it is to be asked in parts, now and in each later run.
            SourceError: the endpoint does not answer, or asks to wait too long.
            StoreError: the answer can't be kept.
        """
        found = self._journal.find(question.key)
        if found is not None:
            self.tally.from_journal += question.key not in self._own
            return found
        if may_split and self._journal.is_split(question.key):
            raise TooHeavyError
        heavy = 0
        while True:
            try:
                with self._turn():
                    answer = self._send(question, read)
            except RequestError as error:
                heavy += error.is_heavy
                self._note(error)
                if may_split and heavy >= _SPLIT_AFTER:
                    raise self._split(question) from None
                self._pause(error)
            except PageFullError:
                if may_split:
                    raise self._split(question) from None
                msg = f"an answer has more than {question.most:,} rows, and can't be asked in parts"
                raise SourceError(msg) from None
            else:
                self._journal.put(question.key, answer)
                self._own.add(question.key)
                self._failed_in_a_row.clear()
                self.tally.answered += 1
                return answer

    def _split(self, question: Question) -> TooHeavyError:
        self._journal.put_split(question.key)
        return TooHeavyError()

    def _send(
        self, question: Question, read: Callable[[Sequence[tuple[Term, ...]]], Answer]
    ) -> Answer:
        self._budget.spend()
        self.tally.requests += 1
        try:
            body = self._endpoint.ask(question.text)
            return read(parse_answer(body, question.columns, question.most))
        except RequestError as error:
            if error.wait_s is None and error.reason == _THROTTLED:
                error.wait_s = self._patience.throttled_s
            if error.wait_s is not None:
                self._budget.defer(error.wait_s)  # all processes wait, not this one alone
            raise

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self._budget.turn() as pause:
            if pause > self._patience.longest_wait_s:
                said = f"{self._host} asked to wait {pause:,.0f} s more"
                raise self._stop(said)
            self._sleep(pause, f"{self._host} asked for a pause")
            yield

    def _note(self, error: RequestError) -> None:
        self.tally.retried[error.reason] += 1
        self._failed_in_a_row[error.reason] += 1
        if error.wait_s is not None and error.wait_s > self._patience.longest_wait_s:
            said = f"{self._host} asks to wait {error.wait_s:,.0f} s ({error.reason})"
            raise self._stop(said)
        total = self._failed_in_a_row.total()
        if total >= self._patience.give_up_after:
            counts = self._failed_in_a_row.most_common()
            reasons = ", ".join(f"{reason}: {count}" for reason, count in counts)
            said = f"{self._host} failed {total} times in a row ({reasons})"
            raise self._stop(said)

    def _pause(self, error: RequestError) -> None:
        """Wait a random time, on top of what the endpoint asked for, which the next turn waits."""
        failures = self._failed_in_a_row.total()
        bound = min(
            self._patience.longest_backoff_s, self._patience.backoff_s * 2.0 ** (failures - 1)
        )
        told = f"{self._host} failed ({error.reason}), {failures} in a row"
        self._sleep(self._random.uniform(0.0, bound), told)

    def _sleep(self, seconds: float, why: str) -> None:
        if seconds <= 0.0:
            return
        self.tally.waited_s += seconds
        if seconds < _TELL_S:
            time.sleep(seconds)
            return
        self._progress.start(f"{why}: waiting {seconds:.0f} s")
        try:
            time.sleep(seconds)
        finally:
            self._progress.done("over")

    def _stop(self, why: str) -> SourceError:
        if not self._journal.answers:
            return SourceError(f"{why}, and has answered nothing")
        kept = f"{self._journal.answers:,} answers are kept in {self._journal.path}"
        return SourceError(f"{why}: {kept}; the same command, run later, goes on from there")
