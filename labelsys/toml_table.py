"""Typed look-ups in a TOML file whose errors name the file and the key.

Nothing is passed over: a key that no look-up asked for is an error with the
nearest known one.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from labelsys.errors import ConfigError
from labelsys.registry import near

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["TomlTable", "read_toml"]

MAX_BYTES = 1 << 20


def read_toml(path: Path) -> TomlTable:
    """Read a small TOML file.

    Returns:
        Its top table.

    Raises:
        ConfigError: the file is missing, too big, no UTF-8 or no TOML.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(error.strerror or str(error), location=str(path)) from error
    if len(data) > MAX_BYTES:
        raise ConfigError("over a megabyte: this is no recipe", location=str(path))
    try:
        return TomlTable(tomllib.loads(data.decode("utf-8-sig")), path)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        msg = f"line {line} is not UTF-8: save the file as UTF-8"
        raise ConfigError(msg, location=str(path)) from error
    except (ValueError, RecursionError) as error:  # ValueError: a number of too many digits, too
        text = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        msg = f"not TOML: {text.splitlines()[0]}"
        raise ConfigError(msg, location=str(path)) from error


class TomlTable:
    """One table of the file: look-ups that check the type, and a `close` that misses nothing."""

    def __init__(self, values: Mapping[str, object], path: Path, prefix: str = "") -> None:
        self._values, self._path, self._prefix = values, path, prefix
        self._asked: list[str] = []

    def find(self, key: str, kind: type[object], words: str) -> object:
        """Return the value of a key, None where it is not there.

        Args:
            key: the key.
            kind: the type that it must have; whole numbers pass for float.
            words: what is expected, for the error.

        Raises:
            ConfigError: the value has another type.
        """
        self._asked.append(key)
        value = self._values.get(key)
        if kind is float and type(value) is int and abs(value) < 1 << 53:
            return float(value)
        if value is not None and type(value) is not kind:  # a bool is an int to isinstance
            raise self._error(key, f"expected {words}, found {_describe(value)}")
        return value

    def find_texts(self, key: str) -> tuple[str, ...] | None:
        """Return a list of texts, None where it is not there.

        Raises:
            ConfigError: it is no list, or has something else in it.
        """
        values = self.find(key, list, "a list of texts")
        if not isinstance(values, list):
            return None
        for value in values:
            if type(value) is not str:
                raise self._error(key, f"expected a list of texts, found {_describe(value)} in it")
        return tuple(values)

    def find_table(self, key: str) -> TomlTable | None:
        """Return a table below this one, None where it is not there."""
        values = self.find(key, dict, f"a table [{key}]")
        return TomlTable(values, self._path, f"{key}.") if isinstance(values, dict) else None

    def find_tables(self, key: str) -> list[TomlTable] | None:
        """Return an array of tables, None where it is not there.

        Raises:
            ConfigError: it is no array, or has something else in it.
        """
        values = self.find(key, list, f"tables [[{key}]]")
        if not isinstance(values, list):
            return None
        for value in values:
            if type(value) is not dict:
                raise self._error(key, f"expected tables [[{key}]], found {_describe(value)}")
        return [TomlTable(v, self._path, f"{key}[{i}].") for i, v in enumerate(values, start=1)]

    def close(self, *required: str) -> None:
        """Check that every key was asked for, and that the required ones are there.

        Raises:
            ConfigError: a key is unknown, or one is missing.
        """
        for key in self._values:
            if key not in self._asked:
                close = near(key, self._asked, 1)
                hint = f"; did you mean {close[0]!r}?" if close else ";"
                known = ", ".join(self._asked)
                raise self._error(key, f"unknown key{hint} known: {known}")
        for key in required:
            if key not in self._values:
                raise self._error(key, "is missing")

    def _error(self, key: str, message: str) -> ConfigError:
        shown = key if key.isprintable() else repr(key)
        return ConfigError(message, location=f"{self._path}: {self._prefix}{shown}")


def _describe(value: object) -> str:
    kinds = {bool: "true or false", str: "a text", int: "a whole number", float: "a number"}
    kinds |= {list: "a list", dict: "a table"}
    return kinds.get(type(value), "a date or time")
