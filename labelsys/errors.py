"""Every error that labelsys raises on purpose.

::

    LabelsysError
      IdentifierError(ValueError)
      NotFoundError(LookupError)
      AmbiguousLabelError(LookupError)
      CyclicHierarchyError(ValueError)
      MappingError(ValueError)
      SourceError(ValueError)
      StoreError(RuntimeError)
        SchemaVersionError
        StoreBusyError
      RegistryError(LookupError)
      MissingExtraError(ImportError)
      ConfigError(ValueError)
      QueryError(ValueError)
      ExpressionError(ValueError)

A message says what failed, on which id or line, what was near, and what to do
next. The same facts sit on attributes, so nobody has to parse a message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = [
    "AmbiguousLabelError",
    "ConfigError",
    "CyclicHierarchyError",
    "ExpressionError",
    "IdentifierError",
    "LabelsysError",
    "LabelsysWarning",
    "MappingError",
    "MissingExtraError",
    "NotFoundError",
    "QueryError",
    "RegistryError",
    "SchemaVersionError",
    "SourceError",
    "StoreBusyError",
    "StoreError",
]


class LabelsysError(Exception):
    """Base of every expected failure."""

    is_retryable: bool = False


class LabelsysWarning(UserWarning):
    """Base of every warning that labelsys emits."""


class IdentifierError(LabelsysError, ValueError):
    """A text is no identifier, or its prefix is unknown."""


class NotFoundError(LabelsysError, LookupError):
    """Nothing has this id or name.

    Attributes:
        kind: what was looked for ("concept", "label set", ...).
        key: the text that was asked for.
        near: known keys that look alike, best first.
    """

    def __init__(self, kind: str, key: str, *, near: Sequence[str] = (), hint: str = "") -> None:
        self.kind, self.key, self.near = kind, key, tuple(near)
        close = f" (closest: {', '.join(self.near)})" if self.near else ""
        super().__init__(f"no {kind} {key!r}{close}{': ' + hint if hint else ''}")


class AmbiguousLabelError(LabelsysError, LookupError):
    """A plain name or an old id stands for several concepts.

    Attributes:
        text: what was asked for.
        candidates: one line of text a concept, each starting with its id.
    """

    def __init__(self, text: str, candidates: Sequence[str]) -> None:
        self.text, self.candidates = text, tuple(candidates)
        super().__init__(f"{text!r} is ambiguous, give one of: {'; '.join(self.candidates)}")


class CyclicHierarchyError(LabelsysError, ValueError):
    """The edges contain a loop.

    Attributes:
        cycle: the ids of one loop, first repeated at the end.
    """

    def __init__(self, cycle: Sequence[str]) -> None:
        self.cycle = tuple(cycle)
        super().__init__(f"the hierarchy has a cycle: {' -> '.join(self.cycle)}")


class MappingError(LabelsysError, ValueError):
    """A mapping has a bad predicate, justification, status or confidence."""


class SourceError(LabelsysError, ValueError):
    """Data that came from outside is wrong.

    Attributes:
        path: the file, or None where there is none.
        line: 1-based line in it, or None.
    """

    def __init__(
        self, message: str, *, path: Path | str | None = None, line: int | None = None
    ) -> None:
        self.path, self.line = path, line
        where = "" if path is None else f"{path}:{line}: " if line is not None else f"{path}: "
        super().__init__(where + message)


class StoreError(LabelsysError, RuntimeError):
    """A store could not be read or written."""


class SchemaVersionError(StoreError):
    """A graph was written by another version of the schema.

    Attributes:
        found: the version in the graph.
        expected: the version that this library reads.
    """

    def __init__(
        self, where: str, *, found: int, expected: int, remedy: str = "run `labelsys build`"
    ) -> None:
        self.found, self.expected = found, expected
        super().__init__(
            f"{where} has graph schema {found}, this version reads {expected}: {remedy}"
        )


class StoreBusyError(StoreError):
    """Another process is writing; trying again later is safe."""

    is_retryable = True


class RegistryError(LabelsysError, LookupError):
    """A registry has no such name, or has it already.

    Attributes:
        group: the registry.
        name: the name asked for.
        known: the names it has.
    """

    def __init__(self, message: str, *, group: str, name: str, known: Sequence[str] = ()) -> None:
        self.group, self.name, self.known = group, name, tuple(known)
        super().__init__(message)


class MissingExtraError(LabelsysError, ImportError):
    """An optional package is not installed.

    Attributes:
        extra: the extra that brings it.
    """

    def __init__(self, extra: str, purpose: str) -> None:
        self.extra = extra
        super().__init__(f"{purpose} needs an extra: pip install 'labelsys[{extra}]'")


class ConfigError(LabelsysError, ValueError):
    """A setting or recipe is wrong.

    Attributes:
        location: file and key.
    """

    def __init__(self, message: str, *, location: str = "") -> None:
        self.location = location
        super().__init__(f"{location}: {message}" if location else message)


class QueryError(LabelsysError, ValueError):
    """A query of somebody's own is wrong, does what is not allowed, or took too long.

    Attributes:
        query: name or file of the query.
    """

    def __init__(self, message: str, *, query: str) -> None:
        self.query = query
        super().__init__(f"{query}: {message}")


class ExpressionError(LabelsysError, ValueError):
    """An expression of `select` is wrong.

    Attributes:
        expression: as it was written.
        start: where the wrong part begins, from 0.
        end: where it ends; *start* where something is missing.
        near: what might have been meant, best first.
    """

    def __init__(
        self, message: str, expression: str, start: int, end: int, *, near: Sequence[str] = ()
    ) -> None:
        self.expression, self.start, self.end, self.near = expression, start, end, tuple(near)
        super().__init__(f"{message} (character {start + 1})")


for _name in __all__:
    globals()[_name].__module__ = "labelsys"
