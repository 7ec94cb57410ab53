"""A whole pull of `tests.wikidata_toy`, from an endpoint in this process that fails as planned."""

from __future__ import annotations

import re
import signal
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from labelsys.config import Recipe, SourceSpec
from labelsys.errors import ConfigError, SourceError, StoreBusyError
from labelsys.lock import WriterLock
from labelsys.source.wikidata.endpoint import EndpointSettings
from labelsys.source.wikidata.pull import pull_wikidata
from labelsys.source.wikidata.pull_settings import PullSettings, journal_path
from labelsys.source.wikidata.pulled import TABLES, Claim, Entity, Text, read_pull
from labelsys.source.wikidata.recipe import recipe_words
from tests.fault_proxy import at_rate, in_order, oxigraph, run_proxy
from tests.progress_toy import Heard
from tests.wikidata_toy import BREEDS, ITEMS, edges_below, write_toy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from labelsys.source.wikidata.pull_settings import PullReport
    from tests.fault_proxy import FaultProxy

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    return oxigraph(write_toy(tmp_path_factory.mktemp("toy") / "toy.nt"))


@pytest.fixture
def proxy(behind: Callable[[str], bytes]) -> Iterator[FaultProxy]:
    with run_proxy(behind, hang_s=2.0) as running:
        yield running


def settings_for(proxy: FaultProxy, folder: Path, **changes: Any) -> PullSettings:
    values: dict[str, Any] = {
        "endpoint": EndpointSettings(url=proxy.url, timeout_s=30.0),
        "roots": ("Q1",),
        "out": folder / "out",
        "cache": folder / "cache",
        "languages": ("en", "zh"),
        "batch": 7,
        "page": 9,
    }
    return PullSettings(**(values | changes))


def pull(proxy: FaultProxy, folder: Path, **changes: Any) -> PullReport:
    return pull_wikidata(settings_for(proxy, folder, **changes), Heard())


def found(folder: Path) -> dict[str, Entity]:
    return {entity.qid: entity for entity in read_pull(folder / "out").entities}


def edges_of(folder: Path) -> list[tuple[str, str]]:
    return [(e.qid, c.value) for e in found(folder).values() for c in e.claims if c.pid == "P279"]


def tables(folder: Path) -> dict[str, bytes]:
    return {stem: (folder / "out" / f"{stem}.tsv.gz").read_bytes() for stem in TABLES}


def test_everything_below_the_root_comes_in(proxy: FaultProxy, tmp_path: Path) -> None:
    report = pull(proxy, tmp_path)
    assert set(found(tmp_path)) == ITEMS
    assert sorted(edges_of(tmp_path)) == sorted(edges_below(ITEMS))
    assert (report.items, report.edges, report.redirects) == (46, 47, 1)
    assert report.retried == {}
    assert report.from_journal == 0
    assert report.requests == len(proxy.calls) == len({call.mark for call in proxy.calls})


def test_item_has_its_texts_and_its_claims(proxy: FaultProxy, tmp_path: Path) -> None:
    pull(proxy, tmp_path)
    entities = found(tmp_path)
    assert entities["Q2"] == Entity(
        "Q2",
        texts=(
            Text("en", "label", "animal"),
            Text("en", "description", 'kingdom of "living" things'),
            Text("en", "alias", "animalia"),
            Text("en", "alias", "beast"),
            Text("zh", "label", "动物"),
        ),
        claims=(
            Claim("P18", "Two dogs, one cat.jpg"),
            Claim("P31", "Q16521"),
            Claim("P225", "Animalia"),
            Claim("P279", "Q1"),
            Claim("P279", "Q4"),
            Claim("P2888", "http://purl.obolibrary.org/obo/NCBITaxon_33208"),
        ),
        sitelinks=253,
    )
    assert entities["Q22"] == Entity("Q22", into="Q2")
    assert entities["Q3"].sitelinks is None
    assert Text("mul", "alias", "Felis catus") in entities["Q5"].texts


