"""Truth and results of object detection in COCO's JSON, checked before anything counts on them."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from labelsys.errors import SourceError
from labelsys.score.read import find_spot, label_keys

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.crosswalk.standing import Spot, Standing

__all__ = ["Box", "Truth", "find_categories", "read_results", "read_truth"]

_SHOWN = 60


class Box(NamedTuple):
    """A box of somebody's.

    Attributes:
        image: number of the image, as the file has it.
        spot: its class.
        xywh: left, top, width and height in pixels.
        score: how sure; 1 for truth.
        area: in pixels, of what the box is around; of the box itself for results.
        crowd: whether it is around a group that nobody took apart.
    """

    image: int
    spot: Spot
    xywh: tuple[float, float, float, float]
    score: float
    area: float
    crowd: bool


class Truth(NamedTuple):
    """What is there.

    Attributes:
        images: numbers of all images, in file order.
        boxes: in file order.
    """

    images: tuple[int, ...]
    boxes: tuple[Box, ...]


def read_truth(path: Path, standing: Standing) -> Truth:
    """Read annotations: `images`, `annotations` and `categories`.

    A category is the class of the set that has its name, else the one that has its id.

    Returns:
        Images and boxes.

    Raises:
        SourceError: the file is no such JSON, a category is no class of the set, or the classes
            of an image that are not annotated are no background (LVIS).
    """
    found = _load(path)
    if not isinstance(found, dict) or not {"images", "annotations", "categories"} <= found.keys():
        msg = "is no COCO truth: expected an object with images, annotations and categories"
        raise SourceError(msg, path=path)
    images = tuple(
        _image(image, path, f"images[{n}]") for n, image in enumerate(_list(found, "images", path))
    )
    if len(set(images)) < len(images):
        raise SourceError("has two images with one id", path=path)
    classes = find_categories(_list(found, "categories", path), standing, path)
    known = set(images)
    boxes = []
    for number, row in enumerate(_list(found, "annotations", path)):
        where = f"annotations[{number}]"
        row = _object(row, path, where)
        category = row.get("category_id")
        spot = classes.get(category) if isinstance(category, int) else None
        if spot is None:
            _fail(f"no category has the id {category!r}", path, where)
        if row.get("image_id") not in known:
            _fail(f"no image has the id {row.get('image_id')!r}", path, where)
        xywh = _xywh(row, path, where)
        area = _number(row.get("area", xywh[2] * xywh[3]), "area", path, where)
        boxes.append(Box(row["image_id"], spot, xywh, 1.0, area, bool(row.get("iscrowd", 0))))
    return Truth(images, tuple(boxes))


def read_results(path: Path, standing: Standing) -> tuple[Box, ...]:
    """Read detections: a list of `image_id`, `category_id`, `bbox` and `score`.

    `category_id` is an id of the set, or a name that one class of it has.

    Returns:
        The boxes, in file order.

    Raises:
        SourceError: the file is no such JSON, or a category is no class of the set.
    """
    found = _load(path)
    if not isinstance(found, list):
        msg = "is no COCO result: expected a list of image_id, category_id, bbox and score"
        raise SourceError(msg, path=path)
    keys = label_keys(standing)
    spots: dict[int | str, Spot] = {}
    boxes = []
    for number, row in enumerate(found):
        where = f"[{number}]"
        row = _object(row, path, where)
        category = row.get("category_id")
        if not isinstance(category, (int, str)):
            _fail(f"category_id {str(category)[:_SHOWN]!r} is no id and no name", path, where)
        if category not in spots:
            spots[category] = find_spot(str(category), keys, standing.label_set, path, at=where)
        image = row.get("image_id")
        if not isinstance(image, int):
            _fail(f"image_id {str(image)[:_SHOWN]!r} is no whole number", path, where)
        xywh = _xywh(row, path, where)
        score = _number(row.get("score"), "score", path, where)
        boxes.append(Box(image, spots[category], xywh, score, xywh[2] * xywh[3], crowd=False))
    return tuple(boxes)


def _load(path: Path) -> object:
    """Return what a file holds.

    Raises:
        SourceError: it can't be read, or is no JSON.
    """
    try:
        with path.open("rb") as file:
            return json.loads(file.read().decode("utf-8-sig"))
    except FileNotFoundError as exc:
        raise SourceError("no such file", path=path) from exc
    except OSError as exc:
        msg = f"can't be read: {exc.strerror or exc}"
        raise SourceError(msg, path=path) from exc
    except UnicodeDecodeError as exc:
        raise SourceError("is not UTF-8: JSON always is", path=path) from exc
    except json.JSONDecodeError as exc:
        msg = f"is no JSON: {exc.msg}"
        raise SourceError(msg, path=path, line=exc.lineno) from exc
    except (RecursionError, ValueError) as exc:
        msg = f"is no JSON of COCO: {str(exc)[:_SHOWN]}"
        raise SourceError(msg, path=path) from exc


def find_categories(rows: list[Any], standing: Standing, path: Path) -> dict[int, Spot]:
    """Return the class of each category: the one that has its name, else its id.

    Args:
        rows: the list of categories.
        standing: of the label set.
        path: the file that has it.

    Raises:
        SourceError: one is no class of the set, or two have one id.
    """
    keys = label_keys(standing)
    classes: dict[int, Spot] = {}
    for number, row in enumerate(rows):
        where = f"categories[{number}]"
        row = _object(row, path, where)
        id_, name = row.get("id"), row.get("name")
        if not isinstance(id_, int) or id_ in classes:
            _fail(f"the id {str(id_)[:_SHOWN]!r} is none, or is there twice", path, where)
        text = name if isinstance(name, str) and name else str(id_)
        also = (str(id_),)
        classes[id_] = find_spot(text, keys, standing.label_set, path, at=where, also=also)
    return classes


def _image(row: object, path: Path, where: str) -> int:
    """Return the id of an image.

    Raises:
        SourceError: it has none, or is one of LVIS.
    """
    found = _object(row, path, where)
    if "neg_category_ids" in found:
        msg = "has neg_category_ids: what LVIS does not annotate is no background, and pycocotools "
        _fail(msg + "would count it wrong; score with LVIS's own tools", path, where)
    id_ = found.get("id")
    if not isinstance(id_, int) or isinstance(id_, bool):
        _fail(f"the id {str(id_)[:_SHOWN]!r} is no whole number", path, where)
    return id_


def _list(found: dict[str, Any], key: str, path: Path) -> list[Any]:
    """Return a list of the file.

    Raises:
        SourceError: it is something else.
    """
    rows = found[key]
    if not isinstance(rows, list):
        msg = f"{key} is no list"
        raise SourceError(msg, path=path)
    return rows


def _object(row: object, path: Path, where: str) -> dict[str, Any]:
    """Return an object.

    Raises:
        SourceError: it is something else.
    """
    if not isinstance(row, dict):
        _fail(f"expected an object, found {str(row)[:_SHOWN]!r}", path, where)
    return row


def _xywh(row: dict[str, Any], path: Path, where: str) -> tuple[float, float, float, float]:
    """Return a box.

    Raises:
        SourceError: it is none.
    """
    bbox = row.get("bbox")
    if not isinstance(bbox, list) or len(bbox) != 4:
        _fail(f"bbox {str(bbox)[:_SHOWN]} is no list of four numbers", path, where)
    left, top, width, height = (_number(value, "bbox", path, where) for value in bbox)
    if width < 0 or height < 0:
        _fail(f"bbox {str(bbox)[:_SHOWN]} has a negative size", path, where)
    return left, top, width, height


def _number(value: object, key: str, path: Path, where: str) -> float:
    """Return a number.

    Raises:
        SourceError: it is none.
    """
    number = math.inf
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        with suppress(OverflowError):
            number = float(value)
    if not math.isfinite(number):
        _fail(f"{key} {str(value)[:_SHOWN]!r} is no number", path, where)
    return number


def _fail(message: str, path: Path, where: str) -> NoReturn:
    """Refuse the file.

    Raises:
        SourceError: always.
    """
    msg = f"{where}: {message}"
    raise SourceError(msg, path=path)
