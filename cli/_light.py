"""What was typed becomes what a command wants, without waiting for pydantic.

Some versions of typer build a pydantic schema for every parameter of the
command that runs, which takes longer than most commands take to answer. Our
parameters are texts, whole numbers, flags, paths and closed lists, so a converter of
a line each does. A parameter of another kind, or of a typer that works in
another way, is left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_origin

import typer
import typer.core

__all__ = ["Converter", "LightGroup", "find_converter", "lighten"]

Convert = Callable[[Any], Any]


class Converter:
    """Stands where typer keeps what checks the values of one parameter."""

    def __init__(self, convert: Convert) -> None:
        self._convert = convert

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value converted; each of them for a parameter that takes several.

        Raises:
            BadParameter: of typer, where the value is wrong.
        """
        several = param.multiple or param.nargs == -1
        if value is None:
            return [] if several else None
        try:
            return [self._convert(v) for v in value] if several else self._convert(value)
        except ValueError as error:
            raise typer.BadParameter(str(error), ctx=ctx, param=param) from None


def find_converter(annotation: Any, minimum: float | None = None) -> Convert | None:
    """Return what converts to a type, or None for a type that is not one of ours.

    Examples:
        >>> find_converter(int, 1)("7"), find_converter(float)
        (7, None)
    """
    if get_origin(annotation) is list:
        annotation = get_args(annotation)[0]
    if annotation in (str, Path, bool):
        found: Convert = annotation
        return found
    if annotation is int:
        return lambda value: _whole_number(value, minimum)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return lambda value: _member(annotation, value)
    return None


class LightGroup(typer.core.TyperGroup):
    """A group whose parameters, and those of its commands, have converters."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Return the arguments left for the command."""
        lighten(self, ctx)
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command's name, the command, and its arguments."""
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None:
            lighten(command, ctx)
        return name, command, rest


def lighten(command: Any, ctx: Any) -> None:
    """Give every parameter of a command its converter."""
    for param in command.get_params(ctx):
        descriptor = getattr(param, "type_descriptor", None)
        if descriptor is None or not hasattr(param, "_runtime_param"):
            continue
        convert = find_converter(descriptor.annotation, descriptor.parameter_info.min)
        if convert is not None:
            param._runtime_param = Converter(convert)


def _whole_number(value: Any, minimum: float | None) -> int:
    try:
        number = int(value)
    except ValueError:
        msg = f"{value!r} is no whole number"
        raise ValueError(msg) from None
    if minimum is not None and number < minimum:
        msg = f"{number} is too small: at least {minimum:g}"
        raise ValueError(msg)
    return number


def _member(members: type[Enum], value: Any) -> Enum:
    try:
        return members(value)
    except ValueError:
        known = ", ".join(str(member.value) for member in members)
        msg = f"{value!r} is none of {known}"
        raise ValueError(msg) from None
