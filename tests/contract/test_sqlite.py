"""The SQLite store against the contract."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from labelsys.store.sqlite import SqliteStore
from labelsys.store.sqlite_writer import SqliteWriter
from tests.contract import suite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from labelsys.store.protocol import GraphStore


class Sqlite:
    @pytest.fixture
    def build(self, tmp_path: Path) -> Iterator[suite.Build]:
        with ExitStack() as stack:
            made = 0

            def build(fill: suite.Fill) -> GraphStore:
                nonlocal made
                made += 1
                path = tmp_path / f"graph {made}.db"
                fill(SqliteWriter(path))
                return stack.enter_context(SqliteStore(path))

            yield build


class TestSqliteConcepts(Sqlite, suite.ConceptContract):
    pass


class TestSqliteNames(Sqlite, suite.NameContract):
    pass


class TestSqliteHierarchy(Sqlite, suite.HierarchyContract):
    pass


class TestSqliteLabels(Sqlite, suite.LabelContract):
    pass


class TestSqliteFacts(Sqlite, suite.FactContract):
    pass


class TestSqliteTags(Sqlite, suite.TagContract):
    pass


class TestSqliteWriter(Sqlite, suite.WriterContract):
    pass
