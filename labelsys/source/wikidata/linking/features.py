"""What speaks for and against an item's being a synset, as numbers.

`FEATURES` names every column and says what it measures; a model whose names
differ is refused. Columns marked (look) are filled in when every item has been
ranked once without them: they go by what other items likely are. Those marked
(vectors) take a sentence encoder; they are zero, and have no coefficient, where
there is none. A column that is called `a x b` is the product of two others.
"""

from __future__ import annotations

import math
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from labelsys.match.candidates import genus_of
from labelsys.match.forms import FormKind
from labelsys.match.lexicon import LEXNAMES, definition
from labelsys.source.wikidata.linking.names import english_names
from labelsys.source.wikidata.linking.words import word_set
from labelsys.source.wikidata.prune import INSTANCE_OF
from labelsys.source.wikidata.pulled import qid_number
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from labelsys.match.lexicon import Lexicon
    from labelsys.model import Sense
    from labelsys.source.wikidata.facts import Item
    from labelsys.source.wikidata.linking.names import Found
    from labelsys.source.wikidata.linking.words import GlossWords

__all__ = [
    "COLUMN",
    "FEATURES",
    "LOOK_FEATURES",
    "VECTOR_FEATURES",
    "has_capital",
    "item_features",
]

_LEXNAMES: Final = [f"lexname_{name[5:]}" for name in LEXNAMES]
_OF_SINGLES: Final = (
    *("only", "words", "same_case", "label", "alias", "first_lemma", "share_of_synset"),
    *("rivals", "young", "spelling", "capital_lost"),
)
_OF_ONLY: Final = (
    *("words", "same_case", "label", "alias", "first_lemma", "share_of_synset", "young"),
    *("leaf", "depth", "narrower"),
)
_PAIRS: Final = (
    *(("instance", other) for other in _OF_SINGLES),
    *(("only", other) for other in (*_OF_ONLY, *_LEXNAMES)),
    *(("compound", lexname) for lexname in _LEXNAMES),
)

