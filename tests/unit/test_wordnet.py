from __future__ import annotations

import re
import shutil
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from labelsys.errors import ConfigError, SourceError
from labelsys.ids import Curie
from labelsys.model import Edge, Name, Sense
from labelsys.progress import SilentProgress
from labelsys.source.wordnet import WordNetSource, read_wordnet
from labelsys.source.wordnet_tables import ShippedTables, read_shipped_tables
from labelsys.tables import format_table
from tests.progress_toy import Heard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from labelsys.model import Concept
    from labelsys.source.protocol import SourceData

# The database that the tests write. Instance edges are dotted:
#
#     entity 00001740
#       animal 00015388 ----- goose 01855672 (Goose, sense 1, seen 3 times)
#       person 00007846 ..... Einstein 10954498
#          goose 10153414 (fathead, goose: sense 2, never seen), under person
#       fall 15236475 (autumn, fall), under entity twice
LICENCE = "  1 This is the licence, whose lines start with two spaces  \n"
DATA = """\
00001740 03 n 01 entity 0 002 ~ 00015388 n 0000 ~ 00007846 n 0000 | the root; "it is"  
00007846 03 n 02 person 0 soul 0 001 @ 00001740 n 0000 | a human being  
00015388 05 n 01 animal 0 001 @ 00001740 n 0000 | a living organism  
01855672 05 n 01 Goose 0 002 @ 00015388 n 0000 + 00063652 v 0101 | a web-footed bird  
10153414 18 n 02 fathead 0 goose 1 001 @ 00007846 n 0000 | a silly person  
10954498 18 n 02 Einstein 0 Albert_Einstein a 001 @i 00007846 n 0000 | a physicist  
15236475 28 n 02 autumn 0 fall 0 002 @ 00001740 n 0000 @ 00001740 n 0000 | a season  
"""  # noqa: W291
INDEX = """\
albert_einstein n 1 1 @i 1 0 10954498  
animal n 1 1 @ 1 1 00015388  
autumn n 1 1 @ 1 0 15236475  
einstein n 1 1 @i 1 0 10954498  
entity n 1 1 ~ 1 1 00001740  
fall n 1 1 @ 1 1 15236475  
fathead n 1 1 @ 1 0 10153414  
goose n 2 2 @ + 2 1 01855672 10153414  
person n 1 1 @ 1 1 00007846  
soul n 1 1 @ 1 0 00007846  
"""  # noqa: W291
COUNTS = "goose%1:05:00:: 1 3\nperson%1:03:00:: 1 6833\nrun%2:38:00:: 1 106\n"
EXCEPTIONS = "geese goose\nfatheads_of_state fathead\ngoose goose\nfallen fall fell\n"
FILES = {
    "data.noun": LICENCE + DATA,
    "index.noun": LICENCE + INDEX,
    "cntlist.rev": COUNTS,
    "noun.exc": EXCEPTIONS,
}
TABLES = ShippedTables(
    xrefs={"01855672-n": (Curie("ili", "i45102"), Curie("wn31", "01858313-n"))},
    lemmas={"zh": {"01855672-n": ["鹅", "鵝"], "99999999-n": ["无"]}},
    data={"ili.tsv": b"x"},
)


