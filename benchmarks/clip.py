"""The clip that figures are measured on."""

import os
from pathlib import Path

import av

_ROOT = Path(__file__).parents[1]
_SHARED = Path(os.environ.get("FOOTFALL_SHARED", _ROOT.parent / "shared"))


def one_by_one() -> Path:
    """The one-by-one clip of the data folder (768x432, 10 fps, 139 s), or the demo clip where the folder is absent."""
    shared = _SHARED / "data/video/one-by-one-person-detection.mp4"
    return shared if shared.exists() else _ROOT / "cli/demo/demo.mp4"


def looped(clip: Path, target: Path, seconds: float) -> Path:
    """Copy the clip one after the other, without encoding again, until it is that long."""
    shift = 0
    with av.open(target, "w") as out:
        with av.open(clip) as source:
            template = source.streams.video[0]
            stream = out.add_stream_from_template(template)
            length = int(source.duration / av.time_base / template.time_base) if source.duration else 0
            repeats = max(1, round(seconds * av.time_base / source.duration)) if source.duration else 1
        for _ in range(repeats):
            with av.open(clip) as source:
                for packet in source.demux(video=0):
                    if packet.dts is None or packet.pts is None:
                        continue
                    packet.pts += shift
                    packet.dts += shift
                    packet.stream = stream
                    out.mux(packet)
            shift += length
    return target