def test_counts_add_up(proxy: FaultProxy, tmp_path: Path) -> None:
    report = pull(proxy, tmp_path)
    entities = found(tmp_path).values()
    assert report.names == sum(len(entity.texts) for entity in entities)
    assert report.claims == sum(len(entity.claims) for entity in entities)
    assert report.statements.adds_up
    assert report.statements.skipped == {"a value that nobody knows": 2}
    # One redirect, and one number of sitelinks.
    assert report.statements.kept == report.names + report.claims + 2


def test_head_of_the_tables_says_what_was_pulled(proxy: FaultProxy, tmp_path: Path) -> None:
    report = pull(proxy, tmp_path, depth=1)
    header = read_pull(tmp_path / "out").header
    assert header["dataset"] == "Wikidata"
    assert header["source"] == proxy.url
    assert header["license"] == "CC0-1.0"
    assert (header["roots"], header["property"], header["depth"]) == ("Q1", "P279", "1")
    assert header["languages"] == "en mul zh"
    assert header["version"] == report.version


@pytest.mark.parametrize(
    ("depth", "items"),
    [
        (0, {"Q1"}),
        (1, {"Q1", "Q2", "Q4"}),
        (2, {"Q1", "Q2", "Q4", "Q22", "Q3", "Q5"}),
        (3, ITEMS),
    ],
)
def test_depth_ends_the_way_down(
    proxy: FaultProxy, tmp_path: Path, depth: int, items: set[str]
) -> None:
    pull(proxy, tmp_path, depth=depth)
    assert set(found(tmp_path)) == items


@pytest.mark.parametrize(("batch", "page"), [(2, 3), (1000, 10_000), (5, 4)])
def test_result_does_not_hang_on_batches_and_pages(
    proxy: FaultProxy, tmp_path: Path, batch: int, page: int
) -> None:
    pull(proxy, tmp_path / "a")
    pull(proxy, tmp_path / "b", batch=batch, page=page)
    assert tables(tmp_path / "a") == tables(tmp_path / "b")


def test_several_roots_and_the_order_in_which_they_are_given(
    proxy: FaultProxy, tmp_path: Path
) -> None:
    pull(proxy, tmp_path / "a", roots=("Q9", "Q4", "Q9"))
    pull(proxy, tmp_path / "b", roots=("Q4", "Q9"), languages=("zh", "en"))
    assert set(found(tmp_path / "a")) == ITEMS - {"Q1"} | {"Q8", "Q9"}
    assert tables(tmp_path / "a") == tables(tmp_path / "b")


def test_root_that_redirects_is_followed(proxy: FaultProxy, tmp_path: Path) -> None:
    pull(proxy, tmp_path, roots=("Q22",))
    assert set(found(tmp_path)) == ITEMS - {"Q1", "Q4"}


def test_root_of_which_nothing_is_said_may_have_items_below(
    proxy: FaultProxy, tmp_path: Path
) -> None:
    pull(proxy, tmp_path, roots=("Q100",))
    assert found(tmp_path) == {
        "Q100": Entity("Q100"),
        "Q101": Entity("Q101", claims=(Claim("P279", "Q100"),)),
    }


def test_root_that_is_not_there_is_told(proxy: FaultProxy, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"knows nothing of Q404, and nothing below it by P279"):
        pull(proxy, tmp_path, roots=("Q1", "Q404"))
    assert not (tmp_path / "out").exists()


def test_other_property_leads_down_as_well(proxy: FaultProxy, tmp_path: Path) -> None:
    report = pull(proxy, tmp_path, roots=("Q16521",), property="P31")
    assert set(found(tmp_path)) == {"Q16521", "Q2", "Q22"}
    assert report.edges == 1


def test_sitelinks_may_be_said_of_data_nodes(proxy: FaultProxy, tmp_path: Path) -> None:
    pull(proxy, tmp_path, dialect="qlever")
    entities = found(tmp_path)
    assert (entities["Q3"].sitelinks, entities["Q2"].sitelinks) == (199, None)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_faults_change_nothing(behind: Callable[[str], bytes], tmp_path: Path, seed: int) -> None:
    with run_proxy(behind) as calm:
        pull(calm, tmp_path / "calm")
        port = int(calm.url.split(":")[2].split("/")[0])
    with run_proxy(behind, at_rate(0.3, seed), port=port, hang_s=1.0) as rough:
        hasty = EndpointSettings(url=rough.url, timeout_s=0.5)
        report = pull(rough, tmp_path / "rough", endpoint=hasty)
        outcomes = [call.outcome for call in rough.calls]
    assert tables(tmp_path / "rough") == tables(tmp_path / "calm")
    assert sum(report.retried.values()) == report.requests - outcomes.count("answered") > 0
    assert rough.most_at_once <= 2  # one that we gave up may still be under way


