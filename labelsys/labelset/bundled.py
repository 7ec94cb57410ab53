"""The label sets that ship with labelsys, and the order in which a build takes them."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from labelsys.errors import NotFoundError
from labelsys.labelset.form import load_label_set
from labelsys.registry import near

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from labelsys.model import LabelSet

__all__ = ["bundled_file", "bundled_ids", "read_bundled"]

# The order matters: the first label that stands at a new concept founds it and names it.
_ORDER = (
    # Sets that give WordNet ids: no guessing, so what follows can lean on them.
    "imagenet21k",
    "lvis",
    # Everyday things, carefully named.
    "openimages_boxable",
    "coco",
    "objects365",
    "objectnet",
    "voc2007",
    "cifar10",
    "cifar100",
    "stl10",
    "caltech101",
    "caltech256",
    # One field each: food, scenes, textures, plants, breeds, makes and models, species.
    "food101",
    "places365",
    "sun397",
    "dtd",
    "flowers102",
    "oxford_pets",
    "cub200",
    "stanford_cars",
    "fgvc_aircraft",
    "inat2021",
    "iwildcam2020",
    # Everything at once, with thousands of names that no lexicon has: what the
    # sets of one field placed tells where `Ford fiesta` or a warbler belongs.
    "openimages",
)


def bundled_ids() -> tuple[str, ...]:
    """Return the ids of all label sets that ship, in the default order of a recipe."""
    return _ORDER


def bundled_file(id_: str) -> Traversable:
    """Return the file of a label set that ships.

    Raises:
        NotFoundError: none has this id.
    """
    if id_ not in _ORDER:
        raise NotFoundError("bundled label set", id_, near=near(id_, sorted(_ORDER)))
    return files("labelsys_ontologies").joinpath("labelsets", f"{id_}.tsv")


def read_bundled(id_: str) -> LabelSet:
    """Read one of the label sets that ship.

    Returns:
        The set; its labels in the dataset's own order.

    Raises:
        NotFoundError: none has this id.

    Examples:
        >>> coco = read_bundled("coco")
        >>> coco.title, coco.task, len(coco.labels), coco.labels[-1].name
        ('COCO 2017', 'detection', 80, 'toothbrush')
    """
    return load_label_set(bundled_file(id_))
