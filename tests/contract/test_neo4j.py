"""The Neo4j store against the contract, on a real server."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from labelsys.store.neo4j import Neo4jStore
from labelsys.store.neo4j_writer import Neo4jWriter
from tests.contract import suite
from tests.neo4j_server import CREDENTIALS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.neo4j_server import LocalServer
    from labelsys.store.protocol import GraphStore

pytestmark = pytest.mark.server


class Neo4j:
    @pytest.fixture
    def build(self, neo4j_server: LocalServer) -> Iterator[suite.Build]:
        with ExitStack() as stack:

            def build(fill: suite.Fill) -> GraphStore:
                writer = Neo4jWriter(neo4j_server.locator, CREDENTIALS)
                stack.callback(writer.close)
                fill(writer)
                return stack.enter_context(Neo4jStore(neo4j_server.locator, CREDENTIALS))

            yield build


class TestNeo4jConcepts(Neo4j, suite.ConceptContract):
    pass


class TestNeo4jNames(Neo4j, suite.NameContract):
    pass


class TestNeo4jHierarchy(Neo4j, suite.HierarchyContract):
    pass


class TestNeo4jLabels(Neo4j, suite.LabelContract):
    pass


class TestNeo4jFacts(Neo4j, suite.FactContract):
    pass


class TestNeo4jTags(Neo4j, suite.TagContract):
    pass


class TestNeo4jWriter(Neo4j, suite.WriterContract):
    pass
