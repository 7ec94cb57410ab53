"""What pruning cut of a pull of Wikidata, rule by rule."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from labelsys.errors import NotFoundError, SourceError
from labelsys.merge.base_cache import read_base
from labelsys.model import Finding
from labelsys.registry import near
from labelsys.rows import Rows
from labelsys.source.wikidata.pulled import COUNTS, read_header
from labelsys.source.wikidata.rules import RULES
from labelsys.source.wikidata.source import WikidataSource
from labelsys.source.wordnet import WordNetSource
from labelsys.source.wordnet_files import cache_folder
from labelsys.store.protocol import FindingReader, MetaReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from labelsys.progress import Progress

__all__ = ["PruningReport", "RuleCount", "report_graph", "report_pull"]

_SOURCE = "wikidata"


class GraphReader(FindingReader, MetaReader, Protocol):
    """All that a graph is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCount:
    """What one rule cut.

    Attributes:
        rule: its name.
        code: of its findings.
        cuts: `item`, `edge` or `claim`.
        cut: how many.
        says: what it cuts, in one sentence.
    """

    rule: str
    code: str
    cuts: str
    cut: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PruningReport:
    """What became of a pull.

    Attributes:
        rules: a row a rule, in the order in which they are applied.
        findings: of all rules, sorted.
        header: what the pull says of itself; empty where a graph was asked.
        reading: what the pull wrote down of its reading; empty where nothing.
        batches: batch -> `read`, `kept`, `skipped` and `failed` with reasons.
    """

    rules: Rows[RuleCount]
    findings: tuple[Finding, ...]
    header: Mapping[str, str]
    reading: Mapping[str, Any]
    batches: Mapping[str, Mapping[str, Any]]

    def cut_by(self, rule: str) -> Rows[Finding]:
        """Return what a rule cut, and why.

        Raises:
            NotFoundError: there is no such rule.
        """
        if rule not in RULES:
            raise NotFoundError("rule", rule, near=near(rule, list(RULES)))
        code = RULES[rule].code
        return Rows((f for f in self.findings if f.code == code), Finding)


def report_graph(reader: GraphReader) -> PruningReport:
    """Return what was cut when a graph was built.

    Args:
        reader: any store.

    Returns:
        The report; all zero where the graph has no Wikidata in it.
    """
    sources = json.loads(reader.get_meta().get("sources", "[]"))
    batches: dict[str, dict[str, Any]] = next(
        (each["counts"] for each in sources if each["name"] == _SOURCE), {}
    )
    return _report(reader.iter_findings(), batches=batches)


def report_pull(
    folder: Path, *, languages: Sequence[str], wordnet: Path | None, progress: Progress
) -> PruningReport:
    """Return what a build would cut of a pull, over WordNet.

    Args:
        folder: of the pull.
        languages: those asked for, BCP 47.
        wordnet: folder with WordNet's files; None looks in the usual places.
        progress: told how far it is.

    Returns:
        The report.

    Raises:
        SourceError: the pull or WordNet is missing or damaged.
    """
    header = read_header(folder)
    sources = (
        WordNetSource(folder=wordnet, languages=tuple(languages)),
        WikidataSource(folder=folder, languages=tuple(languages)),
    )
    base, infos = read_base(
        sources, languages=languages, cache_folder=cache_folder(), progress=progress
    )
    batches = {
        name: {"read": c.read, "kept": c.kept, "skipped": c.skipped, "failed": c.failed}
        for name, c in infos[-1].counts.items()
    }
    reading = _read_counts(folder / COUNTS)
    return _report(base.findings, batches=batches, header=header, reading=reading)


def _report(
    findings: Iterable[Finding],
    *,
    batches: Mapping[str, Mapping[str, Any]],
    header: Mapping[str, str] | None = None,
    reading: Mapping[str, Any] | None = None,
) -> PruningReport:
    codes = {rule.code for rule in RULES.values()}
    cut = tuple(sorted(finding for finding in findings if finding.code in codes))
    counts = Counter(finding.code for finding in cut)
    rows = (
        RuleCount(
            rule=rule.name,
            code=rule.code,
            cuts=rule.cuts,
            cut=counts[rule.code],
            says=rule.says,
        )
        for rule in RULES.values()
    )
    return PruningReport(
        rules=Rows(rows, RuleCount),
        findings=cut,
        header=header or {},
        reading=reading or {},
        batches=batches,
    )


def _read_counts(path: Path) -> dict[str, Any]:
    """Return what lies beside the tables; empty where nothing does.

    Raises:
        SourceError: it can't be read, or holds no counts of batches.
    """
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as exc:
        msg = "can't be read as JSON: delete it, or pull again"
        raise SourceError(msg, path=path) from exc
    if not isinstance(found, dict) or not all(map(_is_batch, found.values())):
        raise SourceError("holds no counts of batches: delete it, or pull again", path=path)
    return found


def _is_batch(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    numbers = [value.get("read"), value.get("kept")]
    for key in ("skipped", "failed"):
        reasons = value.get(key)
        if not isinstance(reasons, dict):
            return False
        numbers += reasons.values()
    return all(isinstance(number, int) for number in numbers)
