"""What else a name may have to do with: for who looks over a link.

A dining table is a table, a stack of cups is cups, and a paper towel roll has to
do with paper towels. None of them is the thing itself, so no ranker of names
sees them; but where a list draws its classes wider, one of them may be meant.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from labelsys.match.candidates import Candidate, by_sense, head_forms
from labelsys.match.forms import Form, FormKind, singulars
from labelsys.text import fold, split_qualifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labelsys.match.lexicon import Lexicon
    from labelsys.match.result import LabelMatch
    from labelsys.model import Label

__all__ = ["readings"]

_MOST_HEADS = 8
_MOST_FRONTS = 6
_MOST_NEAR = 6
_LONGEST_FRONT = 10


def readings(match: LabelMatch, lexicon: Lexicon) -> tuple[int, ...]:
    """Return what is related to a label, ranked or not.

    Args:
        match: of any label.
        lexicon: all concepts.

    Returns:
        Indexes of concepts, none twice: right above the answer, if that is the
        label's own concept; what its name ends in, then what it begins with, longer
        parts first, and of one part, the more usual senses; what is nearest in
        meaning. Nothing for a label that stands for no thing.
    """
    if match.strategy == "excluded":
        return ()
    above = lexicon.broader_any[match.guesses[0].concept] if match.relation == "exact" else ()
    heads = _meanings(head_forms(match.label, lexicon), lexicon)
    fronts = _meanings(_front_forms(match.label, lexicon), lexicon)
    near = match.near[:_MOST_NEAR]
    parts = (islice(heads, _MOST_HEADS), islice(fronts, _MOST_FRONTS))
    return tuple(dict.fromkeys(chain(above, *parts, near)))


def _front_forms(label: Label, lexicon: Lexicon) -> Iterator[Form]:
    """Yield what a name begins with, longest first."""
    words = fold(split_qualifier(label.name)[0]).split()
    for end in range(min(len(words) - 1, _LONGEST_FRONT), 0, -1):
        front = " ".join(words[:end])
        for text in (front, *singulars(front, lexicon)):
            if text in lexicon.by_name:
                yield Form(text, FormKind.HEAD_BEFORE)


def _meanings(forms: Iterable[Form], lexicon: Lexicon) -> Iterator[int]:
    """Yield what forms mean: of each, WordNet's senses in their order, then what others give."""
    for form in forms:
        found = [Candidate(*use, form) for use in lexicon.by_name.get(form.text, ())]
        yield from (candidate.concept for candidate in by_sense(found, lexicon))
