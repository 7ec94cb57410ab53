"""The recipe of a workspace, and the three settings that live elsewhere.

A recipe says what to build: sources and their versions, label sets in order,
languages, thresholds. It is the file `labelsys.toml`, written for people to
read and edit; reading what `write_recipe` wrote gives the same recipe.
Where things are on a machine is never in it: that is `Settings`.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from labelsys.atomic import write_text_atomic
from labelsys.errors import ConfigError, StoreError
from labelsys.ids import DEFAULT_BASE, prefixes
from labelsys.recipe_parts import DEFAULT_SOURCES, MatchSettings, SourceSpec, TagSettings
from labelsys.toml_table import TomlTable, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "MatchSettings",
    "Recipe",
    "Settings",
    "SourceSpec",
    "TagSettings",
    "built_settings",
    "canonical_recipe",
    "default_recipe",
    "format_recipe",
    "format_source",
    "read_recipe",
    "recipe_fingerprint",
    "write_recipe",
]

SCHEMA = 1

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]*\Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{1,8})*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What to build. Making one checks it.

    Attributes:
        label_sets: ids of label sets; earlier ones found new concepts first.
        base: base address of `ls:` concepts and labels, ending in `/` or `#`.
        languages: of the names to keep, English among them.
        sources: in the order in which they load.
        hide: file of concept ids to leave out, from the workspace, or None.
        match: thresholds.
        tag: what is said of concepts.
        schema: version of the recipe's form.
    """

    label_sets: tuple[str, ...]
    base: str = DEFAULT_BASE
    languages: tuple[str, ...] = ("en", "zh")
    sources: tuple[SourceSpec, ...] = DEFAULT_SOURCES
    hide: str | None = None
    match: MatchSettings = field(default_factory=MatchSettings)
    tag: TagSettings = field(default_factory=TagSettings)
    schema: int = SCHEMA

    def __post_init__(self) -> None:
        checks = (_check_schema, _check_names, _check_base, _check_hide, _check_match, _check_tag)
        for check in checks:
            problem = check(self)
            if problem:
                key, message = problem
                raise ConfigError(message, location=key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where things are on this machine; everything else is in the recipe.

    Attributes:
        cache: folder for vectors and downloads (`$LABELSYS_CACHE`).
        store: what to read by default (`$LABELSYS_STORE`): a workspace, a
            graph file, a release folder, or `neo4j://host:port`.
        wordnet: folder with WordNet's files (`$LABELSYS_WORDNET`).
    """

    cache: Path | None = None
    store: str | None = None
    wordnet: Path | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings out of environment variables; an empty one counts as unset.

        Returns:
            The settings, with `~` in folders spelled out.

        Examples:
            >>> Settings.from_environment({"LABELSYS_CACHE": "/var/cache/labelsys"}).cache
            PosixPath('/var/cache/labelsys')
        """

        def find_folder(name: str) -> Path | None:
            return Path(environ[name]).expanduser() if environ.get(name) else None

        return cls(
            cache=find_folder("LABELSYS_CACHE"),
            store=environ.get("LABELSYS_STORE") or None,
            wordnet=find_folder("LABELSYS_WORDNET"),
        )


def default_recipe(label_sets: Iterable[str]) -> Recipe:
    """Return the recipe of a new workspace: all sources, and these label sets in order."""
    return Recipe(label_sets=tuple(label_sets))


def read_recipe(path: Path) -> Recipe:
    """Read and check a recipe.

    Returns:
        What the file says, with defaults for what it leaves out.

    Raises:
        ConfigError: the file is missing, no TOML, or has an unknown key or a
            bad value; the message names the file and the key.
    """
    table = read_toml(path)
    values = _read_top(table)
    try:
        return Recipe(**values)  # type: ignore[arg-type]  # _read_top checked each value's type
    except ConfigError as error:
        message = str(error).removeprefix(f"{error.location}: ")
        raise ConfigError(message, location=f"{path}: {error.location}") from None


def write_recipe(recipe: Recipe, path: Path) -> None:
    """Write a recipe with its comments; the old file stays where that fails."""
    write_text_atomic(path, format_recipe(recipe))


def format_recipe(recipe: Recipe) -> str:
    """Return the text of a recipe, always the same for the same recipe.

    Raises:
        ConfigError: a value holds half a character, as undecodable file names do.
    """
    sets = "".join(f"  {_quote(name)},\n" for name in recipe.label_sets)
    sources = "\n".join(format_source(source) for source in recipe.sources)
    languages = ", ".join(map(_quote, recipe.languages))
    text = _TEMPLATE.format(
        schema=recipe.schema,
        base=_quote(recipe.base),
        languages=languages,
        label_sets=f"[\n{sets}]" if sets else "[]",
        hide='# hide = "hide.txt"' if recipe.hide is None else f"hide = {_quote(recipe.hide)}",
        encoder=_quote(recipe.match.encoder),
        accept=repr(float(recipe.match.accept)),
        review=repr(float(recipe.match.review)),
        max_unplaced_depth=recipe.match.max_unplaced_depth,
        visual=_quote(recipe.tag.visual),
        model='# model = "visual.json"'
        if recipe.tag.model is None
        else f"model = {_quote(recipe.tag.model)}",
        sources=sources,
    )
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ConfigError("a value is no valid Unicode text", location="recipe") from None
    return text


def canonical_recipe(recipe: Recipe) -> str:
    """Return the recipe as JSON without what other facts of a graph say better.

    Left out: where a source's files lie (its fingerprint says what they hold),
    the name of the hide list (its ids count) and the encoder asked for (the
    one that was used counts). Taggers count by themselves. So the text is the
    same on every machine.
    """
    facts = {
        "schema": recipe.schema,
        "base": recipe.base,
        "languages": recipe.languages,
        "label_sets": recipe.label_sets,
        "sources": [[source.name, source.version] for source in recipe.sources],
        "accept": float(recipe.match.accept),
        "review": float(recipe.match.review),
        "max_unplaced_depth": recipe.match.max_unplaced_depth,
    }
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def built_settings(meta: Mapping[str, str]) -> MatchSettings:
    """Return the confidences from which a graph's recipe accepts and keeps links.

    Args:
        meta: the facts that the graph carries, `canonical_recipe` among them; where
            that is not there, the defaults hold. Nothing else of the recipe is read.

    Raises:
        StoreError: what stands there is no recipe; the graph is damaged.
    """
    usual = MatchSettings()
    try:
        recipe = json.loads(meta.get("recipe", "{}"))
        return MatchSettings(
            accept=float(recipe.get("accept", usual.accept)),
            review=float(recipe.get("review", usual.review)),
        )
    except (AttributeError, TypeError, ValueError, RecursionError) as error:
        msg = "the recipe that the graph was built by can't be read: run `labelsys build --force`"
        raise StoreError(msg) from error


def recipe_fingerprint(recipe: Recipe) -> str:
    """Return the SHA-256 of `canonical_recipe`, hex."""
    return hashlib.sha256(canonical_recipe(recipe).encode()).hexdigest()


def _read_top(table: TomlTable) -> dict[str, object]:
    values: dict[str, object] = {
        "schema": table.find("schema", int, "a whole number"),
        "base": table.find("base", str, "a text"),
        "languages": table.find_texts("languages"),
        "label_sets": table.find_texts("label_sets"),
        "hide": table.find("hide", str, "a text"),
    }
    match, tag = table.find_table("match"), table.find_table("tag")
    sources = table.find_tables("sources")
    table.close("schema", "label_sets")
    if match is not None:
        values["match"] = _read_match(match)
    if tag is not None:
        values["tag"] = _read_tag(tag)
    if sources is not None:
        values["sources"] = tuple(map(_read_source, sources))
    return {key: value for key, value in values.items() if value is not None}


def _read_match(table: TomlTable) -> MatchSettings:
    values = {
        "encoder": table.find("encoder", str, "a text"),
        "accept": table.find("accept", float, "a number"),
        "review": table.find("review", float, "a number"),
        "max_unplaced_depth": table.find("max_unplaced_depth", int, "a whole number"),
    }
    table.close()
    given = {key: value for key, value in values.items() if value is not None}
    return MatchSettings(**given)  # type: ignore[arg-type]  # the lines above checked the types


def _read_tag(table: TomlTable) -> TagSettings:
    values = {key: table.find(key, str, "a text") for key in ("visual", "model")}
    table.close()
    given = {key: value for key, value in values.items() if value is not None}
    return TagSettings(**given)  # type: ignore[arg-type]  # the lines above checked the types


def _read_source(table: TomlTable) -> SourceSpec:
    values = {key: table.find(key, str, "a text") for key in ("name", "version", "path")}
    table.close("name", "version")
    return SourceSpec(**values)  # type: ignore[arg-type]  # the lines above checked the types


def _check_schema(recipe: Recipe) -> tuple[str, str] | None:
    if recipe.schema > SCHEMA:
        newer = f"{recipe.schema} is newer than this version reads ({SCHEMA}): upgrade labelsys"
        return "schema", newer
    if recipe.schema != SCHEMA:
        return "schema", f"{recipe.schema} is no version of this form: it is {SCHEMA}"
    return None


def _check_names(recipe: Recipe) -> tuple[str, str] | None:
    lists = (
        ("label_sets", recipe.label_sets, _ID),
        ("languages", recipe.languages, _LANGUAGE),
        ("sources", tuple(source.name for source in recipe.sources), _ID),
    )
    for key, names, pattern in lists:
        seen: set[str] = set()  # two ids that differ by case would meet in one file name
        for name in names:
            if not pattern.match(name):
                return key, f"{name!r} is no valid id"
            if name.casefold() in seen:
                return key, f"{name!r} is there twice"
            seen.add(name.casefold())
    taken = next((name for name in recipe.label_sets if name.casefold() in prefixes()), None)
    if taken is not None:
        return "label_sets", f"{taken!r} is a reserved prefix: give the label set another id"
    if "en" not in recipe.languages:
        return "languages", "'en' is missing: preferred names are English"
    if not recipe.sources or not all(source.version for source in recipe.sources):
        return "sources", "at least one is needed, and each needs a version"
    return None


def _check_base(recipe: Recipe) -> tuple[str, str] | None:
    try:
        parts = urlsplit(recipe.base)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.netloc or not recipe.base.isprintable():
        return "base", f"{recipe.base!r} is no http or https address"
    if " " in recipe.base or recipe.base[-1] not in "/#":
        return "base", f"{recipe.base!r} must end in '/' or '#', and have no spaces"
    return None


def _check_hide(recipe: Recipe) -> tuple[str, str] | None:
    return _check_inside("hide", recipe.hide)


def _check_tag(recipe: Recipe) -> tuple[str, str] | None:
    visual = recipe.tag.visual
    if not visual.strip() or not visual.isprintable():
        return "tag.visual", f"{visual!r} is no encoder: 'none', 'minilm' or a model"
    return _check_inside("tag.model", recipe.tag.model)


def _check_inside(key: str, name: str | None) -> tuple[str, str] | None:
    """Return what is wrong with the name of a file in the workspace."""
    path = PurePosixPath(name or "x")
    if name is not None and (
        path.is_absolute() or ".." in path.parts or not path.name or "\0" in name
    ):
        return key, f"{name!r} is no file in the workspace"
    return None


def _check_match(recipe: Recipe) -> tuple[str, str] | None:
    match = recipe.match
    if not match.encoder.strip() or not match.encoder.isprintable():
        return "match.encoder", f"{match.encoder!r} is no encoder: 'auto', 'none' or a model"
    if not 0.0 <= match.review <= match.accept <= 1.0:
        found = f"accept is {match.accept}, review {match.review}"
        return "match.accept", f"0 <= review <= accept <= 1 must hold; {found}"
    if match.max_unplaced_depth < 0:
        return "match.max_unplaced_depth", "a depth is 0 or more"
    return None


def _quote(text: str) -> str:
    # A JSON string is a TOML string but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def format_source(source: SourceSpec) -> str:
    """Return the lines that name a source in a recipe."""
    path = "" if source.path is None else f"path = {_quote(source.path)}\n"
    return f"[[sources]]\nname = {_quote(source.name)}\nversion = {_quote(source.version)}\n{path}"


_TEMPLATE = """\
# The recipe of this label system: edit it, then run `labelsys build`.
# Every key is explained in docs/reference/recipe.md.
schema = {schema}

# Base address of concepts and labels that have no address elsewhere. Change it before a release.
base = {base}

# Names are kept in these languages.
languages = [{languages}]

# Label sets in order: where several mean one new concept, the first of them founds it.
label_sets = {label_sets}

# A file in this folder with one concept id a line: these concepts are left out.
{hide}

[match]
# "auto": the sentence encoder that is installed; "none": without one; or an encoder's name.
encoder = {encoder}
# Confidence from which a link is accepted, and from which it is kept for review.
accept = {accept}
review = {review}
# A label placed under a concept of this depth or less counts as unplaced.
max_unplaced_depth = {max_unplaced_depth}

[tag]
# Sentence encoder of the tagger that says which concepts a photograph can show; "none": no tagger.
visual = {visual}
# A file in this folder with coefficients that `labelsys tag train` wrote.
{model}

# Sources in the order in which they load.
{sources}"""
