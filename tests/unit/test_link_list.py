"""Linking a list of names to a built system."""

from __future__ import annotations

from labelsys.ids import ROOT, Curie
from labelsys.match.link import open_linker
from labelsys.model import Concept, Edge, Label, Name, Sense
from labelsys.store.memory import MemoryWriter

LIST = Curie("wn30", "06481320-n")


def test_list_without_a_title_is_not_taken_for_lists() -> None:
    """A made-up id of the linked list must not name a theme, or every unknown name goes there."""
    writer = MemoryWriter()
    name = Name(text="list", kind="pref", sense=Sense(number=1, count=9, lex_id=0))
    writer.add_concepts(
        [
            Concept(id=ROOT, pref_label="entity"),
            Concept(id=LIST, pref_label="list", names=(name,)),
        ]
    )
    writer.add_edges([Edge(LIST, ROOT)])
    writer.finish()
    asked = [Label(label_set="-", label_id="1", name="blorb")]
    (row,) = open_linker(writer.store, asked, encoder="none").link()
    assert (row.object_id, row.predicate_id, row.status) == (None, None, "review")
