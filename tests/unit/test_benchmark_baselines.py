"""Look-ups and sentence similarity alone, on the toy graph (see `tests.toy`)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from labelsys.benchmark.baselines import (
    SenseTable,
    answer_by_embedding,
    answer_by_first_lemma,
    answer_by_first_sense,
    answer_by_head,
    plain_name,
)
from labelsys.ids import Curie
from labelsys.model import Concept, Name, Sense
from labelsys.store.memory import MemoryWriter
from tests import toy

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.store.protocol import GraphStore


@pytest.fixture
def store() -> GraphStore:
    writer = MemoryWriter()
    toy.fill(writer)
    return writer.store


@pytest.fixture
def table(store: GraphStore) -> SenseTable:
    return SenseTable(store)


def test_plain_name_has_no_parentheses_and_no_underscores() -> None:
    assert plain_name("bow_(weapon)") == "bow"
    assert plain_name("golden_retriever") == "golden retriever"


def test_sense_with_the_lowest_number_comes_first(table: SenseTable) -> None:
    """A crane is a machine in its fourth sense and a bird in its fifth."""
    assert answer_by_first_sense("crane_(bird)", table) == toy.CRANE_MACHINE


def test_name_that_only_others_than_wordnet_give_has_no_sense(table: SenseTable) -> None:
    assert answer_by_first_sense("Portuguese Water Dog", table) is None


@pytest.mark.parametrize("name", ["dogs", "Dogs", "golden retrievers"])
def test_plural_is_looked_up_as_its_singular(table: SenseTable, name: str) -> None:
    expected = toy.RETRIEVER if "retriever" in name else toy.DOG
    assert answer_by_first_sense(name, table) == expected


def test_unknown_name_has_the_sense_of_its_last_word(table: SenseTable) -> None:
    assert answer_by_first_sense("guard dog", table) is None
    assert answer_by_head("guard dog", table) == toy.DOG
    assert answer_by_head("dog", table) == toy.DOG
    assert answer_by_head("tayassu pecari", table) is None


def test_first_lemma_of_a_synset_goes_before_a_lower_sense_number() -> None:
    """`hound` is the second lemma of one synset in its first sense, the first of another."""
    graph = toy.toy_graph()
    dog = next(concept for concept in graph.concepts if concept.id == toy.DOG)
    first = Name(text="hound", sense=Sense(number=1, count=5, lex_id=0))
    own = Name(text="hound", kind="pref", sense=Sense(number=2, count=0, lex_id=1))
    hound = Concept(id=Curie("wn30", "02087551-n"), pref_label="hound", names=(own,))
    writer = MemoryWriter()
    others = [concept for concept in graph.concepts if concept.id != toy.DOG]
    writer.add_concepts([*others, replace(dog, names=(*dog.names, first)), hound])
    writer.finish()
    table = SenseTable(writer.store)
    assert answer_by_first_sense("hound", table) == toy.DOG
    assert answer_by_first_lemma("hound", table) == hound.id
    # Where no synset has it first, the sense number decides.
    assert answer_by_first_lemma("machine", table) == toy.CAR
    assert answer_by_first_lemma("blorb", table) is None


def test_without_an_encoder_there_is_no_answer(store: GraphStore) -> None:
    assert answer_by_embedding(store, [["dog"]], encoder="none") is None


@pytest.mark.extra("offline")
def test_nearest_text_is_the_answer(store: GraphStore, tmp_path: Path) -> None:
    """The encoder of the extra `offline`: a name is nearest to the text that begins with it."""
    lists = [["golden_retriever", "automobile"], ["wading bird of marshes"], []]
    found = answer_by_embedding(store, lists, cache=tmp_path)
    assert found == ([[toy.RETRIEVER, toy.CAR], [toy.CRANE_BIRD], []], "minilm")
    # The second time everything is in the cache, and the same.
    assert answer_by_embedding(store, lists, cache=tmp_path) == found
