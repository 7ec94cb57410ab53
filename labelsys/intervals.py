"""How far a share that was counted can be trusted."""

from __future__ import annotations

import math

__all__ = ["wilson_interval"]

_Z = 1.959963984540054
"""Of a two-sided interval of 95 %."""


def wilson_interval(count: float, total: float) -> tuple[float, float]:
    """Return the ends of Wilson's 95 % score interval of a share.

    Args:
        count: those counted; need not be whole.
        total: of so many, more than 0.

    Examples:
        >>> low, high = wilson_interval(1, 2)
        >>> round(low, 3), round(high, 3)
        (0.095, 0.905)
    """
    p, z2 = count / total, _Z * _Z
    middle = p + z2 / (2 * total)
    spread = _Z * math.sqrt(p * (1 - p) / total + z2 / (4 * total * total))
    scale = 1 + z2 / total
    # At both ends the interval closes exactly; the arithmetic leaves a last bit.
    low = 0.0 if count == 0 else (middle - spread) / scale
    high = 1.0 if count == total else (middle + spread) / scale
    return low, high
