"""Features, model files and answers of the ranker of items."""

from __future__ import annotations

import json

import numpy as np
import pytest

from labelsys.errors import ConfigError
from labelsys.match.rank import Ranker
from labelsys.model import Name
from labelsys.source.wikidata.facts import Item
from labelsys.source.wikidata.linking.company import add_company
from labelsys.source.wikidata.linking.exact import (
    ExactModel,
    first_look,
    format_model,
    gather,
    load_model,
    parse_model,
    rank,
)
from labelsys.source.wikidata.linking.features import (
    COLUMN,
    FEATURES,
    LOOK_FEATURES,
    VECTOR_FEATURES,
)
from labelsys.source.wikidata.linking.vectors import with_vectors
from labelsys.source.wikidata.pulled import Claim
from tests.lexicon_toy import (
    ANIMAL,
    CRANE_BIRD,
    CRANE_MACHINE,
    CRANE_WRITER,
    DEVICE,
    DOG,
    FRANK,
    lexicon,
)
from tests.vectors_toy import embedder

LEXICON = lexicon()
NONE = np.zeros(len(FEATURES))


def item(qid: str, label: str, description: str = "", aliases: str = "", **claims: str) -> Item:
    names = [Name(text=label, kind="pref"), *(Name(text=t) for t in aliases.split("|") if t)]
    made = tuple(Claim(pid, value) for pid, of in claims.items() for value in of.split())
    return Item(qid, label, tuple(names), description, made)


def columns(
    one: Item, *others: Item, known: dict[str, str] | None = None
) -> dict[str, dict[str, float]]:
    """Return synset -> feature -> value, as the second look has them."""
    items = {each.qid: each for each in (one, *others)}
    candidates = gather([one], LEXICON)
    table = candidates.table.copy()
    meanings = {qid: {LEXICON.index[id_]: 1.0} for qid, id_ in (known or {}).items()}
    add_company(table, candidates.asked, items, LEXICON, meanings)
    ids = [LEXICON.concepts[f.concept].id for f in candidates.asked[0][1]]
    rows = (dict(zip(FEATURES, row.tolist(), strict=True)) for row in table)
    return dict(zip(ids, rows, strict=True))


def weights(**values: float) -> np.ndarray:
    found = NONE.copy()
    for name, value in values.items():
        found[COLUMN[name]] = value
    return found


def model(first: np.ndarray, second: np.ndarray) -> ExactModel:
    one, two = (Ranker(name="by hand", weights=w, fingerprint="") for w in (first, second))
    return ExactModel(one, two, np.array([[0.0, 0.0], [1.0, 1.0]]), 1.0)


def test_names_and_senses_are_told() -> None:
    found = columns(item("Q1", "crane", aliases="whooper"))
    bird, writer = found[CRANE_BIRD], found[CRANE_WRITER]
    assert (bird["label"], bird["alias"]) == (1, 0)
    assert bird["rivals"] == pytest.approx(np.log(3), abs=1e-3)
    assert (bird["same_case"], writer["capital_gained"]) == (1, 1)
    assert (bird["instance"], writer["instance"]) == (0, 1)
    assert bird["sense_rank"] == pytest.approx(1 / 5)
    assert bird["share_of_item"] == pytest.approx(1 / 2)
    assert bird["only"] == 0


def test_a_description_speaks_by_its_first_noun_and_its_words() -> None:
    found = columns(item("Q1", "crane", "tall bird with a long neck"))
    bird, machine = found[CRANE_BIRD], found[CRANE_MACHINE]
    assert (bird["genus_above"], machine["genus_above"], machine["genus_off"]) == (1, 0, 1)
    assert bird["gloss_words"] > machine["gloss_words"] >= 0
    assert (bird["gloss_words_gap"], bird["named_above"]) == (0, 1)


def test_kinds_of_items_are_told_from_each_other() -> None:
    assert columns(item("Q1", "crane", P31="Q5"))[CRANE_WRITER]["human_person"] == 1
    assert columns(item("Q1", "crane", P31="Q16521"))[CRANE_MACHINE]["taxon_other"] == 1
    assert columns(item("Q1", "crane", P225="Grus"))[CRANE_BIRD]["taxon_living"] == 1
    assert columns(item("Q1", "crane", P279="Q2"))[CRANE_WRITER]["class_instance"] == 1
    assert columns(item("Q1", "crane", P31="Q2"))[CRANE_BIRD]["single_class"] == 1


def test_classes_above_and_items_below_speak_as_likely_as_they_are_known() -> None:
    machine = item("Q2", "device")
    found = columns(item("Q1", "crane", P279="Q2"), machine, known={"Q2": DEVICE})
    assert (found[CRANE_MACHINE]["class_above"], found[CRANE_BIRD]["class_off"]) == (1, 1)
    found = columns(item("Q1", "crane", P31="Q2"), machine, known={"Q2": DEVICE})
    assert (found[CRANE_MACHINE]["kind_above"], found[CRANE_BIRD]["kind_off"]) == (1, 1)
    dog = item("Q3", "dog", P279="Q1")
    found = columns(item("Q1", "beast"), dog, known={"Q3": DOG})
    assert (found[ANIMAL]["below_share"], found[ANIMAL]["below_off"]) == (1, 0)


def test_what_no_synset_is_called_is_passed_on_the_way_up() -> None:
    middle, top = item("Q2", "lifting gear", P279="Q3"), item("Q3", "device")
    found = columns(item("Q1", "crane", P279="Q2"), middle, top, known={"Q3": DEVICE})
    assert found[CRANE_MACHINE]["class_above"] == 1


