"""What people give for parameters becomes values of the right type, or one line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from labelsys.errors import AmbiguousLabelError, ConfigError, IdentifierError, NotFoundError
from labelsys.ids import DEFAULT_BASE
from labelsys.queries import Query, load_question, read_query_file
from labelsys.query_params import bind_params, given_params, parse_pairs
from labelsys.store.memory import MemoryWriter
from tests.toy import fill

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.store.memory import MemoryStore


@pytest.fixture(scope="module")
def toy() -> MemoryStore:
    writer = MemoryWriter()
    fill(writer)
    return writer.store


def bind(store: MemoryStore, name: str, **given: Any) -> dict[str, Any]:
    return bind_params(load_question(name), given, store, base=DEFAULT_BASE)


@pytest.mark.parametrize(
    "spelling",
    ["wn30:02084071-n", "n02084071", "dog.n.01", "dog", "wd:Q144", "pets:0", " Canis familiaris "],
)
def test_a_concept_may_be_spelled_in_every_way(toy: MemoryStore, spelling: str) -> None:
    assert bind(toy, "ancestors", concept=spelling) == {"concept": "wn30:02084071-n"}


def test_values_are_read_by_type_and_defaults_fill_in(toy: MemoryStore) -> None:
    assert bind(toy, "doubtful_links", label_set="zoo") == {"label_set": "zoo", "below": 0.5}
    assert bind(toy, "doubtful_links", label_set="zoo", below="1e-1")["below"] == 0.1
    assert bind(toy, "doubtful_links", label_set="zoo", below=1)["below"] == 1.0
    assert bind(toy, "shared_concepts", at_least="3") == {"at_least": 3}
    assert bind(toy, "single_source") == {"known_to": None}
    assert bind(toy, "labels_by_branch") == {"concept": "wn30:00001740-n"}


@pytest.mark.parametrize(
    ("name", "given", "error", "said"),
    [
        (
            "ancestors",
            {"concpt": "dog"},
            NotFoundError,
            "no parameter 'concpt' (closest: concept): ancestors takes concept",
        ),
        (
            "ancestors",
            {},
            ConfigError,
            "ancestors: concept is missing: give --param concept=... (concept TEXT concept)",
        ),
        ("ancestors", {"concept": "crane"}, AmbiguousLabelError, "'crane' is ambiguous"),
        ("ancestors", {"concept": "golden retreiver"}, NotFoundError, "closest: golden retriever"),
        ("ancestors", {"concept": ""}, IdentifierError, "an id or a name is needed"),
        (
            "doubtful_links",
            {"label_set": "pet"},
            NotFoundError,
            "no label set 'pet' (closest: pets)",
        ),
        (
            "doubtful_links",
            {"label_set": "zoo", "below": "x"},
            ConfigError,
            "below: 'x' is no number",
        ),
        ("doubtful_links", {"label_set": "zoo", "below": "nan"}, ConfigError, "is no number"),
        ("shared_concepts", {"at_least": "2.5"}, ConfigError, "'2.5' is no whole number"),
        ("shared_concepts", {"at_least": 2.5}, ConfigError, "2.5 is no whole number"),
        ("shared_concepts", {"at_least": str(2**63)}, ConfigError, "is no whole number of 64 bits"),
        ("shared_names", {"lang": "\udcff"}, ConfigError, "lang: '\\udcff' is no text in UTF-8"),
        (
            "single_source",
            {"known_to": "wikipedia"},
            NotFoundError,
            "no value of known_to 'wikipedia' (closest: wikidata)",
        ),
        (
            "single_source",
            {"known_to": "?"},
            NotFoundError,
            "no value of known_to '?' (closest: wordnet, wikidata, labelset)",
        ),
    ],
)
def test_what_is_wrong_is_one_line_that_says_what_was_near(
    toy: MemoryStore, name: str, given: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=re.escape(said)) as caught:
        bind(toy, name, **given)
    assert "\n" not in str(caught.value)


def test_pairs_are_split_at_the_first_sign_of_equality() -> None:
    assert parse_pairs(["a=b=c", "d="]) == {"a": "b=c", "d": ""}


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        (["concept"], "'concept' is no NAME=VALUE"),
        (["=dog"], "'=dog' is no NAME=VALUE"),
        (["a=1", "a=2"], "'a' is given twice: '1' and '2'"),
    ],
)
def test_a_pair_that_is_none_is_told(pairs: list[str], said: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)):
        parse_pairs(pairs)


def test_what_a_store_binds_is_not_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "mine.cypher"
    file.write_text(
        "// params: version TEXT version, id TEXT curie\nRETURN $id\n", encoding="utf-8"
    )
    query: Query = read_query_file(file)
    assert [column.name for column in given_params(query)] == ["id"]
    assert query.name == str(file)
