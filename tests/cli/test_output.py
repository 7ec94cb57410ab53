"""How rows, words and progress are printed, and what becomes of errors."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING

import pytest
import typer

from labelsys.errors import LabelsysWarning, NotFoundError
from labelsys.ids import Curie
from labelsys.model import Finding
from labelsys.rows import Rows
from labelsys_cli import _common, _render, _text
from labelsys_cli._common import Format, error_boundary
from labelsys_cli._light import Converter, find_converter
from labelsys_cli._progress import BarProgress, LineProgress
from labelsys_cli.main import COMMANDS, LazyCommands, _show_warning, help_text

if TYPE_CHECKING:
    from pathlib import Path

EVIL = "dog\x1b[2J\x9b31m\u202e\ttab\nnew\ud800"
FINDINGS = Rows(
    [
        Finding(code="W207", id="pets", message=EVIL),
        Finding(code="I401", id=Curie("pets", "3"), message="back\\slash"),
    ],
    Finding,
)


def test_line_shows_what_a_terminal_would_act_on() -> None:
    assert _text.escape_line(EVIL) == "dog\\x1b[2J\\x9b31m\\u202e\\ttab\\nnew\\ud800"


def test_line_keeps_other_scripts() -> None:
    assert _text.escape_line("狗 Cão naïve 🐕") == "狗 Cão naïve 🐕"


def test_json_is_safe_and_means_the_same() -> None:
    line = _render.dump({"name": EVIL})
    assert json.loads(line) == {"name": EVIL}
    assert re.search("[\x00-\x1f\x7f-\x9f\u202e\ud800]", line) is None


@pytest.mark.parametrize("output", [Format.JSON, Format.JSONL])
def test_json_forms_hold_the_same_rows(output: Format, capsys: pytest.CaptureFixture[str]) -> None:
    _render.emit_rows(FINDINGS, output)
    text = capsys.readouterr().out
    rows = json.loads(text) if output is Format.JSON else [*map(json.loads, text.splitlines())]
    assert rows == FINDINGS.to_records()


def test_json_of_no_rows_is_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    _render.emit_rows(Rows((), Finding), Format.JSON)
    assert capsys.readouterr().out == "[]\n"


def test_indented_json_of_a_record_is_readable_json(capsys: pytest.CaptureFixture[str]) -> None:
    _render.emit_record({"name": EVIL, "n": [1]}, Format.JSON, list)
    text = capsys.readouterr().out
    assert json.loads(text) == {"name": EVIL, "n": [1]}
    assert text.count("\n") > 2


def test_tsv_has_a_header_and_one_line_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    _render.emit_rows(FINDINGS, Format.TSV)
    assert capsys.readouterr().out.splitlines() == [
        "code\tid\tmessage",
        "W207\tpets\tdog\\x1b[2J\\x9b31m\\u202e\\ttab\\nnew\\ud800",
        "I401\tpets:3\tback\\\\slash",
    ]


def test_tsv_of_a_record_writes_nested_values_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    _render.emit_record({"a": None, "b": True, "c": [1], "d": {"e": "f"}}, Format.TSV, list)
    assert capsys.readouterr().out == 'a\tb\tc\td\n\ttrue\t[1]\t{"e": "f"}\n'


def test_table_in_a_pipe_folds_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    long = Rows([Finding(code="I401", id="pets:3", message="word " * 60)], Finding)
    _render.emit_rows(long, Format.TABLE)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[0].split() == ["code", "id", "message"]
    assert "\x1b" not in "".join(lines)


def test_table_shows_the_columns_asked_for_and_cuts(capsys: pytest.CaptureFixture[str]) -> None:
    _render.emit_rows(FINDINGS, Format.TABLE, table=("id", "message"), cut={"message": 6})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["id", "message"]
    assert [line.split()[-1] for line in lines[2:]] == ["dog\\x1b[…", "back\\…"]


def test_markup_in_a_name_is_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    row = Rows([Finding(code="I401", id="x", message="[red]dog[/red] :dog:")], Finding)
    _render.emit_rows(row, Format.TABLE)
    assert "[red]dog[/red] :dog:" in capsys.readouterr().out


def test_format_follows_where_output_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _render.format_of(None) is Format.JSONL
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert _render.format_of(None) is Format.TABLE
    assert _render.format_of(Format.TSV) is Format.TSV


def test_expected_error_is_one_line_and_1(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as caught, error_boundary(debug=False):
        raise NotFoundError("concept", EVIL)
    assert caught.value.exit_code == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "\x1b" not in err


def test_system_error_names_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), error_boundary(debug=False):
        (tmp_path / "gone").read_text(encoding="utf-8")
    assert capsys.readouterr().err == f"error: {tmp_path / 'gone'}: No such file or directory\n"


def test_debug_lets_the_error_through() -> None:
    with pytest.raises(NotFoundError, match="no concept 'x'"), error_boundary(debug=True):
        raise NotFoundError("concept", "x")


def test_mistake_of_ours_is_not_dressed_up() -> None:
    with pytest.raises(ZeroDivisionError), error_boundary(debug=False):
        _ = 1 / 0


def test_ctrl_c_is_one_line_and_130(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as caught, error_boundary(debug=False):
        raise KeyboardInterrupt
    assert caught.value.exit_code == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_our_warnings_are_one_line_of_words(capsys: pytest.CaptureFixture[str]) -> None:
    _show_warning(LabelsysWarning("mind\x1b this"), LabelsysWarning, "file.py", 1)
    assert capsys.readouterr().err == "warning: mind\\x1b this\n"
    _show_warning(UserWarning("not ours"), UserWarning, "file.py", 1)
    assert "file.py:1: UserWarning: not ours" in capsys.readouterr().err


def test_line_progress_writes_when_a_stage_ends() -> None:
    stream = io.StringIO()
    progress = LineProgress(stream)
    progress.start("read", 10)
    progress.advance(10)
    assert stream.getvalue() == ""
    progress.done("10 rows")
    assert re.fullmatch(r"read: 10 rows \(\d+\.\d s\)\n", stream.getvalue())


def test_bar_progress_draws_and_ends_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([0.0, 0.0, 0.0, 5.0, 5.0, 5.0, 5.1, 10.0])
    monkeypatch.setattr("labelsys_cli._progress.time.monotonic", lambda: next(now))
    monkeypatch.setenv("COLUMNS", "100")
    stream = io.StringIO()
    progress = BarProgress(stream)
    progress.start("encode", 1000)
    progress.advance(500)
    drawn = stream.getvalue().split("\r\x1b[K")
    assert drawn[1] == "encode: [" + "-" * 24 + "]   0%  0 of 1,000"
    assert drawn[2] == "encode: [" + "#" * 12 + "-" * 12 + "]  50%  500 of 1,000, 5 s left"
    progress.advance(1)
    assert stream.getvalue().split("\r\x1b[K") == drawn  # a tenth of a second has to pass
    progress.done()
    assert stream.getvalue().endswith("\r\x1b[Kencode: done (10.0 s)\n")


@pytest.mark.parametrize("kind", [LineProgress, BarProgress])
def test_stages_lie_in_one_another(kind: type[LineProgress] | type[BarProgress]) -> None:
    stream = io.StringIO()
    progress = kind(stream)
    progress.start("link labels", 3)
    progress.advance(1)
    progress.start("sentence vectors", 100)
    progress.advance(100)
    progress.done("100 computed")
    progress.advance(2)
    progress.done("3 labels")
    lines = stream.getvalue().split("\n")
    assert re.search(r"(^|K)sentence vectors: 100 computed \(", lines[0])
    assert re.search(r"(^|K)link labels: 3 labels \(", lines[1])
    if kind is BarProgress:
        assert "link labels: [" in lines[1]  # the outer bar comes back


def test_bar_without_a_total_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labelsys_cli._progress._REDRAW_S", 0.0)
    stream = io.StringIO()
    progress = BarProgress(stream)
    progress.start("walk")
    progress.advance(1234)
    assert stream.getvalue().endswith("walk: 1,234 ...")


def test_bar_is_no_longer_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    stream = io.StringIO()
    BarProgress(stream).start("a stage with a long name", 10)
    assert len(stream.getvalue().removeprefix("\r\x1b[K")) == 19


def test_progress_is_a_bar_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(_common.make_progress(), LineProgress)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert isinstance(_common.make_progress(), BarProgress)


def test_commands_are_listed_without_loading() -> None:
    commands = LazyCommands(COMMANDS)
    assert list(commands) == list(COMMANDS)
    assert len(commands) == len(COMMANDS)
    assert commands._made == {}
    assert commands["show"] is commands["show"]
    with pytest.raises(KeyError):
        commands["gone"]


def test_commands_can_be_replaced_and_taken_back() -> None:
    commands = LazyCommands(COMMANDS)
    ours = object()
    commands["show"] = ours
    assert commands["show"] is ours
    del commands["show"]
    assert commands["show"] is not ours


def test_help_keeps_the_lines_of_an_example() -> None:
    def command() -> None:
        """Do it.

        Example:
            labelsys do it
        """

    assert help_text(command) == "Do it.\n\n\b\nExample:\n    labelsys do it"
    assert help_text(None) == ""


class Parameter:
    multiple, nargs = False, 1


def convert(annotation: object, value: object, minimum: float | None = None) -> object:
    found = find_converter(annotation, minimum)
    assert found is not None
    return Converter(found).coerce(value, Parameter, None)


def test_values_become_what_commands_want() -> None:
    assert convert(int, "7") == 7
    assert convert(Format, "tsv") is Format.TSV
    assert convert(str, None) is None
    assert find_converter(complex) is None


def test_repeatable_option_is_a_list() -> None:
    class Repeatable(Parameter):
        multiple = True

    found = find_converter(list[str])
    assert found is not None
    assert Converter(found).coerce(("a", "b"), Repeatable, None) == ["a", "b"]
    assert Converter(found).coerce(None, Repeatable, None) == []


@pytest.mark.parametrize(
    ("annotation", "value", "message"),
    [
        (int, "seven", "'seven' is no whole number"),
        (int, "0", "0 is too small: at least 1"),
        (Format, "xml", "'xml' is none of table, json, jsonl, tsv"),
    ],
)
def test_wrong_value_says_what_is_wanted(annotation: object, value: str, message: str) -> None:
    with pytest.raises(typer.BadParameter, match=re.escape(message)):
        convert(annotation, value, 1)
