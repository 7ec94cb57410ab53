"""search, show, tree and path, on the toy graph."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from typer.testing import Result

    Run = Callable[..., Result]


def json_lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_rows_in_a_pipe_are_json_lines(run: Run) -> None:
    rows = json_lines(run("search", "golden retriever"))
    assert rows[0]["id"] == "wn30:02099601-n"
    assert rows[0]["wnid"] == "n02099601"


def test_search_forgives_a_typo(run: Run) -> None:
    assert json_lines(run("search", "golden retreiver"))[0]["pref_label"] == "golden retriever"


def test_search_stops_at_the_limit(run: Run) -> None:
    assert len(json_lines(run("search", "crane", "--limit", "1"))) == 1


def test_search_that_finds_nothing_is_no_error(run: Run) -> None:
    result = run("search", "zzzzzz", "--output", "table")
    assert (result.exit_code, result.stdout) == (0, "nothing found\n")


def test_show_has_everything_on_a_concept(run: Run) -> None:
    (dog,) = json_lines(run("show", "dog.n.01"))
    assert dog["id"] == "wn30:02084071-n"
    assert (dog["wnid"], dog["synset"], dog["qid"]) == ("n02084071", "dog.n.01", "Q144")
    assert dog["depth"] == 4
    assert [name["text"] for name in dog["names"] if name["lang"] == "zh"] == ["狗", "犬"]
    assert [other["wnid"] for other in dog["broader"]] == ["n01317541", "n02083346"]
    assert [other["id"] for other in dog["narrower"]] == ["wn30:02099601-n", "wd:Q38559"]
    assert [label["id"] for label in dog["labels"]] == ["pets:0", "street:/m/0dog"]
    mappings = [(m["subject_id"], m["predicate_id"], m["object_id"]) for m in dog["mappings"]]
    assert mappings == [
        ("wn30:02084071-n", "skos:exactMatch", "wd:Q144"),
        ("pets:0", "skos:exactMatch", "wn30:02084071-n"),
    ]


def test_show_has_definitions_in_other_languages(run: Run) -> None:
    (dog,) = json_lines(run("show", "wd:Q38559"))
    assert dog["definitions"] == [
        {"lang": "pt", "text": "raça de cão"},
        {"lang": "zh", "text": "犬種"},
    ]
    page = run("show", "wd:Q38559", "--output", "table").stdout.splitlines()
    assert page[2:5] == ["dog breed", "pt: raça de cão", "zh: 犬種"]


def test_show_takes_every_spelling(run: Run) -> None:
    spellings = ("wn30:02084071-n", "n02084071", "dog", "wd:Q144", "ili:i46360", "pets:0")
    found = [json_lines(run("show", spelling))[0]["id"] for spelling in spellings]
    assert found == ["wn30:02084071-n"] * len(spellings)


def test_show_names_so_many_narrower_and_counts_all(run: Run) -> None:
    result = run("show", "dog.n.01", "--limit", "1", "--output", "table")
    assert "... and 1 more (--limit)" in result.stdout
    (dog,) = json_lines(run("show", "dog.n.01", "--limit", "1"))
    assert (len(dog["narrower"]), dog["n_narrower"]) == (1, 2)


def test_show_page_reads_like_one(run: Run) -> None:
    lines = run("show", "Einstein", "--output", "table").stdout.splitlines()
    assert lines[:2] == ["Einstein", "wn30:10954498-n  n10954498  einstein.n.01  wd:Q937"]
    assert "broader     n00007846  person  (instance)" in lines
    assert "names en    Einstein, Albert Einstein" in lines


def test_ambiguous_name_lists_the_senses(run: Run) -> None:
    result = run("show", "crane")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "wn30:02012849-n" in result.stderr
    assert "wn30:03126707-n" in result.stderr
    assert result.stderr.count("\n") == 1


def test_unknown_id_is_one_line(run: Run) -> None:
    result = run("show", "n02084072")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: no concept")
    assert "wn30:02084071-n" in result.stderr
    assert result.stderr.count("\n") == 1


def test_tree_goes_down_by_default(run: Run) -> None:
    rows = json_lines(run("tree", "animal.n.01", "--depth", "2"))
    assert [(row["level"], row["pref_label"]) for row in rows] == [
        (0, "animal"),
        (1, "domestic animal"),
        (2, "dog"),
        (1, "crane"),
        (1, "canine"),
        (2, "dog"),
    ]


def test_tree_as_text_indents_and_opens_a_concept_once(run: Run) -> None:
    result = run("tree", "animal.n.01", "--depth", "3", "--output", "table")
    assert result.stdout.splitlines() == [
        "animal  n00015388",
        "  domestic animal  n01317541",
        "    dog  n02084071  (2 labels)",
        "      golden retriever  n02099601  (1 label)",
        "      Portuguese Water Dog  wd:Q38559  (1 label)",
        "  crane  n02012849  (2 labels)",
        "  canine  n02083346",
        "    dog  n02084071  (2 labels, see above)",
    ]


def test_tree_up_ends_at_the_root(run: Run) -> None:
    rows = json_lines(run("tree", "Einstein", "--up"))
    assert [(row["level"], row["pref_label"], row["kind"]) for row in rows] == [
        (0, "Einstein", None),
        (1, "person", "instance"),
        (2, "physical entity", "subclass"),
        (3, "entity", "subclass"),
    ]


def test_path_has_the_documented_shape(run: Run) -> None:
    rows = json_lines(run("path", "golden retriever", "car.n.01"))
    assert [list(row) for row in rows] == [
        ["step", "id", "wnid", "pref_label", "direction", "kind"]
    ] * len(rows)
    steps = [(row["step"], row["pref_label"], row["direction"]) for row in rows]
    assert steps == [
        (0, "golden retriever", "start"),
        (1, "dog", "up"),
        (2, "domestic animal", "up"),
        (3, "animal", "up"),
        (4, "physical entity", "up"),
        (5, "artifact", "down"),
        (6, "vehicle", "down"),
        (7, "car", "down"),
    ]


def test_path_crosses_instance_edges_and_says_so(run: Run) -> None:
    rows = json_lines(run("path", "Einstein", "person.n.01"))
    assert [(row["pref_label"], row["kind"]) for row in rows] == [
        ("Einstein", None),
        ("person", "instance"),
    ]