def write_database(folder: Path, **changes: tuple[str, str]) -> Path:
    """Write the files; a change replaces a text in the file of that name (dots as _)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        old, new = changes.get(name.replace(".", "_"), ("", ""))
        assert old in text
        (folder / name).write_text(text.replace(old, new) if old else text, encoding="utf-8")
    return folder


def read(folder: Path, tables: ShippedTables = TABLES) -> SourceData:
    return read_wordnet(folder, expected_synsets=7, tables=tables)


def by_offset(data: SourceData) -> dict[str, Concept]:
    return {concept.id.local_id[:8]: concept for concept in data.concepts}


def test_lemmas_come_first_then_irregular_forms_then_chinese_ones(tmp_path: Path) -> None:
    goose = by_offset(read(write_database(tmp_path)))["01855672"]
    sense = Sense(number=1, count=3, lex_id=0)
    assert goose.names == (
        Name(text="Goose", kind="pref", sense=sense),
        Name(text="geese", kind="hidden", sense=sense),
        Name(text="鹅", lang="zh", kind="pref"),
        Name(text="鵝", lang="zh", kind="alt"),
    )
    assert goose.pref_label == "Goose"
    assert goose.synset == "goose.n.01"
    assert goose.wnid == "n01855672"
    assert goose.xrefs == ("ili:i45102", "wn31:01858313-n")
    assert goose.lexname == "noun.animal"
    assert goose.gloss == "a web-footed bird"


def test_an_irregular_form_has_the_sense_of_the_lemma_it_inflects(tmp_path: Path) -> None:
    fathead = by_offset(read(write_database(tmp_path)))["10153414"]
    second = Sense(number=2, count=0, lex_id=1)
    assert fathead.names == (
        Name(text="fathead", kind="pref", sense=Sense(number=1, count=0, lex_id=0)),
        Name(text="goose", kind="alt", sense=second),
        Name(text="fatheads of state", kind="hidden", sense=Sense(number=1, count=0, lex_id=0)),
        Name(text="geese", kind="hidden", sense=second),
    )


def test_underscores_become_spaces_and_lex_ids_are_hexadecimal(tmp_path: Path) -> None:
    einstein = by_offset(read(write_database(tmp_path)))["10954498"]
    assert [name.text for name in einstein.names] == ["Einstein", "Albert Einstein"]
    assert einstein.names[1].sense == Sense(number=1, count=0, lex_id=10)


def test_edge_kinds_are_kept_apart_and_no_edge_comes_twice(tmp_path: Path) -> None:
    data = read(write_database(tmp_path))
    expected = [
        ("00007846", "00001740", "subclass"),
        ("00015388", "00001740", "subclass"),
        ("01855672", "00015388", "subclass"),
        ("10153414", "00007846", "subclass"),
        ("10954498", "00007846", "instance"),
        ("15236475", "00001740", "subclass"),
    ]
    assert [(e.narrower[5:13], e.broader[5:13], e.kind) for e in data.edges] == expected


def test_counts_reconcile(tmp_path: Path) -> None:
    counts = read(write_database(tmp_path)).counts
    assert all(batch.adds_up for batch in counts.values())
    assert (counts["synsets"].read, counts["synsets"].kept) == (7, 7)
    assert counts["edges"].read == 10
    assert counts["edges"].skipped == {"another relation": 3, "twice": 1}
    # geese-goose, fatheads of state-fathead, goose-goose and fallen-fall hold, fallen-fell not.
    assert counts["irregular forms"].skipped == {"lemma is in no synset": 1}
    assert counts["irregular forms"].read == 5
    assert counts["names in zh"].skipped == {"synset unknown": 1}
    assert counts["other ids"].skipped == {"no id in the table": 6}


def test_concepts_and_edges_do_not_depend_on_the_order_of_lines(tmp_path: Path) -> None:
    data = read(write_database(tmp_path / "a"))
    folder = write_database(tmp_path / "b")
    turned = LICENCE + "".join(reversed(DATA.splitlines(keepends=True)))
    (folder / "data.noun").write_text(turned, encoding="utf-8")
    other = read(folder)
    assert (other.concepts, other.edges) == (data.concepts, data.edges)
    assert [c.names for c in other.concepts] == [c.names for c in data.concepts]
    assert other.fingerprint != data.fingerprint


def test_index_sense_serves_where_cntlist_rev_is_missing(tmp_path: Path) -> None:
    folder = write_database(tmp_path)
    (folder / "cntlist.rev").unlink()
    (folder / "index.sense").write_text(
        "goose%1:05:00:: 01855672 1 3\ngoose%1:18:01:: 10153414 2 0\n", encoding="utf-8"
    )
    assert by_offset(read(folder))["01855672"].names[0].sense == Sense(number=1, count=3, lex_id=0)


def test_the_fingerprint_covers_every_file_and_table(tmp_path: Path) -> None:
    prints = {read(write_database(tmp_path / "same")).fingerprint}
    prints.add(read(write_database(tmp_path / "again")).fingerprint)
    assert len(prints) == 1
    prints.add(read(write_database(tmp_path / "a", data_noun=("a silly", "a foolish"))).fingerprint)
    prints.add(read(write_database(tmp_path / "b", cntlist_rev=(" 6833", " 6834"))).fingerprint)
    prints.add(read(write_database(tmp_path / "c", noun_exc=("fell", "felt"))).fingerprint)
    prints.add(read(tmp_path / "c", TABLES._replace(data={"ili.tsv": b"y"})).fingerprint)
    assert len(prints) == 5
    assert all(re.fullmatch("[0-9a-f]{64}", text) for text in prints)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("data_noun", ("n 01 Goose", "n 02 Goose"), r"data\.noun:5: malformed synset"),
        ("data_noun", ("n 01 Goose", "n xx Goose"), r"data\.noun:5: malformed synset"),
        ("data_noun", ("01855672 05 n", "1855672 05 n"), r"data\.noun:5: .*not eight digits"),
        ("data_noun", ("01855672 05 n", "01855672 99 n"), r"data\.noun:5: .*not a noun"),
        ("data_noun", ("01855672 05 n", "01855672 05 v"), r"data\.noun:5: .*not a noun"),
        ("data_noun", (" | a web-footed bird", ""), r"data\.noun:5: .*gloss is missing"),
        ("data_noun", ("0 002 @ 00015388", "0 003 @ 00015388"), r"data\.noun:5: .*counts do not"),
        ("data_noun", ("@ 00015388 n", "@ 00015389 n"), r"data\.noun:5: the hypernym 00015389 of"),
        ("data_noun", ("Goose 0 002", "Gander 0 002"), r"data\.noun:5: .*lemma 'gander' in"),
        (
            "data_noun",
            ("10153414 18", "01855672 18"),
            r"data\.noun:6: .* is there twice",
        ),
        ("data_noun", ("  \n00007846", "  \n\n00007846"), r"data\.noun:3: malformed synset"),
        ("index_noun", ("goose n 2 2 @", "goose n 3 2 @"), r"index\.noun:9: malformed index entry"),
        ("index_noun", ("goose n 2 2 @", "goose n x 2 @"), r"index\.noun:9: malformed index entry"),
        ("index_noun", ("goose n 2", "goose v 2"), r"index\.noun:9: malformed index entry"),
        ("index_noun", (" 01855672 ", " 01855673 "), r"data\.noun:5: index\.noun does not have"),
        ("cntlist_rev", ("1 3", "1 three"), r"cntlist\.rev:1: malformed sense count"),
        ("noun_exc", ("geese goose", "geese"), r"noun\.exc:1: malformed exception"),
        ("noun_exc", ("geese goose", ""), r"noun\.exc:1: malformed exception"),
        ("noun_exc", ("fall fell\n", "fall"), r"noun\.exc:4: the last line is cut off"),
    ],
)
def test_a_malformed_line_is_an_error_with_file_and_line(
    tmp_path: Path, name: str, change: tuple[str, str], message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        read(write_database(tmp_path, **{name: change}))


def test_a_synset_that_is_there_twice_is_an_error(tmp_path: Path) -> None:
    line = DATA.splitlines(keepends=True)[3]
    folder = write_database(tmp_path, data_noun=(line, line + line))
    with pytest.raises(SourceError, match=r"data\.noun:6: the synset 01855672 is there twice"):
        read(folder)


def test_bytes_that_are_no_utf8_are_an_error_with_their_line(tmp_path: Path) -> None:
    folder = write_database(tmp_path)
    (folder / "noun.exc").write_bytes(b"geese goose\ncaf\xe9s cafe\n")
    with pytest.raises(SourceError, match=r"noun\.exc:2: is not UTF-8"):
        read(folder)


def test_another_number_of_synsets_says_what_was_found(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"7 synsets under 1 roots .* expected 82,115 under"):
        read_wordnet(write_database(tmp_path), tables=TABLES)


def test_a_second_root_says_what_was_found(tmp_path: Path) -> None:
    folder = write_database(tmp_path, data_noun=("@i 00007846", "; 00007846"))
    with pytest.raises(
        SourceError, match=r"7 synsets under 2 roots \(wn30:00001740-n, wn30:10954498-n\)"
    ):
        read(folder)


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    folder = write_database(tmp_path)
    (folder / "noun.exc").unlink()
    with pytest.raises(SourceError, match=r"noun\.exc: can't be read: No such file"):
        read(folder)
    (folder / "cntlist.rev").unlink()
    (folder / "noun.exc").write_text(EXCEPTIONS, encoding="utf-8")
    with pytest.raises(SourceError, match=r"cntlist\.rev: can't be read"):
        read(folder)


def test_an_unknown_language_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no names in 'de'; known languages: en, zh"):
        read_wordnet(write_database(tmp_path), languages=("en", "de"))


def test_the_source_loads_a_named_folder(tmp_path: Path) -> None:
    source = WordNetSource(
        folder=write_database(tmp_path), languages=("en",), expected_synsets=7, fetch=False
    )
    data = source.load(None, SilentProgress())
    assert (source.name, data.name, data.version) == ("wordnet", "wordnet", "3.0")
    assert all(name.lang == "en" for concept in data.concepts for name in concept.names)
    assert by_offset(data)["00001740"].xrefs == ("ili:i35545", "wn31:00001740-n")


@pytest.mark.parametrize("languages", [("en",), ("en", "zh")])
def test_what_is_found_is_what_is_loaded(tmp_path: Path, languages: tuple[str, ...]) -> None:
    source = WordNetSource(
        folder=write_database(tmp_path), languages=languages, expected_synsets=7, fetch=False
    )
    loading, telling = Heard(), Heard()
    data = source.load(None, loading)
    found = source.find(SilentProgress())
    assert (found.fingerprint, found.place) == (data.fingerprint, str(tmp_path))
    source.tell(found, data.info, telling)
    assert telling.lines == loading.lines
    assert loading.lines == [
        ("start", "read WordNet", 7),
        ("advance", 7),
        ("done", f"7 synsets, {len(data.edges)} edges from {tmp_path}"),
    ]


def test_finding_in_an_unknown_language_lists_the_known_ones(tmp_path: Path) -> None:
    source = WordNetSource(folder=write_database(tmp_path), languages=("de",), expected_synsets=7)
    with pytest.raises(ConfigError, match="no names in 'de'; known languages: en, zh"):
        source.find(SilentProgress())


def test_wordnet_must_be_the_first_source(tmp_path: Path) -> None:
    data = read(write_database(tmp_path))
    with pytest.raises(SourceError, match="wordnet must be the first source; 'wordnet' comes"):
        WordNetSource(fetch=False).load(data, SilentProgress())


def test_the_shipped_tables_have_every_noun_synset() -> None:
    tables = read_shipped_tables()
    assert len(tables.xrefs) == 82_115
    assert sum(len(ids) == 1 for ids in tables.xrefs.values()) == 41
    assert tables.xrefs["02084071-n"] == ("ili:i46360", "wn31:02086723-n")
    assert set(tables.lemmas["zh"]["02084071-n"]) == {"狗", "犬"}
    assert list(read_shipped_tables(("en",)).data) == ["ili.tsv"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("i1", "00001740-n", "")] * 2, r"ili\.tsv:4: given twice: i1 00001740-n"),
        ([("x1", "00001740-n", "")], r"ili\.tsv:3: not an ili, a 3\.0 id"),
        ([("i1", "1740-n", "")], r"ili\.tsv:3: not an ili, a 3\.0 id"),
        ([("i1", "00001740-n", "entity")], r"ili\.tsv:3: not an ili, a 3\.0 id"),
    ],
)
def test_a_bad_row_of_the_id_table_is_an_error(
    tmp_path: Path, rows: list[tuple[str, ...]], message: str
) -> None:
    (tmp_path / "ili.tsv").write_text(format_table({}, ["ili", "wn30", "wn31"], rows))
    with pytest.raises(SourceError, match=message):
        read_shipped_tables(("en",), folder=tmp_path)


def test_a_bad_row_of_the_chinese_table_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "ili.tsv").write_text(format_table({}, ["ili", "wn30", "wn31"], []))
    names = format_table({}, ["wn30", "lemma"], [("n02084071", "狗")])
    (tmp_path / "names_zh.tsv").write_text(names, encoding="utf-8")
    with pytest.raises(SourceError, match=r"names_zh\.tsv:3: not a 3\.0 id and a name"):
        read_shipped_tables(folder=tmp_path)


# From here on: the real files.


@pytest.fixture(scope="module")
def nltk_reader(wordnet_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Open the same files with nltk, which reads below the roots of its path only.

    Debian lacks `lexnames`; the other parts of speech may be empty.
    """
    import nltk.data
    from nltk.corpus.reader.wordnet import WordNetCorpusReader

    root = tmp_path_factory.mktemp("nltk")
    folder = root / "corpora" / "wordnet"
    folder.mkdir(parents=True)
    for part in ("adj", "adv", "verb"):
        for name in (f"index.{part}", f"data.{part}", f"{part}.exc"):
            (folder / name).touch()
    for name in ("data.noun", "index.noun", "noun.exc", "cntlist.rev"):
        shutil.copyfile(wordnet_folder / name, folder / name)
    (folder / "index.sense").touch()  # read to convert ids to other versions only
    lexnames = "".join(f"{number:02d}\tfile{number}\t1\n" for number in range(45))
    (folder / "lexnames").write_text(lexnames, encoding="ascii")
    nltk.data.path.insert(0, str(root))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it has no other languages
        yield WordNetCorpusReader(str(folder), None)
    nltk.data.path.remove(str(root))


