"""Which properties of Wikidata are kept, and why.

An item of Wikidata has hundreds of statements; these are the ones that place a
concept, link it to another vocabulary, or show what it looks like. The pull
from an endpoint and the pass over a dump keep the same ones, so that what they
give can be compared.
"""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["CLASS_PROPERTY", "KEPT_PROPERTIES", "LINK_PROPERTY", "Property"]

CLASS_PROPERTY: Final = "P279"
"""Subclass of: what a hierarchy is made of."""

LINK_PROPERTY: Final = "P8814"
"""WordNet 3.1 synset id: what ties an item to WordNet."""


class Property(NamedTuple):
    """One property.

    Attributes:
        name: Wikidata's English label.
        holds: what its values are: `item` (a QID) or `string`.
        why: what it is kept for.
    """

    name: str
    holds: str
    why: str


KEPT_PROPERTIES: Final[dict[str, Property]] = {
    "P18": Property("image", "string", "shows what the concept looks like"),
    "P31": Property("instance of", "item", "tells single things and metaclasses from classes"),
    "P105": Property("taxon rank", "item", "tells a species from what is above it"),
    "P171": Property("parent taxon", "item", "the hierarchy of living things"),
    "P225": Property("taxon name", "string", "the scientific name, the same in all languages"),
    "P279": Property("subclass of", "item", "the hierarchy"),
    "P361": Property("part of", "item", "tells a part from a kind"),
    "P373": Property("Commons category", "string", "where free images of it are"),
    "P646": Property("Freebase ID", "string", "classes of Open Images"),
    "P685": Property("NCBI taxonomy ID", "string", "a taxon under another name"),
    "P830": Property("Encyclopedia of Life ID", "string", "a taxon under another name"),
    "P846": Property("GBIF taxon ID", "string", "a taxon under another name"),
    "P2888": Property("exact match", "string", "the same concept elsewhere, by its address"),
    "P3151": Property("iNaturalist taxon ID", "string", "classes of iNaturalist"),
    "P8814": Property("WordNet 3.1 Synset ID", "string", "the same concept in WordNet"),
}
"""By the number of the property."""
