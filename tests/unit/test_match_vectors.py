"""Vectors of concepts: asked for once, and only where they are needed."""

from __future__ import annotations

import numpy as np

from labelsys.match.vectors import ConceptVectors
from tests import lexicon_toy as toy
from tests.vectors_toy import embedder

LEXICON = toy.lexicon()
DOG, CAR, SHIP = (LEXICON.index[id_] for id_ in (toy.DOG, toy.CAR, toy.SHIP))


def vectors() -> ConceptVectors:
    rows = {DOG: (1.0, 0.0), CAR: (3.0, 4.0), SHIP: (0.0, 1.0)}
    return ConceptVectors(LEXICON, embedder({LEXICON.text(i): row for i, row in rows.items()}))


def test_rows_are_those_of_the_concepts_texts_in_the_order_asked() -> None:
    found = vectors().get([CAR, DOG, CAR])
    assert found.dtype == np.float32
    expected = np.array([[0.6, 0.8], [1, 0], [0.6, 0.8]], dtype=np.float16)
    assert (found == expected).all()


def test_each_vector_is_asked_for_once() -> None:
    table = vectors()
    table.get([DOG, CAR, DOG])
    assert table.embedder.reused == 2
    table.get([CAR, SHIP])
    assert table.embedder.reused == 3
    assert table.get([]).shape == (0, 2)
    assert table.embedder.computed == 0


def test_closeness_is_the_cosine_of_what_is_known_and_zero_of_the_rest() -> None:
    table = vectors()
    table.get([DOG, CAR])
    near = table.closeness(np.array([0.6, 0.8], dtype=np.float32))
    assert near.shape == (len(LEXICON),)
    assert round(float(near[DOG]), 3) == 0.6
    assert round(float(near[CAR]), 3) == 1.0
    assert np.flatnonzero(near).tolist() == sorted([DOG, CAR])
