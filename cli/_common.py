"""What all commands share: their options, the error boundary, the words on stderr."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelsys.errors import LabelsysError

from ._text import escape_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.api import LabelSystem
    from labelsys.progress import Progress
    from labelsys.workspace import Workspace

__all__ = [
    "FINDINGS_FOUND",
    "EncoderOption",
    "FileArgument",
    "Format",
    "FormatOption",
    "HideOption",
    "ImageVectorsOption",
    "OutputOption",
    "StoreOption",
    "ask_password",
    "error_boundary",
    "find_server",
    "list_source",
    "locate_workspace",
    "make_progress",
    "open_system",
    "quiet_stdout",
    "read_hidden",
    "say",
]

FINDINGS_FOUND = 3
"""Exit status of a command that looks for findings and has errors among them."""

INTERRUPTED = 130
"""What a shell gives a command that Ctrl-C ended: 128 and the signal's number."""


class Format(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    TSV = "tsv"


StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="PLACE",
        help="A workspace, a graph file or neo4j://host:port. Without it: $LABELSYS_STORE, "
        "then the workspace that holds the current folder.",
        show_default=False,
    ),
]

OutputOption = Annotated[
    Format | None,
    typer.Option(
        "--output",
        help="How to print: a table on a terminal and jsonl in a pipe, unless said.",
        show_default=False,
    ),
]

ImageVectorsOption = Annotated[
    Path | None,
    typer.Option(
        "--image-vectors",
        metavar="FILE",
        help="Mean image vectors of labels: a NumPy archive (.npz) of `ids` and `vectors`.",
        show_default=False,
    ),
]
HideOption = Annotated[
    Path | None,
    typer.Option(
        "--hide",
        metavar="FILE",
        help="Concepts to take out, one id a line.",
        show_default=False,
    ),
]

FileArgument = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="TSV or CSV with a header, one name a line, COCO or LVIS JSON; `-` is standard input.",
        show_default=False,
    ),
]

EncoderOption = Annotated[
    str, typer.Option("--encoder", metavar="NAME", help="Sentence encoder: auto, none, a name.")
]

FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="Format of the file: tsv, csv, text, coco or lvis; detected unless said.",
        show_default=False,
    ),
]


def list_source(file: str) -> str | Path:
    """Return where a list is: its path, or `-` for standard input."""
    return file if file == "-" else Path(file)


def say(text: str) -> None:
    """Write one line of words to standard error."""
    sys.stderr.write(escape_line(text) + "\n")
    sys.stderr.flush()


def quiet_stdout() -> None:
    """Let the rest of standard output vanish: whoever read it has gone."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


@contextmanager
def error_boundary(*, debug: bool) -> Iterator[None]:
    """Turn what a command raises into one line and an exit status.

    The one place that catches. With *debug*, errors pass through, so that
    the traceback is seen.

    Yields:
        Nothing.

    Raises:
        Exit: of typer, with the status that the process ends with.
        LabelsysError: with *debug*.
        OSError: with *debug*.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError as error:
        # `| head` has seen enough, which is no failure.
        quiet_stdout()
        raise typer.Exit(0) from error
    except KeyboardInterrupt as error:
        say("interrupted")
        raise typer.Exit(INTERRUPTED) from error
    except (LabelsysError, OSError) as error:
        if debug:
            raise
        say(f"error: {_one_line(error)}")
        raise typer.Exit(1) from error


def _one_line(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error) or type(error).__name__


def open_system(store: str | None) -> LabelSystem:
    """Return the label system that `--store` names, opened, or the one that is found without."""
    import labelsys

    ask_password(store or os.environ.get("LABELSYS_STORE"))
    return labelsys.open(store)


def ask_password(store: str | None, *, confirm: bool = False) -> None:
    """Ask for the password of a Neo4j server, where there is a terminal and none is set.

    Args:
        store: a locator; only for a server's there is anything to ask.
        confirm: ask twice, for a new password.
    """
    from labelsys.store.neo4j_locator import PASSWORD_VARIABLE, is_locator

    if is_locator(store) and not os.environ.get(PASSWORD_VARIABLE) and sys.stdin.isatty():
        # Kept where it is looked for: in the environment of this process, and in no argument.
        os.environ[PASSWORD_VARIABLE] = typer.prompt(
            "Password of Neo4j", hide_input=True, confirmation_prompt=confirm, err=True
        )


def find_server(store: str | None) -> str | None:
    """Return the Neo4j server that `--store` or `$LABELSYS_STORE` names, once it has answered.

    Whoever builds first and pushes then hears at once of a server that is not there.
    """
    from labelsys.store.neo4j_link import Link
    from labelsys.store.neo4j_locator import is_locator

    named = store or os.environ.get("LABELSYS_STORE")
    if named is None or not is_locator(named):
        return None
    ask_password(named)
    Link(named).close()
    return named


def make_progress() -> Progress:
    """Return a bar on a terminal, plain lines elsewhere."""
    from ._progress import BarProgress, LineProgress

    return BarProgress(sys.stderr) if sys.stderr.isatty() else LineProgress(sys.stderr)


def locate_workspace(folder: Path | None, store: str | None, *, create: bool) -> Workspace:
    """Open the workspace that a command changes.

    Args:
        folder: given as an argument; it counts most.
        store: the value of `--store`; then `$LABELSYS_STORE`, then the
            workspace that holds the current folder.
        create: make one where the folder is empty.

    Returns:
        The workspace, which may have no graph yet.

    Raises:
        ConfigError: there is none.
    """
    from labelsys.config import Settings
    from labelsys.errors import ConfigError
    from labelsys.workspace import Workspace, find_workspace

    settings = Settings.from_environment(os.environ)
    named = store or settings.store
    if folder is None:
        here = find_workspace(Path.cwd()) or Path.cwd()
        folder = here if named is None else Path(named).expanduser()
        if named is not None and ("://" in named or folder.is_file()):
            scheme, colon, _ = named.partition("://")
            shown = f"{scheme}://..." if colon else named  # an address may hold a password
            msg = f"{shown} is no workspace: what changes a label system needs its folder"
            raise ConfigError(msg)
    make = Workspace.open_or_create if create else Workspace.open
    return make(folder, settings=settings)


def read_hidden(file: Path | None) -> tuple[str, ...]:
    """Return the ids of `--hide FILE`; none where the option is not given."""
    if file is None:
        return ()
    from labelsys.idlist import read_ids

    return read_ids(file)
