"""Cameras that cannot be opened yet."""

from collections.abc import Iterator

from prometheus_client.core import Metric

from service.cameras import Cameras
from service.measures.family import Family

_UNOPENED = Family(
    "gauge",
    "footfall_stream_unopened",
    "1 for a camera that was added by the API before a restart and cannot be opened yet; it has no other series.",
    ("stream",),
)

FAMILIES = (_UNOPENED,)


def measure(cameras: Cameras) -> Iterator[Metric]:
    """Those of a moment."""
    yield _UNOPENED.of([(name, 1) for name in cameras.unopened()])