FEATURES: Final[dict[str, str]] = {
    "label": "the synset has the item's label",
    "label_and_alias": "the same, and an alias",
    "alias": "the synset has no more than an alias",
    "aliases": "aliases that it has where it has not the label, beyond the first, log",
    "inflected": "found as a singular; the name itself is unknown",
    "singular_too": "found as a singular; the name itself is known too",
    "spacing": "found with other spaces or hyphens",
    "spelling": "found with one letter of one word changed",
    "hidden_name": "the lemma is an irregular form",
    "shared": "names that item and synset share, log",
    "share_of_item": "share of the item's names that the synset has",
    "share_of_synset": "share of the synset's lemmas that the item has",
    "same_case": "name and lemma are written the same, capitals too",
    "capital_lost": "the name has a capital that the lemma has not",
    "capital_gained": "the lemma has a capital that the name has not",
    "words": "words of the name beyond the first",
    "compound": "the name has more than one word",
    "short": "the name has three letters or fewer",
    "first_lemma": "the lemma is the first one of its synset",
    "lemmas": "lemmas of the synset, log",
    "first_sense": "the synset is the lemma's first sense",
    "sense_rank": "one over the sense number",
    "sense_count": "how often the sense was tagged in text, log",
    "sense_share": "its share of all tagged senses of the candidates",
    "rivals": "other candidates that the label finds, log",
    "other_rivals": "other candidates that only aliases find, log",
    "only": "the only candidate",
    "young": "how high the item's number is, log: low ones are old, and mostly general",
    "narrower": "number of narrower synsets, log",
    "leaf": "has no narrower synset",
    "depth": "longest path from the root, in tens",
    "instance": "a single thing in WordNet",
    "class_instance": "the same, and the item is a subclass of something",
    "single_instance": "the same, and the item is an instance, and no subclass",
    "single_class": "a class in WordNet, and the item is an instance and no subclass",
    "taxon_living": "the item is a taxon, and the synset an animal, plant or other living thing",
    "taxon_other": "the item is a taxon, and the synset something else",
    "human_person": "the item is a human, and the synset a person",
    "human_other": "the item is a human, and the synset something else",
    "described": "the item has a description",
    "genus_above": "what the first noun of the description may mean lies above the synset",
    "genus_same": "the first noun of the description may mean the synset itself",
    "genus_off": "there is such a noun, and nothing that it may mean lies above",
    "genus_lexname": "share of this lexname among what that noun may mean",
    "gloss_words": "words that description and definition share, weighed by how rare they are",
    "gloss_words_gap": "the same, less the best candidate's",
    "above_words": "share of the description's words among names right above the synset",
    "named_above": "a name right above the synset is in the description",
    "synset_named": "a further lemma of the synset is in the description",
    "item_named": "another name of the item is in the definition",
    "class_above": "how likely a class of the item (subclass of) lies above the synset (look)",
    "class_share": "the same, of all those classes that have candidates (look)",
    "class_off": "it has such classes, and none likely lies above (look)",
    "class_same": "how likely a class of the item is the synset itself (look)",
    "kind_above": "how likely what the item is an instance of lies above the synset (look)",
    "kind_off": "there is such a thing, and none likely lies above (look)",
    "below": "how many items below this one are likely below the synset, log (look)",
    "below_share": "their share of those that have candidates (look)",
    "below_off": "there are such items, and few are likely below the synset (look)",
    "wanted": "how likely the synset is another item (look)",
    "wanted_more": "the same, where that is likelier than this one (look)",
    "similarity": "cosine of label and description with names and definition (vectors)",
    "similarity_gap": "the same, less the best candidate's (vectors)",
    "similarity_described": "the same cosine, where the item has a description (vectors)",
    **{f"lexname_{name[5:]}": f"the synset is of {name}" for name in LEXNAMES},
    "nothing": "always 1; the candidate `none of these` is 0 everywhere",
    **{f"{one} x {other}": "their product" for one, other in _PAIRS},
}
"""Feature name -> what it measures, in column order."""

LOOK_FEATURES: Final = (
    *("class_above", "class_share", "class_off", "class_same", "kind_above", "kind_off"),
    *("below", "below_share", "below_off", "wanted", "wanted_more"),
)
VECTOR_FEATURES: Final = ("similarity", "similarity_gap", "similarity_described")
COLUMN: Final = {name: i for i, name in enumerate(FEATURES)}

_LIVING: Final = {LEXNAMES.index(f"noun.{name}") for name in ("animal", "plant")}
_PERSON: Final = LEXNAMES.index("noun.person")
_LIVING_THING: Final = "wn30:00004258-n"
_HUMAN: Final = "Q5"
_TAXA: Final = frozenset({"Q16521", "Q310890", "Q55983715", "Q713623", "Q39367", "Q23038290"})
_TAXON_CLAIMS: Final = ("P105", "P171", "P225")
_FORM_FEATURE: Final = {
    FormKind.INFLECTED: "inflected",
    FormKind.SINGULAR_TOO: "singular_too",
    FormKind.SPACING: "spacing",
    FormKind.SPELLING: "spelling",
}
_SUBCLASS: Final = "P279"
_SHORT: Final = 3


