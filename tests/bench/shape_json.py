"""Generated items as the JSON that Wikidata publishes, with all that nobody wants to keep.

Statements have hashes, ids, qualifiers and references; most of them are of properties that labelsys
passes over. What is the same in many of Wikidata's items (references to one and the same source) is
the same here, and what never is (statement ids, hashes) never is, so that it compresses as the real
one does.
"""

from __future__ import annotations

from hashlib import sha1
from json.encoder import encode_basestring_ascii as quote
from random import Random
from typing import TYPE_CHECKING, Final

from tests.bench.shape_classes import mix
from tests.bench.shape_names import LANGUAGES, phrase, translate, word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.bench.shape_items import Made, Said, Shape

__all__ = ["JsonWriter"]

_N_REFERENCES: Final = 3_000
_WIKIS: Final = tuple(f"{x.code.replace('-', '_')}wiki" for x in LANGUAGES)
_ITEM_PIDS: Final = [
    "P17",
    "P131",
    "P21",
    "P106",
    "P27",
    "P19",
    "P20",
    "P69",
    "P108",
    "P166",
    "P495",
    "P136",
    "P921",
    "P407",
    "P1412",
]
_ID_PIDS: Final = [
    "P214",
    "P227",
    "P213",
    "P244",
    "P268",
    "P269",
    "P349",
    "P409",
    "P345",
    "P434",
    "P691",
    "P698",
    "P356",
    "P932",
]
_TIMES: Final = ["P569", "P570", "P571", "P576", "P577", "P580"]
_SUMS: Final = ["P1082", "P2046", "P2044", "P2067", "P2048"]
_FILL: Final = {"article": 17, "human": 13, "taxon": 9, "wikimedia": 1, "place": 8, "class": 5}
"""Statements beside those that are kept, in the middle; `other` and those not named: 6."""
_MOST: Final = 3_500


