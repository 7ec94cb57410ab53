"""Benchmarks of the whole: gold files in, figures out."""

from __future__ import annotations

from labelsys.benchmark.calibration import CalibrationBin, CalibrationError
from labelsys.benchmark.fold_plan import FoldPlan
from labelsys.benchmark.folds import FoldReport, TargetOutcome, ThresholdPoint
from labelsys.benchmark.gold import Gold, GoldRow, ResolvedGold, SkippedGold
from labelsys.benchmark.link import bench_link
from labelsys.benchmark.metrics import CurvePoint, Share, TargetPoint
from labelsys.benchmark.plot import write_link_plot
from labelsys.benchmark.score import LinkReport, LinkScore, Miss, SystemScore
from labelsys.benchmark.wikidata import (
    ItemAccuracy,
    ItemLinkReport,
    RankerScore,
    StrategyScore,
    bench_wikidata,
)
from labelsys.benchmark.wikidata_places import PlaceRow, bench_pull_places

__all__ = [
    "CalibrationBin",
    "CalibrationError",
    "CurvePoint",
    "FoldPlan",
    "FoldReport",
    "Gold",
    "GoldRow",
    "ItemAccuracy",
    "ItemLinkReport",
    "LinkReport",
    "LinkScore",
    "Miss",
    "PlaceRow",
    "RankerScore",
    "ResolvedGold",
    "Share",
    "SkippedGold",
    "StrategyScore",
    "SystemScore",
    "TargetOutcome",
    "TargetPoint",
    "ThresholdPoint",
    "bench_link",
    "bench_pull_places",
    "bench_wikidata",
    "write_link_plot",
]
