"""Ask a language model about doubtful links: off unless an endpoint is given."""

from labelsys.adjudicate.link import AdjudicatedRow, adjudicate
from labelsys.adjudicate.report import Report
from labelsys.adjudicate.settings import KEY_VARIABLE, LlmSettings
from labelsys.adjudicate.summary import Summary, summarize

__all__ = [
    "KEY_VARIABLE",
    "AdjudicatedRow",
    "LlmSettings",
    "Report",
    "Summary",
    "adjudicate",
    "summarize",
]
