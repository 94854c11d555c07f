"""Find everybody in every frame, follow them, and parse each visit's best views alone (ADR 21)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from analytics.snapshots import State
from domain.frame import Boxes, Frame
from domain.parsing import UNTRACKED, Outline, ParsedFrame, TrackIds
from pipeline.cutouts import Cutout, beliefs_of, without_doubles
from pipeline.finders.base import Found
from pipeline.finding import ViewParser, unlike
from pipeline.tracking.base import Tracker
from pipeline.views.memory import NewcomerState, TrackViews, TrackViewsState
from pipeline.views.outlines import KeptOutline
from pipeline.views.quality import hidden, shares, sharpness, sizes
from pipeline.views.stand_ins import stand_ins

# Whoever is found with less and continues no track is nobody: the tracker begins no track with such a one either.
_SURE = 0.4
# Parses that may be saved up for a moment with many people, and those that may be borrowed to find out who is there at all.
_SAVED_UP, _BORROWED = 4.0, 16.0
# Of the smaller of two boxes: who share more may be one person found twice.
_ONE = 0.6
# What a view counts at least, however blurred against the sharpest.
_BLURRED = 0.5
# Of whom a nearer box covers more, no outline of before is drawn.
_HIDDEN = 0.3
# Of `HumanParser`.
_MOST_PERSONS = 255


class BestViewsState(State):
    """What `BestViews` remembers beside the tracker.

    Attributes:
        allowance: Parses that may be made now.
        tracks: In the order in which they began.
        newcomers: Of the newest frame.
    """

    version: Literal[1] = 1
    allowance: Annotated[float, Field(allow_inf_nan=False)]
    tracks: tuple[TrackViewsState, ...]
    newcomers: tuple[NewcomerState, ...] = ()


@dataclass(frozen=True, slots=True)
class ViewLimits:
    """How much is parsed.

    Attributes:
        per_visit: Views of a visit at most.
        share: Parses for each frame, on average, at most. What tells whether anybody is there at all may borrow from later
            frames; beyond that, people wait for their turn and are not counted before it.
        lost_after_s: A track not seen for longer is over.
    """

    per_visit: int = 8
    share: float = 0.5
    lost_after_s: float = 2.0


class BestViews:
    """Follows whom a finder finds, and parses somebody where a view is better than those before. One thread, frames in order.

    A track is somebody once a parse has shown so; before, it is nobody, and not counted. Nothing but the frames decides what is
    parsed, so the same frames give the same answers however fast they come.

    Args:
        tracker: Of the stream. It gets a plain figure in the place of whoever is found.
        parser: Parses views.
        limits: How much.
    """

    def __init__(self, tracker: Tracker, parser: ViewParser, limits: ViewLimits) -> None:
        self._tracker = tracker
        self._parser = parser
        self._limits = limits
        self._allowance = _SAVED_UP
        self._tracks: dict[int, TrackViews] = {}
        self._newcomers: tuple[NewcomerState, ...] = ()

    def follow(self, frame: Frame, found: Found) -> tuple[ParsedFrame, TrackIds]:
        """Who is there, of them who were parsed with their pixels, and their tracks, shape (N,).

        Blocks for the time of the parses.
        """
        found = found.only(slice(_MOST_PERSONS))
        size = (frame.height, frame.width)
        track_ids = self._tracker.update(frame, stand_ins(found, size))
        self._note(found.boxes, track_ids, frame.media_time_s)
        qualities = self._qualities(frame, found.boxes, track_ids)
        chosen = self._choose(found, track_ids, qualities)
        shown = self._shown(frame, found, track_ids, chosen)
        self._take(chosen, shown, track_ids, qualities)
        self._newcomers = tuple(
            NewcomerState(box=_sides(found.boxes[number]), there=number in shown)
            for number in chosen
            if track_ids[number] == UNTRACKED
        )
        self._keep_outlines(shown, found.boxes, track_ids, size)
        there = [
            number
            for number, track_id in enumerate(track_ids.tolist())
            if number in shown or self._is_known(track_id)
        ]
        framed = _framed(found, there, shown, size)
        doubtful, outlines = unlike(found.boxes, framed.boxes), self._outlines(found.boxes, track_ids, size)
        moved = tuple(None if number in shown else outlines[number] for number in there)
        return replace(framed, doubtful=doubtful, outlines=moved), track_ids[there]

    def snapshot(self) -> BestViewsState:
        """All that it remembers, without the tracker."""
        return BestViewsState(
            allowance=self._allowance,
            tracks=tuple(track.state() for track in self._tracks.values()),
            newcomers=self._newcomers,
        )

    def restore(self, state: BestViewsState) -> None:
        """Remember that, and nothing else."""
        self._allowance = state.allowance
        self._tracks = {saved.track_id: TrackViews.of(saved) for saved in state.tracks}
        self._newcomers = state.newcomers

    def _note(self, boxes: Boxes, track_ids: TrackIds, now_s: float) -> None:
        """Where the tracks are now; those that are over are forgotten."""
        for box, track_id in zip(boxes, track_ids.tolist(), strict=True):
            if track_id != UNTRACKED:
                if track_id not in self._tracks:
                    self._tracks[track_id] = new = TrackViews(track_id, now_s, _sides(box))
                    new.follow(self._newcomers)
                self._tracks[track_id].see(box, now_s)
        self._tracks = {
            track_id: track
            for track_id, track in self._tracks.items()
            if now_s - track.seen_s <= self._limits.lost_after_s
        }

    def _qualities(self, frame: Frame, boxes: Boxes, track_ids: TrackIds) -> list[float]:
        """Of each view. Sharpness is measured only where it may decide."""
        qualities: list[float] = sizes(boxes, (frame.height, frame.width)).tolist()
        for number, track_id in enumerate(track_ids.tolist()):
            track = self._tracks.get(track_id)
            if track is not None and (not track.views or self._is_wanted(track, qualities[number])):
                sharp = sharpness(frame.image, boxes[number])
                track.sharpest = max(track.sharpest, sharp)
                qualities[number] *= max(_BLURRED, sharp / track.sharpest if track.sharpest else 1.0)
        return qualities

    def _is_wanted(self, track: TrackViews, quality: float) -> bool:
        most = self._limits.per_visit
        if track.views >= most or track.was_just_seen:
            return False
        return track.is_better(quality) or track.is_another(quality, most)

    def _choose(self, found: Found, track_ids: TrackIds, qualities: Sequence[float]) -> list[int]:
        """Whom to parse: all of whom it is not known whether they are anybody, then the views that promise most."""
        tracks = [self._tracks.get(track_id) for track_id in track_ids.tolist()]
        must = [
            number
            for number, track in enumerate(tracks)
            if (track.must_be_looked_at if track else found.scores[number] >= _SURE)
        ]
        gains = {
            number: qualities[number] / max(track.best, 1.0)
            for number, track in enumerate(tracks)
            if track and track.somebody and self._is_wanted(track, qualities[number])
        }
        self._allowance = min(_SAVED_UP, self._allowance + self._limits.share)
        must = self._in_turn(must, found, track_ids)[: int(self._allowance + _BORROWED)]
        must = sorted({*must, *self._doubted(must, found.boxes, track_ids)})
        self._allowance -= len(must)
        gains = {number: gain for number, gain in gains.items() if number not in must}
        best = sorted(gains, key=lambda number: (-gains[number], number))[: max(0, int(self._allowance))]
        self._allowance = max(-_BORROWED, self._allowance - len(best))
        return sorted([*must, *best])

    def _in_turn(self, must: Sequence[int], found: Found, track_ids: TrackIds) -> list[int]:
        """Who was never looked at before who showed nobody; the track that began first, first; at last, the surest of no track."""
        began = {track_id: place for place, track_id in enumerate(self._tracks)}

        def turn(number: int) -> tuple[int, int, float, int]:
            track_id = int(track_ids[number])
            refused = self._tracks[track_id].refused if track_id in began else 0
            return refused, began.get(track_id, len(began)), -float(found.scores[number]), number

        return sorted(must, key=turn)

    def _doubted(self, must: Sequence[int], boxes: Boxes, track_ids: TrackIds) -> list[int]:
        """Who is known already and may be one with somebody new in the same place: both are parsed, and the pixels tell."""
        known = [number for number, track_id in enumerate(track_ids.tolist()) if self._is_known(track_id)]
        shared = shares(boxes[list(must)], boxes[known]) if must and known else np.zeros((0, len(known)))
        return [
            number
            for number, share in zip(known, shared.max(axis=0, initial=0.0), strict=True)
            if share > _ONE
        ]

    def _shown(
        self, frame: Frame, found: Found, track_ids: TrackIds, chosen: Sequence[int]
    ) -> dict[int, Cutout]:
        """What is seen of whom. Who shares most pixels with somebody who is known, or is surer, is that one found twice."""
        if not chosen:
            return {}
        views = self._parser.parse_at(frame.image, found.only(chosen))
        seen = {number: view for number, view in zip(chosen, views, strict=True) if view is not None}
        known = {number: self._is_known(int(track_ids[number])) for number in seen}
        order = sorted(seen, key=lambda number: (not known[number], -seen[number].score, number))
        kept = without_doubles([seen[number] for number in order], (frame.height, frame.width))
        return {number: view for number, view in seen.items() if any(view is one for one in kept)}

    def _is_known(self, track_id: int) -> bool:
        return track_id in self._tracks and self._tracks[track_id].somebody

    def _take(
        self, chosen: Sequence[int], shown: dict[int, Cutout], track_ids: TrackIds, qualities: Sequence[float]
    ) -> None:
        for number in chosen:
            track = self._tracks.get(int(track_ids[number]))
            if track is None:
                continue
            if number in shown:
                track.take(qualities[number])
            elif track.somebody:
                # Hidden just now; that somebody is there has been seen.
                track.looked_s = track.seen_s
            else:
                track.refuse()

    def _keep_outlines(
        self, shown: dict[int, Cutout], boxes: Boxes, track_ids: TrackIds, size: tuple[int, int]
    ) -> None:
        for number, view in shown.items():
            track = self._tracks.get(int(track_ids[number]))
            if track is not None:
                origin = int(view.columns.start), int(view.rows.start)
                track.outline = KeptOutline.of(view.mask, origin, boxes[number], size)

    def _outlines(self, boxes: Boxes, track_ids: TrackIds, size: tuple[int, int]) -> list[Outline | None]:
        """Moved along; None of those who are half hidden now."""
        tracks = [self._tracks.get(track_id) for track_id in track_ids.tolist()]
        return [
            track.outline.moved_to(box, size) if track and track.outline and covered <= _HIDDEN else None
            for track, box, covered in zip(tracks, boxes, hidden(boxes).tolist(), strict=True)
        ]


def _sides(box: Boxes) -> tuple[float, float, float, float]:
    return float(box[0]), float(box[1]), float(box[2]), float(box[3])


def _framed(
    found: Found, there: Sequence[int], shown: dict[int, Cutout], size: tuple[int, int]
) -> ParsedFrame:
    """The frame with whoever is there: pixels of those who were parsed, the nearer in front, and the boxes of the others."""
    labels, person_ids = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    boxes = found.boxes[list(there)].reshape(-1, 4)
    parsed = np.array([number in shown for number in there], np.bool_)
    for place in sorted(np.flatnonzero(parsed).tolist(), key=lambda place: float(boxes[place, 3])):
        view = shown[there[place]]
        labels[view.rows, view.columns][view.mask] = view.labels[view.mask]
        person_ids[view.rows, view.columns][view.mask] = place + 1
        boxes[place] = view.box
    # Whoever is wholly behind others counts as not parsed.
    for place in np.flatnonzero(parsed).tolist():
        view = shown[there[place]]
        parsed[place] = (person_ids[view.rows, view.columns] == place + 1).any()
    beliefs = beliefs_of([shown.get(number) for number in there])
    return ParsedFrame(labels, person_ids, found.scores[list(there)], boxes, parsed, beliefs)
