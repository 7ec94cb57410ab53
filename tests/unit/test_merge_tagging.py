"""Builds that tag: what a tagger says, what a curator says instead, and what is kept of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from labelsys.audit.decisions import Decision, append_decision
from labelsys.audit.tag_decisions import decide_visual
from labelsys.config import TagSettings
from labelsys.errors import ConfigError, SourceError
from labelsys.ids import Curie
from labelsys.merge import build as build_module
from labelsys.merge.build import BuildOptions, build
from labelsys.merge.tagging import overrule, tag_lines
from labelsys.model import Concept, VisualTag
from labelsys.progress import SilentProgress
from labelsys.store.memory import MemoryWriter
from labelsys.store.sqlite import SqliteStore
from labelsys.store.transfer import copy_graph
from labelsys.tag.surroundings import NUMBERS, VIEWS, Surroundings
from labelsys.tag.tagged import count_tags
from labelsys.tag.train import Judged, train_visual
from labelsys.tag.visual import explain_visual, load_model, open_embedder, tag_visual
from labelsys.workspace import VISUAL_MODEL, current_graph
from tests import encoder_toy
from tests import lexicon_toy as toy
from tests.unit.test_merge_build import PETS, SEA, graph, make, toy_source

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.model import VisualValue
    from labelsys.workspace import Workspace
    from tests.encoder_toy import Counted

__all__ = ["toy_source"]

TAGGED = BuildOptions(tag_visual="minilm")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    return encoder_toy.install(monkeypatch)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make(tmp_path / "w", PETS, SEA)


def tags(workspace: Workspace) -> dict[Curie, VisualTag]:
    path = current_graph(workspace.path)
    assert path is not None
    with SqliteStore(path) as store:
        return {tag.id: tag for tag in store.iter_visual_tags()}


def in_use(workspace: Workspace) -> set[Curie]:
    path = current_graph(workspace.path)
    assert path is not None
    with SqliteStore(path) as store:
        return {concept.id for concept in store.iter_concepts() if concept.status == "active"}


def test_a_recipe_asks_for_no_tagger_unless_told(workspace: Workspace, counted: Counted) -> None:
    report = build(workspace)
    assert tags(workspace) == {}
    assert counted.texts == 0
    assert not any(line.startswith("tags") for line in report.lines)


def test_every_concept_is_tagged_with_who_says_so_and_the_recipe_keeps_it(
    workspace: Workspace, counted: Counted
) -> None:
    before = build(workspace)
    report = build(workspace, TAGGED)
    assert report.hash != before.hash
    found = tags(workspace)
    assert set(found) == in_use(workspace)
    model = load_model("minilm")
    for tag in found.values():
        assert (tag.tagger, tag.curator) == (model.tagger, None)
        assert tag.probability is not None
        assert tag.value == tag.guess == model.value(tag.probability)
    assert counted.texts == len(found)
    assert workspace.read_recipe().tag == TagSettings(visual="minilm")
    assert report.lines[-1].startswith(f"tags ({model.tagger}): ")
    assert build(workspace).up_to_date


def test_tags_are_the_same_bytes_twice_and_vectors_are_computed_once(
    workspace: Workspace, counted: Counted
) -> None:
    build(workspace, TAGGED)
    first, n = graph(workspace), counted.texts
    build(workspace, replace(TAGGED, force=True))
    assert graph(workspace) == first
    assert counted.texts == n


def test_a_tagged_build_that_is_interrupted_leaves_the_old_graph_and_goes_on_with_its_vectors(
    workspace: Workspace, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(workspace)
    before, recipe = graph(workspace), workspace.recipe_path.read_bytes()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(build_module, "_write", interrupt)
        with pytest.raises(KeyboardInterrupt):
            build(workspace, TAGGED)
    n = counted.texts
    assert n > 0
    assert (graph(workspace), workspace.recipe_path.read_bytes()) == (before, recipe)
    build(workspace, TAGGED)
    assert counted.texts == n
    assert set(tags(workspace)) == in_use(workspace)


def test_only_texts_that_are_new_are_encoded(tmp_path: Path, counted: Counted) -> None:
    workspace = make(tmp_path / "w", PETS)
    build(workspace, TAGGED)
    n = counted.texts
    workspace.add_label_set(SEA)  # founds one concept under bird
    build(workspace)
    assert counted.texts - n == 1


def test_tags_go_away_with_the_tagger(workspace: Workspace, counted: Counted) -> None:
    first = build(workspace)
    build(workspace, TAGGED)
    last = build(workspace, BuildOptions(tag_visual="none"))
    assert (last.hash, tags(workspace)) == (first.hash, {})
    assert counted.texts > 0


def test_a_curator_s_word_wins_and_keeps_the_tagger_s_beside_it(
    workspace: Workspace, counted: Counted
) -> None:
    build(workspace, TAGGED)
    said = tags(workspace)[toy.DOG]
    other: VisualValue = "non-visual" if said.value == "visual" else "visual"
    decide_visual(workspace.decisions_path, toy.DOG, other, by="ana", why="I looked")
    report = build(workspace)
    assert tags(workspace)[toy.DOG] == replace(said, value=other, curator="ana")
    assert report.lines[-1].endswith("; 1 by curators")
    assert counted.texts == len(tags(workspace))


def test_a_curator_s_word_needs_no_tagger_and_can_be_taken_back(workspace: Workspace) -> None:
    first = build(workspace)
    made = decide_visual(workspace.decisions_path, toy.DOG, "visual", by="ana")
    build(workspace)
    assert tags(workspace) == {toy.DOG: VisualTag(id=toy.DOG, value="visual", curator="ana")}
    undone = Decision(
        id="d9",
        at="2026-03-01T09:30:00Z",
        by="ana",
        action="note",
        subject_id=toy.DOG,
        undoes=made.id,
    )
    append_decision(workspace.decisions_path, undone)
    assert build(workspace).hash == first.hash
    assert tags(workspace) == {}


def test_a_word_on_a_concept_that_is_not_there_is_reported(workspace: Workspace) -> None:
    gone = Curie("wn30", "99999999-n")
    decide_visual(workspace.decisions_path, gone, "visual", by="ana")
    decide_visual(workspace.decisions_path, Curie("wd", "Q144"), "visual", by="ana")
    report = build(workspace)
    with SqliteStore(report.path) as store:
        (finding,) = [f for f in store.iter_findings() if f.code == "W206"]
    assert (finding.id, "no concept" in finding.message) == (gone, True)
    assert set(tags(workspace)) == {toy.DOG}  # by its QID


def test_wrong_word_is_not_recorded(workspace: Workspace) -> None:
    with pytest.raises(SourceError, match="tag takes the value visual or non-visual, found 'may"):
        decide_visual(workspace.decisions_path, toy.DOG, "maybe", by="ana")
    assert not workspace.decisions_path.exists() or not workspace.decisions_path.read_bytes()


def test_an_id_that_two_concepts_share_means_neither() -> None:
    shared = Curie("wd", "Q900002")
    one, other = (
        Concept(id=Curie("wn30", f"0000000{n}-n"), pref_label="crane", xrefs=(shared,))
        for n in (1, 2)
    )
    said = Decision(
        id="d1",
        at="2025-03-01T09:30:00Z",
        by="ana",
        action="tag",
        subject_id=shared,
        predicate_id="labelsys:visual",
        value="visual",
    )
    assert overrule((), [said], [one, other]) == ()
    (tag,) = overrule((), [said], [one])
    assert (tag.id, tag.value, tag.curator) == (one.id, "visual", "ana")


def test_nothing_is_said_of_no_tags() -> None:
    assert tag_lines(()) == ()
    tag = VisualTag(id=toy.DOG, value="visual", curator="ana")
    assert tag_lines([tag]) == (
        "tags (no tagger): 1 visual, 0 non-visual, 0 abstain; 1 by curators",
    )


# -- coefficients of one's own ----------------------------------------------------------------


def judged(workspace: Workspace) -> list[Judged]:
    animals = {toy.DOG, toy.BEAGLE, toy.BULLDOG, toy.DACHSHUND, toy.POODLE, toy.GOOSE, toy.BAT}
    animals |= {toy.SPARROW, toy.CALF, toy.MOUSE, toy.WORM, toy.EARTHWORM, toy.CAR, toy.SHIP}
    return [Judged(id_, "noun.x", id_ in animals) for id_ in sorted(in_use(workspace))]


def around(workspace: Workspace) -> Surroundings:
    path = current_graph(workspace.path)
    assert path is not None
    writer = MemoryWriter()
    with SqliteStore(path) as store:
        copy_graph(store, writer)
    from labelsys.hierarchy import Hierarchy

    return Surroundings.of_store(writer.store, Hierarchy.from_store(writer.store))


def test_coefficients_that_were_given_are_kept_in_the_workspace(
    workspace: Workspace, counted: Counted, tmp_path: Path
) -> None:
    build(workspace)
    place, embedder = around(workspace), open_embedder("minilm", SilentProgress())
    file = tmp_path / "mine.json"
    file.write_text(train_visual(place, embedder, judged(workspace)))
    assert train_visual(place, embedder, judged(workspace)) == file.read_text()
    build(workspace, BuildOptions(tag_visual="minilm", tag_model=file))
    assert workspace.read_recipe().tag == TagSettings(visual="minilm", model=VISUAL_MODEL)
    mine, shipped = tags(workspace)[toy.DOG].tagger, load_model("minilm").tagger
    assert mine != shipped
    file.unlink()
    assert build(workspace).up_to_date
    build(workspace, TAGGED)  # those that ship again
    assert tags(workspace)[toy.DOG].tagger == shipped
    assert workspace.read_recipe().tag.model is None
    assert counted.texts > 0


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"mine\.json: no coefficient file of a visual tagger: JSONDecodeError"),
        ("[]", r"mine\.json: no coefficient file of a visual tagger"),
        ("{}", r"mine\.json: no coefficient file of a visual tagger: KeyError"),
        (None, r"mine\.json: no coefficient file of a visual tagger: FileNotFoundError"),
    ],
)
def test_wrong_coefficients_are_one_line_and_change_nothing(
    workspace: Workspace, tmp_path: Path, text: str | None, message: str
) -> None:
    build(workspace)
    before = (graph(workspace), workspace.recipe_path.read_bytes())
    if text is not None:
        (tmp_path / "mine.json").write_text(text)
    options = BuildOptions(tag_visual="minilm", tag_model=tmp_path / "mine.json")
    with pytest.raises(ConfigError, match=message) as caught:
        build(workspace, options)
    assert "\n" not in str(caught.value)
    assert (graph(workspace), workspace.recipe_path.read_bytes()) == before


def test_coefficients_of_another_version_say_what_to_do(tmp_path: Path) -> None:
    import numpy as np

    from labelsys.tag.visual import format_model, read_model

    text = format_model(
        encoder="x",
        dim=2,
        weights=np.zeros(len(VIEWS) * 2 + len(NUMBERS)),
        numbers={"offset": 0.0, "slope": 1.0, "intercept": 0.0, "low": 0.2, "high": 0.8},
        about={},
    )
    file = tmp_path / "m.json"
    file.write_text(text)
    assert read_model(file).dim == 2
    file.write_text(json.dumps(json.loads(text) | {"format": 99}))
    with pytest.raises(ConfigError, match="made by another version: fit it anew by `labelsys tag"):
        read_model(file)


def test_too_few_judged_concepts_are_an_error(workspace: Workspace, counted: Counted) -> None:
    build(workspace)
    place, embedder = around(workspace), open_embedder("minilm", SilentProgress())
    with pytest.raises(ConfigError, match="judged concepts are in this system: too few to learn"):
        train_visual(place, embedder, judged(workspace)[:5])
    assert counted.texts == 0


# -- what the tagger sees ---------------------------------------------------------------------


@pytest.mark.usefixtures("counted")
def test_what_speaks_for_a_concept_adds_up_to_its_tag(workspace: Workspace) -> None:
    build(workspace, TAGGED)
    place, embedder = around(workspace), open_embedder("minilm", SilentProgress())
    model = load_model("minilm")
    found = {tag.id: tag for tag in tag_visual(place, embedder, model)}
    assert found == tags(workspace)  # of the store, or of the build that made it
    for id_ in (toy.DOG, toy.EINSTEIN, toy.WATER_DOG):
        *parts, total = explain_visual(place, embedder, model, id_)
        assert [part.what for part in parts[: len(VIEWS)]] == [f"text: {v}" for v in VIEWS]
        assert total.log_odds == pytest.approx(sum(part.log_odds for part in parts), abs=1e-3)
        assert total.probability == pytest.approx(found[id_].probability, abs=1e-3)
        assert total.value == found[id_].value


@pytest.mark.usefixtures("counted")
def test_numbers_are_read_off_the_drawing(workspace: Workspace) -> None:
    build(workspace)
    place = around(workspace)
    rows = {id_: place.numbers[place.index[id_]] for id_ in place.ids}
    assert [rows[id_][0] for id_ in (toy.EINSTEIN, toy.CRANE_WRITER, toy.DOG)] == [1.0, 1.0, 0.0]
    assert [rows[id_][1] for id_ in (toy.EINSTEIN, toy.DOG, toy.WATER_DOG)] == [1.0, 0.0, 0.0]
    sets = {id_: int(place.sets_under[place.index[id_]]) for id_ in place.ids}
    # Dog has a label of either set; both sets are under animal, and none under plant.
    assert (sets[toy.DOG], sets[toy.ANIMAL], sets[toy.POODLE], sets[toy.PLANT]) == (2, 2, 1, 0)


# -- counts -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("counted")
def test_counts_add_up_and_any_store_counts_the_same(workspace: Workspace) -> None:
    decide_visual(workspace.decisions_path, toy.DOG, "visual", by="ana")
    build(workspace, TAGGED)
    path = current_graph(workspace.path)
    assert path is not None
    writer = MemoryWriter()
    with SqliteStore(path) as store:
        rows = count_tags(store)
        together = count_tags(store, ("value",))
        copy_graph(store, writer)
    assert count_tags(writer.store) == rows
    assert sum(row.concepts for row in rows) == len(in_use(workspace))
    assert sum(row.by_curators for row in rows) == 1
    assert {(r.source, r.lexname) for r in together} == {(None, None)}
    by_value = {r.value: r.concepts for r in together}
    assert by_value == {
        value: sum(r.concepts for r in rows if r.value == value) for value in by_value
    }


def test_a_graph_without_tags_counts_none() -> None:
    writer = MemoryWriter()
    writer.add_concepts([Concept(id=toy.DOG, pref_label="dog")])
    writer.finish()
    assert list(count_tags(writer.store)) == []
