"""A toy Wikidata of RDF triples, as an endpoint holds them; facts in tests come from this drawing.

Q1 entity
├─ Q2 animal ◄─ Q22 (redirect)
│  ├─ Q3 dog ── also below Q4
│  │  └─ Q30 … Q69: forty breeds
│  └─ Q5 cat, below Q22 as well: an edge that still leads to the redirect
└─ Q4 pet
   └─ Q2: a loop, P279 has them

Q9 is below nothing; Q8 is below Q9. Q100 has no triples at all, Q101 is below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["BREEDS", "EDGES", "ITEMS", "edges_below", "write_toy"]

BREEDS = tuple(f"Q{number}" for number in range(30, 70))
EDGES = {
    *(("Q2", "Q1"), ("Q4", "Q1"), ("Q3", "Q2"), ("Q3", "Q4"), ("Q5", "Q2"), ("Q5", "Q22")),
    *(("Q2", "Q4"), ("Q8", "Q9"), ("Q101", "Q100")),
    *((breed, "Q3") for breed in BREEDS),
}
ITEMS = {"Q1", "Q2", "Q3", "Q4", "Q5", "Q22", *BREEDS}
"""Below Q1, itself and the redirect included."""

_PREFIXES = {
    "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "http://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "wikibase": "http://wikiba.se/ontology#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_TEXTS = """
wd:Q1 rdfs:label "entity"@en
wd:Q2 rdfs:label "animal"@en
wd:Q2 rdfs:label "动物"@zh
wd:Q2 rdfs:label "Tier"@de
wd:Q2 schema:description "kingdom of \\"living\\" things"@en
wd:Q2 skos:altLabel "beast"@en
wd:Q2 skos:altLabel "animalia"@en
wd:Q2 wikibase:sitelinks "253"^^xsd:integer
wd:Q2 wdt:P31 _:nobodyknows
wd:Q2 wdt:P31 <http://www.wikidata.org/.well-known/genid/0123456789abcdef>
wd:Q2 wdt:P31 wd:Q16521
wd:Q2 wdt:P18 <http://commons.wikimedia.org/wiki/Special:FilePath/Two%20dogs%2C%20one%20cat.jpg>
wd:Q2 wdt:P2888 <http://purl.obolibrary.org/obo/NCBITaxon_33208>
wd:Q2 wdt:P225 "Animalia"
wd:Q2 wdt:P1476 "not kept"
wd:Q3 rdfs:label "dog"@en
wd:Q3 rdfs:label "狗"@zh
wd:Q3 rdfs:label "狗"@zh-hans
wd:Q3 wdt:P8814 "02086723-n"
wd:Q4 rdfs:label "pet"@en
wd:Q5 rdfs:label "cat"@en
wd:Q5 skos:altLabel "Felis catus"@mul
wd:Q8 rdfs:label "fork"@en
wd:Q22 owl:sameAs wd:Q2
wd:L7 wdt:P279 wd:Q2
_:data schema:about wd:Q3
_:data wikibase:sitelinks "199"^^xsd:integer
"""


def write_toy(path: Path) -> Path:
    """Write the triples as N-Triples."""
    lines = [line.split(" ", 2) for line in _TEXTS.strip().splitlines()]
    lines += [[f"wd:{narrower}", "wdt:P279", f"wd:{broader}"] for narrower, broader in EDGES]
    lines += [[f"wd:{qid}", "rdfs:label", f'"breed {qid[1:]}"@en'] for qid in BREEDS]
    triples = (" ".join((*map(_term, words), ".")) for words in lines)
    path.write_text("\n".join(sorted(triples)) + "\n", encoding="utf-8")
    return path


def _term(term: str) -> str:
    if term.startswith(("<", "_:")):
        return term
    if term.startswith('"'):
        head, caret, kind = term.rpartition("^^")
        return f"{head}^^{_term(kind)}" if caret else term
    prefix, _, local = term.partition(":")
    return f"<{_PREFIXES[prefix]}{local}>"


def edges_below(items: set[str]) -> set[tuple[str, str]]:
    """Return the edges between some items."""
    return {edge for edge in EDGES if items.issuperset(edge)}
