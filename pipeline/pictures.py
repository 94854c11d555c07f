"""How the pictures of one stream leave: covered, drawn, given to whoever keeps or shows them."""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from domain.errors import OutputError
from domain.events import FrameObserved
from domain.frame import Frame
from domain.parsing import ParsedFrame, TrackIds
from domain.rendering import CoveredFrame, RenderedFrame
from pipeline.privacy import Coverer, Upcoming
from pipeline.protocols import Drawing
from sinks.base import ChoosingFrameSink, FrameSink, RewindableFrameSink

_log = logging.getLogger(__name__)


class Pictures:
    """Best effort: what goes wrong here costs pictures, and no number. One thread.

    Args:
        stream_id: Whose they are.
        coverer: Covers them before anybody gets them.
        drawing: Draws overlays, where a sink wants them.
        sinks: Where they go.
    """

    def __init__(
        self, stream_id: str, coverer: Coverer, drawing: Drawing, sinks: Sequence[FrameSink]
    ) -> None:
        self._stream_id = stream_id
        self._coverer = coverer
        self._drawing = drawing
        self._all = tuple(sinks)
        self._open = list(sinks)
        self._withheld = self._news = ""
        self.problems: list[str] = []

    @property
    def missing_s(self) -> float:
        """Seconds of pictures that a crash has taken, of the sink that lacks most."""
        return max(
            (sink.missing_s for sink in self._all if isinstance(sink, RewindableFrameSink)), default=0.0
        )

    @property
    def withheld(self) -> str:
        """Why none is shown now; empty where they are."""
        return self._withheld

    def take_news(self) -> str:
        """That they are withheld, or shown again, since this was asked last; empty where nothing has changed."""
        news, self._news = self._news, ""
        return news

    def show(
        self,
        frame: Frame,
        parsed: ParsedFrame,
        track_ids: TrackIds,
        observed: FrameObserved,
        later: Sequence[Upcoming] = (),
    ) -> None:
        """Give a frame to every sink, covered, also by what later ones show."""
        covered = self._covered(frame, parsed, track_ids, later) if self._open else None
        if covered is None:
            return
        wanted = any(_needs_drawn(sink, covered, observed) for sink in self._open)
        overlay = self._drawing.draw(covered, parsed, observed) if wanted else None
        rendered = RenderedFrame(covered, parsed, observed, overlay)
        for sink in tuple(self._open):
            if not self._try(partial(sink.write, rendered)):
                self._open.remove(sink)

    def close(self) -> None:
        """Finish them, in reverse."""
        for sink in reversed(self._open):
            self._try(sink.close)

    def suspend(self) -> None:
        """Let them go, so that another process can go on with them where that can be."""
        for sink in self._open:
            self._try(sink.suspend if isinstance(sink, RewindableFrameSink) else sink.close)

    def marks(self) -> dict[str, str]:
        """How far each sink is that can be gone on with, by name."""
        return {sink.name: sink.mark() for sink in self._rewindable()}

    def rewind(self, marks: Mapping[str, str]) -> None:
        """Go on from there."""
        for sink in self._rewindable():
            sink.rewind(marks.get(sink.name))

    def _covered(
        self, frame: Frame, parsed: ParsedFrame, track_ids: TrackIds, later: Sequence[Upcoming]
    ) -> CoveredFrame | None:
        """The frame as it may be shown; None where covering fails: then it is not shown, and counting goes on."""
        try:
            covered = self._coverer.cover(frame, parsed, track_ids, later)
        except Exception as error:  # noqa: BLE001 - whatever it is, no picture may leave, and no number be lost
            self._withhold(error)
            return None
        if self._withheld:
            self._withheld, self._news = "", "pictures are shown again"
        return covered

    def _withhold(self, error: Exception) -> None:
        """Say so, once for all frames in a row."""
        if self._withheld:
            return
        why = f"pictures are withheld, as they cannot be covered ({type(error).__name__}); the log says where"
        self._withheld = self._news = why
        _log.error("%s: %s", self._stream_id, why, exc_info=error)
        self.problems.append(f"{self._stream_id}: {why}")

    def _try(self, action: Callable[[], None]) -> bool:
        """Whether it could be done; else it costs that sink alone."""
        try:
            action()
        except OutputError as error:
            _log.error("%s: %s; going on without it", self._stream_id, error)
            self.problems.append(str(error))
            return False
        return True

    def _rewindable(self) -> list[RewindableFrameSink]:
        return [sink for sink in self._open if isinstance(sink, RewindableFrameSink)]


def _needs_drawn(sink: FrameSink, frame: CoveredFrame, observed: FrameObserved) -> bool:
    if not sink.wants_overlay:
        return False
    return not isinstance(sink, ChoosingFrameSink) or sink.wants_drawn(frame, observed)
