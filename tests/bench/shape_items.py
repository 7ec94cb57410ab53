"""The items of the generated Wikidata: names, and the statements that labelsys would keep.

An item is worked out from the seed and its number alone. A share of the items are classes, spread
evenly; the others are articles, people, taxa, places, pages of Wikimedia's own, and the rest, in
about the shares that they have in Wikidata.
"""

from __future__ import annotations

from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.source.wikidata.pulled import Text
from tests.bench.shape_classes import ENTITY, ClassTree, mix
from tests.bench.shape_names import LANGUAGES, ClassNames, phrase, translate, word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["Made", "Said", "Shape"]

_FIRST_QID: Final = 200_000_000
"""Above all that Wikidata has given: nothing generated is taken for something real."""

_KINDS: Final = (
    (0.40, "article"),
    (0.51, "human"),
    (0.55, "taxon"),
    (0.62, "wikimedia"),
    (0.75, "place"),
    (1.00, "other"),
)
"""Items that are no classes: up to this draw, this kind."""
_RANKS: Final = (
    ("kingdom", "Q36732"),
    ("family", "Q35409"),
    ("genus", "Q34740"),
    ("species", "Q7432"),
)
_WIKIMEDIA: Final = (
    ("Q4167836", "Wikimedia category", "Category:"),
    ("Q4167410", "Wikimedia disambiguation page", ""),
    ("Q11266439", "Wikimedia template", "Template:"),
    ("Q13406463", "Wikimedia list article", "list of "),
)
_DESCRIPTION: Final = {"article": "scholarly article", "human": "researcher", "taxon": "species"}
_EVERYWHERE: Final = {
    "scholarly article": 0.9,
    "researcher": 0.3,
    "species of taxon": 0.7,
    **{description: 0.9 for _, description, _ in _WIKIMEDIA},
}
_ALL: Final = frozenset(language.code for language in LANGUAGES)
_METACLASS: Final = "Q19478619"
_ALIASES: Final = (0.44, 0.67, 0.80, 0.88, 0.92, 0.95, 0.97, 0.98)
"""Up to this draw, no alias, one, two ... as among the classes of the sample."""


class Said(NamedTuple):
    """A statement: what it says, and how far it is believed.

    Attributes:
        pid: its property.
        value: an item's QID or a string; "" where only `snak` says something.
        datatype: of the property.
        rank: preferred, normal or deprecated.
        snak: value, somevalue or novalue.
    """

    pid: str
    value: str
    datatype: str = "external-id"
    rank: str = "normal"
    snak: str = "value"


class Made(NamedTuple):
    """An item.

    Attributes:
        number: among all items, from 0.
        qid: its id.
        kind: class, article, human, taxon, wikimedia, place or other.
        texts: names by language, kind and order.
        said: what labelsys would keep, by property.
        sitelinks: pages about it.
    """

    number: int
    qid: str
    kind: str
    texts: list[Text]
    said: list[Said]
    sitelinks: int


