"""Many questions: from the cache, else asked a few at a time, within a budget.

An answer is in the cache before it counts, so that what was paid for survives
an interrupt. The cache is addressed by model and prompt, never by the key.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from labelsys.adjudicate.client import AskError, Client
from labelsys.adjudicate.prompt import Answer, as_choice
from labelsys.adjudicate.report import Report
from labelsys.cache import StageCache
from labelsys.errors import LabelsysError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from labelsys.adjudicate.prompt import Question
    from labelsys.adjudicate.settings import LlmSettings
    from labelsys.progress import Progress

__all__ = ["ask_all"]

_STAGE = "llm"
_MAX_PAUSE_S = 30.0
_MAX_WAIT_S = 60.0
_GIVE_UP_AFTER = 10
_POLL_S = 0.2


@dataclass(slots=True)
class _Tally:
    """What is known so far.

    The thread that got an answer writes it here before it tells of it, so that
    an interrupt at any moment finds all that was kept.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    cached: set[str] = field(default_factory=set)
    damaged: int = 0


def ask_all(
    questions: Sequence[Question],
    settings: LlmSettings,
    cache: Path | None,
    progress: Progress,
) -> tuple[tuple[Answer | None, ...], Report]:
    """Ask every question, each text once.

    Args:
        questions: any number; equal ones are asked once.
        settings: whom, how fast and how often.
        cache: folder that keeps answers; None keeps none.
        progress: told how far it is; its last line is the report.

    Returns:
        An answer for each question, in order, None where it failed; and the
        counts.

    Raises:
        LabelsysError: the endpoint refuses all questions, over the key say
            (`ConfigError`), an answer can't be kept (`StoreError`), or urllib3
            is missing where something is to be asked (`MissingExtraError`).
        KeyboardInterrupt: the person has seen enough.
    """
    keys = [question.key(settings.model) for question in questions]
    rows = Counter(keys)
    store = None if cache is None else StageCache(cache)
    tally = _Tally()
    progress.start(f"asking {settings.model}", len(questions))
    workers: _Workers | None = None
    try:
        missing = _look_up(dict(zip(keys, questions, strict=True)), store, tally)
        progress.advance(sum(rows[key] for key in tally.cached))
        if missing:
            workers = _Workers(missing, settings, store, tally)
            for key in workers.settled():
                progress.advance(rows[key])
    except (KeyboardInterrupt, LabelsysError):
        progress.done(_stopped(keys, tally, store))
        raise
    finally:
        if workers is not None:
            workers.stop()
    report = _count(keys, tally, workers.requests if workers else 0, is_kept=store is not None)
    progress.done(report.describe())
    return tuple(tally.answers.get(key) for key in keys), report


def _look_up(
    questions: dict[str, Question], store: StageCache | None, tally: _Tally
) -> dict[str, Question]:
    """Return the questions that have no answer in the cache, and note the answers of the others."""
    missing: dict[str, Question] = {}
    for key, question in questions.items():
        data = None if store is None else store.get(_STAGE, key)
        answer = None if data is None else _unpack(data, question.options)
        if answer is None:
            missing[key] = question
            tally.damaged += data is not None
        else:
            tally.answers[key] = answer
            tally.cached.add(key)
    tally.damaged += 0 if store is None else store.corrupt
    return missing


