"""How an endpoint that fails is asked again: politely, and not for ever."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from labelsys.errors import SourceError
from labelsys.source.wikidata.asking import Asker, PageFullError, Patience, TooHeavyError
from labelsys.source.wikidata.budget import HostBudget
from labelsys.source.wikidata.endpoint import Endpoint, EndpointSettings
from labelsys.source.wikidata.journal import Answer, Journal
from labelsys.source.wikidata.questions import Question
from tests.fault_proxy import in_order, run_proxy
from tests.progress_toy import Heard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from labelsys.source.wikidata.answers import Term
    from tests.fault_proxy import FaultProxy

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

ROOT = Path(__file__).resolve().parents[2]
ANSWER = b'{"head": {"vars": ["x"]}, "results": {"bindings": [%s]}}'
ROW = b'{"x": {"type": "literal", "value": "1"}}'
QUICK = Patience(backoff_s=0.001, longest_backoff_s=0.01, throttled_s=0.2, seed=0)


def question(number: int, most: int = 10) -> Question:
    return Question(f"{number:064}", f"SELECT ?x {{}} # {number}", ("x",), most)


def read(rows: Sequence[tuple[Term, ...]]) -> Answer:
    return Answer([[term.value for term in row] for row in rows], {})


class Setting:
    """An asker before a server that fails as planned; a journal of its own."""

    def __init__(self, proxy: FaultProxy, folder: Path, patience: Patience, **more: Any) -> None:
        self.proxy, self.heard = proxy, Heard()
        interval_s = more.pop("interval_s", 0.0)
        self.journal = Journal(folder / "journal", {})
        endpoint = Endpoint(EndpointSettings(url=proxy.url, timeout_s=1.0))
        address = endpoint.address
        self.budget = HostBudget(
            folder / "hosts", address.host, address.port, interval_s=interval_s
        )
        self.asker = Asker(endpoint, self.budget, self.journal, patience, self.heard)

    def ask(self, number: int = 1, *, may_split: bool = False) -> Answer:
        return self.asker.ask(question(number), read, may_split=may_split)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Setting]]:
    """Return a function that starts a server with faults, and an asker before it."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def make(*faults: str, patience: Patience = QUICK, **more: Any) -> Setting:
            proxy = stack.enter_context(
                run_proxy(lambda _query: ANSWER % ROW, in_order(*faults), hang_s=2.0)
            )
            setting = Setting(proxy, tmp_path, patience, **more)
            stack.callback(setting.journal.close)
            return setting

        yield make


def test_answer_comes_out_of_the_journal_the_second_time(start: Callable[..., Setting]) -> None:
    setting = start()
    assert setting.ask() == setting.ask() == Answer([["1"]], {})
    assert len(setting.proxy.calls) == 1
    tally = setting.asker.tally
    assert (tally.requests, tally.answered, tally.from_journal) == (1, 1, 0)
    later = Setting(setting.proxy, setting.journal.path.parent, QUICK)
    assert later.ask() == Answer([["1"]], {})
    assert (later.asker.tally.requests, later.asker.tally.from_journal) == (0, 1)
    later.journal.close()


def test_failures_are_counted_by_reason_and_got_over(start: Callable[..., Setting]) -> None:
    faults = ("500", "html", "500", "reset", "truncated", "cut off", "503")
    setting = start(*faults)
    assert setting.ask() == Answer([["1"]], {})
    tally = setting.asker.tally
    once = ("HTML instead of rows", "connection broke", "broken JSON", "cut off", "HTTP 503")
    assert tally.retried == {"HTTP 500": 2, **dict.fromkeys(once, 1)}
    assert (tally.requests, tally.answered) == (8, 1)


@pytest.mark.parametrize("status", ["429", "503"])
def test_pause_that_the_endpoint_asks_for_is_kept(
    start: Callable[..., Setting], status: str
) -> None:
    setting = start(f"{status} seconds 1")
    started = time.monotonic()
    setting.ask()
    assert time.monotonic() - started >= 0.95


def test_pause_of_no_length_is_asked_for_when_throttled_without_one(
    start: Callable[..., Setting],
) -> None:
    setting = start("429")
    started = time.monotonic()
    setting.ask()
    assert time.monotonic() - started >= 0.19  # throttled_s


