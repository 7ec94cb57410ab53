from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

import pytest

from labelsys.errors import ConfigError, IdentifierError
from labelsys.export.mappings import COLUMNS, iter_mapping_rows, write_mappings
from labelsys.ids import Curie, curie_to_uri
from labelsys.model import Concept, Label, LabelSet, Mapping, Placement
from labelsys.store.memory import MemoryWriter
from tests.toy import DOG, fill

if TYPE_CHECKING:
    from labelsys.store.memory import MemoryStore


@pytest.fixture
def store() -> MemoryStore:
    writer = MemoryWriter()
    fill(writer)
    return writer.store


def read(store: MemoryStore, **options: Any) -> tuple[list[str], list[dict[str, str]]]:
    """Return the metadata lines without their mark, and the rows as a TSV reader sees them."""
    out = BytesIO()
    write_mappings(store, out, **options)
    lines = out.getvalue().decode().split("\n")
    head = [line[1:] for line in lines if line.startswith("#")]
    rows = csv.DictReader(StringIO("\n".join(lines[len(head) :])), delimiter="\t")
    return head, list(rows)


def one_set(*labels: Label, mappings: tuple[Mapping, ...] = ()) -> MemoryStore:
    """Return a store with one concept, one set `s`, and these labels at the concept."""
    writer = MemoryWriter()
    writer.add_concepts([Concept(id=Curie("wn30", "00001740-n"), pref_label="entity")])
    placements = [
        Placement(label_id=label.id, kind="exact", concept_id=Curie("wn30", "00001740-n"))
        for label in labels
    ]
    writer.add_label_set(LabelSet(id="s", labels=labels), placements)
    writer.add_mappings(mappings)
    writer.finish()
    return writer.store


def exact(subject: Curie, **slots: Any) -> Mapping:
    return Mapping(
        subject_id=subject,
        predicate_id="skos:exactMatch",
        object_id=Curie("wn30", "00001740-n"),
        mapping_justification="semapv:LexicalMatching",
        **slots,
    )


def test_the_metadata_names_used_prefixes_only_in_order_and_declares_status(
    store: MemoryStore,
) -> None:
    head, _ = read(store)
    assert head == [
        "curie_map:",
        "  labelsys: https://w3id.org/labelsys/vocab#",
        "  lsys: https://example.org/labelsys/",
        "  pets: https://example.org/labelsys/labelset/pets/",
        "  street: https://example.org/labelsys/labelset/street/",
        "  wd: http://www.wikidata.org/entity/",
        "  wn30: http://wordnet-rdf.princeton.edu/wn30/",
        "  zoo: https://example.org/labelsys/labelset/zoo/",
        "mapping_set_id: https://example.org/labelsys/mappings",
        "mapping_set_title: labelsys mappings",
        "license: https://creativecommons.org/licenses/by/4.0/",
        "extension_definitions:",
        "- slot_name: status",
        "  property: labelsys:status",
    ]


def test_base_license_and_version_are_options(store: MemoryStore) -> None:
    head, _ = read(store, base="https://l.test/", license="https://l.test/free", version="1.10")
    assert "  pets: https://l.test/labelset/pets/" in head
    assert "mapping_set_id: https://l.test/mappings" in head
    assert 'mapping_set_version: "1.10"' in head  # a bare 1.10 is a number to YAML
    assert "license: https://l.test/free" in head


def test_a_bad_base_is_refused(store: MemoryStore) -> None:
    with pytest.raises(ConfigError, match="is no base address"):
        write_mappings(store, BytesIO(), base="nowhere")


def test_stored_rows_come_first_then_the_labels_without_one(store: MemoryStore) -> None:
    _, rows = read(store)
    assert [(row["subject_id"], row["object_id"], row["status"]) for row in rows] == [
        ("wn30:02084071-n", "wd:Q144", "accepted"),
        ("pets:0", "wn30:02084071-n", "accepted"),
        ("zoo:7", "wn30:02012849-n", "accepted"),
        ("zoo:7", "wn30:03126707-n", "rejected"),
        ("street:/m/0r8", "wn30:02958343-n", "review"),
        ("pets:3", "sssom:NoTermFound", "accepted"),
        ("street:/m/0thg", "sssom:NoTermFound", "review"),
        ("zoo:9", "sssom:NoTermFound", "review"),
    ]


def test_a_label_without_a_term_says_where_none_was_found_and_why(store: MemoryStore) -> None:
    _, rows = read(store)
    row = next(row for row in rows if row["subject_id"] == "pets:3")
    assert {column: value for column, value in row.items() if value} == {
        "subject_id": "pets:3",
        "subject_label": "empty",
        "predicate_id": "skos:exactMatch",
        "object_id": "sssom:NoTermFound",
        "mapping_justification": "semapv:CompositeMatching",
        "subject_source": "lsys:labelset/pets",
        "object_source": "lsys:scheme",
        "mapping_tool": "labelsys",
        "mapping_tool_version": "0.1.0",
        "comment": "no object",
        "status": "accepted",
    }


