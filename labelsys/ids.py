"""Identifiers: CURIEs and the other spellings of the same concept.

A `Curie` is a `str` that was checked once, at the edge. Everything that takes
one may rely on its shape; nothing else in labelsys splits at a colon.
This module knows spellings only. Whether a concept exists is asked of a store,
in `labelsys.lookup`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache, lru_cache
from importlib.resources import files
from os.path import commonprefix
from typing import TYPE_CHECKING, Self
from urllib.parse import quote, unquote

from labelsys.errors import IdentifierError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "ROOT",
    "Curie",
    "curie_to_uri",
    "ls_curie",
    "nearest_ids",
    "prefixes",
    "uri_to_curie",
    "wnid",
]

_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]*\Z")
_WN30 = re.compile(r"[0-9]{8}-[nvar]\Z")
_QID = re.compile(r"[QPL][1-9][0-9]*\Z")
_WNID = re.compile(r"n[0-9]{8}\Z")

DEFAULT_BASE = "https://example.org/labelsys/"


@lru_cache(maxsize=1024)
def _is_prefix(text: str) -> bool:
    """Return whether a text can be a prefix; a few dozen stand before hundreds of thousands."""
    return _PREFIX.match(text) is not None


class Curie(str):
    """A compact URI, `prefix:local_id`.

    It is a string, so it sorts, hashes and prints as one, but it can only be
    made by `parse` or from parts, which check it.

    Examples:
        >>> dog = Curie("wn30", "02084071-n")
        >>> dog, dog.prefix, dog.local_id
        ('wn30:02084071-n', 'wn30', '02084071-n')
        >>> Curie.parse("wd:Q144").local_id
        'Q144'
    """

    __slots__ = ()

    def __new__(cls, prefix: str, local_id: str) -> Self:
        """Join two checked parts.

        Raises:
            IdentifierError: a part is empty or has characters that no CURIE has.
        """
        if not _is_prefix(prefix):
            msg = f"{prefix!r} is no CURIE prefix"
            raise IdentifierError(msg)
        if not local_id or not local_id.isprintable():
            msg = f"{prefix}:{local_id!r} has an empty or unprintable local id"
            raise IdentifierError(msg)
        if prefix == "wn30" and not _WN30.match(local_id):
            msg = (
                f"wn30:{local_id!r} is no WordNet id: eight digits and '-n', as in wn30:02084071-n"
            )
            raise IdentifierError(msg)
        if prefix == "wd" and not _QID.match(local_id):
            msg = f"wd:{local_id!r} is no Wikidata id: 'Q' and a number, as in wd:Q144"
            raise IdentifierError(msg)
        return str.__new__(cls, f"{prefix}:{local_id}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the id that `prefix:local_id` spells; the local id may hold further colons.

        Raises:
            IdentifierError: the text has no colon, or a bad part.
        """
        prefix, colon, local_id = text.partition(":")
        if not colon:
            msg = f"{text!r} is no CURIE: expected prefix:local_id, as in wn30:02084071-n"
            raise IdentifierError(msg)
        return cls(prefix, local_id)

    @classmethod
    def trusted(cls, text: str) -> Self:
        """Return a text that our own store wrote as an id, unchecked.

        Bulk reads go through here: the check costs ten times the look-up.
        """
        return str.__new__(cls, text)

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]  # str has one part, a CURIE two
        """Return the parts, by which it is copied and pickled."""
        return self.prefix, self.local_id

    @property
    def prefix(self) -> str:
        """The part before the first colon."""
        return str(self).partition(":")[0]

    @property
    def local_id(self) -> str:
        """The part after the first colon."""
        return str(self).partition(":")[2]


ROOT = Curie("wn30", "00001740-n")
"""`entity.n.01`, the root of every hierarchy."""


def wnid(id_: str) -> str | None:
    """Return the wnid that vision people know (`n02084071`) of a WordNet id, else None.

    Examples:
        >>> wnid("wn30:02084071-n"), wnid("wd:Q144")
        ('n02084071', None)
    """
    if id_.startswith("wn30:") and id_.endswith("-n"):
        return "n" + id_[5:13]
    return None


def wnid_to_curie(text: str) -> Curie:
    """Return the concept id of a wnid.

    Raises:
        IdentifierError: the text is no `n` and eight digits.

    Examples:
        >>> wnid_to_curie("n02084071")
        'wn30:02084071-n'
    """
    if not _WNID.match(text):
        msg = f"{text!r} is no wnid: 'n' and eight digits, as in n02084071"
        raise IdentifierError(msg)
    return Curie("wn30", text[1:] + "-n")


