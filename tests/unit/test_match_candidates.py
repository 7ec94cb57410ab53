"""From names as datasets write them to forms, and from forms to concepts."""

from __future__ import annotations

import pytest

from labelsys.ids import Curie
from labelsys.match.candidates import (
    Candidate,
    exact_forms,
    find_candidates,
    genus_of,
    head_forms,
    qualifiers,
)
from labelsys.match.forms import Form, FormKind, singulars
from labelsys.match.lexicon import Lexicon
from labelsys.model import Concept, Label, Name, Sense
from tests import lexicon_toy as toy

LEXICON = toy.lexicon()
NAME, INFLECTED, SINGULAR_TOO = FormKind.NAME, FormKind.INFLECTED, FormKind.SINGULAR_TOO
SPACING, PART, SYNONYM = FormKind.SPACING, FormKind.PART, FormKind.SYNONYM
HEAD, HEAD_BEFORE = FormKind.HEAD, FormKind.HEAD_BEFORE


def label(name: str, *synonyms: str, parent: str | None = None) -> Label:
    return Label(label_set="x", label_id="1", name=name, synonyms=synonyms, parent=parent)


def exact(name: str, *synonyms: str) -> list[tuple[str, FormKind]]:
    forms = exact_forms(label(name, *synonyms), LEXICON)
    assert all(form.share == 1.0 for form in forms)
    return [(form.text, form.kind) for form in forms]


def heads(name: str, *synonyms: str) -> list[tuple[str, FormKind, float]]:
    return [(f.text, f.kind, f.share) for f in head_forms(label(name, *synonyms), LEXICON)]


def found(*forms: Form) -> dict[Curie, Candidate]:
    return {LEXICON.concepts[c.concept].id: c for c in find_candidates(forms, LEXICON)}


@pytest.mark.parametrize(
    "name",
    ["dog", "Dog", "DOG", " dog ", "dog_(pet)", "Dog (Animal)", "dog [a pet]", "d\u00f3g"],
)
def test_name_is_folded_and_freed_of_qualifiers(name: str) -> None:
    assert exact(name) == [("dog", NAME)]


@pytest.mark.parametrize("name", ["domestic_dog", "Domestic-Dog", "domestic  dog"])
def test_underscores_and_hyphens_are_spaces(name: str) -> None:
    assert exact(name) == [("domestic dog", NAME)]


@pytest.mark.parametrize("name", ["dog-easy", "dog_101", "dog-easy-101", "Dog-Easy", "dog 101"])
def test_what_says_nothing_of_the_thing_is_dropped(name: str) -> None:
    assert exact(name) == [("dog", NAME)]


@pytest.mark.parametrize(
    "name", ["dog 12", "dog-130", "Dog 900", "dog 2012", "dog 1012", "dogeasy", "101 dog"]
)
def test_other_numbers_and_words_stay(name: str) -> None:
    assert exact(name) == []  # no Falcon 900 is a falcon
    assert heads(name) == ([("dog", HEAD, 0.5)] if name == "101 dog" else [])


@pytest.mark.parametrize("name", ["Audi dog 2012", "Audi Dog 900", "Audi_dog-130"])
def test_head_is_found_before_the_number_of_a_model(name: str) -> None:
    assert exact(name) == []
    assert heads(name) == [("dog", HEAD, 0.5)]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("poodles", "poodle"),
        ("Poppies", "poppy"),
        ("churches", "church"),
        ("cutting boards", "cutting board"),
    ],
)
def test_unknown_plural_leads_to_its_singular(name: str, form: str) -> None:
    assert exact(name) == [(form, INFLECTED)]


def test_irregular_plural_is_a_name_of_its_own() -> None:
    assert exact("Geese") == [("geese", NAME)]


