"""People whose faces have a colour that nothing else has, a parser that errs about them, and a tracker that loses them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from domain.frame import BgrImage, Boxes, Frame
from domain.labels import BodyPart
from domain.parsing import UNTRACKED, ParsedFrame, ParserInfo, TrackIds
from pipeline.parsers.numbering import numbered
from pipeline.privacy.regions import HEAD
from pipeline.sources.base import SourcePosition, SourceStats
from pipeline.sources.synthetic.options import SyntheticOptions
from pipeline.sources.synthetic.source import SyntheticSource
from pipeline.sources.synthetic.truth import SyntheticFrame
from pipeline.tracking.base import Tracker, TrackerSnapshot

Marker = tuple[int, int, int]
GREEN: Marker = (0, 255, 0)
MAGENTA: Marker = (255, 0, 255)

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_BITS = 12
_LONGEST_MISS = 2


class MarkedPeople:
    """A `FrameSource` of drawn people with marked faces; each picture tells its number in its last row.

    Args:
        frames: How many.
        marker: Of the faces, blue, green, red.
        persons: How many people come and go.
        seed: Who comes, when and where.
    """

    live = False
    location = "marked"
    stream_id = "door"
    picture_step_s = 0.2
    picture_size = (384, 216)
    started_at = START

    def __init__(self, frames: int, marker: Marker, *, persons: int = 60, seed: int = 1) -> None:
        options = SyntheticOptions(
            persons=persons, seconds=frames / 5, seed=seed, size=self.picture_size, fps=5.0
        )
        self._source = SyntheticSource(options, stream_id="door", sample_fps=5.0)
        self._marker = marker
        self._frames = frames
        self._read = 0
        self.truth = self._source.truth()
        self.duration_s: float | None = frames / 5

    def open(self) -> None:
        self._source.open()

    def content(self) -> str | None:
        return f"marked {self._frames}"

    def resume(self, position: SourcePosition) -> None:
        raise AssertionError(position)

    def items(self) -> Iterator[Frame]:
        for frame in self._source.items():
            assert isinstance(frame, Frame)
            image = frame.image.copy()
            image[self.truth.at(frame.index).labels == BodyPart.FACE] = self._marker
            bits = [255 * (frame.index >> bit & 1) for bit in range(_BITS)]
            image[-1, :_BITS] = np.array(bits, np.uint8)[:, None]
            self._read = frame.index + 1
            moment = START + timedelta(seconds=frame.index / 5)
            yield replace(frame, image=image, event_time=moment)

    def stats(self) -> SourceStats:
        return SourceStats(self._read, self._read, self._read / 5)

    def close(self) -> None:
        self._source.close()


def number_of(image: BgrImage) -> int:
    """Which picture of `MarkedPeople` it is."""
    return sum(1 << bit for bit in range(_BITS) if image[-1, bit, 0] > 127)


class ErringParser:
    """Knows the truth and says it badly, the same way each time.

    Of somebody who was seen for four frames it loses the head, half of the head, its belief, all pixels but the box, or the whole
    person for up to two frames in a row; of the latter a doubtful box is left at times.

    Args:
        people: Whom it looks at.
        seed: When it errs.
        late: In how many pictures it misses each person at first.
    """

    info = ParserInfo("erring", "1", "none")

    def __init__(self, people: MarkedPeople, seed: int = 0, *, late: int = 0) -> None:
        self._truth = people.truth
        self._late = late
        self._rng = np.random.default_rng(seed)
        self._seen: dict[int, int] = {}
        self._missing: dict[int, int] = {}
        self._made: dict[int, ParsedFrame] = {}
        self.errors: dict[str, set[tuple[int, int]]] = {}
        """Of each kind, in which picture and of whom."""

    def parse(self, image: BgrImage) -> ParsedFrame:
        number = number_of(image)
        if number not in self._made:
            self._made[number] = self._parse(number, self._truth.at(number))
        return self._made[number]

    def _parse(self, number: int, shown: SyntheticFrame) -> ParsedFrame:
        labels, persons = shown.labels.copy(), shown.visit_map.copy()
        count = len(shown.visits)
        beliefs, alone = np.zeros((count, len(BodyPart)), np.float32), np.zeros(count, np.bool_)
        scores, doubtful = np.full(count, 0.9, np.float32), np.zeros(count, np.bool_)
        for position, visit in enumerate(shown.visits):
            mine = shown.visit_map == visit
            persons[mine] = position + 1
            head, error = mine & np.isin(labels, HEAD), self._error(visit)
            self.errors.setdefault(error, set()).add((number, visit))
            alone[position], doubtful[position] = error == "box", error == "doubtful"
            if error in {"lost", "late", "doubtful", "box"}:
                persons[mine] = labels[mine] = 0
            elif error in {"headless", "half"}:
                gone = head if error == "headless" else head & self._half(head)
                persons[gone] = labels[gone] = 0
            elif error == "skin":
                labels[head] = BodyPart.TORSO_SKIN
            elif error == "unsure":
                scores[position] = 0.2
            parts = np.bincount(labels[persons == position + 1], minlength=len(BodyPart))
            beliefs[position] = parts / max(1, parts.sum()) * (0.4 if error == "disbelieved" else 0.95)
        seen = numbered(labels, persons, scores, beliefs)
        return _with_boxes(seen, shown.boxes[alone], shown.boxes[doubtful])

    def _half(self, head: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        rows = np.flatnonzero(head.any(axis=1))
        upper = np.zeros_like(head)
        upper[: int(np.median(rows)) if len(rows) else 0] = True
        return upper if self._rng.random() < 0.5 else ~upper

    def _error(self, visit: int) -> str:
        self._seen[visit] = self._seen.get(visit, -self._late) + 1
        if self._seen[visit] <= 0:
            return "late"
        if self._missing.get(visit, 0) > 0:
            self._missing[visit] -= 1
            return "lost"
        chance = self._rng.random()
        if self._seen[visit] <= 4 or chance < 0.6:
            return "none"
        if chance < 0.65:
            # After the last of them it is seen once: what lasts longer than that is no flicker.
            self._missing[visit] = int(self._rng.integers(0, _LONGEST_MISS))
            self._seen[visit] = 3
            return "lost"
        others = ("headless", "half", "skin", "unsure", "disbelieved", "box", "doubtful")
        return str(others[int(self._rng.integers(len(others)))])


def _with_boxes(seen: ParsedFrame, alone: Boxes, doubtful: Boxes) -> ParsedFrame:
    """Besides those who are seen, some of whom a box is all that is known, and some who may be there."""
    more = len(alone)
    nothing = np.zeros((more, len(BodyPart)), np.float32)
    return ParsedFrame(
        seen.labels,
        seen.person_ids,
        np.concatenate((seen.scores, np.full(more, 0.5, np.float32))),
        np.concatenate((seen.boxes, alone)),
        np.arange(len(seen) + more) < len(seen),
        nothing if seen.beliefs is None else np.concatenate((seen.beliefs, nothing)),
        doubtful,
    )


class BreakingTracker:
    """A tracker that loses tracks, and gives those of two people to each other."""

    def __init__(self, tracker: Tracker, seed: int = 0) -> None:
        self._tracker = tracker
        self._rng = np.random.default_rng(seed)
        self._added = 0

    def update(self, frame: Frame, parsed: ParsedFrame) -> TrackIds:
        ids = self._tracker.update(frame, parsed).copy()
        if self._rng.random() < 0.05:
            self._added += 1000
        ids[ids != UNTRACKED] += self._added
        ids[self._rng.random(len(ids)) < 0.1] = UNTRACKED
        if self._rng.random() < 0.1:
            self._rng.shuffle(ids)
        return ids

    def snapshot(self) -> TrackerSnapshot:
        return self._tracker.snapshot()

    def restore(self, snapshot: TrackerSnapshot) -> None:
        raise AssertionError(snapshot)


def is_near(image: BgrImage, marker: Marker, within: float = 100.0) -> npt.NDArray[np.bool_]:
    """Shape (H, W) bool: pixels nearer to the marker than that, in RGB."""
    distance = np.linalg.norm(image.astype(np.float32) - np.array(marker, np.float32), axis=2)
    return np.asarray(distance < within)
