"""Annotations in COCO's JSON, and LVIS's, with other classes.

The first pass over the file finds where its lists are, the second copies it:
`category_id` of annotations and the list of categories change, and every other
byte stays. In panoptic files the annotations are the segments of
`segments_info`; a segment that is left out turns into unlabelled pixels. In
LVIS's files the lists of an image that say what is not there, and what is not
all marked, change too.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from labelsys.remap.json_file import Copy, ListCopy, ObjectPattern, open_json, to_json
from labelsys.remap.report import Tally
from labelsys.score.coco import find_categories

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import BinaryIO

    from labelsys.crosswalk.standing import Spot, Standing
    from labelsys.remap.classes import Plan
    from labelsys.remap.json_file import Found, JsonFile, Span

    Planner = Callable[[Iterable[Spot]], Plan]
    Changes = list[tuple[Span, bytes]]

__all__ = ["find_lists", "read_categories", "remap_coco"]

_NEEDED: Final = ("images", "annotations", "categories")
_NEGATIVE: Final = frozenset({"same", "split"})

_ANNOTATION: Final = ObjectPattern("category_id", "segments_info")
_SEGMENT: Final = ObjectPattern("category_id")
_IMAGE: Final = ObjectPattern("neg_category_ids", "not_exhaustive_category_ids")


def remap_coco(path: Path, sink: BinaryIO, standing: Standing, plan_for: Planner) -> Tally:
    """Write a file with other classes.

    Args:
        path: annotations in COCO's JSON.
        sink: where to write.
        standing: of the label set that the file is in.
        plan_for: settles what becomes of classes.

    Returns:
        What was counted.

    Raises:
        SourceError: the file is no such JSON; the message has the byte.
        ConfigError: a class would lose what is not allowed.
    """
    with open_json(path) as file:
        lists = find_lists(file)
        classes = read_categories(file, lists["categories"], standing)
        plan = plan_for(classes.values())
        copy = Copy(file, sink)
        changer = _Changer(file, copy, classes, plan)
        for key, span in sorted(lists.items(), key=lambda item: item[1]):
            if key == "categories":
                copy.replace(
                    span, to_json([{"id": t.number, "name": t.name} for t in plan.targets])
                )
            elif key == "annotations":
                changer.annotations(span)
            else:
                changer.images(span)
        copy.upto(len(file.data))
        copy.flush()
        return changer.tally()


def find_lists(file: JsonFile) -> dict[str, Span]:
    """Return where a file has its images, annotations and categories.

    Raises:
        SourceError: it has not, or is no JSON.
    """
    members = file.members()
    missing = [key for key in _NEEDED if key not in members]
    if missing:
        found = ", ".join(list(members)[:8]) or "nothing"
        msg = f"has no {' and no '.join(missing)}: expected COCO annotations; found: {found}"
        file.fail(msg, 0)
    return {key: members[key] for key in _NEEDED}


def read_categories(file: JsonFile, span: Span, standing: Standing) -> dict[int, Spot]:
    """Return the class of each category, by its id.

    Raises:
        SourceError: a category is no class of the set, or two have one id.
    """
    rows = file.parse(span)
    if not isinstance(rows, list):
        file.fail("categories is no list", span[0])
    return find_categories(rows, standing, file.path)


class _Changer:
    """Writes the lists of a file with other classes, and counts."""

    def __init__(self, file: JsonFile, copy: Copy, classes: dict[int, Spot], plan: Plan) -> None:
        self._file, self._copy, self._plan = file, copy, plan
        self._ids = {str(number).encode(): spot.id for number, spot in classes.items()}
        self._new: dict[bytes, bytes | None] = {}
        for raw, id_ in self._ids.items():
            target = plan.becomes[id_]
            self._new[raw] = None if target is None else str(target.number).encode()
        self._seen = dict.fromkeys(self._new, 0)
        self._tally = Tally(plan)
        steps = {fate.source_id: fate.step for fate in plan.fates}
        becomes = {n: (steps[spot.id], plan.becomes[spot.id]) for n, spot in classes.items()}
        taken = {n: None if target is None else target.number for n, (_, target) in becomes.items()}
        self._absent = {n: taken[n] if becomes[n][0] in _NEGATIVE else None for n in taken}
        self._unsure = taken

    def tally(self) -> Tally:
        """Return what was counted."""
        for raw, times in self._seen.items():
            self._tally.seen[self._ids[raw]] += times
        return self._tally

    def annotations(self, span: Span) -> None:
        """Write the annotations.

        Raises:
            SourceError: they are no list of objects.
        """
        rows = ListCopy(self._copy)
        for found in self._file.iter_objects(span, _ANNOTATION):
            category, segments = found.values
            if segments[0] < 0:
                self._write(rows, found, category, "annotations")
                continue
            inner = ListCopy(self._copy)
            for segment in self._file.iter_objects(segments, _SEGMENT):
                where = f"annotations[{found.number}].segments_info"
                self._write(inner, segment, segment.values[0], where)
            rows.keep(found)

    def _write(self, rows: ListCopy, found: Found, category: Span, where: str) -> None:
        """Write an object that has a category, or leave it out."""
        raw = self._file.data[category[0] : category[1]] if category[0] >= 0 else b""
        try:
            new = self._new[raw]
        except KeyError:
            reason = "category_id is of no category" if raw else "has no category_id"
            given = f", category_id {raw[:20].decode('utf-8', 'replace')}" if raw else ""
            self._tally.fail(reason, f"{where}[{found.number}] at byte {found.start:,}{given}")
            rows.drop(found)
            return
        self._seen[raw] += 1
        if new is None:
            rows.drop(found)
        elif new == raw:
            rows.keep(found)
        else:
            rows.keep(found, [(category, new)])

    def images(self, span: Span) -> None:
        """Write the images.

        Raises:
            SourceError: they are no list of objects, or a list of classes has one that is none.
        """
        rows = ListCopy(self._copy)
        partly = [target.number for target in self._plan.partly]
        for found in self._file.iter_objects(span, _IMAGE):
            changes: Changes = []
            absent, unsure = found.values
            if absent[0] >= 0:
                changes += self._classes(absent, self._absent, [])
            if unsure[0] >= 0:
                changes += self._classes(unsure, self._unsure, partly)
            rows.keep(found, sorted(changes))

    def _classes(self, span: Span, new: dict[int, int | None], more: list[int]) -> Changes:
        """Return what to write in place of a list of classes.

        Raises:
            SourceError: it is no list of classes.
        """
        given = self._file.parse(span)
        if not isinstance(given, list) or not all(type(n) is int and n in new for n in given):
            text = json.dumps(given)[:60]
            self._file.fail(f"expected a list of ids of categories, found {text}", span[0])
        changed = [number for n in given if (number := new[n]) is not None]
        wanted = list(dict.fromkeys([*changed, *more]))
        return [] if wanted == given else [(span, to_json(wanted))]
