"""A source and a parser that do exactly what the test tells them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from threading import Event

import numpy as np

from domain.frame import BgrImage, Frame, SourceItem
from domain.parsing import ParsedFrame, ParserInfo
from pipeline.sources.base import SourcePosition, SourceStats

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def plain_frame(sample_index: int, *, stream_id: str = "door", step_s: float = 0.2, value: int = 90) -> Frame:
    """A grey picture of 64x48; every second frame of the source is sampled."""
    return Frame(
        stream_id=stream_id,
        index=sample_index * 2,
        sample_index=sample_index,
        image=np.full((48, 64, 3), value, np.uint8),
        media_time_s=sample_index * step_s,
        event_time=START + timedelta(seconds=sample_index * step_s),
        time_source="file",
    )


class ListSource:
    """Yields the items given, then raises `ends_with` if there is one; a live one waits for `close` at its end."""

    def __init__(
        self,
        items: Sequence[SourceItem],
        *,
        stream_id: str = "door",
        live: bool = False,
        ends_with: Exception | None = None,
        before_each: Callable[[int], None] = lambda _: None,
        damaged: int = 0,
    ) -> None:
        self._damaged = damaged
        self.stream_id = stream_id
        self.location = f"{stream_id}.mp4"
        self.live = live
        self.duration_s: float | None = None
        self.started_at: datetime | None = None if live else START
        self.picture_step_s = 0.2
        self.closed = Event()
        self._items = items
        self._ends_with = ends_with
        self._before_each = before_each
        self._read = self._sampled = self._done = 0

    def open(self) -> None:
        """Nothing to open."""

    def content(self) -> str | None:
        return None if self.live else self.stream_id

    def resume(self, position: SourcePosition) -> None:
        self._done = 0 if self.live else position.items

    def items(self) -> Iterator[SourceItem]:
        for position, item in enumerate(self._items):
            self._before_each(position)
            if self.closed.is_set():
                return
            if isinstance(item, Frame):
                self._read, self._sampled = item.index + 1, item.sample_index + 1
            if position >= self._done:
                yield item
        if self._ends_with is not None:
            raise self._ends_with
        if self.live:
            self.closed.wait(30)

    def stats(self) -> SourceStats:
        return SourceStats(self._read, self._sampled, self._sampled * 0.2, self._damaged)

    def close(self) -> None:
        self.closed.set()


def one_person(image: BgrImage, left: int = 10) -> ParsedFrame:
    """A person of 10x30 pixels at that place, all upper clothes."""
    height, width = image.shape[:2]
    person_ids = np.zeros((height, width), np.uint8)
    person_ids[10:40, left : left + 10] = 1
    boxes = np.array([[left, 10, left + 10, 40]], np.float32)
    return ParsedFrame(person_ids * np.uint8(5), person_ids, np.array([0.9], np.float32), boxes)


class ScriptedParser:
    """Calls a function for every picture."""

    info = ParserInfo("scripted", "1", "none")

    def __init__(self, parse: Callable[[BgrImage], ParsedFrame] = one_person) -> None:
        self._parse = parse

    def parse(self, image: BgrImage) -> ParsedFrame:
        return self._parse(image)
