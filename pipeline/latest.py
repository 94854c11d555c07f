"""The newest picture of a stream, for whoever looks at it now and then."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Condition, Lock
from typing import TypeAlias

from domain.frame import BgrImage
from domain.rendering import OverlayStyle, RenderedFrame
from pipeline.protocols import Drawing

DrawingIn: TypeAlias = Callable[[OverlayStyle | None], Drawing]
"""Makes what draws a picture in a style; None is the style of the camera's settings."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class LatestPicture:
    """A picture, its label maps and what was observed in it. Any thread.

    Attributes:
        number: Counts the pictures of the stream from 1.
        finished_at: When it was dealt with, by this machine's clock, UTC.
        rendered: The picture.
    """

    def __init__(
        self, number: int, finished_at: datetime, rendered: RenderedFrame, drawing: DrawingIn
    ) -> None:
        self.number = number
        self.finished_at = finished_at
        self.rendered = rendered
        self._drawing = drawing
        self._drawn = Lock()
        self._overlays: dict[OverlayStyle | None, BgrImage] = {}
        if rendered.overlay is not None:
            self._overlays[None] = rendered.overlay

    def overlay(self, style: OverlayStyle | None = None) -> BgrImage:
        """Shape (H, W, 3) uint8 BGR, read-only; drawn when it is first asked for, however many ask.

        Args:
            style: `tint`, `solid`, `outline` or `colors`; None for that of the camera's settings.

        Raises:
            ValueError: There is no such style.
        """
        with self._drawn:
            if style not in self._overlays:
                rendered = self.rendered
                drawn = self._drawing(style).draw(rendered.frame, rendered.parsed, rendered.observed)
                drawn.flags.writeable = False
                self._overlays[style] = drawn
            return self._overlays[style]


@dataclass(frozen=True, slots=True)
class _Sink:
    """The `FrameSink` of one part of the stream."""

    take: Callable[[RenderedFrame], None]
    wants_overlay: bool = False

    def write(self, rendered: RenderedFrame) -> None:
        self.take(rendered)

    def close(self) -> None:
        """The picture stays when the stream ends."""


class LatestPictures:
    """Keeps the newest picture of one stream, over all its parts. Nothing is drawn unless somebody asks for it.

    Args:
        drawing: Makes what draws a picture; called for each whose overlay is asked for.
        clock: The time of this machine, UTC.
    """

    def __init__(self, drawing: DrawingIn, clock: Callable[[], datetime] = _utc_now) -> None:
        self._drawing = drawing
        self._clock = clock
        self._changed = Condition()
        self._latest: LatestPicture | None = None
        self._closed = False

    def sink(self) -> _Sink:
        """A `FrameSink` that fills it."""
        return _Sink(self._take)

    def get(self, newer_than: int = 0, timeout_s: float = 0.0) -> LatestPicture | None:
        """The newest picture.

        Args:
            newer_than: Number of one that is known.
            timeout_s: How long to wait for a newer one, seconds.

        Returns:
            None where none came, or none will.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._is_newer(newer_than), timeout_s)
            return self._latest if self._is_newer(newer_than) else None

    def close(self) -> None:
        """No more will come: nobody waits any longer."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _is_newer(self, number: int) -> bool:
        return self._latest is not None and self._latest.number > number

    def _take(self, rendered: RenderedFrame) -> None:
        with self._changed:
            number = self._latest.number + 1 if self._latest else 1
            self._latest = LatestPicture(number, self._clock(), rendered, self._drawing)
            self._changed.notify_all()
