"""A curator's word on a concept: visual or not, appended to the log of decisions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from labelsys.audit.decision_log import VISUAL, Decision, append_decision

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.ids import Curie

__all__ = ["decide_visual"]


def decide_visual(path: Path, concept: Curie, value: str, *, by: str, why: str = "") -> Decision:
    """Record whether a photograph can show a concept; the next build obeys.

    Args:
        path: the log.
        concept: which.
        value: visual or non-visual.
        by: who decides.
        why: the reason.

    Returns:
        The decision, once the disk has it.

    Raises:
        SourceError: no such value, or the log can't be read.
        StoreError: the log can't be written; it is as it was.
    """
    decision = Decision(
        id=f"tag-{uuid4().hex[:12]}",
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        by=by,
        action="tag",
        subject_id=concept,
        predicate_id=VISUAL,
        value=value,
        why=why,
    )
    append_decision(path, decision)
    return decision
