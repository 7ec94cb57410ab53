"""Wikimedia's language codes as BCP 47 tags, and which language is asked for before which."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ALL", "ENGLISH", "bcp47", "preference"]

ENGLISH: Final = "en"
ALL: Final = "mul"
"""Wikidata's own: a name that holds in every language that has none of its own."""

_OTHER: Final = {
    "als": "gsw",
    "bat-smg": "sgs",
    "be-x-old": "be-tarask",
    "cbk-zam": "cbk",
    "de-formal": "de-x-formal",
    "eml": "egl",
    "fiu-vro": "vro",
    "map-bms": "jv-x-bms",
    "mo": "ro-Cyrl-MD",
    "nl-informal": "nl-x-informal",
    "nrm": "nrf",
    "roa-rup": "rup",
    "roa-tara": "nap-x-tara",
    "simple": "en-simple",
    "sr-ec": "sr-Cyrl",
    "sr-el": "sr-Latn",
    "zh-classical": "lzh",
    "zh-cn": "zh-Hans-CN",
    "zh-hk": "zh-Hant-HK",
    "zh-min-nan": "nan",
    "zh-mo": "zh-Hant-MO",
    "zh-my": "zh-Hans-MY",
    "zh-sg": "zh-Hans-SG",
    "zh-tw": "zh-Hant-TW",
    "zh-yue": "yue",
}
"""Codes that differ by more than letter case."""


@cache
def bcp47(code: str) -> str:
    """Return the BCP 47 tag of a Wikimedia language code.

    Examples:
        >>> bcp47("en"), bcp47("zh-hans"), bcp47("pt-br"), bcp47("zh-yue")
        ('en', 'zh-Hans', 'pt-BR', 'yue')
    """
    known = _OTHER.get(code)
    if known is not None:
        return known
    first, *rest = code.split("-")
    if "x" in rest:
        return code
    sized = {2: str.upper, 4: str.title}
    return "-".join((first, *(sized.get(len(part), str)(part) for part in rest)))


def preference(lang: str, languages: Sequence[str]) -> int:
    """Return how early a language's names come.

    English is first and what holds in all languages second; then those asked
    for, in their order, each with its scripts and regions (`zh-Hant` where `zh`
    is asked for); the rest come last.

    Args:
        lang: BCP 47.
        languages: those asked for, the most wanted first.

    Examples:
        >>> [preference(lang, ["zh", "en"]) for lang in ("en", "mul", "zh", "zh-Hant", "de")]
        [0, 1, 2, 2, 4]
    """
    if lang == ENGLISH:
        return 0
    if lang == ALL:
        return 1
    for position, asked in enumerate(languages, start=2):
        if lang == asked or lang.startswith(f"{asked}-"):
            return position
    return len(languages) + 2
