"""Training samples: rendered frames, people from photographs, whole photographs, and places where nobody is.

Sample `i` of a seed is always the same, whichever worker makes it and whatever was made before, so training can be resumed and
repeated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import cv2
import numpy as np

from domain.frame import BgrImage, BoolMask
from domain.labels import BodyPart
from training.canvas import Canvas, Rng, around_somebody, covered, pasted, reframed
from training.frames import read_frame
from training.labels import ANY_SKIN, CLASS_OF_PART, CLASSES, IGNORED, MERGED_SKIN, SKIN_CLASSES
from training.people import people_of_photographs
from training.photometry import degraded, recolored, relit
from training.repeat_factor import RepeatFactorSampler
from training.shared import Photograph
from training.sources import Sources
from training.targets import Sample, sample_of

_T = TypeVar("_T")
_Size: TypeAlias = tuple[int, int]  # height and width in pixels

UNTINTED = (CLASSES.index(BodyPart.HAIR), *SKIN_CLASSES, ANY_SKIN)
"""Targets of what has few colours: hair and skin."""

_FIRST_PASTED = 100  # ids of pasted persons begin here, above those of frames
_PASTED = ((0, 0.3), (1, 0.25), (2, 0.2), (3, 0.15), (4, 0.1))
_SHAPE_STREAM = 1  # of random numbers apart from those of the samples
_PASTED_ON_EMPTY = ((0, 0.1), (1, 0.25), (2, 0.25), (3, 0.2), (4, 0.2))


@dataclass(frozen=True, slots=True)
class MixOptions:
    """What samples are made of.

    Attributes:
        height, width: Of a sample in pixels, multiples of 32.
        rendered: Part of the samples that begin with a rendered frame, where there are any.
        reduced: Part of those that show all of the frame with something around, where the others show a piece of it.
        photographs: Part that begin with a whole photograph.
        shelves: Part that begin with a shelf, or a wall of them; what is left begins with a background.
        smallest, largest: Height of pasted persons, pixels; small ones are as likely as large ones on a logarithmic scale.
        tall: Part of the runs of samples that are upright, as photographs of one person are, with `tall_height` and `tall_width`.
        tall_photographs: Part of the upright samples that begin with a whole photograph instead of the above.
        close: Part of the runs that show a piece around somebody instead of everything: of a wide sample `close_height` by
            `close_width`, of an upright one `close_tall_height` by `close_tall_width`. Most of a sample is a place where nobody is,
            or unknown, and costs as much to learn from as people do.
        run: Samples in a row that share their shape: a batch.
    """

    height: int = 288
    width: int = 512
    rendered: float = 0.55
    reduced: float = 0.25
    photographs: float = 0.14
    shelves: float = 0.13
    smallest: float = 24.0
    largest: float = 420.0
    tall: float = 0.3
    tall_height: int = 480
    tall_width: int = 320
    tall_photographs: float = 0.6
    close: float = 0.7
    close_height: int = 192
    close_width: int = 320
    close_tall_height: int = 384
    close_tall_width: int = 224
    run: int = 1

    def __post_init__(self) -> None:
        for whole, piece in (self.wide_sizes, self.tall_sizes):
            if any(side % 32 for side in (*whole, *piece)):
                raise ValueError(f"height and width must be multiples of 32, got {whole} and {piece}")
            if piece[0] > whole[0] or piece[1] > whole[1]:
                raise ValueError(f"a piece of {piece} is larger than the sample of {whole}")
        if not 0 <= self.rendered + self.photographs + self.shelves <= 1:
            raise ValueError("rendered, photographs and shelves must sum up to 1 at most")

    @property
    def shows_photographs(self) -> bool:
        """Whether any sample is a whole photograph."""
        return self.photographs > 0 or (self.tall > 0 and self.tall_photographs > 0)

    @property
    def wide_sizes(self) -> tuple[_Size, _Size]:
        """Height and width of wide samples, and of pieces of them."""
        return (self.height, self.width), (self.close_height, self.close_width)

    @property
    def tall_sizes(self) -> tuple[_Size, _Size]:
        """Those of upright samples, and of pieces of them."""
        return (self.tall_height, self.tall_width), (self.close_tall_height, self.close_tall_width)


class Mixer:
    """Makes samples.

    Args:
        sources: From what.
        options: In which parts.
        seed: Another seed gives other samples.
    """

    def __init__(self, sources: Sources, options: MixOptions | None = None, seed: int = 0) -> None:
        self._sources = sources
        self._options = options or MixOptions()
        self._seed = seed
        # Those who never show whole photographs need not wait for them.
        shown = sources.photographs if self._options.shows_photographs else ()
        self._photographs = RepeatFactorSampler([canvas_of(photograph) for photograph in shown])
        self._people = RepeatFactorSampler([*people_of_photographs(sources.photographs), *sources.people])

    def __getitem__(self, index: int) -> Sample:
        """Sample number `index`, from 0; there is no last one."""
        rng = np.random.default_rng([self._seed, index])
        size, shown = self.sizes(index)
        canvas = self.peopled(size, rng)
        canvas = canvas if shown == size else around_somebody(canvas, shown, rng)
        if rng.random() < 0.5:
            canvas = canvas.mirrored()
        canvas = Canvas(degraded(canvas.image, rng), canvas.targets, canvas.person_ids)
        return sample_of(canvas)

    def peopled(self, size: _Size, rng: Rng) -> Canvas:
        """A picture of that height and width, with people pasted in and things before them, as clean as it was taken."""
        canvas = self._with_people(self._begin(rng, size), rng)
        if self._sources.shelves and rng.random() < 0.25:
            canvas = self._with_things(canvas, rng)
        return canvas

    def empty(self, size: _Size, rng: Rng) -> BgrImage:
        """A place where nobody is: a shelf, a wall of them, or a background."""
        if self._sources.shelves and rng.random() < 0.6:
            return self._shelf_wall(size, rng)
        backdrop = Canvas.empty(pick(self._sources.backgrounds, rng))
        return _reframed(backdrop, size, 0, rng).image

    def sizes(self, index: int) -> tuple[_Size, _Size]:
        """Height and width of that sample and of what is shown of it, the same throughout its run."""
        options = self._options
        shape = np.random.default_rng([self._seed, index // options.run, _SHAPE_STREAM])
        whole, piece = options.tall_sizes if shape.random() < options.tall else options.wide_sizes
        return whole, piece if shape.random() < options.close else whole

    def _begin(self, rng: Rng, size: tuple[int, int]) -> Canvas:
        """The picture that people are pasted into."""
        options, upright = self._options, size[0] > size[1]
        if upright and self._photographs and rng.random() < options.tall_photographs:
            return _reframed(self._photographs.pick(rng), size, 0.6, rng)
        if self._sources.frames and rng.random() < options.rendered:
            return _reframed(self._frame(rng), size, options.reduced, rng)
        chance = rng.random() * (1 - options.rendered)
        if self._photographs and chance < options.photographs:
            return _reframed(self._photographs.pick(rng), size, 0.6, rng)
        if self._sources.shelves and chance < options.photographs + options.shelves:
            return Canvas.empty(self._shelf_wall(size, rng))
        backdrop = pick(self._sources.backgrounds, rng)
        return _reframed(Canvas.empty(backdrop), size, 0, rng)

    def _frame(self, rng: Rng) -> Canvas:
        frame = read_frame(*pick(self._sources.frames, rng))
        return Canvas(frame.image, CLASS_OF_PART[frame.labels], frame.person_ids)

    def _shelf_wall(self, size: tuple[int, int], rng: Rng) -> BgrImage:
        """One shelf, or up to 4 by 4 of them side by side."""
        height, width = size
        across = int(rng.integers(1, 5)) if rng.random() < 0.5 else 1
        rows, columns = -(-height // across), -(-width // across)
        wall = np.zeros((rows * across, columns * across, 3), np.uint8)
        for tile in range(across * across):
            shelf = pick(self._sources.shelves, rng)
            top, left = tile // across * rows, tile % across * columns
            wall[top : top + rows, left : left + columns] = cv2.resize(shelf, (columns, rows))
        return wall[:height, :width]

    def _with_people(self, canvas: Canvas, rng: Rng) -> Canvas:
        numbers, chances = zip(*(_PASTED if canvas.person_ids.any() else _PASTED_ON_EMPTY), strict=True)
        count = int(rng.choice(numbers, p=chances)) if self._people else 0
        for number in range(count):
            person = self._person(rng)
            top, left = _place(person.size, canvas.size, rng)
            canvas = pasted(canvas, person, top, left, _FIRST_PASTED + number)
        return canvas

    def _person(self, rng: Rng) -> Canvas:
        person = self._people.pick(rng)
        options = self._options
        tall = float(np.exp(rng.uniform(np.log(options.smallest), np.log(options.largest))))
        wide = person.size[1] * tall / person.size[0] * rng.uniform(0.9, 1.12)
        person = person.resized(max(8, round(tall)), max(4, round(wide)))
        if rng.random() < 0.5:
            person = person.mirrored()
        image = person.image
        if rng.random() < 0.35:
            image = recolored(image, np.isin(person.targets, UNTINTED), rng)
        return Canvas(relit(image, rng), person.targets, person.person_ids)

    def _with_things(self, canvas: Canvas, rng: Rng) -> Canvas:
        """Pieces of shelves before people, since much in a shop stands before somebody."""
        for _ in range(int(rng.integers(1, 4))):
            shelf = pick(self._sources.shelves, rng)
            height = int(rng.uniform(0.04, 0.3) * canvas.size[0])
            width = int(rng.uniform(0.03, 0.27) * canvas.size[1])
            top = int(rng.integers(0, canvas.size[0] - height))
            left = int(rng.integers(0, canvas.size[1] - width))
            piece = np.asarray(cv2.resize(shelf, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
            canvas = covered(canvas, relit(piece, rng), top, left)
        return canvas


def _reframed(canvas: Canvas, size: tuple[int, int], whole: float, rng: Rng) -> Canvas:
    """A piece of it or, in that part of the cases, all of it with something around."""
    shrinks = rng.random() < whole
    low, high = (0.45, 1.0) if shrinks else (1.0, 1.8)
    zoom = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    return reframed(canvas, size, zoom, rng)


def _place(size: tuple[int, int], around: tuple[int, int], rng: Rng) -> tuple[int, int]:
    """Anywhere, cut off below in some cases and above in a few, as people near a camera are."""
    (rows, columns), (height, width) = size, around
    left = int(rng.uniform(-0.35 * columns, width - 0.65 * columns))
    chance = rng.random()
    if chance < 0.15:
        return int(rng.uniform(-0.5 * rows, 0)), left
    if chance < 0.45 or rows >= height:
        return int(rng.uniform(height - rows, height - 0.45 * rows)), left
    return int(rng.uniform(0, height - rows)), left


def pick(choices: Sequence[_T], rng: Rng) -> _T:
    """Any of them, each as likely."""
    return choices[int(rng.integers(len(choices)))]


def canvas_of(photograph: Photograph) -> Canvas:
    """A photograph of whose background nobody knows who walks there.

    Pixels near the labelled person are background for sure; those further out are ignored, passers-by or not. Of what a network
    labelled only the largest connected person is kept, for the rest may be somebody else.
    """
    labels = photograph.labels
    person = (labels > 0) & (labels < len(CLASSES))
    known = person if photograph.by_people else largest(labels > 0) & person  # joined by what is unsure
    reach = max(3, round(0.06 * photograph.image.shape[0])) | 1
    near = cv2.dilate(known.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    targets = np.where(known | (near & ~person), MERGED_SKIN[labels], IGNORED).astype(np.uint8)
    return Canvas(photograph.image, targets, known.astype(np.uint8))


def largest(region: BoolMask) -> BoolMask:
    """Its largest connected part."""
    count, components, stats, _ = cv2.connectedComponentsWithStats(region.astype(np.uint8))
    return components == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()) if count > 1 else region
