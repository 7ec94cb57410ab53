"""The synsets that an item may be, by its names; hostile ones, too."""

from __future__ import annotations

from labelsys.match.forms import FormKind
from labelsys.model import Name
from labelsys.source.wikidata.facts import Item
from labelsys.source.wikidata.linking.names import MOST_NAMES, english_names, find_synsets
from tests.lexicon_toy import (
    BAT,
    COMPUTER_MOUSE,
    CRANE_BIRD,
    CRANE_MACHINE,
    CRANE_WRITER,
    DACHSHUND,
    DOG,
    FRANK,
    GOOSE,
    MOUSE,
    lexicon,
)

LEXICON = lexicon()


def item(label: str, *aliases: str, lang: str = "en") -> Item:
    names = [Name(text=label, kind="pref", lang=lang)] if label else []
    names += [Name(text=text, lang=lang) for text in aliases]
    return Item("Q1", label, tuple(names))


def found(label: str, *aliases: str) -> dict[str, tuple[FormKind, bool, int]]:
    synsets = find_synsets(item(label, *aliases), LEXICON)
    return {LEXICON.concepts[f.concept].id: (f.kind, f.is_label, f.n_shared) for f in synsets}


def test_the_label_finds_all_senses() -> None:
    senses = found("crane")
    assert set(senses) == {CRANE_BIRD, CRANE_MACHINE, CRANE_WRITER}
    assert set(senses.values()) == {(FormKind.NAME, True, 1)}


def test_an_alias_that_agrees_is_counted_and_the_label_stays() -> None:
    senses = found("mouse", "computer mouse")
    assert senses[COMPUTER_MOUSE] == (FormKind.NAME, True, 2)
    assert senses[MOUSE] == (FormKind.NAME, True, 1)


def test_plurals_spaces_irregular_forms_and_slips_are_found() -> None:
    assert found("Mice", "dachshunds")[DACHSHUND] == (FormKind.INFLECTED, False, 1)
    assert found("hot-dog")[FRANK][0] is FormKind.NAME
    assert found("hot  DOG")[FRANK][0] is FormKind.NAME
    assert found("domesticdog")[DOG][0] is FormKind.SPACING
    assert found("geese")[GOOSE][0] is FormKind.NAME
    assert found("daschhund") == {}
    assert found("dachshumd")[DACHSHUND][0] is FormKind.SPELLING


def test_names_that_only_wikidata_gives_are_no_lemmas() -> None:
    assert found("sausage dog") == {}
    assert found("Portuguese Water Dog") == {}


def test_other_languages_are_not_looked_up() -> None:
    spanish = Item("Q1", "", (Name(text="bat", lang="es"),))
    assert find_synsets(spanish, LEXICON) == ()
    anywhere = Item("Q1", "", (Name(text="bat", lang="mul"),))
    assert BAT in {LEXICON.concepts[f.concept].id for f in find_synsets(anywhere, LEXICON)}


def test_an_item_without_a_name_is_nothing() -> None:
    assert find_synsets(Item("Q1"), LEXICON) == ()
    assert found("", "") == {}


def test_names_that_fold_to_nothing_are_nothing() -> None:
    assert found("🐕", "—", "()", "\u200f", "'") == {}
    assert english_names(item("🐕", "dog", "DOG")) == ["dog"]


def test_right_to_left_names_do_no_harm() -> None:
    assert found("كلب", "\u202edog\u202c", "dog")[DOG] == (FormKind.NAME, False, 1)


def test_ten_thousand_aliases_are_cut() -> None:
    many = item("dog", *(f"name {i}" for i in range(10_000)), "crane")
    names = english_names(many)
    assert len(names) == MOST_NAMES
    assert names[0] == "dog"
    assert {LEXICON.concepts[f.concept].id for f in find_synsets(many, LEXICON)} == {DOG, FRANK}


def test_a_name_of_a_million_letters_is_unknown() -> None:
    assert found("d" * 1_000_000) == {}