def differences(reader: Any, data: SourceData, step: int) -> list[str]:
    """Compare every *step*-th synset in all that both readers know."""
    up: dict[str, dict[str, set[int]]] = {}
    for edge in data.edges:
        kinds = up.setdefault(edge.narrower, {"subclass": set(), "instance": set()})
        kinds[edge.kind].add(int(edge.broader[5:13]))
    none: dict[str, set[int]] = {"subclass": set(), "instance": set()}
    found = []
    for concept in data.concepts[::step]:
        synset = reader.synset_from_pos_and_offset("n", int(concept.id[5:13]))
        lemmas = [n for n in concept.names if n.sense is not None and n.kind != "hidden"]
        examples = re.findall(r'"([^"]*)"', concept.gloss)
        definition = re.sub(r'"[^"]*"', "", concept.gloss).strip().strip("; ")
        ours = (
            concept.synset,
            [n.text.replace(" ", "_") for n in lemmas],
            [n.sense.count for n in lemmas if n.sense],
            up.get(concept.id, none)["subclass"],
            up.get(concept.id, none)["instance"],
            examples,
            definition,
        )
        theirs = (
            synset.name(),
            synset.lemma_names(),
            [lemma.count() for lemma in synset.lemmas()],
            {other.offset() for other in synset.hypernyms()},
            {other.offset() for other in synset.instance_hypernyms()},
            synset.examples(),
            synset.definition(),
        )
        if ours != theirs:
            found.append(f"{ours} is not {theirs}")
    return found