class JsonWriter:
    """Writes items as lines of JSON."""

    def __init__(self, shape: Shape, *, small: bool) -> None:
        self.shape = shape
        self.small = small
        rng = Random(shape.seed ^ 0x2EF)
        self._sources: list[str] = []
        self._references = [_reference(rng) for _ in range(0 if small else _N_REFERENCES)]

    def line(self, made: Made) -> str:
        """Return an item as one line, without its end."""
        rng = Random(mix(self.shape.seed ^ mix(made.number) ^ 0x150))
        if not self.small:
            # The statements of one item come from a few sources, most of them from the same.
            self._sources = [
                self._references[int(_N_REFERENCES * rng.random() ** 3)] for _ in "123"
            ]
        claims: dict[str, list[str]] = {}
        for said in made.said:
            self._add(claims, made, said.pid, _snak(said), said.rank, rng)
        if not self.small:
            self._fill(claims, made, rng)
        # Wikidata's own writer has been giving lists for maps without a member, on and off.
        none = "[]" if rng.random() < 0.3 else "{}"
        parts = (
            f'{{"type":"item","id":"{made.qid}","labels":',
            _map(_terms(made, "label"), none),
            ',"descriptions":',
            _map(_terms(made, "description"), none),
            ',"aliases":',
            _map(self._alias_lists(made), none),
            ',"claims":',
            _map((f'"{pid}":[{",".join(rows)}]' for pid, rows in claims.items()), none),
            ',"sitelinks":',
            _map(_sitelinks(made, rng), none),
            f',"pageid":{made.number + 129},"ns":0,"title":"{made.qid}"',
            f',"lastrevid":{1_000_000_000 + rng.getrandbits(30)}',
            f',"modified":"20{rng.randrange(15, 26)}-0{rng.randrange(1, 10)}-11T07',
            f':{rng.randrange(10, 60)}:07Z"}}',
        )
        return "".join(parts)

    def _alias_lists(self, made: Made) -> Iterable[str]:
        found: dict[str, list[str]] = {}
        for text in made.texts:
            if text.kind == "alias":
                row = f'{{"language":"{text.lang}","value":{quote(text.text)}}}'
                found.setdefault(text.lang, []).append(row)
        return (f'"{lang}":[{",".join(rows)}]' for lang, rows in found.items())

    def _add(
        self,
        claims: dict[str, list[str]],
        made: Made,
        pid: str,
        snak: str,
        rank: str,
        rng: Random,
    ) -> None:
        guid = f"{rng.getrandbits(128):032x}"
        tail = f'"type":"statement"{self._qualifiers(rng)},"id":"{made.qid}${guid[:8]}-{guid[8:12]}'
        tail += f'-{guid[12:16]}-{guid[16:20]}-{guid[20:]}","rank":"{rank}"'
        if not self.small and rng.random() < 0.7:
            tail += f',"references":[{self._sources[int(3 * rng.random() ** 2)]}]'
        claims.setdefault(pid, []).append(f'{{"mainsnak":{snak},{tail}}}')

    def _qualifiers(self, rng: Random) -> str:
        if self.small or rng.random() > 0.16:
            return ""
        if rng.random() < 0.02:
            # What is kept as a claim stands here as well, and means nothing.
            pid, snak = "P279", _item_snak("P279", f"Q{rng.getrandbits(26)}")
        elif rng.random() < 0.5:
            pid, snak = "P580", _time_snak("P580", rng)
        else:
            pid, snak = "P1810", _string_snak("P1810", "string", phrase(rng.getrandbits(60), 2))
        return f',"qualifiers":{{"{pid}":[{_hashed(snak)}]}},"qualifiers-order":["{pid}"]'

    def _fill(self, claims: dict[str, list[str]], made: Made, rng: Random) -> None:
        """Add statements of no interest: most items have some, a few have thousands."""
        middle = _FILL.get(made.kind, 6)
        count = min(int(middle * rng.lognormvariate(-0.1, 0.75)), _MOST)
        if made.kind != "wikimedia" and rng.random() < 0.0004:
            count += int(rng.paretovariate(1.1) * 250) % _MOST
        for at in range(count):
            if made.kind == "article" and at % 5:
                pid, snak = self._of_article(at, rng)
            else:
                pid, snak = self._of_any(rng)
            rank = "normal" if rng.random() < 0.97 else "preferred" if at % 2 else "deprecated"
            self._add(claims, made, pid, snak, rank, rng)

    def _of_article(self, at: int, rng: Random) -> tuple[str, str]:
        if at % 2:
            item = self.shape.qid(int(self.shape.n * rng.random()))
            return "P2860", _item_snak("P2860", item)
        name = f"{word(rng.getrandbits(16)).capitalize()} {word(rng.getrandbits(16)).capitalize()}"
        return "P2093", _string_snak("P2093", "string", name)

    def _of_any(self, rng: Random) -> tuple[str, str]:
        draw = rng.random()
        if draw < 0.45:
            pid = _ITEM_PIDS[int(rng.random() * len(_ITEM_PIDS))]
            item = self.shape.qid(int(self.shape.n * rng.random() ** 3))
            return pid, _item_snak(pid, item)
        if draw < 0.72:
            pid = _ID_PIDS[int(rng.random() * len(_ID_PIDS))]
            return pid, _string_snak(pid, "external-id", str(rng.getrandbits(32)))
        return _rare(draw, rng)


def _rare(draw: float, rng: Random) -> tuple[str, str]:
    if draw < 0.80:
        pid = rng.choice(_TIMES)
        return pid, _time_snak(pid, rng)
    if draw < 0.86:
        pid = rng.choice(_SUMS)
        value = (
            f'{{"amount":"+{rng.getrandbits(20)}","unit":"http://www.wikidata.org/entity/Q712226"}}'
        )
        return pid, _value_snak(pid, "quantity", "quantity", value)
    if draw < 0.90:
        value = f'{{"text":{quote(phrase(rng.getrandbits(60), 3))},"language":"en"}}'
        return "P1476", _value_snak("P1476", "monolingualtext", "monolingualtext", value)
    if draw < 0.93:
        value = (
            f'{{"latitude":{rng.uniform(-90, 90):.6f},"longitude":{rng.uniform(-180, 180):.6f}'
            ',"altitude":null,"precision":0.0001,"globe":"http://www.wikidata.org/entity/Q2"}'
        )
        return "P625", _value_snak("P625", "globe-coordinate", "globecoordinate", value)
    if draw < 0.96:
        name = f"{phrase(rng.getrandbits(60), 2)}.svg"
        return "P154", _string_snak("P154", "commonsMedia", name)
    if draw < 0.97:
        value = '{"entity-type":"property","numeric-id":279,"id":"P279"}'
        return "P1963", _value_snak("P1963", "wikibase-property", "wikibase-entityid", value)
    return "P856", _string_snak("P856", "url", f"https://www.{word(rng.getrandbits(30))}.example/")


