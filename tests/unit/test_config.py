"""Recipes are read strictly and written so that they read back the same."""

from __future__ import annotations

import string
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelsys.config import (
    MatchSettings,
    Recipe,
    Settings,
    SourceSpec,
    built_settings,
    canonical_recipe,
    default_recipe,
    format_recipe,
    read_recipe,
    recipe_fingerprint,
    write_recipe,
)
from labelsys.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    ReadText = Callable[[str | bytes], Recipe]

SMALLEST = 'schema = 1\nlabel_sets = ["coco"]\n'


@pytest.fixture
def read_text(tmp_path: Path) -> ReadText:
    def read(text: str | bytes) -> Recipe:
        path = tmp_path / "labelsys.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read_recipe(path)

    return read


def test_smallest_recipe_gets_the_documented_defaults(read_text: ReadText) -> None:
    recipe = read_text(SMALLEST)
    assert recipe.label_sets == ("coco",)
    assert recipe.base == "https://example.org/labelsys/"
    assert recipe.languages == ("en", "zh")
    assert [(s.name, s.version, s.path) for s in recipe.sources] == [
        ("wordnet", "3.0", None),
        ("wikidata", "bundled", None),
    ]
    assert recipe.hide is None
    assert recipe.match == MatchSettings(
        encoder="auto", accept=0.9, review=0.4, max_unplaced_depth=3
    )
    assert recipe == default_recipe(["coco"])


def test_every_key_is_read(read_text: ReadText) -> None:
    recipe = read_text("""
        schema = 1
        base = "http://labels.example/#"
        languages = ["en", "pt-BR"]
        label_sets = ["lvis", "coco"]
        hide = "lists/hide.txt"
        [match]
        encoder = "none"
        accept = 1
        review = 0.25
        max_unplaced_depth = 0
        [[sources]]
        name = "wordnet"
        version = "3.0"
        path = "../wn"
    """)
    assert recipe == Recipe(
        base="http://labels.example/#",
        languages=("en", "pt-BR"),
        label_sets=("lvis", "coco"),
        hide="lists/hide.txt",
        match=MatchSettings(encoder="none", accept=1.0, review=0.25, max_unplaced_depth=0),
        sources=(SourceSpec(name="wordnet", version="3.0", path="../wn"),),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("label_sets = []", "labelsys.toml: schema: is missing"),
        ("schema = 1", "labelsys.toml: label_sets: is missing"),
        ("schema = 2\nlabel_sets = []", "schema: 2 is newer than this version reads .1.: upgrade"),
        ("schema = 0\nlabel_sets = []", "schema: 0 is no version"),
        ("schema = true\nlabel_sets = []", "schema: expected a whole number, found true or false"),
        ('schema = "1"\nlabel_sets = []', "schema: expected a whole number, found a text"),
        ("schema = 1\nlabel_set = []", "label_set: unknown key; did you mean 'label_sets'"),
        (SMALLEST + "zzz = 1", "zzz: unknown key; known: schema, base, languages, label_sets"),
        (SMALLEST + '"a\\nb" = 1', r"'a\\nb': unknown key"),
        ('schema = 1\nlabel_sets = "coco"', "label_sets: expected a list of texts, found a text"),
        ("schema = 1\nlabel_sets = [1]", "label_sets: expected a list of texts, found a whole"),
        ('schema = 1\nlabel_sets = ["a", "b", "a"]', "label_sets: 'a' is there twice"),
        ('schema = 1\nlabel_sets = ["a", "A"]', "label_sets: 'A' is there twice"),
        ('schema = 1\nlabel_sets = ["../a"]', "label_sets: '../a' is no valid id"),
        ('schema = 1\nlabel_sets = ["wd"]', "label_sets: 'wd' is a reserved prefix"),
        (SMALLEST + 'base = "ftp://x/"', "base: 'ftp://x/' is no http or https address"),
        (SMALLEST + 'base = "https://x"', "base: 'https://x' must end in '/' or '#'"),
        (SMALLEST + 'base = "https:///"', "base: 'https:///' is no http"),
        (SMALLEST + 'base = "https://[/"', "base: .* is no http"),
        (SMALLEST + 'base = "https://x y/"', "base: .* no spaces"),
        (SMALLEST + 'languages = ["zh"]', "languages: 'en' is missing"),
        (SMALLEST + 'languages = ["en", "english"]', "languages: 'english' is no valid id"),
        (SMALLEST + 'hide = "/etc/passwd"', "hide: '/etc/passwd' is no file in the workspace"),
        (SMALLEST + 'hide = "../x"', "hide: '../x' is no file in the workspace"),
        (SMALLEST + "sources = []", "sources: at least one"),
        (SMALLEST + "sources = [1]", r"sources: expected tables \[\[sources\]\], found a whole"),
        (SMALLEST + "sources = 1.5", r"sources: expected tables .* found a number"),
        (SMALLEST + '[[sources]]\nname = "a"', r"toml: sources\[1\].version: is missing"),
        (SMALLEST + '[[sources]]\nname = "a"\nversion = ""', "sources: .* each needs a version"),
        (
            SMALLEST + '[[sources]]\nnme = "a"',
            r"sources\[1\].nme: unknown key; did you mean 'name'",
        ),
        (SMALLEST + "match = 2020-01-01", r"match: expected a table \[match\], found a date"),
        (SMALLEST + "[match]\naccept = 0.3", "match.accept: .*; accept is 0.3, review 0.4"),
        (SMALLEST + "[match]\naccept = 1.01", "match.accept: 0 <= review <= accept <= 1"),
        (SMALLEST + "[match]\naccept = nan", "match.accept: .*; accept is nan"),
        (SMALLEST + f"[match]\naccept = {10**400}", "match.accept: expected a number, found"),
        (SMALLEST + "[match]\nmax_unplaced_depth = -1", "max_unplaced_depth: a depth is 0 or more"),
        (
            SMALLEST + "[match]\nmax_unplaced_depth = 1.0",
            "match.max_unplaced_depth: expected a whole",
        ),
        (SMALLEST + '[match]\nencoder = ""', "match.encoder: '' is no encoder"),
        ("schema = ", "not TOML: Invalid value"),
        ("a = " + "[" * 100_000, "not TOML: nested too deeply"),
        ("a = " + "9" * 5_000, "not TOML: "),
        ("", "schema: is missing"),
        ("#" * 2_000_000, "over a megabyte"),
        (b"schema = 1\n# caf\xe9\n", "line 2 is not UTF-8"),
    ],
)
def test_wrong_recipe_names_file_and_key(
    read_text: ReadText, text: str | bytes, words: str
) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        read_text(text)
    assert "labelsys.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_location_is_on_the_error_once(read_text: ReadText, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="must end") as caught:
        read_text(SMALLEST + 'base = "https://x"')
    assert caught.value.location == f"{tmp_path / 'labelsys.toml'}: base"
    assert str(caught.value).count("base: ") == 1


