"""Drawn people with known label maps: what the compositor gets, made without any parser."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from domain.events import FrameObserved, GarmentSeen, PersonObserved, event_id, timestamp
from domain.frame import BgrImage, Frame, LabelMap
from domain.labels import BodyPart
from domain.parsing import ParsedFrame
from domain.rendering import CoveredFrame
from pipeline.privacy import covered_alone
from tests.support.events import START


@dataclass(frozen=True, slots=True)
class Figure:
    """One person to draw; the box in pixels, right and bottom exclusive."""

    box: tuple[int, int, int, int]
    track_id: int | None
    garments: tuple[GarmentSeen, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What `Compositor.draw` takes."""

    frame: CoveredFrame
    parsed: ParsedFrame
    observed: FrameObserved


def seen(part: BodyPart, color: str, share: float = 0.3, confidence: float = 0.8) -> GarmentSeen:
    """A garment of one frame."""
    return GarmentSeen.model_validate(
        {
            "part": part.label,
            "color": color,
            "share": share,
            "color_share": confidence,
            "confidence": confidence,
        }
    )


SHIRT = seen(BodyPart.UPPER_CLOTHES, "red", 0.3)
COAT = seen(BodyPart.COAT, "grey", 0.4)
PANTS = seen(BodyPart.PANTS, "black", 0.25)
BAG = seen(BodyPart.BAG, "unknown", 0.1, 0.0)


def background(width: int, height: int) -> BgrImage:
    """A panelled wall with a window, and a floor."""
    rows = np.linspace(210, 120, height, dtype=np.uint8)[:, None]
    columns = (np.arange(width) // 40 % 2 * 7).astype(np.uint8)[None, :]
    image = np.repeat((rows + columns)[..., None], 3, axis=2)
    image[height * 2 // 3 :, :, 0] -= 60
    image[height // 8 : height // 3, width // 12 : width // 5] = (90, 60, 40)
    return image


def scene(
    width: int, height: int, figures: Sequence[Figure], stream_id: str = "door", media_time_s: float = 12.4
) -> Scene:
    """Draw figures onto a background, one after the other, the later ones in front.

    Returns:
        Frame, label maps and observation that belong together.
    """
    image = background(width, height)
    labels = np.zeros((height, width), np.uint8)
    persons = np.zeros((height, width), np.uint8)
    for number, figure in enumerate(figures, start=1):
        drawn = _drawn(figure.box, (height, width))
        inside = drawn > 0
        labels[inside], persons[inside] = drawn[inside], number
        image[inside] = 40 + 6 * drawn[inside, None] + np.array([0, 10, 20], np.uint8)
    frame = Frame("door", 62, 62, image, media_time_s, START, "file")
    boxes = np.array([figure.box for figure in figures], np.float32).reshape(-1, 4)
    parsed = ParsedFrame(labels, persons, np.full(len(figures), 0.9, np.float32), boxes)
    observed = FrameObserved(
        event_id=event_id(stream_id, "frame", timestamp(START)),
        stream_id=stream_id,
        event_time=START,
        time_source="file",
        frame_index=62,
        media_time_s=media_time_s,
        width=width,
        height=height,
        persons=tuple(_observed(figure) for figure in figures),
    )
    return Scene(covered_alone(replace(frame, stream_id=stream_id), parsed, "none"), parsed, observed)


def renumbered(drawn: Scene, order: Sequence[int]) -> Scene:
    """The same scene with its persons numbered in another order: `order[i]` is the old position of the new person i + 1."""
    old = drawn.parsed
    table = np.zeros(256, np.uint8)
    for new, position in enumerate(order, start=1):
        table[position + 1] = new
    parsed = ParsedFrame(
        old.labels.copy(), table[old.person_ids], old.scores[list(order)], old.boxes[list(order)]
    )
    persons = tuple(drawn.observed.persons[position] for position in order)
    return Scene(drawn.frame, parsed, drawn.observed.model_copy(update={"persons": persons}))


def _observed(figure: Figure) -> PersonObserved:
    return PersonObserved(track_id=figure.track_id, box=figure.box, score=0.9, garments=figure.garments)


def _drawn(box: tuple[int, int, int, int], shape: tuple[int, int]) -> LabelMap:
    """Label map of a figure that fills its box, of the frame's shape."""
    left, top, right, bottom = box
    labels = np.zeros(shape, np.uint8)
    body = labels[max(top, 0) : bottom, max(left, 0) : right]
    height, width = body.shape

    def block(part: BodyPart, x0: float, y0: float, x1: float, y1: float) -> None:
        body[round(y0 * height) : round(y1 * height), round(x0 * width) : round(x1 * width)] = part

    block(BodyPart.ARM, 0.0, 0.2, 0.2, 0.5)
    block(BodyPart.ARM, 0.8, 0.2, 1.0, 0.5)
    block(BodyPart.PANTS, 0.22, 0.5, 0.45, 0.94)
    block(BodyPart.PANTS, 0.55, 0.5, 0.78, 0.94)
    block(BodyPart.COAT, 0.2, 0.17, 0.8, 0.55)
    block(BodyPart.SHOE, 0.18, 0.94, 0.45, 1.0)
    block(BodyPart.SHOE, 0.55, 0.94, 0.82, 1.0)
    head = (round(width * 0.18), round(height * 0.075))
    middle = (width // 2, round(height * 0.085))
    cv2.ellipse(body, middle, head, 0, 0, 360, int(BodyPart.FACE), cv2.FILLED)
    cv2.ellipse(body, middle, head, 0, 180, 360, int(BodyPart.HAIR), cv2.FILLED)
    return labels
