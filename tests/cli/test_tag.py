"""tag visual, show, set and train; tags in search, show, stats and select."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from labelsys.audit.decisions import read_decisions
from labelsys.config import MatchSettings, Recipe, SourceSpec
from labelsys.ids import Curie
from labelsys.model import Concept
from labelsys.source.registry import sources
from labelsys.store.sqlite_writer import SqliteWriter
from labelsys.workspace import Workspace, current_graph
from labelsys_cli.main import app
from tests import encoder_toy
from tests import lexicon_toy as lexicon

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result

    Run = Callable[..., Result]


def rows(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def error(result: Result) -> str:
    """Return the one line that a command ended with."""
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert result.stderr.splitlines()[-1] == line
    return line


@pytest.fixture
def untagged(tmp_path: Path) -> str:
    """Return a graph that nobody has tagged."""
    writer = SqliteWriter(tmp_path / "bare.db")
    writer.add_concepts(lexicon.concepts())
    writer.add_edges(lexicon.edges())
    writer.finish()
    return str(tmp_path / "bare.db")


# -- what reads tags, on the toy graph --------------------------------------------------------


def test_search_finds_what_a_photograph_can_show_or_can_not(run: Run) -> None:
    assert len(rows(run("search", "crane", "--limit", "2"))) == 2
    (bird,) = rows(run("search", "crane", "--visual", "--limit", "1"))
    assert bird["id"] == "wn30:02012849-n"
    everything = rows(run("search", "crane", "--visual"))
    assert {row["pref_label"] for row in everything} <= {"animal", "crane", "dog", "person"}
    assert rows(run("search", "crane", "--non-visual")) == []
    (entity,) = rows(run("search", "entity", "--non-visual", "--limit", "1"))
    assert entity["pref_label"] == "entity"


def test_search_by_tags_that_are_not_there_says_how_to_make_them(run: Run, untagged: str) -> None:
    line = error(run("search", "dog", "--visual", "--store", untagged))
    assert line.endswith("no concept of this graph is tagged: run `labelsys tag visual` first")


def test_show_has_the_tag_and_who_says_so(run: Run) -> None:
    (person,) = rows(run("show", "person"))
    assert person["visual"] == {
        "id": "wn30:00007846-n",
        "value": "visual",
        "probability": 0.6,
        "tagger": "visual-toy@1",
        "guess": "abstain",
        "curator": "ana",
    }
    assert rows(run("show", "Audi R8 Coupe 2012"))[0]["visual"] is None

    def line(name: str) -> list[str]:
        shown = run("show", name, "--output", "table").stdout.splitlines()
        return [text.split(maxsplit=1)[1] for text in shown if text.startswith("tag ")]

    assert line("animal") == ["visual 0.90, says visual-toy@1"]
    assert line("Einstein") == ["visual, says the curator bo"]
    assert line("Audi R8 Coupe 2012") == []
    page = run("show", "person", "--output", "table").stdout
    assert "visual, says the curator ana\n" in page
    assert "abstain 0.60, says visual-toy@1\n" in page


def test_stats_explain_counts_by_tag_source_and_lexname(run: Run) -> None:
    (record,) = rows(run("stats", "--explain"))
    counts = {(t["value"], t["source"], t["lexname"]): t["concepts"] for t in record["tags"]}
    assert counts["visual", "wordnet", "noun.animal"] == 2  # dog, and the bird
    assert counts["visual", "wordnet", "noun.Tops"] == 2  # animal, and person by a curator
    assert counts["untagged", "labelset", None] == 1
    assert sum(counts.values()) == 16
    assert sum(t["by_curators"] for t in record["tags"]) == 2
    page = run("stats", "--explain", "--output", "table").stdout
    assert "    visual  wordnet  noun.person  1  1\n" in page


def test_stats_of_a_graph_without_tags_has_no_table_of_them(run: Run, untagged: str) -> None:
    (record,) = rows(run("stats", "--explain", "--store", untagged))
    assert record["tags"] == []
    assert (
        "tags by" not in run("stats", "--explain", "--output", "table", "--store", untagged).stdout
    )


def test_select_takes_tags_as_words(run: Run) -> None:
    assert rows(run("select", "visual", "--count")) == [{"concepts": 5}]
    assert [r["pref_label"] for r in rows(run("select", "nonvisual"))] == ["entity"]
    assert [r["pref_label"] for r in rows(run("select", "visual & pets"))] == ["dog"]


def test_select_by_tags_that_are_not_there_says_how_to_make_them(run: Run, untagged: str) -> None:
    line = error(run("select", "all - visual", "--store", untagged))
    assert "no concept of this graph is tagged: run `labelsys tag visual` first" in line


def test_stored_question_lists_what_can_be_shown_below_a_concept(run: Run) -> None:
    found = rows(run("query", "tagged_below", "--param", "concept=animal"))
    assert [(r["pref_label"], r["probability"]) for r in found] == [
        *(("animal", 0.9), ("crane", 0.9875), ("dog", 0.975)),
    ]


def test_tag_show_is_the_tag_as_stored(run: Run) -> None:
    (tag,) = rows(run("tag", "show", "Einstein"))
    assert (tag["id"], tag["value"], tag["tagger"], tag["curator"]) == (
        *("wn30:10954498-n", "visual", None, "bo"),
    )
    result = run("tag", "show", "vehicle")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "is not tagged: `labelsys tag visual` tags every concept" in result.stderr


def test_crawler_s_list_can_be_joined_with_tags_in_the_export_of_concepts(run: Run) -> None:
    found = {row["id"]: row["tags"]["visual"] for row in rows(run("export", "concepts"))}
    assert found["wn30:10954498-n"] == {
        "value": "visual",
        "probability": None,
        "tagger": None,
        "curator": "bo",
    }
    assert sum(tag is not None for tag in found.values()) == 7


# -- what makes tags, in a small system -------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace of the lexicon of `tests.lexicon_toy`, built without tags."""
    folder = tmp_path_factory.mktemp("built") / "w"
    recipe = Recipe(
        label_sets=(),
        sources=(SourceSpec(name="toy", version="1"),),
        match=MatchSettings(encoder="none"),
    )
    workspace = Workspace.create(folder, recipe)
    workspace.add_label_set(lexicon.label_set("pets", {"name": "Dog", "wnid": "n02084071"}))
    return folder


