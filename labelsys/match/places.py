"""Where a label belongs that has no concept of its own: the candidates.

A place may be what the head of the name means (`Spiral Tube Worm` is a worm),
what a definition begins with, where names that end or begin with the same word
lie (`... warbler`, `Ford ...`), or near the concepts whose texts are closest.
`place_features` says what speaks for each.

A label has some fifty places, and a set ten thousand labels: everything is
done for many labels at once, on arrays with one row a place. A pair of a label
and a concept is one integer, its key: label * number of concepts + concept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsys.csr import distinct
from labelsys.match.candidates import exact_candidates, find_candidates, head_forms
from labelsys.match.genus import genus_forms
from labelsys.match.neighbours import NO_NEIGHBOURS, Near
from labelsys.model import Label
from labelsys.text import fold, split_qualifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from labelsys.match.candidates import Candidate
    from labelsys.match.lexicon import Lexicon
    from labelsys.match.name_ends import NameEnds, Same

__all__ = ["Clues", "Places", "all_votes", "find_clues", "find_places"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What is known of a label that no concept stands for.

    Attributes:
        words: of the folded name, qualifier off.
        heads: what its head may mean.
        genus: what the first noun of its definition may mean.
        parents: what the superclass that its dataset gives may mean.
        near: its nearest concepts.
        without: a concept that must not be seen: the answer, where one is known.
    """

    words: tuple[str, ...]
    heads: tuple[Candidate, ...] = ()
    genus: tuple[Candidate, ...] = ()
    parents: tuple[int, ...] = ()
    near: Near = NO_NEIGHBOURS
    without: int = -1


class Places(NamedTuple):
    """Where labels may lie: a row for each label and concept, sorted by both.

    Attributes:
        labels: int64, shape (n_rows,): position of the label.
        concepts: int64, shape (n_rows,): index of the concept.
        same_end: for each label, names that end like it.
        same_start: for each label, names that begin like it.
        n_concepts: of the lexicon.
    """

    labels: NDArray[np.int64]
    concepts: NDArray[np.int64]
    same_end: tuple[Same, ...]
    same_start: tuple[Same, ...]
    n_concepts: int

    @property
    def keys(self) -> NDArray[np.int64]:
        """Label and concept of each row as one integer, ascending."""
        return self.labels * self.n_concepts + self.concepts

    @property
    def n_labels(self) -> int:
        """Labels, those without a place included."""
        return len(self.same_end)

    def of(self, label: int) -> slice:
        """Return the rows of one label."""
        first, end = np.searchsorted(self.labels, [label, label + 1]).tolist()
        return slice(first, end)


def find_clues(label: Label, lexicon: Lexicon, near: Near) -> Clues:
    """Return what is known of a label; its nearest concepts are given."""
    parents: tuple[Candidate, ...] = ()
    if label.parent is not None:
        parent = Label(label_set=label.label_set, label_id="-", name=label.parent)
        parents = exact_candidates(parent, lexicon)
    genus = genus_forms(label.description, lexicon)
    names = [fold(split_qualifier(name)[0]).split() for name in (label.name, *label.synonyms)]
    # Of a Latin name and an English one, the English one says what it is.
    telling = next((words for words in names if words and words[-1] in lexicon.by_name), names[0])
    return Clues(
        words=tuple(telling),
        heads=find_candidates(head_forms(label, lexicon), lexicon),
        genus=find_candidates(genus, lexicon),
        parents=tuple(c.concept for c in parents),
        near=near,
    )


def find_places(
    lexicon: Lexicon,
    clues: Sequence[Clues],
    ends: NameEnds,
    within: NDArray[np.bool_] | None = None,
) -> Places:
    """Return where labels may lie.

    Args:
        lexicon: all concepts.
        clues: what is known of each label.
        ends: names by their first and last words.
        within: bool by concept; only those are places. None means all.
    """
    n = len(lexicon)
    same_end = tuple(ends.same(one.words, -1, one.without) for one in clues)
    same_start = tuple(ends.same(one.words, 0, one.without) for one in clues)
    told = [
        label * n + concept
        for label, one in enumerate(clues)
        for concept in (
            *(c.concept for c in one.heads),
            *(c.concept for c in one.genus),
            *one.parents,
            *same_end[label].top(),
            *same_start[label].top(),
        )
    ]
    label, concept, _ = all_votes(clues)
    keys = [np.array(told, dtype=np.int64), label * n + concept]
    for _ in range(2):  # what lies above the nearest concepts, and above that
        at, concept = lexicon.broader_rows.expand(concept)
        label = label[at]
        keys.append(label * n + concept)
    found = distinct(np.concatenate(keys))
    labels, concepts = found // max(n, 1), found % max(n, 1)
    kept = ~lexicon.is_instance[concepts]
    kept &= concepts != np.array([one.without for one in clues], dtype=np.int64)[labels]
    if within is not None:
        kept &= within[concepts]
    return Places(labels[kept], concepts[kept], same_end, same_start, n)


def all_votes(
    clues: Sequence[Clues],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return label, concept and weight of every vote."""
    votes = [vote for one in clues for vote in one.near.votes]
    return (
        np.repeat(np.arange(len(clues)), [len(one.near.votes) for one in clues]),
        np.array([concept for concept, _ in votes], dtype=np.int64),
        np.array([weight for _, weight in votes], dtype=np.float64),
    )
