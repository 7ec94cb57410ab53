"""Names of a list as one table, looked at twice, on the toy lexicon."""

from __future__ import annotations

import numpy as np
import pytest

from labelsys.match import names
from labelsys.match.candidates import exact_candidates
from labelsys.match.features import FEATURES, Asked, SetContext
from labelsys.match.names import Company, ListVectors, NameTable, name_table
from labelsys.match.rank import Ranker
from labelsys.model import Label
from tests import lexicon_toy as toy
from tests.vectors_toy import concept_vectors

LEXICON = toy.lexicon()
COLUMN = {name: i for i, name in enumerate(FEATURES)}
EAST, NORTH, UP = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
ANIMALS = ["beagle", "bulldog", "sparrow", "goose", "earthworm", "poodle"]
ANIMAL_IDS = (toy.BEAGLE, toy.BULLDOG, toy.SPARROW, toy.GOOSE, toy.EARTHWORM, toy.POODLE)


def asked(*texts: str) -> list[Asked]:
    labels = [Label(label_set="x", label_id=text, name=text) for text in texts]
    return [Asked(exact_candidates(label, LEXICON)) for label in labels]


def all_alike() -> Ranker:
    """Return a ranker to which every candidate is as likely as `nothing fits`."""
    return Ranker(name="r", weights=np.zeros(len(FEATURES)), fingerprint="")


def vectors(*texts: str, read: tuple[bool, ...] = ()) -> ListVectors:
    known = concept_vectors(
        LEXICON, dict.fromkeys((*ANIMAL_IDS, toy.CRANE_BIRD), EAST), {}, others=NORTH
    )
    return ListVectors(
        concepts=known,
        labels=np.array([EAST] * len(texts), dtype=np.float32),
        qualifiers=np.zeros((len(texts), 3), dtype=np.float32),
        is_read=np.array(read or [True] * len(texts)),
    )


def column(table: NameTable, number: int, name: str) -> dict[str, float]:
    rows = table.of(number)
    values = table.features[rows, COLUMN[name]].tolist()
    concepts = table.concepts[rows].tolist()
    return {str(LEXICON.concepts[c].id): round(v, 3) for c, v in zip(concepts, values, strict=True)}


def test_candidates_of_all_names_stand_one_after_the_other() -> None:
    table = name_table(LEXICON, asked("dog", "beagle", "crane"), SetContext())
    assert table.starts.tolist() == [0, 2, 3, 6]
    assert table.owners.tolist() == [0, 0, 1, 2, 2, 2]
    assert len(table.features) == 6
    assert not table.features[:, COLUMN["set_lexname"]].any()
    empty = name_table(LEXICON, [], SetContext())
    assert (len(empty.features), empty.starts.tolist()) == (0, [0])


def test_second_look_counts_what_is_ambiguous_too() -> None:
    listed = asked(*ANIMALS, *ANIMALS, "crane")
    company = Company(first=all_alike())
    table = name_table(LEXICON, listed, SetContext(), company)
    # Twelve animals, each half likely, and a quarter of a bird, a machine and a writer.
    share = table.context.lexname_share
    assert sorted(share.values()) == pytest.approx([0.25 / 6.75, 0.25 / 6.75, 6.25 / 6.75])
    fits = column(table, 12, "set_lexname")
    assert fits[toy.CRANE_BIRD] > fits[toy.CRANE_MACHINE]
    assert fits[toy.CRANE_MACHINE] == pytest.approx(np.log(0.25 / 6.75 + 0.05) + 3, abs=1e-3)


def test_settled_labels_count_whole() -> None:
    settled = [LEXICON.index[id_] for id_ in ANIMAL_IDS]
    table = name_table(
        LEXICON, asked("crane"), SetContext(), Company(first=all_alike(), settled=settled)
    )
    assert max(table.context.lexname_share.values()) == pytest.approx(6.25 / 6.75)


def test_lists_too_short_keep_what_was_known() -> None:
    known = SetContext(lexname_share={3: 1.0})
    table = name_table(LEXICON, asked("crane"), known, Company(first=all_alike()))
    assert table.context == known


def test_company_tells_meanings_apart() -> None:
    table = name_table(
        LEXICON,
        asked(*ANIMALS, "crane"),
        SetContext(),
        Company(first=all_alike()),
        vectors(*ANIMALS, "crane"),
    )
    near = column(table, 6, "set_near")
    assert near[toy.CRANE_BIRD] == pytest.approx(near[toy.CRANE_MACHINE] + 1, abs=0.01)
    similar = column(table, 6, "similarity")
    assert (similar[toy.CRANE_BIRD], similar[toy.CRANE_MACHINE]) == (1, 0)
    gap = column(table, 6, "definition_gap")
    assert (gap[toy.CRANE_BIRD], gap[toy.CRANE_MACHINE]) == (0, -1)
    # Nothing to compare the only candidate of a name with.
    assert column(table, 0, "definition_gap") == {toy.BEAGLE: 0}
    beside = column(table, 0, "set_siblings")
    assert beside[toy.BEAGLE] == pytest.approx(np.log1p(0.5 + 0.5), abs=1e-3)  # two more dogs


def test_names_that_the_encoder_does_not_read_have_no_vectors() -> None:
    listed = [*ANIMALS, "crane"]
    read = (True,) * 6 + (False,)
    table = name_table(
        LEXICON,
        asked(*listed),
        SetContext(),
        Company(first=all_alike()),
        vectors(*listed, read=read),
    )
    for name in ("similarity", "definition_gap", "set_near", "set_siblings"):
        assert not any(column(table, 6, name).values())
    assert column(table, 0, "similarity") == {toy.BEAGLE: 1}


def test_blocks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [*ANIMALS, "crane", "dog"]
    given = (LEXICON, asked(*listed), SetContext(), Company(first=all_alike()), vectors(*listed))
    whole = name_table(*given)
    monkeypatch.setattr(names, "_BLOCK", 3)
    assert (name_table(*given).features == whole.features).all()
