"""What became of the questions, counted so that the numbers add up."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Report"]

_REASONS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What asking came to. `asked = decided + none + unsure + failed`.

    Attributes:
        asked: rows in the review band.
        decided: rows for which an option was chosen.
        none: rows that no option fits.
        unsure: rows for which the answer was `unsure`, or no valid answer.
        malformed: those of them whose answer had not the form asked for.
        failed: rows without an answer.
        reasons: (why, how many) of the failed, most frequent first.
        cached: rows answered from the cache.
        damaged: entries of the cache that could not be read and were asked again.
        requests: sent, repeats counted.
        prompt_tokens: as the endpoint reports them, over the requests answered.
        completion_tokens: the same for what it wrote.
        unreported: answers that came without token counts.
        is_kept: whether answers go to a cache.
    """

    asked: int = 0
    decided: int = 0
    none: int = 0
    unsure: int = 0
    malformed: int = 0
    failed: int = 0
    reasons: tuple[tuple[str, int], ...] = ()
    cached: int = 0
    damaged: int = 0
    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    unreported: int = 0
    is_kept: bool = True

    def describe(self) -> str:
        """Return all of it on one line of words."""
        malformed = f" ({self.malformed:,} not in the form asked for)" if self.malformed else ""
        shown = ", ".join(f"{count:,} {reason}" for reason, count in self.reasons[:_REASONS_SHOWN])
        more = len(self.reasons) - _REASONS_SHOWN
        shown += f", {more:,} more reasons" if more > 0 else ""
        parts = [
            f"{self.asked:,} asked = {self.decided:,} decided + {self.none:,} none"
            f" + {self.unsure:,} unsure{malformed} + {self.failed:,} failed"
            + (f" ({shown})" if shown else ""),
            f"{self.requests:,} requests, {self.cached:,} from the cache",
            f"{self.prompt_tokens:,} + {self.completion_tokens:,} tokens"
            + (f" ({self.unreported:,} answers without a count)" if self.unreported else ""),
        ]
        if self.damaged:
            parts.append(f"{self.damaged:,} damaged cache entries asked again")
        if not self.is_kept:
            parts.append("answers not kept: no cache folder, set $LABELSYS_CACHE")
        return "; ".join(parts)
