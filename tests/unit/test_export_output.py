from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from labelsys.errors import ConfigError, RegistryError, StoreError
from labelsys.export import exporters
from labelsys.export.output import check_base, json_text, open_output
from labelsys.store.memory import MemoryWriter
from tests.toy import fill

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = [
    "bamboo",
    "concepts",
    "graphml",
    "kgtk",
    "labels",
    "mappings",
    "node-link",
    "nt",
    "obograph",
    "skos",
]


def test_the_registry_knows_every_format_and_names_them_in_its_error() -> None:
    assert exporters.names() == FORMATS
    with pytest.raises(RegistryError, match=r"labelsys.exporters has no 'skoss'; did you mean 'sk"):
        exporters.get("skoss")


@pytest.mark.parametrize("name", FORMATS)
def test_every_writer_gives_a_stream_and_a_file_the_same_bytes(name: str, tmp_path: Path) -> None:
    writer = MemoryWriter()
    fill(writer)
    stream, path = BytesIO(), tmp_path / "out"
    first = exporters.get(name)(writer.store, stream)
    second = exporters.get(name)(writer.store, path)
    assert path.read_bytes() == stream.getvalue()
    assert first == second
    assert first.adds_up
    assert stream.getvalue().endswith(b"\n")
    assert b"\r" not in stream.getvalue()
    stream.getvalue().decode("utf-8")


def test_a_failed_export_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "old.txt"
    path.write_text("old")

    def half_an_export() -> None:
        with open_output(path) as stream:
            stream.write(b"half of the new")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_an_export()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_export_into_a_missing_folder_says_so(tmp_path: Path) -> None:
    with (
        pytest.raises(StoreError, match=r"there is no folder .*nowhere"),
        open_output(tmp_path / "nowhere" / "x.ttl"),
    ):
        pass


def test_a_stream_is_left_open() -> None:
    stream = BytesIO()
    with open_output(stream) as same:
        same.write(b"x")
    assert not stream.closed


def test_json_text_has_one_line_even_for_readers_that_split_at_unicode_line_ends() -> None:
    text = json_text({"name": "a\u2028b\u2029c\x85d\ne", "zh": "狗"})
    assert len(text.splitlines()) == 1
    assert json.loads(text) == {"name": "a\u2028b\u2029c\x85d\ne", "zh": "狗"}
    assert "狗" in text


@pytest.mark.parametrize(
    "base", ["https://example.org/x", "ftp://a/", "https://a b/", "a/", "https://a/>/", "https://"]
)
def test_a_bad_base_address_is_refused(base: str) -> None:
    with pytest.raises(ConfigError, match="is no base address"):
        check_base(base)


@pytest.mark.parametrize("base", ["https://example.org/", "http://127.0.0.1:8000/a/b/"])
def test_a_good_base_address_passes(base: str) -> None:
    assert check_base(base) == base
