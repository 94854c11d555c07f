"""Metrics of `footfall run`, for Prometheus."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from config.component import requires
from config.metrics import MetricsSettings
from domain.errors import UsageError
from pipeline.runtime_state import RuntimeState
from sinks.base import EventSink
from sinks.calling import CallingSink

_log = logging.getLogger("footfall")


class Exporter:
    """Answers Prometheus.

    Attributes:
        sinks: What must get all events of the run.
    """

    def __init__(self) -> None:
        self.sinks: tuple[EventSink, ...] = ()
        self._state: Callable[[], RuntimeState] | None = None

    def begin(self, state: Callable[[], RuntimeState]) -> None:
        """The run has begun; before that there is only the process to tell of."""
        self._state = state

    def state(self) -> RuntimeState | None:
        """Of the run, once it has begun."""
        return self._state() if self._state else None


@contextmanager
def exporting(settings: MetricsSettings) -> Iterator[Exporter]:
    """Listen where the settings name a port, so that one that is taken is said before anything else is done.

    Args:
        settings: Address and port.

    Raises:
        UsageError: The port cannot be had, or a library is missing.
    """
    if settings.port is None:
        yield Exporter()
        return
    with requires("service", "prometheus_client"):
        from service.metrics import RuntimeMetrics  # noqa: PLC0415 - an extra
    exporter = Exporter()
    metrics = RuntimeMetrics(exporter.state)
    exporter.sinks = (CallingSink(metrics.heard.take, "metrics"),)
    try:
        address, end = metrics.listen(settings.host, settings.port)
    except OSError as error:
        raise UsageError(
            f"port {settings.port} of {settings.host} cannot be had ({error.strerror}): name another as metrics.port"
        ) from None
    _log.info("metrics are at %s", address)
    try:
        yield exporter
    finally:
        end()
