"""What keeping events on disk costs: `python -m benchmarks.spool`.

Events are frames with two persons in one garment each. The states are as large as those of a stream with three persons in view.
"""

import resource
import tempfile
import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import mean, quantiles
from timeit import timeit

from analytics.building import build_analytics
from benchmarks.analytics import crowd
from domain.events import StreamIdentity
from domain.frame import Frame
from pipeline.compositor import Compositor
from pipeline.post_processing import PostProcessor, PostProcessorParts
from pipeline.tracking.bytetrack import ByteTracker
from sinks.delivery import DeliveryOptions
from sinks.memory import MemorySink
from sinks.outlet import Checkpoint, EventOutlet, FanOut
from sinks.spool.options import SpoolRun
from sinks.spool.outlet import SpoolOutlet
from sinks.spool.rows import row_of
from sinks.spool.store import Changes, SpoolStore
from tests.support.events import frame_event

EVENTS = 20_000
FRAMES = 600
FPS = 40
STATE = b"x" * 15_000


def main() -> None:
    """Print two small tables."""
    with tempfile.TemporaryDirectory(dir=".") as folder:
        _print_commits(Path(folder))
        _print_publish(Path(folder) / "publish.db")
        _print_streams(Path(folder))


def _print_commits(folder: Path) -> None:
    rows = [row_of(frame_event(index, persons=2)) for index in range(EVENTS)]
    size = sum(len(row[-1]) for row in rows) / EVENTS
    print(f"{EVENTS} events of {size:.0f} bytes, each commit on the disk before it returns")
    print(f"{'in commits of':>14} {'events/s':>9} {'median ms':>10} {'p99 ms':>8}")
    for count in (1, 20, 100, 1000):
        store = SpoolStore(folder / f"commits-{count}.db")
        taken = []
        for start in range(0, min(EVENTS, 500 * count), count):
            changes = Changes(rows[start : start + count], {"door": STATE})
            begin = time.perf_counter()
            store.commit("run", changes)
            taken.append(time.perf_counter() - begin)
        cuts = quantiles(taken, n=100)
        events = count * len(taken)
        print(f"{count:14} {events / sum(taken):9.0f} {cuts[49] * 1000:10.2f} {cuts[98] * 1000:8.2f}")
        store.close()


def _print_publish(path: Path) -> None:
    print(f"\n{FRAMES} frames, {FPS} a second, one event each")
    print(f"{'outlet':8} {'blocked ms a frame':>19} {'p99 ms':>8} {'CPU ms a frame':>15}")
    options = DeliveryOptions()
    _print_row("memory", FanOut([MemorySink()], options=options))
    store = SpoolStore(path)
    _print_row("spool", SpoolOutlet(store, SpoolRun("run", "", [MemorySink()]), delivery=options))


def _print_row(name: str, outlet: EventOutlet) -> None:
    events = [frame_event(index, persons=2) for index in range(FRAMES)]
    before, taken = _cpu_s(), []
    due = time.perf_counter()
    for event in events:
        begin = time.perf_counter()
        outlet.publish([event], Checkpoint("door", lambda: STATE))
        taken.append(time.perf_counter() - begin)
        due += 1 / FPS
        time.sleep(max(0.0, due - time.perf_counter()))
    outlet.close(10.0)
    cpu = (_cpu_s() - before) * 1000 / FRAMES
    cuts = quantiles(taken, n=100)
    print(f"{name:8} {sum(taken) * 1000 / FRAMES:19.3f} {cuts[98] * 1000:8.3f} {cpu:15.2f}")


def _print_streams(folder: Path) -> None:
    print(
        f"\na stream that offers its state with each frame, {FPS} a second: ms of `publish` a frame, and of all threads"
    )
    print(
        f"{'persons':>8} {'kB':>6} {'state ms':>9} {'blocked':>8} {'of its time':>12} {'its CPU':>8} {'of its time':>12} "
        f"{'all CPU':>8} {'of its time':>12}"
    )
    for persons in (1, 3, 15, 60):
        store = SpoolStore(folder / f"streams-{persons}.db")
        outlet = SpoolOutlet(store, SpoolRun("run", "", []))
        processor = _post_processor(outlet, persons)
        size = len(processor.snapshot().model_dump_json())
        make = timeit(partial(_state, processor), timer=time.process_time, number=200) / 200
        checkpoint = Checkpoint("bench", partial(_state, processor))
        events = [frame_event(index, persons=persons) for index in range(400)]
        taken, own, before = [], [], _cpu_s()
        for event in events:
            begin, cpu = time.perf_counter(), time.thread_time()
            outlet.publish([event], checkpoint)
            taken.append(time.perf_counter() - begin)
            own.append(time.thread_time() - cpu)
            time.sleep(1 / FPS)
        every = (_cpu_s() - before) / len(events)
        outlet.close(10.0)
        costs = "".join(f" {cost * 1000:8.2f} {cost * FPS:12.1%}" for cost in (mean(taken), mean(own), every))
        print(f"{persons:8} {size / 1000:6.1f} {make * 1000:9.2f}{costs}")


def _state(processor: PostProcessor) -> bytes:
    return processor.snapshot().model_dump_json().encode()


def _post_processor(outlet: EventOutlet, persons: int) -> PostProcessor:
    """One that has followed so many persons for some frames."""
    parts = PostProcessorParts(
        stream=StreamIdentity("bench"),
        tracker=ByteTracker(),
        analytics=build_analytics("bench", lost_after_s=2.0),
        drawing=Compositor(),
        outlet=outlet,
        frame_sinks=(),
        health_interval_s=None,
    )
    processor = PostProcessor(parts)
    first, parsed = crowd(720, 1280, persons)
    for index in range(40):
        step = timedelta(seconds=index / 5)
        frame = Frame("bench", index, index, first.image, index / 5, first.event_time + step, "file")
        processor.item((frame, parsed))
    return processor


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
