"""A lexicon for the matcher's tests: few concepts, many of them with the same name.

Ids, senses and counts are WordNet's own; the glosses are ours. Everything that
a test asserts can be read off this drawing: the number is the depth, `~` hangs
by an instance edge, and `word/3` is the third sense of a word.

::

    0 entity/1
    1   physical entity/1
    2     object/1
    3       field/1                          (location)
    3       animal/1
    4         bird/1
    5           crane/5  goose/1  sparrow/1
    4         mammal/1
    5           bat/1  mouse/1  calf/1
    5           dog/1
    6             beagle/1  bulldog/1  dachshund/1  poodle/1
    6             Portuguese Water Dog       (wd:Q38559)
    4         worm/1
    5           earthworm/1
    3       person/1
    4         physicist/1
    5           ~ Einstein/1
    4         ~ Crane/1, a writer
    3       plant/1
    4         poppy/1
    3       body part/1
    4         calf/2
    3       food/1
    4         sausage/1
    5           frank/1, hotdog/3, hot dog/3, dog/5
    3       artifact/1
    4         board/3
    5           chopping board/1, cutting board/1
    4         bow/3                          (front of a ship)
    4         building/1
    5           church/2
    4         club/3
    5           bat/5
    4         device/1
    5           crane/4  mouse/4, computer mouse/1
    5           computer worm                (wd:Q900001, alias worm)
    4         knot/2
    5           bow/1                        (of a ribbon)
    4         vehicle/1
    5           car/1  ship/1
    4         weapon/1
    5           bow/4

Names in Chinese: dog, car, crane (the bird). Hidden names: geese. Wikidata
items: dog is wd:Q144, the bird and the machine crane are both said to be
wd:Q900002. The dachshund is called sausage dog by Wikidata alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelsys.ids import ROOT, Curie
from labelsys.match.lexicon import Lexicon
from labelsys.model import Concept, Edge, Label, LabelSet, Name, NameKind, Sense
from labelsys.source.protocol import Counts, Found, SourceData

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from labelsys.progress import Progress
    from labelsys.source.protocol import SourceInfo


def _wn(offset: str) -> Curie:
    return Curie("wn30", f"{offset}-n")


PHYSICAL, OBJECT, FIELD = _wn("00001930"), _wn("00002684"), _wn("08569998")
ANIMAL, PERSON, PLANT = _wn("00015388"), _wn("00007846"), _wn("00017222")
ARTIFACT, BODY_PART, FOOD = _wn("00021939"), _wn("05220461"), _wn("00021265")
BIRD, MAMMAL, WORM = _wn("01503061"), _wn("01861778"), _wn("01922303")
CRANE_BIRD, GOOSE, SPARROW = _wn("02012849"), _wn("01855672"), _wn("01539573")
BAT, MOUSE, CALF, DOG = _wn("02139199"), _wn("02330245"), _wn("01887896"), _wn("02084071")
BEAGLE, BULLDOG = _wn("02088364"), _wn("02108672")
DACHSHUND, POODLE = _wn("02089232"), _wn("02113335")
WATER_DOG, COMPUTER_WORM = Curie("wd", "Q38559"), Curie("wd", "Q900001")
EARTHWORM, PHYSICIST, EINSTEIN = _wn("01935395"), _wn("10428004"), _wn("10954498")
CRANE_WRITER, POPPY, CALF_OF_LEG = _wn("10914447"), _wn("11900569"), _wn("05574332")
SAUSAGE, FRANK = _wn("07675627"), _wn("07676602")
BOARD, CHOPPING_BOARD = _wn("02856463"), _wn("03025513")
BOW_OF_SHIP, BOW_KNOT, BOW_WEAPON = _wn("02880008"), _wn("02880189"), _wn("02879718")
BUILDING, CHURCH, CLUB, CLUB_BAT = (
    _wn("02913152"),
    _wn("03028079"),
    _wn("03053474"),
    _wn("02806379"),
)
DEVICE, CRANE_MACHINE, COMPUTER_MOUSE = _wn("03183080"), _wn("03126707"), _wn("03793489")
KNOT, VEHICLE, CAR, SHIP = _wn("03627232"), _wn("04524313"), _wn("02958343"), _wn("04194289")
WEAPON = _wn("04565375")

# id, lexname, the concept above it (~ for an instance of it), lemmas as text/sense/count, gloss
_ROWS: tuple[tuple[Curie, str, Curie | None, str, str], ...] = (
    (ROOT, "Tops", None, "entity/1/11", "whatever there is"),
    (PHYSICAL, "Tops", ROOT, "physical entity/1/0", "whatever there is in space"),
    (OBJECT, "Tops", PHYSICAL, "object/1/51, physical object/1/0", 'it can be seen; "an object"'),
    (FIELD, "location", OBJECT, "field/1/49", "open land without trees"),
    (ANIMAL, "Tops", OBJECT, "animal/1/67, beast/1/4", "it lives and moves by itself"),
    (BIRD, "animal", ANIMAL, "bird/1/29", "it has feathers and lays eggs"),
    (CRANE_BIRD, "animal", BIRD, "crane/5/0", "a tall bird of marshes with a long neck"),
    (GOOSE, "animal", BIRD, "goose/1/3", "a water bird with a long neck"),
    (SPARROW, "animal", BIRD, "sparrow/1/1, true sparrow/1/0", "a small brown bird"),
    (MAMMAL, "animal", ANIMAL, "mammal/1/3", "it has hair and gives milk"),
    (BAT, "animal", MAMMAL, "bat/1/2, chiropteran/1/0", "a mammal with wings that flies at night"),
    (MOUSE, "animal", MAMMAL, "mouse/1/14", "a small rodent with a thin tail"),
    (CALF, "animal", MAMMAL, "calf/1/6", "the young of cattle"),
    (
        DOG,
        "animal",
        MAMMAL,
        "dog/1/42, domestic dog/1/0, Canis familiaris/1/0",
        'kept by people since long ago; "the dog barked"',
    ),
    (BEAGLE, "animal", DOG, "beagle/1/0", "a small hound with drooping ears"),
    (BULLDOG, "animal", DOG, "bulldog/1/0, English bulldog/1/0", "a thickset breed, big of head"),
    (DACHSHUND, "animal", DOG, "dachshund/1/0, badger dog/1/0", "a long breed with short legs"),
    (POODLE, "animal", DOG, "poodle/1/0, poodle dog/1/0", "a clever breed with curly hair"),
    (WORM, "animal", ANIMAL, "worm/1/3", "a long soft animal without legs"),
    (EARTHWORM, "animal", WORM, "earthworm/1/0, angleworm/1/0", "a worm that digs in soil"),
    (PERSON, "Tops", OBJECT, "person/1/6833, individual/1/51", "a human being"),
    (PHYSICIST, "person", PERSON, "physicist/1/3", "somebody who studies physics"),
    (PLANT, "Tops", OBJECT, "plant/2/37, flora/2/0", "it lives and does not move"),
    (POPPY, "plant", PLANT, "poppy/1/2", "a plant with red flowers"),
    (BODY_PART, "body", OBJECT, "body part/1/2", "a part of a living thing"),
    (CALF_OF_LEG, "body", BODY_PART, "calf/2/1, sura/1/0", "the back of the lower leg"),
    (FOOD, "Tops", OBJECT, "food/1/29", "what can be eaten"),
    (SAUSAGE, "food", FOOD, "sausage/1/1", "minced meat in a casing"),
    (
        FRANK,
        "food",
        SAUSAGE,
        "frank/1/0, frankfurter/1/0, hotdog/3/0, hot dog/3/0, dog/5/0",
        "a smooth sausage, often in a bread roll",
    ),
    (ARTIFACT, "Tops", OBJECT, "artifact/1/1, artefact/1/0", "made by people"),
    (BOARD, "artifact", ARTIFACT, "board/3/4", "a flat piece made for some use"),
    (
        CHOPPING_BOARD,
        "artifact",
        BOARD,
        "chopping board/1/0, cutting board/1/0",
        "a wooden board on which food is cut",
    ),
    (BOW_OF_SHIP, "artifact", ARTIFACT, "bow/3/1, prow/1/0", "the front part of a ship"),
    (BUILDING, "artifact", ARTIFACT, "building/1/48", "it has a roof and walls"),
    (CHURCH, "artifact", BUILDING, "church/2/59, church building/1/0", "Christians pray in it"),
    (CLUB, "artifact", ARTIFACT, "club/3/3", "a stout stick"),
    (CLUB_BAT, "artifact", CLUB, "bat/5/0", "a club for hitting a ball in games"),
    (DEVICE, "artifact", ARTIFACT, "device/1/36", "a thing that serves a purpose"),
    (CRANE_MACHINE, "artifact", DEVICE, "crane/4/0", "a machine that lifts heavy loads"),
    (COMPUTER_MOUSE, "artifact", DEVICE, "mouse/4/0, computer mouse/1/0", "it moves a pointer"),
    (KNOT, "artifact", ARTIFACT, "knot/2/2", "a rope tied upon itself"),
    (BOW_KNOT, "artifact", KNOT, "bow/1/4, bowknot/1/0", "a knot with two loops, as in a ribbon"),
    (VEHICLE, "artifact", ARTIFACT, "vehicle/1/9", "it carries people or goods"),
    (CAR, "artifact", VEHICLE, "car/1/71, automobile/1/15", "a vehicle with four wheels"),
    (SHIP, "artifact", VEHICLE, "ship/1/49", "a large vessel"),
    (WEAPON, "artifact", ARTIFACT, "weapon/1/29, arm/4/0", "used in fights or for hunting"),
    (BOW_WEAPON, "artifact", WEAPON, "bow/4/1", "a weapon that shoots arrows"),
)
_INSTANCES: tuple[tuple[Curie, str, Curie, str, str], ...] = (
    (EINSTEIN, "person", PHYSICIST, "Einstein/1/0, Albert Einstein/1/0", "he found relativity"),
    (CRANE_WRITER, "person", PERSON, "Crane/1/0, Stephen Crane/1/0", "an American writer"),
)
_CHINESE = {DOG: "狗", CAR: "汽车", CRANE_BIRD: "鹤"}
_XREFS = {
    DOG: ("ili:i46360", "wn31:02086723-n", "wd:Q144"),
    CRANE_BIRD: ("wd:Q900002",),
    CRANE_MACHINE: ("wd:Q900002",),
}

DEPTHS = {
    0: (ROOT,),
    1: (PHYSICAL,),
    2: (OBJECT,),
    3: (FIELD, ANIMAL, PERSON, PLANT, BODY_PART, FOOD, ARTIFACT),
    4: (
        *(BIRD, MAMMAL, WORM, PHYSICIST, CRANE_WRITER, POPPY, CALF_OF_LEG, SAUSAGE, BOARD),
        *(BOW_OF_SHIP, BUILDING, CLUB, DEVICE, KNOT, VEHICLE, WEAPON),
    ),
    5: (
        *(CRANE_BIRD, GOOSE, SPARROW, BAT, MOUSE, CALF, DOG, EARTHWORM, EINSTEIN, FRANK),
        *(CHOPPING_BOARD, CHURCH, CLUB_BAT, CRANE_MACHINE, COMPUTER_MOUSE, COMPUTER_WORM),
        *(BOW_KNOT, CAR, SHIP, BOW_WEAPON),
    ),
    6: (BEAGLE, BULLDOG, DACHSHUND, POODLE, WATER_DOG),
}
"""Depth -> concepts, read off the drawing."""


def _names(id_: Curie, lemmas: str) -> tuple[Name, ...]:
    names = []
    for at, lemma in enumerate(lemmas.split(", ")):
        text, number, count = lemma.split("/")
        kind: NameKind = "alt" if at else "pref"
        sense = Sense(number=int(number), count=int(count), lex_id=0)
        names.append(Name(text=text, kind=kind, sense=sense))
    if id_ == GOOSE:
        names.append(Name(text="geese", kind="hidden", sense=names[0].sense))
    if id_ == DACHSHUND:
        names.append(Name(text="sausage dog"))
    if id_ in _CHINESE:
        names.append(Name(text=_CHINESE[id_], lang="zh", kind="pref"))
    return tuple(names)


def _synset(id_: Curie, lexname: str, lemmas: str, gloss: str) -> Concept:
    names = _names(id_, lemmas)
    return Concept(
        id=id_,
        pref_label=names[0].text,
        names=names,
        gloss=gloss,
        xrefs=tuple(sorted(map(Curie.parse, _XREFS.get(id_, ())))),
        lexname=f"noun.{lexname}",
    )


def _item(id_: Curie, gloss: str, *names: str) -> Concept:
    return Concept(
        id=id_,
        pref_label=names[0],
        names=tuple(Name(text=n, kind="alt" if at else "pref") for at, n in enumerate(names)),
        gloss=gloss,
        source="wikidata",
    )


def concepts() -> tuple[Concept, ...]:
    """Return all concepts, sorted by id."""
    rows = [(id_, lexname, lemmas, gloss) for id_, lexname, _, lemmas, gloss in _ROWS]
    rows += [(id_, lexname, lemmas, gloss) for id_, lexname, _, lemmas, gloss in _INSTANCES]
    items = (
        _item(WATER_DOG, "a dog breed", "Portuguese Water Dog", "Cao de Agua"),
        _item(COMPUTER_WORM, "a program that spreads by itself", "computer worm", "worm"),
    )
    return tuple(sorted((*(_synset(*row) for row in rows), *items), key=lambda c: c.id))


def edges() -> tuple[Edge, ...]:
    """Return all edges, sorted."""
    found = [Edge(id_, above) for id_, _, above, _, _ in _ROWS if above is not None]
    found += [Edge(id_, above, "instance") for id_, _, above, _, _ in _INSTANCES]
    found += [Edge(WATER_DOG, DOG), Edge(COMPUTER_WORM, DEVICE)]
    return tuple(sorted(found))


def lexicon() -> Lexicon:
    """Return the lexicon, made anew: it caches as it is used."""
    return Lexicon(concepts(), edges())


def label_set(id_: str, *labels: str | Mapping[str, object], title: str = "") -> LabelSet:
    """Return a label set.

    Args:
        id_: of the set.
        labels: names, or a `Label`'s fields; label ids count from 0 where not given.
        title: of the set.
    """
    made = []
    for number, given in enumerate(labels):
        fields = {"name": given} if isinstance(given, str) else given
        values: dict[str, object] = {"label_set": id_, "label_id": str(number), **fields}
        made.append(Label(**values))  # type: ignore[arg-type]  # a test names its fields itself
    return LabelSet(id=id_, labels=tuple(made), title=title, source="by hand", license="CC0-1.0")


class ToySource:
    """The lexicon as a source of concepts; what a recipe's line `toy` stands for."""

    name = "toy"

    def __init__(self, folder: Path | None = None, languages: Sequence[str] = ()) -> None:
        """Take what every source takes; there is nothing to read."""
        self.folder = folder
        self.languages = languages

    def find(self, progress: Progress, /) -> Found:
        """Return what `load` gives; a source of this name is the same for all of one test."""
        del progress
        return Found(fingerprint="0" * 64)

    def tell(self, found: Found, info: SourceInfo, progress: Progress, /) -> None:
        """Tell nothing, as `load` does."""

    def load(self, base: SourceData | None, progress: Progress, /) -> SourceData:
        """Return everything."""
        del base, progress
        found, between = concepts(), edges()
        return SourceData(
            name=self.name,
            version="1",
            fingerprint="0" * 64,
            concepts=found,
            edges=between,
            counts={"concepts": Counts(read=len(found), kept=len(found))},
        )
