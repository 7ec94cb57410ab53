"""Make `labelsets/*.tsv` from raw facts: one TSV a dataset, `label_id`, `name` and what it gives.

Run it as `python ontologies/make_labelsets.py RAW_FOLDER`. The same facts give
the same bytes. Names are never touched: what is odd in a name is odd in the
dataset. Changed on the way, and nothing else: `common_name` becomes
`synonyms`; a synonym or a parent that only repeats the name goes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

from labelsys.labelset.form import load_label_set, write_label_set
from labelsys.model import Label, LabelSet
from labelsys.tables import read_table

TARGET = Path(__file__).resolve().parent / "labelsets"

MMPRETRAIN = "MMPreTrain, mmpretrain/datasets/categories.py"
ELEVATER = "ELEVATER image classification toolkit, class names"


class Facts(NamedTuple):
    """What stands at the top of a file."""

    title: str
    version: str
    source: str
    license: str
    labels: int
    task: str = "classification"


DATASETS = {
    "caltech101": Facts("Caltech-101", "2004", MMPRETRAIN, "Apache-2.0", 102),
    "caltech256": Facts(
        "Caltech-256", "2007", "Dealing-with-Caltech256, list of classes", "MIT", 257
    ),
    "cifar10": Facts("CIFAR-10", "2009", MMPRETRAIN, "Apache-2.0", 10),
    "cifar100": Facts("CIFAR-100", "2009", MMPRETRAIN, "Apache-2.0", 100),
    "coco": Facts(
        "COCO 2017", "2017", "COCO, category list as in lvis-api", "BSD-2-Clause", 80, "detection"
    ),
    "cub200": Facts("Caltech-UCSD Birds-200-2011", "2011", MMPRETRAIN, "Apache-2.0", 200),
    "dtd": Facts("Describable Textures Dataset", "2014", MMPRETRAIN, "Apache-2.0", 47),
    "fgvc_aircraft": Facts("FGVC-Aircraft, variants", "2013b", MMPRETRAIN, "Apache-2.0", 100),
    "flowers102": Facts("Oxford 102 Flower", "2008", ELEVATER, "MIT", 102),
    "food101": Facts("Food-101", "2014", MMPRETRAIN, "Apache-2.0", 101),
    "imagenet21k": Facts(
        "ImageNet-21k",
        "21,843 synsets",
        "pytorch-image-models, timm/data/_info",
        "Apache-2.0",
        21_843,
    ),
    "inat2021": Facts(
        "iNaturalist 2021, classes with a common name",
        "2021, 9,551 of 10,000 classes",
        "BioCLIP, data/inat/common-names-mapping.json",
        "MIT",
        9_551,
    ),
    "iwildcam2020": Facts(
        "iWildCam 2020 (WILDS)", "2020", "wise-ft, iwildcam_metadata/labels.csv", "MIT", 182
    ),
    "lvis": Facts(
        "LVIS",
        "1.0",
        "Detectron2, detectron2/data/datasets/lvis_v1_categories.py",
        "Apache-2.0",
        1_203,
        "detection",
    ),
    "objectnet": Facts(
        "ObjectNet",
        "1.0",
        "wise-ft, objectnet_metadata/folder_to_objectnet_label.json",
        "MIT",
        313,
    ),
    "objects365": Facts(
        "Objects365",
        "2",
        "Detic, Objects365_names_fix.csv (the original spelling)",
        "Apache-2.0",
        365,
        "detection",
    ),
    "openimages": Facts(
        "Open Images, image-level labels",
        "V6",
        "Open Images V6, oidv6-class-descriptions.csv",
        "CC-BY-4.0",
        19_994,
    ),
    "openimages_boxable": Facts(
        "Open Images, boxable classes",
        "V6",
        "Open Images V6, class-descriptions-boxable.csv",
        "CC-BY-4.0",
        601,
        "detection",
    ),
    "oxford_pets": Facts("Oxford-IIIT Pet", "2012", MMPRETRAIN, "Apache-2.0", 37),
    "places365": Facts(
        "Places365-Standard", "2017", "CSAILVision/places365, category lists", "MIT", 365
    ),
    "stanford_cars": Facts("Stanford Cars", "2013", MMPRETRAIN, "Apache-2.0", 196),
    "stl10": Facts("STL-10", "2011", ELEVATER, "MIT", 10),
    "sun397": Facts("SUN397", "2010", MMPRETRAIN, "Apache-2.0", 397),
    "voc2007": Facts("PASCAL VOC 2007", "2007", MMPRETRAIN, "Apache-2.0", 20, "detection"),
}


def make_label_set(id_: str, facts: Facts, raw: Path) -> LabelSet:
    """Return one label set, checked against the number of classes that it is known to have.

    Returns:
        The set, its labels in the order of the raw file.

    Raises:
        SystemExit: the raw file has another number of labels.
    """
    table = read_table(raw)
    rows = [dict(zip(table.columns, cells, strict=True)) for cells in table.rows]
    if len(rows) != facts.labels:
        msg = f"{raw}: {len(rows)} labels, expected {facts.labels}"
        raise SystemExit(msg)
    return LabelSet(
        id=id_,
        title=facts.title,
        task=facts.task,
        version=facts.version,
        source=facts.source,
        license=facts.license,
        labels=tuple(_make_label(id_, row) for row in rows),
    )


def _make_label(id_: str, row: dict[str, str]) -> Label:
    name = row["name"]
    listed = (row.get("synonyms") or row.get("common_name") or "").split("|")
    parent = row.get("parent") or None
    return Label(
        label_set=id_,
        label_id=row["label_id"],
        name=name,
        parent=None if parent == name else parent,
        synonyms=tuple(synonym for synonym in listed if synonym and synonym != name),
        synset=row.get("synset") or None,
        wnid=row.get("wnid") or None,
    )


def main(arguments: list[str]) -> int:
    """Write every file, and say what was written.

    Returns:
        The exit status.
    """
    if len(arguments) != 1:
        sys.stderr.write("usage: python ontologies/make_labelsets.py RAW_FOLDER\n")
        return 2
    TARGET.mkdir(exist_ok=True)
    total = 0
    for id_, facts in DATASETS.items():
        path = TARGET / f"{id_}.tsv"
        write_label_set(make_label_set(id_, facts, Path(arguments[0]) / f"{id_}.tsv"), path)
        total += len(load_label_set(path).labels)
    sys.stderr.write(f"{len(DATASETS)} label sets, {total:,} labels in {TARGET}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
