"""`footfall` that kills itself at a place: `python -m tests.chaos.killed PLACE NTH DELAY_MS ARGUMENT...`.

Nothing is as sudden as SIGKILL: no handler runs, no buffer is written, no thread is waited for.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from threading import Timer
from typing import Any

from cli.main import main
from domain.frame import SourceItem
from pipeline.sources.synthetic.source import SyntheticSource
from tests.chaos.nursery import remember_parses

NOWHERE = "nowhere"
"""The place of whoever is not to die."""

PLACES: dict[str, tuple[str, str, bool]] = {
    "before the spool's commit": ("sinks.spool.store:SpoolStore", "commit", True),
    "after the spool's commit": ("sinks.spool.store:SpoolStore", "commit", False),
    "before a batch of SQL": ("sinks.sql.sink:SqlSink", "store", True),
    "before a checkpoint of SQL": ("sinks.sql.sink:SqlSink", "_fold_log", True),
    "in a transaction of SQL": ("sinks.sql.sink:_insert", "", False),
    "before SQL's commit": ("sqlalchemy:Connection", "commit", True),
    "after SQL's commit": ("sqlalchemy:Connection", "commit", False),
    "after a batch of SQL": ("sinks.sql.sink:SqlSink", "store", False),
    "before a batch of lines": ("sinks.jsonl:JsonlSink", "store", True),
    "after a batch of lines": ("sinks.jsonl:JsonlSink", "store", False),
    "between lock and replacing": ("pipeline.results.folder:ResultFolder", "prepare", True),
    "before the results begin": ("pipeline.results.folder:ResultFolder", "begin", True),
    "when the streams have ended": ("pipeline.runtime:Runtime", "_drain", False),
    "before the report": ("pipeline.writing:_write_report", "", True),
    "before the summary": ("pipeline.writing:_write_summary", "", True),
    "before the run is concluded": ("sinks.spool.outlet:SpoolOutlet", "conclude", True),
    "in the flush of the video": ("sinks.video_segments:SegmentWriter", "write", False),
    "when the video is put together": ("sinks.video:join", "", False),
    "after a picture": ("pipeline.post_processing:PostProcessor", "item", False),
    "before a transaction of Kafka": ("sinks.kafka.session:TransactionSession", "commit", True),
    "in a transaction of Kafka": ("sinks.kafka.session:TransactionSession", "_end", True),
    "after a transaction of Kafka": ("sinks.kafka.session:TransactionSession", "commit", False),
}
"""Where to kill: a class and its method, or a function; before its call or after."""


def kill_self() -> None:
    """At once."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(place: str, nth: int, delay_ms: float = 0.0) -> None:
    """Kill this process at the nth time that it comes to a place, or so much later."""
    where, method, before = PLACES[place]
    module_name, _, owner_name = where.partition(":")
    owner, name = (
        (getattr(import_module(module_name), owner_name), method)
        if method
        else (import_module(module_name), owner_name)
    )
    real: Callable[..., Any] = getattr(owner, name)
    calls = 0

    def killing() -> None:
        nonlocal calls
        calls += 1
        if calls == nth and delay_ms:
            Timer(delay_ms / 1000, kill_self).start()
        elif calls == nth:
            kill_self()

    def wrapped(*arguments: Any, **more: Any) -> Any:
        if before:
            killing()
        result = real(*arguments, **more)
        if not before:
            killing()
        return result

    setattr(owner, name, wrapped)


def _still_clock() -> None:
    """Let no run take any time, so that the summaries of two runs can be compared."""
    stream = import_module("pipeline.stream")
    stream.monotonic = lambda: 0.0  # type: ignore[attr-defined]  # it is there, imported


def _as_cameras() -> None:
    """Let drawn people be seen by a camera, which begins now and shows them at their own pace."""
    drawn = SyntheticSource.items

    def items(source: SyntheticSource) -> Iterator[SourceItem]:
        source._recorded_at = datetime.now(UTC)
        for item in drawn(source):
            time.sleep(max(0.0, (item.event_time - datetime.now(UTC)).total_seconds()))
            yield item

    of_a_camera = {"live": property(_yes), "started_at": property(_none), "content": _none, "items": items}
    for name, value in of_a_camera.items():
        setattr(SyntheticSource, name, value)


def _at_pace() -> None:
    """Let a drawn recording take as long as it shows."""
    drawn = SyntheticSource.items

    def items(source: SyntheticSource) -> Iterator[SourceItem]:
        first = None
        for item in drawn(source):
            # What a resumed run has dealt with before comes at once.
            now, at = time.monotonic(), item.event_time.timestamp()
            first = first if first is not None else now - at
            time.sleep(max(0.0, first + at - now))
            yield item

    SyntheticSource.items = items  # type: ignore[method-assign,assignment]  # on purpose


def _yes(_: object) -> bool:
    return True


def _none(_: object) -> None:
    """Nothing."""


def run(arguments: Sequence[str]) -> None:
    """Be `footfall`, and die there. Variables say more: see `tests.chaos.trial.Trials`."""
    if os.environ.get("CHAOS_CAMERAS"):
        _as_cameras()
    if os.environ.get("CHAOS_PACE"):
        _at_pace()
    if os.environ.get("CHAOS_PARSES"):
        remember_parses(Path(os.environ["CHAOS_PARSES"]))
    at, number, delay, *rest = arguments
    _still_clock()
    if at != NOWHERE:
        arm(at, int(number), float(delay))
    sys.argv = ["footfall", *rest]
    main()


if __name__ == "__main__":
    run(sys.argv[1:])
