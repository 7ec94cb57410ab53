"""What the shipped tables add to WordNet: other ids, and Chinese names."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.errors import ConfigError
from labelsys.ids import Curie
from labelsys.tables import read_bytes, read_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from labelsys.tables import Table

__all__ = ["LANGUAGES", "ShippedTables", "read_shipped_tables", "read_table_bytes"]

LANGUAGES: Final = ("en", "zh")
"""Languages that names come in; English is WordNet's own and always there."""

_IDS_FILE: Final = "ili.tsv"
_SYNSET = re.compile(r"[0-9]{8}-n\Z")
_IDS = re.compile(r"i[1-9][0-9]* [0-9]{8}-n (?:[0-9]{8}-n)?\Z")


class ShippedTables(NamedTuple):
    """Contents of the tables, by local id (`02084071-n`).

    Attributes:
        xrefs: sorted `ili:` and `wn31:` ids; 41 synsets have no `wn31:`.
        lemmas: other languages' names: language -> synset -> names, best first.
        data: file name -> bytes, of the tables that were read.
    """

    xrefs: dict[str, tuple[Curie, ...]]
    lemmas: dict[str, dict[str, list[str]]]
    data: dict[str, bytes]


def read_shipped_tables(
    languages: Sequence[str] = LANGUAGES, *, folder: Path | Traversable | None = None
) -> ShippedTables:
    """Read `ili.tsv`, and `names_zh.tsv` if Chinese is asked for.

    Args:
        languages: BCP 47 tags, of `LANGUAGES`.
        folder: where the tables lie; None takes the shipped ones.

    Returns:
        The tables by synset; no Chinese lemmas unless asked for.

    Raises:
        ConfigError: there are no names in a language asked for.
        SourceError: a table is damaged.
    """
    name_files = _name_files(languages)
    folder = files("labelsys_ontologies") if folder is None else folder
    ids = read_table(folder / _IDS_FILE, columns=["ili", "wn30", "wn31"])
    data = {_IDS_FILE: ids.data}
    lemmas: dict[str, dict[str, list[str]]] = {}
    for language, name in name_files.items():
        names = read_table(folder / name, columns=["wn30", "lemma"])
        lemmas[language] = _read_lemmas(names)
        data[name] = names.data
    return ShippedTables(_read_xrefs(ids), lemmas, data)


def read_table_bytes(languages: Sequence[str] = LANGUAGES) -> dict[str, bytes]:
    """Return the shipped files that `read_shipped_tables` reads, as they lie there.

    Raises:
        ConfigError: there are no names in a language asked for.
        SourceError: a file can't be read.
    """
    folder = files("labelsys_ontologies")
    names = (_IDS_FILE, *_name_files(languages).values())
    return {name: read_bytes(folder / name) for name in names}


def _name_files(languages: Sequence[str]) -> dict[str, str]:
    """Return language -> file of its names, of those asked for; English needs none.

    Raises:
        ConfigError: there are no names in a language asked for.
    """
    unknown = [language for language in languages if language not in LANGUAGES]
    if unknown:
        msg = f"no names in {unknown[0]!r}; known languages: {', '.join(LANGUAGES)}"
        raise ConfigError(msg)
    wanted = [language for language in LANGUAGES if language in languages and language != "en"]
    return {language: f"names_{language}.tsv" for language in wanted}


def _read_xrefs(table: Table) -> dict[str, tuple[Curie, ...]]:
    xrefs: dict[str, tuple[Curie, ...]] = {}
    for index, (ili, wn30, wn31) in enumerate(table.rows):
        good = _IDS.match(f"{ili} {wn30} {wn31}")
        if not good or wn30 in xrefs:
            what = "given twice" if good else "not an ili, a 3.0 id and a 3.1 id or nothing"
            raise table.error(index, f"{what}: {ili} {wn30} {wn31}")
        # Checked just above, so the slower check of every part is not repeated.
        first = Curie.trusted(f"ili:{ili}")
        xrefs[wn30] = (first, Curie.trusted(f"wn31:{wn31}")) if wn31 else (first,)
    return xrefs


def _read_lemmas(table: Table) -> dict[str, list[str]]:
    lemmas: dict[str, list[str]] = {}
    for index, (wn30, lemma) in enumerate(table.rows):
        if not _SYNSET.match(wn30) or not lemma.strip():
            raise table.error(index, f"not a 3.0 id and a name: {wn30!r} {lemma!r}")
        lemmas.setdefault(wn30, []).append(lemma)
    return lemmas
