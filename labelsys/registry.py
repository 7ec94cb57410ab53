"""Names of things that are imported only when asked for.

One class for readers of label sets, writers of exports, sources and stores.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from typing import Generic, TypeVar, cast

from labelsys.errors import RegistryError

__all__ = ["Registry", "near"]

T = TypeVar("T", bound=Callable[..., object])


def near(name: str, known: list[str], limit: int = 3) -> list[str]:
    """Return the known names that look like *name*, best first."""
    return difflib.get_close_matches(name, known, n=limit, cutoff=0.6)


class Registry(Generic[T]):
    """Factories by name.

    Built-in names can't be shadowed, neither by `add_lazy` nor by an entry
    point of the group. Names are known without importing anything.
    """

    def __init__(self, group: str) -> None:
        """Make an empty registry; *group* names it in errors and entry points."""
        self.group = group
        self._targets: dict[str, str] = {}

    def add_lazy(self, name: str, target: str) -> None:
        """Register `module:attribute` under a name.

        Raises:
            RegistryError: the name is taken.
        """
        if name in self._targets:
            msg = f"{self.group} already has {name!r} ({self._targets[name]})"
            raise RegistryError(msg, group=self.group, name=name, known=self.names())
        self._targets[name] = target

    def names(self) -> list[str]:
        """Return every known name, sorted; nothing is imported."""
        return sorted({*self._targets, *(point.name for point in entry_points(group=self.group))})

    def get(self, name: str) -> T:
        """Return what is registered under a name, importing it.

        Raises:
            RegistryError: no such name; the message lists the known ones.
        """
        target = self._targets.get(name)
        if target is None:
            points = [p for p in entry_points(group=self.group) if p.name == name]
            if not points:
                raise self._unknown(name)
            return cast("T", points[0].load())
        module, _, attribute = target.partition(":")
        return cast("T", getattr(import_module(module), attribute))

    def _unknown(self, name: str) -> RegistryError:
        known = self.names()
        close = near(name, known, 1)
        hint = f"; did you mean {close[0]!r}?" if close else ";"
        msg = f"{self.group} has no {name!r}{hint} known: {', '.join(known)}"
        return RegistryError(msg, group=self.group, name=name, known=known)
