"""Things that are closed when a `with` block ends."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

__all__ = ["Closes"]


class Closes(ABC):
    """A context manager that gives itself, and closes itself."""

    __slots__ = ()

    @abstractmethod
    def close(self) -> None:
        """Let go of files and connections; twice is fine."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        self.close()