def test_singulars_follow_the_regular_endings() -> None:
    lexicon = Lexicon(
        [
            Concept(
                id=Curie("wd", "Q1"),
                pref_label="bus",
                names=tuple(
                    Name(text=text)
                    for text in ("bus", "box", "waltz", "bench", "brush", "fireman", "fly", "buse")
                ),
            )
        ],
        [],
    )
    pairs = {
        "boxes": ["box"],
        "waltzes": ["waltz"],
        "benches": ["bench"],
        "brushes": ["brush"],
        "firemen": ["fireman"],
        "flies": ["fly"],
        "buses": ["bus", "buse"],
        "bus": [],
        "s": [],
        "": [],
    }
    assert {name: list(singulars(name, lexicon)) for name in pairs} == pairs


def test_singular_of_a_known_name_is_a_weaker_form() -> None:
    names = tuple(Name(text=text) for text in ("glasses", "glass"))
    lexicon = Lexicon([Concept(id=Curie("wd", "Q1"), pref_label="x", names=names)], [])
    forms = exact_forms(label("glasses"), lexicon)
    assert forms == (Form("glasses", NAME), Form("glass", SINGULAR_TOO))


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("computermouse", ["computer mouse"]),
        ("Computer-Mouses", ["computer mouse"]),  # a plural first: no other spacing is asked for
        ("earth worm", ["earthworm"]),
        ("bodyparts", ["body part"]),
        ("bow knots", ["bowknot"]),
        ("dogs breakfast", []),
    ],
)
def test_other_spacing_is_tried_where_nothing_else_is_known(name: str, forms: list[str]) -> None:
    kind = INFLECTED if name == "Computer-Mouses" else SPACING
    assert exact(name) == [(form, kind) for form in forms]


def test_one_spacing_may_stand_for_several_names() -> None:
    assert exact("hot dog") == [("hot dog", NAME)]
    assert exact("ho tdog") == [("hot dog", SPACING), ("hotdog", SPACING)]


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Cutting/chopping Board", ["cutting board", "chopping board"]),
        ("car/automobile", ["car", "automobile"]),
        ("car, automobile", ["car", "automobile"]),
        ("sparrows; geese", ["sparrow", "geese"]),
        ("mouse or rat", ["mouse"]),
        ("rat or mouse", []),  # what comes first has to be known
        ("car/x1", []),  # too short for a word
        ("orchid", []),
        ("doormouse", []),
    ],
)
def test_alternatives_in_a_name_are_parts(name: str, forms: list[str]) -> None:
    assert exact(name) == [(form, PART) for form in forms]


@pytest.mark.parametrize("name", ["ship/poppies", "ship, sparrow", "ship/zyx", "Ship, of old"])
def test_part_of_another_kind_or_unknown_only_narrows_the_first(name: str) -> None:
    assert exact(name) == []
    assert heads(name) == [("ship", HEAD, 1.0)]


def test_list_of_things_is_none_of_them_and_may_be_what_all_are() -> None:
    assert exact("Geese, small sparrows & dogs") == exact("geese, sparrows, dogs") == []
    assert heads("geese, sparrows, dogs") == [
        ("dog", HEAD, 1.0),
        ("geese", HEAD, 1.0),
        ("sparrow", HEAD, 1.0),
    ]


def test_choice_with_one_side_unknown_may_be_what_both_are() -> None:
    assert exact("poodle dog/lap dog") == []
    assert heads("poodle dog/lap dog") == [("poodle dog", HEAD, 1.0), ("dog", HEAD, 0.5)]


@pytest.mark.parametrize(
    "name", ["church/outdoor", "church_indoor", "church-exterior", "Church Outdoors"]
)
def test_narrowing_word_makes_the_rest_a_head_and_no_part(name: str) -> None:
    assert exact(name) == []
    assert heads(name) == [("church", HEAD, 1.0)]


