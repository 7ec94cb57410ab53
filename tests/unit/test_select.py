"""Expressions over concepts: by hand on the toy graph, and their laws against Python's sets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import labelsys
from labelsys.errors import AmbiguousLabelError, ExpressionError
from labelsys.hierarchy import Hierarchy
from labelsys.ids import ROOT, Curie
from labelsys.model import Concept, Edge, Label, LabelSet, Name, Placement
from labelsys.select.algebra import FUNCTIONS, Selector
from labelsys.select.name_table import NameTable, fold_pattern
from labelsys.select.syntax import parse_expression
from labelsys.store.memory import MemoryStore, MemoryWriter
from labelsys.store.protocol import NameRow
from labelsys.tag.sensitive import read_sensitive
from labelsys.text import fold
from tests import toy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@pytest.fixture(scope="module")
def system() -> Iterator[labelsys.LabelSystem]:
    writer = MemoryWriter()
    toy.fill(writer)
    with labelsys.LabelSystem(writer.store) as opened:
        yield opened


def chosen(system: labelsys.LabelSystem, expression: str, **options: bool) -> set[Curie]:
    return {row.id for row in system.select(expression, **options)}


# The words, read off the drawing of the toy graph

PETS = {toy.DOG, toy.RETRIEVER, toy.WATER_DOG}
ANIMALS = {toy.ANIMAL, toy.DOMESTIC, toy.CANINE, toy.CRANE_BIRD, *PETS}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("pets", PETS),
        ('"pets"', PETS),
        ("street", {toy.CAR, toy.AUDI}),
        ("zoo", {toy.CRANE_BIRD}),
        # The guard dog has no concept of its own: it is linked to dog, and means none.
        ("in(street)", {toy.CAR, toy.AUDI, toy.DOG}),
        ("in('zoo')", {toy.CRANE_BIRD}),
        ("under(animal)", ANIMALS),
        ("under( n00015388 )", ANIMALS),
        ("under('domestic animal')", {toy.DOMESTIC, *PETS}),
        ("under(golden retriever)", {toy.RETRIEVER}),
        ("under(pets:0)", PETS),
        ("under(person)", {toy.PERSON}),
        ("concept(dog)", {toy.DOG}),
        ("siblings(animal)", {toy.PERSON, toy.ARTIFACT}),
        ("siblings(dog)", set()),
        ("siblings(entity)", set()),
        ("depth(4)", {toy.DOG, toy.CAR}),
        ("depth(4..)", {toy.DOG, toy.CAR, toy.RETRIEVER, toy.WATER_DOG, toy.AUDI}),
        ("depth(..1)", {toy.ENTITY, toy.PHYSICAL}),
        ("depth( 4 .. 5 ) & pets", PETS),
        ("shared(1)", {*PETS, toy.CAR, toy.AUDI, toy.CRANE_BIRD}),
        ("shared(2)", set()),
        ("named(crane)", {toy.CRANE_BIRD, toy.CRANE_MACHINE}),
        ('named("*dog")', {toy.DOG, toy.WATER_DOG}),
        ('named("* dog")', {toy.DOG, toy.WATER_DOG}),
        ('named("do?")', {toy.DOG}),
        ('named("CÃO DE *")', {toy.WATER_DOG}),
        ('named("portugese*")', set()),  # a hidden name
        ("named(汽*)", {toy.CAR}),
        ("leaf & under(animal)", {toy.CRANE_BIRD, toy.RETRIEVER, toy.WATER_DOG}),
        ("all", set(toy.DEPTHS)),
        ("all - all", set()),
    ],
)
def test_words_mean_what_the_drawing_shows(
    system: labelsys.LabelSystem, expression: str, expected: set[Curie]
) -> None:
    assert chosen(system, expression) == expected


@pytest.mark.parametrize(
    ("expression", "without", "added"),
    [
        ("under(person)", {toy.PERSON}, {toy.EINSTEIN}),
        ("under(person) & leaf", {toy.PERSON}, {toy.EINSTEIN}),
        ("siblings(Einstein)", set(), set()),
    ],
)
def test_instances_count_only_when_asked_for(
    system: labelsys.LabelSystem, expression: str, without: set[Curie], added: set[Curie]
) -> None:
    assert chosen(system, expression) == without
    asked = chosen(system, expression, instances=True)
    assert asked - without == added
    assert ("leaf" in expression and toy.PERSON not in asked) or without <= asked


@pytest.mark.parametrize(
    ("expression", "same_as"),
    [
        ("pets | zoo & leaf", "pets | (zoo & leaf)"),
        ("pets & under(dog) - leaf", "pets & (under(dog) - leaf)"),
        ("all - pets - zoo", "(all - pets) - zoo"),
        ("pets | zoo - leaf", "pets | (zoo - leaf)"),
        ("  ( pets)|zoo ", "pets | zoo"),
    ],
)
def test_operators_bind_as_in_python(
    system: labelsys.LabelSystem, expression: str, same_as: str
) -> None:
    assert chosen(system, expression) == chosen(system, same_as)


def test_rows_say_what_stands_there(system: labelsys.LabelSystem) -> None:
    rows = system.select("pets | street")
    assert [row.id for row in rows] == sorted(row.id for row in rows)
    (dog,) = [row for row in rows if row.id == toy.DOG]
    assert (dog.wnid, dog.pref_label, dog.depth, dog.labels) == (
        "n02084071",
        "dog",
        4,
        ("pets:0",),
    )
    (crane,) = system.select("zoo")
    assert crane.labels == ("zoo:7", "zoo:8")


def test_plan_has_every_step_with_its_count(system: labelsys.LabelSystem) -> None:
    plan = system.selector.evaluate("pets & under( dog ) - leaf").plan
    assert [(row.step, row.operation, row.concept_id, row.concepts) for row in plan] == [
        (1, "pets", None, 3),
        (2, "under( dog )", toy.DOG, 3),
        (3, "leaf", None, 7),  # person and Einstein, too: an instance edge lies between them
        (4, "2 - 3", None, 1),
        (5, "1 & 4", None, 1),
    ]
    assert all(row.ms >= 0 for row in plan)


def test_answers_can_be_changed_without_changing_later_ones(system: labelsys.LabelSystem) -> None:
    for expression in ("all", "pets", "leaf", "sensitive"):
        before = system.selector.evaluate(expression).mask.copy()
        system.selector.evaluate(expression).mask[:] = True
        assert (system.selector.evaluate(expression).mask == before).all()


def test_sensitive_concepts_are_those_of_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        "category\tid\tname\tscope\treason",
        "hate\tn02012849\tcrane.n.05\tconcept\tdrawn for this test",
        "violence\tn02958343\tcar.n.01\tsubtree\tdrawn for this test",
    ]
    path = tmp_path / "sensitive.tsv"
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    monkeypatch.setattr("labelsys.select.tables.load_sensitive", lambda: read_sensitive(path))
    writer = MemoryWriter()
    toy.fill(writer)
    system = labelsys.LabelSystem(writer.store)
    assert chosen(system, "sensitive") == {toy.CRANE_BIRD, toy.CAR, toy.AUDI}
    assert chosen(system, "sensitive(violence)") == {toy.CAR, toy.AUDI}
    assert chosen(system, "sensitive(sexual)") == set()


def test_retired_and_unreached_concepts_are_never_selected() -> None:
    writer = MemoryWriter()
    ids = [ROOT, Curie("ex", "old"), Curie("ex", "new")]
    writer.add_concepts(Concept(id=i, pref_label=i.local_id, source="wordnet") for i in ids)
    writer.add_edges([Edge(ids[2], ids[0])])
    writer.finish()
    system = labelsys.LabelSystem(writer.store)
    for expression in ("all", "leaf", "depth(0..)", "named('*')", "under(ex:old) | all"):
        assert ids[1] not in chosen(system, expression)


# What is wrong, and where


@pytest.mark.parametrize(
    ("expression", "wrong", "message"),
    [
        ("pets & petz", "petz", r"no label set 'petz' \(closest: pets\)"),
        ("leef", "leef", r"closest: leaf"),
        ("pets | in(zo)", "zo", r"no label set 'zo' \(closest: zoo\)"),
        ("undr(dog)", "undr", r"no function 'undr' \(closest: under\)"),
        ("pets & under( animl )", "animl", r"no concept 'animl' \(closest: animal\)"),
        ("under('animl')", "'animl'", "no concept 'animl'"),
        ("under(crane)", "crane", r"'crane' is ambiguous, give one of: .*n03126707"),
        ("under(n99999999)", "n99999999", "no concept"),
        ("shared(0)", "0", "from 1"),
        ("shared(two)", "two", "whole number"),
        ("depth(7..4)", "7..4", "smaller depth goes first"),
        ("depth(..)", "..", "5, 4..7"),
        ("sensitive(violense)", "violense", "closest: violence"),
        ("leaf(3)", "3", "leaf takes no value"),
        ("pets & depth", "depth", r"depth needs a depth, as in depth\(4..7\)"),
        ("under()", "under", "under needs a concept"),
        ("named('')", "named", "named needs a pattern"),
        ("pets and zoo", "and", "write '&'"),
        ("pets or zoo", "or", re.escape("write '|'")),
        ("pets + zoo", "+", re.escape("write '|'")),
        ("not pets", "pets", "write 'all - ...'"),
        ("!pets", "!", "write 'all - ...'"),
        ("pets zoo", "zoo", "found 'zoo' where"),
        ("pets &", "", "the expression ends where a label set"),
        ("(pets", "", r"the expression ends where '\)' is expected"),
        ("pets)", ")", r"found '\)' where"),
        ("()", ")", "where a label set, a function"),
        ("under(", "", "the expression ends where a value"),
        ("under(crane (bird))", "(", "goes in quotes"),
        ("'pets", "'", "a quotation mark is missing"),
        ("", "", "an expression is needed"),
    ],
)
def test_an_error_points_at_the_place(
    system: labelsys.LabelSystem, expression: str, wrong: str, message: str
) -> None:
    with pytest.raises(ExpressionError, match=message) as caught:
        system.select(expression)
    error = caught.value
    assert expression[error.start : error.end] == wrong
    assert f"(character {error.start + 1})" in str(error)


def test_candidates_of_an_ambiguous_name_are_those_of_show(system: labelsys.LabelSystem) -> None:
    with pytest.raises(AmbiguousLabelError) as shown:
        system.resolve("crane")
    with pytest.raises(ExpressionError) as selected:
        system.select("under(crane)")
    assert selected.value.near == shown.value.candidates


def test_names_are_checked_before_anything_is_computed(
    system: labelsys.LabelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    selector = Selector(system.store, system.hierarchy)
    monkeypatch.setattr(NameTable, "match", lambda *_: pytest.fail("it ran"))
    with pytest.raises(ExpressionError, match="petz"):
        selector.evaluate("named('*') & petz")


def test_long_expressions_need_no_deep_stack(system: labelsys.LabelSystem) -> None:
    assert chosen(system, " | ".join(["pets"] * 5000)) == PETS
    assert chosen(system, "(" * 5000 + "pets" + ")" * 5000) == PETS
    assert chosen(system, " - (".join(["pets"] * 1001) + ")" * 1000) == PETS
    with pytest.raises(ExpressionError, match="at most"):
        system.select("pets | " * 100_000)


def test_every_function_has_an_example_that_its_own_parser_takes() -> None:
    for name, function in FUNCTIONS.items():
        (step,) = parse_expression(function.example).steps
        assert step.name == name
        assert (step.argument is not None) >= bool(function.needs)


# The laws, against sets of ids

N = 14
SETS = ("a", "b", "c")
LEAVES = [
    *SETS,
    *("in(a)", "in(b)", "leaf", "all", "shared(1)", "shared(2)", "shared(3)"),
    *(f"under(ex:n{i})" for i in range(N)),
    *("concept(ex:n3)", "siblings(ex:n5)", "depth(2)", "depth(1..3)", "depth(3..)", "depth(..2)"),
    *('named("*1*")', 'named("n?")', 'named("n1*")'),
]


def expressions() -> st.SearchStrategy[str]:
    return st.recursive(
        st.sampled_from(LEAVES),
        lambda inner: st.builds(
            lambda left, operator, right: f"({left} {operator} {right})",
            inner,
            st.sampled_from("|&-"),
            inner,
        ),
        max_leaves=8,
    )


@st.composite
def systems(draw: st.DrawFn) -> MemoryStore:
    """Return a system of N concepts below the root, and three label sets anywhere in it."""
    ids = [ROOT, *(Curie("ex", f"n{i}") for i in range(N))]
    writer = MemoryWriter()
    writer.add_concepts(
        Concept(
            id=i,
            pref_label=i.local_id,
            names=(Name(text=i.local_id, kind="pref"),),
            source="wordnet",
        )
        for i in ids
    )
    edges = set()
    for place in range(1, len(ids)):
        for above in draw(st.sets(st.integers(0, place - 1), min_size=1, max_size=3)):
            kind = draw(st.sampled_from(["subclass", "subclass", "instance"]))
            edges.add((place, above, kind))
    pairs = {(low, high): kind for low, high, kind in sorted(edges)}
    writer.add_edges(
        Edge(ids[low], ids[high], "instance" if kind == "instance" else "subclass")
        for (low, high), kind in pairs.items()
    )
    for set_id in SETS:
        places = draw(st.lists(st.integers(0, N), min_size=1, max_size=6))
        labels = tuple(
            Label(label_set=set_id, label_id=str(n), name=f"{set_id} {n}")
            for n in range(len(places))
        )
        writer.add_label_set(
            LabelSet(id=set_id, labels=labels),
            [_placement(draw, set_id, n, ids, p) for n, p in enumerate(places)],
        )
    writer.finish()
    return writer.store


def _placement(draw: st.DrawFn, set_id: str, n: int, ids: Sequence[Curie], place: int) -> Placement:
    label, concept = Curie(set_id, str(n)), ids[place]
    match draw(st.sampled_from(["exact", "own", "straight", "unplaced"])):
        case "exact":
            return Placement(label_id=label, kind="exact", concept_id=concept)
        case "own":
            return Placement(label_id=label, kind="broader", concept_id=concept, broader_id=ids[0])
        case "straight":
            return Placement(label_id=label, kind="broader", concept_id=concept, broader_id=concept)
        case _:
            return Placement(label_id=label, kind="unplaced", broader_id=concept)


class Naive:
    """The same language over Python's sets, word by word from its description."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.tree = Hierarchy.from_store(store)
        self.every = set(self.tree.ids)

    def means(self, set_id: str) -> set[Curie]:
        places = self.store.iter_placements(set_id)
        return {p.concept_id for p in places if p.concept_id and p.concept_id != p.broader_id}

    def word(self, text: str) -> set[Curie]:
        name, _, rest = text.partition("(")
        argument = rest.removesuffix(")").strip('"')
        tree = self.tree
        if not rest:
            words = {"all": self.every, "leaf": {i for i in self.every if not tree.narrower(i)}}
            return words[name] if name in words else self.means(name)
        if name == "in":
            above = {
                p.broader_id for p in self.store.iter_placements(argument) if p.kind == "broader"
            }
            return self.means(argument) | {i for i in above if i is not None}
        if name == "shared":
            sets = [self.means(set_id) for set_id in SETS]
            return {i for i in self.every if sum(i in s for s in sets) >= int(argument)}
        if name == "depth":
            least, dots, most = argument.partition("..")
            low, high = int(least or 0), int(most or (999 if dots else least))
            return {i for i in self.every if low <= tree.depth(i) <= high}
        if name == "named":
            fits = re.compile(argument.replace("*", ".*").replace("?", ".")).fullmatch
            return {i for i in self.every if fits(fold(self.store.get_concept(i).pref_label))}
        id_ = Curie.parse(argument)
        if name == "siblings":
            return {i for i in self.every if set(tree.broader(i)) & set(tree.broader(id_))} - {id_}
        return {"under": {id_, *tree.descendants(id_)}, "concept": {id_}}[name]

    def whole(self, text: str) -> set[Curie]:
        if not text.startswith("("):
            return self.word(text)
        depth = 0
        for place, letter in enumerate(text):
            depth += (letter == "(") - (letter == ")")
            if depth == 1 and letter in "|&-" and text[place - 1] == " ":
                left, right = self.whole(text[1 : place - 1]), self.whole(text[place + 2 : -1])
                return {"|": left | right, "&": left & right, "-": left - right}[letter]
        raise AssertionError(text)


