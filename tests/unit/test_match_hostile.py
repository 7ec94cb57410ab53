"""Names and definitions made to be slow: the time they take grows as they do, and no faster."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from labelsys.match.candidates import exact_candidates, head_forms
from labelsys.match.genus import genus_forms, genus_text
from labelsys.model import Label
from tests import lexicon_toy as toy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

LEXICON = toy.lexicon()
# What takes a second for 2,000 characters if it is quadratic takes 40 minutes for these.
SECONDS = 3.0
HOSTILE = {
    "spaces": " " * 100_000,
    "spaces between": "dog" + " " * 100_000 + "cat",
    "hyphens": "-" * 100_000,
    "hyphens between": "dog" + "-" * 100_000 + "cat",
    "underscores": "dog" + "_" * 100_000 + "cat",
    "slashes": "/" * 100_000,
    "decorations": "dog" + "-easy" * 20_000 + "-x",
    "numbers": "dog" + "-101" * 25_000 + "-x",
    "narrowing words": "dog" + "_other" * 16_000 + "-x",
    "kinds of": "a kind of " * 10_000,
    "any of": "any of " * 14_000,
    "parentheses": "(" * 100_000,
    "one long word": "a" * 100_000,
    "one long unknown word": "dog " + "q" * 100_000,
    "many known words": "dog " * 25_000,
    "alternatives": "dog / " * 16_000,
}


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Break off what takes longer; regular expressions look for signals on their way."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        msg = f"not done after {seconds} s"
        raise TimeoutError(msg)

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def label(name: str) -> Label:
    return Label(label_set="x", label_id="1", name=name)


@pytest.fixture(scope="module", autouse=True)
def _tables() -> None:
    """Fill what the lexicon makes once."""
    exact_candidates(label("no such thing"), LEXICON)


@pytest.mark.parametrize("kind", HOSTILE)
def test_own_concept_of_a_long_name_is_sought_in_seconds(kind: str) -> None:
    with at_most(SECONDS):
        exact_candidates(label(HOSTILE[kind]), LEXICON)


@pytest.mark.parametrize("kind", HOSTILE)
def test_head_of_a_long_name_is_sought_in_seconds(kind: str) -> None:
    with at_most(SECONDS):
        head_forms(label(HOSTILE[kind]), LEXICON)


@pytest.mark.parametrize("kind", HOSTILE)
def test_genus_of_a_long_definition_is_sought_in_seconds(kind: str) -> None:
    with at_most(SECONDS):
        genus_text(HOSTILE[kind])
        genus_forms(HOSTILE[kind], LEXICON)