class _Rows:
    """Makes the rows of one item's candidates."""

    def __init__(self, lexicon: Lexicon, words: GlossWords) -> None:
        """Take the lexicon of WordNet and the words of its definitions."""
        self._lexicon = lexicon
        self._words = words

    @cached_property
    def _living(self) -> int:
        return self._lexicon.index.get(_LIVING_THING, -1)

    def of(self, item: Item, found: Sequence[Found]) -> Iterator[list[float]]:
        """Yield a row a candidate."""
        names = english_names(item)
        counts = [self._sense(f).count for f in found]
        total = sum(counts)
        n_label = sum(f.is_label for f in found)
        said = _Said(item, self._lexicon) if item.description else None
        kind = _kind(item)
        for one, count in zip(found, counts, strict=True):
            row = [0.0] * len(FEATURES)
            self._name_columns(row, one, names)
            self._sense_columns(row, one, count, total)
            rivals = n_label - one.is_label
            row[COLUMN["rivals"]] = math.log1p(rivals)
            row[COLUMN["other_rivals"]] = math.log1p(len(found) - n_label - (not one.is_label))
            row[COLUMN["only"]] = len(found) == 1
            row[COLUMN["young"]] = math.log10(qid_number(item.qid)) - 6
            self._concept_columns(row, one.concept, kind)
            if said is not None:
                self._description_columns(row, one, said, names)
            row[COLUMN["nothing"]] = 1.0
            yield row

    def _sense(self, found: Found) -> Sense:
        sense = self._lexicon.concepts[found.concept].names[found.position].sense
        assert sense is not None  # `find_synsets` looks for names of WordNet alone
        return sense

    def _name_columns(self, row: list[float], found: Found, names: Sequence[str]) -> None:
        concept = self._lexicon.concepts[found.concept]
        lemma = concept.names[found.position]
        n_lemmas = sum(n.sense is not None and n.kind != "hidden" for n in concept.names)
        if found.is_label:
            row[COLUMN["label"]] = 1.0
            row[COLUMN["label_and_alias"]] = found.n_shared > 1
        else:
            row[COLUMN["alias"]] = 1.0
            row[COLUMN["aliases"]] = math.log(found.n_shared)
        feature = _FORM_FEATURE.get(found.kind)
        if feature is not None:
            row[COLUMN[feature]] = 1.0
        row[COLUMN["hidden_name"]] = lemma.kind == "hidden"
        row[COLUMN["shared"]] = math.log(found.n_shared)
        row[COLUMN["share_of_item"]] = found.n_shared / len(names)
        row[COLUMN["share_of_synset"]] = min(found.n_shared / max(n_lemmas, 1), 1.0)
        text = lemma.text.replace("_", " ")
        row[COLUMN["same_case"]] = text == found.name
        row[COLUMN["capital_lost"]] = has_capital(found.name) and not has_capital(text)
        row[COLUMN["capital_gained"]] = has_capital(text) and not has_capital(found.name)
        further = len(fold(text).split()) - 1
        row[COLUMN["words"]] = min(further, 3)
        row[COLUMN["compound"]] = further > 0
        row[COLUMN["short"]] = len(text) <= _SHORT
        row[COLUMN["first_lemma"]] = found.position == 0
        row[COLUMN["lemmas"]] = math.log(max(n_lemmas, 1))

    def _sense_columns(self, row: list[float], found: Found, count: int, total: int) -> None:
        number = self._sense(found).number
        row[COLUMN["first_sense"]] = number == 1
        row[COLUMN["sense_rank"]] = 1.0 / max(number, 1)
        row[COLUMN["sense_count"]] = math.log1p(count) / 5
        row[COLUMN["sense_share"]] = (count + 0.5) / (total + 1)

    def _concept_columns(self, row: list[float], concept: int, kind: str) -> None:
        lexicon = self._lexicon
        row[COLUMN["narrower"]] = math.log1p(lexicon.n_narrower[concept]) / 8
        row[COLUMN["leaf"]] = lexicon.n_narrower[concept] == 0
        row[COLUMN["depth"]] = lexicon.depth[concept] / 10
        instance = bool(lexicon.is_instance[concept])
        row[COLUMN["instance"]] = instance
        lexname = int(lexicon.lexname[concept])
        if lexname >= 0:
            row[COLUMN[f"lexname_{LEXNAMES[lexname][5:]}"]] = 1.0
        if kind == "class":
            row[COLUMN["class_instance"]] = instance
        elif kind == "single":
            row[COLUMN["single_instance" if instance else "single_class"]] = 1.0
        elif kind == "taxon":
            living = lexname in _LIVING or self._living in lexicon.ancestors(concept)
            row[COLUMN["taxon_living" if living else "taxon_other"]] = 1.0
        elif kind == "human":
            row[COLUMN["human_person" if lexname == _PERSON else "human_other"]] = 1.0

    def _description_columns(
        self, row: list[float], found: Found, said: _Said, names: Sequence[str]
    ) -> None:
        concept = found.concept
        row[COLUMN["described"]] = 1.0
        if said.genus:
            above = self._lexicon.ancestors(concept) - {concept}
            row[COLUMN["genus_above"]] = is_above = not said.genus.isdisjoint(above)
            row[COLUMN["genus_off"]] = not is_above
            row[COLUMN["genus_same"]] = concept in said.genus
            row[COLUMN["genus_lexname"]] = said.lexnames.get(int(self._lexicon.lexname[concept]), 0)
        row[COLUMN["gloss_words"]] = self._words.likeness(said.words, self._words.of(concept))
        words, whole = self._words.above(concept)
        weight = self._words.weight(said.words)
        if weight:
            row[COLUMN["above_words"]] = self._words.weight(said.words & words) / weight
        row[COLUMN["named_above"]] = any(f" {name} " in said.text for name in whole)
        own = fold(found.name)
        lemmas = {" ".join(name) for name in self._lexicon.english_words(concept)}
        row[COLUMN["synset_named"]] = any(f" {n} " in said.text for n in lemmas if n != own)
        gloss = f" {fold(definition(self._lexicon.concepts[concept].gloss))} "
        others = (folded for name in names if (folded := fold(name)) != own)
        row[COLUMN["item_named"]] = any(f" {name} " in gloss for name in others)


