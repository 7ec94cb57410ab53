"""The memory store against the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from labelsys.errors import StoreError
from labelsys.store.memory import MemoryWriter
from tests.contract import suite

if TYPE_CHECKING:
    from labelsys.store.protocol import GraphStore


def build_memory(fill: suite.Fill) -> GraphStore:
    writer = MemoryWriter()
    fill(writer)
    return writer.store


class Memory:
    @pytest.fixture
    def build(self) -> suite.Build:
        return build_memory


class TestMemoryConcepts(Memory, suite.ConceptContract):
    pass


class TestMemoryNames(Memory, suite.NameContract):
    pass


class TestMemoryHierarchy(Memory, suite.HierarchyContract):
    pass


class TestMemoryLabels(Memory, suite.LabelContract):
    pass


class TestMemoryFacts(Memory, suite.FactContract):
    pass


class TestMemoryTags(Memory, suite.TagContract):
    pass


class TestMemoryWriter(Memory, suite.WriterContract):
    def test_unfinished_graph_has_no_store(self) -> None:
        with pytest.raises(StoreError, match="not finished yet"):
            _ = MemoryWriter().store
