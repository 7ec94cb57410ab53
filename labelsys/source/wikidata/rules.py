"""The rules by which items and edges of a pull are left out, by name.

Every item or edge that a rule cuts is one finding with the rule's code, so what
a build cut can be counted and listed from its graph alone.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["RULES", "Rule"]


class Rule(NamedTuple):
    """One rule.

    Attributes:
        name: as asked for on the command line.
        code: of its findings.
        cuts: `item` (and with it every edge from and to it), `edge`, or `claim`
            (an instance-of claim, which is no edge here).
        says: what it cuts, in one sentence.
    """

    name: str
    code: str
    cuts: str
    says: str


_RULES = (
    Rule("redirect", "W220", "item", "It redirects to another item, which stands for it."),
    Rule("wikimedia", "W221", "item", "It is a page of Wikimedia's own: a list, a category, ..."),
    Rule("metaclass", "W222", "item", "It is a class of classes, and its name says so."),
    Rule("single", "W223", "item", "It is a single person, place or state, not a class."),
    Rule("corrected", "W228", "edge", "Somebody looked at it, and it is wrong."),
    Rule("instance", "W224", "edge", "What is above is an instance, and a subclass of nothing."),
    Rule("both", "W225", "claim", "It is an instance and a subclass of one class: a subclass."),
    Rule("nameless", "W208", "item", "It has a name in none of the languages asked for."),
    Rule("unreached", "W202", "item", "Nothing that is left above it is linked to a synset."),
    Rule("cycle", "W201", "edge", "It closes a loop."),
    Rule("meta-edge", "W226", "edge", "What is above is a class of classes, and there is better."),
    Rule(
        "disjoint", "W210", "edge", "It would put a concept under two classes that share nothing."
    ),
)

RULES: dict[str, Rule] = {rule.name: rule for rule in _RULES}
"""Name -> rule, in the order in which they are applied."""
