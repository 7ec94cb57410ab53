"""From what a person gives for a query's parameters to the values that are bound.

A header types each parameter: `TEXT`, `INTEGER` or `REAL`. Some words after the
type are a rule:

==================  ==========================================================
words               the value is
==================  ==========================================================
`concept`           a concept, by any spelling that `labelsys.lookup` knows
`label-set`         the id of a label set of this system
`one-of A B C`      one of these words
`version`           not asked for: a store that holds several graphs binds it
==================  ==========================================================

Values are bound, never put into a query's text.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from labelsys.errors import ConfigError, NotFoundError
from labelsys.lookup import LookupReader, resolve_id
from labelsys.registry import near

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from labelsys.answers import Value
    from labelsys.queries import Column, Query

__all__ = [
    "CONCEPT",
    "LABEL_SET",
    "bind_params",
    "describe_param",
    "given_params",
    "parse_pairs",
    "rule_of",
]

CONCEPT, LABEL_SET = "concept", "label-set"
_ONE_OF, _VERSION = "one-of", "version"
_LARGEST = 2**63 - 1  # an SQLite INTEGER, an xsd:long and a Cypher INTEGER are all 64 bits wide


def rule_of(column: Column) -> str:
    """Return the word that rules a parameter's value, or ""."""
    word = column.note.partition(" ")[0]
    return word if word in (CONCEPT, LABEL_SET, _ONE_OF, _VERSION) else ""


def given_params(query: Query) -> tuple[Column, ...]:
    """Return the parameters that people give; a store binds the others."""
    return tuple(column for column in query.params if rule_of(column) != _VERSION)


def describe_param(column: Column) -> str:
    """Return one parameter as `--list` shows it.

    Examples:
        >>> from labelsys.queries import Column
        >>> describe_param(Column(name="below", type="REAL", default="0.5", is_optional=True))
        'below REAL = 0.5'
    """
    default = f" = {column.default or 'NULL'}" if column.is_optional else ""
    return " ".join(filter(None, (f"{column.name} {column.type}{default}", column.note)))


def parse_pairs(pairs: Iterable[str]) -> dict[str, str]:
    """Return what `--param NAME=VALUE` gave; a value may hold further signs of equality.

    Raises:
        ConfigError: a pair has no name or no sign of equality, or a name comes twice.

    Examples:
        >>> parse_pairs(["concept=dog.n.01", "below=0.7"])
        {'concept': 'dog.n.01', 'below': '0.7'}
    """
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            msg = f"{pair!r} is no NAME=VALUE, as in concept=dog.n.01"
            raise ConfigError(msg, location="--param")
        if name in found:
            msg = f"{name!r} is given twice: {found[name]!r} and {value!r}"
            raise ConfigError(msg, location="--param")
        found[name] = value
    return found


def bind_params(
    query: Query, given: Mapping[str, Value], reader: LookupReader, *, base: str
) -> dict[str, Value]:
    """Return a value for each parameter that people give.

    Args:
        query: stored or read from a file.
        given: name -> value; a text is read by the parameter's type.
        reader: knows concepts and label sets.
        base: base address of this label system.

    Raises:
        NotFoundError: no such parameter, concept or label set; the message names close ones.
        ConfigError: a parameter is missing, or its value is of another type.
        AmbiguousLabelError: a name means several concepts.
        IdentifierError: an id has a wrong shape.
    """
    columns = given_params(query)
    known = [column.name for column in columns]
    for name in given:
        if name not in known:
            takes = ", ".join(known) or "none"
            hint = f"{query.name} takes {takes}"
            if not query.kind:
                hint += f"; declare it at the file's top, as in `params: {name} TEXT`"
            raise NotFoundError("parameter", name, near=near(name, known), hint=hint)
    for column in columns:
        _require(query, column, given)
    return {column.name: _bind(column, given, reader, base) for column in columns}


def _require(query: Query, column: Column, given: Mapping[str, Value]) -> None:
    if column.name not in given and not column.is_optional:
        msg = f"{column.name} is missing: give --param {column.name}=... ({describe_param(column)})"
        raise ConfigError(msg, location=query.name)


def _bind(column: Column, given: Mapping[str, Value], reader: LookupReader, base: str) -> Value:
    value = given.get(column.name, column.default)
    if value is None:
        return None
    parsed = _PARSERS.get(column.type, _text)(column, value)
    if not isinstance(parsed, str):
        return parsed
    match rule_of(column):
        case "concept":
            return str(resolve_id(reader, parsed, base=base))
        case "label-set":
            return reader.get_label_set(parsed).id
        case "one-of":
            return _one_of(column, parsed)
    return parsed


def _wrong(column: Column, value: Value, what: str) -> ConfigError:
    return ConfigError(f"{column.name}: {value!r} is {what}", location="--param")


def _whole(column: Column, value: Value) -> int:
    try:
        number = int(value) if isinstance(value, str | int) else None
    except ValueError:
        number = None
    if number is None or abs(number) > _LARGEST:
        raise _wrong(column, value, "no whole number of 64 bits")
    return number


def _real(column: Column, value: Value) -> float:
    try:
        number = float(value) if value is not None else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _wrong(column, value, "no number")
    return number


def _text(column: Column, value: Value) -> str:
    text = str(value)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _wrong(column, value, "no text in UTF-8") from error
    return text


_PARSERS: dict[str, Callable[[Column, Value], Value]] = {
    "INTEGER": _whole,
    "REAL": _real,
    "TEXT": _text,
}


def _one_of(column: Column, text: str) -> str:
    known = column.note.split()[1:]
    if text not in known:
        close = near(text, known) or known
        kind = f"value of {column.name}"
        raise NotFoundError(kind, text, near=close)
    return text
