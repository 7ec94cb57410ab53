"""Other tools on the same names, each in its own environment and its best setting.

A peer runs as a process of a given interpreter and talks JSON over its
standard streams (`peer_worker` says what), so its dependencies never mix with
ours. One that is missing or fails is part of the result, with the reason.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.resources import as_file, files
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from labelsys.benchmark.peer_worker import PACKAGES
from labelsys.errors import ConfigError
from labelsys.registry import near

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from labelsys.store.protocol import GraphStore

__all__ = ["PEERS", "PeerAnswers", "PeerTerm", "ask_peer", "check_peers", "peer_terms", "run_peer"]

PEERS = tuple(PACKAGES)
"""The peers that can be asked for."""
TIMEOUT_S = 1_800.0

PeerTerm = tuple[str, str, int, bool]
"""Concept, lemma, the lemma's sense number, and whether it is the first of its synset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerAnswers:
    """What a peer made of lists of names.

    Attributes:
        peer: its name.
        version: of its package, "" where it did not run.
        answers: a concept's id or None for each name of each list.
        setup_seconds: what it took to load and to index all terms.
        seconds: what each list took then.
        wall_seconds: the whole process, its start included.
        left_out: why there are no answers, or "".
    """

    peer: str
    version: str = ""
    answers: tuple[tuple[str | None, ...], ...] = ()
    setup_seconds: float = 0.0
    seconds: tuple[float, ...] = ()
    wall_seconds: float = 0.0
    left_out: str = ""


def check_peers(peers: Sequence[str], python: Path | None) -> None:
    """Check that peers exist by name, and the interpreter as a file.

    Raises:
        ConfigError: one of them does not.
    """
    for peer in peers:
        if peer not in PEERS:
            close = near(peer, list(PEERS))
            meant = f"; did you mean {close[0]!r}?" if close else ""
            msg = f"no peer {peer!r}{meant} known: {', '.join(PEERS)}"
            raise ConfigError(msg, location="--peers")
    if python is not None and not python.is_file():
        msg = f"no interpreter {str(python)!r}: give the `bin/python` of an environment"
        raise ConfigError(msg, location="--peer-python")


def peer_terms(reader: GraphStore) -> list[PeerTerm]:
    """Return every English lemma of every WordNet concept of a store, by concept."""
    return [
        (str(concept.id), name.text, name.sense.number, position == 0)
        for concept in reader.iter_concepts()
        if concept.id.prefix == "wn30"
        for position, name in enumerate(concept.names)
        if name.sense is not None and name.kind != "hidden"
    ]


def run_peer(
    peer: str,
    terms: Sequence[PeerTerm],
    lists: Sequence[Sequence[str]],
    *,
    python: Path | None = None,
    timeout_s: float = TIMEOUT_S,
) -> PeerAnswers:
    """Let a peer answer lists of names.

    Args:
        peer: one of `PEERS`.
        terms: what it may answer with.
        lists: the names.
        python: the interpreter of its environment; None takes this one's.
        timeout_s: seconds after which it is stopped.

    Returns:
        Its answers, or why there are none.
    """
    with as_file(files("labelsys.benchmark") / "peer_worker.py") as script:
        # Isolated: neither PYTHONPATH nor the script's folder adds modules of ours.
        command = (str(python or sys.executable), "-I", str(script))
        return ask_peer(command, peer, terms, lists, timeout_s=timeout_s)


def ask_peer(
    command: Sequence[str],
    peer: str,
    terms: Sequence[PeerTerm],
    lists: Sequence[Sequence[str]],
    *,
    timeout_s: float = TIMEOUT_S,
) -> PeerAnswers:
    """Let a command that speaks the protocol answer lists of names.

    Args:
        command: program and arguments; it runs in an empty folder.
        peer: its name, which is part of the request.
        terms: what it may answer with.
        lists: the names.
        timeout_s: seconds after which it is stopped.

    Returns:
        Its answers, or why there are none.
    """
    request = {"peer": peer, "terms": terms, "lists": lists}
    started = time.perf_counter()
    with TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                command,
                input=json.dumps(request),
                capture_output=True,
                check=False,
                cwd=folder,
                encoding="utf-8",
                errors="replace",
                timeout=timeout_s,
            )
        except subprocess.TimeoutExpired:
            return PeerAnswers(peer=peer, left_out=f"not done after {timeout_s:g} s")
        except OSError as exc:
            reason = f"{command[0]} can't be run: {exc.strerror or exc}"
            return PeerAnswers(peer=peer, left_out=reason)
    if done.returncode != 0:
        reason = f"ended with status {done.returncode}: {_last_line(done.stderr)}"
        return PeerAnswers(peer=peer, left_out=reason)
    return _read_reply(peer, done.stdout, [len(names) for names in lists], started)


def _read_reply(peer: str, text: str, sizes: list[int], started: float) -> PeerAnswers:
    wall = time.perf_counter() - started
    try:
        reply: Any = json.loads(_last_line(text))
        if "error" in reply:
            return PeerAnswers(peer=peer, left_out=str(reply["error"]))
        answers = tuple(tuple(None if a is None else str(a) for a in r) for r in reply["answers"])
        version, setup = str(reply["version"]), float(reply["seconds"]["setup"])
        seconds = tuple(float(value) for value in reply["seconds"]["lists"])
    except (ValueError, TypeError, KeyError) as exc:
        problem = f"{type(exc).__name__}: {exc}"
        return PeerAnswers(peer=peer, left_out=f"its reply can't be read ({problem})")
    if [len(a) for a in answers] != sizes or len(seconds) != len(sizes):
        found = ", ".join(str(len(a)) for a in answers)
        expected = ", ".join(map(str, sizes))
        reason = f"its reply has {found or 'no'} answers, expected {expected}"
        return PeerAnswers(peer=peer, left_out=reason)
    return PeerAnswers(
        peer=peer,
        version=version,
        answers=answers,
        setup_seconds=setup,
        seconds=seconds,
        wall_seconds=wall,
    )


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else ""
