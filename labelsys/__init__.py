"""labelsys: merge the label sets of vision datasets into one hierarchy.

    with labelsys.open() as system:
        system.search("golden retreiver")

`import labelsys` loads next to nothing: each public name is imported when it is
first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labelsys.version import __version__

if TYPE_CHECKING:
    from labelsys.answers import Answer
    from labelsys.api import LabelSystem, open  # noqa: A004 - read as labelsys.open
    from labelsys.errors import (
        AmbiguousLabelError,
        ConfigError,
        CyclicHierarchyError,
        ExpressionError,
        IdentifierError,
        LabelsysError,
        LabelsysWarning,
        MappingError,
        MissingExtraError,
        NotFoundError,
        QueryError,
        RegistryError,
        SchemaVersionError,
        SourceError,
        StoreBusyError,
        StoreError,
    )
    from labelsys.hierarchy import Hierarchy
    from labelsys.ids import Curie
    from labelsys.model import (
        Concept,
        Definition,
        Edge,
        Finding,
        Label,
        LabelSet,
        Mapping,
        Match,
        Name,
        Placement,
        Sense,
        VisualTag,
    )
    from labelsys.rows import Rows

__all__ = [
    "AmbiguousLabelError",
    "Answer",
    "Concept",
    "ConfigError",
    "Curie",
    "CyclicHierarchyError",
    "Definition",
    "Edge",
    "ExpressionError",
    "Finding",
    "Hierarchy",
    "IdentifierError",
    "Label",
    "LabelSet",
    "LabelSystem",
    "LabelsysError",
    "LabelsysWarning",
    "Mapping",
    "MappingError",
    "Match",
    "MissingExtraError",
    "Name",
    "NotFoundError",
    "Placement",
    "QueryError",
    "RegistryError",
    "Rows",
    "SchemaVersionError",
    "Sense",
    "SourceError",
    "StoreBusyError",
    "StoreError",
    "VisualTag",
    "__version__",
    "open",
]

_HOMES = {
    "labelsys.answers": ("Answer",),
    "labelsys.api": ("LabelSystem", "open"),
    "labelsys.hierarchy": ("Hierarchy",),
    "labelsys.ids": ("Curie",),
    "labelsys.model": (
        *("Concept", "Definition", "Edge", "Finding", "Label", "LabelSet"),
        *("Mapping", "Match", "Name", "Placement", "Sense", "VisualTag"),
    ),
    "labelsys.rows": ("Rows",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Return a public name, imported from where it lives, and keep it.

    Raises:
        AttributeError: the name is not public.
    """
    if name not in __all__:
        msg = f"module 'labelsys' has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module

    value = getattr(import_module(_HOME.get(name, "labelsys.errors")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names, loaded or not."""
    return sorted({*globals(), *__all__})
