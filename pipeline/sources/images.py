"""A folder of images as a frame source."""

import logging
import math
import re
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from domain.errors import SourceError
from domain.frame import BgrImage, Frame, SourceItem
from domain.names import shown_name
from pipeline.sources.base import SourcePosition, SourceStats
from pipeline.sources.beginning import guessed_start
from pipeline.sources.content import content_of_images
from pipeline.sources.file import check_times
from pipeline.sources.image_files import Unreadable, holds_several, read_image
from pipeline.sources.image_formats import in_part, is_picture, left_out, why_unreadable

_LONGEST_S = 100 * 366 * 86_400.0

logger = logging.getLogger(__name__)


class ImagesSource:
    """Every image of a folder, in natural name order (`img2` before `img10`), each of its own size; folders in it are not searched.

    Image number i is at i / sample_fps seconds of media time. Event times begin at `recorded_at`, else when the oldest image was
    last modified. A damaged image is left out with a warning; it counts as read and as damaged, not as sampled, and
    keeps its place in time. Films, raw pictures, links to nothing and whatever else looks like a picture but cannot be read is
    passed over and told, on the log and in `stats`. Of a file that moves or has pages the first picture is taken; `stats` names
    these files, and the log the first of them.

    Args:
        folder: Where the images are.
        stream_id: Name of the stream.
        sample_fps: Images a second of media time.
        recorded_at: Time of the first image, with a time zone.
        limit_s: Seconds of media after which to end.
        grid_s: The time of modification is rounded down to a multiple of this, seconds.

    Raises:
        ValueError: `sample_fps` or `limit_s` is not above 0, or `recorded_at` has no time zone.
    """

    def __init__(
        self,
        folder: Path,
        *,
        stream_id: str,
        sample_fps: float,
        recorded_at: datetime | None = None,
        limit_s: float | None = None,
        grid_s: int = 1,
    ) -> None:
        check_times(recorded_at, limit_s)
        if not (math.isfinite(sample_fps) and sample_fps > 0):
            raise ValueError(f"sample_fps must be a positive number, got {sample_fps}")
        self._folder = folder
        self._stream_id = stream_id
        self._step_s = 1.0 / sample_fps
        self._start, self._grid_s = recorded_at, grid_s
        self._limit_s = math.inf if limit_s is None else limit_s
        self._paths: list[Path] = []
        self._left_out: list[tuple[Path, str]] = []
        self._names: list[str] = []
        self._first: tuple[int, BgrImage] | None = None
        self._frames_read = 0
        self._frames_sampled = 0
        self._frames_damaged = 0
        self._done = 0
        self._several: list[Path] = []
        self._stop = threading.Event()

    @property
    def stream_id(self) -> str:
        """Name of the stream."""
        return self._stream_id

    @property
    def location(self) -> str:
        """The folder as the user gave it, as `shown_name` shows it."""
        return shown_name(self._folder)

    @property
    def live(self) -> bool:
        """False: a folder waits."""
        return False

    @property
    def duration_s(self) -> float | None:
        """Length in seconds; None before `open`."""
        return min(len(self._paths) * self._step_s, self._limit_s) if self._paths else None

    @property
    def picture_size(self) -> tuple[int, int] | None:
        """See `Measured`."""
        return (self._first[1].shape[1], self._first[1].shape[0]) if self._first else None

    @property
    def picture_step_s(self) -> float:
        """Seconds from image to image."""
        return self._step_s

    @property
    def started_at(self) -> datetime | None:
        """Time of the first image, after `open`."""
        return self._start

    def content(self) -> str | None:
        """The fingerprint of the images, after `open`; see `content`."""
        return content_of_images(self._paths)

    def open(self) -> None:
        """List the images and decode the first one that can be.

        Raises:
            SourceError: The folder cannot be read, holds no image, or only damaged ones.
        """
        self._paths, passed_over = _images(self._folder)
        self._left_out = [(path, why) for path in passed_over if (why := why_unreadable(path))]
        for files in left_out(self._left_out):
            logger.warning("%s: %s", self.location, files)
        self._names = _names(self._paths)
        self._start = self._start or guessed_start(self._paths, self._grid_s)
        if self._step_s * len(self._paths) > _LONGEST_S and self._limit_s > _LONGEST_S:
            raise SourceError(
                f"{self.location} would last for more than a hundred years; raise sample_fps, the images a second"
            )
        cure = "copy them again"
        for number, path in enumerate(self._paths):
            try:
                image = read_image(path)
            except Unreadable as error:
                cure = str(error)
                continue
            if image is not None:
                self._first = number, image
                return
        raise SourceError(f"none of the {len(self._paths)} images in {self.location} can be read: {cure}")

    def resume(self, position: SourcePosition) -> None:
        """See `FrameSource.resume`. Images that are left out are decoded, since only that tells whether they are whole."""
        self._done, self._start = position.items, position.started_at or self._start

    def items(self) -> Iterator[SourceItem]:
        """One frame for each image that can be read, in order."""
        for number, path in enumerate(self._paths):
            media_s = number * self._step_s
            if self._stop.is_set() or media_s >= self._limit_s:
                return
            try:
                image = self._image(number, path)
            except Unreadable as error:
                self._left_out.append((path, str(error)))
                logger.warning("%s is left out: %s", shown_name(path), error)
                continue
            self._frames_read += 1
            if image is None:
                logger.warning("%s is damaged or no image; left out", shown_name(path))
                self._frames_damaged += 1
                continue
            self._note_if_several(path)
            frame = self._frame(number, image, media_s)
            if self._frames_sampled > self._done:
                yield frame

    def stats(self) -> SourceStats:
        """Counts so far."""
        seconds = min(self._frames_read * self._step_s, self._limit_s)
        return SourceStats(
            self._frames_read,
            self._frames_sampled,
            seconds,
            self._frames_damaged,
            left_out(tuple(self._left_out)),
            in_part(tuple(self._several)),
        )

    def close(self) -> None:
        """End `items` before the next image."""
        self._stop.set()

    def _image(self, number: int, path: Path) -> BgrImage | None:
        if self._first is not None and self._first[0] == number:
            image, self._first = self._first[1], None
            return image
        return read_image(path)

    def _note_if_several(self, path: Path) -> None:
        if not holds_several(path):
            return
        self._several.append(path)
        if len(self._several) == 1:
            logger.warning(
                "%s holds several pictures; of this and other such files in the folder only the first picture is counted: "
                "name a moving one itself as a source, and save pages one by one",
                shown_name(path),
            )

    def _frame(self, number: int, image: BgrImage, media_s: float) -> Frame:
        assert self._start is not None  # noqa: S101 - set by `open`, without which there are no paths
        self._frames_sampled += 1
        return Frame(
            stream_id=self._stream_id,
            index=number,
            sample_index=self._frames_sampled - 1,
            image=image,
            media_time_s=media_s,
            event_time=self._start + timedelta(seconds=media_s),
            time_source="file",
            name=self._names[number],
            frames_damaged=self._frames_damaged,
        )


