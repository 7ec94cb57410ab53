"""What a definition says that a thing is: its first noun.

Definitions begin with what the thing is a kind of: `a small freshwater fish of
Europe` is a freshwater fish.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from labelsys.match.forms import FormKind, end_forms
from labelsys.text import fold

if TYPE_CHECKING:
    from labelsys.match.forms import Form
    from labelsys.match.lexicon import Lexicon

__all__ = ["genus_forms", "genus_text"]

# How definitions begin that have not come to the point, and where they leave it.
_EMPTY_GENUS = re.compile(
    r"\A(?:an?|the|(?:any|one|each|several|various|numerous|many|some|certain|other)(?: of)?|"
    r"(?:\w+ )?(?:kinds?|types?|sorts?|forms?|varieties|variety|species|genus|genera|groups?|"
    r"class|classes|members?|breeds?|strains?|family|families|orders?|pieces?|pairs?) of)\s+"
)
_DETAIL = re.compile(
    r":|(?<![\w-])(?:of|in|with|without|for|on|at|from|by|to|that|which|who|whose|where|when|used|"
    r"having|made|consisting|containing|designed|formed|native|resembling|found|as|is|are|worn|"
    r"characterized|usually|often|especially|between|under|into|like|similar|growing|bearing|"
    r"producing|cultivated|grown|related)(?![\w-])"
)
_ASIDE = re.compile(r"\([^()]*\)")


def genus_forms(description: str, lexicon: Lexicon) -> tuple[Form, ...]:
    """Return the forms of a definition's first noun that the lexicon has, longest first.

    Definitions begin with what the thing is a kind of: `a small freshwater fish of
    Europe` is a freshwater fish. `any of several`, `a kind of` and such say nothing.

    Examples:
        >>> from labelsys.match.genus import genus_text
        >>> genus_text("(zoology) any of various small freshwater fishes of Europe")
        'small freshwater fishes'
    """
    text = genus_text(description)
    return tuple(end_forms(text, lexicon, FormKind.HEAD, skip_whole=False)) if text else ()


def genus_text(description: str) -> str:
    """Return the folded words that a definition begins with, up to where it goes into detail."""
    text = description.split(";", 1)[0].lower()
    text = _ASIDE.sub(" ", text)
    while (shorter := _EMPTY_GENUS.sub("", text.strip(), count=1)) != text.strip():
        text = shorter
    return fold(_DETAIL.split(text.strip(), maxsplit=1)[0])