class _Said:
    """What an item's description says.

    Attributes:
        text: folded, with a space before and after.
        words: as `word_set` has them.
        genus: what its first noun may mean.
        lexnames: lexname code -> share among what that noun may mean.
    """

    def __init__(self, item: Item, lexicon: Lexicon) -> None:
        self.text = f" {fold(item.description)} "
        self.words = word_set(item.description)
        self.genus = genus_of(item.description, lexicon)
        codes = Counter(int(lexicon.lexname[i]) for i in self.genus)
        self.lexnames = {code: n / len(self.genus) for code, n in codes.items()}


def _kind(item: Item) -> str:
    kinds = item.values(INSTANCE_OF)
    if not _TAXA.isdisjoint(kinds) or item.values(*_TAXON_CLAIMS):
        return "taxon"
    if _HUMAN in kinds:
        return "human"
    if item.values(_SUBCLASS):
        return "class"
    return "single" if kinds else ""


def has_capital(text: str) -> bool:
    """Return whether a text has a capital letter."""
    return text != text.lower()


def item_features(
    lexicon: Lexicon, words: GlossWords, asked: Sequence[tuple[Item, Sequence[Found]]]
) -> NDArray[np.float32]:
    """Return the table of many items, but for what takes a first look.

    Args:
        lexicon: of WordNet.
        words: of its definitions.
        asked: items with their candidates, one or more each.

    Returns:
        float32, shape (n_candidates, len(FEATURES)), the items' candidates one after the other.
    """
    made = _Rows(lexicon, words)
    out = np.zeros((sum(len(found) for _, found in asked), len(FEATURES)), dtype=np.float32)
    likeness, gap = COLUMN["gloss_words"], COLUMN["gloss_words_gap"]
    start = 0
    for item, found in asked:
        own = out[start : start + len(found)]
        own[:] = list(made.of(item, found))
        own[:, gap] = own[:, likeness] - own[:, likeness].max()
        start += len(found)
    for one, other in _PAIRS:
        column = out[:, COLUMN[one]] * out[:, COLUMN[other]]
        out[:, COLUMN[f"{one} x {other}"]] = column
    return np.round(out, 4)