def natural_order(name: str) -> list[tuple[int, int, str]]:
    """Sort key under which numbers within names count as numbers: `img2` before `img10`, without regard to case."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts]


def _images(folder: Path) -> tuple[list[Path], list[Path]]:
    """The pictures of a folder in order, and its other files."""
    try:
        entries = sorted(folder.iterdir(), key=lambda path: (natural_order(path.name), path.name))
    except FileNotFoundError:
        raise SourceError(f"there is no folder {shown_name(folder)}; check the path") from None
    except NotADirectoryError:
        raise SourceError(f"{shown_name(folder)} is not a folder; name a folder of images") from None
    except OSError as error:
        raise SourceError(
            f"{shown_name(folder)} cannot be read ({error.strerror}); check the rights on it"
        ) from None
    # Names with a dot in front are what systems leave behind: previews, resource forks, file lists.
    files = [path for path in entries if not path.name.startswith(".")]
    images = [path for path in files if is_picture(path)]
    known = set(images)
    others = [path for path in files if path not in known]
    if not images:
        said = "; ".join(map(str, left_out((path, why) for path in others if (why := why_unreadable(path)))))
        raise SourceError(
            f"there is no image in {shown_name(folder)} that can be read; "
            + (said or "name a folder with jpg, png, heic, bmp, tiff or webp files in it")
        )
    return images, others


def _names(paths: list[Path]) -> list[str]:
    """Names without their endings; with them where two images differ in nothing else."""
    stems = Counter(path.stem for path in paths)
    return [path.stem if stems[path.stem] == 1 else path.name for path in paths]
