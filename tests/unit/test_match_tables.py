"""The tables that names are ranked by, on the toy graph (see `tests.toy`)."""

from __future__ import annotations

import numpy as np
import pytest

from labelsys.match.features import FEATURES
from labelsys.match.link import Linker, open_linker
from labelsys.match.rank import load_ranker
from labelsys.match.tables import name_tables
from labelsys.model import Label
from labelsys.store.memory import MemoryWriter
from tests import toy

NAMES = ("crane", "empty", "blorb", "dog", "canine", "animal", "vehicle", "car")


@pytest.fixture
def linker() -> Linker:
    writer = MemoryWriter()
    toy.fill(writer)
    labels = [Label(label_set="input", label_id=str(n), name=x) for n, x in enumerate(NAMES)]
    return open_linker(writer.store, labels, encoder="none")


def test_one_table_a_label_and_none_where_nothing_is_to_be_ranked(linker: Linker) -> None:
    tables = name_tables(linker)
    # `empty` is excluded, `blorb` has no candidate
    assert [table is None for table in tables] == [n in {"empty", "blorb"} for n in NAMES]
    crane = tables[0]
    assert crane is not None
    ids = {linker.lexicon.concepts[i].id for i in crane.concepts}
    assert ids == {toy.CRANE_BIRD, toy.CRANE_MACHINE}
    assert crane.features.shape == (2, len(FEATURES))


def test_tables_are_those_that_the_links_come_from(linker: Linker) -> None:
    ranker = load_ranker("names", with_vectors=False)
    matches = linker.matcher().match(linker.label_set, names_only=True)
    for table, match in zip(name_tables(linker), matches, strict=True):
        if table is not None and match.strategy == "name":
            best = int(np.argmax(ranker.probabilities(table.features)[:-1]))
            assert table.concepts[best] == match.guesses[0].concept


def test_tables_are_made_in_the_context_of_the_list_unless_independent(linker: Linker) -> None:
    """Five labels have one candidate each: enough to say what kind of list this is."""
    column = list(FEATURES).index("set_lexname")
    together, alone = name_tables(linker)[0], name_tables(linker, independent=True)[0]
    assert together is not None
    assert alone is not None
    assert np.any(together.features[:, column] != 0)
    assert not np.any(alone.features[:, column])
