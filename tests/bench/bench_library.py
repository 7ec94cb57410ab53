"""How fast the library answers, and what nltk and wn need for the same on the same WordNet."""

from __future__ import annotations

import random
import shutil
import warnings
from contextlib import suppress
from functools import partial
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar

import labelsys
from labelsys.hierarchy import Hierarchy
from labelsys.ids import Curie
from labelsys.progress import SilentProgress
from labelsys.source.wordnet import WordNetSource
from labelsys.source.wordnet_files import find_wordnet
from labelsys.text import fold
from tests.bench.lexicon import write_lexicon
from tests.bench.system import open_built
from tests.bench.timing import Measure, Report, arguments, in_ms, measure, measure_pair, ratios, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from labelsys.api import LabelSystem

SEARCH_MS = 10.0
SEED = 20250301
N_QUERIES = 500
N_LOOKUPS = 2_000
PARTS = ("noun", "verb", "adj", "adv")


def make_queries(names: Sequence[str], rng: random.Random) -> dict[str, list[str]]:
    """Return queries of three kinds: names as they are, with two letters swapped, and begun."""
    long_ones = [name for name in names if 5 <= len(name) <= 30]
    exact, typo, prefix = (rng.sample(long_ones, N_QUERIES // 3 + 1) for _ in range(3))

    def misspell(name: str) -> str:
        at = rng.randrange(1, len(name) - 1)
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]

    return {
        "exact": exact,
        "typo": [misspell(name) for name in typo],
        "prefix": [name[: rng.randrange(3, len(name))] for name in prefix],
    }


def bench_search(report: Report, system: LabelSystem, rng: random.Random) -> None:
    """Measure single searches in a process that has the graph open."""
    names = sorted({row.folded for row in system.store.iter_names() if row.lang == "en"})
    queries = make_queries(names, rng)
    system.search("dog")
    every: list[float] = []
    for kind, texts in queries.items():
        times = [
            t for text in texts for t in measure(partial(system.search, text), runs=1, warmup=0)
        ]
        every += times
        report.add(Measure(name=f"search, {kind}", unit="ms", values=in_ms(times)))
    values = in_ms(every[:N_QUERIES])
    report.add(Measure(name="search, all kinds", unit="ms", values=values, bound=SEARCH_MS))


class Peer:
    """Another library on the same nouns: how it loads, looks up, and climbs."""

    name = "peer"

    def load(self) -> object:
        """Read all noun synsets with lemmas, gloss and hypernyms."""
        raise NotImplementedError

    def look_up(self, lemma: str) -> set[int]:
        """Return the offsets of a lemma's noun synsets."""
        raise NotImplementedError

    def closure(self, offset: int) -> set[int]:
        """Return the offsets of everything above a synset, instance edges followed."""
        raise NotImplementedError


class Nltk(Peer):
    """nltk's reader of WordNet's own files."""

    name = "nltk"

    def __init__(self, wordnet: Path, folder: Path) -> None:
        self._root = folder / "corpora" / "wordnet"
        self._root.mkdir(parents=True)
        for path in wordnet.iterdir():  # copies: nltk refuses links out of its root
            if path.is_file():
                shutil.copy(path, self._root)
        self._complete()
        self._reader = self._open()

    def _complete(self) -> None:
        # Debian has no lexnames, and our own cache the nouns only: nltk opens all files.
        names = self._root / "lexnames"
        if not names.exists():
            rows = (f"{n:02d}\tnoun.x{n}\t1" for n in range(45))
            names.write_text("\n".join(rows) + "\n", encoding="ascii")
        licence = (self._root / "data.noun").read_text(encoding="utf-8").partition("00001740")[0]
        for part in PARTS:
            for name in (f"data.{part}", f"index.{part}"):
                if not (self._root / name).exists():
                    (self._root / name).write_text(licence, encoding="utf-8")
            (self._root / f"{part}.exc").touch()
        for name in ("cntlist.rev", "index.sense"):
            (self._root / name).touch()

    def _open(self) -> Any:
        import nltk.data
        from nltk.corpus.reader.wordnet import WordNetCorpusReader

        nltk.data.path.insert(0, str(self._root.parents[1]))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it has no other languages
            return WordNetCorpusReader(nltk.data.FileSystemPathPointer(str(self._root)), None)

    def load(self) -> object:
        reader = self._open()
        return [
            (s.lemma_names(), s.definition(), s.hypernyms() + s.instance_hypernyms())
            for s in reader.all_synsets("n")
        ]

    def look_up(self, lemma: str) -> set[int]:
        return {synset.offset() for synset in self._reader.synsets(lemma, "n")}

    def closure(self, offset: int) -> set[int]:
        start = self._reader.synset_from_pos_and_offset("n", offset)
        return {s.offset() for s in start.closure(lambda s: s.hypernyms() + s.instance_hypernyms())}


class Wn(Peer):
    """wn on a lexicon made of the same nouns."""

    name = "wn"

    def __init__(self, wordnet: Path, folder: Path) -> None:
        import wn

        wn.config.data_directory = folder / "wn"
        (folder / "wn").mkdir(parents=True)
        write_lexicon(wordnet, folder / "nouns.xml")
        self.add_s = measure(
            lambda: wn.add(folder / "nouns.xml", progress_handler=None), runs=1, warmup=0
        )[0]
        self._words = wn.Wordnet("nouns:3.0", expand="")

    def load(self) -> object:
        return [(s.lemmas(), s.definition(), s.hypernyms()) for s in self._words.synsets(pos="n")]

    def look_up(self, lemma: str) -> set[int]:
        return {int(s.id[6:14]) for s in self._words.synsets(lemma.replace("_", " "), pos="n")}

    def closure(self, offset: int) -> set[int]:
        start = self._words.synset(f"nouns-{offset:08d}-n")
        return {int(s.id[6:14]) for s in start.closure("hypernym", "instance_hypernym")}


class Ours:
    """labelsys on the same files, or on the built graph."""

    def __init__(self, system: LabelSystem, wordnet: Path) -> None:
        self._wordnet, self._store = wordnet, system.store
        # As nltk and wn have it: WordNet's own edges, without those of Wikidata.
        data = WordNetSource(folder=wordnet).load(None, SilentProgress())
        self._hierarchy = Hierarchy(data.edges)

    def load(self) -> object:
        return WordNetSource(folder=self._wordnet).load(None, SilentProgress())

    def look_up(self, lemma: str) -> set[int]:
        hits = self._store.find_by_name(fold(lemma))
        ids = dict.fromkeys(hit.concept_id for hit in hits)
        return {
            int(concept.wnid[1:])
            for concept in self._store.iter_concepts(ids)
            if concept.wnid is not None
        }

    def climb(self, offset: int) -> set[int]:
        found = self._hierarchy.ancestors(Curie("wn30", f"{offset:08d}-n"), instances=True)
        return {int(id_.local_id[:8]) for id_ in found if id_.prefix == "wn30"}


def bench_peer(report: Report, ours: Ours, peer: Peer, sample: Sample, runs: int) -> None:
    """Measure one peer beside us: the same work in turn, and how often the answers agree."""
    pairs = (
        ("load all nouns", ours.load, peer.load, ""),
        (
            f"look up {N_LOOKUPS:,} lemmas",
            each_time_other(ours.look_up, sample.lemmas),
            each_time_other(peer.look_up, sample.lemmas),
            "lemmas not asked for before; we ask the graph on disk",
        ),
        (
            f"closure of {N_LOOKUPS:,} synsets",
            each_time_other(ours.climb, sample.offsets),
            each_time_other(peer.closure, sample.offsets),
            "synsets not asked for before; ours is in memory",
        ),
    )
    for name, mine, theirs, note in pairs:
        our_s, their_s = measure_pair(mine, theirs, runs=runs, warmup=1)
        report.add(Measure(name=f"{name}: labelsys", unit="s", values=tuple(our_s)))
        report.add(Measure(name=f"{name}: {peer.name}", unit="s", values=tuple(their_s)))
        times = ratios(their_s, our_s)
        name = f"{name}: {peer.name} / labelsys"
        report.add(Measure(name=name, unit="times", values=times, note=note))
    lemmas, offsets = sample.lemmas[0], sample.offsets[0]
    same = {
        "lemmas": sum(ours.look_up(x) >= peer.look_up(x) for x in lemmas) / len(lemmas),
        "closures": sum(ours.climb(x) == peer.closure(x) for x in offsets) / len(offsets),
    }
    report.facts[f"same answers as {peer.name}"] = same
    say(f"same answers: all of their synsets {same['lemmas']:.1%}, closures {same['closures']:.1%}")


T = TypeVar("T")


def each_time_other(ask: Callable[[T], object], batches: list[list[T]]) -> Callable[[], object]:
    """Return an action that asks for one batch, and for the next one when it is called again.

    A library that remembers what it has parsed would else be timed at remembering.
    """
    rest = cycle(batches)
    return lambda: [ask(item) for item in next(rest)]


class Sample:
    """Batches of lemmas and synsets that every library is asked for, the same on every run."""

    def __init__(self, wordnet: Path, n_batches: int) -> None:
        rng = random.Random(SEED)
        lines = (wordnet / "index.noun").read_text(encoding="utf-8").splitlines()
        lemmas = [line.partition(" ")[0] for line in lines if not line.startswith(" ")]
        data = (wordnet / "data.noun").read_text(encoding="utf-8").splitlines()
        offsets = [int(line[:8]) for line in data if not line.startswith(" ")]
        rng.shuffle(lemmas)
        rng.shuffle(offsets)
        ends = [(n * N_LOOKUPS, (n + 1) * N_LOOKUPS) for n in range(n_batches)]
        self.lemmas = [lemmas[start:end] for start, end in ends]
        self.offsets = [offsets[start:end] for start, end in ends]


def main() -> None:
    """Run the benchmark."""
    options = arguments(__doc__ or "", runs=(int, 5, "paired runs beside each other library"))
    report = Report(name="library")
    rng = random.Random(SEED)
    with TemporaryDirectory() as temp, open_built(options.system, "--encoder", "none") as folder:
        wordnet = find_wordnet()
        with labelsys.open(folder) as system:
            bench_search(report, system, rng)
            ours = Ours(system, wordnet)
            sample = Sample(wordnet, options.runs + 1)
            for peer_type in (Nltk, Wn):
                try:
                    peer = peer_type(wordnet, Path(temp) / peer_type.name)
                except ImportError as error:
                    report.skip(peer_type.name, str(error))
                    continue
                bench_peer(report, ours, peer, sample, options.runs)
                with suppress(AttributeError):
                    values = (peer.add_s,)  # type: ignore[union-attr]
                    report.add(Measure(name="wn.add of the nouns, once", unit="s", values=values))
    report.write(options.out)


if __name__ == "__main__":
    main()