def _value_snak(pid: str, datatype: str, type_: str, value: str) -> str:
    return (
        f'{{"snaktype":"value","property":"{pid}","datavalue":{{"value":{value},"type":"{type_}"}}'
        f',"datatype":"{datatype}"}}'
    )


def _hashed(snak: str) -> str:
    """Return a snak as a qualifier has it: in dumps only those have a hash of their own."""
    digest = sha1(snak.encode(), usedforsecurity=False).hexdigest()
    head, middle, tail = snak.partition(',"datavalue"')
    return f'{head},"hash":"{digest}"{middle}{tail}'


def _item_snak(pid: str, qid: str) -> str:
    value = f'{{"entity-type":"item","numeric-id":{qid[1:]},"id":"{qid}"}}'
    return _value_snak(pid, "wikibase-item", "wikibase-entityid", value)


def _string_snak(pid: str, datatype: str, text: str) -> str:
    return _value_snak(pid, datatype, "string", quote(text))


def _time_snak(pid: str, rng: Random) -> str:
    value = (
        f'{{"time":"+{rng.randrange(1700, 2026)}-0{rng.randrange(1, 10)}-{rng.randrange(10, 29)}'
        'T00:00:00Z","timezone":0,"before":0,"after":0,"precision":11,'
        '"calendarmodel":"http://www.wikidata.org/entity/Q1985727"}'
    )
    return _value_snak(pid, "time", "time", value)


def _snak(said: Said) -> str:
    if said.snak != "value":
        head = f'{{"snaktype":"{said.snak}","property":"{said.pid}"'
        return f'{head},"datatype":"{said.datatype}"}}'
    if said.datatype == "wikibase-item":
        return _item_snak(said.pid, said.value)
    return _string_snak(said.pid, said.datatype, said.value)


def _reference(rng: Random) -> str:
    """Return a source: some are a wiki, some an item and a date, some an address too."""
    snaks = {"P143": _item_snak("P143", f"Q{300_000_000 + rng.getrandbits(7)}")}
    if rng.random() < 0.7:
        snaks = {"P248": _item_snak("P248", f"Q{300_000_000 + rng.getrandbits(10)}")}
        snaks["P813"] = _time_snak("P813", rng)
        if rng.random() < 0.4:
            address = f"https://{word(rng.getrandbits(20))}.example/id?{rng.getrandbits(40)}"
            snaks["P854"] = _string_snak("P854", "url", address)
    rows = ",".join(f'"{pid}":[{snak}]' for pid, snak in snaks.items())
    order = ",".join(f'"{pid}"' for pid in snaks)
    digest = sha1(rows.encode(), usedforsecurity=False).hexdigest()
    return f'{{"hash":"{digest}","snaks":{{{rows}}},"snaks-order":[{order}]}}'


def _terms(made: Made, kind: str) -> Iterable[str]:
    return (
        f'"{text.lang}":{{"language":"{text.lang}","value":{quote(text.text)}}}'
        for text in made.texts
        if text.kind == kind
    )


def _sitelinks(made: Made, rng: Random) -> Iterable[str]:
    label = made.texts[0].text if made.texts else made.qid
    for at in range(min(made.sitelinks, len(_WIKIS))):
        title = quote(translate(label, LANGUAGES[at]))
        badges = '"Q17437798"' if rng.random() < 0.02 else ""
        yield f'"{_WIKIS[at]}":{{"site":"{_WIKIS[at]}","title":{title},"badges":[{badges}]}}'


def _map(rows: Iterable[str], none: str) -> str:
    text = ",".join(rows)
    return f"{{{text}}}" if text else none
