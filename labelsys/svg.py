"""The frame of a picture in SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["svg_document"]


def svg_document(
    body: Iterable[str],
    *,
    width: int,
    height: int,
    title: str,
    ink: str,
    paper: str,
    font_size: int,
) -> str:
    """Return an SVG document.

    Args:
        body: its elements, a line each.
        width: in pixels.
        height: in pixels.
        title: what it shows, escaped already.
        ink: colour of its text.
        paper: colour behind all.
        font_size: in pixels.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" font-family="Helvetica, Arial, DejaVu Sans, sans-serif"'
        f' font-size="{font_size}" fill="{ink}">',
        f"<title>{title}</title>",
        f'<rect width="{width}" height="{height}" fill="{paper}"/>',
        *body,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"