def test_sources_are_curies_and_numbers_short(store: MemoryStore) -> None:
    _, rows = read(store)
    assert (rows[0]["subject_source"], rows[0]["object_source"]) == ("wd:Q533822", "wd:Q2013")
    assert rows[1]["subject_source"] == "lsys:labelset/pets"
    assert [row["confidence"] for row in rows[:5]] == ["1", "1", "0.85", "", "0.8"]
    assert rows[2]["similarity_score"] == "0.612"
    assert rows[3]["predicate_modifier"] == "Not"


def test_every_status_is_a_file_of_its_own_and_they_add_up(store: MemoryStore) -> None:
    whole = write_mappings(store, BytesIO())
    parts = {
        s: write_mappings(store, BytesIO(), status=s) for s in ("accepted", "review", "rejected")
    }
    assert {s: c.kept for s, c in parts.items()} == {"accepted": 4, "review": 3, "rejected": 1}
    assert all(c.adds_up and c.read == whole.kept == 8 for c in parts.values())
    assert parts["review"].skipped == {"status accepted": 4, "status rejected": 1}
    head, rows = read(store, status="review")
    assert "mapping_set_id: https://example.org/labelsys/mappings/review" in head
    assert not any("pets" in line for line in head)  # no row of that set is in review
    assert {row["status"] for row in rows} == {"review"}


def test_columns_that_no_row_fills_are_left_out(store: MemoryStore) -> None:
    _, rows = read(store, status="rejected")
    assert list(rows[0]) == [
        "subject_id",
        "predicate_id",
        "predicate_modifier",
        "object_id",
        "mapping_justification",
        "mapping_tool",
        "status",
    ]
    _, rows = read(store)
    assert tuple(rows[0]) == COLUMNS


def test_a_graph_without_mappings_or_sets_gives_a_header_and_no_row() -> None:
    writer = MemoryWriter()
    writer.add_concepts([Concept(id=Curie("wn30", "00001740-n"), pref_label="entity")])
    writer.finish()
    out = BytesIO()
    assert write_mappings(writer.store, out).kept == 0
    last = out.getvalue().decode().splitlines()[-1]
    assert last == "subject_id\tpredicate_id\tobject_id\tmapping_justification\tstatus"


def test_tabs_quotes_and_line_ends_survive_a_tsv_reader() -> None:
    name = 'a "b"\tc\nd'
    label = Label(label_set="s", label_id="1", name=name)
    store = one_set(label, mappings=(exact(label.id, subject_label=name),))
    _, rows = read(store)
    assert rows[0]["subject_label"] == name


@pytest.mark.parametrize(
    ("label_id", "written"),
    [
        ("/m/0bt9lr", "s:/m/0bt9lr"),
        ("hot dog", "s:hot%20dog"),
        ("100%", "s:100%25"),
        ("a|b", "s:a%7Cb"),
        ("[x]", "s:%5Bx%5D"),
        ("狗", "s:%E7%8B%97"),
        ("a?b#c", "s:a%3Fb%23c"),
    ],
)
def test_odd_label_ids_become_curies_that_expand_to_the_labels_address(
    label_id: str, written: str
) -> None:
    label = Label(label_set="s", label_id=label_id, name="x")
    _, rows = read(one_set(label, mappings=(exact(label.id),)))
    assert rows[0]["subject_id"] == written
    expanded = "https://example.org/labelsys/labelset/s/" + written.removeprefix("s:")
    if "/" not in label_id:
        assert expanded == curie_to_uri(label.id, label_sets={"s"})


def test_an_unknown_prefix_is_an_error_and_not_a_file_that_no_tool_reads() -> None:
    label = Label(label_set="s", label_id="1", name="x")
    store = one_set(label, mappings=(exact(Curie("ghost", "1")),))
    with pytest.raises(IdentifierError, match="the prefix 'ghost', which is neither shipped"):
        write_mappings(store, BytesIO())


def test_a_label_set_called_like_a_yaml_word_is_quoted() -> None:
    writer = MemoryWriter()
    writer.add_concepts([Concept(id=Curie("wn30", "00001740-n"), pref_label="entity")])
    label = Label(label_set="no", label_id="1", name="x")
    place = Placement(label_id=label.id, kind="excluded", reason="empty: nothing")
    writer.add_label_set(LabelSet(id="no", labels=(label,)), [place])
    writer.finish()
    head, rows = read(writer.store)
    assert '  "no": https://example.org/labelsys/labelset/no/' in head
    assert rows[0]["comment"] == "empty: nothing"


def test_rows_as_values_are_the_rows_of_the_file(store: MemoryStore) -> None:
    values = list(iter_mapping_rows(store))
    assert len(values) == 8
    assert values[0].subject_id == DOG


def test_an_unplaced_label_with_a_guess_of_its_own_is_not_said_to_have_no_term() -> None:
    writer = MemoryWriter()
    writer.add_concepts([Concept(id=Curie("wn30", "00001740-n"), pref_label="entity")])
    labels = tuple(Label(label_set="s", label_id=i, name=i) for i in ("guessed", "lost"))
    places = [Placement(label_id=label.id, kind="unplaced") for label in labels]
    writer.add_label_set(LabelSet(id="s", labels=labels), places)
    writer.add_mappings([exact(labels[0].id, status="review")])
    writer.finish()
    _, rows = read(writer.store)
    assert [(row["subject_id"], row["object_id"]) for row in rows] == [
        ("s:guessed", "wn30:00001740-n"),
        ("s:lost", "sssom:NoTermFound"),
    ]
