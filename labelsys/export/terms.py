"""RDF terms as text, in Turtle and in N-Triples.

A writer asks one of the two for every term and hands whole resources back, so
that one description of a graph serves both formats.

Source:
    RDF 1.1 Turtle, section 6.5 (grammar); RDF 1.1 N-Triples, section 7.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple, Protocol
from urllib.parse import quote

from labelsys.ids import DEFAULT_BASE, Curie, curie_to_uri, prefixes

__all__ = ["NTriplesSyntax", "Resource", "Syntax", "TurtleSyntax", "language_tag"]

_LOCAL_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_\-]*\Z")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*\Z")
_ESCAPES = {n: f"\\u{n:04X}" for n in (*range(0x20), 0x7F)} | {
    ord("\\"): "\\\\",
    ord('"'): '\\"',
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
}
_NEEDS_ESCAPE = re.compile(r'[\\"\x00-\x1f\x7f]')
_TYPE = Curie("rdf", "type")
_NEXT = " ;\n    "


class Resource(NamedTuple):
    """One subject and what is said of it.

    Attributes:
        subject: a rendered IRI.
        pairs: predicate and rendered object, equal predicates side by side.
    """

    subject: str
    pairs: list[tuple[Curie, str]]


class Syntax(Protocol):
    """How a format spells terms and resources."""

    def header(self) -> str:
        """Return what stands at the top of the file."""
        ...

    def iri(self, id_: Curie) -> str:
        """Return the IRI of an id."""
        ...

    def block(self, resource: Resource) -> str:
        """Return the text of a resource, line ends included."""
        ...


@lru_cache(maxsize=1024)
def language_tag(lang: str) -> str:
    """Return a tag that RDF takes, `und` where a name's own is none.

    Examples:
        >>> language_tag("zh"), language_tag("pt_BR"), language_tag("?")
        ('zh', 'pt-BR', 'und')
    """
    tag = lang.replace("_", "-")
    return tag if _LANGUAGE.match(tag) else "und"


def quoted(text: str) -> str:
    r"""Return a text as a quoted string of either format.

    Examples:
        >>> print(quoted('5" disk \\ floppy'))
        "5\" disk \\ floppy"
    """
    return f'"{text.translate(_ESCAPES) if _NEEDS_ESCAPE.search(text) else text}"'


def in_language(text: str, lang: str) -> str:
    """Return a text with its language."""
    return f"{quoted(text)}@{language_tag(lang)}"


class NTriplesSyntax:
    """One triple a line, every IRI in full."""

    def __init__(self, base: str = DEFAULT_BASE, label_sets: frozenset[str] = frozenset()) -> None:
        """Take what `curie_to_uri` needs."""
        self._base, self._label_sets = base, label_sets
        # Most terms of a resource are those of every other resource: types, schemes, predicates.
        self._spelled = lru_cache(maxsize=1024)(self._spell)

    def header(self) -> str:
        """Return nothing: the format has no header."""
        return ""

    def iri(self, id_: Curie) -> str:
        """Return an IRI as the format spells it."""
        return self._spelled(id_)

    def block(self, resource: Resource) -> str:
        """Return a line for each pair."""
        subject, spelled = resource.subject, self._spelled
        return "".join([f"{subject} {spelled(p)} {o} .\n" for p, o in resource.pairs])

    def _spell(self, id_: Curie) -> str:
        if id_.startswith("lsys:"):  # what stands right under the base, which is a setting
            return f"<{self._base}{quote(id_.local_id, safe='/')}>"
        return f"<{curie_to_uri(id_, base=self._base, label_sets=self._label_sets)}>"


class TurtleSyntax(NTriplesSyntax):
    """Prefixes where the local name needs no escape, full IRIs elsewhere."""

    def __init__(self, base: str = DEFAULT_BASE, label_sets: frozenset[str] = frozenset()) -> None:
        """Take what `curie_to_uri` needs."""
        super().__init__(base, label_sets)
        self._stems = {**prefixes(), "ls": f"{base}concept/", "lsys": base}
        # A label's id may hold any character, so labels keep their full IRI throughout.
        self._short = frozenset(self._stems) - label_sets

    def header(self) -> str:
        """Return the prefixes, in alphabetical order."""
        lines = (f"@prefix {name}: <{self._stems[name]}> .\n" for name in sorted(self._short))
        return "".join(lines)

    def block(self, resource: Resource) -> str:
        """Return subject, predicates and objects; equal predicates in a row are written once."""
        parts = [resource.subject]
        last: Curie | None = None
        for predicate, term in resource.pairs:
            if predicate == last:
                parts.append(f", {term}")
            else:
                name = "a" if predicate == _TYPE else self._spelled(predicate)
                parts.append(f"{' ' if last is None else _NEXT}{name} {term}")
                last = predicate
        return "".join(parts) + " .\n\n"

    def _spell(self, id_: Curie) -> str:
        prefix, _, local_id = id_.partition(":")
        if prefix in self._short and _LOCAL_NAME.match(local_id):
            return str(id_)
        return super()._spell(id_)