@pytest.mark.parametrize("after", [0, 1, 5, 20])
def test_stopped_pull_goes_on_and_asks_nothing_twice(
    behind: Callable[[str], bytes], proxy: FaultProxy, tmp_path: Path, after: int
) -> None:
    with run_proxy(behind) as calm:
        pull(calm, tmp_path / "calm")
        port = int(calm.url.split(":")[2].split("/")[0])
    plan = in_order(*[""] * after, "403")
    with run_proxy(behind, plan, port=port) as stopping:
        with pytest.raises(SourceError, match="HTTP 403"):
            pull(stopping, tmp_path)
        settings = settings_for(stopping, tmp_path)
        assert journal_path(settings).exists() == (after > 0)
        assert not (tmp_path / "out").exists()
        report = pull_wikidata(settings, Heard())
    answered = stopping.marks("answered")
    assert len(answered) == len(set(answered))
    assert report.requests == len(stopping.calls) - after - 1
    assert tables(tmp_path) == tables(tmp_path / "calm")
    assert not journal_path(settings).exists()


def test_every_pull_has_a_journal_of_its_own(proxy: FaultProxy, tmp_path: Path) -> None:
    settings = settings_for(proxy, tmp_path)
    others = [
        replace(settings, roots=("Q2",)),
        replace(settings, depth=2),
        replace(settings, languages=("en",)),
        replace(settings, property="P171"),
        replace(settings, batch=8),
        replace(settings, dialect="plain"),
        replace(settings, out=tmp_path / "other"),
    ]
    paths = [journal_path(each) for each in (settings, *others)]
    assert len(set(paths)) == len(paths)
    # Who asks, and how patiently, does not change the answers.
    contact = EndpointSettings(url=proxy.url, contact="me@uni.edu")
    assert journal_path(replace(settings, endpoint=contact, interval_s=5.0)) == paths[0]


def test_fresh_pull_asks_everything_again(behind: Callable[[str], bytes], tmp_path: Path) -> None:
    with run_proxy(behind, in_order(*[""] * 5, "403")) as proxy:
        with pytest.raises(SourceError, match="403"):
            pull(proxy, tmp_path)
        report = pull(proxy, tmp_path, is_fresh=True)
    assert report.from_journal == 0
    assert report.requests == len(proxy.calls) - 6


def test_second_pull_asks_anew(proxy: FaultProxy, tmp_path: Path) -> None:
    first = pull(proxy, tmp_path)
    before = tables(tmp_path)
    second = pull(proxy, tmp_path)
    assert second.version == first.version
    assert (second.requests, second.from_journal) == (first.requests, 0)
    assert tables(tmp_path) == before


def test_two_pulls_into_one_folder_do_not_meet(proxy: FaultProxy, tmp_path: Path) -> None:
    lock = WriterLock(tmp_path / ".out.lock", "x")
    errors: list[str] = []

    def other() -> None:
        with pytest.raises(StoreBusyError) as caught:
            pull(proxy, tmp_path)
        errors.append(str(caught.value))

    with lock.hold():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert re.fullmatch(r".*/out is being written by process \d+: try again later", errors[0])
    assert proxy.calls == []


def test_interrupt_leaves_a_line_that_says_how_to_go_on(
    behind: Callable[[str], bytes], tmp_path: Path
) -> None:
    count = 0

    def interrupting(query: str) -> bytes:
        nonlocal count
        count += 1
        if count == 4:
            signal.raise_signal(signal.SIGINT)
        return behind(query)

    with run_proxy(interrupting) as proxy:
        settings, heard = settings_for(proxy, tmp_path), Heard()
        with pytest.raises(KeyboardInterrupt):
            pull_wikidata(settings, heard)
    last = str(heard.lines[-1][1])
    assert last.startswith("stopped: ")
    assert f"answers are kept in {journal_path(settings)}; the same command goes on" in last
    started = sum(line[0] == "start" for line in heard.lines)
    assert started == sum(line[0] == "done" for line in heard.lines)


