"""Strategy `genus`: what the first noun of the description means.

`type of independent school in England and Wales` says that the class is a school.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labelsys.match.genus import genus_text
from labelsys.source.wikidata.linking.head_word import head_phrases, meanings
from labelsys.vocab import Justification

if TYPE_CHECKING:
    from labelsys.match.lexicon import Lexicon
    from labelsys.source.wikidata.linking.head_word import Meaning

__all__ = ["JUSTIFICATION", "genus_meanings"]

JUSTIFICATION: Final = Justification.LEXICAL


def genus_meanings(description: str, lexicon: Lexicon) -> list[Meaning]:
    """Return what the first noun of a description may mean, by concept."""
    text = genus_text(description)
    return meanings(head_phrases(text), text, lexicon) if text else []
