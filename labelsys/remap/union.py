"""Annotated sets of images made one, in COCO's JSON with what LVIS adds.

Each class of the union is annotated by some of the sets only. In an image of
another set, what looks like it is no background: nobody looked. So every image
says in `neg_category_ids` which classes its set marks and it has none of; what
is neither there nor marked is unknown. `not_exhaustive_category_ids` has the
classes of which some are marked and perhaps not all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from labelsys.atomic import atomic_path
from labelsys.crosswalk.union import list_union
from labelsys.errors import ConfigError
from labelsys.remap.coco import find_lists, read_categories
from labelsys.remap.json_file import ObjectPattern, open_json, to_json
from labelsys.remap.run import check_apart
from labelsys.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import BinaryIO

    from labelsys.crosswalk.relate import Crosswalker
    from labelsys.ids import Curie
    from labelsys.remap.json_file import Found, JsonFile, Span

__all__ = ["MergedSet", "merge_files"]

_IMAGE: Final = ObjectPattern(
    "id", "file_name", "license", "neg_category_ids", "not_exhaustive_category_ids"
)
_ANNOTATION: Final = ObjectPattern("id", "image_id", "category_id", "segments_info")


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedSet:
    """What became of one file; annotations = kept + no_category + no_image.

    Attributes:
        label_set: its label set.
        file: its name.
        images: how many; all are kept.
        added: what was added to the numbers of its images.
        annotations: how many.
        kept: of them.
        no_category: left out: their category is none of the file.
        no_image: left out: their image is none of the file.
        classes: of the union that it marks.
        unmarked: classes of the union that it doesn't mark.
    """

    label_set: str
    file: str
    images: int
    added: int
    annotations: int
    kept: int
    no_category: int
    no_image: int
    classes: int
    unmarked: int


def merge_files(
    walker: Crosswalker, files: Sequence[tuple[str, Path]], out: Path
) -> Rows[MergedSet]:
    """Write several files as one, with the classes of all their label sets.

    Images get new numbers and the name of their set before their file's, annotations are
    numbered from 1, classes in the order of the union.

    Args:
        walker: relates the sets.
        files: label set and annotations of each.
        out: what to write; what is there is replaced, whole, at the end.

    Returns:
        A row for each file.

    Raises:
        NotFoundError: no such set.
        SourceError: a file is wrong; the message says where.
        ConfigError: *out* is one of the files.
        StoreError: *out* can't be written.
    """
    for _, path in files:
        check_apart(path, out)
    if len({path.resolve() for _, path in files}) < len(files):
        msg = "one file is given twice"
        raise ConfigError(msg)
    union = list_union(walker, list(dict.fromkeys(label_set for label_set, _ in files)))
    numbers = {id_: number for number, row in enumerate(union, 1) for id_ in row.labels}
    parts = [_Part(walker, label_set, path, numbers, len(union)) for label_set, path in files]
    with atomic_path(out) as temp, temp.open("wb") as sink:
        licenses = _number_licenses(parts)
        sink.write(b'{"licenses": %b, "images": [' % to_json(licenses))
        added, first = 0, True
        for part in parts:
            part.added = added
            first = part.write_images(sink, first=first)
            added = part.last_image + 1
        sink.write(b'], "annotations": [')
        number = 1
        for part in parts:
            number = part.write_annotations(sink, number)
        categories = [{"id": n, "name": row.name} for n, row in enumerate(union, 1)]
        sink.write(b'], "categories": %b}' % to_json(categories))
    return Rows((part.row() for part in parts), MergedSet)


class _Part:
    """One of the files."""

    def __init__(
        self,
        walker: Crosswalker,
        label_set: str,
        path: Path,
        numbers: dict[Curie, int],
        n_classes: int,
    ) -> None:
        self.label_set, self.path, self._n_classes = label_set, path, n_classes
        self.added = self.last_image = self._kept = self._no_category = self._no_image = 0
        self.first_license = 0
        with open_json(path) as file:
            self._lists = find_lists(file)
            spots = read_categories(file, self._lists["categories"], walker.standing(label_set))
            self._classes = {id_: numbers[spot.id] for id_, spot in spots.items()}
            self._raw = {str(id_).encode(): n for id_, n in self._classes.items()}
            self._marks = tuple(sorted(set(self._classes.values())))
            span = file.members().get("licenses")
            self.licenses = [] if span is None else _objects(file.parse(span))
            self._present = self._find_present(file)
        self._images: set[bytes] = set()

    def _find_present(self, file: JsonFile) -> dict[bytes, int]:
        """Return image -> its classes, the bit of the class's number set for each.

        Raises:
            SourceError: it is a panoptic file.
        """
        found: dict[bytes, int] = {}
        for row in file.iter_objects(self._lists["annotations"], _ANNOTATION):
            _, image, category, segments = row.values
            if segments[0] >= 0:
                file.fail("has segments_info: panoptic files are not merged", row.start)
            number = self._raw.get(_cut(file, category))
            if number is not None:
                key = _cut(file, image)
                found[key] = found.get(key, 0) | 1 << number
        return found

    def write_images(self, sink: BinaryIO, *, first: bool) -> bool:
        """Write the images with new numbers.

        Returns:
            Whether none has been written yet.

        Raises:
            SourceError: an image has no whole number as id, or has that of another.
        """
        self.last_image = self.added
        prefix = b'"' + json.dumps(self.label_set, ensure_ascii=False).encode()[1:-1] + b"/"
        with open_json(self.path) as file:
            for row in file.iter_objects(self._lists["images"], _IMAGE):
                id_, name, license_, absent, unsure = row.values
                raw = _cut(file, id_)
                if not raw.isdigit() or raw in self._images:
                    file.fail("the id is no whole number, or is there twice", row.start)
                self._images.add(raw)
                number = int(raw) + self.added
                self.last_image = max(self.last_image, number)
                changes = [(id_, b"%d" % number)]
                if _cut(file, name)[:1] == b'"':
                    changes.append(((name[0], name[0] + 1), prefix))
                if (given := _cut(file, license_)).isdigit():
                    changes.append((license_, b"%d" % (int(given) + self.first_license)))
                changes += self._lists_of_classes(file, row, absent, unsure, raw)
                sink.write((b"" if first else b", ") + _edited(file, row, changes))
                first = False
        return first

    def _lists_of_classes(
        self, file: JsonFile, row: Found, absent: Span, unsure: Span, image: bytes
    ) -> list[tuple[Span, bytes]]:
        """Return what says which classes an image has none of, and not all of.

        An image without `neg_category_ids` is taken to have all of its set's classes marked.
        """
        present = self._present.get(image, 0)
        if absent[0] >= 0:
            none = self._mapped(file, absent)
        else:
            none = [number for number in self._marks if not present >> number & 1]
        some = self._mapped(file, unsure) if unsure[0] >= 0 else []
        changes, end = [], (row.end - 1, row.end - 1)
        for key, span, found in (
            ("neg_category_ids", absent, none),
            ("not_exhaustive_category_ids", unsure, some),
        ):
            new = to_json(found)
            there = span[0] >= 0
            changes.append((span, new) if there else (end, b', "%b": %b' % (key.encode(), new)))
        return changes

    def _mapped(self, file: JsonFile, span: Span) -> list[int]:
        """Return a list of classes in the union's numbers.

        Raises:
            SourceError: it is no such list.
        """
        given = file.parse(span)
        ids = self._classes
        if not isinstance(given, list) or not all(type(n) is int and n in ids for n in given):
            file.fail("expected a list of ids of categories", span[0])
        return list(dict.fromkeys(ids[n] for n in given))

    def write_annotations(self, sink: BinaryIO, number: int) -> int:
        """Write the annotations, numbered from *number* on.

        Returns:
            The next number.
        """
        with open_json(self.path) as file:
            for row in file.iter_objects(self._lists["annotations"], _ANNOTATION):
                id_, image, category, _ = row.values
                raw, new = _cut(file, image), self._raw.get(_cut(file, category))
                if new is None:
                    self._no_category += 1
                    continue
                if raw not in self._images:
                    self._no_image += 1
                    continue
                changes = [(image, b"%d" % (int(raw) + self.added)), (category, b"%d" % new)]
                if id_[0] >= 0:
                    changes.append((id_, b"%d" % number))
                else:
                    changes.append(((row.start + 1, row.start + 1), b'"id": %d, ' % number))
                sink.write((b", " if number > 1 else b"") + _edited(file, row, changes))
                self._kept += 1
                number += 1
        return number

    def row(self) -> MergedSet:
        """Return the counts."""
        return MergedSet(
            label_set=self.label_set,
            file=self.path.name,
            images=len(self._images),
            added=self.added,
            annotations=self._kept + self._no_category + self._no_image,
            kept=self._kept,
            no_category=self._no_category,
            no_image=self._no_image,
            classes=len(self._marks),
            unmarked=self._n_classes - len(self._marks),
        )


def _number_licenses(parts: Sequence[_Part]) -> list[dict[str, Any]]:
    """Return the licences of all files, each with a number of its own."""
    found: list[dict[str, Any]] = []
    last = -1
    for number, part in enumerate(parts):
        part.first_license = last + 1 if number else 0
        for row in part.licenses:
            id_ = row.get("id")
            new = id_ + part.first_license if isinstance(id_, int) else id_
            found.append(row | {"id": new})
            last = max(last, new) if isinstance(new, int) else last
    return found


def _objects(value: object) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _cut(file: JsonFile, span: Span) -> bytes:
    return file.data[span[0] : span[1]] if span[0] >= 0 else b""


def _edited(file: JsonFile, row: Found, changes: list[tuple[Span, bytes]]) -> bytes:
    """Return an element with other values here and there."""
    parts, at = [], row.start
    for (start, end), new in sorted(changes, key=lambda change: change[0]):
        parts += [file.data[at:start], new]
        at = end
    return b"".join([*parts, file.data[at : row.end]])
