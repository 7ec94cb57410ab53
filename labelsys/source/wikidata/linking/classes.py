"""Links classes that no identifier links to synsets, by words.

Most such classes are in no WordNet, so a link has to be surer here than among
items that P8814 links: `ACCEPT` was chosen by judging a sample (see
`ontologies/judged/wikidata_links.tsv`). A synset that an identifier links to an
item is that item; another one that seems to be it waits in review, and so does
all that is likely and not sure. A class is no single thing of WordNet's (`right
bank` is not the Right Bank of Paris), nor what is written with a capital where
the class is not. Of two classes that are sure to be one synset,
the surer one is.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.match.lexicon import Lexicon
from labelsys.source.counts import reconcile
from labelsys.source.wikidata.linking.exact import gather, load_model, rank
from labelsys.source.wikidata.linking.features import has_capital
from labelsys.source.wikidata.pulled import qid_number

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from labelsys.ids import Curie
    from labelsys.model import Concept
    from labelsys.source.protocol import Counts, SourceData
    from labelsys.source.wikidata.facts import Item
    from labelsys.source.wikidata.linking.exact import Answer

__all__ = ["ACCEPT", "REVIEW", "UNSURE", "WordLink", "WordLinks", "link_classes"]

ACCEPT: Final = 0.84
"""Confidence from which on a class is the synset: of 86 judged links so sure, 95 % were right."""
REVIEW: Final = 0.5
"""Confidence from which on a class may be the synset, and somebody should look."""

_NO_NAME: Final = "no synset has its name"
_UNLIKELY: Final = "not likely enough"
UNSURE: Final = "in review: not sure enough"
_TAKEN: Final = "in review: the synset has another item"
_SINGLE: Final = "in review: a single thing in WordNet"
_CAPITAL: Final = "in review: the synset's name alone has a capital"


class WordLink(NamedTuple):
    """A class that is, or may be, a synset.

    Attributes:
        item: the class.
        synset: in WordNet.
        confidence: calibrated on items that P8814 links.
        name: of the class, under which the synset was found.
        doubt: why it is in review; "" where it is accepted.
    """

    item: Item
    synset: Concept
    confidence: float
    name: str
    doubt: str

    @property
    def is_accepted(self) -> bool:
        """Whether the class is the synset."""
        return not self.doubt


class WordLinks(NamedTuple):
    """The outcome.

    Attributes:
        links: by QID number, at most one a class.
        counts: how the classes became links.
        tool: name and version of the model.
    """

    links: tuple[WordLink, ...]
    counts: Counts
    tool: str


def link_classes(
    classes: Sequence[Item],
    items: Mapping[str, Item],
    base: SourceData,
    synsets: Mapping[str, Curie],
) -> WordLinks:
    """Link classes to synsets by words.

    Args:
        classes: that no identifier links.
        items: all of the pull.
        base: WordNet.
        synsets: QID -> synset, of the items that identifiers link.

    Returns:
        Links, accepted or in review.
    """
    model = load_model()
    lexicon = Lexicon(base.concepts, base.edges)
    known = {qid: lexicon.index[id_] for qid, id_ in synsets.items()}
    candidates = gather(classes, lexicon)
    answers = rank(candidates, model, items, lexicon, known)
    left = Counter({_NO_NAME: len(classes) - len(answers)})
    links = tuple(_links(answers, lexicon, frozenset(known.values()), left))
    return WordLinks(links, reconcile(len(classes), left), model.second.name)


def _links(
    answers: Iterable[Answer], lexicon: Lexicon, taken: frozenset[int], left: Counter[str]
) -> Iterable[WordLink]:
    """Return the links of answers; takes note of what is left out, or left to review."""
    held = set(taken)
    links = []
    for answer in sorted(answers, key=lambda a: (-a.confidence, qid_number(a.item.qid))):
        concept = answer.found.concept
        if answer.confidence < REVIEW:
            left[_UNLIKELY] += 1
            continue
        reason = _doubt(answer, lexicon, held)
        left[reason] += bool(reason)
        if not reason:
            held.add(concept)
        synset = lexicon.concepts[concept]
        name, confidence = answer.found.name, answer.confidence
        links.append(WordLink(answer.item, synset, confidence, name, reason))
    left.pop("", None)
    return sorted(links, key=lambda link: qid_number(link.item.qid))


def _doubt(answer: Answer, lexicon: Lexicon, held: Container[int]) -> str:
    """Return why a likely answer waits in review; "" where it is accepted."""
    concept = answer.found.concept
    if concept in held:
        return _TAKEN
    if lexicon.is_instance[concept]:
        return _SINGLE
    lemma = lexicon.concepts[concept].names[answer.found.position].text
    if has_capital(lemma) and not has_capital(answer.found.name):
        return _CAPITAL
    return "" if answer.confidence >= ACCEPT else UNSURE
