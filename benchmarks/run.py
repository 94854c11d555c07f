"""The whole run on the one-by-one clip at 5 frames a second: real-time factor, its stages, decode cost, memory.

`python -m benchmarks.run`
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from analytics.building import build_analytics
from benchmarks.clip import looped, one_by_one
from benchmarks.machine import describe
from domain.events import FrameObserved
from domain.frame import Frame
from domain.rendering import RenderedFrame
from pipeline.compositor import Compositor
from pipeline.parsers.lite.parser import LiteParser
from pipeline.privacy import Coverer
from pipeline.sources.file import FileSource
from pipeline.tracking.bytetrack import ByteTracker
from pipeline.tracking.settings import ByteTrackSettings
from sinks.jsonl import JsonlSink
from sinks.sql.sink import SqlSink
from sinks.video import VideoSink

SAMPLE_FPS = 5.0

T = TypeVar("T")


@dataclass(slots=True)
class Stopwatch:
    """Seconds by stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        """Add the time within to a stage."""
        began = time.perf_counter()
        yield
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - began


def stages(clip: Path, folder: Path) -> tuple[Stopwatch, int]:
    """Run the stages one after the other in one thread, which shows what each costs."""
    watch = Stopwatch()
    source = FileSource(clip, stream_id="clip", sample_fps=SAMPLE_FPS)
    source.open()
    tracking = ByteTrackSettings()
    parser, tracker, coverer, compositor = LiteParser(), ByteTracker(tracking), Coverer(), Compositor()
    analytics = build_analytics("clip", tracking.lost_after_s)
    sinks = (JsonlSink(folder / "events.jsonl"), SqlSink(f"sqlite:///{folder / 'footfall.db'}"))
    video = VideoSink(folder / "overlay.mp4", fps_hint=SAMPLE_FPS)
    items, count = iter(source.items()), 0
    while True:
        with watch.of("decode"):
            frame = next(items, None)
        if not isinstance(frame, Frame):
            break
        if count == 0:
            parser.parse(frame.image)  # compiles the network, which a run does once
        count += 1
        with watch.of("parse"):
            parsed = parser.parse(frame.image)
        with watch.of("track"):
            track_ids = tracker.update(frame, parsed)
        with watch.of("analytics"):
            events = analytics.observe(frame, parsed, track_ids)
        observed = next(event for event in events if isinstance(event, FrameObserved))
        with watch.of("cover"):
            covered = coverer.cover(frame, parsed, track_ids)
        with watch.of("draw"):
            overlay = compositor.draw(covered, parsed, observed)
        with watch.of("encode"):
            video.write(RenderedFrame(covered, parsed, observed, overlay))
        with watch.of("store"):
            for sink in sinks:
                sink.store(events)
    with watch.of("encode"):
        video.close()
    for sink in sinks:
        sink.close()
    return watch, count


def whole_run(clip: Path, folder: Path, *flags: str) -> tuple[float, float, float]:
    """`footfall run` in a process of its own: media seconds, wall seconds, peak memory in MiB."""
    code = (
        "import resource,sys; from cli.main import main\n"
        "try: main()\n"
        "finally: print('PEAK', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    arguments = ["run", str(clip), "--out", str(folder), "--sample-fps", str(SAMPLE_FPS), *flags]
    began = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True
    )
    wall_s = time.perf_counter() - began
    summary = json.loads((folder / "summary.json").read_text())
    peak = float(done.stdout.rsplit("PEAK", 1)[1])
    return float(summary["streams"][0]["media_seconds"]), wall_s, peak


def decode_seconds(clip: Path, *, keyframes_only: bool) -> tuple[float, int]:
    """Time to read the clip and nothing else, and how many frames came out."""
    source = FileSource(clip, stream_id="clip", sample_fps=SAMPLE_FPS, keyframes_only=keyframes_only)
    source.open()
    seconds, frames = timed(lambda: sum(1 for _ in source.items()))
    return seconds, frames


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds, and what came of it."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def memory_over_time(clip: Path, folder: Path, minutes: float) -> tuple[float, float, float]:
    """RSS in MiB of a run over the looped clip: after the first minute of media, at most after that, at the end."""
    long_clip = looped(clip, folder / "looped.mp4", minutes * 60)
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "benchmarks.rss", str(long_clip), str(folder / "looped")],
        stdout=subprocess.PIPE,
        text=True,
    )
    output, _ = process.communicate()
    samples = [(float(media), float(rss)) for media, rss in (line.split() for line in output.splitlines())]
    later = [rss for media, rss in samples if media >= 60]
    return later[0], max(later), later[-1]


def main() -> None:
    """Print everything."""
    print(describe())
    clip = one_by_one()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        media_s, wall_s, peak = whole_run(clip, folder / "run")
        print(f"\nwhole run, {clip.name}, {SAMPLE_FPS:g} fps sampled, overlay and report included")
        print(
            f"  {media_s:.0f} s of video in {wall_s:.1f} s (start-up included): {media_s / wall_s:.1f} x real time"
        )
        print(f"  peak memory {peak:.0f} MiB")
        (folder / "stages").mkdir()
        watch, count = stages(clip, folder / "stages")
        total = sum(watch.seconds.values())
        print(f"\nstages, one after the other in one thread: {count} frames in {total:.1f} s")
        for stage, seconds in sorted(watch.seconds.items(), key=lambda item: -item[1]):
            print(f"  {stage:10s} {1000 * seconds / count:6.1f} ms a frame  {100 * seconds / total:4.0f} %")
        parse_ms = 1000 * watch.seconds["parse"] / count
        print(f"\nlite alone: {1000 / parse_ms:.1f} frames a second, {LiteParser().info.precision}")
        all_s, _ = decode_seconds(clip, keyframes_only=False)
        key_s, key_frames = decode_seconds(clip, keyframes_only=True)
        print(
            f"\ndecode: all frames {all_s:.2f} s, keyframes only {key_s:.2f} s ({key_frames} frames): {all_s / key_s:.1f} x"
        )
        first, most, last = memory_over_time(clip, folder, minutes=10)
        print(
            f"\nmemory of a 10-minute loop: {first:.0f} MiB after a minute, {most:.0f} at most after that, {last:.0f} at the end"
        )


if __name__ == "__main__":
    main()