def test_pauses_grow_and_are_random_below_their_bound(
    start: Callable[..., Setting], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("labelsys.source.wikidata.asking.time.sleep", slept.append)
    patience = Patience(backoff_s=1.0, longest_backoff_s=8.0, seed=1)
    setting = start(*["500"] * 8, patience=patience)
    setting.ask()
    bounds = [1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0, 8.0]
    assert len(slept) == 8
    assert all(0.0 <= pause <= bound for pause, bound in zip(slept, bounds, strict=True))
    assert len(set(slept)) == 8
    assert setting.asker.tally.waited_s == pytest.approx(sum(slept))
    # Long ones are told.
    stages = [line[1] for line in setting.heard.lines if line[0] == "start"]
    assert len(stages) == sum(pause >= 3.0 for pause in slept) > 0
    assert "127.0.0.1 failed (HTTP 500), " in str(stages[0])


def test_failures_in_a_row_end_the_run_in_one_line(start: Callable[..., Setting]) -> None:
    setting = start("", *["500", "html"] * 10)
    setting.ask(1)
    with pytest.raises(SourceError) as caught:
        setting.ask(2)
    message = str(caught.value)
    assert message.startswith(
        "127.0.0.1 failed 12 times in a row (HTTP 500: 6, HTML instead of rows: 6): "
        "1 answers are kept in "
    )
    assert message.endswith("/journal; the same command, run later, goes on from there")
    assert len(setting.proxy.calls) == 13


def test_an_answer_between_failures_begins_the_row_anew(start: Callable[..., Setting]) -> None:
    setting = start(*["500"] * 11, "", *["500"] * 11)
    setting.ask(1)
    setting.ask(2)
    assert len(setting.proxy.calls) == 24


def test_pause_that_is_too_long_ends_the_run_and_the_next_one(
    start: Callable[..., Setting],
) -> None:
    setting = start("429 seconds 3600")
    with pytest.raises(SourceError, match=r"asks to wait 3,600 s \(HTTP 429\), and has answered"):
        setting.ask()
    # Nobody on this machine asks before it is over.
    with pytest.raises(SourceError, match=r"127\.0\.0\.1 asked to wait 3,[56]\d\d s more"):
        setting.ask()
    assert len(setting.proxy.calls) == 1


def test_question_that_is_too_heavy_is_asked_in_parts_from_then_on(
    start: Callable[..., Setting],
) -> None:
    setting = start("500", "503", "504", "truncated")
    with pytest.raises(TooHeavyError):
        setting.ask(may_split=True)
    assert len(setting.proxy.calls) == 4  # the 503 says nothing about the question
    with pytest.raises(TooHeavyError):
        setting.ask(may_split=True)
    assert len(setting.proxy.calls) == 4
    assert setting.ask(may_split=False) == Answer([["1"]], {})


def test_full_page_is_asked_in_parts_at_once(start: Callable[..., Setting]) -> None:
    setting = start()

    def full(rows: Sequence[tuple[Term, ...]]) -> Answer:
        raise PageFullError

    with pytest.raises(TooHeavyError):
        setting.asker.ask(question(1), full, may_split=True)
    with pytest.raises(SourceError, match="more than 10 rows"):
        setting.asker.ask(question(2), full, may_split=False)
    assert setting.journal.is_split(question(1).key)
    assert setting.journal.answers == 0


def test_time_between_requests_is_kept(start: Callable[..., Setting]) -> None:
    setting = start(interval_s=0.3)
    started = time.monotonic()
    for number in range(3):
        setting.ask(number)
    assert time.monotonic() - started >= 0.59


OTHER = """
import sys, time
from pathlib import Path
from labelsys.source.wikidata.budget import HostBudget
budget = HostBudget(Path(sys.argv[1]), "h", 1, interval_s=0.0)
for _ in range(5):
    with budget.turn() as pause:
        assert pause == 0.0
        open(sys.argv[2], "a").write(f"{sys.argv[3]} in {time.time()}\\n")
        time.sleep(0.02)
        open(sys.argv[2], "a").write(f"{sys.argv[3]} out {time.time()}\\n")
"""


def test_one_process_asks_a_host_at_a_time(tmp_path: Path) -> None:
    log = tmp_path / "log"
    words = [sys.executable, "-c", OTHER, str(tmp_path / "hosts"), str(log)]
    processes = [subprocess.Popen([*words, name], cwd=ROOT) for name in "abc"]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    lines = [line.split() for line in log.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 30
    for entered, left in zip(lines[::2], lines[1::2], strict=True):
        assert (entered[0], entered[1], left[1]) == (left[0], "in", "out")


def test_pause_holds_for_all_who_ask_a_host_and_for_no_other(tmp_path: Path) -> None:
    one, same, other = (
        HostBudget(tmp_path, host, port, interval_s=0.0)
        for host, port in (("a.example", 443), ("a.example", 443), ("a.example", 8443))
    )
    one.defer(60.0)
    one.defer(5.0)  # the longer one stands
    with same.turn() as pause:
        assert 55.0 < pause <= 60.0
    with other.turn() as pause:
        assert pause == 0.0


@pytest.mark.parametrize(
    "content", ["", "soon", "[]", '{"not_before": "x"}', '{"not_before": 1e30}']
)
def test_note_of_a_pause_that_is_nonsense_counts_for_nothing(tmp_path: Path, content: str) -> None:
    budget = HostBudget(tmp_path, "::1", 80, interval_s=0.0)
    (tmp_path / "__1_80.next").write_text(content, encoding="utf-8")
    with budget.turn() as pause:
        assert pause == 0.0
