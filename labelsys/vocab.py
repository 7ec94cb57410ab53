"""Closed lists of words: finding codes, justifications, matcher names.

Codes of findings: `E` is an error, `W` a warning, `I` a note.

======  =====================================================================
code    means
======  =====================================================================
E101    the hierarchy has a cycle
E102    a concept does not reach the root
E103    an edge, placement or mapping points to a concept that is not there
E104    the counts of a batch do not add up
E105    a concept falls under two classes that share nothing
W201    an edge of Wikidata was cut to break a cycle
W202    a Wikidata class was left out: it reaches no linked concept
W203    a given id is in no WordNet 3.0, or not a noun
W204    a given id is not what the other given id says
W205    a Wikidata item is linked to several synsets
W206    a decision refers to something that is not in this build
W207    a label set was read with rows skipped
W208    a Wikidata class has a name in none of the languages asked for
W209    a label's name has characters that turn text round
W210    an edge of a source was left out: its concept would be under disjoint classes
W211    a link is in review: it puts a label under disjoint classes
W220    a Wikidata item redirects to another one, which stands for it
W221    a Wikidata class was left out: it is a page of Wikimedia's own
W222    a Wikidata class was left out: it is a class of classes
W223    a Wikidata class was left out: it is a single thing
W224    an edge of Wikidata was left out: what is above is an instance only
W225    a Wikidata item is an instance and a subclass of one class
W226    an edge of Wikidata to a class of classes was left out
W227    a given id redirects to another one, which was taken
W228    an edge of Wikidata was left out: a correction says that it is wrong
W301    two labels of one set stand at one concept
W302    a label stands above another one in a set without parents
W303    two labels of one set are near-synonyms
W304    a label's name is too ambiguous to annotate by
W305    a label would stand elsewhere than before
W306    a label of the set is gone, or has another name
I401    a label is excluded
I402    a label is unplaced
I403    a file has columns that are not read
I404    several labels of one set have the same name
I405    a label is new in its set
======  =====================================================================
"""

from __future__ import annotations

__all__ = ["FINDINGS", "Justification"]


def _parse_codes(text: str) -> dict[str, str]:
    table = text.split("======  =====")[2].splitlines()
    rows = (line.split(maxsplit=1) for line in table if line[:1] in "EWI" and line[1:4].isdigit())
    return {row[0]: row[1] for row in rows}


FINDINGS: dict[str, str] = _parse_codes(__doc__ or "")
"""Finding code -> what it means; `labelsys lint` prints from it."""


class Justification:
    """The SEMAPV justifications that labelsys writes."""

    LEXICAL = "semapv:LexicalMatching"
    """One name of the concept, folded, equals the label's name."""
    COMPOSITE = "semapv:CompositeMatching"
    """Several kinds of evidence, ranked together."""
    SEMANTIC = "semapv:SemanticSimilarityThresholdMatching"
    """The label's nearest concepts by sentence vectors agree on it."""
    CHAIN = "semapv:MappingChaining"
    """A label of the same name, at the same new concept, is linked there."""
    STRUCTURAL = "semapv:StructuralMatching"
    """Where the label's parent or set stands decided."""
    KNOWN = "semapv:BackgroundKnowledgeBasedMatching"
    """A shared or linked identifier (P8814, a Freebase MID in two sets)."""
    REVIEW = "semapv:MappingReview"
    """A correction that ships says so; its table tells who judged."""
    MANUAL = "semapv:ManualMappingCuration"
    """The dataset itself gives the id, or a curator decided."""
