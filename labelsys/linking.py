"""Link what a person gives: names, labels or a file; one answer for each, in order."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from labelsys.collector import collector_paused
from labelsys.denials import obey_denials
from labelsys.errors import LabelsysWarning
from labelsys.labelset.checks import find_name_problem
from labelsys.labelset.collect import BLANK
from labelsys.labelset.read import read_labels
from labelsys.match.explain import ExplainedRow, link_and_explain
from labelsys.match.image_evidence import read_image_vectors
from labelsys.match.link import LinkRow, open_linker
from labelsys.model import Label
from labelsys.rows import Rows
from labelsys.workspace import find_cache

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from labelsys.adjudicate import LlmSettings
    from labelsys.ids import Curie
    from labelsys.match.image_evidence import ImageEvidence
    from labelsys.progress import Progress
    from labelsys.store.protocol import GraphStore

__all__ = ["link_labels"]

_NO_SET = "input"
_STDIN = "-"


class _Input(NamedTuple):
    """What there is to link.

    Attributes:
        labels: in order.
        gaps: (how many labels came before, the row that stands for it).
    """

    labels: tuple[Label, ...]
    gaps: tuple[tuple[int, LinkRow], ...]


def link_labels(
    reader: GraphStore,
    labels: str | Path | Iterable[str | Label],
    *,
    label_set: str | None = None,
    names_only: bool = False,
    independent: bool = False,
    hide: frozenset[Curie] = frozenset(),
    encoder: str = "auto",
    image_vectors: Path | None = None,
    format: str | None = None,
    llm: LlmSettings | None = None,
    explain: bool = False,
    progress: Progress | None = None,
) -> Rows[LinkRow]:
    """Link names, labels or a file; see `labelsys.match.link.open_linker`.

    Args:
        reader: a store.
        labels: one name, several, `Label`s, the `Path` of a file, or `-` for
            standard input.
        label_set: the label set in the store that they are of.
        names_only: ignore ids that are given.
        independent: link each without regard to the others.
        hide: concepts that are no answer.
        encoder: `auto`, `none` or a name.
        image_vectors: file with mean image vectors of labels; see
            `labelsys.match.image_evidence.read_image_vectors`.
        format: of the file; None detects it.
        llm: the language model to ask about rows in review; None asks none.
        explain: say what speaks for and against each candidate.
        progress: told how far it is.

    Returns:
        One row for each input, in order. What is no name, an empty one say,
        has a row without candidates; so has a blank line of a list of names,
        and rows and lines go side by side. With *llm* they are
        `labelsys.adjudicate.AdjudicatedRow`s, with *explain*
        `labelsys.match.explain.ExplainedRow`s.

    Raises:
        ValueError: both *llm* and *explain*.
        SourceError: the file is wrong; the message has the line.
    """
    if explain and llm is not None:
        msg = "a language model's choices have no explanation: either `llm` or `explain`"
        raise ValueError(msg)
    if isinstance(labels, Path) or (isinstance(labels, str) and labels == _STDIN):
        given = _read_file(labels, label_set or _NO_SET, format)
    else:
        given = _read_names([labels] if isinstance(labels, str) else labels, label_set or _NO_SET)
    images = None if image_vectors is None else read_image_vectors(image_vectors)
    cache = find_cache(reader)
    rows: Sequence[LinkRow]
    with collector_paused():  # a hundred thousand small values that stay to the end
        linker = open_linker(
            reader,
            given.labels,
            label_set=label_set,
            hide=hide,
            encoder=encoder,
            images=images,
            cache=cache,
            progress=progress,
        )
        if linker.images is not None:
            _warn_of_unused(linker.images, given.labels, image_vectors)
        if explain:
            rows = link_and_explain(linker, names_only=names_only, independent=independent)
        else:
            rows = linker.link(names_only=names_only, independent=independent)
    rows = obey_denials(reader, rows, linker.left_out)
    if explain:
        return Rows(map(ExplainedRow.of, _with_gaps(rows, given)), ExplainedRow)
    if llm is None:
        return Rows(_with_gaps(rows, given), LinkRow)
    from labelsys.adjudicate import AdjudicatedRow, adjudicate

    rows, _ = adjudicate(
        reader,
        given.labels,
        rows,
        llm,
        label_set=label_set,
        hide=hide,
        cache=cache,
        progress=progress,
    )
    return Rows(map(AdjudicatedRow.of, _with_gaps(rows, given)), AdjudicatedRow)


def _warn_of_unused(images: ImageEvidence, labels: Sequence[Label], path: Path | None) -> None:
    """Warn where image vectors were given and say nothing."""
    message = None
    if all(images.row_of(label) is None for label in labels):
        message = "no name of the list has a vector in it, by its id"
    elif images.n_pairs == 0:
        message = "no two label sets of the system have vectors of a class that they share"
    elif images.is_inert:
        message = (
            f"{images.n_pairs} pairs of classes that two label sets share have vectors: too few, "
            "or not more alike than others"
        )
    if message is not None:
        text = f"{path}: {message}; images say nothing here"
        warnings.warn(text, LabelsysWarning, stacklevel=4)


def _with_gaps(rows: Sequence[LinkRow], given: _Input) -> list[LinkRow]:
    merged = list(rows)
    for position, row in reversed(given.gaps):
        merged.insert(position, row)
    return merged


def _read_file(path: str | Path, label_set: str, format_: str | None) -> _Input:
    found = read_labels(path, label_set=label_set, format=format_)
    for finding in found.findings:
        if finding.code.startswith("W"):
            warnings.warn(f"{path}: {finding.message}", LabelsysWarning, stacklevel=4)
    # A blank line between the rows of a table is no row; in a list of names, it is a line.
    gaps = tuple(
        (row.position, _gap(row.label_id or str(row.line), row.name))
        for row in found.skipped
        if found.format == "text" or row.reason != BLANK
    )
    return _Input(found.label_set.labels, gaps)


def _read_names(names: Iterable[str | Label], label_set: str) -> _Input:
    labels: list[Label] = []
    gaps: list[tuple[int, LinkRow]] = []
    for number, name in enumerate(names, 1):
        if isinstance(name, Label):
            labels.append(name)
        elif find_name_problem(name) is not None:
            gaps.append((len(labels), _gap(str(number), name)))
        else:
            labels.append(Label(label_set=label_set, label_id=str(number), name=name))
    return _Input(tuple(labels), tuple(gaps))


def _gap(label_id: str, name: str) -> LinkRow:
    return LinkRow(
        label_id=label_id,
        name=name,
        object_id=None,
        wnid=None,
        predicate_id=None,
        confidence=None,
        status="review",
        candidates=(),
    )
