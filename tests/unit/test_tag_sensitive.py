"""Sensitive concepts: the list as a file, in a system, and down hierarchies drawn here."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.errors import NotFoundError, SourceError
from labelsys.hierarchy import Hierarchy
from labelsys.ids import Curie, ls_curie, wnid_to_curie
from labelsys.labelset.bundled import bundled_ids, read_bundled
from labelsys.model import Concept, Edge, Name, Sense
from labelsys.source.wikidata.source import read_shipped
from labelsys.store.memory import MemoryWriter
from labelsys.tag.sensitive import (
    CATEGORIES,
    SensitiveList,
    SensitiveTags,
    load_sensitive,
    read_sensitive,
    resolve,
    tag_sensitive,
)
from tests.unit.test_hierarchy import edge_lists

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.source.protocol import SourceData
    from labelsys.store.protocol import ConceptReader

HEADER = "category\tid\tname\tscope\treason"

# Letters stand for synsets: a.n.01 is n00000001, b.n.01 is n00000002, and so on.
NUMBERS = {letter: n for n, letter in enumerate("abcdefghijk", start=1)}


def wnid(letter: str) -> str:
    return f"n{NUMBERS[letter]:08d}"


def at(letter: str) -> Curie:
    return wnid_to_curie(wnid(letter))


def system(*edges: str) -> tuple[Hierarchy, ConceptReader]:
    """Return what a build would give: "b a" is b under a; "b a i" is an instance edge."""
    parts = [text.split() for text in edges]
    writer = MemoryWriter()
    letters = sorted({letter for part in parts for letter in part[:2]})
    writer.add_concepts([synset(letter) for letter in letters])
    found = [
        Edge(at(part[0]), at(part[1]), "instance" if part[2:] else "subclass") for part in parts
    ]
    writer.add_edges(found)
    writer.finish()
    return Hierarchy(found), writer.store


def synset(letter: str, *xrefs: Curie) -> Concept:
    name = Name(text=letter, kind="pref", sense=Sense(number=1, count=0, lex_id=0))
    return Concept(id=at(letter), pref_label=letter, names=(name,), xrefs=xrefs)


def rows(*lines: str) -> list[str]:
    """Return rows of a file: "violence b subtree" lists b.n.01, sorted as a file has to be."""
    made = []
    for line in lines:
        category, letter, scope = line.split()
        made.append(f"{category}\t{wnid(letter)}\t{letter}.n.01\t{scope}\tbecause of {letter}")
    return sorted(made)


def write(folder: Path, lines: list[str]) -> Path:
    path = folder / "list.tsv"
    path.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    return path


def read(folder: Path, *lines: str) -> SensitiveList:
    return read_sensitive(write(folder, list(lines)))


def tagged(folder: Path, edges: tuple[str, ...], *lines: str) -> SensitiveTags:
    hierarchy, reader = system(*edges)
    found = resolve(read(folder, *rows(*lines)), hierarchy, reader)
    assert found.problems == ()
    return tag_sensitive(hierarchy, found)


def letters(tags: SensitiveTags, category: str = "violence") -> str:
    """Return which concepts have a category, as letters."""
    return "".join(sorted(x for x in NUMBERS if category in tags.categories(at(x))))


# -- down the hierarchy ----------------------------------------------------------------------


def test_a_subtree_has_the_category_and_nothing_else_has(tmp_path: Path) -> None:
    tags = tagged(tmp_path, ("b a", "c b", "d c", "e a"), "violence b subtree")
    assert letters(tags) == "bcd"
    assert tags.of(at("a")) == ()
    (cause,) = tags.of(at("d"))
    assert (cause.category, cause.root, cause.steps) == ("violence", at("b"), 2)
    assert cause.row.reason == "because of b"


def test_a_concept_alone_leaves_what_is_below_it(tmp_path: Path) -> None:
    assert letters(tagged(tmp_path, ("b a", "c b"), "violence b concept")) == "b"


def test_a_concept_below_two_roots_names_the_nearer_one(tmp_path: Path) -> None:
    edges = ("b a", "c b", "d c", "e a", "d e")
    tags = tagged(tmp_path, edges, "violence b subtree", "violence e subtree")
    (cause,) = tags.of(at("d"))
    assert (cause.root, cause.steps) == (at("e"), 1)


def test_of_two_roots_equally_near_the_one_listed_first_is_named(tmp_path: Path) -> None:
    edges = ("b a", "c a", "d c", "d b")
    tags = tagged(tmp_path, edges, "violence c subtree", "violence b subtree")
    assert [cause.root for cause in tags.of(at("d"))] == [at("b")]


def test_a_concept_listed_alone_is_its_own_cause(tmp_path: Path) -> None:
    tags = tagged(tmp_path, ("b a", "c b"), "violence b subtree", "violence c concept")
    (cause,) = tags.of(at("c"))
    assert (cause.root, cause.steps) == (at("c"), 0)


def test_a_concept_may_have_several_categories_sorted(tmp_path: Path) -> None:
    tags = tagged(tmp_path, ("b a", "c b"), "violence b subtree", "hate c subtree")
    assert tags.categories(at("c")) == ("hate", "violence")
    assert tags.categories(at("b")) == ("violence",)
    assert {k: v for k, v in tags.counts().items() if v} == {"hate": 1, "violence": 2}
    assert list(tags.counts()) == list(CATEGORIES)


def test_single_persons_follow_what_is_said_of_their_kind(tmp_path: Path) -> None:
    # politicians > presidents, and Lincoln is one: a single person, by an instance edge.
    tags = tagged(tmp_path, ("b a", "c b", "d c i"), "political b subtree")
    assert letters(tags, "political") == "bcd"


def test_an_exception_takes_its_subtree_out(tmp_path: Path) -> None:
    edges = ("b a", "c b", "d c", "e b")
    assert letters(tagged(tmp_path, edges, "violence b subtree", "violence c except")) == "be"


def test_an_exception_holds_where_another_way_leads_around_it(tmp_path: Path) -> None:
    # d lies below the exception c, and below the root b by way of e, too.
    edges = ("b a", "c b", "d c", "e b", "d e", "f d")
    assert letters(tagged(tmp_path, edges, "violence b subtree", "violence c except")) == "be"


def test_an_exception_holds_for_single_things_below_it(tmp_path: Path) -> None:
    edges = ("b a", "c b", "d c i", "e b", "d e i")
    assert letters(tagged(tmp_path, edges, "violence b subtree", "violence c except")) == "be"


def test_an_exception_is_about_its_own_category_alone(tmp_path: Path) -> None:
    edges = ("b a", "c b")
    tags = tagged(tmp_path, edges, "violence b subtree", "hate b subtree", "violence c except")
    assert (letters(tags), letters(tags, "hate")) == ("b", "bc")


def test_what_is_listed_below_an_exception_counts_again(tmp_path: Path) -> None:
    edges = ("b a", "c b", "d c", "e d", "f c")
    lines = ("violence b subtree", "violence c except", "violence d subtree")
    tags = tagged(tmp_path, edges, *lines)
    assert letters(tags) == "bde"
    assert [cause.root for cause in tags.of(at("e"))] == [at("d")]


def test_an_exception_below_a_root_below_an_exception_below_a_root(tmp_path: Path) -> None:
    edges = ("b a", "c b", "d c", "e d", "f e", "g f")
    lines = ("violence b subtree", "violence c except", "violence d subtree")
    deeper = ("violence e except", "violence g concept")
    assert letters(tagged(tmp_path, edges, *lines, *deeper)) == "bdg"


def test_a_root_below_an_exception_does_not_open_the_rest_of_it(tmp_path: Path) -> None:
    # d holds below the exception c; the upper root b must not come in by way of f.
    edges = ("b a", "c b", "d c", "e d", "f c", "e f", "g f")
    lines = ("violence b subtree", "violence c except", "violence d subtree")
    assert letters(tagged(tmp_path, edges, *lines)) == "bde"


def test_an_exception_and_a_root_side_by_side_above_one_concept(tmp_path: Path) -> None:
    # d is below both, and the root does not lie below the exception: it is out.
    edges = ("b a", "c a", "d b", "d c")
    assert letters(tagged(tmp_path, edges, "violence b subtree", "violence c except")) == "b"


@given(edges=edge_lists(), picks=st.data())
def test_random_lists_agree_with_a_slow_second_way(edges: list[Edge], picks: st.DataObject) -> None:
    hierarchy = Hierarchy(edges)
    roots = picks.draw(st.lists(st.sampled_from(hierarchy.ids), min_size=1, unique=True))
    within = np.array([picks.draw(st.booleans()) for _ in hierarchy.ids])
    owners, steps = hierarchy.nearest_above(roots, within=within, instances=True)
    graph = nx.DiGraph((edge.broader, edge.narrower) for edge in edges)
    graph.remove_nodes_from([id_ for id_, ok in zip(hierarchy.ids, within, strict=True) if not ok])
    for number, id_ in enumerate(hierarchy.ids):
        ways = [
            (nx.shortest_path_length(graph, root, id_), place)
            for place, root in enumerate(roots)
            if root in graph and id_ in graph and nx.has_path(graph, root, id_)
        ]
        expected = min(ways, default=(0, -1))
        assert (steps[number], owners[number]) == expected


def test_nearest_follows_subclass_edges_alone_unless_asked() -> None:
    hierarchy, _ = system("b a", "c b i")
    everywhere = np.ones(len(hierarchy), dtype=np.bool_)
    for instances, expected in ((False, [-1, 0, -1]), (True, [-1, 0, 0])):
        owners, _ = hierarchy.nearest_above([at("b")], within=everywhere, instances=instances)
        assert owners.tolist() == expected
    with pytest.raises(NotFoundError):
        hierarchy.nearest_above([at("k")], within=everywhere)


# -- in a system -----------------------------------------------------------------------------


def test_an_id_that_is_not_there_is_reported(tmp_path: Path) -> None:
    found = resolve(read(tmp_path, *rows("violence k subtree")), *system("b a"))
    (problem,) = found.problems
    assert (found.placed, found.skipped, problem.is_applied) == ((), 0, False)
    assert problem.message == (
        "line 2: wn30:00000011-n (k.n.01) is not in this system: correct the id, or drop the row"
    )


def test_another_name_is_reported_and_the_row_counts_all_the_same(tmp_path: Path) -> None:
    listed = read(tmp_path, f"violence\t{wnid('b')}\tgun.n.01\tsubtree\twhy")
    hierarchy, reader = system("b a", "c b")
    found = resolve(listed, hierarchy, reader)
    (problem,) = found.problems
    assert problem.is_applied
    assert problem.message == (
        "line 2: wn30:00000002-n is called b.n.01, not gun.n.01: correct the id or the name"
    )
    assert letters(tag_sensitive(hierarchy, found)) == "bc"


def test_an_exception_under_another_name_lets_nothing_in(tmp_path: Path) -> None:
    wrong = f"violence\t{wnid('c')}\tgun.n.01\texcept\twhy"
    listed = read(tmp_path, *rows("violence b subtree"), wrong)
    hierarchy, reader = system("b a", "c b")
    found = resolve(listed, hierarchy, reader)
    assert [problem.is_applied for problem in found.problems] == [False]
    assert letters(tag_sensitive(hierarchy, found)) == "bc"


def test_any_of_a_synsets_names_will_do(tmp_path: Path) -> None:
    other = Name(text="gun dog", sense=Sense(number=2, count=0, lex_id=0))
    concept = synset("b")
    hierarchy, reader = with_items(
        Concept(id=concept.id, pref_label="b", names=(*concept.names, other))
    )
    for name, agrees in (("b.n.01", True), ("gun_dog.n.02", True), ("gun_dog.n.01", False)):
        listed = read(tmp_path, f"violence\t{wnid('b')}\t{name}\tsubtree\twhy")
        assert (resolve(listed, hierarchy, reader).problems == ()) is agrees, name


def test_without_wikidata_its_rows_are_counted_as_skipped(tmp_path: Path) -> None:
    lines = [*rows("violence b subtree"), "violence\tQ5\thuman\tsubtree\twhy"]
    listed = read(tmp_path, *sorted(lines))
    found = resolve(listed, *system("b a"))
    assert (found.skipped, found.problems) == (1, ())
    assert [id_ for _, id_ in found.placed] == [at("b")]


def with_items(*items: Concept) -> tuple[Hierarchy, ConceptReader]:
    """Return a system of synset a with these below it."""
    writer = MemoryWriter()
    writer.add_concepts([synset("a", Curie("wd", "Q100")), *items])
    edges = [Edge(item.id, at("a")) for item in items]
    writer.add_edges(edges)
    writer.finish()
    return Hierarchy(edges), writer.store


def item(qid: str, label: str, *more: Name) -> Concept:
    return Concept(
        id=Curie("wd", qid), pref_label=label, names=(Name(text=label, kind="pref"), *more)
    )


def test_with_wikidata_an_item_that_is_missing_is_a_problem(tmp_path: Path) -> None:
    listed = read(tmp_path, "violence\tQ5\thuman\tsubtree\twhy")
    found = resolve(listed, *with_items(item("Q7", "gun")))
    assert (found.skipped, [problem.row.name for problem in found.problems]) == (0, ["human"])


def test_an_item_that_became_a_synsets_other_id_is_found_there(tmp_path: Path) -> None:
    listed = read(tmp_path, "violence\tQ100\ta\tsubtree\twhy")
    found = resolve(listed, *with_items(item("Q7", "gun")))
    assert ([id_ for _, id_ in found.placed], found.problems) == ([at("a")], ())


def test_an_items_names_in_other_languages_do_not_count(tmp_path: Path) -> None:
    hierarchy, reader = with_items(
        item("Q7", "gun", Name(text="Gewehr", lang="de"), Name(text="rifle"))
    )
    for name, agrees in (("gun", True), ("rifle", True), ("Gewehr", False)):
        listed = read(tmp_path, f"violence\tQ7\t{name}\tsubtree\twhy")
        assert (resolve(listed, hierarchy, reader).problems == ()) is agrees, name


def test_a_class_of_a_label_set_that_is_not_built_is_skipped(tmp_path: Path) -> None:
    listed = read(tmp_path, "violence\tls:abcdefgh\tBrawl\tconcept\twhy")
    found = resolve(listed, *with_items(item("Q7", "gun")))
    assert (found.skipped, found.problems) == (1, ())


# -- the file --------------------------------------------------------------------------------

GOOD = f"violence\t{wnid('b')}\tb.n.01\tsubtree\twhy"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (GOOD.replace("violence", "violense"), ":2: no category 'violense'; known: deception,"),
        (GOOD.replace("subtree", "tree"), ":2: no scope 'tree'; known: subtree, concept, exc"),
        (GOOD.replace(wnid("b"), "dog.n.01"), ":2: 'dog.n.01' is no id: give a wnid"),
        (GOOD.replace(wnid("b"), "Q05"), ":2: 'Q05' is no id"),
        (GOOD.replace(wnid("b"), "n123"), ":2: 'n123' is no id"),
        (GOOD.replace("b.n.01", " "), ":2: n00000002 has no name"),
        (GOOD.replace("why", ""), ":2: n00000002 has no reason"),
        (GOOD + "\n" + GOOD, ":3: n00000002 stands twice under violence: keep one row"),
        (
            GOOD + "\n" + GOOD.replace("subtree", "except"),
            ":3: n00000002 stands twice under violence",
        ),
        (
            GOOD + "\n" + GOOD.replace("violence", "hate"),
            ":3: hate n00000002 stands after violence n00000002: sort by category and id",
        ),
    ],
)
def test_a_wrong_row_is_told_with_file_and_line(tmp_path: Path, line: str, told: str) -> None:
    path = write(tmp_path, [line])
    with pytest.raises(SourceError) as caught:
        read_sensitive(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    assert told in str(caught.value)


def test_the_version_is_a_digest_of_the_file(tmp_path: Path) -> None:
    first = read(tmp_path, GOOD)
    digest = hashlib.sha256((tmp_path / "list.tsv").read_bytes()).hexdigest()
    assert first.tagger == f"sensitive-list@{digest[:8]}"
    assert read(tmp_path, GOOD.replace("why", "for it")).tagger != first.tagger
    hierarchy, reader = system("b a")
    assert tag_sensitive(hierarchy, resolve(first, hierarchy, reader)).tagger == first.tagger


def test_rows_know_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "list.tsv"
    path.write_text(f"# file: a list\n{HEADER}\n{GOOD}\n", encoding="utf-8")
    (row,) = read_sensitive(path).rows
    assert (row.line, row.id, row.scope) == (3, at("b"), "subtree")


# -- the list that ships ---------------------------------------------------------------------


def test_the_shipped_list_has_every_category() -> None:
    assert {row.category for row in load_sensitive().rows} == set(CATEGORIES)
    assert list(CATEGORIES) == sorted(CATEGORIES)


@pytest.mark.wordnet
def test_every_shipped_synset_is_in_wordnet_by_its_name(wordnet_data: SourceData) -> None:
    names = {c.id: set(c.synset_names) for c in wordnet_data.concepts}
    wrong = [
        (row.line, row.name)
        for row in load_sensitive().rows
        if row.id.prefix == "wn30" and row.name not in names.get(row.id, ())
    ]
    assert wrong == []


@pytest.mark.wordnet
def test_no_shipped_root_lies_below_another_one(wordnet_data: SourceData) -> None:
    # It would say nothing new, and hide which row decides.
    hierarchy = Hierarchy(wordnet_data.edges)
    scopes = {
        (row.category, row.id): row.scope
        for row in load_sensitive().rows
        if row.id.prefix == "wn30"
    }
    idle = []
    for (category, id_), scope in scopes.items():
        above = {
            scopes.get((category, other)) for other in hierarchy.ancestors(id_, instances=True)
        }
        if scope != "except" and "subtree" in above and "except" not in above:
            idle.append((category, id_))
    assert idle == []


@pytest.mark.wordnet
def test_every_shipped_exception_takes_something_out(wordnet_data: SourceData) -> None:
    hierarchy = Hierarchy(wordnet_data.edges)
    listed = [row for row in load_sensitive().rows if row.id.prefix == "wn30"]
    idle = []
    for row in listed:
        if row.scope == "except":
            below = hierarchy.descendant_mask([row.id], instances=True)
            roots = [
                other.id
                for other in listed
                if (other.category, other.scope) == (row.category, "subtree")
                and not below[hierarchy.index(other.id)]
            ]
            if not (below & hierarchy.descendant_mask(roots, instances=True)).any():
                idle.append((row.line, row.name))
    assert idle == []


def test_every_shipped_item_is_in_the_pull_by_its_label() -> None:
    items = read_shipped().items
    wrong = [
        (row.line, row.name)
        for row in load_sensitive().rows
        if row.id.prefix == "wd"
        and (row.id.local_id not in items or items[row.id.local_id].label != row.name)
    ]
    assert wrong == []


def test_every_shipped_class_is_in_a_label_set_by_its_name() -> None:
    listed = {row.id: row for row in load_sensitive().rows if row.id.prefix == "ls"}
    assert listed
    names: dict[Curie, set[str]] = {}
    for id_ in bundled_ids():
        for label in read_bundled(id_).labels:
            names.setdefault(ls_curie(label.id), set()).add(label.name)
    wrong = [
        (row.line, row.name) for id_, row in listed.items() if row.name not in names.get(id_, ())
    ]
    assert wrong == []
