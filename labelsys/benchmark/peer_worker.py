"""Runs one peer tool and answers a list of names with it; a script that stands alone.

`labelsys.benchmark.peers` starts this file with the interpreter of another
environment, where the peer is installed and labelsys is not: nothing but the
standard library is imported before a peer is. One JSON object comes in on
standard input::

    {
        "peer": "gilda",
        "terms": [[id, text, sense_number, is_first], ...],
        "lists": [[name, ...], ...],
    }

and one line of JSON goes out on standard output, whatever the peer itself
prints: `version`, `answers` (an id or null for each name of each list) and
`seconds` (`setup`, and one for each of `lists`); or `error`. Each peer runs in
the setting in which it does best, as measured on LVIS.
"""

from __future__ import annotations

import json
import os
import sys
import time
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Term = tuple[str, str, int, bool]
    Answer = Callable[[list[str]], list[str | None]]

__all__ = ["PACKAGES", "main"]

PACKAGES = {"gilda": "gilda", "text2term": "text2term", "oak": "oaklib"}
"""Peer -> the distribution and module that it is."""

_STEM = "http://wordnet-rdf.princeton.edu/wn30/"
_OWL = "http://www.w3.org/2002/07/owl#"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
_SYNONYM = "<http://www.geneontology.org/formats/oboInOwl#hasExactSynonym>"


def set_up_gilda(terms: list[Term]) -> Answer:
    """Ground with gilda: a first lemma has the status `name`, which ranks it first.

    Which of several equal terms comes first is gilda's own affair.

    Returns:
        What answers lists of names.
    """
    gilda_term = import_module("gilda.term")
    normalize = import_module("gilda.process").normalize
    grounder_of = import_module("gilda.grounder").Grounder
    entries = []
    for id_, text, _, is_first in sorted(terms, key=lambda t: (t[1].lower(), t[2], t[0])):
        folded = normalize(text)
        if folded.strip():
            status = "name" if is_first else "synonym"
            entries.append(gilda_term.Term(folded, text, "WN", id_, text, status, "wordnet"))
    grounder = grounder_of(entries)

    def answer(names: list[str]) -> list[str | None]:
        found = [grounder.ground(name) for name in names]
        return [matches[0].term.id if matches else None for matches in found]

    return answer


def set_up_text2term(terms: list[Term]) -> Answer:
    """Map with text2term's TF-IDF: at most five mappings of at least 0.3, the best of them.

    The ontology is read on every call, as it is for its users.

    Returns:
        What answers lists of names.
    """
    module = import_module("text2term")
    path = Path("terms.nt")
    with path.open("w", encoding="utf-8") as file:
        for id_, texts in _by_id(terms):
            subject = f"<{_STEM}{id_.partition(':')[2]}>"
            file.write(f"{subject} {_TYPE} <{_OWL}Class> .\n")
            for number, text in enumerate(texts):
                # JSON escapes what N-Triples escapes, and in the same way.
                file.write(f"{subject} {_SYNONYM if number else _LABEL} {json.dumps(text)} .\n")

    def answer(names: list[str]) -> list[str | None]:
        rows = module.map_terms(
            source_terms=list(dict.fromkeys(names)),
            target_ontology=str(path.resolve()),
            mapper=module.Mapper.TFIDF,
            max_mappings=5,
            min_score=0.3,
        )
        best: dict[str, tuple[float, str]] = {}
        columns = ("Source Term", "Mapped Term IRI", "Mapping Score")
        for name, iri, score in zip(*(rows[c] for c in columns), strict=True):
            if name not in best or float(score) > best[name][0]:
                best[name] = (float(score), "wn30:" + str(iri).rpartition("/")[2])
        return [best[name][1] if name in best else None for name in names]

    return answer


def set_up_oak(terms: list[Term]) -> Answer:
    """Look up in the index that OAK's lexmatch matches with; the first that it lists.

    OAK ranks nothing, so of several concepts the first in the file is taken.

    Returns:
        What answers lists of names.
    """
    get_adapter = import_module("oaklib").get_adapter
    indexer = import_module("oaklib.utilities.lexical.lexical_indexer")
    path = Path("terms.obo")
    with path.open("w", encoding="utf-8") as file:
        file.write("format-version: 1.4\n")
        for id_, texts in _by_id(terms):
            file.write(f"\n[Term]\nid: {id_}\nname: {texts[0]}\n")
            file.writelines(f"synonym: {json.dumps(text)} EXACT []\n" for text in texts[1:])
    index = indexer.create_lexical_index(get_adapter(f"simpleobo:{path}"))

    def answer(names: list[str]) -> list[str | None]:
        groups = [index.groupings.get(" ".join(name.lower().split())) for name in names]
        return [str(g.relationships[0].element) if g is not None else None for g in groups]

    return answer


SET_UPS: dict[str, Callable[[list[Term]], Answer]] = {
    "gilda": set_up_gilda,
    "text2term": set_up_text2term,
    "oak": set_up_oak,
}


def _by_id(terms: Iterable[Term]) -> list[tuple[str, list[str]]]:
    """Return each id with its texts, the first lemma first, sorted by id."""
    found: dict[str, list[str]] = {}
    for id_, text, _, is_first in terms:
        texts = found.setdefault(id_, [])
        texts.insert(0 if is_first else len(texts), text)
    return sorted(found.items())


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Return the reply to a request."""
    peer = request["peer"]
    package = PACKAGES[peer]
    try:
        started = time.perf_counter()
        answer = SET_UPS[peer]([tuple(term) for term in request["terms"]])
    except ImportError as exc:
        return {"error": f"{package} can't be imported: {exc}"}
    seconds: dict[str, Any] = {"setup": time.perf_counter() - started, "lists": []}
    answers = []
    for names in request["lists"]:
        started = time.perf_counter()
        answers.append(answer(names))
        seconds["lists"].append(time.perf_counter() - started)
    return {"version": version(package), "answers": answers, "seconds": seconds}


def main() -> None:
    """Answer the request on standard input."""
    # Peers print and log as they like: their standard output becomes standard error.
    reply = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    with reply:
        reply.write(json.dumps(run(json.loads(sys.stdin.buffer.read()))) + "\n")


if __name__ == "__main__":
    main()