def ls_curie(founder: str, taken: frozenset[str] | set[str] = frozenset()) -> Curie:
    """Return the id of a concept that only datasets know.

    Eight characters of the lower-case base32 of the SHA-256 of the founding
    label's `label_set:label_id`; where those are *taken*, the next eight.

    Args:
        founder: `label_set:label_id` of the first label that stands there.
        taken: `ls:` ids that are in use, or were.

    Raises:
        IdentifierError: every choice is taken.
    """
    digest = (
        base64.b32encode(hashlib.sha256(founder.encode()).digest()).decode().lower().rstrip("=")
    )
    for start in range(len(digest) - 7):
        candidate = Curie("ls", digest[start : start + 8])
        if candidate not in taken:
            return candidate
    msg = f"no free ls: id for {founder!r}"  # 45 clashes in a row: not in this universe
    raise IdentifierError(msg)


def nearest_ids(text: str, around: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Return which ids look like a text, best first.

    Those that begin alike beyond the prefix, the longest common beginning
    first, then the closest length, then by id.

    Args:
        text: an id that nothing has.
        around: ids near it in sorted order, as a store finds them at no cost.
        limit: how many at most.

    Examples:
        >>> nearest_ids("wd:Q14", ["wd:Q1388", "wd:Q144", "wd:Q23", "wn30:00001740-n"])
        ('wd:Q144', 'wd:Q1388')
    """
    least = text.find(":") + 3
    shared = [(len(commonprefix((text, id_))), id_) for id_ in around]  # noqa: RUF071 - meant so
    ranked = sorted((-n, abs(len(id_) - len(text)), id_) for n, id_ in shared if n >= least)
    return tuple(id_ for _, _, id_ in ranked[:limit])


@cache
def prefixes() -> dict[str, str]:
    """Return the shipped prefix map, prefix -> URI stem, in file order."""
    text = files("labelsys_ontologies").joinpath("prefixes.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {row[0]: row[1] for row in rows[1:]}


def curie_to_uri(
    id_: Curie, *, base: str = DEFAULT_BASE, label_sets: frozenset[str] | set[str] = frozenset()
) -> str:
    """Return the full URI of an id.

    `ls:` ids and labels live under *base*; everything else under the shipped
    prefix map.

    Args:
        id_: any id.
        base: base address of this label system, ending in a slash.
        label_sets: ids of label sets, whose prefixes expand under the base.

    Raises:
        IdentifierError: the prefix is neither shipped nor a label set.

    Examples:
        >>> curie_to_uri(Curie("wd", "Q144"))
        'http://www.wikidata.org/entity/Q144'
        >>> curie_to_uri(Curie("openimages", "/m/0bt9lr"), label_sets={"openimages"})
        'https://example.org/labelsys/labelset/openimages/%2Fm%2F0bt9lr'
    """
    prefix, local_id = id_.prefix, id_.local_id
    if prefix == "ls":
        return f"{base}concept/{quote(local_id, safe='')}"
    if prefix in label_sets:
        return f"{base}labelset/{prefix}/{quote(local_id, safe='')}"
    stem = prefixes().get(prefix)
    if stem is None:
        msg = f"{id_!r} has the unknown prefix {prefix!r}; known: {', '.join(sorted(prefixes()))}"
        raise IdentifierError(msg)
    return stem + quote(local_id, safe="-._~:@!$&'()*+,;=/")


def uri_to_curie(uri: str, *, base: str = DEFAULT_BASE) -> Curie:
    """Return the id of a URI that `curie_to_uri` wrote.

    Raises:
        IdentifierError: the URI lies under no known stem.

    Examples:
        >>> uri_to_curie("http://www.wikidata.org/entity/Q144")
        'wd:Q144'
    """
    if uri.startswith(base + "concept/"):
        return Curie("ls", unquote(uri.removeprefix(base + "concept/")))
    if uri.startswith(base + "labelset/"):
        label_set, _, local_id = uri.removeprefix(base + "labelset/").partition("/")
        return Curie(label_set, unquote(local_id))
    stems = [(stem, prefix) for prefix, stem in prefixes().items() if uri.startswith(stem)]
    if not stems:
        msg = f"{uri!r} lies under no known prefix"
        raise IdentifierError(msg)
    stem, prefix = max(stems)
    return Curie(prefix, unquote(uri.removeprefix(stem)))
