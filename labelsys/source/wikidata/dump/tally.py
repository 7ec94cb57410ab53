"""How far a pass has come: pieces put together to lines, lines counted, places remembered."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, Any, Final

from labelsys.errors import SourceError
from labelsys.source.wikidata.dump.scan import EXCERPT, LONGEST_LINE, Bad, Scan

if TYPE_CHECKING:
    from labelsys.source.wikidata.dump.scan import Scanner
    from labelsys.source.wikidata.dump.work import Work

__all__ = ["Tally"]

_LONG: Final = f"longer than {LONGEST_LINE >> 20} MB"
# From then on, a file in which most lines are wrong is taken for something else than a dump.
_ENOUGH: Final = 1_000


class Tally:
    """Takes the pieces of a dump in their order.

    Attributes:
        lines: line ends that were taken.
        hits: entities found that may be kept, each QID once.
        skipped: reason -> lines.
        failed: reason -> lines.
        closed: whether the closing bracket was there.
    """

    def __init__(self, scanner: Scanner, work: Work, name: str) -> None:
        """Begin at the beginning.

        Args:
            scanner: looks at the lines that lie across two pieces.
            work: where entities and bad lines are put.
            name: of the dump, for messages.
        """
        self._scanner, self._work, self._name = scanner, work, name
        self.lines = self.hits = 0
        self.skipped: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self.closed = False
        self._offset = 0  # of the text: where the next piece begins
        self._points: deque[tuple[int, int]] = deque([(0, 0)])  # of text and file
        self._carry: list[bytes] = []
        self._carried = 0

    def state(self) -> dict[str, Any]:
        """Return what `resume` needs, as JSON has it."""
        done = self._offset - self._carried
        while len(self._points) > 1 and self._points[1][0] <= done:
            self._points.popleft()
        return {
            "point": list(self._points[0]),
            "done": done,
            "lines": self.lines,
            "hits": self.hits,
            "skipped": dict(self.skipped),
            "failed": dict(self.failed),
            "closed": self.closed,
        }

    def resume(self, state: dict[str, Any]) -> tuple[int, int]:
        """Go on where a state was taken.

        Returns:
            The point of the file to read from, and how many bytes of text to pass over there.
        """
        text, point = state["point"]
        self._points = deque([(text, point)])
        self._offset = state["done"]
        self.lines, self.hits, self.closed = state["lines"], state["hits"], state["closed"]
        self.skipped, self.failed = Counter(state["skipped"]), Counter(state["failed"])
        return point, state["done"] - text

    def pass_point(self, point: int | None, before: int) -> None:
        """Take note of a point in text that is passed over, so many bytes before its end."""
        if point is not None:
            self._points.append((self._offset - before, point))

    def take(self, point: int | None, scan: Scan) -> None:
        """Take the next piece.

        Args:
            point: where reading can start at it.
            scan: what it holds.

        Raises:
            SourceError: this is no dump.
        """
        if point is not None:
            self._points.append((self._offset, point))
        self._offset += scan.size
        self._hold(scan.head)
        if scan.is_cut:
            self._add(self._carried_line())
            self._add(scan)
            self._hold(scan.tail)

    def finish(self) -> None:
        """Take what stands after the last line end.

        Raises:
            SourceError: the dump is cut off.
        """
        if b"".join(self._carry).strip():
            self._hold(b"\n")
            self._add(self._carried_line())
        if not self.closed:
            msg = f"is cut off: the closing ']' is missing after line {self.lines:,}"
            raise SourceError(msg, path=self._name)

    def _hold(self, text: bytes) -> None:
        if not text:
            return
        self._carry.append(text)
        self._carried += len(text)
        if self._carried > LONGEST_LINE:  # its beginning is enough to show
            self._carry = [b"".join(self._carry)[:EXCERPT]]

    def _carried_line(self) -> Scan:
        """Return what the line holds that was put together."""
        line, size = b"".join(self._carry), self._carried
        self._carry, self._carried = [], 0
        if size <= LONGEST_LINE:
            return self._scanner.scan_lines(line)
        return Scan(lines=1, failed=[Bad(1, _LONG, size, line)])

    def _add(self, scan: Scan) -> None:
        self._check_brackets(scan)
        bad = [each._replace(line=each.line + self.lines) for each in scan.failed]
        self._work.set_aside(bad, self.failed.total())
        self.failed.update(each.reason for each in bad)
        twice = self._work.add(scan.hits)
        self.hits += len(scan.hits) - twice
        self.skipped.update(scan.skipped)
        if twice:
            self.skipped["given twice"] += twice
        self.lines += scan.lines
        wrong = self.failed.total()
        if wrong > _ENOUGH and wrong > self.hits + self.skipped.total():
            most = self.failed.most_common(1)[0][0]
            msg = (
                f"is no JSON dump of entities: {wrong:,} of {self.lines:,} lines are wrong ({most})"
            )
            raise SourceError(msg, path=self._name)

    def _check_brackets(self, scan: Scan) -> None:
        marks = [(line + self.lines, mark) for line, mark in scan.marks]
        if self.lines == 0 and scan.lines and marks[:1] != [(1, b"[")]:
            msg = "does not begin with a line '[': not Wikidata's JSON dump, one entity a line"
            raise SourceError(msg, path=self._name, line=1)
        has_more = scan.hits or scan.failed or scan.skipped or marks
        if scan.goes_on or (self.closed and has_more):
            msg = "text after the closing ']'"
            raise SourceError(msg, path=self._name, line=self.lines + 1)
        for line, mark in marks:
            if mark == b"]":
                self.closed = True
            elif line > 1:
                scan.failed.append(Bad(line - self.lines, "no JSON object", 1, mark))
