"""The whole build, all that ships: every count adds up, every concept and label has its place.

What the system says of itself is compared with the shipped files and with slow second methods.
sssom-py, rdflib and pyshacl look at a part of the exports, since the whole takes each of them
minutes; with LABELSYS_TEST_WHOLE set they look at all of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from graphlib import TopologicalSorter
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pyoxigraph
import pyshacl
import pytest
from rdflib import OWL, RDF, BNode, Graph, URIRef
from rdflib.namespace import SH

import labelsys
from labelsys.ids import DEFAULT_BASE, ROOT, Curie, curie_to_uri
from labelsys.labelset.bundled import bundled_ids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.api import LabelSystem
    from tests.integration.command import Command

pytestmark = [pytest.mark.slow, pytest.mark.wordnet]

N_LABELS = 56_176
SSSOM = Path(sys.executable).parent / "sssom"
SKOS = "http://www.w3.org/2004/02/skos/core#"
ANIMAL = Curie("wn30", "00015388-n")
WHOLE = bool(os.environ.get("LABELSYS_TEST_WHOLE"))


@pytest.fixture(scope="module")
def system(full_system: Path) -> Iterator[LabelSystem]:
    with labelsys.open(full_system) as opened:
        yield opened


class Shape(NamedTuple):
    """The hierarchy, worked out by the book: concept -> those right above it, and its depth."""

    above: dict[Curie, set[Curie]]
    depth: dict[Curie, int]


@pytest.fixture(scope="module")
def shape(system: LabelSystem) -> Shape:
    above: dict[Curie, set[Curie]] = {id_: set() for id_ in system.store.iter_ids()}
    subclass: dict[Curie, set[Curie]] = {id_: set() for id_ in above}
    for edge in system.store.iter_edges():
        assert edge.broader in above
        above[edge.narrower].add(edge.broader)
        if edge.kind == "subclass":
            subclass[edge.narrower].add(edge.broader)
    depth: dict[Curie, int] = {}
    for id_ in TopologicalSorter(above).static_order():  # raises CycleError where there is a loop
        depth[id_] = max((depth[other] + 1 for other in subclass[id_]), default=0)
    return Shape(above, depth)


def address(id_: Curie) -> str:
    return curie_to_uri(id_, label_sets=frozenset(bundled_ids()))


def shipped_label_ids(label_set: str) -> list[str]:
    """Return the first column of a shipped file, read with nothing of ours."""
    text = files("labelsys_ontologies").joinpath("labelsets", f"{label_set}.tsv").read_text("utf-8")
    rows = [line for line in text.splitlines() if not line.startswith("# ")]
    assert rows[0].startswith("label_id\tname")
    return [row.split("\t")[0] for row in rows[1:]]


def test_every_label_of_the_24_sets_is_counted_once(command: Command, full_system: Path) -> None:
    stats = json.loads(command.succeed(full_system, "stats", "--output", "json"))
    sets = {row["id"]: row for row in stats["label_sets"]}
    assert tuple(sets) == bundled_ids()
    assert len(sets) == 24
    for id_, row in sets.items():
        assert row["labels"] == len(shipped_label_ids(id_))
        assert row["labels"] == sum(
            row[kind] for kind in ("exact", "broader", "excluded", "unplaced")
        )
    assert sum(row["labels"] for row in sets.values()) == stats["labels"] == N_LABELS


def test_every_shipped_label_has_one_placement_that_the_counts_know(system: LabelSystem) -> None:
    counts = {row.id: row for row in system.stats().label_sets}
    for id_ in bundled_ids():
        rows = system.labels(id_)
        assert [row.label_id for row in rows] == shipped_label_ids(id_)
        kinds = Counter(row.placement for row in rows)
        assert all(getattr(counts[id_], kind) == n for kind, n in kinds.items())


def test_lint_finds_no_error(command: Command, full_system: Path) -> None:
    assert command.succeed(full_system, "lint", "--output", "jsonl") == ""
    found = command.rows(full_system, "lint", "graph", "--all")
    assert found
    assert not any(row["code"].startswith("E") for row in found)


def test_one_root_no_loop_and_every_concept_reaches_the_root(shape: Shape) -> None:
    assert [id_ for id_, above in shape.above.items() if not above] == [ROOT]
    below = defaultdict(list)
    for id_, above in shape.above.items():
        for other in above:
            below[other].append(id_)
    reached, waiting = {ROOT}, [ROOT]
    while waiting:
        for id_ in below[waiting.pop()]:
            if id_ not in reached:
                reached.add(id_)
                waiting.append(id_)
    assert reached == shape.above.keys()


def text_of(term: object) -> str:
    """Return the address, text or passing name of a term; our exports quote no triples."""
    known = pyoxigraph.NamedNode | pyoxigraph.Literal | pyoxigraph.BlankNode
    assert isinstance(term, known), term
    return term.value


def ancestors(shape: Shape, id_: Curie) -> set[Curie]:
    found: set[Curie] = set()
    waiting = [id_]
    while waiting:
        new = shape.above[waiting.pop()] - found
        found |= new
        waiting.extend(new)
    return found


def test_placements_are_what_their_kinds_promise(system: LabelSystem, shape: Shape) -> None:
    limit = json.loads(system.store.get_meta()["recipe"])["max_unplaced_depth"]
    seen: Counter[str] = Counter()
    for placement in system.store.iter_placements():
        seen[placement.kind] += 1
        at, above = placement.concept_id, placement.broader_id
        match placement.kind:
            case "exact":
                assert at in shape.above
            case "broader":
                assert at is not None
                assert above is not None
                assert at == above or above in ancestors(shape, at)
                assert shape.depth[above] > limit
            case _:
                assert at is None
                assert placement.reason
    assert seen.total() == N_LABELS
    assert min(seen[kind] for kind in ("exact", "broader", "excluded", "unplaced")) > 0


def test_every_mapping_is_about_something_that_is_there(system: LabelSystem, shape: Shape) -> None:
    labels = {label.id for each in system.store.iter_label_sets() for label in each.labels}
    mapped = set()
    for mapping in system.store.iter_mappings():
        assert mapping.object_id in shape.above
        # The rest are links of Wikidata items to synsets; an item need not be a concept itself.
        assert mapping.subject_id in labels or mapping.subject_id.prefix == "wd"
        numbers = (mapping.confidence, mapping.similarity_score)
        assert all(number is None or 0.0 <= number <= 1.0 for number in numbers)  # SSSOM's range
        mapped.add(mapping.subject_id)
    placed = {p.label_id for p in system.store.iter_placements() if p.kind in ("exact", "broader")}
    assert mapped & labels == placed


def test_counts_of_every_batch_add_up(system: LabelSystem) -> None:
    sources = json.loads(system.store.get_meta()["sources"])
    assert [source["name"] for source in sources] == ["wordnet", "wikidata"]
    batches = [batch for source in sources for batch in source["counts"].values()]
    assert len(batches) >= 4
    for batch in batches:
        left = sum(batch["skipped"].values()) + sum(batch["failed"].values())
        assert batch["read"] == batch["kept"] + left > 0
    stats = system.stats()
    assert stats.concepts_by_source["wordnet"] == 82_115
    assert sum(stats.concepts_by_source.values()) == stats.concepts
    assert sum(row.mappings for row in stats.mappings_by_predicate) == stats.mappings


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_exports_hold_the_whole_system(
    command: Command, full_system: Path, shape: Shape, tmp_path: Path
) -> None:
    command.succeed(full_system, "export", "concepts", "--out", tmp_path / "concepts")
    rows = read_jsonl(tmp_path / "concepts")
    assert {row["id"] for row in rows} == shape.above.keys()
    for row in rows:
        assert {up["id"] for up in row["broader"]} == shape.above[row["id"]]

    command.succeed(full_system, "export", "bamboo", "--out", tmp_path / "bamboo")
    bamboo = json.loads((tmp_path / "bamboo").read_text(encoding="utf-8"))
    assert len(bamboo["id2name"]) == len(shape.above)
    down = {(up, id_) for up, below in bamboo["father2child"].items() for id_ in below}
    up = {(up, id_) for id_, above in bamboo["child2father"].items() for up in above}
    assert down == up
    assert len(up) == sum(map(len, shape.above.values()))


@pytest.fixture(scope="module")
def mappings(command: Command, full_system: Path) -> list[str]:
    """Return the lines of the SSSOM file."""
    return command.succeed(full_system, "export", "mappings").splitlines(keepends=True)


def test_every_label_has_a_row_in_the_mappings(system: LabelSystem, mappings: list[str]) -> None:
    rows = [line.split("\t") for line in mappings if not line.startswith("#")]
    at = rows[0].index("subject_id")
    subjects = {row[at] for row in rows[1:]}
    assert {str(p.label_id) for p in system.store.iter_placements()} <= subjects


def test_sssom_py_takes_the_mappings(mappings: list[str], tmp_path: Path) -> None:
    """It ends with 0 for rows that it drops, too; those it names on stderr."""
    top = sum(line.startswith("#") for line in mappings) + 1
    kept = mappings[:top] + mappings[top :: 1 if WHOLE else 12]
    path = tmp_path / "some.sssom.tsv"
    path.write_text("".join(kept), encoding="utf-8")
    done = subprocess.run([SSSOM, "validate", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr[-2000:]
    assert done.stderr.strip() == f"No attr for status [{len(kept) - top} instances]"


@pytest.fixture(scope="module")
def skos(
    command: Command,
    full_system: Path,
    system: LabelSystem,
    shape: Shape,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    path = tmp_path_factory.mktemp("skos") / "all.ttl"
    command.succeed(full_system, "export", "skos", "--out", path)
    # A blank line ends the prefixes and each resource, and nothing else has one.
    n_schemes = len(bundled_ids()) + 1
    n_resources = len(shape.above) + N_LABELS + n_schemes + system.stats().mappings
    assert path.read_text(encoding="utf-8").count("\n\n") == n_resources + 1
    return path


@pytest.fixture(scope="module")
def triples(skos: Path) -> list[pyoxigraph.Triple]:
    """Return the whole file as a strict parser reads it."""
    turtle = pyoxigraph.RdfFormat.TURTLE
    return [quad.triple for quad in pyoxigraph.parse(path=skos, format=turtle)]


def test_skos_has_every_concept_label_and_edge(
    system: LabelSystem, shape: Shape, triples: list[pyoxigraph.Triple]
) -> None:
    subjects: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for triple in triples:
        if triple.predicate.value in (SKOS + "inScheme", SKOS + "broader", SKOS + "prefLabel"):
            subjects[triple.predicate.value][text_of(triple.object)] += 1
    schemes = subjects[SKOS + "inScheme"]
    assert schemes.pop(address(Curie("lsys", "scheme"))) == len(shape.above)
    assert schemes == {
        f"{DEFAULT_BASE}labelset/{row.id}": row.labels for row in system.stats().label_sets
    }
    n_edges = sum(edge.kind == "subclass" for edge in system.store.iter_edges())
    assert subjects[SKOS + "broader"].total() == n_edges


def test_rdflib_reads_the_same_triples(skos: Path, triples: list[pyoxigraph.Triple]) -> None:
    blocks = skos.read_text(encoding="utf-8").split("\n\n")
    kept = blocks[1 : -1 : 1 if WHOLE else 20]
    graph = Graph().parse(data="\n\n".join((blocks[0], *kept)) + "\n", format="turtle")
    subjects = {str(subject) for subject in graph.subjects()}
    assert len(subjects) == len(kept)
    # What has no name has another one in every reader: statements are compared by their number.
    named = sum(isinstance(subject, URIRef) for subject in graph.subjects(unique=False))
    assert named == sum(text_of(triple.subject) in subjects for triple in triples)


def test_shapes_hold_for_a_branch_with_all_labels_in_it(
    system: LabelSystem, triples: list[pyoxigraph.Triple]
) -> None:
    """All below `animal`, and what that leans on, as one graph."""
    hierarchy = system.hierarchy
    branch = {ANIMAL, *hierarchy.descendants(ANIMAL, instances=True)}
    labels = {p.label_id for p in system.store.iter_placements() if p.concept_id in branch}
    assert len(branch) > 4_000
    assert len(labels) > 4_000
    above = {x for id_ in branch for x in hierarchy.ancestors(id_, instances=True)}
    wanted = {address(id_) for id_ in branch | above | labels}
    wanted |= {f"{DEFAULT_BASE}labelset/{label.prefix}" for label in labels}
    wanted.add(address(Curie("lsys", "scheme")))
    said_of = {address(id_) for id_ in labels}
    statements = {
        text_of(triple.subject)
        for triple in triples
        if triple.predicate.value == str(OWL.annotatedSource) and text_of(triple.object) in said_of
    }
    assert len(statements) > 4_000

    part = pyoxigraph.serialize(
        (
            triple
            for triple in triples
            if text_of(triple.subject) in wanted or text_of(triple.subject) in statements
        ),
        format=pyoxigraph.RdfFormat.N_TRIPLES,
    )
    graph = Graph().parse(data=part, format="nt")
    assert {str(subject) for subject in graph.subjects()} >= wanted
    conforms, _, report = pyshacl.validate(graph, shacl_graph=shipped_shapes())
    assert conforms, report


def shipped_shapes() -> Graph:
    text = files("labelsys_ontologies").joinpath("shapes.ttl").read_text(encoding="utf-8")
    return Graph().parse(data=text, format="turtle")


def pieces(triples: list[pyoxigraph.Triple], size: int) -> Iterator[dict[str, list[Any]]]:
    """Yield the triples of *size* resources at a time, by subject; one resource lies together."""
    piece: dict[str, list[Any]] = {}
    for triple in triples:
        subject = text_of(triple.subject)
        if subject not in piece and len(piece) == size:
            yield piece
            piece = {}
        piece.setdefault(subject, []).append(triple)
    yield piece


def test_shapes_hold_for_every_resource_piece_by_piece(triples: list[pyoxigraph.Triple]) -> None:
    """Each shape is about one resource and the types of what it names: so pieces tell the whole.

    What is named from outside a piece has its types there and nothing else, so what is found
    about it counts for nothing.
    """
    types: defaultdict[str, list[Any]] = defaultdict(list)
    for triple in triples:
        if triple.predicate.value == str(RDF.type):
            types[text_of(triple.subject)].append(triple)
    every = list(pieces(triples, 5_000))
    assert sum(map(len, every)) == len(types)
    shapes, checked = shipped_shapes(), 0
    looked_at = every if WHOLE else (every[0], every[-1])  # concepts, and statements of mappings
    for piece in looked_at:
        own = [triple for said in piece.values() for triple in said]
        named = sorted({text_of(triple.object) for triple in own} - piece.keys())
        beside = [triple for end in named for triple in types.get(end, ())]
        data = pyoxigraph.serialize([*own, *beside], format=pyoxigraph.RdfFormat.N_TRIPLES)
        graph = Graph().parse(data=data, format="nt")
        _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inplace=True)
        results = report.subjects(RDF.type, SH.ValidationResult)
        found = {report.value(result, SH.focusNode) for result in results}
        # What has no name is a statement, and never from outside.
        assert not any(isinstance(one, BNode) or str(one) in piece for one in found)
        checked += len(piece)
    assert checked == (len(types) if WHOLE else sum(map(len, looked_at)))