def test_a_loop_of_classes_ends() -> None:
    one, two = item("Q1", "crane", P279="Q2 Q1"), item("Q2", "no such name", P279="Q1")
    assert columns(one, two)[CRANE_BIRD]["class_above"] == 0


def test_a_synset_that_another_item_is_is_wanted() -> None:
    found = columns(item("Q1", "dog"), item("Q144", "dog"), known={"Q144": DOG})
    assert (found[DOG]["wanted"], found[DOG]["wanted_more"], found[FRANK]["wanted"]) == (1, 1, 0)


def test_hostile_items_give_finite_numbers() -> None:
    items = [
        item("Q1", "crane", "🐕 \u202e كلب " * 50, "|".join(f"a{i}" for i in range(10_000))),
        item("Q2", "crane", "(((((" * 200),
        Item("Q3"),
        item("Q999999999999999999", "dog", "a an the of", P279="nonsense Q3", P31="\u2028"),
    ]
    candidates = gather(items, LEXICON)
    assert [each.qid for each, _ in candidates.asked] == ["Q1", "Q2", "Q999999999999999999"]
    assert np.isfinite(candidates.table).all()
    answers = rank(candidates, load_model(), {i.qid: i for i in items}, LEXICON, {})
    assert all(0 <= a.confidence <= 1 for a in answers)


def test_no_items_give_no_answers() -> None:
    candidates = gather([], LEXICON)
    assert candidates.table.shape == (0, len(FEATURES))
    assert rank(candidates, load_model(), {}, LEXICON, {}) == []


def test_the_second_look_goes_by_the_first() -> None:
    """`crane` is ambiguous; the item above it is a device at first sight, so this is a machine."""
    one, above = item("Q1", "crane", P279="Q2"), item("Q2", "device")
    candidates = gather([one, above], LEXICON)
    made = model(weights(label=5.0), weights(label=1.0, class_above=3.0))
    looked = first_look(candidates, made.first, {})
    assert looked["Q2"] == {LEXICON.index[DEVICE]: pytest.approx(1 / (1 + np.exp(-5)), abs=1e-4)}
    answers = rank(candidates, made, {"Q1": one, "Q2": above}, LEXICON, {})
    assert LEXICON.concepts[answers[0].found.concept].id == CRANE_MACHINE


def test_of_equal_candidates_the_lowest_id_is_taken() -> None:
    candidates = gather([item("Q1", "crane")], LEXICON)
    (answer,) = rank(candidates, model(NONE, NONE), {}, LEXICON, {})
    assert answer.found.concept == min(f.concept for f in candidates.asked[0][1])
    assert answer.probability == pytest.approx(1 / 4)  # three senses, and none of them


def test_texts_are_compared_where_there_is_an_encoder() -> None:
    """The item reads as the bird does: label and description, a bit like the machine."""
    items = [item("Q1", "crane", "wading bird"), item("Q2", "crane")]
    candidates = gather(items, LEXICON)
    known = {
        LEXICON.text(i): (1.0, 0.0) if concept.id == CRANE_BIRD else (0.6, 0.8)
        for i, concept in enumerate(LEXICON.concepts)
    }
    toy = embedder({**known, "crane: wading bird": (1.0, 0.0), "crane": (0.0, 1.0)})
    table = with_vectors(candidates, LEXICON, toy).table
    ids = [LEXICON.concepts[f.concept].id for _, found in candidates.asked for f in found]
    rows = [table[:, COLUMN[name]].tolist() for name in VECTOR_FEATURES]
    own, gap, described = (dict(zip(ids[:3], row[:3], strict=True)) for row in rows)
    assert own == {
        CRANE_BIRD: 1.0,
        CRANE_MACHINE: pytest.approx(0.6, abs=1e-3),
        CRANE_WRITER: pytest.approx(0.6, abs=1e-3),
    }
    assert gap[CRANE_BIRD] == 0
    assert gap[CRANE_MACHINE] == pytest.approx(-0.4, abs=1e-3)
    assert described == own
    assert rows[2][3:] == [0, 0, 0]
    assert (candidates.table[:, COLUMN["similarity"]] == 0).all()


def test_no_candidate_needs_no_encoder() -> None:
    candidates = gather([], LEXICON)
    assert with_vectors(candidates, LEXICON, embedder({"x": (1.0, 0.0)})) == candidates


def test_a_model_file_reads_as_it_was_written() -> None:
    knots = np.array([[0.0, 0.0], [0.5, 0.25], [1.0, 0.99]])
    first, second = weights(label=1.25), weights(wanted=-2.5)
    text = format_model((first, second), knots, 0.9, {"version": 3})
    read = parse_model(text, "exact")
    assert (read.first.weights == first).all()
    assert (read.second.weights == second).all()
    assert (read.second.name, read.accept) == ("exact-3", 0.9)
    assert read.confidence(np.array([0.25, 0.5, 0.75])).tolist() == [0.125, 0.25, 0.62]


def test_a_model_for_other_features_is_refused() -> None:
    document = json.loads(format_model((NONE, NONE), np.eye(2), 0.9, {"version": 1}))
    document["second"].pop("label")
    with pytest.raises(ConfigError, match="made for other features: run"):
        parse_model(json.dumps(document), "exact")


def test_the_shipped_model_does_not_look_at_the_first_look() -> None:
    shipped = load_model()
    assert all(shipped.first.weights[COLUMN[name]] == 0 for name in LOOK_FEATURES)
    assert all(shipped.second.weights[COLUMN[name]] == 0 for name in VECTOR_FEATURES)
    assert shipped.second.weights[COLUMN["wanted"]] < 0
    assert (np.diff(shipped.knots, axis=0) >= 0).all()
