"""`labelsys link --llm-endpoint` on the toy graph, against a server on this machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.chat_server import choose, run_server, send

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

BIRD, MACHINE = "wn30:02012849-n", "wn30:03126707-n"


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a list with one name that is in doubt, and a line that is no name."""
    monkeypatch.setenv("LABELSYS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("LABELSYS_LLM_KEY", raising=False)
    path = tmp_path / "names.txt"
    path.write_text("crane\n\n", encoding="utf-8")
    return str(path)


def link(run: Callable[..., Result], names: str, *more: str) -> Result:
    return run("link", names, "--encoder", "none", "--output", "jsonl", *more)


def test_rows_say_what_the_model_chose(run: Callable[..., Result], names: str) -> None:
    with run_server(lambda call: choose(call, 2, "said so")) as server:
        asking = ("--llm-endpoint", server.url, "--llm-model", "toy-1")
        result = link(run, names, *asking)
        again = link(run, names, *asking)
    assert result.exit_code == 0, result.stderr
    row, blank = map(json.loads, result.stdout.splitlines())
    assert {c["id"] for c in row["candidates"] if c["score"]} == {BIRD, MACHINE}
    assert row["object_id"] == row["candidates"][0]["id"]
    assert list(row)[-3:] == ["mapping_justification", "mapping_tool", "reason"]
    assert row["mapping_justification"] == "semapv:LLMBasedMatching"
    assert (row["mapping_tool"], row["status"]) == ("toy-1", "review")
    assert row["reason"] == "toy-1 chose 2 of 2: said so"
    assert (blank["label_id"], blank["mapping_justification"]) == ("2", None)
    assert "asking toy-1: 1 asked = 1 decided + 0 none + 0 unsure + 0 failed; 1 requests" in (
        result.stderr
    )
    assert again.stdout == result.stdout
    assert "0 requests, 1 from the cache" in again.stderr
    assert len(server.calls) == 1


def test_without_an_endpoint_rows_are_as_ever(run: Callable[..., Result], names: str) -> None:
    row = json.loads(link(run, names).stdout.splitlines()[0])
    assert not {"mapping_justification", "mapping_tool", "reason"} & row.keys()


def test_key_comes_from_the_environment(
    run: Callable[..., Result], names: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABELSYS_LLM_KEY", "sk-secret-1")
    with run_server(lambda call: send(call, b"no", status=401)) as server:
        result = link(run, names, "--llm-endpoint", server.url, "--llm-model", "toy-1")
    assert server.calls[0].headers["authorization"] == "Bearer sk-secret-1"
    assert result.exit_code == 1
    assert result.stdout == ""
    last = result.stderr.splitlines()[-1]
    assert last == (
        "error: 127.0.0.1 refuses the key in $LABELSYS_LLM_KEY (HTTP 401): "
        "set $LABELSYS_LLM_KEY to a valid one"
    )
    assert "sk-secret" not in result.output


def test_measured_precision_lets_a_choice_be_accepted(
    run: Callable[..., Result], names: str
) -> None:
    more = ("--llm-precision", "0.97", "--llm-accept", "--llm-jobs", "1", "--llm-max-requests", "1")
    with run_server(lambda call: choose(call, 1)) as server:
        result = link(run, names, "--llm-endpoint", server.url, "--llm-model", "toy-1", *more)
    row = json.loads(result.stdout.splitlines()[0])
    assert (row["confidence"], row["status"]) == (0.97, "accepted")


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (["--llm-endpoint", "https://host/v1"], 2, "needs --llm-model"),
        (["--llm-model", "m"], 2, "--llm-model says how to ask a model"),
        (["--llm-jobs", "2"], 2, "--llm-jobs says how"),
        (["--llm-accept"], 2, "--llm-accept says how"),
        (
            ["--llm-endpoint", "https://host/v1", "--llm-model", "m", "--llm-precision", "x"],
            2,
            "'x' is no number",
        ),
        (["--llm-endpoint", "http://host/v1", "--llm-model", "m"], 1, "http to host would show"),
        (
            ["--llm-endpoint", "https://host/v1", "--llm-model", "m", "--llm-accept"],
            1,
            "--llm-accept: needs --llm-precision",
        ),
    ],
)
def test_option_that_lacks_another_is_an_error(
    options: list[str], status: int, message: str, run: Callable[..., Result], names: str
) -> None:
    result = link(run, names, *options)
    assert result.exit_code == status
    assert message in " ".join(result.stderr.replace("│", " ").split())