def test_missing_file_and_folder_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing\.toml: No such file"):
        read_recipe(tmp_path / "nothing.toml")
    with pytest.raises(ConfigError, match="Is a directory"):
        read_recipe(tmp_path)


def test_mark_and_line_ends_of_other_systems_are_read(read_text: ReadText) -> None:
    text = b"\xef\xbb\xbf" + SMALLEST.replace("\n", "\r\n").encode()
    assert read_text(text).label_sets == ("coco",)


def test_recipe_made_in_code_is_checked_too() -> None:
    with pytest.raises(ConfigError, match=r"^base: 'x' is no http"):
        Recipe(label_sets=(), base="x")


_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_ids = st.from_regex(r"[a-z][a-z0-9_]{3,8}x", fullmatch=True)
_sources = st.builds(
    SourceSpec,
    name=_ids,
    version=st.text(string.printable, min_size=1, max_size=6),
    path=st.none() | _texts,
)


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    low, high = sorted(draw(st.lists(st.floats(0, 1), min_size=2, max_size=2)))
    return Recipe(
        label_sets=tuple(draw(st.lists(_ids, unique=True, max_size=4))),
        base=draw(st.sampled_from(["https://example.org/labelsys/", "http://a.b/ü#"])),
        languages=draw(st.permutations(["en", "zh", "pt-BR"]).map(tuple)),
        sources=tuple(draw(st.lists(_sources, min_size=1, max_size=3, unique_by=lambda s: s.name))),
        hide=draw(st.none() | st.just("hide.txt")),
        match=MatchSettings(
            encoder=draw(st.sampled_from(["auto", 'a "quoted" \\ one'])),
            accept=high,
            review=low,
            max_unplaced_depth=draw(st.integers(0, 20)),
        ),
    )


