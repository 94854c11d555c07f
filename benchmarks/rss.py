"""Runs a clip and prints media seconds and resident memory (MiB) as it goes: `python -m benchmarks.rss CLIP FOLDER`."""

import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Event

from config import load_settings
from pipeline.assembly import assemble
from pipeline.stream import StreamProgress

_PAGE = os.sysconf("SC_PAGE_SIZE")


def resident_mib() -> float:
    """Of this process."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE / 2**20


def _watch(streams: Sequence[StreamProgress]) -> None:
    print(f"{streams[0].media_s:.1f} {resident_mib():.1f}")


def main() -> None:
    """Run."""
    settings = load_settings(None, {"SOURCE": [sys.argv[1]], "--out": sys.argv[2]}, {})
    with ExitStack() as undo:
        assembled = assemble(settings, undo)
        undo.pop_all()
    assembled.runtime.run(Event(), _watch)


if __name__ == "__main__":
    main()
