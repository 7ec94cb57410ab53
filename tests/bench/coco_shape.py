"""Generated annotations in the shape of COCO's own file: 7 an image, about 500 bytes each."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["write_coco"]

_A_IMAGE = 7
_SHAPES = 5_000


def write_coco(path: Path, size: int, classes: Sequence[tuple[int, str]], seed: int = 1) -> int:
    """Write a file.

    Args:
        path: where to.
        size: bytes, about.
        classes: ids and names.
        seed: of the random numbers.

    Returns:
        How many annotations it has.
    """
    rng = Random(seed)
    shapes = [_shape(rng) for _ in range(_SHAPES)]
    images, annotations = size // 4_300, size // 4_300 * _A_IMAGE
    with path.open("w", encoding="utf-8") as file:
        file.write('{"info": {"description": "generated"}, "licenses": [], "images": [')
        for number in range(1, images + 1):
            comma = ", " if number > 1 else ""
            file.write(
                f'{comma}{{"license": 3, "file_name": "{number:012d}.jpg", "height": 480, '
                f'"width": 640, "date_captured": "2013-11-14 11:18:45", "id": {number}}}'
            )
        file.write('], "annotations": [')
        for number in range(annotations):
            comma = ", " if number else ""
            file.write(
                f'{comma}{{{rng.choice(shapes)}, "iscrowd": 0, "image_id": '
                f'{number // _A_IMAGE + 1}, "category_id": {rng.choice(classes)[0]}, '
                f'"id": {number + 1}}}'
            )
        rows = [{"supercategory": "thing", "id": id_, "name": name} for id_, name in classes]
        file.write(f'], "categories": {json.dumps(rows)}}}')
    return annotations


def _shape(rng: Random) -> str:
    """Return segmentation, area and box of something, as JSON without its braces."""
    points = [round(rng.uniform(0, 479), 2) for _ in range(2 * rng.randint(6, 55))]
    x, y = points[::2], points[1::2]
    box = [min(x), min(y), round(max(x) - min(x), 2), round(max(y) - min(y), 2)]
    area = round(box[2] * box[3] * rng.uniform(0.3, 0.9), 4)
    return f'"segmentation": [{json.dumps(points)}], "area": {area}, "bbox": {json.dumps(box)}'
