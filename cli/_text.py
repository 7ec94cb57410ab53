"""Text from files is not to be trusted on a terminal.

A class name may hold an escape sequence that moves the cursor, a letter that
turns the writing direction, or a lone surrogate that no encoding can print.
"""

from __future__ import annotations

import re

__all__ = ["escape_cell", "escape_json", "escape_line"]

# DEL and C1 controls, line separators, what turns the writing direction, lone surrogates.
_RARE = "\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_IN_TEXT = re.compile(f"[\x00-\x1f{_RARE}]")
_IN_JSON = re.compile(f"[{_RARE}]")  # JSON itself escapes the C0 controls inside its strings
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    return _SHORT.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def escape_line(text: str) -> str:
    r"""Return a text with everything that a terminal would act on written out.

    Examples:
        >>> escape_line("a\x1b[2Jb")
        'a\\x1b[2Jb'
    """
    return _IN_TEXT.sub(_escape, text)


def escape_cell(text: str) -> str:
    r"""Return a text for one cell of a TSV file: backslashes doubled, the rest as `escape_line`.

    Examples:
        >>> escape_cell("a\tb\\c")
        'a\\tb\\\\c'
    """
    return escape_line(text.replace("\\", "\\\\"))


def escape_json(text: str) -> str:
    r"""Return JSON that means the same and has no character a terminal would act on.

    Every such character stands inside a string, where JSON allows `\u`.
    """
    return _IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
