"""The process itself, under the names that every Prometheus client uses, and which Footfall it is."""

from collections.abc import Iterator, Sequence
from importlib.metadata import version

from prometheus_client import ProcessCollector
from prometheus_client.core import Metric

from service.measures.family import Family

_BUILD = Family("gauge", "footfall_build_info", "Which Footfall it is; always 1.", ("version",))

_PROCESS = ProcessCollector(registry=None)


def measure() -> Iterator[Metric]:
    """All of them at a moment."""
    yield _BUILD.of([(version("footfall"), 1)])
    yield from _PROCESS.collect()


def families() -> Sequence[Family]:
    """All of them, those of the library included."""
    told = [
        Family("counter", f"{one.name}_total", one.documentation)
        if one.type == "counter"
        else Family("gauge", one.name, one.documentation)
        for one in _PROCESS.collect()
    ]
    return [_BUILD, *told]
