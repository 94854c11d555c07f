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
    with av.open(clip) as source, av.open(target, "w") as out:
        template = source.streams.video[0]
        stream = out.add_stream_from_template(template)
        if source.duration is None or template.time_base is None:
            raise ValueError(f"{clip} does not say how long it is")
        length_s = source.duration / av.time_base
        length = round(length_s / template.time_base)
        for repeat in range(max(1, round(seconds / length_s))):
            source.seek(0)
            for packet in source.demux(template):
                if packet.dts is None or packet.pts is None:
                    continue
                packet.pts += repeat * length
                packet.dts += repeat * length
                packet.stream = stream
                out.mux(packet)
    return target
