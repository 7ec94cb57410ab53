"""Names for the generated Wikidata: pronounceable words, made from numbers, in many languages.

Words come from syllables, or (heads of class names) from WordNet where a lexicon is given: from no
list of Wikidata's own. Other languages have the same words in other endings or other letters.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.bench.shape_classes import DOMAINS, ClassTree, mix

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["LANGUAGES", "ClassNames", "Language", "phrase", "read_lemmas", "word"]

_ONSETS: Final = [
    "b",
    "br",
    "c",
    "ch",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "pr",
    "qu",
    "r",
    "s",
    "st",
    "t",
    "tr",
    "v",
    "w",
    "z",
    "sh",
    "sl",
    "th",
]
_VOWELS: Final = ["a", "e", "i", "o", "u", "ai", "ea", "ou"]
_CODAS: Final = ["", "", "", "l", "m", "n", "r", "s", "t", "nd", "rk", "x"]
_N_WORDS: Final = 60_000

_LATIN: Final = "abcdefghijklmnopqrstuvwxyz"
_SCRIPTS: Final = {
    "cyrillic": "абкдефгхижклмнопчрстувшцызщ"[:26],
    "greek": "αβκδεφγηιζκλμνοπθρστυβωξψζ",
    "arabic": "ابتدهفجحيزكلمنوبقرستعفوخيز",
    "hebrew": "אבכדהפגחיזקלמנופקרסתעבוחיז",
    "devanagari": "अबकदएफगहइजकलमनओपचरसतउवयषज़ट"[:26],
    "han": "安北可大而夫古海一吉科力木南欧平曲日水太乌文西学伊子",
    "kana": "アブカデエファゴハイジケリモノオパクロサトウヴヤシユザ"[:26],
    "hangul": "아부카데에파고하이지케리모노오푸쿠로사토우비야시유자",
}


class Language(NamedTuple):
    """A language of the generated items.

    Attributes:
        code: as Wikimedia writes it.
        share: of the classes have a label in it.
        script: letters, or "" for Latin ones.
        ending: of a word.
    """

    code: str
    share: float
    script: str = ""
    ending: str = ""


LANGUAGES: Final = (
    Language("en", 0.985),
    Language("de", 0.52, "", "en"),
    Language("fr", 0.55, "", "e"),
    Language("nl", 0.50, "", "je"),
    Language("es", 0.48, "", "o"),
    Language("it", 0.42, "", "ino"),
    Language("ru", 0.40, "cyrillic"),
    Language("zh", 0.33, "han"),
    Language("ja", 0.33, "kana"),
    Language("sv", 0.30, "", "är"),
    Language("pl", 0.30, "", "ów"),
    Language("pt", 0.30, "", "ção"),
    Language("uk", 0.30, "cyrillic"),
    Language("ar", 0.30, "arabic"),
    Language("cs", 0.25, "", "ský"),
    Language("ca", 0.25, "", "à"),
    Language("fi", 0.25, "", "inen"),
    Language("ko", 0.20, "hangul"),
    Language("he", 0.20, "hebrew"),
    Language("nb", 0.20, "", "en"),
    Language("da", 0.20, "", "er"),
    Language("hu", 0.20, "", "ő"),
    Language("tr", 0.18, "", "lik"),
    Language("fa", 0.18, "arabic"),
    Language("el", 0.15, "greek"),
    Language("eo", 0.15, "", "o"),
    Language("id", 0.15, "", "an"),
    Language("vi", 0.15, "", "ế"),
    Language("ro", 0.12, "", "ă"),
    Language("hi", 0.08, "devanagari"),
    Language("bn", 0.08, "devanagari"),
    Language("bg", 0.08, "cyrillic"),
    Language("sr", 0.08, "cyrillic"),
    Language("eu", 0.08, "", "a"),
    Language("gl", 0.08, "", "a"),
    Language("et", 0.08, "", "ik"),
    Language("mk", 0.08, "cyrillic"),
    Language("lt", 0.06, "", "as"),
    Language("sl", 0.06, "", "ič"),
    Language("sk", 0.06, "", "ský"),
    Language("zh-hans", 0.06, "han"),
    Language("zh-hant", 0.06, "han"),
    Language("en-gb", 0.06),
    Language("en-ca", 0.04),
    Language("de-ch", 0.03, "", "en"),
    Language("cy", 0.03, "", "wr"),
    Language("ast", 0.03, "", "u"),
    Language("tt", 0.03, "cyrillic"),
)

_TABLES: Final = {
    name: str.maketrans(_LATIN, letters[:26].ljust(26, letters[0]))
    for name, letters in _SCRIPTS.items()
}


def word(number: int) -> str:
    """Return the word of a number: the same number, the same word.

    Examples:
        >>> word(7) == word(7), word(7) == word(8), word(7).isalpha()
        (True, False, True)
    """
    return _word(number % _N_WORDS)


@cache
def _word(number: int) -> str:
    bits = mix(number)
    parts = []
    for _ in range(2 + (bits & 3 == 0)):
        bits, onset = divmod(bits >> 2, len(_ONSETS))
        bits, vowel = divmod(bits, len(_VOWELS))
        bits, coda = divmod(bits, len(_CODAS))
        parts.append(_ONSETS[onset] + _VOWELS[vowel] + _CODAS[coda])
    return "".join(parts)


def phrase(number: int, n_words: int) -> str:
    """Return some words, low ones (which are frequent) more often."""
    found = []
    for at in range(n_words):
        bits = mix(number + at)
        found.append(word((bits & 0xFFFF) * (bits >> 16 & 0xFFFF) * (bits >> 32 & 0xFFFF) >> 33))
    return " ".join(found)


def translate(text: str, language: Language) -> str:
    """Return a text of plain words as it stands in another language."""
    if language.script:
        return text.translate(_TABLES[language.script])
    return text + language.ending


def read_lemmas(wordnet: Path) -> dict[str, str]:
    """Read the first lemma of each noun synset.

    Args:
        wordnet: folder with WordNet 3.0's `data.noun`.

    Returns:
        Offset, eight digits -> lemma.
    """
    found = {}
    with (wordnet / "data.noun").open(encoding="utf-8") as file:
        for line in file:
            if not line.startswith("  "):
                fields = line.split(None, 5)
                found[fields[0]] = fields[4].replace("_", " ")
    return found


class ClassNames:
    """What the classes are called: often by the head word of a broader class."""

    def __init__(self, tree: ClassTree, lemmas: dict[str, str]) -> None:
        self.tree = tree
        self.lemmas = lemmas
        self._heads: dict[int, str] = {}

    def label(self, c: int) -> str:
        """Return the English label of a class."""
        if c == 0:
            return "entity"
        index = self.tree.index(c)
        if index == 0:
            return DOMAINS[self.tree.domain(c)].name
        lemma = self._lemma(c)
        if lemma:
            return lemma
        bits = mix(self.tree.seed ^ mix(c) ^ 0xABE1)
        head = self.head(c)
        draw = bits & 0xFF
        n_more = 0 if draw < 70 else 1 if draw < 180 else 2 if draw < 225 else 3
        if n_more == 0 and " " not in head and not self._owns(c):
            n_more = 1
        return f"{phrase(bits >> 8, n_more)} {head}" if n_more else head

    def head(self, c: int) -> str:
        """Return the last word of a class's label: its own, or that of a broader class."""
        way = []
        while c and not self._owns(c) and c not in self._heads:
            way.append(c)
            above = self.tree.first_parent(c)
            if above is None:
                break
            c = above
        head = self._heads.get(c)
        if head is None:
            lemma = self._lemma(c)
            head = lemma.split()[-1] if lemma else word(mix(self.tree.seed ^ c) >> 8)
        if len(self._heads) > 1 << 18:  # bounded: it is only a cache
            self._heads.clear()
        self._heads.update(dict.fromkeys((*way, c), head))
        return head

    def _owns(self, c: int) -> bool:
        """Return whether a class has a head word of its own."""
        return bool(self._lemma(c)) or mix(self.tree.seed ^ mix(c) ^ 0x4EAD) % 100 < 58

    def _lemma(self, c: int) -> str:
        rows = self.tree.synsets(c) if self.lemmas and c else ()
        return self.lemmas.get(self.tree.wn30(rows[0]), "") if rows and rows[0] >= 0 else ""
