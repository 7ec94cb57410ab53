"""What Wikidata says of its hubs, corrected.

A class with many classes below it decides where all of them lie. So the classes
that most others hang by were gone through one by one, and
`ontologies/wikidata_corrections.tsv` holds what came of it, for any pull:

`not`
    A statement of Wikidata that is wrong of usual instances: the class is not
    put under that superclass.
`under`
    A synset that the class falls under, where its superclasses lead to nothing,
    or to what says hardly anything of it. Such a class is no synset itself, whatever
    an identifier says.
`same`
    The synset that the class is.

The table is read by `read_corrections` and has its say at three places: wrong
statements go first (`cut_wrong`), then classes become synsets
(`labelsys.source.wikidata.links`), then what is left hangs where it was put
(`labelsys.source.wikidata.attach`).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, cast, get_args

from labelsys.errors import IdentifierError
from labelsys.ids import Curie
from labelsys.model import Mapping
from labelsys.source.counts import reconcile
from labelsys.source.wikidata.pulled import is_qid, qid_number
from labelsys.tables import read_table
from labelsys.version import __version__
from labelsys.vocab import Justification

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from collections.abc import Mapping as MappingType
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from labelsys.model import Concept
    from labelsys.source.protocol import Counts
    from labelsys.source.wikidata.facts import Item
    from labelsys.source.wikidata.prune import Pruned
    from labelsys.tables import Table

__all__ = [
    "BATCH",
    "Correction",
    "Corrections",
    "cut_wrong",
    "load_corrections",
    "read_corrections",
]

BATCH: Final = "corrections"
"""The batch of rows of the table."""

Verdict = Literal["not", "under", "same"]

_VERDICTS: Final[tuple[str, ...]] = get_args(Verdict)
_COLUMNS: Final = ("qid", "label", "verdict", "object", "object_label", "reason")
_DIGEST: Final = 8
_NO_CLASS: Final = "not in this pull"
_NO_SYNSET: Final = "not in this WordNet"
_SAYS_NOT: Final = "the pull does not say so"


class Correction(NamedTuple):
    """One row.

    Attributes:
        qid: of the class.
        label: its English name, to find slips in ids by.
        verdict: `not`, `under` or `same`.
        object: QID of the superclass (`not`), else id of the synset.
        object_label: label or synset name of the object.
        reason: why, in a few words.
    """

    qid: str
    label: str
    verdict: Verdict
    object: str
    object_label: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """The table, whole and checked.

    Attributes:
        tool: name and version: `wikidata-corrections@` and a digest of the file.
        wrong: (narrower, broader) QIDs -> the row that says so.
        under: QID -> rows with the synsets that it falls under.
        same: QID -> the row with the synset that it is.
    """

    tool: str
    wrong: MappingType[tuple[str, str], Correction] = field(default_factory=dict)
    under: MappingType[str, tuple[Correction, ...]] = field(default_factory=dict)
    same: MappingType[str, Correction] = field(default_factory=dict)

    def rows(self) -> Iterator[Correction]:
        """Yield all rows."""
        yield from self.wrong.values()
        for rows in self.under.values():
            yield from rows
        yield from self.same.values()

    def known(self, concepts: Iterable[Concept]) -> Corrections:
        """Return these corrections without the synsets that *concepts* lack."""
        ids = {str(concept.id) for concept in concepts}
        under = {
            qid: tuple(row for row in rows if row.object in ids) for qid, rows in self.under.items()
        }
        return Corrections(
            tool=self.tool,
            wrong=self.wrong,
            under={qid: rows for qid, rows in under.items() if rows},
            same={qid: row for qid, row in self.same.items() if row.object in ids},
        )

    def mapping(self, row: Correction, item: Item) -> Mapping:
        """Return an `under` or `same` row as a mapping of its class."""
        return Mapping(
            subject_id=Curie.trusted(f"wd:{row.qid}"),
            predicate_id="skos:exactMatch" if row.verdict == "same" else "skos:broadMatch",
            object_id=Curie.trusted(row.object),
            mapping_justification=Justification.REVIEW,
            subject_label=item.label,
            object_label=row.object_label,
            mapping_tool=self.tool,
            mapping_tool_version=__version__,
            comment=row.reason,
        )

    def counts(
        self, items: Collection[str], synsets: Collection[Curie], said: Collection[tuple[str, str]]
    ) -> Counts:
        """Return what became of the rows.

        Args:
            items: QIDs of the pull.
            synsets: of WordNet.
            said: the (narrower, broader) statements of the pull.
        """
        skipped = dict.fromkeys((_NO_CLASS, _NO_SYNSET, _SAYS_NOT), 0)
        read = 0
        for row in self.rows():
            read += 1
            if row.qid not in items:
                skipped[_NO_CLASS] += 1
            elif row.verdict != "not":
                skipped[_NO_SYNSET] += Curie.trusted(row.object) not in synsets
            else:
                skipped[_SAYS_NOT] += (row.qid, row.object) not in said
        return reconcile(read, {why: n for why, n in skipped.items() if n})


def read_corrections(source: Path | Traversable) -> Corrections:
    """Read a table of corrections.

    Returns:
        The corrections, checked.

    Raises:
        SourceError: it can't be read, or a row is wrong: an unknown verdict, an id of
            another form, no reason, a row twice, one that contradicts another, or rows
            out of order.
    """
    table = read_table(source, columns=_COLUMNS)
    wrong: dict[tuple[str, str], Correction] = {}
    under: defaultdict[str, list[Correction]] = defaultdict(list)
    same: dict[str, Correction] = {}
    last = (0, "", "")
    for n in range(len(table.rows)):
        row = _parse(table, n)
        key = (qid_number(row.qid), row.verdict, row.object)
        if key <= last:
            how = "stands twice" if key == last else "is out of order: sort by qid, verdict, object"
            raise table.error(n, f"{row.qid} {row.verdict} {row.object} {how}")
        last = key
        if row.verdict == "not":
            wrong[row.qid, row.object] = row
        elif row.verdict == "under":
            under[row.qid].append(row)
        elif row.qid in same:
            msg = f"{row.qid} is said to be {same[row.qid].object} already: a class is one synset"
            raise table.error(n, msg)
        else:
            same[row.qid] = row
        if row.qid in same and row.qid in under:
            raise table.error(n, f"{row.qid} is a synset, whose own hypernyms hold: drop `under`")
    return Corrections(
        tool=f"wikidata-corrections@{hashlib.sha256(table.data).hexdigest()[:_DIGEST]}",
        wrong=wrong,
        under={qid: tuple(rows) for qid, rows in under.items()},
        same=same,
    )


def _parse(table: Table, n: int) -> Correction:
    qid, label, verdict, object_, object_label, reason = table.rows[n]
    if not is_qid(qid):
        raise table.error(n, f"{qid!r} is no QID: Q and a number, as Q144")
    if verdict not in _VERDICTS:
        raise table.error(n, f"{verdict!r} is no verdict; there are {', '.join(_VERDICTS)}")
    if not (label and object_label and reason.strip()):
        raise table.error(n, f"{qid} has no label, no object_label or no reason")
    if verdict == "not":
        if not is_qid(object_):
            raise table.error(n, f"{object_!r} is no QID: `not` speaks of a superclass")
    else:
        try:
            is_synset = Curie.parse(object_).prefix == "wn30"
        except IdentifierError as exc:
            raise table.error(n, str(exc)) from exc
        if not is_synset:
            raise table.error(n, f"{object_!r} is no synset: an id as wn30:02084071-n")
    return Correction(qid, label, cast("Verdict", verdict), object_, object_label, reason)


@cache
def load_corrections() -> Corrections:
    """Return the corrections that ship."""
    return read_corrections(_table_path())


def _table_path() -> Traversable:
    return files("labelsys_ontologies").joinpath("wikidata_corrections.tsv")


def cut_wrong(pruned: Pruned, corrections: Corrections) -> None:
    """Take out the statements that are wrong."""
    for edge in [edge for edge in pruned.edges if edge in corrections.wrong]:
        row = corrections.wrong[edge]
        message = f"not put under {pruned.named(edge[1])}: {row.reason}"
        pruned.cut(edge, "corrected", "wrong, as somebody found", message)
