"""Films of people who walk through a room: the same people in the same clothes, with everything known about every frame."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from domain.frame import BgrImage
from training.scenes.people import Person
from training.scenes.poses import walking
from training.scenes.render import PlacedPerson, Renderer, Rendering
from training.scenes.walks import Walk

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Actor:
    """Somebody with a way to go; comes once and never again.

    Attributes:
        person: Who.
        walk: Where and when.
    """

    person: Person
    walk: Walk


@dataclass(frozen=True, slots=True, eq=False)
class FilmFrame:
    """One frame and what it shows.

    Attributes:
        index: From 0.
        time_s: Seconds since the first.
        rendering: Picture, parts and persons; a person's id is the actor's position plus 1.
    """

    index: int
    time_s: float
    rendering: Rendering

    def boxes(self) -> dict[int, Box]:
        """Left, top, right, bottom of what is seen of each person, right and bottom exclusive."""
        ids = self.rendering.person_ids
        found: dict[int, Box] = {}
        for person in np.unique(ids[ids > 0]):
            rows, columns = np.nonzero(ids == person)
            found[int(person)] = (
                int(columns.min()),
                int(rows.min()),
                int(columns.max()) + 1,
                int(rows.max()) + 1,
            )
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """A scene over time.

    Attributes:
        renderer: Camera, light and room.
        actors: At most 255.
        fps: Frames a second.
        frames: How many.
    """

    renderer: Renderer
    actors: tuple[Actor, ...]
    fps: float
    frames: int

    def frame(self, index: int) -> FilmFrame:
        """Any frame, in any order; always the same."""
        time_s = index / self.fps
        cast = [
            placed
            for number, actor in enumerate(self.actors, start=1)
            if (placed := _place(actor, number, time_s)) is not None
        ]
        return FilmFrame(index, time_s, self.renderer.draw(cast))

    def __iter__(self) -> Iterator[FilmFrame]:
        return (self.frame(index) for index in range(self.frames))


def _place(actor: Actor, number: int, time_s: float) -> PlacedPerson | None:
    moment = actor.walk.at(time_s)
    if moment is None:
        return None
    phase = actor.person.stride.phase(moment.walked)
    return PlacedPerson(
        person=actor.person,
        pose=walking(phase, actor.person.look.gait, moment.effort),
        x=moment.x,
        z=moment.z,
        heading=moment.heading,
        person_id=number,
    )


@dataclass(frozen=True, slots=True)
class Visit:
    """What is true of one person of a film.

    Attributes:
        person: The person's id.
        enter_s, leave_s: First and last frame that shows a pixel of this person.
        boxes: For each of these frames that does, its index and the box of what is seen.
    """

    person: int
    enter_s: float
    leave_s: float
    boxes: tuple[tuple[int, Box], ...]


def visits(frames: Sequence[tuple[int, dict[int, Box]]], fps: float) -> tuple[Visit, ...]:
    """Everybody who was seen, in the order of coming, from the boxes of each frame."""
    seen: dict[int, list[tuple[int, Box]]] = {}
    for index, boxes in sorted(frames, key=lambda frame: frame[0]):
        for person, box in boxes.items():
            seen.setdefault(person, []).append((index, box))
    return tuple(
        Visit(person, boxes[0][0] / fps, boxes[-1][0] / fps, tuple(boxes)) for person, boxes in seen.items()
    )


def write_film(path: Path, pictures: Sequence[BgrImage], fps: float, recorded_at: datetime, crf: int) -> None:
    """Write an MP4 that plays in a browser: H.264, 4:2:0, its index in front, its start noted as `creation_time`."""
    height, width = pictures[0].shape[:2]
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        container.metadata["creation_time"] = recorded_at.isoformat().replace("+00:00", "Z")
        stream = container.add_stream("libx264", rate=Fraction(fps))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"crf": str(crf), "preset": "veryslow", "threads": "1"}
        stream.gop_size = round(2 * fps)
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
