"""What a remap did: how many annotations were read, kept, skipped and failed, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labelsys.rows import Rows

if TYPE_CHECKING:
    from labelsys.ids import Curie
    from labelsys.remap.classes import Plan
    from labelsys.remap.rules import Step

__all__ = ["ClassCount", "RemapReport", "Tally"]

MAX_EXAMPLES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCount:
    """A class of the file, and what became of it.

    Attributes:
        source_id: `label_set:label_id`.
        source_name: as published.
        step: same, rolled up, split or missing.
        target_id: what it became; None: skipped.
        target_name: likewise.
        annotations: how many it had.
    """

    source_id: Curie
    source_name: str
    step: Step
    target_id: Curie | None
    target_name: str | None
    annotations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemapReport:
    """What a remap did; read = kept + skipped + failed.

    Attributes:
        file: what was read, by its name.
        out: what was written, by its name.
        format: coco, openimages, voc or yolo.
        source: label set of the file.
        target: label set that it has now.
        read: annotations.
        kept: with a class of the target set.
        skipped: left out because their class has no target, as was asked for.
        failed: left out because something is wrong with them.
        skipped_for: step -> how many.
        failed_for: reason -> how many.
        failures: the first ones, with their places.
        classes: of the file, in their set's order.
        partly_marked: classes that only kinds of became: others of theirs stay unmarked.
        unmarked: names of the classes that nothing became: what is there is no background.
    """

    file: str
    out: str
    format: str
    source: str
    target: str
    read: int
    kept: int
    skipped: int
    failed: int
    skipped_for: dict[str, int]
    failed_for: dict[str, int]
    failures: tuple[str, ...]
    classes: Rows[ClassCount]
    partly_marked: tuple[str, ...]
    unmarked: tuple[str, ...]


class Tally:
    """Counts annotations while they are remapped.

    Attributes:
        seen: class -> how many annotations.
    """

    def __init__(self, plan: Plan) -> None:
        """Count by the classes of a plan."""
        self._plan = plan
        self.seen: Counter[Curie] = Counter()
        self._failed: Counter[str] = Counter()
        self._failures: list[str] = []

    def fail(self, reason: str, where: str) -> None:
        """Count an annotation that something is wrong with."""
        self._failed[reason] += 1
        if len(self._failures) < MAX_EXAMPLES:
            self._failures.append(f"{where}: {reason}")

    def report(self, *, file: str, out: str, form: str) -> RemapReport:
        """Return the counts.

        Args:
            file: name of what was read.
            out: name of what was written.
            form: its format.
        """
        plan, skipped = self._plan, Counter[str]()
        for fate in plan.fates:
            if fate.target_id is None:
                skipped[fate.step] += self.seen[fate.source_id]
        n_seen, n_skipped, n_failed = self.seen.total(), skipped.total(), self._failed.total()
        return RemapReport(
            file=file,
            out=out,
            format=form,
            source=plan.source,
            target=plan.target,
            read=n_seen + n_failed,
            kept=n_seen - n_skipped,
            skipped=n_skipped,
            failed=n_failed,
            skipped_for=dict(sorted(skipped.items())),
            failed_for=dict(sorted(self._failed.items())),
            failures=tuple(self._failures),
            classes=Rows(
                (
                    ClassCount(
                        source_id=fate.source_id,
                        source_name=fate.source_name,
                        step=fate.step,
                        target_id=fate.target_id,
                        target_name=fate.target_name,
                        annotations=self.seen[fate.source_id],
                    )
                    for fate in plan.fates
                ),
                ClassCount,
            ),
            partly_marked=tuple(found.name for found in plan.partly),
            unmarked=tuple(found.name for found in plan.unmarked),
        )
