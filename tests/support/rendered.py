"""Frames on their way to a frame sink."""

from datetime import timedelta

import numpy as np

from domain.frame import BgrImage, Frame
from domain.parsing import ParsedFrame
from domain.rendering import RenderedFrame
from pipeline.privacy import covered_alone
from tests.support.events import START, frame_event


def rendered(
    index: int = 0,
    *,
    image: BgrImage | None = None,
    media_time_s: float | None = None,
    stream_id: str = "door",
    name: str | None = None,
) -> RenderedFrame:
    """Frame `index` of 5 a second; its overlay is a copy of the image, by default a flat 64x48 grey that grows brighter."""
    if image is None:
        image = np.full((48, 64, 3), 40 + 5 * index % 200, np.uint8)
    seconds = index / 5 if media_time_s is None else media_time_s
    taken = Frame(
        stream_id=stream_id,
        index=index,
        sample_index=index,
        image=image,
        media_time_s=seconds,
        event_time=START + timedelta(seconds=seconds),
        time_source="file",
        name=name,
    )
    parsed = ParsedFrame.empty(taken.height, taken.width)
    frame = covered_alone(taken, parsed, "none")
    observed = frame_event(index, stream_id, persons=0)
    return RenderedFrame(frame=frame, parsed=parsed, observed=observed, overlay=image.copy())
