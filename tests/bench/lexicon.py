"""Writes WordNet's nouns as a lexicon (WN-LMF 1.0) that wn can add."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["write_lexicon"]

_TOP = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE LexicalResource SYSTEM "http://globalwordnet.github.io/schemas/WN-LMF-1.0.dtd">
<LexicalResource xmlns:dc="http://purl.org/dc/elements/1.1/">
<Lexicon id="nouns" label="Nouns of WordNet 3.0" language="en" email="nobody@example.org"
 license="https://wordnet.princeton.edu/license-and-commercial-use" version="3.0">
"""
_RELATIONS = {"@": "hypernym", "@i": "instance_hypernym", "~": "hyponym", "~i": "instance_hyponym"}


def write_lexicon(wordnet: Path, out: Path) -> None:
    """Write every noun synset with its lemmas, gloss, hypernyms and hyponyms.

    Args:
        wordnet: folder with WordNet's `data.noun`.
        out: the XML file.
    """
    lines = (wordnet / "data.noun").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if not line.startswith("  ")]
    entries: defaultdict[str, list[str]] = defaultdict(list)
    synsets = []
    for row in rows:
        head, _, gloss = row.partition(" | ")
        fields = head.split()
        count = int(fields[3], 16)
        for lemma in fields[4 : 4 + 2 * count : 2]:
            if fields[0] not in entries[lemma]:
                entries[lemma].append(fields[0])
        synsets.append(_synset(fields[0], gloss, list(_pointers(fields[4 + 2 * count :]))))
    with out.open("w", encoding="utf-8") as file:
        file.write(_TOP)
        file.writelines(_entry(n, lemma, entries[lemma]) for n, lemma in enumerate(entries))
        file.writelines(synsets)
        file.write("</Lexicon>\n</LexicalResource>\n")


def _pointers(fields: list[str]) -> Iterator[tuple[str, str]]:
    """Yield (relation, offset) of the pointers from a synset to a noun."""
    for at in range(1, 1 + 4 * int(fields[0]), 4):
        symbol, offset, part = fields[at : at + 3]
        if part == "n" and symbol in _RELATIONS:
            yield _RELATIONS[symbol], offset


def _entry(number: int, lemma: str, offsets: list[str]) -> str:
    word = quoteattr(lemma.replace("_", " "))
    senses = "".join(
        f'<Sense id="nouns-{number}-{offset}" synset="nouns-{offset}-n"/>' for offset in offsets
    )
    return (
        f'<LexicalEntry id="nouns-{number}"><Lemma writtenForm={word} partOfSpeech="n"/>'
        f"{senses}</LexicalEntry>\n"
    )


def _synset(offset: str, gloss: str, pointers: list[tuple[str, str]]) -> str:
    relations = "".join(
        f'<SynsetRelation relType="{kind}" target="nouns-{target}-n"/>'
        for kind, target in dict.fromkeys(pointers)
    )
    text = gloss.strip().replace("&", "&amp;").replace("<", "&lt;")
    return (
        f'<Synset id="nouns-{offset}-n" ili="" partOfSpeech="n">'
        f"<Definition>{text}</Definition>{relations}</Synset>\n"
    )