@pytest.mark.wordnet
def test_a_sample_is_as_nltk_reads_it(wordnet_data: SourceData, nltk_reader: Any) -> None:
    assert differences(nltk_reader, wordnet_data, 50) == []


@pytest.mark.wordnet
@pytest.mark.slow
def test_every_synset_is_as_nltk_reads_it(wordnet_data: SourceData, nltk_reader: Any) -> None:
    assert differences(nltk_reader, wordnet_data, 1) == []


@pytest.mark.wordnet
def test_the_real_files_have_the_known_figures(wordnet_data: SourceData) -> None:
    assert len(wordnet_data.concepts) == 82_115
    assert list(wordnet_data.concepts) == sorted(
        wordnet_data.concepts, key=lambda concept: concept.id
    )
    assert list(wordnet_data.edges) == sorted(set(wordnet_data.edges))
    hanging = {edge.narrower for edge in wordnet_data.edges if edge.kind == "subclass"}
    # 7,725 hang by instance edges only; the root hangs by none.
    assert len(wordnet_data.concepts) - len(hanging) - 1 == 7_725
    assert all(batch.adds_up for batch in wordnet_data.counts.values())


@pytest.mark.wordnet
def test_every_synset_has_an_ili_and_all_but_41_a_newer_id(wordnet_data: SourceData) -> None:
    prefixes = [[xref.prefix for xref in concept.xrefs] for concept in wordnet_data.concepts]
    assert prefixes.count(["ili", "wn31"]) == 82_115 - 41
    assert prefixes.count(["ili"]) == 41


