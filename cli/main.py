"""The entry point, and the table of commands.

Nothing here imports a command: `--help` is answered from the table, and a
command's module is loaded when its name is given. Loading pandas, numpy or rich
to print a help text would cost more than the whole of it.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, MutableMapping
from importlib import import_module
from inspect import cleandoc
from typing import Annotated, Any, NamedTuple, TextIO

import typer
from typer.main import get_command

from labelsys import __version__
from labelsys.errors import LabelsysWarning

from ._common import error_boundary, quiet_stdout, say
from ._light import LightGroup

__all__ = ["COMMANDS", "Entry", "app", "main"]


class Entry(NamedTuple):
    """Where a command is, and the line of help that lists it.

    Attributes:
        module: module of this package.
        attribute: function of a command, or `app` of a group.
        help: first line of its docstring.
    """

    module: str
    attribute: str
    help: str


COMMANDS: dict[str, Entry] = {
    "init": Entry("build", "init", "Write a recipe that can be edited before the first build."),
    "build": Entry("build", "build", "Build the label system that the recipe describes."),
    "info": Entry("info", "info", "Say where the label system is and what it was built from."),
    "stats": Entry("info", "stats", "Count concepts, edges, labels and mappings."),
    "lint": Entry("lint", "lint", "List what is wrong with the graph or with one label set."),
    "search": Entry("look", "search", "Find concepts by name, beginning or misspelt name."),
    "show": Entry("look", "show", "Print everything known about one concept."),
    "tree": Entry("look", "tree", "Print what is below a concept, or above it."),
    "path": Entry("look", "path", "Print the shortest way from one concept to another."),
    "query": Entry("query", "query", "Ask a stored question, or a query of your own."),
    "link": Entry("link", "link", "Link a list of class names to concepts."),
    "select": Entry(
        "select", "select", "Choose concepts: label sets, subtrees and properties, joined as sets."
    ),
    "crosswalk": Entry(
        "crosswalk", "crosswalk", "Relate the classes of one label set to those of another."
    ),
    "remap": Entry("remap", "remap", "Write annotations of one label set as those of another."),
    "cut": Entry(
        "cut",
        "cut",
        "Make N classes out of a part of the hierarchy: disjoint, covering, of even size.",
    ),
    "score": Entry(
        "score", "score", "Score predictions in one label set against the truth in another."
    ),
    "export": Entry("export", "export", "Write the label system in a form that other tools read."),
    "diff": Entry("diff", "diff", "Print what differs between two label systems."),
    "labelset": Entry("labelset", "app", "Import, list, show, check and remove label sets."),
    "wikidata": Entry("wikidata", "app", "Bring concepts in from Wikidata."),
    "tag": Entry("tag", "app", "Tag concepts: which a photograph can show."),
    "neo4j": Entry("neo4j", "app", "Share the graph through a Neo4j server."),
    "bench": Entry("bench", "app", "Measure how good the results are."),
}
"""Name -> where the command is; `--help` lists them in this order."""


class LazyCommands(MutableMapping[str, Any]):
    """Commands by name, each made when it is first asked for."""

    def __init__(self, table: dict[str, Entry]) -> None:
        self._table = table
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = _load(name, self._table[name])
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)


def _load(name: str, entry: Entry) -> Any:
    module = import_module(f".{entry.module}", __package__)
    target = getattr(module, entry.attribute)
    if not isinstance(target, typer.Typer):
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        single.command(name)(target)
        target = single
    command = get_command(target)
    command.name = name
    for each in [command, *getattr(command, "commands", {}).values()]:
        each.help = help_text(each.callback)
    return command


def help_text(function: Callable[..., object] | None) -> str:
    """Return a docstring as help, with its example kept as it is written.

    Without the mark before it, the example's lines would be filled into one.
    """
    text = cleandoc((function.__doc__ if function else None) or "")
    return text.replace("\nExample:\n", "\n\b\nExample:\n")


class LazyGroup(LightGroup):
    """The top command: lists from the table, and catches what a command raises."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = LazyCommands(COMMANDS)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands without loading one."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Return the arguments left; `--debug` may stand anywhere before `--`."""
        end = args.index("--") if "--" in args else len(args)
        if "--debug" in args[:end]:
            args = ["--debug", *(a for a in args[:end] if a != "--debug"), *args[end:]]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Return what the command does; an expected error becomes one line and an exit code."""
        with error_boundary(debug=bool(ctx.params.get("debug"))):
            return super().invoke(ctx)


app = typer.Typer(
    name="labelsys",
    cls=LazyGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"labelsys {__version__}")
        raise typer.Exit


@app.callback()
def labelsys(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Merge the label sets of vision datasets into one hierarchy.

    WordNet and Wikidata give the concepts; each class of each dataset gets a
    place among them. Start with `labelsys build`.

    Rows go to standard output: a table on a terminal, JSON lines in a pipe.
    Everything else goes to standard error. Exit status: 0 fine, 1 an error that
    is told in one line, 2 wrong usage, 3 findings of `lint`, or a difference.

    Example:
        labelsys build && labelsys search "golden retreiver"
    """


app.registered_callback.help = help_text(labelsys)  # type: ignore[union-attr]


# What a callback of the interpreter may take, in seconds.
_CALLBACK_S = 0.02


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    if issubclass(category, LabelsysWarning):
        say(f"warning: {message}")
    else:
        (file or sys.stderr).write(
            warnings.formatwarning(message, category, filename, lineno, line)
        )


def _keep_interrupt(lost: sys.UnraisableHookArgs) -> None:
    """Raise a Ctrl-C again that fell into a callback whose exceptions Python drops.

    A little later, since the callback has to end first; else the work would go
    on as if nobody had asked it to stop.
    """
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return
    from _thread import interrupt_main
    from threading import Timer

    timer = Timer(_CALLBACK_S, interrupt_main)
    timer.daemon = True
    timer.start()


def main() -> None:
    """Run the command that the process was started with."""
    sys.unraisablehook = _keep_interrupt
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Data in a pipe is UTF-8 whatever the locale; a terminal shows what it can.
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")
    warnings.showwarning = _show_warning
    try:
        app(prog_name="labelsys")
    except BrokenPipeError:
        quiet_stdout()
