"""Training samples of the crop parser. Sample `i` of a seed is always the same, whichever worker makes it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from domain.frame import BgrImage, LabelMap
from training.canvas import Canvas, Rng, covered, cut_out, pasted
from training.crops.mining import Box, HardPlace
from training.crops.windows import Window
from training.labels import CLASSES, IGNORED, MERGED_SKIN
from training.mixing import UNTINTED, Mixer, MixOptions, largest, pick
from training.people import people_of_photographs
from training.photometry import degraded, recolored, relit
from training.repeat_factor import RepeatFactorSampler
from training.shared import Photograph, read_image
from training.sources import Sources

_CROWD = MixOptions(
    height=288, width=512, rendered=0.75, photographs=0.0, shelves=0.12, smallest=60.0, largest=380.0, tall=0.0, close=0.0
)  # fmt: skip
_SIZES = ((256, 128), (320, 160), (384, 192))
_LEAST = 30  # pixels: height of a person to look at
_LEAST_PIXELS = 150
_OTHERS = 200  # ids of people pasted beside somebody begin here
_STRIDE = 2  # of the targets


@dataclass(frozen=True, slots=True)
class CropMix:
    """What samples are made of.

    Attributes:
        sizes: Chances of the heights and widths 256x128, 320x160 and 384x192.
        photographs: Part of the samples that show the person of a photograph.
        nobody: Part that shows a place where nobody is.
        hard: Part of these that shows what a finder takes for somebody, where there is any.
        moved: Part of the photographs whose person is cut out and stands somewhere else.
        beside: Part of the photographs in which other people are pasted before or beside the person.
        things: Part in which something stands before the person.
        cut: Part in which the picture's border cuts somebody off.
        stretched: How much wider or narrower than they are people are shown, as a standard deviation of the logarithm.
        small: Part that is seen from afar: reduced and enlarged again.
        crowd: Of what the rest is made, rendered frames and pasted people.
        run: Samples in a row that share their size: a batch.
    """

    sizes: tuple[float, float, float] = (0.15, 0.15, 0.7)
    photographs: float = 0.6
    nobody: float = 0.2
    hard: float = 0.6
    moved: float = 0.35
    beside: float = 0.35
    things: float = 0.2
    cut: float = 0.2
    stretched: float = 0.08
    small: float = 0.5
    crowd: MixOptions = field(default=_CROWD)
    run: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class CropSample:
    """A crop and its parts.

    Attributes:
        image: Shape (H, W, 3) uint8 BGR.
        parts: Shape (H/2, W/2) uint8: classes of the person in the middle, ANY_SKIN, IGNORED; everybody else is background.
    """

    image: BgrImage
    parts: LabelMap


class CropMixer:
    """Makes samples.

    Args:
        sources: From what.
        options: In which parts.
        hard: Places without people in which a finder saw some (`training.crops.mining`).
        seed: Another seed gives other samples.
    """

    def __init__(
        self,
        sources: Sources,
        options: CropMix | None = None,
        seed: int = 0,
        *,
        hard: Sequence[HardPlace] = (),
    ) -> None:
        self._options = options or CropMix()
        self._mixer = Mixer(sources, self._options.crowd, seed)
        self._shelves, self._seed = sources.shelves, seed
        self._photographs = RepeatFactorSampler([alone(each) for each in sources.photographs])
        self._people = list(people_of_photographs(sources.photographs))
        self._hard = hard

    def __getitem__(self, index: int) -> CropSample:
        """Sample number `index`, from 0; there is no last one."""
        rng = np.random.default_rng([self._seed, index])
        size = self._size(index)
        canvas, person, window = self._shown(rng)
        ids = window.labels(canvas.person_ids, size)
        targets = window.labels(canvas.targets, size)
        mine = (ids == person) if person is not None else np.zeros(size, np.bool_)
        parts = np.where(mine | (targets == IGNORED), targets, 0).astype(np.uint8)
        image = self._seen(window.image(canvas.image, size), rng)
        if rng.random() < 0.5:
            image, parts = np.ascontiguousarray(image[:, ::-1]), parts[:, ::-1]
        return CropSample(image, np.ascontiguousarray(parts[::_STRIDE, ::_STRIDE]))

    def _shown(self, rng: Rng) -> tuple[Canvas, int | None, Window]:
        """A picture, who of it counts, and which piece of it is shown."""
        options, chance = self._options, rng.random()
        if self._hard and chance < options.nobody * options.hard:
            return self._mistaken(rng)
        nobody = chance < options.nobody
        canvas = Canvas.empty(self._mixer.empty((288, 512), rng)) if nobody else self._scene(rng)
        canvas = _cut(canvas, rng) if rng.random() < options.cut else canvas
        person = _somebody(canvas, rng)
        canvas = canvas if person is None else self._tinted(canvas, person, rng)
        return canvas, person, self._stretched(window_around(canvas, person, rng), rng)

    def _mistaken(self, rng: Rng) -> tuple[Canvas, None, Window]:
        """What a finder takes for somebody."""
        place = pick(self._hard, rng)
        canvas = Canvas.empty(read_image(place.path))
        return canvas, None, self._stretched(window_near(pick(place.boxes, rng), rng), rng)

    def _stretched(self, window: Window, rng: Rng) -> Window:
        """As much in the middle, but wider or narrower."""
        width = window.width * float(np.exp(rng.normal(0, self._options.stretched)))
        return replace(window, left=window.left + (window.width - width) / 2, width=width)

    def _size(self, index: int) -> tuple[int, int]:
        shape = np.random.default_rng([self._seed, index // self._options.run, 1])
        return _SIZES[int(shape.choice(len(_SIZES), p=self._options.sizes))]

    def _scene(self, rng: Rng) -> Canvas:
        options = self._options
        if len(self._photographs) == 0 or rng.random() > options.photographs / max(1e-6, 1 - options.nobody):
            return self._mixer.peopled((options.crowd.height, options.crowd.width), rng)
        canvas = self._photographs.pick(rng)
        if rng.random() < options.moved:
            canvas = self._moved(canvas, rng)
        if self._people and rng.random() < options.beside:
            canvas = self._beside(canvas, rng)
        if self._shelves and rng.random() < options.things:
            canvas = self._behind(canvas, rng)
        return canvas

    def _moved(self, canvas: Canvas, rng: Rng) -> Canvas:
        """The person somewhere else, in other light."""
        person = cut_out(canvas)
        if person is None:
            return canvas
        rows, columns = person.size
        size = round(rows * rng.uniform(1.05, 1.4)), round(max(rows, columns) * rng.uniform(0.9, 1.4))
        top, left = (
            int(rng.uniform(0, max(1, all_ - one))) for all_, one in zip(size, person.size, strict=True)
        )
        place = Canvas.empty(self._mixer.empty(size, rng))
        person = Canvas(relit(person.image, rng), person.targets, person.person_ids)
        return pasted(place, person, top, left, 1)

    def _beside(self, canvas: Canvas, rng: Rng) -> Canvas:
        """One or two other people before somebody, who hide the middle at most in part."""
        left, _, width, height = cv2.boundingRect((canvas.person_ids == 1).view(np.uint8))
        for number in range(1 + int(rng.random() < 0.3)):
            other = pick(self._people, rng)
            tall = max(32, int(height * rng.uniform(0.5, 1.1)))
            other = other.resized(tall, max(8, round(other.size[1] * tall / other.size[0])))
            other = other.mirrored() if rng.random() < 0.5 else other
            other = Canvas(relit(other.image, rng), other.targets, other.person_ids)
            side = rng.choice((-1, 1)) * rng.uniform(0.35, 1.0) * width
            middle = left + width / 2 + side - other.size[1] / 2
            top = int(rng.uniform(0.1, 0.9) * canvas.size[0] - other.size[0] / 2)
            canvas = pasted(canvas, other, top, int(middle), _OTHERS + number)
        return canvas

    def _behind(self, canvas: Canvas, rng: Rng) -> Canvas:
        """Somebody of whom a shelf or a counter hides a part: legs, mostly."""
        height, width = canvas.size
        rows = int(height * rng.uniform(0.08, 0.45))
        columns = int(width * rng.uniform(0.2, 1.0))
        piece = cv2.resize(pick(self._shelves, rng), (columns, rows), interpolation=cv2.INTER_AREA)
        top = height - rows if rng.random() < 0.6 else int(rng.integers(0, height - rows + 1))
        return covered(
            canvas, relit(np.asarray(piece, np.uint8), rng), top, int(rng.integers(0, width - columns + 1))
        )

    @staticmethod
    def _tinted(canvas: Canvas, person: int, rng: Rng) -> Canvas:
        """Clothes in other colours, sometimes: what a garment is does not depend on them."""
        if rng.random() > 0.5:
            return canvas
        mine = (canvas.person_ids == person) & ~np.isin(canvas.targets, UNTINTED)
        return Canvas(recolored(canvas.image, ~mine, rng), canvas.targets, canvas.person_ids)

    def _seen(self, image: BgrImage, rng: Rng) -> BgrImage:
        """By another camera, from afar or not."""
        if rng.random() > self._options.small:
            return degraded(image, rng)
        height, width = image.shape[:2]
        share = float(np.exp(rng.uniform(np.log(0.18), np.log(0.9))))
        small = cv2.resize(image, (round(width * share), round(height * share)), interpolation=cv2.INTER_AREA)
        coarse = degraded(np.asarray(small, np.uint8), rng)
        return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def alone(photograph: Photograph) -> Canvas:
    """A photograph in which the labelled person counts and nobody else: passers-by are background.

    Of what a network labelled, only the largest connected person counts, and whether the rest belongs to it is unknown.
    """
    labels = photograph.labels
    person = (labels > 0) & (labels < len(CLASSES))
    if photograph.by_people:
        known, rest = person, labels >= len(CLASSES)
    else:
        known = largest(labels > 0) & person
        rest = (labels > 0) & ~known
    targets = np.where(known, MERGED_SKIN[labels], np.where(rest, IGNORED, 0)).astype(np.uint8)
    return Canvas(photograph.image, targets, known.astype(np.uint8))


def _somebody(canvas: Canvas, rng: Rng) -> int | None:
    """Anybody of whom enough is seen, each as likely; None where nobody is."""
    return next(_shuffled(_large(canvas.person_ids), rng), None)


def _large(ids: LabelMap) -> list[int]:
    people = (int(person) for person in np.unique(ids[ids > 0]) if person < _OTHERS)
    masks = {person: (ids == person).view(np.uint8) for person in people}
    return [
        person
        for person, mask in masks.items()
        if cv2.boundingRect(mask)[3] >= _LEAST and cv2.countNonZero(mask) >= _LEAST_PIXELS
    ]


def _shuffled(people: Sequence[int], rng: Rng) -> Iterator[int]:
    return (people[int(number)] for number in rng.permutation(len(people)))


def window_around(canvas: Canvas, person: int | None, rng: Rng) -> Window:
    """The window around somebody's box as a finder may say it, or any window."""
    height, width = canvas.size
    if person is None:
        tall = float(rng.uniform(0.2, 1.0)) * min(height, 2 * width)
        left, top = rng.uniform(0, width - tall / 2), rng.uniform(0, height - tall)
        return Window(float(left), float(top), tall / 2, tall)
    left, top, wide, tall = cv2.boundingRect((canvas.person_ids == person).view(np.uint8))
    return window_near((left, top, left + wide, top + tall), rng)