class _Workers:
    """Threads that ask, note what they get, and tell which question is settled."""

    def __init__(
        self,
        questions: dict[str, Question],
        settings: LlmSettings,
        store: StageCache | None,
        tally: _Tally,
    ) -> None:
        self._settings, self._store, self._tally = settings, store, tally
        self._client = Client(settings)
        self._waiting = iter(questions.items())
        self._total = len(questions)
        self._settled: SimpleQueue[str | BaseException] = SimpleQueue()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._random = random.Random(settings.seed)
        self._not_before = 0.0
        self._failed_in_a_row = 0
        self.requests = 0
        # Daemons: an interrupt must not wait for a slow endpoint.
        for _ in range(min(settings.jobs, len(questions))):
            threading.Thread(target=self._work, daemon=True).start()

    def settled(self) -> Iterator[str]:
        """Yield the key of each question that has its answer, or a reason for none.

        Raises:
            BaseException: what a thread could not go on after.
        """
        for _ in range(self._total):
            one = self._wait()
            if isinstance(one, BaseException):
                raise one
            yield one

    def _wait(self) -> str | BaseException:
        # In short waits, since some platforms take no interrupt while they wait for a lock.
        while True:
            try:
                return self._settled.get(timeout=_POLL_S)
            except Empty:
                continue

    def stop(self) -> None:
        """Let the threads end after the request that they wait for."""
        self._stop.set()
        self._client.close()

    def _work(self) -> None:
        while not self._stop.is_set():
            with self._lock:
                found = next(self._waiting, None)
            if found is None:
                return
            key, question = found
            try:
                self._tally.answers[key] = self._ask_and_keep(key, question)
            except AskError as error:
                self._tally.failures[key] = error.reason
            except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
                self._stop.set()
                self._settled.put(error)
                return
            self._settled.put(key)

    def _ask_and_keep(self, key: str, question: Question) -> Answer:
        try:
            answer = self._ask(question)
        except AskError:
            with self._lock:
                self._failed_in_a_row += 1
            raise
        with self._lock:
            self._failed_in_a_row = 0
        if self._store is not None:
            self._store.put(_STAGE, key, json.dumps(asdict(answer)).encode())
        return answer

    def _ask(self, question: Question) -> Answer:
        last = AskError("not asked")
        for attempt in range(self._settings.tries):
            self._spend()
            try:
                return self._client.ask(question)
            except AskError as error:
                last = error
                if not error.is_retryable:
                    raise
                if attempt + 1 < self._settings.tries:
                    self._pause(attempt, error)
        raise last

    def _spend(self) -> None:
        """Wait as long as the endpoint asked for, then take one request out of the budget.

        Raises:
            AskError: there is none left, or no use in it.
        """
        while (pause := self._not_before - time.monotonic()) > 0:
            if self._stop.wait(pause):
                raise AskError("stopped")
        with self._lock:
            if self.requests >= self._settings.max_requests:
                raise AskError("not asked: the budget of requests is used up")
            if self._failed_in_a_row >= _GIVE_UP_AFTER:
                msg = f"not asked: {_GIVE_UP_AFTER} questions in a row had failed"
                raise AskError(msg)
            self.requests += 1

    def _pause(self, attempt: int, error: AskError) -> None:
        if error.wait_s is not None:
            if error.wait_s > _MAX_WAIT_S:
                msg = f"{error.reason}, and to wait longer than {_MAX_WAIT_S:.0f} s"
                raise AskError(msg)
            with self._lock:  # a limit is the endpoint's, so all threads wait
                self._not_before = max(self._not_before, time.monotonic() + error.wait_s)
            return
        longest = min(_MAX_PAUSE_S, self._settings.backoff_s * 2**attempt)
        with self._lock:
            pause = self._random.uniform(longest / 2, longest)
        if self._stop.wait(pause):
            raise AskError("stopped")


def _unpack(data: bytes, options: int) -> Answer | None:
    """Return the answer of a cache entry, or None where it is not one to this question."""
    try:
        answer = Answer(**json.loads(data))
    except (ValueError, TypeError):
        return None
    fits = as_choice(answer.choice, options) is not None and isinstance(answer.why, str)
    return answer if fits else None


def _count(keys: Sequence[str], tally: _Tally, requests: int, *, is_kept: bool) -> Report:
    choices = Counter(
        choice if isinstance(choice := tally.answers[key].choice, str) else "decided"
        for key in keys
        if key in tally.answers
    )
    reasons = Counter(tally.failures[key] for key in keys if key in tally.failures)
    new = [answer for key, answer in tally.answers.items() if key not in tally.cached]
    return Report(
        asked=len(keys),
        decided=choices["decided"],
        none=choices["none"],
        unsure=choices["unsure"],
        malformed=sum(key in tally.answers and not tally.answers[key].is_valid for key in keys),
        failed=reasons.total(),
        reasons=tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        cached=sum(key in tally.cached for key in keys),
        damaged=tally.damaged,
        requests=requests,
        prompt_tokens=sum(answer.prompt_tokens or 0 for answer in new),
        completion_tokens=sum(answer.completion_tokens or 0 for answer in new),
        unreported=sum(answer.prompt_tokens is None for answer in new),
        is_kept=is_kept,
    )


def _stopped(keys: Sequence[str], tally: _Tally, store: StageCache | None) -> str:
    answered = sum(key in tally.answers for key in keys)
    kept = "kept in the cache: run again to go on" if store is not None else "not kept: no cache"
    return f"stopped, {answered:,} of {len(keys):,} answered and {kept}"
