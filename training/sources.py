"""What training samples are made from, and that nothing of it is held out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from domain.errors import SourceError
from domain.frame import BgrImage
from training.canvas import Canvas
from training.frames import about_folder, frame_names
from training.people import people_of_frames
from training.shared import (
    Photograph,
    backgrounds,
    data_folder,
    labelled_photographs,
    panorama_split,
    shelves,
    split_of,
    tagged_photographs,
)


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """What there is to make samples from; nothing of it is held out.

    Attributes:
        photographs: With one labelled person each; whoever else is in them is unknown.
        shelves, backgrounds: Pictures without people.
        frames: Folder of rendered frames and the names of those to use.
        people: Cut out, to be pasted into other pictures, besides those of the photographs.
    """

    photographs: Sequence[Photograph]
    shelves: Sequence[BgrImage]
    backgrounds: Sequence[BgrImage]
    frames: Sequence[tuple[Path, str]] = field(default=())
    people: Sequence[Canvas] = field(default=())

    def __post_init__(self) -> None:
        held_out = [one.name for one in self.photographs if split_of(one.name) != "training"]
        if held_out:
            raise ValueError(f"photograph {held_out[0]} is held out and must not be trained on")
        if not self.backgrounds:
            raise ValueError("training needs at least one background")


def load_sources(frames: Sequence[Path] = (), tagged: Path | None = None) -> Sources:
    """Everything in the data folder that may be trained on, and these folders of rendered frames.

    Args:
        frames: Folders in the form of `training.frames`.
        tagged: Labels of the tagged photographs (`training.pseudo_labels`); those of the data folder if None.

    Raises:
        SourceError: The data folder or a folder of frames is not there, or its frames are held out.
    """
    return Sources(
        photographs=[*labelled_photographs("training"), *tagged_photographs(tagged)],
        shelves=[image for _, image in shelves("training")],
        backgrounds=[*(image for _, image in backgrounds("training")), *_panoramas()],
        frames=list(_rendered(frames)),
    )


def load_cc0_sources(frames: Sequence[Path]) -> Sources:
    """Renderings and panoramas alone, all of them CC0: nobody's photograph is learnt from.

    Args:
        frames: Folders in the form of `training.frames`, rendered without photographs on walls and shelves.

    Raises:
        SourceError: The data folder or a folder of frames is not there, its frames are held out, photographs may be seen in
            them, or nothing tells who is in them.
    """
    for folder in frames:
        about = about_folder(folder)
        if about is None or about.photographs:
            raise SourceError(
                f"{folder}: photographs may be seen in its frames; render others with --no-photographs"
            )
    rendered = list(_rendered(frames))
    return Sources(
        photographs=(),
        shelves=(),
        backgrounds=list(_panoramas()),
        frames=rendered,
        people=list(people_of_frames(rendered)),
    )


def _rendered(folders: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    for folder in folders:
        about = about_folder(folder)
        if about is not None and about.split != "training":
            raise SourceError(f"{folder}: its frames are held out and must not be trained on")
        yield from ((folder, name) for name in frame_names(folder))


def _panoramas() -> Iterator[BgrImage]:
    for path in sorted((data_folder() / "hdri").glob("*.hdr")):
        if panorama_split(path.stem) == "training":
            yield _panorama(path)


def _panorama(path: Path) -> BgrImage:
    """The middle of a panorama as a camera would show it."""
    light = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if light is None:
        raise SourceError(f"{path}: not a panorama that can be read")
    shown = np.clip(light / np.percentile(light, 92), 0, 1) ** (1 / 2.2)
    rows = slice(int(len(shown) * 0.16), int(len(shown) * 0.92))  # neither the zenith nor the tripod
    return np.asarray(np.round(shown[rows] * 255), np.uint8)
