"""A metric as it is declared: once, for Prometheus and for the documentation."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, TypeAlias

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from pipeline.durations import BOUNDS_S, DurationCounts

Row: TypeAlias = tuple[*tuple[str, ...], float]
"""A value behind its labels."""


@dataclass(frozen=True, slots=True)
class Family:
    """A metric with all its series.

    Attributes:
        kind: As Prometheus calls it.
        name: As it is exported.
        words: What it is, for people.
        labels: What its series differ in.
    """

    kind: Literal["gauge", "counter", "histogram"]
    name: str
    words: str
    labels: tuple[str, ...] = ()

    def of(self, rows: Sequence[Row]) -> Metric:
        """A gauge or counter with these values."""
        make = CounterMetricFamily if self.kind == "counter" else GaugeMetricFamily
        metric = make(self.name, self.words, labels=self.labels)
        for *labels, value in rows:
            metric.add_metric([str(label) for label in labels], value)
        return metric

    def of_durations(self, counts: dict[tuple[str, ...], DurationCounts]) -> Metric:
        """A histogram with these durations, by their labels."""
        metric = HistogramMetricFamily(self.name, self.words, labels=self.labels)
        bounds = [str(bound) for bound in BOUNDS_S] + ["+Inf"]
        for labels, counted in counts.items():
            buckets = list(zip(bounds, accumulate(counted.counts), strict=True))
            metric.add_metric(list(labels), buckets, counted.total_s)
        return metric

    def counter(self, registry: CollectorRegistry) -> Counter:
        """One that is counted as things happen."""
        return Counter(self.name, self.words, self.labels, registry=registry)

    def histogram(self, registry: CollectorRegistry) -> Histogram:
        """One that is told of durations as they happen, in the same classes."""
        return Histogram(self.name, self.words, self.labels, buckets=BOUNDS_S, registry=registry)