@given(systems(), expressions())
def test_expressions_are_what_sets_of_ids_give(store: MemoryStore, expression: str) -> None:
    system = labelsys.LabelSystem(store)
    assert chosen(system, expression) == Naive(store).whole(expression)


@given(systems(), expressions(), expressions(), expressions())
def test_the_laws_of_sets_hold(store: MemoryStore, a: str, b: str, c: str) -> None:
    system = labelsys.LabelSystem(store)

    def same(left: str, right: str) -> None:
        first, second = (system.selector.evaluate(text).mask for text in (left, right))
        np.testing.assert_array_equal(first, second)

    same(f"{a} | {b}", f"{b} | {a}")
    same(f"{a} & {b}", f"{b} & {a}")
    same(f"{a} & ({b} | {c})", f"{a} & {b} | {a} & {c}")
    same(f"{a} | {b} & {c}", f"({a} | {b}) & ({a} | {c})")
    same(f"{a} - ({b} | {c})", f"{a} - {b} - {c}")
    same(f"all - (all - {a})", a)
    same(f"{a} & ({a} | {b})", a)


@given(
    st.lists(st.text("ab *?", max_size=6), min_size=1, max_size=8, unique=True),
    st.text("ab *?", min_size=1, max_size=5),
)
def test_a_pattern_fits_the_names_that_a_plain_search_finds(names: list[str], pattern: str) -> None:
    folded = sorted({fold(name) for name in names} - {""})
    ids = [Curie("ex", f"n{i}") for i in range(len(folded))]
    rows = [
        NameRow(name, id_, 0, "en", "pref", 1, 0) for name, id_ in zip(folded, ids, strict=True)
    ]
    found = NameTable(rows, Hierarchy([], ids=ids)).match(pattern)
    parts = fold_pattern(pattern)
    slow = "".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in parts)
    order = sorted(ids)
    expected = [
        order.index(id_)
        for name, id_ in zip(folded, ids, strict=True)
        if parts and re.fullmatch(slow, name)
    ]
    assert found.tolist() == sorted(expected)


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("black *", "blackberry", False),
        ("black *", "black bear", True),
        ("*_bear", "black bear", True),
        ("*bear", "polar-bear", True),
        ("Crème*", "creme brulee", True),
        ("st. bernard's*", "st bernards lily", True),
        ("?", "a", True),
        ("a.c", "abc", False),
    ],
)
def test_patterns_are_folded_as_names_are(pattern: str, name: str, fits: bool) -> None:
    ids = [Curie("ex", "x")]
    table = NameTable([NameRow(fold(name), ids[0], 0, "en", "pref", 1, 0)], Hierarchy([], ids=ids))
    assert bool(len(table.match(pattern))) is fits