@given(recipe=recipes())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_written_recipe_reads_back_the_same(recipe: Recipe, tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_bytes(format_recipe(recipe).encode())
    again = read_recipe(path)
    assert again == recipe
    assert format_recipe(again) == format_recipe(recipe)


def test_recipe_is_written_as_formatted(tmp_path: Path) -> None:
    path = tmp_path / "labelsys.toml"
    recipe = default_recipe(["coco"])
    write_recipe(recipe, path)
    assert path.read_bytes() == format_recipe(recipe).encode()
    assert read_recipe(path) == recipe


def test_written_recipe_is_commented_toml_with_one_set_a_line() -> None:
    text = format_recipe(default_recipe(["coco", "lvis"]))
    assert tomllib.loads(text)["label_sets"] == ["coco", "lvis"]
    assert 'label_sets = [\n  "coco",\n  "lvis",\n]\n' in text
    assert text.startswith("# The recipe")
    assert text.endswith('version = "bundled"\n')


def test_text_that_no_file_can_hold_is_refused() -> None:
    recipe = Recipe(
        label_sets=(), sources=(SourceSpec(name="wordnet", version="3.0", path="\udc80"),)
    )
    with pytest.raises(ConfigError, match="no valid Unicode"):
        format_recipe(recipe)


def test_fingerprint_leaves_out_what_differs_between_machines() -> None:
    plain = default_recipe(["coco"])
    moved = Recipe(
        label_sets=("coco",),
        sources=(SourceSpec(name="wordnet", version="3.0", path="/a"), plain.sources[1]),
        hide="hide.txt",
        match=MatchSettings(encoder="none"),
    )
    assert recipe_fingerprint(moved) == recipe_fingerprint(plain)
    assert "/a" not in canonical_recipe(moved)


@pytest.mark.parametrize(
    "other",
    [
        Recipe(label_sets=("lvis", "coco")),
        Recipe(label_sets=("coco", "lvis"), base="https://x.example/"),
        Recipe(label_sets=("coco", "lvis"), languages=("en",)),
        Recipe(label_sets=("coco", "lvis"), match=MatchSettings(accept=0.81)),
        Recipe(label_sets=("coco", "lvis"), match=MatchSettings(max_unplaced_depth=2)),
        Recipe(label_sets=("coco", "lvis"), sources=(SourceSpec(name="wordnet", version="3.0"),)),
    ],
)
def test_fingerprint_changes_with_whatever_changes_the_graph(other: Recipe) -> None:
    assert recipe_fingerprint(other) != recipe_fingerprint(default_recipe(["coco", "lvis"]))


def test_settings_come_from_three_variables_and_no_other() -> None:
    environ = {
        "LABELSYS_CACHE": "~/c",
        "LABELSYS_STORE": "neo4j://localhost:7687",
        "LABELSYS_WORDNET": "/wn",
        "LABELSYS_OTHER": "x",
    }
    found = Settings.from_environment(environ)
    assert found.cache == Path("~/c").expanduser()
    assert found.store == "neo4j://localhost:7687"
    assert found.wordnet == Path("/wn")
    assert Settings.from_environment({"LABELSYS_CACHE": "", "LABELSYS_STORE": ""}) == Settings()


def test_settings_of_a_graph_are_those_that_it_was_built_by() -> None:
    recipe = replace(Recipe(label_sets=("coco",)), match=MatchSettings(accept=0.8, review=0.3))
    found = built_settings({"recipe": canonical_recipe(recipe)})
    assert (found.accept, found.review) == (0.8, 0.3)
    assert built_settings({}) == MatchSettings()


@pytest.mark.parametrize("text", ["", "{", "[]", "1", '{"accept": "much"}', '{"accept": null}'])
def test_damaged_recipe_of_a_graph_is_told_in_one_line(text: str) -> None:
    with pytest.raises(StoreError, match=r"can't be read: run `labelsys build --force`\Z"):
        built_settings({"recipe": text})
