"""Peers as processes: real scripts that speak the protocol, and some that don't."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

import pytest

from labelsys.benchmark.peers import PEERS, PeerAnswers, ask_peer, check_peers, peer_terms, run_peer
from labelsys.errors import ConfigError
from labelsys.store.memory import MemoryWriter
from tests import toy

TERMS = [("wn30:02084071-n", "dog", 1, True), ("wn30:02958343-n", "car", 1, True)]

# Answers a name by the term that is spelled so.
SPELLED = """
    import json, sys
    asked = json.load(sys.stdin)
    by_text = {text: id_ for id_, text, number, is_first in asked["terms"]}
    answers = [[by_text.get(name) for name in names] for names in asked["lists"]]
    print("a greeting of the tool")
    seconds = {"setup": 0.5, "lists": [0.25] * len(answers)}
    reply = {"version": asked["peer"] + " 1.2", "answers": answers, "seconds": seconds}
    print(json.dumps(reply))
"""


def ask(folder: Path, script: str, *lists: list[str], timeout_s: float = 60.0) -> PeerAnswers:
    path = folder / "peer.py"
    path.write_text(dedent(script), encoding="utf-8")
    return ask_peer((sys.executable, "-I", str(path)), "tiny", TERMS, lists, timeout_s=timeout_s)


def test_script_gets_terms_and_lists_and_its_answers_come_back(tmp_path: Path) -> None:
    found = ask(tmp_path, SPELLED, ["car", "cat"], ["dog"])
    assert found.answers == (("wn30:02958343-n", None), ("wn30:02084071-n",))
    assert (found.peer, found.version, found.left_out) == ("tiny", "tiny 1.2", "")
    assert (found.setup_seconds, found.seconds) == (0.5, (0.25, 0.25))
    assert found.wall_seconds > 0


def test_names_of_other_scripts_survive_the_pipe(tmp_path: Path) -> None:
    echo = """
        import json, sys
        asked = json.loads(sys.stdin.buffer.read())
        seconds = {"setup": 0, "lists": [0]}
        print(json.dumps({"version": "1", "answers": asked["lists"], "seconds": seconds}))
    """
    assert ask(tmp_path, echo, ["Cão de Água", "狗", 'a "b"\n']).answers == (
        ("Cão de Água", "狗", 'a "b"\n'),
    )


def test_script_runs_in_a_folder_of_its_own(tmp_path: Path) -> None:
    script = """
        import json, os, sys
        asked = json.load(sys.stdin)
        open("left.txt", "w").close()
        seconds = {"setup": 0, "lists": [0]}
        print(json.dumps({"version": "1", "answers": [[os.getcwd()]], "seconds": seconds}))
    """
    (answers,) = ask(tmp_path, script, ["dog"]).answers
    assert answers[0] is not None
    assert not Path(answers[0]).exists()


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("import sys; sys.exit('no such model')", "ended with status 1: no such model"),
        ("print('hello')", "its reply can't be read (JSONDecodeError"),
        ("pass", "its reply can't be read (JSONDecodeError"),
        ("print('{}')", "its reply can't be read (KeyError: 'answers')"),
        ("print('[]')", "its reply can't be read (TypeError"),
        ("""print('{"error": "tiny is too small"}')""", "tiny is too small"),
        (
            """print('{"version": 1,"answers": [[null]], "seconds": {"setup":1, "lists":[1]}}')""",
            "its reply has 1 answers, expected 2",
        ),
        (
            """print('{"version": 1, "answers": [], "seconds": {"setup": 1, "lists": []}}')""",
            "its reply has no answers, expected 2",
        ),
    ],
)
def test_peer_that_fails_is_left_out_with_the_reason(
    tmp_path: Path, script: str, reason: str
) -> None:
    found = ask(tmp_path, script, ["dog", "car"])
    assert found.answers == ()
    assert reason in found.left_out


def test_peer_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    found = ask(tmp_path, "import time; time.sleep(60)", ["dog"], timeout_s=0.5)
    assert found.left_out == "not done after 0.5 s"


def test_command_that_is_no_program_is_left_out(tmp_path: Path) -> None:
    found = ask_peer((str(tmp_path / "python"),), "tiny", TERMS, [["dog"]])
    assert found.left_out == f"{tmp_path / 'python'} can't be run: No such file or directory"


@pytest.mark.parametrize(("peer", "package"), [("gilda", "gilda"), ("oak", "oaklib")])
def test_peer_that_is_not_installed_says_so(peer: str, package: str) -> None:
    """The worker that ships, in this environment, which has no peers."""
    if find_spec(package) is not None:
        pytest.skip(f"{package} is installed here")
    found = run_peer(peer, TERMS, [["dog"]])
    assert f"{package} can't be imported: No module named '{package}" in found.left_out


def test_worker_runs_a_package_found_in_its_environment(tmp_path: Path) -> None:
    """A package named oaklib in another environment; it indexes the file that it is given.

    Nothing of labelsys is replaced: the environment's interpreter is a script
    that adds one folder to what the real one finds.
    """
    package = tmp_path / "site" / "oaklib"
    (package / "utilities" / "lexical").mkdir(parents=True)
    for folder in (package / "utilities", package / "utilities" / "lexical"):
        (folder / "__init__.py").touch()
    (package / "__init__.py").write_text(
        "import atexit\natexit.register(print, 'and one more thing')\n"
        "def get_adapter(selector):\n    return selector.partition(':')[2]\n",
        encoding="utf-8",
    )
    indexer = """
        from types import SimpleNamespace as Value
        def create_lexical_index(path):
            groups, id_ = {}, ""
            for line in open(path, encoding="utf-8"):
                key, _, value = line.strip().partition(": ")
                id_ = value if key == "id" else id_
                if key in ("name", "synonym"):
                    text = value.removesuffix(" EXACT []").strip('"').lower()
                    group = groups.setdefault(text, Value(relationships=[]))
                    group.relationships.append(Value(element=id_))
            return Value(groupings=groups)
    """
    lexical = package / "utilities" / "lexical" / "lexical_indexer.py"
    lexical.write_text(dedent(indexer), encoding="utf-8")
    info = tmp_path / "site" / "oaklib-9.8.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: oaklib\nVersion: 9.8\n")
    python = tmp_path / "python"
    start = (
        f"import runpy, sys; sys.path.insert(0, {str(tmp_path / 'site')!r});"
        " sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c {json.dumps(start)} "$2"\n')
    python.chmod(0o755)
    terms = [*TERMS, ("wn30:02958343-n", "auto", 1, False)]
    found = run_peer("oak", terms, [["Dog", "cat"], ["auto"]], python=python)
    assert found.left_out == ""
    assert found.version == "9.8"
    assert found.answers == (("wn30:02084071-n", None), ("wn30:02958343-n",))


def test_terms_are_the_lemmas_of_wordnets_concepts() -> None:
    writer = MemoryWriter()
    toy.fill(writer)
    terms = peer_terms(writer.store)
    assert ("wn30:02084071-n", "dog", 1, True) in terms
    assert ("wn30:02958343-n", "machine", 6, False) in terms
    assert {id_ for id_, *_ in terms} == {
        str(concept.id) for concept in toy.toy_graph().concepts if concept.id.prefix == "wn30"
    }
    assert "狗" not in {text for _, text, *_ in terms}


def test_unknown_peer_and_missing_interpreter_are_errors(tmp_path: Path) -> None:
    check_peers(PEERS, None)
    check_peers(("gilda",), Path(sys.executable))
    with pytest.raises(ConfigError, match=r"no peer 'glida'; did you mean 'gilda'\? known: gilda"):
        check_peers(("glida",), None)
    with pytest.raises(ConfigError, match=r"--peer-python: no interpreter '.*nowhere'"):
        check_peers((), tmp_path / "nowhere")
