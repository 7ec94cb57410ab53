"""What the build makes of a pull before any rule looks at it: items with their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from labelsys.model import Definition, Name
from labelsys.source.wikidata.languages import bcp47, preference
from labelsys.source.wikidata.pulled import open_pull
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from labelsys.source.wikidata.pulled import Claim, Entity, Text

__all__ = ["Facts", "Item", "new_names", "read_facts"]


class Item(NamedTuple):
    """An item, and what is known of it.

    Attributes:
        qid: its id.
        label: its name in the first asked language that has one, English before
            all; "" where none has.
        names: in all pulled languages, those of preferred languages first, each
            language's label (`pref`) before its aliases (`alt`), none twice.
        description: the English one, or "".
        claims: by property and order given.
        definitions: the descriptions in other languages, by language.
    """

    qid: str
    label: str = ""
    names: tuple[Name, ...] = ()
    description: str = ""
    claims: tuple[Claim, ...] = ()
    definitions: tuple[Definition, ...] = ()

    def values(self, *pids: str) -> list[str]:
        """Return the values of some properties, each once, in order."""
        return list(dict.fromkeys(claim.value for claim in self.claims if claim.pid in pids))


class Facts(NamedTuple):
    """One pull.

    Attributes:
        items: QID -> item, by number; those that redirect left out.
        into: QID -> the one that it redirects to.
        version: of the data.
        fingerprint: SHA-256 over the input, hex.
    """

    items: dict[str, Item]
    into: dict[str, str]
    version: str
    fingerprint: str


def read_facts(root: Path | Traversable, languages: Sequence[str]) -> Facts:
    """Read a pull.

    Args:
        root: its folder.
        languages: those asked for, BCP 47, the most wanted first.

    Returns:
        All items, in the order of their numbers.

    Raises:
        SourceError: a table is missing or damaged, or is of another pull.
    """
    items: dict[str, Item] = {}
    into: dict[str, str] = {}
    with open_pull(root) as pull:
        for entity in pull:
            if entity.into:
                into[entity.qid] = entity.into
            else:
                items[entity.qid] = _item(entity, languages)
        version = pull.header.get("version", pull.fingerprint[:12])
        return Facts(items, into, version, pull.fingerprint)


def _item(entity: Entity, languages: Sequence[str]) -> Item:
    texts: list[tuple[int, str, Text]] = []
    described: dict[str, str] = {}
    for text in entity.texts:
        lang = bcp47(text.lang)
        if text.kind != "description":
            texts.append((preference(lang, languages), lang, text))
        elif said := text.text.strip():
            described.setdefault(lang, said)
    # The texts come by language, label first: sorting by language alone keeps that.
    texts.sort(key=lambda row: row[:2])
    names = tuple(_names(texts))
    label = next((n.text for n in names if preference(n.lang, languages) <= len(languages) + 1), "")
    description = described.pop("en", "")
    definitions = tuple(Definition(*one) for one in sorted(described.items()))
    return Item(entity.qid, label, names, description, entity.claims, definitions)


def _names(texts: Iterable[tuple[int, str, Text]]) -> Iterable[Name]:
    """Yield names that can be looked up: with a letter or digit, none twice a language."""
    seen: set[tuple[str, str]] = set()
    preferred: set[str] = set()
    for _, lang, (_, kind, raw) in texts:
        text = raw.strip()
        folded = fold(text)
        if not folded or (lang, folded) in seen:
            continue
        seen.add((lang, folded))
        is_label = kind == "label" and lang not in preferred
        if is_label:
            preferred.add(lang)
        yield Name(text=text, lang=lang, kind="pref" if is_label else "alt")


def new_names(names: Iterable[Name], has: Iterable[Name]) -> tuple[Name, ...]:
    """Return the names that are new to a concept, each once.

    Args:
        names: those that it may gain, in order.
        has: those that it has, hidden ones too.

    Returns:
        New ones by language and folded form. One is `pref` only where the
        concept has no name in its language yet.
    """
    seen = {(name.lang, fold(name.text)) for name in has}
    languages = {lang for lang, _ in seen}
    gained = []
    for name in names:
        key = name.lang, fold(name.text)
        if key not in seen:
            seen.add(key)
            is_first = name.kind == "pref" and name.lang not in languages
            languages.add(name.lang)
            gained.append(name if is_first else Name(text=name.text, lang=name.lang))
    return tuple(gained)
