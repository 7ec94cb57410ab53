"""What speaks for and against each candidate, in words and numbers.

A ranker adds up features, each times its weight. What a feature adds to one
candidate says nothing by itself: it may add the same to all others. So the
best candidate is compared with the next one, and each other with the best.
`nothing fits` is a candidate too, whose features are all zero.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from labelsys.ids import Curie, wnid
from labelsys.match.lexicon import definition
from labelsys.match.link import LinkRow
from labelsys.match.rank import FEATURES_OF
from labelsys.match.tables import Keeper

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from labelsys.match.lexicon import Lexicon
    from labelsys.match.link import Linker
    from labelsys.match.result import LabelMatch
    from labelsys.match.tables import RankTable

__all__ = [
    "GROUPS",
    "CandidateReasons",
    "ExplainedRow",
    "FeatureDifference",
    "Reason",
    "link_and_explain",
]

_MOST_CANDIDATES = 3
_LEAST = 0.05
_NOTHING = "nothing fits"

GROUPS: dict[str, dict[str, tuple[str, ...]]] = {
    "names": {
        "how common this sense of the name is": (
            *("first_sense", "sense_rank", "sense_count", "sense_share"),
        ),
        "whether it is called so first of all": ("first_lemma", "lemma_position", "names"),
        "how the name was found": (
            *("foreign_name", "hidden_name", "inflected", "singular_too", "spacing", "spelling"),
            *("redundant", "part", "synonym", "proper"),
        ),
        "how broad the concept is": ("narrower", "leaf", "instance", "top"),
        "what other sources and label sets say": ("given_here", "given_name", "linked"),
        "what stands in parentheses, or above the label": (
            *("qualifier_is", "qualifier_above", "qualifier_gloss"),
            *("qualifier_off", "qualifier_similarity"),
        ),
        "how it fits the rest of the list": ("set_",),
        "what the description says": ("described", "genus_above", "genus_off", "definition"),
        "how close the two are in meaning": ("similarity", "similarity_gap", "definition_gap"),
        "what the images look like": ("image",),
        "being anything rather than nothing": ("nothing",),
    },
    "places": {
        "what the head of the name means": (
            *("head", "head_share", "head_longest", "head_before", "head_inside", "first_lemma"),
            *("first_sense", "sense_rank", "sense_share", "given_elsewhere"),
            *("under_head", "above_head", "off_head"),
        ),
        "what the description begins with": (
            *("genus", "genus_share", "genus_longest", "off_genus"),
        ),
        "the superclass that the dataset gives": ("parent", "under_parent"),
        "where names with the same first or last word lie": ("same_",),
        "how broad the concept is": ("depth", "narrower", "leaf"),
        "what other label sets say": ("given_here",),
        "how it fits the rest of the list": ("set_lexname", "set_similarity"),
        "how close the two are in meaning": ("similarity", "similarity_gap", "head_similarity"),
        "where the parent of such a name is expected": ("expected", "expected_gap"),
        "where the nearest concepts lie": ("voted", "votes_", "close_"),
        "what kind of thing it is": ("lexname_",),
        "being any place rather than none": ("nothing",),
    },
}
"""Task -> what is told, in words -> the features behind it; some by how they begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureDifference:
    """One feature in which a candidate differs from another.

    Attributes:
        feature: its name; `docs/reference/features.md` lists them.
        value: the candidate's.
        other: that of the candidate it is compared with.
        adds: to the difference of their scores.
    """

    feature: str
    value: float
    other: float
    adds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What makes a candidate likelier, or less likely, than another.

    Attributes:
        about: in words.
        adds: to the difference of their scores; negative speaks against the
            candidate. A difference of 1 makes it 2.7 times as likely.
        features: what it is made of, the largest part first.
    """

    about: str
    adds: float
    features: tuple[FeatureDifference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateReasons:
    """Why a candidate is as likely as it is.

    Attributes:
        id: the concept.
        wnid: its wnid, or None.
        pref_label: its name.
        gloss: its definition.
        probability: of the ranker.
        against: the candidate that it is compared with: synset, id, or `nothing fits`.
        reasons: what makes the difference, the largest part first.
    """

    id: Curie
    wnid: str | None
    pref_label: str
    gloss: str
    probability: float
    against: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedRow(LinkRow):
    """A linked name, and why.

    Attributes:
        explanation: the likeliest candidates of the step that decided, best
            first; none where nothing was ranked.
    """

    explanation: tuple[CandidateReasons, ...] = ()

    @classmethod
    def of(cls, row: LinkRow, explanation: tuple[CandidateReasons, ...] = ()) -> ExplainedRow:
        """Return a row with its explanation; one that has one stays as it is."""
        if isinstance(row, cls):
            return row
        values = {field.name: getattr(row, field.name) for field in fields(LinkRow)}
        return cls(**values, explanation=explanation)


def link_and_explain(
    linker: Linker, *, names_only: bool = False, independent: bool = False
) -> tuple[ExplainedRow, ...]:
    """Link a list as `Linker.link` does, and say why.

    Args:
        linker: a system that is ready to link the list.
        names_only: ids given in the list are not read.
        independent: the names say nothing of each other.

    Returns:
        One row a name, in order.
    """
    keeper = Keeper()
    matches = linker.matcher(keeper=keeper).match(
        linker.label_set, names_only=names_only, independent=independent
    )
    tables = (_table_of(keeper, row, match) for row, match in enumerate(matches))
    return tuple(
        ExplainedRow.of(row, () if table is None else _explain(table, linker.lexicon))
        for row, table in zip(linker.rows(matches), tables, strict=True)
    )


def _table_of(keeper: Keeper, row: int, match: LabelMatch) -> RankTable | None:
    """Return the table that decided, if one did."""
    if match.strategy in ("id", "excluded", "theme"):
        return None
    if match.relation == "broader":
        return keeper.places.get(row)
    return keeper.names.get(row) or keeper.places.get(row)


def _explain(table: RankTable, lexicon: Lexicon) -> tuple[CandidateReasons, ...]:
    if not table.concepts:
        return ()
    concepts = [lexicon.concepts[c] for c in table.concepts]
    # The last row is `nothing fits`.
    features = np.concatenate([table.features, np.zeros((1, table.features.shape[1]))])
    names = [*(concept.synset or str(concept.id) for concept in concepts), _NOTHING]
    probabilities = table.ranker.probabilities(table.features)
    order = np.lexsort((np.arange(len(names)), -probabilities)).tolist()
    found = []
    for i in [i for i in order if i < len(concepts)][:_MOST_CANDIDATES]:
        other = order[1] if i == order[0] else order[0]
        found.append(
            CandidateReasons(
                id=concepts[i].id,
                wnid=wnid(concepts[i].id),
                pref_label=concepts[i].pref_label,
                gloss=definition(concepts[i].gloss),
                probability=float(probabilities[i]),
                against=names[other],
                reasons=_reasons(table, features[i], features[other]),
            )
        )
    return tuple(found)


def _reasons(
    table: RankTable, own: NDArray[np.float64], other: NDArray[np.float64]
) -> tuple[Reason, ...]:
    adds = table.ranker.weights * (own - other)
    names = list(FEATURES_OF[table.task])
    reasons = []
    for about, columns in _columns_of(table.task).items():
        whole = round(float(adds[columns].sum()), 2)
        if abs(whole) < _LEAST:
            continue
        parts = sorted((i for i in columns if own[i] != other[i]), key=lambda i: (-abs(adds[i]), i))
        features = (
            FeatureDifference(
                feature=names[i],
                value=round(float(own[i]), 3),
                other=round(float(other[i]), 3),
                adds=round(float(adds[i]), 2),
            )
            for i in parts
        )
        reasons.append(Reason(about=about, adds=whole, features=tuple(features)))
    return tuple(sorted(reasons, key=lambda reason: (-abs(reason.adds), reason.about)))


@cache
def _columns_of(task: str) -> dict[str, list[int]]:
    """Return what is told -> the columns behind it; every column is behind one thing."""
    columns: dict[str, list[int]] = {about: [] for about in GROUPS[task]}
    for i, name in enumerate(FEATURES_OF[task]):
        (about,) = (
            about
            for about, named in GROUPS[task].items()
            if any(name == n or (n[-1] == "_" and name.startswith(n)) for n in named)
        )
        columns[about].append(i)
    return columns
