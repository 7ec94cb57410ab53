"""Matches kept for the next build: the same again, or nothing."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from labelsys.ids import Curie
from labelsys.match.lexicon import Lexicon
from labelsys.match.result import Guess, LabelMatch
from labelsys.merge.stages import content_key, dump_matches, load_matches
from labelsys.model import Finding, Label, LabelSet
from tests import lexicon_toy as toy

LEXICON = toy.lexicon()
DOG, FRANK = LEXICON.index[toy.DOG], LEXICON.index[toy.FRANK]
SET = toy.label_set("pets", "Dog", {"name": "狗\n\u2028", "lang": "zh"}, "empty")
MATCHES = (
    LabelMatch(
        label=SET.labels[0],
        relation="exact",
        strategy="name",
        guesses=(Guess(DOG, 0.8123), Guess(FRANK, 0.1)),
        confidence=0.8123,
        match_string="dog",
        similarity=0.612,
        reason="name 'dog'",
        findings=(Finding(code="W203", id=SET.labels[0].id, message="odd"),),
    ),
    LabelMatch(label=SET.labels[1], relation="broader", strategy="head", guesses=(Guess(DOG, 1),)),
    LabelMatch(label=SET.labels[2], relation=None, strategy="excluded", reason="leer\n\u2028"),
)
DATA = dump_matches(MATCHES, LEXICON)


def test_matches_read_back_as_they_were() -> None:
    assert tuple(load_matches(DATA, SET, LEXICON) or ()) == MATCHES


def test_concepts_are_found_by_id_in_a_lexicon_that_numbers_them_anew() -> None:
    kept = [c for c in toy.concepts() if c.id != toy.PHYSICAL]
    edges = [e for e in toy.edges() if toy.PHYSICAL not in (e.narrower, e.broader)]
    other = Lexicon(kept, edges)
    loaded = load_matches(DATA, SET, other)
    assert loaded is not None
    assert [other.concepts[g.concept].id for g in loaded[0].guesses] == [toy.DOG, toy.FRANK]
    assert other.index[toy.DOG] != DOG


def test_bytes_are_the_same_every_time() -> None:
    assert dump_matches(MATCHES, toy.lexicon()) == DATA
    assert dump_matches(load_matches(DATA, SET, LEXICON) or (), LEXICON) == DATA


def test_no_matches_are_kept_as_such() -> None:
    empty = LabelSet(id="none", labels=())
    assert load_matches(dump_matches((), LEXICON), empty, LEXICON) == []


def test_matches_of_a_set_of_another_size_are_nothing() -> None:
    assert load_matches(DATA, replace(SET, labels=SET.labels[:2]), LEXICON) is None
    assert load_matches(b"", SET, LEXICON) is None


def test_matches_at_a_concept_that_is_gone_are_nothing() -> None:
    kept = [c for c in toy.concepts() if c.id != toy.FRANK]
    edges = [e for e in toy.edges() if toy.FRANK not in (e.narrower, e.broader)]
    assert load_matches(DATA, SET, Lexicon(kept, edges)) is None


@pytest.mark.parametrize("length", range(1, len(DATA), 7))
def test_truncated_bytes_are_nothing(length: int) -> None:
    assert load_matches(DATA[:length], SET, LEXICON) is None


@pytest.mark.parametrize(
    "line",
    [b"{}", b"[]", b"null", b"7", b"\xff", b'["exact"]', b"[1,2,3,4,5,6,7,8]", b"["],
)
def test_foreign_bytes_are_nothing(line: bytes) -> None:
    assert load_matches(b"\n".join([line] * 3), SET, LEXICON) is None


OTHER: dict[str, Any] = {
    **dict.fromkeys(["id", "title", "task", "version", "source", "license"], "other"),
    **dict.fromkeys(["label_id", "name", "description", "lang"], "other"),
    "parent": "Pet",
    "wnid": "n02084071",
    "synset": "dog.n.01",
    "qid": "Q144",
    "synonyms": ("hound",),
}


@pytest.mark.parametrize("field", [f.name for f in fields(LabelSet) if f.name != "labels"])
def test_key_changes_with_every_field_of_the_set(field: str) -> None:
    assert content_key(replace(SET, **{field: OTHER[field]})) != content_key(SET)


@pytest.mark.parametrize("field", [f.name for f in fields(Label) if f.name != "label_set"])
def test_key_changes_with_every_field_of_a_label(field: str) -> None:
    first = replace(SET.labels[0], **{field: OTHER[field]})
    changed = replace(SET, labels=(first, *SET.labels[1:]))
    assert content_key(changed) != content_key(SET)


def test_key_changes_with_the_order_and_number_of_labels() -> None:
    keys = {content_key(replace(SET, labels=x)) for x in (SET.labels, SET.labels[::-1], ())}
    assert len(keys) == 3


def test_key_of_equal_sets_is_equal_and_fields_do_not_run_together() -> None:
    assert content_key(replace(SET)) == content_key(SET)
    one = toy.label_set("x", {"name": "a", "synonyms": ("b", "c")})
    two = toy.label_set("x", {"name": "a", "synonyms": ("b, c",)})
    three = replace(one, title="xy", task="z")
    four = replace(one, title="x", task="yz")
    assert len({content_key(s) for s in (one, two, three, four)}) == 4
    assert len(content_key(one)) == 64
    assert Curie("x", "0") == one.labels[0].id
