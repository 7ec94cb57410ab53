"""CURIEs, wnids, URIs and the ids of new concepts."""

from __future__ import annotations

import base64
import copy
import hashlib
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.errors import IdentifierError
from labelsys.ids import (
    DEFAULT_BASE,
    ROOT,
    Curie,
    curie_to_uri,
    ls_curie,
    nearest_ids,
    prefixes,
    uri_to_curie,
    wnid,
    wnid_to_curie,
)

DOG = Curie("wn30", "02084071-n")


def test_curie_is_a_string_of_two_parts() -> None:
    assert DOG == "wn30:02084071-n"
    assert (DOG.prefix, DOG.local_id) == ("wn30", "02084071-n")
    assert Curie.parse("wn30:02084071-n") == DOG
    assert isinstance(DOG, str)
    assert hash(DOG) == hash("wn30:02084071-n")


def test_local_id_may_hold_colons_and_other_signs() -> None:
    id_ = Curie.parse("openimages:/m/0bt9lr")
    assert (id_.prefix, id_.local_id) == ("openimages", "/m/0bt9lr")
    id_ = Curie.parse("x:a:b c?%20")
    assert (id_.prefix, id_.local_id) == ("x", "a:b c?%20")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dog", "'dog' is no CURIE: expected prefix:local_id"),
        ("", "'' is no CURIE"),
        (":x", "'' is no CURIE prefix"),
        ("1x:y", "'1x' is no CURIE prefix"),
        ("a b:y", "'a b' is no CURIE prefix"),
        ("x:", "x:'' has an empty or unprintable local id"),
        ("x:a\nb", r"x:'a\\nb' has an empty or unprintable local id"),
        ("x:\0", "unprintable local id"),
        ("wn30:2084071-n", "wn30:'2084071-n' is no WordNet id: eight digits and '-n'"),
        ("wn30:02084071", "is no WordNet id"),
        ("wn30:02084071-n\n", "unprintable"),
        ("wn30:02084071-x", "is no WordNet id"),
        ("wd:144", "wd:'144' is no Wikidata id: 'Q' and a number"),
        ("wd:Q0144", "is no Wikidata id"),
        ("wd:Q144x", "is no Wikidata id"),
    ],
)
def test_text_that_is_no_curie_is_an_error(text: str, words: str) -> None:
    with pytest.raises(IdentifierError, match=words):
        Curie.parse(text)


def test_items_properties_and_lexemes_are_wikidata_s() -> None:
    assert [Curie("wd", x) for x in ("Q1", "P279", "L7")] == ["wd:Q1", "wd:P279", "wd:L7"]


def test_curies_sort_as_text_copy_and_pickle() -> None:
    ids = [Curie("wd", "Q2"), Curie("wd", "Q10"), DOG]
    assert sorted(ids) == ["wd:Q10", "wd:Q2", "wn30:02084071-n"]
    for same in (copy.copy(DOG), copy.deepcopy(DOG), pickle.loads(pickle.dumps(DOG))):
        assert same == DOG
        assert type(same) is Curie


def test_trusted_text_is_not_checked() -> None:
    assert Curie.trusted("wd:Q144").local_id == "Q144"
    assert Curie.trusted("no curie") == "no curie"


@pytest.mark.parametrize(
    ("id_", "expected"),
    [
        ("wn30:02084071-n", "n02084071"),
        ("wn30:00001740-n", "n00001740"),
        ("wn30:02084071-v", None),
        ("wn31:02086723-n", None),
        ("wd:Q144", None),
        ("", None),
    ],
)
def test_wnid_of_a_noun(id_: str, expected: str | None) -> None:
    assert wnid(id_) == expected


def test_wnid_leads_back() -> None:
    assert wnid_to_curie("n02084071") == DOG
    assert wnid_to_curie(wnid(ROOT) or "") == ROOT


@pytest.mark.parametrize(
    "text", ["", "02084071", "n2084071", "n020840711", "v02084071", "n0208407x", "n02084071\n"]
)
def test_text_that_is_no_wnid_is_an_error(text: str) -> None:
    with pytest.raises(IdentifierError, match="is no wnid: 'n' and eight digits, as in n02084071"):
        wnid_to_curie(text)


def code_of(founder: str) -> str:
    return base64.b32encode(hashlib.sha256(founder.encode()).digest()).decode().lower()


def test_new_concept_s_id_is_made_of_its_founder() -> None:
    assert ls_curie("cars:1") == f"ls:{code_of('cars:1')[:8]}"
    assert ls_curie("cars:狗") == f"ls:{code_of('cars:狗')[:8]}"
    assert ls_curie("cars:1") != ls_curie("cars:2")


