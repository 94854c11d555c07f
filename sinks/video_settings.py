"""The settings of the picture sink `overlay`."""

from typing import ClassVar, Literal

from config.component import Flag
from sinks.base import FrameSink, PictureContext, PictureSettings, ResultNames


class OverlaySettings(PictureSettings):
    """`overlay.mp4`: what the parser saw, drawn over the pictures."""

    switch: ClassVar[Flag | None] = Flag("--overlay", negative="--no-overlay", help="Write overlay.mp4")

    kind: Literal["overlay"] = "overlay"

    def files(self, names: ResultNames, stream_id: str) -> tuple[str, ...]:
        """See `PictureSettings.files`."""
        return (names.overlay_of(stream_id),)

    def build(self, context: PictureContext) -> FrameSink:
        """See `PictureSettings.build`."""
        from sinks.video import VideoSink  # noqa: PLC0415 - brings PyAV and OpenCV along

        path = context.results.overlay(context.stream_id)
        return VideoSink(
            path,
            fps_hint=context.sample_fps,
            staging=context.results,
            unfinished=context.results.unfinished,
        )
