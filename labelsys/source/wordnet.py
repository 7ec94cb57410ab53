"""The noun synsets of WordNet 3.0 as concepts.

A synset becomes `wn30:OFFSET-n`. Its names are, in this order: the lemmas in
synset order (the first one preferred), irregular forms of `noun.exc` (hidden,
each with the sense of the lemma it inflects, so that "geese" finds the goose),
then Chinese lemmas in the order of the shipped table, whose rows are sorted by
synset and within one keep the order of Chinese Open Wordnet (the first one is
preferred in Chinese).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise, repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.collector import collector_paused
from labelsys.errors import SourceError
from labelsys.ids import ROOT, Curie
from labelsys.model import Concept, Edge, Name, Sense
from labelsys.source import wndb
from labelsys.source.counts import reconcile
from labelsys.source.protocol import Found, SourceData
from labelsys.source.wordnet_files import COUNT_FILES, NOUN_SYNSETS, find_wordnet
from labelsys.source.wordnet_tables import (
    LANGUAGES,
    ShippedTables,
    read_shipped_tables,
    read_table_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from labelsys.progress import Progress
    from labelsys.source.protocol import Counts, SourceInfo

__all__ = ["VERSION", "WordNetSource", "read_wordnet"]

VERSION: Final = "3.0"

_STAGE: Final = "read WordNet"


@dataclass(frozen=True, slots=True, kw_only=True)
class WordNetSource:
    """WordNet, wherever its files are.

    Attributes:
        folder: with the database files; None looks for them.
        fetch: whether they may be downloaded.
        cache: folder for downloads; None takes the usual one.
        languages: of the names, besides English.
        expected_synsets: how many there must be.
    """

    folder: Path | None = None
    fetch: bool = True
    cache: Path | None = None
    languages: tuple[str, ...] = LANGUAGES
    expected_synsets: int = NOUN_SYNSETS

    @property
    def name(self) -> str:
        """`wordnet`."""
        return "wordnet"

    def load(self, base: SourceData | None, progress: Progress, /) -> SourceData:
        """Find the files, read and check them.

        Args:
            base: must be None: WordNet is the source that all others build on.
            progress: told how far it is.

        Returns:
            All noun synsets with their hypernym edges.

        Raises:
            SourceError: there are no files, or they are not WordNet 3.0's, or
                another source comes first.
        """
        if base is not None:
            msg = f"wordnet must be the first source; {base.name!r} comes before it"
            raise SourceError(msg)
        folder = self._find_folder(progress)
        progress.start(_STAGE, self.expected_synsets)
        data = read_wordnet(
            folder, languages=self.languages, expected_synsets=self.expected_synsets
        )
        _tell_end(str(folder), data.info, progress)
        return data

    def find(self, progress: Progress, /) -> Found:
        """Find the files, which may download them.

        Returns:
            Where they are, with the fingerprint that `load` gives to their data.

        Raises:
            SourceError: there are no files.
            ConfigError: there are no names in one of the languages.
        """
        folder = self._find_folder(progress)
        data = {**_read_files(folder).data, **read_table_bytes(self.languages)}
        return Found(fingerprint=_fingerprint(data), place=str(folder))

    def tell(self, found: Found, info: SourceInfo, progress: Progress, /) -> None:
        """Tell the progress what `load` does, of data that was read before."""
        progress.start(_STAGE, self.expected_synsets)
        _tell_end(found.place, info, progress)

    def _find_folder(self, progress: Progress) -> Path:
        return find_wordnet(
            self.folder,
            fetch=self.fetch,
            cache=self.cache,
            expected_synsets=self.expected_synsets,
            progress=progress,
        )


def _tell_end(folder: str, info: SourceInfo, progress: Progress) -> None:
    progress.advance(info.concepts)
    progress.done(f"{info.concepts:,} synsets, {info.edges:,} edges from {folder}")


class _Files(NamedTuple):
    """The database files in memory."""

    folder: Path
    data: dict[str, bytes]

    def lines(self, name: str) -> tuple[list[str], str]:
        path = str(self.folder / name)
        return wndb.decode_lines(self.data[name], path), path


def read_wordnet(
    folder: Path,
    *,
    languages: Sequence[str] = LANGUAGES,
    expected_synsets: int = NOUN_SYNSETS,
    tables: ShippedTables | None = None,
) -> SourceData:
    """Read all noun synsets.

    Args:
        folder: holds `data.noun`, `index.noun`, `noun.exc`, and `cntlist.rev`
            or `index.sense`.
        languages: of the names; English is always there.
        expected_synsets: how many there must be.
        tables: other ids and other languages' names; None takes the shipped
            ones, in the languages asked for.

    Returns:
        Concepts sorted by id, edges sorted, no findings. The fingerprint covers
        the files read and the tables, whichever distribution they came from.

    Raises:
        SourceError: a file is missing or malformed, or the synsets are not as
            many as expected, or do not hang from one root.
        ConfigError: there are no names in one of the languages.
    """
    files = _read_files(folder)
    with collector_paused():
        tables = read_shipped_tables(languages) if tables is None else tables
        builder = _Builder(files, tables)
        concepts, edges = builder.build()
    _check_shape(concepts, edges, expected_synsets, folder)
    return SourceData(
        name="wordnet",
        version=VERSION,
        fingerprint=_fingerprint({**files.data, **tables.data}),
        concepts=concepts,
        edges=edges,
        counts=builder.counts,
    )


def _read_files(folder: Path) -> _Files:
    counts = next((name for name in COUNT_FILES if (folder / name).is_file()), COUNT_FILES[0])
    data = {}
    for name in ("data.noun", "index.noun", "noun.exc", counts):
        try:
            data[name] = (folder / name).read_bytes()
        except OSError as exc:
            msg = f"can't be read: {exc.strerror or exc}"
            raise SourceError(msg, path=folder / name) from exc
    return _Files(folder, data)


class _Builder:
    """Turns one set of files into concepts and edges, counting on the way."""

    def __init__(self, files: _Files, tables: ShippedTables) -> None:
        self.path = str(files.folder / "data.noun")
        self.synsets = list(wndb.iter_synsets(*files.lines("data.noun")))
        self.index = wndb.read_index(*files.lines("index.noun"))
        counts = next(name for name in COUNT_FILES if name in files.data)
        self.tagged = wndb.read_counts(*files.lines(counts))
        self.forms = defaultdict[str, list[str]](list)
        for form, lemma in wndb.read_exceptions(*files.lines("noun.exc")):
            self.forms[lemma].append(form)
        self.tables = tables
        self.counts: dict[str, Counts] = {}
        self.senses: dict[tuple[int, int, int], Sense] = {}
        self.inflected: set[tuple[str, str]] = set()

    def build(self) -> tuple[tuple[Concept, ...], tuple[Edge, ...]]:
        """Return everything sorted, and fill `counts`.

        Raises:
            SourceError: an offset is there twice.
        """
        self.synsets.sort()  # by offset, which comes first and is unique: checked next
        for before, synset in pairwise(self.synsets):
            if before.offset == synset.offset:
                msg = f"the synset {synset.offset} is there twice"
                raise SourceError(msg, path=self.path, line=synset.line)
        ids = {synset.offset: Curie.trusted(f"wn30:{synset.offset}-n") for synset in self.synsets}
        concepts = tuple(map(self.concept, self.synsets, ids.values()))
        edges = tuple(self.edges(ids))
        self.count(ids, len(edges))
        return concepts, edges

    def concept(self, synset: wndb.Synset, id_: Curie) -> Concept:
        """Return one synset as a concept."""
        local_id = f"{synset.offset}-n"
        names = self.english(synset)
        for language, lemmas in self.tables.lemmas.items():
            for position, text in enumerate(lemmas.get(local_id, ())):
                names.append(Name(text=text, lang=language, kind="alt" if position else "pref"))
        return Concept(
            id=id_,
            pref_label=names[0].text,
            names=tuple(names),
            gloss=synset.gloss,
            source="wordnet",
            xrefs=self.tables.xrefs.get(local_id, ()),
            lexname=wndb.LEXNAMES[synset.lex_file],
        )

    def english(self, synset: wndb.Synset) -> list[Name]:
        """Return lemmas, then irregular forms that are none of the lemmas."""
        keys = [word.lower() for word in synset.words]
        senses = list(map(self.sense, repeat(synset), keys, synset.lex_ids))
        names = [
            Name(text=word.replace("_", " "), kind="alt" if at else "pref", sense=senses[at])
            for at, word in enumerate(synset.words)
        ]
        if not self.forms.keys().isdisjoint(keys):
            names += self.irregular(dict(zip(keys, senses, strict=True)))
        return names

    def irregular(self, senses: dict[str, Sense]) -> Iterator[Name]:
        """Yield the irregular forms of the lemmas, each once, as hidden names."""
        hidden: dict[str, Sense] = {}
        for key, sense in senses.items():
            for form in self.forms.get(key, ()):
                self.inflected.add((form, key))
                if form not in senses:
                    hidden.setdefault(form, sense)
        for form, sense in hidden.items():
            yield Name(text=form.replace("_", " "), kind="hidden", sense=sense)

    def sense(self, synset: wndb.Synset, key: str, lex_id: int) -> Sense:
        """Return number and frequency of a lemma in a synset; equal ones are one object.

        Raises:
            SourceError: the index lacks the lemma, or the synset among its senses.
        """
        try:
            number = self.index[key].index(synset.offset) + 1
        except (KeyError, ValueError) as exc:
            msg = f"index.noun does not have the lemma {key!r} in synset {synset.offset}"
            raise SourceError(msg, path=self.path, line=synset.line) from exc
        tagged = self.tagged.get(key)
        count = tagged.get((synset.lex_file, lex_id), 0) if tagged else 0
        sense = self.senses.get((number, count, lex_id))
        if sense is None:
            sense = Sense(number=number, count=count, lex_id=lex_id)
            self.senses[number, count, lex_id] = sense
        return sense

    def edges(self, ids: dict[str, Curie]) -> Iterator[Edge]:
        """Yield hypernym edges of both kinds, sorted, none twice.

        Raises:
            SourceError: a hypernym is not there.
        """
        for synset in self.synsets:
            hypernyms = synset.hypernyms
            if len(hypernyms) > 1:
                hypernyms = sorted(set(hypernyms), key=itemgetter(1, 0))
            for kind, offset in hypernyms:
                if offset not in ids:
                    msg = f"the hypernym {offset} of {synset.offset} is not in the file"
                    raise SourceError(msg, path=self.path, line=synset.line)
                yield Edge(ids[synset.offset], ids[offset], kind)

    def count(self, ids: dict[str, Curie], n_edges: int) -> None:
        """Reconcile the batches."""
        self.counts["synsets"] = reconcile(len(self.synsets))
        pointers = sum(synset.n_pointers for synset in self.synsets)
        hypernyms = sum(len(synset.hypernyms) for synset in self.synsets)
        self.counts["edges"] = reconcile(
            pointers, {"another relation": pointers - hypernyms, "twice": hypernyms - n_edges}
        )
        pairs = {(form, lemma) for lemma, forms in self.forms.items() for form in forms}
        twice = sum(map(len, self.forms.values())) - len(pairs)
        self.counts["irregular forms"] = reconcile(
            len(pairs) + twice,
            {"lemma is in no synset": len(pairs - self.inflected), "twice": twice},
        )
        known = {f"{offset}-n" for offset in ids}
        tables: Iterable[tuple[str, dict[str, list[str]]]] = self.tables.lemmas.items()
        for language, lemmas in tables:
            unknown = sum(len(names) for id_, names in lemmas.items() if id_ not in known)
            total = sum(map(len, lemmas.values()))
            self.counts[f"names in {language}"] = reconcile(total, {"synset unknown": unknown})
        without = len(known - self.tables.xrefs.keys())
        self.counts["other ids"] = reconcile(len(known), {"no id in the table": without})


def _check_shape(
    concepts: tuple[Concept, ...], edges: tuple[Edge, ...], expected: int, folder: Path
) -> None:
    hanging = {edge.narrower for edge in edges}
    roots = [concept.id for concept in concepts if concept.id not in hanging]
    if len(concepts) == expected and roots == [ROOT]:
        return
    shown = ", ".join(roots[:3]) + (", ..." if roots[3:] else "")
    msg = (
        f"not the nouns of WordNet {VERSION}: {len(concepts):,} synsets under {len(roots)} roots "
        f"({shown}), expected {expected:,} under {ROOT}; give another folder"
    )
    raise SourceError(msg, path=folder)


def _fingerprint(data: dict[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name in sorted(data):
        whole.update(f"{name}\0{hashlib.sha256(data[name]).hexdigest()}\n".encode())
    return whole.hexdigest()