def test_page_that_goes_back_is_asked_for_again(
    behind: Callable[[str], bytes], tmp_path: Path
) -> None:
    """The rows of a page are checked, not its head alone."""
    first = True

    def swapping(query: str) -> bytes:
        nonlocal first
        answer = behind(query)
        if first and b"Q30" in answer and b"Q31" in answer and b"way" in answer:
            first = False
            return answer.replace(b"Q30", b"Q_").replace(b"Q31", b"Q30").replace(b"Q_", b"Q31")
        return answer

    with run_proxy(swapping) as proxy:
        report = pull(proxy, tmp_path)
    assert not first
    assert report.retried == {"page out of order": 1}
    assert set(found(tmp_path)) == ITEMS


def test_row_about_another_item_is_not_believed(
    behind: Callable[[str], bytes], tmp_path: Path
) -> None:
    first = True

    def lying(query: str) -> bytes:
        nonlocal first
        answer = behind(query)
        if first and b"breed 30" in answer:
            first = False
            return answer.replace(b"entity/Q30", b"entity/Q9030")
        return answer

    with run_proxy(lying) as proxy:
        report = pull(proxy, tmp_path, page=100)  # a full page is asked in parts, unread
    assert report.retried == {"row about another item": 1}
    assert set(found(tmp_path)) == ITEMS


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"roots": ()}, "--root: at least one item"),
        ({"roots": ("dog",)}, "--root: 'dog' is no item"),
        ({"property": "279"}, "--property: '279' is no property"),
        ({"languages": ()}, "--lang: '' is no list of languages"),
        ({"languages": ("en", "e n")}, "--lang: 'en,e n' is no list"),
        ({"languages": ('en"',)}, "--lang: "),
        ({"page": 2}, "a page three rows"),
        ({"batch": 0}, "a batch has an item"),
    ],
)
def test_settings_are_checked_before_anything_is_asked(
    proxy: FaultProxy, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        settings_for(proxy, tmp_path, **changes)


def test_recipe_is_told_what_it_lacks(tmp_path: Path) -> None:
    recipe, out = Recipe(label_sets=()), tmp_path / "sources" / "wikidata"
    words = recipe_words(recipe, tmp_path, out, "abc")
    assert "labelsys.toml" in words[0]
    assert words[1:] == [
        *("[[sources]]", 'name = "wikidata"', 'version = "abc"', 'path = "sources/wikidata"')
    ]
    spec = SourceSpec(name="wikidata", version="abc", path="sources/wikidata")
    assert recipe_words(replace(recipe, sources=(spec,)), tmp_path, out, "abc") == []
    outside = recipe_words(recipe, tmp_path / "w", out, "abc")
    assert outside[-1] == f'path = "{out}"'


def test_item_that_two_pages_share_is_seen_whole(tmp_path: Path) -> None:
    """Q12 is below Q1 and redirects to it; a page ends between the two."""
    wd, wdt = "<http://www.wikidata.org/entity/", "<http://www.wikidata.org/prop/direct/P279>"
    lines = [f"{wd}Q{number}> {wdt} {wd}Q1> ." for number in (10, 11, 12)]
    lines.append(f"{wd}Q12> <http://www.w3.org/2002/07/owl#sameAs> {wd}Q1> .")
    lines.append(f"{wd}Q13> {wdt} {wd}Q12> .")
    data = tmp_path / "pages.nt"
    data.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with run_proxy(oxigraph(data)) as proxy:
        pull(proxy, tmp_path, page=3, depth=1)
    assert set(found(tmp_path)) == {"Q1", "Q10", "Q11", "Q12", "Q13"}


def test_toy_is_as_it_is_drawn() -> None:
    assert len(BREEDS) == 40
    assert len(edges_below(ITEMS)) == 47