@pytest.fixture
def here(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Return a function that runs a command in a copy of that workspace, with the toy encoder."""
    monkeypatch.setattr(sources, "_targets", dict(sources._targets))
    sources.add_lazy("toy", "tests.lexicon_toy:ToySource")
    encoder_toy.install(monkeypatch)
    monkeypatch.setenv("LABELSYS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("LABELSYS_STORE", raising=False)
    monkeypatch.chdir(shutil.copytree(built, tmp_path / "w"))

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments), prog_name="labelsys")

    assert invoke("build").exit_code == 0
    return invoke


def test_tags_are_made_shown_and_overruled(here: Run, tmp_path: Path) -> None:
    counts = rows(here("tag", "visual"))
    total = sum(row["concepts"] for row in counts)
    assert total == len(lexicon.concepts())
    assert {row["value"] for row in counts} <= {"visual", "non-visual", "abstain"}
    (before,) = rows(here("tag", "show", "dog.n.01"))
    *reasons, result = rows(here("tag", "show", "dog.n.01", "--explain"))
    assert reasons
    assert (result["what"], result["value"]) == ("sum", before["value"])
    assert result["probability"] == pytest.approx(before["probability"], abs=1e-3)

    other = "non-visual" if before["value"] == "visual" else "visual"
    recorded = here("tag", "set", "dog.n.01", other, "--by", "ana", "--why", "I looked")
    (row,) = rows(recorded)
    assert (row["subject_id"], row["value"], row["by"]) == ("wn30:02084071-n", other, "ana")
    assert "`labelsys build` puts it into the graph" in recorded.stderr
    assert rows(here("tag", "show", "dog.n.01")) == [before]
    (decision,) = read_decisions(tmp_path / "w" / "decisions.jsonl")
    assert (decision.id, decision.action, decision.why) == (row["id"], "tag", "I looked")

    assert here("build").exit_code == 0
    (after,) = rows(here("tag", "show", "dog.n.01"))
    assert after == before | {"value": other, "curator": "ana"}
    assert sum(r["by_curators"] for r in rows(here("tag", "visual"))) == 1

    assert here("tag", "visual", "--encoder", "none").exit_code == 0
    (alone,) = rows(here("tag", "show", "dog.n.01"))
    assert (alone["value"], alone["tagger"], alone["curator"]) == (other, None, "ana")


def test_tagging_twice_gives_the_same_file(here: Run, tmp_path: Path) -> None:
    assert here("tag", "visual").exit_code == 0
    first = current_graph(tmp_path / "w")
    assert first is not None
    data = first.read_bytes()
    assert here("build", "--force").exit_code == 0
    assert current_graph(tmp_path / "w") == first
    assert first.read_bytes() == data


def test_no_tagger_and_its_coefficients_is_wrong_usage(here: Run) -> None:
    result = here("tag", "visual", "--encoder", "none", "--model", "x.json")
    assert result.exit_code == 2
    assert "--model says nothing" in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("visual", "--model", "none.json"), "none.json: no coefficient file of a visual tagger"),
        (("show", "dgo"), "no concept 'dgo'"),
        (("show", "dog.n.01", "--explain", "--model", "x"), "x: no coefficient file of a visual"),
        (("set", "dog.n.01", "maybe", "--by", "ana"), "visual or non-visual, found 'maybe'"),
        (("set", "dgo", "visual", "--by", "ana"), "no concept 'dgo'"),
        (("set", "dog.n.01", "visual", "--by", " "), "'by' is empty"),
        (("train", "--out", "m.json"), "judged concepts are in this system: too few to learn"),
        (("visual", "--store", "neo4j://host:7687"), "is no workspace"),
    ],
)
def test_bad_input_is_one_line(here: Run, tmp_path: Path, arguments: Any, words: str) -> None:
    assert words in error(here("tag", *arguments))
    assert not (tmp_path / "w" / "m.json").exists()


def test_a_retired_concept_has_nothing_to_explain(here: Run, tmp_path: Path) -> None:
    writer = SqliteWriter(tmp_path / "old.db")
    old = Concept(id=Curie("wd", "Q5"), pref_label="old", source="wikidata")
    retired = replace(old, status="retired", replaced_by=lexicon.DOG)
    writer.add_concepts([*lexicon.concepts(), retired])
    writer.add_edges(lexicon.edges())
    writer.finish()
    line = error(here("tag", "show", "wd:Q5", "--explain", "--store", str(tmp_path / "old.db")))
    assert line == "error: no concept in use 'wd:Q5'"