@pytest.mark.wordnet
def test_geese_finds_the_goose(wordnet_data: SourceData) -> None:
    found = {c.synset for c in wordnet_data.concepts if any(n.text == "geese" for n in c.names)}
    assert found == {"goose.n.01", "fathead.n.01", "goose.n.03"}


@pytest.mark.wordnet
def test_every_irregular_form_is_at_every_synset_of_its_lemma(
    wordnet_data: SourceData, wordnet_folder: Path
) -> None:
    lemmas = {
        c.id: {n.text.lower() for n in c.names if n.sense and n.kind != "hidden"}
        for c in wordnet_data.concepts
    }
    forms: dict[str, set[str]] = {}
    for line in (wordnet_folder / "noun.exc").read_text(encoding="utf-8").splitlines():
        form, *bases = line.split()
        for base in bases:
            forms.setdefault(base.replace("_", " "), set()).add(form.replace("_", " "))
    for concept in wordnet_data.concepts:
        expected = set().union(*(forms.get(lemma, set()) for lemma in lemmas[concept.id]))
        hidden = {n.text for n in concept.names if n.kind == "hidden"}
        assert hidden == expected - lemmas[concept.id], concept.id


@pytest.mark.wordnet
def test_dog_is_known_by_all_its_names(wordnet_data: SourceData) -> None:
    dog = next(concept for concept in wordnet_data.concepts if concept.wnid == "n02084071")
    assert dog.synset == "dog.n.01"
    assert [(n.text, n.lang, n.kind) for n in dog.names] == [
        ("dog", "en", "pref"),
        ("domestic dog", "en", "alt"),
        ("Canis familiaris", "en", "alt"),
        ("犬", "zh", "pref"),
        ("狗", "zh", "alt"),
    ]
    assert dog.names[0].sense == Sense(number=1, count=42, lex_id=0)
    up = [e for e in wordnet_data.edges if e.narrower == dog.id]
    canine, domestic = Curie("wn30", "02083346-n"), Curie("wn30", "01317541-n")
    assert up == [Edge(dog.id, domestic), Edge(dog.id, canine)]