class Shape:
    """All items: which are classes, what they are called, what is said of them."""

    def __init__(
        self,
        n_items: int,
        seed: int,
        *,
        classes: float,
        lemmas: dict[str, str] | None = None,
        languages: Collection[str] | None = None,
    ) -> None:
        """Decide how many, and how they are dealt.

        Args:
            n_items: classes and others.
            seed: another seed, other items.
            classes: share of the items that are classes.
            lemmas: of the synsets, to name classes by; without, all words are made up.
            languages: that texts are wanted in; None for all.
        """
        self.n = n_items
        self.seed = seed
        self.n_classes = min(n_items, max(1, round(n_items * classes)))
        self.tree = ClassTree(self.n_classes, seed)
        self.names = ClassNames(self.tree, lemmas or {})
        self.wanted = _ALL & set(languages or _ALL)

    def class_of(self, number: int) -> int | None:
        """Return which class an item is, or None."""
        c = number * self.n_classes // self.n
        return c if (number + 1) * self.n_classes // self.n > c else None

    def item_of(self, c: int) -> int:
        """Return the number of the item that is a class: the way back from `class_of`."""
        return ((c + 1) * self.n - 1) // self.n_classes

    def qid(self, number: int) -> str:
        """Return the QID of an item; QIDs rise with the numbers, and have gaps."""
        if self.class_of(number) == 0:
            return ENTITY
        return f"Q{_FIRST_QID + 3 * number + mix(self.seed ^ number) % 3}"

    def class_qid(self, c: int) -> str:
        """Return the QID of a class."""
        return self.qid(self.item_of(c))

    @cached_property
    def _entity(self) -> int:
        return self.item_of(0)

    def iter_sorted(self, *, classes_only: bool = False) -> Iterator[Made]:
        """Yield items by the numbers of their QIDs."""
        yield self.make(self._entity)
        for number in range(self.n):
            if number != self._entity and not (classes_only and self.class_of(number) is None):
                yield self.make(number)

    def make(self, number: int) -> Made:
        """Return an item."""
        rng = Random(mix(self.seed ^ mix(number) ^ 0x17E4))
        c = self.class_of(number)
        if c is not None:
            return self._class(number, c, rng)
        draw = rng.random()
        kind = next(kind for up_to, kind in _KINDS if draw <= up_to)
        make = {"taxon": self._taxon, "wikimedia": self._wikimedia}.get(kind, self._instance)
        return make(number, kind, rng)

    def _some_class(self, rng: Random) -> str:
        """Return the QID of a class: a few have most instances."""
        return self.class_qid(min(int(self.n_classes * rng.random() ** 4), self.n_classes - 1))

    def _some_item(self, rng: Random) -> str:
        return self.qid(int(self.n * rng.random() ** 2))

    # --- classes

    def _class(self, number: int, c: int, rng: Random) -> Made:
        label = self.names.label(c)
        said = [Said("P31", self._some_class(rng), "wikibase-item")] if rng.random() < 0.44 else []
        description = phrase(rng.getrandbits(60), 3 + int(rng.random() * 8))
        if rng.random() > 0.84:
            description = ""
        draw = rng.random()
        if c and draw < 0.005:
            qid, description, prefix = _WIKIMEDIA[int(draw * 800)]
            label = f"{prefix}{label}"
            said = [Said("P31", qid, "wikibase-item")]
        elif c and draw < 0.012:
            said.append(Said("P31", _METACLASS, "wikibase-item"))
        said = [*self._subclass(c, rng), *said, *self._ids(label, rng)]
        for row in self.tree.synsets(c):
            said.append(Said("P8814", self.tree.wn31(row)))
        aliases = self._aliases(label, rng)
        return Made(
            number,
            self.qid(number),
            "class",
            self._texts(label, description, aliases, 1.0, rng),
            said,
            int(rng.expovariate(1.0) ** 2 * 9),
        )

    def _subclass(self, c: int, rng: Random) -> list[Said]:
        said = [
            Said("P279", self.class_qid(above), "wikibase-item") for above in self.tree.parents(c)
        ]
        draw = rng.random()
        wrong = Said("P279", self._some_class(rng), "wikibase-item", "deprecated")
        if draw < 0.01:
            said.append(wrong)
        elif draw < 0.013 and len(said) == 1:
            # The only one that counts is the preferred one.
            said = [said[0]._replace(rank="preferred"), wrong._replace(rank="normal")]
        elif draw < 0.016:
            said.append(Said("P279", "", "wikibase-item", "normal", "somevalue"))
        elif draw < 0.017 and not said:
            said.append(Said("P279", "", "wikibase-item", "normal", "novalue"))
        return said

    def _ids(self, label: str, rng: Random) -> list[Said]:
        """Return what classes and taxa have, each in its share."""
        said = []
        if rng.random() < 0.08:
            said.append(Said("P361", self._some_class(rng), "wikibase-item"))
        if rng.random() < 0.03:
            uri = f"http://purl.obolibrary.org/obo/GEN_{rng.randrange(10**7):07}"
            said.append(Said("P2888", uri, "url"))
        if rng.random() < 0.15:
            said.append(Said("P646", f"/m/0{rng.randrange(36**5):x}"))
        if rng.random() < 0.40:
            said.append(Said("P18", f"{label} {rng.randrange(999)}.jpg", "commonsMedia"))
        if rng.random() < 0.35:
            said.append(Said("P373", label.capitalize(), "string"))
        return said

    def _aliases(self, label: str, rng: Random) -> list[str]:
        draw = rng.random()
        count = next((n for n, up_to in enumerate(_ALIASES) if draw < up_to), 8)
        head = label.split()[-1]
        return [f"{phrase(rng.getrandbits(60), 1 + at % 2)} {head}" for at in range(count)]

    def _texts(
        self, label: str, description: str, aliases: list[str], share: float, rng: Random
    ) -> list[Text]:
        """Return names; other languages have fewer of them, an item that is known has more."""
        known = share * (0.25 + rng.random() * 1.5)
        # Robots have written "scholarly article" and the like in all languages.
        everywhere = rng.random() < _EVERYWHERE.get(description, 0.0)
        texts: list[Text] = []
        for language in LANGUAGES:
            code = language.code
            named = rng.random() <= (language.share if code == "en" else language.share * known)
            described, aliased = rng.random() < 0.3 or code == "en", rng.random() < 0.2
            if code not in self.wanted:
                continue
            if named:
                texts.append(Text(code, "label", translate(label, language)))
            if everywhere or (named and description and described):
                texts.append(Text(code, "description", translate(description, language)))
            if named and (aliased or code == "en"):
                texts += (Text(code, "alias", translate(alias, language)) for alias in aliases)
        return texts

    # --- what is no class

    def _taxon(self, number: int, kind: str, rng: Random) -> Made:
        name = f"{word(rng.getrandbits(20)).capitalize()} {word(rng.getrandbits(40))}"
        rank = _RANKS[min(int(rng.random() ** 0.2 * 4), 3)]
        said = [
            Said("P31", "Q16521", "wikibase-item"),
            Said("P171", self._some_item(rng), "wikibase-item"),
            *self._ids(name, rng),
            Said("P225", name, "string"),
            Said("P105", rank[1], "wikibase-item"),
        ]
        for pid, share in (("P3151", 0.35), ("P685", 0.5), ("P846", 0.7), ("P830", 0.4)):
            if rng.random() < share:
                said.append(Said(pid, str(rng.randrange(10**7))))
        texts = self._texts(name, f"{rank[0]} of taxon", [word(rng.getrandbits(9))], 1.2, rng)
        return Made(number, self.qid(number), kind, texts, said, int(rng.expovariate(1.0) * 2))

    def _wikimedia(self, number: int, kind: str, rng: Random) -> Made:
        qid, description, prefix = _WIKIMEDIA[min(int(rng.random() ** 2 * 4), 3)]
        label = prefix + phrase(rng.getrandbits(60), 2)
        texts = self._texts(label, description, [], 1.0, rng)
        said = [Said("P31", qid, "wikibase-item")]
        return Made(number, self.qid(number), kind, texts, said, 1 + int(rng.expovariate(0.5)))

    def _instance(self, number: int, kind: str, rng: Random) -> Made:
        of = {"article": "Q13442814", "human": "Q5"}.get(kind) or self._some_class(rng)
        label = phrase(rng.getrandbits(60), 9 if kind == "article" else 2).capitalize()
        texts = self._texts(
            label,
            _DESCRIPTION.get(kind) or phrase(rng.getrandbits(60), 4),
            [] if kind == "article" else self._aliases(label, rng)[:2],
            {"article": 0.1, "human": 1.1, "place": 0.9}.get(kind, 0.5),
            rng,
        )
        said = [Said("P31", of, "wikibase-item")]
        if kind != "article":
            said += self._ids(label, rng)
        links = 0 if kind == "article" else int(rng.expovariate(1.0) ** 2 * 1.3)
        return Made(number, self.qid(number), kind, texts, said, links)
