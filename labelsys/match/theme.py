"""What a label set as a whole is about: birds, cars, textures.

A theme is a concept that (nearly) all labels of a set lie under. It is read
off the labels that were matched for sure, or off the set's title. It confines
where the other labels may lie, and is the last resort for a label of which
nothing else is known.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from labelsys.match.lexicon import Lexicon
    from labelsys.model import LabelSet

__all__ = ["theme_of_placements", "theme_of_title"]

_COVERED = 0.95
_LEAST_PLACED = 10
_AGREEING = 0.5
_FEW = 5
_FEW_SHARE = 0.2
_CLOSE = 0.15
_USUAL = 0.1
_NOT_A_THEME = frozenset(
    """
    data dataset set database benchmark image images net challenge class classes category
    categories label labels detection classification train variant variants version name names
    common level
    """.split()  # noqa: SIM905 - thirty quoted words read worse
)


def theme_of_placements(lexicon: Lexicon, placed: Sequence[int]) -> int | None:
    """Return the deepest concept that covers nineteen in twenty surely matched labels.

    A theme confines all other labels: one that leaves out a tenth of what is known
    would misplace a tenth of the rest.

    Args:
        lexicon: all concepts.
        placed: concepts of the labels that were matched for sure.

    Returns:
        A concept, or None where fewer than ten labels say something. Labels
        matched to single things say nothing.
    """
    # A set of classes has no cities: a cat breed called `Bombay` was taken for one.
    classes = [concept for concept in placed if not lexicon.is_instance[concept]]
    if len(classes) < _LEAST_PLACED:
        return None
    covered: Counter[int] = Counter()
    for concept in classes:
        covered.update(lexicon.ancestors(concept))
    enough = [i for i, n in covered.items() if n >= _COVERED * len(classes)]
    return max(enough, key=lambda i: (int(lexicon.depth[i]), covered[i], -i), default=None)


def theme_of_title(
    lexicon: Lexicon,
    label_set: LabelSet,
    placed: Sequence[int],
    closeness: NDArray[np.float32] | None,
) -> int | None:
    """Return the concept that the set's title names, if its labels agree.

    `Stanford Cars` are cars. Of all words and senses the one closest to the
    labels is taken; without vectors, the last word's first sense.

    Args:
        lexicon: all concepts.
        label_set: whose title is read; an id may be any word.
        placed: concepts of the labels that were matched; half of them must lie
            under the theme, unless they are fewer than a fifth of all, or than five.
        closeness: cosine of every concept with the mean of the labels, by concept
            index; None without vectors.
    """
    words = fold(label_set.title).split()[::-1]
    options: dict[int, tuple[float, int]] = {}
    few = max(_FEW, _FEW_SHARE * len(label_set.labels))
    for order, word in enumerate(dict.fromkeys(words)):
        if word in _NOT_A_THEME or word.isdigit():
            continue
        for concept, number in _common_senses(lexicon, word):
            near = 0.0 if closeness is None else round(float(closeness[concept]), 3)
            usual = _USUAL / number  # all else equal, the sense that people mean most
            agree = sum(concept in lexicon.ancestors(i) for i in placed)
            fits = len(placed) < few or agree >= _AGREEING * len(placed)
            if fits and (closeness is None or near >= _CLOSE):
                options.setdefault(concept, (near + usual, -order))
    return max(options, key=lambda i: (options[i], -i), default=None)


def _common_senses(lexicon: Lexicon, word: str) -> list[tuple[int, int]]:
    """Return (concept, sense number) of the senses of a common noun that name a class."""
    senses: dict[int, int] = {}
    for form in (word, word.removesuffix("s")):
        for use in lexicon.by_name.get(form, ()):
            name = lexicon.concepts[use.concept].names[use.position]
            common = name.sense is not None and not name.text[:1].isupper()
            if common and name.sense is not None and not lexicon.is_instance[use.concept]:
                senses.setdefault(use.concept, name.sense.number)
    return list(senses.items())