def test_taken_id_makes_way_for_the_next_characters() -> None:
    code = code_of("cars:1")
    first, second = f"ls:{code[:8]}", f"ls:{code[1:9]}"
    assert ls_curie("cars:1", {first}) == second
    assert ls_curie("cars:1", frozenset({first, second})) == f"ls:{code[2:10]}"
    every = {f"ls:{code[i : i + 8]}" for i in range(45)}
    with pytest.raises(IdentifierError, match="no free ls: id for 'cars:1'"):
        ls_curie("cars:1", every)


def test_ids_that_begin_alike_are_near() -> None:
    around = ["wd:Q1388", "wd:Q144", "wd:Q14", "wd:Q23", "wn30:00001740-n"]
    assert nearest_ids("wd:Q14", around) == ("wd:Q14", "wd:Q144", "wd:Q1388")
    assert nearest_ids("wd:Q14", around, limit=1) == ("wd:Q14",)
    # nothing but the prefix and `Q` alike
    assert nearest_ids("wd:Q9", around) == ()
    assert nearest_ids("wn30:00001741-n", around) == ("wn30:00001740-n",)
    assert nearest_ids("wd:Q14", []) == ()


def test_near_ids_of_the_same_beginning_and_length_go_by_text() -> None:
    assert nearest_ids("wd:Q10", ["wd:Q13", "wd:Q11", "wd:Q12"], 2) == ("wd:Q11", "wd:Q12")


def test_shipped_prefixes_hold_those_of_the_design() -> None:
    assert prefixes()["wn30"] == "http://wordnet-rdf.princeton.edu/wn30/"
    assert prefixes()["wn31"] == "http://wordnet-rdf.princeton.edu/wn31/"
    assert prefixes()["ili"] == "http://globalwordnet.org/ili/"
    assert prefixes()["wd"] == "http://www.wikidata.org/entity/"
    assert {"wdt", "skos", "sssom", "prov", "semapv"} <= prefixes().keys()


@pytest.mark.parametrize(
    ("id_", "uri"),
    [
        ("wn30:02084071-n", "http://wordnet-rdf.princeton.edu/wn30/02084071-n"),
        ("wd:Q144", "http://www.wikidata.org/entity/Q144"),
        ("ls:abcdefgh", "https://example.org/labelsys/concept/abcdefgh"),
        ("coco:18", "https://example.org/labelsys/labelset/coco/18"),
        ("coco:/m/0 x", "https://example.org/labelsys/labelset/coco/%2Fm%2F0%20x"),
        ("coco:\u72d7", "https://example.org/labelsys/labelset/coco/%E7%8B%97"),
    ],
)
def test_uri_of_an_id_and_back(id_: str, uri: str) -> None:
    assert curie_to_uri(Curie.parse(id_), label_sets={"coco"}) == uri
    assert uri_to_curie(uri) == id_


def test_own_base_address() -> None:
    base = "https://labels.example.net/"
    uri = curie_to_uri(Curie("ls", "abcdefgh"), base=base)
    assert uri == "https://labels.example.net/concept/abcdefgh"
    assert uri_to_curie(uri, base=base) == "ls:abcdefgh"
    with pytest.raises(IdentifierError, match="lies under no known prefix"):
        uri_to_curie(uri)


def test_unknown_prefix_and_address_are_errors() -> None:
    with pytest.raises(IdentifierError, match=r"'coco:18' has the unknown prefix 'coco'; known: "):
        curie_to_uri(Curie("coco", "18"))
    with pytest.raises(IdentifierError, match=r"'https://example\.com/x' lies under no known"):
        uri_to_curie("https://example.com/x")
    with pytest.raises(IdentifierError, match="is no WordNet id"):
        uri_to_curie("http://wordnet-rdf.princeton.edu/wn30/dog")


@given(st.text(min_size=1, max_size=20).filter(str.isprintable))
def test_every_label_id_survives_the_way_there_and_back(local_id: str) -> None:
    id_ = Curie("coco", local_id)
    uri = curie_to_uri(id_, label_sets={"coco"})
    assert uri_to_curie(uri) == id_
    assert uri.isascii()
    assert uri.startswith(f"{DEFAULT_BASE}labelset/coco/")
    assert "/" not in uri.removeprefix(f"{DEFAULT_BASE}labelset/coco/")


def test_every_shipped_prefix_survives_the_way_there_and_back() -> None:
    for prefix in prefixes():
        local_id = {"wn30": "02084071-n", "wd": "Q1"}.get(prefix, "x")
        id_ = Curie(prefix, local_id)
        assert uri_to_curie(curie_to_uri(id_)) == id_