def test_narrowing_word_leaves_a_head_of_a_longer_rest() -> None:
    assert exact("village church/outdoor") == []
    assert heads("village church/outdoor") == [("church", HEAD, 0.5)]


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("animal_other", "animal"),
        ("food-other-merged", "food"),
        ("food_misc", "food"),
        ("food - Miscellaneous", "food"),
        ("vehicle stuff", "vehicle"),
        ("dogs/others", "dog"),
        ("church-interior_other", "church"),
    ],
)
def test_rest_of_a_group_has_the_group_as_head(name: str, head: str) -> None:
    assert exact(name) == []
    assert heads(name) == [(head, HEAD, 1.0)]


@pytest.mark.parametrize("name", ["other", "_other", "dogother", "other_unicorn"])
def test_rest_of_nothing_has_no_head(name: str) -> None:
    assert heads(name) == []


def test_synonyms_come_last_and_only_with_forms_of_their_own() -> None:
    assert exact("Hound", "Dogs", "Domestic dog") == [("dog", SYNONYM), ("domestic dog", SYNONYM)]
    assert exact("dog", "Dog", "beagle") == [("dog", NAME), ("beagle", SYNONYM)]


@pytest.mark.parametrize(
    ("name", "parent", "expected"),
    [
        ("Calf (Body Part)", None, ("Body Part",)),
        ("bow_(weapon)", "Sports", ("weapon", "Sports")),
        ("calf", "Animal", ("Animal",)),
        ("calf", "", ()),
        ("calf", None, ()),
    ],
)
def test_qualifiers_are_parentheses_and_parent(
    name: str, parent: str | None, expected: tuple[str, ...]
) -> None:
    assert qualifiers(label(name, parent=parent)) == expected


def test_qualifier_does_not_keep_the_name_from_being_found() -> None:
    assert exact("Calf (Body Part)") == [("calf", NAME)]
    # as a whole it may be a name as well
    assert exact("computer (mouse)") == [("computer mouse", NAME)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Spiral Tube Worm", [("worm", HEAD, 0.333)]),
        ("wooden cutting board", [("cutting board", HEAD, 0.667), ("board", HEAD, 0.333)]),
        ("Spiral Tube Worms", [("worm", HEAD, 0.333)]),
        ("big bow_(weapon)", [("bow", HEAD, 0.5), ("weapon", HEAD, 0.333)]),
        ("old hot-dogs", [("hot dog", HEAD, 0.667), ("dog", HEAD, 0.333)]),
        ("worm", []),
        ("worm tube", []),
    ],
)
def test_head_is_at_the_end_the_longest_first(
    name: str, expected: list[tuple[str, FormKind, float]]
) -> None:
    assert heads(name) == expected


def test_head_may_stand_before_a_preposition() -> None:
    assert heads("field of poppies") == [
        ("field", HEAD_BEFORE, 1.0),
        ("poppy", HEAD, 0.333),
    ]
    assert heads("toy dog with a bow") == [("dog", HEAD_BEFORE, 0.5), ("bow", HEAD, 0.2)]


def test_two_things_have_their_heads_at_the_end() -> None:
    assert heads("pink and yellow poppy") == [("poppy", HEAD, 0.25)]
    assert heads("dogs and birds") == [("bird", HEAD, 0.333)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("churchmouse", [("mouse", FormKind.HEAD_INSIDE, 0.455)]),
        ("churchmouses", [("mouse", FormKind.HEAD_INSIDE, 0.5)]),
        ("old carcrane", [("crane", FormKind.HEAD_INSIDE, 0.455)]),
        ("zyxmouse", []),  # what stands before it has to be a word, too
        ("mousechurchdog", []),
        ("church mouse", [("mouse", HEAD, 0.5)]),  # words of their own go before
        ("church-mouse", [("mouse", HEAD, 0.5)]),
        ("dog", []),
        ("dog7crane", []),
        ("mouse" * 20, []),
    ],
)
def test_word_that_is_written_together_has_its_head_at_the_end(
    name: str, expected: list[tuple[str, FormKind, float]]
) -> None:
    assert heads(name) == expected


