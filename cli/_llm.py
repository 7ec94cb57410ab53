"""The options that let `labelsys link` ask a language model, and what they add up to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from labelsys.adjudicate import LlmSettings

__all__ = [
    "LlmAcceptOption",
    "LlmEndpointOption",
    "LlmJobsOption",
    "LlmMaxRequestsOption",
    "LlmModelOption",
    "LlmPrecisionOption",
    "read_llm",
]

LlmEndpointOption = Annotated[
    str | None,
    typer.Option(
        "--llm-endpoint",
        metavar="URL",
        help="Ask the language model there about rows in review: any OpenAI chat interface, "
        "as in https://host/v1. The key is taken from $LABELSYS_LLM_KEY.",
        show_default=False,
    ),
]

LlmModelOption = Annotated[
    str | None,
    typer.Option(
        "--llm-model",
        metavar="NAME",
        help="The model to ask, as the endpoint calls it.",
        show_default=False,
    ),
]

LlmJobsOption = Annotated[
    int | None,
    typer.Option(
        "--llm-jobs",
        metavar="N",
        min=1,
        help="Requests under way at once; 4 unless said.",
        show_default=False,
    ),
]

LlmMaxRequestsOption = Annotated[
    int | None,
    typer.Option(
        "--llm-max-requests",
        metavar="N",
        min=1,
        help="Send no more requests than this, repeats counted; 1000 unless said.",
        show_default=False,
    ),
]

LlmPrecisionOption = Annotated[
    str | None,
    typer.Option(
        "--llm-precision",
        metavar="SHARE",
        help="The share of this model's choices that was right when measured: "
        "the confidence of what it chooses.",
        show_default=False,
    ),
]

LlmAcceptOption = Annotated[
    bool,
    typer.Option(
        "--llm-accept",
        help="Accept what the model chooses, if --llm-precision reaches the recipe's threshold.",
    ),
]


def read_llm(
    endpoint: str | None,
    *,
    model: str | None,
    jobs: int | None,
    max_requests: int | None,
    precision: str | None,
    accept: bool,
    explain: bool,
) -> LlmSettings | None:
    """Return whom to ask; None where no endpoint is given.

    Raises:
        BadParameter: of typer, where an option lacks the one that it needs, is no number, or
            asks to explain what a language model chose.
        ConfigError: an option has a value that cannot be.
    """
    given = (
        ("--llm-model", model is not None),
        ("--llm-jobs", jobs is not None),
        ("--llm-max-requests", max_requests is not None),
        ("--llm-precision", precision is not None),
        ("--llm-accept", accept),
    )
    if endpoint is None:
        for name, is_given in given:
            if is_given:
                msg = f"{name} says how to ask a model: say where with --llm-endpoint"
                raise typer.BadParameter(msg)
        return None
    if explain:
        msg = "--explain says nothing of a language model's choices: leave one of the two out"
        raise typer.BadParameter(msg)
    if model is None:
        raise typer.BadParameter("--llm-endpoint needs --llm-model, the model to ask there")
    from labelsys.adjudicate.settings import (
        DEFAULT_JOBS,
        DEFAULT_MAX_REQUESTS,
        KEY_VARIABLE,
        LlmSettings,
    )

    return LlmSettings(
        endpoint=endpoint,
        model=model,
        key=os.environ.get(KEY_VARIABLE, ""),
        jobs=jobs or DEFAULT_JOBS,
        max_requests=max_requests or DEFAULT_MAX_REQUESTS,
        precision=_read_share(precision),
        accept=accept,
    )


def _read_share(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        msg = f"--llm-precision: {text!r} is no number"
        raise typer.BadParameter(msg) from None
