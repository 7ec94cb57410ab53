"""Counts of a batch that add up by construction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelsys.source.protocol import Counts

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["reconcile"]


def reconcile(
    read: int, skipped: Mapping[str, int] | None = None, failed: Mapping[str, int] | None = None
) -> Counts:
    """Return the counts of a batch: kept is what was neither skipped nor failed.

    Args:
        read: how many were read.
        skipped: reason -> count; reasons that never applied are left out.
        failed: the same, for what is wrong.

    Examples:
        >>> reconcile(5, {"given twice": 2, "too long": 0}).kept
        3
    """
    skips = {reason: count for reason, count in (skipped or {}).items() if count}
    fails = {reason: count for reason, count in (failed or {}).items() if count}
    kept = read - sum(skips.values()) - sum(fails.values())
    return Counts(read=read, kept=kept, skipped=skips, failed=fails)
