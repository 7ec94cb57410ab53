"""Options of an export as people give them, turned into those of one writer."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, get_args

from labelsys.errors import ConfigError
from labelsys.export import exporters
from labelsys.ids import DEFAULT_BASE
from labelsys.lookup import resolve_id
from labelsys.model import MappingStatus

if TYPE_CHECKING:
    from labelsys.export.output import Output
    from labelsys.source.protocol import Counts
    from labelsys.store.protocol import GraphStore

__all__ = ["export_graph"]

_SELECTION = ("under", "instances", "depth", "label_set", "sensitive", "language")
"""Options that choose concepts; writers that take them have a parameter `selection`."""

_ONE_FORM = {"concepts": "jsonl", "mappings": "tsv"}
"""Writers whose rows have one form only: asking for that one is fine."""


def export_graph(reader: GraphStore, format: str, out: Output, **options: Any) -> Counts:
    """Write a graph in a format.

    Args:
        reader: a store.
        format: name in the registry `labelsys.exporters`.
        out: a path, replaced whole, or a binary stream.
        options: `under`, `instances`, `depth`, `label_set`, `sensitive` and `language` choose
            concepts, `output` the form of rows, `status` the mappings; any
            other goes to the writer as it is. None, () and False count as not
            given.

    Returns:
        What was read and written.

    Raises:
        RegistryError: no such format.
        ConfigError: the format takes no such option, or not this value.
    """
    writer = exporters.get(format)
    base = reader.get_meta().get("base", DEFAULT_BASE)
    given = {name: value for name, value in options.items() if value not in (None, (), False)}
    known = inspect.signature(writer).parameters
    arguments: dict[str, Any] = {}
    if _ONE_FORM.get(format) == given.get("output"):
        given.pop("output", None)
    if "output" in given and "format" in known:
        arguments["format"] = given.pop("output")
    if "selection" in known:
        arguments["selection"] = _select(reader, given, base)
    if "base" in known:
        arguments["base"] = base
    for name in [name for name in given if name in known]:
        arguments[name] = _check(name, given.pop(name))
    if given:
        msg = f"export {format} takes no {' or '.join(sorted(given))}"
        raise ConfigError(msg)
    counts: Counts = writer(reader, out, **arguments)
    return counts


def _select(reader: GraphStore, given: dict[str, Any], base: str) -> Any:
    from labelsys.export.labels import LabelSelection

    chosen = {name: given.pop(name) for name in _SELECTION if name in given}
    if "under" in chosen:
        chosen["under"] = resolve_id(reader, chosen["under"], base=base)
    for singular in ("label_set", "language"):
        if singular in chosen:
            chosen[f"{singular}s"] = tuple(chosen.pop(singular))
    return LabelSelection(**chosen)


def _check(name: str, value: Any) -> Any:
    if name == "status" and value not in get_args(MappingStatus):
        msg = f"{value!r} is no status of a mapping; known: {', '.join(get_args(MappingStatus))}"
        raise ConfigError(msg, location="status")
    return value
