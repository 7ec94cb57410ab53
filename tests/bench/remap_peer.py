"""Remaps COCO annotations by Datumaro, in the interpreter that has it.

Usage: python remap_peer.py FOLDER OUT MAPPING, with FOLDER/annotations/instances_all.json, and
MAPPING a JSON file of class name -> new name, "" to leave a class out.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":
    folder, out, mapping = sys.argv[1:]
    dataset = import_module("datumaro").Dataset.import_from(folder, "coco_instances")
    pairs = json.loads(Path(mapping).read_text(encoding="utf-8"))
    dataset.transform("remap_labels", mapping=pairs, default="delete")
    dataset.export(out, "coco_instances", save_media=False)
