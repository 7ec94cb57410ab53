"""SPARQL over a graph's RDF view, in this machine and without a server.

The view lies in an Oxigraph store on the disk, made once and opened read-only.
A query is read here only so far as to refuse what it may not do, and runs in a
process of its own, `rdf_worker`, which is ended when its time is over.

Parameters stand in one line of a query, `VALUES (?a ?b) { (UNDEF UNDEF) }`, and
their terms take the place of each `UNDEF`; one that is not given stays. So a
file is SPARQL as it stands, other stores bind it in the same way, and Oxigraph
begins its plan there: its own substitutions come after planning, and a look-up
of milliseconds takes half a minute.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from labelsys.answers import Answer, Limits, make_answer
from labelsys.atomic import make_folder, reporting_os_errors
from labelsys.errors import MissingExtraError, QueryError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from labelsys.queries import Query

__all__ = ["ask_rdf", "bind_terms", "check_sparql", "make_view", "need_pyoxigraph"]

_WORKER = Path(__file__).with_name("rdf_worker.py")
_VIEW = re.compile(r"[0-9a-f]{16}\Z")
_TEMP = ".labelsys-tmp-"
_DEAD_AFTER_S = 86_400.0  # no writer takes a day
_KEPT = 2
"""Views that stay: that of the graph in use and of the one before it."""

# An escape in a local name may hold a quote, so escapes are read before strings are.
_SKIPPED = re.compile(
    r"""\\.|<[^<>"{}|^`\\\x00-\x20]*>|\#[^\n\r]*|[?$]\w+
    |\"{3}(?:\\.|[^"\\]|"(?!""))*\"{3}|'{3}(?:\\.|[^'\\]|'(?!''))*'{3}
    |"(?:\\.|[^"\\\n\r])*"|'(?:\\.|[^'\\\n\r])*'""",
    re.VERBOSE | re.DOTALL,
)
_PROLOGUE = re.compile(r"(?:\s|BASE\b|PREFIX\s+[^\s:]*:)*(\w+)", re.IGNORECASE)
_UPDATES = frozenset(
    ("ADD", "CLEAR", "COPY", "CREATE", "DELETE", "DROP", "INSERT", "LOAD", "MOVE", "WITH")
)
_PARAMS = re.compile(r"VALUES\s*\(([?\w\s]*)\)\s*\{\s*\((?:\s*UNDEF)+\s*\)\s*\}")


def need_pyoxigraph() -> None:
    """Refuse where the package is not installed.

    Raises:
        MissingExtraError: it is not.
    """
    if find_spec("pyoxigraph") is None:
        raise MissingExtraError("rdf", "a query in SPARQL")


def make_view(folder: Path, write: Callable[[Path], object]) -> None:
    """Make a view, and remove those beside it that were not used for longest.

    Args:
        folder: of the view; its name is 16 hex digits, and it is not there yet.
        write: fills a file with N-Triples.

    Raises:
        StoreError: the disk is full, or the folder can't be written.
    """
    import pyoxigraph

    make_folder(folder.parent)
    temp = folder.with_name(_TEMP + secrets.token_hex(8))
    with reporting_os_errors(folder, kept="no view was made"):
        try:
            temp.mkdir()
            triples = temp / "view.nt"
            write(triples)
            store = pyoxigraph.Store(str(temp / "store"))
            store.bulk_load(path=str(triples), format=pyoxigraph.RdfFormat.N_TRIPLES)
            store.flush()
            del store
            if not folder.is_dir():  # else another process was quicker, and its view is as good
                (temp / "store").rename(folder)
        finally:
            shutil.rmtree(temp, ignore_errors=True)
    _prune(folder)


def _prune(folder: Path) -> None:
    views, limit = [], time.time() - _DEAD_AFTER_S
    for path in folder.parent.iterdir():
        with suppress(OSError):  # another one removed it first
            changed = path.stat().st_mtime
            if _VIEW.match(path.name):
                views.append((path != folder, -changed, path))
            elif path.name.startswith(_TEMP) and changed < limit:
                shutil.rmtree(path, ignore_errors=True)
    for _, _, path in sorted(views)[_KEPT:]:
        shutil.rmtree(path, ignore_errors=True)


def check_sparql(query: Query, *, allow_service: bool = False) -> None:
    """Refuse a query that asks another server or wants to write.

    Anything that is spelled like the keyword counts, outside texts, addresses,
    comments and variables: a name that only looks like it is refused as well,
    and none slips through.

    Raises:
        QueryError: it does.
    """
    bare = _SKIPPED.sub(" ", query.text)
    first = _PROLOGUE.match(bare)
    if first is not None and first[1].upper() in _UPDATES:
        msg = f"{first[1].upper()} is refused: a query only reads"
        raise QueryError(msg, query=query.name)
    if not allow_service and "service" in bare.casefold():
        msg = "SERVICE asks another server: --allow-service lets it"
        raise QueryError(msg, query=query.name)


def bind_terms(query: Query, terms: Mapping[str, str | None]) -> str:
    """Return a query's text with terms for its parameters.

    Args:
        query: its parameters stand in one `VALUES` line, in the header's order.
        terms: name -> a whole term as N-Triples spells it, or None to leave it open.

    Raises:
        QueryError: there is no such line, or it has other variables.
    """
    if not terms:
        return query.text
    lines = list(_PARAMS.finditer(query.text))
    wanted = " ".join(f"?{name}" for name in terms)
    if len(lines) != 1 or lines[0][1].split() != wanted.split():
        line = f"VALUES ({wanted}) {{ ({' '.join('UNDEF' for _ in terms)}) }}"
        msg = f"its parameters have to stand in one line of WHERE: {line}"
        raise QueryError(msg, query=query.name)
    values = " ".join("UNDEF" if term is None else term for term in terms.values())
    start, end = lines[0].span()
    return f"{query.text[:start]}VALUES ({wanted}) {{ ({values}) }}{query.text[end:]}"


def ask_rdf(folder: Path, query: Query, text: str, limits: Limits) -> Answer:
    """Return the rows of a query that `check_sparql` let through.

    Args:
        folder: of a view.
        query: whose name errors have.
        text: what `bind_terms` made of it.
        limits: rows and seconds.

    Raises:
        QueryError: the query is wrong, or was stopped.
        StoreError: the view can't be read.
    """
    request = {
        "store": str(folder),
        "text": text,
        "most": None if limits.rows is None else limits.rows + 1,
        "timeout_s": limits.timeout_s,
    }
    # -P: a file named json.py in the current folder is none of ours.
    done = subprocess.run(
        [sys.executable, "-P", str(_WORKER)],
        input=json.dumps(request),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode == -signal.SIGALRM:
        msg = f"stopped after {limits.timeout_s:g} s: ask for less, or give it longer (--timeout)"
        raise QueryError(msg, query=query.name)
    if done.returncode < 0:
        msg = f"ended by signal {-done.returncode}: it takes too much memory, ask for less"
        raise QueryError(msg, query=query.name)
    if done.returncode > 0:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        msg = f"the process for SPARQL failed: {last}"
        raise StoreError(msg)
    return _read(done.stdout, query, limits)


def _read(out: str, query: Query, limits: Limits) -> Answer:
    rows = []
    for line in out.splitlines():
        row = json.loads(line)
        if isinstance(row, dict):
            raise QueryError(" ".join(str(row["error"]).split()), query=query.name)
        rows.append(tuple(row))
    columns, *found = rows
    return make_answer(map(str, columns), found, limits)
