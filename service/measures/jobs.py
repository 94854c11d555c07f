"""Jobs, by their state."""

from collections.abc import Iterator, Mapping
from typing import get_args

from prometheus_client.core import Metric

from service.jobs.shown import JobState
from service.measures.family import Family

_JOBS = Family("gauge", "footfall_jobs", "Jobs that are remembered, by their state.", ("state",))

FAMILIES = (_JOBS,)


def measure(counts: Mapping[str, int]) -> Iterator[Metric]:
    """All states at a moment, also those in which there is none."""
    yield _JOBS.of([(state, counts.get(state, 0)) for state in get_args(JobState)])
