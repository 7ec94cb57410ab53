"""What a qualifier says against a concept: `mouse (computer equipment)` is no animal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from labelsys.match.candidates import find_candidates, sense_of
from labelsys.match.genus import genus_forms
from labelsys.match.lexicon import LEXNAMES
from labelsys.text import fold

if TYPE_CHECKING:
    from labelsys.match.lexicon import Lexicon

__all__ = ["is_off_kind", "kinds_of"]

_TOPS = LEXNAMES.index("noun.Tops")
_PHYSICAL = "wn30:00001930-n"
_DENIED = re.compile(r"(?:non|not|no)\b")


def kinds_of(qualifier: str, lexicon: Lexicon) -> frozenset[int]:
    """Return the concepts that a qualifier may say a thing is one of.

    None for what a thing is not (`non jewelry`), or is for (`for cooking`), and for
    what is first of all no thing but a field, a nation (`sports`, `American`).
    """
    text = fold(qualifier)
    if _DENIED.match(text):
        return frozenset()
    found = find_candidates(genus_forms(text, lexicon), lexicon)
    first = [c.concept for c in found if (s := sense_of(lexicon, c)) is None or s.number == 1]
    physical = lexicon.index.get(_PHYSICAL, -1)
    if not any(physical in lexicon.ancestors(concept) for concept in first):
        return frozenset()
    return frozenset(c.concept for c in found)


def is_off_kind(lexicon: Lexicon, concept: int, kinds: frozenset[int]) -> bool:
    """Return whether a concept is of another kind than any that a qualifier may mean.

    A mouse that is computer equipment is a device, though WordNet calls no device
    equipment: being of one lexname is enough. A concept without one is of any kind.
    """
    own = int(lexicon.lexname[concept])
    if not kinds or own < 0 or not kinds.isdisjoint(lexicon.ancestors(concept)):
        return False
    return all(own not in _lexnames(lexicon, kind) for kind in kinds)


def _lexnames(lexicon: Lexicon, kind: int) -> set[int]:
    """Return the lexname of a kind; of a topmost one, those that are called like it."""
    if lexicon.lexname[kind] != _TOPS:
        return {int(lexicon.lexname[kind])}
    called = {f"noun.{fold(name.text)}" for name in lexicon.concepts[kind].names}
    return {code for code, lexname in enumerate(LEXNAMES) if lexname in called}
