"""Names in every pulled language, the best one in front."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from labelsys.ids import Curie
from labelsys.lookup import resolve_id
from labelsys.model import Concept, Definition, Edge, Name
from labelsys.progress import SilentProgress
from labelsys.search import search
from labelsys.source.combine import combine
from labelsys.source.protocol import SourceData
from labelsys.source.wikidata.facts import new_names, read_facts
from labelsys.source.wikidata.languages import bcp47, preference
from labelsys.source.wikidata.pulled import Claim, Entity, Text, write_pull
from labelsys.source.wikidata.source import WikidataSource
from labelsys.store.memory import MemoryWriter

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("code", "tag"),
    [
        ("en", "en"),
        ("mul", "mul"),
        ("en-gb", "en-GB"),
        ("zh-hans", "zh-Hans"),
        ("zh-tw", "zh-Hant-TW"),
        ("sr-ec", "sr-Cyrl"),
        ("be-tarask", "be-tarask"),
        ("be-x-old", "be-tarask"),
        ("simple", "en-simple"),
        ("nl-informal", "nl-x-informal"),
        ("crh-latn", "crh-Latn"),
        ("als", "gsw"),
    ],
)
def test_codes_of_wikimedia_are_tags_of_bcp_47(code: str, tag: str) -> None:
    assert bcp47(code) == tag
    assert bcp47(tag) == tag


def test_english_comes_first_then_all_languages_then_those_asked_for() -> None:
    tags = ["de", "zh", "zh-Hant", "fr", "mul", "en", "zhx"]
    assert sorted(tags, key=lambda tag: preference(tag, ["fr", "zh"])) == [
        *("en", "mul", "fr", "zh", "zh-Hant", "de", "zhx"),
    ]


def entity(*texts: tuple[str, str, str]) -> Entity:
    return Entity("Q144", tuple(Text(*text) for text in texts), (Claim("P279", "Q9"),))


@pytest.mark.parametrize(
    ("texts", "languages", "label"),
    [
        ([("de", "label", "Hund"), ("en", "label", "dog"), ("mul", "label", "Canis")], "de", "dog"),
        ([("de", "label", "Hund"), ("mul", "label", "Canis")], "de", "Canis"),
        ([("de", "label", "Hund"), ("fr", "label", "chien")], "fr de", "chien"),
        ([("zh-hant", "label", "狗")], "zh", "狗"),
        ([("en", "alias", "doggo"), ("de", "label", "Hund")], "de", "doggo"),
        ([("en", "label", "→"), ("de", "label", "Hund")], "de", "Hund"),
        ([("fr", "label", "chien")], "de", ""),
        ([("de", "description", "Haustier")], "de", ""),
    ],
)
def test_label_is_that_of_the_best_language_that_has_one(
    tmp_path: Path, texts: list[tuple[str, str, str]], languages: str, label: str
) -> None:
    write_pull(tmp_path, {}, [entity(*texts)])
    assert read_facts(tmp_path, languages.split()).items["Q144"].label == label


def test_names_of_all_languages_are_kept_each_once(tmp_path: Path) -> None:
    texts = [
        ("de", "label", "Hund"),
        ("de", "alias", "hund"),  # the same, folded
        ("en", "label", "dog"),
        ("en", "description", "domesticated animal"),
        ("en", "alias", "hound"),
        ("zh-cn", "label", "狗"),
        ("zh-cn", "description", "动物"),
    ]
    write_pull(tmp_path, {}, [entity(*texts)])
    item = read_facts(tmp_path, ["zh"]).items["Q144"]
    assert item.names == (
        Name(text="dog", kind="pref"),
        Name(text="hound"),
        Name(text="狗", lang="zh-Hans-CN", kind="pref"),
        Name(text="Hund", lang="de", kind="pref"),
    )
    assert item.description == "domesticated animal"


def test_descriptions_of_all_languages_are_kept_one_each(tmp_path: Path) -> None:
    texts = [
        Text("de", "label", "Hund"),
        Text("de", "description", " Haustier "),
        Text("en", "label", "dog"),
        Text("en", "description", "domestic animal"),
        Text("zh-cn", "description", "\u5bb6\u755c"),
        Text("zh-hans", "description", "  "),
    ]
    write_pull(tmp_path, {"version": "1"}, [Entity("Q144", tuple(texts))])
    dog = read_facts(tmp_path, ["en"]).items["Q144"]
    assert dog.description == "domestic animal"
    assert dog.definitions == (
        Definition("de", "Haustier"),
        Definition("zh-Hans-CN", "\u5bb6\u755c"),
    )


def test_synset_gains_names_that_it_lacks_in_each_language() -> None:
    has = (Name(text="dog", kind="pref"), Name(text="狗", lang="zh", kind="pref"))
    gained = new_names(
        (
            Name(text="Dog", kind="pref"),
            Name(text="犬", lang="zh", kind="pref"),
            Name(text="dog", lang="fr", kind="pref"),
            Name(text="chien", lang="fr"),
        ),
        has,
    )
    assert gained == (
        Name(text="犬", lang="zh"),  # it has a preferred one in Chinese
        Name(text="dog", lang="fr", kind="pref"),
        Name(text="chien", lang="fr"),
    )


def test_concepts_are_found_by_names_in_any_script(tmp_path: Path) -> None:
    thing = Concept(
        id=Curie("wn30", "00001740-n"),
        pref_label="entity",
        names=(Name(text="entity", kind="pref"),),
        xrefs=(Curie("wn31", "00001740-n"),),
    )
    base = SourceData(name="wordnet", version="", fingerprint="", concepts=(thing,), edges=())
    texts = [
        *(("ar", "label", "كلب"), ("hi", "label", "कुत्ता"), ("ja", "label", "イヌ")),
        *(("ru", "label", "Собака"), ("zh", "label", "狗")),
    ]
    write_pull(tmp_path, {}, [Entity("Q9", (), (Claim("P8814", "00001740-n"),)), entity(*texts)])
    data = WikidataSource(folder=tmp_path, languages=("zh",)).load(base, SilentProgress())
    (concept,) = data.concepts
    assert (concept.pref_label, len(concept.names)) == ("狗", 5)
    assert data.edges == (Edge(concept.id, thing.id),)
    whole = combine([base, data])
    writer = MemoryWriter()
    writer.add_concepts(whole.concepts)
    writer.add_edges(whole.edges)
    writer.set_meta({})
    writer.finish()
    store = writer.store
    for _, _, text in texts:
        assert resolve_id(store, text.upper()) == concept.id
        assert [hit.id for hit in search(store, text)][:1] == [concept.id]
