"""A runtime that is driven by a program: it leaves its results when it closes."""

import logging
from collections.abc import Sequence
from contextlib import ExitStack, closing
from functools import partial

from config.settings import Settings
from pipeline.assembly import Assembled, assemble
from pipeline.writing import write_results
from sinks.base import EventSink

_log = logging.getLogger(__name__)


def open_assembled(
    settings: Settings,
    *,
    callers: int | None = None,
    requests: int | None = None,
    extra: Sequence[EventSink] = (),
) -> Assembled:
    """Open what `footfall run` opens. When its runtime has closed, `report.html` and `summary.json` are in the folder.

    Args:
        settings: All of them.
        callers: How many streams and requests are parsed at the same time; None for as many as there are cameras.
        requests: How many requests of a priority may wait; None for as many as `ExecutorOptions` says.
        extra: Sinks that get all events, beside those of the settings; the runtime closes them.

    Raises:
        UsageError: Something that the user can mend; nothing has been written then.
    """
    with ExitStack() as undo:
        assembled = assemble(settings, undo, callers=callers, requests=requests, extra=extra)
        undo.pop_all()
    assembled.runtime.after_end(partial(_leave_results, assembled))
    return assembled


def _leave_results(assembled: Assembled) -> None:
    with closing(assembled.folder):
        summary = write_results(assembled, assembled.runtime.result())
    for sink in summary.sinks:
        if sink.problem:
            _log.error("%s: %s", sink.name, sink.problem)
