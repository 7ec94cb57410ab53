"""The grammar of `labelsys select`, and what its parser makes of a text.

An expression becomes a list of steps, each after those that it reads: nothing
here or later has to recurse, however long the expression is. Whether a label
set, a function or a concept exists is for `labelsys.select.algebra` to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal

from labelsys.errors import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Collection

    from lark import Lark

__all__ = ["GRAMMAR", "Expression", "Step", "parse_expression"]

GRAMMAR: Final = r"""
?expression: expression "|" both       -> union
           | both
?both:       both "&" difference       -> intersection
           | difference
?difference: difference "-" item       -> difference
           | item
?item:       "(" expression ")"
           | NAME "(" _argument? ")"   -> call
           | NAME                      -> word
           | QUOTED                    -> quoted
_argument:   TEXT | QUOTED

NAME:   /[^\W\d_][\w.]*/
QUOTED: /"[^"\n]*"|'[^'\n]*'/
TEXT:   /[^()"'\s][^()"\n]*/
%ignore /\s+/
"""
"""For lark, LALR with a contextual lexer: `TEXT` is looked for in a call's parentheses only."""

MAX_LENGTH = 100_000
"""Characters of an expression: more is no expression that somebody wrote."""

Kind = Literal["word", "quoted", "call", "|", "&", "-"]

_OPERATORS: Final[dict[str, Kind]] = {"union": "|", "intersection": "&", "difference": "-"}
_INSTEAD: Final = {
    "and": "write '&'",
    "or": "write '|'",
    "not": "there is no 'not': write 'all - ...'",
    "!": "there is no '!': write 'all - ...'",
    "+": "write '|'",
    ",": "write '|'",
}
"""What people try -> what there is."""
_WORD = re.compile(r"\w+|\S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One part of an expression.

    Attributes:
        kind: `word` and `quoted` (a bare name), `call`, or an operator.
        name: the word, or the function's name; "" for an operator.
        argument: what stands in a call's parentheses, or None.
        inputs: the places of the steps that an operator reads.
        start: where its text begins in the expression, from 0.
        end: where it ends.
        argument_start: where the argument's text begins; *start* without one.
        argument_end: where it ends.
    """

    kind: Kind
    name: str
    argument: str | None
    inputs: tuple[int, ...]
    start: int
    end: int
    argument_start: int
    argument_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """An expression that follows the grammar.

    Attributes:
        text: as it was written.
        steps: in the order in which they are evaluated; the last one is the whole.
    """

    text: str
    steps: tuple[Step, ...]


def parse_expression(text: str) -> Expression:
    """Read an expression.

    Returns:
        Its steps.

    Raises:
        ExpressionError: it doesn't follow the grammar; the error knows where.

    Examples:
        >>> [step.kind for step in parse_expression("(coco | lvis) & leaf").steps]
        ['word', 'word', '|', 'word', '&']
        >>> parse_expression("under(golden retriever)").steps[0].argument
        'golden retriever'
    """
    if not text.strip():
        msg = "an expression is needed, as in 'coco & under(animal)'"
        raise ExpressionError(msg, text, 0, len(text))
    if len(text) > MAX_LENGTH:
        msg = f"{len(text):,} characters: an expression has {MAX_LENGTH:,} at most"
        raise ExpressionError(msg, text[:MAX_LENGTH], 0, 0)
    from lark import UnexpectedCharacters, UnexpectedToken

    wrong: ExpressionError
    try:
        tree = _parser().parse(text)
    except UnexpectedCharacters as error:
        place: Any = error.pos_in_stream  # lark's own types say that it is always None
        wrong = _unexpected(text, place, error.allowed or ())
    except UnexpectedToken as error:
        is_end = error.token.type == "$END"
        start = len(text.rstrip()) if is_end else error.token.start_pos or 0
        wrong = _unexpected(text, start, error.accepts or ())
    else:
        return Expression(text=text, steps=tuple(_list_steps(tree)))
    raise wrong


@cache
def _parser() -> Lark:
    from lark import Lark

    return Lark(
        GRAMMAR, parser="lalr", lexer="contextual", start="expression", propagate_positions=True
    )


def _list_steps(tree: Any) -> list[Step]:
    """Return the steps of a parse tree, those that a step reads before it."""
    steps: list[Step] = []
    done: list[int] = []  # places of finished steps that none has read yet
    waiting: list[tuple[Any, bool]] = [(tree, False)]
    while waiting:
        node, is_open = waiting.pop()
        kind = _OPERATORS.get(node.data)
        if kind is not None and not is_open:
            waiting += [(node, True), *((child, False) for child in reversed(node.children))]
            continue
        inputs = tuple(done[-2:]) if kind is not None else ()
        del done[len(done) - len(inputs) :]
        done.append(len(steps))
        steps.append(_step(node, kind, inputs))
    return steps


def _step(node: Any, operator: Kind | None, inputs: tuple[int, ...]) -> Step:
    start, end = node.meta.start_pos, node.meta.end_pos
    name, argument, place = "", None, (start, end)
    if operator is None:
        name = _unquoted(node.children[0])
        if len(node.children) > 1:
            token = node.children[1]
            argument = _unquoted(token).strip()
            place = (token.start_pos, token.start_pos + len(token.rstrip()))
    return Step(
        kind=operator or node.data,
        name=name,
        argument=argument,
        inputs=inputs,
        start=start,
        end=end,
        argument_start=place[0],
        argument_end=place[1],
    )


def _unquoted(token: Any) -> str:
    return str(token[1:-1]) if token.type == "QUOTED" else str(token)


def _unexpected(text: str, start: int, allowed: Collection[str]) -> ExpressionError:
    word = _WORD.match(text, start)
    found = "" if word is None else word[0]
    if "TEXT" in allowed:
        wanted = "a value in the parentheses"
    elif "NAME" in allowed:
        wanted = "a label set, a function or '('"
    elif "MINUS" in allowed:
        wanted = "'|', '&', '-'" + (" or ')'" if "RPAR" in allowed else " or the end")
    else:
        wanted = "')'"
    what = f"found {found!r}" if found else "the expression ends"
    msg = f"{what} where {wanted} is expected{_hint(text, start, found)}"
    return ExpressionError(msg, text, start, start + len(found))


def _hint(text: str, start: int, found: str) -> str:
    """Return what to write instead, where somebody wrote what other languages have."""
    before = _WORD.findall(text[:start])
    for word in (found, *before[-1:]):
        if word.lower() in _INSTEAD:
            return f": {_INSTEAD[word.lower()]}"
    if found[:1] in {"'", '"'}:
        return ": a quotation mark is missing, or one too many"
    if found == "(" and text[:start].count("(") > text[:start].count(")"):
        return ": a name that has parentheses goes in quotes"
    return ""