def test_genus_of_a_definition_may_mean_several_things() -> None:
    cranes = {LEXICON.index[id_] for id_ in (toy.CRANE_BIRD, toy.CRANE_MACHINE)}
    assert genus_of("a tall crane of wood", LEXICON) >= cranes
    assert genus_of("zyx", LEXICON) == genus_of("", LEXICON) == frozenset()


def test_preposition_is_a_word_of_its_own() -> None:
    assert heads("dogging inn") == []
    assert heads("of dogs") == [("dog", HEAD, 0.5)]


def test_spacing_of_a_head_is_tried_for_several_words() -> None:
    assert heads("giant earth worm") == [("earthworm", HEAD, 0.667), ("worm", HEAD, 0.333)]


def test_heads_of_synonyms_count_too() -> None:
    assert heads("Ellobium", "marsh worm") == [("worm", HEAD, 0.5)]


@pytest.mark.parametrize(("word", "name"), [("c", "vitamin C"), ("100", "Fokker 100")])
def test_single_letter_or_number_is_no_head(word: str, name: str) -> None:
    concept = Concept(id=Curie("wd", "Q1"), pref_label=word, names=(Name(text=word),))
    assert head_forms(label(name), Lexicon([concept], [])) == ()


def test_candidates_have_one_entry_a_concept_in_the_lexicon_s_order() -> None:
    candidates = find_candidates((Form("dog", NAME), Form("hot dog", SYNONYM)), LEXICON)
    dog, frank = (LEXICON.index[id_] for id_ in (toy.DOG, toy.FRANK))
    assert candidates == (
        Candidate(dog, 0, Form("dog", NAME)),
        Candidate(frank, 4, Form("dog", NAME)),  # and not as a synonym, which says less
    )


def test_most_faithful_form_wins_whatever_the_order() -> None:
    one = find_candidates((Form("hot dog", SYNONYM), Form("frank", NAME)), LEXICON)
    assert [(c.position, c.form.kind) for c in one] == [(0, NAME)]


def test_names_of_wordnet_come_before_foreign_ones() -> None:
    assert set(found(Form("worm", NAME))) == {toy.WORM}
    assert set(found(Form("computer worm", NAME))) == {toy.COMPUTER_WORM}
    assert set(found(Form("sausage dog", NAME))) == {toy.DACHSHUND}
    # a foreign name of one, WordNet's of the other
    assert set(found(Form("sausage dog", NAME), Form("frank", SYNONYM))) == {toy.FRANK}


def test_own_lemma_goes_before_another_source_s_name_of_the_same_concept() -> None:
    trouser = Curie("wn30", "04489008-n")
    names = (
        Name(text="trouser", sense=Sense(number=1, count=9, lex_id=0)),
        Name(text="trousers", kind="alt"),
    )
    lexicon = Lexicon([Concept(id=trouser, pref_label="trouser", names=names)], [])
    (found,) = find_candidates(exact_forms(label("trousers"), lexicon), lexicon)
    assert (found.position, found.form) == (0, Form("trouser", FormKind.SINGULAR_TOO))


def test_unknown_forms_give_no_candidates() -> None:
    assert find_candidates((Form("unicorn", NAME),), LEXICON) == ()
    assert find_candidates((), LEXICON) == ()


@pytest.mark.parametrize("name", ["", "???", "()", "( )", "/", " , ", "of", "鑫鑫"])
def test_names_that_say_nothing_have_no_forms(name: str) -> None:
    assert exact(name) == []
    assert heads(name) == []


def test_head_of_a_name_without_spaces_is_any_end_of_it() -> None:
    assert heads("大狗") == [("狗", HEAD, 0.5)]
    assert heads("红色的汽车") == [("汽车", HEAD, 0.4)]
    assert heads("红色 汽车") == [("汽车", HEAD, 0.5)]
    assert heads("狗") == []  # the whole name is no head of itself
    assert heads("汽车的") == []


def test_chinese_name_finds_its_concept() -> None:
    assert set(found(*exact_forms(label("狗"), LEXICON))) == {toy.DOG}