def window_near(box: Box, rng: Rng) -> Window:
    """The window around a box (left, top, right, bottom) whose sides are as uncertain as a finder's."""
    wide, tall = box[2] - box[0], box[3] - box[1]
    left, top, right, bottom = (
        float(side) for side in np.array(box) + rng.normal(0, 0.05, 4) * [wide, tall, wide, tall]
    )
    return Window.around((left, top, right, bottom))


def _cut(canvas: Canvas, rng: Rng) -> Canvas:
    """A piece of the picture whose border goes through somebody."""
    person = _somebody(canvas, rng)
    if person is None:
        return canvas
    left, top, wide, tall = cv2.boundingRect((canvas.person_ids == person).view(np.uint8))
    rows, columns = slice(0, canvas.size[0]), slice(0, canvas.size[1])
    side = rng.random()
    if side < 0.5:
        rows = slice(0, top + max(_LEAST, int(tall * rng.uniform(0.35, 0.95))))
    elif side < 0.65:
        rows = slice(min(top + tall - _LEAST, top + int(tall * rng.uniform(0.05, 0.6))), canvas.size[0])
    elif side < 0.83:
        columns = slice(0, left + max(8, int(wide * rng.uniform(0.4, 0.95))))
    else:
        columns = slice(left + int(wide * rng.uniform(0.05, 0.6)), canvas.size[1])
    return Canvas(
        *(
            np.ascontiguousarray(each[rows, columns])
            for each in (canvas.image, canvas.targets, canvas.person_ids)
        )
    )
