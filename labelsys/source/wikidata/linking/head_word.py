"""Strategy `head_word`: what the head of the class's name means.

The head of an English name is its last word (`risk management tool` is a tool),
but for some traps: what follows a preposition only narrows it (`district of
Belize`), `type of X` is X, and of two things joined by `and` both are heads. Where
a parser is named, it says what the head is; spaCy is the extra `nlp`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.errors import ConfigError, MissingExtraError
from labelsys.match.candidates import find_candidates, sense_of
from labelsys.match.forms import FormKind, end_forms
from labelsys.text import fold, split_qualifier
from labelsys.vocab import Justification

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from spacy.language import Language
    from spacy.tokens import Token

    from labelsys.match.forms import Form
    from labelsys.match.lexicon import Lexicon

__all__ = ["JUSTIFICATION", "Meaning", "Parser", "head_phrases", "load_parser", "meanings"]

JUSTIFICATION: Final = Justification.LEXICAL

Parser = Callable[[str], tuple[str, ...]]
"""Takes a name, returns the parts of it that end in a head."""

_EMPTY: Final = re.compile(
    r"\A(?:(?:an?|the)\s+)?(?:types?|kinds?|sorts?|forms?|class|classes|category|categories|"
    r"variety|varieties|list|lists) of\s+",
    re.IGNORECASE,
)
_NARROWING: Final = re.compile(
    r"\s+(?:of|in|with|without|for|on|at|from|by|to|under|about|against|between|within|during|"
    r"that|which|who|whose|as|using|used|based|made|containing|relating|involving|concerning|"
    r"de|del|der|von|du|des)\s+",
    re.IGNORECASE,
)
_ASIDE: Final = re.compile(r"\s*[,;:]\s+")
_JOINED: Final = re.compile(r"\s+(?:and/or|and|or|&)\s+|\s*/\s*", re.IGNORECASE)
_MOST_HEADS: Final = 3
_LONGEST: Final = 300
_UNCOUNTED: Final = 0.5
"""What a sense counts that no tagged text has, over its number: the first ones more."""
_SHORTER: Final = 0.25
"""What a shorter head counts beside the longest."""


class Meaning(NamedTuple):
    """What a head may mean.

    Attributes:
        concept: index in the lexicon.
        weight: how likely it is meant; those of all heads add up to one.
        is_whole: the head is the whole name.
        is_first: it is the first sense of its form.
    """

    concept: int
    weight: float
    is_whole: bool
    is_first: bool


def head_phrases(name: str) -> tuple[str, ...]:
    """Return the parts of a name that end in a head, by rule.

    Examples:
        >>> head_phrases("first-level district of Belize (historical)")
        ('first-level district',)
        >>> head_phrases("type of arts and crafts")
        ('arts', 'crafts')
    """
    base = split_qualifier(name[:_LONGEST])[0].replace("_", " ")
    while (shorter := _EMPTY.sub("", base, count=1)) != base and shorter:
        base = shorter
    base = _ASIDE.split(base.strip(), maxsplit=1)[0]
    base = _NARROWING.split(base, maxsplit=1)[0]
    parts = [part.strip() for part in _JOINED.split(base) if part.strip()]
    return tuple(dict.fromkeys(parts[:_MOST_HEADS])) or (name[:_LONGEST],)


def load_parser(model: str) -> Parser:
    """Return what finds heads by a spaCy pipeline with a parser.

    Args:
        model: name of an installed pipeline, or the folder of one.

    Raises:
        MissingExtraError: spaCy is not installed.
        ConfigError: no such pipeline, or it has no parser.
    """
    try:
        import spacy
    except ImportError:
        raise MissingExtraError("nlp", "finding heads of names by a parser") from None
    try:
        pipeline = spacy.load(model)
    except (OSError, ValueError) as error:
        msg = f"no spaCy pipeline {model!r}: python -m spacy download en_core_web_sm brings one"
        raise ConfigError(msg, location="parser") from error
    if "parser" not in pipeline.pipe_names:
        msg = f"the spaCy pipeline {model!r} has no parser, only {pipeline.pipe_names}"
        raise ConfigError(msg, location="parser")
    return lambda name: _parsed_phrases(name, pipeline)


def _parsed_phrases(name: str, pipeline: Language) -> tuple[str, ...]:
    """Return the root of a name with what stands before it, then what is joined to it."""
    base = split_qualifier(name[:_LONGEST])[0].replace("_", " ")
    while (shorter := _EMPTY.sub("", base, count=1)) != base and shorter:
        base = shorter
    root = next((token for token in pipeline(base) if token.head.i == token.i), None)
    if root is None:
        return (name[:_LONGEST],)
    heads = (root, *root.conjuncts)
    return tuple(dict.fromkeys(_phrase(head) for head in heads[:_MOST_HEADS]))


def _phrase(head: Token) -> str:
    """Return a head with the words right before it that belong to it."""
    own = {token.i for token in head.lefts}
    first = head.i
    while first - 1 in own:
        first -= 1
    text: str = head.doc[first : head.i + 1].text
    return text


def meanings(phrases: Sequence[str], name: str, lexicon: Lexicon) -> list[Meaning]:
    """Return what the heads of a name may mean.

    Args:
        phrases: parts of the name that end in a head.
        name: the whole of it.
        lexicon: all concepts.

    Returns:
        By concept; of several phrases each has the same weight.
    """
    whole = fold(split_qualifier(name)[0])
    found: list[Meaning] = []
    known = [(phrase, forms) for phrase in phrases if (forms := _forms(phrase, lexicon))]
    for _, forms in known:
        longest, *shorter = forms
        last = shorter[-1:]
        for form, share in ((longest, 1 - _SHORTER * bool(last)), *((f, _SHORTER) for f in last)):
            found += _senses(form, share / len(known), lexicon, is_whole=form.text == whole)
    return sorted(found)


def _forms(phrase: str, lexicon: Lexicon) -> list[Form]:
    """Return the ends of a phrase that some class has as its name, longest first."""
    forms = end_forms(fold(phrase), lexicon, FormKind.HEAD, skip_whole=False)
    return [form for form in forms if _classes(form, lexicon)]


def _classes(form: Form, lexicon: Lexicon) -> list[tuple[int, float, bool]]:
    """Return the classes of a form, with how often it is meant, and whether by its first sense."""
    found = []
    for candidate in find_candidates((form,), lexicon):
        if not lexicon.is_instance[candidate.concept]:
            sense = sense_of(lexicon, candidate)
            number, count = (sense.number, sense.count) if sense is not None else (1, 0)
            found.append((candidate.concept, count + _UNCOUNTED / number, number == 1))
    return found


def _senses(form: Form, share: float, lexicon: Lexicon, *, is_whole: bool) -> Iterable[Meaning]:
    found = _classes(form, lexicon)
    total = sum(count for _, count, _ in found)
    for concept, count, is_first in found:
        yield Meaning(concept, share * count / total, is_whole, is_first)
