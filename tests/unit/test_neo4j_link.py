"""Servers and logins, as far as no server is needed; the rest is in tests/integration."""

from __future__ import annotations

import pytest

from labelsys.errors import StoreError
from labelsys.store.neo4j_link import check_agent
from labelsys.store.neo4j_locator import Credentials, parse_locator


@pytest.mark.parametrize("agent", ["Neo4j/5.23.0", "Neo4j/5.26.12", "Neo4j/2025.01.0"])
def test_server_that_is_new_enough_is_taken(agent: str) -> None:
    check_agent(agent, "neo4j://labels.test")


@pytest.mark.parametrize("agent", ["Neo4j/4.4.30", "Neo4j/5.22.1", "Memgraph/2.1", ""])
def test_server_that_is_too_old_or_another_one_is_told(agent: str) -> None:
    with pytest.raises(StoreError, match=r"a Neo4j server from 5\.23 on is needed"):
        check_agent(agent, "neo4j://labels.test")


@pytest.mark.parametrize(
    "locator", ["neo4j://a.test", "bolt://[::1]:7687", "neo4j+s://a.test:1", "bolt+ssc://127.0.0.1"]
)
def test_locators_of_servers_are_taken_as_they_are(locator: str) -> None:
    assert parse_locator(locator) == locator


def test_password_is_never_printed() -> None:
    login = Credentials.from_environment({"NEO4J_PASSWORD": "s3cret"})
    assert (login.username, login.password) == ("neo4j", "s3cret")
    assert "s3cret" not in f"{login!r} {login}"
    other = Credentials.from_environment({"NEO4J_USERNAME": "me", "NEO4J_PASSWORD": "x"})
    assert other.username == "me"
